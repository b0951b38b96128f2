"""What is taken from a Word file, construct by construct."""

import io
import zipfile
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditkit.document import Cell, Document, Table
from auditkit.read.docx import read_docx
from auditkit.safety import Refused, Unreadable

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
SPACES = (
    f'xmlns:w="{W}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
)


def word(body: str) -> Document:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("word/document.xml", f"<w:document {SPACES}><w:body>{body}</w:body></w:document>")
    return read_docx("a.docx", out.getvalue())


def r(text: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def p(*runs: str) -> str:
    return f"<w:p>{''.join(run if run.startswith('<') else r(run) for run in runs)}</w:p>"


def tc(content: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{content if content.startswith('<') else p(content)}</w:tc>"


def tbl(*rows: str) -> str:
    return f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in rows)}</w:tbl>"


def box(text: str) -> str:
    return f"<w:txbxContent>{p(text)}</w:txbxContent>"


def tables(document: Document) -> list[list[list[str]]]:
    return [[[c.text for c in row] for row in block.rows] for block in document.blocks if isinstance(block, Table)]


VANISH = "<w:r><w:rPr><w:vanish/></w:rPr><w:t>藏</w:t></w:r>"
SHOWN = '<w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t>显</w:t></w:r>'
ALTERNATE = f"<mc:AlternateContent><mc:Choice>{box('框')}</mc:Choice><mc:Fallback>{box('框')}</mc:Fallback></mc:AlternateContent>"
PROMPT = f"<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>{r('单击此处')}</w:sdtContent></w:sdt>"
SYMBOL = '<w:r><w:sym w:font="Symbol" w:char="F0B3"/></w:r>'

CELLS = {
    "paragraphs": (p("a") + p("b"), "a\nb"),
    "runs": (p("9", "0"), "90"),
    "outer blanks": (p(" \u3000 a b \u00a0") + p(), "a b"),
    "breaks": (p("<w:r><w:t>a</w:t><w:br/><w:t>b</w:t><w:cr/><w:t>c</w:t><w:tab/><w:t>d</w:t></w:r>"), "a\nb\nc\td"),
    "tab stops": (f"<w:p><w:pPr><w:tabs><w:tab/></w:tabs></w:pPr>{r('a')}</w:p>", "a"),
    "insertion": (p("a", f"<w:ins>{r('b')}</w:ins>"), "ab"),
    "deletion": (p("a", "<w:del><w:r><w:delText>b</w:delText><w:tab/></w:r></w:del>", "c"), "ac"),
    "move": (p(f"<w:moveFrom>{r('a')}</w:moveFrom><w:moveTo>{r('b')}</w:moveTo>"), "b"),
    "content control": (f"<w:sdt><w:sdtContent>{p('a')}</w:sdtContent></w:sdt>", "a"),
    "prompt": (p(PROMPT), ""),
    "hyperlink": (p(f"<w:hyperlink>{r('a')}</w:hyperlink>"), "a"),
    "field": (p("<w:r><w:instrText>DATE</w:instrText></w:r>", "a"), "a"),
    "hidden": (p("a", VANISH, SHOWN), "a显"),
    "text box once": (p("a", f"<w:r>{ALTERNATE}</w:r>", "b"), "ab\n框"),
    "old text box": (p(f"<w:r><w:pict>{box('框')}</w:pict></w:r>"), "框"),
    "symbol": (p(SYMBOL, "95%"), "≥95%"),
    "equation": (p("<m:oMath><m:r><m:t>≥</m:t></m:r></m:oMath>", "5"), "≥5"),
    "ruby": (p(f"<w:r><w:ruby><w:rt>{r('yi')}</w:rt><w:rubyBase>{r('一')}</w:rubyBase></w:ruby></w:r>"), "一"),
    "comment": (p("<w:r><w:t>9<!-- x -->0</w:t></w:r>"), "90"),
    "old properties": (p("<w:r><w:t>a</w:t></w:r>"), "a"),
}


@pytest.mark.parametrize("name", CELLS)
def test_the_text_of_a_cell(name):
    content, expected = CELLS[name]
    assert tables(word(tbl(tc(content) + tc("z")))) == [[[expected, "z"]]]


def test_merged_cells_have_their_place_in_the_grid():
    document = word(
        tbl(
            tc("a", '<w:gridSpan w:val="2"/><w:vMerge w:val="restart"/>') + tc("b"),
            tc("每次", '<w:gridSpan w:val="2"/><w:vMerge/>') + tc("c", '<w:vMerge w:val="continue"/>'),
            '<w:trPr><w:gridBefore w:val="1"/></w:trPr>'
            + tc("d", '<w:hMerge w:val="restart"/>')
            + tc("", "<w:hMerge/>"),
            tc("e", '<w:tcPrChange><w:tcPr><w:gridSpan w:val="3"/><w:vMerge/></w:tcPr></w:tcPrChange>'),
        )
    )
    shape = [[(c.text, c.at.column, c.grid, c.span, c.merged) for c in row] for row in document.blocks[0].rows]
    assert shape == [
        [("a", 1, 0, 2, False), ("b", 2, 2, 1, False)],
        [("每次", 1, 0, 2, True), ("c", 2, 2, 1, True)],
        [("d", 1, 1, 1, False), ("", 2, 2, 1, True)],
        [("e", 1, 0, 1, False)],
    ]


def test_a_table_that_is_all_a_cell_says_is_its_text_and_others_follow():
    inner = tbl(tc("b" + "") + tc(tbl(tc("c")) + p()))
    document = word(tbl(tc(p("a") + inner + p("z")) + tc(tbl(tc("d")) + p())) + tbl(tc("e")))
    assert tables(document) == [[["a\nz", "d"]], [["b", "c"]], [["e"]]]
    assert [block.rows[0][0].at.table for block in document.blocks] == [1, 2, 3]
    assert "1 个单元格里另有表格" in document.doubts[0]


def test_blocks_stand_in_their_order():
    row = f"<w:sdt><w:sdtContent><w:tr>{tc('b')}</w:tr></w:sdtContent></w:sdt>"
    deleted = f"<w:tr><w:trPr><w:del/></w:trPr>{tc('删')}</w:tr>"
    document = word(
        p("一") + f"<w:sdt><w:sdtContent>{p('二')}<w:tbl>{row}{deleted}</w:tbl></w:sdtContent></w:sdt>" + p() + p("三")
    )
    one, two, table, three = document.blocks
    assert [cell.text for cell in (one, two, three) if isinstance(cell, Cell)] == ["一", "二", "三"]
    assert [cell.at.row for cell in (one, two, three)] == [1, 2, 3]
    assert [[cell.text for cell in row] for row in table.rows] == [["b"]]


@pytest.mark.parametrize(
    ("content", "doubt"),
    [
        (p(VANISH), "1 处隐藏文字"),
        (p(f"<w:ins>{r('b')}</w:ins>"), "修订"),
        (p('<w:r><w:sym w:font="Wingdings" w:char="F04A"/></w:r>'), "特殊符号"),
        (p("<w:r><w:rPr><w:strike/></w:rPr><w:t>≥9次</w:t></w:r>"), "1 处带删除线的文字"),
        (p("<w:r><w:drawing/></w:r>"), "1 个单元格只有图片"),
        (p("<w:r><w:pict/></w:r>") + p("<w:r><w:object/></w:r>"), "1 个单元格只有图片"),
        (p() + '<w:altChunk r:id="r1" xmlns:r="urn:r"/>', "1 处嵌入的其他文件"),
    ],
)
def test_what_a_person_should_look_at_is_a_doubt(content, doubt):
    (found,) = word(tbl(tc(content))).doubts
    assert doubt in found


@pytest.mark.parametrize(
    "run",
    [
        '<w:r><w:rPr><w:strike w:val="0"/></w:rPr><w:t>12次</w:t></w:r>',
        "<w:r><w:drawing/></w:r><w:r><w:t>12次</w:t></w:r>",
    ],
)
def test_what_stands_beside_a_picture_or_is_not_struck_out_is_read(run):
    document = word(tbl(tc(p(run))))
    assert tables(document) == [[["12次"]]]
    assert document.doubts == ()


def test_what_is_struck_out_is_no_value():
    struck = "<w:r><w:rPr><w:dstrike/></w:rPr><w:t>9次</w:t></w:r>"
    assert tables(word(tbl(tc(p(struck + r("12次")))))) == [[["12次"]]]


@pytest.mark.parametrize(
    ("body", "kind", "words"),
    [
        (tbl(tc("a", '<w:gridSpan w:val="2147483648"/>')), Refused, "超过 63 列"),
        (tbl(tc("a", '<w:gridSpan w:val="64"/>')), Refused, "跨 64 列"),
        (tbl('<w:trPr><w:gridBefore w:val="9999999999999999999"/></w:trPr>' + tc("a")), Refused, "列"),
        (tbl(tc("a", '<w:gridSpan w:val="-1"/>')), Unreadable, "不是数字"),
        (tbl(tc("a") * 20_001), Refused, "单元格超过"),
        ("<w:tbl><w:tr><w:tc>" * 51 + p("a") + "</w:tc></w:tr></w:tbl>" * 51, Refused, "嵌套过深"),
        ("<w:sdt><w:sdtContent>" * 200 + p("a") + "</w:sdtContent></w:sdt>" * 200, Unreadable, "XML"),
    ],
)
def test_what_no_form_needs_is_turned_away(body, kind, words):
    with pytest.raises(kind, match=words):
        word(body)


def test_strict_open_xml_is_read():
    out = io.BytesIO()
    xml = f"<w:document {SPACES}><w:body>{p('一')}</w:body></w:document>"
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("word/document.xml", xml.replace(W, "http://purl.oclc.org/ooxml/wordprocessingml/main"))
    assert read_docx("a.docx", out.getvalue()).blocks[0].text == "一"


LETTERS = st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"), exclude_characters="\ufffe\uffff")
TEXT = st.text(LETTERS | st.sampled_from("\n\t≥%年 "), max_size=12)


def paragraphs(text: str) -> str:
    lines = [[f"{r(part)}" for part in line.split("\t")] for line in text.split("\n")]
    return "".join(p("<w:r><w:tab/></w:r>".join(line)) for line in lines)


@given(st.lists(st.lists(TEXT, min_size=1, max_size=5), min_size=1, max_size=5))
def test_any_grid_comes_back_from_a_word_file(grid):
    document = word(tbl(*("".join(tc(paragraphs(text)) for text in row) for row in grid)))
    assert tables(document) == [[[text.strip() for text in row] for row in grid]]


def test_a_hidden_row_is_left_out_and_told():
    hidden = f"<w:tr><w:trPr><w:hidden/></w:trPr>{tc('藏')}</w:tr>"
    shown = f"<w:tr><w:trPr><w:hidden w:val='0'/></w:trPr>{tc('b')}</w:tr>"
    document = word(f"<w:tbl><w:tr>{tc('a')}</w:tr>{hidden}{shown}</w:tbl>")
    assert tables(document) == [[["a"], ["b"]]]
    assert "1 处隐藏文字" in document.doubts[0]
