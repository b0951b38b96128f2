"""What is not read: named as what it is, with what its sender can do."""

from __future__ import annotations

from collections.abc import Collection

from auditkit.errors.files import UnsupportedKind
from auditkit.safety import HINTS

WORDS, SHEETS = HINTS["save_as"], HINTS["save_sheet"]
_PAPER = "请用原来的软件导出为 PDF，或报送 Word 原件", "export it as PDF with its own program, or submit the Word file"
_SCAN = f"{HINTS['original'][0]}；{HINTS['scan'][0]}", f"{HINTS['original'][1]}; {HINTS['scan'][1]}"
_UNPACK = "请解压后逐个报送其中的文件", "unpack it and submit the files in it"
_ATTACHED = "请把附件另存后报送", "save what is attached and submit that"
_SHEET_SUFFIXES = (".xlsx", ".xls", ".xlsm", ".xlsb", ".et", ".ett", ".ods", ".csv")
_ARCHIVE = "压缩包", "an archive", _UNPACK
_IMAGE = "图片", "an image", _SCAN
_HEADS = (  # the first bytes in lower case
    (b"\x89png", _IMAGE),
    (b"\xff\xd8\xff", _IMAGE),
    (b"gif8", _IMAGE),
    (b"ii*\0", _IMAGE),
    (b"mm\0*", _IMAGE),
    (b"bm", _IMAGE),
    (b"riff", _IMAGE),
    (b"rar!", _ARCHIVE),
    (b"7z\xbc\xaf", _ARCHIVE),
    (b"\x1f\x8b", _ARCHIVE),
    (b"bzh", _ARCHIVE),
    (b"\xfd7zxz", _ARCHIVE),
    (b"caj", ("CAJ 文献", "a CAJ file", _PAPER)),
    (b"%!ps", ("PostScript 文件", "a PostScript file", _PAPER)),
    (b"mz", ("程序", "a program", WORDS)),
    (b"\x7felf", ("程序", "a program", WORDS)),
    (b"sqlite format 3", ("数据库", "a database", SHEETS)),
    (b"received:", ("邮件", "a mail message", _ATTACHED)),
    (b"return-path:", ("邮件", "a mail message", _ATTACHED)),
    (b"<?xml", ("这种 XML 文件", "this XML file", WORDS)),
)
_PARTS = (  # a part of a zip file, in lower case
    ("ofd.xml", ("OFD 版式文件", "an OFD file", _PAPER)),
    ("ppt/", ("PowerPoint 文件", "a PowerPoint file", WORDS)),
    ("content.xml", ("这种 OpenDocument 文件", "this OpenDocument file", WORDS)),
    ("mimetype", ("这种 OpenDocument 文件", "this OpenDocument file", WORDS)),
    ("meta-inf/manifest.mf", ("程序", "a program", WORDS)),
)
_STREAMS = (  # a stream of a compound file
    ("PowerPoint Document", ("旧版 PowerPoint 文件", "an old PowerPoint file", WORDS)),
    ("VisioDocument", ("Visio 文件", "a Visio file", WORDS)),
    ("__properties_version1.0", ("Outlook 邮件", "an Outlook message", _ATTACHED)),
)
_FORMS = (".docx", ".doc", ".wps", ".xlsx", ".xls", ".et", ".pdf")
Named = tuple[str, str, tuple[str, str]]


def refuse(source: str, named: Named) -> UnsupportedKind:
    """The refusal of a file that is something else."""
    zh, en, advice = named
    return UnsupportedKind(source, kind=(zh, en), save_as=advice)


def suffix_for(source: str) -> str:
    """The suffix that a file of this name is best submitted with."""
    return ".xlsx" if source.lower().endswith(_SHEET_SUFFIXES) else ".docx"


def save_again(source: str) -> tuple[str, str]:
    """What to save a file of this name as, in Chinese and English."""
    return SHEETS if suffix_for(source) == ".xlsx" else WORDS


def named_by_head(head: bytes) -> Named | None:
    """What a file is by its first bytes in lower case; None where they say nothing."""
    marks = (named for start, named in _HEADS if head.startswith(start) and (len(start) > 2 or b"\0" in head))
    return next(marks, None)


def named_by_parts(names: Collection[str]) -> Named | None:
    """What a zip file is by the names of its parts in lower case; None where they say nothing."""
    found = next((named for part, named in _PARTS if any(name.startswith(part) for name in names)), None)
    return _ARCHIVE if found is None and any(name.endswith(_FORMS) for name in names) else found


def named_by_streams(names: Collection[str]) -> Named:
    """What a compound file without a document or workbook is by the names of its streams."""
    unknown = "旧版 Office 文件", "an old Office file", WORDS
    return next((named for stream, named in _STREAMS if stream in names), unknown)
