"""A bureau's own template, which is input like any other: what may stand in the file, and what in its braces.

The package is looked at before docxtpl or python-docx see it. Of Jinja only names, loops over our lists, conditions and
comparisons are left, so that filling in a template takes time and room in proportion to it and to the letter.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from typing import Any

from docxtpl import DocxTemplate
from jinja2 import nodes
from jinja2.exceptions import TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from lxml import etree

from auditkit.errors.letters import BadPlace, Carried, PlaceFault, TemplateRefused, TemplateTooLarge
from auditkit.read.ooxml import WORD, Package
from auditkit.report.letter.places import LETTER, Places
from auditkit.safety import Limits

LARGEST = 5 * 2**20  # bytes, of which a coat of arms may take some
LONGEST = 2 * 2**20  # of one part in which places may stand, through which docxtpl goes with many expressions
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_CHANGES = {f"{_W}{name}" for name in ("ins", "del", "moveFrom", "moveTo", "rPrChange", "pPrChange", "tblPrChange", "trPrChange", "tcPrChange", "sectPrChange", "numberingChange", "cellIns", "cellDel", "cellMerge", "tblGridChange", "tblPrExChange")}  # fmt: skip
_FIELDS = {"PAGE", "NUMPAGES", "SECTION", "SECTIONPAGES"}
# Kinds of parts that a letter may be made of; those that name people or the bureau's machines are left out of it.
_KEPT = {"officeDocument", "styles", "stylesWithEffects", "settings", "webSettings", "fontTable", "font", "theme", "numbering", "header", "footer", "footnotes", "endnotes", "image"}  # fmt: skip
DROPPED = {"extended-properties", "custom-properties", "thumbnail", "customXml", "customXmlProps", "people", "glossaryDocument", "metadata"}  # fmt: skip
_REFUSED = {
    **dict.fromkeys(("comments", "commentsExtended", "commentsIds", "commentsExtensible"), Carried.COMMENTS),
    **dict.fromkeys(("vbaProject", "wordVbaData", "keyMapCustomizations", "attachedToolbars"), Carried.MACROS),
}
_BARE = re.compile(r"\{\{\s?(r|p|tr|tc)\s")
_LINK = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"


@dataclass(frozen=True)
class LetterTemplate:
    """A template that was looked at. `own` are the names of its places that `--set` gives words for."""

    source: str
    data: bytes
    own: tuple[str, ...] = ()

    @cached_property
    def environment(self) -> LetterEnvironment:
        return LetterEnvironment(self.source, {**LETTER, **dict.fromkeys(self.own)})

    def opened(self) -> StrictTemplate:
        return StrictTemplate(self.source, self.data)

    @cached_property
    def used(self) -> frozenset[str]:
        """The names that stand in it, and what it lists; parts of lists aside. Raises BadPlace where something in braces may not."""
        self.opened().look(self.environment)
        return frozenset(self.environment.used)


def read_template(source: str, data: bytes, limits: Limits, own: Iterable[str] = ()) -> LetterTemplate:
    """Look at a template, file and braces.

    Raises Refused for what no letter may carry and beyond the limits, Unreadable for what is no Word file, BadPlace for
    a place that nothing is known of.
    """
    if len(data) > LARGEST:
        raise TemplateTooLarge(source, size=f"{LARGEST // 2**20} MB")
    with Package(source, data, limits, WORD) as package:
        _look(package)
    template = LetterTemplate(source, data, tuple(own))
    template.used  # noqa: B018  a fault is told before any letter is written
    return template


def _look(package: Package) -> None:
    """Everything that the file holds or points to. A letter leaves the house with all of it."""
    for entry in package.entries:
        name = entry.filename
        if name.endswith(".bin") or "vba" in name.lower():
            raise TemplateRefused(package.source, Carried.MACROS)
        if name.endswith(".rels"):
            for link in package.root(name).iter(_LINK):
                _look_at_link(package.source, link.get("Type", ""), link.get("TargetMode", ""))
        elif name.endswith(".xml"):
            if name.startswith("word/") and entry.file_size > LONGEST:
                raise TemplateTooLarge(package.source, size=f"{LONGEST // 2**20} MB")
            _look_at_part(package, name)


def _look_at_link(source: str, address: str, mode: str) -> None:
    kind = address.rpartition("/")[2]
    if kind in _REFUSED:
        raise TemplateRefused(source, _REFUSED[kind])
    if mode == "External":
        raise TemplateRefused(source, Carried.LINK, name=kind)
    if kind not in _KEPT | DROPPED and not kind.startswith("core-properties"):
        raise TemplateRefused(source, Carried.OBJECT, name=kind)


def _look_at_part(package: Package, name: str) -> None:
    root = package.root(name)
    if root.tag.endswith("}Types"):
        kinds = etree.tostring(root)
        if b"macroEnabled" in kinds:
            raise TemplateRefused(package.source, Carried.MACROS)
        if b"template.main+xml" in kinds:
            raise TemplateRefused(package.source, Carried.TEMPLATE)
    for element in root.iter(etree.Element):
        if element.tag in _CHANGES:
            raise TemplateRefused(package.source, Carried.CHANGES)
        if element.tag == f"{_W}comments":
            raise TemplateRefused(package.source, Carried.COMMENTS)
    for field in _fields(root):
        word = field.split()[0].upper() if field.split() else ""
        if word not in _FIELDS:
            raise TemplateRefused(package.source, Carried.FIELD, name=word[:40])
    for text in _texts(root):
        if found := _BARE.search(text):
            raise BadPlace(package.source, PlaceFault.ALONE, name=found[1])


def _fields(root: etree._Element) -> Iterator[str]:
    """The instructions of all fields; those of one field may stand in several pieces."""
    yield from (simple.get(f"{_W}instr", "") for simple in root.iter(f"{_W}fldSimple"))
    pieces: list[list[str]] = []
    for element in root.iter(f"{_W}fldChar", f"{_W}instrText"):
        kind = element.get(f"{_W}fldCharType")
        if kind == "begin":
            pieces.append([])
        elif kind in ("separate", "end"):
            if pieces:
                yield "".join(pieces.pop() if kind == "end" else pieces[-1])
        elif kind is None:
            if not pieces:
                yield element.text or ""
            else:
                pieces[-1].append(element.text or "")


def _texts(root: etree._Element) -> Iterator[str]:
    return ("".join(t.text or "" for t in one.iter(f"{_W}t")) for one in root.iter(f"{_W}p"))


class LetterEnvironment(ImmutableSandboxedEnvironment):
    """Jinja without what could run long, grow or look elsewhere; every source is looked at before it is compiled.

    `used` collects the names that were met, and the lists, those of a project too.
    """

    def __init__(self, source: str, places: Places):
        super().__init__(autoescape=True, cache_size=0)
        self.globals.clear()
        self.filters.clear()
        self.tests.clear()
        self.source, self.places, self.used = source, places, set()
        self._compiled: dict[str, Any] = {}

    def from_string(self, source: str, *_: Any, **__: Any) -> Any:  # docxtpl asks for nothing else
        if source not in self._compiled:
            self._compiled[source] = super().from_string(self.looked_at(source))
        return self._compiled[source]

    def looked_at(self, source: str) -> nodes.Template:
        """The tree of a source. Raises BadPlace for a name that is not known, and for anything but names and loops."""
        try:
            tree = self.parse(source)
        except TemplateSyntaxError as error:
            raise BadPlace(self.source, PlaceFault.SYNTAX, name=_near(source, error)) from None
        self._look_all(tree.body, {})
        return tree

    def _look_all(self, found: Iterable[nodes.Node], scope: Mapping[str, Places]) -> None:
        for one in found:
            self._look(one, scope)

    def _look(self, node: nodes.Node, scope: Mapping[str, Places]) -> None:
        match node:
            case nodes.TemplateData() | nodes.Const():
                pass
            case nodes.Name() | nodes.Getattr():
                name, places = self._place(node, scope)
                if places is not None:
                    raise BadPlace(self.source, PlaceFault.LIST, name=name)
            case nodes.If():
                self._look_at_test(node.test, scope)
                self._look_all((*node.body, *node.elif_, *node.else_), scope)
            case nodes.For(target=nodes.Name(), test=None, recursive=False):
                name, places = self._place(node.iter, scope)
                if places is None:
                    raise BadPlace(self.source, PlaceFault.NO_LIST, name=name)
                self.used.add(name)
                if scope and isinstance(node.iter, nodes.Name):
                    raise BadPlace(self.source, PlaceFault.NESTED, name=name)
                self._look_all(node.body, {**scope, node.target.name: places})
                self._look_all(node.else_, scope)
            case nodes.Output() | nodes.Compare() | nodes.Operand():
                self._look_all(node.iter_child_nodes(), scope)
            case _:
                raise BadPlace(self.source, PlaceFault.WORD, name=type(node).__name__.lower())

    def _look_at_test(self, node: nodes.Node, scope: Mapping[str, Places]) -> None:
        """A condition may ask whether a list has anything."""
        match node:
            case nodes.Name() | nodes.Getattr():
                self._place(node, scope)
            case nodes.Not() | nodes.And() | nodes.Or():
                for one in node.iter_child_nodes():
                    self._look_at_test(one, scope)
            case _:
                self._look(node, scope)

    def _place(self, node: nodes.Node, scope: Mapping[str, Places]) -> tuple[str, Places | None]:
        """The name of a place, and what it leads to: None for a text. Raises BadPlace for one that there is not."""
        match node:
            case nodes.Name():
                if node.name in scope:
                    return node.name, scope[node.name]
                self.used.add(node.name)
                return node.name, self._known(node.name, self.places)
            case nodes.Getattr(node=nodes.Name() as owner) if owner.name in scope:
                return node.attr, self._known(node.attr, scope[owner.name])
            case nodes.Getattr(node=nodes.Name(name="loop"), attr="first" | "last" | "index") if scope:
                return node.attr, None
        raise BadPlace(self.source, PlaceFault.WORD, name=getattr(node, "attr", type(node).__name__.lower()))

    def _known(self, name: str, places: Places) -> Places | None:
        if name not in places:
            raise BadPlace(self.source, PlaceFault.UNKNOWN, name=name[:40], known="、".join(places))
        return places[name]


def _near(source: str, error: TemplateSyntaxError) -> str:
    """The text of the line of a fault, without its markup."""
    lines = source.splitlines()
    text = re.sub(r"<[^>]+>", "", lines[error.lineno - 1] if 0 < error.lineno <= len(lines) else "").strip()
    return text[:60] or (error.message or "")[:60]


class StrictTemplate(DocxTemplate):
    """A template whose filled-in text must be whole: docxtpl would mend what does not nest, and lose text."""

    def __init__(self, source: str, data: bytes):
        super().__init__(BytesIO(data))
        self._source = source

    def look(self, environment: LetterEnvironment) -> None:
        """Look at whatever docxtpl will fill in."""
        self.init_docx()
        sources = [self.patch_xml(self.get_xml())]
        for uri in (self.HEADER_URI, self.FOOTER_URI):
            sources += [self.patch_xml(self.get_part_xml(part)) for _, part in self.get_headers_footers(uri)]
        for text in sources:
            environment.looked_at(text)

    def render_xml_part(self, src_xml: str, part: Any, context: Mapping[str, Any], jinja_env: Any = None) -> str:
        rendered = super().render_xml_part(src_xml, part, context, jinja_env)
        try:
            etree.fromstring(rendered.encode("utf-8"), etree.XMLParser(resolve_entities=False, huge_tree=True))
        except etree.XMLSyntaxError:
            raise BadPlace(self._source, PlaceFault.PLACED) from None
        return rendered

    def render_properties(self, context: Any, jinja_env: Any = None) -> None:
        """Nothing of the template's own properties goes out."""
