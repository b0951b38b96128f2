"""A web page as a tree: its encoding, what it may cost to build, and which of its elements are hidden or keep blanks."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from itertools import accumulate

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from auditkit.read.text import decoded
from auditkit.safety import Refused, Unreadable

DROPPED = frozenset(("script", "style", "noscript", "template", "iframe", "object", "svg", "rt", "rp"))
_SPECIAL = f"table, input, select, {', '.join(DROPPED)}"
_BLOCKS = (
    "address|article|aside|blockquote|caption|center|dd|div|dl|dt|fieldset|figure|footer|form|h[1-6]|header|hr|legend|li|"
    "main|nav|ol|p|pre|section|summary|ul"
)
_VOID = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "wbr")
)
_IMPLIED = frozenset(
    ("p", "li", "td", "th", "tr", "tbody", "thead", "tfoot", "dt", "dd", "option")
)  # close by themselves

# Where a block begins or ends and where a line breaks is marked in the source, so that the text of an element, which
# lexbor gives in one call, has it; both marks are blanks to HTML.
BLOCK, LINE = "\f", "\v"
_BLOCK_TAG = re.compile(rf"<(?!/?[tTfFbB][dDrRoO])(?=/?(?i:{_BLOCKS})[\s/>])")  # the first condition only saves time
_LINE_TAG = re.compile(r"<(?=(?i:br)[\s/>])")

_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]{1,40})""", re.IGNORECASE)
_HIDING = re.compile(
    r"(?:display|hide|visibility)\s*:\s*(?:none|all|hidden)|(?:size|opacity)\s*:\s*0*\.?0+(?![\d.])", re.IGNORECASE
)
_KEEPING = re.compile(r"white-space\s*:\s*(?:pre|break-spaces)", re.IGNORECASE)
_RULE = re.compile(r"([^{}]{1,300})\{([^{}]*)\}")
_REMARK = re.compile(r"<!--|-->|/\*.*?\*/|@media[^{]*\bprint\b[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}", re.DOTALL)
_SELECTOR = re.compile(r"""[\w\-.#*\[\]="'>\s]{1,100}""")

_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]*)([^>]*)")
_RAW = re.compile(r"<!--(?:-?>|.*?(?:--!?>|\Z))|<(script|style)\b.*?(?:</\1|\Z)", re.IGNORECASE | re.DOTALL)
_FEW, _WORK = 4_000, 5_000_000  # tags in a page that needs no weighing; what a tree may cost, in tags times depth


class Page:
    """The tree of a page, and the ids of its elements that are `hidden`, that keep their blanks (`kept`), that hold one of
    these or something else than text (`busy`).
    """

    def __init__(self, source: str, text: str):
        _weigh(source, text)
        if BLOCK in text or LINE in text:
            text = text.replace(BLOCK, " ").replace(LINE, " ")
        self.tree = LexborHTMLParser(_LINE_TAG.sub(f"{LINE}<", _BLOCK_TAG.sub(f"{BLOCK}<", text)))
        flat = text.encode("utf-8", "replace").lower()
        hidden, kept = [], []
        if any(word in flat for word in (b"none", b"hid", b"opacity", b"size:0", b"size: 0")):
            hidden = self._styled("[hidden]", "none hid opacity size", _HIDING)
        if any(word in flat for word in (b"white-space", b"<pre", b"<textarea")):
            kept = self._styled("pre, textarea", "white-space", _KEEPING)
        self.hidden, self.kept = ({node.mem_id for node in nodes} for nodes in (hidden, kept))
        self.busy = _with_those_around((*self.tree.css(_SPECIAL), *hidden, *(node.parent for node in kept)))

    def _styled(self, always: str, words: str, wanted: re.Pattern[str]) -> list[LexborNode]:
        """The elements that a selector, their own style or a rule of the page gives a property."""
        found = self.tree.css(always)
        styled = self.tree.css(", ".join(f"[style*='{word}' i]" for word in words.split()))
        found += [node for node in styled if wanted.search(node.attributes["style"] or "")]
        sheet = _REMARK.sub("", "\n".join(node.text_lexbor() for node in self.tree.css("style")))
        names = (name for names, style in _RULE.findall(sheet) if wanted.search(style) for name in names.split(","))
        for selector in [name for name in names if _SELECTOR.fullmatch(name) and len(name.split()) < 4][:100]:
            with suppress(SelectolaxError):
                found += self.tree.css(selector)
        return found


def _with_those_around(nodes: Iterable[LexborNode | None]) -> set[int]:
    found: set[int] = set()
    for node in nodes:
        while node is not None and node.mem_id not in found:
            found.add(node.mem_id)
            node = node.parent
    return found


def page_text(source: str, data: bytes) -> tuple[str, list[str]]:
    """The page's text, by its byte order mark, as UTF-8 where it is that, as it declares, as GB18030; and doubts about it.

    Raises Unreadable for what is no text.
    """
    declared = _CHARSET.search(data[:4096])
    name = declared[1].decode("ascii").lower() if declared else "gb18030"
    with suppress(UnicodeDecodeError):
        if b"\0" not in data:
            return data.decode("utf-8-sig"), []
    with suppress(Unreadable):
        if "big5" not in name:
            return decoded(source, data)
    with suppress(LookupError, ValueError):
        text = data.decode("gb18030" if name.startswith(("gb", "utf", "x-gbk")) else name, "replace")
        lost = text.count("\N{REPLACEMENT CHARACTER}")
        if "\0" not in text and lost * 50 < len(text):
            return text, ["网页中有无法解码的字，以 \N{REPLACEMENT CHARACTER} 代替，请核对原件"] * bool(lost)
    return decoded(source, data)


def _weigh(source: str, text: str) -> None:
    """Refuse a page whose tree would take long to build: tags nested too deep, or one with a thousand attributes."""
    if text.count("<") < _FEW and len(text) < 200_000:
        return
    found = [(m[1], m[2].lower(), m[3]) for m in _TAG.finditer(_RAW.sub("", text))]
    steps = (-1 if end else 1 for end, name, _ in found if name not in _VOID and name not in _IMPLIED)
    crowded = any(len(rest) > 2_000 and len(rest.split()) + rest.count("=") > 2_000 for *_, rest in found)
    if crowded or max(accumulate(steps, initial=1)) * len(found) > _WORK:
        raise too_deep(source)


def too_deep(source: str) -> Refused:
    return Refused(
        source,
        "网页的标签嵌套过深或属性过多，超过安全限制，未读取；请另存为 .docx 后报送",
        "its tags are nested deeper than the limits allow; save the form as .docx and submit it",
    )
