"""Units of count, money, time and size: which are the same, and which convert."""

from __future__ import annotations

from auditkit.terms import table

_GROUPS = table("units.synonyms")
_FACTORS = table("units.factors")


def same_unit(one: str, other: str) -> bool:
    """True where two units are the same, synonyms, or convertible."""
    (a, _, a_per), (b, _, b_per) = one.partition("/"), other.partition("/")
    if a_per != b_per and not (a_per and b_per and same_unit(a_per, b_per)):
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
