"""Binary workbooks, .xls and .xlsb: what is taken from them, and what is turned away."""

import contextlib
import io
import struct
from pathlib import Path

import pytest
from biff import label, packed, real, record, rows, wide, xls, xlsb
from python_calamine import CalamineWorkbook
from specimen import DATA
from workbooks import archive, as_xlsx, compound, converted, line, needs_soffice, parts, said, sheet

from auditkit.document import At, Table
from auditkit.read import read
from auditkit.safety import Limits, Refused, Unreadable

SEEDS = sorted((DATA / "2021").glob("*.docx"))


def written(folder: Path, name: str, data: bytes) -> Path:
    (folder / name).write_bytes(data)
    return folder / name


def texts(path: Path) -> list[list[list[str]]]:
    return [[[c.text for c in row] for row in block.rows] for block in read(path).blocks if isinstance(block, Table)]


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


@needs_soffice
def test_a_letter_of_two_halves_is_whole_where_a_record_ends_between_them(tmp_path):
    """Rare letters of names stand outside the first plane; LibreOffice parts them where a record of the texts is full."""
    names = {f"A{n}": "𠮷" * (n % 50 + 1) + f"{n}号" for n in range(1, 400)}
    data = archive(parts({"S": sheet("".join(line(int(at[1:]), said(at, name)) for at, name in names.items()))}))
    path = written(tmp_path, "a.xls", converted(data, ".xlsx", "xls", tmp_path))
    assert [row[0] for row in texts(path)[0]] == [*names.values()]


def test_a_workbook_of_excel_95_is_read_in_the_chinese_encoding(tmp_path):
    """Its texts are bytes, and what WPS and others wrote rarely said of which encoding."""

    def text(row: int, column: int, text: str) -> bytes:
        data = text.encode("gb18030")
        return record(0x204, struct.pack("<HHHH", row, column, 0, len(data)), data)

    head = record(0x809, struct.pack("<HHHH", 0x500, 5, 0, 0)) + record(0x41E, struct.pack("<HB", 164, 2), b"0%")
    head += b"".join(record(0xE0, struct.pack("<HH", 0, n), bytes(12)) for n in (0, 164))
    name = "自评表".encode("gb18030")
    size = len(head) + 4 + 7 + len(name) + 4
    head += record(0x85, struct.pack("<IBBB", size, 0, 0, len(name)), name) + record(0x0A)
    assert len(head) == size
    body = (
        record(0x809, struct.pack("<HHHH", 0x500, 16, 0, 0)) + text(0, 0, "执行率") + real(0, 1, 0.88, 1) + record(0x0A)
    )
    for name, data in (("a.xls", compound({"Book": head + body})), ("b.xls", head + body)):
        path = written(tmp_path, name, data)
        assert texts(path) == [[["执行率", "88%"]]]
        assert str(read(path).blocks[0].rows[0][0].at) == "自评表!A1"


def test_a_record_that_claims_all_cells_costs_nothing(tmp_path):
    """A link over the whole sheet, of which xlrd alone makes sixteen million entries, and a name that is no formula."""
    moniker = bytes.fromhex("d0c9ea79f9bace118c8200aa004ba90b") + struct.pack("<II", 2, 0)
    link = record(0x1B8, struct.pack("<HHHH", 0, 65535, 0, 255), moniker)
    broken = record(0x18, struct.pack("<HBBHHHBBBB", 0, 0, 200, 9, 0, 0, 0, 0, 0, 0)) + record(0x17, b"\xff\xff")
    path = written(tmp_path, "a.xls", xls(real(0, 0, 1.0) + link, more=broken))
    assert texts(path) == [[["1"]]]


@pytest.mark.parametrize("size", ["width", "height"])
def test_a_row_or_column_of_no_size_is_hidden(size, tmp_path):
    if size == "width":
        cells = record(0x7D, struct.pack("<HHHHHH", 1, 1, 0, 0, 0, 0))
    else:
        cells = record(0x208, struct.pack("<HHHHHHHH", 1, 0, 9, 0, 0, 0, 0, 0))
    cells += label(0, 0, "a") + label(0, 1, "b") + label(1, 0, "c") + label(2, 0, "d")
    document = read(written(tmp_path, "a.xls", xls(cells)))
    assert [[c.text for c in row] for row in document.blocks[0].rows] == (
        [["a"], ["c"], ["d"]] if size == "width" else [["a", "b"], ["d", ""]]
    )
    assert "隐藏行列中有 1 处文字" in document.doubts[0]
