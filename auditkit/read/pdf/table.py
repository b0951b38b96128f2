"""One table of a PDF, put together from the pages that it runs over."""

from __future__ import annotations

import re
from functools import cache
from itertools import chain
from typing import NamedTuple

from auditkit.document import At, Cell, Table
from auditkit.read.pdf.ruled_lines import NEAR, Region, RuledGrid
from auditkit.read.pdf.text_lines import Written
from auditkit.vocabulary.terms import table

_SIDES = 4  # points that the same edge of a table may stand apart on two pages
_LABEL = "指标"
_MAGNITUDES = "百千万亿"
_FIGURE_ENDS = re.compile(rf"\d[{_MAGNITUDES}]*$")
_SENTENCE_ENDS = "。", "；", "！", "？"
_ENDS = (*_SENTENCE_ENDS, "：", _LABEL)
_HEAD = "级指标"
# How a row of its own begins though most of it is blank.
_OWN = re.compile(r"指标\s*\d|[.…·—–-]+$|[\d.,%％]+$|其中|上年|其他|年度资金|小计|合计|总")
_LACKS = 3  # texts at least that the rest of a cut row does not have and the row does
_LACKS_BESIDE_UNITS = 2  # as few where a figure above is without the unit that stands below
_HEADING = 3  # texts that a row has at least, to be a heading when it comes again


class _Held(NamedTuple):
    """A rectangle of a table: rows by number, sides by place; `open` where no line closes it below."""

    written: Written
    page: int
    top: int
    bottom: int
    left: float
    right: float
    open: bool


class Ruled:
    """A table while its pages are put together."""

    def __init__(self, page: int, grid: RuledGrid, texts: list[Written]):
        self.edges = grid.xs[0], grid.xs[-1]
        self.xs: list[float] = []
        self.rows, self.page = 0, page
        self.held: list[_Held] = []
        self.begin = texts[0].text
        self.doubts: list[str] = []
        self._add(page, grid, texts, 0, {})

    def goes_on(self, page: int, grid: RuledGrid) -> bool:
        """Whether the table on this page can be the rest of it."""
        apart = (one - other for one, other in zip(self.edges, (grid.xs[0], grid.xs[-1]), strict=True))
        return self.page == page - 1 and all(abs(points) <= _SIDES for points in apart)

    def go_on(self, page: int, grid: RuledGrid, texts: list[Written]) -> None:
        top = 1 if self.repeats(grid, texts) else 0
        first = [number for number, region in enumerate(grid.regions) if region.top == top]
        above = {number: index for number in first if (index := self._above(grid, grid.regions[number])) is not None}
        cut = {n: i for n, i in above.items() if self._is_cut(grid, grid.regions[n], self.held[i], texts[n])}
        wrapped = {n: i for n, i in above.items() if not texts[n].text or _may_go_on(self.held[i].written, texts[n])}
        flat = {n: i for n, i in above.items() if grid.regions[n].bottom == top + 1}
        if set(first) <= set(wrapped) and any(_goes_on(self.held[i].written, texts[n]) for n, i in flat.items()):
            cut = wrapped
        elif set(first) <= set(cut) | set(flat) and not set(first) <= set(cut) and self._is_rest(flat, texts):
            cut |= flat
            self.doubts.append(f"第{page - 1}页末行与第{page}页首行读作同一行（第{page}页首行只有少数几格有字）")
        shift = self.rows - top - (1 if set(first) <= set(cut) else 0)
        dropped = {number for number, region in enumerate(grid.regions) if region.top < top}
        self._add(page, grid, texts, shift, cut, dropped)

    def _is_rest(self, flat: dict[int, int], texts: list[Written]) -> bool:
        """Whether a row has texts only where the row above has some, and lacks most of what that row has."""
        said = [(self.held[index].written, texts[number]) for number, index in flat.items()]
        lacks = sum(bool(above.text and not below.text) for above, below in said)
        rest = [(above, below) for above, below in said if below.text]
        units = sum(_is_unit_of(above.text, below.text) for above, below in rest)
        can = all(_can_go_on(above, below) or _is_unit_of(above.text, below.text) for above, below in rest)
        enough = lacks >= _LACKS_BESIDE_UNITS if units else lacks >= _LACKS and lacks > len(rest)
        return bool(rest) and can and enough

    def _add(
        self,
        page: int,
        grid: RuledGrid,
        texts: list[Written],
        shift: int,
        cut: dict[int, int],
        dropped: set[int] | frozenset[int] = frozenset(),
    ) -> None:
        for number, (region, text) in enumerate(zip(grid.regions, texts, strict=True)):
            if number in dropped:
                continue
            is_open = grid.is_open(region, region.bottom)
            if number in cut:
                old = self.held[cut[number]]
                both = _together(old.written, text)
                self.held[cut[number]] = old._replace(written=both, bottom=region.bottom + shift, open=is_open)
                continue
            sides = grid.xs[region.left], grid.xs[region.right]
            self.held.append(_Held(text, page, region.top + shift, region.bottom + shift, *sides, is_open))
        self.xs += grid.xs
        self.rows, self.page = shift + len(grid.ys) - 1, page

    def _above(self, grid: RuledGrid, region: Region) -> int | None:
        """What of the page before ends at the break right above the region."""
        left, right = grid.xs[region.left], grid.xs[region.right]
        return next(
            (
                index
                for index, held in enumerate(self.held)
                if held.bottom == self.rows and max(abs(held.left - left), abs(held.right - right)) <= _SIDES
            ),
            None,
        )

    def _is_cut(self, grid: RuledGrid, region: Region, held: _Held, text: Written) -> bool:
        """Whether the region goes on with the one above: no line parts them, or a tall cell has nothing of its own.

        Word closes every cell at a page break (LibreOffice too), so that lines tell only where a browser printed.
        """
        below_open = grid.is_open(region, region.top)
        if held.open or below_open:
            return held.open and below_open
        if held.written.text and text.text and not _goes_on(held.written, text):
            return False
        tall = max(held.bottom - held.top, region.bottom - region.top) > 1
        label = bool(text.text) and (held.written.text + text.text).endswith(_LABEL)
        if not held.written.text:
            return label and self._blank_only_here(held)
        return tall or label

    def _blank_only_here(self, cut: _Held) -> bool:
        """Whether the column has no other blank cell below its heading: its levels stand in tall cells."""
        column = [h for h in self.held if max(abs(h.left - cut.left), abs(h.right - cut.right)) <= _SIDES and h != cut]
        for held in sorted(column, key=lambda one: one.top, reverse=True):
            if held.written.text.endswith(_HEAD):
                return True
            if not held.written.text:
                return False
        return False

    def repeats(self, grid: RuledGrid, texts: list[Written]) -> bool:
        """Whether the page begins with a heading that the table had before."""
        first = [text.text for region, text in zip(grid.regions, texts, strict=True) if region.top == 0 and text.text]
        if len(first) < _HEADING or any(region.bottom > 1 for region in grid.regions if region.top == 0):
            return False
        rows: dict[int, list[str]] = {}
        for held in self.held:
            if held.written.text:
                rows.setdefault(held.top, []).append(held.written.text)
        return len(grid.ys) > 2 and any(row == first and _LABEL in "".join(row) for row in rows.values())

    def laid_out(self, number: int) -> Table:
        """The rows of the table, a cell that runs over several rows continued in each."""
        xs: list[float] = []
        for x in sorted(self.xs):
            if not xs or x - xs[-1] > NEAR:
                xs.append(x)
        rows: list[list[tuple[int, int, bool, _Held]]] = [[] for _ in range(self.rows)]
        for held in self.held:
            left, right = (min(range(len(xs)), key=lambda n: abs(xs[n] - side)) for side in (held.left, held.right))
            for row in range(held.top, held.bottom):
                rows[row].append((left, max(right - left, 1), row > held.top, held))
        page, made = 1, []
        for row, cells in enumerate(rows, 1):
            cells.sort(key=lambda cell: cell[0])
            page = max([page, *(held.page for _, _, _, held in cells)])
            made.append(
                tuple(
                    Cell("" if merged else held.written.text, At("", page, "", number, row, column), at, span, merged)
                    for column, (at, span, merged, held) in enumerate(cells, 1)
                )
            )
        return Table(tuple(made))


def _is_unit_of(above: str, below: str) -> bool:
    """Whether a figure ends above and its unit alone stands below: no row has that as its own."""
    return bool(_FIGURE_ENDS.search(above)) and below.strip().lstrip(_MAGNITUDES) in _units()


@cache
def _units() -> frozenset[str]:
    groups = (*table("units.synonyms"), table("units.factors"), table("units.others"))
    return frozenset(chain.from_iterable(groups))


def _can_go_on(above: Written, below: Written) -> bool:
    """Whether a text can be the wrapped rest of the one above: there was no room for its begin, and both are words."""
    return _words(above, below) and above.room <= below.begin


def _may_go_on(above: Written, below: Written) -> bool:
    """Whether a text can stand in one cell with the one above, which may end with a paragraph."""
    return _can_go_on(above, below) or (_words(above, below) and above.text.endswith(_SENTENCE_ENDS))


def _words(above: Written, below: Written) -> bool:
    return above.text[-1:] > "\u2e80" and below.text[-1:] > "\u2e80" and not _OWN.match(below.text)


def _goes_on(above: Written, below: Written) -> bool:
    """Whether it reads so too: the text above breaks off."""
    return _can_go_on(above, below) and not above.text.endswith(_ENDS)


def _together(above: Written, below: Written) -> Written:
    if not (above.text and below.text):
        return above if above.text else below
    parted = "\n" if above.room > below.begin else ""
    return Written(above.text + parted + below.text, below.room, above.begin)
