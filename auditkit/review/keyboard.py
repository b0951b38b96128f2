"""What is typed into the box for keys: one letter, one deed, with any keyboard and input method."""

from __future__ import annotations

import unicodedata

from auditkit.vocabulary.named import Named


class Deed(Named):
    """What a key does; the values are the keys."""

    NEXT = "j", "下一条"
    PREVIOUS = "k", "上一条"
    ACCEPT = "1", "认可"
    DOUBT = "2", "存疑"
    REJECT = "3", "不认可"
    UNDO = "u", "撤销"
    NOTE = "n", "写说明"
    NEXT_PROJECT = "l", "下一个项目"
    PREVIOUS_PROJECT = "h", "上一个项目"


HINT = "　".join(f"{deed.value} {deed.zh}" for deed in Deed)


class Keys:
    """Tells new letters from those that were there before the box could be cleared.

    A browser sends the whole text of the box; what is typed while it waits to be cleared comes with the letters that were
    acted on already.
    """

    def __init__(self) -> None:
        self._former = ""

    def typed(self, text: str) -> tuple[list[Deed], str]:
        """The deeds that are new in this text, and the letters that mean nothing."""
        goes_on = len(text) > len(self._former) and text.startswith(self._former)
        new = text[len(self._former) :] if goes_on else text
        self._former = text
        letters = unicodedata.normalize("NFKC", new).lower()
        known = {deed.value for deed in Deed}
        return [Deed(one) for one in letters if one in known], "".join(c for c in letters if c not in known).strip()
