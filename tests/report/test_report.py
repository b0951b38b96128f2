from __future__ import annotations

import io
import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import lxml.html
import nbformat
import pandas
import pytest
from PIL import Image
from webpage import fetched

from auditkit import report, resources
from auditkit.model import Severity, Value
from auditkit.notebook.execute import render
from auditkit.pipeline import Audit, across, audit, audit_form
from auditkit.report import VIEWS
from auditkit.report.fonts import FONT
from auditkit.report.html import charts
from auditkit.report.html.charts import score_chart
from auditkit.safety import escape_formula

HOSTILE = (
    "<script>alert(1)</script>",
    "</td></table><img src=https://example.org/x.png onerror=alert(1)>",
    "{{7*7}}",
    "$\\bad{",
    "甲\u202e乙",
    "=HYPERLINK(1)",
)


@pytest.fixture(scope="module")
def second() -> Audit:
    return audit(next((resources.data() / "2021").glob("02_*.docx")))[0]


@pytest.fixture(scope="module")
def hostile(second: Audit) -> Audit:
    """Form 2 with a hostile text in every kind of field."""
    script, markup, template, formula, turned, sheet = HOSTILE
    form = second.form
    first = form.indicators[0]
    bad = replace(
        first,
        category=Value(markup, first.category.at),
        name=Value(template + turned, first.name.at),
        target=Value(formula, first.target.at),
        result=Value(markup, first.result.at),
        explanation=Value(script, first.explanation.at),
    )
    return audit_form(
        replace(
            form,
            project=Value(sheet + script + markup, form.project.at),
            implementer=Value(template, form.implementer.at),
            goal=Value(markup + turned, form.goal.at),
            indicators=(bad, *form.indicators[1:]),
        ),
        second.rulebook,
    )


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.__name__)
def test_hostile_text_is_shown_and_does_nothing(hostile: Audit, view):
    html = view(hostile)._repr_html_()
    assert not fetched(html)
    assert "\u202e" not in html
    assert "{{7*7}}" in html or "7*7" not in html


def test_hostile_text_stands_in_the_form_as_it_was_written(hostile: Audit):
    shown = lxml.html.fromstring(report.form(hostile)._repr_html_()).text_content()
    for text in (*HOSTILE[:4], "甲⟨U+202E⟩乙", HOSTILE[5]):
        assert text in shown


def test_no_mathematics_is_set_from_a_form(hostile: Audit):
    assert all('<div class="mathjax_ignore tex2jax_ignore' in view(hostile)._repr_html_() for view in VIEWS)


def test_style_is_inline_because_untrusted_notebooks_lose_style_elements(second: Audit):
    assert not any("<style" in view(second)._repr_html_() for view in VIEWS)


def test_first_screen_says_what_is_wrong_with_form_2(second: Audit):
    shown = lxml.html.fromstring(report.headline(second)._repr_html_()).text_content()
    for text in ("法治政府建设经费", "110", "106.7", "96.7", "▲", "28.66", "mof-2020"):
        assert text in shown


def test_every_flagged_cell_names_its_finding_and_every_link_has_its_target(second: Audit):
    html = report.form(second)._repr_html_() + report.findings(second)._repr_html_()
    tree = lxml.html.fromstring(f"<div>{html}</div>")
    identities = tree.xpath("//@id")
    assert len(identities) == len(set(identities))
    assert {name for name in identities if name[0] == "f"} == {f"f{n}" for n in range(1, len(second.findings) + 1)}
    assert {link.removeprefix("#") for link in tree.xpath("//a/@href")} == set(identities)
    flagged = tree.xpath("//td[starts-with(@id, 'c')]")
    places = {value.at for finding in second.findings for value in finding.evidence}
    assert len(flagged) == len(places)
    for cell in flagged:
        links = cell.xpath(".//a")
        assert links
        assert all(link.text[0] in [severity.mark for severity in Severity] for link in links)
        assert "background" in cell.get("style")


def test_views_are_a_few_words_in_a_terminal(second: Audit):
    assert repr(report.colophon(second)) == report.FINISHED
    assert "\n" not in repr(report.headline(second))


def test_stated_score_above_the_possible_one_is_disproved(second: Audit):
    lower = audit_form(replace(second.form, total_score=Value("120", second.form.total_score.at)), second.rulebook)
    assert "不成立" in repr(report.headline(lower))
    assert "不成立" not in repr(report.headline(second))


def test_rounding_disproves_nothing(second: Audit):
    (one,) = audit(resources.data() / "2021" / "01_法律顾问管理工作经费.docx")
    # 90 for the indicators and 10 × 79.57 ÷ 90 for the execution are 98.841…, and no printed total is nearer to it than these.
    for stated, disproved in (
        ("98.8", False),
        ("98.84", False),
        ("98.85", True),
        ("98.9", True),
        ("99", False),
        ("99.8", True),
    ):
        assert replace(one.scorecard, stated=Decimal(stated)).disproved is disproved, stated
    assert replace(second.scorecard, stated=Decimal("100.1")).disproved, "above the full marks"


def test_chart_is_the_same_picture_every_time(second: Audit):
    image = score_chart(second.scorecard)
    assert image == score_chart(second.scorecard)
    assert "产出指标自评90、可核实15、最高可能90" in image


def test_chart_shows_its_chinese_labels():
    scores = (Decimal(1), Decimal(2), Decimal(3))
    assert charts._draw({"产出指标": scores}) != charts._draw({"效益指标": scores})


@pytest.mark.parametrize("score", ["-5", "0", "1e-9", "0.01", "250", "999999999999999"])
def test_a_score_beyond_all_measure_is_still_drawn(second: Audit, score: str):
    stated = Decimal(score)
    card = replace(second.scorecard, stated=stated)
    assert charts.score_bar(card, Decimal(100)) != charts.score_bar(second.scorecard, Decimal(100))
    assert charts._draw({"产出指标": (stated, stated, stated)}).startswith(b"\x89PNG")


def test_bars_are_told_apart_without_colour(second: Audit):
    drawn = Image.open(io.BytesIO(charts._draw({"产出指标": (Decimal(9),) * 3}))).convert("L")
    middle = drawn.width // 2
    # The three bars of the one group, each by the share of it that is dark.
    dark = [
        sum(drawn.getpixel((x, y)) < 100 for x in range(middle, middle + 200) for y in range(top + 6, top + 27)) / 4200
        for top in (95, 128, 161)
    ]
    assert dark[1] == 1
    assert 0.03 < dark[2] < dark[0] < 0.5


def test_stored_notebook_becomes_one_offline_page():
    page = render(nbformat.read(resources.notebooks() / "project_audit.ipynb", as_version=4), "甲<乙>")
    assert page.startswith("<!DOCTYPE html>")
    assert '<html lang="zh-CN">' in page
    assert "default-src 'none'; img-src data:; style-src 'unsafe-inline'" in page
    assert "<title>甲&lt;乙&gt;</title>" in page
    assert not fetched(page)
    assert len(page.encode()) < 500_000
    assert "report.headline" not in page
    assert "02_法治政府建设经费.docx" not in page
    assert "table-header-group" in page


def test_index_names_every_file_and_every_failure(hostile: Audit):
    rows = [report.FormRow("甲.docx", "001_甲_00000000", hostile, "内核<退出>")]
    files = [
        report.FileRow("甲.docx", "error", 1, "内核<退出>", 1.0),
        report.FileRow("<b>.docx", "refused", 0, "加密", 0.1),
    ]
    lines, outcomes = [*map(report.line_of, rows)], across([hostile])
    pages = report.index_pages(lines, files, outcomes, 2021, hostile.rulebook, failure="年度报告<未生成>")
    page = pages["index.html"]
    shown = lxml.html.fromstring(page).text_content()
    assert "内核<退出>" in shown
    assert "年度报告<未生成>" in shown
    assert "<b>.docx" in shown
    assert not fetched(page)


def test_findings_table_has_one_row_per_finding_and_no_formula(hostile: Audit):
    table = pandas.read_csv(io.BytesIO(report.csv_bytes(report.findings_table([hostile]))), encoding="utf-8-sig")
    assert len(table) == len(hostile.findings)
    assert set(table["project"].str[:2]) == {"'="}


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\t=1", "＝1", "＋1", "＠x", " =1"])
def test_formulas_are_made_text(text: str):
    assert escape_formula(text).startswith("'")


@pytest.mark.parametrize("text", ["", "甲", "—", "100%", "≥5"])
def test_plain_texts_are_left_alone(text: str):
    assert escape_formula(text) == text


@pytest.mark.parametrize("name", ["README.md", "README.en.md"])
def test_readme_shows_small_pictures_that_are_there(name: str):
    root = Path(__file__).parents[2]
    pictures = re.findall(r"!\[[^]]+\]\((docs/pictures/[^)]+)\)", (root / name).read_text("utf-8"))
    assert len(pictures) == 4
    assert all(0 < (root / picture).stat().st_size <= 150_000 for picture in pictures)


def test_font_brings_its_licence():
    assert "SIL Open Font License" in Path(FONT).with_name("OFL.txt").read_text("utf-8")
