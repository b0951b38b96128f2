"""SET: a project's form against its form of the year before."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from auditkit.assess.easing import Ease, easing
from auditkit.assess.former import matched_rows, partners_of, stands_again
from auditkit.assess.last_year import better_before, restated
from auditkit.assess.matching import Matched, PairedRow
from auditkit.model import Indicator, NotApplicable, Years
from auditkit.quantity.numbers import agrees
from auditkit.rulebooks.loader import Rulebook
from auditkit.rules.rule import DEFECT, NOTE, WARNING, rule
from auditkit.vocabulary.terms import pattern

_SHOWN = 5  # names in one message
_BEFORE = "before.form.indicators.0"


def _pairs(years: Years) -> Matched:
    """The rows of both years. Raises NotApplicable where there are none."""
    if not years.before.form.indicators:
        raise NotApplicable(f"{years.before.label}没有绩效指标")
    return matched_rows(years)


@rule(
    "SET006",
    zh="指标值下调",
    en="Target lowered",
    severity=WARNING,
    basis="improving",
    flags=[
        {f"{_BEFORE}.target": "≥60公里"},
        {f"{_BEFORE}.result": "52公里"},
        {"form.indicators.6.target": "2022年12月31日前"},
        {"before.form.indicators.8.target": "≤3.2万元/公里"},
    ],
    passes=[
        {},
        {f"{_BEFORE}.target": "≥40公里"},
        {f"{_BEFORE}.target": "≥60公里", "form.indicators.0.explanation": "上级任务减少，指标值比上年相应调低。"},
        {f"{_BEFORE}.result": "计划改造52公里"},
        {f"{_BEFORE}.name": "改造排水管网长度", f"{_BEFORE}.target": "≥60公里"},
    ],
    fault_zh="指标值低于上年的指标值，或低于上年的实际完成值，该行没有说明。",
    why_zh="年年降低标准，项目没有进步也能得满分。",
    doubt_zh="任务本身减少、政策调整或一次性工程已经完工，而表中没有写明。",
    ask_zh="请说明指标值低于上年水平的原因和依据；没有依据的，请按不低于上年的水平重新确定。",
    verify_zh="对照上年的自评表和当年批复的绩效目标，看任务量是否确实减少。",
)
def target_lowered(years: Years, book: Rulebook):
    """A target is below last year's target or last year's result, and the row's explanation says nothing of it.

    Standards that sink every year reward no progress. Dates compare as days of their year (1); a result counts only where it
    is proven (2).

    Known false alarms: the task itself became smaller, and the form does not say so.

    To verify: compare with last year's form and the targets approved for this year.
    """
    for pair in _pairs(years).rows:
        now, then = pair.filed, restated(pair.approved, years.form.year)  # (1)
        if pattern("years.lowered").search(now.explanation.plain) or now.target.is_blank or then.target.is_blank:
            continue
        turn = easing(then, now, book.thresholds)
        if turn.ease is Ease.EASED:
            told = f"指标值由上年的“{pair.approved.target.one_line}”放宽为“{now.target.one_line}”，{turn.why}"
            yield f"{_named(pair)}{told}", years.form.placed(now.target), pair.approved.target, now
        elif by := better_before(then, now, book.thresholds):  # (2)
            told = f"指标值“{now.target.one_line}”不及上年实际完成的“{pair.approved.result.one_line}”，相差 {by}"
            yield f"{_named(pair)}{told}", years.form.placed(now.target), pair.approved.result, now


def _named(pair: PairedRow) -> str:
    renamed = pair.filed.name.plain != pair.approved.name.plain
    before = f"（上年为“{pair.approved.name.one_line}”）" if renamed else ""
    return f"第{pair.filed.row}项“{pair.filed.name.one_line}”{before}"


@rule(
    "SET007",
    zh="指标删减或分值挪移",
    en="Indicator dropped or points shifted",
    severity=NOTE,
    basis="improving",
    flags=[
        {f"{_BEFORE}.name": "整治水源地数量"},
        {f"{_BEFORE}.points": "8", "before.form.indicators.1.points": "2"},
    ],
    passes=[
        {},
        {f"{_BEFORE}.name": "改造供水管网的长度"},
        {f"before.form.indicators.{n}.points": f"{2 * int(points)}" for n, points in enumerate("555555555588771")}
        | {"before.form.indicators.14.points": "20"},
    ],
    fault_zh="上年有的指标今年没有了，或者分值在指标之间挪动了。",
    why_zh="去掉完成得不好的指标，或把分值挪到容易完成的指标上，得分就会虚高。",
    doubt_zh="项目内容当年确有变化，指标随之调整。",
    ask_zh="请说明指标和分值与上年不同的原因和依据。",
    verify_zh="看去掉的指标、减分的指标上年完成得如何；与当年批复的绩效目标核对。",
)
def indicator_dropped(years: Years, book: Rulebook):
    """An indicator of last year is gone, or points were moved between indicators.

    Points go where targets are easily met. Points are compared as shares of all that the form lays out (1); those of rows that
    are gone, or new, went somewhere or came from somewhere (2).

    Known false alarms: the project's content changed, and its indicators with it.

    To verify: look how the indicators that are gone or lost points did last year.
    """
    pairing = _pairs(years)
    if gone := [item for item in pairing.dropped if not item.name.is_blank]:
        names = "、".join(f"“{item.name.one_line}”{_points(item)}" for item in gone[:_SHOWN])
        more = f"等 {len(gone)} 项" if len(gone) > _SHOWN else ""
        yield f"上年的指标{names}{more}今年没有了", *(item.name for item in gone)
    if shifted := _shifted(years, pairing):
        told = "、".join(
            f"第{pair.filed.row}项“{pair.filed.name.one_line}”由 {pair.approved.points} 分改为 {pair.filed.points} 分"
            for pair in shifted[:_SHOWN]
        )
        more = f"等 {len(shifted)} 项" if len(shifted) > _SHOWN else ""
        yield f"分值与上年不同：{told}{more}", *_both_points(years, shifted)


def _points(item: Indicator) -> str:
    return f"（{item.points} 分）" if item.points.is_number else ""


def _both_points(years: Years, pairs: Sequence[PairedRow]):
    for pair in pairs:
        yield from (years.form.placed(pair.filed.points), pair.approved.points)


def _shifted(years: Years, pairing: Matched) -> list[PairedRow]:
    """The rows whose points changed, by more than went with rows that are gone or new."""
    pairs = [pair for pair in pairing.rows if pair.filed.points.is_number and pair.approved.points.is_number]
    now, then = (_sum(form.indicators) for form in (years.form, years.before.form))
    if not now or not then:
        return []
    scale = now / then  # (1)
    moved = [(pair, pair.filed.points.number - pair.approved.points.number * scale) for pair in pairs]
    moved = [(pair, by) for pair, by in moved if by and not _rounding(pair, scale)]
    gained, lost = (sum((by for _, by in moved if by * sign > 0), Decimal(0)) for sign in (1, -1))
    free = _sum(pairing.dropped) * scale - _sum(pairing.added)  # (2)
    if gained <= max(free, Decimal(0)) and -lost <= max(-free, Decimal(0)):
        return []
    return [pair for pair, _ in moved]


def _rounding(pair: PairedRow, scale: Decimal) -> bool:
    return scale != 1 and agrees(pair.filed.points.number, pair.approved.points.number * scale)


def _sum(items: Sequence[Indicator]) -> Decimal:
    return sum((item.points.number for item in items if item.points.is_number), Decimal(0))


@rule(
    "SET008",
    zh="问题屡审屡犯",
    en="Finding repeated",
    severity=WARNING,
    basis="improving",
    flags=[
        {"form.total_score": "99.9", "before.form.total_score": "99.9"},
        {"form.indicators.0.result": "36公里", f"{_BEFORE}.result": "40公里"},
        {"form.project": "", "before.form.project": ""},
    ],
    passes=[
        {},
        {"form.total_score": "99.9"},
        {"before.form.total_score": "99.9"},
        {"form.indicators.0.result": "36公里", "before.form.indicators.1.result": "9处"},
    ],
    fault_zh="上年审核已经提出、没有被否定的问题，今年在同一指标或同一处再次出现。",
    why_zh="提出的问题没有整改，审核就失去了作用。",
    doubt_zh="上年的问题当时已经说明，只是没有记入审核结论。",
    ask_zh="请说明上年提出的问题为何没有整改，并提出整改措施和期限。",
    verify_zh="查上年的审核意见和单位的整改回复，看是否承诺过整改。",
)
def finding_repeated(years: Years, book: Rulebook):
    """A finding that was not rejected last year stands again, of the same rule, on the same indicator or in the same place.

    What an audit found is worth nothing where nobody puts it right. Defects of this program are none of the unit's (1).

    Known false alarms: the unit explained it last year, and the decision was not recorded.

    To verify: read last year's letter and the unit's answer.
    """
    before = [one for one in years.before.standing if one.basis != DEFECT]  # (1)
    if not before:
        raise NotApplicable("上年没有成立的问题")
    partners = partners_of(_pairs(years)) if years.before.form.indicators else {}
    for now in years.findings:
        if then := next((one for one in before if stands_again(now, one, years, partners)), None):
            own = next((item for item in years.form.indicators if item.row == now.row), None)
            first = now.evidence[0] if now.evidence else years.form.project
            yield (
                f"上年已提出“{then.title}”，今年仍有：{now.message}",
                years.form.placed(first),
                *then.evidence[:1],
                *([own] if own else []),
            )
