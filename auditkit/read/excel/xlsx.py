"""Excel workbooks of XML (.xlsx, .xlsm): the cells of every visible sheet as they are printed.

Read from the parts themselves, not by calamine: these must be parsed for formats, hidden rows and the place of the last
cell anyway, which calamine does not tell, and that costs as much as all the rest.
"""

from __future__ import annotations

import datetime
import posixpath
import re
from collections.abc import Iterator
from functools import cached_property, lru_cache

from lxml import etree

from auditkit.document import Document, letters
from auditkit.read.excel.number_format import BUILT_IN, ERRORS, GENERAL, Printer, number, printed
from auditkit.read.excel.sheet import LONGEST_NAME, MOST_COLUMNS, Place, Range, Worksheet, columns_within, document
from auditkit.read.ooxml import EXCEL, Package
from auditkit.safety import LIMITS, Limits

_M = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_R_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_SHEET, _ROW, _V, _IS, _F, _T, _SI, _RPH = (_M + n for n in ("sheet", "row", "v", "is", "f", "t", "si", "rPh"))
_HIDDEN, _FILLED = (
    etree.XPath(path, namespaces={"m": _M[1:-1]})
    for path in (
        "m:sheetData/m:row[@hidden='1' or @hidden='true' or @ht='0']",
        "m:sheetData/m:row/m:c[*]",
    )
)
_REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})")
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_TRUE = "1", "true"
MOST_ROWS = 1_048_576
UNCOUNTED = "有 {} 个公式没有保存计算结果，按空白读取，请在 Excel 或 WPS 中打开并保存后重新报送"


def read_excel(source: str, data: bytes, limits: Limits = LIMITS) -> Document:
    """Read a workbook; formulas give the results saved with them, and nothing they point to is opened.

    Raises Refused for encryption, a DTD or an exceeded limit, Unreadable for a file that is damaged, shows no text or
    is not of Excel.
    """
    with Package(source, data, limits, EXCEL) as package:
        workbook = _Workbook(package)
        return document(source, workbook.sheets(), limits, workbook.printer.doubts)


def read_sheets(source: str, data: bytes, limits: Limits = LIMITS) -> list[Worksheet]:
    """Every visible sheet of a workbook with all its texts, those in hidden rows and columns too; raises as `read_excel`."""
    with Package(source, data, limits, EXCEL) as package:
        return list(_Workbook(package).sheets())


class _Workbook:
    """The parts that sheets share, read when the first cell asks for them."""

    def __init__(self, package: Package):
        self.package, self.printer = package, Printer()
        self.root = package.root(EXCEL.part)
        properties = self.root.find(_M + "workbookPr")
        self.printer.epoch_1904 = properties is not None and properties.get("date1904") in _TRUE

    def sheets(self) -> Iterator[Worksheet]:
        relations = self.package.root("xl/_rels/workbook.xml.rels")
        parts = {r.get("Id"): r.get("Target", "") for r in relations if r.get("Type", "").endswith("/worksheet")}
        for sheet in self.root.iter(_SHEET):
            target = parts.get(sheet.get(_R_ID))
            if target is None:
                continue  # a chart or a macro sheet has no table
            name = sheet.get("name", "")[:LONGEST_NAME]
            if sheet.get("state", "visible") != "visible":
                yield Worksheet(name, visible=False)
            else:
                yield self.sheet(name, self.package.root(posixpath.normpath(posixpath.join("/xl", target))[1:]))

    def sheet(self, name: str, root: etree._Element) -> Worksheet:
        sheet = Worksheet(name)
        sheet.hidden_columns = columns_within(
            (self.whole(column.get("min")), self.whole(column.get("max")))
            for column in root.iterfind(f"{_M}cols/{_M}col")
            if column.get("hidden") in _TRUE or column.get("width") == "0"
        )
        hidden, cells = _HIDDEN(root), _FILLED(root)
        if None in [element.get("r") for element in (*hidden, *cells)]:
            _write_places(root)
        sheet.hidden_rows = {self.whole(row.get("r")) for row in hidden}
        for cell in cells:
            if text := self.text(cell):
                sheet.texts[self.place(cell.get("r"))] = text
        sheet.merges = [self.range(m.get("ref", "")) for m in root.iterfind(f"{_M}mergeCells/{_M}mergeCell")]
        return sheet

    def text(self, cell: etree._Element) -> str:
        kind, found = cell.get("t", "n"), cell[-1]
        if kind == "inlineStr":
            return _said(found) if found.tag == _IS else ""
        if found.tag != _V:  # a formula without a result, or something added behind the value
            found = cell.find(_V)
        text = "" if found is None else found.text or ""
        if not text:
            self.printer.doubts[UNCOUNTED] += kind != "str" and cell.find(_F) is not None
        elif kind == "s":
            return self.shared[self.index(text, self.shared)]
        elif kind == "n":
            return self.figure(text, cell)
        elif kind == "e":
            self.printer.doubts[ERRORS] += 1
        elif kind == "b":
            return "TRUE" if text in _TRUE else "FALSE"
        elif kind == "d":
            return self.moment(text, cell)
        return _unescaped(text)

    def figure(self, text: str, cell: etree._Element) -> str:
        value = number(text)
        return text if value is None else self.printer.text(value, self.code(cell))

    def code(self, cell: etree._Element) -> str:
        return self.formats[self.index(cell.get("s", "0"), self.formats)]

    def moment(self, text: str, cell: etree._Element) -> str:
        try:
            stamp = datetime.datetime.fromisoformat(text)
        except ValueError:
            return text
        return printed(stamp, self.code(cell)) or text

    @cached_property
    def shared(self) -> list[str]:
        part = "xl/sharedStrings.xml"
        return [_said(item) for item in self.package.root(part).iterfind(_SI)]

    @cached_property
    def formats(self) -> list[str]:
        """The number format of every cell style."""
        if "xl/styles.xml" not in self.package.names:
            return [GENERAL]
        root = self.package.root("xl/styles.xml")
        own = {f.get("numFmtId"): f.get("formatCode", "")[:255] for f in root.iterfind(f"{_M}numFmts/{_M}numFmt")}
        codes = {str(number): code for number, code in BUILT_IN.items()} | own
        return [codes.get(xf.get("numFmtId"), GENERAL) for xf in root.iterfind(f"{_M}cellXfs/{_M}xf")] or [GENERAL]

    def place(self, reference: str) -> Place:
        if (place := _place(reference)) is None:
            raise self.package.damaged("有单元格在表外", "a cell is outside the sheet")
        return place

    def range(self, reference: str) -> Range:
        first, _, last = reference.partition(":")
        return *self.place(first), *self.place(last or first)

    def whole(self, text: str | None) -> int:
        if text is None or not (text.isascii() and text.isdigit()) or not 0 < len(text) <= 7:
            raise self.package.damaged("行号或列号不是数字", "a row or column has no number")
        return int(text)

    def index(self, text: str, items: list[str]) -> int:
        if not (text.isascii() and text.isdigit()) or len(text) > 9 or int(text) >= len(items):
            raise self.package.damaged("单元格引用的文字或格式不存在", "a cell's text or format is missing")
        return int(text)


@lru_cache(maxsize=20_000)  # the forms of a year stand in the same cells
def _place(reference: str) -> Place | None:
    """The row and column of a reference such as C4, None where it is none or outside the sheet."""
    found = _REFERENCE.fullmatch(reference)
    row, column = (int(found[2]), _column(found[1])) if found else (0, 0)
    return (row, column) if 0 < row <= MOST_ROWS and 0 < column <= MOST_COLUMNS else None


def _column(name: str) -> int:
    column = 0
    for letter in name:
        column = column * 26 + ord(letter) - ord("A") + 1
    return column


def _write_places(root: etree._Element) -> None:
    """Where rows and cells do not say where they stand, it is next to the one before."""
    number = 0
    for row in root.iterfind(f"{_M}sheetData/{_ROW}"):
        number = int(row.get("r")) if row.get("r", "").isdecimal() else number + 1
        row.set("r", str(number))
        column = 0
        for cell in row:
            place = _place(cell.get("r", ""))
            column = place[1] if place else column + 1
            cell.set("r", f"{letters(column)}{number}")


def _said(item: etree._Element) -> str:
    """The text of a string without the reading aids (拼音) above it."""
    if len(item) == 1 and item[0].tag == _T:
        return _unescaped(item[0].text or "")
    return _unescaped("".join(t.text or "" for t in item.iter(_T) if t.getparent().tag != _RPH))


def _unescaped(text: str) -> str:
    if "_x" in text:
        text = _ESCAPE.sub(_letter, text)
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _letter(escape: re.Match[str]) -> str:
    code = int(escape[1], 16)
    return escape[0] if 0xD800 <= code < 0xE000 else chr(code)
