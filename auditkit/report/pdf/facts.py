"""What the printed report of one form says, as plain texts and figures for the page; nothing is judged here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from auditkit.assess.rescore import Scorecard
from auditkit.assess.verdict import Verdict
from auditkit.document import At
from auditkit.model import Finding, Form, Severity, Value
from auditkit.pipeline import Audit
from auditkit.quantity.numbers import format_number
from auditkit.report import facts
from auditkit.report.facts import WORST, bars, book_facts, scale_of, verdict_line
from auditkit.report.html.charts import CATEGORIES
from auditkit.rules.rule import CATALOGUE

FIGURES = ("initial", "adjusted", "actual", "points", "execution_rate", "score")
Marked = Mapping[At, list[tuple[int, Finding]]]


def project_facts(audit: Audit) -> dict[str, Any]:
    """The report on one form, in the order of its pages."""
    numbered = list(enumerate(audit.findings, 1))
    name = audit.form.project.one_line or "（未填项目名称）"
    return {
        "running": "项目支出绩效自评审核报告",
        "subject": name if len(name) <= 30 else f"{name[:30]}……",
        "title": f"{name[:200]} 绩效自评审核报告",
        "headline": _headline(audit, name, numbered),
        "form": form_facts(audit.form, _by_cell(numbered)),
        "findings": _findings(audit, numbered),
        "scores": _scores(audit.scorecard),
        "unchecked": _unchecked(audit),
        "book": book_facts(audit.rulebook),
        "source": f"{audit.source}，第 {audit.form.number} 张表",
    }


def _headline(audit: Audit, name: str, numbered: Sequence[tuple[int, Finding]]) -> dict[str, Any]:
    form, card = audit.form, audit.scorecard
    full = audit.rulebook.full_marks
    scale = scale_of([card], full)
    looked = sum(outcome.applied > 0 for outcome in audit.outcomes)
    return {
        "project": name,
        "who": [
            ["实施单位", form.implementer.one_line or "（未填）"],
            ["主管部门", form.department.one_line or "（未填）"],
            ["年度", f"{form.year} 年度" if form.year else "（未填）"],
        ],
        "verdict": verdict_line(audit),
        "sums": facts.sums_line(audit),
        "bars": bars(card, scale),
        "full": format_number(full),
        "full-share": float(full / scale) if scale else 0.0,
        "counts": [[severity.mark, severity.zh, f"{audit.count(severity)} 条"] for severity in Severity],
        "verdicts": [[verdict.zh, f"{card.count(verdict)} 项"] for verdict in Verdict],
        "worst": [
            {"mark": _mark(n, finding), "number": n, "title": finding.title, "where": _where(finding)}
            | {"severity": finding.severity.zh, "message": finding.message, "why": _prose(finding, "why_zh")}
            for n, finding in numbered[:WORST]
        ],
        "total": len(numbered),
        "coverage": f"查了 {len(form.indicators)} 项指标；{len(audit.outcomes)} 条规则中 {looked} 条有内容可查，"
        f"另有 {len(audit.skipped)} 处因表中缺数或不适用未能核查。",
    }


def form_facts(form: Form, marked: Marked) -> dict[str, Any]:
    """The form as filed: every entry with the marks of the findings that it proves."""

    def cell(value: Value, *, whole: bool = False) -> dict[str, Any]:
        found = marked.get(value.at, []) if value.at else []
        return {"text": value.text if whole else value.one_line, "marks": [_mark(n, one) for n, one in found]}

    return {
        "title": cell(form.title),
        **{
            key: cell(getattr(form, key))
            for key in ("fiscal_year", "project", "department", "implementer", "money_unit")
        },
        "funds": [[cell(fund.label)] + [cell(getattr(fund, key)) for key in FIGURES] for fund in form.funds],
        "goal": cell(form.goal, whole=True),
        "outcome": cell(form.outcome, whole=True),
        "indicators": _indicators(form, cell),
        "totals": [cell(form.total_points), cell(form.total_score), cell(form.grade)],
        "notes": [cell(note, whole=True) for note in form.notes],
        "stray": [cell(value) for value in form.stray],
    }


def _indicators(form: Form, cell: Any) -> list[dict[str, Any]]:
    """The rows of 绩效指标; the two headings with the number of rows that they span, 0 below the first."""
    firsts = facts.column_heights([(item.category.at, item.category.text) for item in form.indicators])
    seconds = facts.column_heights(
        [(item.category.at, item.category.text, item.subcategory.at, item.subcategory.text) for item in form.indicators]
    )
    return [
        {
            "row": str(item.row),
            "first": cell(item.category) | {"span": first},
            "second": cell(item.subcategory) | {"span": second},
            "rest": [cell(getattr(item, key)) for key in ("name", "target", "result", "points", "score")]
            + [cell(item.explanation, whole=True)],
        }
        for item, first, second in zip(form.indicators, firsts, seconds, strict=True)
    ]


def _findings(audit: Audit, numbered: Sequence[tuple[int, Finding]]) -> list[dict[str, Any]]:
    """Basis and steps to verify stand with the first finding of a rule; those after it refer to that one."""
    names = {item.row: item.name.one_line for item in audit.form.indicators}
    first: dict[str, str] = {}
    told = []
    for number, finding in numbered:
        mark = _mark(number, finding)
        same = first.setdefault(finding.rule, mark)
        told.append(
            {"mark": mark, "number": number, "severity": finding.severity.zh, "rule": finding.rule}
            | {"title": finding.title, "message": finding.message}
            | {"where": _where(finding), "item": names.get(finding.row, "") if finding.row else ""}
            | {"basis": finding.basis, "verify": _prose(finding, "verify_zh"), "same": "" if same == mark else same}
            | {"evidence": [{"at": value.place, "text": value.one_line} for value in finding.evidence]}
        )
    return told


def _scores(card: Scorecard) -> dict[str, Any]:
    points = sum((row.points for row in card.rows if row.points is not None), Decimal(0))
    kinds = [kind for kind in CATEGORIES if any(row.kind is kind for row in card.rows)]
    rows = [
        ["—" if row.row is None else str(row.row), row.label]
        + [format_number(score) for score in (row.points, row.stated, row.verified, row.upper)]
        + [row.judgement.verdict.zh if row.judgement else "按公式", row.why]
        for row in card.rows
    ]
    sums = [format_number(score) for score in (points, card.stated, card.verified, card.upper)]
    remark = f"自评一栏为表中所填总分；待举证 {format_number(card.unproved)} 分"
    totals = [["", "合计", *sums, "", remark]]
    if card.rescaled:
        scores = map(format_number, (card.full_marks, *card.rescaled))
        totals.append(["", facts.scale_name(card), *scores, "", f"表内分值合计 {format_number(card.points)} 分"])
    return {
        "kinds": [[CATEGORIES[kind], *map(format_number, card.of(kind))] for kind in kinds],
        "rows": [*rows, *totals],
        "totals": len(totals),
    }


def _unchecked(audit: Audit) -> dict[str, Any]:
    items = zip(audit.scorecard.items, audit.form.indicators, strict=True)
    return {
        "doubts": list(audit.form.doubts),
        "items": [
            [str(item.row), item.label, indicator.target.one_line, indicator.result.one_line, item.why]
            for item, indicator in items
            if item.judgement and item.judgement.verdict is Verdict.UNVERIFIABLE
        ],
        "reasons": _reasons(audit),
        "clean": [
            f"{outcome.rule} {CATALOGUE[outcome.rule].zh}"
            for outcome in audit.outcomes
            if outcome.applied and not outcome.findings and outcome.rule in CATALOGUE
        ],
    }


def _reasons(audit: Audit) -> list[list[str]]:
    """Equal reasons together: reason, rules, indicators."""
    return [[why, "、".join(rules), "、".join(map(str, rows)) or "—"] for why, rules, rows in facts.reasons(audit)]


def _prose(finding: Finding, name: str) -> str:
    """What the catalogue says of the finding's rule; nothing for a rule that it does not have."""
    return getattr(CATALOGUE.get(finding.rule), name, "")


def _mark(number: int, finding: Finding) -> str:
    return f"{finding.severity.mark}{number}"


def _where(finding: Finding) -> str:
    return "全表" if finding.row is None else f"第 {finding.row} 项指标"


def _by_cell(numbered: Iterable[tuple[int, Finding]]) -> Marked:
    found: dict[At, list[tuple[int, Finding]]] = {}
    for number, finding in numbered:
        for at in dict.fromkeys(value.at for value in finding.evidence if value.at):
            found.setdefault(at, []).append((number, finding))
    return found
