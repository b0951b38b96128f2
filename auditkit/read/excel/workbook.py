"""Every sheet of a workbook with all its texts, whatever it was saved as: for a working paper that comes back."""

from __future__ import annotations

from pathlib import Path

from auditkit.errors.files import NotAWorkbook
from auditkit.read import content
from auditkit.read.excel.sheet import Worksheet
from auditkit.read.excel.xlsx import excel_sheets
from auditkit.safety import Limits

_COMPOUND, _ZIP = b"\xd0\xcf\x11\xe0", b"PK"


def read_sheets(path: Path, limits: Limits) -> list[Worksheet]:
    """The sheets of an .xlsx, .xls or .ods, those in hidden rows and columns among the texts.

    Raises Refused for another kind of file, encryption, a DTD or an exceeded limit, Unreadable for damage.
    """
    source, data = path.name, content(path, limits)
    if data.startswith(_COMPOUND):
        from auditkit.read.excel.xls import xls_sheets

        return list(xls_sheets(source, data, limits))
    if b"opendocument.spreadsheet" in data[30:90]:
        from auditkit.read.libreoffice import converted

        return list(excel_sheets(source, converted(source, data, ".ods", limits), limits))
    if data.startswith(_ZIP):
        return list(excel_sheets(source, data, limits))
    raise NotAWorkbook(source)


def is_ours_to_read(path: Path, limits: Limits) -> bool:
    """Whether no other program or library than lxml is needed to read it."""
    data = content(path, limits)
    return data.startswith(_ZIP) and b"opendocument" not in data[30:90]
