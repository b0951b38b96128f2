"""Binary workbooks of Excel 2007 and later (.xlsb): the records of its parts, as [MS-XLSB] names them."""

from __future__ import annotations

import posixpath
import struct
from collections.abc import Iterator
from decimal import Decimal

from auditkit.document import Document
from auditkit.read.excel.number_format import BUILT_IN, ERRORS, GENERAL, Printer
from auditkit.read.excel.sheet import LONGEST_NAME, Worksheet, columns_within, document, too_many_sheet_cells
from auditkit.read.excel.xls import ERROR_TEXTS, Record, real, rk
from auditkit.read.ooxml import XLSB, Package
from auditkit.safety import LIMITS, Limits

_ROW, _FORMAT, _XF, _BUNDLE, _COLUMN, _STRING, _PROPERTIES, _MERGE, _XFS, _XFS_END = (
    0,
    44,
    47,
    156,
    60,
    19,
    153,
    176,
    617,
    618,
)
_PACKED, _ERRORS, _TRUTHS, _REALS, _TEXTS, _SHARED, _RICH = 2, (3, 11), (4, 10), (5, 9), (6, 8), 7, 62


def read_xlsb(source: str, data: bytes, limits: Limits = LIMITS) -> Document:
    """Read a workbook; raises as read_xls does."""
    with Package(source, data, limits, XLSB) as package:
        try:
            book = _Book(package, limits.cells)
            return document(source, book.sheets(), limits, book.printer.doubts)
        except OverflowError:
            raise too_many_sheet_cells(source, limits) from None
        except (struct.error, IndexError) as error:
            raise package.damaged("工作簿结构不完整", "its workbook is broken") from error


class _Book:
    """The parts that the sheets share."""

    def __init__(self, package: Package, most: int):
        self.package, self.most, self.printer = package, most, Printer()
        self.shared: list[str] = []
        for kind, body in self.records("xl/sharedStrings.bin"):
            if kind == _STRING:
                self.shared.append(_text(body, 1)[0])
        own, styles, inside = dict(BUILT_IN), [], False
        for kind, body in self.records("xl/styles.bin"):
            if kind == _FORMAT:
                own[struct.unpack_from("<H", body)[0]] = _text(body, 2)[0]
            elif kind in (_XFS, _XFS_END):
                inside = kind == _XFS
            elif kind == _XF and inside:
                styles.append(struct.unpack_from("<H", body, 2)[0])
        self.codes = [own.get(style, GENERAL) for style in styles]

    def records(self, part: str) -> Iterator[Record]:
        """The records of a part; none where the workbook has no such part."""
        stream = self.package.part(part) if part in self.package.names else b""
        at = records = 0
        while at < len(stream):
            kind, at = _seven_bits(stream, at, 2)
            size, at = _seven_bits(stream, at, 4)
            yield kind, stream[at : at + size]
            at, records = at + size, records + 1
            if records > self.package.limits.marks:
                raise OverflowError

    def sheets(self) -> Iterator[Worksheet]:
        relations = self.package.root("xl/_rels/workbook.bin.rels")
        parts = {r.get("Id"): r.get("Target", "") for r in relations if r.get("Type", "").endswith("/worksheet")}
        for kind, body in self.records(XLSB.part):
            if kind == _PROPERTIES:
                self.printer.epoch_1904 = bool(body[0] & 1)
            elif kind == _BUNDLE:
                relation, at = _text(body, 8)
                name = _text(body, at)[0][:LONGEST_NAME]
                if struct.unpack_from("<I", body)[0]:
                    yield Worksheet(name, visible=False)
                elif relation in parts:
                    path = posixpath.normpath(posixpath.join("/xl", parts[relation]))[1:]
                    if path not in self.package.names:
                        raise IndexError
                    yield self.sheet(name, path)

    def sheet(self, name: str, path: str) -> Worksheet:
        sheet, hidden, row = Worksheet(name), [], 0
        for kind, body in self.records(path):
            if kind == _ROW:
                row = struct.unpack_from("<I", body)[0]
                if body[11] & 0x10:
                    sheet.hidden_rows.add(row + 1)
            elif kind == _COLUMN and body[16] & 1:
                first, last = struct.unpack_from("<II", body)
                hidden.append((first + 1, last + 1))
            elif kind == _MERGE:
                top, bottom, left, right = struct.unpack_from("<IIII", body)
                sheet.merges.append((top + 1, left + 1, bottom + 1, right + 1))
            elif kind <= 11 or kind == _RICH:
                column, style = struct.unpack_from("<II", body)
                value = self.cell(kind, body)
                if isinstance(value, Decimal):
                    style &= 0xFFFFFF
                    value = self.printer.text(value, self.codes[style] if style < len(self.codes) else GENERAL)
                if value:
                    sheet.put(row + 1, column + 1, value, self.most)
        sheet.hidden_columns = columns_within(hidden)
        return sheet

    def cell(self, kind: int, body: bytes) -> Decimal | str:
        if kind == _PACKED:
            return rk(struct.unpack_from("<I", body, 8)[0])
        if kind in _REALS:
            return real(struct.unpack_from("<d", body, 8)[0])
        if kind in _TEXTS:
            return _text(body, 8)[0]
        if kind == _RICH:
            return _text(body, 9)[0]
        if kind == _SHARED:
            return self.shared[struct.unpack_from("<I", body, 8)[0]]
        if kind in _TRUTHS:
            return "TRUE" if body[8] else "FALSE"
        if kind in _ERRORS:
            self.printer.doubts[ERRORS] += 1
            return ERROR_TEXTS.get(body[8], "#ERROR")
        return ""


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
