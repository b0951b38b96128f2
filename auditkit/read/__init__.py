"""What a file holds, as a Document: the reader is chosen by content first, by suffix second."""

from __future__ import annotations

import errno
import os
import re
import stat
from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from itertools import chain
from pathlib import Path

from auditkit.document import Document, Table
from auditkit.errors.contents import TextTooLong
from auditkit.errors.files import Empty, NotOpened, NotRegular, TooLarge
from auditkit.read.foreign import named_by_head, refuse
from auditkit.read.radicals import has_radical, with_letters
from auditkit.read.text import decoded, read_text
from auditkit.safety import LIMITS, Limits

Reader = Callable[[str, bytes, Limits], Document]

# The C library gives the memory of a read file back to the system and asks for it anew with every file, page by page, until a block
# of this size was once freed (mallopt(3), "dynamic mmap threshold"): a fifth of the time of reading a small file.
bytes(2**22)

_ZIP = b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"
_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body|meta|style|div|table)[\s>]")
_XHTML = re.compile(rb"<(?:!doctype\s+html|html)[\s>]")
_OFFICE_XML = re.compile(rb"(?:<!--.*?-->\s*)*<(?:\w{1,20}:)?(?:workbook|worddocument|package)\b", re.DOTALL)
_MAIL = re.compile(rb"(?:mime-version|content-type|from|subject|date|snapshot-content-location|content-location):")
_PACKAGES = (  # a name in the directory of a zip file, in lower case, and the reader of those that have it
    (b"word/document.xml", "docx.read_docx"),
    (b"xl/workbook.xml", "excel.xlsx.read_excel"),
    (b"xl/workbook.bin", "excel.xlsb.read_xlsb"),
    (b"mimetypeapplication/vnd.oasis.opendocument.", "libreoffice.read_opendocument"),
    (b"xl/", "excel.xlsx.read_excel"),
)
_READERS = (  # the first bytes in lower case, and the reader
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "libreoffice.read_ole"),
    (b"{\\rtf", "libreoffice.read_rtf"),
    (b"\x09\x08\x10\0\0\x06", "excel.xls.read_xls"),  # a workbook that is not in a compound file: BIFF8, then 2 to 5
    (b"\x09\x08\x08\0\0\x05", "excel.xls.read_xls"),
    (b"\x09\x04\x06\0", "excel.xls.read_xls"),
    (b"\x09\x02\x06\0", "excel.xls.read_xls"),
    (b"\x09\0\x04\0", "excel.xls.read_xls"),
)
_XML = (  # a namespace that the first element of an XML file has, and the reader
    (b"http://schemas.microsoft.com/office/word/2003/wordml", "wordml.read_wordml"),
    (b"urn:schemas-microsoft-com:office:spreadsheet", "excel.spreadsheetml.read_spreadsheetml"),
    (b"http://schemas.microsoft.com/office/2006/xmlPackage", "flat_opc.read_flat_opc"),
)


def read(path: Path, limits: Limits = LIMITS) -> Document:
    """Read a Word file, an Excel workbook, a PDF, a web page or a text dump, as what it is and whatever it is called.

    Raises Refused for what is not read (a link or device, a limit, encryption, a kind not supported) and Unreadable for
    what cannot be (missing, empty, damaged).
    """
    document = _read(path, limits)
    cells = list(
        chain.from_iterable(chain.from_iterable(b.rows) if isinstance(b, Table) else (b,) for b in document.blocks)
    )
    texts = [cell.text for cell in cells]
    if max(map(len, texts), default=0) > limits.text:
        raise TextTooLong(path.name, at=next(c.at for c in cells if len(c.text) > limits.text), most=limits.text)
    return with_letters(document) if has_radical("".join(texts)) else document


def _read(path: Path, limits: Limits) -> Document:
    source, data = path.name, content(path, limits)
    if reader := _reader(data):
        return reader(source, data, limits)
    if named := named_by_head(_head(data)):
        raise refuse(source, named)
    document = _marked(source, data, limits) or read_text(source, data, limits)
    if path.suffix.lower() in (".docx", ".doc", ".wps", ".xlsx", ".xls", ".et", ".pdf"):
        doubt = f"扩展名为 {path.suffix}，内容却是文本，已按文本读取"
        return replace(document, doubts=(*document.doubts, doubt))
    return document


def _reader(data: bytes) -> Reader | None:
    """The reader for the content, None for a text and for what is not read."""
    head, begin = _head(data), data[:4096].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    if data.startswith(_ZIP):
        directory = _directory(data).lower() + data[30:90]
        name = next((name for mark, name in _PACKAGES if mark in directory), "docx.read_docx")
    elif _is_html(begin.lower()):
        name = "html.page.read_html"
    elif begin.startswith(b"<"):
        name = next((name for mark, name in _XML if mark in begin), None)
    elif _MAIL.match(head) and b"mime-version:" in begin.lower():
        name = "mht.read_mht"
    else:
        name = next((name for mark, name in _READERS if data.startswith(mark) or head.startswith(mark)), None)
    if name is None and b"%PDF-" in data[:1024]:  # where every viewer looks for it, behind what mail put before
        name = "pdf.document.read_pdf"
    if name is None:
        return None
    module, _, function = name.rpartition(".")
    return getattr(import_module(f"auditkit.read.{module}"), function)


def _marked(source: str, data: bytes, limits: Limits) -> Document | None:
    """A text whose cells are parted by signs, read by the reader of those; None for any other."""
    table = b"|" in data and b"-" in data
    if not table and b"," not in data and b";" not in data:
        return None
    text, doubts = decoded(source, data)
    from auditkit.read.csv import read_csv, separator
    from auditkit.read.markdown import is_markdown, read_markdown

    if table and is_markdown(text):
        document = read_markdown(source, text, limits)
    elif mark := separator(text, source.lower().endswith(".csv")):
        document = read_csv(source, text, mark, limits)
    else:
        return None
    return replace(document, doubts=(*doubts, *document.doubts))


def _is_html(head: bytes) -> bool:
    if not head.startswith(b"<") or _OFFICE_XML.match(head):
        return False
    return bool((_XHTML if head.startswith(b"<?xml") else _HTML).search(head))


def _head(data: bytes) -> bytes:
    return data[:256].removeprefix(b"\xef\xbb\xbf").lstrip().lower()


def _directory(data: bytes) -> bytes:
    """The list of names at the end of a zip file, so that one within another is not taken for the whole."""
    end = data.rfind(b"PK\x05\x06")
    begin = int.from_bytes(data[end + 16 : end + 20], "little")
    return data[begin:end] if 0 <= begin < end else data


def content(path: Path, limits: Limits) -> bytes:
    """The bytes of a regular file within the limit; raises as `read`."""
    source = path.name
    try:
        status = path.lstat()
        if stat.S_ISDIR(status.st_mode) and not os.access(path, os.R_OK | os.X_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        if not stat.S_ISREG(status.st_mode):
            raise NotRegular(source)
        with path.open("rb") as file:
            data = file.read(min(status.st_size, limits.file) + 1)
    except OSError as error:
        raise NotOpened(source, why=error.strerror) from error
    if not within(data, source, limits).strip():
        raise Empty(source)
    return data


def within(data: bytes, source: str, limits: Limits) -> bytes:
    """The bytes of a file. Raises Refused where they are more than a file may have."""
    if len(data) > limits.file:
        raise TooLarge(source, size=f"{limits.file / 2**20:g} MB")
    return data
