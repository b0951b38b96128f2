"""NAR: what the unit says about points that it lost."""

from __future__ import annotations

import re

from auditkit.assess.execution import is_execution
from auditkit.model import Indicator, NotApplicable, Value
from auditkit.rulebooks.loader import Rulebook
from auditkit.rules.rule import ERROR, WARNING, rule
from auditkit.vocabulary.terms import pattern

_CAUSES, _MEASURES = pattern("narrative.causes"), pattern("narrative.measures")
_NOTHING = pattern("narrative.nothing")
_INTENTIONS, _RESTATED = pattern("narrative.intentions"), pattern("narrative.restated")


def _of_deduction(indicator: Indicator) -> str:
    """The explanation of a deduction, nothing where nothing was deducted; a blank one is the matter of NAR004."""
    deducted = indicator.score.number < indicator.points.number and not is_execution(indicator)
    return indicator.explanation.plain if deducted and not _says_nothing(indicator.explanation) else ""


def _says_nothing(explanation: Value) -> bool:
    """True for a blank entry and for one that denies the deviation: 无, 无偏差."""
    return explanation.is_blank or bool(_NOTHING.fullmatch(explanation.plain))


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
    points, score = indicator.points.number, indicator.score.number
    if score < points and _says_nothing(indicator.explanation):
        yield (
            f"分值 {indicator.points} 分，得分 {indicator.score} 分，未说明扣分原因",
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
    verify_zh="看说明中有无将要做的具体事项；没有的，请单位补充措施、责任人和时限。",
)
def no_measure(indicator: Indicator, book: Rulebook):
    """The explanation of a deduction names no improvement measure.

    Known false alarms: a single outside event that leaves nothing to improve.
    """
    text = _of_deduction(indicator)
    if text and not _MEASURES.search(text):
        yield (
            f"偏差说明“{indicator.explanation.one_line}”没有改进措施，未见将来要做的事；把握：中",
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
    verify_zh="通读说明，看有无“因为什么没有达到”的内容；没有的，请单位补充。",
)
def no_cause(indicator: Indicator, book: Rulebook):
    """The explanation of a deduction restates the shortfall or only states an intention; it names no cause.

    Known false alarms: a cause told in the same clause as an intention, in uncommon words.
    """
    clauses = [clause for clause in re.split(r"[,。;!]", _of_deduction(indicator)) if clause]
    if not clauses or not all(_says_no_cause(clause) for clause in clauses):
        return
    intention = next((found[0] for c in clauses if (found := _INTENTIONS.search(c))), "")
    ground = f"只有表态“{intention}”" if intention else "只重复了完成情况"
    sure = "高" if intention else "中"
    yield f"偏差说明“{indicator.explanation.one_line}”没有原因，{ground}；把握：{sure}", indicator.explanation


def _says_no_cause(clause: str) -> bool:
    """True where a clause is an intention or repeats the shortfall: whatever else is said is taken for a cause."""
    return not _CAUSES.search(clause) and any(kind.search(clause) for kind in (_INTENTIONS, _RESTATED, _MEASURES))
