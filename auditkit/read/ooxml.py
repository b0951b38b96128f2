"""The border of office files: parts out of a zip, found by their relationships, within the limits and without declarations."""

from __future__ import annotations

import posixpath
import re
import struct
import zipfile
import zlib
from collections.abc import Mapping
from functools import cached_property
from io import BytesIO
from itertools import pairwise
from typing import NamedTuple
from urllib.parse import unquote

from lxml import etree

from auditkit.errors.files import Damage, Damaged, DeclaresEntities, Encrypted, NotOffice, UnpacksTooLarge
from auditkit.read.foreign import named_by_parts, refuse
from auditkit.safety import Limits, Unreadable


class Office(NamedTuple):
    """A kind of office file: its suffix, the program that makes it, the name that its main part commonly has."""

    suffix: str
    program: str
    part: str


class Relationship(NamedTuple):
    """What a part points to: the last word of the kind, and the part."""

    kind: str
    part: str


WORD = Office(".docx", "Word", "word/document.xml")
EXCEL = Office(".xlsx", "Excel", "xl/workbook.xml")
XLSB = Office(".xlsx", "Excel", "xl/workbook.bin")
OPEN_TEXT = Office(".docx", "LibreOffice", "content.xml")
OPEN_SHEET = Office(".xlsx", "LibreOffice", "content.xml")
_RELS = "_rels/.rels"
_LINKING = ".rels"
_XML = (".xml", _LINKING, ".vml")
_HEAD = 256  # bytes of a part in which its first element is looked for
_WHOLE = 2048  # bytes that the relationships of most parts are no longer than
# What stands before the first element, and how that begins: with a name, or with the "!" of a declaration.
_PROLOG = re.compile(rb"(?>\s+|<\?.*?\?>|<!--.*?-->)*+<([^?])", re.DOTALL)
_LENGTHS = struct.Struct("<HH")  # of the name of a part and of what is said of it, before its bytes
_LINKS = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
# A file saved as "Strict Open XML" says the same things under other namespaces.
_STRICT = {
    b"http://purl.oclc.org/ooxml/%s" % strict: b"http://schemas.openxmlformats.org/%s" % transitional
    for strict, transitional in (
        (b"wordprocessingml/main", b"wordprocessingml/2006/main"),
        (b"spreadsheetml/main", b"spreadsheetml/2006/main"),
        (b"officeDocument/relationships", b"officeDocument/2006/relationships"),
    )
}
_PARSER = etree.XMLParser(
    resolve_entities=False, no_network=True, huge_tree=False, remove_comments=True, remove_pis=True, collect_ids=False
)


class Package:
    """A zipped office file, checked before anything is unpacked. Names of parts count without regard to case.

    Raises Refused for encryption, a DTD in any of its parts, another kind of office file or an exceeded limit,
    Unreadable for damage.
    """

    def __init__(self, source: str, data: bytes, limits: Limits, office: Office):
        self.source, self.limits, self.office, self._data = source, limits, office, data
        try:
            self.archive = zipfile.ZipFile(BytesIO(data))
        except BROKEN_ZIP as error:
            raise self._broken() from error
        self.entries = self.archive.infolist()
        self._names = {entry.filename.casefold(): entry.filename for entry in self.entries}
        self._small: dict[str, bytes] = {}
        self._check()
        self._refuse_declarations()
        if self.main not in self:
            raise self._other()

    def __enter__(self) -> Package:
        return self

    def __exit__(self, *_: object) -> None:
        self.archive.close()

    def __contains__(self, name: str) -> bool:
        return name.casefold() in self._names

    @cached_property
    def main(self) -> str:
        """The main part: what the package's own relationships name, else what it is commonly called."""
        found = self.related("") if _RELS in self else {}
        return next((link.part for link in found.values() if link.kind == "officeDocument"), self.office.part)

    def related(self, part: str) -> dict[str, Relationship]:
        """What a part points to within the package, by the names that it has for it; the package itself is "".

        Raises Unreadable where the part has no relationships or they are damaged.
        """
        folder, name = posixpath.split(part)
        found = {}
        for link in self.root(posixpath.join(folder, "_rels", f"{name}.rels")).iter(_LINKS):
            if link.get("TargetMode") == "External":
                continue
            target = posixpath.normpath(posixpath.join("/", folder, link.get("Target", "")))[1:]
            kind = link.get("Type", "").rpartition("/")[2]
            found[link.get("Id", "")] = Relationship(kind, target if target in self else unquote(target))
        return found

    def related_or_none(self, part: str) -> dict[str, Relationship]:
        """What a part points to; nothing where it has no relationships."""
        folder, name = posixpath.split(part)
        return self.related(part) if posixpath.join(folder, "_rels", f"{name}.rels") in self else {}

    def named(self, links: Mapping[str, Relationship], kind: str, usual: str) -> str:
        """The part of a kind among these links, or what it is commonly called where they name none that is there."""
        return next((link.part for link in links.values() if link.kind == kind and link.part in self), usual)

    def root(self, name: str) -> etree._Element:
        """The root of an XML part."""
        return xml_root(self.source, self.part(name), self.limits, self.office)

    def part(self, name: str) -> bytes:
        """The bytes of a part."""
        if name not in self:
            raise self.damaged(Damage.NO_PART, part=name[:80])
        if (small := self._small.get(name.casefold())) is not None:
            return small
        info = self.archive.getinfo(self._names[name.casefold()])
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise self.damaged(Damage.COMPRESSION)
        try:
            with self.archive.open(info) as part:
                content = part.read(self.limits.part + 1)
        except BROKEN_ZIP as error:
            raise self._broken() from error
        if len(content) > self.limits.part or len(content) > self.limits.ratio * max(info.compress_size, 1):
            raise UnpacksTooLarge(self.source, suffix=self.office.suffix)
        return content

    def damaged(self, detail: Damage, **facts: str) -> Damaged:
        return Damaged(self.source, detail, self.office.suffix, self.office.program, **facts)

    def _check(self) -> None:
        entries, limits = self.entries, self.limits
        if any(entry.flag_bits & 1 for entry in entries):
            raise Encrypted(self.source, suffix=self.office.suffix)
        packed = min(sum(entry.compress_size for entry in entries), len(self._data))
        unpacked = sum(entry.file_size for entry in entries)
        if len(entries) > limits.entries or unpacked > min(limits.unpacked, limits.ratio * max(packed, 1)):
            raise UnpacksTooLarge(self.source, suffix=self.office.suffix)
        if len(self._names) < len(entries):
            raise self.damaged(Damage.PART_TWICE)
        extents = sorted((entry.header_offset, entry.header_offset + 30 + entry.compress_size) for entry in entries)
        if any(end > begin for (_, end), (begin, _) in pairwise(extents)):
            raise UnpacksTooLarge(self.source, suffix=self.office.suffix)

    def _refuse_declarations(self) -> None:
        """A part that nothing here reads is looked at too: who opens the file next may not be as careful."""
        for name, entry in zip(self._names, self.entries, strict=True):
            if entry.file_size and name.endswith(_XML):
                linking = name.endswith(_LINKING)
                head = self._head(entry, _WHOLE if linking else _HEAD)
                if linking and len(head) == entry.file_size < _WHOLE and zlib.crc32(head) == entry.CRC:
                    self._small[name] = head  # the whole of it, and opening it would cost ten times as much
                found = _PROLOG.match(_plain(head))
                if found is None or found[1] == b"!":
                    _refuse_declared(self.source, _plain(self.part(name)), self.office)

    def _head(self, entry: zipfile.ZipInfo, most: int) -> bytes:
        """The first bytes of a part, without the checks that cost most of the time of opening it."""
        begin = entry.header_offset + 30
        begin += sum(_LENGTHS.unpack_from(self._data, begin - 4)) if 30 <= begin <= len(self._data) else 0
        packed = self._data[begin : begin + min(entry.compress_size, most)]
        if entry.compress_type == zipfile.ZIP_STORED:
            return packed
        try:
            return zlib.decompressobj(-15).decompress(packed, most)
        except zlib.error:
            return b""

    def _other(self) -> Unreadable:
        suffix = self.office.suffix
        if named := named_by_parts(self._names):
            return refuse(self.source, named)
        return NotOffice(self.source, part=self.main[:80], suffix=suffix)

    def _broken(self) -> Unreadable:
        return self.damaged(Damage.ZIP)


def xml_root(source: str, xml: bytes, limits: Limits, office: Office) -> etree._Element:
    """The root of XML that is an office file or a part of one.

    Raises Refused for a DTD and beyond the limit of marks, Unreadable for what is no well-formed XML.
    """
    flat = _plain(xml)
    _refuse_declared(source, flat, office)
    if len(flat) > limits.marks < flat.count(b"<") + flat.count(b"="):  # a tree is up to 200 bytes for each
        raise UnpacksTooLarge(source, suffix=office.suffix)
    if b"http://purl.oclc.org/ooxml/" in xml[:4096]:
        for strict, transitional in _STRICT.items():
            xml = xml.replace(strict, transitional)
    try:
        root = etree.fromstring(xml, _PARSER)
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        raise Damaged(source, Damage.NOT_XML, office.suffix, office.program) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise DeclaresEntities(source, suffix=office.suffix, program=office.program)
    return root


def _refuse_declared(source: str, flat: bytes, office: Office) -> None:
    if b"!" in flat and (b"<!DOCTYPE" in flat or b"<!ENTITY" in flat):  # the sign alone is found sooner, and is rare
        raise DeclaresEntities(source, suffix=office.suffix, program=office.program)


def _plain(xml: bytes) -> bytes:
    """The bytes of a text of ASCII, whether it stands in UTF-8, UTF-16 or UTF-32."""
    return xml.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe")


BROKEN_ZIP = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError)
