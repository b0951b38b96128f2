"""The border of office files: XML parts out of a zip, within the limits and without declarations."""

from __future__ import annotations

import zipfile
import zlib
from io import BytesIO
from itertools import pairwise
from typing import NamedTuple

from lxml import etree

from auditkit.safety import EXPECTED_EN, EXPECTED_ZH, Limits, Refused, Unreadable


class Office(NamedTuple):
    """A kind of office file: its suffix, the program that makes it, the part that tells it."""

    suffix: str
    program: str
    part: str


WORD = Office(".docx", "Word", "word/document.xml")
EXCEL = Office(".xlsx", "Excel", "xl/workbook.xml")
XLSB = Office(".xlsb", "Excel", "xl/workbook.bin")
_OTHERS = {
    "ppt/presentation.xml": ("PowerPoint 文件", "a PowerPoint file"),
    "content.xml": ("OpenDocument 文件", "an OpenDocument file"),
}
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


def xml_part(source: str, data: bytes, name: str, limits: Limits) -> etree._Element:
    """The root of one part of a Word file; raises as Package does."""
    with Package(source, data, limits, WORD) as package:
        return package.root(name)


class Package:
    """A zipped office file, checked before anything is unpacked.

    Raises Refused for encryption, a DTD, another kind of office file or an exceeded limit, Unreadable for damage.
    """

    def __init__(self, source: str, data: bytes, limits: Limits, office: Office):
        self.source, self.limits, self.office = source, limits, office
        try:
            self.archive = zipfile.ZipFile(BytesIO(data))
        except _BROKEN as error:
            raise self._broken() from error
        entries = self.archive.infolist()
        self.names = {entry.filename for entry in entries}
        self._check(entries, len(data))
        if office.part not in self.names:
            raise self._other()

    def __enter__(self) -> Package:
        return self

    def __exit__(self, *_: object) -> None:
        self.archive.close()

    def root(self, name: str) -> etree._Element:
        """The root of an XML part."""
        return self._parsed(self.part(name))

    def part(self, name: str) -> bytes:
        """The bytes of a part."""
        if name not in self.names:
            raise self.damaged(f"缺少 {name[:80]}", f"{name[:80]!a} is missing")
        info = self.archive.getinfo(name)
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise self.damaged(f"压缩方式不是 {self.office.program} 所用", "its compression is none that Office uses")
        try:
            with self.archive.open(info) as part:
                content = part.read(self.limits.part + 1)
        except _BROKEN as error:
            raise self._broken() from error
        if len(content) > self.limits.part or len(content) > self.limits.ratio * max(info.compress_size, 1):
            raise self._bomb()
        return content

    def damaged(self, zh: str, en: str) -> Unreadable:
        return damaged(self.source, zh, en, self.office.suffix, self.office.program)

    def _check(self, entries: list[zipfile.ZipInfo], size: int) -> None:
        suffix = self.office.suffix
        if any(entry.flag_bits & 1 for entry in entries):
            raise encrypted(self.source, suffix)
        packed = min(sum(entry.compress_size for entry in entries), size)
        unpacked = sum(entry.file_size for entry in entries)
        if len(entries) > self.limits.entries or unpacked > min(
            self.limits.unpacked, self.limits.ratio * max(packed, 1)
        ):
            raise self._bomb()
        if len(self.names) < len(entries):
            raise self.damaged("有部件出现两次", "it has two parts of one name")
        extents = sorted((entry.header_offset, entry.header_offset + 30 + entry.compress_size) for entry in entries)
        if any(end > begin for (_, end), (begin, _) in pairwise(extents)):
            raise self._bomb()

    def _other(self) -> Unreadable:
        suffix = self.office.suffix
        for mark, (zh, en) in _OTHERS.items():
            if mark in self.names:
                return Refused(
                    self.source,
                    f"暂不支持 {zh}，{EXPECTED_ZH}；请在 Word 或 WPS 中另存为 {suffix} 后重新报送",
                    f"{en} is not supported, {EXPECTED_EN}; save it as {suffix} and submit it again",
                )
        return Unreadable(
            self.source,
            f"是压缩包而不是 Word 或 Excel 文件（缺少 {self.office.part}）；请在 Word 或 WPS 中另存为 {suffix} 后重新报送",
            f"a zip archive but no Word or Excel file ({self.office.part} is missing); "
            f"save it as {suffix} in Word or WPS and submit it again",
        )

    def _parsed(self, xml: bytes) -> etree._Element:
        flat = xml.replace(b"\0", b"")  # so that UTF-16 shows its declarations too
        if b"<!DOCTYPE" in flat or b"<!ENTITY" in flat:
            raise self._declared()
        if flat.count(b"<") + flat.count(b"=") > self.limits.marks:  # a tree is up to 200 bytes for each
            raise self._bomb()
        if b"http://purl.oclc.org/ooxml/" in xml[:4096]:
            for strict, transitional in _STRICT.items():
                xml = xml.replace(strict, transitional)
        try:
            root = etree.fromstring(xml, _PARSER)
        except (etree.XMLSyntaxError, ValueError, LookupError) as error:
            raise self.damaged("正文不是合格的 XML", "its body is no well-formed XML") from error
        if root.getroottree().docinfo.internalDTD is not None:
            raise self._declared()
        return root

    def _broken(self) -> Unreadable:
        return self.damaged("压缩结构不完整", "its zip structure is broken")

    def _bomb(self) -> Refused:
        return Refused(
            self.source,
            f"解压后过大或部件过多，超过安全限制，未读取；请核实来源，另存为 {self.office.suffix} 后重新报送",
            f"unpacks to more than the limits allow and was not read; check its source and save it as {self.office.suffix}",
        )

    def _declared(self) -> Refused:
        return Refused(
            self.source,
            f"正文含 DTD 或实体声明，{self.office.program} 不会写出这样的文件，未读取；"
            f"请核实来源，另存为 {self.office.suffix} 后重新报送",
            f"its body declares a DTD or entity, which {self.office.program} never writes; "
            f"check where it came from and save it as {self.office.suffix} again",
        )


_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError)


def damaged(source: str, zh: str, en: str, suffix: str = ".docx", program: str = "Word") -> Unreadable:
    """The failure of a file whose inside contradicts its kind."""
    return Unreadable(
        source,
        f"文件损坏，应为 {suffix}（{zh}）；请用 {program} 或 WPS 打开修复，或由报送单位重新导出",
        f"the file is damaged, expected {suffix} ({en}); repair it in {program} or WPS, or ask the unit to export it again",
    )


def encrypted(source: str, suffix: str = ".docx") -> Refused:
    """The refusal of a file under a password."""
    return Refused(
        source,
        f"文件已加密，应为未加密的 {suffix}；请报送单位取消密码后重新报送",
        f"the file is encrypted, expected an unencrypted {suffix}; ask the unit to remove the password",
    )
