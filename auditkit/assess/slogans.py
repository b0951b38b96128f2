"""Slogans measured as a percentage: an indicator of which nobody can compute the figure (DES009)."""

from __future__ import annotations

import re
from functools import lru_cache

from auditkit.assess.names import clauses, without_quotes
from auditkit.model import Category, Indicator
from auditkit.quantity.measure import QuantityKind
from auditkit.vocabulary.levels import Level, level_named
from auditkit.vocabulary.terms import Expression, any_of, pattern

_SIGNS = {kind: pattern(f"design.slogan.{kind}") for kind in ("manner", "effort", "ideal")}
_MEASURABLE = pattern("design.slogan.measurable")
_AMOUNT = pattern("design.slogan.amounts")
_CHANGE = pattern("slogan.change")
_METHOD = pattern("design.slogan.method")
_RISES = Expression(rf"(?:率|度|比例|占比|比重){any_of('design.slogan.rising')}$")
_URGED = Expression(rf"(?:{_SIGNS['manner'].pattern}).{{0,3}}?(?:{_SIGNS['effort'].pattern})")


def slogans(indicator: Indicator) -> tuple[str, ...]:
    """The words that make an indicator a slogan measured as a percentage, none where it can be measured.

    A clause that names something measurable (1), an amount that can rise or fall by a share other than all of it (2), a
    figure in the name (3), and a named method, such as 问卷 (4), are no slogan. Timeliness, cost and satisfaction are
    not looked at (5).
    """
    level, measures = level_named(indicator.subcategory.plain), indicator.target.quantity.measures
    benefit = level.is_benefit if level else indicator.kind is Category.BENEFIT
    output = level in (Level.QUANTITY, Level.QUALITY)
    if not (benefit or output) or not measures or any(m.kind is not QuantityKind.RATE for m in measures):  # (5)
        return ()
    name = indicator.name.text
    told = _METHOD.search(f"{without_quotes(name)} {indicator.target.plain} {indicator.result.plain}")  # (4)
    if told or re.search(r"\d", without_quotes(name)):  # (3)
        return ()
    return _slogans(name, whole=all(m.number == 1 for m in measures), strong=output)


@lru_cache(maxsize=8192)
def _slogans(name: str, whole: bool, strong: bool) -> tuple[str, ...]:
    """The words that make a clause of a name a slogan; `whole` where its target is all of it, 100%.

    An output is called a slogan only where manner and effort stand together or an ideal is named (`strong`).
    """
    found: list[str] = []
    told = False
    for clause in clauses(name):
        ideal = _SIGNS["ideal"].search(clause)
        amount = not whole and not ideal and _AMOUNT.search(clause) and _CHANGE.search(clause)
        if _MEASURABLE.search(clause) or amount:  # (1) (2)
            # It tells what the percentage is of, unless it only says that a rate rises, and the target is all of it.
            told = told or not (whole and _RISES.search(clause))
            continue
        hits = [hit[0] for sign in _SIGNS.values() if (hit := sign.search(clause))]
        if hits and (not strong or ideal or _URGED.search(clause)):
            found += hits
    return () if told else tuple(dict.fromkeys(found))
