"""What a form's own figures earn under a rulebook: proved, at best, and as stated."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from auditkit.assess import execution
from auditkit.assess.judgement import Judgement, Verdict, earned_share
from auditkit.assess.verdict import judge
from auditkit.model import Category, Form, Fund, Indicator, NotApplicable, Value
from auditkit.quantity.numbers import format_number, shown_percent
from auditkit.rulebooks.loader import Rulebook

ZERO = Decimal(0)


@dataclass(frozen=True)
class Earned:
    """One item's points: as stated, proved by the form itself (`verified`), and possible at best (`upper`).

    `row` and `judgement` are None for budget execution, `points` and `stated` where the form gives no number.
    """

    label: str
    kind: Category | None
    row: int | None
    points: Decimal | None
    stated: Decimal | None
    verified: Decimal
    upper: Decimal
    why: str
    judgement: Judgement | None = None


@dataclass(frozen=True)
class Scorecard:
    """The re-score of one form: budget execution, then every indicator.

    The distance from `verified` to `stated` is what the unit still has to prove (待举证分值).
    """

    execution: Earned | None
    items: tuple[Earned, ...]
    stated: Decimal | None

    @property
    def rows(self) -> tuple[Earned, ...]:
        return (self.execution, *self.items) if self.execution else self.items

    @property
    def verified(self) -> Decimal:
        return sum((row.verified for row in self.rows), ZERO)

    @property
    def upper(self) -> Decimal:
        return sum((row.upper for row in self.rows), ZERO)

    @property
    def unproved(self) -> Decimal | None:
        """待举证分值, None where the form states no total."""
        return None if self.stated is None else max(self.stated - self.verified, ZERO)

    @property
    def disproved(self) -> bool:
        """Whether the stated total is above all that the form can earn.

        A rate printed in whole per cent and a score printed to one decimal may put the execution score above the exact
        one by half a per cent of its points and 0.05; that much is rounding and proves nothing.
        """
        if self.stated is None:
            return False
        points = self.execution.points if self.execution and self.execution.points else ZERO
        return self.stated - self.upper > points * Decimal("0.005") + Decimal("0.05")

    def count(self, verdict: Verdict) -> int:
        return sum(item.judgement.verdict is verdict for item in self.items if item.judgement)

    def of(self, kind: Category | None) -> tuple[Decimal, Decimal, Decimal]:
        """Stated, verified and possible score of one first-level indicator, or of budget execution (None)."""
        rows = [row for row in self.rows if row.kind is kind]
        return (
            tuple(
                sum(scores, ZERO)
                for scores in zip(*((r.stated or ZERO, r.verified, r.upper) for r in rows), strict=True)
            )
            or (ZERO,) * 3
        )


def rescore(form: Form, book: Rulebook) -> Scorecard:
    """Score every item again under the rulebook (重新计分 in the catalogue)."""
    items = tuple(_item(indicator, book) for indicator in form.indicators)
    return Scorecard(_execution(form, book), items, _number(form.total_score))


def _item(indicator: Indicator, book: Rulebook) -> Earned:
    judgement = judge(indicator, book.thresholds)
    points, stated = _number(indicator.points), _number(indicator.score)
    if points is None:
        low, high, why = ZERO, stated or ZERO, "分值不是数字，按填报得分列为上限"
    else:
        least, most = earned_share(judgement, book)
        low, high, why = points * least, points * most, judgement.why
    return Earned(indicator.name.one_line, indicator.kind, indicator.row, points, stated, low, high, why, judgement)


def _execution(form: Form, book: Rulebook) -> Earned | None:
    if book.execution.method == "none" or execution.indicator(form):
        return None
    if not form.funds:  # not read, which proves nothing against the unit
        most = book.split.execution
        return Earned("预算执行率", None, None, most, None, ZERO, most, "没有读到项目资金，分值按规则手册，列为上限")
    try:
        fund = form.execution
        points = book.split.execution if execution.implied(form, book) else execution.points(fund, book)
    except NotApplicable:
        return None
    try:
        low = high = points * execution.share(execution.rate(fund, book), book)
        why = _calculation(fund, points, book)
    except NotApplicable as reason:
        low, high, why = ZERO, points, f"执行率无法计算：{reason}"
    return Earned("预算执行率", None, None, points, _number(fund.score), low, high, why)


def _calculation(fund: Fund, points: Decimal, book: Rulebook) -> str:
    if book.execution.method == "bands":
        share = execution.share(execution.rate(fund, book), book)
        return f"{fund.actual} ÷ {execution.base(fund, book)}，所在档次得分值的 {shown_percent(share)}"
    return f"{fund.actual} ÷ {execution.base(fund, book)} × {format_number(points)}，最高 {format_number(points)} 分"


def _number(value: Value) -> Decimal | None:
    return value.number if value.is_number else None
