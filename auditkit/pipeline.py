"""The whole pipeline: a file in, one audit per form out."""

from __future__ import annotations

import contextlib
import hashlib
import importlib
import json
import pkgutil
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

from auditkit.assess.judgement import Verdict
from auditkit.assess.matching import PairedRow
from auditkit.assess.papers import pair_papers, paper_key
from auditkit.assess.rescore import Earned, Scorecard, rescore
from auditkit.document import Document
from auditkit.errors.rulebooks import RulebookNamesNoRule
from auditkit.model import (
    Finding,
    Form,
    Fund,
    Indicator,
    Kind,
    LeftOut,
    Outcome,
    Pair,
    Portfolio,
    Severity,
    Skip,
    Years,
)
from auditkit.parse.form import parse_parts
from auditkit.parse.unused import Reading, _unused
from auditkit.quantity.numbers import format_number
from auditkit.read import read
from auditkit.rulebooks.loader import DEFAULT, Rulebook, load_rulebook
from auditkit.rules import load_rules
from auditkit.rules.rule import CATALOGUE, OF_RUNS, Rule, apply, in_order
from auditkit.safety import Limits, chosen_limits
from auditkit.vocabulary.terms import Expression

GROUPED = "跨表规则把同一主管部门、同一年度、同一文种的自评表放在一起对照；不同部门、不同年度、不同文种之间没有对照。"
PAIRED = "TGT001"  # under which it is said which papers are not laid side by side
RULEBOOKS = {Kind.DEPARTMENT: "department", Kind.TRANSFER: "transfer"}  # of the kinds that have one of their own


@dataclass(frozen=True)
class Audit:
    """One form, what every rule made of it, and its re-score; what notebooks, reports and runs pass round.

    What people decided is put in by `decisions.reviewed`: the scorecard with what they corrected, None where nobody decided,
    and the numbers, from 1, of the findings that they rejected.
    """

    source: str
    form: Form
    rulebook: Rulebook
    outcomes: tuple[Outcome, ...]
    scorecard: Scorecard
    reviewed: Scorecard | None = None
    rejected: frozenset[int] = frozenset()

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """All findings, the heaviest first; of one weight the kinds on which most points hang, each kind in the form's order."""
        found = [finding for outcome in self.outcomes for finding in outcome.findings]
        points: defaultdict[tuple[Severity, str], Decimal] = defaultdict(Decimal)
        for finding in found:
            points[finding.severity, finding.rule] += finding.at_stake
        return tuple(sorted(found, key=lambda f: (f.severity.weight, -points[f.severity, f.rule], f.rule, f.row or 0)))

    @property
    def skipped(self) -> tuple[Skip, ...]:
        return tuple(skip for outcome in self.outcomes for skip in outcome.skipped)

    @property
    def filed(self) -> Audit:
        """The same without what people decided."""
        return replace(self, reviewed=None, rejected=frozenset()) if self.reviewed else self

    @property
    def standing(self) -> tuple[Finding, ...]:
        """The findings that nobody rejected: what the unit has to answer, and what is counted."""
        return tuple(one for number, one in enumerate(self.findings, 1) if number not in self.rejected)

    @property
    def reviewed_score(self) -> Decimal | None:
        """复核得分: what is proved with the decisions; None where nobody decided, or the rulebook knows no scores."""
        return self.reviewed.verified if self.reviewed and self.rulebook.scored else None

    @property
    def disproof(self) -> tuple[str, ...]:
        """The items, with their points, by which the stated total cannot hold (不成立) as things stand; none where it may."""
        card = self.reviewed or self.scorecard
        return card.causes if card.disproved else ()

    def count(self, severity: Severity) -> int:
        """How many findings of a severity stand."""
        return sum(finding.severity is severity for finding in self.standing)

    @cached_property
    def digest(self) -> str:
        """Of all that was read, found and scored, under which rulebook; not of where the file lay."""
        told = self.filed.as_json() | {"source": "", "rulebook": self.rulebook.digest}
        del told["scorecard"]["reviewed"]  # blank, and not in the digests of papers printed before there was one
        text = json.dumps(told, ensure_ascii=True, sort_keys=True, allow_nan=False)
        return hashlib.sha256(text.encode("ascii")).hexdigest()[:24]

    def as_json(self) -> dict[str, Any]:
        """The object of the outside contract: figures and texts as written on the form."""
        return {
            "source": self.source,
            "form": _form(self),
            "scorecard": _scorecard(self),
            "findings": [
                _finding(finding) | ({"rejected": True} if number in self.rejected else {})
                for number, finding in enumerate(self.findings, 1)
            ],
            "skipped": [_skip(skip) for skip in self.skipped],
        }


@dataclass(frozen=True)
class FileAudit:
    """Of one file: the audits of its forms, the sheets and tables that are none, and the approved target forms of these."""

    audits: tuple[Audit, ...]
    left_out: tuple[LeftOut, ...] = ()
    targets: tuple[Form, ...] = ()


Named = str | Path | Rulebook | None  # a rulebook; blank or None where every form is audited by that of its kind


def audit(path: str | Path, rulebook: Named = None, limits: Limits | None = None) -> list[Audit]:
    """Audit every form in a file, within the limits (by default `chosen_limits`).

    Where no rulebook is named, the kind of each form chooses it. A file of target or monitoring forms alone has none to
    audit. Raises Unreadable where the file cannot be read or holds nothing that is known.
    """
    return list(audit_file(path, rulebook, limits).audits)


def audit_file(path: str | Path, rulebook: Named = None, limits: Limits | None = None) -> FileAudit:
    """The same with what of the file is no self-evaluation."""
    if _known and (known := _known.get((str(path), str(rulebook)))):
        return known
    return _audited(read(Path(path), limits or chosen_limits()), rulebook)


_known: dict[tuple[str, str], FileAudit] = {}  # by the parameters that a notebook has


@contextlib.contextmanager
def already_audited(path: str, rulebook: str, audits: Sequence[Audit]) -> Iterator[None]:
    """Inside, who audits this file under this rulebook in this process is given what was made of it before."""
    _known[path, rulebook] = FileAudit(tuple(audits))
    try:
        yield
    finally:
        del _known[path, rulebook]


def audit_document(document: Document, rulebook: Named = None) -> list[Audit]:
    """Audit every form of a document that was read already."""
    return list(_audited(document, rulebook).audits)


def _audited(document: Document, rulebook: Named) -> FileAudit:
    named = load_rulebook(rulebook) if rulebook and not isinstance(rulebook, Rulebook) else rulebook or None
    parsed = parse_parts(document)
    audits = (audit_form(form, rulebook_of(form.kind, named)) for form in parsed.forms)
    return FileAudit(tuple(audits), parsed.left_out, parsed.targets)


def rulebook_of(kind: Kind, named: Rulebook | None = None) -> Rulebook:
    """The rulebook that was named, or else that of a kind of form."""
    return named or load_rulebook(RULEBOOKS.get(kind, DEFAULT))


def audit_form(form: Form, book: Rulebook) -> Audit:
    """Apply the whole catalogue, but for the rules that the rulebook switches off, and re-score."""
    rules = [rule for rule in _in_force(book) if rule.subject not in OF_RUNS]
    return Audit(form.source, form, book, tuple(apply(rule, form, book) for rule in rules), rescore(form, book))


def across(audits: Iterable[Audit], targets: Iterable[Form] = ()) -> tuple[Outcome, ...]:
    """What shows of all forms together, each group under the rulebook of its first, and beside the approved targets."""
    groups: dict[tuple[str, int | None, Kind], list[Audit]] = {}
    audits, approved = tuple(audits), tuple(targets)
    for one in audits:
        groups.setdefault(group_of(one.form), []).append(one)
    compared = across_groups((of[0].rulebook, [one.form for one in of]) for of in groups.values())
    if not approved:
        return compared
    pairing = pair_papers([paper_key(form) for form in approved], [paper_key(one.form, one.source) for one in audits])
    pairs = (pair_of(approved[target], audits[form]) for target, form in pairing.pairs)
    return (*compared, *against_targets(pairing.left, pairs))


@dataclass(frozen=True)
class PairAudit:
    """Two papers on one project, and what every rule of the TGT family made of them."""

    pair: Pair
    outcomes: tuple[Outcome, ...]


def pair_of(approved: Form, one: Audit) -> PairAudit:
    """A form beside the approved target form of its project."""
    pair = Pair(approved, replace(one.form, source=one.source))
    rules = [rule for rule in _in_force(one.rulebook) if rule.subject in (Pair, PairedRow)]
    return PairAudit(pair, tuple(apply(rule, pair, one.rulebook) for rule in rules))


def against_targets(left: Iterable[str], pairs: Iterable[PairAudit]) -> tuple[Outcome, ...]:
    """What the rules of the TGT family make of all pairs together; `left` says which papers have no partner."""
    found = {PAIRED: [Outcome(PAIRED, 0, skipped=tuple(Skip(PAIRED, why) for why in left))]}
    for one in pairs:
        words = paper_key(one.pair.filed).words
        for outcome in one.outcomes:
            skipped = (replace(skip, reason=f"{words}：{skip.reason}") for skip in outcome.skipped)
            found.setdefault(outcome.rule, []).append(replace(outcome, skipped=tuple(skipped)))
    return tuple(_together(rule, found[rule]) for rule in sorted(found))


def group_of(form: Form) -> tuple[str, int | None, Kind]:
    """Department, year and kind: the forms that are laid side by side have them in common."""
    return form.department.plain, form.year, form.kind


def across_groups(groups: Iterable[tuple[Rulebook, Iterable[Form]]]) -> tuple[Outcome, ...]:
    """What the rules of the SET family make of each group of forms; of several, the outcomes say that they lay apart."""
    found: dict[str, list[Outcome]] = {}
    for book, forms in groups:
        portfolio = Portfolio(tuple(forms))
        for rule in _in_force(book):
            if rule.subject is Portfolio:
                found.setdefault(rule.id, []).append(apply(rule, portfolio, book))
    return tuple(own[0] if len(own) == 1 else _joined(rule, own) for rule, own in found.items())


def across_years(pairs: Iterable[tuple[Rulebook, Years]]) -> tuple[Outcome, ...]:
    """What the rules of the SET family make of each project's forms of two years, each under the rulebook of this year's."""
    found: dict[str, list[Outcome]] = {}
    for book, years in pairs:
        for rule in _in_force(book):
            if rule.subject is Years:
                found.setdefault(rule.id, []).append(apply(rule, years, book))
    return tuple(_together(rule, own) for rule, own in found.items())


def _joined(rule: str, outcomes: Sequence[Outcome]) -> Outcome:
    whole = _together(rule, outcomes)
    return replace(whole, skipped=(Skip(rule, GROUPED), *whole.skipped))


def _together(rule: str, outcomes: Sequence[Outcome]) -> Outcome:
    skipped = dict.fromkeys(skip for one in outcomes for skip in one.skipped)
    findings = tuple(finding for one in outcomes for finding in one.findings)
    return Outcome(rule, sum(one.applied for one in outcomes), findings, tuple(skipped))


def left_out_as_json(source: str, left_out: Iterable[LeftOut]) -> list[dict[str, Any]]:
    """The sheets and tables of a file that are no self-evaluation, each with its kind and why it is not audited."""
    return [
        {"source": source, "sheet": one.sheet, "kind": one.kind.value, "title": one.title, "reason": one.kind.reason}
        for one in left_out
    ]


def across_as_json(outcomes: Iterable[Outcome]) -> dict[str, Any]:
    """What shows only across forms, in the shape that one audit has."""
    outcomes = tuple(outcomes)
    return {
        "findings": [_finding(finding) for outcome in outcomes for finding in outcome.findings],
        "skipped": [_skip(skip) for outcome in outcomes for skip in outcome.skipped],
    }


def _in_force(book: Rulebook) -> list[Rule]:
    """The catalogue in its order, without what the rulebook switches off.

    Raises RulebookNamesNoRule where it names a rule that there is not.
    """
    load_rules()
    if unknown := sorted({*book.off, *book.severity} - set(CATALOGUE)):
        raise RulebookNamesNoRule(book.name, unknown="、".join(unknown))
    return sorted((rule for rule in CATALOGUE.values() if rule.id not in book.off), key=in_order)


def ranked(audits: Iterable[Audit]) -> list[Audit]:
    """The audits in the order in which a person should look at them."""
    return sorted(audits, key=lambda a: [-a.count(severity) for severity in Severity])


def _form(audit: Audit) -> dict[str, Any]:
    form = audit.form
    return {
        "number": form.number,
        "kind": form.kind.value,
        "project": form.project.one_line,
        "department": form.department.one_line,
        "implementer": form.implementer.one_line,
        "fiscal_year": form.year,
        "rulebook": audit.rulebook.name,
        "money_unit": form.money_unit.text,
        "funds": [_fund(fund) for fund in form.funds],
        "goal": form.goal.text,
        "outcome": form.outcome.text,
        "total_points": form.total_points.text,
        "total_score": form.total_score.text,
        "grade": form.grade.text,
        "indicators": [
            _indicator(item, indicator) for item, indicator in zip(audit.scorecard.items, form.indicators, strict=True)
        ],
        "groups": [
            {"rows": list(one.rows), "name": one.name.one_line, "points": one.points.text, "score": one.score.text}
            for one in form.groups
        ],
        "doubts": list(form.doubts),
    }


def _scorecard(audit: Audit) -> dict[str, Any]:
    """The scores; `rescaled` on the scale of the full marks, where the points of the form sum to something else."""
    card, score = audit.scorecard, audit.reviewed_score
    own = {"stated": audit.form.total_score.text} | {n: format_number(getattr(card, n)) for n in ("verified", "upper")}
    own["reviewed"] = None if score is None else format_number(score)
    if not card.rescaled:
        return own
    scores = {name: None if score is None else format_number(score) for name, score in card.rescaled._asdict().items()}
    if own["reviewed"]:
        scores["reviewed"] = format_number(audit.reviewed.rescaled.verified)
    return own | {
        "rescaled": {"full_marks": format_number(card.full_marks), "points": format_number(card.points)} | scores
    }


def _fund(fund: Fund) -> dict[str, str]:
    amounts = ("initial", "adjusted", "actual", "points", "execution_rate", "score")
    return {"source": fund.source.value, "label": fund.label.one_line} | {n: getattr(fund, n).text for n in amounts}


def _indicator(item: Earned, indicator: Indicator) -> dict[str, Any]:
    texts = {
        "row": indicator.row,
        "category": indicator.category.one_line,
        "subcategory": indicator.subcategory.one_line,
    }
    for name in ("name", "target", "result", "points", "score", "explanation"):
        texts[name] = getattr(indicator, name).text
    judgement = item.judgement
    unproved = judgement is not None and judgement.verdict is Verdict.UNVERIFIABLE
    return texts | {
        "verdict": judgement.verdict.value if judgement else "",
        "reason": judgement.why if unproved else "",
        "earned": {"least": format_number(item.verified), "most": format_number(item.upper)},
    }


def _skip(skip: Skip) -> dict[str, Any]:
    return {"rule": skip.rule, "row": skip.row, "reason": skip.reason}


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "row": finding.row,
        "title": finding.title,
        "message": finding.message,
        "evidence": [{"at": value.place, "text": value.text} for value in finding.evidence],
        "basis": finding.basis,
    }


def understand(path: Path, limits: Limits) -> Reading:
    """Read and parse a file. Raises Unreadable where it cannot be read or holds no form."""
    document = read(path, limits)
    parsed = parse_parts(document)
    return Reading(document.source, parsed.forms, tuple(_unused(document, parsed)), parsed.left_out)


def load_readers() -> None:
    """Import readers and rules, compile every expression of them, and audit one form: every file profits from it."""
    from auditkit import read, resources

    load_rules()

    for module in pkgutil.walk_packages(read.__path__, f"{read.__name__}."):
        with contextlib.suppress(Exception):  # a reader whose extra is not installed
            importlib.import_module(module.name)
    for expression in Expression.all:
        expression.compile()
    audit(resources.data() / "specimen.docx")
