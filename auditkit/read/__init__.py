"""What a file holds, as a Document: the reader is chosen by content first, by suffix second."""

from __future__ import annotations

import stat
from dataclasses import replace
from itertools import chain
from pathlib import Path

from auditkit.document import Document, Table
from auditkit.read.text import read_text
from auditkit.safety import LIMITS, Limits, Refused, Unreadable

_SAVE_AS_ZH = "请在 Word 或 WPS 中另存为 .docx 后重新报送"
_SAVE_AS_EN = "save it as .docx in Word or WPS and submit it again"

_ZIP = b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_FOREIGN = (  # the first bytes in lower case, and what they tell
    (b"%pdf-", "PDF 文件", "a PDF file"),
    (b"{\\rtf", "RTF 文件", "an RTF file"),
    (b"<html", "网页文件", "a web page"),
    (b"<!doctype", "网页文件", "a web page"),
    (b"mime-version:", "网页文件", "a web page"),
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
    """Read a Word file or a text dump.

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
    source, data = path.name, _content(path, limits)
    if data.startswith(_ZIP):
        from auditkit.read.docx import read_docx

        return read_docx(source, data, limits)
    if data.startswith(_OLE):
        raise _old_office(source, data)
    if kind := _known(data):
        _, zh, en = kind
        raise Refused(
            source,
            f"暂不支持{zh}，应为 .docx 或文本文件；{_SAVE_AS_ZH}",
            f"{en} is not supported yet, expected .docx or text; {_SAVE_AS_EN}",
        )
    document = read_text(source, data, limits)
    if path.suffix.lower() in (".docx", ".doc", ".wps"):
        doubt = f"扩展名为 {path.suffix}，内容却是文本，已按文本读取"
        return replace(document, doubts=(*document.doubts, doubt))
    return document


def _content(path: Path, limits: Limits) -> bytes:
    source = path.name
    try:
        status = path.lstat()
        if not stat.S_ISREG(status.st_mode):
            raise Refused(
                source,
                "不是普通文件（链接、文件夹、管道或设备），应为 .docx 或文本文件；请报送文件本身",
                "not a regular file (a link, folder, pipe or device), expected .docx or text; submit the file itself",
            )
        with path.open("rb") as file:
            data = file.read(min(status.st_size, limits.file) + 1)
    except OSError as error:
        raise Unreadable(
            source,
            f"无法打开（{error.strerror}）；请核对路径和权限",
            f"cannot be opened ({error.strerror}); check its path and permissions",
        ) from error
    if len(data) > limits.file:
        raise Refused(
            source,
            f"文件超过 {limits.file / 2**20:g} MB；请删去图片等无关内容后重新报送",
            f"larger than {limits.file / 2**20:g} MB; remove images and the like and submit it again",
        )
    if not data.strip():
        raise Unreadable(
            source,
            "文件为空，应为 .docx 或文本文件；请报送单位重新导出",
            "the file is empty, expected .docx or text; ask the unit to export it again",
        )
    return data


def _known(data: bytes) -> tuple[bytes, str, str] | None:
    head = data[:256].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    return next((kind for kind in _FOREIGN if head.startswith(kind[0])), None)


def _old_office(source: str, data: bytes) -> Refused:
    if "EncryptedPackage".encode("utf-16-le") in data:
        return Refused(
            source,
            "文件已加密，应为未加密的 .docx；请报送单位取消密码后重新报送",
            "the file is encrypted, expected an unencrypted .docx; ask the unit to remove the password",
        )
    return Refused(
        source,
        f"暂不支持旧版 Office 文件（.doc、.xls、.wps），应为 .docx 或文本文件；{_SAVE_AS_ZH}",
        f"an old Office file (.doc, .xls, .wps) is not supported yet, expected .docx or text; {_SAVE_AS_EN}",
    )
