"""A Word document in the form of official papers (GB/T 9704): page, fonts, styles, tables, page numbers, comments."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import deepcopy
from datetime import datetime
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING

from auditkit.errors.usage import ExtraMissing
from auditkit.report.office.reproducible import MOMENT, timeless
from auditkit.safety import escape_controls

if TYPE_CHECKING:
    from docx.document import Document
    from docx.oxml.text.run import CT_R
    from docx.styles.style import ParagraphStyle
    from docx.table import Table, _Cell
    from docx.text.paragraph import Paragraph
    from docx.text.run import Run

TITLE, SONG, KAI, HEI, FANG = "方正小标宋简体", "宋体", "楷体_GB2312", "黑体", "仿宋_GB2312"
LINE, TABLE_LINE = 28, 17  # points
_STYLES = {  # name: font, size in points, line spacing, letters of indent, alignment, outline level
    "公文标题": (TITLE, 22, 36, 0, "center", None),
    "公文正文": (FANG, 16, LINE, 2, "both", None),
    "主送": (FANG, 16, LINE, 0, "both", None),
    "一级标题": (HEI, 16, LINE, 2, "both", 0),
    "二级标题": (KAI, 16, LINE, 2, "both", 1),
    "表格文字": (FANG, 10.5, TABLE_LINE, 0, "left", None),
    "表格居中": (FANG, 10.5, TABLE_LINE, 0, "center", None),
    "表头": (HEI, 10.5, TABLE_LINE, 0, "center", None),
    "批注": (FANG, 10.5, TABLE_LINE, 0, "left", None),
    "页码": (SONG, 14, LINE, 0, "right", None),
    "页码（左）": (SONG, 14, LINE, 0, "left", None),
}


class Paper:
    """One document being written. Raises Unreadable where python-docx is not installed."""

    def __init__(self, title: str):
        try:
            from docx import Document
        except ImportError as error:
            raise ExtraMissing("memo.docx", "python-docx") from error
        self.document, self._blank_rows = Document(), {}
        _lay_out(self.document)
        _number_pages(self.document)
        properties = self.document.core_properties
        properties.author = properties.last_modified_by = "auditkit"
        properties.title, properties.language, properties.comments = escape_controls(title)[:255], "zh-CN", ""
        properties.created = properties.modified = datetime(*MOMENT)
        for line in title.split("\n"):
            self.paragraph(line, "公文标题")

    def paragraph(self, text: str, style: str = "公文正文") -> Paragraph:
        paragraph = styled(self.document.add_paragraph(), style)
        before = paragraph._p.getprevious()
        if before is not None and before.tag == _qn("w:tbl"):
            _apart(paragraph, "before")
        say(paragraph, text)
        return paragraph

    def table(self, heads: Sequence[str], widths: Sequence[int]) -> Table:
        """A table under its heads, which repeat on every page; widths in millimetres."""
        table = self.document.add_table(1, len(heads))
        before = table._tbl.getprevious()
        if before is not None and before.tag == _qn("w:p"):
            from docx.text.paragraph import Paragraph

            _apart(Paragraph(before, self.document), "after")
        table.style, table.autofit, table.alignment = "Table Grid", False, 1
        _property(table._tbl.tblPr, "w:tblLayout", type="fixed")
        for column, width in zip(table._tbl.tblGrid.findall(_qn("w:gridCol")), widths, strict=True):
            column.set(_qn("w:w"), str(round(width * 56.7)))
        for cell, text in zip(table.rows[0].cells, heads, strict=True):
            _centre(cell)
            fill(cell, text, "表头")
        _whole(table.rows[0], repeat=True)
        return table

    def row(self, table: Table, texts: Iterable[str], middle: Iterable[int] = ()) -> Sequence[_Cell]:
        """Another row, which no page end splits; `middle` are the columns, from 0, whose text is centred."""
        cells, centred = self._add_row(table), set(middle)
        for number, text in enumerate(texts):
            fill(cells[number], text, "表格居中" if number in centred else "表格文字")
        return cells

    def _add_row(self, table: Table) -> Sequence[_Cell]:
        """Another row without texts: the second and all after it are copies, of which python-docx would look up every width."""
        from docx.table import _Cell

        if (blank := self._blank_rows.get(table._tbl)) is None:
            row = table.add_row()
            _whole(row)
            for cell in row.cells:
                _centre(cell)
            blank = self._blank_rows[table._tbl] = deepcopy(row._tr)
            table._tbl.remove(row._tr)
        table._tbl.append(row := deepcopy(blank))
        return tuple(_Cell(cell, table) for cell in row.iterchildren(_qn("w:tc")))

    def comment(self, run: Run, lines: Iterable[str]) -> None:
        """A comment on a run, without a date."""
        first, *further = lines
        comment = self.document.add_comment(run, author="auditkit 自动核查", initials="核")
        comment._comment_elm.attrib.pop(_qn("w:date"), None)
        say(styled(comment.paragraphs[0], "批注"), first)
        for line in further:
            comment._comment_elm.append(paragraph := deepcopy(_empty_paragraph("批注")))
            paragraph.append(_run("批注", line))

    def sign(self) -> None:
        """Who wrote, checked and approved, left to fill in; never alone on a page."""
        from docx.table import Table
        from docx.text.paragraph import Paragraph

        before = self.document.element.body[-2]  # the last is the section
        if before.tag == _qn("w:p"):
            _keep([Paragraph(before, self.document)])
        else:
            last = Table(before, self.document).rows[-1]
            _keep(paragraph for cell in last.cells for paragraph in cell.paragraphs)
        self.paragraph("").paragraph_format.keep_with_next = True
        for role in ("编　制：", "复　核：", "审　定："):
            paragraph = self.paragraph(f"{role}　　　　　　　　　日期：　　　　年　　月　　日", "主送")
            paragraph.paragraph_format.keep_with_next = role != "审　定："

    def bytes(self) -> bytes:
        out = BytesIO()
        self.document.save(out)
        return timeless(out.getvalue())


def _apart(paragraph: Paragraph, side: str) -> None:
    """Lines of fixed height touch the frame of a table that stands next to them."""
    from docx.shared import Pt

    setattr(paragraph.paragraph_format, f"space_{side}", Pt(6))


def _keep(paragraphs: Iterable[Paragraph]) -> None:
    """Each whole, and on the page of what follows."""
    for paragraph in paragraphs:
        paragraph.paragraph_format.keep_together = paragraph.paragraph_format.keep_with_next = True


def styled(paragraph: Paragraph, style: str) -> Paragraph:
    """Give a paragraph one of our styles. Its identifier is its name; python-docx would go through all styles each time."""
    properties = paragraph._p.pPr
    if properties is None and not len(paragraph._p):
        paragraph._p.append(deepcopy(_paragraph_properties(style)))
    elif properties is not None and properties.pStyle is not None:
        properties.pStyle.val = style
    else:
        paragraph._p.style = style
    return paragraph


def say(paragraph: Paragraph, text: str) -> Run:
    """Add a text as a run of Chinese, whatever is in it."""
    from docx.text.run import Run

    paragraph._p.append(run := _run(paragraph._p.style, text))
    return Run(run, paragraph)


def _run(style: str, text: str) -> CT_R:
    run, shown = deepcopy(_empty_run(_STYLES[style][0])), escape_controls(text)
    if not shown or {"\t", "\n", "\r"} & {*shown}:
        run.text = shown
    else:  # what python-docx would put together letter by letter
        words = run.makeelement(_qn("w:t"))
        words.text = shown
        if shown.strip() != shown:
            words.set(_qn("xml:space"), "preserve")
        run.append(words)
    return run


# Copied thousands of times in a document, where python-docx looks for the place of every element that it adds.
@cache
def _empty_paragraph(style: str) -> object:
    paragraph = _element("w:p")
    paragraph.append(deepcopy(_paragraph_properties(style)))
    return paragraph


@cache
def _paragraph_properties(style: str) -> object:
    properties = _element("w:pPr")
    properties.append(_element("w:pStyle", val=style))
    return properties


@cache
def _empty_run(font: str) -> object:
    run = _element("w:r")
    fonts = run.get_or_add_rPr().get_or_add_rFonts()
    fonts.set(_qn("w:hint"), "eastAsia")  # else “ ” … are set in the narrow form of a Western font
    for script in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(_qn(f"w:{script}"), font)
    # With zh-CN for the digits too, LibreOffice breaks a line within a number.
    _property(run.rPr, "w:lang", val="en-US", eastAsia="zh-CN")
    return run


def fill(cell: _Cell, text: str, style: str) -> Run:
    """Put a text into an empty cell."""
    from docx.text.paragraph import Paragraph

    return say(styled(Paragraph(cell._tc.find(_qn("w:p")), cell), style), text)


def _centre(cell: _Cell) -> None:
    from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT

    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER


def _lay_out(document: Document) -> None:
    from docx.shared import Mm

    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.footer_distance = Mm(21)
    document.part._styles_part._element = deepcopy(_laid_out_styles())


@cache
def _laid_out_styles() -> object:
    """The styles of every document, which take longer to make than to copy."""
    from docx import Document

    document = Document()
    for language in document.styles.element.iter(_qn("w:lang")):
        language.set(_qn("w:val"), "zh-CN")
        language.set(_qn("w:eastAsia"), "zh-CN")
    _set_font(document.styles["Normal"], FANG, 16)
    for name, (font, size, line, indent, align, outline) in _STYLES.items():
        style = document.styles.add_style(name, 1)
        style.base_style = document.styles["Normal"]
        _set_font(style, font, size)
        _set_paragraph(style, line, size * indent, align, outline)
    return document.styles.element


def _set_font(style: ParagraphStyle, font: str, size: float) -> None:
    from docx.shared import Pt

    style.font.name, style.font.size = font, Pt(size)
    fonts = style.element.rPr.rFonts
    for attribute in [name for name in fonts.attrib if name.endswith("Theme")]:
        del fonts.attrib[attribute]
    for script in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(_qn(f"w:{script}"), font)
    _property(style.element.rPr, "w:lang", val="zh-CN", eastAsia="zh-CN")


def _set_paragraph(style: ParagraphStyle, line: float, indent: float, align: str, outline: int | None) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
    from docx.shared import Pt

    paragraph = style.paragraph_format
    paragraph.line_spacing_rule, paragraph.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(line)
    paragraph.space_before = paragraph.space_after = Pt(0)
    paragraph.first_line_indent = Pt(indent)
    paragraph.alignment = WD_ALIGN_PARAGRAPH[{"both": "JUSTIFY"}.get(align, align.upper())]
    paragraph.widow_control = True
    if outline is not None:
        paragraph.keep_with_next = True
        _property(style.element.get_or_add_pPr(), "w:outlineLvl", val=str(outline))


def _number_pages(document: Document) -> None:
    """— 1 —, on the outer side: right on odd pages, left on even ones, one letter from the edge."""
    from docx.shared import Pt

    document.settings.odd_and_even_pages_header_footer = True
    section = document.sections[0]
    for footer, style in ((section.footer, "页码"), (section.even_page_footer, "页码（左）")):
        footer.is_linked_to_previous = False
        paragraph = styled(footer.paragraphs[0], style)
        paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = Pt(14)
        say(paragraph, "— ")
        for kind in ("begin", "PAGE", "end"):
            run = say(paragraph, "")
            if kind == "PAGE":
                instruction = _element("w:instrText")
                instruction.text = kind
                run._r.append(instruction)
            else:
                run._r.append(_element("w:fldChar", fldCharType=kind))
        say(paragraph, " —")


def _whole(row: object, repeat: bool = False) -> None:
    properties = row._tr.get_or_add_trPr()
    _property(properties, "w:cantSplit")
    if repeat:
        _property(properties, "w:tblHeader")


def _property(parent: object, name: str, **attributes: str) -> None:
    """Set one property, in place of what was there."""
    for former in parent.findall(_qn(name)):
        parent.remove(former)
    parent.append(_element(name, **attributes))


def _element(name: str, **attributes: str) -> object:
    from docx.oxml import OxmlElement

    element = OxmlElement(name)
    for attribute, value in attributes.items():
        element.set(_qn(f"w:{attribute}"), value)
    return element


@cache
def _qn(name: str) -> str:
    from docx.oxml.ns import qn

    return qn(name)
