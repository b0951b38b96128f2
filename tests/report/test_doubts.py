"""A doubt about the reading stands wherever findings stand, and nothing says 未发现问题 alone beside it."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path

import docx
import pytest
from pdftext import text as pdf_text
from rich.console import Console
from specimen import specimen

from auditkit import report
from auditkit.cli.tables import Lang, show_audits
from auditkit.decisions.store import open_store
from auditkit.model import Value
from auditkit.pipeline import Audit, across, audit_form
from auditkit.report.office.memo import memo
from auditkit.report.pdf.typst import project_pdf
from auditkit.report.year.memo import year_memo
from auditkit.report.year.rows import FormRow
from auditkit.report.year.views import common_year
from auditkit.review import html as card
from auditkit.review.project_list import listed
from auditkit.review.session import ReviewSession
from auditkit.review.workbench import Workbench
from auditkit.rulebooks.loader import load_rulebook

DOUBT = "表1 第9行第4列 另有文字，未采用"
BOOK = load_rulebook()
CLEAN = "未发现问题"


def audited(doubts: tuple[str, ...], total: str = "") -> Audit:
    """The specimen, in which nothing is found, or its total alone is wrong."""
    form = replace(specimen(), doubts=doubts)
    return audit_form(replace(form, total_score=Value(total, form.total_score.at)) if total else form, BOOK)


def word(data: bytes) -> str:
    file = docx.Document(io.BytesIO(data))
    return "\n".join([*(one.text for one in file.paragraphs), *(c.text for t in file.tables for c in t._cells)])


def terminal(one: Audit, _: Path) -> str:
    out = Console(file=io.StringIO(), width=200)
    show_audits(out, [one], Lang.ZH)
    return out.file.getvalue()


def index(one: Audit, _: Path) -> str:
    lines = [report.line_of(FormRow("a.docx", "001", one))]
    return report.index_pages(lines, (), across([one]), 2022, BOOK)["index.html"]


def year_of(one: Audit):
    return common_year([FormRow("a.docx", "001", one)], across([one]), (), 2022, BOOK)


def desk(one: Audit, folder: Path) -> str:
    table = Workbench((listed(one.as_json()),), open_store(folder / "s.sqlite"), lambda _: one)
    session = ReviewSession(table, "张三")
    session.sit()
    return str(card.finding(session))


PLACES = {
    "terminal": terminal,
    "findings.csv": lambda one, _: report.csv_bytes(report.findings_table([one])).decode("utf-8-sig"),
    "forms.csv": lambda one, _: report.forms_csv([report.line_of(FormRow("a.docx", "", one))]).decode("utf-8-sig"),
    "index": index,
    "first screen": lambda one, _: report.headline(one).html,
    "findings": lambda one, _: report.findings(one).html,
    "memo": lambda one, _: word(memo(one)),
    "covering memo": lambda one, _: word(year_memo(year_of(one), [one], across([one]))),
    "pdf": lambda one, _: pdf_text(project_pdf(one)),
    "json": lambda one, _: json.dumps(one.as_json(), ensure_ascii=False),
    "workbench": desk,
}


def bare(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize("total", ["", "90"], ids=["clean", "found"])
@pytest.mark.parametrize("place", PLACES)
def test_a_doubt_stands_beside_the_findings(place, total, tmp_path):
    said = bare(PLACES[place](audited((DOUBT,), total), tmp_path))
    assert bare(DOUBT) in said
    (tmp_path / "plain").mkdir()
    plain = bare(PLACES[place](audited((), total), tmp_path / "plain"))
    assert bare(DOUBT) not in plain


@pytest.mark.parametrize(
    "place", ["terminal", "index", "first screen", "findings", "memo", "covering memo", "pdf", "workbench"]
)
def test_nothing_found_is_never_said_alone_beside_a_doubt(place, tmp_path):
    said = bare(PLACES[place](audited((DOUBT,)), tmp_path))
    after = said.split("所查规则均" + CLEAN) if place != "terminal" else said.split(CLEAN)
    assert len(after) > 1
    assert all(part.startswith("，但读表") for part in after[1:])
    (tmp_path / "plain").mkdir()
    plain = bare(PLACES[place](audited(()), tmp_path / "plain"))
    assert CLEAN in plain
    assert "，但读表" not in plain


def test_the_list_of_the_workbench_counts_the_doubts(tmp_path):
    table = Workbench((listed(audited((DOUBT,)).as_json()),), open_store(tmp_path / "s.sqlite"), lambda _: None)
    assert "读表存疑 1 处" in card.projects_html(table.projects()).html
