"""What a form's own figures earn under a rulebook: proved, at best, and as stated."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from auditkit.assess import execution
from auditkit.assess.inapplicable import is_taken_out, taken_out
from auditkit.assess.judgement import Judgement, Verdict, earned_share, outside_window
from auditkit.assess.owners import owners_of
from auditkit.assess.verdict import judge
from auditkit.model import Category, Form, Fund, Indicator, NotApplicable, Value
from auditkit.quantity.numbers import agrees, format_number, shown_percent
from auditkit.rulebooks.loader import Rulebook

ZERO = Decimal(0)


@dataclass(frozen=True)
class Earned:
    """One item's points: as stated, proved by the form itself (`verified`), and possible at best (`upper`).

    `row` and `judgement` are None for budget execution, `points` and `stated` where the form gives no number. `rounded` is
    the highest score that rounding at printed precision explains; `rows` are those that own the points or the score
    together, which have neither for themselves.
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
    rounded: Decimal = ZERO
    rows: tuple[int, ...] = ()

    @property
    def overstated(self) -> Decimal:
        """What the stated score has above all that the item can earn, rounding aside."""
        return max(ZERO if self.stated is None else self.stated - max(self.upper, self.rounded), ZERO)


class Scores(NamedTuple):
    """The three scores of a form on one scale; `stated` is None where it states no total."""

    stated: Decimal | None
    verified: Decimal
    upper: Decimal


@dataclass(frozen=True)
class Scorecard:
    """The re-score of one form: budget execution, then every indicator.

    The distance from `verified` to `stated` is what the unit still has to prove (待举证分值). `full_marks` are the
    rulebook's, which the bounds never exceed, None where it knows no scores.
    """

    execution: Earned | None
    items: tuple[Earned, ...]
    stated: Decimal | None
    full_marks: Decimal | None = None
    taken_out: Decimal = ZERO  # points of items that do not apply; the rest stands for the full marks
    groups: tuple[Earned, ...] = ()  # of points and scores that several indicators share, each counted here alone
    total_granted: bool = False  # a person found that the stated total need not be the sum of the items

    @property
    def rows(self) -> tuple[Earned, ...]:
        own = (*self.items, *self.groups)
        return (self.execution, *own) if self.execution else own

    @property
    def verified(self) -> Decimal:
        return self._capped(row.verified for row in self.rows)

    @property
    def upper(self) -> Decimal:
        return self._capped(row.upper for row in self.rows)

    @property
    def points(self) -> Decimal:
        """The points that the form lays out."""
        return sum((row.points or ZERO for row in self.rows), ZERO)

    @property
    def rescaled(self) -> Scores | None:
        """The three scores on the scale of the full marks; None where the points laid out sum to these, or are not all known."""
        shared = {row for group in self.groups for row in group.rows}
        known = all(row.points is not None for row in self.rows if row.row not in shared)
        if self.full_marks is None or not known or not self.points or self.points + self.taken_out == self.full_marks:
            return None
        share = self.full_marks / self.points
        verified, upper = (sum((getattr(row, bound) for row in self.rows), ZERO) for bound in ("verified", "upper"))
        return Scores(None if self.stated is None else self.stated * share, verified * share, upper * share)

    def _capped(self, scores: Iterable[Decimal]) -> Decimal:
        total = self._scaled(sum(scores, ZERO))
        return total if self.full_marks is None else min(total, self.full_marks)

    def _scaled(self, total: Decimal) -> Decimal:
        """A sum of scores where items were taken out: ÷ (full marks − their points) × full marks."""
        if self.full_marks is None or not 0 < self.taken_out < self.full_marks:
            return total
        return total / (self.full_marks - self.taken_out) * self.full_marks

    @property
    def unproved(self) -> Decimal | None:
        """待举证分值, None where the form states no total."""
        return None if self.stated is None else max(self.stated - self.verified, ZERO)

    @property
    def disproved(self) -> bool:
        """Whether the stated total is above all that the form can earn, and the form itself shows where.

        What rounding at printed precision explains proves nothing: 99 for 98.6 with a rate printed as 86% and scored 9.
        """
        if self.stated is None or not self.causes:
            return False
        return self.above_possible

    @property
    def possible(self) -> Decimal:
        """The upper bound with what rounding at printed precision may add to it."""
        return self._capped(max(row.upper, row.rounded) for row in self.rows)

    @property
    def above_possible(self) -> bool:
        """Whether the stated total is above all that the form can earn, whether or not it shows where."""
        return self.stated is not None and self.stated > self.possible and not agrees(self.stated, self.possible)

    @property
    def causes(self) -> tuple[str, ...]:
        """Why the stated total is above what the form can earn: the items with the points that they have too many."""
        if self.stated is None:
            return ()
        rows = [row for row in self.rows if row.overstated]
        told = [f"{_named(row)}多计 {format_number(row.overstated)} 分" for row in rows]
        if self.total_granted:
            return tuple(told)
        shared = {row for group in self.groups for row in group.rows}
        scores = [row.stated for row in self.rows if row.row not in shared]
        added = self._scaled(sum((score for score in scores if score is not None), ZERO))
        if None not in scores and self.stated > added and not agrees(self.stated, added):
            told.append(f"总分比各项得分之和多 {format_number(self.stated - added)} 分")
        if self.full_marks is not None and self.stated > self.full_marks:
            told.append(f"总分超过满分 {format_number(self.full_marks)} 分")
        return tuple(told)

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
    together = _together(form)
    shared = {row for rows in together for row in rows}
    items = tuple(_item(indicator, book, indicator.row in shared) for indicator in form.indicators)
    full = book.full_marks if book.scored else None
    groups = (*(_group(rows, items, form, book) for rows in together), *_nameless(form))
    return Scorecard(_execution(form, book), items, _number(form.total_score), full, taken_out(form, book), groups)


def _named(row: Earned) -> str:
    return f"第{row.row}项“{row.label}”" if row.row else row.label


def _together(form: Form) -> list[tuple[int, ...]]:
    """The indicators that own points or a score together."""
    found: list[set[int]] = []
    for owned in (*owners_of(form, "points"), *owners_of(form, "score")):
        if len(owned.rows) > 1:
            rows = set(owned.rows).union(*(other for other in found if other & set(owned.rows)))
            found = [other for other in found if not other & rows] + [rows]
    return sorted(tuple(sorted(rows)) for rows in found)


def _group(rows: tuple[int, ...], items: tuple[Earned, ...], form: Form, book: Rulebook) -> Earned:
    """What indicators earn together: of points that several share, as little as the worst and as much as the best would."""
    shares = {
        i.row: earned_share(i.judgement, book, i.kind or Category.UNKNOWN)
        for i in items
        if i.row in rows and i.judgement
    }
    points = [one for one in owners_of(form, "points") if set(one.rows) <= set(rows) and one.rows]
    scores = [one for one in owners_of(form, "score") if set(one.rows) <= set(rows) and one.rows]
    low = sum((one.least * min(shares[row][0] for row in one.rows) for one in points), ZERO)
    high = sum(((one.most or ZERO) * max(shares[row][1] for row in one.rows) for one in points), ZERO)
    worth = (
        None
        if not points or any(one.most is None for one in points)
        else sum((one.most or ZERO for one in points), ZERO)
    )
    stated = sum((one.least for one in scores), ZERO) if scores and all(one.known for one in scores) else None
    top = stated if stated is not None and agrees(stated, low, high) else high
    kinds = {item.kind for item in items if item.row in rows}
    label = f"第{'、'.join(map(str, rows))}项"
    kind = kinds.pop() if len(kinds) == 1 else Category.UNKNOWN
    why = f"{label}的分值或得分合在一格，合并计分"
    return Earned(label, kind, None, worth, stated, low, high, why, rounded=top, rows=rows)


def _nameless(form: Form) -> Iterator[Earned]:
    """What stands in rows without a name proves nothing, and may be earned all the same."""
    for group in form.groups:
        if not group.rows and not group.name.at:
            points, stated = _number(group.points), _number(group.score)
            most = (stated or ZERO) if points is None else points
            why = "所在行没有指标名称，无法核实，列为上限"
            yield Earned("没有名称的一行", Category.UNKNOWN, None, points, stated, ZERO, most, why)


def _item(indicator: Indicator, book: Rulebook, shared: bool) -> Earned:
    judgement = judge(indicator, book.thresholds)
    if is_taken_out(indicator, book):
        why = "不适用，分值按规则手册剔除，其余各项折算为满分"
        return Earned(indicator.name.one_line, indicator.kind, indicator.row, ZERO, ZERO, ZERO, ZERO, why, judgement)
    if shared:
        why = "分值或得分与其他项合在一格，合并计分"
        return Earned(indicator.name.one_line, indicator.kind, indicator.row, None, None, ZERO, ZERO, why, judgement)
    points, stated = _number(indicator.points), _number(indicator.score)
    if points is None:
        low, high, why = ZERO, stated or ZERO, "分值不是数字，按填报得分列为上限"
    else:
        least, most = earned_share(judgement, book, indicator.kind)
        low, high, why = points * least, points * most, judgement.why
        if outside_window(judgement, book, indicator.kind):
            why = f"{why}；完成值在指标值的 {shown_percent(book.window.least)} 至 {shown_percent(book.window.most)} 之外，按规则手册不得分"
    top = stated if stated is not None and agrees(stated, low, high) else high
    return Earned(
        indicator.name.one_line, indicator.kind, indicator.row, points, stated, low, high, why, judgement, top
    )


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
    return Earned(
        "预算执行率",
        None,
        None,
        points,
        _number(fund.score),
        low,
        high,
        why,
        rounded=_rounded(fund, points, high, book),
    )


def _rounded(fund: Fund, points: Decimal, high: Decimal, book: Rulebook) -> Decimal:
    """The highest execution score that a rounded rate and a rounded score explain."""
    stated, tops = _number(fund.score), [high]
    try:
        printed, exact = fund.execution_rate.rate, execution.rate_range(fund, book)
        tops += [points * execution.share(printed, book)] if agrees(printed, *exact) else []
    except NotApplicable:
        pass
    return stated if stated is not None and any(agrees(stated, top) for top in tops) else max(tops)


def _calculation(fund: Fund, points: Decimal, book: Rulebook) -> str:
    if book.execution.method == "bands":
        share = execution.share(execution.rate(fund, book), book)
        return f"{fund.actual} ÷ {execution.base(fund, book)}，所在档次得分值的 {shown_percent(share)}"
    goal = "" if book.execution.goal == 1 else f" ÷ {shown_percent(book.execution.goal)}"
    return (
        f"{fund.actual} ÷ {execution.base(fund, book)}{goal} × {format_number(points)}，最高 {format_number(points)} 分"
    )


def _number(value: Value) -> Decimal | None:
    return value.number if value.is_number else None
