"""Workbooks of Excel 2003 as one XML file (SpreadsheetML, .xml or .xls): the cells of every visible sheet as printed.

Read here and not by LibreOffice, which gives a cell the number format of the one before and loses raised and struck text.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence

from lxml import etree

from auditkit.document import Document
from auditkit.errors.contents import TooManyCells
from auditkit.errors.files import Damage, Damaged
from auditkit.read.excel.format_code import BUILT_IN, GENERAL
from auditkit.read.excel.number_format import number, printed
from auditkit.read.excel.sheet import (
    ERRORS,
    LONGEST_NAME,
    MOST_COLUMNS,
    MOST_ROWS,
    PICTURE,
    UNCOUNTED,
    Worksheet,
    columns_within,
    document,
    is_image,
)
from auditkit.read.excel.style import (
    BLACK,
    PLAIN,
    WHITE,
    CellStyle,
    Font,
    TextRun,
    cell_style,
    is_tiny,
    seen_number,
    seen_text,
    tell_apart,
)
from auditkit.read.ooxml import EXCEL, xml_root
from auditkit.safety import LIMITS, Limits

NAMESPACE = "urn:schemas-microsoft-com:office:spreadsheet"
_S, _X, _H = f"{{{NAMESPACE}}}", "{urn:schemas-microsoft-com:office:excel}", "{http://www.w3.org/TR/REC-html40}"
_VISIBLE, _NO_ZEROS = (f"{_X}WorksheetOptions/{_X}{name}" for name in ("Visible", "DoNotDisplayZeros"))
# The formats that have a name in place of a code.
_NAMED = {
    "General Number": GENERAL, "General Date": BUILT_IN[22], "Long Date": BUILT_IN[31], "Medium Date": BUILT_IN[15],
    "Short Date": BUILT_IN[14], "Long Time": BUILT_IN[21], "Medium Time": BUILT_IN[18], "Short Time": BUILT_IN[20],
    "Currency": BUILT_IN[7], "Euro Currency": '"€"#,##0.00', "Fixed": BUILT_IN[2], "Standard": BUILT_IN[4],
    "Percent": BUILT_IN[10], "Scientific": BUILT_IN[11], "Yes/No": '"Yes";"Yes";"No"',
    "True/False": '"True";"True";"False"', "On/Off": '"On";"On";"Off"',
}  # fmt: skip
_STRUCK, _RAISED, _FONT = (f"{_H}S", f"{_H}Strike", f"{_H}Del"), f"{_H}Sup", f"{_H}Font"


def read_spreadsheetml(source: str, data: bytes, limits: Limits = LIMITS) -> Document:
    """Read a workbook; formulas give the results saved with them.

    Raises Refused for a DTD or an exceeded limit, Unreadable for damage or where no text is shown.
    """
    root = xml_root(source, data, limits, EXCEL)
    try:
        return document(source, _Workbook(source, root, limits.cells).sheets(), limits)
    except OverflowError:
        raise TooManyCells(source, most=limits.cells) from None


class _Workbook:
    """The styles that the sheets share."""

    def __init__(self, source: str, root: etree._Element, most: int):
        self.source, self.root, self.most = source, root, most
        self.styles = {"": PLAIN}
        for style in root.iterfind(f"{_S}Styles/{_S}Style"):
            name = style.get(f"{_S}ID", "")
            base = self.styles.get(style.get(f"{_S}Parent", ""), self.styles[""])
            made = self.styles[name] = _style(style, base)
            if name == "Default":
                self.styles[""] = made

    def sheets(self) -> Iterator[Worksheet]:
        for sheet in self.root.iterfind(f"{_S}Worksheet"):
            name = sheet.get(f"{_S}Name", "")[:LONGEST_NAME]
            if sheet.findtext(_VISIBLE, "").startswith("Sheet"):
                yield Worksheet(name, visible=False)
            elif (table := sheet.find(f"{_S}Table")) is not None:
                self.zeros = sheet.find(_NO_ZEROS) is None
                yield self.sheet(name, table)

    def sheet(self, name: str, table: etree._Element) -> Worksheet:
        sheet, row, column, hidden, rows = Worksheet(name), 0, 0, [], []
        own = table.get(f"{_S}StyleID", "")
        by_column: dict[int, str] = {}
        for element in table.iterchildren(f"{_S}Column"):
            column = self.whole(element, "Index", column + 1, MOST_COLUMNS)
            last = min(column + self.whole(element, "Span", 0, MOST_COLUMNS), MOST_COLUMNS)
            if element.get(f"{_S}Hidden") == "1" or is_tiny(element.get(f"{_S}Width", "")):
                hidden.append((column, last))
            if style := element.get(f"{_S}StyleID"):
                by_column |= dict.fromkeys(range(column, last + 1), style)
            column = last
        for element in table.iterchildren(f"{_S}Row"):
            row = self.whole(element, "Index", row + 1, MOST_ROWS)
            last = min(row + self.whole(element, "Span", 0, MOST_ROWS), MOST_ROWS)
            if element.get(f"{_S}Hidden") == "1" or is_tiny(element.get(f"{_S}Height", "")):
                rows.append((row, last))
            self.row(sheet, element, row, element.get(f"{_S}StyleID", own), by_column)
            row = last
        used = max((row for row, _ in sheet.texts), default=0)
        sheet.hidden_rows = {row for first, last in rows for row in range(first, min(last, used) + 1)}
        sheet.hidden_columns = columns_within(hidden)
        return sheet

    def row(self, sheet: Worksheet, element: etree._Element, row: int, own: str, by_column: dict[int, str]) -> None:
        column = 0
        for cell in element.iterchildren(f"{_S}Cell"):
            column = self.whole(cell, "Index", column + 1, MOST_COLUMNS)
            style = self.styles.get(cell.get(f"{_S}StyleID") or own or by_column.get(column, ""), self.styles[""])
            text, doubts = self.text(cell, style)
            sheet.put((row, column), text, self.most, doubts)
            right = min(column + self.whole(cell, "MergeAcross", 0, MOST_COLUMNS), MOST_COLUMNS)
            bottom = min(row + self.whole(cell, "MergeDown", 0, MOST_ROWS), MOST_ROWS)
            if right > column or bottom > row:
                sheet.merges.append((row, column, bottom, right))
            column = right

    def text(self, cell: etree._Element, style: CellStyle) -> tuple[str, Sequence[str]]:
        """The text of a cell and the doubts about it."""
        formula, data = cell.get(f"{_S}Formula"), cell.find(f"{_S}Data")
        if formula is not None and is_image(formula):
            return "", [PICTURE]
        if data is None:
            return "", [UNCOUNTED] * (formula is not None)
        kind, text = data.get(f"{_S}Type", "String"), "".join(data.itertext())
        if kind == "String":
            return seen_text(tell_apart(_runs(data, style.font, None)) if len(data) else text, style)
        if kind == "Error":
            return text, [ERRORS]
        if kind == "Boolean":
            return seen_text("TRUE" if text.strip() == "1" else "FALSE", style)
        if kind == "DateTime":
            return ("", [style.hidden]) if style.hidden else (_moment(text.strip(), style.code), ())
        value = number(text.strip())
        return seen_text(text.strip(), style) if value is None else seen_number(value, style, zeros=self.zeros)

    def whole(self, element: etree._Element, name: str, default: int, most: int) -> int:
        text = element.get(f"{_S}{name}")
        if text is None:
            return default
        if not (text.isascii() and text.isdigit()) or len(text) > 7 or int(text) > most:
            raise Damaged(self.source, Damage.PLACES, ".xlsx", "Excel")
        return int(text)


def _moment(text: str, code: str) -> str:
    try:
        return printed(datetime.datetime.fromisoformat(text), code) or text
    except ValueError:
        return text


def _style(style: etree._Element, base: CellStyle) -> CellStyle:
    code, font, ground = base.code, base.font, base.ground
    if (shown := style.find(f"{_S}NumberFormat")) is not None:
        named = shown.get(f"{_S}Format", GENERAL)[:255]
        code = _NAMED.get(named, named)
    if (letters := style.find(f"{_S}Font")) is not None:
        raised = letters.get(f"{_S}VerticalAlign") == "Superscript"
        ink = _rgb(letters.get(f"{_S}Color"), BLACK)
        font = Font(letters.get(f"{_S}StrikeThrough") == "1", raised, ink, is_tiny(letters.get(f"{_S}Size", "")))
    if (fill := style.find(f"{_S}Interior")) is not None:
        pattern, color = fill.get(f"{_S}Pattern", "None"), fill.get(f"{_S}Color")
        ground = WHITE if pattern == "None" else _rgb(color, WHITE) if pattern == "Solid" else ""
    return cell_style(code, font, ground)


def _rgb(text: str | None, default: str) -> str:
    return default if text is None or text == "Automatic" else text.lstrip("#").upper()


def _runs(element: etree._Element, cell: Font, own: Font | None) -> Iterator[TextRun]:
    """The runs of a text whose marks are those of HTML 4."""
    yield TextRun(element.text or "", own)
    for child in element.iterchildren(etree.Element):
        font = own or cell
        if child.tag in _STRUCK:
            font = font._replace(struck=True)
        elif child.tag == _RAISED:
            font = font._replace(raised=True)
        elif child.tag == _FONT and child.get(f"{_H}Color"):
            font = font._replace(ink=_rgb(child.get(f"{_H}Color"), BLACK))
        yield from _runs(child, cell, font)
        yield TextRun(child.tail or "", own)
