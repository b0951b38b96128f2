"""Pages of notebooks without a detour: what nbconvert lets Beautiful Soup parse and write again is written so at once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from nbconvert import HTMLExporter
from nbconvert.exporters.templateexporter import TemplateExporter
from nbformat import NotebookNode

_VOID = frozenset(("br", "col", "hr", "img", "input", "link", "meta", "wbr"))
_OTHERWISE = frozenset(("pre", "textarea", "script"))  # elements in which Beautiful Soup leaves blanks as they are
_LISTS = frozenset(("class", "rel", "rev", "headers", "accept-charset", "accesskey", "dropzone"))  # read word by word
_TOKEN = re.compile(r"<[^<>]*>|[^<]+|<")
_TAG = re.compile(r'<([a-z][a-z0-9]*)((?: [a-z][a-z-]*="[^"<>]*")*) ?/?>')
_ATTRIBUTE = re.compile(r' ([a-z-]+)="([^"]*)"')
_OTHER_ENTITY = re.compile(r"&(?!amp;|lt;|gt;|#34;|#39;)")
_BLANKS = " \n\t\f\r"


class _Unusual(Exception):
    """Something in the page that is not written here as Beautiful Soup would write it."""


class PageExporter(HTMLExporter):
    """nbconvert's, which takes four times as long to parse the page that it has made and to write it down again.

    The bytes are the same: of elements and texts as this package writes them, it is known what becomes of them. A page
    with anything else in it goes the whole way.
    """

    def from_notebook_node(
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **more: Any
    ) -> tuple[str, dict[str, Any]]:
        told, _ = TemplateExporter.from_notebook_node(self, nb, self._init_resources(resources), **more)
        try:
            return "".join(_rewritten(told)), resources
        except _Unusual:
            return super().from_notebook_node(nb, resources, **more)


def _rewritten(page: str) -> Iterator[str]:
    """The page in Beautiful Soup's hand: attributes by name, empty elements closed, one blank for many between elements."""
    opened: list[str] = []
    for token in _TOKEN.findall(page):
        if token == "<!DOCTYPE html>" and not opened:
            yield f"{token}\n"
        elif opened and opened[-1] == "style" and token[0] != "<":
            yield token
        elif token[0] != "<":
            yield _text(token)
        elif token.startswith("</"):
            if not opened or token != f"</{opened.pop()}>":
                raise _Unusual
            yield token
        else:
            name, written = _element(token)
            if name not in _VOID:
                opened.append(name)
            yield written
    if opened:
        raise _Unusual


def _text(text: str) -> str:
    if not text.strip(_BLANKS):
        return "\n" if "\n" in text else " "
    if ">" in text:
        raise _Unusual
    return _plain(text)


def _plain(text: str) -> str:
    if "&" not in text:
        return text
    if _OTHER_ENTITY.search(text):
        raise _Unusual
    return text.replace("&#34;", '"').replace("&#39;", "'")


@lru_cache(maxsize=4096)  # the cells of a table begin alike
def _element(token: str) -> tuple[str, str]:
    """An element's name, and how it begins."""
    found = _TAG.fullmatch(token)
    if not found or found[1] in _OTHERWISE:
        raise _Unusual
    name, attributes = found[1], dict(_ATTRIBUTE.findall(found[2]))
    words = next((text for key, text in attributes.items() if key in _LISTS and text != " ".join(text.split())), None)
    if words is not None or "jp-" in attributes.get("class", "") or (name == "img" and "alt" not in attributes):
        raise _Unusual
    written = "".join(f" {key}={_quoted(_plain(attributes[key]))}" for key in sorted(attributes))
    return name, f"<{name}{written}{'/' if name in _VOID else ''}>"


def _quoted(text: str) -> str:
    if '"' not in text:
        return f'"{text}"'
    return f"'{text}'" if "'" not in text else '"{}"'.format(text.replace('"', "&quot;"))
