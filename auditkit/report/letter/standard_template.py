"""Makes the standard template of letters, `templates/letter.docx`: `python -m auditkit.report.letter.standard_template`.

A letter of an authority in the form of official papers (GB/T 9704, 信函格式): its name in red between red lines, number, title,
addressee, text in 仿宋 of size three, signature and date, copies at the foot.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from auditkit.report.letter.write import STANDARD
from auditkit.report.office.official_document import Paper, say, styled
from auditkit.safety import publish

RED, LETTER = "FF0000", 16  # points of a letter of the text
WIDTHS = (12, 66, 46, 32)  # millimetres


def standard_template_bytes() -> bytes:
    """The template; the same bytes each time."""
    paper = Paper("")
    paper.document._body.clear_content()
    _head(paper)
    paper.paragraph("{{ 标题 }}", "公文标题")
    paper.paragraph("")
    paper.paragraph("{{ 主送 }}：", "主送")
    paper.paragraph(
        "对你单位报送的{{ 年度 }}{% if 年度 %} 年度{% endif %}项目支出绩效自评表进行了审核。现将需要答复的 {{ 问题数 }} 个问题函告如下，请逐项答复。"
    )
    _overview(paper)
    _questions(paper)
    paper.paragraph("三、答复要求", "一级标题")
    paper.paragraph(
        "请于{{ 答复期限 }}前书面答复：在“单位答复”一栏逐项说明情况或者提出更正意见，并附有关证明材料；需要更正自评表的，请一并报送更正后的自评表。"
    )
    paper.paragraph("{%p if 联系人 %}")
    paper.paragraph("联系人：{{ 联系人 }}{% if 联系电话 %}，联系电话：{{ 联系电话 }}{% endif %}。")
    paper.paragraph("{%p endif %}")
    _foot(paper)
    return paper.bytes()


def _head(paper: Paper) -> None:
    name = paper.paragraph("{{ 发文机关 }}", "公文标题")
    run = name.runs[0]
    _colour(run)
    run.font.size = _points(30)
    _spacing(name, line=44, after=4)
    _line(name, "bottom", "thickThinSmallGap", 24, RED)
    number = paper.paragraph("{{ 文号 }}", "主送")
    number.alignment = 2
    _spacing(number, before=6, after=22)


def _overview(paper: Paper) -> None:
    """Which forms the letter is about, with their scores."""
    paper.paragraph("一、审核的项目", "一级标题")
    heads = ("序号", "项目", "自评得分", "可核实得分", "最高可能得分", "复核得分", "问题数")
    table = paper.table(heads, (12, 43, 20, 23, 22, 20, 16))
    names = ("序号", "名称", "自评得分", "可核实得分", "最高可能得分", "复核得分", "问题数")
    _row(paper, table, "for 项 in 项目", [f"{{{{ 项.{name} }}}}" for name in names], range(len(names)))
    _end(paper, table, "for")
    paper.paragraph("{%p if 计分 %}")
    paper.paragraph("可核实得分是表内数据能够证明的得分。自评得分高出的部分，请对照下列问题说明情况、提供证明材料。")
    paper.paragraph("{%p endif %}")


def _questions(paper: Paper) -> None:
    paper.paragraph("二、需要答复的问题", "一级标题")
    paper.paragraph("{%p for 项 in 项目 %}")
    paper.paragraph("（{{ 项.中文序号 }}）{{ 项.名称 }}{% if 项.单位 %}（{{ 项.单位 }}）{% endif %}", "二级标题")
    paper.paragraph("{%p if not 项.问题 %}")
    paper.paragraph("没有需要答复的问题。")
    paper.paragraph("{%p else %}")
    _question_table(paper, "项.问题")
    paper.paragraph("{%p endif %}")
    paper.paragraph("{%p if 项.举证清单 %}")
    paper.paragraph("请一并提供以下材料：").paragraph_format.keep_with_next = True
    paper.paragraph("{%p for 件 in 项.举证清单 %}")
    paper.paragraph("{{ 件.序号 }}. {{ 件.材料 }}")
    paper.paragraph("{%p endfor %}")
    paper.paragraph("{%p endif %}")
    paper.paragraph("{%p endfor %}")
    paper.paragraph("{%p if 共同问题 %}")
    paper.paragraph("各项目放在一起看到的问题", "二级标题")
    _question_table(paper, "共同问题")
    paper.paragraph("{%p endif %}")


def _question_table(paper: Paper, questions: str) -> None:
    """A row for each question: one that is not long stays whole, one that is may be split by the end of a page."""
    table = paper.table(("序号", "问题和需要说明、提供的内容", "表内原文", "单位答复"), WIDTHS)
    paper.row(table, (f"{{%tr for 问 in {questions} %}}",))
    for test in ("if not 问.长", "if 问.长"):
        cells = _row(paper, table, test, ("{{ 问.序号 }}", "{{ 问.标题 }}", "{{ 问.原文 }}", ""), (0,))
        styled(cells[1].paragraphs[0], "表头").alignment = 0
        for text in ("{{ 问.情况 }}", "{{ 问.要求 }}"):
            say(styled(cells[1].add_paragraph(), "表格文字"), text)
        _end(paper, table, "if")
    _may_split(cells[1]._tc.getparent())
    _end(paper, table, "for")


def _row(paper: Paper, table: Any, begin: str, texts: Sequence[str], middle: Iterable[int]) -> Any:
    """A row after that which docxtpl takes for the beginning of a loop or condition; its cells."""
    paper.row(table, (f"{{%tr {begin} %}}",))
    return paper.row(table, texts, middle)


def _end(paper: Paper, table: Any, what: str) -> None:
    paper.row(table, (f"{{%tr end{what} %}}",))


def _may_split(row: Any) -> None:
    """A long row that may not is set on a page of its own, and the page before it stays half empty."""
    from docx.oxml.ns import qn

    row.trPr.remove(row.trPr.find(qn("w:cantSplit")))


def _foot(paper: Paper) -> None:
    """Who writes and when, never alone on a page; and who has copies."""
    before = paper.paragraph("")
    before.paragraph_format.keep_with_next = True
    for text in ("{{ 发文机关 }}", "{{ 日期 }}"):
        line = paper.paragraph(text, "主送")
        line.alignment, line.paragraph_format.right_indent = 2, _points(4 * LETTER)
        line.paragraph_format.keep_with_next = text == "{{ 发文机关 }}"
    paper.paragraph("{%p if 抄送 %}")
    copies = paper.paragraph("抄送：{{ 抄送 }}。", "主送")
    copies.paragraph_format.left_indent = copies.paragraph_format.right_indent = _points(LETTER)
    _spacing(copies, before=18)
    for side in ("top", "bottom"):
        _line(copies, side, "single", 8, "000000")
    paper.paragraph("{%p endif %}")


def _points(size: float) -> Any:
    from docx.shared import Pt

    return Pt(size)


def _colour(run: Any) -> None:
    from docx.shared import RGBColor

    run.font.color.rgb = RGBColor.from_string(RED)


def _spacing(paragraph: Any, line: float = 0, before: float = 0, after: float = 0) -> None:
    form = paragraph.paragraph_format
    if line:
        form.line_spacing = _points(line)
    form.space_before, form.space_after = _points(before), _points(after)


def _line(paragraph: Any, side: str, kind: str, eighths: int, colour: str) -> None:
    """A line along a side of a paragraph, so many eighths of a point thick."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    properties = paragraph._p.get_or_add_pPr()
    borders = properties.find(qn("w:pBdr"))
    if borders is None:
        borders = OxmlElement("w:pBdr")
        properties.insert_element_before(borders, *_AFTER_BORDERS)
    line = OxmlElement(f"w:{side}")
    for name, value in (("val", kind), ("sz", str(eighths)), ("space", "4"), ("color", colour)):
        line.set(qn(f"w:{name}"), value)
    borders.append(line)


_AFTER_BORDERS = ("w:shd", "w:tabs", "w:suppressAutoHyphens", "w:spacing", "w:ind", "w:jc", "w:outlineLvl", "w:rPr")


if __name__ == "__main__":
    publish(STANDARD, standard_template_bytes())
