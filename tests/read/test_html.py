"""Web pages: what a browser shows is what is read."""

import contextlib
import time

import pytest
import webpage
from hypothesis import given
from hypothesis import strategies as st
from specimen import DATA

from auditkit.document import At, Cell, Document, Table
from auditkit.parse.form import parse
from auditkit.read import read
from auditkit.read.html.page import read_html
from auditkit.safety import Limits, Refused, Unreadable

WORD = [*sorted((DATA / "2021").glob("*.docx")), DATA / "specimen.docx"]


def html(text: str, encoding: str = "utf-8") -> Document:
    return read_html("a.html", text.encode(encoding))


def texts(document: Document) -> list[object]:
    return [[[c.text for c in row] for row in b.rows] if isinstance(b, Table) else b.text for b in document.blocks]


def shape(table: Table) -> list[list[tuple[str, int, int, bool]]]:
    return [[(c.text, c.grid, c.span, c.merged) for c in row] for row in table.rows]


@pytest.mark.parametrize("path", WORD, ids=lambda path: path.name[:2])
def test_a_form_as_a_web_page_is_the_form_of_the_word_file(path):
    document = read(path)
    assert parse(html(webpage.page(document))) == parse(document)


def test_the_dump_as_one_page_with_eight_forms():
    document = read(DATA / "2021" / "2021_self_evaluation_forms.txt")
    assert parse(html(webpage.page(document))) == parse(document)


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [
        *[(encoding, "utf-8") for encoding in ("utf-8", "utf-8-sig", "utf-16", "gb18030")],
        *[("gbk", declared) for declared in ("gbk", "gb2312", "GB18030", "x-unknown", "")],
        ("utf-8", "gb2312"),
        ("utf-16-le", ""),
        ("big5", "big5"),
    ],
)
def test_encodings_declared_and_not(tmp_path, encoding, declared):
    meta = f'<meta http-equiv="Content-Type" content="text/html; charset={declared}">' if declared else ""
    path = tmp_path / "form.html"
    path.write_bytes(f"<html><head>{meta}</head><table><tr><td>項目名稱<td>經費</table>".encode(encoding))
    document = read(path)
    assert (texts(document), document.doubts) == ([[["項目名稱", "經費"]]], ())


def test_letters_that_cannot_be_decoded_are_a_doubt():
    document = read_html("a.html", ("<table><tr><td>" + "项目名称" * 30).encode("gbk") + b"\xff</table>")
    assert "无法解码" in document.doubts[0]


CELLS = {
    "entities": ("&ge;95%&nbsp;&#8804;&#x4e07;&lt;b&gt;", "≥95%\xa0≤万<b>"),
    "outer blanks": (" \n&nbsp;&#12288;a b&emsp;\n", "a b"),
    "runs of blanks": ("a  \n\t b", "a b"),
    "a source line between Chinese letters": ("<span>法律\n  援</span>\n助 机\n构a\nb", "法律援助 机构a b"),
    "a source line before a block": ("甲\n<p>乙\n<br>丙", "甲\n乙\n丙"),
    "breaks": ("a<br>b<BR/> c<br><br>d<br>", "a\nb\nc\n\nd"),
    "blocks": ("<p>a<p>b</p><div>c<div>d</div></div>e<ul><li>f<li>g</ul>", "a\nb\nc\nd\ne\nf\ng"),
    "inline": ("<b>9</b><font size=1>0</font><o:p></o:p>", "90"),
    "dropped": ("a<script>b</script><style>c</style><noscript>d</noscript><template>e</template><!--f-->", "a"),
    "conditional comment": ("a<!--[if gte mso 9]><xml><w:x>b</w:x></xml><![endif]--><![if !x]>c<![endif]>", "ac"),
    "ruby": ("<ruby>一<rp>(</rp><rt>yi</rt></ruby>", "一"),
    "preformatted": ("<pre>a  b\nc</pre>", "a  b\nc"),
    "kept blanks": ("<span style='White-Space: pre-wrap'>a  b\nc</span>  d", "a  b\nc d"),
    "filled fields": ("<input value=95><input type=hidden value=1><select><option>a<option selected>b</select>", "95b"),
    "text area": ("<textarea>a\nb</textarea>", "a\nb"),
    "marks in the source": ("a\fb\vc", "a b c"),
    "unclosed": ("<b>a<i>b<p>c", "ab\nc"),
}


@pytest.mark.parametrize("name", CELLS)
def test_the_text_of_a_cell(name):
    content, expected = CELLS[name]
    assert texts(html(f"<table><tr><td>{content}</td><td>z</table>")) == [[[expected, "z"]]]


HIDDEN = {
    "display": "<b style='color:red;DISPLAY : none'>藏</b>",
    "visibility": "<b style=visibility:hidden>藏</b>",
    "attribute": "<b hidden>藏</b>",
    "within": "<div hidden><p>藏<b hidden>藏</b></p></div>",
    "word": "<span style='mso-hide:all'>藏</span>",
    "size": "<span style='font-size:0px'>藏</span>",
    "rule": "<style><!-- b { } .x, i > .y { color: red; display: none } --></style><b class=x>藏</b>",
    "table": "<table hidden><tr><td>藏</table>",
}


@pytest.mark.parametrize("name", HIDDEN)
def test_hidden_text_is_not_read_and_a_doubt(name):
    document = html(f"<table><tr><td>a{HIDDEN[name]}</td></table>")
    assert (texts(document), document.doubts) == ([[["a"]]], ("有 1 处隐藏文字未读取，请核对原件",))


def test_what_only_print_hides_is_read():
    rules = "@media print { .x { display: none } } .y { font-size: 0.9em; opacity: 0.5 }"
    assert texts(html(f"<style>{rules}</style><table><tr><td class='x y'>a</table>")) == [[["a"]]]


def test_hidden_rows_and_cells_take_no_place():
    document = html(
        "<table><tr hidden><td rowspan=9>x</td></tr><tr><td style='display:none'>y</td><td>a</td></tr></table>"
    )
    assert shape(document.blocks[0]) == [[("a", 0, 1, False)]]
    assert document.doubts == ("有 2 处隐藏文字未读取，请核对原件",)


def test_spans_make_the_grid():
    document = html(
        "<table><tr><td rowspan=2>a<td colspan=2 rowspan=3>b<td>c<tr><td>d<tr><td>e<td>f"
        "<tr><td rowspan=0>g<td colspan='2 '>h<td rowspan=2.9>i<tr><td colspan=0>j<td>k<tr><td>l<td>m<td>n</table>"
    )
    assert shape(document.blocks[0]) == [
        [("a", 0, 1, False), ("b", 1, 2, False), ("c", 3, 1, False)],
        [("", 0, 1, True), ("", 1, 2, True), ("d", 3, 1, False)],
        [("e", 0, 1, False), ("", 1, 2, True), ("f", 3, 1, False)],
        [("g", 0, 1, False), ("h", 1, 2, False), ("i", 3, 1, False)],
        [("", 0, 1, True), ("j", 1, 1, False), ("k", 2, 1, False), ("", 3, 1, True)],
        [("", 0, 1, True), ("l", 1, 1, False), ("m", 2, 1, False), ("n", 3, 1, False)],
    ]
    assert [c.at for c in document.blocks[0].rows[1]] == [At(table=1, row=2, column=c) for c in (1, 2, 3)]


def test_a_rowspan_ends_with_its_section_and_the_foot_stands_last():
    document = html("<table><tfoot><tr><td>z<thead><tr><td rowspan=5>h<tbody><tr><td>a</table>")
    assert shape(document.blocks[0]) == [[("h", 0, 1, False)], [("a", 0, 1, False)], [("z", 0, 1, False)]]


def test_overlapping_cells_do_not_shift_the_others():
    document = html("<table><tr><td>a<td rowspan=2>b<td>c<tr><td colspan=2>d<td>e</table>")
    assert shape(document.blocks[0])[1] == [("d", 0, 2, False), ("e", 2, 1, False)]


def test_blocks_stand_in_their_order():
    document = html("<h1>一</h1>二<br>三<div>四<table><caption>五</caption><tr><td>a</table>六</div><p>&nbsp;</p>七")
    assert texts(document) == ["一", "二\n三", "四", "五", [["a"]], "六", "七"]
    assert [b.at.row for b in document.blocks if isinstance(b, Cell)] == [1, 2, 3, 4, 5, 6]


def test_nested_tables_follow_the_one_around_them():
    document = html(
        "<table><tr><td>a<table><tr><td>b<td><table><tr><td>c</table>d</table>z<td>e</table><table><tr><td>f</table>"
    )
    assert texts(document) == [[["a\nz", "e"]], [["b", "d"]], [["c"]], [["f"]]]
    assert [b.rows[0][0].at.table for b in document.blocks] == [1, 2, 3, 4]


def test_a_page_beside_its_menu_is_no_cell():
    form = "<table>" + "<tr><td>a<td>b" * 4 + "</table>"
    document = html(f"<table><tr><td>菜单<td><p>一<p>二{form}<p>三{form}四</table>")
    rows = [["a", "b"]] * 4
    assert texts(document) == ["菜单", "一", "二", rows, "三", rows, "四"]


def test_a_table_that_only_places_others_is_none():
    inner = "<table><tr><td>a<td>b</table>"
    assert texts(html(f"<table><tr><td>{inner}</table>")) == [[["a", "b"]]]
    document = html(f"<table><tr><td>题<br>目<tr><td><td><table><tr><td>{inner}</table><tr><td colspan=2>注</table>")
    assert texts(document) == ["题\n目", [["a", "b"]], "注"]


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("<html><body>x</body></html>", Unreadable, "没有表格"),
        ("<html><frameset><frame src=sheet001.htm></frameset></html>", Unreadable, "没有表格"),
        ("<table><tr><td colspan=1000000000>a</table>", Refused, "超过 63 列"),
        ("<table><tr><td colspan=64 rowspan=9>a</table>", Refused, "跨 64 列"),
        ("<table>" + "<tr>" + "<td>a" * 20_001, Refused, "单元格超过"),
        ("<table>" + "<tr><td rowspan=0>a<td rowspan=0>" * 700, Refused, "单元格超过"),
        ("<table><tr><td>" * 3000 + "a", Refused, "嵌套过深"),
        ("<table><tr><td>" * 300_000 + "a", Refused, "嵌套过深"),
        ("<div>" * 1_000_000 + "<table><tr><td>a", Refused, "嵌套过深"),
        ("<p>" + "".join(f"<b id={n}>" for n in range(5000)) + "<p>x" * 5000, Refused, "嵌套过深"),
        ("<p " + " ".join(f"a{n}" for n in range(200_000)) + "><table><tr><td>a", Refused, "属性过多"),
        ("<!-->" + "<div>" * 100_000 + "-->", Refused, "嵌套过深"),
    ],
    ids=lambda value: value[:20] if isinstance(value, str) else "",
)
def test_what_no_form_needs_is_turned_away(text, kind, words):
    began = time.process_time()
    with pytest.raises(kind, match=words):
        html(text)
    assert time.process_time() - began < 10


@pytest.mark.parametrize(
    "text",
    [
        "<table><tr><td rowspan=1000000000>a" + "<tr>" * 10_000,
        "<table><tr><td>a" + "<p>x" * 500_000,
        "<!--" * 500_000 + "--><table><tr><td>a",
        "<style>" + "p i .x {display:none}" * 1000 + "</style><table><tr><td>a" + "<i></i>" * 20_000,
        "<table><tr><td>a" + "<" * 1_000_000 + "&" * 1_000_000,
        "<i>" * 1000 + "<table><tr><td>a" + "</b>" * 3000,
    ],
    ids=lambda text: text[:20],
)
def test_what_is_merely_odd_is_read_in_time(text):
    began = time.process_time()
    html(text)
    assert time.process_time() - began < 10


def test_limits_are_overridable():
    with pytest.raises(Refused, match="超过 2 列"):
        read_html("a", b"<table><tr><td colspan=3>a</table>", Limits(span=2))


@pytest.mark.parametrize("name", ["form.doc", "form.xls", "form.htm", "form"])
@pytest.mark.parametrize("head", ["", "\n <?xml version='1.0'?>", "<!-- saved -->"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "utf-16"])
def test_a_page_is_known_by_its_content(tmp_path, name, head, encoding):
    path = tmp_path / name
    path.write_bytes(f"{head}<HTML xmlns:o='urn:x'><table><tr><td>项目名称</table>".encode(encoding))
    assert texts(read(path)) == [[["项目名称"]]]


def test_a_web_archive_is_refused(tmp_path):
    path = tmp_path / "form.mht"
    path.write_bytes(b"MIME-Version: 1.0\r\n\r\n<html><table></table></html>")
    with pytest.raises(Refused, match="mht"):
        read(path)


LETTERS = st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"))
TEXT = st.text(LETTERS | st.sampled_from("\n\t≥%年 <&;\"'"), max_size=12)


@given(st.lists(st.lists(st.tuples(TEXT, st.integers(1, 3)), min_size=1, max_size=5), min_size=1, max_size=5))
def test_any_grid_comes_back_from_a_page(grid):
    rows = []
    for number, row in enumerate(grid, 1):
        cells, x = [], 0
        for column, (text, span) in enumerate(row, 1):
            cells.append(Cell(text.strip(), At(table=1, row=number, column=column), x, span))
            x += span
        rows.append(tuple(cells))
    document = Document("a.html", (Table(tuple(rows)),))
    assert html(webpage.page(document)) == document


@given(st.lists(st.lists(st.integers(1, 3), min_size=3, max_size=3), min_size=1, max_size=5))
def test_any_vertical_merge_comes_back_from_a_page(heights):
    """Columns cut into merged cells of any height."""
    rows = [[] for _ in range(6)]
    for x, cuts in enumerate(heights):
        at = 0
        for height in cuts:
            for number in range(at, min(at + height, 6)):
                rows[number].append(
                    Cell("" if number > at else f"{x}.{at}", At("", 0, "", 1, number + 1, x + 1), x, 1, number > at)
                )
            at += height
        for number in range(at, 6):
            rows[number].append(Cell("", At("", 0, "", 1, number + 1, x + 1), x))
    document = Document("a.html", (Table(tuple(map(tuple, rows))),))
    assert html(webpage.page(document)) == document


TAGS = "table tr td /td /table p b /b td/rowspan=2 select pre tr/hidden x"
MARKUP = st.sampled_from([f"<{tag}>" for tag in TAGS.split()])


@given(st.text(max_size=300) | st.lists(MARKUP).map(" ".join))
def test_no_page_makes_reading_fail_otherwise(text):
    with contextlib.suppress(Unreadable):
        html(text)
