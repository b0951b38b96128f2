"""Excel workbooks of XML (.xlsx, .xlsm): the cells of every visible sheet as they are printed.

Read from the parts themselves, not by calamine: these must be parsed for formats, fonts, hidden rows and the place of
the last cell anyway, which calamine does not tell, and that costs as much as all the rest.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator
from functools import cached_property, lru_cache
from itertools import chain

from lxml import etree

from auditkit.document import Document, letters
from auditkit.errors.files import Damage
from auditkit.read.excel.drawing import shapes_of
from auditkit.read.excel.number_format import number, printed
from auditkit.read.excel.sheet import (
    BY_RULE,
    ERRORS,
    LONGEST_NAME,
    MOST_COLUMNS,
    MOST_ROWS,
    PICTURE,
    UNCOUNTED,
    Place,
    Range,
    Worksheet,
    columns_within,
    document,
    is_image,
)
from auditkit.read.excel.style import PLAIN, CellStyle, TextRun, seen_number, seen_text, tell_apart
from auditkit.read.excel.style_sheet import font_of, hiding_rules, styles_of
from auditkit.read.ooxml import EXCEL, Package
from auditkit.safety import LIMITS, Limits

_M = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_R_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_SHEET, _ROW, _V, _IS, _F, _T, _R, _SI, _RPR = (_M + n for n in ("sheet", "row", "v", "is", "f", "t", "r", "si", "rPr"))
_HIDDEN, _FILLED = (
    etree.XPath(path, namespaces={"m": _M[1:-1]})
    for path in (
        "m:sheetData/m:row[@hidden='1' or @hidden='true' or @ht<1]",
        "m:sheetData/m:row/m:c[*]",
    )
)
_REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})")
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_NO_WIDTH = re.compile(r"0*(?:\.[0-4]?\d*)?")  # of a column: less than half a letter
_MOST_RULED = 100  # ranges of rules that are looked at
_TRUE, _FALSE = ("1", "true"), ("0", "false")

Text = str | tuple[TextRun, ...]


def read_excel(source: str, data: bytes, limits: Limits = LIMITS) -> Document:
    """Read a workbook; formulas give the results saved with them, and nothing they point to is opened.

    Raises Refused for encryption, a DTD or an exceeded limit, Unreadable for a file that is damaged, shows no text or
    is not of Excel.
    """
    with Package(source, data, limits, EXCEL) as package:
        return document(source, _Workbook(package).sheets(), limits)


def excel_sheets(source: str, data: bytes, limits: Limits = LIMITS) -> list[Worksheet]:
    """Every visible sheet of a workbook with all its texts, those in hidden rows and columns too; raises as `read_excel`."""
    with Package(source, data, limits, EXCEL) as package:
        return list(_Workbook(package).sheets())


class _Workbook:
    """The parts that sheets share, read when the first cell asks for them."""

    def __init__(self, package: Package):
        self.package, self.root = package, package.root(package.main)
        properties = self.root.find(_M + "workbookPr")
        self.epoch_1904 = properties is not None and properties.get("date1904") in _TRUE
        self.links = package.related(package.main)
        part = self.style_part = package.named(self.links, "styles", "xl/styles.xml")
        self.styles = styles_of(package.root(part)) if part in package else [PLAIN]
        # The names of the styles under which a text may not be seen as it stands; most workbooks have none.
        self.special = {str(name) for name, style in enumerate(self.styles) if not style.plain}
        self.ordinary = not self.special
        self.doubts: list[str] = []  # of the cell that is being read

    def sheets(self) -> Iterator[Worksheet]:
        for sheet in self.root.iter(_SHEET):
            link = self.links.get(sheet.get(_R_ID, ""))
            if link is None or link.kind != "worksheet":
                continue  # a chart or a macro sheet has no table
            name = sheet.get("name", "")[:LONGEST_NAME]
            if sheet.get("state", "visible") != "visible":
                yield Worksheet(name, visible=False)
            else:
                yield self.sheet(name, link.part)

    def sheet(self, name: str, part: str) -> Worksheet:
        sheet, root = Worksheet(name), self.package.root(part)
        parts = {child.tag: child for child in root}
        views = parts.get(f"{_M}sheetViews", ())
        self.zeros = not any(view.get("showZeros") in _FALSE for view in views)
        sheet.hidden_columns = columns_within(
            (self.whole(column.get("min")), self.whole(column.get("max")))
            for column in parts.get(f"{_M}cols", ())
            if column.get("hidden") in _TRUE or _NO_WIDTH.fullmatch(column.get("width", "9"))
        )
        hidden, cells = _HIDDEN(root), _FILLED(root)
        if None in [element.get("r") for element in (*hidden, *cells)]:
            _write_places(root)
        sheet.hidden_rows = {self.whole(row.get("r")) for row in hidden}
        for cell in cells:
            if text := self.text(cell):
                sheet.texts[self.place(cell.get("r"))] = text
            if self.doubts:
                place = self.place(cell.get("r"))
                sheet.doubts += [(doubt, place) for doubt in self.doubts]
                self.doubts = []
        sheet.merges = [self.range(m.get("ref", "")) for m in parts.get(f"{_M}mergeCells", ())]
        if (drawing := parts.get(f"{_M}drawing")) is not None:
            link = self.package.related_or_none(part).get(drawing.get(_R_ID, ""))
            sheet.shapes = list(shapes_of(self.package.root(link.part))) if link else []
        if (rules := f"{_M}conditionalFormatting") in parts:
            sheet.doubts += [(BY_RULE, place) for place in self.ruled(sheet, root.iterchildren(rules))]
        return sheet

    def ruled(self, sheet: Worksheet, rules: Iterable[etree._Element]) -> list[Place]:
        """The cells with a text that a rule may give a look in which nobody sees it."""
        hiding = hiding_rules(self.package.root(self.style_part)) if self.style_part in self.package else set()
        areas = [area.get("sqref", "").split() for area in rules if any(rule.get("dxfId") in hiding for rule in area)]
        ranges = [self.range(reference) for reference in [*chain.from_iterable(areas)][:_MOST_RULED]]
        return [
            (row, column)
            for row, column in sheet.texts
            if any(top <= row <= bottom and left <= column <= right for top, left, bottom, right in ranges)
        ]

    def text(self, cell: etree._Element) -> str:
        kind, found = cell.get("t", "n"), cell[-1]
        if kind == "inlineStr":
            inline = _string(found) if found.tag == _IS else ""
            return inline if type(inline) is str and self.ordinary and inline[:1] != "=" else self.seen(inline, cell)
        if found.tag != _V:  # a formula without a result, or something added behind the value
            found = cell.find(_V)
        text = "" if found is None else found.text or ""
        if found is not cell[0] and is_image(cell.findtext(_F, "")):
            self.doubts.append(PICTURE)
        elif not text:
            self.doubts += [UNCOUNTED] * (kind != "str" and cell.find(_F) is not None)
        elif kind == "s":
            shared = self.shared[self.index(text, self.shared)]
            return shared if type(shared) is str and self.ordinary and shared[:1] != "=" else self.seen(shared, cell)
        elif kind == "n":
            return self.figure(text, cell)
        elif kind == "e":
            return self.error(text, cell)
        elif kind == "b":
            return self.seen("TRUE" if text in _TRUE else "FALSE", cell)
        else:
            return self.moment(text, cell) if kind == "d" else self.seen(_unescaped(text), cell)
        return ""

    def seen(self, text: Text, cell: etree._Element) -> str:
        """What is seen of a text in its cell."""
        seen, doubts = text, []
        if type(text) is not str or cell.get("s", "0") in self.special:
            seen, doubts = seen_text(text, self.style(cell))
        if is_image(seen):
            seen, doubts = "", [PICTURE]
        self.doubts += doubts
        return seen

    def figure(self, text: str, cell: etree._Element) -> str:
        style, value = self.style(cell), number(text)
        if value is None:
            return self.seen(text, cell)
        shown, doubts = seen_number(value, style, self.epoch_1904, self.zeros)
        self.doubts += doubts
        return shown

    def error(self, text: str, cell: etree._Element) -> str:
        """The text of an error; the one that stands for a picture set into the cell is none."""
        picture = cell.get("vm") is not None and any(link.kind == "richValueRel" for link in self.links.values())
        self.doubts.append(PICTURE if picture else ERRORS)
        return "" if picture else _unescaped(text)

    def moment(self, text: str, cell: etree._Element) -> str:
        try:
            stamp = datetime.datetime.fromisoformat(text)
        except ValueError:
            return text
        return printed(stamp, self.style(cell).code) or text

    def style(self, cell: etree._Element) -> CellStyle:
        return self.styles[self.index(cell.get("s", "0"), self.styles)]

    @cached_property
    def shared(self) -> list[Text]:
        part = self.package.named(self.links, "sharedStrings", "xl/sharedStrings.xml")
        return [_string(item) for item in self.package.root(part).iterfind(_SI)]

    def place(self, reference: str) -> Place:
        if (place := _place(reference)) is None:
            raise self.package.damaged(Damage.CELL_OUTSIDE)
        return place

    def range(self, reference: str) -> Range:
        first, _, last = reference.partition(":")
        return *self.place(first), *self.place(last or first)

    def whole(self, text: str | None) -> int:
        if text is None or not (text.isascii() and text.isdigit()) or not 0 < len(text) <= 7:
            raise self.package.damaged(Damage.NOT_NUMBERED)
        return int(text)

    def index(self, text: str, items: list[Text] | list[CellStyle]) -> int:
        if not (text.isascii() and text.isdigit()) or len(text) > 9 or int(text) >= len(items):
            raise self.package.damaged(Damage.NO_TARGET)
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


def _string(item: etree._Element) -> Text:
    """The text of a string without the reading aids (拼音) above it; in runs where its parts have fonts of their own."""
    if len(item) == 1 and item[0].tag == _T:
        return _unescaped(item[0].text or "")
    return tell_apart(_run(piece) for piece in item.iterchildren(_T, _R))


def _run(piece: etree._Element) -> TextRun:
    if piece.tag == _T:
        return TextRun(_unescaped(piece.text or ""), None)
    font = piece.find(_RPR)
    return TextRun(
        _unescaped("".join(t.text or "" for t in piece.iterchildren(_T))), None if font is None else font_of(font)
    )


def _unescaped(text: str) -> str:
    if "_x" in text:
        text = _ESCAPE.sub(_letter, text)
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _letter(escape: re.Match[str]) -> str:
    code = int(escape[1], 16)
    return escape[0] if 0xD800 <= code < 0xE000 else chr(code)
