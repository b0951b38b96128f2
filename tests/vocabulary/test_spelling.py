"""Spellings that come to the same, and marks that must not join a figure."""

from __future__ import annotations

import pytest

from auditkit.quantity.numbers import amount, in_unit, percentage
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
        ("3120m2", "3120平方米"),
        ("1.2万m3", "1.2万立方米"),
        ("20km2", "20平方公里"),
        ("3m25", "3m25"),
        ("PM2.5", "PM2.5"),
    ],
)
def test_a_mark_behind_a_figure_is_none_of_it(written, spelled):
    assert plain(written) == spelled


@pytest.mark.parametrize(
    "written", ["9.5¹", "9.5①", "9.5\n①", "9.5②③", "9.5[1]", "9.5【1】", "9.5*", "9.5※", "9.5（注1）", "9.5注", "9.5㉑"]
)
def test_an_entry_with_the_mark_of_a_note_is_that_figure(written):
    assert (str(amount(written)), str(percentage(f"{written[:3]}%{written[3:]}"))) == ("9.5", "0.095")


@pytest.mark.parametrize("written", ["①", "*", "注1", "[1]", "9.5[甲]", "9.5[100]", "9.5[1]分2", "第9.5①条"])
def test_what_is_no_figure_with_a_mark_is_none(written):
    assert amount(written) is None


def test_an_amount_with_a_mark_keeps_its_unit():
    assert str(in_unit(amount("1,234,500元①"), "1,234,500元①", "万元")) == "123.4500"
