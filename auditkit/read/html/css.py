"""What the styles of a page hide, and where they keep blanks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

HIDING = re.compile(
    r"(?:display|hide|visibility)\s*:\s*(?:none|all|hidden)|(?:size|opacity)\s*:\s*0*\.?0+(?![\d.])", re.IGNORECASE
)
KEEPING = re.compile(r"white-space\s*:\s*(?:pre|break-spaces)", re.IGNORECASE)
_CUT_OFF = re.compile(r"overflow(?:-[xy])?\s*:\s*hidden")  # hides what is too long for its place
_HEADING = re.compile("<[tT][hH]")
_SHEET = re.compile(r"<style\b[^>]*>(.*?)</style", re.DOTALL | re.IGNORECASE)
_RULE = re.compile(r"([^{}]{1,300})\{([^{}]*)\}")
_REMARK = re.compile(r"<!--|-->|/\*.*?\*/|@media[^{]*\bprint\b[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}", re.DOTALL)


def hides(styles: str) -> bool:
    """Whether anything may be hidden where these styles, in small letters, are all that there are."""
    if not any(word in styles for word in ("none", "hid", "opacity", "size:0", "size: 0")):
        return False
    return bool(HIDING.search(styles)) or "hidden" in _CUT_OFF.sub("", styles)


def keeps(styles: str) -> bool:
    """The same for blanks that are kept."""
    return "white-space" in styles and bool(KEEPING.search(styles))


def keeps_cells(head: str, tags: str) -> bool:
    """Whether a rule in the head of a page has all its cells keep their blanks; `tags` has those but its common cells."""
    names = (_keeping if len(head) < 10_000 else _keeping.__wrapped__)(head)
    return "td" in names and ("th" in names or not _HEADING.search(tags))


@lru_cache(maxsize=16)
def _keeping(head: str) -> frozenset[str]:
    return frozenset(selectors("\n".join(_SHEET.findall(head)), KEEPING))


def selectors(sheet: str, wanted: re.Pattern[str]) -> Iterator[str]:
    """The selectors of the rules that give a property."""
    for names, style in _RULE.findall(_REMARK.sub("", sheet)):
        if wanted.search(style):
            yield from map(str.strip, names.split(","))
