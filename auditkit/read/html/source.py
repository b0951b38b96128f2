"""A web page before its tree is built: its encoding, and what the tree may cost."""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from contextlib import suppress
from itertools import accumulate

from auditkit.errors.files import Nested, NestedTooDeep
from auditkit.read.text import decoded
from auditkit.safety import Unreadable

_VOID = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "wbr")
)
_IMPLIED = frozenset(
    ("p", "li", "td", "th", "tr", "tbody", "thead", "tfoot", "dt", "dd", "option")
)  # close by themselves

_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]{1,40})""", re.IGNORECASE)
_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]*)([^>]*)")
_RAW = re.compile(r"<!--(?:-?>|.*?(?:--!?>|\Z))|<(script|style)\b.*?(?:</\1|\Z)", re.IGNORECASE | re.DOTALL)
_FEW, _WORK = 4_000, 5_000_000  # tags in a page that needs no weighing; what a tree may cost, in tags times depth


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
        raise NestedTooDeep(source, what=Nested.TAGS)
