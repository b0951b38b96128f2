"""Old Office files: what a compound file holds, binary workbooks, and LibreOffice kept on a short lead."""

import contextlib
import io
import os
import re
import socket
import struct
import threading
import time
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook
from specimen import DATA
from workbooks import HEAD, archive, as_xlsx, compound, converted, needs_soffice, parts

from auditkit.document import At, Table
from auditkit.parse.form import parse
from auditkit.read import libreoffice as legacy
from auditkit.read import read
from auditkit.safety import Limits, Refused, Unreadable

SPECIMEN = DATA / "specimen.docx"
SEEDS = sorted((DATA / "2021").glob("*.docx"))


def written(folder: Path, name: str, data: bytes) -> Path:
    (folder / name).write_bytes(data)
    return folder / name


def texts(path: Path) -> list[list[list[str]]]:
    return [[[c.text for c in row] for row in block.rows] for block in read(path).blocks if isinstance(block, Table)]


# By LibreOffice.


@needs_soffice
@pytest.mark.parametrize(
    ("name", "target", "form"),
    [("a.rtf", "rtf", SPECIMEN), ("a.doc", "rtf", SEEDS[5]), ("a.odt", "odt", SPECIMEN)],
)
def test_a_text_document_gives_the_same_form(name, target, form, tmp_path):
    path = written(tmp_path, name, converted(form.read_bytes(), ".docx", target, tmp_path))
    (found,), (wanted,) = parse(read(path)), parse(read(form))
    assert found == wanted
    assert found.doubts == ()


@needs_soffice
def test_an_opendocument_sheet_gives_the_same_form(tmp_path):
    path = written(tmp_path, "a.ods", converted((DATA / "specimen.xlsx").read_bytes(), ".xlsx", "ods", tmp_path))
    assert parse(read(path)) == parse(read(SPECIMEN))


def linked(address: str, file: str) -> bytes:
    """An OpenDocument text with a picture from an address and a section from a file."""
    names = "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{space}:1.0"'
        for name, space in (("office", "office"), ("text", "text"), ("draw", "drawing"))
    )
    body = (
        f'<text:p>正文</text:p><text:section text:name="s"><text:section-source xlink:href="{file}"/></text:section>'
        f'<text:p><draw:frame><draw:image xlink:href="{address}" xlink:type="simple" xlink:actuate="onLoad"/></draw:frame></text:p>'
    )
    content = (
        f'{HEAD}<office:document-content{names} xmlns:xlink="http://www.w3.org/1999/xlink" office:version="1.2">'
        f"<office:body><office:text>{body}</office:text></office:body></office:document-content>"
    )
    kind, space = "application/vnd.oasis.opendocument.text", "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
    entries = "".join(
        f'<m:file-entry m:full-path="{path}" m:media-type="{media}"/>'
        for path, media in (("/", kind), ("content.xml", "text/xml"))
    )
    manifest = f'{HEAD}<m:manifest xmlns:m="{space}">{entries}</m:manifest>'
    return archive({"mimetype": kind, "content.xml": content, "META-INF/manifest.xml": manifest}, 0)


@needs_soffice
@pytest.mark.parametrize(("profile", "isolated"), [(True, True), (True, False), (False, True), (False, False)])
def test_no_link_is_followed(profile, isolated, tmp_path, monkeypatch):
    """The profile and the lack of a network each keep LibreOffice from asking; with neither it does ask."""
    if not profile:
        monkeypatch.setattr(legacy, "_PROFILE", re.sub("<item.*</item>", "", legacy._PROFILE, flags=re.DOTALL))
    if not isolated:
        monkeypatch.setattr(legacy, "_isolated", lambda: ())
    asked = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def listen() -> None:
            with contextlib.suppress(OSError):
                server.accept()[0].close()
                asked.set()

        threading.Thread(target=listen, daemon=True).start()
        secret = written(tmp_path, "secret.txt", "机密内容".encode())
        data = linked(f"http://127.0.0.1:{server.getsockname()[1]}/a.png", secret.as_uri())
        blocks = read(written(tmp_path, "a.odt", data), Limits(seconds=120)).blocks
    assert [block.text for block in blocks] == ["正文"]
    assert asked.is_set() is not (profile or isolated)


@needs_soffice
@pytest.mark.parametrize(
    "data",
    [
        compound({"WordDocument": b"x"}),
        compound({"WordDocument": "项目名称".encode("utf-16-le") * 500}),
        archive({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "<x/>"}, 0),
    ],
)
def test_what_libreoffice_makes_nothing_of_is_an_error(data, tmp_path):
    path = written(tmp_path, "a.doc", data)
    with pytest.raises(Unreadable, match="请"):
        parse(read(path))


@needs_soffice
def test_nothing_is_left_behind(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    legacy.read_by_office("a.rtf", b"{\\rtf1 a\\par}", ".rtf")
    assert list(tmp_path.iterdir()) == []


def test_without_libreoffice_the_message_says_how_to_get_it(monkeypatch):
    monkeypatch.setattr("shutil.which", lambda name: None)
    with pytest.raises(Refused, match="apt install libreoffice-writer-nogui"):
        legacy.read_by_office("a.rtf", b"{\\rtf1 a\\par}", ".rtf")


def stand_in(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str, network: bool = False) -> None:
    """A program in LibreOffice's place; with `network`, on a system that cannot take the network from it."""
    program = written(folder, "soffice", f"#!/bin/sh\n{script}\n".encode())
    program.chmod(0o755)
    monkeypatch.setattr("shutil.which", lambda name: str(program) if name == "soffice" else None)
    monkeypatch.setattr(legacy, "_isolated", lambda: None if network else ())


@pytest.mark.skipif(os.name == "nt", reason="the stand-in is a shell script")
def test_libreoffice_does_not_run_with_the_network_unless_told_to(tmp_path, monkeypatch):
    stand_in(tmp_path, monkeypatch, f"touch {tmp_path}/ran", network=True)
    with pytest.raises(Refused, match="断网"):
        legacy.read_by_office("a.rtf", b"{\\rtf1}", ".rtf")
    assert not (tmp_path / "ran").exists()
    with pytest.raises(Unreadable, match="无法读取"):  # it ends with 0 and writes nothing
        legacy.read_by_office("a.rtf", b"{\\rtf1}", ".rtf", Limits(offline_only=False))
    assert (tmp_path / "ran").exists()


@pytest.mark.skipif(os.name == "nt", reason="the stand-in is a shell script")
def test_the_whole_group_ends_at_the_deadline(tmp_path, monkeypatch):
    stand_in(tmp_path, monkeypatch, f"(sleep 100000; touch {tmp_path}/late) & echo $! > {tmp_path}/child; wait")
    with pytest.raises(Refused, match="超过 1 秒"):
        legacy.read_by_office("a.rtf", b"{\\rtf1}", ".rtf", Limits(seconds=1))
    child = int((tmp_path / "child").read_text())
    state = Path(f"/proc/{child}/stat")
    while state.exists() and state.read_text().split()[2] != "Z":  # killed, and gone when the system has time for it
        time.sleep(0.05)
    assert not (tmp_path / "late").exists()


@pytest.mark.skipif(os.name == "nt", reason="the stand-in is a shell script")
def test_the_output_is_read_as_any_other_file(tmp_path, monkeypatch):
    bomb = written(tmp_path, "bomb", archive({"word/document.xml": b" " * 3_000_000}))
    stand_in(tmp_path, monkeypatch, f'while [ "$1" != --outdir ]; do shift; done; mkdir "$2"; cp {bomb} "$2/form.docx"')
    with pytest.raises(Refused, match="安全限制"):
        legacy.read_by_office("a.rtf", b"{\\rtf1}", ".rtf")
    with pytest.raises(Refused, match="转换后超过"):
        legacy.read_by_office("a.rtf", b"{\\rtf1}", ".rtf", Limits(file=1000))


# Compound files.


@pytest.mark.parametrize(
    ("streams", "kind", "words"),
    [
        ({"EncryptedPackage": b"x"}, Refused, "加密"),
        ({"WordDocument": b"\xec\xa5\xc1\0" + bytes(7) + b"\1"}, Refused, "加密"),
        ({"PowerPoint Document": b"x"}, Refused, "不是 Word 文档或 Excel 工作簿"),
        ({}, Refused, "不是 Word 文档或 Excel 工作簿"),
        ({"Workbook": b"noise"}, Unreadable, "损坏"),
    ],
)
def test_a_compound_file_is_what_it_holds(streams, kind, words, tmp_path):
    with pytest.raises(Unreadable, match=words) as caught:
        read(written(tmp_path, "a.doc", compound(streams)))
    assert caught.value.status == kind.status


@pytest.mark.parametrize("name", ["a.doc", "a.xls"])
def test_the_name_makes_no_difference(name, tmp_path):
    assert texts(written(tmp_path, name, SPECIMEN.read_bytes())) == texts(SPECIMEN)
    workbook = as_xlsx(read(SPECIMEN))
    assert texts(written(tmp_path, name, workbook)) == texts(written(tmp_path, "a.xlsx", workbook))


# Binary workbooks.


def record(kind: int, *fields: bytes) -> bytes:
    body = b"".join(fields)
    return struct.pack("<HH", kind, len(body)) + body


def xls(cells: bytes, formats: tuple[str, ...] = (), state: int = 0, more: bytes = b"") -> bytes:
    """A workbook of one sheet: style 0 has no format, style n the nth."""
    begin = record(0x809, struct.pack("<HHHHII", 0x600, 5, 0, 0, 0, 0)) + more
    for n, code in enumerate(formats, 164):
        begin += record(0x41E, struct.pack("<HHB", n, len(code), 0), code.encode("latin-1"))
    for n in (0, *range(164, 164 + len(formats))):
        begin += record(0xE0, struct.pack("<HH", 0, n), bytes(16))
    size = len(begin) + 4 + 8 + 1 + 4
    begin += record(0x85, struct.pack("<IBBBB", size, state, 0, 1, 0), b"S") + record(0x0A)
    assert len(begin) == size
    body = record(0x809, struct.pack("<HHHHII", 0x600, 16, 0, 0, 0, 0)) + cells + record(0x0A)
    return compound({"Workbook": begin + body})


def real(row: int, column: int, value: float, style: int = 0) -> bytes:
    return record(0x203, struct.pack("<HHHd", row, column, style, value))


def label(row: int, column: int, text: str) -> bytes:
    return record(0x204, struct.pack("<HHHHB", row, column, 0, len(text), 1), text.encode("utf-16-le"))


def test_an_xls_is_read_as_it_is_printed(tmp_path):
    cells = (
        real(0, 1, 0.88, 1) + real(0, 2, 1234.5, 2) + real(0, 3, 90.0) + real(0, 4, 0.1 + 0.2) + real(0, 5, 44561.0, 3)
    )
    cells += record(0xBD, struct.pack("<HHHIHIH", 1, 1, 1, 95 << 2 | 3, 0, 7 << 2 | 2, 2)) + label(2, 1, "合计")
    path = written(tmp_path, "a.xls", xls(cells, ("0%", "#,##0.00", "yyyy-mm-dd")))
    assert texts(path) == [
        [["88%", "1,234.50", "90", "0.3", "2021-12-31"], ["95%", "7", "", "", ""], ["合计", "", "", "", ""]]
    ]
    assert str(read(path).blocks[0].rows[0][0].at) == "S!B1"


def test_hidden_rows_columns_merges_and_errors_of_an_xls(tmp_path):
    cells = record(0x208, struct.pack("<HHHHHHHH", 1, 0, 9, 255, 0, 0, 0x20, 0))
    cells += record(0x7D, struct.pack("<HHHHHH", 2, 2, 0, 0, 1, 0))
    cells += label(0, 0, "a") + label(0, 2, "x") + label(1, 0, "y") + label(2, 0, "b") + label(2, 3, "c")
    cells += record(0x205, struct.pack("<HHHBB", 3, 3, 0, 0x17, 1)) + record(0xE5, struct.pack("<HHHHH", 1, 0, 0, 0, 1))
    document = read(written(tmp_path, "a.xls", xls(cells)))
    assert texts(tmp_path / "a.xls") == [[["a", ""], ["b", "", "c"], ["", "", "#REF!"]]]
    assert document.blocks[0].rows[0][0].span == 2
    assert "隐藏行列中有 2 处" in document.doubts[0]
    assert "1 个单元格是公式错误值" in document.doubts[1]


@pytest.mark.parametrize(
    ("data", "kind", "words"),
    [
        (xls(b"".join(real(n, 0, 1.0) for n in range(2001))), Refused, "单元格超过 2000 个"),
        (xls(b"".join(real(n, 0, 1.0) for n in range(2100)), more=record(0x2F, bytes(54))), Refused, "加密"),
        (xls(real(0, 0, 1.0), state=1), Unreadable, "没有可见的文字"),
        (xls(b""), Unreadable, "没有可见的文字"),
        (xls(real(0, 0, 1.0)[:-3]), Unreadable, "损坏"),
    ],
)
def test_an_xls_that_is_turned_away(data, kind, words, tmp_path):
    with pytest.raises(Unreadable, match=words) as caught:
        read(written(tmp_path, "a.xls", data), Limits(cells=2000))
    assert caught.value.status == kind.status


@pytest.mark.parametrize("name", ["a.xls", "a.xlsb"])
def test_a_stray_cell_or_a_stated_size_costs_nothing(name, tmp_path):
    if name == "a.xls":
        size = record(0x200, struct.pack("<IIHHH", 0, 2**32 - 1, 0, 255, 0))
        data = xls(size + real(0, 0, 1.0) + real(65535, 255, 1.0))
    else:
        one, far = (packed(5, struct.pack("<IId", column, 0, 1)) for column in (0, 16383))
        data = xlsb(rows(0, one) + rows(1048575, far), last=(2**32 - 1, 2**32 - 1))
    assert texts(written(tmp_path, name, data)) == [[["1"]]]
    assert "远在表格之外" in read(tmp_path / name).doubts[0]


@needs_soffice
def test_an_xls_has_the_values_that_calamine_finds(tmp_path):
    data = converted(as_xlsx(read(SEEDS[0])), ".xlsx", "xls", tmp_path)
    theirs = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
    ours = {
        str(cell.at): cell.text
        for row in read(written(tmp_path, "a.xls", data)).blocks[0].rows
        for cell in row
        if cell.text
    }
    places = (
        (At(sheet="自评表", row=r, column=c), text) for r, row in enumerate(theirs, 1) for c, text in enumerate(row, 1)
    )
    assert ours == {str(at): text.strip() for at, text in places if text}


def test_a_damaged_xls_never_raises_anything_else(tmp_path):
    cells = real(0, 0, 0.88, 1) + label(1, 1, "项目") + record(0xE5, struct.pack("<HHHHH", 1, 0, 0, 0, 1))
    whole = xls(cells, ("0%",))
    path = tmp_path / "a.xls"
    places = [*range(0, 1100, 7), *range(4600, len(whole), 13)]
    for at in places:
        for damaged in (whole[: at + 5], whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :]):
            path.write_bytes(damaged)
            with contextlib.suppress(Unreadable):
                read(path)


def packed(kind: int, *fields: bytes) -> bytes:
    body = b"".join(fields)
    head = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
    return head + bytes([len(body)]) + body


def wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def xlsb(cells: bytes, state: int = 0, code: str = "0%", last: tuple[int, int] = (9, 9)) -> bytes:
    extent = struct.pack("<IIII", 0, last[0], 0, last[1])
    made = parts({"S": ""})
    styles = packed(44, struct.pack("<H", 164), wide(code)) + packed(617, struct.pack("<I", 2))
    styles += (
        packed(47, struct.pack("<HH", 0, 0), bytes(12))
        + packed(47, struct.pack("<HH", 0, 164), bytes(12))
        + packed(618)
    )
    book = packed(143) + packed(156, struct.pack("<II", state, 1), wide("r1"), wide("表")) + packed(144)
    return archive(
        {
            "[Content_Types].xml": made["[Content_Types].xml"],
            "xl/workbook.bin": packed(131) + book + packed(132),
            "xl/_rels/workbook.bin.rels": made["xl/_rels/workbook.xml.rels"].replace("sheet1.xml", "sheet1.bin"),
            "xl/styles.bin": styles,
            "xl/worksheets/sheet1.bin": packed(129)
            + packed(148, extent)
            + packed(145)
            + cells
            + packed(146)
            + packed(130),
        }
    )


def rows(number: int, *cells: bytes, hidden: bool = False) -> bytes:
    return packed(0, struct.pack("<IIHBBB", number, 0, 255, 0, 0x10 * hidden, 0), bytes(4)) + b"".join(cells)


def test_an_xlsb_is_read_as_it_is_printed(tmp_path):
    cells = rows(1, packed(6, struct.pack("<II", 1, 0), wide("执行率")), packed(5, struct.pack("<IId", 2, 1, 0.88)))
    cells += rows(2, packed(6, struct.pack("<II", 1, 0), wide("藏")), hidden=True)
    cells += rows(3, packed(2, struct.pack("<III", 2, 0, 7 << 2 | 2)), packed(3, struct.pack("<IIB", 3, 0, 0x17)))
    cells += packed(146) + packed(176, struct.pack("<IIII", 3, 3, 1, 1))
    path = written(tmp_path, "a.xlsb", xlsb(cells))
    assert texts(path) == [[["执行率", "88%", ""], ["", "7", "#REF!"]]]
    assert str(read(path).blocks[0].rows[1][1].at) == "表!C4"
    assert ["隐藏行列" in doubt or "公式错误值" in doubt for doubt in read(path).doubts] == [True, True]


@pytest.mark.parametrize(
    ("data", "kind", "words"),
    [
        (xlsb(b"".join(rows(n, packed(5, struct.pack("<IId", 0, 0, 1))) for n in range(2001))), Refused, "单元格超过 2000 个"),
        (xlsb(rows(0, packed(7, struct.pack("<III", 0, 0, 9)))), Unreadable, "损坏"),
        (xlsb(rows(0, packed(5, struct.pack("<IId", 0, 0, 1))), state=1), Unreadable, "没有可见的文字"),
        (xlsb(rows(0)[:-9]), Unreadable, "请"),
    ],
)  # fmt: skip
def test_an_xlsb_that_is_turned_away(data, kind, words, tmp_path):
    with pytest.raises(Unreadable, match=words) as caught:
        read(written(tmp_path, "a.xlsb", data), Limits(cells=2000))
    assert caught.value.status == kind.status
