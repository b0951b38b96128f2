"""Text tables of a spreadsheet (.csv): one row to a line, its cells parted by commas or semicolons."""

from __future__ import annotations

import csv
from collections import Counter

from auditkit.document import At, Cell, Document, Table
from auditkit.errors.contents import TooManyCells
from auditkit.safety import Limits

_MARKS = ",;"
_FEWEST = 3  # cells of a line, and lines, by which a text that is not called .csv is told from prose


def separator(text: str, named: bool) -> str | None:
    """What parts the cells of a text that is nothing but a table, or that is `named` as one; None where nothing does.

    Programs write every line with as many cells as the widest has.
    """
    if "\t" in text:
        return None
    for mark in _MARKS:
        if text.count(mark) >= _FEWEST * (_FEWEST - 1):
            widths = Counter(len(row) for row in _rows(text, mark) if row)
            if len(widths) == 1 and next(iter(widths)) >= _FEWEST <= widths.total():
                return mark
    common = max(_MARKS, key=text.count)
    return common if named and common in text else None


def read_csv(source: str, text: str, mark: str, limits: Limits) -> Document:
    """The table of a text whose cells a mark parts, blank columns at its end left out. Raises Refused beyond the limits."""
    rows = _rows(text, mark)
    while rows and not any(rows[-1]):
        rows.pop()
    wide = max((n for row in rows for n, cell in enumerate(row, 1) if cell.strip()), default=0)
    if wide * len(rows) > limits.cells:
        raise TooManyCells(source, most=limits.cells)
    cells = (
        tuple(
            Cell(text.strip(), At(table=1, row=number, column=n + 1), grid=n)
            for n, text in enumerate((row + [""] * wide)[:wide])
        )
        for number, row in enumerate(rows, 1)
    )
    return Document(source, (Table(tuple(cells)),))


def _rows(text: str, mark: str) -> list[list[str]]:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    csv.field_size_limit(max(len(text), csv.field_size_limit()))  # the whole program's, so never lowered
    return list(csv.reader((f"{line}\n" for line in lines), delimiter=mark))
