"""A file as it was understood: its forms, and what of its text is in none of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from auditkit.document import Cell, Document, Row, Table
from auditkit.model import Form, LeftOut
from auditkit.parse.cells import PLACEHOLDER
from auditkit.parse.form import Parsed
from auditkit.parse.form_bounds import without_number_column
from auditkit.parse.goals import goal_entry, goal_heading
from auditkit.parse.headings import fund_heading, indicator_heading
from auditkit.parse.paired_funds import source_heading
from auditkit.quantity.numbers import amount
from auditkit.vocabulary.labels import field_of, heading_like, label
from auditkit.vocabulary.spelling import plain
from auditkit.vocabulary.terms import mentioned, table

_SECTIONS = ("header", "funds", "goals", "indicators")
_JOINED = ("goal", "outcome", ".explanation")  # one value of several cells, at the place of the first


@dataclass(frozen=True)
class Reading:
    """The forms of one file; `unused` are its texts that are neither in a form nor a heading, `left_out` its other sheets."""

    source: str
    forms: tuple[Form, ...]
    unused: tuple[Cell, ...]
    left_out: tuple[LeftOut, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Every value with its place; the place of an entry for which the form has no cell is null."""
        unused = [{"at": str(cell.at), "text": cell.text} for cell in self.unused]
        sheets = [{"sheet": one.sheet, "kind": one.kind.value, "title": one.title} for one in self.left_out]
        return {
            "source": self.source,
            "forms": [_form(form) for form in self.forms],
            "unused": unused,
            "sheets": sheets,
        }


def _unused(document: Document, parsed: Parsed) -> Iterator[Cell]:
    values = [(name, value) for form in parsed.forms for name, value in form.values() if value.at]
    places = {value.at for _, value in values}
    funds = {value.at for name, value in values if ".funds." in f".{name}"}
    joined = {line for name, value in values if name.endswith(_JOINED) for line in value.text.split("\n")}
    targets: defaultdict[tuple[int, ...], list[str]] = defaultdict(list)
    for name, value in values:
        if name.endswith(".target"):  # of which the comparator and the unit may have cells of their own
            targets[value.at.page, value.at.table, value.at.row].append(value.text)
    corner = ""
    for row in _rows(document):
        if row[0].at in parsed.places:
            continue
        repeated, corner = corner, row[0].text
        heading = indicator_heading(row) or fund_heading(row) or goal_heading(row) or goal_entry(row)
        heading = heading or source_heading(row)
        parts = [cell for cell in row if cell.text][:2]
        parted = "".join(plain(cell.text) for cell in parts)  # 总 | 分
        words = {cell.text for cell in row if cell.at in places and amount(cell.text) is None}
        for cell, after in zip(row, (*row[1:], None), strict=True):
            beside = targets[cell.at.page, cell.at.table, cell.at.row]
            known = (
                cell.at in places
                or cell.text in words
                or (cell is row[0] and cell.text == repeated)
                or _is_printed_form(cell)
                or (after and after.at in funds and heading_like("funds", cell.text))
                or (heading and _is_heading(cell))
                or (len(parted) == 2 and cell in parts and field_of("indicators", parted))
            )
            if not known and not set(cell.text.split("\n")) <= joined and not any(_part(cell.text, t) for t in beside):
                yield cell


def _is_heading(cell: Cell) -> bool:
    """A heading's words within a heading, or those of a row of funds, which may stand in its corner."""
    return _named(cell, heading_like) or label(cell.text) in table("labels.exact.sources.total")


def _named(cell: Cell, by: Callable[[str, str], str]) -> bool:
    return any(by(section, cell.text) for section in _SECTIONS)


def _is_printed_form(cell: Cell) -> bool:
    """Whether a cell is what the blank form has already: a heading, a level without an indicator, 指标1：, ……, 定性."""
    text = plain(cell.text)
    level = label(text).endswith("指标") and mentioned("labels.levels.words", text)
    return bool(
        not label(text)
        or _named(cell, field_of)
        or field_of("sources", text)
        or label(text) in table("labels.containing.sources")
        or PLACEHOLDER.fullmatch(text)
        or level
        or text in table("labels.natures.words")
        or text in table("labels.second.target")
        or text in table("labels.second.reasons")
    )


def _part(text: str, target: str) -> bool:
    return target != text and (target.startswith(text) or target.endswith(text))


def _rows(document: Document) -> Iterator[Row]:
    """The cells that are printed, by rows, and the paragraphs."""
    for block in document.blocks:
        if isinstance(block, Table):
            yield from (
                row
                for row in (tuple(c for c in row if not c.merged) for row in without_number_column(block).rows)
                if row
            )
        else:
            yield (block,)


def _form(form: Form) -> dict[str, Any]:
    return {
        "number": form.number,
        "kind": form.kind.value,
        "year": form.year,
        "sources": [fund.source.value for fund in form.funds],
        "kinds": [item.kind.value for item in form.indicators],
        "values": [
            {"field": name, "at": str(value.at) if value.at else None, "text": value.text}
            for name, value in form.values()
        ],
        "doubts": list(form.doubts),
    }
