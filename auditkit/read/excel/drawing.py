"""What lies over the cells of a sheet: text boxes and pictures, out of the drawing parts of a workbook (ECMA-376, 20.5)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from lxml import etree

from auditkit.read.excel.style import PLAIN as PLAIN_STYLE
from auditkit.read.excel.style import Font, TextRun, seen_of

_X = "{http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_ANCHORS = (f"{_X}twoCellAnchor", f"{_X}oneCellAnchor", f"{_X}absoluteAnchor")
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"


class Shape(NamedTuple):
    """A text box, or a picture where `text` is None, over the cells from one to another; (0, 0) where it says none."""

    first: tuple[int, int]
    last: tuple[int, int]
    text: str | None


def shapes_of(root: etree._Element) -> Iterator[Shape]:
    """The text boxes and pictures of a drawing part."""
    etree.strip_elements(root, _FALLBACK)
    for anchor in root.iter(*_ANCHORS):
        if any(name.get("hidden") in ("1", "true") for name in anchor.iter(f"{_X}cNvPr")):
            continue
        first, last = _corner(anchor.find(f"{_X}from"), False), _corner(anchor.find(f"{_X}to"), True)
        text = "\n".join(filter(None, map(_text, anchor.iter(f"{_X}txBody"))))
        if text:
            yield Shape(first, max(first, last), text)
        elif next(anchor.iter(f"{_X}pic"), None) is not None:
            yield Shape(first, max(first, last), None)


def _corner(mark: etree._Element | None, end: bool) -> tuple[int, int]:
    """The cell of a corner; one that ends where a cell begins does not cover that."""
    if mark is None:
        return 0, 0
    row, column = (_whole(mark, name) + 1 - (end and not _whole(mark, f"{name}Off")) for name in ("row", "col"))
    return max(row, 1), max(column, 1)


def _whole(mark: etree._Element, name: str) -> int:
    text = mark.findtext(f"{_X}{name}", "0").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else 0


def _text(body: etree._Element) -> str:
    lines = []
    for paragraph in body.iter(f"{_A}p"):
        runs = [
            TextRun("\n" if piece.tag == f"{_A}br" else piece.findtext(f"{_A}t", ""), _font(piece.find(f"{_A}rPr")))
            for piece in paragraph.iterchildren(f"{_A}r", f"{_A}br", f"{_A}fld")
        ]
        lines.append(seen_of(runs, PLAIN_STYLE)[0])
    return "\n".join(lines).strip()


def _font(properties: etree._Element | None) -> Font:
    if properties is None:
        return Font()
    baseline = properties.get("baseline", "0").rstrip("%")
    raised = baseline.lstrip("0") != "" and not baseline.startswith("-")
    return Font(properties.get("strike", "noStrike") != "noStrike", raised)
