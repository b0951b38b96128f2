"""The columns of a section: which cell of a row belongs under which heading."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from auditkit.document import Cell, Row
from auditkit.quantity.numbers import amount
from auditkit.vocabulary.labels import label
from auditkit.vocabulary.spelling import plain

_ORDINAL = re.compile(r"\(?\d{0,2}[).、]?")


@dataclass(frozen=True)
class Columns:
    """The columns of a section: for every field, the first column of the grid and how many it spans.

    `unknown` are headings that cannot be told, `corners` those at the left, which name the rows and head no column.
    """

    fields: Mapping[str, tuple[int, int]]
    width: int
    unknown: tuple[Cell, ...]
    corners: frozenset[str] = frozenset()
    shapes: dict[tuple[int, int], list[tuple[str, int]]] = field(default_factory=dict, compare=False, repr=False)

    def __contains__(self, field: str) -> bool:
        return field in self.fields

    @cached_property
    def left(self) -> int:
        return min(grid for grid, _ in self.fields.values())

    def cells(self, row: Row) -> dict[str, Cell]:
        """Which cell of a row stands under which heading."""
        found: dict[str, Cell] = {}
        most: dict[str, int] = {}
        for cell in self.aligned(row):
            shape = cell.grid, cell.span
            for name, shared in self.shapes[shape] if shape in self.shapes else self._under(*shape):
                if shared > most.get(name, 0) or (shared == most[name] and _is_ordinal(found[name])):
                    found[name], most[name] = cell, shared
        return found

    def outside(self, row: Row, cells: Mapping[str, Cell]) -> list[Cell]:
        """The cells with text that stand under no heading, given those under a field's; an unknown heading is reported once."""
        used = {cell.at for cell in cells.values()}
        spare = [cell for cell in self.aligned(row) if cell.text and cell.at not in used]
        spare = [cell for cell in spare if label(cell.text) not in self.corners]
        return [cell for cell in spare if not any(_overlap(cell, other) for other in self.unknown)]

    def _under(self, grid: int, span: int) -> list[tuple[str, int]]:
        """The fields that a cell fills, with the columns it shares with each; the shapes of rows repeat."""
        shared = {name: min(grid + span, at + width) - max(grid, at) for name, (at, width) in self.fields.items()}
        covered = [name for name, columns in shared.items() if columns > 0]
        self.shapes[grid, span] = [(name, shared[name]) for name in _claimed(covered, span)]
        return self.shapes[grid, span]

    def aligned(self, row: Row) -> Row:
        """The row shifted under its headings where a dump left out merged cells at the left or empty ones at the right."""
        missing = self.width - row[-1].grid - row[-1].span
        if missing < 0 and not any(cell.span > 1 or cell.merged for cell in row):
            return self._without_blanks(row, -missing)
        if missing <= 0 or any(cell.span > 1 or cell.merged for cell in row):
            return row
        return _shifted(row, max(range(missing + 1), key=lambda by: (self._fit(_shifted(row, by)), by)))

    def _without_blanks(self, row: Row, more: int) -> Row:
        """A row that a dump made wider than its heading: its label is parted, 其中： | 中央资金."""
        spare = [cell for cell in row if cell.grid <= self.left and not label(cell.text)][-more:]
        if len(spare) < more:
            return row
        return tuple(c._replace(grid=c.grid - sum(s.grid < c.grid for s in spare)) for c in row if c not in spare)

    def _fit(self, row: Row) -> int:
        under = {name: c for c in row for name, (grid, _) in self.fields.items() if grid == c.grid}
        numeric = ("points", "score", "initial", "adjusted", "actual")
        good = sum(amount(c.text) is not None for name, c in under.items() if name in numeric)
        return good - sum(
            amount(c.text) is not None for name, c in under.items() if name in ("name", "category", "subcategory")
        )


def _is_ordinal(cell: Cell) -> bool:
    """A number before the text, in a cell of its own under the same heading: 1 | 培训次数."""
    return bool(_ORDINAL.fullmatch(plain(cell.text)))


def _overlap(one: Cell, other: Cell) -> bool:
    return one.grid < other.grid + other.span and other.grid < one.grid + one.span


def _shifted(row: Row, by: int) -> Row:
    return tuple(Cell(c.text, c.at, c.grid + by, c.span, c.merged) for c in row)


def _claimed(covered: list[str], span: int) -> list[str]:
    """A cell over several columns fills one of them: the first-level one, else the indicator's name, else the first."""
    if len(covered) < 2 or span < 2:
        return covered
    return [next((name for name in ("category", "name") if name in covered), covered[0])]
