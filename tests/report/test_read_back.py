"""What the reports state is read out of them and compared with the audit: every figure, sentence and cell."""

from __future__ import annotations

import io
import re
from decimal import Decimal
from functools import cache

import docx
import lxml.html
import openpyxl
import pypdfium2
import pytest
from lxml.html import HtmlElement
from specimen import rewrite
from workbooks import converted, needs_soffice

from auditkit import report, resources
from auditkit.assess.verdict import Verdict
from auditkit.model import Severity
from auditkit.pipeline import Audit, across, audit, audit_form
from auditkit.quantity.numbers import format_number
from auditkit.report import facts
from auditkit.report.office.memo import memo
from auditkit.report.office.working_paper import project_workbook
from auditkit.report.pdf.typst import project_pdf
from auditkit.rulebooks.loader import marked_basis
from auditkit.safety import escape_controls

FORMS = sorted((resources.data() / "2021").glob("*.docx"))
forms = pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem[:2])


@cache
def audited(path) -> Audit:
    return audit(path)[0]


def tree(view: report.View) -> HtmlElement:
    return lxml.html.fromstring(f"<div>{view._repr_html_()}</div>")


def bare(text: str) -> str:
    return "".join(text.split())


def cells(row: HtmlElement) -> list[str]:
    return [cell.text_content().strip() for cell in row.xpath("./td")]


def test_form_2_says_its_sums_in_one_sentence():
    second = audited(FORMS[1])
    assert facts.sums_line(second) == "分值合计110分，总分应为106.7分，填报96.7分"
    assert "分值合计110分，总分应为106.7分，填报96.7分。" in tree(report.headline(second)).text_content()
    points = sum(item.points.number for item in second.form.indicators) + second.form.execution.points.number
    earned = sum(item.score.number for item in second.form.indicators) + second.form.execution.score.number
    assert (points, earned, second.form.total_score.number) == (110, Decimal("106.7"), Decimal("96.7"))


SUMS = re.compile(r"分值合计([\d.]+)分，总分应为([\d.]+)分，填报([\d.]+)分。")


def reckoned(one: Audit) -> tuple[Decimal, ...]:
    """Points laid out, scores added up and the stated total, worked out from the form's own cells."""
    rows = (*one.form.indicators, one.form.execution)
    return (
        sum(row.points.number for row in rows),
        sum(row.score.number for row in rows),
        one.form.total_score.number,
    )


@needs_soffice
@pytest.mark.parametrize(
    "edits", [{}, {"total_score": "97.3", "indicators.0.points": "7", "indicators.0.score": "4.5"}]
)
def test_the_sums_of_form_2_are_the_same_in_all_four_formats(edits, tmp_path):
    """With other figures, too: a sentence that is only written there would be found out."""
    form = audited(FORMS[1]).form
    for path, text in edits.items():
        form = rewrite(form, path, text)
    one = audit_form(form, audited(FORMS[1]).rulebook)
    document = docx.Document(io.BytesIO(memo(one)))
    workbook = openpyxl.load_workbook(
        io.BytesIO(converted(project_workbook(one), ".xlsx", "xlsx", tmp_path)), data_only=True
    )
    sheet = workbook.worksheets[2]
    pdf = pypdfium2.PdfDocument(project_pdf(one))
    told = {
        "html": tree(report.headline(one)).text_content(),
        "docx": "\n".join(paragraph.text for paragraph in document.paragraphs),
        "xlsx": "\n".join(str(row[0].value) for row in sheet.iter_rows(max_row=3)),
        "pdf": pdf[0].get_textpage().get_text_range(),
    }
    for name, text in told.items():
        found = SUMS.search(bare(text))
        assert found, name
        assert tuple(map(Decimal, found.groups())) == reckoned(one), name
    total = next(row[0].row for row in sheet.iter_rows(min_row=5) if row[0].value == "合计")
    live = (sheet.cell(total, 4).value, sheet.cell(total, 6).value, sheet.cell(total + 1, 6).value)
    assert live == pytest.approx(tuple(map(float, reckoned(one))))


RESCALED = re.compile(r"以表内分值合计([\d.]+)分计，折合百分制为自评([\d.]+)分、可核实([\d.]+)分、最高可能([\d.]+)分")


@pytest.mark.parametrize(
    "edits", [{}, {"total_score": "97.3", "indicators.0.points": "7", "indicators.0.score": "4.5"}]
)
def test_scores_of_110_points_are_told_on_the_scale_of_100_as_well(edits):
    form = audited(FORMS[1]).form
    for path, text in edits.items():
        form = rewrite(form, path, text)
    one = audit_form(form, audited(FORMS[1]).rulebook)
    points, _, stated = reckoned(one)
    bounds = [sum(getattr(row, bound) for row in one.scorecard.rows) for bound in ("verified", "upper")]
    figures = [format_number(points), *(format_number(score * 100 / points) for score in (stated, *bounds))]
    document = docx.Document(io.BytesIO(memo(one)))
    pages = list(pypdfium2.PdfDocument(project_pdf(one)))
    told = {
        "html": tree(report.headline(one)).text_content(),
        "docx": "\n".join(paragraph.text for paragraph in document.paragraphs),
        "pdf": pages[0].get_textpage().get_text_range(),
    }
    for name, text in told.items():
        found = RESCALED.search(bare(text))
        assert found, name
        assert list(found.groups()) == figures, name
    page = tree(report.scores(one)).xpath(".//tr[td[contains(., '折合百分制')]]")
    assert cells(page[0])[2:6] == ["100", *figures[1:]]
    rows = [[cell.text for cell in row.cells] for table in document.tables for row in table.rows]
    assert [*figures[1:], "折合百分制"] in [row[:4] for row in rows]
    assert f"折合百分制100{''.join(figures[1:])}" in bare("".join(p.get_textpage().get_text_range() for p in pages))
    names = ("points", "stated", "verified", "upper")
    assert [one.as_json()["scorecard"]["rescaled"][name] for name in names] == figures


def test_scores_of_100_points_and_of_points_that_are_not_all_known_stand_on_one_scale():
    one = audited(FORMS[0])
    blank = audit_form(rewrite(audited(FORMS[1]).form, "indicators.0.points", ""), one.rulebook)
    for form in (one, blank):
        assert "折合" not in tree(report.headline(form)).text_content() + tree(report.scores(form)).text_content()
        assert "rescaled" not in form.as_json()["scorecard"]


@forms
def test_first_screen_states_verdict_scores_counts_worst_and_coverage(path):
    one = audited(path)
    card, page = one.scorecard, tree(report.headline(one))
    text = bare(page.text_content())
    form = one.form
    for entry in (form.project.one_line, form.implementer.one_line, f"{form.year}年度", facts.verdict_line(one)):
        assert bare(entry) in text
    (picture,) = page.xpath(".//img/@alt")
    found = re.fullmatch(r"得分条：自评得分 (\S+) 分；可核实得分 (\S+) 分；最高可能得分 (\S+) 分；满分 100 分", picture)
    assert found.groups() == (format_number(card.stated), format_number(card.verified), format_number(card.upper))
    for severity in Severity:
        assert f"{one.count(severity)}条{severity.mark}{severity.zh}" in text
    for verdict in Verdict:
        assert f"{card.count(verdict)}项指标{verdict.zh}" in text
    told = page.xpath(".//tr[td/a[starts-with(@href, '#f')]]")
    assert len(told) == min(5, len({finding.rule for finding in one.findings}))
    titles = list(dict.fromkeys(finding.title for finding in one.findings))
    assert [row.xpath("./td[2]/b")[0].text for row in told] == titles[:5]
    applied = sum(outcome.applied > 0 for outcome in one.outcomes)
    assert f"{len(one.outcomes)}条规则中{applied}条有内容可查，另有{len(one.skipped)}处" in text


@forms
def test_every_finding_is_told_whole(path):
    one = audited(path)
    bodies = tree(report.findings(one)).xpath(".//tbody")
    assert len(bodies) == len(one.findings)
    explained = set()
    for number, (finding, body) in enumerate(zip(one.findings, bodies, strict=True), 1):
        first, *more = body.xpath("./tr")
        mark, fault, *between, proof = cells(first)
        assert bare(mark) == bare(
            f"{finding.severity.mark}{number}{finding.severity.zh}{finding.rule}"
            + ("全表" if finding.row is None else f"第{finding.row}项")
        )
        assert bare(fault).startswith(bare(f"{finding.title}：{finding.message}"))
        if finding.figures:
            stated, expected = between
            assert stated == finding.figures.stated
            calculation = f"算法：{finding.figures.calculation}" if finding.figures.calculation else ""
            assert bare(expected) == bare(finding.figures.expected + calculation)
        for value in finding.evidence:
            assert bare(value.place) in bare(proof)
            assert bare(value.one_line[:120]) in bare(proof)
        if (finding.rule, finding.basis) in explained:
            assert "依据和核实方法同" in fault
        else:
            assert bare(marked_basis(finding.basis)) in bare(more[0].text_content())
            assert "怎样核实：" in more[0].text_content()
        explained.add((finding.rule, finding.basis))


@forms
def test_figures_of_a_finding_are_those_of_its_message(path):
    """A number of the message is never another one in the columns beside it."""
    for finding in audited(path).findings:
        if finding.figures and finding.rule[:3] in ("BUD", "SCO", "IND"):
            numbers = re.findall(r"\d+(?:\.\d+)?", finding.figures.stated + finding.figures.expected)
            assert not set(numbers) - set(re.findall(r"\d+(?:\.\d+)?", finding.message)) - {"0"}


@forms
def test_form_is_shown_cell_by_cell(path):
    one = audited(path)
    text = bare(tree(report.form(one)).text_content())
    assert not [value for _, value in one.form.values() if bare(escape_controls(value.one_line)) not in text]
    rows = tree(report.form(one)).xpath(".//table[.//th='三级指标']/tbody/tr")[:-1]
    assert len(rows) == len(one.form.indicators)
    for item, row in zip(one.form.indicators, rows, strict=True):
        own = [bare(cell.text or "") for cell in row.xpath("./td")]
        figures = [item.name, item.target, item.result, item.points, item.score, item.explanation]
        assert own[-6:] == [bare(value.one_line) for value in figures]
    levels = [cell for row in rows for cell in row.xpath("./td")[1:-6]]
    assert sum(int(cell.get("rowspan", "1")) for cell in levels) == 2 * len(rows)
    for before, item, row in zip(one.form.indicators, one.form.indicators[1:], rows[1:], strict=False):
        levels_again = [
            getattr(item, level).one_line
            for level in ("category", "subcategory")
            if getattr(item, level).at == getattr(before, level).at
        ]
        assert row.xpath("./td/@data-again") == (["／".join(levels_again)] if levels_again else [])
    places = [{getattr(item, level).at for item in one.form.indicators} for level in ("category", "subcategory")]
    assert len(levels) == sum(map(len, places))


@forms
def test_rescore_is_told_item_by_item(path):
    one = audited(path)
    card = one.scorecard
    *rows, total = tree(report.scores(one)).xpath(".//tbody/tr[not(contains(., '折合百分制'))]")
    assert len(rows) == len(card.rows)
    for earned, row in zip(card.rows, rows, strict=True):
        number, label, points, stated, verified, upper, verdict, why = cells(row)
        assert number == ("—" if earned.row is None else str(earned.row))
        assert (label, why) == (earned.label, earned.why)
        assert (points, stated, verified, upper) == tuple(
            map(format_number, (earned.points, earned.stated, earned.verified, earned.upper))
        )
        assert verdict == (earned.judgement.verdict.zh if earned.judgement else "按公式")
    assert cells(total)[3:6] == list(map(format_number, (card.stated, card.verified, card.upper)))


def test_index_states_every_project():
    audits = [audited(path) for path in FORMS]
    rows = [report.FormRow(one.source, f"{number:03d}_x", one) for number, one in enumerate(audits, 1)]
    outcomes = across(audits)
    pages = report.index_pages([*map(report.line_of, rows)], [], outcomes, 2021, audits[0].rulebook)
    page = lxml.html.fromstring(pages["index.html"])
    told = page.xpath("//table[@id='projects']/tbody/tr")
    assert len(told) == len(audits)
    for row, one, line in zip(rows, audits, told, strict=True):
        assert line.xpath(".//a/@href") == [f"projects/{row.folder}/audit.html"]
        card = one.scorecard
        _, project, unit, *scores, _bar, errors, warnings, notes, worst = cells(line)
        assert project.startswith(one.form.project.one_line)
        assert project.endswith(one.source)
        assert unit == one.form.implementer.one_line
        assert scores == list(map(format_number, (card.stated, card.verified, card.upper)))
        assert [errors, warnings, notes] == [str(one.count(severity)) for severity in Severity]
        assert one.findings[0].title in worst
    linked = page.xpath("//h2[@id='across']/following-sibling::table[1]/tbody/tr")
    found = [finding for outcome in outcomes for finding in outcome.findings]
    assert len(linked) == len(found) > 0
    for finding, line in zip(found, linked, strict=True):
        assert finding.message in line.text_content()
        names = {value.at.source for value in finding.evidence}
        assert {link.text for link in line.xpath(".//a")} == names
