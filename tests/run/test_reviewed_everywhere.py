"""A correction and a rejection change every page of a run alike, and undo changes them back: read back from the files."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from decimal import Decimal
from pathlib import Path

import docx
import openpyxl
import pytest
from lxml import html
from pdftext import text as printed

from auditkit import resources
from auditkit.decisions.store import Store, open_store
from auditkit.decisions.subject import Change, Field
from auditkit.model import Severity
from auditkit.quantity.numbers import format_number
from auditkit.report.year.dataset import TABLES
from auditkit.report.year.dataset_files import rows_in
from auditkit.run.batch import run
from auditkit.run.open import open_workbench

NAME = "法律顾问"


def once(base: Path) -> None:
    assert not run(base / "in", 2021, base / "out", jobs=1).failed


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two seed forms, of which nobody decided anything."""
    base = tmp_path_factory.mktemp("reviewed")
    (base / "in").mkdir()
    for number in ("01", "02"):
        shutil.copy(next((resources.data() / "2021").glob(f"{number}_*.docx")), base / "in")
    open_store(base / "out" / "review.sqlite")
    once(base)
    return base


def words(path: Path) -> str:
    if path.suffix == ".html":
        return "\n".join(html.fromstring(path.read_text("utf-8")).itertext())
    if path.suffix == ".pdf":
        return printed(path.read_bytes())
    return "\n".join(paragraph.text for paragraph in docx.Document(str(path)).paragraphs)


def rows(path: Path) -> list[list[str]]:
    """Every row of every table of a Word file or page, as texts."""
    if path.suffix == ".docx":
        return [
            [cell.text.strip() for cell in row.cells] for table in docx.Document(str(path)).tables for row in table.rows
        ]
    found = html.fromstring(path.read_text("utf-8")).iter("tr")
    return [[" ".join("".join(cell.itertext()).split()) for cell in row] for row in found]


def under(path: Path, heading: str, lead: str) -> str:
    """What a table has under a heading, in the first row that holds this text; blank where it has no such column."""
    head: list[str] = []
    for row in rows(path):
        if heading in row and any(cell.startswith("可核实") for cell in row):  # 复核 is a step of signing elsewhere
            head = row
        elif head and len(row) == len(head) and (not lead or any(lead in cell for cell in row)):
            return row[head.index(heading)]
    return ""


def shown(base: Path) -> dict[str, str]:
    """The reviewed score of the first form, as each page has it; blank where it has none."""
    out = base / "out"
    own = next((out / "projects").glob("001_*"))
    book = openpyxl.load_workbook(out / "review.xlsx")["汇总"]
    heads = [str(cell.value).split("\n")[0] for cell in book[3]]
    sheet = book.cell(4, heads.index("复核得分") + 1).value
    said = {
        name: re.search(r"复核得分\s*([\d.]+)\s*分", words(own / name))
        for name in ("audit.html", "audit.pdf", "memo.docx")
    }
    first = next(
        row for row in csv.DictReader(io.StringIO((out / "forms.csv").read_text("utf-8-sig"))) if NAME in row["project"]
    )
    (line,) = (row for row in rows_in(out / "dataset", "forms", ("project", "reviewed")) if NAME in row[0])
    return {name: found[1] if found else "" for name, found in said.items()} | {
        "scores": under(own / "audit.html", "复核", "合计"),
        "memo table": under(own / "memo.docx", "复核得分", ""),
        "json": json.loads((own / "audit.json").read_text("utf-8"))["scorecard"]["reviewed"] or "",
        "forms.csv": first["reviewed"],
        "dataset": "" if line[1] is None else format_number(line[1]),
        "index.html": under(out / "index.html", "复核", NAME).replace("—", ""),
        "year_report.html": under(out / "year_report.html", "复核", NAME),
        "year memo": under(out / "memo.docx", "复核", NAME),
        "review.xlsx": "" if sheet is None else format_number(Decimal(str(sheet))),
    }  # fmt: skip


def ranked(base: Path) -> list[str]:
    """The projects in the order of the yearly report."""
    found = rows(base / "out" / "year_report.html")
    start = next(place for place, row in enumerate(found) if row[:1] == ["名次"])
    return [row[1] for row in found[start + 1 :][:2]]


def counts(base: Path) -> dict[str, int]:
    """The errors of the first form, as each page counts them."""
    out = base / "out"
    own = next((out / "projects").glob("001_*"))
    first = next(
        row for row in csv.DictReader(io.StringIO((out / "forms.csv").read_text("utf-8-sig"))) if NAME in row["project"]
    )
    told = json.loads((own / "audit.json").read_text("utf-8"))["findings"]
    findings = list(csv.DictReader(io.StringIO((out / "findings.csv").read_text("utf-8-sig"))))
    sheet = dict(
        zip(
            ("rejected", "severity", "project"),
            zip(*rows_in(out / "dataset", "findings", ("rejected", "severity", "project")), strict=True),
            strict=True,
        )
    )
    marked = sum(not gone and s == "error" and NAME in p for gone, s, p in zip(*sheet.values(), strict=True))
    return {
        "forms.csv": int(first["errors"]),
        "json": sum(one["severity"] == "error" and not one.get("rejected") for one in told),
        "findings.csv": sum(one["severity"] == "error" and NAME in one["project"] and not one["rejected"] for one in findings),
        "dataset": marked,
        "headline": int(re.search(r"(\d+)\s*条\s*▲ 错误", words(own / "audit.html"))[1]),
        "index.html": int(under(out / "index.html", "▲ 错误", NAME)),
        "year_report.html": int(under(out / "year_report.html", "▲", NAME)),
    }  # fmt: skip


def record(base: Path, deeds: dict[object, tuple[Field, str]]) -> tuple[Store, list]:
    table, store = open_workbench(base / "out"), open_store(base / "out" / "review.sqlite")
    one = table.load(next(each.project for each in table.projects() if NAME in each.project.name))
    subjects = {
        **{c.subject.row: c for c in table.items(one)},
        "": next(c for c in table.findings(one) if c.finding.severity is Severity.ERROR),
    }
    changes = [Change(subjects[where].subject, field, "", text) for where, (field, text) in deeds.items()]
    return store, list(store.record(changes, "张三"))


def test_a_correction_changes_the_reviewed_score_everywhere_and_undo_changes_it_back(base: Path):
    before, order = shown(base), ranked(base)
    assert set(before.values()) == {""}
    lowered = dict.fromkeys(range(2, 12), (Field.SCORE, "0.5"))  # so far that the other form ranks above it
    store, entries = record(base, lowered | {0: (Field.SCORE, "0"), 1: (Field.RESULT, "0")})
    once(base)
    table = open_workbench(base / "out")
    one = table.load(next(each.project for each in table.projects() if NAME in each.project.name))
    expected = format_number(table.decided(one).reviewed_score)
    assert table.decided(one).reviewed_score < one.scorecard.verified
    assert set(shown(base).values()) == {expected}, shown(base)
    assert ranked(base) == order[::-1]
    store.undo(entries, "张三")
    once(base)
    assert shown(base) == before
    assert ranked(base) == order


def test_a_rejected_finding_leaves_every_count_and_stays_marked_in_the_working_paper(base: Path):
    before = counts(base)
    assert len(set(before.values())) == 1
    store, entries = record(base, {"": (Field.RULING, "rejected")})
    once(base)
    after = counts(base)
    assert set(after.values()) == {next(iter(before.values())) - 1}, after
    own = next((base / "out" / "projects").glob("001_*"))
    marked = [[cell.value for cell in row] for row in openpyxl.load_workbook(own / "review.xlsx")["审核发现"]]
    assert sum("不认可" in row for row in marked) == 1
    assert "1 条发现经复核不认可" in words(own / "audit.html")
    assert "1条发现经复核不认可" in words(own / "audit.pdf").replace(" ", "")
    store.undo(entries, "张三")
    once(base)
    assert counts(base) == before


def test_the_dataset_says_what_it_has():
    assert "reviewed" in TABLES["forms"]
    assert "rejected" in TABLES["findings"]
