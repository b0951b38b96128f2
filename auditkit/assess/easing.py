"""Whether a target is the approved one still: the same, easier, or altered in another way."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import Enum, auto

from auditkit.assess.context import Matter, in_context
from auditkit.assess.judgement import Verdict
from auditkit.assess.mentions import same_figure
from auditkit.assess.several_limits import pair_limits, told_of
from auditkit.assess.target import Limit, change_without_figure, target_limits
from auditkit.assess.verdict import judge
from auditkit.model import Indicator, NotApplicable, Value
from auditkit.quantity.measure import Measure, QuantityKind, Relation, comparable
from auditkit.quantity.notation import bare_text
from auditkit.quantity.numbers import format_number, shown_percent
from auditkit.quantity.parser import figures
from auditkit.quantity.units import FACTORS, convert_unit, same_unit, times_a_year
from auditkit.rulebooks.loader import Thresholds
from auditkit.vocabulary.spelling import own_words, plain
from auditkit.vocabulary.terms import Expression, any_of

_HAN_WORDS = Expression(r"[\u4e00-\u9fff]{2,}")
_FILLING = Expression(f"{any_of('targets.filling', 'targets.beside')}|每[\u4e00-\u9fff]{{1,2}}")
_NO_LETTER = Expression(r"[\s,;、。.:]+")


class Ease(Enum):
    """What became of an approved target."""

    SAME = auto()
    EASED = auto()
    STRICTER = auto()
    ALTERED = auto()


@dataclass(frozen=True)
class Easing:
    """What became of it, in what way (in Chinese), and how the size of it was reckoned, where it has one."""

    ease: Ease
    why: str = ""
    calculation: str = ""


SAME = Easing(Ease.SAME)


def easing(approved: Indicator, filed: Indicator, thresholds: Thresholds) -> Easing:
    """How the target of a self-evaluation differs from the approved one; an exact bound, whatever its printed precision.

    Raises NotApplicable where either states none.
    """
    for item, paper in ((approved, "批复"), (filed, "自评表")):
        if item.target.is_blank:
            raise NotApplicable(f"{paper}“{item.name.one_line}”的指标值为空")
    ours, theirs = approved.target, filed.target
    if _bare(ours) == _bare(theirs):
        return SAME
    one, other = _limits(approved, approved, thresholds), _limits(filed, approved, thresholds)
    if not one or not other:
        return _words(approved, filed, bool(one), bool(other), thresholds)
    if len(one) != len(other):
        return _parts(one, other)
    pairs = pair_limits(told_of(approved, one), told_of(filed, other), lambda a, b: _limit(a, b).ease is Ease.SAME)
    found = min((_limit(a, b) for a, b in pairs), key=lambda each: _WEIGHT.index(each.ease))
    if found.ease is Ease.SAME and (gone := _words_gone(approved, filed)):
        return Easing(Ease.ALTERED, f"少了“{gone}”的要求")
    return found


def _words_gone(approved: Indicator, filed: Indicator) -> str:
    """A requirement beside the figures of the approved target that the filed one has not: ≥98%，且无返工."""
    bare, kept, name = bare_text(approved.target.text), plain(filed.target.text), approved.name.plain
    at = 0
    between = []
    for _, start, end in figures(bare):
        between.append(bare[at:start])
        at = end
    for part in _HAN_WORDS.findall(",".join([*between, bare[at:]])):
        words = _FILLING.sub("", part)
        if len(words) > 1 and words not in kept and words not in name:
            return own_words(approved.target.text, part) or part
    return ""


_WEIGHT = (Ease.EASED, Ease.ALTERED, Ease.STRICTER, Ease.SAME)


def _bare(value: Value) -> str:
    return _NO_LETTER.sub("", plain(value.text).replace(",", ""))


def _limits(item: Indicator, matter: Indicator, thresholds: Thresholds) -> list[Limit]:
    """What a target wants, in the light of the approved name; nothing where it has no figure."""
    of = Matter(matter.name.text, matter.subcategory.plain, matter.kind, plain(item.target.text), item.year, thresholds)
    if change_without_figure(plain(item.target.text).rstrip("。")) is not None:
        return []
    wanted = [_dated(in_context(m, of), item.year) for m in item.target.quantity.measures]
    return target_limits(wanted, item.target.text, of.name, of.subcategory, of.category)


def _dated(measure: Measure, year: int | None) -> Measure:
    """A date that names no year is of the form's own."""
    bare = measure.kind is QuantityKind.DATE and measure.number < 10_000
    return replace(measure, number=measure.number + year * 10_000) if bare and year else measure


def _parts(one: list[Limit], other: list[Limit]) -> Easing:
    """Targets of several parts of which some are gone are easier; others are another target."""
    left = list(other)
    for limit in one:
        match = next((each for each in left if _limit(limit, each).ease is Ease.SAME), None)
        if match:
            left.remove(match)
    return (
        Easing(Ease.EASED, "少了其中几项要求")
        if not left and len(other) < len(one)
        else Easing(Ease.ALTERED, f"批复有 {len(one)} 个数值，自评表有 {len(other)} 个")
    )


def _words(approved: Indicator, filed: Indicator, figure: bool, kept: bool, thresholds: Thresholds) -> Easing:
    if figure:
        return Easing(Ease.ALTERED, "批复的数值改成了文字")
    if kept:
        return Easing(Ease.ALTERED, "批复的文字改成了数值")
    there, back = (
        judge(replace(one, result=two.target, explanation=Value()), thresholds).verdict
        for one, two in ((approved, filed), (filed, approved))
    )
    if there is Verdict.MISSED:
        return Easing(Ease.EASED, "低于批复的等级或状态")
    if there is Verdict.MET and back is Verdict.MISSED:
        return Easing(Ease.STRICTER, "高于批复的等级或状态")
    return Easing(Ease.ALTERED, "文字表述不同")


def _limit(one: Limit, other: Limit) -> Easing:
    """One limit against the approved one."""
    ours, theirs = one.measure, _in_unit_of(one.measure, other.measure)
    if theirs is None:
        return Easing(Ease.ALTERED, "计量单位不同，不能换算")
    if (one.change, one.lead) != (other.change, other.lead) and (one.told or other.told or one.lead or other.lead):
        return Easing(Ease.ALTERED, "所指的变化不同")
    ours, theirs = _read_together(ours, theirs)
    if (ours.relation, ours.upper) == (theirs.relation, theirs.upper) and _same_number(
        one.measure, ours, other.measure, theirs
    ):
        return SAME if ours.about == theirs.about else _about(ours, theirs)
    if Relation.BARE in (ours.relation, theirs.relation) and ours.upper is None and theirs.upper is None:
        return _bare_against(ours, theirs)
    if ours.about != theirs.about and ours.number == theirs.number:
        return _about(ours, theirs)
    (low, high), (least, most) = _bounds(ours), _bounds(theirs)
    eased = least <= low and most >= high and (not _excludes(theirs, ours) or (least < low or most > high))
    stricter = low <= least and high >= most
    if eased and (least, most) == (low, high):
        eased, stricter = _excludes(ours, theirs), _excludes(theirs, ours)
        return (
            Easing(Ease.EASED, "临界值也算达到")
            if eased
            else Easing(Ease.STRICTER, "临界值不算达到")
            if stricter
            else SAME
        )
    if eased or (theirs.upper is not None and _begins_short(ours, least, most)):
        return Easing(Ease.EASED, *_size(ours, theirs))
    if stricter:
        return Easing(Ease.STRICTER, *_size(ours, theirs))
    return Easing(Ease.ALTERED, "比较的方向或范围不同")


def _bounds(measure: Measure) -> tuple[Decimal, Decimal]:
    """The bounds of a figure, of which none that is not itself negative goes below nothing: 0起 and ≤0起 are one."""
    low, high = measure.bounds
    return (Decimal(0) if low.is_infinite() and measure.number >= 0 else low), high


def _begins_short(ours: Measure, least: Decimal, most: Decimal) -> bool:
    """Whether a range holds what a bound on one side rules out: 80%—90% for ≥90%."""
    low, high = ours.bounds
    if ours.relation in (Relation.AT_LEAST, Relation.ABOVE):
        return least < low
    return ours.relation in (Relation.AT_MOST, Relation.BELOW) and most > high


def _excludes(one: Measure, other: Measure) -> bool:
    """Whether a limit leaves out its own end, where the other does not: ＞95% and ≥95%."""
    strict = (Relation.ABOVE, Relation.BELOW)
    return one.relation in strict and other.relation not in strict


def _about(ours: Measure, theirs: Measure) -> Easing:
    if theirs.about:
        return Easing(Ease.EASED, "确数改成了约数")
    return Easing(Ease.STRICTER, "约数改成了确数")


def _read_together(ours: Measure, theirs: Measure) -> tuple[Measure, Measure]:
    """A filed figure without comparator, whose name does not tell which way it counts, goes the way of the approved one."""
    if theirs.relation is Relation.BARE and ours.inequality and theirs.upper is None:
        floor = ours.relation in (Relation.AT_LEAST, Relation.ABOVE)
        theirs = replace(theirs, relation=Relation.AT_LEAST if floor else Relation.AT_MOST)
    if ours.kind is QuantityKind.DATE:
        year = max(ours.number, theirs.number) // 10_000 * 10_000
        ours, theirs = (m if m.number > 10_000 else replace(m, number=m.number + year) for m in (ours, theirs))
    return ours, theirs


def _bare_against(ours: Measure, theirs: Measure) -> Easing:
    """A standard without direction, 补助标准500元: nobody knows which way is easier."""
    if ours.number == theirs.number and ours.relation is not theirs.relation:
        return Easing(Ease.ALTERED, "加上了批复所没有的比较符" if theirs.inequality else "去掉了比较符")
    return Easing(Ease.ALTERED, *_size(ours, theirs))


def _in_unit_of(ours: Measure, theirs: Measure) -> Measure | None:
    """A figure in the base of the approved one's unit; None where units or kinds do not convert."""
    if QuantityKind.NUMBER in (ours.kind, theirs.kind) and ours.kind is not theirs.kind:
        return _unitless(ours, theirs)
    if ours.kind is QuantityKind.COUNT is theirs.kind and _often(ours) != _often(theirs):  # 1次/周 divides by days, too
        found = _by_the_year(ours, theirs)
        if found or not same_unit(ours.unit, theirs.unit):
            return found
    if not comparable(ours, theirs):
        return None
    if ours.kind in (QuantityKind.COUNT, QuantityKind.MONEY, QuantityKind.DURATION):
        least, most = convert_unit(theirs.number, theirs.unit, ours.unit)
        if least != most:
            return None
        upper = theirs.upper and convert_unit(theirs.upper, theirs.unit, ours.unit)[0]
        return replace(theirs, number=least, upper=upper)
    return theirs


def _unitless(ours: Measure, theirs: Measure) -> Measure | None:
    """A figure whose unit was left out, on either side, is of the other's."""
    scaled, scale = (theirs, ours) if theirs.kind is QuantityKind.NUMBER else (ours, theirs)
    if scale.kind not in (QuantityKind.COUNT, QuantityKind.MONEY, QuantityKind.DURATION, QuantityKind.RATE):
        return None
    by = scale.scale
    if scale.kind is QuantityKind.RATE:
        by = Decimal(1) if abs(scaled.number) <= Decimal("1.5") else Decimal("0.01")
    if scaled is ours:
        by = 1 / by if by else by
        return replace(theirs, number=theirs.number * by, upper=theirs.upper and theirs.upper * by)
    return replace(theirs, number=theirs.number * by, upper=theirs.upper and theirs.upper * by)


def _often(measure: Measure) -> str:
    return measure.unit.partition("/")[2]


def _by_the_year(ours: Measure, theirs: Measure) -> Measure | None:
    """每月1次 against 12次 and 每季度4次: counted over the year."""
    (unit, _, period), (other, _, often) = (m.unit.partition("/") for m in (ours, theirs))
    times = [times_a_year(each or "年") for each in (period, often)]
    if not same_unit(unit, other) or None in times:
        return None
    by = times[1] / times[0]
    return replace(theirs, number=theirs.number * by, upper=theirs.upper and theirs.upper * by)


def _same_number(printed: Measure, ours: Measure, other: Measure, theirs: Measure) -> bool:
    """The same number; where the unit tells it in a coarser unit (1.2万 for 12,480), at the precision that it prints.

    One digit (1万, 1小时) is no rounded figure, but another target.
    Of an approved figure in the coarser unit a finer one is the same where it is no easier: 2.03万 may be 20,310, not 20,290.
    """
    if ours.number == theirs.number:
        return True
    coarse = max(printed, other, key=lambda one: one.scale)
    rounded = (
        coarse.kind in (QuantityKind.COUNT, QuantityKind.MONEY)
        and len((coarse.number / coarse.scale).as_tuple().digits) > 1
    )
    if printed.scale == other.scale or not rounded or not comparable(printed, other) or not same_figure(printed, other):
        return False
    floor = ours.relation in (Relation.AT_LEAST, Relation.ABOVE)
    easier = theirs.number < ours.number if floor else theirs.number > ours.number
    return other.scale > printed.scale or not easier


def _size(ours: Measure, theirs: Measure) -> tuple[str, str]:
    """By how much a figure differs, as a person says it, and the calculation."""
    if ours.kind is QuantityKind.DATE:
        return _days(ours, theirs), ""
    by, scale = theirs.number - ours.number, FACTORS.get(ours.unit.partition("/")[0], ("", Decimal(1)))[1]
    if ours.upper is not None or theirs.upper is not None or not by:
        return "范围不同", ""
    if ours.kind is QuantityKind.RATIO:
        return "比例不同", ""
    unit, sign = (f" {ours.unit}" if ours.unit else "", ours.unit)
    if ours.kind is QuantityKind.RATE:
        scale, unit, sign = (
            (Decimal("0.001"), " 个千分点", "‰") if "‰" in ours.unit else (Decimal("0.01"), " 个百分点", "%")
        )
    percent = shown_percent(abs(by) / abs(ours.number)) if ours.number and ours.kind is not QuantityKind.RATE else ""
    share = f"（{percent}）" if percent not in ("", "0%") else ""
    told = f"{'高' if by > 0 else '低'} {format_number(abs(by) / scale, 4)}{unit}{share}"
    large, small = (f"{format_number(n / scale, 4)}{sign}" for n in sorted((ours.number, theirs.number), reverse=True))
    return told, f"{large}－{small}"


def _days(ours: Measure, theirs: Measure) -> str:
    """How many days later or earlier; nothing for a date that no calendar has."""
    try:
        one, other = (
            date(year or 2000, rest // 100, rest % 100)
            for year, rest in (divmod(int(m.number), 10_000) for m in (ours, theirs))
        )
    except ValueError:
        return "日期不同"
    days = (other - one).days
    return f"{'推迟' if days > 0 else '提前'} {abs(days)} 天"
