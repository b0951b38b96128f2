"""The border of office files: one XML part out of a zip, within the limits and without declarations."""

from __future__ import annotations

import zipfile
import zlib
from io import BytesIO

from lxml import etree

from auditkit.safety import Limits, Refused, Unreadable

_OTHERS = {
    "xl/workbook.xml": ("Excel 工作簿", "an Excel workbook"),
    "ppt/presentation.xml": ("PowerPoint 文件", "a PowerPoint file"),
    "content.xml": ("OpenDocument 文件", "an OpenDocument file"),
}
# A file saved as "Strict Open XML" says the same things under another namespace.
_STRICT = b"http://purl.oclc.org/ooxml/wordprocessingml/main"
_TRANSITIONAL = b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_PARSER = etree.XMLParser(
    resolve_entities=False, no_network=True, huge_tree=False, remove_comments=True, remove_pis=True, collect_ids=False
)


def xml_part(source: str, data: bytes, name: str, limits: Limits) -> etree._Element:
    """The root of one part of a zipped office file.

    Raises Refused for encryption, a DTD, another kind of office file or an exceeded limit, Unreadable for damage.
    """
    return _parsed(source, _part(source, data, name, limits))


def _part(source: str, data: bytes, name: str, limits: Limits) -> bytes:
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            entries = archive.infolist()
            _check(source, entries, name, limits)
            info = archive.getinfo(name)
            with archive.open(info) as part:
                content = part.read(limits.part + 1)
    except KeyError:
        raise _other(source, name, {entry.filename for entry in entries}) from None
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError) as error:
        raise damaged(source, "压缩结构不完整", "its zip structure is broken") from error
    if len(content) > limits.part or len(content) > limits.ratio * max(info.compress_size, 1):
        raise _bomb(source)
    return content


def _check(source: str, entries: list[zipfile.ZipInfo], name: str, limits: Limits) -> None:
    if any(entry.flag_bits & 1 for entry in entries):
        raise Refused(
            source,
            "文件已加密，应为未加密的 .docx；请报送单位取消密码后重新报送",
            "the file is encrypted, expected an unencrypted .docx; ask the unit to remove the password",
        )
    packed = sum(entry.compress_size for entry in entries)
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > limits.entries or unpacked > limits.unpacked or unpacked > limits.ratio * max(packed, 1):
        raise _bomb(source)
    parts = [entry for entry in entries if entry.filename == name]
    if any(entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for entry in parts):
        raise damaged(source, "压缩方式不是 Word 所用", "its compression is none that Word uses")
    if len(parts) > 1:
        raise damaged(source, "正文出现两次", "it has two bodies")


def _other(source: str, name: str, found: set[str]) -> Unreadable:
    for mark, (zh, en) in _OTHERS.items():
        if mark in found:
            return Refused(
                source,
                f"暂不支持 {zh}，应为 .docx 或文本文件；请在 Word 或 WPS 中另存为 .docx 后重新报送",
                f"{en} is not supported yet, expected .docx or text; save it as .docx in Word or WPS and submit it again",
            )
    return Unreadable(
        source,
        f"是压缩包而不是 Word 文件（缺少 {name}）；请在 Word 或 WPS 中另存为 .docx 后重新报送",
        f"a zip archive but no Word file ({name} is missing); save it as .docx in Word or WPS and submit it again",
    )


def _parsed(source: str, xml: bytes) -> etree._Element:
    flat = xml.replace(b"\0", b"")  # so that UTF-16 shows its declarations too
    if b"<!DOCTYPE" in flat or b"<!ENTITY" in flat:
        raise _declared(source)
    if _STRICT in xml[:4096]:
        xml = xml.replace(_STRICT, _TRANSITIONAL)
    try:
        root = etree.fromstring(xml, _PARSER)
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        raise damaged(source, "正文不是合格的 XML", "its body is no well-formed XML") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise _declared(source)
    return root


def damaged(source: str, zh: str, en: str) -> Unreadable:
    """The failure of a file whose inside contradicts its kind."""
    return Unreadable(
        source,
        f"文件损坏，应为 .docx（{zh}）；请用 Word 或 WPS 打开修复，或由报送单位重新导出",
        f"the file is damaged, expected .docx ({en}); repair it in Word or WPS, or ask the unit to export it again",
    )


def _bomb(source: str) -> Refused:
    return Refused(
        source,
        "解压后过大或部件过多，超过安全限制，未读取；请核实来源，另存为 .docx 后重新报送",
        "unpacks to more than the limits allow and was not read; check where it came from and save it as .docx again",
    )


def _declared(source: str) -> Refused:
    return Refused(
        source,
        "正文含 DTD 或实体声明，Word 不会写出这样的文件，未读取；请核实来源，另存为 .docx 后重新报送",
        "its body declares a DTD or entity, which Word never writes; check where it came from and save it as .docx again",
    )
