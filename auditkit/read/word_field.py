"""The fields of a Word document: what they show is in the file as their result, or has to be written there, or is missing."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml import etree

from auditkit.read.equation import EquationLine, fraction
from auditkit.read.unread import FIELD, Unread

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_VAL = f"{_W}val"
_R, _T = f"{_W}r", f"{_W}t"
FIELD_CHAR, FIELD_SIMPLE, FIELD_DATA = f"{_W}fldChar", f"{_W}fldSimple", f"{_W}ffData"
_INSTRUCTION = f"{_W}instrText"
# Those that show nothing, a page's number, or what their field data says.
_SILENT = (
    "XE TC TA SET ASK RD TOC PAGE NUMPAGES SECTION SECTIONPAGES PRIVATE ADVANCE FORMTEXT FORMCHECKBOX FORMDROPDOWN"
)
_NAME = re.compile(r"\s*(\\?=|[A-Za-z]+)")
_FRACTION = re.compile(r"\s*EQ\s+\\F\s*\(([^(),\\]+)[,;，]([^(),\\]+)\)\s*", re.IGNORECASE)


def fill_in_fields(body: etree._Element, unread: Unread) -> None:
    """Write what form fields and fractions show where they stand; count the fields that have no result."""
    for data in list(body.iter(FIELD_DATA)):
        _fill_in(data)
    for field in body.iter(FIELD_SIMPLE):
        if not any(text.text for text in field.iter(_T)):
            unread[FIELD] += not _is_silent(field.get(f"{_W}instr", ""))
    begun: list[_Field] = []
    for piece in list(body.iter(FIELD_CHAR, _INSTRUCTION, _T)):
        kind = piece.get(f"{_W}fldCharType")
        if kind == "begin":
            begun.append(_Field())
        elif not begun:
            continue
        elif piece.tag == _INSTRUCTION:
            begun[-1].instruction += piece.text or ""
        elif kind == "separate":
            begun[-1].parted = True
        elif kind == "end":
            field = begun.pop()
            if not field.shown:
                _show(field, piece.getparent(), unread)
            elif begun and begun[-1].parted:
                begun[-1].shown = True
        elif piece.text and begun[-1].parted:
            begun[-1].shown = True


@dataclass
class _Field:
    """A field that has begun: what it is told to show, and what came of it so far."""

    instruction: str = ""
    parted: bool = False
    shown: bool = False


def _show(field: _Field, run: etree._Element, unread: Unread) -> None:
    """A field without a result: a fraction is written behind it, most others are told."""
    if found := _FRACTION.fullmatch(field.instruction):
        above, below = found[1].strip(), found[2].strip()
        add_text(run, fraction(EquationLine(above), EquationLine(below)).text)
    else:
        unread[FIELD] += not _is_silent(field.instruction)


def _is_silent(instruction: str) -> bool:
    name = _NAME.match(instruction)
    return name is None or name[1].upper() in _SILENT.split()


def _fill_in(data: etree._Element) -> None:
    """Write what a form field shows behind it: the entry chosen of a list, a box ticked or not."""
    run = data.getparent().getparent()
    chosen, ticked = data.find(f"{_W}ddList"), data.find(f"{_W}checkBox")
    if chosen is not None:
        entries = [entry.get(_VAL, "") for entry in chosen.iter(_W + "listEntry")]
        number = next((n.get(_VAL, "") for name in ("result", "default") for n in chosen.iter(_W + name)), "0")
        if number.isdigit() and len(number) < 6 and int(number) < len(entries):
            add_text(run, entries[int(number)])
    elif ticked is not None:
        said = next((mark for name in ("checked", "default") for mark in ticked.iter(_W + name)), None)
        add_text(run, "☑" if said is not None and said.get(_VAL, "1") not in ("0", "false", "off") else "□")


def add_text(run: etree._Element, text: str) -> None:
    """Put a text at the end of a run."""
    etree.SubElement(run, _T).text = text
