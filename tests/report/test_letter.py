"""The letter to a unit: what it says and what it never says, read back from every part of the file."""

from __future__ import annotations

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
from docx.shared import Mm
from hostile_form import HOSTILE, hostile_form
from specimen import rewrite, specimen
from workbooks import contents, converted_together, needs_soffice

from auditkit import resources
from auditkit.decisions.evidence import evidence_list
from auditkit.decisions.reviewed import reviewed
from auditkit.decisions.store import open_store
from auditkit.decisions.subject import Change, Field, Ruling, of_finding, of_indicator, project_key
from auditkit.decisions.summarize import review_of
from auditkit.model import Finding
from auditkit.pipeline import Audit, audit, audit_form
from auditkit.quantity.numbers import format_number
from auditkit.report.fonts import FONT
from auditkit.report.letter.content import LetterProject, UnitLetter, letter_project, papers_of, shared_question
from auditkit.report.letter.places import chinese_number
from auditkit.report.letter.standard_template import standard_template_bytes
from auditkit.report.letter.write import STANDARD, letter, standard_template
from auditkit.rulebooks.loader import load_rulebook
from auditkit.rules.rule import CATALOGUE, DEFECT
from auditkit.safety import escape_controls

WORDS = (
    ("发文机关", "清溪市财政局"),
    ("文号", "清财绩函〔2022〕7号"),
    ("日期", "2022年4月1日"),
    ("答复期限", "2022年4月15日"),
)


@pytest.fixture(scope="module")
def seeds() -> list[Audit]:
    return [audit(path)[0] for path in sorted((resources.data() / "2021").glob("*.docx"))]


def on(*audits: Audit, draft: bool = False, words=WORDS) -> bytes:
    return letter(UnitLetter("清溪市水利局", tuple(map(letter_project, audits)), words, draft))


def opened(data: bytes):
    return docx.Document(io.BytesIO(data))


def rows_of(data: bytes) -> list[list[str]]:
    """The rows of all tables of questions."""
    tables = [table for table in opened(data).tables if table.rows[0].cells[-1].text == "单位答复"]
    return [[cell.text for cell in row.cells] for table in tables for row in table.rows[1:]]


def everything(data: bytes) -> str:
    """Every text and attribute of every part of the package, whatever reads it."""
    parts = contents(data)
    assert not {name for name in parts if "comments" in name or "custom" in name or "app.xml" in name}
    return "\n".join(
        part.decode("utf-8", "replace") for name, part in parts.items() if name.endswith((".xml", ".rels"))
    )


def spoken(data: bytes) -> str:
    """The texts of all parts, where markup does not part them."""
    return re.sub(r"<[^>]+>", "", everything(data))


def decided(tmp_path: Path, one: Audit, ruling: Ruling, note: str, which: int = 0) -> Audit:
    store = open_store(tmp_path / "review.sqlite")
    subject = of_finding(one.form, one.findings[which])
    item = of_indicator(one.form, one.form.indicators[0])
    store.record(
        [
            Change(subject, Field.RULING, "", ruling),
            Change(subject, Field.NOTE, "", note),
            Change(subject, Field.REFERENCE, "", "底稿第九号"),
            Change(item, Field.NOTE, "", note),
            Change(item, Field.SCORE, "", "1"),
        ],
        "审核员张三丰",
    )
    return reviewed(one, review_of(one, store.state(project_key(one.form))))


def test_every_standing_finding_of_the_seed_forms_is_asked_in_the_forms_own_words(seeds):
    for one in seeds:
        rows = rows_of(on(one))
        assert [row[0] for row in rows] == [str(number) for number in range(1, len(one.findings) + 1)]
        for (_, asked, proof, reply), finding in zip(rows, one.findings, strict=True):
            assert finding.message in asked
            assert finding.title in asked
            assert CATALOGUE[finding.rule].ask_zh in asked
            for value in finding.evidence:
                assert value.place in proof
                assert value.one_line[:60] in proof
            assert reply == ""
        scores = [format_number(x) for x in (one.scorecard.stated, one.scorecard.verified, one.scorecard.upper)]
        assert [cell.text for cell in opened(on(one)).tables[0].rows[1].cells][2:5] == scores


@pytest.mark.parametrize("draft", [True, False])
def test_a_rejected_finding_is_in_no_letter_and_what_auditors_wrote_in_none(tmp_path: Path, seeds, draft: bool):
    note = "内部意见：该单位领导打过招呼"
    for number, one in enumerate(seeds):
        (folder := tmp_path / str(number)).mkdir()
        which = number % len(one.findings)
        after = decided(folder, one, Ruling.REJECTED, note, which)
        assert after.rejected == {which + 1}
        data = on(after, draft=draft)
        rows, gone = rows_of(data), one.findings[which]
        assert len(rows) == len(one.findings) - 1
        stay = [finding for place, finding in enumerate(one.findings) if place != which]
        assert all(finding.message in row[1] for finding, row in zip(stay, rows, strict=True))
        assert gone.message not in spoken(data) or any(gone.message in finding.message for finding in stay)
        for word in ("张三丰", note, "底稿第九号", "内部意见", "不认可"):
            assert word not in spoken(data)
        assert format_number(after.reviewed_score) in spoken(data)


@pytest.mark.parametrize("ruling", [Ruling.ACCEPTED, Ruling.DOUBTED])
def test_a_finding_that_is_not_rejected_stays(tmp_path: Path, seeds, ruling: Ruling):
    after = decided(tmp_path, seeds[1], ruling, "内部意见")
    data = on(after)
    assert len(rows_of(data)) == len(seeds[1].findings)
    assert not {"张三丰", "内部意见", ruling.zh + "（"} & {
        word for word in ("张三丰", "内部意见") if word in spoken(data)
    }


def test_no_rule_digest_threshold_or_clock_is_in_any_letter(seeds):
    data = on(*seeds)
    told = everything(data)
    for one in seeds:
        book = one.rulebook
        for word in (book.digest, f"规则手册 {book.name}", book.version, one.source):
            assert word not in told
        assert not [finding.rule for finding in one.findings if re.search(rf"\b{finding.rule}\b", told)]
    words = spoken(data)
    for word in (
        "二手资料",
        "阈值",
        "规则手册",
        "手册参数",
        "置信",
        "把握",
        "疑点",
        "▲",
        "●",
        "○",
        "auditkit",
        "python-docx",
    ):
        assert word not in words
    assert "达到 130%" not in words
    assert not re.search(r"[0-9a-f]{16}", words)
    core = opened(data).core_properties
    assert (core.author, core.last_modified_by, core.comments, core.keywords, core.category) == ("",) * 5
    assert {core.created.year, core.modified.year} == {2022}
    assert "lastPrinted" not in told


def test_what_is_the_programs_own_fault_is_no_question_to_the_unit(seeds):
    one = seeds[1]
    first = one.outcomes[0]
    broken = Finding("SCO001", one.findings[0].severity, "规则运行异常", "请把表格交给软件维护人员", (), DEFECT)
    ill = replace(one, outcomes=(replace(first, findings=(*first.findings, broken)), *one.outcomes[1:]))
    assert len(ill.findings) == len(one.findings) + 1
    assert len(letter_project(ill).questions) == len(one.findings)


def test_a_project_without_questions_is_named_and_has_no_table():
    clean = audit_form(specimen(), load_rulebook())
    data = on(clean)
    assert rows_of(data) == []
    assert "没有需要答复的问题" in spoken(data)


def test_a_form_without_scores_has_none_in_its_letter():
    one = letter_project(audit_form(specimen(), load_rulebook("transfer")))
    assert (one.stated, one.verified, one.upper, one.summary) == ("", "", "", "")
    data = letter(UnitLetter("某局", (one,), WORDS, False))
    assert [cell.text for cell in opened(data).tables[0].rows[1].cells][2:6] == ["—"] * 4
    assert "可核实得分是" not in spoken(data)


def test_documents_to_hand_in_have_their_place(seeds):
    one = replace(letter_project(seeds[0]), handed_in=("会议签到表", "验收单"))
    text = spoken(letter(UnitLetter("某局", (one,), WORDS, False)))
    assert "请一并提供以下材料" in text
    assert text.index("1. 会议签到表") < text.index("2. 验收单") < text.index("三、答复要求")
    asked = spoken(on(seeds[0]))
    for item in evidence_list(seeds[0], seeds[0].rulebook):
        assert asked.count(f"{item.document}（{item.shows}）") == 1
    assert "请一并提供以下材料" not in spoken(on(audit_form(specimen(), load_rulebook())))


@pytest.mark.parametrize(
    ("place", "papers"),
    [
        ("《供水》表1 第1行", {"供水"}),
        ("《2021 自评.docx 供水》表1", {"2021 自评.docx 供水"}),
        ("《供水》《汇总》!C4", {"供水", "供水》《汇总"}),
        ("表1", set()),
    ],
)
def test_what_the_paper_of_a_proof_may_be_called(place, papers):
    assert papers_of({"evidence": [{"at": place, "text": ""}]}) == (papers,)


def test_what_shows_across_forms_is_asked_like_the_rest():
    found = {
        "rule": "SET004",
        "title": "文字雷同",
        "message": "两张表相同",
        "evidence": [{"at": "《供水》表1", "text": "甲\n乙"}],
    }
    one = shared_question(found)
    assert one.proofs == ("《供水》表1“甲乙”",)
    data = letter(UnitLetter("某局", (), WORDS, False, (one,)))
    assert "各项目放在一起看到的问题" in spoken(data)
    assert rows_of(data)[0][1].endswith(CATALOGUE["SET004"].ask_zh)


def test_a_draft_is_marked_on_every_page_and_a_final_one_nowhere(seeds):
    def marks(data: bytes) -> list[str]:
        return re.findall(r'string="草稿"', everything(data))

    assert marks(on(seeds[0])) == []
    assert len(marks(on(seeds[0], draft=True))) == 2  # of odd and of even pages


def test_blanks_of_a_draft_are_left_to_be_filled_in(seeds):
    text = spoken(on(seeds[0], draft=True, words=()))
    assert "（发文机关）" in text
    assert "　　　　年　　月　　日" in text
    assert "抄送" not in text
    assert "抄送：清溪市审计局。" in spoken(on(seeds[0], words=(*WORDS, ("抄送", "清溪市审计局"))))


def test_page_and_fonts_are_those_of_official_papers(seeds):
    document = opened(on(*seeds))
    section = document.sections[0]
    assert [round(x / 36000) for x in (section.page_width, section.page_height)] == [210, 297]
    margins = section.top_margin, section.bottom_margin, section.left_margin, section.right_margin
    assert [round(m / Mm(1)) for m in margins] == [37, 35, 28, 26]
    for run in document.element.body.iter(qn("w:r")):
        if run.find(qn("w:t")) is not None:
            assert run.rPr.rFonts.get(qn("w:eastAsia"))
    for table in document.tables:
        assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None


def test_the_standard_template_is_what_its_script_makes():
    assert contents(STANDARD.read_bytes()) == contents(standard_template_bytes())


def test_the_same_letter_gives_the_same_bytes(seeds):
    first = on(seeds[7])
    time.sleep(2.1)  # a zip's times count two seconds
    assert on(seeds[7]) == first


@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_hostile_text_is_text(number: int):
    one = audit_form(hostile_form(number), load_rulebook())
    data = on(one)
    shown = letter_project(one)
    assert escape_controls(shown.name).replace("\t", " ") in "".join(p.text for p in opened(data).paragraphs)
    for part in contents(data).values():
        assert b"<script" not in part
        assert "\u202e".encode() not in part
    assert {x.text.strip() for x in opened(data).element.body.iter(qn("w:instrText"))} == set()


@pytest.mark.parametrize(
    "text", ["{{ 文号 }}", "{% for x in 项目 %}", "{#", "{_{ 文号 }_}", "a\tb", "<w:p/>", "&lt;", "“{{”", "\a甲\f乙"]
)
def test_braces_and_markup_of_a_form_are_letters(text: str):
    one = letter_project(audit_form(rewrite(specimen(), "project", text), load_rulebook()))
    data = letter(UnitLetter(one.name, (one,), WORDS, False))
    assert escape_controls(text).replace("\t", " ") in [c.text for c in opened(data).tables[0].rows[1].cells]


@pytest.mark.parametrize(("number", "text"), [(1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (99, "九十九"), (100, "一百"), (101, "一百〇一"), (110, "一百一十"), (215, "二百一十五"), (1000, "一千"), (1001, "一千〇一"), (1010, "一千〇一十"), (12345, "12345")])  # fmt: skip
def test_numbers_of_headings(number: int, text: str):
    assert chinese_number(number) == text


def pages_of(data: bytes) -> list[tuple[tuple[float, float], str, float]]:
    """Of each page its size, its text, and how far down it is filled, as a share of what may be."""
    found = []
    with pypdfium2.PdfDocument(data) as pdf:
        for page in pdf:
            width, height = page.get_size()
            text = page.get_textpage()
            boxes = [text.get_charbox(i) for i in range(text.count_chars()) if text.get_text_range(i, 1).strip()]
            top, bottom = height - 37 * 72 / 25.4, 35 * 72 / 25.4
            lowest = min((box[1] for box in boxes if box[1] > bottom), default=top)
            found.append(((width, height), "".join(text.get_text_range().split()), (top - lowest) / (top - bottom)))
    return found


@needs_soffice
@pytest.mark.parametrize("fonts", [(LATIN,), (LATIN, FONT.parent)], ids=["of one font", "with Chinese fonts"])
def test_pages_are_a4_and_none_but_the_last_is_half_empty(tmp_path: Path, seeds, fonts):
    letters = [on(*seeds), *(on(one, draft=True) for one in seeds)]
    for made in converted_together(letters, ".docx", "pdf", tmp_path, fonts):
        pages = pages_of(made)
        for size, _, filled in pages[:-1]:
            assert [round(x) for x in size] == [595, 842]
            assert filled > 0.55
        text = "".join(page for _, page, _ in pages)
        assert "单位答复" in text or fonts == (LATIN,)


@needs_soffice
def test_a_table_begins_on_the_page_of_its_heading(tmp_path: Path, seeds):
    names = [one.form.project.one_line for one in seeds]
    (made,) = converted_together([on(*seeds)], ".docx", "pdf", tmp_path, (LATIN, FONT.parent))
    for number, name in enumerate(names, 1):
        heading = f"（{chinese_number(number)}）{name}"
        (page,) = [text for _, text, _ in pages_of(made) if heading in text]
        assert "单位答复" in page[page.index(heading) :]


def test_the_places_of_the_standard_template_are_all_known():
    assert {"发文机关", "文号", "日期", "答复期限", "项目"} <= standard_template().used


def test_a_letter_is_no_larger_for_what_it_does_not_say(seeds):
    with zipfile.ZipFile(io.BytesIO(on(seeds[0]))) as package:
        assert len(package.namelist()) < 20


def test_long_texts_of_the_form_are_clipped_where_they_are_quoted():
    long = audit_form(rewrite(specimen(), "outcome", "已全部完成，" + "改造管网" * 300), load_rulebook())
    one: LetterProject = letter_project(long)
    assert all(len(proof) < 120 for question in one.questions for proof in question.proofs)
