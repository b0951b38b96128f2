"""Workbooks of Excel 5 to 2003 and of WPS (.xls, .et): the records of the stream `Workbook`, as [MS-XLS] names them.

Read here and not by calamine, which does not tell number formats or hidden rows, and which ends the whole process where
a damaged record states a size (it reserved 1.7 TB for a file with one byte changed).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from decimal import Decimal

from auditkit.document import Document
from auditkit.read.excel.number_format import BUILT_IN, ERRORS, GENERAL, Printer, number
from auditkit.read.excel.sheet import LONGEST_NAME, Worksheet, columns_within, document, too_many_sheet_cells
from auditkit.read.ole import Compound
from auditkit.read.ooxml import damaged, encrypted
from auditkit.safety import LIMITS, Limits

Record = tuple[int, bytes]
ERROR_TEXTS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}
_BOF, _EOF, _CONTINUE, _FILEPASS, _SST, _STRING = 0x809, 0x0A, 0x3C, 0x2F, 0xFC, 0x207
_NUMBER, _RK, _MULRK, _LABEL, _RSTRING, _LABELSST, _BOOLERR, _FORMULA = 0x203, 0x27E, 0xBD, 0x204, 0xD6, 0xFD, 0x205, 6
_CELLS = {_NUMBER, _RK, _LABEL, _RSTRING, _LABELSST, _BOOLERR, _FORMULA}
_ROW, _COLINFO, _MERGECELLS, _BOUNDSHEET, _FORMAT, _XF, _1904, _CODEPAGE = (
    0x208,
    0x7D,
    0xE5,
    0x85,
    0x41E,
    0xE0,
    0x22,
    0x42,
)


def read_xls(source: str, data: bytes, limits: Limits = LIMITS) -> Document:
    """Read a workbook; formulas give the results saved with them.

    Raises Refused for encryption or an exceeded limit, Unreadable for damage or where no text is shown.
    """
    compound = Compound(source, data, limits)
    stream = compound.stream("Workbook" if "Workbook" in compound.names else "Book")
    try:
        book = _Book(stream, limits.cells)
        return document(source, book.sheets(), limits, book.printer.doubts)
    except PermissionError:
        raise encrypted(source, ".xls") from None
    except OverflowError:
        raise too_many_sheet_cells(source, limits) from None
    except (struct.error, IndexError) as error:
        raise damaged(source, "工作簿结构不完整", "its workbook is broken", ".xls", "Excel") from error


def rk(packed: int) -> Decimal | str:
    """A number packed into 32 bits: 30 of a whole number or of a float, and whether it counts hundredths."""
    if packed & 2:
        value = Decimal((packed >> 2) - (1 << 30 if packed >> 31 else 0))
    else:
        value = real(struct.unpack("<d", struct.pack("<Q", (packed & ~3) << 32))[0])
    return value.scaleb(-2) if packed & 1 and isinstance(value, Decimal) else value


def real(value: float) -> Decimal | str:
    """A number, or the text of what is none."""
    found = number(repr(value))
    return str(value) if found is None else found


class _Book:
    """The records before the sheets, which all of these share."""

    def __init__(self, stream: bytes, most: int):
        self.stream, self.most, self.printer = stream, most, Printer()
        self.wide = stream[4:6] == b"\0\6"  # BIFF8, whose texts are Unicode
        self.codec, self.shared, self.codes = "gb18030", [], []
        own, styles, self.bounds, chunks = dict(BUILT_IN), [], [], []
        before = 0
        for kind, body in self.records(0):
            if kind == _FILEPASS:
                raise PermissionError
            if kind == _SST or (kind == _CONTINUE and before == _SST):
                chunks.append(body)
                kind = _SST
            elif kind == _FORMAT:
                own[struct.unpack_from("<H", body)[0]] = self.text(body, 2, "<H" if self.wide else "<B")
            elif kind == _XF:
                styles.append(struct.unpack_from("<H", body, 2)[0])
            elif kind == _BOUNDSHEET and body[5] == 0:
                self.bounds.append((*struct.unpack_from("<IB", body), self.text(body, 6, "<B")[:LONGEST_NAME]))
            elif kind == _1904:
                self.printer.epoch_1904 = body[:1] == b"\1"
            elif kind == _CODEPAGE and body[:2] in (b"\xe4\x04", b"\x00\x80"):
                self.codec = "cp1252"
            before = kind
        self.codes = [own.get(style, GENERAL) for style in styles]
        if chunks:
            self.shared = list(_Strings(chunks).all(10 * most))

    def records(self, at: int) -> Iterator[Record]:
        """The records from a place to the end of that part, the charts within it left out."""
        depth = 0
        while at + 4 <= len(self.stream):
            kind, size = struct.unpack_from("<HH", self.stream, at)
            depth += (kind == _BOF) - (kind == _EOF)
            if depth <= 0 and kind != _EOF:
                raise IndexError
            if depth <= 0:
                return
            if depth == 1:
                yield kind, self.stream[at + 4 : at + 4 + size]
            at += 4 + size
        raise IndexError

    def text(self, body: bytes, at: int, size: str) -> str:
        count, at = struct.unpack_from(size, body, at)[0], at + struct.calcsize(size)
        if not self.wide:
            return body[at : at + count].decode(self.codec, "replace")
        if body[at] & 1:
            return body[at + 1 : at + 1 + 2 * count].decode("utf-16-le", "replace")
        return body[at + 1 : at + 1 + count].decode("latin-1")

    def sheets(self) -> Iterator[Worksheet]:
        for at, state, name in self.bounds:
            yield Worksheet(name, visible=False) if state & 3 else self.sheet(name, at)

    def sheet(self, name: str, at: int) -> Worksheet:
        sheet, hidden, formula = Worksheet(name), [], None
        for kind, body in self.records(at):
            if kind in _CELLS:
                formula = struct.unpack_from("<HH", body)
                self.put(sheet, *formula, self.cell(kind, body), body[4:6])
            elif kind == _MULRK:
                row, column = struct.unpack_from("<HH", body)
                for beside in range((len(body) - 6) // 6):
                    packed = struct.unpack_from("<I", body, 6 + 6 * beside)[0]
                    self.put(sheet, row, column + beside, rk(packed), body[4 + 6 * beside :][:2])
            elif kind == _STRING and formula:
                self.put(sheet, *formula, self.text(body, 0, "<H"))
            elif kind == _ROW and struct.unpack_from("<H", body, 12)[0] & 0x20:
                sheet.hidden_rows.add(struct.unpack_from("<H", body)[0] + 1)
            elif kind == _COLINFO and struct.unpack_from("<H", body, 8)[0] & 1:
                first, last = struct.unpack_from("<HH", body)
                hidden.append((first + 1, last + 1))
            elif kind == _MERGECELLS:
                for top, bottom, left, right in struct.iter_unpack("<HHHH", body[2 : len(body) - (len(body) - 2) % 8]):
                    sheet.merges.append((top + 1, left + 1, bottom + 1, right + 1))
        sheet.hidden_columns = columns_within(hidden)
        return sheet

    def cell(self, kind: int, body: bytes) -> Decimal | str:
        if kind == _NUMBER or (kind == _FORMULA and body[12:14] != b"\xff\xff"):
            return real(struct.unpack_from("<d", body, 6)[0])
        if kind == _RK:
            return rk(struct.unpack_from("<I", body, 6)[0])
        if kind == _LABELSST:
            return self.shared[struct.unpack_from("<I", body, 6)[0]]
        if kind in (_LABEL, _RSTRING):
            return self.text(body, 6, "<H")
        # A truth value or an error; of a formula with a text result only that the text follows.
        value, error, truth = (
            (body[6], body[7] == 1, True) if kind == _BOOLERR else (body[8], body[6] == 2, body[6] == 1)
        )
        if error:
            self.printer.doubts[ERRORS] += 1
            return ERROR_TEXTS.get(value, "#ERROR")
        return ("TRUE" if value else "FALSE") if truth else ""

    def put(self, sheet: Worksheet, row: int, column: int, value: Decimal | str, style: bytes = b"\0\0") -> None:
        if isinstance(value, Decimal):
            index = struct.unpack("<H", style)[0]
            value = self.printer.text(value, self.codes[index] if index < len(self.codes) else GENERAL)
        if value:
            sheet.put(row + 1, column + 1, value, self.most)


class _Strings:
    """The table of shared strings, which runs on over records wherever one of them is full."""

    def __init__(self, chunks: list[bytes]):
        self.chunks, self.chunk, self.at = chunks, 0, 8

    def all(self, most: int) -> Iterator[str]:
        count = struct.unpack_from("<I", self.chunks[0], 4)[0]
        if count > most:
            raise OverflowError
        return (self.string() for _ in range(count))

    def string(self) -> str:
        count, flags = struct.unpack("<HB", self.take(3))
        runs = struct.unpack("<H", self.take(2))[0] if flags & 8 else 0
        more = struct.unpack("<I", self.take(4))[0] if flags & 4 else 0
        text = []
        while count:
            if self.at >= len(self.chunks[self.chunk]):
                self.chunk, self.at = self.chunk + 1, 1
                flags = self.chunks[self.chunk][0]  # a letter may be one byte before the break and two after it
            width = 1 + (flags & 1)
            piece = self.chunks[self.chunk][self.at : self.at + count * width]
            text.append(piece.decode("utf-16-le" if flags & 1 else "latin-1", "replace"))
            self.at += max(len(piece), 1)
            count -= -(-len(piece) // width)
        self.take(4 * runs + more)
        return "".join(text)

    def take(self, size: int) -> bytes:
        taken = b""
        while len(taken) < size:
            if self.at >= len(self.chunks[self.chunk]):
                self.chunk, self.at = self.chunk + 1, 0
            piece = self.chunks[self.chunk][self.at : self.at + size - len(taken)]
            self.at += len(piece)
            taken += piece
        return taken
