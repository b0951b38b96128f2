"""The containers with a small reader of their own: .csv, Markdown, .mht, flat OPC, and the XML files of Office 2003."""

from __future__ import annotations

from email import policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from formats import WRITERS, as_docx, as_wordml, flat
from specimen import DATA

from auditkit.document import Document, Table
from auditkit.read import read
from auditkit.safety import Limits, Refused, Unreadable

SPECIMEN = read(DATA / "specimen.docx")


def written(folder: Path, name: str, data: bytes | str, limits: Limits | None = None) -> Document:
    (folder / name).write_bytes(data.encode() if isinstance(data, str) else data)
    return read(folder / name, limits or Limits())


def grids(document: Document) -> list[list[list[str]]]:
    return [
        [[cell.text for cell in row] for row in block.rows] for block in document.blocks if isinstance(block, Table)
    ]


# What holds for all of them.

OURS = ("csv", "markdown", "mht", "flat docx", "flat xlsx", "wordml", "spreadsheetml")


@pytest.mark.parametrize("format_", OURS)
def test_the_limits_hold(format_, tmp_path):
    suffix, write = WRITERS[format_]
    data = write(SPECIMEN)
    with pytest.raises(Refused, match="单元格超过 40 个"):
        written(tmp_path, f"a{suffix}", data, Limits(cells=40))
    with pytest.raises(Refused, match="超过"):
        written(tmp_path, f"a{suffix}", data, Limits(file=100))


@pytest.mark.parametrize("format_", ["flat docx", "flat xlsx", "wordml", "spreadsheetml"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_xml_is_read_in_its_encoding_and_refused_with_a_declaration(format_, encoding, tmp_path):
    suffix, write = WRITERS[format_]
    text = write(SPECIMEN).decode().replace('<?xml version="1.0"?>', f'<?xml version="1.0" encoding="{encoding}"?>')
    assert (
        written(tmp_path, f"a{suffix}", text.encode(encoding)).blocks
        == written(tmp_path, f"b{suffix}", write(SPECIMEN)).blocks
    )
    head, mark, rest = text.partition("?>")
    with pytest.raises(Refused, match="DTD"):
        written(tmp_path, f"a{suffix}", f'{head}{mark}<!DOCTYPE x [<!ENTITY a "b">]>{rest}'.encode(encoding))


@pytest.mark.parametrize("format_", ["flat docx", "flat xlsx", "wordml", "spreadsheetml"])
def test_a_file_that_ends_too_soon_is_damaged(format_, tmp_path):
    suffix, write = WRITERS[format_]
    data = write(SPECIMEN)
    for part in (2, 3, 5):
        with pytest.raises(Unreadable, match="请"):
            written(tmp_path, f"a{suffix}", data[: len(data) * (part - 1) // part])


# .csv


@pytest.mark.parametrize(
    ("name", "text", "grid"),
    [
        ("a.csv", "项目名称,水窖\n得分,5\n", [["项目名称", "水窖"], ["得分", "5"]]),
        ("a.csv", "一;二;三\n4;5,5;6\n", [["一", "二", "三"], ["4", "5,5", "6"]]),
        ("a.csv", '目标,"第一行\n第二行，""引号"""\n', [["目标", '第一行\n第二行，"引号"']]),
        ("a.csv", "一,二,,\n三,,,\n,,,\n", [["一", "二"], ["三", ""]]),
        ("a.txt", "一,二,三\n4,5,6\n7,8,9\n", [["一", "二", "三"], ["4", "5", "6"], ["7", "8", "9"]]),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_text_of_commas_is_a_table(name, text, grid, encoding, tmp_path):
    document = written(tmp_path, name, text.encode(encoding))
    assert grids(document) == [grid]
    assert document.doubts == ()
    assert str(document.blocks[0].rows[-1][0].at) == f"表1 第{len(grid)}行第1列"


@pytest.mark.parametrize(
    "text",
    [
        "完成了改造，包括管网, 水表, 和培训。\n共3处, 均已验收。\n总结。",
        "a, b, c\n只有一行这样",
        "一\t二,三,四\n五\t六,七,八\n九\t十,1,2",
    ],
)
def test_prose_and_dumps_are_no_table_of_commas(text, tmp_path):
    document = written(tmp_path, "a.txt", text)
    assert not any(
        "," not in cell.text for block in document.blocks if isinstance(block, Table) for cell in block.rows[0][1:]
    )


# Markdown


def test_markdown_is_read_as_it_is_shown(tmp_path):
    text = r"""# 项目支出绩效**自评表**

| 指标 | 目标 | 完成 |
|:---|:--:|---|
| 培训\|演练 | ≥120人 | ~~100人~~126人 |
| 面积 | 3000m<sup>2</sup> | 3120m<sup>2</sup><sup>1</sup> |
| 得分 | 9.5[^1] | ![章](a.png) |
| `代码` | &ge;5次 | 一<br>二 |
| 链接 | [98%](http://x) | 短

说明：一切*照旧*。
"""
    document = written(tmp_path, "a.md", text)
    assert grids(document) == [
        [
            ["指标", "目标", "完成"],
            ["培训|演练", "≥120人", "126人"],
            ["面积", "3000m²", "3120m²"],
            ["得分", "9.5", ""],
            ["代码", "≥5次", "一\n二"],
            ["链接", "98%", "短"],
        ]
    ]
    assert document.blocks[0].text == "项目支出绩效自评表"
    assert str(document.blocks[1].rows[1][2].at) == "表1 第2行第3列（第5行文本）"
    assert [doubt[:12] for doubt in document.doubts] == [
        "有 1 处带删除线的文字",
        "有 2 处上标未读取，请",
        "有 1 个单元格或段落只",
    ]


@pytest.mark.parametrize(
    ("cell", "shown", "told"),
    [
        ("126人^1^", "126人", "上标"),
        ("3120m^2^", "3120m²", ""),
        ("*126*人", "126人", ""),
        ("50*30*20", "50*30*20", ""),
        (r"\*126\*", "*126*", ""),
        ("==126人==", "126人", ""),
        ("<!-- 100人 -->126人", "126人", ""),
        ("<span style='display:none'>100人</span>126人", "126人", "隐藏"),
        ("<span hidden>100人</span>≥126<br>人&lt;", "≥126\n人<", "隐藏"),
        ("<font color=white>100人</font>126人", "126人", "底色"),
        ("126人<details>100人</details>", "126人", "隐藏"),
        ("a<b, c>d", "a<b, c>d", ""),
    ],
)
def test_markup_within_markdown_is_read_as_it_is_shown(cell, shown, told, tmp_path):
    document = written(tmp_path, "a.md", f"| 甲 | 乙 |\n|---|---|\n| 丙 | {cell} |\n")
    assert grids(document)[0][1] == ["丙", shown]
    assert told in "".join(document.doubts) if told else document.doubts == ()


@pytest.mark.parametrize("text", ["一|二\n三|四", "项目 | 金额\n------\n", "a | b\n--- | --- | ---\nc | d"])
def test_bars_and_dashes_alone_are_no_table(text, tmp_path):
    assert grids(written(tmp_path, "a.md", text)) == []


# .mht


def mail(*pages: tuple[str, str], preamble: str = "") -> bytes:
    """A message of pages and their encodings."""
    message = EmailMessage(policy=policy.SMTP)
    message.make_related()
    for text, charset in pages:
        page = EmailMessage(policy=policy.SMTP)
        page.set_content(text.encode(charset), "text", "html", cte="base64")
        page.set_param("charset", charset)
        message.attach(page)
    return preamble.encode() + message.as_bytes()


TABLE = "<table><tr><td>{}</td><td>水窖</td></tr></table>"


def test_every_page_with_a_table_is_read_and_places_count_on(tmp_path):
    frames = '<html><frameset><frame src="sheet001.htm"></frameset></html>'
    pages = [
        (frames, "gb2312"),
        (f"<html>{TABLE.format('项目名称')}</html>", "gb2312"),
        (f"<p>说明</p>{TABLE.format('得分')}", "utf-8"),
    ]
    document = written(tmp_path, "a.mht", mail(*pages))
    assert grids(document) == [[["项目名称", "水窖"]], [["得分", "水窖"]]]
    assert [str(block.rows[0][0].at) for block in document.blocks if isinstance(block, Table)] == [
        "表1 第1行第1列",
        "表2 第1行第1列",
    ]


def test_an_archive_saved_by_a_browser_begins_otherwise(tmp_path):
    data = mail((TABLE.format("项目名称"), "utf-8"), preamble="From: <Saved by Blink>\r\nSubject: x\r\n")
    assert grids(written(tmp_path, "a.mht", data)) == [[["项目名称", "水窖"]]]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (mail(("<p>没有表</p>", "utf-8")), "mht.*没有表格"),
        (
            b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=a\r\n\r\n" + b"--a\r\n\r\nx\r\n" * 600,
            "mht.*过多",
        ),
    ],
)
def test_an_archive_that_is_turned_away(data, words, tmp_path):
    with pytest.raises(Refused, match=words):
        written(tmp_path, "a.mht", data)


def test_pages_nested_without_end_are_refused(tmp_path):
    head = "".join(f'Content-Type: multipart/mixed; boundary="b{n}"\r\n\r\n--b{n}\r\n' for n in range(3000))
    with pytest.raises(Refused, match="mht"):
        written(tmp_path, "a.mht", f"MIME-Version: 1.0\r\n{head}")


# Flat OPC


def test_a_part_that_stands_twice_is_damage(tmp_path):
    data = flat(as_docx(SPECIMEN)).replace(b'pkg:name="/_rels/.rels"', b'pkg:name="/word/document.xml"')
    with pytest.raises(Unreadable, match="重复"):
        written(tmp_path, "a.doc", data)


def test_a_flat_file_without_parts_is_damage(tmp_path):
    with pytest.raises(Unreadable, match="没有部件"):
        written(tmp_path, "a.xml", '<pkg:package xmlns:pkg="http://schemas.microsoft.com/office/2006/xmlPackage"/>')


# Word 2003


def test_what_word_2003_hides_strikes_or_tracks_is_not_read(tmp_path):
    aml = 'xmlns:aml="http://schemas.microsoft.com/aml/2001/core"'
    new = (
        f'<w:r><w:rPr><w:vanish/></w:rPr><w:t>隐藏</w:t></w:r><w:r><w:rPr><w:strike w:val="on"/></w:rPr><w:t>30</w:t></w:r>'
        f'<aml:annotation {aml} w:type="Word.Deletion"><aml:content><w:r><w:delText>40</w:delText></w:r></aml:content></aml:annotation>'
        f'<aml:annotation {aml} w:type="Word.Insertion"><aml:content><w:r><w:t>46.5公里</w:t></w:r></aml:content></aml:annotation>'
    )
    data = as_wordml(SPECIMEN).decode()
    old = '<w:r><w:t xml:space="preserve">46.5公里</w:t></w:r>'
    assert data.count(old) == 1
    document = written(tmp_path, "a.doc", data.replace(old, new))
    assert document.blocks == written(tmp_path, "b.doc", data).blocks
    told = "".join(document.doubts)
    assert all(words in told for words in ("修订", "1 处隐藏文字", "1 处带删除线的文字"))


# Excel 2003


def workbook(rows: str, more: str = "", styles: str = "", table: str = "") -> str:
    space = "urn:schemas-microsoft-com:office:spreadsheet"
    return (
        f'<?xml version="1.0"?><Workbook xmlns="{space}" xmlns:ss="{space}" xmlns:x="urn:schemas-microsoft-com:office:excel">'
        f'<Styles>{styles}</Styles><Worksheet ss:Name="自评表"><Table>{table}{rows}</Table>{more}</Worksheet></Workbook>'
    )


def data_cell(text: str, kind: str = "String", more: str = "") -> str:
    return f'<Cell{more}><Data ss:Type="{kind}">{text}</Data></Cell>'


ACROSS, DOWN = ' ss:MergeAcross="2"', ' ss:MergeDown="99"'
STYLES = (
    '<Style ss:ID="Default"><NumberFormat ss:Format="0.0"/></Style><Style ss:ID="b"><Font ss:Bold="1"/></Style>'
    '<Style ss:ID="p" ss:Parent="b"><NumberFormat ss:Format="Percent"/></Style>'
    '<Style ss:ID="d"><NumberFormat ss:Format="yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;"/></Style>'
    '<Style ss:ID="g"><NumberFormat/></Style>'
)


@pytest.mark.parametrize(
    ("cell", "text", "doubt"),
    [
        (data_cell("0.885", "Number", ' ss:StyleID="p"'), "88.50%", ""),
        (data_cell("12", "Number", ' ss:StyleID="b"'), "12.0", ""),
        (data_cell("12", "Number", ' ss:StyleID="g"'), "12", ""),
        (data_cell("12", "Number"), "12.0", ""),
        (data_cell("2022-11-30T00:00:00.000", "DateTime", ' ss:StyleID="d"'), "2022年11月30日", ""),
        (data_cell("2022-11-30T00:00:00.000", "DateTime", ' ss:StyleID="g"'), "2022-11-30", ""),
        (data_cell("1", "Boolean"), "TRUE", ""),
        (data_cell("#REF!", "Error", ' ss:Formula="=R[9]C"'), "#REF!", "1 个单元格是公式错误值"),
        ('<Cell ss:Formula="=1+1"/>', "", "1 个公式没有保存计算结果"),
        (data_cell("2", "Number", ' ss:Formula="=1+1" ss:StyleID="g"'), "2", ""),
        ('<Cell><Comment><Data ss:Type="String">批注</Data></Comment></Cell>', "", ""),
        (data_cell("一&#10;二"), "一\n二", ""),
    ],
)
def test_a_cell_of_excel_2003(cell, text, doubt, tmp_path):
    document = written(
        tmp_path, "a.xml", workbook(f"<Row>{data_cell('甲')}{cell}{data_cell('乙')}</Row>", styles=STYLES)
    )
    assert grids(document) == [[["甲", text, "乙"]]]
    assert doubt in "".join(document.doubts)
    assert bool(document.doubts) is bool(doubt)


def test_rows_columns_and_sheets_of_excel_2003_that_are_hidden(tmp_path):
    rows = (
        f"<Row>{data_cell('a')}{data_cell('x')}{data_cell('b')}</Row>"
        f'<Row ss:Hidden="1" ss:Span="1">{data_cell("y")}</Row><Row ss:Index="5">{data_cell("c", more=ACROSS)}</Row>'
    )
    document = written(tmp_path, "a.xml", workbook(rows, table='<Column/><Column ss:Width="0"/>'))
    assert grids(document) == [[["a", "b"], ["", ""], ["c"]]]
    assert str(document.blocks[0].rows[2][0].at) == "自评表!A5"
    assert "隐藏行列中有 2 处文字" in document.doubts[0]
    hidden = "<x:WorksheetOptions><x:Visible>SheetHidden</x:Visible></x:WorksheetOptions>"
    with pytest.raises(Unreadable, match="没有可见的文字"):
        written(tmp_path, "b.xml", workbook(rows, hidden))


@pytest.mark.parametrize(
    "row",
    [
        '<Row ss:Index="9999999">',
        '<Row ss:Index="x">',
        '<Row><Cell ss:Index="99999"/>',
        '<Row><Cell ss:MergeAcross="-1"/>',
    ],
)
def test_a_place_outside_the_sheet_is_damage(row, tmp_path):
    with pytest.raises(Unreadable, match="损坏"):
        written(tmp_path, "a.xml", workbook(f"{row}{data_cell('a')}</Row>"))


def test_a_huge_span_of_excel_2003_costs_nothing(tmp_path):
    rows = f'<Row ss:Span="1048000" ss:Hidden="1"/><Row>{data_cell("a", more=DOWN)}</Row>'
    document = written(tmp_path, "a.xml", workbook(rows, table='<Column ss:Index="3" ss:Span="16000" ss:Hidden="1"/>'))
    assert grids(document) == [[["a"]]]
