"""A figure: its number, its unit, how it bounds what it speaks of, and what it can be compared with."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from auditkit.quantity.numbers import agrees
from auditkit.quantity.units import convert_unit, same_unit


class Relation(StrEnum):
    """How a figure bounds what it speaks of; BARE is a figure without comparator, read by its context."""

    BARE = "bare"
    EXACTLY = "exactly"
    AT_LEAST = "at_least"
    ABOVE = "above"
    AT_MOST = "at_most"
    BELOW = "below"
    RANGE = "range"


class QuantityKind(StrEnum):
    COUNT = "count"
    RATE = "rate"
    MONEY = "money"
    DURATION = "duration"
    DATE = "date"
    CLOCK = "clock"
    MONTHDAY = "monthday"
    RANK = "rank"
    RATIO = "ratio"
    NUMBER = "number"


@dataclass(frozen=True)
class Measure:
    """One figure: `number` in the base of its unit (yuan, a share of 1, minutes), `upper` for a range's other end.

    A date is yyyymmdd with year 0 where none is stated, a time of the day its minutes, a ratio the first of its `terms`
    over the second. `unit` is as written; `scale` is what one of it, as printed, counts in the base (22公里: 1000), `about`
    marks a rounded figure (520余人, 约90%), `over` one that the matter is above (余, 多), `context` is the text just before,
    `sign` a plus or minus that stands before the number. A date or time that does not exist is not `possible`.
    """

    relation: Relation
    number: Decimal
    kind: QuantityKind
    unit: str = ""
    upper: Decimal | None = None
    context: str = ""
    scale: Decimal = Decimal(1)
    about: bool = False
    over: bool = False
    sign: str = ""
    terms: tuple[Decimal, ...] = ()
    possible: bool = True

    @property
    def inequality(self) -> bool:
        return self.relation not in (Relation.BARE, Relation.EXACTLY, Relation.RANGE)

    @property
    def bounds(self) -> tuple[Decimal, Decimal]:
        """The least and the greatest number that the figure stands for."""
        if self.relation in (Relation.AT_LEAST, Relation.ABOVE):
            return self.number, Decimal("Infinity")
        if self.relation in (Relation.AT_MOST, Relation.BELOW):
            return Decimal("-Infinity"), self.number
        return self.number, self.number if self.upper is None else self.upper


# Kinds that compare with nothing but their own.
_OWN = {
    QuantityKind.RATE,
    QuantityKind.DATE,
    QuantityKind.CLOCK,
    QuantityKind.MONTHDAY,
    QuantityKind.RANK,
    QuantityKind.RATIO,
}


def comparable(one: Measure, other: Measure) -> bool:
    """True where two figures measure the same kind of thing in units that are the same or convert."""
    kinds = {one.kind, other.kind}
    if kinds & _OWN:
        return len(kinds) == 1
    return QuantityKind.NUMBER in kinds or same_unit(one.unit, other.unit)


def compatible(one: Measure, other: Measure) -> bool:
    """True where two comparable figures can both be true of one matter: 2%以下 and 1.3% can."""
    if one.unit != other.unit and QuantityKind.NUMBER not in (one.kind, other.kind):
        least, most = convert_unit(other.number, other.unit, one.unit)
        if least != most:
            return least <= one.bounds[1] and one.bounds[0] <= most
        other = replace(other, number=least, upper=other.upper and convert_unit(other.upper, other.unit, one.unit)[0])
    if one.inequality or other.inequality or Relation.RANGE in (one.relation, other.relation):
        (low, high), (least, most) = one.bounds, other.bounds
        return low <= most and least <= high
    if one.about or other.about:
        return abs(one.number - other.number) * 10 < max(abs(one.number), abs(other.number))
    return agrees(one.number, other.number) or agrees(other.number, one.number)


@dataclass(frozen=True)
class Quantity:
    """All figures of a text, in their order; a text without any is qualitative, or says nothing (`void`)."""

    text: str
    measures: tuple[Measure, ...]
    is_blank: bool
