"""Tables whose merged cells were parted and filled: what of a title line that was changed is doubted."""

from __future__ import annotations

import pytest

from auditkit.document import At, Cell, Table
from auditkit.parse.unmerged import merged_again, torn_titles

TITLE, YEAR = "项目支出绩效自评表", "（2024年度）"


def table(*rows: tuple[str, ...]) -> Table:
    """A table without merged cells."""
    numbered = enumerate(rows, 1)
    return Table(
        tuple(
            tuple(Cell(text, At(table=1, row=n, column=c), grid=c - 1) for c, text in enumerate(row, 1))
            for n, row in numbered
        )
    )


PROJECT = ("项目名称", "甲", "甲", "甲", "甲")


@pytest.mark.parametrize(
    ("above", "doubts"),
    [
        (((TITLE,) * 5, (YEAR,) * 5), 0),
        (((TITLE,) * 5, ("12", *(YEAR,) * 4)), 1),
        (((TITLE,) * 5, (), ("12", *(YEAR,) * 4)), 1),  # a row without cells is none
        (((TITLE,) * 5, ("", "", "", "", "")), 0),
    ],
)
def test_a_title_line_of_which_one_cell_was_changed_is_doubted(above: tuple[tuple[str, ...], ...], doubts: int):
    found = table(*above, PROJECT)
    assert len(list(torn_titles(found))) == doubts
    assert len(merged_again(found).rows) == len(found.rows)


def test_a_table_that_was_not_parted_is_left_alone():
    found = table(("12", *(YEAR,) * 4), PROJECT)
    assert list(torn_titles(found)) == []
    assert merged_again(found) is found
