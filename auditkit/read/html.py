"""Web pages: tables with rowspan and colspan, and the paragraphs around them, as a browser would show them.

selectolax (lexbor) builds the tree as browsers do; one walk over it, recursive only over nested tables, reads it.
Nothing is fetched.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from selectolax.lexbor import LexborNode

from auditkit.document import At, Cell, Document, Table
from auditkit.read.page import BLOCK, DROPPED, LINE, Page, page_text, too_deep
from auditkit.safety import LIMITS, Limits, Refused, Unreadable

_SECTIONS = {"thead": 0, "tbody": 1, "tfoot": 2}
_NUMBER = re.compile(r"\s*\+?(\d{1,9})")

# Blanks that are to stay wear a disguise while a text is put together.
_KEEP, _SHOW = str.maketrans("\n \t", f"{LINE}\x1c\x1d"), str.maketrans(f"{LINE}{BLOCK}\x1c\x1d", "\n\n \t")
_BLANKS = re.compile(r"[\t\n\r\f\v]|  ")
_WIDE = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef"
_WRAP = re.compile(rf"(?<=[{_WIDE}])[ \t\r]*\n\s*(?=[{_WIDE}])")  # a source line that ends between two Chinese letters
_RUN = re.compile(r"[ \t\n\r]+")
_BREAKS = re.compile(rf" ?([{LINE}{BLOCK}]) ?")
_ENDS = re.compile(rf"{LINE}?{BLOCK}+")


def read_html(source: str, data: bytes, limits: Limits = LIMITS) -> Document:
    """Read a web page, also one that Word or Excel saved.

    Raises Unreadable for a page without a table, Refused beyond the limits.
    """
    text, doubts = page_text(source, data)
    page = Page(source, text)
    reading = _Reading(source, page, limits)
    blocks = tuple(reading.blocks(reading.held(page.tree.body, 0)))
    if not any(type(block) is Table for block in blocks):
        raise Unreadable(
            source,
            "网页中没有表格（可能在它引用的另一个文件里），应为含自评表的网页；请打开后另存为 .docx 报送",
            "the page has no table (it may be in another file that it refers to); save the form as .docx and submit it",
        )
    return Document(source, blocks, (*doubts, *reading.doubts()))


# What a cell holds (its text, or pieces where it holds more, None where it continues the one above), its column, its span.
_Draft = tuple["str | list[str | _Grid] | None", int, int]
_Running = dict[int, tuple[int, int]]  # by column, the span of a cell from above and how many rows it still runs


class _Grid:
    """A table while it is being read; `nests` where a cell holds another."""

    __slots__ = ("nests", "rows")

    def __init__(self) -> None:
        self.nests = False
        self.rows: list[list[_Draft]] = []

    def pieces(self) -> Iterator[str | _Grid]:
        for held in (held for row in self.rows for held, _, _ in row if held):
            yield from (held.translate(_KEEP),) if type(held) is str else held
            yield BLOCK

    def lays_out(self) -> bool:
        """Whether the table only places others: it holds one, and no row holds more than one thing."""
        return self.nests and all(sum(_filled(held) for held, _, _ in row) < 2 for row in self.rows)


class _Reading:
    """One walk over a page, and what it counts."""

    def __init__(self, source: str, page: Page, limits: Limits):
        self.source, self.limits = source, limits
        self.hidden, self.kept, self.busy = page.hidden, page.kept, page.busy
        self.unread = self.cells = self.tables = self.paragraphs = 0

    def doubts(self) -> tuple[str, ...]:
        return (f"有 {self.unread} 处隐藏文字未读取，请核对原件",) if self.unread else ()

    def blocks(self, pieces: Iterable[str | _Grid]) -> Iterator[Table | Cell]:
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
                yield self._table(piece)
                if piece.nests:
                    yield from self.blocks(inner for inner in piece.pieces() if type(inner) is _Grid)

    def _paragraphs(self, text: str) -> Iterator[Cell]:
        for paragraph in _tidied(text).split(BLOCK):
            if shown := paragraph.translate(_SHOW).strip():
                self.paragraphs += 1
                self._check(1)
                yield Cell(shown, At(row=self.paragraphs))

    def _table(self, grid: _Grid) -> Table:
        self.tables += 1
        table = self.tables
        return Table(tuple([tuple(_row_of(row, table, number)) for number, row in enumerate(grid.rows, 1)]))

    def held(self, root: LexborNode | None, depth: int, keep: bool = False) -> list[str | _Grid]:
        """What an element holds: texts, with the marks of blocks and lines among them, and tables."""
        if root is None:
            return []
        keep = keep or root.mem_id in self.kept
        found: list[str | _Grid] = []
        to_do: list[tuple[LexborNode | None, bool]] = [(root.first_child, keep)]  # a node stands for those after it too
        while to_do:
            node, keep = to_do.pop()
            if node is None:
                continue
            to_do.append((node.next, keep))
            tag = node.tag
            if tag == "-text" or (node.mem_id not in self.busy and tag != "-comment"):
                text = node.text_content if tag == "-text" else node.text_lexbor()
                found.append(text.translate(_KEEP) if keep or node.mem_id in self.kept else text)
            elif tag in DROPPED or self._is_hidden(node):
                continue
            elif tag == "table":
                self._grid(node, depth + 1, keep, found)
            elif tag in ("input", "select"):
                found.append(_entered(node))
            else:
                to_do.append((node.first_child, keep or node.mem_id in self.kept))
        return found

    def _is_hidden(self, node: LexborNode) -> bool:
        if not self.hidden or node.mem_id not in self.hidden:
            return False
        self.unread += bool(node.text_lexbor().strip())
        return True

    def _children(self, parent: LexborNode, *tags: str) -> Iterator[LexborNode]:
        node = parent.first_child
        while node is not None:
            if node.tag in tags and not self._is_hidden(node):
                yield node
            node = node.next

    def _grid(self, table: LexborNode, depth: int, keep: bool, found: list[str | _Grid]) -> None:
        """Append a table, behind its caption, to what was found."""
        if depth > self.limits.nesting:
            raise too_deep(self.source)
        for caption in self._children(table, "caption"):
            found += (BLOCK, *self.held(caption, depth, keep))
        grid = _Grid()
        keep = keep or table.mem_id in self.kept
        for section in sorted(self._children(table, *_SECTIONS), key=lambda node: _SECTIONS[node.tag]):
            rows = list(self._children(section, "tr"))
            running: _Running = {}
            for left, row in zip(range(len(rows) - 1, -1, -1), rows, strict=True):
                running = self._row(row, left, running, grid, depth, keep or row.mem_id in self.kept)
        found += (BLOCK, grid)

    def _row(self, row: LexborNode, left: int, running: _Running, grid: _Grid, depth: int, keep: bool) -> _Running:
        """Add a row of which so many follow in its section; return what runs on below it."""
        taken = {slot for at, (span, _) in running.items() for slot in range(at, at + span)}
        cells, below, x, widest, node = [], {}, 0, 1, row.first_child
        while node is not None:
            if node.tag in ("td", "th") and not (self.hidden and self._is_hidden(node)):
                while x in taken:
                    if x in running:
                        cells.append((None, x, running[x][0]))
                    x += 1
                span = 1
                if attributes := node.attributes:
                    span = _number(attributes.get("colspan")) or 1
                    widest = max(widest, span)
                    if (rows := _number(attributes.get("rowspan"))) != 1 and left:
                        below[x] = span, min(rows - 1, left) if rows else left
                if node.mem_id in self.busy:
                    held = self.held(node, depth, keep)
                    grid.nests = grid.nests or any(type(piece) is _Grid for piece in held)
                else:
                    held = node.text_lexbor().strip()
                    if _BLANKS.search(held):
                        kept = keep or node.mem_id in self.kept
                        held = _tidied(held.translate(_KEEP) if kept else held).translate(_SHOW).strip()
                cells.append((held, x, span))
                x += span
            node = node.next
        if running:
            cells += [(None, above, running[above][0]) for above in sorted(running) if above >= x]
            below |= {at: (span, rows - 1) for at, (span, rows) in running.items() if rows > 1}
        self._check(len(cells), widest)
        grid.rows.append(cells)
        return below

    def _check(self, cells: int, widest: int = 1) -> None:
        self.cells += cells
        if self.cells > self.limits.cells:
            raise Refused(
                self.source,
                f"单元格超过 {self.limits.cells} 个，不像一份自评表；请拆分后重新报送",
                f"more than {self.limits.cells} cells, which is no form; split the file and submit it again",
            )
        if widest > self.limits.span:
            raise Refused(
                self.source,
                f"有单元格跨 {widest} 列，超过 {self.limits.span} 列；请重新制表后报送",
                f"a cell spans {widest} columns, more than {self.limits.span}; set the table anew",
            )


@lru_cache(maxsize=256)
def _number(text: str | None) -> int:
    """A span as HTML reads it: the digits in front; 1 where there are none."""
    found = _NUMBER.match(text or "")
    return int(found[1]) if found else 1


def _entered(node: LexborNode) -> str:
    """What a form field of the page shows."""
    if node.tag == "select":
        chosen = node.css_first("option[selected]") or node.css_first("option")
        return chosen.text_lexbor() if chosen else ""
    attributes = node.attributes
    shows = (attributes.get("type") or "text").lower() in ("text", "number", "date")
    return (attributes.get("value") or "").translate(_KEEP) if shows else ""


def _row_of(drafts: list[_Draft], table: int, number: int) -> Iterator[Cell]:
    for column, (held, x, span) in enumerate(drafts, 1):
        text = held if type(held) is str else _text_of(held) if held else ""
        yield Cell(text, At("", 0, "", table, number, column), x, span, held is None)


def _filled(held: str | list[str | _Grid] | None) -> bool:
    return any(type(piece) is _Grid or piece.strip() for piece in held or ())


def _text_of(held: list[str | _Grid] | None) -> str:
    return _tidied("".join([piece for piece in held or () if type(piece) is str])).translate(_SHOW).strip()


def _tidied(text: str) -> str:
    """The text with runs of blanks as one, none at the ends of its lines, and one mark for the end of a block."""
    return _ENDS.sub(BLOCK, _BREAKS.sub(r"\1", _RUN.sub(" ", _WRAP.sub("", text) if "\n" in text else text)))
