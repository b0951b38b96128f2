"""The workbench without a browser: what is decided lasts, moves the score, and is shown read-only."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from auditkit import resources
from auditkit.decisions.subject import Field, Ruling, project_key
from auditkit.decisions.summarize import decisions_data
from auditkit.pipeline import Audit
from auditkit.review import html as card
from auditkit.review.session import ReviewSession
from auditkit.review.snapshot import decisions_snapshot
from auditkit.review.workbench import Filter, Workbench, account, overlooked
from auditkit.run.open import open_workbench


@pytest.fixture
def table(tmp_path: Path) -> Workbench:
    path = next((resources.data() / "2021").glob("02_*.docx"))
    return open_workbench(path, str(tmp_path / "s.sqlite"))


def only(table: Workbench) -> Audit:
    return table.load(table.listed[0])


def test_a_decision_lasts_and_counts_and_can_be_taken_back(table: Workbench):
    one = only(table)
    first = table.findings(one)[0]
    table.record(first, Field.RULING, Ruling.ACCEPTED.value, "张三")
    table.record(first, Field.NOTE, "<b>与附件3不符</b>", "张三")
    assert table.projects()[0].decided == 1
    assert len(table.findings(one, Filter(state="认可"))) == 1
    assert table.record(table.findings(one)[0], Field.NOTE, "<b>与附件3不符</b>", "张三") is None
    html = decisions_snapshot(one, table.store).html
    assert "&lt;b&gt;与附件3不符" in html
    assert decisions_data(one, table.store).decisions[0].status == "认可"
    assert str(table.store.head()) in html
    assert table.undo(project_key(one.form), "李四") is None
    table.undo(project_key(one.form), "张三")
    table.undo(project_key(one.form), "张三")
    assert table.projects()[0].decided == 0


def test_a_corrected_result_moves_the_verified_score_and_leaves_the_form(table: Workbench):
    one = only(table)
    row = next(r for r in one.scorecard.items if r.judgement and r.judgement.verdict.value == "met" and r.points)
    seen = next(c for c in table.items(one) if c.subject.row == row.row)
    filed = one.form.indicators[row.row - 1].result.text
    table.record(seen, Field.RESULT, "", "张三")
    table.record(seen, Field.RESULT, "0", "张三")
    after = table.decided(one)
    assert after.reviewed_score < one.scorecard.verified == after.scorecard.verified
    assert after.form.indicators[row.row - 1].result.text == filed


def test_a_bulk_decision_takes_what_was_previewed(table: Workbench):
    one = only(table)
    rule = one.findings[0].rule
    preview = table.alike(rule)
    entries = table.record_alike(preview, Ruling.DOUBTED, "张三")
    assert len(entries) == len(preview) == sum(f.rule == rule for f in one.findings)
    assert not table.alike(rule)


def test_signing_is_shown_and_void_when_a_decision_follows(table: Workbench):
    one = only(table)
    for rule in {finding.rule for finding in one.findings}:
        table.record_alike(table.alike(rule), Ruling.ACCEPTED, "张三")
    table.sign(one, "张三")
    assert table.next_step(one) == "复核"
    table.record(table.findings(one)[0], Field.NOTE, "补记", "李四")
    assert "已失效" in decisions_snapshot(one, table.store).html
    desk = ReviewSession(table, "王五")
    desk.sit()
    assert "须从“编制”起重新签署" in card.signatures_html(desk)


def test_cells_that_no_rule_read_are_told_and_the_total_is_not_among_them(table: Workbench):
    one = only(table)
    paths = [path for path, _ in overlooked(one)]
    assert "total_score" not in paths
    assert overlooked(one) == overlooked(one)
    assert "__getattribute__" not in vars(type(one.form.total_score))


def test_the_name_is_that_of_the_hub(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("JUPYTERHUB_USER", "zhang")
    assert account() == "zhang"
    monkeypatch.delenv("JUPYTERHUB_USER")
    monkeypatch.setitem(os.environ, "LOGNAME", "li")
    assert account() == "li"
