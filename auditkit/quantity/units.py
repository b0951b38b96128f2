"""Units of count, money, time and size: which are the same, and which convert."""

from __future__ import annotations

import re
from decimal import Decimal

from auditkit.vocabulary.terms import table

_GROUPS = table("units.synonyms")
_FACTORS = table("units.factors")


def same_unit(one: str, other: str) -> bool:
    """True where two units are the same, synonyms, or convertible."""
    (a, _, a_per), (b, _, b_per) = one.partition("/"), other.partition("/")
    if a_per != b_per and not _same_divisors(a_per, b_per):
        return False
    if a == b:
        return True
    if a in _FACTORS and b in _FACTORS:
        return _FACTORS[a][0] == _FACTORS[b][0]
    if any(a in group and b in group for group in _GROUPS):
        return True
    return _generic(a, b) or _generic(b, a)


def _generic(classifier: str, unit: str) -> bool:
    special = [group for group in _GROUPS if any(occasion in group for occasion in table("units.occasions"))]
    return classifier in table("units.generic") and unit not in _FACTORS and not any(unit in group for group in special)


_TIMES = table("units.periods") | {"年": 1}
_DIVISOR = re.compile("|".join(map(re.escape, table("units.divisors"))))


def per_year(unit: str) -> tuple[str, Decimal | None]:
    """A unit without the time by which it divides, and how many such times a year has: 元/人·月 is 元/人, twelve times.

    None where it divides by no time, which leaves open whether it is meant by the year.
    """
    base, _, per = unit.partition("/")
    found = [(word, times) for word, times in _TIMES.items() if word in _DIVISOR.findall(per)]
    if len(found) != 1:
        return unit, None
    rest = [word for word in _DIVISOR.findall(per) if word != found[0][0]]
    return "/".join([base, *rest]), Decimal(found[0][1])


def _same_divisors(one: str, other: str) -> bool:
    """True where 元/人·月, 元/人/月 and 元/月/人 divide by the same."""
    (ones, rest), (others, left) = (
        (sorted({*_DIVISOR.findall(t)} - {"年"}), _DIVISOR.sub("", t).strip("/·.*")) for t in (one, other)
    )
    if rest or left or not ones or not others:
        return bool(one and other) and "/" not in one + other and same_unit(one, other)
    return len(ones) == len(others) and all(a == b or same_unit(a, b) for a, b in zip(ones, others, strict=True))
