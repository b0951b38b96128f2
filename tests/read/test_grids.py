"""Any grid, with any merges and texts, is the same whichever format it is written in, as far as the format can hold it."""

from __future__ import annotations

import tempfile
from pathlib import Path

from formats import WRITERS
from hypothesis import given, settings
from hypothesis import strategies as st

from auditkit.document import At, Cell, Document, Table
from auditkit.read import read

# A mark that no file can hold, or that a format takes for a blank or a sign of its own, is left to that format's own tests.
LETTERS = st.sampled_from(
    "甲乙项目资金产出0123456789abXYZ%％≥≤≧＞,.、，。；：:（）()《》“”\"'<>&;=+-—_/\\|#@*★☆①㎡²½é🙂𠮷"
)
LINE = st.text(LETTERS, min_size=1, max_size=6)
TEXT = st.lists(LINE, min_size=0, max_size=3).map("\n".join)
WIDTH, HEIGHT = 5, 6


@st.composite
def grids(draw) -> Document:
    """A table of merged blocks, laid one after another in the first free place, as an editor merges cells.

    The last row and column are single cells with text: a sheet ends where its texts do.
    """
    free = {(row, column) for row in range(HEIGHT) for column in range(WIDTH)}
    cells: dict[int, list[Cell]] = {row: [] for row in range(HEIGHT)}
    while free:
        row, column = min(free)
        last = row == HEIGHT - 1 or column == WIDTH - 1
        wide = 1 if last else draw(st.integers(1, WIDTH - 1 - column))
        high = 1 if last else draw(st.integers(1, HEIGHT - 1 - row))
        while not {(row + r, column + c) for r in range(high) for c in range(wide)} <= free:
            wide, high = (wide - 1, high) if wide > 1 else (wide, high - 1)
        free -= {(row + r, column + c) for r in range(high) for c in range(wide)}
        text = draw(TEXT.filter(bool) if last or (row, column) == (0, 0) else TEXT)
        for r in range(high):
            cells[row + r].append(Cell("" if r else text, At(), column, wide, r > 0))
    rows = tuple(
        tuple(
            cell._replace(at=At(table=1, row=number + 1, column=place))
            for place, cell in enumerate(sorted(cells[number], key=lambda cell: cell.grid), 1)
        )
        for number in range(HEIGHT)
    )
    return Document("表", (Table(rows),))


def written(document: Document, format_: str) -> Document:
    suffix, write = WRITERS[format_]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"表{suffix}"
        path.write_bytes(write(document))
        return read(path)


def shapes(document: Document) -> list[list[tuple[str, int, int, bool]]]:
    (table,) = document.blocks
    return [[(c.text, c.grid, c.span, c.merged) for c in row] for row in table.rows]


@settings(max_examples=60, deadline=None)
@given(grids())
def test_a_grid_with_merges_is_the_same_in_word_excel_and_on_a_page(document):
    wanted = shapes(document)
    for format_ in ("docx", "xlsx", "html"):
        assert shapes(written(document, format_)) == wanted, format_


@settings(max_examples=60, deadline=None)
@given(grids())
def test_a_grid_in_a_dump_keeps_its_texts_in_their_columns(document):
    """A text has no merges: copied from Excel, a merged cell stands at its first place and blanks where it goes on."""
    (table,) = document.blocks
    flat = [[""] * WIDTH for _ in table.rows]
    for line, row in zip(flat, table.rows, strict=True):
        for cell in row:
            line[cell.grid] = cell.text
    (copied,) = written(document, "copied").blocks
    assert [[cell.text for cell in row] for row in copied.rows] == flat
    (dumped,) = written(document, "dump").blocks
    assert [[cell.text for cell in row] for row in dumped.rows] == [[cell.text for cell in row] for row in table.rows]
