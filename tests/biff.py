"""Binary workbooks for tests, written by hand record by record: .xls as [MS-XLS] and .xlsb as [MS-XLSB] have them."""

from __future__ import annotations

import struct

from workbooks import archive, compound, parts


def record(kind: int, *fields: bytes) -> bytes:
    body = b"".join(fields)
    return struct.pack("<HH", kind, len(body)) + body


def xls(cells: bytes, formats: tuple[str, ...] = (), state: int = 0, more: bytes = b"") -> bytes:
    """A workbook of one sheet: style 0 has no format, style n the nth."""
    begin = record(0x809, struct.pack("<HHHHII", 0x600, 5, 0, 0, 0, 0)) + more
    for n, code in enumerate(formats, 164):
        begin += record(0x41E, struct.pack("<HHB", n, len(code), 0), code.encode("latin-1"))
    for n in (0, *range(164, 164 + len(formats))):
        begin += record(0xE0, struct.pack("<HH", 0, n), bytes(16))
    size = len(begin) + 4 + 8 + 1 + 4
    begin += record(0x85, struct.pack("<IBBBB", size, state, 0, 1, 0), b"S") + record(0x0A)
    assert len(begin) == size
    body = record(0x809, struct.pack("<HHHHII", 0x600, 16, 0, 0, 0, 0)) + cells + record(0x0A)
    return compound({"Workbook": begin + body})


def real(row: int, column: int, value: float, style: int = 0) -> bytes:
    return record(0x203, struct.pack("<HHHd", row, column, style, value))


def label(row: int, column: int, text: str) -> bytes:
    return record(0x204, struct.pack("<HHHHB", row, column, 0, len(text), 1), text.encode("utf-16-le"))


def packed(kind: int, *fields: bytes) -> bytes:
    body = b"".join(fields)
    head = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
    size = bytes([len(body) & 0x7F | 0x80, len(body) >> 7]) if len(body) > 127 else bytes([len(body)])
    return head + size + body


def wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def xlsb(cells: bytes, state: int = 0, code: str = "0%", last: tuple[int, int] = (9, 9)) -> bytes:
    extent = struct.pack("<IIII", 0, last[0], 0, last[1])
    made = parts({"S": ""})
    styles = packed(44, struct.pack("<H", 164), wide(code)) + packed(617, struct.pack("<I", 2))
    styles += (
        packed(47, struct.pack("<HH", 0, 0), bytes(12))
        + packed(47, struct.pack("<HH", 0, 164), bytes(12))
        + packed(618)
    )
    book = packed(143) + packed(156, struct.pack("<II", state, 1), wide("r1"), wide("表")) + packed(144)
    return archive(
        {
            "[Content_Types].xml": made["[Content_Types].xml"],
            "xl/workbook.bin": packed(131) + book + packed(132),
            "xl/_rels/workbook.bin.rels": made["xl/_rels/workbook.xml.rels"].replace("sheet1.xml", "sheet1.bin"),
            "xl/styles.bin": styles,
            "xl/worksheets/sheet1.bin": packed(129)
            + packed(148, extent)
            + packed(145)
            + cells
            + packed(146)
            + packed(130),
        }
    )


def rows(number: int, *cells: bytes, hidden: bool = False) -> bytes:
    return packed(0, struct.pack("<IIHBBB", number, 0, 255, 0, 0x10 * hidden, 0), bytes(4)) + b"".join(cells)
