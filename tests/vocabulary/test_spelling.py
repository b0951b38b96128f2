"""Spellings that come to the same, and marks that must not join a figure."""

from __future__ import annotations

import pytest

from auditkit.quantity.numbers import amount
from auditkit.vocabulary.spelling import plain


@pytest.mark.parametrize(
    ("written", "spelled"),
    [
        ("9.5¹", "9.5"),
        ("126人⁽²⁾", "126人"),
        ("9.5①", "9.5;"),
        ("9.5㉑", "9.5;"),
        ("126₁", "126;"),
        ("126⒈", "126;"),
        ("5½年", "5.5年"),
        ("５¼", "5.25"),
        ("½", "1/2"),
        ("CO₂", "CO2"),
        ("⒈培训", "1.培训"),
        ("3120m²", "3120平方米"),
    ],
)
def test_a_mark_behind_a_figure_is_none_of_it(written, spelled):
    assert plain(written) == spelled


def test_a_score_with_the_mark_of_a_note_is_that_score():
    assert str(amount("9.5¹")) == "9.5"
