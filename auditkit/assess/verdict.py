"""The verdict on one indicator: does what was achieved meet what was promised, and can the form prove it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from functools import lru_cache

from auditkit.assess.change import way_told
from auditkit.assess.claims import Statement, read_claims
from auditkit.assess.comparison import FLOORS
from auditkit.assess.context import Matter, in_context, with_units, yearly
from auditkit.assess.direction import against
from auditkit.assess.doubts import other_doubt
from auditkit.assess.explanations import unfinished
from auditkit.assess.grades import is_level
from auditkit.assess.judgement import Judgement, Reason, Verdict
from auditkit.assess.lexicon import NO_RESULT, Role
from auditkit.assess.outcome import LATE, changed, outcome, worst_of
from auditkit.assess.qualitative import band_of, in_words, is_zero_target, says_zero, words_for_figure
from auditkit.assess.slogans import slogans
from auditkit.assess.target import Limit, change_without_figure, target_limits
from auditkit.model import Category, Indicator, NotApplicable, Value
from auditkit.quantity.measure import Measure, Quantity, QuantityKind, Relation, comparable
from auditkit.quantity.notation import is_list
from auditkit.quantity.parser import parse_quantity
from auditkit.rulebooks.loader import Thresholds
from auditkit.vocabulary.spelling import plain
from auditkit.vocabulary.terms import Expression, any_of, mentioned, table

ZERO = Decimal(0)
_ON_TIME = Expression(any_of("values.lead.on_time"))


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
    matter = Matter(
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
    return _meets(target, result, Matter(name, subcategory, category, plain(target.text), year, thresholds), False)


def _meets(target: Quantity, result: Quantity, matter: Matter, listed: bool) -> Judgement:
    reading = read_claims(result.text, matter.words, matter.year, listed)
    if (asked := change_without_figure(plain(target.text).rstrip("。"))) is not None:
        return _went(asked, reading, result, matter)
    if is_level(target.text):
        return in_words(target, result, list(result.measures), reading, matter.name)
    wanted = [in_context(m, matter) for m in target.measures]
    if not wanted:
        return in_words(target, result, list(result.measures), reading, matter.name)
    reading = with_units(reading, result, wanted, matter)
    if not reading.claims:
        found = words_for_figure(target, result, wanted, matter.name)
        return found if found.verdict is not Verdict.UNVERIFIABLE else _in_words_or(found, wanted, reading, matter)
    if not any(m.kind is QuantityKind.RATE or "分点" in m.unit for m in wanted) and all(
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
    wanted = [yearly(m, given) for m in wanted]
    found = target_limits(wanted, target.text, matter.name, matter.subcategory, matter.category)
    if len(found) == len(reading.claims) > 1 and all(
        comparable(limit.measure, claim.measure) for limit, claim in zip(found, reading.claims, strict=True)
    ):
        judgements = [
            outcome(limit, replace(reading, claims=(claim,)), matter)
            for limit, claim in zip(found, reading.claims, strict=True)
        ]
    else:
        judgements = [outcome(limit, reading, matter) for limit in found]
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
    return worst_of(
        told or [_ahead(found, reading) or _put_off(target, result, wanted, matter) or _mismatch(target, result)]
    )


def _put_off(target: Quantity, result: Quantity, wanted: list[Measure], matter: Matter) -> Judgement | None:
    """A number answered by nothing but the date to which it was put off: 推迟至2023年3月."""
    if any(m.kind is not QuantityKind.DATE for m in result.measures):
        return None
    found = words_for_figure(target, result, wanted, matter.name)
    return found if found.verdict is Verdict.MISSED else None


def _ahead(asked: list[Limit], reading: Statement) -> Judgement | None:
    """A date answered by how far ahead of it, or behind it, the matter was done: 提前12天完工."""
    if len(asked) != 1 or asked[0].measure.kind is not QuantityKind.DATE or len(reading.claims) != 1:
        return None
    claim = reading.claims[0]
    if claim.measure.kind is not QuantityKind.DURATION or claim.has(*NO_RESULT) or _OTHER_TERM.search(claim.clause):
        return None
    if LATE.search(claim.before) or LATE.search(claim.after):
        return Judgement(Verdict.MISSED, Reason.COMPARED, f"{reading.quoted()}，晚于指标值", kind=QuantityKind.DATE)
    if (
        not claim.before.endswith("提前")
        or claim.has(Role.UNDONE)
        or claim.measure.relation in (Relation.AT_MOST, Relation.BELOW)
    ):
        return None
    return other_doubt(reading, (claim,)) or Judgement(
        Verdict.MET, Reason.COMPARED, f"{reading.quoted()}，早于指标值", kind=QuantityKind.DATE
    )


# A term of its own, which need not be the target's date.
_OTHER_TERM = Expression(r"合同|工期|上年|去年|法定|承诺|同期")


def _went(asked, reading: Statement, result: Quantity, matter: Matter) -> Judgement:
    """A target that asks only for a direction, against the direction that the result tells."""
    way, relation = asked
    told = way_told(reading)
    doubt = other_doubt(reading, ())
    if told is None and band_of(result.text) in ("partly", "undone"):
        return in_words(parse_quantity(matter.target), result, [], reading, matter.name)
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


def _in_words_or(found: Judgement, wanted: list[Measure], reading: Statement, matter: Matter) -> Judgement:
    """A lead or a change answered in words alone: on time is no lead; level, or the other way, is nothing gained."""
    asked = target_limits(wanted, matter.target, matter.name, matter.subcategory, matter.category)
    if len(asked) != 1:
        return found
    limit, way = asked[0], way_told(reading)
    late = any(LATE.search(remark.text) or _ON_TIME.search(remark.text) for remark in reading.remarks)
    if limit.lead and late:
        return Judgement(Verdict.MISSED, Reason.COMPARED, "没有提前", limit.measure.number, ZERO, QuantityKind.DURATION)
    moved = limit.change is not None and limit.firm and way is not None and way != limit.change
    if moved and (way == 0 or limit.measure.relation in FLOORS):
        return changed(limit, replace(limit.measure, number=ZERO, upper=None, relation=Relation.BARE), matter)
    return found


def _mismatch(target: Quantity, result: Quantity) -> Judgement:
    units = [next((m.unit for m in q.measures if m.unit), "无单位") for q in (target, result)]
    note = f"指标值的单位是“{units[0]}”，完成值是“{units[1]}”，无法比较"
    return Judgement(Verdict.UNVERIFIABLE, Reason.OTHER_UNIT, note, unit_note=note)
