"""Edits planted one at a time into self-evaluations, found as what they are beside the approved targets; equal pairs are silent."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from formats import WRITERS
from planted_targets import EDITS, PROJECTS, TARGETS, found, planted


def test_of_two_hundred_edits_nearly_all_are_found_as_what_they_are(tmp_path):
    wrong = []
    for one, layout, format_, edit in planted(Random(21)):
        told = found(one, layout, edit.filed, format_, tmp_path)
        if told != edit.wanted:
            wrong.append((edit.kind, one.name, layout, format_, sorted(edit.wanted), sorted(told)))
    assert len(wrong) <= EDITS // 100, wrong


@pytest.mark.parametrize("format_", WRITERS)
@pytest.mark.parametrize("layout", TARGETS)
def test_equal_pairs_are_silent_in_every_layout_format_and_order(layout, format_, tmp_path):
    for number, one in enumerate(PROJECTS):
        rows = list(one.rows)
        Random(number).shuffle(rows)
        assert found(one, layout, replace(one, rows=tuple(rows)), format_, tmp_path) == set()
