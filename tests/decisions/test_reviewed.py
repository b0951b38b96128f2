"""What an audit is worth once people decided: the reviewed score, what is counted, and what makes a total impossible."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from specimen import rewrite, specimen

from auditkit import resources
from auditkit.decisions.reviewed import reviewed
from auditkit.decisions.standing import carried, on_execution
from auditkit.decisions.store import Store, open_store
from auditkit.decisions.subject import Change, Field, Ruling, project_key
from auditkit.decisions.summarize import decisions_data
from auditkit.model import Group, Severity, Value
from auditkit.pipeline import Audit, audit, audit_form
from auditkit.rulebooks.loader import load_rulebook

PLANTED = {"total_score": "99.5"}
LOW = PLANTED | {"indicators.0.result": "30公里"}  # of 45, scored in full
RATE = PLANTED | {"indicators.0.result": "100%"}  # instead of a length
MARKED_DOWN = {"indicators.3.score": "3", "total_score": "97.5"}
TOTAL = {"total_score": "99.9"}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(tmp_path / "s.sqlite")


def form(edits: Mapping[str, str]) -> Audit:
    one = specimen()
    for path, text in edits.items():
        one = rewrite(one, path, text)
    return audit_form(one, load_rulebook("mof-2020"))


def decide(one: Audit, store: Store, what: str, field: Field, text: str, who: str = "张三", dissent: bool = False):
    """On a finding of a rule (`IND001`) or on a row (`3`, `0` for budget execution)."""
    state = store.state(project_key(one.form))
    subjects = (*carried(one, state), *on_execution(one, state))
    seen = next(s for s in subjects if (s.finding.rule == what if s.finding else what == str(s.subject.row)))
    return store.record([Change(seen.subject, field, seen.text(field), text)], who, dissent=dissent)


def now(one: Audit, store: Store) -> Audit:
    return reviewed(one, decisions_data(one, store))


@pytest.mark.parametrize(
    ("edits", "deeds", "score", "rejected"),
    [
        pytest.param({}, [], None, 0, id="nobody decided"),
        pytest.param({}, [("1", Field.NOTE, "看过")], None, 0, id="a word is no decision"),
        pytest.param({}, [("1", Field.RESULT, "30公里")], "97.833", 0, id="a corrected result is judged again"),
        pytest.param({}, [("1", Field.RESULT, "已完成")], "94.5", 0, id="a result that proves nothing"),
        pytest.param({}, [("1", Field.SCORE, "4")], "98.5", 0, id="a corrected score"),
        pytest.param({}, [("1", Field.RESULT, "30公里"), ("1", Field.SCORE, "4")], "98.5", 0, id="the score goes before"),
        pytest.param({}, [("0", Field.RESULT, "50%")], "95", 0, id="a corrected execution rate"),
        pytest.param({}, [("0", Field.SCORE, "9")], "99", 0, id="a corrected execution score"),
        pytest.param(LOW, [("IND001", Field.RULING, "accepted")], "97.833", 0, id="an accepted finding"),
        pytest.param(LOW, [("IND001", Field.RULING, "rejected")], "99.5", 1, id="the stated score stands again"),
        pytest.param(RATE, [("IND005", Field.RULING, "rejected")], "99.5", 1, id="of what could not be told, too"),
        pytest.param(MARKED_DOWN, [("IND004", Field.RULING, "rejected")], "97.5", 1, id="points that were taken off"),
        pytest.param(MARKED_DOWN, [("NAR004", Field.RULING, "rejected")], "99.5", 1, id="a finding on no score"),
        pytest.param(
            LOW, [("IND001", Field.RULING, "rejected"), ("1", Field.RESULT, "40公里")], "98.944", 1, id="corrected as well"
        ),
    ],
)  # fmt: skip
def test_the_reviewed_score(edits, deeds, score: str | None, rejected: int, store: Store):
    one = form(edits)
    entries = [entry for deed in deeds for entry in decide(one, store, *deed)]
    after = now(one, store)
    told = after.as_json()
    assert after.reviewed_score == (score if score is None else pytest.approx(Decimal(score), abs=Decimal("0.001")))
    assert (told["scorecard"]["reviewed"] is None) is (score is None)
    assert len(after.rejected) == sum(one.get("rejected", False) for one in told["findings"]) == rejected
    assert len(after.standing) == sum(map(after.count, Severity)) == len(one.findings) - rejected
    assert after.findings == one.findings
    assert after.digest == one.digest

    store.undo(entries, "张三")
    assert now(one, store) == one


def test_an_impossible_total_names_what_makes_it_so_and_falls_with_the_finding(store: Store):
    one = form(LOW)
    assert one.disproof == ("第1项“改造供水管网长度”多计 1.67 分",)
    (entry,) = decide(one, store, "IND001", Field.RULING, "rejected")
    assert now(one, store).disproof == ()
    store.undo([entry], "张三")
    decide(one, store, "1", Field.RESULT, "45公里")
    assert now(one, store).disproof == ()
    decide(one, store, "2", Field.SCORE, "3")
    assert now(one, store).disproof == ("第2项“新建集中供水点数量”多计 2 分",)


def test_a_sum_that_was_found_right_makes_no_total_impossible(store: Store):
    one = form(TOTAL)
    assert one.disproof == ("总分比各项得分之和多 0.4 分",)
    decide(one, store, "SCO001", Field.RULING, "rejected")
    assert now(one, store).disproof == ()


@pytest.mark.parametrize(
    ("deed", "score"),
    [
        (("1", Field.SCORE, "1"), "95.5"),
        (("1", Field.RESULT, "0公里"), "94.5"),
        (("3", Field.SCORE, "1"), "95.5"),
    ],
)
def test_a_score_within_a_shared_one_counts_once(deed, score: str, store: Store):
    """Points of their own, one score over two rows: what one row is given takes the place of what it would earn."""
    filed = specimen()
    rows = tuple(replace(one, score=Value("", one.score.at)) if one.row < 3 else one for one in filed.indicators)
    together = Group((1, 2), score=Value("10", filed.indicators[0].score.at))
    one = audit_form(replace(filed, indicators=rows, groups=(together,)), load_rulebook("mof-2020"))
    assert [group.rows for group in one.scorecard.groups] == [(1, 2)]
    assert one.scorecard.verified == Decimal("99.5")
    decide(one, store, *deed)
    assert now(one, store).reviewed_score == Decimal(score)


def test_what_people_contradict_each_other_in_is_not_decided(store: Store):
    one = form(LOW)
    decide(one, store, "IND001", Field.RULING, "rejected")
    assert now(one, store).rejected
    decide(one, store, "IND001", Field.RULING, "accepted", "李四", dissent=True)
    assert now(one, store) == one


def test_a_decision_on_other_data_counts_for_nothing(store: Store):
    one, other = form(LOW), form(LOW | {"indicators.0.result": "29公里"})
    decide(one, store, "IND001", Field.RULING, "rejected")
    assert now(one, store).rejected
    assert now(other, store) == other


def test_a_rulebook_without_scores_has_no_reviewed_score_and_counts_all_the_same(store: Store):
    one = audit_form(form(LOW).form, load_rulebook("transfer"))
    first = one.findings[0]
    decide(one, store, first.rule, Field.RULING, Ruling.REJECTED)
    after = now(one, store)
    assert after.reviewed_score is None
    assert first not in after.standing


@pytest.mark.parametrize("path", sorted((resources.data() / "2021").glob("*.docx")), ids=lambda path: path.name[:2])
def test_a_rejected_finding_never_raises_another_item(path: Path, store: Store):
    """Of every finding of every seed: with it alone rejected, at most its own item, or the total, moves."""
    one = audit(path)[0]
    for number, finding in enumerate(one.findings, 1):
        entries = store.record(
            [
                Change(
                    carried(one, store.state(project_key(one.form)))[number - 1].subject, Field.RULING, "", "rejected"
                )
            ],
            "张三",
        )
        after = now(one, store)
        moved = [
            (was.row, was.rows)
            for was, is_ in zip(one.scorecard.rows, after.reviewed.rows, strict=True)
            if (was.verified, was.upper) != (is_.verified, is_.upper)
        ]
        assert all(finding.row in ((row, *rows) if row or rows else (None,)) for row, rows in moved)
        store.undo(entries, "张三")
