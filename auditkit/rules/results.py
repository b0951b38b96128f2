"""IND: what was filled in as the result of each indicator."""

from __future__ import annotations

from auditkit.judgement import Reason, Verdict
from auditkit.model import Indicator, NotApplicable
from auditkit.numeral import shown_percent
from auditkit.quantity import Kind
from auditkit.rule import ERROR, NOTE, WARNING, rule
from auditkit.rulebook import Rulebook
from auditkit.verdict import judge, judge_stated


@rule(
    "IND005",
    zh="以百分比代替实际值",
    en="Bare completion rate",
    severity=WARNING,
    basis="measured",
    flags=[
        dict(result="100%"),
        dict(target="2022年12月底前", result="100%"),
        dict(target="≤7万", result="95%"),
        dict(target="前三名", result="100%"),
    ],
    passes=[
        dict(target="100%", result="100%"),
        dict(target="≥45公里", result="46公里（完成率102%）"),
        dict(target="全覆盖", result="100%"),
    ],
)
def bare_completion_rate(indicator: Indicator, book: Rulebook):
    """The target is a count, date, duration, amount or rank; the result is only a percentage.

    Nobody can check a percentage of an unknown number.
    """
    if judge_stated(indicator).reason is Reason.BARE_RATE:
        yield f"{indicator.claim}：应填写与指标值同单位的实际数值", indicator.result, indicator.target


@rule(
    "IND006",
    zh="完成值照抄指标值",
    en="Result repeats the target",
    severity=WARNING,
    basis="measured",
    flags=[dict(result="≥45公里"), dict(target="≥90%", result="不低于90%"), dict(target="30日内", result="30日内")],
    passes=[dict(target="1次", result="1次"), dict(target="100%", result="100%"), dict(target="≥90%", result="90%")],
)
def result_repeats_the_target(indicator: Indicator, book: Rulebook):
    """The result is the target's own inequality or limit, not a measured value.

    An exact figure equal to an exact target is not this.
    """
    if judge_stated(indicator).reason is Reason.REPEATED:
        yield f"{indicator.claim}：照抄指标值，应填写实际数值", indicator.result, indicator.target


@rule(
    "IND007",
    zh="完成值为区间表述",
    en="Result is an inequality",
    severity=WARNING,
    basis="measured",
    flags=[
        dict(target="≥80%", result="＜80%"),
        dict(target="≥80%", result="≥85%"),
        dict(target="位居前列", result="≤第12名"),
    ],
    passes=[dict(target="≥80%", result="≥80%"), dict(target="≥80%", result="85%")],
)
def result_is_an_inequality(indicator: Indicator, book: Rulebook):
    """The result is an inequality other than the target's: a measured value has none."""
    judgement = judge_stated(indicator)
    if judgement.reason is Reason.INEQUALITY:
        yield f"{indicator.claim}：{judgement.why}", indicator.result, indicator.target


@rule(
    "IND008",
    zh="超额完成未说明",
    en="Over-achieved, unexplained",
    severity=WARNING,
    basis="overachieved",
    flags=[dict(result="58.5公里"), dict(target="1次", result="3次")],
    passes=[
        dict(result="58.4公里"),
        dict(result="90公里", explanation="年中新增两个村的管网改造任务。"),
        dict(target="≥70%", result="98%"),
        dict(target="≤24小时", result="2小时"),
        dict(target="前十名", result="第一名"),
    ],
)
def overachieved_unexplained(indicator: Indicator, book: Rulebook):
    """The result is at or above the rulebook's multiple of a positive target, with full score and no explanation.

    Not for rates near their ceiling (1), upper limits and ranks: there a better result is no sign of a low target.
    Where the rulebook knows no scores, the explanation alone counts (2).
    """
    judgement = judge_stated(indicator)
    limit = book.overachievement
    if judgement.verdict is not Verdict.MET or judgement.achieved is None:
        return
    at_ceiling = judgement.kind is Kind.RATE and limit.rate_ceiling <= judgement.result  # (1)
    full = not book.scored or indicator.score.number == indicator.points.number  # (2)
    if judgement.achieved >= limit.threshold and full and indicator.explanation.void and not at_ceiling:
        due = "未说明原因" if limit.effect == "explain" else "未按规定调减得分，也未说明原因"
        yield (
            f"{indicator.claim}，为指标值的 {shown_percent(judgement.achieved)}（阈值 {shown_percent(limit.threshold)}），{due}",
            indicator.result,
            indicator.target,
        )


@rule(
    "IND009",
    zh="计量单位缺失或不一致",
    en="Unit missing or different",
    severity=NOTE,
    basis="measured",
    flags=[dict(result="46"), dict(target="≥30件", result="45人次")],
    passes=[
        dict(target="≥12次", result="13场次"),
        dict(target="≥30件", result="31起"),
        dict(target="≤3日", result="2天"),
        dict(target="≥1个专版", result="1个"),
        dict(result="0"),
    ],
)
def unit_missing_or_different(indicator: Indicator, book: Rulebook):
    """A result that is not zero lacks the target's unit, or has another one that is no synonym."""
    judgement = judge_stated(indicator)
    if judgement.unit_note:
        yield f"{indicator.claim}：{judgement.unit_note}", indicator.result, indicator.target


@rule(
    "IND010",
    zh="一项指标多个完成值",
    en="Several results, one target",
    severity=NOTE,
    basis="measured",
    flags=[
        dict(target="≥90%", result="接话满意率99%，办案满意率100%"),
        dict(target="≥90%", result="第一批92%、第二批85%"),
    ],
    passes=[dict(target="≥90%", result="95%"), dict(target="≥45公里", result="共46公里，其中主管20公里、支管26公里")],
)
def several_results(indicator: Indicator, book: Rulebook):
    """One target has several results; it is met only if all of them meet it."""
    judgement = judge_stated(indicator)
    if judgement.several > 1:
        yield (
            f"{indicator.claim}：{judgement.several} 个完成值对应 1 个指标值，逐一比较，结论为{judgement.verdict.zh}",
            indicator.result,
            indicator.target,
        )


@rule(
    "IND011",
    zh="指标值或完成值缺失",
    en="Target or result missing",
    severity=ERROR,
    basis="measured",
    flags=[dict(result=""), dict(result="—"), dict(result="待统计"), dict(target="")],
    passes=[dict(result="0"), dict(target="0起", result="无"), dict(result="", points="0", score="0")],
)
def target_or_result_missing(indicator: Indicator, book: Rulebook):
    """Target or result is blank, a dash, a slash, 无 or 待统计 where the item has points, or the rulebook knows none."""
    judgement = judge(indicator)
    if book.scored and indicator.points.number == 0:
        raise NotApplicable(f"第{indicator.row}项分值为 0")
    if judgement.reason is Reason.MISSING:
        missing = indicator.target if indicator.target.void else indicator.result
        text = f"填“{missing}”" if missing.plain else "空白"
        claimed = f"，该项得分 {indicator.score.text or '空白'} 分" if book.scored else ""
        yield (
            f"{judgement.why}（{text}）{claimed}，无从核实",
            missing,
            indicator.score,
        )
