"""Office files whose parts stand in one XML file (flat OPC, .xml or .doc), made a package again and read as that."""

from __future__ import annotations

import zipfile
from base64 import b64decode
from io import BytesIO

from lxml import etree

from auditkit.document import Document
from auditkit.errors.files import Damage, Damaged
from auditkit.read.docx import read_docx
from auditkit.read.excel.xlsx import read_excel
from auditkit.read.ooxml import WORD, xml_root
from auditkit.safety import LIMITS, Limits

NAMESPACE = "http://schemas.microsoft.com/office/2006/xmlPackage"
_P = f"{{{NAMESPACE}}}"


def read_flat_opc(source: str, data: bytes, limits: Limits = LIMITS) -> Document:
    """Read a document or a workbook; raises Refused for a DTD or an exceeded limit, Unreadable for damage."""
    parts = list(xml_root(source, data, limits, WORD).iterchildren(f"{_P}part"))
    sheets = any("spreadsheetml.sheet" in part.get(f"{_P}contentType", "") for part in parts)
    return (read_excel if sheets else read_docx)(source, _packed(source, parts), limits)


def _packed(source: str, parts: list[etree._Element]) -> bytes:
    """The package that the parts make; raises Unreadable where one is missing or stands twice, and where there are none."""
    out, names = BytesIO(), set()
    with zipfile.ZipFile(out, "w") as archive:
        for part in parts:
            name = part.get(f"{_P}name", "").lstrip("/")
            content = _content(part)
            if content is None or not name or name in names:
                raise Damaged(source, Damage.PARTS)
            names.add(name)
            archive.writestr(zipfile.ZipInfo(name), content)
    if not names:
        raise Damaged(source, Damage.NO_PARTS)
    return out.getvalue()


def _content(part: etree._Element) -> bytes | None:
    if (binary := part.find(f"{_P}binaryData")) is not None:
        try:
            return b64decode(binary.text or "")
        except ValueError:
            return None
    inside = part.find(f"{_P}xmlData")
    element = None if inside is None else next(inside.iterchildren(etree.Element), None)
    return None if element is None else etree.tostring(element, encoding="UTF-8", xml_declaration=True, with_tail=False)
