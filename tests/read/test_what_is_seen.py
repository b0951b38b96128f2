"""What a person does not see is no part of a value and is told: every class in every format that has it.

A table of classes by formats: each entry is the inside of a cell that reads 126人, written by this script. Workbooks have a table
of their own (test_excel_seen.py and its like); a class that a format does not have says why.
"""

from __future__ import annotations

import io
import zipfile

import pytest
from pdfpages import drawn, put, rows

from auditkit.document import Document, Table
from auditkit.read.docx import read_docx
from auditkit.read.html.page import read_html
from auditkit.read.pdf.document import read_pdf

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
M = "http://schemas.openxmlformats.org/officeDocument/2006/math"
STYLES = (
    f'<w:styles xmlns:w="{W}"><w:style w:type="character" w:styleId="S"><w:rPr><w:strike/></w:rPr></w:style>'
    '<w:style w:type="character" w:styleId="H"><w:basedOn w:val="V"/></w:style>'
    '<w:style w:type="character" w:styleId="V"><w:rPr><w:vanish/></w:rPr></w:style></w:styles>'
)
SHEET = ".s{text-decoration:line-through} .h{display:none}"


def run(text: str, properties: str = "") -> str:
    return f"<w:r><w:rPr>{properties}</w:rPr><w:t>{text}</w:t></w:r>"


VALUE, OTHER = run("126人"), "100人"
FRACTION = f"<m:oMath xmlns:m='{M}'><m:f><m:num><m:r><m:t>126</m:t></m:r></m:num><m:den><m:r><m:t>130</m:t></m:r></m:den></m:f></m:oMath>"
LIST = "<w:r><w:fldChar w:fldCharType='begin'><w:ffData><w:ddList><w:result w:val='1'/><w:listEntry w:val='100人'/><w:listEntry w:val='126人'/></w:ddList></w:ffData></w:fldChar></w:r>"
NO_STYLES, NO_FIELDS = (
    "a PDF has no styles: what a style strikes or hides is drawn so",
    "a PDF's fields lie over the page: test_pdf.py",
)

# Class: what of the doubt's words, what is read, then Word, web page, PDF: the inside of the cell, or why there is none.
CLASSES = {
    "struck out": ("删除线", "126人", run(OTHER, "<w:strike/>") + VALUE, f"<del>{OTHER}</del>126人", put(210, 650, "99") + "210 653.5 m 221 653.5 l S\n" + put(240, 650, "126")),
    "struck out by style": ("删除线", "126人", run(OTHER, "<w:rStyle w:val='S'/>") + VALUE, f"<b class=s>{OTHER}</b>126人", NO_STYLES),
    "hidden": ("隐藏|看不见", "126人", run(OTHER, "<w:vanish/>") + VALUE, f"<b style='display:none'>{OTHER}</b>126人", put(210, 650, "99", mode=3) + put(240, 650, "126")),
    "hidden by a style's base": ("隐藏", "126人", run(OTHER, "<w:rStyle w:val='H'/>") + VALUE, f"<b class=h>{OTHER}</b>126人", NO_STYLES),
    "white": ("底色|看不见", "126人", run(OTHER, "<w:color w:val='FFFFFF'/>") + VALUE, f"<font color=white>{OTHER}</font>126人", f"1 g {put(210, 650, '99')} 0 g\n" + put(240, 650, "126")),
    "nearly white": ("底色|看不见", "126人", run(OTHER, "<w:color w:val='FAFAFA'/>") + VALUE, f"<b style='color:#fafafa'>{OTHER}</b>126人", f"0.98 g {put(210, 650, '99')} 0 g\n" + put(240, 650, "126")),
    "raised": ("上标", "126人", VALUE + run("1", "<w:vertAlign w:val='superscript'/>"), "126人<sup>1</sup>", put(210, 650, "126") + put(227, 654, "1", size=6)),
    "raised power of a metre": ("", "126m²", run("126m") + run("2", "<w:vertAlign w:val='superscript'/>"), "126m<sup>2</sup>", put(210, 650, "126m") + put(235.5, 654, "2", size=6)),
    "white on a dark ground": ("", "126人", run("126人", "<w:color w:val='FFFFFF'/><w:shd w:fill='000080'/>"), "<b style='background:navy;color:white'>126人</b>", f"0 0 0.5 rg 205 610 90 80 re f 1 g {put(210, 650, '126')} 0 g\n"),
    "laid over": ("水印", "126人", "a watermark of Word is a drawing without letters of the text", f"<div style='transform:rotate(-30deg)'>{OTHER}</div>126人", f"q 0.87 0.5 -0.5 0.87 150 550 cm {put(0, 0, 'NO')} Q\n" + put(210, 650, "126")),
    "equation": ("", "126/130", FRACTION, "<math><mfrac><mn>126</mn><mn>130</mn></mfrac></math>", "a PDF has no equations, only letters in places"),
    "chosen of a list": ("", "126人", LIST, "<select><option>100人<option selected>126人</select>", NO_FIELDS),
    "deleted by a tracked change": ("修订", "126人", f"<w:del><w:r><w:delText>{OTHER}</w:delText></w:r></w:del>" + VALUE, "a web page has no tracked changes but <del>, which is struck out", "a PDF has no tracked changes"),
    "a table within": ("", "126人", "</w:p><w:tbl><w:tr><w:tc><w:p>" + VALUE + "</w:p></w:tc></w:tr></w:tbl><w:p>", "<table><tr><td>126人</table>", "204 640 40 20 re S\n" + put(210, 645, "126")),
    "a picture alone": ("图片", "", "<w:r><w:drawing/></w:r>", "<img src=x>", "test_pdf.py has no images: an inline image needs a filter"),
}  # fmt: skip
FORMATS = ("docx", "html", "pdf")


def document(format_: str, content: str) -> Document:
    if format_ == "html":
        return read_html("a.html", f"<style>{SHEET}</style><table><tr><td>甲<td>{content}</table>".encode())
    if format_ == "pdf":
        return read_pdf("a.pdf", drawn(put(110, 650, "A") + put(110, 550, "C") + put(210, 550, "D") + content))
    cell = f"<w:tc><w:p>{content}</w:p></w:tc>"
    body = f"<w:tbl><w:tr><w:tc><w:p>{run('甲')}</w:p></w:tc>{cell}</w:tr></w:tbl>"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("word/document.xml", f'<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>')
        file.writestr("word/styles.xml", STYLES)
    return read_docx("a.docx", out.getvalue())


def made(content: str, format_: str) -> bool:
    """Whether an entry is the inside of a cell and no reason."""
    return content[:2] != "a " and content not in (NO_STYLES, NO_FIELDS) and not content.startswith("test_")


ENTRIES = [
    pytest.param(format_, doubt, value, content, id=f"{name}-{format_}")
    for name, (doubt, value, *contents) in CLASSES.items()
    for format_, content in zip(FORMATS, contents, strict=True)
    if made(content, format_)
]


@pytest.mark.parametrize(("format_", "doubt", "value", "content"), ENTRIES)
def test_only_what_is_seen_is_read_and_the_rest_is_told(format_, doubt, value, content):
    found = document(format_, content)
    if format_ == "pdf":
        assert rows(found)[0][1][0] == value.removesuffix("人")
    else:
        table = next(block for block in found.blocks if isinstance(block, Table))
        assert table.rows[0][1].text == value
    if doubt:
        assert any(word in told for word in doubt.split("|") for told in found.doubts)
    else:
        assert found.doubts == ()
