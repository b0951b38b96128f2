"""The judged texts of tests/cases/wording.tsv: every fault that must be found, and no false alarm."""

from __future__ import annotations

from collections import Counter

import pytest
from wordings import KINDS, cases, findings_of, judged

CASES = cases()


def named(case) -> str:
    return f"{case['kind']}-{case['name'] or case['outcome']}{case['explanation']}"


@pytest.mark.parametrize("case", CASES, ids=named)
def test_every_must_is_found_and_nothing_else(case):
    missing, alarms = judged(case)
    assert (missing, alarms) == (set(), set()), [finding.message for finding in findings_of(case)]


def test_every_kind_has_faults_and_look_alikes():
    assert {case["kind"] for case in CASES} == set(KINDS)
    counted = Counter((case["kind"], bool(case["must"])) for case in CASES)
    assert all(counted[kind, flagged] >= 2 for kind in KINDS for flagged in (True, False))
    assert len(CASES) == 131
