"""A run over files of several kinds: what is no self-evaluation is named and left out, and is no fault of its file."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from casefiles import FILES
from formats import as_docx, drawn
from layouts import layout

from auditkit.pipeline import audit_file
from auditkit.run.batch import RunResult, run

TARGET = """
项目支出绩效目标申报表
项目名称 | 城区路灯改造 | > | >
一级指标 | 二级指标 | 三级指标 | 指标值
产出指标 | 数量指标 | 改造路灯数量 | ≥300盏
"""
BOOK = "workbook_seven_sheets.xlsx"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[RunResult, Path]:
    folder = tmp_path_factory.mktemp("forms")
    (folder / BOOK).write_bytes((FILES / BOOK).read_bytes())
    (folder / "目标.docx").write_bytes(as_docx(drawn(TARGET)))
    for name in ("05_transfer_shaanxi", "06_department_hunan"):
        (folder / f"{name}.docx").write_bytes(as_docx(drawn(layout(name)[0])))
    out = tmp_path_factory.mktemp("out")
    return run(folder, 2024, out, jobs=1, formats=()), out


def table(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"))))


def test_a_file_of_targets_alone_is_right_and_has_no_forms(made):
    _, out = made
    rows = {row["file"]: row for row in table(out / "status.csv")}
    assert (rows["目标.docx"]["status"], rows["目标.docx"]["forms"]) == ("ok", "0")
    assert "绩效目标申报表" in rows["目标.docx"]["message"]
    assert (rows[BOOK]["status"], rows[BOOK]["forms"]) == ("ok", "1")
    assert all(name in rows[BOOK]["message"] for name in ("立项依据", "执行监控", "复核"))


def test_every_sheet_that_is_no_self_evaluation_has_a_row(made):
    _, out = made
    rows = table(out / "sheets.csv")
    assert [(row["file"], row["kind"]) for row in rows if row["file"] != BOOK] == [("目标.docx", "target")]
    own = [(row["sheet"], row["kind"]) for row in rows if row["file"] == BOOK]
    assert own == [
        ("项目基本信息", "other"),
        ("立项依据", "other"),
        ("支出计划", "other"),
        ("绩效目标申报表", "target"),
        ("执行监控", "monitoring"),
        ("复核", "review"),
    ]
    page = (out / "index.html").read_text("utf-8")
    assert all(sheet in page for sheet, _ in own)


def test_every_form_is_audited_by_the_rulebook_of_its_kind(made):
    _, out = made
    rows = {(row["kind"], row["rulebook"]) for row in table(out / "forms.csv")}
    assert rows == {("self-evaluation", "mof-2020"), ("transfer", "transfer"), ("department", "department")}
    assert json.loads((out / "manifest.json").read_text("utf-8"))["rulebook"]["by_kind"] is True
    assert "SET005" not in {row["rule"] for row in table(out / "findings.csv")}


def test_a_named_rulebook_is_that_of_every_form(tmp_path):
    (tmp_path / "表.docx").write_bytes(as_docx(drawn(layout("06_department_hunan")[0])))
    assert [one.rulebook.name for one in audit_file(tmp_path / "表.docx", "hubei").audits] == ["hubei"]
