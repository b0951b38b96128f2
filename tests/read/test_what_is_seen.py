"""What a person does not see is no part of a value and is told: every class in every format that has it.

A table of classes by formats. An entry is the inside of a cell that reads 126人, written by this script; the name of a case of
test_seen_in_workbooks.py, which is read as .xlsx, .xls, .ods, .xlsb and SpreadsheetML; or the reason why there is none.
"""

from __future__ import annotations

import io
import zipfile
from typing import NamedTuple

import pytest
from pdfpages import drawn, put, rows
from test_seen_in_workbooks import CASES as WORKBOOKS

from auditkit.document import Document, Table
from auditkit.read import read
from auditkit.read.docx import read_docx
from auditkit.read.html.page import read_html
from auditkit.read.pdf.document import read_pdf

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
W14 = "http://schemas.microsoft.com/office/word/2010/wordml"
M = "http://schemas.openxmlformats.org/officeDocument/2006/math"
STYLES = (
    f'<w:styles xmlns:w="{W}"><w:style w:type="character" w:styleId="S"><w:rPr><w:strike/></w:rPr></w:style>'
    '<w:style w:type="character" w:styleId="H"><w:basedOn w:val="V"/></w:style>'
    '<w:style w:type="character" w:styleId="V"><w:rPr><w:vanish/></w:rPr></w:style>'
    '<w:style w:type="character" w:styleId="I"><w:rPr><w:color w:val="FFFFFF"/></w:rPr></w:style>'
    '<w:style w:type="character" w:styleId="U"><w:rPr><w:vertAlign w:val="superscript"/></w:rPr></w:style>'
    '<w:style w:type="character" w:styleId="T"><w:rPr><w:sz w:val="2"/></w:rPr></w:style>'
    '<w:style w:type="table" w:styleId="P"/><w:style w:type="table" w:styleId="D"><w:basedOn w:val="E"/></w:style>'
    '<w:style w:type="table" w:styleId="E"><w:tcPr><w:shd w:fill="1F4E79"/></w:tcPr></w:style></w:styles>'
)
SHEET = ".s{text-decoration:line-through} .h{display:none} .w{color:#fff} .u{vertical-align:super} .t{font-size:1px}"


class Why(str):
    """The reason why a class has no entry in a format."""


class Seen(NamedTuple):
    """Words of the doubt, blank for none; what is read; the inside of the cell in each format, or why there is none."""

    doubt: str
    value: str
    docx: str
    html: str
    pdf: str
    workbook: str
    note: str = ""  # of the PDF: an annotation on its page
    table: str = ""  # of Word: the style of the table


def run(text: str, properties: str = "") -> str:
    return f"<w:r><w:rPr>{properties}</w:rPr><w:t>{text}</w:t></w:r>"


def field(instruction: str, *result: str) -> str:
    """A field of Word, its instruction in two pieces, as Word parts it."""
    marks = [f"<w:r><w:fldChar w:fldCharType='{kind}'/></w:r>" for kind in ("begin", "separate", "end")]
    told = "".join(f"<w:r><w:instrText>{piece}</w:instrText></w:r>" for piece in (instruction[:2], instruction[2:]))
    return marks[0] + told + (marks[1] + run(result[0]) if result else "") + marks[2]


def control(content: str, properties: str = "") -> str:
    return f"<w:sdt><w:sdtPr>{properties}</w:sdtPr><w:sdtContent>{content}</w:sdtContent></w:sdt>"


def box(text: str) -> str:
    return f"<w:r><w:pict><w:txbxContent><w:p>{run(text)}</w:p></w:txbxContent></w:pict></w:r>"


VALUE, OTHER = run("126人"), "100人"
B, B_LATER = put(210, 650, "126"), put(240, 650, "126")
FRACTION = "<m:f><m:num><m:r><m:t>126</m:t></m:r></m:num><m:den><m:r><m:t>130</m:t></m:r></m:den></m:f>"
CUBE = "<m:sSup><m:e><m:r><m:t>10</m:t></m:r></m:e><m:sup><m:r><m:t>3</m:t></m:r></m:sup></m:sSup>"
LIST = "<w:ddList><w:result w:val='1'/><w:listEntry w:val='100人'/><w:listEntry w:val='126人'/></w:ddList>"
IMAGE = "q 40 0 0 20 220 640 cm BI /W 1 /H 1 /CS /G /BPC 8 ID x EI Q\n"
STRIKE = "/Subtype /StrikeOut /QuadPoints [210 659 221 659 210 648 221 648]"
STAMP = "/Subtype /Stamp /Contents (NO)"


def equation(inside: str) -> str:
    return f"<m:oMath xmlns:m='{M}'>{inside}</m:oMath>"


NO_STYLES = Why("a PDF has no styles: what a style strikes or hides is drawn so")
NO_CHANGES = Why("it keeps no tracked changes of cells")
NO_FIELDS = Why("its fields lie over the page: test_pdf.py")
FORMULAS = Why("a workbook's fields are formulas, which are read by their saved results: test_excel.py")
CELL_STYLES = Why("a workbook's cell names its looks in one table of formats: whatever the style, it is the case above")
CONTROLS = Why("what a control chooses is the value of its linked cell")
SHAPED = Why("what covers a text of Word is a shape: the text box below")
SHAPES = Why("shapes lie over the cells: test_drawings.py")

CLASSES = {
    "struck out": Seen("删除线", "126人", run(OTHER, "<w:strike/>") + VALUE, f"<del>{OTHER}</del>126人", put(210, 650, "99") + "210 653.5 m 221 653.5 l S\n" + B_LATER, "struck run"),
    "struck out twice": Seen("删除线", "126人", run(OTHER, "<w:dstrike/>") + VALUE, f"<b style='text-decoration:line-through double'>{OTHER}</b>126人", put(210, 650, "99") + "210 653 m 221 653 l S 210 654.5 m 221 654.5 l S\n" + B_LATER, Why("a workbook strikes once")),
    "struck out by style": Seen("删除线", "126人", run(OTHER, "<w:rStyle w:val='S'/>") + VALUE, f"<b class=s>{OTHER}</b>126人", NO_STYLES, "struck cell"),
    "struck out by a reviewer": Seen("删除线|修订", "126人", f"<w:del><w:r><w:delText>{OTHER}</w:delText></w:r></w:del>" + VALUE, Why("a page has no notes but <del>, the case above"), put(210, 650, "99") + B_LATER, NO_CHANGES, STRIKE),
    "hidden": Seen("隐藏|看不见", "126人", run(OTHER, "<w:vanish/>") + VALUE, f"<b style='display:none'>{OTHER}</b>126人", put(210, 650, "99", mode=3) + B_LATER, "format that hides"),
    "hidden by a style's base": Seen("隐藏", "126人", run(OTHER, "<w:rStyle w:val='H'/>") + VALUE, f"<b class=h>{OTHER}</b>126人", NO_STYLES, CELL_STYLES),
    "too small": Seen("隐藏|看不见", "126人", run(OTHER, "<w:sz w:val='2'/>") + VALUE, f"<b style='font-size:1px'>{OTHER}</b>126人", put(210, 650, "99", size=0.3) + B_LATER, Why("Excel's letters are no smaller than a point")),
    "too small by style": Seen("隐藏", "126人", run(OTHER, "<w:rStyle w:val='T'/>") + VALUE, f"<b class=t>{OTHER}</b>126人", NO_STYLES, "tiny"),
    "squeezed to nothing": Seen("隐藏", "126人", run(OTHER, "<w:w w:val='1'/>") + VALUE, f"<b style='transform:scaleX(0)'>{OTHER}</b>126人", Why("a PDF's letters that are squeezed are too small, the case above"), Why("a workbook squeezes no letters")),
    "filled with nothing": Seen("隐藏|底色|看不见", "126人", run(OTHER, f"<w14:textFill xmlns:w14='{W14}'><w14:noFill/></w14:textFill>") + VALUE, f"<b style='-webkit-text-fill-color:transparent'>{OTHER}</b>126人", put(210, 650, "99", mode=7) + B_LATER, Why("a workbook fills no letters")),
    "folded up": Seen("隐藏", "126人", Why("Word prints what stands under a heading that is folded up"), f"126人<details>{OTHER}</details>", Why("paper is not folded up"), Why("a group that is folded up is hidden rows: test_excel.py")),
    "moved off the page": Seen("隐藏|看不见", "126人", Why("Word keeps its text within the page"), f"<b style='position:absolute;left:-9999px'>{OTHER}</b>126人", put(-400, 650, "99") + B_LATER, Why("a column far off is told: test_excel.py")),
    "covered": Seen("看不见", "126人", SHAPED, Why("what covers a text of a page is a text box, the case below"), put(210, 650, "99") + "1 g 205 645 20 15 re f 0 g\n" + B_LATER, SHAPES),
    "of the theme's white": Seen("底色", "126人", run(OTHER, "<w:color w:val='auto' w:themeColor='background1'/>") + VALUE, f"<style>:root{{--paper:#fff}} .v{{color:var(--paper)}}</style><b class=v>{OTHER}</b>126人", Why("a PDF has no themes"), Why("colours of a theme: test_seen_in_workbooks.py")),
    "of its highlight": Seen("底色|看不见", "126人", run(OTHER, "<w:color w:val='FFFF00'/><w:highlight w:val='yellow'/>") + VALUE, f"<mark style='background:yellow;color:#ff0'>{OTHER}</mark>126人", f"1 1 0 rg 205 640 30 30 re f {put(210, 650, '99')} 0 g\n" + B_LATER, "blue on blue"),
    "white": Seen("底色|看不见", "126人", run(OTHER, "<w:color w:val='FFFFFF'/>") + VALUE, f"<font color=white>{OTHER}</font>126人", f"1 g {put(210, 650, '99')} 0 g\n" + B_LATER, "white run"),
    "white by style": Seen("底色", "126人", run(OTHER, "<w:rStyle w:val='I'/>") + VALUE, f"<b class=w>{OTHER}</b>126人", NO_STYLES, "white cell"),
    "white in a table of a style": Seen("底色", "126人", run(OTHER, "<w:color w:val='FFFFFF'/>") + VALUE, f"<b class=w>{OTHER}</b>126人", NO_STYLES, CELL_STYLES, table="P"),
    "white in a table of a style that shades": Seen("", "126人", run("126人", "<w:color w:val='FFFFFF'/>"), "<b style='background:navy;color:white'>126人</b>", NO_STYLES, "white on blue", table="D"),
    "nearly white": Seen("底色|看不见", "126人", run(OTHER, "<w:color w:val='FAFAFA'/>") + VALUE, f"<b style='color:#fafafa'>{OTHER}</b>126人", f"0.98 g {put(210, 650, '99')} 0 g\n" + B_LATER, "nearly white"),
    "dark on the same dark": Seen("底色|看不见", "126人", run(OTHER, "<w:color w:val='000080'/><w:shd w:fill='000080'/>") + VALUE, f"<b style='background:navy;color:#000080'>{OTHER}</b>126人", f"0 0 0.9 rg 205 640 30 30 re f {put(210, 650, '99')} 0 g\n" + B_LATER, "blue on blue"),
    "white on a dark ground": Seen("", "126人", run("126人", "<w:color w:val='FFFFFF'/><w:shd w:fill='000080'/>"), "<b style='background:navy;color:white'>126人</b>", f"0 0 0.5 rg 205 610 90 80 re f 1 g {B} 0 g\n", "white on blue"),
    "raised": Seen("上标", "126人", VALUE + run("1", "<w:vertAlign w:val='superscript'/>"), "126人<sup>1</sup>", B + put(227, 654, "1", size=6), "note mark"),
    "raised by hand": Seen("上标", "126人", VALUE + run("1", "<w:position w:val='8'/><w:sz w:val='12'/>"), "126人<span style='position:relative;vertical-align:4px'>1</span>", B + "BT /F 10 Tf 5 Ts /F 6 Tf 227 650 Td (1) Tj ET\n", Why("a workbook raises only by a mark of the font")),
    "raised by style": Seen("上标", "126人", VALUE + run("1", "<w:rStyle w:val='U'/>"), "126人<b class=u>1</b>", NO_STYLES, CELL_STYLES),
    "small and set higher": Seen("上标", "126人", VALUE + run("①", "<w:position w:val='6'/><w:sz w:val='12'/>"), "126人<i style='position:relative;top:-.4em;font-size:70%'>①</i>", B + put(227, 653, "1", size=6), Why("a workbook raises only by a mark of the font")),
    "raised power of a metre": Seen("", "126m²", run("126m") + run("2", "<w:vertAlign w:val='superscript'/>"), "126m<sup>2</sup>", put(210, 650, "126m") + put(235.5, 654, "2", size=6), "square metres"),
    "lowered index of a name": Seen("", "CO2", run("CO") + run("2", "<w:vertAlign w:val='subscript'/>"), "CO<sub>2</sub>", put(210, 650, "CO") + put(225, 648.5, "2", size=6), "lowered"),
    "deleted cell of a tracked change": Seen("修订", "126人", f"{run(OTHER)}</w:p><w:tcPr><w:cellDel/></w:tcPr></w:tc><w:tc><w:p>{VALUE}", Why("a page keeps no tracked changes"), NO_CHANGES, NO_CHANGES),
    "watermark": Seen("水印", "126人", "<w:r><w:pict><v:shape xmlns:v='urn:schemas-microsoft-com:vml'><v:textpath string='100人'/></v:shape></w:pict></w:r>" + VALUE, f"<div style='transform:rotate(-30deg)'>{OTHER}</div>126人", f"q 0.87 0.5 -0.5 0.87 150 550 cm {put(0, 0, 'NO')} Q\n" + B, SHAPES),
    "stamp set on the page": Seen("水印|文字框", "126人", Why("a stamp of Word is a shape: the watermark, or the text box below"), f"<div style='position:absolute;color:rgba(255,0,0,.3)'>{OTHER}</div>126人", B, SHAPES, STAMP),
    "equation": Seen("", "126/130", equation(FRACTION), "<math><mfrac><mn>126</mn><mn>130</mn></mfrac></math>", Why("a PDF has no equations, only letters in places"), SHAPES),
    "fraction behind a number": Seen("公式", "3 126/130", run("3") + equation(FRACTION), "3<math><mfrac><mn>126</mn><mn>130</mn></mfrac></math>", Why("a PDF has no equations, only letters in places"), SHAPES),
    "equation of more than one line": Seen("公式", "10^3", equation(CUBE), "<math><msup><mn>10</mn><mn>3</mn></msup></math>", Why("in a PDF it is a raised mark, the case above"), SHAPES),
    "equation as an object": Seen("对象", "126人", VALUE + "<w:r><w:object/></w:r>", Why("a page has pictures of such, the case below"), Why("in a PDF it is letters in places"), SHAPES),
    "equation of a field": Seen("", "126/130", field(r"EQ \f(126,130)"), Why("a page has no fields"), NO_FIELDS, FORMULAS),
    "field": Seen("", "126人", field("=SUM(ABOVE)", "126人"), "<input value=126人>", NO_FIELDS, FORMULAS),
    "simple field": Seen("", "126人", f"<w:fldSimple w:instr='MERGEFIELD 完成'>{VALUE}</w:fldSimple>", "<textarea>126人</textarea>", NO_FIELDS, FORMULAS),
    "field without a result": Seen("域", "", field("=SUM(ABOVE)"), Why("an empty field of a page is blank"), NO_FIELDS, FORMULAS),
    "chosen of a list": Seen("", "126人", f"<w:r><w:fldChar w:fldCharType='begin'><w:ffData>{LIST}</w:ffData></w:fldChar></w:r>", "<select><option>100人<option selected>126人</select>", NO_FIELDS, CONTROLS),
    "ticked boxes": Seen("", "☑是 □否", f"<w:r><w:fldChar w:fldCharType='begin'><w:ffData><w:checkBox><w:checked/></w:checkBox></w:ffData></w:fldChar></w:r>{run('是 ')}<w:r><w:fldChar w:fldCharType='begin'><w:ffData><w:checkBox/></w:ffData></w:fldChar></w:r>{run('否')}", "<input type=checkbox checked>是 <input type=radio>否", NO_FIELDS, CONTROLS),
    "content control": Seen("", "126人", control(VALUE, "<w:dropDownList/>"), "<label contenteditable>126人</label>", NO_FIELDS, CONTROLS),
    "prompt of a content control": Seen("", "", control(run("单击此处输入"), "<w:showingPlcHdr/>"), "<input placeholder=单击此处输入>", NO_FIELDS, CONTROLS),
    "a table within": Seen("", "126人", "</w:p><w:tbl><w:tr><w:tc><w:p>" + VALUE + "</w:p></w:tc></w:tr></w:tbl><w:p>", "<table><tr><td>126人</table>", "204 640 40 20 re S\n" + put(210, 645, "126"), Why("a workbook's cell holds no table")),
    "text box": Seen("", "126人", box("126人"), "<div style='float:left;border:1px solid'>126人</div>", "205 640 40 20 re S\n" + put(210, 645, "126"), SHAPES),
    "a picture alone": Seen("图片", "", "<w:r><w:drawing/></w:r>", "<img src=x>", IMAGE, "picture"),
    "a picture beside a text": Seen("", "126人", VALUE + "<w:r><w:drawing/></w:r>", "126人<img src=x>", B_LATER + IMAGE.replace("220 640", "205 610"), SHAPES),
}  # fmt: skip
FORMATS = ("docx", "html", "pdf")


def document(format_: str, content: str, note: str = "", style: str = "") -> Document:
    if format_ == "html":
        return read_html("a.html", f"<style>{SHEET}</style><table><tr><td>甲<td>{content}</table>".encode())
    if format_ == "pdf":
        text = put(110, 650, "A") + put(110, 550, "C") + put(210, 550, "D") + content
        notes = f"0 0 595 842]/Annots[<< /Type /Annot {note} /Rect [210 640 230 660] >>" if note else "0 0 595 842"
        return read_pdf("a.pdf", drawn(text, box=notes))
    cell = f"<w:tc><w:p>{content}</w:p></w:tc>"
    body = f"<w:tbl><w:tblPr><w:tblStyle w:val='{style}'/></w:tblPr><w:tr><w:tc><w:p>{run('甲')}</w:p></w:tc>{cell}</w:tr></w:tbl>"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("word/document.xml", f'<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>')
        file.writestr("word/styles.xml", STYLES)
    return read_docx("a.docx", out.getvalue())


ENTRIES = [
    pytest.param(format_, seen, id=f"{name}-{format_}")
    for name, seen in CLASSES.items()
    for format_ in FORMATS
    if not isinstance(getattr(seen, format_), Why)
]


@pytest.mark.parametrize(("format_", "seen"), ENTRIES)
def test_only_what_is_seen_is_read_and_the_rest_is_told(format_, seen):
    found = document(format_, getattr(seen, format_), seen.note, seen.table)
    if format_ == "pdf":
        assert rows(found)[0][1][0] == seen.value.removesuffix("人")
    else:
        table = next(block for block in found.blocks if isinstance(block, Table))
        assert table.rows[0][1].text == seen.value
    if seen.doubt:
        assert any(word in told for word in seen.doubt.split("|") for told in found.doubts)
    else:
        assert found.doubts == ()


def test_what_workbooks_show_is_a_case_of_theirs_or_has_its_reason():
    named = {seen.workbook for seen in CLASSES.values() if not isinstance(seen.workbook, Why)}
    assert named <= WORKBOOKS.keys()


def test_letters_of_the_radical_blocks_are_those_that_they_stand_for(tmp_path):
    """In every format alike, as it is done behind every reader; PDF programs write them for letters that look the same."""
    (tmp_path / "a.html").write_text("<meta charset=utf-8><table><tr><td>⻔⻋<td>126⼈次</table>", "utf-8")
    (table,) = read(tmp_path / "a.html").blocks
    assert [cell.text for cell in table.rows[0]] == ["门车", "126人次"]
