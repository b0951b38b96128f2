"""How the tags of a page are written, and what they mean for its texts and tables.

Tags are taken apart exactly as the HTML standard does it, and every repetition is possessive: no text makes it slow.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from html import unescape

from auditkit.read.html.css import hides
from auditkit.read.html.table_grid import SECTIONS, Layout
from auditkit.read.html.whitespace import BLOCK, LINE

_ANY_BLANK = re.escape("".join(filter(str.isspace, map(chr, range(0x3001)))))  # quicker than \\s
_SP, BLANK = r"[ \t\n\r\f]", " \t\n\r\f"
_ATTRIBUTE = (
    rf"[ \t\n\r\f/]*+(?P<name>[^ \t\n\r\f/>][^ \t\n\r\f/>=]*+)(?:{_SP}*+={_SP}*+"
    rf"""(?P<value>"[^"]*+"|'[^']*+'|[^ \t\n\r\f>"'][^ \t\n\r\f>]*+|(?=>))|(?!{_SP}*+=))"""
)
_REST = rf"(?=[ \t\n\r\f/>])(?:{re.sub('[(][?]P<[a-z]+>', '(?:', _ATTRIBUTE)})*+[ \t\n\r\f/]*+"  # of a tag, up to its >
_STYLE = rf"style{_REST}>[^<]*+(?:<(?!/style)[^<]*+)*+</style{_SP}*+"
_SCRIPT = rf"script{_REST}>[^<]*+(?:<(?!/script|!--)[^<]*+)*+</script{_SP}*+"
_UNSEEN = rf"!--(?!-?>)[^-]*+(?:-(?!-!?>)[^-]*+)*+--|!(?!--)[^>]*+|\?[^>]*+|(?i:{_STYLE}|{_SCRIPT})"
HEAD = re.compile(
    rf"(?:{_SP}++|<(?:{_UNSEEN}|(?i:title{_REST}>[^<]*+</title{_SP}*+|(?:meta|link|base|/?head|html){_REST}))>)*+"
)

# Of a tag only its end is looked for, and that a page writes many tags alike: each way of writing is taken apart once, and
# its page is ragged where the end was another one. What stands round the whole text of a cell says nothing of it.
_NAMES = "p|span|font|b|strong|o:p|a|i|u|em"
_WRAP = rf"</?(?:{_NAMES}|{_NAMES.upper()})"  # in both cases, which is quicker than in any
_OWN = r"(?:[ \t\n\r\f/][^>]*+)?+"
_WRAPS = rf"{_OWN}(?:>{_SP}*+{_WRAP}(?=[ \t\n\r\f/>])[^>]*+)*+"
_UNWRAPS = rf"(?:(?:</(?![tT])(?:{_NAMES}|div|{_NAMES.upper()}|DIV)>|<o:p>){_SP}*+)*+"
_BR = rf"<[bB][rR]{_SP}*+/?>"
_CLEAN = rf"[^<&{_ANY_BLANK}]*+(?: [^<&{_ANY_BLANK}]++)*+"
_TEXT = rf"({_CLEAN})([^<]*+(?:{_BR}[^<]*+)*+)"  # as far as it is shown as it is written, and beyond
_TEXT_SHORT = _TEXT.replace(")(", ")(|")  # the same where most often nothing is beyond, and what follows is given
_TURN = rf"{_SP}*+(</[tT][rR]>{_SP}*+(?:<[tT][rR](?=[ \t\n\r\f/>])[^>]*+>{_SP}*+)?+|)(?=<)"  # to the next row, or out of one
WHOLE = re.compile(  # cells, and all between them
    rf"<[tT][dD]({_OWN})((?:>{_SP}*+{_WRAP}{_OWN})*+)>{_TEXT_SHORT}(?:</[tT][dD]>|{_UNWRAPS}</[tT][dD]>){_TURN}|(<[^<]*+)"
)
_RAW_BEGUN = r"(?i:style|script)[ \t\n\r\f/>]"
TAG = re.compile(  # a tag without an end takes all that follows with it: it is looked for but once
    rf"<(?:[tT]([dDhH])({_WRAPS})>|({_UNSEEN}|(?!{_RAW_BEGUN})/?[a-zA-Z][^>]*+)>|(?=[a-zA-Z/!?])(?s:.*+)|){_TEXT}(?:{_UNWRAPS}</[tT]([dDhH])>{_TURN})?+"
)
BROKEN = re.compile(rf"(?:<br>{_CLEAN})++")
_BREAK = re.compile(_BR)
_CELL = re.compile(rf"({_REST})>(?:{_SP}*+{_WRAP}{_REST}>)*+")
_OTHER = re.compile(rf"(/?[a-zA-Z][^ \t\n\r\f/>]*+){_REST}>")

_RAW = re.compile(rf"(?i:{_STYLE}|{_SCRIPT})")
_FEW = 4
_ALL_ROWS = 10**9  # that follow in the section
_NEXT_ROW = re.compile(rf"</[tT][rR]>{_SP}*+<(tr{_REST})>{_SP}*+", re.IGNORECASE)
TAGLIKE = re.compile(r"[a-zA-Z/!?]")
_PREFIXED = re.compile(r"/?[a-z][a-z0-9]*:[a-z0-9]+")  # what Word adds; it means nothing to HTML
_ATTRIBUTES = re.compile(_ATTRIBUTE)
_NUMBER = re.compile(r"\s*\+?(\d{1,9})")
_CODE = re.compile(r"&#(?:[xX]([0-9a-fA-F]+)|([0-9]+))")

_ITEMS = {"li": ("li",), "dd": ("dd", "dt"), "dt": ("dd", "dt")}  # and those that one of them ends
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
PAIRED = frozenset(
    {"address", "article", "aside", "blockquote", "center", "div", "dl", "fieldset", "figure", "footer", "form"}
    | {"header", "legend", "main", "nav", "ol", "section", "summary", "ul"}
).union(_ITEMS, _HEADINGS)
_BLOCKS = PAIRED | {"p", "hr", "pre", "listing", "xmp"}
_INLINE = frozenset(
    {"span", "font", "b", "strong", "a", "i", "u", "em", "big", "small", "s", "strike", "del", "ins", "sub", "sup"}
    | {"tt", "code", "kbd", "samp", "var", "cite", "abbr", "label", "img", "wbr", "link", "meta", "base"}
    | {"html", "head", "body"}
)
_TABLES = frozenset(("table", "tr", "td", "th", "caption", "colgroup", "col", *SECTIONS))
MARKS = frozenset(("", BLOCK, LINE))
COMMENT = "!"


class Ragged(Exception):
    """Markup of which a browser may make another tree than its tags say, or that hides a part of it."""


def spans_of(begin: str, ruled: bool) -> tuple[int, int]:
    """Columns and rows of a cell that is written so up to its text."""
    whole = _CELL.fullmatch(f"{begin}>")
    if not whole or (not ruled and hides(begin.lower())):
        raise Ragged
    found: dict[str, str] = {}
    for name, value in _ATTRIBUTES.findall(whole[1]):
        found.setdefault(name.lower(), unescape(value[1:-1] if value[:1] in ("'", '"') else value))
    return _number(found.get("colspan", "")) or 1, _number(found.get("rowspan", "")) or _ALL_ROWS


def next_row(turn: str) -> str:
    """The tag that begins a row behind the end of another, if one does."""
    if turn.find("<", 1) < 0:
        return ""
    whole = _NEXT_ROW.fullmatch(turn)
    if not whole:
        raise Ragged
    return whole[1]


def tags_of(parts: Iterable[tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    """The tags of parts of a page."""
    others: list[str] = []
    for begin, wraps, text, more, turned, other in parts:
        if other:
            others.append(other)
            continue
        if others:
            yield from TAG.findall("".join(others))
            others = []
        yield "d", begin + wraps, "", text, more, "d", turned
    yield from TAG.findall("".join(others))


def different(wraps: Sequence[str | None]) -> Iterable[str]:
    """Every one once: most pages have few and long ones, which are sooner compared than hashed."""
    seen: list[str] = []
    while first := next(filter(None, wraps), ""):
        if len(seen) == _FEW:
            return {*seen, *filter(None, wraps)}
        seen.append(first)
        wraps = [wrap for wrap in wraps if wrap != first]
    return seen


def nest(blocks: list[str], name: str, ends: bool) -> None:
    """Follow the beginning or end of a block within others, as long as each is closed by its own end."""
    if ends:
        while blocks and blocks[-1] != name and blocks[-1] in _ITEMS and name not in _ITEMS:
            blocks.pop()
        if not blocks or blocks.pop() != name:
            raise Ragged
        return
    if name in _ITEMS:
        if blocks and blocks[-1] in _ITEMS[name]:
            blocks.pop()
        elif blocks and blocks[-1] in ("div", "address"):  # an item may end another across these
            raise Ragged
    elif (name in _HEADINGS and blocks and blocks[-1] in _HEADINGS) or (name == "form" and name in blocks):
        raise Ragged
    blocks.append(name)


def kind_of(tag: str, ruled: bool) -> str:
    """What a tag is: a mark (nothing, the border of a block, the end of a line), a comment, or its name."""
    if not ruled and hides(tag.lower()):
        raise Ragged
    if tag[0] in "!?" or _RAW.fullmatch(tag):
        return "" if ruled else COMMENT
    whole = _OTHER.fullmatch(f"{tag}>")
    if not whole:
        raise Ragged
    name = whole[1].lower() if whole[1].isascii() else whole[1]
    bare = name.removeprefix("/")
    if bare in _TABLES:
        return name
    if name == "br":
        return LINE
    if bare in _BLOCKS if ruled else name in ("p", "/p", "hr"):
        return BLOCK
    if ruled or bare in _INLINE or _PREFIXED.fullmatch(name):
        return ""
    if bare in PAIRED:
        return name
    raise Ragged


def written_out(text: str) -> str:
    """The text with its line breaks marked and its character references resolved."""
    if "<" in text:
        text = _BREAK.sub(LINE, text)
    if "&" not in (text := text.replace("&nbsp;", "\xa0")):
        return text
    for code in _CODE.finditer(text):
        digits = code[1] or code[2]
        number = int(digits, 16 if code[1] else 10) if len(digits) < 8 else 0
        if not (
            32 <= number < 127 or 160 <= number < 0xD800 or 0xE000 <= number < 0xFDD0 or 0x10000 <= number < 0x1FFFE
        ):
            raise Ragged  # Python and browsers differ over what is no character
    return unescape(text)


def _number(text: str) -> int:
    """A span as HTML reads it: the digits in front; 1 where there are none."""
    found = _NUMBER.match(text)
    return int(found[1]) if found else 1


_SMALL, _MOST = 50_000, 2_000  # letters of a page whose tags are remembered, and how many tags and rows are


class Known:
    """What tags are, and rows of cells."""

    def __init__(self, ruled: bool) -> None:
        self._ruled = ruled
        self.kinds: dict[str, str] = {}
        self.spans = {"": (1, 1)}  # columns and rows of a cell, by how it is written up to its text
        self.turns: dict[str, bool] = {}  # whether a row follows, by how the end of another is written
        self.layouts: dict[tuple, Layout] = {}  # of rows, by how their cells are written, and what is above

    def kind(self, tag: str) -> str:
        if tag not in self.kinds:
            self.kinds[tag] = kind_of(tag, self._ruled)
        return self.kinds[tag]

    def turn(self, end: str) -> bool:
        """Whether a row begins behind another where that ends so."""
        if end not in self.turns:
            tag = next_row(end)
            self.turns[end] = bool(tag and self.kind(tag))
        return self.turns[end]

    def __len__(self) -> int:
        return len(self.kinds) + len(self.spans) + len(self.turns) + len(self.layouts)


_remembered: dict[tuple[bool, int], Known] = {}


def known(ruled: bool, span: int, letters: int) -> Known:
    """What is known of markup that is read under the same conditions; of a large page nothing is kept."""
    if letters > _SMALL:
        return Known(ruled)
    found = _remembered.get((ruled, span))
    if found is None or len(found) > _MOST:
        found = _remembered[ruled, span] = Known(ruled)
    return found
