"""The Word memos: what they say, read back by python-docx; their form; hostile texts in every field."""

import io
import re
import time
import zipfile
from dataclasses import replace
from pathlib import Path

import docx
import pypdfium2
import pytest
from chromium import LATIN
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from hostile_form import HOSTILE, hostile_form
from specimen import specimen
from workbooks import converted, converted_together, needs_soffice

from auditkit import resources
from auditkit.pipeline import across, audit, audit_form, ranked
from auditkit.quantity.numbers import format_number
from auditkit.report.fonts import FONT
from auditkit.report.office.memo import memo
from auditkit.report.office.official_document import Paper
from auditkit.report.year.memo import year_memo
from auditkit.report.year.rows import FileRow, FormRow
from auditkit.report.year.views import common_year
from auditkit.rulebooks.loader import load_rulebook, marked_basis
from auditkit.safety import escape_controls


@pytest.fixture(scope="session")
def seeds():
    return [audit(path)[0] for path in sorted((resources.data() / "2021").glob("*.docx"))]


def opened(data: bytes):
    return docx.Document(io.BytesIO(data))


def text_of(document) -> str:
    cells = (cell.text for table in document.tables for row in table.rows for cell in row.cells)
    return "\n".join([*(p.text for p in document.paragraphs), *cells])


def close(text: str) -> str:
    return re.sub(r"[ \n]", "", text)


def test_every_figure_and_finding_of_the_seed_forms_is_in_their_memos(seeds):
    for one in seeds:
        document = opened(memo(one))
        text, comments = text_of(document), list(document.comments)
        scores = [cell.text for cell in document.tables[0].rows[1].cells[:3]]
        assert scores == [format_number(x) for x in (one.scorecard.stated, one.scorecard.verified, one.scorecard.upper)]
        assert one.form.implementer.one_line in text
        assert "内部" in text
        rows = document.tables[1].rows[1:]
        assert len(rows) == len(comments) == len(one.findings)
        for row, comment, finding in zip(rows, comments, one.findings, strict=True):
            number, question, _, decision = (cell.text for cell in row.cells)
            assert number.startswith(finding.severity.mark)
            assert finding.message in question
            assert decision == "未决定"
            said = "\n".join(p.text for p in comment.paragraphs)
            for proof in (marked_basis(finding.basis), *(f"{v.place}“{v.one_line}”" for v in finding.evidence)):
                assert proof in said


def test_the_sentence_on_form_two_is_right_word_by_word(seeds):
    text = close(text_of(opened(memo(seeds[1]))))
    for words in ("分值合计110分", "总分应为106.7分", "填报96.7分"):
        assert words in text


@pytest.mark.parametrize("name", ["mof-2020", "mof-2021-cost", "hubei", "transfer"])
def test_marks_of_a_rulebooks_title_stand_in_no_others(name):
    """《财政部《…》（…）》 and （…（…）） are no Chinese punctuation."""
    book = load_rulebook(name)
    one = audit_form(specimen(), book)
    year = year_memo(common_year([FormRow(one.source, "", one)], (), (), 2021, book), [one], ())
    for data in (memo(one), year):
        (text,) = [p.text for p in opened(data).paragraphs if book.title in p.text]
        assert not re.search(r"《[^》]*《|（[^）]*（|）（|））", text)


def test_a_date_to_fill_in_stands_where_no_line_ends(seeds):
    """A program drops blanks at a line's end: the date lost its place for the year. A line has 28 letters."""
    asked = [p.text for p in opened(year_memo_of(seeds)).paragraphs if "书面反馈" in p.text]
    assert asked
    assert all("　　　　年　　月　　日" in text and 2 + text.index("日") < 28 for text in asked)


def test_a_memo_counts_forms_with_one_word(seeds):
    document = opened(year_memo_of(seeds))
    assert not re.search(r"\d ?份", text_of(document))


def test_no_text_touches_the_frame_of_a_table(seeds):
    for document in (opened(memo(seeds[0])), opened(year_memo_of(seeds))):
        for table in document.tables:
            before, after = (step(table._tbl) for step in (lambda t: t.getprevious(), lambda t: t.getnext()))
            assert docx.text.paragraph.Paragraph(before, document).paragraph_format.space_after == Pt(6)
            assert docx.text.paragraph.Paragraph(after, document).paragraph_format.space_before == Pt(6)


def test_comments_are_anchored_in_their_rows(seeds):
    document = opened(memo(seeds[1]))
    for number, row in enumerate(document.tables[1].rows[1:]):
        starts = row.cells[1]._tc.findall(f".//{qn('w:commentRangeStart')}")
        assert [start.get(qn("w:id")) for start in starts] == [str(number)]


def test_page_and_fonts_are_those_of_official_papers(seeds):
    document = opened(memo(seeds[0]))
    section = document.sections[0]
    assert [round(x / 36000) for x in (section.page_width, section.page_height)] == [210, 297]
    margins = section.top_margin, section.bottom_margin, section.left_margin, section.right_margin
    assert [round(m / Mm(1)) for m in margins] == [37, 35, 28, 26]
    for name, font, size in (
        ("公文标题", "方正小标宋简体", 22),
        ("公文正文", "仿宋_GB2312", 16),
        ("一级标题", "黑体", 16),
    ):
        style = document.styles[name]
        assert style.font.size == Pt(size)
        assert style.element.rPr.rFonts.get(qn("w:eastAsia")) == font
        assert style.element.rPr.find(qn("w:lang")).get(qn("w:eastAsia")) == "zh-CN"
    assert document.styles["公文正文"].paragraph_format.line_spacing == Pt(28)
    for run in document.element.body.iter(qn("w:r")):
        if run.find(qn("w:t")) is not None:
            assert run.rPr.rFonts.get(qn("w:eastAsia"))
            assert run.rPr.find(qn("w:lang")).get(qn("w:eastAsia")) == "zh-CN"
    for table in document.tables:
        assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
        assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in table.rows)
    footers = section.footer, section.even_page_footer
    assert all("PAGE" in footer._element.xml and footer.paragraphs[0].text == "—  —" for footer in footers)


def test_the_same_audit_gives_the_same_bytes(seeds):
    first = memo(seeds[7])
    time.sleep(2.1)  # a zip's times count two seconds
    assert memo(seeds[7]) == first
    with zipfile.ZipFile(io.BytesIO(first)) as package:
        assert b"w:date=" not in package.read("word/comments.xml")


def year_memo_of(audits, files=()) -> bytes:
    rows = [FormRow(one.source, "", one) for one in audits]
    outcomes = across(audits) if audits else ()
    return year_memo(common_year(rows, outcomes, files, 2021, load_rulebook()), audits, outcomes)


def test_year_memo_has_every_project_and_what_shows_across(seeds):
    outcomes = across(seeds)
    document = opened(year_memo_of(seeds))
    claimed = [one.rulebook.grade(one.scorecard.stated) for one in seeds]
    proved = [one.rulebook.grade(one.scorecard.verified) for one in seeds]
    grades, ranking, *_ = document.tables
    assert [[cell.text for cell in row.cells[:3]] for row in grades.rows[1:]] == [
        [f"{name}{above}", f"{claimed.count(name)} 张", f"{proved.count(name)} 张"]
        for name, above in (("优", "（90 分以上）"), ("良", "（80 分以上）"), ("中", "（60 分以上）"), ("差", ""))
    ]
    assert claimed == ["优"] * 8
    rows = [[cell.text for cell in row.cells] for row in ranking.rows[1:]]
    told = {row[1]: row[2:5] for row in rows}
    for one in seeds:
        card = one.scorecard
        assert told[one.form.project.one_line] == [format_number(x) for x in (card.stated, card.verified, card.upper)]
    text = text_of(document)
    assert f"共发现问题 {sum(len(one.findings) for one in seeds)} 条" in text
    for finding in (f for outcome in outcomes for f in outcome.findings):
        assert finding.message in text
    for one in ranked(seeds)[:5]:
        for finding in one.findings[:2]:
            assert f"{finding.title}：{finding.message}" in text


def page_texts(data: bytes) -> list[str]:
    """Without blanks and line ends, which follow the fonts."""
    with pypdfium2.PdfDocument(data) as pdf:
        return ["".join(page.get_textpage().get_text_range().split()) for page in pdf]


@needs_soffice
def test_the_signatures_of_a_memo_stand_never_alone_on_a_page(tmp_path: Path, seeds):
    said = [[], [FileRow("坏.docx", "error", 0, "文件损坏", 0.1)] * 4]
    for made in converted_together((year_memo_of(seeds, one) for one in said), ".docx", "pdf", tmp_path):
        last = page_texts(made)[-1]
        assert "日前书面反馈" in last
        assert "审定：" in last


FONTS = {"of one font": (LATIN,), "with Chinese fonts": (LATIN, FONT.parent)}
LINES = 24  # of a page, and one more


def signed(lines: int, table: bool) -> bytes:
    """A paper whose last text, before its signatures, begins so many lines below the first."""
    paper = Paper("签署")
    for number in range(lines):
        paper.paragraph(f"第{number}行")
    if table:
        rows = paper.table(("甲", "乙"), (70, 70))
        for text in ("其一", "其二", "末文"):
            paper.row(rows, (text, "逐项说明情况" * 9))
    else:
        paper.paragraph("末文。" + "逐项说明情况，提出更正意见，并附证明材料。" * 5)
    paper.sign()
    return paper.bytes()


@needs_soffice
@pytest.mark.parametrize("table", [False, True], ids=["paragraph", "table"])
@pytest.mark.parametrize("fonts", FONTS)
def test_wherever_a_page_ends_the_signatures_follow_the_whole_of_the_last_text(tmp_path: Path, fonts, table):
    papers = [signed(lines, table) for lines in range(LINES)]
    made = [page_texts(one) for one in converted_together(papers, ".docx", "pdf", tmp_path, FONTS[fonts])]
    assert {len(pages) for pages in made} == {1, 2}
    for pages in made:
        assert "末文" in pages[-1]
        assert [role for role in ("编制：", "复核：", "审定：") if role in pages[-1]] == ["编制：", "复核：", "审定："]


def test_a_year_without_forms_still_has_a_memo():
    assert "没有可报告的项目" in text_of(opened(year_memo_of(())))


@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_hostile_text_is_text(number):
    one = audit_form(hostile_form(number), load_rulebook())
    data = memo(one)
    document = opened(data)
    assert escape_controls(HOSTILE[number]).replace("\t", "").strip() in text_of(document).replace("\t", "")
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        body = b"".join(package.read(name) for name in package.namelist())
    assert b"<script" not in body
    assert "\u202e".encode() not in body
    assert [x.text.strip() for x in document.element.body.iter(qn("w:instrText"))] == []


@needs_soffice
def test_libreoffice_opens_the_hostile_and_the_real(tmp_path: Path, seeds):
    form = replace(hostile_form(0), outcome=hostile_form(7).outcome, goal=hostile_form(6).goal)
    for name, one in (("a", audit_form(form, load_rulebook())), ("b", seeds[1])):
        folder = tmp_path / name
        folder.mkdir()
        text = converted(memo(one), ".docx", "txt:Text (encoded):UTF8", folder).decode("utf-8-sig")
        assert escape_controls(one.form.project.one_line) in text


def test_year_memo_says_what_money_is_left_what_is_open_and_what_is_asked_for(seeds):
    files = [FileRow("坏.docx", "error", 0, "文件损坏", 0.1), FileRow("好.docx", "ok", 1, "", 0.1)]
    document = opened(year_memo_of(seeds, files))
    text = text_of(document)
    assert "资金结余：共 50.8 万元，总执行率 83%" in text
    assert "129 项指标中 57 项无法核实" in text
    assert "1. 坏.docx：文件损坏。" in text
    assert "好.docx" not in text
    assert "自评结果不成立的 1 张，应重新计分后报送。未能审核的 1 个文件" in text
    (money,) = [table for table in document.tables if table.rows[0].cells[3].text == "结余"]
    lowest = min(seeds, key=lambda one: one.form.execution.actual.number / one.form.execution.adjusted.number)
    assert money.rows[1].cells[0].text == lowest.form.project.one_line
