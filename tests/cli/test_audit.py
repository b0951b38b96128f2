"""What the command says of forms on which people decided."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from auditkit import resources
from auditkit.cli.app import app
from auditkit.decisions.standing import carry
from auditkit.decisions.store import open_store
from auditkit.decisions.subject import Change, Field
from auditkit.model import Severity
from auditkit.pipeline import audit


def told(*arguments: object) -> str:
    done = CliRunner().invoke(app, ["audit", *map(str, arguments)])
    assert done.exit_code == 0, done.output
    return done.stdout


@pytest.fixture
def forms(tmp_path: Path) -> Path:
    folder = tmp_path / "forms"
    folder.mkdir()
    shutil.copy(next((resources.data() / "2021").glob("02_*.docx")), folder)
    return folder


@pytest.mark.parametrize("place", ["beside", "elsewhere"])
def test_decisions_count_and_undo_takes_them_back(forms: Path, tmp_path: Path, place: str):
    path = forms / ".auditkit" / "review.sqlite" if place == "beside" else tmp_path / "other.sqlite"
    options = () if place == "beside" else ("--store", path)
    (before,) = json.loads(told(forms, "--json"))["audits"]
    assert before["scorecard"]["reviewed"] is None
    one, store = audit(next(forms.glob("*.docx")))[0], open_store(path)
    subjects = carry(one, store)
    row = next(c for c in subjects if not c.finding)
    entries = store.record(
        [Change(subjects[0].subject, Field.RULING, "", "rejected"), Change(row.subject, Field.SCORE, "", "1")], "张三"
    )
    words, (after,) = told(forms, *options), json.loads(told(forms, "--json", *options))["audits"]
    assert f"复核得分 {after['scorecard']['reviewed']}" in words
    assert f"▲错误 {one.count(Severity.ERROR) - 1}" in words
    assert "1 条发现经复核不认可" in words
    assert [found.get("rejected") for found in after["findings"]] == [True, *[None] * (len(one.findings) - 1)]
    store.undo(entries, "张三")
    assert json.loads(told(forms, "--json", *options))["audits"] == [before]


def test_lines_that_know_no_decisions_say_so(forms: Path):
    done = CliRunner().invoke(app, ["audit", str(forms), "--json-lines", "--store", "s.sqlite"])
    assert done.exit_code != 0


def test_a_total_that_cannot_hold_is_told_with_what_makes_it_so(tmp_path: Path):
    form = tmp_path / "form.txt"
    specimen = (resources.data() / "specimen.txt").read_text("utf-8")
    form.write_text(specimen.replace("\t46.5公里\n", "\t30公里\n"), "utf-8")
    assert "▲ 自评结果不成立：第1项“改造供水管网长度”多计 1.67 分" in told(form)
    assert "the stated total cannot hold" in told(form, "--lang", "en")
