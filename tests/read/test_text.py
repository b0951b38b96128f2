"""How the structure of a text dump is found again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditkit.document import Table
from auditkit.read.text import read_text


def rows(dump: str) -> list[list[list[str]]]:
    blocks = read_text("dump.txt", dump.encode()).blocks
    return [[[cell.text for cell in row] for row in block.rows] for block in blocks if isinstance(block, Table)]


@pytest.mark.parametrize(
    ("dump", "expected"),
    [
        ("\ta\n\tb\n\n\tc\n\td\n", [[["a", "b"], ["c", "d"]]]),
        ("\t绩\n效\n\tb\n", [[["绩\n效", "b"]]]),
        ("\t\t法律援助\n\tb", [[["法律援助", "b"]]]),
        ("\t　a\u00a0\n\t b \n", [[["a", "b"]]]),
        # a blank line within a cell: the widths tell that the row goes on
        (
            "\th\n\ti\n\tj\n\n\t\n\tgoal\n\n\toutcome\n\n\n\tx\n\ty\n\tz\n",
            [[["h", "i", "j"], ["", "goal", "outcome"], ["x", "y", "z"]]],
        ),
        ("\th\n\ti\n\tj\n\n\t\n\tgoal\n\n\n二\n\n\toutcome\n", [[["h", "i", "j"], ["", "goal\n\n\n二", "outcome"]]]),
        ("\th\n\ti\n\n\ta\n\tb\n\n二\n\n\tc\n\td\n", [[["h", "i"], ["a", "b\n\n二"], ["c", "d"]]]),
        # widths that do not add up, and a first cell with text, stay as they stand
        ("\th\n\ti\n\tj\n\n\t\n\n\tx\n\n\ty\n\tz\n", [[["h", "i", "j"], [""], ["x"], ["y", "z"]]]),
        ("\th\n\ti\n\tj\n\n\t总分\n\t9\n\n\t8\n", [[["h", "i", "j"], ["总分", "9"], ["8"]]]),
        # a paragraph ends a table
        ("\ta\n\tb\n\n附件：《某项目支出绩效自评表》\n\tc\n", [[["a", "b"]], [["c"]]]),
        ("\th\n\ti\n\n\ta\n\t\n\n说明\n\n\tx\n", [[["h", "i"], ["a", ""]], [["x"]]]),
        ("\ta\n\tb\n\n说明\n", [[["a", "b"]]]),
        ("\ta\n\tb\n\n\n说明\n\tc\n", [[["a", "b"]], [["c"]]]),
        # one row to a line
        ("表\na\tb\tc\n\t\tc\nx\ty\tz\n", [[["a", "b", "c"], ["", "", "c"], ["x", "y", "z"]]]),
        ("\ta\tb\n\tc\td\n", [[["a", "b"], ["c", "d"]]]),
        ('a\t"绩\n效"\tb\nc\td\te\n', [[["a", "绩\n效", "b"], ["c", "d", "e"]]]),
        ('a\t"b"\tc\nd\t"e\tf\n', [[["a", '"b"', "c"], ["d", '"e', "f"]]]),
        ("a\tb\n附件：《乙自评表》\nc\td\n", [[["a", "b"]], [["c", "d"]]]),
        ("一段\n二段\n", []),
    ],
)
def test_structure(dump, expected):
    assert rows(dump) == expected


def test_a_guess_is_a_doubt():
    assert "第4行文本" in read_text("d", "\ta\n\tb\n\n二\n\n\tc\n\td\n".encode()).doubts[0]


def test_half_a_character_at_the_end_is_a_doubt():
    document = read_text("d", "\t项目\n\t经费".encode()[:-1])
    assert document.blocks[0].rows[0][1].text == "经"
    assert "不完整" in document.doubts[0]


LINE = st.text("甲乙丙0123%≥，。 “”'\"a　", min_size=1, max_size=8).filter(lambda line: line.strip())
TEXT = st.lists(LINE, max_size=3).map("\n".join)
HEADED = st.tuples(LINE, st.lists(TEXT, max_size=5)).map(lambda row: [row[0], *row[1]])


@given(st.lists(HEADED, min_size=1, max_size=8))
def test_any_grid_comes_back_from_a_dump(grid):
    dump = "\n".join("".join(f"\t{text}\n" for text in row) for row in grid)
    assert rows(dump) == [[[text.strip() for text in row] for row in grid]]


@given(st.text(st.characters(exclude_categories=("Cc", "Cs")) | st.sampled_from('\t\n\r"')))
def test_any_text_is_read_and_no_mark_is_lost(text):
    blocks = read_text("any.txt", f"项目\n{text}".encode()).blocks
    cells = [
        cell for block in blocks for row in (block.rows if isinstance(block, Table) else [[block]]) for cell in row
    ]
    marks = "".join(cell.text for cell in cells)
    assert sorted("".join(marks.split()).replace('"', "")) == sorted("".join(f"项目{text}".split()).replace('"', ""))
