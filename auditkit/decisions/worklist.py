"""What a reviewer may decide or correct, row by row: printed by the working paper, and looked up when it comes back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any

from auditkit.assess.rescore import Earned
from auditkit.decisions.subject import Subject, of_execution, of_finding, of_indicator
from auditkit.model import Finding, NotApplicable, Value
from auditkit.pipeline import Audit
from auditkit.quantity.numbers import amount, format_number
from auditkit.rulebooks.loader import marked_basis


@dataclass(frozen=True)
class PaperRow:
    """One row that a person may fill in.

    `digest` is of the whole audit, so that a sheet printed before the form or the rulebook changed is known as stale;
    `printed` is what the row says of itself, so that a row whose hidden key was moved is known too, and `rests` what its
    other columns say of form and rulebook, by which a paper of an earlier version of the program is matched; `points` bounds
    a corrected score, blank where the row has none; `turn` counts the rows that stand in one place.
    """

    subject: Subject
    digest: str
    printed: tuple[str, ...]
    points: str = ""
    turn: int = 1
    rests: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """What tells the row from the others of its audit, and finds it again in the next."""
        return self.subject.key if self.turn == 1 else f"{self.subject.key}·{self.turn}"

    def as_json(self) -> dict[str, Any]:
        subject = {field.name: getattr(self.subject, field.name) for field in fields(Subject)}
        return {**vars(self), "subject": subject}  # `asdict` would copy all of it, for a run many thousand times


@dataclass(frozen=True)
class Question:
    """Findings that share one subject, and so one decision."""

    task: PaperRow
    findings: tuple[Finding, ...]

    @property
    def message(self) -> str:
        return _messages(self.findings)

    @property
    def basis(self) -> str:
        """What is known second-hand is marked, which the paper explains once."""
        return marked_basis(self.findings[0].basis)

    @property
    def proofs(self) -> str:
        return _proofs(self.findings[0])


@dataclass(frozen=True)
class ScoredItem:
    """An indicator, or budget execution, as filed and re-scored, with what of it may be corrected."""

    task: PaperRow
    label: str
    nature: str
    target: str
    points: Value
    result: Value
    score: Value
    earned: Earned


def tasks(audit: Audit) -> tuple[PaperRow, ...]:
    """Everything of one audit that may be decided or corrected."""
    return tuple(row.task for row in (*questions(audit), *scored_items(audit)))


def questions(audit: Audit) -> tuple[Question, ...]:
    """The findings to decide on, in the order of the report."""
    grouped: dict[Subject, list[Finding]] = {}
    for finding in audit.findings:
        grouped.setdefault(of_finding(audit.form, finding), []).append(finding)
    digest, project, turns = audit.digest, audit.form.project.one_line, Counter()
    rows = []
    for subject, found in grouped.items():
        turns[subject.key] += 1
        printed, rests = (project, subject.rule, _messages(found)), (_proofs(found[0]), marked_basis(found[0].basis))
        task = PaperRow(subject, digest, printed, turn=turns[subject.key], rests=rests)
        rows.append(Question(task, tuple(found)))
    return tuple(rows)


def scored_items(audit: Audit) -> tuple[ScoredItem, ...]:
    """Budget execution and every indicator, in the order of the form."""
    return tuple(_entries(audit, audit.digest))


def _entries(audit: Audit, digest: str) -> Iterator[ScoredItem]:
    form, card = audit.form, audit.scorecard
    try:
        fund = form.execution
    except NotApplicable:
        fund = None
    if card.execution and fund:
        rests = _rests(fund.points, fund.execution_rate, fund.score, card.execution)
        task = PaperRow(of_execution(form, fund), digest, ("预算执行率", ""), _bound(fund.points), rests=rests)
        yield ScoredItem(
            task, "预算执行率", "预算执行", "", fund.points, fund.execution_rate, fund.score, card.execution
        )
    for earned, item in zip(card.items, form.indicators, strict=True):
        label, target = item.name.one_line, item.target.one_line
        nature = item.subcategory.one_line or item.category.one_line
        rests = _rests(item.points, item.result, item.score, earned)
        task = PaperRow(of_indicator(form, item), digest, (label, target), _bound(item.points), rests=rests)
        yield ScoredItem(task, label, nature, target, item.points, item.result, item.score, earned)


def _rests(points: Value, result: Value, score: Value, earned: Earned) -> tuple[str, ...]:
    return points.one_line, result.one_line, score.one_line, earned_line(earned)


def earned_line(earned: Earned) -> str:
    """What an item earns under the rulebook, at the least and at the most."""
    return f"可核实 {format_number(earned.verified)} 分，最高可能 {format_number(earned.upper)} 分"


def _proofs(finding: Finding) -> str:
    return "\n".join(f"{value.place}「{value.one_line}」" for value in finding.evidence)


def _messages(findings: Iterable[Finding]) -> str:
    return "\n".join(finding.message for finding in findings)


def _bound(points: Value) -> str:
    number: Decimal | None = amount(points.text)
    return "" if number is None else f"{number:f}"
