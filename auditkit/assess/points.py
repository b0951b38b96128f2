"""Points of the indicators against the approved weights, on one scale: what was shifted, and what went with a dropped or added row."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from auditkit.assess.matching import Matched, PairedRow
from auditkit.model import Indicator, NotApplicable, Pair
from auditkit.quantity.numbers import agrees

ZERO, ONE, FULL = Decimal(0), Decimal(1), Decimal(100)


@dataclass(frozen=True)
class Shift:
    """`scale` is what one approved point counts in the self-evaluation; `left` are rows with the points due to them.

    `heirs` have the points of dropped indicators, and are not among those.
    """

    scale: Decimal
    left: tuple[tuple[PairedRow, Decimal], ...]
    heirs: tuple[Indicator, ...]


def shifts(pair: Pair, rows: Matched) -> Shift:
    """What became of the approved weights. Raises NotApplicable where one of the papers states none."""
    told = [two for two in rows.rows if two.approved.points.is_number and two.filed.points.is_number]
    if not told:
        raise NotApplicable("两张表中没有都写明分值的指标")
    scale = _scale(pair, told)
    changed = {
        id(two): (two, two.filed.points.number - two.approved.points.number * scale)
        for two in told
        if not agrees(two.filed.points.number, two.approved.points.number * scale)
    }
    heirs = _absorbed(changed, _points(rows.dropped) * scale, more=True)
    _absorbed(changed, _points(rows.added), more=False)
    left = tuple((two, two.approved.points.number * scale) for two, _ in changed.values())
    return Shift(scale, left, tuple(two.filed for two in heirs))


def _points(items: Iterable[Indicator]) -> Decimal:
    return sum((item.points.number for item in items if item.points.is_number), ZERO)


def _absorbed(changed: dict[int, tuple[PairedRow, Decimal]], points: Decimal, more: bool) -> list[PairedRow]:
    """Take out the rows whose gain (or loss) is the points of what was dropped (or added), which they had to go to."""
    taken: list[PairedRow] = []
    fitting = [(key, two, abs(by)) for key, (two, by) in changed.items() if (by > 0) is more]
    fitting.sort(key=lambda one: (not agrees(_printed(one[1], one[2]), points), one[2]))
    for key, two, by in fitting:
        if by <= points or agrees(_printed(two, by), points):
            points -= by
            taken.append(two)
            del changed[key]
    return taken


def _printed(two: PairedRow, by: Decimal) -> Decimal:
    """A difference at the precision with which the self-evaluation prints its points."""
    return by.quantize(Decimal(1).scaleb(int(two.filed.points.number.as_tuple().exponent)))


def _scale(pair: Pair, told: list[PairedRow]) -> Decimal:
    """What one approved point counts: of the sums that may be meant the one by which most rows agree."""
    ours, theirs = _points(pair.approved.indicators), _points(pair.filed.indicators)
    if not ours:
        return ONE
    spent = sum((fund.points.number for fund in pair.filed.funds if fund.points.is_number), ZERO)
    candidates = (ONE, theirs / ours, (FULL - spent) / ours, FULL / ours)
    return max(
        candidates, key=lambda one: sum(agrees(t.filed.points.number, t.approved.points.number * one) for t in told)
    )
