"""Workbooks of Excel 2 to 2003 and of WPS (.xls, .et), by xlrd.

xlrd asserts much of records that say nothing of the cells (links, names, conditional formats), runs through every cell
that one of these claims, and tells no text boxes. So it gets a stream in which only what it is asked for stands, and the
text boxes are taken out on the way. Not by calamine, which tells no formats or hidden rows and ends the whole process
where a damaged record states a size.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import xlrd
import xlrd.book
import xlrd.formatting

from auditkit.document import Document
from auditkit.errors.contents import TooManyCells
from auditkit.errors.files import Damage, Damaged, Encrypted
from auditkit.read.excel.drawing import Shape
from auditkit.read.excel.format_code import BUILT_IN, GENERAL
from auditkit.read.excel.number_format import number
from auditkit.read.excel.sheet import ERRORS, LONGEST_NAME, Worksheet, document, error_text
from auditkit.read.excel.style import (
    BLACK,
    LEAST_HEIGHT,
    LEAST_WIDTH,
    PLAIN,
    TINY,
    WHITE,
    CellStyle,
    Font,
    TextRun,
    cell_style,
    seen_number,
    seen_text,
    tell_apart,
)
from auditkit.read.ole import Compound
from auditkit.safety import LIMITS, Limits

# Records as [MS-XLS] names them; those of several numbers have one for each version.
_BOF, _EOF, _CONTINUE, _FILEPASS, _SST, _BOUNDSHEET, _CODEPAGE = (
    (9, 0x209, 0x409, 0x809),
    0x0A,
    0x3C,
    0x2F,
    0xFC,
    0x85,
    0x42,
)
_MSODRAWING, _OBJ, _TXO, _MULRK = 0xEC, 0x5D, 0x1B6, 0xBD
_CELLS = {0x02, 0x03, 0x04, 0x05, 0x06, 0x203, 0x204, 0x205, 0x206, 0x406, 0x27E, 0xD6, 0xFD, _MULRK}
_KEPT = _CELLS | {
    *(*_BOF, _EOF, _CONTINUE, _SST, _BOUNDSHEET, _CODEPAGE, 0x22, 0x92),  # 1904, PALETTE
    *(0x31, 0x231, 0x45, 0x1E, 0x41E, 0xE0, 0x43, 0x243, 0x443, 0x44),  # FONT, EFONT, FORMAT, XF, IXFE
    *(
        0x00,
        0x200,
        0x08,
        0x208,
        0x7D,
        0xE5,
        0x24,
        0x8E,
        0x8F,
        0x23E,
    ),  # DIMENSIONS, ROW, COLINFO, MERGECELLS, COLWIDTH, SHEETHDR, WINDOW2
    *(0x07, 0x207, 0x21, 0x221, 0x236, 0x36, 0x37, 0x4BC),  # STRING, ARRAY, TABLE, SHRFMLA
}
_SKIPPED = struct.pack("<H", 0x0FFF)  # a record that there is not, which xlrd passes over
_ANCHOR = b"\0\0\x10\xf0\x12\0\0\0"  # the head of OfficeArtClientAnchorSheet
_COMMENT, _PICTURE, _CONTROLS = 0x19, 0x08, range(0x0B, 0x15)
# A letter of two halves (𠮷) may be parted by the end of a record, where xlrd gives the whole file up: it gets the halves.
xlrd.book.unicode = lambda data, encoding: str(data, encoding, "surrogatepass" if encoding == "utf_16_le" else "strict")
# What only logs colours that are unknown takes a sixth of the time of opening a workbook.
xlrd.formatting.check_colour_indexes_in_obj = lambda book, style, number: None
_EMPTY, _TEXT, _TRUTH, _ERROR = (0, 6), 1, 4, 5  # the kinds of cells that xlrd tells


def read_xls(source: str, data: bytes, limits: Limits = LIMITS) -> Document:
    """Read a workbook; formulas give the results saved with them.

    Raises Refused for encryption or an exceeded limit, Unreadable for damage or where no text is shown.
    """
    return document(source, xls_sheets(source, data, limits), limits)


def xls_sheets(source: str, data: bytes, limits: Limits = LIMITS) -> Iterator[Worksheet]:
    """Every sheet with all its texts, those in hidden rows and columns too; raises as `read_xls`."""
    stream = data
    if data.startswith(b"\xd0\xcf\x11\xe0"):  # taken apart here: xlrd refuses some that WPS writes
        compound = Compound(source, data, limits)
        stream = compound.stream("Workbook" if "Workbook" in compound.names else "Book")
    with open(os.devnull, "w") as log:
        with _damage(source, limits):
            sifted = _Sifted(bytearray(stream), limits.cells)
            book = xlrd.open_workbook(
                file_contents=bytes(sifted.stream),
                logfile=log,
                formatting_info=True,
                on_demand=True,
                ragged_rows=True,
                encoding_override=sifted.encoding,
            )
        workbook = _Workbook(book)
        for place, name in enumerate(book.sheet_names()):
            if place in sifted.hidden:
                yield Worksheet(name[:LONGEST_NAME], visible=False)
                continue
            with _damage(source, limits):
                found = book.sheet_by_index(place)
            sheet = workbook.worksheet(found, limits.cells)
            sheet.shapes = sifted.shapes.get(place, [])
            book.unload_sheet(place)
            yield sheet


@contextmanager
def _damage(source: str, limits: Limits) -> Iterator[None]:
    try:
        yield
    except MemoryError:
        raise
    except PermissionError:
        raise Encrypted(source, suffix=".xls") from None
    except OverflowError:
        raise TooManyCells(source, most=limits.cells) from None
    except Exception as error:  # xlrd meets damage with whatever the damage makes it do
        raise Damaged(source, Damage.WORKBOOK, ".xls", "Excel") from error


@dataclass
class _Sifted:
    """A stream without the records that nobody asked for, and the shapes over its sheets.

    Raises PermissionError for encryption, OverflowError for more cells than `most`, IndexError for damage.
    """

    stream: bytearray
    most: int
    encoding: str | None = (
        "gb18030"  # of versions before Unicode; their number for it is rarely wrong, and often absent
    )
    shapes: dict[int, list[Shape]] = field(default_factory=dict)
    hidden: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        places = []
        for kind, body in self._part(0):
            if kind == _FILEPASS:
                raise PermissionError
            if kind == _SST and struct.unpack_from("<I", body, 4)[0] > 10 * self.most:
                raise OverflowError
            if kind == _BOUNDSHEET and len(body) > 6 and body[5] == 0:
                self.hidden |= {len(places)} if body[4] & 3 else set()
                places.append(struct.unpack_from("<I", body)[0])
            elif kind == _CODEPAGE and body[:2] in (b"\xe4\x04", b"\x00\x80"):
                self.encoding = "cp1252"
        for sheet, place in enumerate(places):
            if sheet not in self.hidden:
                self.shapes[sheet] = list(_shapes(self._part(place)))

    def _part(self, at: int) -> Iterator[tuple[int, bytes]]:
        """The records from a place to the end of that part, the charts within it left out."""
        stream = self.stream
        depth = cells = 0
        while at + 4 <= len(stream):
            kind, size = struct.unpack_from("<HH", stream, at)
            depth += (kind in _BOF) - (kind == _EOF)
            if depth <= 0 and kind != _EOF:
                raise IndexError
            if kind in _CELLS:
                cells += (size - 6) // 6 if kind == _MULRK else 1
                if cells > self.most:
                    raise OverflowError
            if depth <= 1:
                yield kind, bytes(stream[at + 4 : at + 4 + size]) if kind not in _CELLS else b""
            if kind not in _KEPT:
                stream[at : at + 2] = _SKIPPED
            if depth <= 0:
                return
            at += 4 + size
        raise IndexError


def _shapes(records: Iterator[tuple[int, bytes]]) -> Iterator[Shape]:
    """The text boxes and pictures among the records of a sheet, without its comments and lists."""
    anchor, kind, length, chars = b"", _COMMENT, 0, ""
    for record, body in records:
        if record == _MSODRAWING and (at := body.rfind(_ANCHOR)) >= 0:
            anchor = body[at + 8 : at + 26]
        elif record == _OBJ and len(body) >= 6:
            kind, length = struct.unpack_from("<H", body, 4)[0], 0
            if kind == _PICTURE and len(anchor) == 18:
                yield _shape(anchor, None)
        elif record == _TXO and len(body) >= 12 and kind != _COMMENT and kind not in _CONTROLS:
            length, chars = struct.unpack_from("<H", body, 10)[0], ""
        elif record == _CONTINUE and length and body:
            chars += body[1:].decode("utf-16-le" if body[0] & 1 else "latin-1", "replace")[:length]
            length -= min(len(chars), length)
            if not length and len(anchor) == 18 and chars.strip():
                yield _shape(anchor, chars.replace("\r", "\n").strip())


def _shape(anchor: bytes, text: str | None) -> Shape:
    """A shape by its anchor: in which column and row it begins and ends, and how far into these."""
    _, left, _, top, _, right, into_right, bottom, into_bottom = struct.unpack("<9H", anchor)
    last = bottom + (into_bottom > 0), right + (into_right > 0)
    return Shape((top + 1, left + 1), (max(last[0], top + 1), max(last[1], left + 1)), text)


class _Workbook:
    """What the sheets share: the styles of cells, and the fonts that parts of a text name."""

    def __init__(self, book: xlrd.book.Book):
        self.book, self.epoch_1904 = book, book.datemode == 1
        codes = BUILT_IN | {one.format_key: one.format_str[:255] for one in book.format_list}
        self.fonts = [
            Font(bool(f.struck_out), f.escapement == 1, self.ink(f.colour_index), 0 < f.height <= TINY)
            for f in book.font_list
        ]
        self.styles = [
            cell_style(codes.get(xf.format_key, GENERAL), self.font(xf.font_index), self.ground(xf.background))
            for xf in book.xf_list
        ]

    def font(self, index: int) -> Font:
        return self.fonts[index] if index < len(self.fonts) else PLAIN.font

    def ink(self, index: int) -> str:
        rgb = self.book.colour_map.get(index)
        return BLACK if rgb is None else bytes(rgb).hex().upper()

    def ground(self, fill: Any) -> str:
        if fill.fill_pattern == 0:
            return WHITE
        rgb = self.book.colour_map.get(fill.pattern_colour_index)
        return "" if fill.fill_pattern != 1 or rgb is None else bytes(rgb).hex().upper()

    def worksheet(self, found: xlrd.sheet.Sheet, most: int) -> Worksheet:
        sheet = Worksheet(found.name[:LONGEST_NAME])
        for row, info in found.rowinfo_map.items():
            if info.hidden or not (info.height >= LEAST_HEIGHT or info.has_default_height):
                sheet.hidden_rows.add(row + 1)
        sheet.hidden_columns = {
            at + 1 for at, info in found.colinfo_map.items() if info.hidden or info.width < LEAST_WIDTH
        }
        sheet.merges = [(top + 1, left + 1, bottom, right) for top, bottom, left, right in found.merged_cells]
        for row in range(found.nrows):
            kinds, values = found.row_types(row), found.row_values(row)
            for column, kind in enumerate(kinds):
                if kind not in _EMPTY:
                    place = row, column
                    index = found.cell_xf_index(row, column)
                    style = self.styles[index] if index < len(self.styles) else PLAIN
                    text, doubts = self.cell(kind, values[column], found, place, style)
                    sheet.put((row + 1, column + 1), text, most, doubts)
        return sheet

    def cell(
        self, kind: int, value: Any, found: xlrd.sheet.Sheet, place: tuple[int, int], style: CellStyle
    ) -> tuple[str, Sequence[str]]:
        """The text of a cell and the doubts about it; the values of errors, truths and numbers are of that type."""
        if kind == _TEXT:
            runs = found.rich_text_runlist_map.get(place)
            if value.isprintable() and not runs:  # with no half of a letter
                return (value, ()) if style.plain else seen_text(value, style)
            units = value.encode("utf-16-le", "surrogatepass")
            if runs:
                return seen_text(self.runs(units, runs), style)
            text = units.decode("utf-16-le", "replace")
            return (text, ()) if style.plain else seen_text(text, style)
        if kind == _ERROR:
            return error_text(value), [ERRORS]
        if kind == _TRUTH:
            return seen_text("TRUE" if value else "FALSE", style)
        amount = number(repr(value))
        if amount is None:
            return seen_text(str(value), style)
        return seen_number(amount, style, self.epoch_1904, bool(found.show_zero_values))

    def runs(self, units: bytes, places: list[tuple[int, int]]) -> str | tuple[TextRun, ...]:
        """A text in UTF-16 as its runs, which begin at places counted in two bytes."""
        begins = [0, *(2 * place for place, _ in places), len(units)]
        fonts = [None, *(self.font(font) for _, font in places)]
        return tell_apart(
            TextRun(units[begin:end].decode("utf-16-le", "replace"), font)
            for begin, end, font in zip(begins[:-1], begins[1:], fonts, strict=True)
        )
