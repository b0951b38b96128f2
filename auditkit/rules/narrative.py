"""NAR: what the unit says in words."""

from __future__ import annotations

from auditkit.model import Indicator, NotApplicable
from auditkit.rule import ERROR, rule
from auditkit.rulebook import Rulebook


@rule(
    "NAR004",
    zh="扣分未说明原因",
    en="Deduction unexplained",
    severity=ERROR,
    basis="explained",
    flags=[dict(score="4"), dict(score="4", explanation="无"), dict(score="0", explanation="—")],
    passes=[dict(score="5"), dict(score="4", explanation="施工受阻，将加快进度。"), dict(score="6")],
)
def deduction_unexplained(indicator: Indicator, book: Rulebook):
    """The score is below the points, and the explanation is blank."""
    if indicator.explanation.at is None:
        raise NotApplicable("表中没有偏差原因一栏")
    points, score = indicator.points.number, indicator.score.number
    if score < points and indicator.explanation.void:
        yield (
            f"分值 {indicator.points} 分，得分 {indicator.score} 分，未说明扣分原因",
            indicator.explanation,
            indicator.score,
        )
