"""What decisions mean for an audit: they stand only on the rule, place and evidence that they were made on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from auditkit.decisions.entry import Entry
from auditkit.decisions.state import State
from auditkit.decisions.store import Store
from auditkit.decisions.subject import Field, Ruling, Subject, of_execution, of_finding, of_indicator, project_key
from auditkit.model import Finding, NotApplicable, Severity
from auditkit.pipeline import Audit

OF_FINDING = (Field.RULING, Field.NOTE, Field.REFERENCE)
OF_INDICATOR = (Field.RESULT, Field.SCORE)
OF_ENTRY = (*OF_INDICATOR, Field.NOTE)


@dataclass(frozen=True)
class StandingDecision:
    """A subject of this audit with the entries that stand on it.

    `finding` is None for an item that is scored: an indicator or budget execution. `elsewhere` has what was decided on other data, which does not stand.
    """

    subject: Subject
    finding: Finding | None
    entries: Mapping[Field, Entry]
    conflict: tuple[Entry, ...]
    elsewhere: tuple[Entry, ...]

    @property
    def ruling(self) -> Ruling | None:
        entry = self.entries.get(Field.RULING)
        return Ruling(entry.after) if entry and entry.after else None

    @property
    def settled(self) -> bool:
        return self.ruling is not None and not self.conflict

    def text(self, field: Field) -> str:
        entry = self.entries.get(field)
        return entry.after if entry else ""

    @property
    def status(self) -> str:
        """How it stands, in a word for people."""
        if self.conflict:
            return "意见不一"
        if self.ruling:
            return self.ruling.zh
        return "原决定依据的数据已变" if any(e.field is Field.RULING for e in self.elsewhere) else "未决定"


def carry(audit: Audit, store: Store) -> tuple[StandingDecision, ...]:
    """What stands on every finding, then on every indicator, of an audit."""
    return carried(audit, store.state(project_key(audit.form)))


def carried(audit: Audit, state: State) -> tuple[StandingDecision, ...]:
    form = audit.form
    found = on_findings(((of_finding(form, finding), finding) for finding in audit.findings), state)
    return (*found, *(_carried(of_indicator(form, i), None, OF_ENTRY, state) for i in form.indicators))


def on_execution(audit: Audit, state: State) -> tuple[StandingDecision, ...]:
    """What stands on the execution score, which is no indicator's; nothing where the form is scored without one."""
    if not audit.scorecard.execution:
        return ()
    try:
        fund = audit.form.execution
    except NotApplicable:
        return ()
    return (_carried(of_execution(audit.form, fund), None, OF_ENTRY, state),)


def of_question(subject: Subject, state: State) -> StandingDecision:
    """What stands on a finding that is known by its subject alone."""
    return _carried(subject, None, OF_FINDING, state)


def on_findings(found: Iterable[tuple[Subject, Finding]], state: State) -> tuple[StandingDecision, ...]:
    """What stands on each of all findings of a form, or across forms."""
    found = tuple(found)
    # Two findings of one rule may stand in one place: what was decided on the one is no former decision on the other.
    now: defaultdict[str, set[str]] = defaultdict(set)
    for subject, _ in found:
        now[subject.key].add(subject.evidence)
    return tuple(_carried(subject, finding, OF_FINDING, state, now[subject.key]) for subject, finding in found)


def undecided(subjects: tuple[StandingDecision, ...]) -> tuple[StandingDecision, ...]:
    """What keeps a form from being signed: errors without a decision, and conflicts on anything."""
    return tuple(
        one
        for one in subjects
        if one.conflict or (one.finding and one.finding.severity is Severity.ERROR and not one.settled)
    )


def _carried(
    subject: Subject, finding: Finding | None, fields: tuple[Field, ...], state: State, now: Collection[str] = ()
) -> StandingDecision:
    entries = {field: entry for field in fields if (entry := state.entry(subject, field))}
    conflict = tuple(entry for field in fields for entry in state.conflict(subject, field))
    elsewhere = tuple(entry for field in fields if (entry := state.elsewhere(subject, field, now)))
    return StandingDecision(subject, finding, entries, conflict, elsewhere)
