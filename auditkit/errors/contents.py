"""Why what a file holds is not read: too much of it, or no form in it."""

from __future__ import annotations

from enum import Enum

from auditkit.safety import Refused, Unreadable


class TooManyCells(Refused):
    """More than `most` cells."""

    text = (
        "单元格超过 {most} 个，不像一份自评表；请删去表外的内容，或拆分后重新报送",
        "more than {most} cells, which is no form; clear what stands beside it, or {split}",
    )


class SpanTooWide(Refused):
    """A cell that spans more than `most` columns."""

    text = (
        "有单元格跨 {columns} 列，超过 {most} 列；请重新制表后报送",
        "a cell spans {columns} columns, more than {most}; set the table anew",
    )


class Nested(Enum):
    """What stands in what."""

    TABLES = "表格嵌套过深", "its tables are nested deeper"
    TAGS = "网页的标签嵌套过深或属性过多", "its tags are nested deeper or have more attributes"


class NestedTooDeep(Refused):
    """Tables in tables, or tags in tags, beyond the limit."""

    text = (
        "{what}，超过安全限制，未读取；请重新制表，另存为 .docx 后报送",
        "{what} than the limits allow; set the table anew, save it as .docx and submit it",
    )


class TextTooLong(Refused):
    """More than `most` letters in the cell at `at`."""

    text = (
        "{at} 的文字超过 {most} 字，不像自评表的一格；请删去无关内容后重新报送",
        "more than {most} letters in one cell, which is no form; cut it and submit it again",
    )


class NoVisibleText(Unreadable):
    """A workbook that shows nothing."""

    text = (
        "工作簿中没有可见的文字；请报送单位核对后重新报送",
        "the workbook shows no text; ask the unit to check it and submit it again",
    )


class OnlyPictures(Unreadable):
    """A workbook of `count` pictures."""

    text = (
        "工作簿中没有文字，只有 {count} 张图片；请报送可编辑的表格；{scan}",
        "the workbook holds no text, only {count} picture(s); submit a table that can be edited; {scan}",
    )


class WebArchiveWithoutTable(Refused):
    """A web page in one file with what belongs to it, none of whose pages has a table."""

    text = "单一文件网页（.mht）中没有表格；{save_as}", "the web archive (.mht) has no table; {save_as}"


class WebArchiveTooLarge(Refused):
    """The same, of more parts, or in more parts of each other, than any page has."""

    text = (
        "单一文件网页（.mht）的部件过多或嵌套过深；{save_as}",
        "a web archive (.mht) of too many parts, or parts in parts; {save_as}",
    )


class NoTable(Unreadable):
    """A web page without a table."""

    text = (
        "网页中没有表格（可能在它引用的另一个文件里），应为含自评表的网页；请打开后另存为 .docx 报送",
        "the page has no table (it may be in another file that it refers to); save the form as .docx and submit it",
    )


class TooManyPages(Refused):
    """A PDF of `pages`, more than `most`."""

    text = (
        "PDF 有 {pages} 页，超过 {most} 页，不像一份自评表；{split}",
        "the PDF has {pages} pages, more than {most}; {split}",
    )


class TooManyLetters(Refused):
    """A PDF with more than `most` letters."""

    text = (
        "文字超过 {most} 字，不像自评表，未读取；{original}，或拆分后重新报送",
        "more than {most} letters, which is no form; {original}, or {split}",
    )


class Drawn(Enum):
    """What is drawn on a page."""

    AREAS = "色块", "painted areas"
    LINES = "线条", "lines"
    PIECES = "零散的文字", "pieces of text"
    SHAPES = "图形", "shapes"


class PageTooCrowded(Refused):
    """More of `what` on one page than is worth the time of reading it."""

    text = (
        "一页的{what}过多，不像自评表，未读取；{original}",
        "too many {what} on a page, which is no form; {original}",
    )


class Scanned(Refused):
    """A PDF of pictures."""

    text = (
        "PDF 中没有文字，应是扫描件或图片，无法核对；请向报送单位索取 Word 原件（.docx）或由 Word 导出的 PDF；{scan}",
        "the PDF has no text, it seems to be scanned; "
        "ask the unit for the Word file (.docx) or a PDF that Word exported; {scan}",
    )


class NoRuledTable(Unreadable):
    """A PDF without a table whose lines are drawn."""

    text = (
        "PDF 中没有带框线的表格，分不清各栏，未读取；{original}，或给表格加上框线后重新导出",
        "the PDF has no ruled table, so that its columns cannot be told; {original} or rule the table",
    )


class NoForm(Unreadable):
    """A document without a self-evaluation form; `doubts` are what of it was not read, where the form may be."""

    text = (
        "没有找到自评表：应有“项目名称”一栏和含“三级指标”“分值”“得分”的表头；请确认报送的是《项目支出绩效自评表》{doubts}",
        "no self-evaluation form found: a 项目名称 entry and a heading with 三级指标, 分值 and 得分 are expected",
    )
