"""Items that do not apply 不适用: under some rulebooks they are taken out, and the rest counts for the full marks."""

from __future__ import annotations

from decimal import Decimal

from auditkit.model import Form, Indicator
from auditkit.rulebooks.loader import Rulebook
from auditkit.vocabulary.terms import table


def is_taken_out(item: Indicator, book: Rulebook) -> bool:
    """Whether an item does not count: its result says that it does not apply, and it claims no score."""
    if book.inapplicable != "rescale" or item.result.plain.strip("。") not in table("values.inapplicable.words"):
        return False
    return not (item.score.is_number and item.score.number > 0)


def taken_out(form: Form, book: Rulebook) -> Decimal:
    """The points of all items that do not count."""
    points = (item.points.number for item in form.indicators if is_taken_out(item, book) and item.points.is_number)
    return sum(points, Decimal(0))


def scale(form: Form, book: Rulebook) -> Decimal:
    """By what the scores of the other items are multiplied: full marks ÷ (full marks − points taken out)."""
    out = taken_out(form, book)
    return book.full_marks / (book.full_marks - out) if 0 < out < book.full_marks else Decimal(1)
