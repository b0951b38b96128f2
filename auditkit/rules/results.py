"""IND: what was filled in as the result of each indicator."""

from __future__ import annotations

from auditkit.assess.judgement import Reason, Verdict
from auditkit.assess.verdict import judge_stated
from auditkit.model import Figures, Indicator
from auditkit.quantity.measure import QuantityKind
from auditkit.quantity.numbers import format_number, shown_percent
from auditkit.rulebooks.loader import Rulebook
from auditkit.rules.rule import NOTE, WARNING, rule


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
    fault_zh="指标值是数量、日期、时限、金额或名次，完成值只填了百分比。",
    why_zh="基数不明的百分比无法核对。",
    doubt_zh="当地填表说明要求在此栏填完成率；时效指标填“100%”，指的是按时完成的比例。",
    ask_zh="请补填与指标值同单位的实际数值，并提供台账、验收单或进度记录。",
    verify_zh="请单位补填与指标值同单位的实际数值；索取台账、验收单或进度记录；补填前按无法核实处理，不等于未完成。",
)
def bare_completion_rate(indicator: Indicator, book: Rulebook):
    """The target is a count, date, duration, amount or rank; the result is only a percentage.

    Nobody can check a percentage of an unknown number.

    Known false alarms: local instructions that want a completion rate in this column.

    To verify: ask for the figure in the target's unit and its source; until then it is unverifiable, not missed.
    """
    if judge_stated(indicator, book.thresholds).reason is Reason.BARE_RATE:
        figures = Figures(indicator.result.one_line, f"可与“{indicator.target.one_line}”比较的实际数值")
        yield f"{indicator.claim}：应填写与指标值同单位的实际数值", figures, indicator.result, indicator.target


@rule(
    "IND006",
    zh="完成值照抄指标值",
    en="Result repeats the target",
    severity=WARNING,
    basis="measured",
    flags=[
        dict(result="≥45公里"),
        dict(target="≥90%", result="不低于90%"),
        dict(target="30日内", result="30日内"),
        dict(target="明显改善", result="明显改善"),
        dict(target="长期", result="长期"),
    ],
    passes=[
        dict(target="1次", result="1次"),
        dict(target="100%", result="100%"),
        dict(target="≥90%", result="90%"),
        dict(target="合格", result="合格"),
        dict(target="建立", result="已建立"),
    ],
    fault_zh=(
        "完成值重复指标值的不等式或界限（如“≥90%”填“≥90%”），或照抄指标值里说好话的词（明显改善），没有填实际做到了什么；"
        "确数对确数（1次对1次）、能查证的状态（合格、已建立）不算。"
    ),
    why_zh="照抄指标值不能证明完成，也看不出完成了多少。",
    doubt_zh="时限类指标（如30日内办结）件件都在限内，单位以界限概括；定性指标另有佐证材料。",
    ask_zh="请补填实际达到的数值或情况，并提供其来源（统计报表、调查问卷、系统记录等）。",
    verify_zh="索取实际数值及其来源（统计报表、调查问卷、系统记录）；时限类的，抽查用时最长的一件；定性的，索取前后对比的材料。",
)
def result_repeats_the_target(indicator: Indicator, book: Rulebook):
    """The result is the target's own inequality, limit or word of quality, not a measured value.

    A repeated target proves nothing. An exact figure equal to an exact target is not this (1), nor is a state that can be
    checked, such as 合格 or 已建立 (2).

    Known false alarms: a time limit kept in every case and summed up by the limit; proof of quality in other papers.

    To verify: ask for the measured value and its source; for time limits look at the slowest case.
    """
    if judge_stated(indicator, book.thresholds).reason is Reason.REPEATED:
        words = not indicator.target.quantity.measures
        due = "做到了什么" if words else "实际数值"
        figures = Figures(indicator.result.one_line, due)
        yield f"{indicator.claim}：照抄指标值，应填写{due}", figures, indicator.result, indicator.target


@rule(
    "IND007",
    zh="完成值为区间表述",
    en="Result is an inequality",
    severity=WARNING,
    basis="measured",
    flags=[
        dict(target="≥80%", result="＜80%"),
        dict(target="≥80%", result="≥85%"),
        dict(target="≥80%", result="75%-85%"),
        dict(target="位居前列", result="≤第12名"),
    ],
    passes=[
        dict(target="≥80%", result="≥80%"),
        dict(target="≥80%", result="85%"),
        dict(target="≥80%", result="85%-90%"),
    ],
    fault_zh=(
        "完成值是与指标值不同的不等式，或只有一部分达标的区间，不是确切数值；与指标值相反的（≥80%填＜80%）判为未达成。"
    ),
    why_zh="区间不是实测数，不能据以计算完成比例和得分。",
    doubt_zh="界限本身已超过指标值（≥80%填≥85%），事实上已经达标，只是表述不规范。",
    ask_zh="请补填确切的数值，并提供其来源。",
    verify_zh="索取确切数值及来源；界限已超过指标值的，核实来源后可认可达标；判为未达成的，同时核对得分。",
)
def result_is_an_inequality(indicator: Indicator, book: Rulebook):
    """The result is an inequality other than the target's: a measured value has none.

    A range that only partly meets the target is the same fault: nothing can be computed from it.

    Known false alarms: a bound already beyond the target (≥85% for ≥80%), which proves it met.

    To verify: ask for the exact value and its source; accept a bound beyond the target once it is proved.
    """
    judgement = judge_stated(indicator, book.thresholds)
    if judgement.reason is Reason.INEQUALITY:
        figures = Figures(indicator.result.one_line, "确切数值")
        yield f"{indicator.claim}：{judgement.why}", figures, indicator.result, indicator.target


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
    fault_zh=(
        "完成值达到规则手册规定的超额倍数，得满分而没有说明原因；接近100%的比率、上限类指标和名次除外，"
        "不计分的手册下只看有无说明。"
    ),
    why_zh="大幅超额往往是指标值定低所致，满分不足以说明绩效好。",
    doubt_zh="工作量由外部需求决定（受理、救助、应急）；基数很小（1次变2次）；原因写在别处。",
    ask_zh="请说明超额完成的原因和指标值的测算依据。",
    verify_zh="查指标值的测算依据和上年实际完成数；查年中有无追加任务或资金；属指标值偏低的，建议下年调高。",
)
def overachieved_unexplained(indicator: Indicator, book: Rulebook):
    """The result is at or above the rulebook's multiple of a positive target, with full score and no explanation.

    A result far above the target speaks of a target set too low. Not for rates near their ceiling (1), upper limits and
    ranks: there a better result is no sign of a low target. Where the rulebook knows no scores, the explanation alone
    counts (2).

    Known false alarms: work that demand decides; very small targets (twice for once).

    To verify: ask how the target was set and for last year's result; look for tasks added in the year.
    """
    judgement = judge_stated(indicator, book.thresholds)
    limit = book.overachievement
    if judgement.verdict is not Verdict.MET or judgement.achieved is None:
        return
    at_ceiling = judgement.kind is QuantityKind.RATE and limit.rate_ceiling <= judgement.result  # (1)
    full = not book.scored or indicator.score.number == indicator.points.number  # (2)
    if judgement.achieved >= limit.threshold and full and indicator.explanation.is_blank and not at_ceiling:
        lacking = "没有说明原因" if limit.effect == "explain" else "没有按规定调减得分，也没有说明原因"
        share = shown_percent(judgement.achieved)
        plain = shown_percent if judgement.kind is QuantityKind.RATE else format_number
        yield (
            f"{indicator.claim}，为指标值的 {share}，{lacking}",
            Figures(
                f"{indicator.result.one_line}（{share}）",
                "说明原因" if limit.effect == "explain" else "调减得分，或说明原因",
                f"{plain(judgement.result)} ÷ {plain(judgement.target)}",
            ),
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
    fault_zh="非零的完成值没有写指标值的计量单位，或单位与指标值不同，既不同义也不能换算。",
    why_zh="单位不明，数值就无从比较，也可能换了统计口径。",
    doubt_zh="指标名称中已写明单位，完成值省略不写；当地习惯的同义量词未收入程序词表。",
    ask_zh="请按指标值的计量单位填写；统计口径不同的，请说明。",
    verify_zh="看指标名称和指标值的单位；向单位确认统计口径（如人与人次）；口径不同的，请按指标值的单位重填。",
)
def unit_missing_or_different(indicator: Indicator, book: Rulebook):
    """A result that is not zero lacks the target's unit, or has another one that is no synonym.

    Figures in other units count something else.

    Known false alarms: the unit stands in the indicator's name; a local synonym that the word list lacks.

    To verify: read the unit in name and target; ask what was counted (persons or visits).
    """
    judgement = judge_stated(indicator, book.thresholds)
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
    passes=[
        dict(target="≥90%", result="95%"),
        dict(target="≥90%", result="95%，较上年提高3%"),
        dict(target="≥45公里", result="共46公里，其中主管20公里、支管26公里"),
    ],
    fault_zh="一个指标值对应两个以上同类的完成值；全部达到才判为达成。",
    why_zh="只看其中最好的一个，会掩盖没有达到的部分。",
    doubt_zh="几个数是总数与分期、分项的关系，或其中有上年数、背景数，程序没有分辨出来。",
    ask_zh="请说明各个数的口径，并填写一个与指标值口径一致的数。",
    verify_zh="分清每个数的口径；请单位填一个与指标值口径一致的数，或把指标拆开分别设指标值；核对结论与得分是否相称。",
)
def several_results(indicator: Indicator, book: Rulebook):
    """One target has several results; it is met only if all of them meet it.

    The best of several results hides the others.

    Known false alarms: a sum with its parts, or last year's figure, not recognised as such.

    To verify: settle what each figure counts; ask for one figure, or for an indicator each.
    """
    judgement = judge_stated(indicator, book.thresholds)
    if judgement.several > 1:
        yield (
            f"{indicator.claim}：{judgement.several} 个完成值对应 1 个指标值，逐一比较，结论为{judgement.verdict.zh}",
            indicator.result,
            indicator.target,
        )
