"""A table of a page: its cells laid out by rowspan and colspan as the HTML standard does it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import chain
from operator import itemgetter
from typing import NamedTuple

from auditkit.document import CELLS, FEW, Row, made, places
from auditkit.read.html.whitespace import BLOCK, KEEP
from auditkit.read.unread import VALUES

Held = list["str | HtmlTable"]  # texts and tables, as they follow each other
Spans = tuple[
    tuple[int, int], ...
]  # of the cells of a row: columns and rows that each covers, 0 for all rows that follow
_Above = tuple[tuple[int, int, int], ...]  # first column, span and rows left of the cells that go on below


class _Layout(NamedTuple):
    """The cells of a row, those that go on from above among them: first columns, spans, which go on, and `pick`, which takes
    their texts of the own cells' texts and an empty one. `widest` is the widest span."""

    columns: tuple[int, ...]
    spans: tuple[int, ...]
    merged: tuple[bool, ...]
    pick: itemgetter | None
    below: _Above
    widest: int


class HtmlTable:
    """A table while a page is read: its caption, and the rows, which are added section by section.

    `held` has what cells hold that hold more than a text, by the number of their row and their own in it, from 0.
    """

    def __init__(self) -> None:
        self.captions: Held = []
        self.held: dict[int, dict[int, Held]] = {}
        self._rows: list[tuple[_Layout, list[str]]] = []
        self._above: _Above = ()

    def begin_section(self) -> None:
        self._above = ()

    def add_row(self, spans: Spans, texts: list[str], held: dict[int, Held]) -> tuple[int, int]:
        """Add a row of cells of such spans and texts; return how many it has with those that go on from above, and the
        widest span."""
        few = len(spans) + len(self._above) < FEW
        layout = (_laid_out if few else _laid_out.__wrapped__)(spans, self._above)
        if held:
            self.held[len(self._rows)] = held
        self._rows.append((layout, texts))
        self._above = layout.below
        return len(layout.columns), layout.widest

    @property
    def height(self) -> int:
        return len(self._rows)

    def rows(self, number: int) -> Iterator[Row]:
        """The rows as those of the table of that number in the document."""
        for n, (layout, texts) in enumerate(self._rows, 1):
            at = places(number, n, len(layout.columns))
            picked = layout.pick((*texts, "")) if layout.pick else texts
            yield tuple(map(made, CELLS, zip(picked, at, *layout[:3])))  # noqa: B905 - there may be one text more

    def within(self) -> list[HtmlTable]:
        """The tables that its cells hold."""
        return [p for row in self.held.values() for held in row.values() for p in held if type(p) is not str]

    def take_in(self) -> list[list[HtmlTable]]:
        """Give cells that hold nothing but small tables the text of these; return the tables of each of the other cells."""
        left = []
        for n, row in self.held.items():
            texts = self._rows[n][1]
            for index, held in row.items():
                tables = [piece for piece in held if type(piece) is not str]
                if tables and not texts[index] and sum(table.filled for table in tables) <= VALUES:
                    texts[index] = "\n".join([table.text() for table in tables])
                elif tables:
                    left.append(tables)
        return left

    @property
    def filled(self) -> int:
        """How many cells hold something."""
        return sum(map(sum, self._filled()))

    def text(self) -> str:
        """The texts of the cells, a line for each row."""
        self.take_in()
        lines = (" ".join(filter(None, texts)) for _, texts in self._rows)
        return "\n".join(filter(None, lines))

    def pieces(self) -> Iterator[str | HtmlTable]:
        """What the cells hold, one after another."""
        return chain.from_iterable((*held, BLOCK) for row in self._contents() for held in row if held)

    def lays_out(self, within: list[HtmlTable]) -> bool:
        """Whether the table only places those within: no row holds more than one thing, or they have more rows than it has
        texts, as where a page stands beside its menu."""
        if not within:
            return False
        filled = [sum(row) for row in self._filled()]
        return max(filled) < 2 or sum(table.height for table in within) > max(sum(filled), self.height)

    def _filled(self) -> Iterator[list[bool]]:
        for row in self._contents():
            yield [any(type(piece) is not str or piece.strip() for piece in held) for held in row]

    def _contents(self) -> Iterator[list[Held]]:
        """What the cells of each row hold."""
        for n, (_, texts) in enumerate(self._rows):
            held = self.held.get(n, {})
            yield [held.get(index) or [text.translate(KEEP)] for index, text in enumerate(texts)]


@lru_cache(maxsize=1024)
def _laid_out(spans: Spans, above: _Above) -> _Layout:
    """The layout of a row of cells of such spans below others: forms have few, again and again."""
    taken = {slot: (x, span) for x, span, _ in above for slot in range(x, x + span)}
    below = {x: (x, span, left - 1 if left else 0) for x, span, left in above if left != 1}
    cells: list[tuple[int, int, bool]] = []
    order: list[int] = []
    x = 0
    for number, (span, rows) in enumerate(spans):
        while x in taken:
            first, width = taken[x]
            if first == x:
                cells.append((first, width, True))
                order.append(-1)
            x += width if first == x else 1
        cells.append((x, span, False))
        order.append(number)
        if rows != 1:
            below[x] = x, span, rows - 1 if rows else 0
        x += span
    rest = [(first, span, True) for first, span, _ in above if first >= x]
    columns, widths, merged = zip(*cells, *rest, strict=True) if cells or rest else ((), (), ())
    pick = itemgetter(*order, *[-1] * len(rest), -1) if any(merged) else None
    return _Layout(columns, widths, merged, pick, tuple(sorted(below.values())), max(widths, default=1))
