"""The verdict on one indicator: does what was achieved meet what was promised, and can the form prove it."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache

from auditkit.assess.answers import Answers, answers, is_total
from auditkit.assess.change import from_to, signed, way_told
from auditkit.assess.claims import Claim, ReadClaims, read_claims
from auditkit.assess.comparison import compare_figure, satisfies
from auditkit.assess.direction import against
from auditkit.assess.explanations import unfinished
from auditkit.assess.grades import is_level
from auditkit.assess.judgement import Judgement, Reason, Verdict
from auditkit.assess.lexicon import NO_RESULT, Role
from auditkit.assess.possible import why_impossible
from auditkit.assess.qualitative import in_words, is_zero_target, says_zero, words_for_figure
from auditkit.assess.slogans import slogans
from auditkit.assess.target import Limit, change_without_figure, target_limits
from auditkit.model import Category, Indicator, NotApplicable, Value
from auditkit.quantity.measure import Measure, Quantity, QuantityKind, Relation, comparable
from auditkit.quantity.notation import is_list
from auditkit.quantity.parser import parse_quantity
from auditkit.quantity.units import per_year, same_unit, times_a_year
from auditkit.rulebooks.loader import Thresholds
from auditkit.vocabulary.spelling import plain
from auditkit.vocabulary.terms import any_of, mentioned, table, words

ZERO, ONE = Decimal(0), Decimal(1)
FLOORS = (Relation.AT_LEAST, Relation.ABOVE)


@lru_cache(maxsize=8192)
def judge(indicator: Indicator, thresholds: Thresholds) -> Judgement:
    """The verdict on an indicator, its figures read in the light of its name and place in the form.

    What nothing can measure and what the explanation calls unfinished is never met.
    """
    found = _judged(indicator, thresholds)
    if found.verdict is not Verdict.MET:
        return found
    if told := slogans(indicator):
        why = f"“{'”“'.join(told)}”是口号式表述，用百分比衡量而没有计算方法，完成值不能证明"
        return Judgement(Verdict.UNVERIFIABLE, Reason.UNMEASURABLE, why, kind=found.kind)
    told = unfinished(indicator.explanation.text)
    if told and not _deducted(indicator):
        why = f"偏差原因一栏写着“{told}”，与完成值矛盾"
        return Judgement(Verdict.UNVERIFIABLE, Reason.UNFINISHED, why, kind=found.kind)
    return found


def _deducted(indicator: Indicator) -> bool:
    points, score = indicator.points, indicator.score
    return points.is_number and score.is_number and score.number < points.number


def _judged(indicator: Indicator, thresholds: Thresholds) -> Judgement:
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
        if result.plain == "无" and target.plain in ("有", "建立", "具备"):
            return Judgement(Verdict.MISSED, Reason.IN_WORDS, "完成值填“无”，自述没有")
        missing = "指标值" if target.is_blank else "完成值"
        return Judgement(Verdict.UNVERIFIABLE, Reason.MISSING, f"{missing}未填写")
    matter = _Matter(
        indicator.name.plain, indicator.subcategory.plain, indicator.kind, target.plain, indicator.year, thresholds
    )
    listed = "\n" in f"{target.text}{result.text}" and any(
        is_list(one.text) for one in (indicator.name, target, result)
    )
    found = _meets(_read(target, listed), _given(indicator, listed), matter, listed)
    if found.verdict is not Verdict.UNVERIFIABLE and against(indicator):
        why = f"指标值“{target.one_line}”的比较符与“{indicator.name.one_line}”的方向相反，达成与否无从判断"
        return Judgement(Verdict.UNVERIFIABLE, Reason.AGAINST_MATTER, why, kind=found.kind)
    # Where the form has a column for units, a result without one lacks nothing.
    return replace(found, unit_note="") if indicator.unit.plain and found.reason is not Reason.OTHER_UNIT else found


_LAST_YEAR = re.compile(any_of("values.other_time.words"))


class _Matter:
    """What stands around a target and its result: the indicator's name and level, the form's year, the rulebook."""

    def __init__(self, name: str, subcategory: str, category: Category, target: str, year: int | None, thresholds):
        self.name, self.subcategory, self.category = name, subcategory, category
        self.target, self.year, self.thresholds = target, year, thresholds

    @property
    def words(self) -> str:
        """The words that belong to the matter and not to the result; last year in a target is what it compares with."""
        return f"{self.name} {_LAST_YEAR.sub(' ', self.target)}"


def _given(indicator: Indicator, listed: bool) -> Quantity:
    """The result's figures; a bare number is in the unit of the form's own column, where that is no rate (0.95, 95)."""
    result, unit = indicator.result, indicator.unit
    rate = any(m.kind is QuantityKind.RATE for m in indicator.target.quantity.measures)
    if unit.is_blank or unit.plain in table("labels.second.units") or rate or not result.is_number:
        return _read(result, listed)
    return parse_quantity(result.text if unit.plain in result.plain else f"{result.text}{unit.text}")


def _read(entry: Value, listed: bool) -> Quantity:
    """The figures of an entry; where the indicator is a list of matters, those that count them are none."""
    return parse_quantity(entry.text, listed) if "\n" in entry.text else entry.quantity


def judge_stated(indicator: Indicator, thresholds: Thresholds) -> Judgement:
    """The verdict on an indicator with target and result. Raises NotApplicable where one of them is not filled in."""
    judgement = judge(indicator, thresholds)
    if judgement.reason is Reason.MISSING:
        raise NotApplicable(f"第{indicator.row}项{judgement.why}")
    return judgement


def meets(
    target: Quantity,
    result: Quantity,
    thresholds: Thresholds,
    name: str = "",
    subcategory: str = "",
    category: Category = Category.OUTPUT,
    year: int | None = None,
) -> Judgement:
    """Whether a result meets a target: met, missed (sized where the size is known) or unverifiable, with the reason."""
    return _meets(target, result, _Matter(name, subcategory, category, plain(target.text), year, thresholds), False)


def _meets(target: Quantity, result: Quantity, matter: _Matter, listed: bool) -> Judgement:
    reading = read_claims(result.text, matter.words, matter.year, listed)
    if (asked := change_without_figure(plain(target.text).rstrip("。"))) is not None:
        return _went(asked, reading, result, matter)
    if is_level(target.text):
        return in_words(target, result, list(result.measures), reading, matter.name)
    wanted = [_in_context(m, matter) for m in target.measures]
    if not wanted:
        return in_words(target, result, list(result.measures), reading, matter.name)
    reading = _with_units(reading, result, wanted, matter)
    if not reading.claims:
        found = words_for_figure(target, result, wanted, reading)
        return found if found.verdict is not Verdict.UNVERIFIABLE else _in_words_or(found, wanted, reading, matter)
    if not any(m.kind is QuantityKind.RATE or "百分点" in m.unit for m in wanted) and all(
        c.measure.kind is QuantityKind.RATE and c.change is None for c in reading.claims
    ):
        if any(c.has(Role.UNDONE) for c in reading.claims):
            return Judgement(Verdict.UNVERIFIABLE, Reason.NO_RESULT, f"完成值“{result.text}”说的是没有完成的部分")
        return Judgement(
            Verdict.UNVERIFIABLE,
            Reason.BARE_RATE,
            f"指标值“{target.text}”是数量或期限，完成值只填“{result.text}”，没有实际数值",
        )
    given = [c.measure for c in reading.claims]
    wanted = [_yearly(m, given) for m in wanted]
    found = target_limits(wanted, target.text, matter.name, matter.subcategory, matter.category)
    if len(found) == len(reading.claims) > 1 and all(
        comparable(limit.measure, claim.measure) for limit, claim in zip(found, reading.claims, strict=True)
    ):
        judgements = [
            _against(limit, replace(reading, claims=(claim,)), matter)
            for limit, claim in zip(found, reading.claims, strict=True)
        ]
    else:
        judgements = [_against(limit, reading, matter) for limit in found]
    told = [j for j in judgements if j]
    if told and len(told) < len(judgements) and all(j.verdict is Verdict.MET for j in told):
        left = next(limit.written for limit, j in zip(found, judgements, strict=True) if not j)
        if left.kind not in (QuantityKind.DATE,) or left.relation is not Relation.BARE:
            return Judgement(
                Verdict.UNVERIFIABLE,
                Reason.OTHER_MATTER,
                f"指标值“{target.text}”有几项要求，完成值“{result.text}”只回答了其中一部分",
                kind=left.kind,
            )
    return _worst(told or [_mismatch(target, result)])


def _worst(judgements: list[Judgement]) -> Judgement:
    def rank(judgement: Judgement) -> tuple[int, Decimal]:
        order = (Verdict.MISSED, Verdict.UNVERIFIABLE, Verdict.MET).index(judgement.verdict)
        return order, judgement.result if judgement.result is not None else ZERO

    return min(judgements, key=rank)


def _went(asked, reading: ReadClaims, result: Quantity, matter: _Matter) -> Judgement:
    """A target that asks only for a direction, against the direction that the result tells."""
    way, relation = asked
    told = way_told(reading)
    doubt = _doubt(reading, ())
    if told is None or (plain(result.text) == matter.target and not reading.claims):
        same = plain(result.text) == matter.target
        reason = Reason.REPEATED if same else Reason.IN_WORDS
        return Judgement(
            Verdict.UNVERIFIABLE,
            reason,
            "完成值照抄指标值，没有说明变化了多少" if same else f"从完成值“{result.text}”看不出是升是降",
        )
    step = told * way
    met = step > 0 if relation is Relation.ABOVE else step >= 0 if relation is Relation.AT_LEAST else step <= 0
    if not met:
        return Judgement(Verdict.MISSED, Reason.INEQUALITY, f"完成值“{result.text}”与指标值要求的方向相反")
    return doubt or Judgement(Verdict.MET, Reason.IN_WORDS, "完成值的变化方向与指标值相符")


def _with_units(reading: ReadClaims, result: Quantity, wanted: list[Measure], matter: _Matter) -> ReadClaims:
    """The claims with their bare numbers read in the target's unit, and figures per period counted over the year."""
    measures = list(result.measures)
    if len(reading.claims) != len(measures):
        measures = [claim.measure for claim in reading.claims]
    claims = []
    for claim, measure in zip(reading.claims, measures, strict=True):
        own = claim.measure if claim.measure.unit or not measure.unit else measure
        claims.append(replace(claim, measure=_own_period(_in_context(own, matter, wanted), wanted, matter)))
    return replace(reading, claims=tuple(claims))


def _own_period(measure: Measure, wanted: list[Measure], matter: _Matter) -> Measure:
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


def _in_context(measure: Measure, matter: _Matter, wanted: list[Measure] | None = None) -> Measure:
    """A bare number is of the target's own unit, a rate where the target is one or the indicator's name counts percent.

    Where the number may be meant in several ways (13.6 for 12万, 0.98 for 95%) the reading nearest to the target counts.
    """
    name = matter.name
    if measure.kind is QuantityKind.RATE and wanted and measure.context.endswith("前"):
        return replace(measure, relation=Relation.BARE)  # 前35%: a place reached, not a limit
    if measure.kind is QuantityKind.RATIO and measure.terms[1] < 60 and _is_time(measure, name, wanted):
        hour, minute = measure.terms
        return replace(measure, kind=QuantityKind.CLOCK, number=hour * 60 + minute, unit="")
    if measure.unit.startswith("/") or "/" in measure.unit:
        unit, _, per = measure.unit.partition("/")
        if wanted is None and per and f"每{per}" in name and times_a_year(per) is not None and "次" not in unit:
            return replace(measure, unit=unit)
    if measure.kind is not QuantityKind.NUMBER:
        return _per_unit(measure, matter, wanted)
    goal = next((m for m in wanted or () if m.kind not in _POINTS), None)
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


_POINTS = (QuantityKind.DATE, QuantityKind.RANK, QuantityKind.CLOCK, QuantityKind.MONTHDAY, QuantityKind.RATIO)


def _is_time(measure: Measure, name: str, wanted: list[Measure] | None) -> bool:
    if wanted:
        return any(m.kind is QuantityKind.CLOCK for m in wanted)
    return ("时间" in name or "时点" in name) and "比" not in name and measure.terms[0] <= 24


_EACH = re.compile(r"每|平均|人均|户均|亩均|场均|生均|村均|单[\u4e00-\u9fff]|均")


def _per_unit(measure: Measure, matter: _Matter, wanted: list[Measure] | None) -> Measure:
    """A price of each: where the name says 每 or 平均, 2.8万元 answers 3万元/公里, and 58000元/期 answers 6万元."""
    if wanted is None or measure.kind is not QuantityKind.MONEY:
        return measure
    goal = next((m for m in wanted if m.kind is QuantityKind.MONEY), None)
    if goal is None or not _EACH.search(matter.name) or ("/" in goal.unit) is ("/" in measure.unit):
        return measure
    if "/" in goal.unit:
        return replace(measure, unit=f"{measure.unit}/{goal.unit.partition('/')[2]}")
    return replace(measure, unit=measure.unit.partition("/")[0])


def _distance(number: Decimal, goal: Decimal) -> Decimal:
    """How many times two numbers are apart."""
    if number <= 0 or goal <= 0:
        return abs(number - goal)
    return max(number / goal, goal / number)


def _yearly(limit: Measure, given: list[Measure]) -> Measure:
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


def _in_words_or(found: Judgement, wanted: list[Measure], reading: ReadClaims, matter: _Matter) -> Judgement:
    """A lead or a change answered in words alone: on time is no lead; level, or the other way, is nothing gained."""
    asked = target_limits(wanted, matter.target, matter.name, matter.subcategory, matter.category)
    if len(asked) != 1:
        return found
    limit, way = asked[0], way_told(reading)
    late = any(_LATE.search(remark.text) or _ON_TIME.search(remark.text) for remark in reading.remarks)
    if limit.lead and late:
        return Judgement(Verdict.MISSED, Reason.COMPARED, "没有提前", limit.measure.number, ZERO, QuantityKind.DURATION)
    turned = limit.change is not None and limit.firm and way is not None and way != limit.change
    if turned and (way == 0 or limit.measure.relation in FLOORS):
        return _changed(limit, replace(limit.measure, number=ZERO, upper=None, relation=Relation.BARE), matter)
    return found


_LATE = re.compile(r"延后|推迟|滞后|逾期|超期|延期|延误|晚|迟|拖后|推后|延迟")
_ON_TIME = re.compile(r"按时|按期|如期|准时|当天|当日|未提前|没有提前|及时")


def _against(limit: Limit, reading: ReadClaims, matter: _Matter) -> Judgement | None:
    """One target against every result in its unit; None where no result is comparable."""
    kind = limit.measure.kind
    if limit.change is not None and limit.firm:
        way = from_to(limit, reading)
        if way is not None:
            found = compare_figure(limit, way, matter.thresholds)
            return (found.verdict is Verdict.MET and _doubt(reading, ())) or found
        if not any(comparable(limit.measure, c.measure) for c in reading.claims) and way_told(reading) == 0:
            return _changed(limit, replace(limit.measure, number=ZERO, upper=None, relation=Relation.BARE), matter)
    given = answers(limit, reading, matter.name)
    if not any((given.own, given.short, given.pending, given.other)):
        return None
    for claim in given.own:
        if why := why_impossible(limit, claim.measure, matter.name, matter.year):
            return Judgement(Verdict.UNVERIFIABLE, Reason.IMPOSSIBLE, f"完成值“{claim.text}”不可能：{why}", kind=kind)
    if limit.lead:
        found = _of_lead(limit, given, matter)
        return found if found.verdict is not Verdict.MET else _doubt(reading, given.own) or found
    if not given.own:
        return _without_result(limit, given, reading)
    if kind is QuantityKind.DATE and (unready := _unready(reading)):
        return unready
    if limit.change is not None and any(c.change is not None or c.measure.sign or limit.firm for c in given.own):
        moved = [(c, signed(limit, c)) for c in given.own]
        if any(m is None for _, m in moved):
            return Judgement(
                Verdict.UNVERIFIABLE, Reason.INEQUALITY, "完成值的正负号与“升”“降”字面相反，不知是升是降", kind=kind
            )
        judgements = [_changed(limit, m, matter) for _, m in moved]
    else:
        if unclear := _no_level(limit, given, matter):
            return unclear
        judgements = [compare_figure(limit, c.measure, matter.thresholds) for c in given.own]
    worst = _worst(judgements)
    if worst.verdict is Verdict.MISSED and len(given.own) > 1:
        worst = _summed(limit, given, worst, matter)
    if worst.verdict is Verdict.MET:
        worst = _doubt(reading, given.own + given.short) or worst
        if (limit.change is not None and limit.change < 0) or limit.measure.upper is not None:
            worst = replace(worst, reverse=True)  # more is no sign of a low target
    note = next((n for n in (_unit_note(limit.written, c.measure) for c in given.own) if n), "")
    return replace(worst, several=len(given.own), unit_note=note)


def _changed(limit: Limit, moved: Measure, matter: _Matter) -> Judgement:
    """A change in the limit's own sense against it; nothing gained earns nothing."""
    if moved.number < 0 or (moved.number == 0 and not satisfies(limit.measure, ZERO)):
        plainly = replace(moved, relation=Relation.BARE, upper=None, about=False)
        found = compare_figure(limit, plainly, matter.thresholds)
        if found.verdict is Verdict.MISSED and limit.measure.relation in FLOORS:
            return replace(found, why="完成值与指标值要求的变化方向相反", target=limit.measure.number, result=ZERO)
        return found
    return compare_figure(limit, moved, matter.thresholds)


def _of_lead(limit: Limit, given: Answers, matter: _Matter) -> Judgement:
    """提前N天: more is better, and late is nothing."""
    claims = given.own or given.short or given.pending
    if not claims:
        return Judgement(Verdict.UNVERIFIABLE, Reason.OTHER_MATTER, "完成值没有说明提前了多少")
    judgements = []
    for claim in claims:
        late = _LATE.search(claim.before) or _LATE.search(claim.after)
        if not late and claim in given.pending:
            return _without_result(limit, given, ReadClaims((), ()))
        if not late and claim in given.short:
            return Judgement(
                Verdict.MISSED,
                Reason.NO_RESULT,
                f"完成值“{claim.text}”中写着“{claim.word(Role.UNDONE)}”",
                kind=limit.measure.kind,
            )
        moved = replace(claim.measure, number=ZERO, relation=Relation.BARE) if late else claim.measure
        judgements.append(compare_figure(limit, moved, matter.thresholds))
    return _worst(judgements)


def _unready(reading: ReadClaims) -> Judgement | None:
    """A date beside a share of the work below all of it tells when that share was done, not when the work was."""
    part = next((c for c in reading.claims if c.measure.kind is QuantityKind.RATE and c.measure.number < 1), None)
    if part is None:
        return None
    return Judgement(
        Verdict.UNVERIFIABLE, Reason.NO_RESULT, f"完成值“{part.text}”只说到那时完成了一部分", kind=QuantityKind.DATE
    )


def _without_result(limit: Limit, given: Answers, reading: ReadClaims) -> Judgement:
    """No figure of what was done this year: what there is was not done, is planned, or is another figure."""
    kind, floor = limit.measure.kind, limit.measure.relation in FLOORS or limit.measure.upper is not None
    if given.short and (floor or kind is QuantityKind.DATE):
        claim = given.short[0]
        late = kind is not QuantityKind.DATE or not _only_postponed(claim, limit)
        if late:
            return Judgement(
                Verdict.MISSED,
                Reason.NO_RESULT,
                f"完成值“{claim.text}”说的是“{claim.word(Role.UNDONE)}”，没有完成",
                kind=kind,
            )
    for claim in (*given.pending, *given.short):
        word = claim.word(*NO_RESULT, Role.UNDONE)
        return Judgement(
            Verdict.UNVERIFIABLE, Reason.NO_RESULT, f"完成值“{claim.text}”中的“{word}”不是本年的完成结果", kind=kind
        )
    claim = given.other[0]
    why = "说的是变化，不是达到的数" if claim.change is not None else "不是指标值所问的数"
    return Judgement(Verdict.UNVERIFIABLE, Reason.OTHER_MATTER, f"完成值“{claim.text}”{why}", kind=kind)


def _only_postponed(claim: Claim, limit: Limit) -> bool:
    """Whether a date was only put off, and to one that is still in time."""
    word = claim.word(Role.UNDONE)
    if word.startswith(("未", "没", "尚")):
        return False
    date, goal = claim.measure.number, limit.measure.number
    if date < 10_000 or goal < 10_000:
        date, goal = date % 10_000, goal % 10_000
    return satisfies(replace(limit.measure, number=goal), date)


def _no_level(limit: Limit, given: Answers, matter: _Matter) -> Judgement | None:
    """A total where the price of each was asked, which no figure of it can be."""
    if limit.measure.kind is not QuantityKind.MONEY or limit.change is not None:
        return None
    each = "/" in limit.measure.unit or _EACH.search(matter.name)
    if not each:
        return None
    for claim in given.own:
        told = "/" in parse_quantity(claim.text).measures[0].unit if parse_quantity(claim.text).measures else False
        large = limit.measure.number > 0 and claim.measure.number > limit.measure.number * 5 and not told
        if is_total(claim) or large:
            return Judgement(
                Verdict.UNVERIFIABLE,
                Reason.OTHER_MATTER,
                f"指标值问的是单价，完成值“{claim.text}”是总额",
                kind=QuantityKind.MONEY,
            )
    return None


def _summed(limit: Limit, given: Answers, worst: Judgement, matter: _Matter) -> Judgement:
    """Several figures of which one at least falls short: parts of one result are added, others leave it open."""
    measures = [c.measure for c in given.own]
    countable = limit.measure.kind in (QuantityKind.COUNT, QuantityKind.MONEY) and limit.measure.relation in FLOORS
    exact = all(not m.inequality and m.upper is None and m.kind is not QuantityKind.RATE for m in measures)
    if not countable or not exact or limit.change is not None:
        return replace(worst, target=None, result=None) if limit.measure.kind is QuantityKind.RATE else worst
    if any(satisfies(limit.measure, m.number) for m in measures) and not given.parts:
        return worst
    total = replace(measures[0], number=sum((m.number for m in measures), ZERO))
    found = compare_figure(limit, total, matter.thresholds)
    if given.parts:
        why = "各部分完成值之和达到指标值" if found.verdict is Verdict.MET else "各部分完成值之和未达到指标值"
        return replace(found, why=why)
    if found.verdict is Verdict.MET:
        told = "”“".join(c.text for c in given.own)
        return Judgement(
            Verdict.UNVERIFIABLE,
            Reason.OTHER_MATTER,
            f"“{told}”是否同一结果的各部分不明，不能相加",
            kind=limit.measure.kind,
        )
    return replace(found, target=None, result=None)


def _doubt(reading: ReadClaims, own: tuple[Claim, ...]) -> Judgement | None:
    """What else the result says that keeps it from proving anything: not accepted, still under way, planned."""
    for remark in reading.remarks:
        if _NEXT.search(remark.text):
            continue
        compared = _COMPARED.search(remark.text)
        for sign in remark.signs:
            if sign.role in (Role.UNDONE, Role.PLANNED, Role.BEGUN) or (sign.role is Role.OTHER_TIME and not compared):
                return _doubted(remark.text, sign.word)
    for claim in reading.claims:
        if claim not in own and claim.has(Role.UNDONE) and not _NEXT.search(claim.text):
            if claim.measure.kind is QuantityKind.RATE and claim.measure.number == 0:
                continue
            return _doubted(claim.text, claim.word(Role.UNDONE))
        if claim not in own and claim.years:
            return _doubted(claim.text, claim.word(Role.OTHER_TIME))
    return None


def _doubted(text: str, word: str) -> Judgement:
    return Judgement(Verdict.UNVERIFIABLE, Reason.NO_RESULT, f"完成值中还写着“{text}”（{word}），不能证明已经完成")


_COMPARED = re.compile(r"较|比|同比|环比|以来首|持平|相当")
_NEXT = re.compile(r"^(?:下一步|下步|今后|后续|下阶段|接下来)")


def _unit_note(written: Measure, given: Measure) -> str:
    whole = written.kind is QuantityKind.MONEY and given.scale != 1  # 1.2亿 leaves out no more than 元
    if given.number == 0 or given.unit or whole or not written.unit or written.kind in _POINTS:
        return ""
    return f"完成值没有计量单位，指标值的单位是“{written.unit}”"


def _mismatch(target: Quantity, result: Quantity) -> Judgement:
    units = [next((m.unit for m in q.measures if m.unit), "无单位") for q in (target, result)]
    note = f"指标值的单位是“{units[0]}”，完成值是“{units[1]}”，无法比较"
    return Judgement(Verdict.UNVERIFIABLE, Reason.OTHER_UNIT, note, unit_note=note)
