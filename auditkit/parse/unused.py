"""A file as it was understood: its forms, and what of its text is in none of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Set
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from auditkit.document import At, Cell, Document, Row, Table
from auditkit.model import Form, LeftOut
from auditkit.parse.cells import PLACEHOLDER, is_figure
from auditkit.parse.columns import Columns
from auditkit.parse.form import Parsed
from auditkit.parse.form_bounds import without_number_column
from auditkit.parse.goals import goal_entry, goal_heading
from auditkit.parse.headings import fund_heading, indicator_heading
from auditkit.parse.paired_funds import source_heading
from auditkit.vocabulary.labels import field_of, heading_like, label
from auditkit.vocabulary.spelling import plain
from auditkit.vocabulary.terms import mentioned, table

_SECTIONS = ("header", "funds", "goals", "indicators")


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
    places = {at for _, value in values for at in (value.at, *value.more)}
    labels = {value.at for name, value in values if name.endswith(".label")}
    funds = {value.at for name, value in values if ".funds." in f".{name}"}
    corner = ""
    for row, unmerged in _rows(document):
        if row[0].at in parsed.places:
            continue
        repeated, corner = corner, row[0].text
        heading = indicator_heading(row) or fund_heading(row) or goal_heading(row) or goal_entry(row)
        heading = heading or source_heading(row)
        parts = [cell for cell in row if cell.text][:2]
        numbering = bool(parts) and label(parts[0].text) in table("labels.rows.numbering")  # 列次 | 1 | 2
        parted = "".join(plain(cell.text) for cell in parts)  # 总 | 分
        again = _written_again(row, places) if unmerged else ()
        named = {cell.text for cell in row if cell.at in labels}  # before each amount of the row
        for cell, after in zip(row, (*row[1:], None), strict=True):
            known = (
                cell.at in places
                or cell.at in again
                or cell.text in named
                or (cell is row[0] and cell.text == repeated)
                or _is_printed_form(cell)
                or (after and after.at in funds and heading_like("funds", cell.text))
                or (heading and _is_heading(cell))
                or (isinstance(heading, Columns) and cell.grid in {grid for grid, _ in heading.fields.values()})
                or numbering
                or (len(parted) == 2 and cell in parts and field_of("indicators", parted))
            )
            if not known:
                yield cell


def _written_again(row: Row, places: Set[At]) -> set[At]:
    """The cells of a merged one that was parted and filled: neighbours of one that is used, with its text, which is no figure."""
    runs = (list(cells) for _, cells in groupby(row, lambda cell: cell.text))
    used = (cells for cells in runs if not is_figure(cells[0].text) and any(cell.at in places for cell in cells))
    return {cell.at for cells in used for cell in cells}


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


def _rows(document: Document) -> Iterator[tuple[Row, bool]]:
    """The cells that are printed, by rows, and the paragraphs; and whether nothing in their table is merged."""
    for block in document.blocks:
        if isinstance(block, Table):
            unmerged = not any(cell.span > 1 or cell.merged for row in block.rows for cell in row)
            rows = (tuple(c for c in row if not c.merged) for row in without_number_column(block).rows)
            yield from ((row, unmerged) for row in rows if row)
        else:
            yield (block,), True


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
