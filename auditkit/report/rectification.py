"""整改: what became of the findings of the year before, and how rate and scores of a project went."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal

from auditkit.assess import execution
from auditkit.assess.former import matched_rows, partners_of, stands_again
from auditkit.model import Finding, NotApplicable, Severity, Years
from auditkit.pipeline import Audit
from auditkit.report.year.rows import kept
from auditkit.rules.rule import DEFECT
from auditkit.safety import escape_controls
from auditkit.vocabulary.named import Named


class Fate(Named):
    """What became of a finding of last year."""

    REPEATED = "repeated", "仍存在"
    RESOLVED = "resolved", "已整改"
    GONE = "gone", "不再适用"
    REJECTED = "rejected", "上年不认可"

    @property
    def mark(self) -> str:
        return {"repeated": "▲", "resolved": "○", "gone": "—", "rejected": "—"}[self.value]


@dataclass(frozen=True)
class FormerFinding:
    """A finding of last year with its fate, and `why` where it is no longer applicable."""

    fate: Fate
    severity: Severity
    title: str
    message: str
    why: str = ""


@dataclass(frozen=True)
class Trend:
    """A figure of both years; None where one is not known. A rate is 1 for 100%, scores are on the scale of the forms."""

    name: str
    before: Decimal | None
    now: Decimal | None

    @property
    def is_rate(self) -> bool:
        return self.name == RATE


RATE = "执行率"
SCORES = {"stated": "自评得分", "verified": "可核实得分", "upper": "最高可能得分"}


@dataclass(frozen=True)
class ProjectYears:
    """One project in two years: a form of the run (`file`, `form`), and what is told of the year before."""

    file: str
    form: int
    project: str
    unit: str
    former: str
    years: tuple[int | None, int | None]
    trends: tuple[Trend, ...]
    findings: tuple[FormerFinding, ...]

    def count(self, fate: Fate) -> int:
        return sum(one.fate is fate for one in self.findings)

    @property
    def words(self) -> str:
        """What became of last year's findings, in one sentence."""
        if not self.findings:
            return "上年没有发现问题。"
        counts = "，".join(f"{fate.zh} {n} 条" for fate in Fate if (n := self.count(fate)))
        return f"上年发现 {len(self.findings)} 条：{counts}。"

    @property
    def json(self) -> str:
        """On one line."""
        return json.dumps(asdict(self), ensure_ascii=False, allow_nan=False, default=str)


def project_years(text: str) -> ProjectYears:
    """What `json` wrote."""
    told = json.loads(text)
    trends = tuple(Trend(one["name"], *(_decimal(one[name]) for name in ("before", "now"))) for one in told["trends"])
    findings = tuple(
        FormerFinding(**one | {"fate": Fate(one["fate"]), "severity": Severity(one["severity"])})
        for one in told["findings"]
    )
    return ProjectYears(**told | {"years": tuple(told["years"]), "trends": trends, "findings": findings})


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def rectified(audit: Audit, years: Years) -> ProjectYears:
    """What became of the year before, as far as it can be told from this year's form."""
    form, before, card = audit.form, years.before, audit.scorecard
    partners = partners_of(matched_rows(years))
    found = (
        _former(number in before.rejected, one, audit, years, partners)
        for number, one in enumerate(before.findings, 1)
        if one.basis != DEFECT
    )
    findings = tuple(sorted(found, key=lambda one: list(Fate).index(one.fate)))
    trends = [Trend(RATE, kept(before.rate), kept(_rate(audit)))]
    if audit.rulebook.scored:
        trends += [Trend(zh, kept(getattr(before, name)), kept(getattr(card, name))) for name, zh in SCORES.items()]
    texts = (escape_controls(value.one_line) for value in (form.project, form.implementer))
    return ProjectYears(
        audit.source, form.number, *texts, before.label, (before.form.year, form.year), tuple(trends), findings
    )


def _rate(audit: Audit) -> Decimal | None:
    try:
        return execution.rate(audit.form.execution, audit.rulebook)
    except NotApplicable:
        return None


def _former(rejected: bool, then: Finding, audit: Audit, years: Years, partners: Mapping[int, int]) -> FormerFinding:
    told = then.severity, escape_controls(then.title), escape_controls(then.message)
    if rejected:
        return FormerFinding(Fate.REJECTED, *told)
    if any(stands_again(now, then, years, partners) for now in audit.findings):
        return FormerFinding(Fate.REPEATED, *told)
    why = _inapplicable(then, audit, partners)
    return FormerFinding(Fate.GONE if why else Fate.RESOLVED, *told, why)


def _inapplicable(then: Finding, audit: Audit, partners: Mapping[int, int]) -> str:
    """Why this year's form cannot show the fault any more, blank where it could."""
    rows = [row for row, former in partners.items() if former == then.row]
    if then.row is not None and not rows:
        return "今年的表没有这项指标，或不能对应"
    outcome = next((one for one in audit.outcomes if one.rule == then.rule), None)
    if outcome is None:
        return "本次没有核查这一类问题"
    passed = [skip.reason for skip in outcome.skipped if skip.row in (*rows, None) or not outcome.applied]
    if passed and (rows or not outcome.applied):
        return f"今年无法核查：{passed[0]}"
    return ""
