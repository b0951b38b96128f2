"""One target against another of the same indicator: easier, stricter or the same, and what last year reached against it."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from auditkit.assess.comparison import FLOORS, ONE, ZERO
from auditkit.assess.context import Matter, in_context, yearly
from auditkit.assess.judgement import Verdict
from auditkit.assess.target import Limit, target_limits
from auditkit.assess.verdict import judge
from auditkit.model import ABSENT, Indicator
from auditkit.quantity.measure import Measure, QuantityKind, Relation, comparable
from auditkit.quantity.numbers import format_number, shown_percent
from auditkit.quantity.units import convert_unit
from auditkit.rulebooks.loader import Thresholds
from auditkit.vocabulary.named import Named


class Turn(Named):
    """Which way a target went."""

    EASIER = "easier", "放宽"
    SAME = "same", "不变"
    STRICTER = "stricter", "收紧"
    OPEN = "open", "无法比较"


@dataclass(frozen=True)
class Easing:
    """Which way a target went, and by how much in words; `why` it cannot be told, where that is so."""

    turn: Turn
    by: str = ""
    why: str = ""


def easing(before: Indicator, now: Indicator, thresholds: Thresholds) -> Easing:
    """The way from one target to the other, each read by its own form's name, level and year; of a list, the worst.

    Targets are exact bounds; dates are days of the form's own year. A figure whose better side nothing tells, or
    that turned into a word, an opposite bound or a unit that does not convert, leaves it open.
    """
    if before.target.plain == now.target.plain and before.target.plain:
        return Easing(Turn.SAME)
    if before.target.is_blank or now.target.is_blank:
        return Easing(Turn.OPEN, why="有一年没有填写指标值")
    befores, nows = _limits(before, now, thresholds), _limits(now, before, thresholds)
    if not befores or not nows:
        return Easing(Turn.OPEN, why="指标值不是数字")
    if len(befores) != len(nows):
        return Easing(Turn.OPEN, why="两年的指标值各有几个数字，不能逐个对应")
    turns = [_step(*pair, before.year, now.year) for pair in zip(befores, nows, strict=True)]
    return min(turns, key=lambda one: _ORDER.index(one.turn))


_ORDER = (Turn.EASIER, Turn.OPEN, Turn.STRICTER, Turn.SAME)


def better_before(before: Indicator, now: Indicator, thresholds: Thresholds) -> str:
    """By how much, in words, last year's proven result is better than the target now; blank where it is not, or not for sure.

    Proven is a result that reached, or by a known size missed, last year's own target, as `judge` reads it.
    """
    own = judge(before, thresholds)
    if own.verdict is Verdict.UNVERIFIABLE or (own.verdict is Verdict.MISSED and not own.sized):
        return ""
    limits = _limits(now, before, thresholds)
    if len(limits) == 1 and limits[0].measure.kind is QuantityKind.DATE:
        return _earlier(before, limits[0].measure, now.year) if own.verdict is Verdict.MET else ""
    asked = replace(now, result=before.result, explanation=ABSENT, year=before.year)
    found = judge(asked, thresholds)
    if found.verdict is not Verdict.MET or found.target is None or found.result is None or found.several > 1:
        return ""
    ahead = found.target - found.result if found.reverse else found.result - found.target
    return _by(ahead, found.result, found.kind) if ahead > 0 else ""


def _earlier(before: Indicator, wanted: Measure, year: int | None) -> str:
    done = before.result.quantity.measures
    if len(done) != 1 or done[0].kind is not QuantityKind.DATE or wanted.relation in FLOORS:
        return ""
    days = _day(wanted, year) - _day(done[0], before.year)
    return f"{days} 天" if days > 0 else ""


def _limits(item: Indicator, other: Indicator, thresholds: Thresholds) -> Sequence[Limit]:
    """What a target asks for, told by the period that the other has."""
    words = item.name.plain, item.subcategory.plain, item.kind
    matter = Matter(*words, item.target.plain, item.year, thresholds)
    others = list(other.target.quantity.measures)
    wanted = [yearly(in_context(one, matter, None), others) for one in item.target.quantity.measures]
    return target_limits(wanted, item.target.text, *words)


def _step(before: Limit, now: Limit, year: int | None, next_year: int | None) -> Easing:
    one, two = before.measure, now.measure
    if not (one.possible and two.possible):
        return Easing(Turn.OPEN, why="指标值不是可能的数值")
    if not comparable(one, two) or _bare(one) != _bare(two):
        return Easing(Turn.OPEN, why="两年的计量单位不同，不能换算")
    if (before.change, before.lead) != (now.change, now.lead):
        return Easing(Turn.OPEN, why="一年是数值，另一年是变化的幅度")
    floor, other = _is_floor(before), _is_floor(now)
    if one.kind is QuantityKind.DATE:
        old, new = Decimal(_day(one, year)), Decimal(_day(two, next_year))
    else:
        old, new = one.number, two.number
        if one.unit != two.unit and QuantityKind.NUMBER not in (one.kind, two.kind):
            least, most = convert_unit(new, two.unit, one.unit)
            if least != most and least <= old <= most:
                return Easing(Turn.OPEN, why="单位换算后不能确定")
            new = least if floor else most
    if floor is None or floor is not other:
        same = old == new and one.relation is two.relation and one.upper == two.upper
        return Easing(Turn.SAME if same else Turn.OPEN, why="" if same else "看不出多好还是少好，或两年的比较符相反")
    if old == new:
        return Easing(Turn.SAME)
    by = _by(abs(new - old), old, one.kind)
    return Easing(Turn.EASIER if (new < old) is floor else Turn.STRICTER, by)


def _bare(measure: Measure) -> bool:
    """Whether a figure has no unit: 5 is not known to be 5次 where nothing says so."""
    return measure.kind is QuantityKind.NUMBER


def _is_floor(limit: Limit) -> bool | None:
    """True where more is better, False where less is, None where nothing tells."""
    relation = limit.measure.relation
    if relation in FLOORS:
        return True
    if relation in (Relation.AT_MOST, Relation.BELOW):
        return False
    return limit.more if limit.measure.upper is None and not limit.open else None


def _day(measure: Measure, year: int | None) -> int:
    """The day of a date in its form's year, from 1; a date without a year is of that year."""
    own, month, day = _parts(measure.number)
    base = year or own or _LEAP
    own = own or base
    day = min(day, monthrange(own, month)[1])
    return (date(own, month, day) - date(own, 1, 1)).days + 1 + 365 * (own - base)


_LEAP = 2000


def _parts(number: Decimal) -> tuple[int, int, int]:
    """Year, month and day of a date as it is counted (yyyymmdd)."""
    whole = int(number)
    return whole // 10_000, whole // 100 % 100, whole % 100


def _by(difference: Decimal, of: Decimal, kind: QuantityKind | None) -> str:
    if kind is QuantityKind.DATE:
        return f"{format_number(difference)} 天"
    if kind is QuantityKind.RATE:
        return f"{format_number(difference * 100)} 个百分点"
    if kind in (QuantityKind.RANK, QuantityKind.CLOCK, QuantityKind.MONTHDAY) or of in (ZERO, ONE):
        return ""
    return shown_percent(difference / abs(of))
