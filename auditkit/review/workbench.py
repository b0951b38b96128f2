"""What an auditor does at the workbench, without anything that is seen: choose, decide, correct, undo, sign."""

from __future__ import annotations

import getpass
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from auditkit.audit import Audit, audit, worst
from auditkit.document import At
from auditkit.model import Form, Severity, Value
from auditkit.rescore import Scorecard, rescore
from auditkit.review.carried import Carried, carried
from auditkit.review.chain import Entry
from auditkit.review.signoff import Signature, next_step, sign, signatures
from auditkit.review.state import State
from auditkit.review.store import Store
from auditkit.review.subject import Change, Field, Ruling, project_key
from auditkit.rule import CATALOGUE, apply
from auditkit.rulebook import DEFAULT
from auditkit.safety import Unreadable, inert_line

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

    audit: Audit
    decided: int
    total: int

    @property
    def title(self) -> str:
        form = self.audit.form
        errors = self.audit.count(Severity.ERROR)
        name = inert_line(form.project.squeezed)
        return f"{name}（{form.year or '年度不明'}）▲{errors} · 已决定 {self.decided}/{self.total}"


@dataclass(frozen=True)
class Workbench:
    """The audits on the table and the store that keeps what is decided; it holds nothing that was decided itself."""

    audits: tuple[Audit, ...]
    store: Store
    failures: tuple[str, ...] = ()

    def projects(self, chosen: Filter | None = None) -> list[Progress]:
        """The worst first."""
        state, unit = self.store.state(), chosen.unit if chosen else ""
        rows = []
        for one in worst(self.audits):
            if unit in ("", one.form.implementer.squeezed):
                found = [c for c in carried(one, state) if c.finding]
                rows.append(Progress(one, sum(c.settled for c in found), len(found)))
        return rows

    def state(self, one: Audit) -> State:
        return self.store.state(project_key(one.form))

    def findings(self, one: Audit, chosen: Filter | None = None) -> list[Carried]:
        return [c for c in carried(one, self.state(one)) if c.finding and _passes(c, chosen or Filter())]

    def indicators(self, one: Audit) -> list[Carried]:
        return [c for c in carried(one, self.state(one)) if not c.finding]

    def record(self, seen: Carried, field: Field, after: str, who: str, dissent: bool = False) -> Entry | None:
        """Record what a person wants who saw `seen`; None where it says that already."""
        before = seen.text(field)
        if after == before and not dissent:
            return None
        return self.store.record([Change(seen.subject, field, before, after)], who, dissent=dissent)[0]

    def alike(self, rule: str) -> list[tuple[Audit, Carried]]:
        """The preview of a bulk decision: every undecided finding of a rule, in all projects."""
        state = self.store.state()
        return [
            (one, c)
            for one in worst(self.audits)
            for c in carried(one, state)
            if c.finding and c.finding.rule == rule and not c.ruling and not c.conflict
        ]

    def record_alike(self, previewed: Sequence[tuple[Audit, Carried]], ruling: Ruling, who: str) -> tuple[Entry, ...]:
        """One decision on all that was previewed, and on nothing else."""
        changes = [Change(c.subject, Field.RULING, c.text(Field.RULING), ruling.value) for _, c in previewed]
        return self.store.record(changes, who)

    def undo(self, one: Audit, who: str) -> Entry | None:
        """Take back this person's last entry on the project that still stands; None where there is none."""
        entries = list(self.store.entries(project_key(one.form)))
        taken = {entry.about for entry in entries}
        mine = [e for e in entries if e.who == who and not e.about and e.sequence not in taken]
        return self.store.undo([mine[-1]], who)[0] if mine else None

    def corrected(self, one: Audit) -> Form:
        """The form with corrected results and scores in the place of its own; the audit's form stays as it was filed."""
        by_row = {c.subject.row: c for c in self.indicators(one)}
        rows = []
        for item in one.form.indicators:
            for field, name in ((Field.RESULT, "result"), (Field.SCORE, "score")):
                if text := by_row[item.row].text(field):
                    item = replace(item, **{name: Value(text, getattr(item, name).at)})
            rows.append(item)
        return replace(one.form, indicators=tuple(rows))

    def scores(self, one: Audit) -> tuple[Scorecard, Scorecard]:
        """As filed, and with the corrections."""
        return one.scorecard, rescore(self.corrected(one), one.rulebook)

    def sign(self, one: Audit, who: str) -> Entry:
        """Sign the next step. Raises StoreFault where that may not be."""
        return sign(one, self.store, next_step(one, self.state(one)) or "审定", who)

    def next_step(self, one: Audit) -> str:
        return next_step(one, self.state(one))

    def signatures(self, one: Audit) -> tuple[Signature, ...]:
        return signatures(one, self.state(one))


def bench(folder: str | Path, store: Store, rulebook: str = DEFAULT) -> Workbench:
    """Every form under a folder, or in a file; what cannot be read is told and left out."""
    audits: list[Audit] = []
    failures = []
    start = Path(folder)
    inside = sorted(path for path in start.rglob("*") if path.is_file() and not path.name.startswith((".", "~$")))
    for path in [start] if start.is_file() else inside:
        try:
            audits += audit(path, rulebook)
        except Unreadable as error:
            failures.append(str(error))
    return Workbench(tuple(audits), store, tuple(failures))


def account() -> str:
    """The person's name as the system has it, to be shown and confirmed once."""
    return os.environ.get("JUPYTERHUB_USER") or getpass.getuser()


def overlooked(one: Audit) -> list[tuple[str, Value]]:
    """The entries that no rule read, but those that look at the mere text: where a person's eyes are all there is."""
    filled = [(path, value) for path, value in one.form.values() if value.at and value.text.strip()]
    with _reading() as seen:
        for rule in CATALOGUE.values():
            if rule.id not in one.rulebook.off and not rule.id.startswith((TEXTUAL, "SET")):
                apply(rule, one.form, one.rulebook)
    return [(path, value) for path, value in filled if value.at not in seen]


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


def _passes(c: Carried, chosen: Filter) -> bool:
    finding = c.finding
    return (
        chosen.severity in ("", finding.severity.value)
        and chosen.rule in ("", finding.rule)
        and chosen.state in ("", c.status)
    )
