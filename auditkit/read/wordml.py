"""Word 2003 documents as one XML file (WordprocessingML, .xml or .doc): made the main part of a .docx, then read as that.

Not by LibreOffice, which shows hidden text and loses the cells that are merged downwards.
"""

from __future__ import annotations

from lxml import etree

from auditkit.document import Document
from auditkit.errors.files import Damage, Damaged
from auditkit.read.docx import read_word_xml
from auditkit.read.ooxml import WORD, xml_root
from auditkit.safety import LIMITS, Limits

_OLD = b"http://schemas.microsoft.com/office/word/2003/wordml"
_MAIN = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_W, _AML = f"{{{_MAIN}}}", "{http://schemas.microsoft.com/aml/2001/core}"
_WX = "{http://schemas.microsoft.com/office/word/2003/auxHint}"
_RENAMED = {"vmerge": "vMerge", "hmerge": "hMerge", "hlink": "hyperlink", "wordDocument": "document"}
# Changes that were tracked, by the name that they had before they became elements of their own.
_CHANGES = {"Word.Insertion": "ins", "Word.Deletion": "del", "Word.Formatting": "rPrChange"}


def read_wordml(source: str, data: bytes, limits: Limits = LIMITS) -> Document:
    """Read a document; raises Refused for a DTD or an exceeded limit, Unreadable for damage."""
    plain = etree.tostring(xml_root(source, data, limits, WORD), encoding="UTF-8")
    root = xml_root(source, plain.replace(_OLD, _MAIN.encode()), limits, WORD)
    body = root.find(f"{_W}body")
    if body is None:
        raise Damaged(source, Damage.NOT_WORD)
    for element in root.iter(*(_W + name for name in _RENAMED)):
        element.tag = _W + _RENAMED[etree.QName(element).localname]
    for change in list(body.iter(f"{_AML}annotation")):
        change.tag = _W + _CHANGES.get(change.get(f"{_W}type", ""), "customXml")
    etree.strip_tags(body, f"{_AML}content", f"{_WX}sect", f"{_WX}sub-section", f"{_WX}pBdrGroup", f"{_WX}borders")
    return read_word_xml(source, root, limits, root.find(f"{_W}styles"))
