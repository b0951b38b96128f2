"""IND: the score of each indicator against its result."""

from __future__ import annotations

from decimal import Decimal

from auditkit.judgement import Verdict, earned_share
from auditkit.model import Indicator, Value
from auditkit.numeral import agrees, shown
from auditkit.rule import ERROR, WARNING, rule
from auditkit.rulebook import Rulebook
from auditkit.verdict import judge_stated


def _earned(indicator: Indicator, book: Rulebook) -> Decimal | None:
    """What a missed target earns, where the size of the miss is known."""
    judgement = judge_stated(indicator)
    return indicator.points.number * earned_share(judgement, book)[0] if judgement.sized else None


def _off_proportion(indicator: Indicator, right: Decimal) -> tuple[str | Value, ...]:
    message = (
        f"{indicator.claim}，按完成比例应得 {shown(right)} 分，填报 {indicator.score} 分（分值 {indicator.points}）"
    )
    return message, indicator.score, indicator.target, indicator.result


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
    ],
    passes=[dict(result="45公里"), dict(result="30公里", score="3.3"), dict(target="≥80%", result="80%")],
)
def missed_with_full_score(indicator: Indicator, book: Rulebook):
    """The target was missed, and the item has all its points."""
    judgement = judge_stated(indicator)
    points, score = indicator.points.number, indicator.score.number
    if judgement.verdict is Verdict.MISSED and score == points > 0:
        right = _earned(indicator, book)
        due = "应按规则扣分" if right is None else f"按完成比例应得 {shown(right)} 分"
        yield (
            f"{indicator.claim}，未达标，{due}，填报满分 {indicator.score} 分",
            indicator.target,
            indicator.result,
            indicator.score,
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
)
def missed_and_overscored(indicator: Indicator, book: Rulebook):
    """The target was missed by a known size, and the score is above what the formula gives, yet below full.

    Nothing done earns nothing.
    """
    right = _earned(indicator, book)
    points, score = indicator.points.number, indicator.score.number
    if right is not None and right < score < points and not agrees(score, right):
        yield _off_proportion(indicator, right)


@rule(
    "IND003",
    zh="扣分过多",
    en="Missed target, underscored",
    severity=WARNING,
    basis="missed",
    flags=[dict(points="10", target="100%", result="95%", score="9"), dict(result="36公里", score="2")],
    passes=[dict(points="6", target="100%", result="90%", score="5"), dict(result="36公里", score="4")],
)
def missed_and_underscored(indicator: Indicator, book: Rulebook):
    """The target was missed by a known size, and the score is below the formula at the score's printed precision.

    5 for 5.4 is rounding; 9 for 9.5 is not.
    """
    right = _earned(indicator, book)
    score = indicator.score.number
    if right is not None and 0 <= score < right and not agrees(score, right):
        yield _off_proportion(indicator, right)


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
)
def met_and_marked_down(indicator: Indicator, book: Rulebook):
    """The target was met, and the item does not have all its points.

    A deduction for over-achievement is none where the rulebook prescribes one (1). A result in words earns any share
    of its points that the rulebook gives to its class (2).
    """
    judgement = judge_stated(indicator)
    points, score = indicator.points.number, indicator.score.number
    over = judgement.achieved is not None and judgement.achieved >= book.overachievement.threshold
    deducted = book.overachievement.effect == "deduct" and over  # (1)
    in_band = judgement.words and score >= points * book.qualitative[judgement.words][0]  # (2)
    if judgement.verdict is Verdict.MET and score < points and not deducted and not in_band:
        yield (
            f"{indicator.claim}，已达标，应得满分 {indicator.points} 分，填报 {indicator.score} 分",
            indicator.score,
            indicator.target,
            indicator.result,
        )
