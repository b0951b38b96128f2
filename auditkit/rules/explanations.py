"""NAR: what the unit says about points that it lost."""

from __future__ import annotations

from auditkit.assess.execution import is_execution
from auditkit.assess.explanations import Clause, explained, says_nothing, unfinished
from auditkit.assess.inapplicable import is_taken_out
from auditkit.assess.judgement import Verdict
from auditkit.assess.verdict import judge_stated
from auditkit.model import Form, Indicator, NotApplicable
from auditkit.quantity.numbers import format_number
from auditkit.rulebooks.loader import Rulebook
from auditkit.rules.rule import ERROR, WARNING, rule


def _of_deduction(indicator: Indicator) -> tuple[Clause, ...]:
    """The clauses in which a deduction is explained, none where nothing was deducted; a blank one is the matter of NAR004."""
    deducted = indicator.score.number < indicator.points.number and not is_execution(indicator)
    return explained(indicator.explanation.text, indicator.name.text) if deducted else ()


@rule(
    "NAR004",
    zh="扣分未说明原因",
    en="Deduction unexplained",
    severity=ERROR,
    basis="explained",
    flags=[
        dict(score="4"),
        dict(score="4", explanation="无"),
        dict(score="4", explanation="无偏差。"),
        dict(score="0", explanation="—"),
    ],
    passes=[
        dict(score="5"),
        dict(score="4", explanation="施工受阻，将加快进度。"),
        dict(score="6"),
        dict(name="预算执行率", score="4.8"),
    ],
    fault_zh="得分低于分值，偏差原因一栏为空，或只填“无”“无偏差”、横线等。",
    why_zh="扣了分而不说原因，问题就无从整改。",
    doubt_zh="原因集中写在表后备注或自评报告里；几项共用的说明没有对应到该行。",
    ask_zh="请补写扣分的原因和改进措施。",
    verify_zh="看表后备注和自评报告是否写到该项；没有的，请单位补写偏差原因和改进措施。",
)
def deduction_unexplained(indicator: Indicator, book: Rulebook):
    """The score is below the points, and the explanation is blank or denies any deviation (无偏差).

    What is not explained is not put right. The execution rate among the indicators is the matter of BUD005 (1).

    Known false alarms: the reason stands in the notes or in a separate report, or is shared by several rows.

    To verify: look for the item in notes and report; else ask for cause and measure.
    """
    if indicator.explanation.at is None:
        raise NotApplicable("表中没有偏差原因一栏")
    if is_execution(indicator):  # (1)
        raise NotApplicable("预算执行率按执行数计算得分，由资金部分核对")
    if is_taken_out(indicator, book):
        raise NotApplicable(f"第{indicator.row}项不适用，按规则手册剔除")
    points, score = indicator.points.number, indicator.score.number
    if score < points and says_nothing(indicator.explanation.text):
        said = f"只填“{indicator.explanation.one_line}”" if indicator.explanation.plain else "空白"
        yield (
            f"分值 {indicator.points} 分，得分 {indicator.score} 分，扣了 {format_number(points - score)} 分，偏差原因一栏{said}",
            indicator.explanation,
            indicator.score,
        )


@rule(
    "NAR005",
    zh="无改进措施",
    en="No measure",
    severity=WARNING,
    basis="explained",
    flags=[
        dict(score="4", explanation="受疫情影响，未开展培训。"),
        dict(score="4", explanation="因个别施工单位履约意识不强，影响了进度。"),
    ],
    passes=[
        dict(score="4", explanation="受疫情影响未开展，下一步将改为线上培训。"),
        dict(score="4", explanation="参与度不够高，扩展渠道提高参与度。"),
        dict(explanation="年中新增两个村的任务。"),
    ],
    fault_zh="扣了分，偏差说明里只有原因，没有改进措施。",
    why_zh="没有措施，同样的偏差下一年还会发生。",
    doubt_zh="偏差由一次性的客观原因造成、无需也无法改进时，可以没有措施。",
    ask_zh="请补写改进措施、责任人和完成时限。",
    verify_zh="看说明中有无将要做的具体事项；没有的，请单位补充措施、责任人和时限。",
)
def no_measure(indicator: Indicator, book: Rulebook):
    """The explanation of a deduction names no improvement measure.

    Known false alarms: a single outside event that leaves nothing to improve.
    """
    said = _of_deduction(indicator)
    if said and not any(clause.measure for clause in said):
        yield (
            f"偏差说明“{indicator.explanation.one_line}”没有写改进措施：既没有写已经采取的，也没有写今后要做的",
            indicator.explanation,
        )


@rule(
    "NAR006",
    zh="无偏差原因",
    en="No cause",
    severity=WARNING,
    basis="explained",
    flags=[
        dict(score="4", explanation="对宣传力度有待进一步加强"),
        dict(score="4", explanation="完成46公里。"),
        dict(score="4", explanation="今后将继续加强管理，不断提高质量。"),
    ],
    passes=[
        dict(score="4", explanation="受疫情影响，施工推迟，将加快进度。"),
        dict(score="4", explanation="部分单位仍存在不规范问题，将加强监督。"),
        dict(score="4", explanation="材料价格大幅走高，厂家供不上货，后续安排补装。"),
        dict(explanation="将继续加强管理。"),
    ],
    fault_zh="扣了分，偏差说明只重复了差距或只表了态，没有说原因。",
    why_zh="不说原因，就无从判断是目标定高了、工作没做到还是条件变了。",
    doubt_zh="原因写在表态句里、又不含常见的原因词时会误报。",
    ask_zh="请补写没有达到指标值的原因。",
    verify_zh="通读说明，看有无“因为什么没有达到”的内容；没有的，请单位补充。",
)
def no_cause(indicator: Indicator, book: Rulebook):
    """The explanation of a deduction restates the shortfall or only states an intention; it names no cause.

    Known false alarms: a cause told in the same clause as an intention, in uncommon words.
    """
    said = _of_deduction(indicator)
    if said and not any(clause.cause for clause in said):
        only = "只写了今后的打算" if any(clause.measure for clause in said) else "只重复了完成情况"
        yield f"偏差说明“{indicator.explanation.one_line}”{only}，没有写为什么没有达到", indicator.explanation


@rule(
    "NAR008",
    zh="说明与得分矛盾",
    en="Remark contradicts score",
    severity=ERROR,
    basis="consistent",
    flags=[
        dict(explanation="管网工程尚未验收。"),
        dict(explanation="受汛期影响未能全部完工，余下2公里下年续建。"),
        dict(explanation="第二标段正在施工。"),
        dict(explanation="设备未到货，预计2023年3月完成安装。"),
    ],
    passes=[
        dict(explanation="已全部完工并通过验收。"),
        dict(explanation="未发生返工，无未完成事项。"),
        dict(explanation="受汛期影响未按期开工，现已完工。"),
        dict(explanation="工程质保金尚未支付。"),
        dict(explanation="管网工程尚未验收。", score="4"),
        dict(explanation="年中新增两个村的管网改造任务。"),
    ],
    fault_zh="得分是满分，偏差原因一栏却说事情没有做、没有做完或没有验收。",
    why_zh="没有完成的事不能得满分；说明是单位自己写的，得分与它不能同时成立。",
    doubt_zh="说的是指标以外的后续工作（如下一期工程），或说明写于完成之前、没有更新。",
    ask_zh="请说明未完成的内容是否属于该项指标，附验收单或完工证明；确未完成的，请更正得分。",
    verify_zh="问清未完成的是不是该项指标所指的事；索取验收单、完工证明；确未完成的，按实际完成数计分。",
)
def remark_contradicts_score(indicator: Indicator, book: Rulebook):
    """The explanation says that the matter is not done, not finished or not accepted, and the row has full points.

    Both were written by the unit, and only one can be true. A denial of faults (1), money still due (2), and what was
    made up for since (3) bear the marks out.

    Known false alarms: a later stage of the work that the indicator does not mean.

    To verify: ask what is unfinished; ask for the acceptance record; score what was done.
    """
    points, score = indicator.points.number, indicator.score.number
    said = unfinished(indicator.explanation.text)  # (1) (2) (3)
    if said and score == points > 0:
        yield (
            f"{indicator.claim}，得满分 {indicator.score} 分，偏差原因一栏却写“{said}”",
            indicator.explanation,
            indicator.score,
            indicator.result,
        )


_UNSCORED = {"indicators.*.points": "", "indicators.*.score": "", "total_score": ""}


@rule(
    "NAR009",
    zh="未达标未说明",
    en="Miss unexplained",
    severity=ERROR,
    basis="explained",
    flags=[
        _UNSCORED | {"indicators.0.result": "41公里"},
        _UNSCORED | {"indicators.0.result": "41公里", "indicators.0.explanation": "无"},
        _UNSCORED | {"indicators.0.result": "41公里", "indicators.0.explanation": "/"},
        _UNSCORED | {"indicators.14.target": "≥95%", "indicators.14.result": "90%"},
        _UNSCORED | {"indicators.0.result": "未开展"},
    ],
    passes=[
        _UNSCORED,
        _UNSCORED | {"indicators.0.result": "41公里", "indicators.0.explanation": "汛期停工，次年3月完成。"},
        _UNSCORED | {"indicators.0.result": "46公里"},
        _UNSCORED | {"indicators.0.result": "按计划推进"},
        {"indicators.0.result": "41公里"},
        _UNSCORED | {"indicators.0.name": "预算执行率", "indicators.0.target": "100%", "indicators.0.result": "95%"},
    ],
    fault_zh="不计分的表上，完成值没有达到指标值，未完成原因一栏为空，或只填“无”、横线等。",
    why_zh="不计分的表全靠这一栏说明哪里没有完成、怎么改进；空着，短板就无人过问。",
    doubt_zh="原因写在表后说明或自评报告里，或几项共用一处说明。",
    ask_zh="请补写未完成的原因和改进措施。",
    verify_zh="看表后说明和自评报告是否写到该项；没有的，请单位补写未完成原因和改进措施。",
)
def miss_unexplained(form: Form, book: Rulebook):
    """On a form without scores, a target is missed, and the explanation is blank or denies any deviation (无偏差).

    Nothing else on such a form tells of a shortfall. Where there are scores, they decide: NAR004, IND001 (1). The
    execution rate among the indicators is the matter of BUD005 (2).

    Known false alarms: the reason stands in the notes or in a separate report, or is shared by several rows.

    To verify: look for the item in notes and report; else ask for cause and measure.
    """
    owners = (*form.indicators, *form.groups)
    if form.total_score.is_number or any(one.points.is_number or one.score.is_number for one in owners):  # (1)
        raise NotApplicable("表中有分值或得分，由扣分和得分是否相称的规则核对")
    told = [item for item in form.indicators if item.explanation.at is not None]
    if not told:
        raise NotApplicable("表中没有未完成原因一栏")
    for item in told:
        missed = judge_stated(item, book.thresholds).verdict is Verdict.MISSED
        if missed and not is_execution(item) and says_nothing(item.explanation.text):  # (2)
            said = f"只填“{item.explanation.one_line}”" if item.explanation.plain else "空白"
            yield f"{item.claim}，没有达到，未完成原因一栏{said}", item.explanation, item.target, item.result, item
