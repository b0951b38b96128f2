"""Budget execution 预算执行: the rate that the amounts give, and the points that a rate earns."""

from __future__ import annotations

from decimal import Decimal

from auditkit.assess.owners import Owned
from auditkit.model import ABSENT, Form, Fund, Indicator, NotApplicable, Value
from auditkit.rulebooks.loader import Rulebook
from auditkit.vocabulary.labels import label
from auditkit.vocabulary.terms import table


def base(fund: Fund, book: Rulebook) -> Value:
    """The budget that the rulebook divides by: 全年预算数, or 年初预算数.

    A form without a column for an adjusted budget has only one budget, and that is the base.
    """
    if book.execution.base == "initial" or fund.adjusted.at is None:
        return fund.initial
    return fund.adjusted


def indicator(form: Form) -> Indicator | None:
    """The indicator that scores the execution where the funds do not: some forms list 预算执行率 among the indicators."""
    if form.funds and (form.execution.points.is_number or form.execution.score.is_number):
        return None
    return next(filter(is_execution, form.indicators), None)


def is_execution(item: Indicator) -> bool:
    """True for 预算执行率 among the indicators."""
    return label(item.name.text) in table("labels.execution.words")


def points(fund: Fund, book: Rulebook) -> Decimal:
    """The points of budget execution: as stated, or the rulebook's where the form scores it and has no entry for points.

    An entry that holds the full marks holds the form's total in the wrong place, and the rulebook's points count. Raises
    NotApplicable where the form does not score it, or the entry is blank.
    """
    if fund.points.at is None and fund.score.is_number and book.split.execution:
        return book.split.execution
    return book.split.execution if holds_full_marks(fund, book) else fund.points.number


def holds_full_marks(fund: Fund, book: Rulebook) -> bool:
    """Whether the entry for the points of budget execution holds those of the whole form."""
    return bool(book.split.execution) and fund.points.is_number and fund.points.number == book.full_marks


def implied(form: Form, book: Rulebook) -> bool:
    """Whether the form states no points of budget execution, but leaves its indicators short of full marks by just these.

    Such a form gives the rate, and counts what it earns in the total.
    """
    if not form.funds or indicator(form) or not book.split.execution:
        return False
    stated = form.execution.points.at or form.execution.score.at
    if form.total_points.is_number and form.total_points.number != book.full_marks:
        return False
    if stated or not form.indicators or not all(item.points.is_number for item in form.indicators):
        return False
    return sum(item.points.number for item in form.indicators) + book.split.execution == book.full_marks


def execution_part(form: Form, book: Rulebook, column: str) -> tuple[Decimal, Value | None]:
    """Points or score of budget execution; nothing where the form does not score it.

    A form that scores it in a table without a column for points gives it the rulebook's. Raises NotApplicable where the
    cell is there and blank, or the form has no funds under a rulebook that scores their execution.
    """
    if indicator(form):  # among the indicators, and counted with them
        return Decimal(0), None
    if not form.funds:
        if book.split.execution:
            raise NotApplicable("没有读到项目资金，预算执行的分值和得分不明")
        return Decimal(0), None
    entry = getattr(form.execution, column)
    if implied(form, book):
        earned = book.split.execution * (share(rate(form.execution, book), book) if column == "score" else 1)
        return earned, form.execution.execution_rate
    if column == "points" and entry.at is None and form.execution.score.is_number:
        return points(form.execution, book), form.execution.score
    if column == "score" and entry.at is None and form.execution.points.is_number:  # as it is reckoned
        worth = form.execution.points
        return worth.number * share(rate(form.execution, book), book), worth
    if entry.at is None or (entry.is_blank and entry.plain):
        return Decimal(0), None
    return entry.number, entry


def execution_owner(form: Form, book: Rulebook, column: str) -> Owned:
    """Points or score of budget execution, or the bounds of it where the entry is blank, no number, or was not read."""
    try:
        figure, entry = execution_part(form, book, column)
        return Owned((), entry or ABSENT, figure, figure)
    except NotApplicable:
        if not form.funds:
            return Owned((), ABSENT, Decimal(0), book.split.execution)
        worth = form.execution.points
        most = worth.number if worth.is_number and column == "score" else None
        return Owned((), getattr(form.execution, column), Decimal(0), most)


def rate(fund: Fund, book: Rulebook) -> Decimal:
    """执行率 = 全年执行数 ÷ 预算数, exact; 1 for 100%. Raises NotApplicable where an amount is missing or the budget is 0."""
    budget = base(fund, book)
    if budget.number == 0:
        raise NotApplicable(f"{budget.place} 预算数为 0")
    return fund.actual.number / budget.number


def rate_range(fund: Fund, book: Rulebook) -> tuple[Decimal, Decimal]:
    """The least and the greatest rate that the amounts as printed stand for.

    An amount printed with decimals was rounded to them; a whole number is taken as it is.
    """
    budget, actual = base(fund, book).number, fund.actual.number
    exact = rate(fund, book)
    if rounding(budget) >= abs(budget):
        return exact, exact
    ends = [
        (actual + sign * rounding(actual)) / (budget + other * rounding(budget))
        for sign in (-1, 1)
        for other in (-1, 1)
    ]
    return min(ends), max(ends)


def rounding(amount: Decimal) -> Decimal:
    """Half the last printed decimal of an amount; nothing for a whole number."""
    exponent = int(amount.as_tuple().exponent)
    return Decimal(5).scaleb(exponent - 1) if exponent < 0 else Decimal(0)


def score_spans(points: Decimal, least: Decimal, most: Decimal, book: Rulebook) -> list[tuple[Decimal, Decimal]]:
    """The scores that rates from `least` to `most` earn: one span or, in bands, each band's score for itself."""
    low, high = points * share(least, book), points * share(most, book)
    if book.execution.method != "bands":
        return [(low, high)]
    return [(score, score) for band in book.execution.bands if low <= (score := points * band.share) <= high]


def share(rate: Decimal, book: Rulebook) -> Decimal:
    """The share of the execution points that a rate earns under the rulebook, from 0 to 1."""
    earning = min(max(rate, Decimal(0)), Decimal(1))
    if book.execution.method == "bands":
        return next(band.share for band in book.execution.bands if earning >= band.rate)
    return min(earning / book.execution.goal, Decimal(1))
