"""What is typed into the box for keys: one letter, one deed, with any keyboard and input method."""

from __future__ import annotations

import unicodedata
from enum import StrEnum


class Deed(StrEnum):
    """What a key does; the values are the keys."""

    NEXT = "j"
    PREVIOUS = "k"
    ACCEPT = "1"
    DOUBT = "2"
    REJECT = "3"
    UNDO = "u"
    NOTE = "n"
    NEXT_PROJECT = "l"
    PREVIOUS_PROJECT = "h"

    @property
    def zh(self) -> str:
        return _WORDS[self.value]


_WORDS = {
    "j": "下一条",
    "k": "上一条",
    "1": "认可",
    "2": "存疑",
    "3": "不认可",
    "u": "撤销",
    "n": "写说明",
    "l": "下一个项目",
    "h": "上一个项目",
}
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
        return [Deed(one) for one in letters if one in _WORDS], "".join(c for c in letters if c not in _WORDS).strip()
