"""A web page before it is read: its encoding, what its tree may cost to build, what in it is hidden or keeps its blanks.

selectolax (lexbor) builds the tree as browsers do. Nothing is fetched.
"""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from collections.abc import Iterator
from contextlib import suppress
from itertools import accumulate

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from auditkit.read.html.css import HIDING, KEEPING, hides, keeps, selectors
from auditkit.read.html.markup import too_deep
from auditkit.read.html.whitespace import KEEP
from auditkit.read.text import decoded
from auditkit.safety import Unreadable

_DROPPED = "script, style, noscript, template, iframe, object, svg, rt, rp, noembed, noframes"
_REPLACED = "input, select, math, xmp, plaintext"
_VOID = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "wbr")
)
_IMPLIED = frozenset(
    ("p", "li", "td", "th", "tr", "tbody", "thead", "tfoot", "dt", "dd", "option")
)  # close by themselves

_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]{1,40})""", re.IGNORECASE)
_REMARK = re.compile(r"<!--.*?-->", re.DOTALL)
_INNER_BLANK = re.compile(r"\S\s+\S")
_SELECTOR = re.compile(r"""[\w\-.#*\[\]="'>\s]{1,100}""")

_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]*)([^>]*)")
_RAW = re.compile(r"<!--(?:-?>|.*?(?:--!?>|\Z))|<(script|style)\b.*?(?:</\1|\Z)", re.IGNORECASE | re.DOTALL)
_FEW, _WORK = 4_000, 5_000_000  # tags in a page that needs no weighing; what a tree may cost, in tags times depth


def ruled(text: str) -> tuple[str, int]:
    """The body of a page as lexbor writes the tree that it made, without what a browser does not show.

    Fields of forms are texts then, and blanks that are kept are disguised. With it, how many hidden texts were left out.
    """
    tree = LexborHTMLParser(text)
    body = tree.body
    if body is None:
        return "", 0
    styles, sheet = text.lower(), "\n".join(node.text_lexbor() for node in tree.css("style"))
    for node in body.css(_DROPPED):
        node.replace_with("")  # unlike a removal, this leaves a list of nodes as it is
    unread = 0
    if hides(styles):
        for node in _outermost(body, _styled(tree, sheet, "[hidden]", "none hid opacity size", HIDING)):
            unread += bool(node.text_lexbor().strip())
            node.replace_with("")
    for node in body.css(_REPLACED):
        node.replace_with(_shown(node).translate(KEEP))
    if keeps(styles) or "<pre" in styles or "<textarea" in styles:
        for node in _styled(tree, sheet, "pre, textarea", "white-space", KEEPING):
            if _INNER_BLANK.search(node.text_lexbor()):
                for piece in [piece for piece in node.traverse(include_text=True) if piece.is_text_node]:
                    piece.replace_with(piece.text_content.translate(KEEP))
    return _REMARK.sub("", body.html), unread


def _styled(tree: LexborHTMLParser, sheet: str, always: str, words: str, wanted: re.Pattern[str]) -> list[LexborNode]:
    """The elements that a selector, their own style or a rule of the page gives a property."""
    found = tree.css(always)
    styled = tree.css(", ".join(f"[style*='{word}' i]" for word in words.split()))
    found += [node for node in styled if wanted.search(node.attributes["style"] or "")]
    for selector in [name for name in selectors(sheet, wanted) if _SELECTOR.fullmatch(name) and len(name.split()) < 4][
        :100
    ]:
        with suppress(SelectolaxError):
            found += tree.css(selector)
    return found


def _outermost(body: LexborNode, nodes: list[LexborNode]) -> Iterator[LexborNode]:
    """Those of the nodes within the body that no other of them holds."""
    own = {node.mem_id: node for node in nodes if node.tag not in ("body", "html")}
    for node in own.values():
        around = node.parent
        while around is not None and around.mem_id not in own and around.mem_id != body.mem_id:
            around = around.parent
        if around is not None and around.mem_id == body.mem_id:
            yield node


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


def page_text(source: str, data: bytes) -> tuple[str, list[str]]:
    """The page's text, by its byte order mark, as UTF-8 where it is that, as it declares, as GB18030; and doubts about it.

    Raises Unreadable for what is no text.
    """
    with suppress(UnicodeDecodeError):
        if b"\0" not in data:
            return data.removeprefix(BOM_UTF8).decode("utf-8"), []
    declared = _CHARSET.search(data[:4096])
    name = declared[1].decode("ascii").lower() if declared else "gb18030"
    with suppress(Unreadable):
        if "big5" not in name:
            return decoded(source, data)
    with suppress(LookupError, ValueError):
        text = data.decode("gb18030" if name.startswith(("gb", "utf", "x-gbk")) else name, "replace")
        lost = text.count("\N{REPLACEMENT CHARACTER}")
        if "\0" not in text and lost * 50 < len(text):
            return text, ["网页中有无法解码的字，以 \N{REPLACEMENT CHARACTER} 代替，请核对原件"] * bool(lost)
    return decoded(source, data)


def weigh(source: str, text: str) -> None:
    """Refuse a page whose tree would take long to build: tags nested too deep, or one with a thousand attributes."""
    if len(text) < 3 * _FEW or (len(text) < 200_000 and text.count("<") < _FEW):
        return
    found = [(m[1], m[2].lower(), m[3]) for m in _TAG.finditer(_RAW.sub("", text))]
    steps = (-1 if end else 1 for end, name, _ in found if name not in _VOID and name not in _IMPLIED)
    crowded = any(
        len(name) + len(rest) > 2_000
        and (len(rest.split()) + rest.count("=") > 2_000 or (name + rest).count("<") > 100)
        for _, name, rest in found
    )
    if crowded or max(accumulate(steps, initial=1)) * len(found) > _WORK:
        raise too_deep(source)
