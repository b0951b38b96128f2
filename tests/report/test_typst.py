"""Printed reports, read back from the PDF: figures, pages, repeated heads, fonts, characters, hostile text, bytes."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import replace

import pypdfium2
import pytest
from pdftext import pages, text
from specimen import specimen

from auditkit import resources
from auditkit.assess.verdict import Verdict
from auditkit.model import Severity, Value
from auditkit.pipeline import Audit, across, audit, audit_form
from auditkit.quantity.numbers import format_number
from auditkit.report import FileRow
from auditkit.report import fonts as letters
from auditkit.report.fonts import FONT, Face, covered_characters, lettering
from auditkit.report.html.views import verdict_line
from auditkit.report.pdf.typst import TEMPLATES, project_pdf
from auditkit.report.year.pdf import year_pdf
from auditkit.safety import Unreadable, escape_controls

pytest.importorskip("typst", reason="auditkit[pdf] is not installed")

SEEDS = sorted((resources.data() / "2021").glob("*.docx"))
HOSTILE = (
    '#import "@preview/cetz:0.3.0": * #read("/etc/passwd") #eval("1+1")',
    "$x^2$ *bold* _it_ `raw` @ref <label> = 标题 // 注 /* 注 */ ~ -- \\u{41} [内容]",
    "</script><script>alert(1)</script> $\\bad{",
    "甲\x00乙\x07丙\ud800丁\u202e戊",
    "长" * 20_000,
    "x" * 20_000,
)


def one_line(words: str) -> str:
    return "".join(words.split())


@pytest.fixture(scope="module")
def audits() -> list[Audit]:
    return [one for path in SEEDS for one in audit(path)]


@pytest.fixture(scope="module")
def second(audits: list[Audit]) -> Audit:
    return audits[1]


@pytest.fixture(scope="module")
def printed(second: Audit) -> bytes:
    return project_pdf(second)


@pytest.fixture(scope="module")
def year(audits: list[Audit]) -> bytes:
    files = [FileRow(one.source, "ok", 1, "", 0.1) for one in audits]
    files.append(FileRow("坏文件.docx", "error", 0, "文件损坏，请重新报送", 0.1))
    return year_pdf(audits, across(audits), files, 2021, audits[0].rulebook)


def rewritten(base: Audit, words: str, fields: Iterable[str] = ("project", "implementer", "goal")) -> Audit:
    """The audit of the form with a text in these entries, and in every entry of its first indicator but its figures."""
    form = base.form
    item = form.indicators[0]
    names = ("category", "subcategory", "name", "target", "result", "explanation")
    bad = replace(item, **{name: Value(words, getattr(item, name).at) for name in names})
    entries = {name: Value(words, getattr(form, name).at) for name in fields}
    return audit_form(replace(form, indicators=(bad, *form.indicators[1:]), **entries), base.rulebook)


@pytest.mark.parametrize("number", range(8))
def test_the_page_says_what_the_audit_says(audits: list[Audit], number: int):
    one = audits[number]
    read = text(project_pdf(one))
    card = one.scorecard
    assert one_line(verdict_line(one)) in read
    labels = ("自评得分", "可核实得分", "最高可能得分")
    for label, score in zip(labels, (card.stated, card.verified, card.upper), strict=True):
        assert f"{label}{format_number(score)}" in read
    for severity in Severity:
        assert f"{severity.mark}{severity.zh}{one.count(severity)}条" in read
    for verdict in Verdict:
        assert f"{verdict.zh}{card.count(verdict)}项" in read
    for row in card.rows:
        figures = "".join(map(format_number, (row.points, row.stated, row.verified, row.upper)))
        assert f"{one_line(row.label)}{figures}{row.judgement.verdict.zh if row.judgement else '按公式'}" in read
    for finding in one.findings:
        assert one_line(finding.title) in read
        assert one_line(finding.message) in read
    for item in one.form.indicators:
        assert one_line(item.name.text) in read
        assert one_line(item.target.text) in read
    assert one.rulebook.digest in read


def test_form_2_contradicts_itself_in_print(printed: bytes):
    first = pages(printed)[0]
    assert "总分应为106.7分（预算执行率8.7分+各指标98分），填报96.7分" in first
    assert "分值合计110分（预算执行率10分+各指标100分），应为100分" in first
    assert "自评96.7分；按规则可核实28.66分，最高可能100分（以表内分值合计110分计，折合百分制为自评87.91分" in first


def test_every_page_says_which_of_how_many(printed: bytes, year: bytes):
    for pdf in (printed, year):
        read = pages(pdf)
        assert len(read) > 2
        assert all(f"第{number}页/共{len(read)}页" in page for number, page in enumerate(read, 1))


def test_heads_repeat_on_every_page_of_a_long_table(second: Audit):
    form = second.form
    many = tuple(replace(item, row=n) for n, item in enumerate(form.indicators * 10, 1))
    read = pages(project_pdf(audit_form(replace(form, indicators=many), second.rulebook)))
    begin = next(n for n, page in enumerate(read) if "自评表原样与标记" in page)
    end = next(n for n, page in enumerate(read) if n > begin and "编号与级别" in page)
    assert end - begin >= 4
    assert all("年度指标值" in page and "偏差原因分析" in page for page in read[begin : end - 1])
    # A heading merged over a page's end is named again on the next page, and nowhere else.
    assert "（续：" not in read[begin]
    assert any("（续：产出指标" in page for page in read[begin + 1 : end])
    assert all(page.count("（续：") <= 1 for page in read)


def test_the_same_bytes_again_and_in_another_process_and_folder(second: Audit, printed: bytes, tmp_path):
    assert project_pdf(second) == printed
    out = tmp_path / "again.pdf"
    code = (
        "import sys; from pathlib import Path; from auditkit.pipeline import audit; "
        "from auditkit.report.pdf.typst import project_pdf; "
        "Path(sys.argv[2]).write_bytes(project_pdf(audit(sys.argv[1])[0]))"
    )
    environment = os.environ | {"TZ": "Asia/Shanghai", "PYTHONHASHSEED": "7", "PYTHONPATH": str(resources.root())}
    subprocess.run([sys.executable, "-c", code, str(SEEDS[1]), str(out)], cwd=tmp_path, check=True, env=environment)
    assert out.read_bytes() == printed


def test_says_that_it_is_pdf_a_and_carries_its_fonts(printed: bytes, year: bytes):
    """What can be checked without veraPDF: typst refuses to write what breaks the standard, and marks what does not."""
    for pdf in (printed, year):
        assert b"<pdfaid:part>2</pdfaid:part>" in pdf
        assert b"<pdfaid:conformance>B</pdfaid:conformance>" in pdf
        assert b"/OutputIntent" in pdf
        assert b"/Encrypt" not in pdf
        assert b"/JavaScript" not in pdf
        fonts = set(re.findall(rb"/FontName/[A-Z]{6}\+([\w-]+)", pdf))
        assert fonts == {b"NotoSansSC-Regular"}
        assert pdf.count(b"/FontFile2") == len(fonts)


def test_hostile_text_is_printed_and_does_nothing(second: Audit):
    for words in HOSTILE:
        read = text(project_pdf(rewritten(second, words)))
        if len(words) < 1000:
            wanted = "".join(
                c if ord(c) >= 32 and c == escape_controls(c) else f"⟨U+{ord(c):04X}⟩" for c in one_line(words)
            )
            assert wanted in read
        else:  # nothing is cut off: in the title, as the unit, in the goal, and as name, target, result and so on
            assert read.count(words[0]) >= 8 * len(words)
        assert "root:x" not in read


def outside(pdf: bytes) -> list[tuple[int, str]]:
    """What stands beyond the margins of a page."""
    found = []
    for number, page in enumerate(pypdfium2.PdfDocument(pdf), 1):
        sheet, width, height = page.get_textpage(), page.get_width(), page.get_height()
        for n in range(sheet.count_rects()):
            left, bottom, right, top = sheet.get_rect(n)
            if left < 40 or bottom < 20 or right > width - 40 or top > height - 20:
                found.append((number, sheet.get_text_bounded(left, bottom, right, top)))
    return found


@pytest.mark.parametrize("words", ["x" * 3_000, "，" * 3_000, "W" * 3_000, "长" * 6_000, "甲\n" * 300])
def test_nothing_is_cut_off_or_printed_beside_the_page(second: Audit, words: str):
    bad = rewritten(second, words)
    assert not outside(project_pdf(bad))
    files = [FileRow(words, "error", 0, words, 0.0)]
    assert not outside(year_pdf([second, bad], across([second, bad]), files, 2021, second.rulebook))


def test_one_long_entry_does_not_push_its_row_off_the_page(second: Audit):
    for name in ("category", "name", "explanation"):
        item = second.form.indicators[0]
        long = replace(item, **{name: Value("长" * 3_000, getattr(item, name).at)})
        form = replace(second.form, indicators=(long, *second.form.indicators[1:]))
        assert not outside(project_pdf(audit_form(form, second.rulebook))), name


def test_rare_characters_are_listed_and_none_is_a_box(second: Audit, monkeypatch):
    monkeypatch.setattr(letters, "system_faces", tuple)
    read = text(project_pdf(rewritten(second, "𠮷野㐂寿😀ğ")))
    assert "⟨U+20BB7⟩野⟨U+3402⟩寿" in read
    assert "下列字符不在随附字体中" in read
    assert "U+20BB7" in read.split("下列字符不在随附字体中")[1]
    assert "DejaVuSans" in read.split("下列字符不在随附字体中")[1]
    assert "下列字符" not in text(project_pdf(second))


def test_a_font_of_the_system_prints_what_the_packaged_one_cannot(monkeypatch):
    face = Face("Elsewhere", "/fonts/elsewhere.ttf", 0)
    own = covered_characters(str(FONT))
    monkeypatch.setattr(letters, "system_faces", lambda: (face,))
    monkeypatch.setattr(
        letters, "covered_characters", lambda path, index=0: frozenset({0x20BB7}) if path == face.path else own
    )
    found = lettering(["吉𠮷㐂"])
    assert found.elsewhere == (("㐂", ""), ("𠮷", "Elsewhere"))
    assert found.printed("吉𠮷㐂") == "吉𠮷⟨U+3402⟩"
    assert "Elsewhere" in found.families


def test_no_font_of_the_system_is_asked_where_none_is_needed(second: Audit, printed: bytes, monkeypatch):
    def refuse():
        raise AssertionError("the fonts of the system were looked for")

    monkeypatch.setattr(letters, "system_faces", refuse)
    assert project_pdf(second) == printed


@pytest.mark.parametrize("plane", [0x0000, 0x2000, 0xA000, 0xF000, 0x1F000, 0xE0000])
def test_any_character_can_be_set(second: Audit, plane: int):
    words = "".join(chr(code) + ("甲" if code % 2 else "") for code in range(plane, plane + 0x1000, 7))
    assert project_pdf(rewritten(second, words, fields=("goal",))).startswith(b"%PDF")


def test_templates_use_only_letters_of_the_packaged_font():
    own = covered_characters(str(FONT))
    for template in TEMPLATES.glob("*.typ"):
        assert not {c for c in template.read_text("utf-8") if ord(c) not in own and c != "\n"}, template.name


def test_year_says_what_the_audits_say(audits: list[Audit], year: bytes):
    read = text(year)
    for one in audits:
        assert one_line(one.form.project.text) in read
        assert format_number(one.scorecard.verified) in read
    for finding in (finding for outcome in across(audits) for finding in outcome.findings):
        assert one_line(finding.message) in read
    for said in ("坏文件.docx", "文件损坏，请重新报送", "129项指标中57项无法核实", "共50.8万元，总执行率83%"):
        assert said in read


def test_year_of_nothing_and_of_hostile_forms_is_a_file_too(second: Audit):
    book = second.rulebook
    files = [FileRow(HOSTILE[0], "error", 0, HOSTILE[1], 0.0)]
    assert one_line(HOSTILE[1]) in text(year_pdf([], (), files, 2021, book))
    bad = [rewritten(second, words) for words in HOSTILE[:4]]
    assert one_line(HOSTILE[0]) in text(year_pdf(bad, across(bad), files, 2021, book))


def test_a_form_that_states_nothing_is_printed():
    form = specimen()
    bare = replace(form, funds=(), indicators=(), project=Value(), total_score=Value(), implementer=Value())
    from auditkit.rulebooks.loader import load_rulebook

    one = audit_form(bare, load_rulebook())
    assert "（未填项目名称）" in text(project_pdf(one))
    assert year_pdf([one], across([one]), [], 2021, one.rulebook).startswith(b"%PDF")


def test_the_error_names_the_extra(second: Audit, monkeypatch):
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(Unreadable, match=re.escape("auditkit[pdf]")):
        project_pdf(second)
