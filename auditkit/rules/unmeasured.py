"""IND: results behind which nothing was measured, or that cannot be."""

from __future__ import annotations

from auditkit.assess.inapplicable import is_taken_out
from auditkit.assess.judgement import Reason, Verdict
from auditkit.assess.verdict import judge, judge_stated
from auditkit.model import Figures, Indicator, NotApplicable
from auditkit.rulebooks.loader import Rulebook
from auditkit.rules.rule import ERROR, WARNING, rule


@rule(
    "IND011",
    zh="指标值或完成值缺失",
    en="Target or result missing",
    severity=ERROR,
    basis="measured",
    flags=[
        dict(result=""),
        dict(result="—"),
        dict(result="待统计"),
        dict(target=""),
        dict(result="XX公里"),
        dict(result="***"),
        dict(result="≥"),
        dict(result="年底统计"),
    ],
    passes=[
        dict(result="0"),
        dict(target="0起", result="无"),
        dict(result="", points="0", score="0"),
        dict(target="建立", result="无"),
        dict(result="待验收"),
    ],
    fault_zh=(
        "有分值的指标，指标值或完成值为空，或只填横线、斜线、XX、比较符、“待统计”等；要填数的填“无”也算，"
        "指标值为0的除外；不计分的手册下不问分值。"
    ),
    why_zh="没有指标值或完成值，该项得分没有依据。",
    doubt_zh="事故、投诉等上限类指标（如≤3起）填“无”，意思是零；内容写在相邻或合并的单元格里。",
    ask_zh="请补填；是零的请填 0，尚未统计的请说明何时可以得出。",
    verify_zh="看原表该格及相邻格；填“无”的，问清是零还是没有数据；尚未统计的，记下出数时间，补填前不应计分。",
)
def target_or_result_missing(indicator: Indicator, book: Rulebook):
    """Target or result is blank, a dash, XX or 待统计 where the item has points, or the rulebook knows none.

    A score without both has no ground. 无 is this only where a figure other than 0 was asked (1).

    Known false alarms: 无 for none at all under an upper limit such as ≤3起; text in a neighbouring cell.

    To verify: look at the cell and its neighbours; ask whether 无 means zero or no data.
    """
    judgement = judge(indicator, book.thresholds)
    if indicator.target.at is None or indicator.result.at is None:
        raise NotApplicable("表中没有指标值或完成值一栏")
    if is_taken_out(indicator, book):
        raise NotApplicable(f"第{indicator.row}项不适用，按规则手册剔除")
    if book.scored and indicator.points.number == 0:
        raise NotApplicable(f"第{indicator.row}项分值为 0")
    if judgement.reason is Reason.MISSING:
        missing = indicator.target if indicator.target.is_blank else indicator.result
        text = f"填“{missing}”" if missing.plain else "空白"
        claimed = f"，该项得分 {indicator.score.text or '空白'} 分" if book.scored else ""
        yield (
            f"{judgement.why}（{text}）{claimed}，无从核实",
            missing,
            indicator.score,
        )


@rule(
    "IND013",
    zh="完成值没有测量依据",
    en="Nothing measured behind the result",
    severity=WARNING,
    basis="measured",
    flags=[
        dict(target="≥90%", result="满意"),
        dict(result="已按要求完成"),
        dict(target="≥90%", result="未收到投诉"),
        dict(result="见备注"),
        dict(target="≥90%", result="未开展测评"),
        dict(target="2022年10月底前", result="待验收"),
        dict(result="计划改造46公里"),
        dict(result="正在改造46公里"),
        dict(target="2022年10月底前", result="预计2022年9月完工"),
    ],
    passes=[
        dict(target="≥90%", result="百分之九十二"),
        dict(target="0起", result="未收到投诉"),
        dict(result="未开展"),
        dict(result="100%"),
        dict(result="待统计"),
        dict(target="合格", result="合格"),
        dict(result="已按要求完成", score="0"),
        dict(result="按计划改造46公里"),
        dict(result="计划改造45公里，实际改造46公里"),
        dict(result="计划改造46公里", score="0"),
        dict(name="计划改造管网完成长度", result="46公里"),
        dict(result="46公里（原计划45公里）"),
    ],
    fault_zh=(
        "指标值是数、日期或时限，完成值却只有说好话、绕开或推后的话（满意、已按要求完成、未收到投诉、待验收），"
        "或者只是计划、在建的数，而且得了分；"
        "不计分的手册下不问得分。"
    ),
    why_zh="没有测量就没有完成值，得分也就没有依据；没有投诉不等于满意。",
    doubt_zh="实际数值写在偏差原因、备注或另附的材料里。",
    ask_zh="请补填实测的数值，并提供其来源（问卷、台账、验收单等）；没有测量的，请说明原因。",
    verify_zh="请单位补填数值及其来源（问卷、台账、验收单）；没有测过的，问清为何没有测；补填前按无法核实处理。",
)
def nothing_measured(indicator: Indicator, book: Rulebook):
    """A measurable target is answered in words that claim, evade or plan (满意, 未收到投诉, 待验收, 计划改造46公里), with points given.

    What was not measured proves nothing. A number told in words is a figure (1), and what was not done at all is a missed
    target (2). A plan, and what is still under way, is no measure of what was done (3).

    Known false alarms: the figure stands in the explanation or in other papers.

    To verify: ask for the figure and its source; if nothing was measured, ask why.
    """
    judgement = judge_stated(indicator, book.thresholds)
    if book.scored and indicator.score.number <= 0:
        raise NotApplicable(f"第{indicator.row}项没有得分")
    not_yet = judgement.reason is Reason.NOT_YET and judgement.verdict is Verdict.UNVERIFIABLE  # (3)
    if judgement.reason is Reason.NO_MEASURE or not_yet:  # (1) (2)
        figures = Figures(indicator.result.one_line, f"可与“{indicator.target.one_line}”比较的数值")
        yield f"{indicator.claim}：{judgement.why}", figures, indicator.result, indicator.target, indicator.score


@rule(
    "IND014",
    zh="完成值不可能",
    en="Impossible value",
    severity=ERROR,
    basis="measured",
    flags=[
        dict(subcategory="质量指标", name="管网验收合格率", target="≥95%", result="105%"),
        dict(subcategory="时效指标", name="管网完工时间", target="2022年11月底前", result="2022年11月31日"),
        dict(subcategory="时效指标", name="管网完工时间", target="2022年11月底前", result="2019年11月18日"),
        dict(subcategory="数量指标", name="改造供水管网长度", result="-46公里"),
        dict(subcategory="服务对象满意度指标", name="用水户满意度", target="≥90分", result="120分"),
    ],
    passes=[
        dict(subcategory="质量指标", name="改造任务完成率", target="100%", result="105%"),
        dict(subcategory="经济效益指标", name="水费收入增长率", target="≥5%", result="120%"),
        dict(subcategory="经济效益指标", name="水费收入增长率", target="≥5%", result="-2%"),
        dict(subcategory="时效指标", name="管网完工时间", target="2022年11月底前", result="2021年12月20日"),
        dict(subcategory="质量指标", name="管网验收合格率", target="≥95%", result="100%"),
        dict(subcategory="生态效益指标", name="管网漏损水量", target="下降3%", result="-4%"),
    ],
    fault_zh="完成值不可能成立：不会超过100%的比率超过了100%、得分超过满分、日历上没有的日期、早于本年度两年以上的日期、负的数量。",
    why_zh="不可能的数不能证明任何事，多半是笔误，也可能是编造。",
    doubt_zh="这项比率在当地口径下可以超过100%；评分有附加分。",
    ask_zh="请更正，并提供完成值的来源。",
    verify_zh="请单位更正，并出示完成值的来源；更正前按无法核实处理。",
)
def impossible_value(indicator: Indicator, book: Rulebook):
    """The result cannot be: a share above 100 % where it cannot be, a score above its scale, a date that is none, a negative count.

    What cannot be proves nothing. Rates of completion, growth, return and gross enrolment may exceed 100 % (1), a change
    may be negative (2), and a date of the year before is ahead of time (3).

    Known false alarms: a rate that may exceed 100 % by its local definition; marks with a bonus.

    To verify: have the value corrected and its source shown; until then it is unverifiable.
    """
    judgement = judge_stated(indicator, book.thresholds)
    if judgement.reason is Reason.IMPOSSIBLE:  # (1) (2) (3)
        yield f"{indicator.claim}：{judgement.why}", indicator.result, indicator.target
