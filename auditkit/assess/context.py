"""Figures in the light of what stands around them: a bare number's unit, a period counted over the year, the price of each."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from auditkit.assess.claims import Claim, Statement
from auditkit.model import Category
from auditkit.quantity.measure import Measure, Quantity, QuantityKind, Relation
from auditkit.quantity.units import per_year, same_unit, times_a_year
from auditkit.rulebooks.loader import Thresholds
from auditkit.vocabulary.terms import Expression, any_of, words

ONE = Decimal(1)
POINTS = (QuantityKind.DATE, QuantityKind.RANK, QuantityKind.CLOCK, QuantityKind.MONTHDAY, QuantityKind.RATIO)
EACH = Expression(r"每|平均|人均|户均|亩均|场均|生均|村均|单[\u4e00-\u9fff]|均")
_LAST_YEAR = Expression(any_of("values.other_time.words"))


@dataclass(frozen=True)
class Matter:
    """What stands around a target and its result: the indicator's name and level, the form's year, the rulebook."""

    name: str
    subcategory: str
    category: Category
    target: str
    year: int | None
    thresholds: Thresholds

    @property
    def words(self) -> str:
        """The words that belong to the matter and not to the result; last year in a target is what it compares with."""
        return f"{self.name} {_LAST_YEAR.sub(' ', self.target)}"


def with_units(reading: Statement, result: Quantity, wanted: list[Measure], matter: Matter) -> Statement:
    """The claims with their bare numbers read in the target's unit, and figures per period counted over the year."""
    measures = list(result.measures)
    if len(reading.claims) != len(measures):
        measures = [claim.measure for claim in reading.claims]
    claims, moved = [], False
    for claim, measure in zip(reading.claims, measures, strict=True):
        own = claim.measure if claim.measure.unit or not measure.unit else measure
        level, moved = (
            moved or claim.base,
            claim.base,
        )  # 由4.2降至3.8 of what fell by 5%: figures of the matter, no rates
        if level and own.kind is QuantityKind.NUMBER and not _counts_percent(matter.name):
            claims.append(claim)
            continue
        own = _of_each(claim, in_context(own, matter, wanted), wanted)
        claims.append(replace(claim, measure=_own_period(own, wanted, matter)))
    return replace(reading, claims=tuple(claims))


def _of_each(claim: Claim, measure: Measure, wanted: list[Measure]) -> Measure:
    """Money told as that of each, 亩均112元, where the target has 元/亩."""
    each = {m.unit.partition("/")[2] for m in wanted if m.kind is QuantityKind.MONEY} - {""}
    if measure.kind is not QuantityKind.MONEY or "/" in measure.unit or len(each) != 1:
        return measure
    per = each.pop()
    told = any(word in claim.before for word in (f"{per}均", f"每{per}", "均价", "单价"))
    return replace(measure, unit=f"{measure.unit}/{per}") if told else measure


def _own_period(measure: Measure, wanted: list[Measure], matter: Matter) -> Measure:
    """A figure told by the period as the year's, where the target is the year's; 每日 in the name is nobody's period."""
    unit, _, period = measure.unit.partition("/")
    if not period or any("/" in m.unit for m in wanted):
        return measure
    if f"每{period}" in matter.name or (unit and f"{period}均" in matter.name):
        return replace(measure, unit=unit)
    times = times_a_year(period)
    if times is None or measure.kind is not QuantityKind.COUNT or not any(same_unit(unit, m.unit) for m in wanted):
        return measure
    return replace(measure, number=measure.number * times, unit=unit)


def in_context(measure: Measure, matter: Matter, wanted: list[Measure] | None = None) -> Measure:
    """A bare number is of the target's own unit, a rate where the target is one or the indicator's name counts percent.

    Where the number may be meant in several ways (13.6 for 12万, 0.98 for 95%) the reading nearest to the target counts.
    """
    name = matter.name
    if measure.kind is QuantityKind.RATE and wanted and measure.context.endswith("前"):
        return replace(measure, relation=Relation.BARE)  # 前35%: a place reached, not a limit
    if measure.kind is QuantityKind.RATIO and measure.terms[1] < 60 and _is_time(measure, name, wanted):
        hour, minute = measure.terms
        return replace(measure, kind=QuantityKind.CLOCK, number=hour * 60 + minute, unit="")
    if measure.unit in ("时", "点") and any(m.kind is QuantityKind.CLOCK for m in wanted or ()):
        return replace(measure, kind=QuantityKind.CLOCK, number=measure.number * 60, unit="")
    if measure.unit.startswith("/") or "/" in measure.unit:
        unit, _, per = measure.unit.partition("/")
        if wanted is None and per and f"每{per}" in name and times_a_year(per) is not None and "次" not in unit:
            return replace(measure, unit=unit)
    if measure.kind is not QuantityKind.NUMBER:
        return _per_unit(measure, matter, wanted)
    goal = next((m for m in wanted or () if m.kind not in POINTS), None)
    if goal is None:
        if wanted or not _counts_percent(name) or measure.number > 100:
            return measure
        share = measure.number if measure.number <= 1 else measure.number.scaleb(-2)
        return replace(measure, number=share, kind=QuantityKind.RATE)
    by = (ONE, Decimal("0.01")) if goal.kind is QuantityKind.RATE else (ONE, goal.scale)
    factor = min(by, key=lambda one: _distance(measure.number * one, goal.number))
    kind = QuantityKind.RATE if goal.kind is QuantityKind.RATE else measure.kind
    unit = "%" if goal.kind is QuantityKind.RATE and factor == 1 else ""
    return replace(measure, number=measure.number * factor, kind=kind, unit=unit)


def _is_time(measure: Measure, name: str, wanted: list[Measure] | None) -> bool:
    if wanted:
        return any(m.kind is QuantityKind.CLOCK for m in wanted)
    return ("时间" in name or "时点" in name) and "比" not in name and measure.terms[0] <= 24


def _per_unit(measure: Measure, matter: Matter, wanted: list[Measure] | None) -> Measure:
    """A price of each: where the name says 每 or 平均, 2.8万元 answers 3万元/公里, and 58000元/期 answers 6万元."""
    if wanted is None or measure.kind is not QuantityKind.MONEY:
        return measure
    goal = next((m for m in wanted if m.kind is QuantityKind.MONEY), None)
    if goal is None or not EACH.search(matter.name) or ("/" in goal.unit) is ("/" in measure.unit):
        return measure
    if "/" in goal.unit:
        return replace(measure, unit=f"{measure.unit}/{goal.unit.partition('/')[2]}")
    return replace(measure, unit=measure.unit.partition("/")[0])


def _distance(number: Decimal, goal: Decimal) -> Decimal:
    """How many times two numbers are apart."""
    if number <= 0 or goal <= 0:
        return abs(number - goal)
    return max(number / goal, goal / number)


def yearly(limit: Measure, given: list[Measure]) -> Measure:
    """A target per month or quarter as the year's, where no result is told by the period: 每季度1次 wants four.

    Where both name a time but not the same (元/人/年, 元/人·月; 每季度一次, 每月一次), the target is told by the result's.
    """
    unit, _, period = limit.unit.partition("/")
    times = times_a_year(period) if period else None
    if times is not None:
        told = {p for m in given if (p := m.unit.partition("/")[2]) and same_unit(unit, m.unit.partition("/")[0])}
        plainly = any(same_unit(unit, m.unit) for m in given)
        if len(told) == 1 and not plainly and (by := times_a_year(other := told.pop())):
            return replace(limit, number=limit.number * times / by, unit=f"{unit}/{other}")
        return replace(limit, number=limit.number * times, unit=unit) if plainly else limit
    base, times = per_year(limit.unit)
    others = {per_year(m.unit) for m in given}
    if times and len(others) == 1:
        other, by = next(iter(others))
        if by and by != times and same_unit(base, other):
            return replace(limit, number=limit.number * times / by, unit=given[0].unit)
    return limit


def _counts_percent(name: str) -> bool:
    return name.rstrip(")").endswith(words("senses.rate"))
