"""What the printed report of a year says: all forms of a run side by side, as plain texts and figures for the page."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from auditkit import execution
from auditkit.audit import Audit, worst
from auditkit.model import Finding, NotApplicable, Outcome, Severity
from auditkit.numeral import shown, shown_percent
from auditkit.report.index import STATUSES, FileRow
from auditkit.report.printed import bars, book_facts, scale_of
from auditkit.rule import FAMILIES
from auditkit.rulebook import Rulebook
from auditkit.verdict import Verdict

FIRST = 10
ZERO = Decimal(0)
MONEY = ("元", "万元", "亿元")


def year_facts(
    audits: Sequence[Audit], outcomes: Sequence[Outcome], files: Sequence[FileRow], year: int, book: Rulebook
) -> dict[str, Any]:
    """The report on a year, in the order of its pages."""
    across = [finding for outcome in outcomes for finding in outcome.findings]
    full = book.full_marks
    scale = scale_of([audit.scorecard for audit in audits], full)
    facts = {
        "ranking": _ranking(audits, scale),
        "rules": _rules(audits),
        "units": _units(audits),
        "money": _money(audits, book),
        "unproved": _unproved(audits),
    }
    return facts | {
        "running": "项目支出绩效自评年度审核报告",
        "subject": f"{year} 年度",
        "title": f"{year} 年度项目支出绩效自评审核报告",
        "verdict": _verdict(audits),
        "answers": _answers(facts),
        "totals": _totals(audits, files),
        "counts": [[s.mark + " " + s.zh, f"{sum(a.count(s) for a in audits)} 条"] for s in Severity],
        "verdicts": [[v.zh, f"{n} 项"] for v, n in _verdicts(audits).items()],
        "full": shown(full),
        "full-share": float(full / scale) if scale else 0.0,
        "means": _means(audits, scale),
        "first": [_reason(place, audit) for place, audit in enumerate(worst(audits)[:FIRST], 1)],
        "across": [_told(finding) for finding in across],
        "files": [[one.file, STATUSES[one.status], one.message] for one in files if one.status != "ok"],
        "book": book_facts(book),
    }


def _answers(facts: Mapping[str, Any]) -> dict[str, str]:
    """The heading of each part, which says what the part shows; nothing in it is a text of a form."""
    ranking, rules, sums = facts["ranking"], facts["rules"], facts["money"]["sums"]
    verified = [row["bars"][1]["shown"] for row in ranking]
    plain = len(sums) == 1 and sums[0][5] in MONEY
    return {
        "ranking": f"得分排名：可核实得分最高 {verified[0]} 分，最低 {verified[-1]} 分" if ranking else "得分排名",
        "rules": f"按规则：最多的是“{rules[0][2]}”，{rules[0][3]} 条，涉及 {rules[0][4]} 张表" if rules else "按规则",
        "money": f"资金结余：共 {sums[0][3]} {sums[0][5]}，总执行率 {sums[0][4]}" if plain else "资金结余",
        "unproved": f"无法核实的部分占指标分值的 {facts['unproved']['share']}",
    }


def _verdict(audits: Sequence[Audit]) -> str:
    if not audits:
        return "没有可审核的自评表。"
    disproved = sum(audit.scorecard.disproved for audit in audits)
    lead = f"{len(audits)} 张自评表中，{disproved} 张的自评得分高于最高可能得分，自评结果不成立" if disproved else ""
    scored = [audit.scorecard for audit in audits if audit.scorecard.stated is not None]
    if not scored:
        return f"{lead or f'{len(audits)} 张自评表都没有可读的自评总分'}。"
    stated, verified = (_mean([getattr(card, name) for card in scored]) for name in ("stated", "verified"))
    lead = lead or f"{len(audits)} 张自评表中，没有一张的自评得分高于最高可能得分"
    return f"{lead}；平均自评 {shown(stated)} 分，表内数据平均只能证明 {shown(verified)} 分。"


def _mean(figures: Sequence[Decimal]) -> Decimal:
    return sum(figures, ZERO) / len(figures)


def _totals(audits: Sequence[Audit], files: Sequence[FileRow]) -> list[list[str]]:
    bad = sum(one.failed for one in files)
    return [["报送文件", f"{len(files)} 个"], ["自评表", f"{len(audits)} 张"], ["未能审核的文件", f"{bad} 个"]]


def _verdicts(audits: Sequence[Audit]) -> dict[Verdict, int]:
    return {verdict: sum(audit.scorecard.count(verdict) for audit in audits) for verdict in Verdict}


def _means(audits: Sequence[Audit], scale: Decimal) -> list[dict[str, Any]]:
    """The average of each score, over the forms that state a total."""
    scored = [audit.scorecard for audit in audits if audit.scorecard.stated is not None]
    if not scored:
        return []
    names = (("stated", "平均自评得分"), ("verified", "平均可核实得分"), ("upper", "平均最高可能得分"))
    means = [(label, _mean([getattr(card, name) for card in scored])) for name, label in names]
    return [{"label": label, "shown": shown(mean), "share": float(mean / scale)} for label, mean in means]


def _name(audit: Audit) -> str:
    return audit.form.project.squeezed or "（未填项目名称）"


def _unit(audit: Audit) -> str:
    return audit.form.implementer.squeezed or audit.form.department.squeezed or "（未填单位）"


def _reason(place: int, audit: Audit) -> list[str]:
    """Why a person should look at this form early."""
    card = audit.scorecard
    counts = "、".join(f"{s.mark} {s.zh} {n} 条" for s in Severity if (n := audit.count(s)))
    points = "自评高于最高可能得分；" if card.disproved else ""
    proof = f"待举证 {shown(card.unproved)} 分" if card.unproved is not None else "未填自评总分"
    heaviest = f"{audit.findings[0].title}：{audit.findings[0].message}" if audit.findings else "未发现问题"
    return [str(place), _name(audit), _unit(audit), f"{points}{counts or '未发现问题'}；{proof}", heaviest]


def _ranking(audits: Sequence[Audit], scale: Decimal) -> list[dict[str, Any]]:
    """From the highest verified score to the lowest, with the place that the stated score would give."""
    ranked = sorted(audits, key=lambda one: (-one.scorecard.verified, _name(one), one.source, one.form.number))
    stated = sorted((one.scorecard.stated for one in audits if one.scorecard.stated is not None), reverse=True)
    return [
        {
            "place": str(place),
            "name": _name(audit),
            "unit": _unit(audit),
            "bars": bars(audit.scorecard, scale),
            "stated-place": "—" if (own := audit.scorecard.stated) is None else str(stated.index(own) + 1),
            "counts": [str(audit.count(severity)) for severity in Severity],
        }
        for place, audit in enumerate(ranked, 1)
    ]


def _rules(audits: Sequence[Audit]) -> list[list[str]]:
    """Findings by rule: how heavy, how many, in how many forms; the most frequent first."""
    found: dict[tuple[str, str, Severity], Counter[int]] = defaultdict(Counter)
    for number, audit in enumerate(audits):
        for finding in audit.findings:
            found[finding.rule, finding.title, finding.severity][number] += 1
    ordered = sorted(found.items(), key=lambda item: (-item[1].total(), item[0][2].weight, item[0][0]))
    return [
        [rule, f"{severity.mark} {severity.zh}", title, str(forms.total()), str(len(forms))]
        for (rule, title, severity), forms in ordered
    ]


def _units(audits: Sequence[Audit]) -> dict[str, Any]:
    """Findings by unit and family of rules, with each cell's share of the largest, for shading."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    forms: Counter[str] = Counter()
    for audit in audits:
        forms[_unit(audit)] += 1
        found[_unit(audit)].update(finding.rule[:3] for finding in audit.findings)
    families = [name for name in FAMILIES if any(counts[name] for counts in found.values())]
    most = max((counts[name] for counts in found.values() for name in families), default=0)
    ordered = sorted(found.items(), key=lambda item: (-item[1].total(), item[0]))
    return {
        "families": [FAMILIES[name][0] for name in families],
        "rows": [
            {"unit": unit, "forms": str(forms[unit]), "total": str(counts.total())}
            | {"cells": [[str(counts[name]), counts[name] / most if most else 0.0] for name in families]}
            for unit, counts in ordered
        ],
    }


def _money(audits: Sequence[Audit], book: Rulebook) -> dict[str, Any]:
    """Budget, spending and what is left, form by form, the lowest rate first; sums only within one money unit."""
    rows, unreadable = [], []
    for audit in audits:
        try:
            fund = audit.form.execution
            rate = execution.rate(fund, book)
            budget, actual = execution.base(fund, book).number, fund.actual.number
        except NotApplicable as reason:
            unreadable.append([_name(audit), _unit(audit), str(reason)])
            continue
        rows.append((rate, _name(audit), budget, actual, audit.form.money_unit.squeezed or "未注明", audit.form))
    rows.sort(key=lambda row: (row[0], row[1], row[5].source, row[5].number))
    sums: Mapping[str, list[Decimal]] = {}
    for _, _, budget, actual, unit, _ in rows:
        total = sums.setdefault(unit, [ZERO, ZERO])
        total[0], total[1] = total[0] + budget, total[1] + actual
    return {
        "rows": [
            [
                name,
                *_amounts(budget, actual),
                unit,
                shown(form.total_score.number) if form.total_score.readable else "—",
            ]
            for _, name, budget, actual, unit, form in rows
        ],
        "sums": [[f"合计（{unit}）", *_amounts(budget, actual), unit, ""] for unit, (budget, actual) in sums.items()],
        "unreadable": unreadable,
    }


def _amounts(budget: Decimal, actual: Decimal) -> tuple[str, ...]:
    return shown(budget), shown(actual), shown(budget - actual), _share(actual, budget)


def _share(part: Decimal, whole: Decimal) -> str:
    return shown_percent(part / whole) if whole else "—"


def _told(finding: Finding) -> dict[str, Any]:
    evidence = [{"at": value.place, "text": value.squeezed} for value in finding.evidence]
    names = {"mark": finding.severity.mark, "severity": finding.severity.zh, "rule": finding.rule}
    return names | {"title": finding.title, "message": finding.message, "evidence": evidence}


def _unproved(audits: Sequence[Audit]) -> dict[str, Any]:
    """Indicators that cannot be verified, form by form, and their share of the points."""
    rows = []
    for audit in audits:
        items = audit.scorecard.items
        open_items = [one for one in items if one.judgement and one.judgement.verdict is Verdict.UNVERIFIABLE]
        rows.append((_points(open_items), _points(items), len(open_items), len(items), len(audit.skipped), audit))
    rows.sort(key=lambda row: (-(row[0] / row[1] if row[1] else ZERO), _name(row[5]), row[5].source))
    points, every = sum((row[0] for row in rows), ZERO), sum((row[1] for row in rows), ZERO)
    share = _share(points, every)
    return {
        "line": f"{sum(row[3] for row in rows)} 项指标中 {sum(row[2] for row in rows)} 项无法核实，占指标分值的 {share}；"
        f"另有 {sum(row[4] for row in rows)} 处因缺数或不适用未能核查。",
        "share": share,
        "rows": [
            [_name(audit), f"{count} / {total}", shown(part), shown(whole), _share(part, whole), str(skipped)]
            for part, whole, count, total, skipped, audit in rows
        ],
    }


def _points(items: Iterable[Any]) -> Decimal:
    return sum((item.points for item in items if item.points is not None), ZERO)
