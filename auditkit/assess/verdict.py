"""The verdict on one indicator: does what was achieved meet what was promised, and can the form prove it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from functools import lru_cache

from auditkit.assess.judgement import Judgement, Reason, Verdict
from auditkit.assess.qualitative import in_words, is_zero_target, says_zero, words_for_figure
from auditkit.model import Category, Indicator, NotApplicable, Value
from auditkit.quantity.measure import Measure, Quantity, QuantityKind, Relation, comparable
from auditkit.quantity.parser import is_list, parse_quantity
from auditkit.quantity.units import per_year, same_unit
from auditkit.vocabulary.terms import mentioned, table, words

ZERO = Decimal(0)


@lru_cache(maxsize=8192)
def judge(indicator: Indicator) -> Judgement:
    """The verdict on an indicator, its figures read in the light of its name and place in the form."""
    target, result = indicator.target, indicator.result
    if target.is_blank or result.is_blank:
        adverse = bool(mentioned("senses.adverse", indicator.name.plain))
        wanted_none = is_zero_target(target.quantity) or (target.plain == "无" and adverse)
        if wanted_none and (result.plain == "无" or says_zero(result.text) or result.quantity.measures):
            none = result.plain == "无" or all(m.number == 0 for m in result.quantity.measures)
            verdict = Verdict.MET if none else Verdict.MISSED
            return Judgement(verdict, Reason.COMPARED, f"指标值 {target.one_line}，完成值 {result.one_line}")
        if result.plain == "无" and adverse and not target.is_blank:
            return Judgement(Verdict.MET, Reason.COMPARED, f"指标值 {target.one_line}，完成值 {result.one_line}")
        missing = "指标值" if target.is_blank else "完成值"
        return Judgement(Verdict.UNVERIFIABLE, Reason.MISSING, f"{missing}未填写")
    found = meets(
        _read(target, indicator), _given(indicator), indicator.name.plain, indicator.subcategory.plain, indicator.kind
    )
    # Where the form has a column for units, a result without one lacks nothing.
    return replace(found, unit_note="") if indicator.unit.plain and found.reason is not Reason.OTHER_UNIT else found


def _given(indicator: Indicator) -> Quantity:
    """The result's figures; a bare number is in the unit of the form's own column, where that is no rate (0.95, 95)."""
    result, unit = indicator.result, indicator.unit
    rate = any(m.kind is QuantityKind.RATE for m in indicator.target.quantity.measures)
    if unit.is_blank or unit.plain in table("labels.second.units") or rate or not result.is_number:
        return _read(result, indicator)
    return parse_quantity(result.text if unit.plain in result.plain else f"{result.text}{unit.text}")


def _read(entry: Value, indicator: Indicator) -> Quantity:
    """The figures of an entry; where the indicator is a list of matters, those that count them are none."""
    told = (indicator.name, indicator.target, indicator.result)
    return parse_quantity(entry.text, any(is_list(one.text) for one in told)) if "\n" in entry.text else entry.quantity


def judge_stated(indicator: Indicator) -> Judgement:
    """The verdict on an indicator with target and result. Raises NotApplicable where one of them is not filled in."""
    judgement = judge(indicator)
    if judgement.reason is Reason.MISSING:
        raise NotApplicable(f"第{indicator.row}项{judgement.why}")
    return judgement


def meets(
    target: Quantity,
    result: Quantity,
    name: str = "",
    subcategory: str = "",
    category: Category = Category.OUTPUT,
) -> Judgement:
    """Whether a result meets a target: met, missed (sized where the size is known) or unverifiable, with the reason.

    A target without comparator is a lower limit for an output, an upper limit for a cost, a time limit or an adverse
    matter, and exact where it is zero.
    """
    wanted = [_in_context(m, name) for m in target.measures]
    given = [_in_context(m, name, wanted) for m in result.measures]
    if not wanted:
        return in_words(target, result, given)
    if not given:
        return words_for_figure(target, result, wanted)
    if all(m.kind is QuantityKind.RATE for m in given) and not any(m.kind is QuantityKind.RATE for m in wanted):
        return Judgement(
            Verdict.UNVERIFIABLE,
            Reason.BARE_RATE,
            f"指标值“{target.text}”是数量或期限，完成值只填“{result.text}”，没有实际数值",
        )
    wanted = [_yearly(m, given) for m in wanted]
    limits = [_as_limit(m, name, subcategory, category) for m in wanted]
    if len(limits) == len(given) > 1 and all(map(comparable, limits, given)):
        judgements = [_against(limit, bare, [m]) for limit, bare, m in zip(limits, wanted, given, strict=True)]
    else:
        judgements = [_against(limit, bare, given) for limit, bare in zip(limits, wanted, strict=True)]
    return _worst([j for j in judgements if j] or [_mismatch(target, result)])


def _worst(judgements: list[Judgement]) -> Judgement:
    def rank(judgement: Judgement) -> tuple[int, Decimal]:
        order = (Verdict.MISSED, Verdict.UNVERIFIABLE, Verdict.MET).index(judgement.verdict)
        return order, judgement.result if judgement.result is not None else ZERO

    return min(judgements, key=rank)


def _in_context(measure: Measure, name: str, wanted: list[Measure] | None = None) -> Measure:
    """A bare number is of the target's own unit, a rate where the target is one or the indicator's name counts percent.

    Where the number may be meant in several ways (13.6 for 12万, 0.98 for 95%) the reading nearest to the target counts.
    """
    if (
        measure.kind is QuantityKind.RATE and wanted and measure.context.endswith("前")
    ):  # 前35%: a place reached, not a limit
        return replace(measure, relation=Relation.BARE)
    if measure.kind is not QuantityKind.NUMBER:
        return measure
    goal = next((m for m in wanted or () if m.kind not in (QuantityKind.DATE, QuantityKind.RANK)), None)
    if goal is None:
        if wanted or not _counts_percent(name) or measure.number > 100:
            return measure
        share = measure.number if measure.number <= 1 else measure.number.scaleb(-2)
        return replace(measure, number=share, kind=QuantityKind.RATE)
    by = (Decimal(1), Decimal("0.01")) if goal.kind is QuantityKind.RATE else (Decimal(1), goal.scale)
    factor = min(by, key=lambda one: _distance(measure.number * one, goal.number))
    kind = QuantityKind.RATE if goal.kind is QuantityKind.RATE else measure.kind
    unit = "%" if goal.kind is QuantityKind.RATE and factor == 1 else ""
    return replace(measure, number=measure.number * factor, kind=kind, unit=unit)


def _distance(number: Decimal, goal: Decimal) -> Decimal:
    """How many times two numbers are apart."""
    if number <= 0 or goal <= 0:
        return abs(number - goal)
    return max(number / goal, goal / number)


def _yearly(limit: Measure, given: list[Measure]) -> Measure:
    """A target per month or quarter as the year's, where no result is told by the period: 每季度1次 wants four.

    Where both name a time but not the same (元/人/年, 元/人·月), the target is told by the result's.
    """
    base, times = per_year(limit.unit)
    others = {per_year(m.unit) for m in given}
    if times and len(others) == 1:
        other, by = next(iter(others))
        if by and by != times and same_unit(base, other):
            return replace(limit, number=limit.number * times / by, unit=given[0].unit)
    unit, _, period = limit.unit.partition("/")
    times = table("units.periods").get(period)
    if times is None or not any(same_unit(unit, m.unit) for m in given) or any("/" in m.unit for m in given):
        return limit
    return replace(limit, number=limit.number * times, unit=unit)


def _counts_percent(name: str) -> bool:
    return name.rstrip(")").endswith(words("senses.rate"))


def _as_limit(measure: Measure, name: str, subcategory: str, category: Category) -> Measure:
    """The target with the comparator that its context gives it."""
    if measure.relation not in (Relation.BARE, Relation.EXACTLY):  # platforms write =12次 where a form has 12次
        return measure
    if measure.number == 0 and measure.kind is not QuantityKind.DATE:
        return replace(measure, relation=Relation.EXACTLY)
    declines = measure.context.endswith(words("senses.decline"))
    upper = not declines and _is_upper(measure.kind, name, subcategory, category)
    return replace(measure, relation=Relation.AT_MOST if upper else Relation.AT_LEAST)


def _is_upper(kind: QuantityKind, name: str, subcategory: str, category: Category) -> bool:
    def names(senses: str) -> bool:
        return bool(mentioned(f"senses.{senses}", name))

    of_cost = category is Category.COST or "成本" in subcategory
    adverse = names("adverse") and not names("favourable")
    if kind in (QuantityKind.DATE, QuantityKind.RANK):
        return True
    if kind is QuantityKind.DURATION:
        return "时效" in subcategory or ("数量" not in subcategory and names("timed"))
    if kind is QuantityKind.MONEY:
        return (of_cost or names("cost")) and not names("saving")
    if kind is QuantityKind.RATE:
        return adverse or (of_cost and names("cost") and not (names("saving") or names("favourable")))
    if kind is QuantityKind.COUNT:
        return adverse or (of_cost and names("cost"))
    return adverse or of_cost or "时效" in subcategory


def _against(limit: Measure, written: Measure, given: list[Measure]) -> Judgement | None:
    """One target against every result in its unit; None where no result is comparable."""
    alike = _principal([m for m in given if comparable(limit, m)])
    if not alike:
        return None
    declines = written.context.endswith(words("senses.decline"))
    if declines and any(m.context.endswith(words("senses.rise")) for m in alike):
        return Judgement(Verdict.MISSED, Reason.INEQUALITY, "指标值要求下降，完成值是上升", kind=limit.kind)
    worst = _worst([_compare(limit, written, m) for m in alike])
    if worst.verdict is Verdict.MISSED and _adds_up(limit, alike):
        total = replace(alike[0], number=sum((m.number for m in alike), ZERO))
        worst = replace(_compare(limit, written, total), why="各部分完成值之和达到指标值")
    if (declines or limit.upper is not None) and worst.verdict is Verdict.MET:  # more is no sign of a low target
        worst = replace(worst, reverse=True)
    note = next((n for n in (_unit_note(written, m) for m in alike) if n), "")
    return replace(worst, several=len(alike), unit_note=note)


def _adds_up(limit: Measure, given: list[Measure]) -> bool:
    """True where several counted results, each below a lower limit, reach it together: the quarters of a year."""
    counted = (
        limit.kind in (QuantityKind.COUNT, QuantityKind.MONEY)
        and not any(m.context[-4:].startswith("(") or "另" in m.context for m in given)
        and limit.relation in (Relation.AT_LEAST, Relation.ABOVE)
    )
    exact = all(not m.inequality and m.upper is None and not _satisfies(limit, m.number) for m in given)
    return counted and exact and _satisfies(limit, sum((m.number for m in given), ZERO))


def _principal(given: list[Measure]) -> list[Measure]:
    """Without the parts of a sum (其中) and without comparisons to another year."""
    if len(given) > 2 and given[0].number == sum(m.number for m in given[1:]):
        return given[:1]
    inside = words("senses.parts")
    parts = next((i for i, m in enumerate(given) if i and any(word in m.context for word in inside)), len(given))
    own = [m for m in given[:parts] if not any(word in m.context for word in words("senses.compared"))]
    return own or given


def _compare(limit: Measure, written: Measure, given: Measure) -> Judgement:
    if limit.kind is QuantityKind.DATE:
        limit, written, given = _in_one_year(limit, given), _in_one_year(written, given), _in_one_year(given, limit)
    if given.inequality:
        return _inequality(limit, written, given)
    low, high = given.bounds
    verdicts = {_satisfies(limit, number) for number in (low, high)}
    reverse = limit.relation in (Relation.AT_MOST, Relation.BELOW)
    met = verdicts == {True}
    if len(verdicts) == 2:
        return Judgement(
            Verdict.UNVERIFIABLE, Reason.INEQUALITY, "完成值是一个区间，只有一部分达到指标值", kind=limit.kind
        )
    goal = _goal(limit, high)
    sized = limit.kind not in (QuantityKind.DATE, QuantityKind.RANK) and (met or high != goal)
    why = "完成值达到指标值" if met else "完成值未达到指标值"
    return Judgement(
        Verdict.MET if met else Verdict.MISSED,
        Reason.COMPARED,
        why,
        goal if sized else None,
        high if sized else None,
        limit.kind,
        reverse or (not limit.inequality and high > goal),
    )


def _goal(limit: Measure, result: Decimal) -> Decimal:
    return limit.upper if limit.upper is not None and result > limit.upper else limit.number


def _satisfies(limit: Measure, number: Decimal) -> bool:
    low, high = limit.bounds
    if limit.relation is Relation.ABOVE:
        return number > low
    if limit.relation is Relation.BELOW:
        return number < high
    return low <= number <= high


def _inequality(limit: Measure, written: Measure, given: Measure) -> Judgement:
    if (written.relation, written.number) == (given.relation, given.number):
        return Judgement(Verdict.UNVERIFIABLE, Reason.REPEATED, "完成值照抄指标值，不是实际数值", kind=limit.kind)
    (low, high), (least, most) = limit.bounds, given.bounds
    apart = most < low or least > high
    touching = (most == low and _open(given, limit)) or (least == high and _open(given, limit))
    if apart or touching:
        return Judgement(Verdict.MISSED, Reason.INEQUALITY, "完成值是与指标值相反的不等式，差多少不明", kind=limit.kind)
    return Judgement(Verdict.UNVERIFIABLE, Reason.INEQUALITY, "完成值是不等式，不是实际数值", kind=limit.kind)


def _open(*measures: Measure) -> bool:
    return any(m.relation in (Relation.ABOVE, Relation.BELOW) for m in measures)


def _in_one_year(date: Measure, other: Measure) -> Measure:
    """A date that names no year is of the year that the other names."""
    year = other.number // 10_000
    return replace(date, number=date.number + year * 10_000) if date.number < 10_000 else date


def _unit_note(written: Measure, given: Measure) -> str:
    whole = written.kind is QuantityKind.MONEY and given.scale != 1  # 1.2亿 leaves out no more than 元
    if (
        given.number == 0
        or given.unit
        or whole
        or not written.unit
        or written.kind in (QuantityKind.DATE, QuantityKind.RANK)
    ):
        return ""
    return f"完成值没有计量单位，指标值的单位是“{written.unit}”"


def _mismatch(target: Quantity, result: Quantity) -> Judgement:
    units = [next((m.unit for m in q.measures if m.unit), "无单位") for q in (target, result)]
    note = f"指标值的单位是“{units[0]}”，完成值是“{units[1]}”，无法比较"
    return Judgement(Verdict.UNVERIFIABLE, Reason.OTHER_UNIT, note, unit_note=note)
