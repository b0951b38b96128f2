"""The records of binary workbooks (.xls, .xlsb): what calamine does not tell of a cell, and where the last one is.

[MS-XLS] and [MS-XLSB] name the records; only those that say how a cell is printed are looked at.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from auditkit.read.numfmt import BUILT_IN, GENERAL
from auditkit.read.sheet import Place, Sheet, columns_within

Record = tuple[int, bytes]


@dataclass
class Scan:
    """What the records of one sheet say: of every cell the number format, and which are formula errors."""

    sheet: Sheet
    most: int
    codes: dict[Place, str] = field(default_factory=dict)
    errors: set[Place] = field(default_factory=set)
    stated: int = 0  # the cells that the sheet says it has room for

    def cell(self, row: int, column: int, code: str, error: bool = False) -> None:
        """Note a cell, its row and column from 0. Raises OverflowError beyond the limit of cells."""
        if len(self.codes) >= self.most:
            raise OverflowError
        self.codes[row + 1, column + 1] = code
        if error:
            self.errors.add((row + 1, column + 1))

    @property
    def area(self) -> int:
        """The cells from the first to the last, for which calamine makes room whatever they hold."""
        rows, columns = [row for row, _ in self.codes], [column for _, column in self.codes]
        used = (max(rows) - min(rows) + 1) * (max(columns) - min(columns) + 1) if rows else 0
        return max(used, self.stated)


def xls_records(stream: bytes, at: int = 0) -> Iterator[Record]:
    """The records of a BIFF5 or BIFF8 stream from a place to the end of that sheet, its charts left out."""
    depth = 0
    while at + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, at)
        depth += (kind == 0x809) - (kind == 0x0A)
        if depth == 1:
            yield kind, stream[at + 4 : at + 4 + size]
        if depth <= 0:
            return
        at += 4 + size


def xlsb_records(stream: bytes) -> Iterator[Record]:
    """The records of a part of an .xlsb file."""
    at = 0
    while at < len(stream):
        kind, at = _packed(stream, at, 2)
        size, at = _packed(stream, at, 4)
        yield kind, stream[at : at + size]
        at += size


def _packed(stream: bytes, at: int, most: int) -> tuple[int, int]:
    """A number in groups of seven bits, and where it ends."""
    value = 0
    for place in range(most):
        value |= (stream[at + place] & 0x7F) << 7 * place
        if stream[at + place] < 0x80:
            return value, at + place + 1
    return value, at + most


def xls_scans(stream: bytes, most: int) -> tuple[list[Scan], bool]:
    """Every sheet of a workbook stream, and whether days count from 1904.

    Raises struct.error or IndexError for damage, OverflowError for more cells than `most`, PermissionError for
    encryption, which calamine takes for damage or for nothing at all.
    """
    own, styles, sheets, epoch_1904 = {}, [], [], False
    wide = stream[4:6] == b"\0\6"
    for kind, body in xls_records(stream):
        if kind == 0x41E:
            own[struct.unpack_from("<H", body)[0]] = _format(body, wide)
        elif kind == 0xE0:
            styles.append(struct.unpack_from("<H", body, 2)[0])
        elif kind == 0x22:
            epoch_1904 = body[:1] == b"\1"
        elif kind == 0x2F:
            raise PermissionError
        elif kind == 0x85:
            sheets.append(struct.unpack_from("<IB", body))
    code = _coder(styles, own)
    blank = [Scan(Sheet("", visible=hidden & 3 == 0), most) for _, hidden in sheets]
    return [
        _xls_scan(xls_records(stream, at), scan, code) for (at, _), scan in zip(sheets, blank, strict=True)
    ], epoch_1904


def _format(body: bytes, wide: bool) -> str:
    if not wide:
        return body[3:].decode("gb18030", "replace")
    return body[5:].decode("utf-16-le" if body[4] & 1 else "latin-1", "replace")


def _coder(styles: list[int], own: dict[int, str]) -> Callable[[int], str]:
    known = BUILT_IN | own
    codes = [known.get(style, GENERAL) for style in styles]
    return lambda style: codes[style] if style < len(codes) else GENERAL


_XLS_CELLS = {0x203, 0x27E, 0x06, 0xFD, 0x204, 0x205, 0xD6}


def _xls_scan(records: Iterator[Record], scan: Scan, code: Callable[[int], str]) -> Scan:
    hidden = []
    for kind, body in records:
        if kind in _XLS_CELLS:
            row, column, style = struct.unpack_from("<HHH", body)
            error = body[7:8] == b"\1" if kind == 0x205 else kind == 0x06 and body[6:7] + body[12:14] == b"\2\xff\xff"
            scan.cell(row, column, code(style), error)
        elif kind == 0xBD:
            row, column = struct.unpack_from("<HH", body)
            for number in range((len(body) - 6) // 6):
                scan.cell(row, column + number, code(struct.unpack_from("<H", body, 4 + 6 * number)[0]))
        elif kind == 0x208 and struct.unpack_from("<H", body, 12)[0] & 0x20:
            scan.sheet.hidden_rows.add(struct.unpack_from("<H", body)[0] + 1)
        elif kind == 0x7D and struct.unpack_from("<H", body, 8)[0] & 1:
            first, last = struct.unpack_from("<HH", body)
            hidden.append((first + 1, last + 1))
        elif kind == 0x200 and len(body) >= 12:
            top, bottom, left, right = struct.unpack_from("<IIHH", body)
            scan.stated = abs(bottom - top) * abs(right - left)
        elif kind == 0xE5:
            for at in range(2, len(body) - 7, 8):
                top, bottom, left, right = struct.unpack_from("<HHHH", body, at)
                scan.sheet.merges.append((top + 1, left + 1, bottom + 1, right + 1))
    scan.sheet.hidden_columns = columns_within(hidden)
    return scan


def xlsb_styles(stream: bytes) -> Callable[[int], str]:
    """The number format of every cell style, from xl/styles.bin."""
    own, styles, inside = {}, [], False
    for kind, body in xlsb_records(stream):
        if kind == 44:
            own[struct.unpack_from("<H", body)[0]] = body[6:].decode("utf-16-le", "replace")
        elif kind in (617, 618):
            inside = kind == 617
        elif kind == 47 and inside:
            styles.append(struct.unpack_from("<H", body, 2)[0])
    return _coder(styles, own)


def xlsb_scan(stream: bytes, code: Callable[[int], str], most: int) -> Scan:
    """One sheet of an .xlsb file; raises as `xls_scans` does."""
    scan, hidden, row = Scan(Sheet(""), most), [], 0
    for kind, body in xlsb_records(stream):
        if kind == 0:
            row = struct.unpack_from("<I", body)[0]
            if body[11] & 0x10:
                scan.sheet.hidden_rows.add(row + 1)
        elif 2 <= kind <= 11:
            column, style = struct.unpack_from("<II", body)
            scan.cell(row, column, code(style & 0xFFFFFF), kind in (3, 11))
        elif kind == 60 and body[16] & 1:
            first, last = struct.unpack_from("<II", body)
            hidden.append((first + 1, last + 1))
        elif kind == 148:
            top, bottom, left, right = struct.unpack_from("<IIII", body)
            scan.stated = abs(bottom - top + 1) * abs(right - left + 1)
        elif kind == 176:
            top, bottom, left, right = struct.unpack_from("<IIII", body)
            scan.sheet.merges.append((top + 1, left + 1, bottom + 1, right + 1))
    scan.sheet.hidden_columns = columns_within(hidden)
    return scan


def xlsb_sheets(stream: bytes) -> Iterator[tuple[int, str, str]]:
    """The state (0 is visible), relation and name of every sheet, from xl/workbook.bin."""
    for kind, body in xlsb_records(stream):
        if kind == 156:
            relation, at = _text(body, 8)
            yield struct.unpack_from("<I", body)[0], relation, _text(body, at)[0]


def _text(body: bytes, at: int) -> tuple[str, int]:
    end = at + 4 + 2 * struct.unpack_from("<I", body, at)[0]
    return body[at + 4 : end].decode("utf-16-le", "replace"), end
