"""The markup of a page as texts and tables, without building its tree where it is regular.

Regular markup has every tag where a browser's tree has it. Then one compiled expression cuts it, a whole cell at a time,
sooner than its tree is built. What might make another tree than its tags say raises Ragged; what lexbor writes of the tree
that it made (`page.ruled`) is regular by its making.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from itertools import compress

from auditkit.read.html.css import hides, keeps, keeps_cells
from auditkit.read.html.table_grid import SECTIONS, HtmlTable
from auditkit.read.html.tags import (
    BLANK,
    BROKEN,
    COMMENT,
    HEAD,
    MARKS,
    PAIRED,
    TAG,
    TAGLIKE,
    WHOLE,
    Ragged,
    different,
    known,
    nest,
    spans_of,
    tags_of,
    written_out,
)
from auditkit.read.html.whitespace import BLOCK, KEEP, LOST, collapse_whitespace
from auditkit.safety import Limits, Refused

_PARTS = range(1, WHOLE.groups + 1)
_AT_ONCE = 1_000_000  # letters of a page whose tags may be in memory all at a time, which is quicker


class Markup:
    """What a page holds (`pieces`), how many `cells`, and whether blanks of theirs are left out (`loses`).

    `ruled` markup is what lexbor wrote. Raises Ragged for other markup that is not regular, Refused beyond the limits.
    """

    def __init__(self, source: str, text: str, limits: Limits, ruled: bool = False):
        self._source, self._limits, self._ruled = source, limits, ruled
        self._known = known(ruled, limits.span, len(text))
        self._sheets: list[str] = []
        self._grid = HtmlTable(None)
        self.pieces, self.cells, self._tables, self.loses = self._grid.captions, 0, 0, False
        self._text, self._begun = text, HEAD.match(text).end()
        self.uncommon = text  # or what of it is not a cell like most
        if not ruled and hides(text[: self._begun].lower()):
            raise Ragged
        first = text.find("<", self._begun)
        first = len(text) if first < 0 else first
        self.pieces.append(written_out(text[self._begun : first]))
        if len(text) < _AT_ONCE:
            self._read(WHOLE.split(text[first:]))
        else:
            self._follow(found.groups("") for found in TAG.finditer(text, first))
        while self._grid.outer:
            self._end_table()

    def keeps(self) -> bool:
        """Whether there may be texts that keep their blanks."""
        return keeps(self._text.lower())

    def _read(self, parts: list[str]) -> None:
        """Read a row of cells with nothing but text in one go, what is between such rows tag by tag."""
        every = len(_PARTS) + 1  # and what is between two parts, which is nothing
        begins, wraps, texts, more, turned, others = columns = [tuple(parts[n::every]) for n in _PARTS]
        for wrap in different(wraps):
            _ = self._known.spans.get(wrap) or self._span(wrap)
        self.uncommon = "".join(filter(None, others))
        whole, tags = range(len(begins)), len(begins)
        odd, ragged = iter((*compress(whole, others), tags)), iter((*compress(whole, more), tags))
        layouts, spans, turns = self._known.layouts, self._known.spans, self._known.turns
        at, grid, limit = 0, self._grid, self._limits.cells
        other, longer = next(odd), next(ragged)
        for stop in compress(range(1, tags + 1), turned):
            if other >= stop and grid.spans == []:
                key = begins[at:stop], grid.above
                layout = layouts.get(key)
                if layout is None:
                    row = [spans.get(begin) or self._span(begin) for begin in begins[at:stop]]
                    layout = layouts[key] = grid.layout(tuple(row))
                written = texts[at:stop]
                if longer < stop:
                    written = list(written)
                    while longer < stop:
                        written[longer - at] = self._shown(texts[longer], more[longer])
                        longer = next(ragged)
                self.cells += grid.lay(layout, written)
                if self.cells > limit:
                    raise too_many(self._source, self._limits)
                turn = turned[stop - 1]
                if not (turns.get(turn) or self._known.turn(turn)):
                    grid.end_row()
            else:
                self._follow(tags_of(zip(*[column[at:stop] for column in columns], strict=True)))
                grid = self._grid
                while other < stop:
                    other = next(odd)
                while longer < stop:
                    longer = next(ragged)
            at = stop
        self._follow(tags_of(zip(*[column[at:] for column in columns], strict=True)))

    def _follow(self, tags: Iterable[tuple[str, ...]]) -> None:
        """Follow each tag, with the text behind it and the end of the cell, and of the row, where these follow at once."""
        grid, kinds, spans = self._grid, self._known.kinds, self._known.spans
        for cell, begin, tag, text, more, closed, turned in tags:
            if more:
                text = written_out(text + more)
            if cell:
                if grid.spans is None:
                    raise Ragged
                grid.spans.append(spans.get(begin) or self._span(begin))
                if closed == cell and not more:
                    grid.held = None
                    grid.texts.append(text)
                else:
                    grid.held, grid.opened, grid.blocks = [text], cell.lower(), []
                    grid.parts.append(len(grid.texts))
                    grid.texts.append(grid.held)
            elif tag:
                kind = kinds.get(tag)
                if kind is None:
                    kind = self._known.kind(tag)
                if kind not in MARKS:
                    if kind == COMMENT:
                        self._sheets.append(tag)
                    self._turn(kind, text)
                    grid = self._grid
                elif grid.held is not None:
                    grid.held.append(kind + text)
                elif not self._ruled:
                    raise Ragged
            elif grid.held is None or not text or TAGLIKE.match(text):
                raise Ragged
            else:
                grid.held.append(f"<{text}")
            if closed and grid.held is not None:
                if grid.spans is None or closed.lower() != grid.opened:
                    raise Ragged
                grid.held = None
            if turned:
                if grid.spans is None:
                    raise Ragged
                self._end_row(grid)
                if self._known.turn(turned):
                    grid.begin_row()

    def _turn(self, kind: str, text: str) -> None:
        """Follow a tag that is more than a mark, and the text behind it."""
        grid, name = self._grid, kind.removeprefix("/")
        if name == "tr":
            if grid.outer is None or (kind == "/tr" and grid.spans is None and grid.held is not None):
                raise Ragged  # within a caption it would end nothing
            self._end_row(grid)
            if kind == "tr":
                grid.begin_row()
        elif name in PAIRED:
            if grid.held is None or (name == "form" and grid.outer):
                raise Ragged
            nest(grid.blocks, name, ends=kind != name)
            text = BLOCK + text
        elif kind == "/table":
            self._end_table()
        elif kind == "caption":
            _between_sections(grid)
            grid.held, grid.blocks = grid.captions, []
            text = BLOCK + text
        elif kind != COMMENT:
            self._structure(grid, kind, name)
        if self._grid.held is not None:
            self._grid.held.append(text)
        elif text and text.strip(BLANK) and not self._ruled:
            raise Ragged

    def _structure(self, grid: HtmlTable, kind: str, name: str) -> None:
        """Follow a tag that makes the grid."""
        if kind == "table":
            if grid.held is None:
                raise Ragged
            if grid.depth >= self._limits.nesting:
                raise too_deep(self._source)
            self._tables += 1
            self._grid = HtmlTable(grid, self._tables)
        elif grid.outer is None:
            raise Ragged
        elif name in ("td", "th"):
            if grid.held is not None and (grid.spans is None or name[1] != grid.opened):
                raise Ragged
            grid.held = None
        elif name in SECTIONS:
            if kind != name and grid.spans is None and grid.held is not None:
                raise Ragged
            self._end_row(grid)
            if kind == name:
                grid.begin_section(name)
            elif grid.section is not grid.sections[SECTIONS[name]]:
                raise Ragged
            else:
                grid.section = None
        elif kind == "/caption":
            if grid.held is None or grid.spans is not None:
                raise Ragged
            grid.held = None
        else:
            _between_sections(grid)

    def _end_row(self, grid: HtmlTable) -> None:
        if grid.spans is not None:
            texts = grid.texts
            if grid.parts:
                texts = texts.copy()  # what holds a table is read again
                for index in grid.parts:
                    texts[index] = self._shown("".join([piece for piece in texts[index] if type(piece) is str]))
            self._count(grid.lay(grid.layout(tuple(grid.spans)), texts))
        grid.end_row()

    def _count(self, cells: int) -> None:
        self.cells += cells
        if self.cells > self._limits.cells:
            raise too_many(self._source, self._limits)

    def _shown(self, text: str, more: str = "") -> str:
        """The text of a cell as a browser shows it."""
        if more:
            if BROKEN.fullmatch(more):  # as most texts of more than one line
                return f"{text}{more}".replace("<br>", "\n").strip()
            text = written_out(text + more)
        text = text.strip()
        if text.isprintable() and "  " not in text:
            return text
        if LOST.search(text):
            if self._cells_keep:
                text = text.translate(KEEP)
            else:
                self.loses = True
        return collapse_whitespace(text)

    @cached_property
    def _cells_keep(self) -> bool:
        return not self._ruled and keeps_cells("<".join((self._text[: self._begun], *self._sheets)), self.uncommon)

    def _end_table(self) -> None:
        grid = self._grid
        if grid.outer is None:
            raise Ragged
        self._end_row(grid)
        self._grid = grid.outer
        grid.end()

    def _span(self, begin: str) -> tuple[int, int]:
        """How many columns and rows a cell covers that is written so."""
        columns, rows = spans_of(begin, self._ruled)
        if columns > self._limits.span:
            raise Refused(
                self._source,
                f"有单元格跨 {columns} 列，超过 {self._limits.span} 列；请重新制表后报送",
                f"a cell spans {columns} columns, more than {self._limits.span}; set the table anew",
            )
        self._known.spans[begin] = columns, rows
        return columns, rows


def _between_sections(grid: HtmlTable) -> None:
    if grid.outer is None or grid.section is not None or grid.held is not None:
        raise Ragged


def too_many(source: str, limits: Limits) -> Refused:
    return Refused(
        source,
        f"单元格超过 {limits.cells} 个，不像一份自评表；请拆分后重新报送",
        f"more than {limits.cells} cells, which is no form; split the file and submit it again",
    )


def too_deep(source: str) -> Refused:
    return Refused(
        source,
        "网页的标签嵌套过深或属性过多，超过安全限制，未读取；请另存为 .docx 后报送",
        "its tags are nested deeper than the limits allow; save the form as .docx and submit it",
    )
