"""What the title of a table says that it is for."""

from __future__ import annotations

import re

from auditkit.vocabulary.terms import table

_ABOUT = re.compile(r"\([^()]*\)")  # (2024年度)
_TAIL = re.compile(r".{0,3}表|")  # what a title may have behind the word of another table: 立项依据情况表
_SENTENCE = re.compile(r"[,。:;]")
_LONGEST = 30  # letters of a title that stands for itself


def purpose_of(title: str) -> str:
    """The list of [kinds.title] that a title's last telling word is in, of two that end together the longer, 再评价 for 评价.

    The words of other tables occur in the names of projects, so that they count at the end alone: 目录 and not 目录编制.
    """
    bare = _ABOUT.sub("", title)
    told = [
        (bare.rfind(word) + len(word), len(word), purpose)
        for purpose, names in table("kinds.title").items()
        for word in names
        if word in bare
    ]
    end, _, purpose = max(told, default=(0, 0, ""))
    return "" if purpose == "open" or (purpose == "other" and not _TAIL.fullmatch(bare[end:])) else purpose


def is_title(line: str) -> bool:
    """Whether a line that stands alone can only be a title: short, no sentence, and it ends with what it is for."""
    bare = _ABOUT.sub("", line)
    if len(bare) > _LONGEST or _SENTENCE.search(bare) or not purpose_of(bare):
        return False
    return any(
        _TAIL.fullmatch(bare.rpartition(word)[2])
        for names in table("kinds.title").values()
        for word in names
        if word in bare
    )
