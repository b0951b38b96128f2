"""Judged texts: every fault that must be found, and no false alarm (tests/cases/README.md)."""

from __future__ import annotations

from collections import Counter

import pytest
from wordings import KINDS, cases, findings_of, judged

GIVEN, MORE, UNSEEN, FOURTH = (cases(f"wording{lot}.tsv") for lot in ("", "_more", "_unseen", "_unseen_4"))


def named(case) -> str:
    return f"{case['kind']}-{case['name'] or case['outcome']}{case['explanation']}"


@pytest.mark.parametrize("case", [*GIVEN, *MORE, *UNSEEN, *FOURTH], ids=named)
def test_every_must_is_found_and_nothing_else(case):
    missing, alarms = judged(case)
    assert (missing, alarms) == (set(), set()), [finding.message for finding in findings_of(case)]


@pytest.mark.parametrize("file", [GIVEN, MORE, UNSEEN, FOURTH], ids=["given", "more", "unseen", "fourth"])
def test_every_kind_has_faults_and_look_alikes(file):
    assert {case["kind"] for case in file} == set(KINDS)
    counted = Counter((case["kind"], bool(case["must"])) for case in file)
    assert all(counted[kind, flagged] >= 2 for kind in KINDS for flagged in (True, False))


def test_the_tables_are_whole():
    assert tuple(map(len, (GIVEN, MORE, UNSEEN, FOURTH))) == (131, 605, 166, 60)
    assert not {tuple(case[name] for name in ("kind", "name", "explanation", "goal", "outcome")) for case in GIVEN} & {
        tuple(case[name] for name in ("kind", "name", "explanation", "goal", "outcome")) for case in MORE
    }
