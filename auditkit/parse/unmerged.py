"""Tables whose merged cells were parted and filled with their text, put together again."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import takewhile

from auditkit.document import Row, Table
from auditkit.parse.cells import is_figure
from auditkit.parse.headings import indicator_heading
from auditkit.vocabulary.labels import field_of
from auditkit.vocabulary.spelling import is_blank_text

_WIDE = 4  # cells of a row that all say the same: no form has so many equal entries side by side


def merged_again(table: Table) -> Table:
    """The table with equal neighbours as one cell, where it has no merged cells and a title that stands in every column.

    Among the indicators only what the heading merges, and a label at the left, is one cell: 合格 | 合格 are two entries.
    """
    if not _is_parted(table):
        return table
    rows, heading = [], None
    for row in table.rows:
        joined = _joined(row, heading)
        heading = heading or (joined if indicator_heading(joined) else None)
        rows.append(joined)
    return Table(tuple(rows))


def torn_titles(table: Table) -> Iterator[str]:
    """A doubt for each line above the first label of such a table whose first cell says something else than all others."""
    if _is_parted(table):
        above = takewhile(lambda row: not field_of("header", row[0].text), filter(None, table.rows))
        for first, *others in above:
            alike = len(others) >= _WIDE and len({cell.text for cell in others}) == 1
            if alike and others[0].text and first.text != others[0].text:
                yield f"{first.at} “{first.text[:20]}”与同一行其他各格不同，像是改动过的标题行，请核对原件"


def _is_parted(table: Table) -> bool:
    return not any(cell.span > 1 or cell.merged for row in table.rows for cell in row) and any(
        map(_is_title, table.rows)
    )


def _is_title(row: Row) -> bool:
    return len(row) >= _WIDE and bool(row[0].text) and len({cell.text for cell in row}) == 1


def _joined(row: Row, heading: Row | None) -> Row:
    within = {grid for cell in heading or () for grid in range(cell.grid + 1, cell.grid + cell.span)}
    kept = list(row[:1])
    for cell in row[1:]:
        last = kept[-1]
        same = cell.text == last.text and not (is_blank_text(cell.text) or is_figure(cell.text))
        if same and (heading is None or len(kept) == 1 or cell.grid in within):
            kept[-1] = last._replace(span=last.span + 1)
        else:
            kept.append(cell)
    return tuple(kept)
