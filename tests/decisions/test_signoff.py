"""What decisions mean for another run of the audit, and who may sign what."""

from __future__ import annotations

from pathlib import Path

import pytest
from specimen import rewrite, specimen

from auditkit import resources
from auditkit.decisions.signoff import sign, signatures
from auditkit.decisions.standing import StandingDecision, carry
from auditkit.decisions.store import Store, open_store
from auditkit.decisions.subject import Change, Field, of_indicator, project_key
from auditkit.errors.store import Conflict, StoreFault
from auditkit.model import Severity
from auditkit.pipeline import Audit, audit, audit_form
from auditkit.rulebooks.loader import load_rulebook


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(tmp_path / "s.sqlite")


@pytest.fixture(scope="module")
def second() -> Audit:
    """Form 2 of the seed forms."""
    return audit(next((resources.data() / "2021").glob("02_*.docx")))[0]


def changed(one: Audit, path: str, text: str) -> Audit:
    return audit_form(rewrite(one.form, path, text), one.rulebook)


def decide_all(one: Audit, store: Store, who: str = "张三") -> None:
    errors = [c.subject for c in carry(one, store) if c.finding and c.finding.severity is Severity.ERROR]
    store.record([Change(subject, Field.RULING, "", "accepted") for subject in errors], who)


def of_rule(one: Audit, store: Store, rule: str) -> StandingDecision:
    return next(c for c in carry(one, store) if c.finding and c.finding.rule == rule)


def test_a_decision_on_form_2s_total_is_carried_over_an_equal_run_only(second: Audit, store: Store):
    total = next(f for f in second.findings if any(v.at == second.form.total_score.at for v in f.evidence))
    subject = of_rule(second, store, total.rule).subject
    (entry,) = store.record([Change(subject, Field.RULING, "", "accepted")], "张三")

    again = audit(next((resources.data() / "2021").glob("02_*.docx")))[0]
    assert of_rule(again, store, total.rule).entries == {Field.RULING: entry}
    assert of_rule(again, store, total.rule).status == "认可"

    other = of_rule(changed(second, "total_score", "96.5"), store, total.rule)
    assert not other.entries
    assert other.elsewhere == (entry,)
    assert other.status == "原决定依据的数据已变"


def test_nobody_signs_while_an_error_is_undecided_or_disputed(second: Audit, store: Store):
    with pytest.raises(StoreFault, match="未决定"):
        sign(second, store, "编制", "张三")
    decide_all(second, store)
    error = next(c for c in carry(second, store) if c.finding and c.finding.severity is Severity.ERROR)
    store.record([Change(error.subject, Field.RULING, "", "rejected")], "李四", dissent=True)
    with pytest.raises(StoreFault, match="意见不一"):
        sign(second, store, "编制", "张三")


def test_three_steps_by_three_persons(second: Audit, store: Store):
    decide_all(second, store)
    with pytest.raises(StoreFault, match="现在应签“编制”"):
        sign(second, store, "审定", "王五")
    sign(second, store, "编制", "张三")
    for name in ("张三", " 张 三"):
        with pytest.raises(StoreFault, match="不同的人"):
            sign(second, store, "复核", name)
    sign(second, store, "复核", "李四")
    sign(second, store, "审定", "王五")
    signed = signatures(second, store.state())
    assert [(one.entry.after, one.entry.who, one.valid) for one in signed] == [
        ("编制", "张三", True),
        ("复核", "李四", True),
        ("审定", "王五", True),
    ]
    with pytest.raises(StoreFault, match="均已签署"):
        sign(second, store, "编制", "赵六")


def test_a_signature_is_void_when_the_form_changes_and_says_what(second: Audit, store: Store):
    decide_all(second, store)
    sign(second, store, "编制", "张三")
    (signature,) = signatures(changed(second, "total_score", "96.5"), store.state())
    assert not signature.valid
    assert any(d.startswith("表内 total_score：签署时“") and "96.5" in d for d in signature.differences)
    (still,) = signatures(second, store.state())
    assert still.valid


def test_a_signature_is_void_when_a_decision_changes_even_back(second: Audit, store: Store):
    decide_all(second, store)
    sign(second, store, "编制", "张三")
    subject = of_indicator(second.form, second.form.indicators[0])
    (entry,) = store.record([Change(subject, Field.SCORE, "", "3")], "李四")
    (signature,) = signatures(second, store.state(project_key(second.form)))
    assert any("李四" in difference and "更正得分“3”" in difference for difference in signature.differences)
    store.undo([entry], "李四")
    assert not signatures(second, store.state())[0].valid
    sign(second, store, "编制", "张三")
    assert signatures(second, store.state())[0].valid


def test_of_two_who_sign_one_step_at_once_one_is_told(second: Audit, store: Store, monkeypatch: pytest.MonkeyPatch):
    decide_all(second, store)
    before = store.state(project_key(second.form))
    sign(second, store, "编制", "张三")
    monkeypatch.setattr(Store, "state", lambda self, project=None: before)
    with pytest.raises(Conflict, match="张三"):
        sign(second, store, "编制", "李四")


def test_the_specimen_needs_no_decision_to_be_signed(store: Store):
    clean = audit_form(specimen(), load_rulebook())
    assert not clean.findings
    sign(clean, store, "编制", "张三")
