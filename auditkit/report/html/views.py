"""Audits as pieces of HTML with inline styles: what a notebook shows, trusted or not."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from auditkit.model import Severity
from auditkit.pipeline import Audit
from auditkit.quantity.numbers import format_number
from auditkit.report import facts
from auditkit.report.facts import verdict_line
from auditkit.report.form_layout import cell_ids, laid_out
from auditkit.report.html.charts import score_bar, score_chart
from auditkit.rulebooks.loader import Rulebook, marked_basis
from auditkit.rules import load_rules
from auditkit.rules.rule import CATALOGUE, FAMILIES, in_order
from auditkit.safety import escape_controls, escape_line

TEMPLATES = Path(__file__).parents[1] / "templates"
FINISHED = "审核完毕"


@dataclass(frozen=True, repr=False)
class View:
    """Something to look at: HTML for a notebook, a few words for a terminal."""

    words: str
    html: str

    def __repr__(self) -> str:
        return escape_line(self.words)

    def _repr_html_(self) -> str:
        return self.html


def headline(audit: Audit) -> View:
    """The first screen: verdict, scores, counts, the worst findings, coverage."""
    html = render_html(
        "headline.html.j2",
        audit=audit,
        project=facts.clipped(audit.form.project.one_line, 120),
        unit=facts.clipped(audit.form.implementer.one_line, 60),
        department=facts.clipped(audit.form.department.one_line, 60),
        verdict=verdict_line(audit),
        sums=facts.sums_line(audit),
        image=score_bar(audit.scorecard, audit.rulebook.full_marks, audit.reviewed_score),
        rejected=facts.rejected_line(audit),
        worst=facts.worst_findings(audit),
        coverage=facts.coverage_of(audit),
        nothing=facts.nothing_found(len(audit.form.doubts)),
        doubts=audit.form.doubts,
        out_of_force=facts.out_of_force(audit),
    )
    return View(f"{audit.form.project.one_line}：{verdict_line(audit)}", html)


def chart(audit: Audit) -> View:
    """Stated, verified, possible and reviewed score by first-level indicator."""
    html = render_html(
        "chart.html.j2", image=score_chart(audit.scorecard, audit.reviewed if audit.rulebook.scored else None)
    )
    return View("得分对照图", html)


def form(audit: Audit, legend: bool = True) -> View:
    """The form laid out as it is printed, each flagged cell marked with the numbers of its findings."""
    whole = [one for one in facts.numbered(audit) if one.finding.row is None]
    html = render_html("form.html.j2", sheet=laid_out(audit), whole=whole, legend=legend)
    return View(f"自评表（{len(audit.form.indicators)} 项指标）", html)


def findings(audit: Audit) -> View:
    """Every finding: stated and expected, how it was reckoned, where it stands, on what basis, how to verify it."""
    html = render_html(
        "findings.html.j2",
        findings=facts.with_first(audit),
        cells=cell_ids(audit),
        names={item.row: item.name.one_line for item in audit.form.indicators},
        nothing=facts.nothing_found(len(audit.form.doubts)),
        doubts=audit.form.doubts,
        rejected=facts.rejected_line(audit),
    )
    return View(f"审核发现 {len(audit.standing)} 条", html)


def scores(audit: Audit) -> View:
    """Item by item: points, stated, verified and possible score, and the reviewed one, with the reason."""
    card = audit.scorecard
    html = render_html(
        "scores.html.j2",
        audit=audit,
        card=card,
        rows=facts.scored_rows(audit),
        rescaled=[score for _, score in facts.rescaled_scores(audit)],
        scale=facts.scale_name(card),
    )
    return View(f"重新计分：可核实 {format_number(card.verified)} 分，最高可能 {format_number(card.upper)} 分", html)


def coverage(audit: Audit) -> View:
    """What was looked at, what could not be and why."""
    open_items = facts.unverifiable(audit)
    html = render_html(
        "coverage.html.j2",
        coverage=facts.coverage_of(audit),
        clean=facts.clean_rules(audit),
        skips=facts.reasons(audit),
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
    return View(
        FINISHED,
        render_html(
            "colophon.html.j2", book=audit.rulebook, documents=facts.book_facts(audit.rulebook), finished=FINISHED
        ),
    )


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
    environment.filters |= {"shown": format_number, "clipped": facts.clipped, "marked": marked_basis}
    return environment


def _inert(value: Any) -> Any:
    if isinstance(value, Markup):
        return value
    return escape_controls(str(value))
