"""The tree that lexbor makes of a page -> its texts and tables, as a browser shows them.

selectolax (lexbor) builds the tree as browsers do. Nothing is fetched.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from selectolax.lexbor import LexborHTMLParser, LexborNode

from auditkit.errors.contents import Nested, NestedTooDeep, SpanTooWide, TooManyCells
from auditkit.read.html.css import OWN, Styles
from auditkit.read.html.look import Look
from auditkit.read.html.mathml import equation_line
from auditkit.read.html.table import Held, HtmlTable
from auditkit.read.html.whitespace import BLOCK, KEEP, LINE, collapse_whitespace
from auditkit.read.raised import on_the_line
from auditkit.read.unread import EQUATION, HIDDEN, PICTURE, RAISED, Unread
from auditkit.safety import Limits

_TEXT = "-text"
_BLOCKS = frozenset(
    {"address", "article", "aside", "blockquote", "center", "dd", "div", "dl", "dt", "fieldset", "figure", "footer"}
    | {"form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "legend", "li", "listing", "main", "nav", "ol", "p"}
    | {"plaintext", "pre", "section", "summary", "ul", "xmp"}
)
_PICTURES = frozenset({"img", "svg", "object", "embed", "canvas", "picture", "video", "progress", "meter"})
_DROPPED = frozenset(
    {None, "-comment", "script", "style", "noscript", "noembed", "noframes", "template", "iframe", "rt", "rp"}
    | {"audio", "datalist"}
)
_FIELDS = frozenset(("input", "select", "math"))
_UNSHOWN = frozenset(("hidden", "checkbox", "radio", "button", "submit", "reset", "image", "file", "range", "password"))
_TICKED = "checkbox", "radio"
_SPECIAL = _PICTURES | _DROPPED | _FIELDS | OWN.keys() | {"br", "table"}
_SPACER = 3  # pixels: a picture that nobody sees
_SECTIONS, _CELLS = ("thead", "tbody", "tfoot"), ("td", "th")
_ONE = 1, 1
_NEAR = 3  # pieces before a raised text among which there is what it stands behind
_PLAIN = Look()
_NUMBER = re.compile(r"\s*\+?(\d{1,9})")


_look = lru_cache(maxsize=1024)(Look.inner)


class PageTree:
    """What a page holds (`pieces`), how many `cells` its tables have, and what of it was `unread`.

    Raises Refused beyond the limits.
    """

    def __init__(self, source: str, text: str, limits: Limits):
        self._source, self._limits = source, limits
        self.cells = self._pictures = 0
        self.unread = Unread()
        tree = LexborHTMLParser(text)
        self._styles = Styles(tree)
        self.pieces: Held = []
        if tree.body is not None:
            look = self._look(tree.body, self._look(tree.root, _PLAIN))
            if look is not _PLAIN:  # a page that is hidden as a whole is one that a script shows
                look = Look(keeps=look.keeps, ink=look.ink, ground=look.ground)
            self.pieces = self._held(tree.body, 0, look)

    def _held(self, node: LexborNode, depth: int, look: Look) -> Held:
        """The texts and tables that an element of such a look holds; blanks that are kept are disguised."""
        found: Held = []
        shifted: Held = []
        styled = self._styles.of
        open_ = [(node.iter(include_text=True), False, look)]  # not by recursion: a page may nest its marks deeply
        while open_:
            children, _, look = open_[-1]
            for child in children:
                tag = child.tag
                if tag == _TEXT:
                    text = child.text_content
                    if look is not _PLAIN:
                        text = self._text(text, look)
                        if look.shift and text and not text.isspace():
                            text, left_out = on_the_line(text, look.shift, found[-_NEAR:])
                            shifted.append(left_out)
                    found.append(text)
                elif tag == "br":
                    found.append(LINE)
                elif tag in _DROPPED or (styled and self._is_gone(child)):
                    continue
                elif tag in _PICTURES:
                    self._pictures += not _is_spacer(child)
                else:
                    inner = _look(look, OWN[tag]) if tag in OWN else look
                    inner = self._look(child, inner) if styled else inner
                    is_block = tag in _BLOCKS
                    if inner.shift and (is_block or tag == "table"):
                        inner = inner.of_block(look)
                    if tag == "table":
                        table = self._table(child, depth + 1, inner)
                        found += (*table.captions, BLOCK, table)
                    elif tag in _FIELDS:
                        before = found[-1] if found and type(found[-1]) is str else ""
                        found.append(self._text(self._shown(child, before), inner._replace(keeps=True)))
                    else:
                        if is_block:
                            found.append(BLOCK)
                        shown = self._summary(child) if tag == "details" else child.iter(include_text=True)
                        open_.append((shown, is_block, inner))
                        break
            else:
                if open_.pop()[1]:
                    found.append(BLOCK)
        if any(shifted):
            if all(type(piece) is str and not piece.strip() for piece in found):
                return shifted
            self.unread[RAISED] += sum(map(bool, shifted))
        return found

    def _table(self, node: LexborNode, depth: int, look: Look) -> HtmlTable:
        if depth > self._limits.nesting:
            raise NestedTooDeep(self._source, what=Nested.TAGS)
        table = HtmlTable()
        parts = [part for part in node.iter() if not self._is_gone(part)]
        for caption in (part for part in parts if part.tag == "caption"):
            table.captions += (BLOCK, *self._held(caption, depth, self._look(caption, look)))
        for section in _in_order([part for part in parts if part.tag in _SECTIONS]):
            table.begin_section()
            around = self._look(section, look).of_block(look)
            for row in [row for row in section.iter() if row.tag == "tr" and not self._is_gone(row)]:
                self._count(self._add_row(table, row, depth, self._look(row, around).of_block(look)))
        return table

    def _add_row(self, table: HtmlTable, node: LexborNode, depth: int, look: Look) -> int:
        """Add a row to a table; returns how many cells it has there."""
        styled, gone = self._styles.of, self._styles.gone
        spans, texts, held = [], [], {}
        same, inner = None, look
        for cell in node.iter():
            if cell.tag not in _CELLS:
                continue
            if styled and (declared := styled.get(cell.mem_id)) is not same:  # mostly as that of the cell before
                same, inner = declared, _look(look, declared).of_block(look) if declared else look
            if gone and self._is_gone(cell):
                continue
            attributes = cell.attributes
            spans.append(_spans(attributes.get("colspan"), attributes.get("rowspan")) if attributes else _ONE)
            text = self._only_text(cell.first_child, inner)
            if text is None:
                pictures = self._pictures
                held[len(texts)] = pieces = self._held(cell, depth, inner)
                text = collapse_whitespace("".join([piece for piece in pieces if type(piece) is str]))
                self.unread[PICTURE] += not text and self._pictures > pictures
            texts.append(text)
        cells, widest = table.add_row(tuple(spans), texts, held)
        if widest > self._limits.span:
            raise SpanTooWide(self._source, columns=widest, most=self._limits.span)
        return cells

    def _only_text(self, node: LexborNode | None, look: Look) -> str | None:
        """The text of a cell that holds nothing else, not even within other elements, as most do; None for others."""
        while node is not None and node.next is None:
            tag = node.tag
            if tag == _TEXT:
                if look is not _PLAIN and look.shift:
                    return None
                text = node.text_content.strip()
                if text.isprintable() and "  " not in text and (look is _PLAIN or not look.unread):
                    return text
                return collapse_whitespace(self._text(text, look))
            if tag in _SPECIAL:
                return None
            if (styled := self._styles.of) and (declared := styled.get(node.mem_id)):
                if node.mem_id in self._styles.gone:
                    return None
                look = _look(look, declared)
            node = node.first_child
        return "" if node is None else None

    def _look(self, node: LexborNode, around: Look) -> Look:
        """How an element's text looks within one of such a look."""
        declared = self._styles.of.get(node.mem_id)
        return _look(around, declared) if declared else around

    def _summary(self, details: LexborNode) -> Iterator[LexborNode]:
        """What is shown of an element that may be folded up; the rest is counted."""
        inside = [*details.iter(include_text=True)]
        if "open" in details.attributes:
            return iter(inside)
        shown = next((child for child in inside if child.tag == "summary"), None)
        self.unread[HIDDEN] += any(child is not shown and child.text_lexbor().strip() for child in inside)
        return iter([shown] if shown is not None else [])

    def _text(self, text: str, look: Look) -> str:
        """What a person sees of a text of such a look, its blanks disguised where they are kept; the rest is counted."""
        if look.unread:
            self.unread[look.unread] += bool(text.strip())
            return ""
        if not look.keeps or (text.isprintable() and "  " not in text and text.strip() == text):
            return text
        return text.translate(KEEP)

    def _shown(self, node: LexborNode, before: str) -> str:
        """What a field shows, or an equation behind a text."""
        if node.tag == "math":
            line = equation_line(node).behind(before)
            self.unread[EQUATION] += not line.exact
            return line.text
        if node.tag == "select":
            chosen = node.css("option[selected]") or node.css("option")[:1]
            return "、".join([option.text_lexbor().strip() for option in chosen])
        attributes = node.attributes
        kind = (attributes.get("type") or "text").lower()
        if kind in _TICKED:
            return "☑" if "checked" in attributes else "□"
        return "" if kind in _UNSHOWN else attributes.get("value") or ""

    def _is_gone(self, node: LexborNode) -> bool:
        """Whether an element is not displayed; its text is counted then."""
        if node.mem_id not in self._styles.gone:
            return False
        self.unread[HIDDEN] += bool(node.text_lexbor().strip())
        return True

    def _count(self, cells: int) -> None:
        self.cells += cells
        if self.cells > self._limits.cells:
            raise TooManyCells(self._source, most=self._limits.cells)


def _in_order(sections: list[LexborNode]) -> list[LexborNode]:
    """The sections in the order in which a browser shows them: the first head above, the first foot below all others."""
    head = next((section for section in sections if section.tag == "thead"), None)
    foot = next((section for section in sections if section.tag == "tfoot"), None)
    return sorted(sections, key=lambda section: (section is foot) - (section is head))


def _number(text: str | None) -> int:
    """A span as HTML reads it: the digits in front; 1 where there are none."""
    found = _NUMBER.match(text) if text else None
    return int(found[1]) if found else 1


@lru_cache(maxsize=1024)
def _spans(columns: str | None, rows: str | None) -> tuple[int, int]:
    """How many columns and rows a cell covers whose attributes say so."""
    return _number(columns) or 1, _number(rows)


def _is_spacer(node: LexborNode) -> bool:
    """Whether a picture is too small to show anything."""
    attributes = node.attributes
    return any(0 <= _number(attributes.get(side) or "99") <= _SPACER for side in ("width", "height"))
