"""Which reader takes a file, and what is turned away at the border."""

import contextlib
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from workbooks import archive, compound

from auditkit.document import Document, Table
from auditkit.read import read
from auditkit.safety import Limits, Refused, Unreadable

DATA = Path(__file__).parents[2] / "data"
DUMP = DATA / "2021" / "2021_self_evaluation_forms.txt"
WORD = sorted((DATA / "2021").glob("*.docx"))


def texts(document: Document) -> list[object]:
    return [
        [[cell.text for cell in row] for row in block.rows] if isinstance(block, Table) else block.text
        for block in document.blocks
    ]


def test_the_seed_dump_has_eight_forms():
    document = read(DUMP)
    tables = [block for block in document.blocks if isinstance(block, Table)]
    widths = [[len(row) for row in table.rows] for table in tables]
    assert document.doubts == ()
    assert len(tables) == 8
    assert {tuple(w[:11]) for w in widths} == {(1, 1, 2, 4, 8, 8, 8, 8, 8, 3, 3)}
    assert {set(w[11:-1]) == {9} for w in widths} == {True}
    assert sum(w.count(9) - 1 for w in widths) == 129


def test_the_word_files_say_what_the_dump_says():
    assert [text for path in WORD for text in texts(read(path))] == texts(read(DUMP))
    assert texts(read(DATA / "specimen.docx")) == texts(read(DATA / "specimen.txt"))


def test_every_row_of_the_word_files_covers_the_same_grid():
    for path in (*WORD, DATA / "specimen.docx"):
        table = next(block for block in read(path).blocks if isinstance(block, Table))
        assert {row[-1].grid + row[-1].span for row in table.rows} == {10}


def test_a_place_is_in_the_file_and_can_be_followed():
    document = read(DUMP)
    caption, table = document.blocks[14], document.blocks[15]
    assert document.source == DUMP.name
    assert str(caption.at) == "第8段（第1783行文本）"
    assert str(table.rows[2][1].at) == "表8 第3行第2列（第1789行文本）"
    assert str(read(WORD[7]).blocks[1].rows[2][1].at) == "表1 第3行第2列"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_encodings_and_line_ends_make_no_difference(tmp_path, encoding, end):
    text = DUMP.read_text("utf-8")
    path = tmp_path / DUMP.name
    path.write_bytes(text.replace("\n", end).encode(encoding))
    plain = tmp_path / "plain" / DUMP.name
    plain.parent.mkdir()
    plain.write_text(text, "utf-8")
    assert read(path) == read(plain)


TURNED_AWAY = {
    "空.docx": (b"", Unreadable, "为空"),
    "空白.txt": (b" \n\t\n", Unreadable, "为空"),
    "截断.docx": (WORD[0].read_bytes()[:20_000], Unreadable, "损坏"),
    "压缩包.docx": (archive({"a.txt": b"x"}), Unreadable, "缺少 word/document.xml"),
    "表.xlsx": (archive({"xl/workbook.xml": b"<x/>"}), Unreadable, "缺少 xl/_rels/workbook.xml.rels"),
    "炸弹.docx": (archive({"word/document.xml": b" " * 3_000_000}), Refused, "安全限制"),
    "炸弹二.docx": (archive({"word/document.xml": b"<x/>", "a": b"0" * 3_000_000}), Refused, "安全限制"),
    "怪压缩.docx": (archive({"word/document.xml": b"<x/>"}, zipfile.ZIP_BZIP2), Unreadable, "损坏"),
    "部件.docx": (archive({"word/document.xml": b"<x/>"} | {str(n): b"" for n in range(2001)}), Refused, "部件过多"),
    "不是正文.docx": (archive({"word/document.xml": b"<x/>"}), Unreadable, "损坏"),
    "坏XML.docx": (archive({"word/document.xml": b"<x>"}), Unreadable, "损坏"),
    "加密.docx": (compound({"EncryptedPackage": b"x", "EncryptionInfo": b"x"}), Refused, "加密"),
    "旧.ppt": (compound({"PowerPoint Document": b"x"}), Refused, "另存为 .docx"),
    "旧.doc": (compound({"WordDocument": b"x"})[:600], Unreadable, "损坏"),
    "坏.pdf": (b"%PDF-1.7\n\xff\xff", Unreadable, "PDF"),
    "照片.jpg": (b"\xff\xd8\xff\xe0\0\0", Refused, "图片"),
    "网页.doc": (b"<HTML><body>x</body></html>", Unreadable, "没有表格"),
    "乱码.txt": (bytes(range(256)) * 4, Unreadable, "不是文本"),
    "控制符.txt": (b"\x01\x02ab" * 9, Unreadable, "不是文本"),
    "半个字.bin": (b"\xff\x00\xfe", Unreadable, "不是文本"),
}


@pytest.mark.parametrize("name", TURNED_AWAY)
def test_turned_away_with_the_files_name_and_what_to_do(tmp_path, name):
    content, kind, words = TURNED_AWAY[name]
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(Unreadable) as caught:
        read(path)
    assert caught.value.status == kind.status
    assert name in str(caught.value)
    assert words in str(caught.value)
    assert "请" in caught.value.zh
    assert caught.value.en.isascii()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("declaration", ['<!DOCTYPE x [<!ENTITY a "b">]>', '<!DOCTYPE x SYSTEM "file:///etc/passwd">'])
def test_declarations_are_refused_before_parsing(tmp_path, encoding, declaration):
    path = tmp_path / "a.docx"
    path.write_bytes(archive({"word/document.xml": f"{declaration}<x/>".encode(encoding)}))
    with pytest.raises(Refused, match="DTD"):
        read(path)


def test_limits_are_overridable(tmp_path):
    with pytest.raises(Refused, match="超过"):
        read(DUMP, Limits(file=100))
    for path in (DUMP, WORD[0]):
        with pytest.raises(Refused, match="单元格超过 10 个"):
            read(path, Limits(cells=10))


def test_only_regular_files_are_opened(tmp_path):
    (tmp_path / "link.txt").symlink_to(DUMP)
    os.mkfifo(tmp_path / "pipe.txt")
    for path in (tmp_path / "link.txt", tmp_path / "pipe.txt", tmp_path):
        with pytest.raises(Refused, match="不是普通文件"):
            read(path)
    with pytest.raises(Unreadable, match="无法打开"):
        read(tmp_path / "none.txt")


def test_a_damaged_word_file_never_raises_anything_else(tmp_path):
    whole = WORD[1].read_bytes()
    path = tmp_path / "damaged.docx"
    for at in range(0, len(whole), 199):
        for damaged in (whole[: at + 5], whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :]):
            path.write_bytes(damaged)
            with contextlib.suppress(Unreadable):
                read(path)


def test_text_under_a_word_name_is_read_with_a_doubt(tmp_path):
    path = tmp_path / "form.docx"
    path.write_bytes(DUMP.read_bytes())
    assert texts(read(path)) == texts(read(DUMP))
    assert "内容却是文本" in read(path).doubts[0]


def test_lxml_is_imported_only_for_a_word_file():
    code = "import sys, auditkit.read; assert 'lxml' not in sys.modules and 'zipfile' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
