"""Judged pairs (tests/cases/verdicts.tsv …): the row of a form that a case stands for, and what the program says of it."""

from __future__ import annotations

import csv
from decimal import Decimal
from functools import cache
from pathlib import Path

from auditkit.assess.judgement import Judgement, earned_share
from auditkit.assess.verdict import judge
from auditkit.document import At
from auditkit.model import ABSENT, Indicator, Value
from auditkit.parse.cells import category_of
from auditkit.rulebooks.loader import load_rulebook

CASES = Path(__file__).with_name("cases")
BOOK = load_rulebook("mof-2020")
YEAR = 2022  # of all the cases


@cache
def cases(name: str = "verdicts.tsv") -> tuple[dict[str, str], ...]:
    with (CASES / name).open(encoding="utf-8") as file:
        return tuple(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def indicator(case: dict[str, str]) -> Indicator:
    """A row of a form with the texts of a case."""
    at = At(table=1, row=1, column=1)
    texts = {n: Value(case[n], at) for n in ("subcategory", "name", "target", "result", "points", "score")}
    kind = category_of(ABSENT, texts["subcategory"])
    return Indicator(1, ABSENT, explanation=Value("", at), kind=kind, year=YEAR, **texts)


def judged(case: dict[str, str]) -> Judgement:
    return judge(indicator(case), BOOK.thresholds)


def right(case: dict[str, str]) -> bool:
    return judged(case).verdict.value in case["verdict"].split("|")


def sized(case: dict[str, str]) -> bool:
    """Whether what the row earns is the size that the case gives, at the size's precision."""
    least, most = (share * Decimal(case["points"]) for share in earned_share(judged(case), BOOK))
    low, _, high = case["size"].partition("..")
    if high:
        return (least, most) == (Decimal(low), Decimal(high))
    return least == most and abs(least - Decimal(low)) <= Decimal("0.006")
