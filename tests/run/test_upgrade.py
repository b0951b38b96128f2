"""What an earlier version left is not lost: its reports, its store of decisions, and the papers that it printed.

Each archive of `tests/upgrade` was written by the version of its date: `in`, forms; `out`, a run over them with one decision;
`entries.xlsx` and `finding.xlsx`, its paper with a note on an indicator, and with a ruling on a finding.
"""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from auditkit.cli.app import main
from auditkit.decisions.store import open_store
from auditkit.errors.runs import ReviewRefused
from auditkit.review.import_paper import read_tasks, run_tasks
from auditkit.run import batch
from auditkit.run.open import open_workbench

ARCHIVES = sorted((Path(__file__).parents[1] / "upgrade").glob("*.zip"))
FIRST, NOTE = "已核对验收单", "已核对台账"


@pytest.fixture(params=ARCHIVES, ids=lambda path: path.stem)
def left(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    with zipfile.ZipFile(request.param) as archive:
        archive.extractall(tmp_path)
    return tmp_path


def verified(out: Path) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["verify", str(out)])
    return ended.value.code


def test_there_is_one():
    assert ARCHIVES


def test_its_reports_and_decisions_are_opened_as_they_are(left: Path, capsys: pytest.CaptureFixture):
    assert verified(left / "out") == 0
    assert "决定 1 条" in capsys.readouterr().out
    bench = open_workbench(left / "out")
    assert sorted(one.file for one in bench.listed if one.file) == ["乙.txt", "甲.txt"]
    assert {entry.after for entry in bench.store.entries()} == {FIRST}


def test_a_run_over_it_makes_its_reports_anew_and_keeps_what_was_decided(left: Path):
    result = batch.run(left / "in", 2022, left / "out", formats=["html", "xlsx"])
    assert (result.made, result.failed, result.faults) == (2, 0, ())
    pages = [path.read_text("utf-8") for path in sorted((left / "out").glob("projects/*/audit.html"))]
    assert len(pages) == 2
    assert any(FIRST in page for page in pages)
    assert verified(left / "out") == 0
    assert {entry.after for entry in open_store(left / "out" / "review.sqlite").entries()} == {FIRST}


@pytest.mark.parametrize("again", [False, True], ids=["beside its run", "beside a new run"])
def test_its_papers_are_imported_where_form_and_rulebook_say_the_same(left: Path, again: bool):
    if again:
        batch.run(left / "in", 2022, left / "out", formats=["xlsx"])
    known = run_tasks(left / "out")
    (change,) = read_tasks(left / "entries.xlsx", known)
    assert change.after == NOTE
    try:
        (change,) = read_tasks(left / "finding.xlsx", known)
        assert (change.subject.rule, change.after) == ("IND001", "accepted")
    except ReviewRefused as refused:  # the program says it in other words since then, and that is the reason given
        assert again
        (reason,) = refused.reasons
        assert "“问题”已有变动" in reason


def test_a_file_of_its_that_fails_now_keeps_its_report(left: Path):
    (left / "in" / "甲.txt").write_bytes(b"")
    before = json.loads((left / "out" / "manifest.json").read_text("utf-8"))["outputs"]
    batch.run(left / "in", 2022, left / "out", formats=["html"])
    now = json.loads((left / "out" / "manifest.json").read_text("utf-8"))
    assert [*now["kept"]] == ["甲.txt"]
    folders = now["reports"]["甲.txt"]
    assert {name for name in before if name.startswith(f"projects/{folders[0]}/")} <= set(now["outputs"])
