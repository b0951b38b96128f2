"""The lines of a document, and where each form among them begins."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from auditkit.document import Document, Row, Table
from auditkit.parse.cells import CAPTION, MONEY, TITLE, YEAR, filled_cells, first_text
from auditkit.parse.headings import indicator_heading
from auditkit.parse.titles import is_title
from auditkit.parse.unmerged import merged_again
from auditkit.vocabulary.labels import heading_like, label
from auditkit.vocabulary.spelling import plain
from auditkit.vocabulary.terms import mentioned

_GAP = re.compile(r"\s{2,}")
_REPORT = re.compile(r"第[一二三四五六七八九十]+部分|.{2,30}(?:决算|收支|预算)[^。]{0,8}表$")


def names_project(row: Row) -> bool:
    """Whether a row begins with the name of the project."""
    return header_field(row) == "project"


def header_field(row: Row) -> str:
    """The field of the header that a row begins with, if need be behind the name of its section: 基本情况 | 项目名称."""
    if len(row) < 2:
        return ""
    filled = (cell for cell in row if cell.text)
    first = next(filled, row[0])
    if label(first.text).endswith(("情况", "信息", "概况")):
        first = next(filled, first)
    return heading_like("header", first.text)


def _is_heading(row: Row) -> bool:
    """A line above a form: one text that is a title, a caption or a year."""
    filled = filled_cells(row)
    if len(filled) != 1:
        return not filled
    text = plain(filled[0].text)
    return bool(TITLE.search(text) or CAPTION.match(text) or YEAR.fullmatch(text) or MONEY.fullmatch(text))


def halves(table: Table) -> tuple[Table, ...]:
    """The table, or two where forms stand side by side: a row names two projects, and every row parts there."""
    named = (
        [c for c in row if heading_like("header", c.text) == "project"] for row in table.rows if names_project(row)
    )
    twice = next((cells for cells in named if len(cells) == 2 and label(cells[0].text) == label(cells[1].text)), None)
    if twice is None:
        return (table,)
    cut = twice[1].grid
    if not all(any(cell.grid == cut or cell.grid < cut < cell.grid + cell.span for cell in row) for row in table.rows):
        return (table,)
    left = (tuple(cell for cell in row if cell.grid < cut) for row in table.rows)
    right = (tuple(c._replace(grid=max(c.grid - cut, 0)) for c in row if c.grid + c.span > cut) for row in table.rows)
    return Table(tuple(left)), Table(tuple(right))


def without_number_column(table: Table) -> Table:
    """The table without a first column that only counts its rows."""
    left = min((cell.grid for row in table.rows for cell in row if cell.text), default=0)
    first = [next((cell for cell in row if cell.grid == left), None) for row in table.rows]
    counted = [cell for cell in first[1:] if cell and cell.text]
    counts = [plain(cell.text) for cell in counted]
    wide = {cell.span for cell in counted}
    if len(counts) < 6 or len(wide) > 1 or not all(count.isdecimal() for count in counts):
        return table
    filled = sum(any(cell.text for cell in row) for row in table.rows)
    if len(counts) < filled - 2 or any(int(one) >= int(two) for one, two in pairwise(counts)):
        return table
    (span,) = wide
    kept = (tuple(c for c in row if c.grid != left or c.span > span) for row in table.rows)
    return Table(tuple(tuple(c._replace(grid=c.grid - span * (c.grid > left)) for c in row) for row in kept))


def document_rows(document: Document) -> Iterator[Row]:
    """The rows of every table and the paragraphs, as they follow each other on the page."""
    for block in document.blocks:
        tables = (
            halves(merged_again(without_number_column(block))) if isinstance(block, Table) else (Table(((block,),)),)
        )
        yield from (row for table in tables for row in table.rows)


_LONGEST_HEAD = 30  # lines before the project's name: titles, captions, notes on how to fill in the form


def form_starts(lines: list[Row]) -> list[int]:
    """Where each form begins: at the headings above its project name or, where none is named, above its indicators.

    What stands before the first form belongs to it, unless it is a whole report in which the form is printed.
    """
    fields = [header_field(row) for row in lines]
    anchors, units = ([i for i, field in enumerate(fields) if field == name] for name in ("project", "unit_name"))
    anchors = sorted((*anchors, *_titled(lines, units, anchors))) if anchors else units
    anchors = anchors or [i for i, row in enumerate(lines) if indicator_heading(row)][:1]
    within = not anchors or anchors[0] > _LONGEST_HEAD or sum(map(_is_report, lines[: anchors[0]])) > 1
    least = _after_other_tables(lines, anchors[0]) if anchors else 0
    starts = [] if within or least else [0]
    for before, anchor in pairwise([least - 1, *anchors] if not starts else anchors):
        starts.append(_head(lines, before + 1, anchor))
    return starts


def _titled(lines: list[Row], units: list[int], projects: list[int]) -> Iterator[int]:
    """The names of departments that have a title of their own: forms of a department beside those of projects."""
    for unit in units:
        before = max((i for i in (*projects, *units) if i < unit), default=None)
        after = min((i for i in projects if i > unit), default=None)
        below = before is not None and _has_title(lines, before, unit)
        if below and (after is None or _has_title(lines, unit, after)):
            yield unit


def _has_title(lines: list[Row], above: int, anchor: int) -> bool:
    return any(TITLE.search(plain(first_text(row))) for row in lines[_head(lines, above + 1, anchor) : anchor])


def _after_other_tables(lines: list[Row], anchor: int) -> int:
    """The first line below the last row above a form that is another table's, such as a list of all forms."""
    own = lines[anchor][0].at[:4]
    for i in range(anchor - 1, -1, -1):
        row = lines[i]
        filled = filled_cells(row)
        listed = bool(filled) and plain(filled[0].text).isdecimal()  # 1 | 渠道维修自评表, on the same sheet
        other = row[0].at.table and (row[0].at[:4] != own or listed) and len(filled) > 1
        if other and not _is_entry(row) and not heading_like("header", filled[0].text):
            return i + 1
    return 0


def _is_report(row: Row) -> bool:
    """A line that only a report has: 第四部分 决算说明, or the title of another table, 收入支出决算总表."""
    filled = filled_cells(row)
    text = plain(filled[0].text) if len(filled) == 1 else ""
    return bool(_REPORT.match(text)) and not mentioned("labels.title.words", text)


def _head(lines: list[Row], least: int, anchor: int) -> int:
    """The first line of what stands above a form: its title, and all that stands between that and the anchor.

    Without a title, only the headings right above it are the form's: what else stands there may be the remarks below another.
    """
    titled = anchor
    while titled > least and (_is_entry(lines[titled - 1]) or len(filled_cells(lines[titled - 1])) < 2):
        titled -= 1
    titles = [i for i in range(titled, anchor) if _is_heading(lines[i]) and TITLE.search(plain(first_text(lines[i])))]
    first = titles[-1] if titles else anchor
    while first > least and (_is_heading(lines[first - 1]) or _titles_alone(lines[first - 1])):
        first -= 1
    return first


def _titles_alone(row: Row) -> bool:
    filled = filled_cells(row)
    return len(filled) == 1 and is_title(plain(filled[0].text))


def _is_entry(row: Row) -> bool:
    """A line of entries or a heading: 填报单位：某局 | 金额单位：万元."""
    parts = [part for cell in filled_cells(row) for part in _GAP.split(cell.text)]
    labels = [plain(part).partition(":")[0] for part in parts]
    named = any(heading_like("header", one) or heading_like("money", one) for one in labels)
    return _is_heading(row) or (named and all(":" in plain(part) or MONEY.fullmatch(plain(part)) for part in parts))
