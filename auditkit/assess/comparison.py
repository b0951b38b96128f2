"""One limit against one figure: reached, missed and by how much, or not to be told."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from auditkit.assess.judgement import Judgement, Reason, Verdict
from auditkit.assess.target import Limit
from auditkit.quantity.measure import Measure, QuantityKind, Relation
from auditkit.quantity.times import WITHIN_MONTH
from auditkit.quantity.units import convert_unit
from auditkit.rulebooks.loader import Thresholds

ZERO, ONE = Decimal(0), Decimal(1)
UNSIZED = (QuantityKind.DATE, QuantityKind.CLOCK, QuantityKind.MONTHDAY, QuantityKind.RANK)
_POINTS_IN_TIME = (QuantityKind.DATE, QuantityKind.CLOCK, QuantityKind.MONTHDAY)
FLOORS = (Relation.AT_LEAST, Relation.ABOVE)
_UPPER = (Relation.AT_MOST, Relation.BELOW)


def judge_figure(limit: Limit, given: Measure, thresholds: Thresholds) -> Judgement:
    """The verdict of one figure on one limit of the same dimension."""
    wanted = limit.measure
    if wanted.kind is QuantityKind.DATE:
        wanted, given = _in_one_year(wanted, given), _in_one_year(given, wanted)
    if wanted.kind is QuantityKind.CLOCK and given.number < 300 <= 18 * 60 <= wanted.number:
        given = replace(given, number=given.number + 24 * 60)  # after midnight
    if wanted.kind is QuantityKind.RATIO and limit.more is not None and given.terms and given.terms[0]:
        given = replace(given, number=given.terms[1] / given.terms[0])
    limit = replace(limit, measure=wanted)
    if wanted.unit == WITHIN_MONTH and given.kind is QuantityKind.DATE and given.number // 100 == wanted.number // 100:
        why = f"指标值说的是{wanted.number // 100 % 100}月前，完成值在当月，是否算达到不明"
        return Judgement(Verdict.UNVERIFIABLE, Reason.INEQUALITY, why, kind=wanted.kind)
    if given.relation not in (Relation.BARE, Relation.EXACTLY, Relation.RANGE):
        return _inequality(limit, given)
    low, high = _span(given, wanted)
    if limit.written.about:
        return _around(limit, low, high, thresholds)
    if limit.open:
        if low == high == wanted.number and not given.about:
            return _judged(limit, True, high)
        return Judgement(
            Verdict.UNVERIFIABLE,
            Reason.NO_DIRECTION,
            "指标值没有比较符，从指标名称也看不出多好还是少好",
            kind=wanted.kind,
        )
    if given.about:
        return _about(limit, given, low, high, thresholds)
    reached = {satisfies(wanted, number) for number in (low, high)}
    if len(reached) == 2:
        why = (
            "完成值是一个区间，只有一部分达到指标值" if given.upper is not None else "单位换算后不能确定是否达到指标值"
        )
        return Judgement(Verdict.UNVERIFIABLE, Reason.INEQUALITY, why, kind=wanted.kind)
    found = _judged(limit, reached == {True}, high)
    return found if low == high or given.upper is not None or found.verdict is Verdict.MET else _unsized(found)


def satisfies(limit: Measure, number: Decimal) -> bool:
    """Whether a number lies where a limit wants it."""
    low, high = limit.bounds
    if limit.relation is Relation.ABOVE:
        return number > low
    if limit.relation is Relation.BELOW:
        return number < high
    return low <= number <= high


def _judged(limit: Limit, met: bool, number: Decimal) -> Judgement:
    wanted = limit.measure
    goal = wanted.upper if wanted.upper is not None and number > wanted.upper else wanted.number
    sized = wanted.kind not in UNSIZED and (met or number != goal)
    reverse = wanted.relation in _UPPER or (not wanted.inequality and number > goal)
    if not met and limit.change is not None and not reverse:
        number = max(number, ZERO)  # what went the other way is nothing gained
    return Judgement(
        Verdict.MET if met else Verdict.MISSED,
        Reason.COMPARED,
        "完成值达到指标值" if met else "完成值未达到指标值",
        goal if sized else None,
        number if sized else None,
        wanted.kind,
        reverse,
    )


def _unsized(found: Judgement) -> Judgement:
    return replace(found, target=None, result=None)


def _span(given: Measure, wanted: Measure) -> tuple[Decimal, Decimal]:
    """The numbers that a figure stands for, in the base of the limit's unit."""
    low, high = given.bounds
    if given.kind is QuantityKind.NUMBER or wanted.kind in (QuantityKind.NUMBER, *UNSIZED):
        return low, high
    return convert_unit(low, given.unit, wanted.unit)[0], convert_unit(high, given.unit, wanted.unit)[1]


def _around(limit: Limit, low: Decimal, high: Decimal, thresholds: Thresholds) -> Judgement:
    """A target with 左右 or 约: near is reached, a tenth away is missed; between them the better side is reached."""
    goal, kind = limit.measure.number, limit.measure.kind
    apart = max(abs(low - goal), abs(high - goal))
    near = max(abs(goal) * thresholds.near, thresholds.near_points if kind is QuantityKind.RATE else ZERO)
    if apart <= near:
        return replace(_judged(limit, True, goal), result=high, target=goal)
    better = limit.more is not None and (low > goal if limit.more else high < goal)
    if apart < abs(goal) * thresholds.far and better:
        return _judged(limit, True, high)
    if apart >= abs(goal) * thresholds.far and not better:
        return replace(_judged(limit, False, high), reverse=high > goal)
    return Judgement(
        Verdict.UNVERIFIABLE, Reason.INEQUALITY, "指标值是约数，完成值与它的差距是否在允许范围内无法确定", kind=kind
    )


def _about(limit: Limit, given: Measure, low: Decimal, high: Decimal, thresholds: Thresholds) -> Judgement:
    """A rounded result: 余 and 多 are at least the figure, 约 and 左右 may lie on either side of it."""
    spread = ONE + thresholds.far
    ends = (low, min(high * spread, high + _step(high))) if given.over else (low / spread, high * spread)
    reached = {satisfies(limit.measure, number) for number in ends}
    if given.over and limit.measure.relation in _UPPER and low >= limit.measure.number:
        reached = {False}
    if len(reached) == 1:
        return replace(_judged(limit, reached == {True}, high), target=None, result=None)
    return Judgement(Verdict.UNVERIFIABLE, Reason.INEQUALITY, "完成值是约数，不是确切数值", kind=limit.measure.kind)


def _step(number: Decimal) -> Decimal:
    """One of the last digit that a round figure prints: 2800余 stays below 2900."""
    return Decimal(1).scaleb(int(number.normalize().as_tuple().exponent))


def _inequality(limit: Limit, given: Measure) -> Judgement:
    written, wanted, kind = limit.written, limit.measure, limit.measure.kind
    if (written.relation, written.number) == (given.relation, given.number):
        return Judgement(Verdict.UNVERIFIABLE, Reason.REPEATED, "完成值照抄指标值，不是实际数值", kind=kind)
    earlier = given.relation is Relation.AT_MOST and wanted.relation in _UPPER and given.number < wanted.number
    if earlier and kind in _POINTS_IN_TIME:
        return _judged(limit, True, given.number)  # 10日前 is before 15日前
    if limit.open:
        return Judgement(
            Verdict.UNVERIFIABLE, Reason.NO_DIRECTION, "完成值是不等式，指标值也看不出多好还是少好", kind=kind
        )
    (low, high), (least, most) = wanted.bounds, _span(given, wanted)
    apart = most < low or least > high
    touching = (most == low and _strict(given, wanted)) or (least == high and _strict(given, wanted))
    if apart or touching:
        return Judgement(Verdict.MISSED, Reason.INEQUALITY, "完成值是与指标值相反的不等式，差多少不明", kind=kind)
    return Judgement(Verdict.UNVERIFIABLE, Reason.INEQUALITY, "完成值是不等式，不是实际数值", kind=kind)


def _strict(*measures: Measure) -> bool:
    return any(m.relation in (Relation.ABOVE, Relation.BELOW) for m in measures)


def _in_one_year(date: Measure, other: Measure) -> Measure:
    """A date that names no year is of the year that the other names."""
    year = other.number // 10_000
    return replace(date, number=date.number + year * 10_000) if date.number < 10_000 else date
