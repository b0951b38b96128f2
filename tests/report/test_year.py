"""The yearly notebook's views and what a run writes of all forms together."""

import json
import warnings
from dataclasses import replace
from decimal import Decimal
from io import BytesIO

import pypdfium2
import pytest
from hostile_texts import hostile_audit
from reporters import Reporters
from specimen import specimen

from auditkit import report, resources
from auditkit.cli.app import main
from auditkit.pipeline import across, audit_form
from auditkit.quantity.numbers import format_number, shown_percent
from auditkit.report.fonts import FONT
from auditkit.report.year.charts import FAMILY, figure_of, png_of, rates_title, scores_title
from auditkit.report.year.pdf import printed_year
from auditkit.report.year.views import common_year
from auditkit.rulebooks.loader import load_rulebook
from auditkit.run import batch
from auditkit.run.documents import YearDocuments
from auditkit.run.open import open_year

VIEWS = [name for name in vars(report) if name.startswith("year_")]


@pytest.fixture(scope="module")
def whole():
    return open_year(resources.data() / "2021", 2021)


def of(*audits, book=None):
    rows = [report.FormRow(one.source, "", one) for one in audits]
    return common_year(rows, across(audits), (), 2021, book or load_rulebook())


def test_equal_forms_count_once_and_every_file_has_a_row(whole):
    assert len(whole.forms) == 8
    assert len(whole.files) == 9


def test_the_titles_say_what_the_audits_say(whole):
    above = sum(one.stated > one.verified for one in whole.forms)
    disproved = sum(one.disproved for one in whole.forms)
    assert scores_title(whole.forms) == (
        f"8 张表中，{above} 张的自评得分高于可核实得分，其中 {disproved} 张高于最高可能得分"
    )
    assert "6 张表中，6 张自评仍在 90 分以上" in rates_title(whole.forms, whole.book)


def test_units_files_and_what_shows_across_are_titled_with_their_answers(whole):
    found = [sum(one.counts) for one in whole.forms]
    share = shown_percent(Decimal(max(found)) / sum(found))
    assert len({one.unit for one in whole.forms}) == 8
    units = f"按单位：8 个单位共 {sum(found)} 条，最多的一个有 {max(found)} 条，占 {share}"
    titles = (units, "各表放在一起看到的问题 2 条", "需要留意的文件 0 个，跳过 1 个（重复的，或不是表），其余 8 个正常")
    for view, title in zip((report.year_units, report.year_across, report.year_files), titles, strict=True):
        assert view(whole).words == title
        assert title in view(whole).html
    with pypdfium2.PdfDocument(printed_year(whole)) as pdf:
        printed = "".join("".join(page.get_textpage().get_text_range().split()) for page in pdf)
    assert all("".join(title.split()) in printed for title in titles)
    assert report.year_across(replace(whole, across=())).words == "各表放在一起未看到问题"


def test_the_ranking_has_every_score(whole):
    page = report.year_ranking(whole).html
    for one in whole.forms:
        assert f">{one.project}</td>" in page
        assert f">{format_number(one.verified)}</td>" in page


@pytest.mark.parametrize("name", VIEWS)
def test_a_view_holds_for_one_form_for_none_and_without_scores(name):
    book = load_rulebook("transfer")
    view = getattr(report, name)
    for year in (
        of(audit_form(specimen(), load_rulebook())),
        of(),
        of(audit_form(specimen(), book), book=book),
    ):
        assert view(year).html


@pytest.mark.parametrize("name", VIEWS)
def test_hostile_names_are_text(name):
    html = getattr(report, name)(of(hostile_audit())).html
    assert "<script" not in html.lower()
    assert "<svg" not in html
    assert "<style" not in html


def test_many_forms_are_a_page_of_bounded_size(whole):
    many = replace(whole, forms=whole.forms * 250)
    assert sum(len(getattr(report, name)(many).html) for name in VIEWS) < 500_000
    assert "另有" in report.year_ranking(many).html


def test_a_run_writes_the_year_and_its_manifest_covers_it(tmp_path):
    from pandas import read_parquet

    folder, out = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    (folder / "a.docx").write_bytes((resources.data() / "specimen.docx").read_bytes())
    result = batch.run(folder, 2022, out, formats=("html", "pdf"))
    assert not result.failed
    written = json.loads((out / "manifest.json").read_text("utf-8"))["outputs"]
    made = {
        "year_report.ipynb",
        "year_report.html",
        "year_report.pdf",
        "findings.jsonl",
        "findings.parquet",
        "forms.parquet",
    }
    assert made <= written.keys()
    page = (out / "year_report.html").read_text("utf-8")
    assert "农村饮水安全巩固提升" in page
    assert str(tmp_path) not in page + (out / "year_report.ipynb").read_text("utf-8")
    assert 'href="year_report.html"' in (out / "index.html").read_text("utf-8")
    (form,) = read_parquet(BytesIO((out / "forms.parquet").read_bytes())).to_dict("records")
    assert (form["stated"], form["verified"]) == ("99.5", "99.5")


def test_a_chart_of_very_many_forms_is_small_and_quick(whole, monkeypatch):
    monkeypatch.setattr("auditkit.report.year.charts.APART", 100)
    many = replace(
        whole, forms=tuple(replace(one, stated=one.stated - n % 40) for n in range(250) for one in whole.forms)
    )
    for view in (report.year_scores, report.year_rates):
        html = view(many).html
        assert html.count("<img") == 1
        assert len(html) < 150_000


class Panic(BaseException):
    """As typst raises where it breaks down: no Exception."""


def test_books_that_cannot_be_made_cost_only_themselves_and_are_told(tmp_path, monkeypatch, capsys):
    """The others are written, the status is 3, and the next run makes what is absent."""

    def fails(*_):
        raise ValueError("坏\x1b了")

    def panics(*_):
        raise Panic("内部错误")

    folder, out = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    (folder / "a.docx").write_bytes((resources.data() / "specimen.docx").read_bytes())
    command = ["run", str(folder), "--year", "2022", "--out", str(out), "--format", "docx,xlsx,pdf"]
    write = YearDocuments.write
    with monkeypatch.context() as broken:
        broken.setattr(
            YearDocuments, "write", lambda self, formats, _, limits: write(self, formats, Reporters(), limits)
        )
        broken.setattr("auditkit.report.year.memo.year_memo", fails)
        broken.setattr("auditkit.report.year.pdf.printed_year", panics)
        with pytest.raises(SystemExit) as end:
            main(command)
    assert end.value.code == 3
    said = capsys.readouterr().err
    summary = (out / "summary.txt").read_text("utf-8")
    for text in (said, summary):
        assert "memo.docx 未能生成（ValueError）：坏␛了" in text
        assert "year_report.pdf 未能生成（Panic）：内部错误" in text
    assert (out / "review.xlsx").is_file()
    assert (out / "index.html").is_file()
    written = json.loads((out / "manifest.json").read_text("utf-8"))
    assert {"python-docx", "openpyxl", "typst"} <= {name for name, version in written["versions"].items() if version}
    assert "memo.docx" not in written["outputs"]
    with pytest.raises(SystemExit) as end:
        main(command)
    assert not end.value.code
    assert (out / "memo.docx").is_file()
    assert (out / "year_report.pdf").is_file()
    assert "未能生成" not in (out / "summary.txt").read_text("utf-8")


def test_charts_are_drawn_with_the_packaged_font_alone():
    from matplotlib import font_manager

    with warnings.catch_warnings(), figure_of(2, 1) as figure:
        warnings.simplefilter("error")
        figure.text(0, 0.5, "自评得分")
        assert png_of(figure)
    assert font_manager.findfont(FAMILY) == str(FONT)
