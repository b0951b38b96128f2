"""What the report of a year says: all forms of a run side by side, as plain texts and figures for the page.

It is told from one line a form and from counts of the findings, never from the audits: of these a year has too many. Lists
of forms have their first `most` rows, and `more` says how many are left out.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from heapq import nsmallest
from operator import attrgetter
from typing import Any

from auditkit.assess.verdict import Verdict
from auditkit.model import Severity
from auditkit.quantity.numbers import format_number, shown_percent
from auditkit.report.facts import bars, book_facts, clipped, nothing_found, scale_of
from auditkit.report.year.dataset import Tally
from auditkit.report.year.index import STATUSES
from auditkit.report.year.rows import FileRow, FormLine, noted
from auditkit.rulebooks.loader import Rulebook
from auditkit.rules.rule import FAMILIES

FIRST = 10
NAMED = 3  # totals that cannot hold, in the headline
ZERO = Decimal(0)
MONEY = ("元", "万元", "亿元")


def year_facts(
    forms: Sequence[FormLine],
    tally: Tally,
    across: Sequence[Mapping[str, Any]],
    files: Sequence[FileRow],
    year: int,
    book: Rulebook,
    most: int,
) -> dict[str, Any]:
    """The report on a year, in the order of its pages; `across` is told as `across_as_json` tells it."""
    scale, first = scale_of(forms, book.full_marks), worst_first(forms, FIRST)
    facts = {
        "ranking": _ranking(forms, scale, most),
        "rules": _rules(tally),
        "units": _units(forms, tally, most),
        "money": _money(forms, most),
        "unproved": _unproved(forms, most),
    }
    attention = [[one.file, STATUSES[one.status], one.message] for one in noted(files)]
    more = {name: max(len(forms) - most, 0) for name in ("ranking", "unproved")}
    more |= {name: facts["money"].pop(f"more-{name}") for name in ("money", "unreadable")}
    more |= {"units": facts["units"].pop("more"), "files": max(len(attention) - most, 0)}
    return facts | {
        "running": "项目支出绩效自评年度审核报告",
        "subject": f"{year} 年度",
        "title": f"{year} 年度项目支出绩效自评审核报告",
        "verdict": _verdict(forms, first),
        "answers": _answers(forms, facts) | _answers_besides(len(forms), first, across, files),
        "totals": _totals(forms, files),
        "counts": [[s.mark + " " + s.zh, f"{n} 条"] for s, n in zip(Severity, _counts(forms), strict=True)],
        "verdicts": [[v.zh, f"{sum(one.verdicts[v] for one in forms)} 项"] for v in Verdict],
        "full": format_number(book.full_marks),
        "full-share": float(book.full_marks / scale) if scale else 0.0,
        "means": _means(forms, scale),
        "first": [_reason(place, one) for place, one in enumerate(first, 1)],
        "across": [_told(finding) for finding in across[:most]],
        "files": attention[:most],
        "book": book_facts(book),
        "more": more | {"across": max(len(across) - most, 0)},
    }


def _counts(forms: Sequence[FormLine]) -> tuple[int, ...]:
    return tuple(map(sum, zip(*(one.counts for one in forms), strict=True))) or (0,) * len(Severity)


def worst_first(forms: Iterable[FormLine], most: int) -> list[FormLine]:
    """The forms that a person should look at first."""
    return nsmallest(most, forms, key=lambda one: ([-count for count in one.counts], one.file, one.form))


def _answers(forms: Sequence[FormLine], facts: Mapping[str, Any]) -> dict[str, str]:
    """The heading of each part, which says what the part shows; nothing in it is a text of a form."""
    rules, sums = facts["rules"], facts["money"]["sums"]
    proved, kind = [one.proved for one in forms], "可核实得分"
    if any(one.reviewed is not None for one in forms):
        kind = "可核实得分（已复核的为复核得分）"
    plain = len(sums) == 1 and sums[0][5] in MONEY
    ranking = f"{kind}最高 {format_number(max(proved))} 分，最低 {format_number(min(proved))} 分" if proved else ""
    return {
        "ranking": f"得分排名：{ranking}" if ranking else "得分排名",
        "rules": f"按规则：最多的是“{rules[0][2]}”，{rules[0][3]} 条，涉及 {rules[0][4]} 张表" if rules else "按规则",
        "money": f"资金结余：共 {sums[0][3]} {sums[0][5]}，总执行率 {sums[0][4]}" if plain else "资金结余",
        "units": _units_answer(facts["units"]),
        "unproved": f"无法核实的部分占指标分值的 {facts['unproved']['share']}",
    }


def _answers_besides(
    number: int,
    first: Sequence[FormLine],
    across: Sequence[object],
    files: Sequence[FileRow],
) -> dict[str, str]:
    return {
        "first": _first_answer(first, number),
        "across": f"各表放在一起看到的问题 {len(across)} 条" if across else "各表放在一起未看到问题",
        "files": _files_answer(files),
    }


def _files_answer(files: Sequence[FileRow]) -> str:
    skipped, told = sum(one.skipped for one in files), len(noted(files))
    aside = f"，跳过 {skipped} 个（重复的，或不是表）" if skipped else ""
    return f"需要留意的文件 {told - skipped} 个{aside}，其余 {len(files) - told} 个正常"


def _units_answer(units: Mapping[str, Any]) -> str:
    """How far the findings gather in one unit; the rows are in the order of their totals."""
    if not units["rows"]:
        return "按单位"
    most = int(units["rows"][0]["total"])
    share = _share(Decimal(most), Decimal(units["findings"]))
    return f"按单位：{units['number']} 个单位共 {units['findings']} 条，最多的一个有 {most} 条，占 {share}"


def _first_answer(first: Sequence[FormLine], number: int) -> str:
    if not first:
        return "没有可看的项目"
    reasons = (
        ("有错误", sum(one.counts[0] > 0 for one in first)),
        ("自评得分高于最高可能得分", sum(one.disproved for one in first)),
    )
    told = "，".join(f"{number} 个{why}" for why, number in reasons if number)
    lead = f"先看这 {len(first)} 个项目" if len(first) < number else "各项目按轻重排列"  # all of them are no choice
    return f"{lead}{f'：{told}' if told else ''}"


def _verdict(forms: Sequence[FormLine], first: Sequence[FormLine]) -> str:
    """The year in one sentence; of the totals that cannot hold, those among the `first` forms with what makes them so."""
    if not forms:
        return "没有可审核的自评表。"
    disproved = sum(one.disproved for one in forms)
    lead = f"{len(forms)} 张自评表中，{disproved} 张的自评得分高于最高可能得分，自评结果不成立" if disproved else ""
    if named := [f"“{clipped(one.name, 20)}”{one.disproof}" for one in first if one.disproved][:NAMED]:
        lead += f"（{'；'.join(named)}{f'；另有 {disproved - len(named)} 张' if disproved > len(named) else ''}）"
    scored = [one for one in forms if one.stated is not None]
    if not scored:
        return f"{lead or f'{len(forms)} 张自评表都没有可读的自评总分'}。"
    stated, verified = _mean([one.stated for one in scored]), _mean([one.verified for one in scored])
    lead = lead or f"{len(forms)} 张自评表中，没有一张的自评得分高于最高可能得分"
    return f"{lead}；平均自评 {format_number(stated)} 分，表内数据平均只能证明 {format_number(verified)} 分。"


def _mean(figures: Sequence[Decimal]) -> Decimal:
    return sum(figures, ZERO) / len(figures)


def _totals(forms: Sequence[FormLine], files: Sequence[FileRow]) -> list[list[str]]:
    bad = sum(one.failed for one in files)
    return [["报送文件", f"{len(files)} 个"], ["自评表", f"{len(forms)} 张"], ["未能审核的文件", f"{bad} 个"]]


def _means(forms: Sequence[FormLine], scale: Decimal) -> list[dict[str, Any]]:
    """The average of each score, over the forms that state a total; of the reviewed one over those that have one."""
    scored = [one for one in forms if one.stated is not None]
    if not scored:
        return []
    names = (("stated", "平均自评得分"), ("verified", "平均可核实得分"), ("upper", "平均最高可能得分"))
    means = [(label, _mean([getattr(one, name) for one in scored])) for name, label in names]
    reviewed = [one.reviewed for one in forms if one.reviewed is not None]
    means += [(f"平均复核得分（{len(reviewed)} 张）", _mean(reviewed))] if reviewed else []
    return [{"label": label, "shown": format_number(mean), "share": float(mean / scale)} for label, mean in means]


def _reason(place: int, one: FormLine) -> list[str]:
    """Why a person should look at this form early."""
    counts = "、".join(f"{s.mark} {s.zh} {n} 条" for s, n in zip(Severity, one.counts, strict=True) if n)
    points = f"自评高于最高可能得分（{one.disproof}）；" if one.disproved else ""
    doubted = f"、● 读表存疑 {one.doubts} 处" if one.doubts and counts else ""
    proof = f"待举证 {format_number(one.unproved)} 分" if one.unproved is not None else "未填自评总分"
    proof += "" if one.reviewed is None else f"，复核得分 {format_number(one.reviewed)} 分"
    heaviest = f"{one.worst_title}：{one.worst_message}" if one.worst_title else nothing_found(one.doubts)
    return [
        str(place),
        one.name,
        one.unit,
        f"{points}{counts or nothing_found(one.doubts)}{doubted}；{proof}",
        heaviest,
    ]


def _ranking(forms: Sequence[FormLine], scale: Decimal, most: int) -> list[dict[str, Any]]:
    """From the highest score that is proved to the lowest, with the place that the stated score would give."""
    ranked = nsmallest(most, forms, key=lambda one: (-one.proved, one.name, one.file, one.form))
    stated = sorted(-one.stated for one in forms if one.stated is not None)
    return [
        {
            "place": str(place),
            "name": one.name,
            "unit": one.unit,
            "bars": bars(one, scale, one.reviewed),
            "stated-place": "—" if one.stated is None else str(bisect_left(stated, -one.stated) + 1),
            "counts": [str(count) for count in one.counts],
        }
        for place, one in enumerate(ranked, 1)
    ]


def _rules(tally: Tally) -> list[list[str]]:
    """Findings by rule: how heavy, how many, in how many forms; the most frequent first."""
    found = [(rule, title, Severity(severity), *counts) for (rule, title, severity), counts in tally.rules.items()]
    found.sort(key=lambda one: (-one[3], one[2].weight, one[0], one[1]))
    return [
        [rule, f"{severity.mark} {severity.zh}", title, str(count), str(forms)]
        for rule, title, severity, count, forms in found
    ]


def _units(forms: Sequence[FormLine], tally: Tally, most: int) -> dict[str, Any]:
    """Findings by unit and family of rules, with each cell's share of the largest, for shading."""
    own = Counter(one.unit for one in forms)
    found = {unit: tally.of_unit(unit) for unit in own}
    there = [place for place in range(len(FAMILIES)) if any(counts[place] for counts in found.values())]
    largest = max((counts[place] for counts in found.values() for place in there), default=0)
    ordered = nsmallest(most, found.items(), key=lambda item: (-sum(item[1]), item[0]))
    return {
        "families": [zh for place, (zh, _) in enumerate(FAMILIES.values()) if place in there],
        "rows": [
            {"unit": unit, "forms": str(own[unit]), "total": str(sum(counts))}
            | {"cells": [[str(counts[place]), counts[place] / largest if largest else 0.0] for place in there]}
            for unit, counts in ordered
        ],
        "number": len(found),
        "findings": sum(map(sum, found.values())),
        "more": max(len(found) - most, 0),
    }


def _money(forms: Sequence[FormLine], most: int) -> dict[str, Any]:
    """Budget, spending and what is left, form by form, the lowest rate first; sums only within one money unit."""
    told = [one for one in forms if one.rate is not None]
    unreadable = sorted((one for one in forms if one.rate is None), key=attrgetter("file", "form"))
    ordered = nsmallest(most, told, key=lambda one: (one.rate, one.name, one.file, one.form))
    sums: dict[str, list[Decimal]] = {}
    for one in told:
        total = sums.setdefault(_money_unit(one), [ZERO, ZERO])
        total[0], total[1] = total[0] + one.budget, total[1] + one.actual
    return {
        "rows": [
            [one.name, *_amounts(one.budget, one.actual), _money_unit(one), format_number(one.stated)]
            for one in ordered
        ],
        "sums": [[f"合计（{unit}）", *_amounts(*sums[unit]), unit, ""] for unit in sorted(sums)][:most],
        "unreadable": [[one.name, one.unit, one.money_note] for one in unreadable[:most]],
        "more-money": max(len(told) - most, 0),
        "more-unreadable": max(len(unreadable) - most, 0),
    }


def _money_unit(one: FormLine) -> str:
    return one.money_unit or "未注明"


def _amounts(budget: Decimal, actual: Decimal) -> tuple[str, ...]:
    return format_number(budget), format_number(actual), format_number(budget - actual), _share(actual, budget)


def _share(part: Decimal, whole: Decimal) -> str:
    return shown_percent(part / whole) if whole else "—"


def _told(finding: Mapping[str, Any]) -> dict[str, Any]:
    severity = Severity(finding["severity"])
    names = {name: finding[name] for name in ("rule", "title", "message", "evidence")}
    return names | {"mark": severity.mark, "severity": severity.zh}


def _unproved(forms: Sequence[FormLine], most: int) -> dict[str, Any]:
    """Indicators that cannot be verified, form by form, and their share of the points."""
    part, whole = (sum((getattr(one, name) for one in forms), ZERO) for name in ("unverifiable_points", "points"))
    ordered = nsmallest(most, forms, key=_by_open_share)
    return {
        "line": f"{sum(one.indicators for one in forms)} 项指标中 {sum(one.unverifiable for one in forms)} 项无法核实，"
        f"占指标分值的 {_share(part, whole)}；另有 {sum(one.skipped for one in forms)} 处因缺数或不适用未能核查。",
        "share": _share(part, whole),
        "rows": [
            [
                *(one.name, f"{one.unverifiable} / {one.indicators}", format_number(one.unverifiable_points)),
                *(format_number(one.points), _share(one.unverifiable_points, one.points), str(one.skipped)),
            ]
            for one in ordered
        ],
    }


def _by_open_share(one: FormLine) -> tuple[Any, ...]:
    share = one.unverifiable_points / one.points if one.points else ZERO
    return -share, one.name, one.file, one.form
