"""What the styles of a page, and its elements of themselves, declare of how a text looks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import lru_cache
from itertools import chain

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from auditkit.read.html.look import Declared, Look, is_small, is_unseen
from auditkit.read.html.values import ALIASES, MEANING, PALE_INK, RAISES

_REMARK = re.compile(r"<!--|-->|/\*.*?(?:\*/|\Z)", re.DOTALL)
_BRACE = re.compile(r"([{}])")
_PRINT = re.compile(r"@media\b.*\bprint\b", re.DOTALL)
_SELECTOR = re.compile(r"""(?:[\w\-.#*\[\]="'>\s]|:(?:first|last)-child|:not\([\w\-.#]{1,30}\)){1,100}""")
_VALUE, _VARIABLE = (
    re.compile(r"(?<![\w\-])(--[\w\-]{1,50})\s*:\s*([^;{}]{1,50})"),
    re.compile(r"var\(\s*(--[\w\-]{1,50})[^()]*\)"),
)
_SELECTORS, _STEPS = 100, 3  # that are looked for, and how many elements one may name
_REMEMBERED = 10_000  # letters of a style sheet that other pages will have too
_NAMED = re.compile(r"([#.\[])|(?<![\w\-])[a-z]", re.IGNORECASE)  # by a selector: classes and the like, elements
_PROPERTIES = "|".join(sorted((*MEANING, *ALIASES), key=len, reverse=True))
_DECLARATION = re.compile(rf"(?<![\w-])({_PROPERTIES})\s*:\s*([^;]*)", re.IGNORECASE)
_PAIRS = 10_000  # of inks and grounds that are compared

OWN: dict[str | None, Declared] = {  # what elements are without any style
    **dict.fromkeys(("pre", "textarea", "listing", "xmp", "plaintext"), (("white-space", True),)),
    **dict.fromkeys(("del", "s", "strike"), (("text-decoration", True),)),
    **{"sup": (("vertical-align", 1),), "sub": (("vertical-align", -1),)},
    "small": (("font-size", (83, True)),),
}


Rule = tuple[str, Declared]  # a selector, and what is declared of its elements


class Styles:
    """What is declared of the elements of a page, by their `mem_id` (`of`), and which of them are not displayed (`gone`)."""

    def __init__(self, tree: LexborHTMLParser):
        sheet = "\n".join([node.text_lexbor() for node in tree.css("style")])
        rules, stronger = (_rules if len(sheet) < _REMEMBERED else _rules.__wrapped__)(sheet)
        attributed: dict[Declared, list[LexborNode]] = {}
        whole = [node for node in (tree.root, tree.body) if node is not None]
        for node in (*whole[1:], *tree.css("[hidden], [popover], [color], [bgcolor], dialog:not([open])")):
            attributed.setdefault(_attributed(node.tag, node.attributes), []).append(node)
        nodes = tree.css("[style]")
        styles = [node.attrs["style"] or "" for node in nodes]
        inline = {style: _declared(style) for style in set(styles)}
        every = {*attributed, *(declared for _, declared in (*rules, *stronger)), *inline.values()}
        matter = _matter(every)
        every = {declared for declared in every if any(name in matter for name, _ in declared)}
        self.of: dict[int, Declared] = {}
        for declared in every.intersection(attributed):
            self._declare(declared, attributed[declared])
        self._apply(tree, rules, every)
        inline = {style: declared for style, declared in inline.items() if declared in every}
        for node, style in zip(nodes, styles, strict=True) if inline else ():
            if declared := inline.get(style):
                self._declare(declared, [node])
        self._apply(tree, stronger, every)
        gone = {declared for declared in set(self.of.values()) if _is_gone(declared)}
        self.gone = {element for element, declared in self.of.items() if declared in gone} if gone else set()
        self.gone.difference_update(node.mem_id for node in whole)  # a script shows these

    def _apply(self, tree: LexborHTMLParser, rules: Iterable[Rule], every: set[Declared]) -> None:
        for selector, declared in rules:
            if declared in every:
                with suppress(SelectolaxError):
                    self._declare(declared, tree.css(selector))

    def _declare(self, declared: Declared, nodes: Iterable[LexborNode]) -> None:
        """Add what is declared of elements to what was, which it overrides."""
        new = dict.fromkeys([node.mem_id for node in nodes], declared)
        for element in self.of.keys() & new.keys():
            new[element] = tuple((dict(self.of[element]) | dict(declared)).items())
        self.of |= new


def _is_gone(declared: Declared) -> bool:
    said = dict(declared)
    return bool(said.get("display") or said.get("mso-hide"))


@lru_cache(maxsize=16)
def _rules(sheet: str) -> tuple[list[Rule], list[Rule]]:
    """The selectors of a style sheet that are simple enough, with what is declared of their elements; the strongest last.

    Second are those that are marked as important, which inline styles do not override.
    """
    found: list[Rule] = []
    stronger: list[Rule] = []
    sheet = _REMARK.sub("", sheet)
    values = dict(_VALUE.findall(sheet)) if "var(" in sheet else {}
    for names, style in _blocks(_VARIABLE.sub(lambda name: values.get(name[1], ""), sheet) if values else sheet):
        if len(found) >= _SELECTORS or not (declared := _declared(style)):
            continue
        simple = [selector for selector in map(str.strip, names.split(",")) if _is_simple(selector)]
        found += [(selector, declared) for selector in simple]
        if important := _declared(";".join(part for part in style.split(";") if "!important" in part)):
            stronger += [(selector, important) for selector in simple]
    return tuple(sorted(some[:_SELECTORS], key=lambda rule: _weight(rule[0])) for some in (found, stronger))


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


def _attributed(tag: str | None, attributes: dict[str, str | None]) -> Declared:
    """What the attributes of an element say as styles do: a dialogue that none opens is not there."""
    gone = "hidden" in attributes or "popover" in attributes or (tag == "dialog" and "open" not in attributes)
    found: list[tuple[str, object]] = [("display", True)] if gone else []
    for attribute, name in (("color", "color"), ("text", "color"), ("bgcolor", "background")):
        if value := attributes.get(attribute):
            found.append((name, MEANING[name](value.strip().lower())))
    return tuple(found)


def _declared(style: str) -> Declared:
    """What a style says of the properties that matter."""
    found = {name.lower(): value.strip().lower() for name, value in _DECLARATION.findall(style)}
    return tuple(
        {ALIASES.get(name, name): MEANING[ALIASES.get(name, name)](value) for name, value in found.items()}.items()
    )


def _matter(every: Iterable[Declared]) -> set[str]:
    """The properties that have a meaning somewhere; colours only where some text may be of the colour of its ground."""
    said: dict[str, set[object]] = {}
    for name, meaning in chain.from_iterable(every):
        if meaning is not None:
            said.setdefault(name, set()).add(meaning)
    inks, grounds = said.pop("color", set()) | {Look().ink}, said.pop("background", set()) | {Look().ground}
    many = len(inks) * len(grounds) > _PAIRS
    if many or any(is_unseen(ink, ground) for ink in inks for ground in grounds):
        said |= {"color": inks, "background": grounds}
    sizes = said.pop("font-size", set()) | said.pop("font", set())
    if any(is_small(size) for size in sizes) or (sizes and any(one in said.get(name, ()) for name, one in RAISES)):
        said |= {"font-size": sizes, "font": sizes}
    else:
        said = {
            name: left for name, all_ in said.items() if (left := {one for one in all_ if (name, one) not in RAISES})
        }
    if "over" in said.get("position", ()) and any(isinstance(ink, tuple) and min(ink) >= PALE_INK for ink in inks):
        said["color"] = inks
    return set(said)
