"""Remarks that a matter is not finished, not accepted or not done, beside a score that says it is."""

from __future__ import annotations

import re

from auditkit.model import Indicator
from auditkit.vocabulary.terms import pattern, table

_UNFINISHED = re.compile(f"{table('states.nothing.unfinished')}|{table('states.nothing.unmeasured')}|{table('states.nothing.forms')}")


def unfinished(indicator: Indicator) -> str:
    """The words of an explanation that call a row with full points unfinished, or nothing.

    A denial of faults (未发生延误, 无未完成事项) bears the points out.
    """
    points, score = indicator.points, indicator.score
    if points.is_number and score.is_number and score.number < points.number:
        return ""
    bare = pattern("values.plain.forms").sub("", indicator.explanation.plain)
    for clause in re.split(r"[,，。;；!！\n]", bare):
        if _DENIAL.search(clause):
            continue
        if found := _UNFINISHED.search(clause):
            return found[0]
    return ""


_DENIAL = re.compile(r"^(?:无|没有|不存在|未发现|未出现|不再有)|如未|若未|凡未|对未|防止|避免|杜绝|原未|此前未|上年未|去年未")
