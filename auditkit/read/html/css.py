"""What the styles of a page, and its elements of themselves, say of how a text looks: only what hides it or keeps its blanks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import lru_cache
from typing import NamedTuple

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

_REMARK = re.compile(r"<!--|-->|/\*.*?(?:\*/|\Z)", re.DOTALL)
_BRACE = re.compile(r"([{}])")
_PRINT = re.compile(r"@media\b.*\bprint\b", re.DOTALL)
_SELECTOR = re.compile(r"""[\w\-.#*\[\]="'>\s]{1,100}""")
_SELECTORS, _STEPS = 100, 3  # that are looked for, and how many elements one may name
_REMEMBERED = 10_000  # letters of a style sheet that other pages will have too
_NAMED = re.compile(r"([#.\[])|(?<![\w\-])[a-z]", re.IGNORECASE)  # by a selector: classes and the like, elements
_DECLARATION = re.compile(
    r"(?<![\w-])(display|visibility|opacity|font-size|mso-hide|white-space)\s*:\s*([^;]*)", re.IGNORECASE
)
_ZERO = re.compile(r"0*\.?0+(?![\d.])")
_UNUSUAL = {  # the values of a property that matter; any other one only takes them back
    "display": re.compile("none"),
    "visibility": re.compile("hidden|collapse"),
    "opacity": _ZERO,
    "font-size": _ZERO,
    "mso-hide": re.compile("all"),
    "white-space": re.compile("pre|break-spaces"),
}

_Declared = tuple[tuple[str, bool], ...]  # properties, and whether their value matters
_HIDDEN: _Declared = (("display", True),)
_KEPT: _Declared = (("white-space", True),)
OWN = dict.fromkeys(("pre", "textarea", "listing", "xmp", "plaintext"), _KEPT)  # of elements without any style


class Look(NamedTuple):
    """How the text of an element looks: whether its blanks are kept, it is hidden, and by what."""

    keeps: bool = False
    hidden: bool = False
    invisible: bool = False
    clear: bool = False
    tiny: bool = False

    def inner(self, declared: _Declared) -> Look:
        """The look of an element within, of which this is declared."""
        said = dict(declared)
        invisible, tiny = said.get("visibility", self.invisible), said.get("font-size", self.tiny)
        clear = self.clear or said.get("opacity", False)
        return Look(said.get("white-space", self.keeps), invisible or clear or tiny, invisible, clear, tiny)


class Styles:
    """What is declared of the elements of a page, by their `mem_id` (`of`), and which of them are not displayed (`gone`)."""

    def __init__(self, tree: LexborHTMLParser):
        hidden = tree.css("[hidden]")
        sheet = "\n".join([node.text_lexbor() for node in tree.css("style")])
        rules = (_rules if len(sheet) < _REMEMBERED else _rules.__wrapped__)(sheet)
        inline: dict[str | None, list[LexborNode]] = {}
        for node in tree.css("[style]"):
            inline.setdefault(node.attrs["style"], []).append(node)
        said = {style: _declared(style or "") for style in inline}
        every = {_HIDDEN, *(declared for _, declared in rules), *said.values()}
        matter = {name for declared in every for name, matters in declared if matters}
        every = {declared for declared in every if any(name in matter for name, _ in declared)}
        self.of: dict[int, _Declared] = {}
        self._declare(_HIDDEN, hidden)
        for selector, declared in rules:
            if declared in every:
                with suppress(SelectolaxError):
                    self._declare(declared, tree.css(selector))
        for style, declared in said.items():
            if declared in every:
                self._declare(declared, inline[style])
        whole = {node.mem_id for node in (tree.root, tree.body) if node is not None}  # shown once a script says so
        gone = {declared for declared in set(self.of.values()) if _is_gone(declared)}
        self.gone = {element for element, declared in self.of.items() if declared in gone} - whole if gone else set()

    def _declare(self, declared: _Declared, nodes: Iterable[LexborNode]) -> None:
        """Add what is declared of elements to what was, which it overrides."""
        new = dict.fromkeys([node.mem_id for node in nodes], declared)
        for element in self.of.keys() & new.keys():
            new[element] = tuple((dict(self.of[element]) | dict(declared)).items())
        self.of |= new


def _is_gone(declared: _Declared) -> bool:
    said = dict(declared)
    return said.get("display", False) or said.get("mso-hide", False)


@lru_cache(maxsize=16)
def _rules(sheet: str) -> list[tuple[str, _Declared]]:
    """The selectors of a style sheet that are simple enough, with what is declared of their elements; the strongest last."""
    found: list[tuple[str, _Declared]] = []
    for names, style in _blocks(_REMARK.sub("", sheet)):
        if len(found) < _SELECTORS and (declared := _declared(style)):
            found += [(selector, declared) for selector in map(str.strip, names.split(",")) if _is_simple(selector)]
    return sorted(found[:_SELECTORS], key=lambda rule: _weight(rule[0]))


def _blocks(sheet: str) -> Iterator[tuple[str, str]]:
    """What stands before and within the innermost braces of a style sheet, but for what is for print."""
    begun: list[tuple[str, bool]] = []
    text = ""
    for piece in _BRACE.split(sheet):
        if piece == "{":
            begun.append((text, (bool(begun) and begun[-1][1]) or bool(_PRINT.match(text.strip()))))
        elif piece == "}" and begun:
            names, elsewhere = begun.pop()
            if not elsewhere:
                yield names, text
        text = "" if piece in ("{", "}") else piece


def _is_simple(selector: str) -> bool:
    return bool(_SELECTOR.fullmatch(selector)) and len(selector.split()) <= _STEPS


def _weight(selector: str) -> tuple[int, int, int]:
    """What a selector's rule weighs against another: by ids, classes and attributes, elements."""
    named = [found[1] for found in _NAMED.finditer(selector)]
    return named.count("#"), named.count(".") + named.count("["), named.count(None)


def _declared(style: str) -> _Declared:
    """What a style says of the properties that matter."""
    found = {name.lower(): value.strip().lower() for name, value in _DECLARATION.findall(style)}
    return tuple((name, bool(_UNUSUAL[name].match(value))) for name, value in found.items())
