"""The blanks of a page's texts, as a browser shows them."""

from __future__ import annotations

import re

BLOCK, LINE = "\f", "\v"  # in a text, where a block begins or ends and where a line breaks; both are blanks to HTML

# Blanks that are to stay wear a disguise while a text is put together.
_SPACE, _TAB = "\x1c", "\x1d"
KEEP = str.maketrans("\n \t", f"{LINE}{_SPACE}{_TAB}")
MARKS = f"{BLOCK}{LINE}{_SPACE}{_TAB}"
_SHOWN = ((LINE, "\n"), (BLOCK, "\n"), (_SPACE, " "), (_TAB, "\t"))

_WIDE = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef"
_WRAP = re.compile(
    rf"(?<=[{_WIDE}])[ \t]*\n[ \t\n]*(?=[{_WIDE}])"
)  # a source line that ends between two Chinese letters
_RUN = re.compile(r"[ \t\n]+")
_BREAKS = re.compile(rf" ?([{LINE}{BLOCK}]) ?")
_ENDS = re.compile(rf"{LINE}?{BLOCK}+")
_LOST = re.compile(rf"[\t\n]| [ {LINE}{BLOCK}]|[{LINE}{BLOCK}] ")  # blanks that are not shown as they are written


def collapse_whitespace(text: str) -> str:
    """The text with runs of blanks as one, none at the ends of its lines, and one break between blocks."""
    if _LOST.search(text):
        text = _BREAKS.sub(r"\1", _RUN.sub(" ", _WRAP.sub("", text)))
    if BLOCK in text:
        text = _ENDS.sub(BLOCK, text)
    for disguise, blank in _SHOWN:
        text = text.replace(disguise, blank)
    return text.strip()
