"""Web pages: tables with rowspan and colspan, and the paragraphs around them, as a browser would show them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from auditkit.document import At, Cell, Document, Table
from auditkit.read.html.markup import Markup, too_many
from auditkit.read.html.source import page_text, ruled, weigh
from auditkit.read.html.table_grid import HtmlTable
from auditkit.read.html.tags import Ragged
from auditkit.read.html.whitespace import BLOCK, LOST, MARKS, collapse_whitespace
from auditkit.safety import LIMITS, Limits, Unreadable

_DISGUISES = str.maketrans(dict.fromkeys(MARKS, " "))


def read_html(source: str, data: bytes, limits: Limits = LIMITS) -> Document:
    """Read a web page, also one that Word or Excel saved.

    Raises Unreadable for a page without a table, Refused beyond the limits.
    """
    text, doubts = page_text(source, data)
    if any(map(text.__contains__, MARKS)):
        text = text.translate(_DISGUISES)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    try:
        if b"\0" in data and "\0" in text:
            raise Ragged
        blocks = _as_written(source, text, limits)
    except Ragged:
        weigh(source, text)
        markup, unread = ruled(text)
        blocks = _Reading(Markup(source, markup, limits, ruled=True), source, limits).all()
        if unread:
            doubts = [*doubts, f"有 {unread} 处隐藏文字未读取，请核对原件"]
    if not any(type(block) is Table for block in blocks):
        raise Unreadable(
            source,
            "网页中没有表格（可能在它引用的另一个文件里），应为含自评表的网页；请打开后另存为 .docx 报送",
            "the page has no table (it may be in another file that it refers to); save the form as .docx and submit it",
        )
    return Document(source, blocks, tuple(doubts))


def _as_written(source: str, text: str, limits: Limits) -> tuple[Table | Cell, ...]:
    """What a page holds of which no tree need be built; raises Ragged for others."""
    markup = Markup(source, text, limits)
    weigh(source, markup.uncommon)
    reading = _Reading(markup, source, limits)
    blocks = reading.all()
    if (markup.loses or reading.loses) and markup.keeps():
        raise Ragged
    return blocks


class _Reading:
    """What a page holds made a document. `loses` says that a paragraph has blanks that are not shown."""

    def __init__(self, markup: Markup, source: str, limits: Limits):
        self.pieces, self.cells = markup.pieces, markup.cells
        self.source, self.limits = source, limits
        self.tables = self.paragraphs = 0
        self.loses = False

    def all(self) -> tuple[Table | Cell, ...]:
        return tuple(self.blocks(self.pieces))

    def blocks(self, pieces: Iterable[str | HtmlTable]) -> Iterator[Table | Cell]:
        """The tables and paragraphs that the pieces make, in their order; tables within a table follow it."""
        texts: list[str] = []
        for piece in (*pieces, None):
            if type(piece) is str:
                texts.append(piece)
                continue
            yield from self._paragraphs("".join(texts))
            texts = []
            if piece and piece.lays_out():
                yield from self.blocks(piece.pieces())
            elif piece:
                self.tables += 1
                yield Table(piece.placed(self.tables))
                if piece.nesting:
                    yield from self.blocks(inner for inner in piece.pieces() if type(inner) is HtmlTable)

    def _paragraphs(self, text: str) -> Iterator[Cell]:
        for paragraph in text.split(BLOCK):
            if paragraph := paragraph.strip():
                self.paragraphs += 1
                if self.cells + self.paragraphs > self.limits.cells:
                    raise too_many(self.source, self.limits)
                self.loses = self.loses or bool(LOST.search(paragraph))
                yield Cell(collapse_whitespace(paragraph), At(row=self.paragraphs))
