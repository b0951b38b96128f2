"""The packages that office files are: parts by their relationships, declarations in any of them, and what else a zip may be."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from biff import xlsb
from formats import as_docx, as_xlsx
from specimen import DATA
from workbooks import archive, contents

from auditkit.document import Document
from auditkit.read import read
from auditkit.safety import Refused, Unreadable

SPECIMEN = read(DATA / "specimen.docx")
DTD = b'<!DOCTYPE x [<!ENTITY a "b">]>'
WORD, BOOK = as_docx(SPECIMEN), as_xlsx(SPECIMEN)


def written(folder: Path, name: str, data: bytes) -> Document:
    (folder / name).write_bytes(data)
    return read(folder / name)


def renamed(data: bytes, *changes: tuple[str, str]) -> bytes:
    """A package whose parts, and what is said of them, go by other names."""
    held = contents(data)
    for old, new in changes:
        held = {
            name.replace(old, new): part.replace(old.rpartition("/")[2].encode(), new.rpartition("/")[2].encode())
            for name, part in held.items()
        }
    return archive(held)


MOVED: dict[str, tuple[str, Callable[[], bytes]]] = {
    "main part of Word": ("a.docx", lambda: renamed(WORD, ("word/document.xml", "word/document2.xml"))),
    "Word without its folder": (
        "a.docx",
        lambda: archive(
            {
                n.replace("word/document", "main"): p.replace(b"word/document", b"main")
                for n, p in contents(WORD).items()
            }
        ),
    ),
    "main part of Excel": (
        "a.xlsx",
        lambda: renamed(BOOK, ("xl/_rels/workbook", "xl/_rels/book"), ("xl/workbook.xml", "xl/book.xml")),
    ),
    "styles and strings": (
        "a.xlsx",
        lambda: renamed(BOOK, ("xl/styles.xml", "xl/s1.xml"), ("xl/sharedStrings.xml", "xl/t1.xml")),
    ),
    "capitals": ("a.xlsx", lambda: archive({name.upper(): part for name, part in contents(BOOK).items()})),
    "small letters": ("a.docx", lambda: archive({name.lower(): part for name, part in contents(WORD).items()})),
    "absolute targets": (
        "a.xlsx",
        lambda: archive(
            {n: p.replace(b'Target="worksheets', b'Target="/xl/worksheets') for n, p in contents(BOOK).items()}
        ),
    ),
}


@pytest.mark.parametrize("name", MOVED)
def test_parts_are_found_by_their_relationships_and_without_regard_to_case(name, tmp_path):
    suffix, make = MOVED[name]
    wanted = written(tmp_path, f"b{Path(suffix).suffix}", WORD if suffix.endswith("docx") else BOOK)
    assert written(tmp_path, suffix, make()).blocks == wanted.blocks


def test_a_decoy_under_the_usual_name_is_not_read(tmp_path):
    """What Word shows is the part that the package names, whatever lies beside it."""
    held = contents(renamed(WORD, ("word/document.xml", "word/document2.xml")))
    decoy = contents(WORD)["word/document.xml"].replace("公里".encode(), "海里".encode())
    document = written(tmp_path, "a.docx", archive(held | {"word/document.xml": decoy}))
    assert document.blocks == written(tmp_path, "b.docx", WORD).blocks


PACKAGES = {
    "specimen.docx": (DATA / "specimen.docx").read_bytes(),
    "specimen.xlsx": (DATA / "specimen.xlsx").read_bytes(),
    "a.xlsb": xlsb(b""),
    "a.odt": archive(
        {
            "mimetype": "application/vnd.oasis.opendocument.text",
            **dict.fromkeys(("content.xml", "styles.xml", "META-INF/manifest.xml"), "<x/>"),
        },
        0,
    ),
}
XML_PARTS = [
    (name, part) for name, data in PACKAGES.items() for part in contents(data) if part.endswith((".xml", ".rels"))
]


@pytest.mark.parametrize(("name", "part"), XML_PARTS, ids=lambda one: one)
def test_a_declaration_in_any_part_is_refused(name, part, tmp_path):
    held = contents(PACKAGES[name])
    head, mark, rest = held[part].partition(b"?>") if held[part].startswith(b"<?xml") else (b"", b"", held[part])
    with pytest.raises(Refused, match="DTD"):
        written(tmp_path, name, archive(held | {part: head + mark + DTD + rest}, 0))


@pytest.mark.parametrize(
    "before", [b"<!-- a -->" * 300, b"<?a b?>" * 400, b"\n \t" * 800, b"<!--" + b"<x>" * 900 + b"-->"]
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_declaration_is_found_behind_whatever_may_stand_before_it(before, encoding, tmp_path):
    held = contents(PACKAGES["specimen.xlsx"])
    part = f"{before.decode()}{DTD.decode()}<x/>".encode(encoding)
    with pytest.raises(Refused, match="DTD"):
        written(tmp_path, "a.xlsx", archive(held | {"docProps/custom.xml": part}))
    without = archive(held | {"docProps/custom.xml": f"{before.decode()}<x/>".encode(encoding)})
    assert written(tmp_path, "b.xlsx", without).blocks == read(DATA / "specimen.xlsx").blocks


def test_a_picture_may_declare_what_pictures_do(tmp_path):
    svg = b'<?xml version="1.0"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/x.dtd"><svg/>'
    held = contents(PACKAGES["specimen.docx"])
    document = written(tmp_path, "a.docx", archive(held | {"word/media/image1.svg": svg}))
    assert document.blocks == read(DATA / "specimen.docx").blocks


OTHERS = {
    "a.ofd": (archive({"OFD.xml": "<x/>", "Doc_0/Document.xml": "<x/>"}), "OFD 版式文件", "导出为 PDF"),
    "a.pptx": (archive({"ppt/presentation.xml": "<x/>"}), "PowerPoint", "另存为 .docx"),
    "a.odp": (archive({"mimetype": "application/zip", "content.xml": "<x/>"}, 0), "OpenDocument", "另存为 .docx"),
    "a.zip": (archive({"一.docx": WORD, "二.xlsx": BOOK}), "压缩包", "解压后逐个报送"),
    "a.rar": (b"Rar!\x1a\x07\x00" + bytes(99), "压缩包", "解压后逐个报送"),
    "a.gz": (b"\x1f\x8b\x08" + bytes(99), "压缩包", "解压后逐个报送"),
    "a.png": (b"\x89PNG\r\n\x1a\n" + bytes(64), "图片", "ocrmypdf"),
    "a.bmp": (b"BM" + bytes(64), "图片", "ocrmypdf"),
    "a.caj": (b"CAJ\0" + bytes(64), "CAJ", "导出为 PDF"),
    "a.eml": (b"Received: from x\r\nSubject: y\r\n\r\nz", "邮件", "附件另存"),
    "a.xml": (b'<?xml version="1.0"?><x/>', "XML", "另存为 .docx"),
}


@pytest.mark.parametrize("name", OTHERS)
def test_what_is_not_read_is_named_with_what_to_do(name, tmp_path):
    data, called, advice = OTHERS[name]
    with pytest.raises(Refused) as refused:
        written(tmp_path, name, data)
    assert called in refused.value.zh
    assert advice in refused.value.zh
    assert refused.value.en.isascii()


@pytest.mark.parametrize("name", ["表.xlsx", "表.xls", "表.et", "表.ods", "表.xlsb"])
@pytest.mark.parametrize("fault", ["damaged", "declared", "encrypted", "truncated"])
def test_nobody_is_told_to_save_a_workbook_as_a_word_file(fault, name, tmp_path):
    from workbooks import compound

    held = contents(BOOK)
    data = {
        "damaged": archive(held | {"xl/workbook.xml": b"<x"}),
        "declared": archive(held | {"xl/workbook.xml": DTD + b"<x/>"}),
        "encrypted": compound({"EncryptedPackage": b"x"}),
        "truncated": BOOK[:1500],
    }[fault]
    with pytest.raises(Unreadable) as refused:
        written(tmp_path, name, data)
    assert ".docx" not in refused.value.zh
    assert ".docx" not in refused.value.en
