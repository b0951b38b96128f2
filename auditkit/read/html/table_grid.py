"""A table of a page while it is being read: rowspan and colspan as the HTML standard lays them out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import accumulate
from operator import itemgetter

from auditkit.document import CELLS, FEW, Row, made, places, places_of_few
from auditkit.read.html.whitespace import BLOCK, KEEP

SECTIONS = {"thead": 0, "tbody": 1, "tfoot": 2}  # in the order in which a browser shows them

Held = list["str | HtmlTable"]  # texts and tables, as they follow each other
Spans = tuple[tuple[int, int], ...]  # of the cells of a row: columns and rows
Layout = tuple  # as `_laid` makes it


class HtmlTable:
    """A table and the place within it where reading stands; the page itself is one without `outer`.

    `held` takes what comes next: the open cell or caption, None between cells. `spans` and `texts` have the cells of the open
    row, None where none is open, and `parts` the index of those that are more than a text. `nesting` keeps what the cells of
    a row hold, by its number, where one holds another table.
    """

    __slots__ = (
        *("above", "blocks", "captions", "depth", "ends", "height", "held", "last", "nesting", "number", "opened"),
        *("outer", "parts", "section", "sections", "spans", "texts"),
    )

    def __init__(self, outer: HtmlTable | None, number: int = 0):
        self.outer, self.number, self.depth = outer, number, outer.depth + 1 if outer else 0
        self.captions: Held = []
        self.held: Held | None = None if outer else self.captions
        self.opened, self.blocks = "", []  # the letter of the open cell, d or h, and the blocks open in what is held
        self.sections: tuple[list[Row], ...] = ([], [], [])
        self.section: list[Row] | None = None
        self.height = 0
        self.spans: list[tuple[int, int]] | None = None
        self.texts: list[str | Held] = []
        self.parts: list[int] = []
        self.nesting: dict[int, list[str | Held]] = {}
        # Of the cells of the section that run on, the column and span; and those that end with a row, by its number
        self.above: Spans = ()
        self.ends: dict[int, list[tuple[int, int]]] = {}

    def begin_section(self, name: str) -> None:
        self.section = self.sections[SECTIONS[name]]
        self.above, self.ends = (), {}

    def begin_row(self) -> None:
        if self.section is None:
            self.begin_section("tbody")
        self.spans, self.texts, self.parts, self.held = [], [], [], None

    def end_row(self) -> None:
        self.spans = self.held = None

    def layout(self, spans: Spans) -> Layout:
        """The layout of a row of cells with such spans that would follow."""
        few = len(spans) + len(self.above) < FEW
        return (_laid if few else _laid.__wrapped__)(spans, self.above)

    def lay(self, layout: Layout, texts: Sequence[str]) -> int:
        """Add a row of such a layout, whose own cells have such texts; return how many it has, with those from above."""
        height = self.height = self.height + 1
        columns, widths, merged, pick, below, after, size = layout
        if pick:
            texts = pick((*texts, ""))
        at = (places_of_few if size < FEW else places)(self.number, height, size)
        self.section.append(tuple(map(made, CELLS, zip(texts, at, columns, widths, merged))))  # noqa: B905 - strict takes time
        ends = self.ends
        if below:
            self.above = after
            for cell, rows in below:
                if height + rows in ends:
                    ends[height + rows].append(cell)
                else:
                    ends[height + rows] = [cell]
        if height in ends:
            ended = ends.pop(height)
            self.above = tuple([cell for cell in self.above if cell not in ended])
        return size

    def end(self) -> None:
        """Put the table, behind its caption, where it stands in what is around it."""
        outer = self.outer
        outer.held += (*self.captions, BLOCK, self)
        if outer.spans is not None:
            outer.nesting[outer.height + 1] = outer.texts
        self.outer = None  # each would keep the other in memory, and all cells, until garbage is collected

    def rows(self) -> list[Row]:
        return [row for section in self.sections for row in section]

    def placed(self, number: int) -> tuple[Row, ...]:
        """The rows of the table as the one of that number on the page."""
        rows, (head, _, foot) = self.rows(), self.sections
        if number == self.number and not head and not foot:
            return tuple(rows)
        return tuple(
            tuple(cell._replace(at=at) for cell, at in zip(row, places(number, n, len(row)), strict=True))
            for n, row in enumerate(rows, 1)
        )

    def contents(self) -> Iterator[list[str | Held]]:
        """What the cells of each row hold."""
        for row in self.rows():
            held = self.nesting.get(row[0].at.row) if row else None
            yield held or [cell.text.translate(KEEP) for cell in row]

    def pieces(self) -> Iterator[str | HtmlTable]:
        """What the cells hold, one after another."""
        for held in (held for row in self.contents() for held in row if held):
            yield from (held,) if type(held) is str else held
            yield BLOCK

    def lays_out(self) -> bool:
        """Whether the table only places others: no row holds more than one thing, or those within have more rows than it
        has texts, as where a page stands beside its menu."""
        if not self.nesting:
            return False
        filled = [sum(map(_filled, row)) for row in self.contents()]
        within = [piece.height for piece in self.pieces() if type(piece) is HtmlTable]
        return max(filled, default=0) < 2 or sum(within) > max(sum(filled), self.height)


def _filled(held: str | Held) -> bool:
    return any(type(piece) is HtmlTable or piece.strip() for piece in ([held] if type(held) is str else held))


@lru_cache(maxsize=1024)
def _laid(spans: Spans, above: Spans) -> Layout:
    """The layout of a row of cells with such spans below cells with such columns and spans: forms have few, again and again.

    Of all cells, those from above among them, the columns, the spans, and whether they are from above; what picks their texts
    of the cells' own and an empty one; of those that run on below, and how many rows; and what is above the next
    row where none from above ends.
    """
    taken = dict.fromkeys((slot for x, span in above for slot in range(x + 1, x + span)), 0) | dict(above)
    cells: list[tuple[int, int, bool]] = []
    below, x = [], 0
    for span, rows in spans:
        while x in taken:
            if taken[x]:
                cells.append((x, taken[x], True))
            x += taken[x] or 1
        if rows > 1:
            below.append((x, span, rows - 1))
        cells.append((x, span, False))
        x += span
    cells += [(at, span, True) for at, span in above if at >= x]
    columns, widths, merged = zip(*cells, strict=True) if cells else ((), (), ())
    own = accumulate((not more for more in merged), initial=0)
    order = [-1 if more else index for more, index in zip(merged, own, strict=False)]
    pick = itemgetter(*order, -1) if any(merged) else None
    after = {x: span for x, span, _ in below} | dict(above)
    runs = tuple([((x, span), rows) for x, span, rows in below])
    return columns, widths, merged, pick, runs, tuple(sorted(after.items())), len(columns)
