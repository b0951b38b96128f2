"""Audits as pieces of HTML with inline styles: what a notebook shows, trusted or not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from auditkit.audit import Audit
from auditkit.document import At
from auditkit.model import Finding, Form, Indicator, Severity
from auditkit.numeral import shown
from auditkit.report.charts import score_chart
from auditkit.rule import CATALOGUE, FAMILIES, in_order
from auditkit.rulebook import Rulebook
from auditkit.rules import load_rules
from auditkit.safety import inert
from auditkit.verdict import Verdict

TEMPLATES = Path(__file__).parent / "templates"
FINISHED = "审核完毕"
WORST = 5


@dataclass(frozen=True, repr=False)
class View:
    """Something to look at: HTML for a notebook, a few words for a terminal."""

    words: str
    html: str

    def __repr__(self) -> str:
        return self.words

    def _repr_html_(self) -> str:
        return self.html


@dataclass(frozen=True)
class Numbered:
    """A finding with the number that it has in this form's report."""

    number: int
    finding: Finding

    @property
    def mark(self) -> str:
        return f"{self.finding.severity.mark}{self.number}"


def headline(audit: Audit) -> View:
    """The first screen: verdict, scores, counts, the worst findings, coverage."""
    html = render_html(
        "headline.html.j2",
        audit=audit,
        verdict=verdict_line(audit),
        worst=_numbered(audit)[:WORST],
        verdicts=[(verdict.zh, audit.scorecard.count(verdict)) for verdict in Verdict],
        looked=[outcome for outcome in audit.outcomes if outcome.applied],
    )
    return View(f"{audit.form.project.squeezed}：{verdict_line(audit)}", html)


def verdict_line(audit: Audit) -> str:
    """The verdict on a form in one sentence."""
    card = audit.scorecard
    possible = f"按规则可核实 {shown(card.verified)} 分，最高可能 {shown(card.upper)} 分"
    if card.stated is None:
        return f"未填自评总分；{possible}。"
    if card.disproved:
        return f"自评 {shown(card.stated)} 分，高于最高可能得分，自评结果不成立；{possible}。"
    proof = f"尚有 {shown(card.unproved)} 分待举证" if card.unproved else "表内数据足以证明自评得分"
    return f"自评 {shown(card.stated)} 分；{possible}，{proof}。"


def chart(audit: Audit) -> View:
    """Stated, verified and possible score by first-level indicator."""
    html = render_html("chart.html.j2", image=score_chart(audit.scorecard))
    return View("得分对照图", html)


def findings(audit: Audit) -> View:
    """Every finding with its evidence and basis."""
    html = render_html("findings.html.j2", findings=_numbered(audit), names=_names(audit.form))
    return View(f"审核发现 {len(audit.findings)} 条", html)


def form(audit: Audit) -> View:
    """The form as filed, each flagged cell marked, beside the numbers of the findings."""
    numbered = _numbered(audit)
    indicators = audit.form.indicators
    html = render_html(
        "form.html.j2",
        form=audit.form,
        flags=_by_cell(numbered),
        categories=_starts(indicators, "category"),
        subcategories=_starts(indicators, "category", "subcategory"),
        by_row={row: [n for n in numbered if n.finding.row == row] for row in {n.finding.row for n in numbered}},
    )
    return View(f"自评表（{len(indicators)} 项指标）", html)


def scores(audit: Audit) -> View:
    """Item by item: points, stated, verified and possible score, with the reason."""
    card = audit.scorecard
    points = sum((row.points for row in card.rows if row.points is not None), Decimal(0))
    html = render_html("scores.html.j2", card=card, points=points, book=audit.rulebook)
    return View(f"重新计分：可核实 {shown(card.verified)} 分，最高可能 {shown(card.upper)} 分", html)


def coverage(audit: Audit) -> View:
    """What was looked at, what could not be and why."""
    clean = [outcome.rule for outcome in audit.outcomes if outcome.applied and not outcome.findings]
    open_items = [
        (item, indicator)
        for item, indicator in zip(audit.scorecard.items, audit.form.indicators, strict=True)
        if item.judgement and item.judgement.verdict is Verdict.UNVERIFIABLE
    ]
    html = render_html(
        "coverage.html.j2",
        clean=[(rule, CATALOGUE[rule].zh if rule in CATALOGUE else "") for rule in clean],
        skips=_reasons(audit),
        unverifiable=open_items,
        doubts=audit.form.doubts,
    )
    return View(f"未能核查 {len(audit.skipped)} 处，无法核实 {len(open_items)} 项", html)


def catalogue(book: Rulebook) -> View:
    """Every rule as the rulebook has it: fault, why it matters, basis, known false alarms, how to verify."""
    load_rules()
    rules = sorted(CATALOGUE.values(), key=in_order)
    families = [(FAMILIES[name][0], list(members)) for name, members in groupby(rules, lambda rule: rule.id[:3])]
    return View(f"规则目录 {len(rules)} 条", render_html("catalogue.html.j2", families=families, book=book))


def colophon(audit: Audit) -> View:
    """What the report rests on. Its words mark a report that ran to its end."""
    return View(FINISHED, render_html("colophon.html.j2", book=audit.rulebook, finished=FINISHED))


def render_html(template: str, **values: Any) -> Markup:
    """A template of this package filled in: every value is made inert and escaped on its way out."""
    return Markup(_environment().get_template(template).render(values))


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_inert,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {"Severity": Severity, "Markup": Markup}
    environment.filters["shown"] = shown
    return environment


def _inert(value: Any) -> Any:
    if isinstance(value, Markup):
        return value
    return inert(str(value))


def _numbered(audit: Audit) -> list[Numbered]:
    return [Numbered(number, finding) for number, finding in enumerate(audit.findings, 1)]


def _names(form: Form) -> Mapping[int, str]:
    return {item.row: item.name.squeezed for item in form.indicators}


def _by_cell(numbered: Iterable[Numbered]) -> Mapping[At, list[Numbered]]:
    flags: dict[At, list[Numbered]] = {}
    for number in numbered:
        for at in {value.at for value in number.finding.evidence if value.at}:
            flags.setdefault(at, []).append(number)
    return flags


def _starts(indicators: tuple[Indicator, ...], *fields: str) -> set[int]:
    """The rows at which a heading that spans several indicators begins."""

    def headings(indicator: Indicator) -> list[tuple[At | None, str]]:
        return [(getattr(indicator, name).at, getattr(indicator, name).text) for name in fields]

    return {next(run).row for _, run in groupby(indicators, headings)}


def _reasons(audit: Audit) -> list[tuple[str, list[str], list[int]]]:
    """Equal reasons together: reason, rules, rows."""
    grouped: dict[str, tuple[dict[str, None], set[int]]] = {}
    for skip in audit.skipped:
        rules, rows = grouped.setdefault(skip.reason, ({}, set()))
        rules[skip.rule] = None
        if skip.row is not None:
            rows.add(skip.row)
    return [(reason, list(rules), sorted(rows)) for reason, (rules, rows) in grouped.items()]
