"""Units of count, money, time and size: which are the same, and which convert."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

from auditkit.quantity.numbers import count
from auditkit.vocabulary.terms import Expression, table

# Powers of ten of 元, of the units in which forms state money.
MONEY_SCALES = {"元": 0, "千元": 3, "万元": 4, "百万元": 6, "亿元": 8}
_GROUPS = tuple(frozenset(group) for group in table("units.synonyms"))
_BRIDGES = {tuple(pair.split()): tuple(factors) for pair, factors in table("units.bridges").items()}
_LOOSE = table("units.loose")
FACTORS: dict[str, tuple[str, Decimal]] = {
    spelt: (base, Decimal(str(factor)))
    for unit, (base, factor) in table("units.factors").items()
    for spelt in {unit, unit.lower() if unit.isascii() else unit}
}


@lru_cache(maxsize=8192)
def same_unit(one: str, other: str) -> bool:
    """True where two units are the same, synonyms, or convertible."""
    (a, _, a_per), (b, _, b_per) = one.partition("/"), other.partition("/")
    if a_per != b_per and not _same_divisors(a_per, b_per):
        return False
    if a == b:
        return True
    if a in FACTORS and b in FACTORS:
        base, target = FACTORS[a][0], FACTORS[b][0]
        return base == target or (base, target) in _BRIDGES or (target, base) in _BRIDGES
    if any(a in group and b in group for group in _GROUPS):
        return True
    return _generic(a, b) or _generic(b, a)


def convert_unit(number: Decimal, unit: str, other: str) -> tuple[Decimal, Decimal]:
    """The least and the greatest number, in the base of another unit, that a number in the base of its own stands for.

    A month has 28 to 31 days and a terabyte 1000 or 1024 gigabytes: such a number becomes a span.
    """
    number *= _by_divisors(unit, other)
    one, two = unit.partition("/")[0], other.partition("/")[0]
    base, target = (FACTORS.get(each, ("",))[0] for each in (one, two))
    if base == target:
        return (number, number * _LOOSE[base]) if one != two and base in _LOOSE else (number, number)
    if (base, target) in _BRIDGES:
        least, most = _BRIDGES[base, target]
        return number * least, number * most
    if (target, base) in _BRIDGES:
        least, most = _BRIDGES[target, base]
        return number / most, number / least
    return number, number


@lru_cache(maxsize=1024)
def _by_divisors(unit: str, other: str) -> Decimal:
    """What a price of 公斤 is multiplied by to be one of 吨; times are counted by the year elsewhere."""
    (_, _, one), (_, _, two) = unit.partition("/"), other.partition("/")
    times = Decimal(1)
    for a, b in zip(_divisors(one), _divisors(two), strict=False) if one != two else ():
        (base, size), (target, factor) = FACTORS.get(a, ("", 1)), FACTORS.get(b, ("", 1))
        if base and base == target and base not in ("秒", "个月"):
            times *= Decimal(factor) / size
    return times


def _generic(classifier: str, unit: str) -> bool:
    special = [group for group in _GROUPS if any(occasion in group for occasion in table("units.occasions"))]
    return classifier in table("units.generic") and unit not in FACTORS and not any(unit in group for group in special)


_TIMES = table("units.periods") | {"年": 1}
_DIVISOR = Expression("|".join(map(re.escape, sorted(table("units.divisors"), key=lambda word: -len(word)))))
_SEVERAL = Expression(r"(\d{1,3}|[两二三四五六七八九十]{1,3})个?(日|天|周|星期|月|季度|年)")


@lru_cache(maxsize=1024)
def times_a_year(period: str) -> Decimal | None:
    """How many such periods a year has, 12 for 月, 0.5 for 两年; None for what is no period of time."""
    if period in _TIMES:
        return Decimal(str(_TIMES[period]))
    found = _SEVERAL.fullmatch(period)
    length = count(found[1]) if found else None
    return Decimal(str(_TIMES[found[2]])) / length if found and length else None


def per_year(unit: str) -> tuple[str, Decimal | None]:
    """A unit without the time by which it divides, and how many such times a year has: 元/人·月 is 元/人, twelve times.

    None where it divides by no time, which leaves open whether it is meant by the year.
    """
    base, _, per = unit.partition("/")
    divisors = _DIVISOR.findall(per)
    found = [word for word in divisors if word in _TIMES]
    if len(found) != 1:
        return unit, None
    rest = [word for word in divisors if word != found[0]]
    return "/".join([base, *rest]), Decimal(str(_TIMES[found[0]]))


def _divisors(per: str) -> list[str]:
    """What a unit divides by, but for the year that is meant anyhow: 盏 of 盏·年, 人 and 月 of 人月."""
    found: set[str] = set()
    for part in filter(None, re.split(r"[/·.*]", per)):
        found |= {part} if _DIVISOR.sub("", part) else {*_DIVISOR.findall(part)}
    return sorted(found - {"年"})


def _same_divisors(one: str, other: str) -> bool:
    """True where 元/人·月, 元/人/月 and 元/月/人 divide by the same."""
    ones, others = _divisors(one), _divisors(other)
    if not ones or not others:
        return bool(one and other) and "/" not in one + other and same_unit(one, other)
    return len(ones) == len(others) and all(a == b or same_unit(a, b) for a, b in zip(ones, others, strict=True))
