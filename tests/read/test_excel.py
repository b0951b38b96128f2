"""What is taken from a workbook: cells as they are printed, their places, and what is turned away."""

import contextlib
import io
import runpy
import subprocess
import sys
import time
import zipfile
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from specimen import DATA
from workbooks import archive, as_xlsx, converted, line, needs_soffice, number, parts, said, sheet

from auditkit.document import Document, Table, letters
from auditkit.parse.form import parse
from auditkit.quantity.numbers import amount, percentage
from auditkit.read import read
from auditkit.read.excel.number_format import number as stored
from auditkit.read.excel.number_format import printed
from auditkit.read.excel.xlsx import read_excel
from auditkit.safety import Limits, Refused, Unreadable

SEEDS = sorted((DATA / "2021").glob("*.docx"))
DUMP = DATA / "2021" / "2021_self_evaluation_forms.txt"


def workbook(*rows: str, merges=(), columns="", formats=(), limits=None, **more) -> Document:
    data = archive(parts({"Sheet1": sheet("".join(rows), merges, columns)}, formats, **more))
    return read_excel("a.xlsx", data, limits or Limits())


def grids(document: Document) -> list[list[list[str]]]:
    return [
        [[cell.text for cell in row] for row in block.rows] for block in document.blocks if isinstance(block, Table)
    ]


def one(cell: str, **more) -> str:
    return grids(workbook(line(1, cell), **more))[0][0][0]


# What a form says does not depend on its format.


def test_the_specimen_is_the_form_of_the_text():
    (found,) = parse(read(DATA / "specimen.xlsx"))
    assert found == parse(read(DATA / "specimen.txt"))[0]
    assert found.doubts == ()
    assert str(found.funds[0].execution_rate.at) == "自评表!I7"


@pytest.mark.parametrize("path", SEEDS, ids=lambda path: path.name[:2])
def test_a_seed_form_is_the_form_of_the_text(path, tmp_path):
    (tmp_path / "a.xlsx").write_bytes(as_xlsx(read(path)))
    assert parse(read(tmp_path / "a.xlsx")) == [parse(read(DUMP))[int(path.name[:2]) - 1]]


@needs_soffice
@pytest.mark.parametrize("path", [DATA / "specimen.xlsx", SEEDS[5]], ids=lambda path: path.name[:2])
def test_the_same_as_xls(path, tmp_path):
    data = path.read_bytes() if path.suffix == ".xlsx" else as_xlsx(read(path))
    (tmp_path / "a.et").write_bytes(converted(data, ".xlsx", "xls", tmp_path))
    (tmp_path / "a.xlsx").write_bytes(data)
    assert read(tmp_path / "a.et").blocks == read(tmp_path / "a.xlsx").blocks
    assert parse(read(tmp_path / "a.et")) == parse(read(tmp_path / "a.xlsx"))


def test_several_forms_in_one_workbook(tmp_path):
    (tmp_path / "a.xlsx").write_bytes(as_xlsx(*map(read, SEEDS[:2]), titles=("01", "02")))
    forms = parse(read(tmp_path / "a.xlsx"))
    assert forms == parse(read(DUMP))[:2]
    assert [str(form.project.at) for form in forms] == ["01!C4", "02!C4"]


def test_make_excel_gives_the_same_bytes(tmp_path):
    runpy.run_path(str(DATA / "make_excel.py"))["main"](tmp_path)
    assert contents(tmp_path / "specimen.xlsx") == contents(DATA / "specimen.xlsx")


def contents(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as file:
        assert {info.date_time for info in file.infolist()} == {(2022, 1, 1, 0, 0, 0)}
        return {name: file.read(name) for name in file.namelist()}


# The grid.


def test_places_are_those_of_the_sheet_and_the_printed_area_is_trimmed():
    document = workbook(line(3, said("B3", "a"), said("D3", "b")), line(5, said("C5", "c"), said("A9", " ")))
    assert grids(document) == [[["a", "", "b"], ["", "", ""], ["", "c", ""]]]
    cell = document.blocks[0].rows[2][1]
    assert (str(cell.at), cell.grid, cell.at.table) == ("Sheet1!C5", 1, 1)


def test_merged_ranges_are_spans_and_continuations():
    rows = (
        line(1, said("A1", "a"), said("D1", "b")),
        line(2, said("A2", "每次"), said("B2", "盖")),
        line(3, said("D3", "c")),
    )
    document = workbook(*rows, merges=("A1:C2", "D1:D2"))
    shape = [[(c.text, c.grid, c.span, c.merged) for c in row] for row in document.blocks[0].rows]
    assert shape == [
        [("a", 0, 3, False), ("b", 3, 1, False)],
        [("每次", 0, 3, True), ("", 3, 1, True)],
        [("", 0, 1, False), ("", 1, 1, False), ("", 2, 1, False), ("c", 3, 1, False)],
    ]
    assert "1 处文字被合并单元格遮住" in document.doubts[0]


def test_cells_without_a_reference_follow_one_another():
    rows = "<row><c><v>1</v></c><c/><c><v>2</v></c></row>", '<row r="4"><c r="B4"/><c><v>3</v></c></row>'
    assert grids(workbook(*rows))[0][-1] == ["", "", "3"]
    assert grids(workbook(rows[0])) == [[["1", "", "2"]]]


def test_hidden_sheets_rows_and_columns_are_not_read():
    rows = (
        line(1, said("A1", "a"), said("B1", "x"), said("C1", "c")),
        line(2, said("A2", "y"), more=' hidden="1"'),
        line(3, said("A3", "d"), said("C3", "e")),
    )
    sheets = {
        "表": sheet("".join(rows), columns='<col min="2" max="2" hidden="1"/>'),
        "藏": sheet(line(1, said("A1", "z"))),
    }
    document = read_excel(
        "a.xlsx", archive(parts(sheets | {"深": sheets["藏"]}, states={"藏": "hidden", "深": "veryHidden"}))
    )
    assert grids(document) == [[["a", "c"], ["d", "e"]]]
    assert [str(cell.at) for cell in document.blocks[0].rows[1]] == ["表!A3", "表!C3"]
    rows_doubt, *sheets_doubt = document.doubts
    assert "隐藏行列中有 2 处文字未读取，如 表!B1" in rows_doubt
    assert [doubt[:10] for doubt in sheets_doubt] == ["隐藏的工作表“藏”未", "隐藏的工作表“深”未"]


def test_a_range_shows_the_text_of_its_hidden_corner():
    rows = (
        line(1, said("A1", "a"), said("B1", "b"), more=' hidden="1"'),
        line(2, said("C2", "c")),
        line(3, said("C3", "d")),
    )
    document = workbook(*rows, merges=("A1:A3",))
    assert [[(c.text, c.merged) for c in row] for row in document.blocks[0].rows] == [
        [("a", False), ("", False), ("c", False)],
        [("", True), ("", False), ("d", False)],
    ]


@pytest.mark.parametrize("stray", ["XFD1048576", "XFD1", "BM2"])
def test_a_stray_cell_is_reported_and_costs_nothing(stray):
    row = int(stray.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
    rows = [line(1, said("A1", "a"), *([said(stray, "x")] if row == 1 else []))]
    rows += [line(row, said(stray, "x"))] if row > 1 else []
    document = workbook(*rows)
    assert grids(document) == [[["a"]]]
    assert f"Sheet1!{stray} 等 1 处文字远在表格之外" in document.doubts[0]


def test_a_stray_row_is_read_without_the_rows_between():
    document = workbook(line(1, said("A1", "a")), line(1_048_576, said("A1048576", "x")))
    assert [str(row[0].at) for row in document.blocks[0].rows] == ["Sheet1!A1", "Sheet1!A1048576"]


def test_a_huge_range_covers_no_more_than_what_is_printed():
    document = workbook(line(1, said("A1", "a")), line(3, said("A3", "b")), merges=("A1:XFD1048576",))
    assert [[(c.text, c.span, c.merged) for c in row] for row in document.blocks[0].rows] == [
        [("a", 1, False)],
        [("", 1, True)],
        [("b", 1, True)],
    ]


TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")) | st.sampled_from("\n\t≥%年 _x"), max_size=12
)


@given(st.lists(st.lists(TEXT, min_size=1, max_size=6), min_size=1, max_size=6))
def test_any_grid_comes_back(grid):
    def clean(text: str) -> str:
        return text.replace("\ufffe", "").replace("\uffff", "").replace("_x", "_x005F_x")

    rows = [
        line(r, *(said(f"{letters(c)}{r}", clean(t)) for c, t in enumerate(row, 1))) for r, row in enumerate(grid, 1)
    ]
    wanted = trimmed([[clean(text).replace("_x005F_x", "_x").strip() for text in row] for row in grid])
    if not wanted:
        with pytest.raises(Unreadable, match="没有可见的文字"):
            workbook(*rows)
    else:
        assert grids(workbook(*rows)) == [wanted]


def trimmed(grid: list[list[str]]) -> list[list[str]]:
    rows = [r for r, row in enumerate(grid) if any(row)]
    columns = [c for row in grid for c, text in enumerate(row) if text]
    if not rows:
        return []
    wide = [row + [""] * (max(columns) + 1 - len(row)) for row in grid[rows[0] : rows[-1] + 1]]
    return [row[min(columns) : max(columns) + 1] for row in wide]


@given(st.lists(st.lists(st.sampled_from(["", "a", "≥95%", "2021年"]), min_size=1, max_size=6), min_size=1, max_size=6))
def test_what_openpyxl_writes_comes_back(grid):
    book = openpyxl.Workbook()
    for row in grid:
        book.active.append(row)
    saved = io.BytesIO()
    book.save(saved)
    with contextlib.suppress(Unreadable):
        assert grids(read_excel("a.xlsx", saved.getvalue())) == [trimmed(grid)]


# The text of a cell.

PRINTED = [
    ("90", "General", "90"),
    ("90", "0", "90"),
    ("0.88", "0%", "88%"),
    ("0.97799999999999998", "0.00%", "97.80%"),
    ("0.94565217391304346", "0.00%", "94.57%"),
    ("0.94499999999999995", "0%", "95%"),
    ("1234.5", "#,##0.00", "1,234.50"),
    ("79.569999999999993", "General", "79.57"),
    ("0.30000000000000004", "General", "0.3"),
    ("0.33333333333333331", "General", "0.333333333"),
    ("33.333333333333336", "General", "33.33333333"),
    ("1E-3", "General", "0.001"),
    ("123456789012", "General", "123456789012"),
    ("1E+308", "0.00", "1E+308"),
    ("-1234.5", "#,##0.00;[Red]#,##0.00", "-1,234.50"),
    ("-1234.5", "#,##0.00_);(#,##0.00)", "-1,234.50"),
    ("0", '_ * #,##0.00_ ;_ * \\-#,##0.00_ ;_ * "-"??_ ;_ @_ ', "-"),
    ("12", '_ * #,##0.00_ ;_ * \\-#,##0.00_ ;_ * "-"??_ ;_ @_ ', "12.00"),
    ("12", '"≥"0"次"', "≥12次"),
    ("95", "0\\%", "95%"),
    ("0.95", "0.##%", "95%"),
    ("12345", "0.0,", "12.3"),
    ("1234", "[$¥-804]#,##0", "¥1,234"),
    ("7", "000", "007"),
    ("3", "@", "3"),
    ("12", "0.00E+00", "12"),
    ("44561", "yyyy-mm-dd", "2021-12-31"),
    ("44561", 'yyyy"年"m"月"d"日";@', "2021年12月31日"),
    ("44561", '[DBNum1][$-804]yyyy"年"m"月";@', "2021年12月"),
    ("44561.75", "yyyy/m/d h:mm", "2021/12/31 18:00"),
    ("60", "yyyy-mm-dd", "1900-02-28"),
    ("1", "yyyy-mm-dd", "1900-01-01"),
    ("12345678901234", "0." + "0" * 16, "12345678901234." + "0" * 16),
    ("1.5", "0." + "0" * 30, "1.5" + "0" * 29),
    ("1.5", "0." + "0" * 2000, "1.5"),
    ("1.5", "0" * 2000, "1.5"),
]


@pytest.mark.parametrize(("value", "code", "text"), PRINTED)
def test_a_number_reads_as_it_is_printed(value, code, text):
    assert one(number("A1", value, 1), formats=(code,)) == text


def test_dates_may_count_from_1904():
    made = parts({"a": sheet(line(1, number("A1", "43099", 1)))}, ("yyyy-mm-dd",))
    made["xl/workbook.xml"] = made["xl/workbook.xml"].replace("<sheets>", '<workbookPr date1904="1"/><sheets>')
    assert grids(read_excel("a", archive(made))) == [[["2021-12-31"]]]


RICH = (
    '<si><r><t>甲</t></r><r><rPr><b/></rPr><t xml:space="preserve"> 乙</t></r><rPh sb="0" eb="1"><t>jia</t></rPh></si>'
)


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ('<c r="A1" t="s"><v>0</v></c>', "甲 乙"),
        ('<c r="A1" t="str"><f>A2&amp;"次"</f><v>12次</v></c>', "12次"),
        ('<c r="A1"><f>1+1</f><v>2</v></c>', "2"),
        ('<c r="A1" t="b"><v>1</v></c>', "TRUE"),
        ('<c r="A1" t="d"><v>2021-12-31T00:00:00</v></c>', "2021-12-31"),
        ('<c r="A1" t="inlineStr"><is><t>一_x000D_\n二_xD800_</t></is></c>', "一\n二_xD800_"),
        ('<c r="A1"><v>NaN</v></c>', "NaN"),
        ('<c r="A1"><v>1_0</v></c>', "1_0"),
        ('<c r="A1"><v>1e999</v></c>', "1e999"),
        ('<c r="A1"><v>1e308</v></c>', "1E+308"),
        ('<c r="A1" t="str"><v>=cmd|x</v></c>', "=cmd|x"),
    ],
)
def test_the_text_of_a_cell(cell, text):
    assert one(cell, shared=RICH) == text


@pytest.mark.parametrize(
    ("cell", "text", "doubt"),
    [
        ('<c r="A1" t="e"><f>A9</f><v>#REF!</v></c>', "#REF!", "1 个单元格是公式错误值"),
        ('<c r="A1"><f>1+1</f></c>', "", "1 个公式没有保存计算结果"),
        (number("A1", "5", 1), "", "1 个数字的格式不显示数字"),
        (number("A1", "5", 2), "5", "1 个数字的格式无法识别"),
    ],
)
def test_what_a_person_should_look_at_is_a_doubt(cell, text, doubt):
    document = workbook(line(1, cell, said("B1", "b")), formats=(";;;", "0.0kg"))
    assert grids(document)[0][0][-2:] == ([text, "b"] if text else ["b"])
    assert doubt in document.doubts[0]


@given(st.decimals(-(10**9), 10**9, places=2))
def test_an_amount_comes_back_as_the_number_it_is(value):
    shown = printed(stored(repr(float(value))), "#,##0.00")
    assert amount(shown) == value
    assert amount(printed(stored(repr(float(value))), "General")) == value


@given(st.decimals(0, 2, places=4))
def test_a_rate_comes_back_as_the_number_it_is(value):
    assert percentage(printed(stored(repr(float(value))), "0.00%")) == value


@given(st.text('0#?.,%"\\;_*[]eE年yymdhs@/ -Red<>=$¥(', max_size=16), st.floats(allow_nan=False, allow_infinity=False))
def test_no_format_breaks_the_reader(code, value):
    found = printed(Decimal(repr(value)), code)
    assert found is None or isinstance(found, str)


# What is turned away.


def bomb(name: str = "xl/worksheets/sheet1.xml") -> bytes:
    return archive(parts({"a": sheet()}) | {name: sheet(" " * 5_000_000)})


def twice() -> bytes:
    out = io.BytesIO(archive(parts({"a": sheet(line(1, said("A1", "a")))})))
    with zipfile.ZipFile(out, "a") as file, pytest.warns(UserWarning, match="Duplicate"):
        file.writestr("xl/workbook.xml", "<x/>")
    return out.getvalue()


def overlapping() -> bytes:
    data = bytearray(archive(parts({"a": sheet(line(1, said("A1", "a")))})))
    second = data.find(b"PK\x01\x02", data.find(b"PK\x01\x02") + 4)
    data[second + 42 : second + 46] = bytes(4)
    return bytes(data)


def declared(text: str, encoding: str) -> bytes:
    return archive(parts({"a": ""}) | {"xl/worksheets/sheet1.xml": text.encode(encoding)})


FEW = sheet("".join(line(n, *(number(f"{c}{n}", "1") for c in "ABCDEFGHIJ")) for n in range(1, 2102)))
MANY = sheet("".join(line(n, *([number("A1", "1")] * 100)) for n in range(1, 10_001)))
OVERLAP = sheet(line(1, said("A1", "a")) + line(2, said("A2", "b")), ["A1:A2"] * 10)
TURNED_AWAY = {
    "bomb": (bomb, Refused, "安全限制"),
    "unread bomb": (lambda: bomb("xl/media/a.emf"), Refused, "安全限制"),
    "entries": (lambda: archive(parts({"a": sheet()}) | {str(n): "" for n in range(2001)}), Refused, "部件过多"),
    "duplicate": (twice, Unreadable, "两次"),
    "overlap": (overlapping, Refused, "安全限制"),
    "21,000 cells": (lambda: archive(parts({"a": FEW})), Refused, "单元格超过"),
    "1,000,000 cells": (lambda: archive(parts({"a": MANY}), zipfile.ZIP_DEFLATED), Refused, "安全限制"),
    "wide": (
        lambda: archive(
            parts(
                {
                    "a": sheet(
                        "".join(line(n, said(f"A{n}", "a"), said(f"{letters(n * 60)}{n}", "b")) for n in range(1, 270))
                    )
                }
            )
        ),
        Refused,
        "单元格超过",
    ),
    "overlapping ranges": (lambda: archive(parts({"a": OVERLAP})), Unreadable, "重叠"),
    "blank": (lambda: archive(parts({"a": sheet(line(1, '<c r="A1"/>'))})), Unreadable, "没有可见的文字"),
    "all hidden": (
        lambda: archive(parts({"a": sheet(line(1, said("A1", "a")))}, states={"a": "hidden"})),
        Unreadable,
        "可见",
    ),
    "beyond": (lambda: archive(parts({"a": sheet(line(1, said("XFE1", "a")))})), Unreadable, "表外"),
    "row 0": (lambda: archive(parts({"a": sheet(line(1, number("A0", "1")))})), Unreadable, "表外"),
    "row x": (lambda: archive(parts({"a": sheet('<row r="x" hidden="1"/>')})), Unreadable, "不是数字"),
    "no string": (lambda: archive(parts({"a": sheet(line(1, '<c r="A1" t="s"><v>7</v></c>'))})), Unreadable, "不存在"),
    "no style": (lambda: archive(parts({"a": sheet(line(1, number("A1", "1", 7)))})), Unreadable, "不存在"),
    "no sheet": (lambda: archive({n: t for n, t in parts({"a": ""}).items() if "sheet1" not in n}), Unreadable, "缺少"),
    "not a sheet": (lambda: archive(parts({"a": "<x"})), Unreadable, "XML"),
    "truncated": (lambda: archive(parts({"a": sheet(line(1, said("A1", "a")))}))[:1500], Unreadable, "损坏"),
} | {
    f"{name} {encoding}": (lambda d=declaration, e=encoding: declared(f"{d}<x/>", e), Refused, "DTD")
    for name, declaration in (
        ("entity", '<!DOCTYPE x [<!ENTITY a "b">]>'),
        ("external", '<!DOCTYPE x SYSTEM "file:///etc/passwd">'),
    )
    for encoding in ("utf-8", "utf-16", "utf-32")
}


@pytest.mark.parametrize("name", TURNED_AWAY)
def test_turned_away_with_what_to_do(name, tmp_path):
    make, kind, words = TURNED_AWAY[name]
    path = tmp_path / f"{name}.xlsx"
    path.write_bytes(make())
    begun = time.process_time()
    with pytest.raises(kind, match=words) as caught:
        read(path)
    assert caught.value.status == kind.status
    assert "请" in caught.value.zh
    assert "docx" not in str(caught.value) or name in ("truncated",)
    assert caught.value.en.isascii()
    assert time.process_time() - begun < 10


def test_what_costs_the_most_within_the_limits_stays_small(tmp_path):
    """A sheet of blank cells up to the limit of marks, in a process of its own to be measured."""
    cells = "".join(f'<c r="{letters(c)}1" s="0"/>' for c in range(1, 101))
    path = tmp_path / "a.xlsx"
    path.write_bytes(archive(parts({"a": sheet(line(1, said("A1", "a"), *[cells] * 6500))}), zipfile.ZIP_STORED))
    code = "import sys, resource; from pathlib import Path; from auditkit.read import read; read(Path(sys.argv[1]));"
    # Not ru_maxrss, which an executed program inherits from the process that forked it.
    code += "print(next(line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM')))"
    ran = subprocess.run([sys.executable, "-c", code, path], capture_output=True, text=True, check=True)
    unit = 1 if sys.platform == "darwin" else 1024
    assert int(ran.stdout) * unit < 700 * 2**20


def test_strict_open_xml_is_read():
    made = parts({"a": sheet(line(1, said("A1", "a")))})
    strict = {
        name: text.replace(
            "http://schemas.openxmlformats.org/spreadsheetml/2006/", "http://purl.oclc.org/ooxml/spreadsheetml/"
        ).replace(
            "http://schemas.openxmlformats.org/officeDocument/2006/", "http://purl.oclc.org/ooxml/officeDocument/"
        )
        for name, text in made.items()
    }
    assert strict["xl/workbook.xml"] != made["xl/workbook.xml"]
    assert grids(read_excel("a.xlsx", archive(strict))) == [[["a"]]]


def test_an_xlsx_within_a_word_file_is_not_taken_for_it(tmp_path):
    with zipfile.ZipFile(SEEDS[0]) as file:
        whole = {name: file.read(name) for name in file.namelist()}
    inner = archive(parts({"a": sheet()}), zipfile.ZIP_STORED)
    path = tmp_path / "a.docx"
    path.write_bytes(archive(whole | {"word/embeddings/a.xlsx": inner}, zipfile.ZIP_STORED))
    assert read(path).blocks == read(SEEDS[0]).blocks


def test_a_damaged_workbook_never_raises_anything_else(tmp_path):
    whole = (DATA / "specimen.xlsx").read_bytes()
    path = tmp_path / "damaged.xlsx"
    for at in range(0, len(whole), 41):
        for damaged in (whole[: at + 5], whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :]):
            path.write_bytes(damaged)
            with contextlib.suppress(Unreadable):
                read(path)
