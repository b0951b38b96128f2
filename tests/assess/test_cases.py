"""The judged cases of tests/cases: what a careful auditor says of a target and its result, class by class."""

from __future__ import annotations

import csv
from collections import defaultdict
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from auditkit.assess.judgement import earned_share
from auditkit.assess.verdict import judge
from auditkit.document import At
from auditkit.model import ABSENT, Indicator, Value
from auditkit.parse.cells import category_of
from auditkit.rulebooks.loader import load_rulebook

CASES = Path(__file__).parents[1] / "cases"
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


def judged(case: dict[str, str]):
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


def wrong(rows) -> list[tuple[str, ...]]:
    return [(r["class"], r["name"], r["target"], r["result"], r["verdict"], judged(r).verdict.value) for r in rows]


def test_verdicts_agree_and_none_is_met_in_error():
    table = cases()
    assert len(table) == 472
    missed = [c for c in table if not right(c)]
    assert [c for c in wrong(missed) if c[5] == "met"] == []
    assert len(missed) <= len(table) * 0.01, wrong(missed)
    false_missed = [c for c in missed if judged(c).verdict.value == "missed"]
    assert len(false_missed) <= len(table) * 0.01, wrong(false_missed)


def test_what_is_met_is_called_so():
    sure = [case for case in cases() if case["verdict"] == "met"]
    assert len(sure) > 150
    lost = [case for case in sure if not right(case)]
    assert len(lost) <= len(sure) * 0.02, wrong(lost)


def test_a_miss_of_known_size_earns_its_share():
    known = [case for case in cases() if case["size"]]
    assert len(known) > 100
    off = [
        (c["name"], c["target"], c["result"], c["size"], earned_share(judged(c), BOOK)) for c in known if not sized(c)
    ]
    assert len(off) <= len(known) * 0.02, off


@pytest.mark.parametrize("group", sorted({case["class"] for case in cases()}))
def test_no_class_is_left_behind(group: str):
    rows = [case for case in cases() if case["class"] == group]
    off = [case for case in rows if not right(case)]
    assert len(off) <= len(rows) * 0.05, wrong(off)


@pytest.mark.parametrize("group", sorted({case["class"] for case in cases()}))
def test_every_class_has_look_alikes(group: str):
    verdicts = defaultdict(int)
    for case in cases():
        if case["class"] == group:
            verdicts[case["verdict"]] += 1
    assert len(verdicts) > 1


def test_pairs_of_other_matters_are_judged_alike():
    table = cases("verdicts_more.tsv")
    assert len(table) == 788
    missed = [case for case in table if not right(case)]
    assert [case for case in wrong(missed) if case[5] == "met"] == []
    assert len(missed) <= len(table) * 0.01, wrong(missed)
    off = [case for case in table if case["size"] and not sized(case)]
    assert len(off) <= 2, wrong(off)
