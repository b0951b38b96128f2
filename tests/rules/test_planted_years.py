"""Edits planted one at a time between two years are found as what they are; what is no fault is silent."""

from __future__ import annotations

from random import Random

from planted_years import EDITS, KINDS, base_pairs, found, planted

from auditkit.assess.last_year import restated


def test_sixty_edits_are_found_as_what_they_are():
    edits = planted(Random(21))
    assert len(edits) == EDITS
    assert {edit.kind for edit in edits} == set(KINDS)
    wrong = [(edit.kind, edit.now.project.plain, told) for edit in edits if (told := found(edit)) != edit.wanted]
    assert not wrong


def test_other_edits_are_found_too():
    edits = planted(Random(2026))
    assert [edit.kind for edit in edits if found(edit) != edit.wanted] == []


def test_pairs_are_of_two_years():
    for before, now in base_pairs():
        assert before.year == now.year - 1
        assert [item.year for item in before.indicators] == [before.year] * len(before.indicators)
        assert restated(before.indicators[0], now.year).target.plain == now.indicators[0].target.plain
