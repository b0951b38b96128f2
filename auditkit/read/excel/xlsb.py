"""Binary workbooks of Excel 2007 and later (.xlsb): the records of its parts, as [MS-XLSB] names them.

Read here also where LibreOffice is installed: that one prints G/通用格式"公里", 0!.0, and [红色]0.0 wrong, shows #NAME? for
a picture in a cell, is refused where the network cannot be taken from it, and takes 300 times as long.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from decimal import Decimal

from auditkit.document import Document
from auditkit.errors.contents import TooManyCells
from auditkit.errors.files import Damage
from auditkit.read.excel.drawing import shapes_of
from auditkit.read.excel.format_code import BUILT_IN, GENERAL
from auditkit.read.excel.number_format import number
from auditkit.read.excel.sheet import ERRORS, LONGEST_NAME, Worksheet, columns_within, document, error_text
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
from auditkit.read.ooxml import XLSB, Package
from auditkit.safety import LIMITS, Limits

UNKNOWN_RECORDS = (
    "有 {n} 处单元格的记录无法识别，可能有内容未读取，如 {at} 附近，请在 Excel 或 WPS 中另存为 .xlsx 后核对"
)
_ROW, _STRING, _FONT, _FORMAT, _FILL, _XF, _COLUMN, _PROPERTIES, _BUNDLE, _MERGE, _XFS, _XFS_END, _DRAWING = (
    *(0, 19, 43, 44, 45, 47, 60, 153, 156, 176, 617, 618, 550),
)
_DATA, _DATA_END, _VIEW = 145, 146, 137
_BLANK, _PACKED, _ERRORS, _TRUTHS, _REALS, _TEXTS, _SHARED, _RICH = 1, 2, (3, 11), (4, 10), (5, 9), (6, 8), 7, 62
_SHORT = range(12, 19)  # a cell right of the one before, of the kind 11 less, whose column is not written again
# What may stand among cells and is none: their formulas and metadata, and what later versions add (35 to 38).
_NO_CELLS = {35, 36, 37, 38, 49, 50, 426, 427, 428, 1024, 1045, 1046}
_COLORS = {0: BLACK, 8: BLACK, 64: BLACK, 1: WHITE, 9: WHITE, 65: WHITE}


def read_xlsb(source: str, data: bytes, limits: Limits = LIMITS) -> Document:
    """Read a workbook; raises as read_xls does."""
    with Package(source, data, limits, XLSB) as package:
        try:
            return document(source, _Workbook(package, limits.cells).sheets(), limits)
        except OverflowError:
            raise TooManyCells(source, most=limits.cells) from None
        except (struct.error, IndexError) as error:
            raise package.damaged(Damage.WORKBOOK) from error


class _Workbook:
    """The parts that the sheets share."""

    def __init__(self, package: Package, most: int):
        self.package, self.most, self.epoch_1904 = package, most, False
        self.links = package.related(package.main)
        self.fonts: list[Font] = []
        self.styles: list[CellStyle] = []
        codes, grounds, inside = dict(BUILT_IN), [], False
        for kind, body in self.records(package.named(self.links, "styles", "xl/styles.bin")):
            if kind == _FORMAT:
                codes[struct.unpack_from("<H", body)[0]] = _text(body, 2)[0][:255]
            elif kind == _FONT:
                struck, raised = body[2] & 8, struct.unpack_from("<H", body, 6)[0] == 1
                tiny = 0 < struct.unpack_from("<H", body)[0] <= TINY
                self.fonts.append(Font(bool(struck), raised, _color(body, 12, BLACK), tiny))
            elif kind == _FILL:
                pattern = struct.unpack_from("<I", body)[0]
                grounds.append(WHITE if pattern == 0 else _color(body, 4, WHITE) if pattern == 1 else "")
            elif kind in (_XFS, _XFS_END):
                inside = kind == _XFS
            elif kind == _XF and inside:
                code, font, fill = struct.unpack_from("<HHH", body, 2)
                ground = grounds[fill] if fill < len(grounds) else WHITE
                self.styles.append(cell_style(codes.get(code, GENERAL), self.font(font), ground))
        strings = self.records(package.named(self.links, "sharedStrings", "xl/sharedStrings.bin"))
        self.shared = [self.rich(body, 0) for kind, body in strings if kind == _STRING]

    def font(self, index: int) -> Font:
        return self.fonts[index] if index < len(self.fonts) else PLAIN.font

    def records(self, part: str) -> Iterator[tuple[int, bytes]]:
        """The records of a part; none where the workbook has no such part."""
        stream = self.package.part(part) if part in self.package else b""
        at = records = 0
        while at < len(stream):
            kind, at = _seven_bits(stream, at, 2)
            size, at = _seven_bits(stream, at, 4)
            yield kind, stream[at : at + size]
            at, records = at + size, records + 1
            if records > self.package.limits.marks:
                raise OverflowError

    def sheets(self) -> Iterator[Worksheet]:
        for kind, body in self.records(self.package.main):
            if kind == _PROPERTIES:
                self.epoch_1904 = bool(body[0] & 1)
            elif kind == _BUNDLE:
                relation, at = _text(body, 8)
                name, link = _text(body, at)[0][:LONGEST_NAME], self.links.get(relation)
                if struct.unpack_from("<I", body)[0]:
                    yield Worksheet(name, visible=False)
                elif link and link.kind == "worksheet":
                    if link.part not in self.package:
                        raise IndexError
                    yield self.sheet(name, link.part)

    def sheet(self, name: str, part: str) -> Worksheet:
        sheet, hidden, row, column, inside = Worksheet(name), [], 0, -1, False
        self.zeros = True
        for kind, body in self.records(part):
            if kind == _ROW:
                row, column = struct.unpack_from("<I", body)[0], -1
                low = struct.unpack_from("<H", body, 8)[0] < LEAST_HEIGHT
                if body[11] & 0x10 or (low and body[11] & 0x20):  # hidden, or set so low by hand
                    sheet.hidden_rows.add(row + 1)
            elif kind == _COLUMN:
                first, last, width = struct.unpack_from("<III", body)
                if body[16] & 1 or (width < LEAST_WIDTH and body[16] & 2):
                    hidden.append((first + 1, last + 1))
            elif kind == _VIEW:
                self.zeros = bool(body[0] & 0x10)
            elif kind == _MERGE:
                top, bottom, left, right = struct.unpack_from("<IIII", body)
                sheet.merges.append((top + 1, left + 1, bottom + 1, right + 1))
            elif kind == _DRAWING:
                link = self.package.related_or_none(part).get(_text(body, 0)[0])
                sheet.shapes = list(shapes_of(self.package.root(link.part))) if link else []
            elif kind in (_DATA, _DATA_END):
                inside = kind == _DATA
            elif inside and (_BLANK <= kind <= _SHORT[-1] or kind == _RICH):
                if kind in _SHORT:
                    kind, body = kind - len(_SHORT) - 4, struct.pack("<I", column + 1) + body
                column, style = struct.unpack_from("<II", body)
                style &= 0xFFFFFF
                text, doubts = self.cell(kind, body, self.styles[style] if style < len(self.styles) else PLAIN)
                sheet.put((row + 1, column + 1), text, self.most, doubts)
            elif inside and kind not in _NO_CELLS:
                sheet.doubts.append((UNKNOWN_RECORDS, (row + 1, column + 2)))
        sheet.hidden_columns = columns_within(hidden)
        return sheet

    def cell(self, kind: int, body: bytes, style: CellStyle) -> tuple[str, Sequence[str]]:
        """The text of a cell and the doubts about it."""
        if kind in (_PACKED, *_REALS):
            value = _rk(struct.unpack_from("<I", body, 8)[0]) if kind == _PACKED else _real(body, 8)
            if isinstance(value, str):
                return seen_text(value, style)
            return seen_number(value, style, self.epoch_1904, self.zeros)
        if kind in _TEXTS:
            return seen_text(_text(body, 8)[0], style)
        if kind == _RICH:
            return seen_text(self.rich(body, 8), style)
        if kind == _SHARED:
            return seen_text(self.shared[struct.unpack_from("<I", body, 8)[0]], style)
        if kind in _TRUTHS:
            return seen_text("TRUE" if body[8] else "FALSE", style)
        if kind in _ERRORS:
            return error_text(body[8]), [ERRORS]
        return "", []

    def rich(self, body: bytes, at: int) -> str | tuple[TextRun, ...]:
        """A text that may have its parts in fonts of their own, and reading aids (拼音), which are left out."""
        flags = body[at]
        text, at = _text(body, at + 1)
        if not flags & 1:
            return text
        units = text.encode("utf-16-le", "surrogatepass")
        count = min(struct.unpack_from("<I", body, at)[0], (len(body) - at - 4) // 4)
        runs = [struct.unpack_from("<HH", body, at + 4 + 4 * number) for number in range(count)]
        begins = [0, *(2 * place for place, _ in runs), len(units)]
        fonts = [None, *(self.font(font) for _, font in runs)]
        return tell_apart(
            TextRun(units[begin:end].decode("utf-16-le", "replace"), font)
            for begin, end, font in zip(begins[:-1], begins[1:], fonts, strict=True)
        )


def _color(body: bytes, at: int, default: str) -> str:
    """A BrtColor as RRGGBB, or as what only equals itself."""
    kind, index, tint = body[at] >> 1, body[at + 1], struct.unpack_from("<h", body, at + 2)[0]
    if kind == 1:
        return _COLORS.get(index, f"indexed {index}")
    if kind == 2:
        return bytes(body[at + 4 : at + 7]).hex().upper()
    if kind == 3:
        plain = abs(tint) < 32767 * 6 // 100
        return (WHITE, BLACK)[index] if index < 2 and plain else f"theme {index}" + f" {tint}" * (not plain)
    return default


def _rk(packed: int) -> Decimal | str:
    """A number packed into 32 bits: 30 of a whole number or of a float, and whether it counts hundredths."""
    if packed & 2:
        value = Decimal((packed >> 2) - (1 << 30 if packed >> 31 else 0))
    else:
        value = _real(struct.pack("<Q", (packed & ~3) << 32), 0)
    return value.scaleb(-2) if packed & 1 and isinstance(value, Decimal) else value


def _real(body: bytes, at: int) -> Decimal | str:
    """A number, or the text of what is none."""
    value = struct.unpack_from("<d", body, at)[0]
    found = number(repr(value))
    return str(value) if found is None else found


def _seven_bits(stream: bytes, at: int, most: int) -> tuple[int, int]:
    """A number in groups of seven bits, and where it ends."""
    value = 0
    for place in range(most):
        value |= (stream[at + place] & 0x7F) << 7 * place
        if stream[at + place] < 0x80:
            return value, at + place + 1
    return value, at + most


def _text(body: bytes, at: int) -> tuple[str, int]:
    end = at + 4 + 2 * struct.unpack_from("<I", body, at)[0]
    return body[at + 4 : end].decode("utf-16-le", "replace"), end
