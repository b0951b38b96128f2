"""Cells, widths and print set-up of a working paper: every text is a text, only what is meant to be filled in is coloured."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from auditkit.model import Value
from auditkit.safety import escape_formula

if TYPE_CHECKING:
    from openpyxl.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

LONGEST = 32_000  # letters; a cell holds 32,767
_ESCAPED = re.compile(r"_x(?=[0-9A-Fa-f]{4}_)")  # Excel would read a letter's number in it


class Column(NamedTuple):
    """One column: its heading, its width in letters, whether a person fills it in; width 0 is hidden."""

    name: str
    width: int
    filled_in: bool = False


class CellFormula(str):
    """A formula of ours; nothing else in a workbook is one."""


def printed_text(text: str) -> str:
    """A text as it stands in a cell."""
    return escape_formula(text[:LONGEST])


def figure(value: Value) -> Decimal | str:
    """A number where the form states a plain one, else its words."""
    return value.number if value.is_number else value.one_line


def write(sheet: Worksheet, row: int, column: int, content: Any, look: str = "text") -> Cell:
    """Put something into a cell: a Formula, a number, or a text that stays one."""
    cell = sheet.cell(row, column)
    if isinstance(content, str) and not isinstance(content, CellFormula):
        cell.value = _ESCAPED.sub("_x005F_x", printed_text(content)) or None
        if cell.value:
            cell.data_type = "s"
    else:
        cell.value = content
    cell._style = _looks(sheet.parent)[look]
    return cell


@lru_cache(maxsize=1)
def _looks(book: Any) -> dict[str, Any]:
    """The styles of one workbook, made once: a style put together cell by cell costs more than all the rest."""
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

    line = Side("thin", color="808080")
    box = Border(line, line, line, line)
    # An .xlsx cannot say that no line begins with a comma, as LibreOffice wants to be told: no alignment, font or run
    # of rich text does. Excel and WPS know it by themselves.
    words, figures = Alignment("left", "center", wrap_text=True), Alignment("center", "center", wrap_text=True)
    middle = Alignment("center", "center", wrap_text=True)
    plain, bold, title = Font("宋体", 10), Font("宋体", 10, bold=True), Font("黑体", 16)
    none, head, fill = PatternFill(), PatternFill("solid", "E7ECF1"), PatternFill("solid", "FFF2CC")
    looks = {
        "title": (title, none, Border(), Alignment("center", "center", wrap_text=True)),
        "hint": (plain, none, Border(), Alignment("left", "center", wrap_text=True)),
        "head": (bold, head, box, middle),
        "head_input": (bold, fill, box, middle),
        "text": (plain, none, box, words),
        "key": (plain, none, Border(), Alignment()),
        "middle": (plain, none, box, middle),
        "number": (plain, none, box, figures),
        "sum": (bold, head, box, figures),
        "sum_text": (bold, head, box, words),
        "input": (plain, fill, box, words),
        "input_number": (plain, fill, box, figures),
    }
    model = book.create_sheet("auditkit")
    styles = {}
    for number, (name, (font, colour, border, alignment)) in enumerate(looks.items(), 1):
        cell = model.cell(1, number)
        cell.font, cell.fill, cell.border, cell.alignment = font, colour, border, alignment
        styles[name] = cell._style
    book.remove(model)
    return styles


def heading(sheet: Worksheet, row: int, columns: Sequence[Column]) -> None:
    """The row of column names, with widths, hidden columns, frozen panes and print set-up of the whole sheet."""
    from openpyxl.utils import get_column_letter

    for number, column in enumerate(columns, 1):
        name = f"{column.name}\n（填写）" if column.filled_in else column.name
        write(sheet, row, number, name, "head_input" if column.filled_in else "head")
        dimension = sheet.column_dimensions[get_column_letter(number)]
        dimension.width, dimension.hidden = column.width or 10, not column.width
    fit(sheet, row, columns)
    sheet.freeze_panes = sheet.cell(row + 1, 2)
    sheet.print_title_rows = f"{row}:{row}"
    page = sheet.page_setup
    page.orientation, page.paperSize, page.fitToWidth, page.fitToHeight = "landscape", sheet.PAPERSIZE_A4, 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    margins = sheet.page_margins
    margins.left = margins.right = 0.4
    margins.top, margins.bottom, margins.footer = 0.5, 0.7, 0.3
    sheet.oddFooter.center.text = "第 &P 页，共 &N 页"


def fit(sheet: Worksheet, row: int, columns: Sequence[Column]) -> None:
    """A row high enough for its texts: programs do not measure the rows of a file that they did not write."""
    shown = [(sheet.cell(row, number), column.width) for number, column in enumerate(columns, 1) if column.width]
    lines = (_lines(str(cell.value or ""), width) for cell, width in shown if cell.data_type != "f")
    sheet.row_dimensions[row].height = min(5 + 14.5 * max(lines, default=1), 409)


def _lines(text: str, width: int) -> int:
    return sum(max(1, -(-breadth(line) // max(width - 1, 1))) for line in text.split("\n"))


def breadth(text: str) -> int:
    """How many half-width letters wide."""
    return 2 * len(text) - len(text.encode("ascii", "ignore"))


def banner(sheet: Worksheet, columns: Sequence[Column], title: str, *hints: str) -> None:
    """Title and hints over the width of the columns that are shown."""
    from openpyxl.utils import get_column_letter

    shown = sum(column.width > 0 for column in columns)
    room = sum(column.width for column in columns)
    for row, text in enumerate((title, *hints), 1):
        write(sheet, row, 1, text, "title" if row == 1 else "hint")
        # What `merge_cells` does besides, cells without a border or a content for the rest, leaves no trace in the file.
        sheet.merged_cells.add(f"A{row}:{get_column_letter(shown)}{row}")
        # A merged cell does not grow with its text by itself.
        sheet.row_dimensions[row].height = 32 if row == 1 else 16 * _lines(text, room)
