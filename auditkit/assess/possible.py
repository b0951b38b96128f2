"""Values that cannot be: a share above all of it, a score above its scale, a date that no calendar has."""

from __future__ import annotations

from decimal import Decimal

from auditkit.assess.target import Limit, changes
from auditkit.quantity.measure import Measure, QuantityKind
from auditkit.quantity.numbers import shown_percent
from auditkit.vocabulary.terms import mentioned

_SCALES = (Decimal(5), Decimal(10), Decimal(100))


def why_impossible(limit: Limit, given: Measure, name: str, year: int | None) -> str:
    """Why a figure cannot be true of an indicator, or nothing."""
    if given.kind is QuantityKind.DATE:
        return _of_date(limit, given, year)
    if not given.possible:
        return "没有这样的时间"
    if limit.change is not None or changes(name)[0] is not None:
        return ""
    if given.number < 0 and not mentioned("possible.negative", name):
        return "完成值是负数"
    if given.kind is QuantityKind.RATE and given.number > 1 and limit.measure.number <= 1:
        return "" if mentioned("possible.above_all", name) else f"{shown_percent(given.number)} 超过了 100%"
    if given.unit == "分" and limit.measure.unit == "分":
        full = next((scale for scale in _SCALES if limit.measure.number <= scale), None)
        if full is not None and given.number > full:
            return f"超过了 {full} 分的满分"
    return ""


def _of_date(limit: Limit, given: Measure, year: int | None) -> str:
    if not given.possible:
        return "日历上没有这一天"
    wanted = int(limit.measure.number // 10_000) if limit.measure.kind is QuantityKind.DATE else 0
    own = int(given.number // 10_000)
    base = max(wanted, year or 0)
    return f"{own}年早于本年度两年以上" if own and base and own <= base - 2 else ""
