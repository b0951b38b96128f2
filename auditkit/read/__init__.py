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
from auditkit.read.text import read_text
from auditkit.safety import EXPECTED_EN, EXPECTED_ZH, LIMITS, Limits, Refused, Unreadable

Reader = Callable[[str, bytes, Limits], Document]

_SAVE_AS_ZH = "请在 Word 或 WPS 中另存为 .docx 后重新报送"
_SAVE_AS_EN = "save it as .docx in Word or WPS and submit it again"

_ZIP = b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"
_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body|meta|style|div|table)[\s>]")
_XHTML = re.compile(rb"<(?:!doctype\s+html|html)[\s>]")
_PACKAGES = (  # a name in the directory of a zip file, and the reader of those that have it
    (b"word/document.xml", "docx.read_docx"),
    (b"xl/workbook.xml", "excel.xlsx.read_excel"),
    (b"xl/workbook.bin", "excel.xlsb.read_xlsb"),
)
_READERS = (  # the first bytes in lower case, and the reader
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "libreoffice.read_ole"),
    (b"{\\rtf", "libreoffice.read_rtf"),
)
_FOREIGN = (  # the same of what is not read, and what it is
    (b"mime-version:", "单一文件网页（.mht）", "a web archive (.mht)"),
    (b"<?xml", "XML 文件", "an XML file"),
    (b"\x89png", "图片", "an image"),
    (b"\xff\xd8\xff", "图片", "an image"),
    (b"gif8", "图片", "an image"),
    (b"ii*\0", "图片", "an image"),
    (b"mm\0*", "图片", "an image"),
    (b"rar!", "压缩包", "an archive"),
    (b"7z\xbc\xaf", "压缩包", "an archive"),
)


def read(path: Path, limits: Limits = LIMITS) -> Document:
    """Read a Word file, an Excel workbook, a PDF, a web page or a text dump, as what it is and whatever it is called.

    Raises Refused for what is not read (a link or device, a limit, encryption, a kind not supported) and Unreadable for
    what cannot be (missing, empty, damaged).
    """
    document = _read(path, limits)
    for block in document.blocks:
        for cell in chain.from_iterable(block.rows) if isinstance(block, Table) else (block,):
            if len(cell.text) > limits.text:
                raise Refused(
                    path.name,
                    f"{cell.at} 的文字超过 {limits.text} 字，不像自评表的一格；请删去无关内容后重新报送",
                    f"more than {limits.text} letters in one cell, which is no form; cut it and submit it again",
                )
    return document


def _read(path: Path, limits: Limits) -> Document:
    source, data = path.name, content(path, limits)
    if reader := _reader(data):
        return reader(source, data, limits)
    if kind := next((kind for kind in _FOREIGN if _head(data).startswith(kind[0])), None):
        _, zh, en = kind
        raise Refused(
            source,
            f"暂不支持{zh}，{EXPECTED_ZH}；{_SAVE_AS_ZH}",
            f"{en} is not supported, {EXPECTED_EN}; {_SAVE_AS_EN}",
        )
    document = read_text(source, data, limits)
    if path.suffix.lower() in (".docx", ".doc", ".wps", ".xlsx", ".xls", ".et", ".pdf"):
        doubt = f"扩展名为 {path.suffix}，内容却是文本，已按文本读取"
        return replace(document, doubts=(*document.doubts, doubt))
    return document


def _reader(data: bytes) -> Reader | None:
    """The reader for the content, None for a text and for what is not read."""
    if data.startswith(_ZIP):
        directory = _directory(data)
        packed = (name for mark, name in _PACKAGES if mark in directory)
        odf = data[30:].startswith(b"mimetypeapplication/vnd.oasis.opendocument.")
        name = next(packed, "libreoffice.read_opendocument" if odf else "docx.read_docx")
    elif _is_html(data):
        name = "html.page.read_html"
    else:
        name = next((name for mark, name in _READERS if _head(data).startswith(mark)), None)
    if name is None and b"%PDF-" in data[:1024]:  # where every viewer looks for it, behind what mail put before
        name = "pdf.document.read_pdf"
    if name is None:
        return None
    module, _, function = name.rpartition(".")
    return getattr(import_module(f"auditkit.read.{module}"), function)


def _is_html(data: bytes) -> bool:
    head = data[:4096].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    return head.startswith(b"<") and bool((_XHTML if head.startswith(b"<?xml") else _HTML).search(head))


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
            raise Refused(
                source,
                f"不是普通文件（链接、文件夹、管道或设备），{EXPECTED_ZH}；请报送文件本身",
                f"not a regular file (a link, folder, pipe or device), {EXPECTED_EN}; submit the file itself",
            )
        with path.open("rb") as file:
            data = file.read(min(status.st_size, limits.file) + 1)
    except OSError as error:
        raise Unreadable(
            source,
            f"无法打开（{error.strerror}）；请核对路径和权限",
            f"cannot be opened ({error.strerror}); check its path and permissions",
        ) from error
    if not within(data, source, limits).strip():
        raise Unreadable(
            source,
            f"文件为空，{EXPECTED_ZH}；请报送单位重新导出",
            f"the file is empty, {EXPECTED_EN}; ask the unit to export it again",
        )
    return data


def within(data: bytes, source: str, limits: Limits) -> bytes:
    """The bytes of a file. Raises Refused where they are more than a file may have."""
    if len(data) > limits.file:
        raise Refused(
            source,
            f"文件超过 {limits.file / 2**20:g} MB；请删去图片等无关内容后重新报送",
            f"larger than {limits.file / 2**20:g} MB; remove images and the like and submit it again",
        )
    return data
