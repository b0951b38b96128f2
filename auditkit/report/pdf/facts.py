"""What the printed report of one form says, as plain texts and figures for the page; nothing is judged here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from auditkit.document import At
from auditkit.model import Form, Severity, Value
from auditkit.pipeline import Audit
from auditkit.quantity.numbers import format_number
from auditkit.report import facts
from auditkit.report.facts import WORST, Numbered, bars, book_facts, scale_of, verdict_line
from auditkit.report.html.charts import scores_by_kind

FIGURES = ("initial", "adjusted", "actual", "points", "execution_rate", "score")
Marked = Mapping[At, Sequence[Numbered]]


def project_facts(audit: Audit) -> dict[str, Any]:
    """The report on one form, in the order of its pages."""
    numbered = facts.numbered(audit)
    name = audit.form.project.one_line or "（未填项目名称）"
    return {
        "running": "项目支出绩效自评审核报告",
        "subject": facts.clipped(name, 30),
        "title": f"{name[:200]} 绩效自评审核报告",
        "headline": _headline(audit, name, numbered),
        "form": form_facts(audit.form, facts.by_cell(numbered)),
        "findings": _findings(audit),
        "rejected": facts.rejected_line(audit),
        "scores": _scores(audit),
        "unchecked": _unchecked(audit),
        "book": book_facts(audit.rulebook),
        "source": f"{audit.source}，第 {audit.form.number} 张表",
    }


def _headline(audit: Audit, name: str, numbered: Sequence[Numbered]) -> dict[str, Any]:
    form, card, looked = audit.form, audit.scorecard, facts.coverage_of(audit)
    full = audit.rulebook.full_marks
    scale = scale_of([card], full)
    return {
        "project": name,
        "who": [
            ["实施单位", form.implementer.one_line or "（未填）"],
            ["主管部门", form.department.one_line or "（未填）"],
            ["年度", f"{form.year} 年度" if form.year else "（未填）"],
        ],
        "verdict": verdict_line(audit),
        "sums": facts.sums_line(audit),
        "bars": bars(card, scale, audit.reviewed_score),
        "full": format_number(full),
        "full-share": float(full / scale) if scale else 0.0,
        "counts": [[severity.mark, severity.zh, f"{audit.count(severity)} 条"] for severity in Severity],
        "verdicts": [[verdict.zh, f"{count} 项"] for verdict, count in looked.verdicts],
        "worst": [
            {"mark": one.mark, "number": one.number, "title": one.finding.title, "where": _where(one)}
            | {"severity": one.finding.severity.zh, "message": one.finding.message, "why": one.why}
            for one in numbered[:WORST]
        ],
        "total": len(numbered),
        "coverage": f"查了 {looked.indicators} 项指标；{looked.rules_line}",
        "nothing": facts.nothing_found(len(form.doubts)),
        "out-of-force": facts.out_of_force(audit),
        "doubts": list(form.doubts),
    }


def form_facts(form: Form, marked: Marked) -> dict[str, Any]:
    """The form as filed: every entry with the marks of the findings that it proves."""

    def cell(value: Value, *, whole: bool = False) -> dict[str, Any]:
        found = marked.get(value.at, ()) if value.at else ()
        return {"text": value.text if whole else value.one_line, "marks": [one.mark for one in found]}

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


def _findings(audit: Audit) -> list[dict[str, Any]]:
    """Basis and steps to verify stand with the first finding of a rule; those after it refer to that one."""
    names = {item.row: item.name.one_line for item in audit.form.indicators}
    first: dict[str, str] = {}
    told = []
    for one in facts.numbered(audit):
        finding = one.finding
        same = first.setdefault(finding.rule, one.mark)
        told.append(
            {"mark": one.mark, "number": one.number, "severity": finding.severity.zh, "rule": finding.rule}
            | {"title": finding.title, "message": finding.message}
            | {"where": _where(one), "item": names.get(finding.row, "") if finding.row else ""}
            | {"basis": one.basis, "verify": one.verify, "same": "" if same == one.mark else same}
            | {"evidence": [{"at": value.place, "text": value.one_line} for value in finding.evidence]}
        )
    return told


def _scores(audit: Audit) -> dict[str, Any]:
    """Every item and the sums; the column of reviewed scores is there where people decided."""
    card, score = audit.scorecard, audit.reviewed_score

    def figures(points: Decimal | None, own: Iterable[Decimal | None], after: Decimal | None) -> list[str]:
        return [format_number(one) for one in (points, *own, *([] if score is None else [after]))]

    rows = [
        [
            *("—" if row.row is None else str(row.row), row.label),
            *figures(row.points, (row.stated, row.verified, row.upper), after),
            *(row.judgement.verdict.zh if row.judgement else "按公式", why),
        ]
        for row, after, why in facts.scored_rows(audit)
    ]
    remark = f"自评一栏为表中所填总分；待举证 {format_number((audit.reviewed or card).unproved)} 分"
    totals = [["", "合计", *figures(card.points, (card.stated, card.verified, card.upper), score), "", remark]]
    if rescaled := [one for _, one in facts.rescaled_scores(audit)]:
        shown = map(format_number, (card.full_marks, *rescaled))
        totals.append(["", facts.scale_name(card), *shown, "", f"表内分值合计 {format_number(card.points)} 分"])
    kinds = scores_by_kind(card, audit.reviewed if audit.rulebook.scored else None)
    return {
        "kinds": [[name, *map(format_number, own)] for name, own in kinds.items()],
        "rows": [*rows, *totals],
        "totals": len(totals),
    }


def _unchecked(audit: Audit) -> dict[str, Any]:
    return {
        "doubts": list(audit.form.doubts),
        "items": [
            [str(item.row), item.label, indicator.target.one_line, indicator.result.one_line, item.why]
            for item, indicator in facts.unverifiable(audit)
        ],
        "reasons": [
            [why, "、".join(rules), "、".join(map(str, rows)) or "—"] for why, rules, rows in facts.reasons(audit)
        ],
        "clean": [" ".join(rule) for rule in facts.clean_rules(audit)],
    }


def _where(one: Numbered) -> str:
    return one.where if one.finding.row is None else f"{one.where}指标"
