"""Web pages: tables with rowspan and colspan, and the paragraphs around them, as a browser would show them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

from auditkit.document import At, Cell, Document, Table
from auditkit.errors.files import NoTable, TooManyCells
from auditkit.read.html.source import page_text, weigh
from auditkit.read.html.table import HtmlTable
from auditkit.read.html.tree import PageTree
from auditkit.read.html.whitespace import BLOCK, MARKS, collapse_whitespace
from auditkit.read.unread import NESTED, doubts_of
from auditkit.safety import LIMITS, Limits

_DISGUISES = str.maketrans(dict.fromkeys(MARKS, " "))


def read_html(source: str, data: bytes, limits: Limits = LIMITS) -> Document:
    """Read a web page, also one that Word or Excel saved.

    Raises Unreadable for a page without a table, Refused beyond the limits.
    """
    text, doubts = page_text(source, data)
    weigh(source, text)
    if any(map(text.__contains__, MARKS)):
        text = text.translate(_DISGUISES)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    reading = _Reading(PageTree(source, text, limits), source, limits)
    blocks = tuple(reading.blocks(reading.page.pieces))
    if not reading.tables:
        raise NoTable(source)
    return Document(source, blocks, (*doubts, *doubts_of(reading.page.unread)))


class _Reading:
    """What a page holds made a document."""

    def __init__(self, page: PageTree, source: str, limits: Limits):
        self.page, self.source, self.limits = page, source, limits
        self.tables = self.paragraphs = 0

    def blocks(self, pieces: Iterable[str | HtmlTable]) -> Iterator[Table | Cell]:
        """The tables and paragraphs that the pieces make, in their order; tables within a table follow it."""
        texts: list[str] = []
        for piece in pieces:
            if type(piece) is str:
                texts.append(piece)
                continue
            yield from self._paragraphs("".join(texts))
            texts = []
            within = piece.within()
            if piece.lays_out(within):
                yield from self.blocks(piece.pieces())
            else:
                left = piece.take_in() if within else []
                self.page.unread[NESTED] += len(left)
                self.tables += 1
                yield Table(tuple(piece.rows(self.tables)))
                yield from self.blocks(chain.from_iterable(left))
        yield from self._paragraphs("".join(texts))

    def _paragraphs(self, text: str) -> Iterator[Cell]:
        for paragraph in text.split(BLOCK):
            if paragraph := paragraph.strip():
                self.paragraphs += 1
                if self.page.cells + self.paragraphs > self.limits.cells:
                    raise TooManyCells(self.source, most=self.limits.cells)
                yield Cell(collapse_whitespace(paragraph), At(row=self.paragraphs))
