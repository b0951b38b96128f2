"""Slogans: what an indicator names that no percentage can measure."""

from __future__ import annotations

import re
from functools import lru_cache

from auditkit.assess.names import clauses, without_quotes
from auditkit.model import Category, Indicator
from auditkit.quantity.measure import QuantityKind
from auditkit.vocabulary.terms import any_of, pattern

_SIGNS = {kind: pattern(f"design.slogan.{kind}") for kind in ("manner", "effort", "ideal")}
_MEASURABLE = pattern("design.slogan.measurable")
_AMOUNT = pattern("design.slogan.amounts")
_METHOD = pattern("design.slogan.method")
_RISES = re.compile(rf"(?:率|度|比例|占比|比重){any_of('design.slogan.rising')}$")
_URGED = re.compile(rf"(?:{_SIGNS['manner'].pattern}).{{0,3}}?(?:{_SIGNS['effort'].pattern})")
_BENEFITS = ("经济", "社会", "生态", "环境", "持续", "影响", "效益")
_OUTPUTS = ("数量", "质量")
_APART = ("满意", "时效", "成本")


def slogans(indicator: Indicator) -> tuple[str, ...]:
    """The words that make an indicator a slogan measured as a percentage, where nothing says how it is measured.

    A clause that names something measurable, an amount that can rise or fall by a share other than all of it, a figure in
    the name, and a named method, such as 问卷, are no slogan; nor are timeliness, cost and satisfaction.
    """
    measures, name, level = indicator.target.quantity.measures, indicator.name.text, indicator.subcategory.plain
    if not measures or any(m.kind is not QuantityKind.RATE for m in measures) or any(word in level for word in _APART):
        return ()
    output = any(word in level for word in _OUTPUTS)
    if not output and not any(word in level for word in _BENEFITS) and indicator.kind is not Category.BENEFIT:
        return ()
    told = _METHOD.search(f"{without_quotes(name)} {indicator.target.plain} {indicator.result.plain}")
    if told or re.search(r"\d", without_quotes(name)):
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
        amount = not whole and not ideal and _AMOUNT.search(clause)
        if _MEASURABLE.search(clause) or amount:
            # It tells what the percentage is of, unless it only says that a rate rises, and the target is all of it.
            told = told or not (whole and _RISES.search(clause))
            continue
        hits = [hit[0] for sign in _SIGNS.values() if (hit := sign.search(clause))]
        if hits and (not strong or ideal or _URGED.search(clause)):
            found += hits
    return () if told else tuple(dict.fromkeys(found))
