"""What a person sees in a workbook, in every format that it may be saved in: nothing struck out, hidden, pale or raised."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple
from xml.sax.saxutils import escape

import openpyxl
import pytest
from biff import packed, rows, wide, xlsb
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.formatting.rule import Rule
from openpyxl.styles import Font, PatternFill
from openpyxl.styles.colors import Color
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.styles.numbers import NumberFormat
from openpyxl.worksheet.worksheet import Worksheet
from workbooks import archive, contents, converted, needs_soffice, parts

from auditkit.document import Document
from auditkit.read import read

STRUCK, RAISED = InlineFont(strike=True), InlineFont(vertAlign="superscript")
PALE, LOWERED, BOLD = InlineFont(color="FFFFFFFF"), InlineFont(vertAlign="subscript"), InlineFont(b=True)


def runs(*pieces: str | tuple[InlineFont, str]) -> CellRichText:
    return CellRichText(*(piece if isinstance(piece, str) else TextBlock(*piece) for piece in pieces))


class Case(NamedTuple):
    """What stands in a cell and how, what is read of it, and the words of the doubt."""

    value: object
    style: dict[str, object]
    text: str
    doubt: str = ""


SOLID = PatternFill("solid", fgColor="FF1F4E79")
CASES = {
    "plain": Case("126人", {}, "126人"),
    "bold run": Case(runs("共", (BOLD, "126"), "人"), {}, "共126人"),
    "struck cell": Case("18小时", {"font": Font(strike=True)}, "", "删除线"),
    "struck number": Case(126, {"font": Font(strike=True)}, "", "删除线"),
    "struck run": Case(runs((STRUCK, "100人"), (BOLD, "126人")), {}, "126人", "删除线"),
    "white cell": Case("99.2%", {"font": Font(color="FFFFFFFF")}, "", "与底色相同"),
    "white number": Case(0.992, {"font": Font(color="FFFFFFFF"), "number_format": "0.0%"}, "", "与底色相同"),
    "white run": Case(runs("99.2%", (PALE, "（虚报）")), {}, "99.2%", "与底色相同"),
    "nearly white": Case("99.2%", {"font": Font(color="FFFAFAFA")}, "", "与底色相同"),
    "white on blue": Case("满意度", {"font": Font(color="FFFFFFFF"), "fill": SOLID}, "满意度"),
    "blue on blue": Case("满意度", {"font": Font(color="FF1F4E79"), "fill": SOLID}, "", "与底色相同"),
    "red": Case("9.5", {"font": Font(color="FFFF0000")}, "9.5"),
    "note mark": Case(runs("9.5", (RAISED, "1")), {}, "9.5", "上标"),
    "square metres": Case(runs("3120m", (RAISED, "2")), {}, "3120m²"),
    "cubic kilometres and a mark": Case(runs("30km", (RAISED, "3"), "左右", (RAISED, "[2]")), {}, "30km³左右", "上标"),
    "lowered": Case(runs("CO", (LOWERED, "2"), "减排"), {}, "CO2减排"),
    "format that hides": Case("已建成", {"number_format": ";;;"}, "", "不显示文字"),
    "format that hides numbers": Case(95, {"number_format": ";;;"}, "", "不显示数字"),
    "format with a unit for texts": Case("126", {"number_format": '@"人"'}, "126人"),
    "tiny": Case("99.2%", {"font": Font(sz=1)}, "", "过小"),
    "tiny number": Case(0.992, {"font": Font(sz=1.5), "number_format": "0.0%"}, "", "过小"),
    "picture": Case('=DISPIMG("ID_0A1B2C",1)', {}, "", "图片"),
}


def as_workbook() -> bytes:
    book = openpyxl.Workbook()
    for number, (name, case) in enumerate(CASES.items(), 1):
        book.active.cell(number, 1, name)
        cell = book.active.cell(number, 2, case.value)
        for attribute, value in case.style.items():
            setattr(cell, attribute, value)
    book.active.cell(len(CASES) + 1, 2, "最后一行")
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


def seen(document: Document) -> dict[str, str]:
    (table,) = document.blocks
    return {row[0].text: row[1].text for row in table.rows if row[0].text}


def check(document: Document, without: tuple[str, ...] = ()) -> None:
    """Every case is read as it should be, and each kind of doubt counts its cases and names the first."""
    wanted = {name: case for name, case in CASES.items() if name not in without}
    assert {name: text for name, text in seen(document).items() if name in wanted} == {
        name: case.text for name, case in wanted.items()
    }
    for words in {case.doubt for case in wanted.values() if case.doubt}:
        told = [doubt for doubt in document.doubts if words in doubt]
        names = [name for name, case in wanted.items() if case.doubt == words]
        assert len(told) == 1, (words, document.doubts)
        assert f"有 {len(names)} " in told[0]
        assert f"!B{[*CASES].index(names[0]) + 1}" in told[0]


def written(folder: Path, name: str, data: bytes) -> Document:
    (folder / name).write_bytes(data)
    return read(folder / name)


def test_in_xlsx(tmp_path):
    check(written(tmp_path, "a.xlsx", as_workbook()))


@needs_soffice
@pytest.mark.parametrize(("target", "without"), [("xls", ("picture",)), ("ods", ())])
def test_in_what_libreoffice_saves(target, without, tmp_path):
    """Of a formula that it does not know LibreOffice writes only the error into an .xls."""
    check(written(tmp_path, f"a.{target}", converted(as_workbook(), ".xlsx", target, tmp_path)), without)


def test_a_picture_in_an_old_workbook_is_known_by_the_text_in_its_place(tmp_path):
    from biff import label, xls

    document = written(
        tmp_path, "a.xls", xls(label(0, 0, "完成值") + label(0, 1, '=DISPIMG("ID_1",1)') + label(0, 2, "5"))
    )
    assert [cell.text for cell in document.blocks[0].rows[0]] == ["完成值", "", "5"]
    assert "1 个单元格只有图片" in document.doubts[0]


# SpreadsheetML, as Excel 2003 writes it.

STYLES = {
    "struck cell": '<Style ss:ID="{id}"><Font ss:StrikeThrough="1"/></Style>',
    "struck number": '<Style ss:ID="{id}"><Font ss:StrikeThrough="1"/></Style>',
    "white cell": '<Style ss:ID="{id}"><Font ss:Color="#FFFFFF"/></Style>',
    "white number": '<Style ss:ID="{id}"><Font ss:Color="#FFFFFF"/><NumberFormat ss:Format="0.0%"/></Style>',
    "nearly white": '<Style ss:ID="{id}"><Font ss:Color="#FAFAFA"/></Style>',
    "white on blue": '<Style ss:ID="{id}"><Font ss:Color="#FFFFFF"/><Interior ss:Color="#1F4E79" ss:Pattern="Solid"/></Style>',
    "blue on blue": '<Style ss:ID="{id}"><Font ss:Color="#1F4E79"/><Interior ss:Color="#1F4E79" ss:Pattern="Solid"/></Style>',
    "red": '<Style ss:ID="{id}"><Font ss:Color="#FF0000"/></Style>',
    "tiny": '<Style ss:ID="{id}"><Font ss:Size="1"/></Style>',
    "tiny number": '<Style ss:ID="{id}"><Font ss:Size="1.5"/><NumberFormat ss:Format="0.0%"/></Style>',
    "format that hides": '<Style ss:ID="{id}"><NumberFormat ss:Format=";;;"/></Style>',
    "format that hides numbers": '<Style ss:ID="{id}"><NumberFormat ss:Format=";;;"/></Style>',
    "format with a unit for texts": '<Style ss:ID="{id}"><NumberFormat ss:Format="@&quot;人&quot;"/></Style>',
}


def marked(value: object) -> str:
    if not isinstance(value, CellRichText):
        return escape(str(value))
    out = []
    for piece in value:
        if isinstance(piece, str):
            out.append(f"<Font>{piece}</Font>")
            continue
        font, text = piece.font, piece.text
        tag = "S" if font.strike else {"superscript": "Sup", "subscript": "Sub"}.get(font.vertAlign, "")
        tag = tag or ('Font html:Color="#FFFFFF"' if font.color else "B")
        out.append(f"<{tag}>{text}</{tag.split()[0]}>")
    return "".join(out)


def as_spreadsheetml() -> bytes:
    rows = []
    for name, (value, _, _, _) in CASES.items():
        kind = "Number" if isinstance(value, int | float) else "String"
        formula = f' ss:Formula="{escape(value, {chr(34): "&quot;"})}"' if name == "picture" else ""
        data = f'<ss:Data ss:Type="{kind}" xmlns="http://www.w3.org/TR/REC-html40">{marked(value)}</ss:Data>'
        style = f' ss:StyleID="{name}"' if name in STYLES else ""
        rows.append(f'<Row><Cell><Data ss:Type="String">{name}</Data></Cell><Cell{style}{formula}>{data}</Cell></Row>')
    styles = "".join(text.format(id=name) for name, text in STYLES.items())
    space = "urn:schemas-microsoft-com:office:spreadsheet"
    return (
        f'<?xml version="1.0"?><Workbook xmlns="{space}" xmlns:ss="{space}" xmlns:html="http://www.w3.org/TR/REC-html40">'
        f'<Styles><Style ss:ID="Default"/>{styles}</Styles>'
        f'<Worksheet ss:Name="S"><Table>{"".join(rows)}</Table></Worksheet></Workbook>'
    ).encode()


def test_in_spreadsheetml(tmp_path):
    check(written(tmp_path, "a.xml", as_spreadsheetml()))


# .xlsb, as [MS-XLSB] has it.


def color(rgb: str | None) -> bytes:
    return bytes([1, 0, 0, 0, 0, 0, 0, 0]) if rgb is None else bytes([5, 0, 0, 0]) + bytes.fromhex(rgb[2:]) + b"\xff"


def font(struck: bool = False, raised: str | None = None, ink: str | None = None, size: float = 11) -> bytes:
    place = {"superscript": 1, "subscript": 2}.get(raised or "", 0)
    return packed(
        43,
        struct.pack("<HHHHBBBB", int(20 * size), 8 * struck, 400, place, 0, 0, 134, 0),
        color(ink),
        b"\0",
        wide("宋体"),
    )


def fill(rgb: str | None) -> bytes:
    return packed(45, struct.pack("<I", 0 if rgb is None else 1), color(rgb), color(None), bytes(48))


def as_xlsb(short: bool) -> bytes:
    """The cases in cells that say their column, or in short records, which do not."""
    fonts, fills, styles, codes, cells = [font()], [fill(None)], [(0, 0, 0)], [], b""
    for row, (name, (value, style, _, _)) in enumerate(CASES.items()):
        own, ground, code = style.get("font", Font()), style.get("fill"), style.get("number_format")
        ink = own.color.rgb if own.color and isinstance(own.color.rgb, str) else None
        fonts.append(font(bool(own.strike), None, ink, own.sz or 11))
        fills.append(fill(ground.fgColor.rgb if ground else None))
        codes += [code] if code else []
        styles.append((163 + len(codes) if code else 0, len(fonts) - 1, len(fills) - 1))
        cells += packed(0, struct.pack("<IIHBBB", row, 0, 255, 0, 0, 0), bytes(4))
        cells += packed(6, struct.pack("<II", 0, 0), wide(name))
        head = b"" if short else struct.pack("<I", 1)
        head += struct.pack("<I", row + 1)
        if isinstance(value, CellRichText):
            places, text = b"", ""
            for piece in value:
                if not isinstance(piece, str):
                    ink = piece.font.color.rgb if piece.font.color else None
                    fonts.append(font(bool(piece.font.strike), piece.font.vertAlign, ink))
                number = 0 if isinstance(piece, str) else len(fonts) - 1
                places += struct.pack("<HH", len(text), number)
                text += str(piece)
            cells += packed(
                62, struct.pack("<II", 1, row + 1), b"\1", wide(text), struct.pack("<I", len(places) // 4), places
            )
            styles[-1] = (0, 0, 0)
        elif isinstance(value, str):
            cells += packed(17 if short else 6, head, wide(value))
        else:
            cells += packed(16 if short else 5, head, struct.pack("<d", value))
    made = (
        packed(615)
        + b"".join(packed(44, struct.pack("<H", 164 + n), wide(code)) for n, code in enumerate(codes))
        + packed(616)
    )
    made += b"".join((*fonts, *fills)) + packed(617, struct.pack("<I", len(styles)))
    made += b"".join(packed(47, struct.pack("<HHHHH", 0, *one, 0), bytes(6)) for one in styles) + packed(618)
    book = packed(143) + packed(156, struct.pack("<II", 0, 1), wide("r1"), wide("S")) + packed(144)
    links = parts({"S": ""})["xl/_rels/workbook.xml.rels"].replace(".xml", ".bin")
    return archive(
        {
            "_rels/.rels": parts({"S": ""})["_rels/.rels"].replace("workbook.xml", "workbook.bin"),
            "xl/workbook.bin": packed(131) + book + packed(132),
            "xl/_rels/workbook.bin.rels": links,
            "xl/styles.bin": made,
            "xl/worksheets/sheet1.bin": packed(129) + packed(145) + cells + packed(146) + packed(130),
        }
    )


@pytest.mark.parametrize("short", [False, True])
def test_in_xlsb(short, tmp_path):
    check(written(tmp_path, "a.xlsb", as_xlsb(short)))


def test_a_record_among_cells_that_nobody_knows_is_a_doubt(tmp_path):
    made = as_xlsb(False)
    assert not any("记录无法识别" in doubt for doubt in written(tmp_path, "a.xlsb", made).doubts)
    name = "xl/worksheets/sheet1.bin"
    held = contents(made)
    cells, end = held[name].split(packed(146))
    held[name] = cells + packed(20, b"\1\2\3") + packed(146) + end
    (doubt,) = (doubt for doubt in written(tmp_path, "b.xlsb", archive(held)).doubts if "记录无法识别" in doubt)
    assert "有 1 处" in doubt


def with_zero(change: Callable[[Worksheet], None]) -> bytes:
    book = openpyxl.Workbook()
    for place, value in (("A1", "结余"), ("B1", 0), ("C1", 5)):
        book.active[place] = value
    change(book.active)
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


def without_zeros(sheet: Worksheet) -> None:
    sheet.sheet_view.showZeros = False


def unset(sheet: Worksheet) -> None:
    pass


NO_ZEROS = (
    '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">'
    '<Worksheet ss:Name="S"><Table><Row><Cell><Data ss:Type="String">结余</Data></Cell><Cell><Data ss:Type="Number">0</Data></Cell>'
    '<Cell><Data ss:Type="Number">5</Data></Cell></Row></Table>'
    '<WorksheetOptions xmlns="urn:schemas-microsoft-com:office:excel">{}</WorksheetOptions></Worksheet></Workbook>'
)


def xlsb_with_zero(shown: bool) -> bytes:
    held = contents(
        xlsb(
            rows(
                0,
                b"".join(
                    packed(5, struct.pack("<IId", column, 0, value)) for column, value in ((0, 1), (1, 0), (2, 5))
                ),
            )
        )
    )
    name = "xl/worksheets/sheet1.bin"
    held[name] = held[name].replace(
        packed(145), packed(137, struct.pack("<H", 0x10 * shown), bytes(28)) + packed(145), 1
    )
    return archive(held)


ZEROS = {
    "a.xlsx": lambda shown, folder: with_zero(unset if shown else without_zeros),
    "a.xls": lambda shown, folder: converted(with_zero(unset if shown else without_zeros), ".xlsx", "xls", folder),
    "a.xml": lambda shown, folder: NO_ZEROS.format("" if shown else "<DoNotDisplayZeros/>").encode(),
    "a.xlsb": lambda shown, folder: xlsb_with_zero(shown),
}


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[needs_soffice] if name == "a.xls" else []) for name in ZEROS]
)
@pytest.mark.parametrize("shown", [True, False])
def test_a_zero_that_the_sheet_does_not_show_is_blank_and_told(name, shown, tmp_path):
    document = written(tmp_path, name, ZEROS[name](shown, tmp_path))
    assert [cell.text for cell in document.blocks[0].rows[0]][1:] == ["0" if shown else "", "5"]
    assert [doubt for doubt in document.doubts if "1 个零" in doubt and "B1" in doubt] == [*document.doubts]
    assert len(document.doubts) == (not shown)


WHITE, GREY = Font(color="FFFFFFFF"), Font(color="FF808080")
NAVY = PatternFill(bgColor="FF1F4E79")


@pytest.mark.parametrize(
    ("look", "told"),
    [
        (DifferentialStyle(font=WHITE), True),
        (DifferentialStyle(font=Font(strike=True)), True),
        (DifferentialStyle(numFmt=NumberFormat(numFmtId=170, formatCode=";;;")), True),
        (DifferentialStyle(font=GREY), False),
        (DifferentialStyle(font=WHITE, fill=NAVY), False),
        (DifferentialStyle(fill=NAVY), False),
    ],
)
def test_a_rule_that_may_hide_a_text_is_told(look, told, tmp_path):
    def change(sheet: Worksheet) -> None:
        sheet.conditional_formatting.add("B1:B9", Rule(type="expression", formula=["B1=0"], dxf=look))

    document = written(tmp_path, "a.xlsx", with_zero(change))
    assert [cell.text for cell in document.blocks[0].rows[0]] == ["结余", "0", "5"]
    assert [("条件格式" in doubt, "B1" in doubt) for doubt in document.doubts] == [(True, True)] * told


@pytest.mark.parametrize(("width", "shown"), [(0.1, False), (0.49, False), (1, True), (8, True)])
def test_a_column_that_is_too_narrow_to_be_seen_is_hidden(width, shown, tmp_path):
    def change(sheet: Worksheet) -> None:
        sheet.column_dimensions["B"].width = width

    document = written(tmp_path, "a.xlsx", with_zero(change))
    assert [cell.text for cell in document.blocks[0].rows[0]] == ["结余", *["0"] * shown, "5"]
    assert [doubt for doubt in document.doubts if "隐藏行列" in doubt] == [*document.doubts]
    assert bool(document.doubts) != shown


@pytest.mark.parametrize(
    ("ink", "ground", "shown"),
    [
        (Color(theme=0), None, False),
        (Color(theme=0, tint=-0.05), None, False),
        (Color(theme=0, tint=-0.5), None, True),
        (Color(theme=1), None, True),
        (Color(theme=4), Color(theme=4), False),
        (Color(theme=0), Color(theme=4), True),
        (Color(indexed=9), None, False),
    ],
)
def test_colours_of_a_theme_are_seen_or_not(ink, ground, shown, tmp_path):
    def change(sheet: Worksheet) -> None:
        sheet["B1"].font = Font(color=ink)
        sheet["B1"].fill = PatternFill("solid", fgColor=ground) if ground else PatternFill()

    document = written(tmp_path, "a.xlsx", with_zero(change))
    assert [cell.text for cell in document.blocks[0].rows[0]] == ["结余", "0" * shown, "5"]
    assert any("与底色相同" in doubt for doubt in document.doubts) != shown
