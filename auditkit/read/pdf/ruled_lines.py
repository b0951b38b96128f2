"""Tables from ruled lines: segments, joined and snapped to a grid, and the cells that they leave between them.

Coordinates are points from the top left corner of the page as it is shown, y downwards.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import groupby, pairwise
from typing import NamedTuple

NEAR = 2.5  # what a pen's width and two programs' rounding put between lines that are meant to meet
_OVERHANG = 40.0  # how far text of an open cell may stand below the last line at a page's end
_SHORTEST = 3.0  # a shorter line rules nothing: it is a dash, a sign or a pen's end


class Line(NamedTuple):
    """A horizontal line at y = `at`, or a vertical one at x = `at`, from `low` to `high` on the other axis."""

    at: float
    low: float
    high: float


class Region(NamedTuple):
    """A cell: the rectangle of the grid from row `top` to before `bottom`, from column `left` to before `right`."""

    top: int
    left: int
    bottom: int
    right: int


class RuledGrid:
    """One table of one page: its lines, the cells between them, and which of its first and last cells lie open."""

    def __init__(self, horizontal: list[Line], vertical: list[Line]):
        self.xs = _snapped(line.at for line in vertical)
        self.ys = _snapped(line.at for line in horizontal)
        _reach(self.xs, horizontal)
        _reach(self.ys, vertical)
        self.over = _drawn(self.ys, self.xs, horizontal)  # (y, column): a line above row y
        self.left = _drawn(self.xs, self.ys, vertical)  # (x, row): a line left of column x
        self.regions = list(self._regions())
        self._of = {
            (row, column): number
            for number, region in enumerate(self.regions)
            for row in range(region.top, region.bottom)
            for column in range(region.left, region.right)
        }

    @property
    def box(self) -> tuple[float, float, float, float]:
        return self.xs[0], self.ys[0], self.xs[-1], self.ys[-1]

    def place(self, x: float, y: float) -> int | None:
        """The number of the region that a point is in, None outside the table."""
        return self._of.get((bisect_right(self.ys, y) - 1, bisect_right(self.xs, x) - 1))

    def below(self, x: float, y: float) -> int | None:
        """The number of the open region that a point right below the table is in: its lines end at the last row's."""
        if not 0 <= y - self.ys[-1] <= _OVERHANG:
            return None
        number = self._of.get((len(self.ys) - 2, bisect_right(self.xs, x) - 1))
        return number if number is not None and self.is_open(self.regions[number], len(self.ys) - 1) else None

    def is_open(self, region: Region, y: int) -> bool:
        """Whether no line closes the region at its edge `y`."""
        return not any((y, column) in self.over for column in range(region.left, region.right))

    def _regions(self) -> Iterator[Region]:
        """Slots that no line parts, put together; what is then no rectangle goes by rows."""
        rows, columns = len(self.ys) - 1, len(self.xs) - 1
        seen: set[tuple[int, int]] = set()
        for begin in ((row, column) for row in range(rows) for column in range(columns)):
            if begin in seen:
                continue
            seen.add(begin)
            found = [begin]
            for row, column in found:
                for slot, parted in (
                    ((row, column + 1), (column + 1, row) in self.left),
                    ((row, column - 1), (column, row) in self.left),
                    ((row + 1, column), (row + 1, column) in self.over),
                    ((row - 1, column), (row, column) in self.over),
                ):
                    if not parted and slot not in seen and 0 <= slot[0] < rows and 0 <= slot[1] < columns:
                        seen.add(slot)
                        found.append(slot)
            yield from _rectangles(found)


def _rectangles(slots: list[tuple[int, int]]) -> Iterator[Region]:
    rows, columns = [row for row, _ in slots], [column for _, column in slots]
    whole = Region(min(rows), min(columns), max(rows) + 1, max(columns) + 1)
    if (whole.bottom - whole.top) * (whole.right - whole.left) == len(slots):
        yield whole
        return
    for row, run in groupby(enumerate(sorted(slots)), key=lambda one: (one[1][0], one[1][1] - one[0])):
        cells = [slot[1] for _, slot in run]
        yield Region(row[0], cells[0], row[0] + 1, cells[-1] + 1)


def _snapped(places: Iterable[float]) -> list[float]:
    """The places, those that are near each other as one."""
    groups: list[list[float]] = []
    for place in sorted(places):
        if groups and place - groups[-1][0] <= NEAR:
            groups[-1].append(place)
        else:
            groups.append([place])
    return [sum(group) / len(group) for group in groups]


def _reach(places: list[float], across: list[Line]) -> None:
    """A table that is open at a side, as a page break leaves it, ends where the lines across it do."""
    low, high = min(line.low for line in across), max(line.high for line in across)
    if low < places[0] - 2 * NEAR:
        places.insert(0, low)
    if high > places[-1] + 2 * NEAR:
        places.append(high)


def _drawn(places: list[float], across: list[float], lines: list[Line]) -> set[tuple[int, int]]:
    """The edges of the grid that are drawn: (which place, which step across it)."""
    middles = [(one + other) / 2 for one, other in pairwise(across)]
    bounds = [(one + other) / 2 for one, other in pairwise(places)]
    found = set()
    for line in lines:
        number = bisect_right(bounds, line.at)
        found.update((number, step) for step, middle in enumerate(middles) if line.low <= middle <= line.high)
    return found


def join_lines(lines: Iterable[Line]) -> list[Line]:
    """Lines on one another or end to end as one line; what is too short to rule anything is dropped."""
    tracks: list[list[Line]] = []
    for line in sorted(lines):
        if tracks and line.at - tracks[-1][0].at <= NEAR / 2:
            tracks[-1].append(line)
        else:
            tracks.append([line])
    found = []
    for track in tracks:
        track.sort(key=lambda line: line.low)
        at, low, high = track[0]
        for line in track[1:]:
            if line.low <= high + NEAR:
                high = max(high, line.high)
            else:
                found.append(Line(at, low, high))
                at, low, high = line
        found.append(Line(at, low, high))
    return [line for line in found if line.high - line.low >= _SHORTEST]


def grids(horizontal: list[Line], vertical: list[Line]) -> list[RuledGrid]:
    """The tables that joined lines make: two lines each way at least, all touching; from the top of the page."""
    parents = list(range(len(horizontal) + len(vertical)))

    def root(node: int) -> int:
        while parents[node] != node:
            parents[node] = node = parents[parents[node]]
        return node

    for h, (y, left, right) in enumerate(horizontal):
        for v, (x, top, bottom) in enumerate(vertical, len(horizontal)):
            if left - NEAR <= x <= right + NEAR and top - NEAR <= y <= bottom + NEAR:
                parents[root(h)] = root(v)
    parts: dict[int, tuple[list[Line], list[Line]]] = {}
    for number, line in enumerate((*horizontal, *vertical)):
        parts.setdefault(root(number), ([], []))[number >= len(horizontal)].append(line)
    found = [RuledGrid(*part) for part in parts.values() if len(part[0]) > 1 and len(part[1]) > 1]
    return _outermost(sorted((g for g in found if len(g.xs) > 1 and len(g.ys) > 1), key=lambda grid: grid.box[1]))


def _outermost(found: list[RuledGrid]) -> list[RuledGrid]:
    """Without the frame round a page, and without boxes and tables in a cell, whose words are the cell's."""
    tables = [one for one in found if len(one.regions) > 1 or not any(_encloses(one, other) for other in found)]
    return [one for one in tables if not any(_encloses(other, one) for other in tables)]


def _encloses(outer: RuledGrid, inner: RuledGrid) -> bool:
    left, top, right, bottom = outer.box
    x0, y0, x1, y1 = inner.box
    return left < x0 and top < y0 and right > x1 and bottom > y1
