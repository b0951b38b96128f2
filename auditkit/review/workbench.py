"""What an auditor does at the workbench, without anything that is seen: choose, decide, correct, undo, sign."""

from __future__ import annotations

import getpass
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from auditkit.decisions.entry import Entry
from auditkit.decisions.reviewed import reviewed
from auditkit.decisions.signoff import Signature, next_step, sign, signatures
from auditkit.decisions.standing import StandingDecision, carried, of_question, on_execution, on_findings
from auditkit.decisions.state import State
from auditkit.decisions.store import Store
from auditkit.decisions.subject import Change, Field, Ruling, project_key
from auditkit.decisions.summarize import decisions_data
from auditkit.document import At
from auditkit.model import Severity, Value
from auditkit.pipeline import Audit
from auditkit.review.project_list import ListedQuestion, ProjectSummary, rank_projects
from auditkit.rules import load_rules
from auditkit.rules.rule import CATALOGUE, OF_RUNS, apply

TEXTUAL = "STR"  # the family that reads every text for its form: to be read by it alone is not to be audited


@dataclass(frozen=True)
class Filter:
    """Which findings are stepped through; blank takes all. `state` is a `Carried.status`."""

    severity: str = ""
    rule: str = ""
    unit: str = ""
    state: str = ""


@dataclass(frozen=True)
class Progress:
    """A project in the list: how much of it is decided."""

    project: ProjectSummary
    decided: int

    @property
    def total(self) -> int:
        return len(self.project.questions)

    @property
    def title(self) -> str:
        errors = self.project.count(Severity.ERROR)
        return f"▲{errors} {self.project.title} · 已决定 {self.decided}/{self.total}"


def decision_progress(one: ProjectSummary, state: State) -> Progress:
    return Progress(one, sum(of_question(q.subject, state).settled for q in one.questions))


@dataclass(frozen=True)
class Alike:
    """An undecided finding of one rule, and the project that it is in."""

    project: ProjectSummary
    question: ListedQuestion
    seen: StandingDecision


@dataclass(frozen=True)
class Workbench:
    """The projects on the table and the store that keeps what is decided; it holds nothing that was decided itself.

    `load` reads one project's audit; it raises Unreadable where that is not to be had.
    """

    listed: tuple[ProjectSummary, ...]
    store: Store
    load: Callable[[ProjectSummary], Audit]
    failures: tuple[str, ...] = ()

    def projects(self, chosen: Filter | None = None) -> list[Progress]:
        """The worst first."""
        state, unit = self.store.state(), chosen.unit if chosen else ""
        touched = {line[0].subject.project for of in state.lines.values() for line in of.values()}
        return [
            decision_progress(one, state) if one.key in touched else Progress(one, 0)
            for one in rank_projects(self.listed)
            if unit in ("", one.unit)
        ]

    def state(self, one: Audit) -> State:
        return self.store.state(project_key(one.form))

    def subjects(self, one: Audit) -> tuple[StandingDecision, ...]:
        """Every finding in the order of the audit, then budget execution and every indicator, with what stands on it."""
        state = self.state(one)
        subjects = carried(one, state)
        found = tuple(c for c in subjects if c.finding)
        return (*found, *on_execution(one, state), *subjects[len(found) :])

    def findings(self, one: Audit, chosen: Filter | None = None) -> list[StandingDecision]:
        return [c for c in self.subjects(one) if c.finding and passes(c, chosen or Filter())]

    def items(self, one: Audit) -> list[StandingDecision]:
        """Budget execution, whose row is 0, and the indicators."""
        return [c for c in self.subjects(one) if not c.finding]

    def record(self, seen: StandingDecision, field: Field, after: str, who: str, dissent: bool = False) -> Entry | None:
        """Record what a person wants who saw `seen`; None where it says that already."""
        before = seen.text(field)
        if after == before and not dissent:
            return None
        return self.store.record([Change(seen.subject, field, before, after)], who, dissent=dissent)[0]

    def alike(self, rule: str) -> list[Alike]:
        """The preview of a bulk decision: every undecided finding of a rule, in all projects."""
        state = self.store.state()
        return [
            Alike(one, question, seen)
            for one in rank_projects(self.listed)
            for question in one.questions
            if question.subject.rule == rule and _open(seen := of_question(question.subject, state))
        ]

    def record_alike(self, previewed: Sequence[Alike], ruling: Ruling, who: str) -> tuple[Entry, ...]:
        """One decision on all that was previewed, and on nothing else."""
        seen = {one.seen.subject: one.seen for one in previewed}.values()
        changes = [Change(c.subject, Field.RULING, c.text(Field.RULING), ruling.value) for c in seen]
        return self.store.record(changes, who)

    def across(self, one: ProjectSummary) -> tuple[StandingDecision, ...]:
        """What stands on the findings of a project that has no form."""
        return on_findings(((q.subject, q.finding) for q in one.questions), self.store.state(one.key))

    def undo(self, project: str, who: str) -> Entry | None:
        """Take back this person's last entry on the project that still stands; None where there is none."""
        entries = list(self.store.entries(project))
        taken = {entry.about for entry in entries}
        mine = [e for e in entries if e.who == who and not e.about and e.sequence not in taken]
        return self.store.undo([mine[-1]], who)[0] if mine else None

    def decided(self, one: Audit) -> Audit:
        """The audit with what stands on it: which findings are rejected, and the reviewed score."""
        return reviewed(one, decisions_data(one, self.store))

    def sign(self, one: Audit, who: str) -> Entry:
        """Sign the next step. Raises StoreFault where that may not be."""
        return sign(one, self.store, next_step(one, self.state(one)) or "审定", who)

    def next_step(self, one: Audit) -> str:
        return next_step(one, self.state(one))

    def signatures(self, one: Audit) -> tuple[Signature, ...]:
        return signatures(one, self.state(one))


def hub_user() -> str:
    """Who is logged in at the JupyterHub that started this server; blank where none did."""
    return os.environ.get("JUPYTERHUB_USER", "").strip()


def account() -> str:
    """The person's name as the system has it, to be shown and confirmed once; a hub's needs no confirmation."""
    return hub_user() or getpass.getuser()


def overlooked(one: Audit) -> list[tuple[str, Value]]:
    """The entries that no rule read, but those that look at the mere text: where a person's eyes are all there is."""
    load_rules()
    filled = [(path, value) for path, value in one.form.values() if value.at and value.text.strip()]
    with _reading() as seen:
        for rule in CATALOGUE.values():
            if rule.id not in one.rulebook.off and rule.subject not in OF_RUNS and not rule.id.startswith(TEXTUAL):
                apply(rule, one.form, one.rulebook)
    noted = {value.at for path, value in filled if path.startswith("notes.")}
    twice = [path for path, value in filled if path in ("code", "period") and value.at in noted]
    return [(path, value) for path, value in filled if value.at not in seen and path not in twice]


@contextmanager
def _reading() -> Iterator[set[At]]:
    """Notes the places whose text is read meanwhile. Values are looked at by plain attributes, so it is done on their type."""
    seen: set[At] = set()

    def noting(value: Value, name: str) -> object:
        if name == "text" and (at := object.__getattribute__(value, "at")):
            seen.add(at)
        return object.__getattribute__(value, name)

    Value.__getattribute__ = noting
    try:
        yield seen
    finally:
        del Value.__getattribute__


def _open(seen: StandingDecision) -> bool:
    return not seen.ruling and not seen.conflict


def passes(c: StandingDecision, chosen: Filter) -> bool:
    finding = c.finding
    return (
        chosen.severity in ("", finding.severity.value)
        and chosen.rule in ("", finding.rule)
        and chosen.state in ("", c.status)
    )
