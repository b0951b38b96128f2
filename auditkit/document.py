"""What a reader makes of a file: tables and paragraphs, every text with its place.

Places and cells are named tuples, not dataclasses: they are made by the thousand, at a third of the cost.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import repeat
from typing import NamedTuple


class At(NamedTuple):
    """Where a text stands, in an order and in words that a person can follow.

    `source` names the form where places of several are shown together, and the place itself where it is of a paper that is not read
    here. Rows, columns, pages and lines count from 1; 0 means that the format has none. `table` 0 is text outside any table,
    whose `row` counts paragraphs.
    """

    source: str = ""
    page: int = 0
    sheet: str = ""
    table: int = 0
    row: int = 0
    column: int = 0
    line: int = 0

    def __str__(self) -> str:
        return f"《{self.source}》{self._within()}" if self.source else self._within()

    def _within(self) -> str:
        if self.sheet:
            return f"{self.sheet}!{letters(self.column)}{self.row}"
        page = f"第{self.page}页 " if self.page else ""
        line = f"（第{self.line}行文本）" if self.line else ""
        if not self.table and not self.row:
            return f"{page}{line}".strip()
        if not self.table:
            return f"{page}第{self.row}段{line}"
        column = f"第{self.column}列" if self.column else ""
        return f"{page}表{self.table} 第{self.row}行{column}{line}"


def letters(column: int) -> str:
    """The letters that a spreadsheet has for a column: 28 is AB."""
    name = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


class Cell(NamedTuple):
    """One cell of a table, or one paragraph outside tables, as the file has it but for the blanks around its text.

    `grid` is the first column of the table's grid that the cell covers (from 0), `span` how many it covers;
    `merged` marks the continuation of a cell above or to the left, whose text, if any, is not printed.
    """

    text: str
    at: At
    grid: int = 0
    span: int = 1
    merged: bool = False


Row = tuple[Cell, ...]

# Readers make cells by the hundred: of the tuple of its values in half the time of `Cell(…)`, `map(made, CELLS, values)`
# still sooner, and their places, which one document has as another has them, but once.
made, CELLS = tuple.__new__, repeat(Cell)
cell_of = partial(made, Cell)


FEW = 64  # cells of a row that is worth being remembered


def places(table: int, row: int, cells: int) -> tuple[At, ...]:
    """The places of so many cells of a row of a table, where the format has neither sheets nor pages."""
    return (places_of_few if cells < FEW else places_of_few.__wrapped__)(table, row, cells)


@lru_cache(maxsize=2048)
def places_of_few(table: int, row: int, cells: int) -> tuple[At, ...]:
    return tuple([At("", 0, "", table, row, column) for column in range(1, cells + 1)])


@dataclass(frozen=True)
class Table:
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Document:
    """What a reader makes of a file: tables and paragraphs in their order, and doubts about the reading."""

    source: str
    blocks: tuple[Table | Cell, ...]
    doubts: tuple[str, ...] = ()
