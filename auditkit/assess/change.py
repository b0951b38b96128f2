"""Changes: how far a result went up or down, told by words, by a sign, or by where it began and ended."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from auditkit.assess.claims import FALL, RISE, Claim, Statement
from auditkit.assess.lexicon import NO_RESULT, Role
from auditkit.assess.target import Limit
from auditkit.quantity.measure import Measure, QuantityKind, Relation, comparable
from auditkit.vocabulary.terms import words

ZERO = Decimal(0)
_SPEEDS = {RISE: ("增速", "增幅", "增长率", "涨幅"), FALL: ("降幅", "减幅", "跌幅", "下降率")}  # 增速由2%提高到5% is 5%


def signed(limit: Limit, claim: Claim) -> Measure | None:
    """A claim's figure counted the way that the limit's change is; None where word and sign contradict each other.

    A bare figure is told in the target's own sense; a minus sign under a fall tells of a fall.
    """
    measure, way = claim.measure, claim.change
    number = abs(measure.number)
    if way is not None:
        if measure.sign == "-" and way is FALL:
            return None
        way = -way if measure.sign == "-" else way
    elif measure.sign:
        way = FALL if measure.sign == "-" else RISE
        named_fall = limit.change is FALL and limit.written.relation is not Relation.BARE and measure.sign == "-"
        if named_fall and limit.firm and claim.change is None and not limit.told:
            return None
    else:
        way = limit.change
    return replace(measure, number=number if way == limit.change else -number, sign="", relation=measure.relation)


def from_to(limit: Limit, reading: Statement, name: str) -> Measure | None:
    """The change from a figure to another of the same unit (由42降至38), in the limit's own unit and sense."""
    for first, last in _pairs(reading):
        pair = (first.base or first.has(Role.OTHER_TIME)) and not last.base and not last.has(*NO_RESULT, Role.UNDONE)
        if not pair or not comparable(first.measure, last.measure) or last.change is not None:
            continue
        speed = next(
            (
                way
                for way, names in _SPEEDS.items()
                if any(each in first.before or name.endswith(each) for each in names)
            ),
            None,
        )
        if speed is not None and comparable(limit.measure, last.measure):
            number = last.measure.number if speed == limit.change else -last.measure.number
            return replace(limit.measure, relation=Relation.BARE, number=number, upper=None)
        one, two = first.measure, last.measure
        difference = two.number - one.number
        way = RISE if difference > 0 else FALL
        if limit.measure.kind is QuantityKind.RATE and one.kind is not QuantityKind.RATE:
            if not one.number:
                continue
            size = abs(difference / one.number)
        elif "分点" in limit.measure.unit and one.kind is QuantityKind.RATE:
            size = abs(difference).scaleb(2)
        elif comparable(limit.measure, two):
            size = abs(difference)
        else:
            continue
        return replace(limit.measure, relation=Relation.BARE, number=size if way == limit.change else -size, upper=None)
    return None


def _pairs(reading: Statement) -> Iterator[tuple[Claim, Claim]]:
    """Each two figures that follow each other, the earlier first: last year's may stand behind (426起，上年512起)."""
    for one, other in zip(reading.claims, reading.claims[1:], strict=False):
        last_year = other.has(Role.OTHER_TIME) and not other.base and not one.has(Role.OTHER_TIME) and not one.base
        yield (other, one) if last_year and any(map(other.before.startswith, _LAST_YEAR)) else (one, other)


_LAST_YEAR = tuple(words("values.change.against_last_year"))


def way_told(reading: Statement) -> int | None:
    """Which way a result says that things went, 0 for not at all; None where it says nothing, or both."""
    ways = set()
    for claim in reading.claims:
        if claim.change is not None and not claim.has(*NO_RESULT):
            ways.add(-claim.change if claim.measure.sign == "-" and claim.change is RISE else claim.change)
        elif claim.measure.sign and claim.measure.number:
            ways.add(RISE if claim.measure.sign == "+" else FALL)
        elif claim.measure.number == 0:
            ways.add(0)
    for first, last in _pairs(reading):
        if (first.base or first.has(Role.OTHER_TIME)) and comparable(first.measure, last.measure):
            difference = last.measure.number - first.measure.number
            ways.add(RISE if difference > 0 else FALL if difference < 0 else 0)
    for remark in reading.remarks:
        if (way := way_in(remark.text)) is not None:
            ways.add(way)
    return ways.pop() if len(ways) == 1 else None


def way_in(text: str) -> int | None:
    """The way that a text without figures tells."""
    if any(word in text for word in words("values.change.flat")):
        return 0
    found = [
        (text.find(word), -len(word), way)
        for way, kind in ((RISE, "rise"), (FALL, "fall"))
        for word in words(f"values.change.{kind}")
        if len(word) > 1 and word in text
    ]
    return min(found)[2] if found else None
