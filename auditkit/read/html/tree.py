"""The tree that lexbor makes of a page -> its texts and tables, as a browser shows them.

selectolax (lexbor) builds the tree as browsers do. Nothing is fetched.
"""

from __future__ import annotations

import re
from functools import lru_cache

from selectolax.lexbor import LexborHTMLParser, LexborNode

from auditkit.errors.contents import Nested, NestedTooDeep, SpanTooWide, TooManyCells
from auditkit.read.html.css import OWN, Look, Styles
from auditkit.read.html.table import Held, HtmlTable
from auditkit.read.html.whitespace import BLOCK, KEEP, LINE, collapse_whitespace
from auditkit.safety import Limits

_TEXT = "-text"
_BLOCKS = frozenset(
    {"address", "article", "aside", "blockquote", "center", "dd", "div", "dl", "dt", "fieldset", "figure", "footer"}
    | {"form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "legend", "li", "listing", "main", "nav", "ol", "p"}
    | {"plaintext", "pre", "section", "summary", "ul", "xmp"}
)
_DROPPED = frozenset(
    {None, "-comment", "script", "style", "noscript", "noembed", "noframes", "template", "iframe", "object", "svg"}
    | {"rt", "rp"}
)
_FIELDS = frozenset(("input", "select", "math"))
_SPECIAL = _DROPPED | _FIELDS | OWN.keys() | {"br", "table"}
_SECTIONS, _CELLS = ("thead", "tbody", "tfoot"), ("td", "th")
_ONE = 1, 1
_PLAIN = Look()
_NUMBER = re.compile(r"\s*\+?(\d{1,9})")


_look = lru_cache(maxsize=1024)(Look.inner)


class PageTree:
    """What a page holds (`pieces`), how many `cells` its tables have, and how many hidden texts were left out.

    Raises Refused beyond the limits.
    """

    def __init__(self, source: str, text: str, limits: Limits):
        self._source, self._limits = source, limits
        self.cells = self.hidden = 0
        tree = LexborHTMLParser(text)
        self._styles = Styles(tree)
        self._last = _PLAIN, None, _PLAIN
        self.pieces: Held = []
        if tree.body is not None:
            look = self._look(tree.body, self._look(tree.root, _PLAIN))
            # A page that is hidden as a whole is one that a script shows.
            self.pieces = self._held(tree.body, 0, Look(keeps=True) if look.keeps else _PLAIN)

    def _held(self, node: LexborNode, depth: int, look: Look) -> Held:
        """The texts and tables that an element of such a look holds; blanks that are kept are disguised."""
        found: Held = []
        styled, gone = self._styles.of, self._styles.gone
        open_ = [(node.iter(include_text=True), False, look)]  # not by recursion: a page may nest its marks deeply
        while open_:
            children, _, look = open_[-1]
            for child in children:
                tag = child.tag
                if tag == _TEXT:
                    text = child.text_content
                    found.append(text if look is _PLAIN else self._text(text, look))
                elif tag == "br":
                    found.append(LINE)
                elif tag in _DROPPED or (gone and self._is_gone(child)):
                    continue
                else:
                    inner = _look(look, OWN[tag]) if tag in OWN else look
                    inner = self._look(child, inner) if styled else inner
                    if tag == "table":
                        table = self._table(child, depth + 1, inner)
                        found += (*table.captions, BLOCK, table)
                    elif tag in _FIELDS:
                        found.append(self._text(_shown(child), inner._replace(keeps=True)))
                    else:
                        is_block = tag in _BLOCKS
                        if is_block:
                            found.append(BLOCK)
                        open_.append((child.iter(include_text=True), is_block, inner))
                        break
            else:
                if open_.pop()[1]:
                    found.append(BLOCK)
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
            around = self._look(section, look)
            for row in [row for row in section.iter() if row.tag == "tr" and not self._is_gone(row)]:
                self._count(self._add_row(table, row, depth, self._look(row, around)))
        return table

    def _add_row(self, table: HtmlTable, node: LexborNode, depth: int, look: Look) -> int:
        """Add a row to a table; returns how many cells it has there."""
        styled, gone = self._styles.of, self._styles.gone
        spans, texts, held = [], [], {}
        for cell in node.iter():
            if cell.tag not in _CELLS or (gone and self._is_gone(cell)):
                continue
            attributes = cell.attributes
            spans.append(
                (_number(attributes.get("colspan")) or 1, _number(attributes.get("rowspan"))) if attributes else _ONE
            )
            inner = self._look(cell, look) if styled else look
            text = self._only_text(cell, inner)
            if text is None:
                held[len(texts)] = pieces = self._held(cell, depth, inner)
                text = collapse_whitespace("".join([piece for piece in pieces if type(piece) is str]))
            texts.append(text)
        if (columns := max(spans, default=_ONE)[0]) > self._limits.span:
            raise SpanTooWide(self._source, columns=columns, most=self._limits.span)
        return table.add_row(tuple(spans), texts, held)

    def _only_text(self, node: LexborNode, look: Look) -> str | None:
        """The text of a cell that holds nothing else, not even within other elements, as most do; None for others."""
        styled, gone = self._styles.of, self._styles.gone
        while (node := node.first_child) is not None and node.next is None:
            tag = node.tag
            if tag == _TEXT:
                text = node.text_content.strip()
                if text.isprintable() and "  " not in text and not look.hidden:
                    return text
                return collapse_whitespace(self._text(text, look))
            if tag in _SPECIAL or (gone and node.mem_id in gone):
                return None
            if styled and node.mem_id in styled:
                look = self._look(node, look)
        return "" if node is None else None

    def _look(self, node: LexborNode, around: Look) -> Look:
        """How an element's text looks within one of such a look."""
        declared = self._styles.of.get(node.mem_id)
        if declared is None:
            return around
        before, same, look = self._last
        if around is not before or declared is not same:
            look = _look(around, declared)
            self._last = around, declared, look
        return look

    def _text(self, text: str, look: Look) -> str:
        """What a person sees of a text of such a look, its blanks disguised where they are kept; the rest is counted."""
        if look.hidden:
            self.hidden += bool(text.strip())
            return ""
        if not look.keeps or (text.isprintable() and "  " not in text and text.strip() == text):
            return text
        return text.translate(KEEP)

    def _is_gone(self, node: LexborNode) -> bool:
        """Whether an element is not displayed; its text is counted then."""
        if node.mem_id not in self._styles.gone:
            return False
        self.hidden += bool(node.text_lexbor().strip())
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


def _shown(node: LexborNode) -> str:
    """What a field of a form shows, or an element whose own markup is not that of HTML."""
    if node.tag == "select":
        chosen = node.css_first("option[selected]") or node.css_first("option")
        return chosen.text_lexbor() if chosen else ""
    if node.tag != "input":
        return node.text_lexbor()
    attributes = node.attributes
    shows = (attributes.get("type") or "text").lower() in ("text", "number", "date")
    return (attributes.get("value") or "") if shows else ""
