"""The judged cases of tests/cases: what a careful auditor says of a target and its result, class by class."""

from __future__ import annotations

from collections import defaultdict

import pytest
from pairs import BOOK, cases, judged, right, sized

from auditkit.assess.judgement import earned_share


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


@pytest.mark.parametrize(
    ("file", "pairs", "open_ones", "unsized"),
    [
        ("unseen.tsv", 187, 0, []),
        ("unseen_2.tsv", 414, 2, []),
        ("unseen_3.tsv", 321, 0, []),
        ("unseen_4.tsv", 300, 0, []),
        ("self_evaluations.tsv", 966, 7, []),
        ("adversary.tsv", 427, 0, []),
    ],
)
def test_pairs_that_nobody_had_in_sight(file: str, pairs: int, open_ones: int, unsized: list[str]):
    table = cases(file)
    assert len(table) == pairs
    missed = wrong([case for case in table if not right(case)])
    assert [case for case in missed if case[5] != "unverifiable"] == []
    assert len(missed) <= open_ones, missed
    assert [case["name"] for case in table if case["size"] and right(case) and not sized(case)] == unsized
