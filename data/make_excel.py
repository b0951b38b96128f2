"""Write the specimen form as an Excel workbook: python data/make_excel.py [FOLDER].

It is laid out as specimen.docx is. The funds are numbers under formats (250 as 250.00, 0.95 as 95%), the rest is text.
"""

from __future__ import annotations

import io
import re
import sys
import zipfile
from decimal import Decimal
from pathlib import Path

from openpyxl import Workbook
from openpyxl.cell.cell import Cell as ExcelCell
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.worksheet.worksheet import Worksheet

from auditkit.document import Cell, Document, Table
from auditkit.read import read
from auditkit.safety import publish

HERE = Path(__file__).parent
MOMENT = 2022, 1, 1, 0, 0, 0
WIDTHS = 6, 11, 11, 10, 15, 10, 10, 9, 9, 18
THIN = Border(*[Side("thin")] * 4)


def main(folder: Path) -> None:
    publish(folder / "specimen.xlsx", excel(read(HERE / "specimen.docx")))


def excel(document: Document) -> bytes:
    book = Workbook()
    sheet = book.active
    sheet.title = "自评表"
    sheet.page_setup.paperSize, sheet.page_setup.fitToHeight, sheet.sheet_properties.pageSetUpPr.fitToPage = 9, 0, True
    for letter, width in zip("ABCDEFGHIJ", WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = width
    row = 0
    for block in document.blocks:
        rows = block.rows if isinstance(block, Table) else ((block,),)
        funds = False
        for number, cells in enumerate(rows, row + 1):
            funds = cells[0].text.startswith("项目资金") or (funds and cells[0].merged)
            for cell in cells:
                written(sheet, number, cell, funds)
            join(sheet, number, cells, rows[number - row :])
        row += len(rows)
    return timeless(book)


def written(sheet: Worksheet, row: int, cell: Cell, number: bool) -> None:
    target = sheet.cell(row, cell.grid + 1)
    target.font, target.border = Font("宋体", size=10), THIN
    target.alignment = Alignment("left" if len(cell.text) > 24 else "center", "center", wrap_text=True)
    if cell.text and not cell.merged:
        enter(target, cell.text, number)


def enter(target: ExcelCell, text: str, number: bool) -> None:
    figure = re.fullmatch(r"(\d+)(?:\.(\d+))?(%?)", text) if number else None
    if figure is None:
        target.value, target.number_format = text, "@"
        return
    value = Decimal(text.rstrip("%"))
    target.value = float(value.scaleb(-2) if figure[3] else value)
    target.number_format = f"0{'.' + '0' * len(figure[2]) if figure[2] else ''}{figure[3]}"


def join(sheet: Worksheet, row: int, cells: tuple[Cell, ...], below: tuple[tuple[Cell, ...], ...]) -> None:
    """Merge every cell with the columns it spans and the rows that continue it."""
    for cell in cells:
        down = 0
        while not cell.merged and down < len(below) and continued(cell, below[down]):
            down += 1
        if not cell.merged and (down or cell.span > 1):
            left = cell.grid + 1
            sheet.merge_cells(start_row=row, end_row=row + down, start_column=left, end_column=left + cell.span - 1)


def continued(cell: Cell, row: tuple[Cell, ...]) -> bool:
    return any(c.merged and (c.grid, c.span) == (cell.grid, cell.span) for c in row)


def timeless(book: Workbook) -> bytes:
    saved, out = io.BytesIO(), io.BytesIO()
    book.properties.creator, book.properties.language = "", "zh-CN"
    book.save(saved)
    with zipfile.ZipFile(saved) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            info = zipfile.ZipInfo(name, MOMENT)
            info.compress_type, info.create_system, info.external_attr = zipfile.ZIP_DEFLATED, 0, 0
            content = source.read(name)
            if name == "docProps/core.xml":
                content = re.sub(rb">\d{4}-[^<]*Z<", b">2022-01-01T00:00:00Z<", content)
            target.writestr(info, content)
    return out.getvalue()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)
