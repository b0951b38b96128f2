"""IND: the score of each indicator against its result."""

from __future__ import annotations

from decimal import Decimal

from auditkit.assess.judgement import Verdict, earned_share, outside_window
from auditkit.assess.verdict import judge_stated
from auditkit.model import Figures, Indicator, Severity, Value
from auditkit.quantity.numbers import agrees, format_number, shown_percent
from auditkit.rulebooks.loader import Rulebook
from auditkit.rules.rule import ERROR, WARNING, rule


def _earned(indicator: Indicator, book: Rulebook) -> Decimal | None:
    """What a missed target earns, where the size of the miss is known."""
    judgement = judge_stated(indicator, book.thresholds)
    return indicator.points.number * earned_share(judgement, book, indicator.kind)[0] if judgement.sized else None


def _due(indicator: Indicator, right: Decimal) -> Figures:
    """The score stated beside the one due, and the share of the points that this is."""
    points = indicator.points.number
    share = right / points if points else Decimal(0)
    calculation = f"分值 {indicator.points} × 应得比例 {shown_percent(share)}"
    return Figures(f"{indicator.score} 分", f"{format_number(right)} 分", calculation)


def _off_proportion(indicator: Indicator, right: Decimal, book: Rulebook) -> tuple[str | Value | Figures, ...]:
    message = (
        f"{indicator.claim}{_gap(indicator, book)}，按完成比例应得 {format_number(right)} 分，"
        f"填报 {indicator.score} 分（分值 {indicator.points}）"
    )
    return message, _due(indicator, right), indicator.score, indicator.target, indicator.result


def _gap(indicator: Indicator, book: Rulebook) -> str:
    """How far the result fell short, where that is known."""
    share = judge_stated(indicator, book.thresholds).short
    return "" if share is None else f"，与指标值相差 {shown_percent(share)}"


def _weight(indicator: Indicator, right: Decimal | None, book: Rulebook) -> tuple[Severity, ...]:
    """A shortfall of less than the rulebook's small share and small points is a doubt, not an error."""
    share, limits = judge_stated(indicator, book.thresholds).short, book.thresholds
    if share is None or right is None:
        return ()
    small = share < limits.small_share and indicator.points.number - right < limits.small_points
    return (WARNING,) if small else ()


@rule(
    "IND001",
    zh="未达标得满分",
    en="Missed target, full score",
    severity=ERROR,
    basis="missed",
    flags=[
        dict(result="30公里"),
        dict(target="≥80%", result="＜80%"),
        dict(target="100%", result="98%"),
        dict(target="0起", result="2起"),
        dict(subcategory="质量指标", name="供水站评定等级", target="省级", result="市级"),
        dict(subcategory="质量指标", name="出厂水质", target="合格", result="不合格"),
    ],
    passes=[dict(result="45公里"), dict(result="30公里", score="3.3"), dict(target="≥80%", result="80%")],
    fault_zh=(
        "完成值没有达到指标值（等级、状态不及的也算），得分却等于分值；差距不到指标值的1%且不到0.1分的，只作疑点。"
    ),
    why_zh="未完成的指标得满分，自评得分虚高，短板也不会得到整改。",
    doubt_zh=(
        "没有比较符的指标值被理解反了方向；指标值年中经批准调整而表内未改；完成值分期填写，应当相加；"
        "差距不足以扣分（100%填99.9%）。"
    ),
    ask_zh="请说明得满分的依据，并提供完成数的原始证明；确未完成的，请按规定的计分办法更正得分。",
    verify_zh="确认指标值是“至少”还是“至多”，两值的口径、期间是否一致；索取完成数的原始证明；确未完成的，按公式扣分。",
)
def missed_with_full_score(indicator: Indicator, book: Rulebook):
    """The target was missed, and the item has all its points.

    Points are claimed that the form itself disproves. A level or state that fell short is missed as well (1). A shortfall
    below the rulebook's small share and small points is a warning (2); one that only a word of the rulebook's bands tells
    is the matter of IND012 (3).

    Known false alarms: a target without comparator read the wrong way; a target changed with approval.

    To verify: settle whether the target is a minimum or a maximum; ask for the source of the result.
    """
    judgement = judge_stated(indicator, book.thresholds)
    points, score = indicator.points.number, indicator.score.number
    if judgement.verdict is Verdict.MISSED and score == points > 0 and not judgement.banded:
        right = _earned(indicator, book)
        due = "应按规则扣分" if right is None else f"按完成比例应得 {format_number(right, places=4)} 分"
        gap = _gap(indicator, book) or f"，{judgement.why}"
        yield (
            f"{indicator.claim}，未达标{gap}，{due}，填报满分 {indicator.score} 分",
            Figures(f"{indicator.score} 分", f"低于 {points} 分") if right is None else _due(indicator, right),
            indicator.target,
            indicator.result,
            indicator.score,
            *_weight(indicator, right, book),
        )


@rule(
    "IND002",
    zh="未达标得分偏高",
    en="Missed target, overscored",
    severity=ERROR,
    basis="missed",
    flags=[
        dict(result="30公里", score="4.5"),
        dict(target="1次", result="0", score="3"),
        dict(target="≤24小时", result="48小时", score="4"),
    ],
    passes=[
        dict(result="30公里", score="3.3"),
        dict(result="30公里", score="3"),
        dict(target="≥80%", result="＜80%", score="4"),
    ],
    fault_zh=(
        "完成值没有达到指标值且差距可以算出，得分低于满分，但高于规则手册公式给出的分（按得分印出的小数位比较；"
        "完成值为 0 的不得分）。"
    ),
    why_zh="象征性扣分同样虚增得分。",
    doubt_zh="该指标另有经认可的评分细则（如每差 1 个百分点扣若干分），不按完成比例计分。",
    ask_zh="请提供评分细则；没有细则的，请按规定的计分办法更正得分。",
    verify_zh="按规则手册公式复算应得分；请单位出示评分细则，有依据的按细则复算；没有的，按公式更正。",
)
def missed_and_overscored(indicator: Indicator, book: Rulebook):
    """The target was missed by a known size, and the score is above what the formula gives, yet below full.

    Nothing done earns nothing.

    Known false alarms: an agreed scoring rule for the item, such as points off per percentage point.

    To verify: recompute by the formula; ask for the scoring rule and recompute by it.
    """
    right = _earned(indicator, book)
    points, score = indicator.points.number, indicator.score.number
    if right is not None and right < score < points and not agrees(score, right):
        yield *_off_proportion(indicator, right, book), *_weight(indicator, right, book)


@rule(
    "IND003",
    zh="扣分过多",
    en="Missed target, underscored",
    severity=WARNING,
    basis="missed",
    flags=[dict(points="10", target="100%", result="95%", score="9"), dict(result="36公里", score="2")],
    passes=[dict(points="6", target="100%", result="90%", score="5"), dict(result="36公里", score="4")],
    fault_zh="完成值没有达到指标值且差距可以算出，得分低于规则手册公式给出的分（按得分印出的小数位比较）。",
    why_zh="少计得分也使自评失实，并说明单位没有按统一公式计分。",
    doubt_zh="评分细则规定低于某一水平不得分；除数量不足外，还因质量或时效问题扣分；单位主动从严。",
    ask_zh="请说明扣分的理由，并提供评分细则；没有细则的，请按规定的计分办法更正得分。",
    verify_zh="按公式复算；看偏差原因中的扣分理由，查评分细则；没有依据的，请单位更正或说明。",
)
def missed_and_underscored(indicator: Indicator, book: Rulebook):
    """The target was missed by a known size, and the score is below the formula at the score's printed precision.

    A score below the formula misstates the result as well. 5 for 5.4 is rounding; 9 for 9.5 is not.

    Known false alarms: nothing earned below a floor; points also off for quality or delay.

    To verify: recompute by the formula; read the reason given for the deduction.
    """
    right = _earned(indicator, book)
    score = indicator.score.number
    if right is not None and 0 <= score < right and not agrees(score, right):
        yield _off_proportion(indicator, right, book)


@rule(
    "IND004",
    zh="达标仍扣分",
    en="Met target, marked down",
    severity=WARNING,
    basis="met",
    flags=[
        dict(score="4"),
        dict(target="100%", result="100%", score="4.5"),
        dict(target="完成", result="已完成", score="3"),
    ],
    passes=[
        dict(score="5.0"),
        dict(result="100%", score="4"),
        dict(result="40公里", score="4.4"),
        dict(target="完成", result="已完成", score="4.5"),
    ],
    fault_zh="完成值已达到指标值，得分却低于分值；规则手册规定超额应调减的、定性指标得分在其档次之内的除外。",
    why_zh="达标而扣分，要么得分算错，要么完成值没有反映真实的不足。",
    doubt_zh="单位另因质量、时效等问题扣分，并在偏差原因中写明；单位从严自评，不要满分。",
    ask_zh="请说明扣分的理由；没有不足的，请更正得分。",
    verify_zh="看偏差原因中的扣分理由；有真实不足的，查完成值是否如实；没有的，请单位更正得分。",
)
def met_and_marked_down(indicator: Indicator, book: Rulebook):
    """The target was met, and the item does not have all its points.

    Either the score is wrong or the result hides a shortcoming. A deduction for over-achievement is none where the
    rulebook prescribes one (1). A result in words earns any share of its points that the rulebook gives to its class
    (2); the rulebook's own words for such a class are the matter of IND012.

    Known false alarms: points off for another shortcoming, named in the explanation; a strict unit.

    To verify: read the reason for the deduction; where there is a shortcoming, check the result.
    """
    judgement = judge_stated(indicator, book.thresholds)
    points, score = indicator.points.number, indicator.score.number
    over = judgement.achieved is not None and judgement.achieved >= book.overachievement.threshold
    outside = outside_window(judgement, book, indicator.kind)
    deducted = outside or (book.overachievement.effect == "deduct" and over)  # (1)
    in_band = judgement.words and score >= points * book.qualitative[judgement.words][0]  # (2)
    if judgement.verdict is Verdict.MET and score < points and not (deducted or in_band or judgement.banded):
        yield (
            f"{indicator.claim}，已达标，应得满分 {indicator.points} 分，填报 {indicator.score} 分",
            Figures(f"{indicator.score} 分", f"{indicator.points} 分", "已达标的得全部分值"),
            indicator.score,
            indicator.target,
            indicator.result,
        )


@rule(
    "IND012",
    zh="定性得分不在档内",
    en="Qualitative score outside its band",
    severity=ERROR,
    basis="banded",
    flags=[
        dict(target="达成年度指标", result="部分达成"),
        dict(target="达成年度指标", result="未达成年度指标且效果较差", score="4"),
        dict(target="达成预期指标", result="部分达成预期指标并具有一定效果", score="4.5"),
        dict(target="达成年度指标", result="达成年度指标", score="3"),
    ],
    passes=[
        dict(target="达成年度指标", result="部分达成", score="3.5"),
        dict(target="达成年度指标", result="达成年度指标"),
        dict(target="达成年度指标", result="未达成", score="2"),
        dict(target="达标", result="部分达标"),
        dict(target="达成年度指标", result="部分达成", score="4.0"),
        dict(target="≥90%", result="92%", score="4"),
    ],
    fault_zh="完成值是规则手册的定性用语（达成、部分达成、未达成年度指标），得分却不在该档的分值比例之内。",
    why_zh="用语决定档次，档次决定得分；得分出档，不是用语填错就是得分填错。",
    doubt_zh="当地对定性指标另定了档次。",
    ask_zh="请说明达成程度的依据，并按依据更正用语或得分。",
    verify_zh="请单位说明达成程度的依据，按依据确定用语，再按该档比例更正得分。",
)
def qualitative_score_outside_its_band(indicator: Indicator, book: Rulebook):
    """The result is one of the rulebook's words of quality, and the score is outside that band's share of the points.

    The word tells the band, and the band the score. On such a row no other rule sets the score against the result.

    Known false alarms: bands of the place's own.

    To verify: ask what the word rests on, settle it, and correct the score by its band.
    """
    judgement = judge_stated(indicator, book.thresholds)
    points, score = indicator.points.number, indicator.score.number
    if not judgement.banded:
        return
    low, high = (points * share for share in book.qualitative[judgement.words])
    if not agrees(score, low, high):
        span = f"{format_number(low)}～{format_number(high)} 分"
        yield (
            f"完成值“{indicator.result.one_line}”应得 {span}（分值 {indicator.points}），填报 {indicator.score} 分",
            Figures(f"{indicator.score} 分", span, f"分值 {indicator.points} × 该档比例"),
            indicator.score,
            indicator.result,
            indicator.points,
        )
