"""SET: whether the forms of a run are scored by one measure."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from auditkit.assess.judgement import Verdict, earned_share
from auditkit.assess.matching import indicator_key
from auditkit.assess.verdict import judge
from auditkit.model import Form, Indicator, NotApplicable, Portfolio, Value
from auditkit.quantity.numbers import agrees, format_number, shown_percent
from auditkit.rulebooks.loader import Rulebook
from auditkit.rules.rule import NOTE, rule


@dataclass(frozen=True)
class _Missed:
    """A target that was missed: by which share of it, None where that is not known, and the points that the unit took off."""

    form: Form
    item: Indicator
    short: Decimal | None
    reverse: bool
    lost: Decimal

    @property
    def proof(self) -> tuple[Value, Value]:
        return self.form.placed(self.item.result), self.form.placed(self.item.score)

    def same(self, other: _Missed, within: Decimal) -> bool:
        if self.short is None or other.short is None:  # the same words on both sides
            own, theirs = ((one.item.target.plain, one.item.result.plain) for one in (self, other))
            return self.short is other.short and own == theirs
        return self.reverse is other.reverse and abs(self.short - other.short) <= within


@rule(
    "SET009",
    zh="同类事项扣分不一",
    en="Same matter scored differently",
    severity=NOTE,
    basis="independent",
    flags=[
        {
            "forms.0.indicators.0.result": "36公里",
            "forms.0.indicators.0.score": "4",
            "forms.1.indicators.0.result": "36公里",
        },
        {
            "forms.2.indicators.4.result": "80%",
            "forms.2.indicators.4.score": "4",
            "forms.3.indicators.4.result": "80.4%",
        },
    ],
    passes=[
        {},
        {
            f"forms.{n}.indicators.0.{name}": text
            for n in (0, 1)
            for name, text in (("result", "36公里"), ("score", "4"))
        },
        {
            "forms.0.indicators.0.result": "36公里",
            "forms.0.indicators.0.score": "4",
            "forms.1.indicators.0.result": "27公里",
        },
        {
            "forms.0.indicators.0.result": "36公里",
            "forms.0.indicators.0.score": "4",
            "forms.1.indicators.1.result": "9处",
        },
    ],
    fault_zh="同一指标差距相同，有的表扣了分，有的表没有扣。",
    why_zh="同一件事按两种尺度打分，各项目的得分无法比较，对扣了分的单位也不公平。",
    doubt_zh="未扣分的一方有不可抗力等情况，并已在偏差原因中说明。",
    ask_zh="请说明同样的差距为何扣分不同；没有理由的，请按同一标准重新打分。",
    verify_zh="对照两张表的该项指标和偏差原因；没有理由的，按同一公式重新打分。",
)
def same_matter_scored_differently(portfolio: Portfolio, book: Rulebook):
    """The same shortfall of the same indicator loses points in one form and none in another.

    One measure is not applied to all. What rounding to the printed score takes away is no difference (1).

    Known false alarms: the form without a deduction has force majeure to show.

    To verify: lay the two rows and their explanations side by side; without a reason, score both by one formula.
    """
    if len(portfolio.forms) < 2:
        raise NotApplicable("只有 1 张表")
    found: dict[object, list[_Missed]] = defaultdict(list)
    for form in portfolio.forms:
        for item in form.indicators:
            if (key := indicator_key(item)) and (missed := _missed(form, item, book)):
                found[key].append(missed)
    for those in found.values():
        free = [one for one in those if one.lost == 0]
        cut = [one for one in those if one.lost > 0]
        pairs = [(one, other) for one in free for other in cut if one.same(other, book.thresholds.same_short)]
        if pairs:
            alike = dict.fromkeys(id(one) for pair in pairs for one in pair)
            (one, other), named = pairs[0], [one for one in those if id(one) in alike]
            by = "" if one.short is None else f" {shown_percent(one.short)}"
            yield (
                f"“{one.item.name.one_line}”与指标值的差距相同{by and f'（约{by}）'}，"
                f"“{other.form.project.one_line}”扣 {format_number(other.lost)} 分，“{one.form.project.one_line}”没有扣分"
                f"{f'，共涉及 {len(named)} 张表' if len(named) > 2 else ''}",
                *(value for missed in named for value in missed.proof),
            )


def _missed(form: Form, item: Indicator, book: Rulebook) -> _Missed | None:
    """What an indicator missed; None where it did not, or where its score says nothing of it."""
    if not (item.points.is_number and item.score.is_number) or item.points.number <= 0:
        return None
    judgement = judge(item, book.thresholds)
    if judgement.verdict is not Verdict.MISSED:
        return None
    points, score = item.points.number, item.score.number
    due = points * earned_share(judgement, book, item.kind)[1]
    if judgement.sized and score >= points and agrees(score, due):  # (1)
        return None
    return _Missed(form, item, judgement.short, judgement.reverse, max(points - score, Decimal(0)))
