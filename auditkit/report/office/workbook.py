"""A workbook of ours: begun without a clock, and packed so that the same content gives the same bytes."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING
from zipfile import ZIP_STORED, ZipFile

from auditkit.errors.usage import ExtraMissing
from auditkit.report.office.reproducible import MOMENT, timeless

if TYPE_CHECKING:
    from openpyxl import Workbook


def new_workbook(file: str, title: str) -> Workbook:
    """An empty workbook for a file of this name. Raises ExtraMissing where openpyxl is not installed."""
    try:
        from openpyxl import Workbook
    except ImportError as error:
        raise ExtraMissing(file, "openpyxl") from error
    book = Workbook()
    book.properties.creator, book.properties.created = "auditkit", datetime(*MOMENT)
    book.properties.title, book.properties.language = title, "zh-CN"
    return book


def workbook_bytes(book: Workbook) -> bytes:
    """The workbook as a file."""
    from openpyxl.writer.excel import ExcelWriter

    out = BytesIO()
    with ZipFile(out, "w", ZIP_STORED) as package:  # it stamps the hour, and so is packed only afterwards
        ExcelWriter(book, package).save()
    return timeless(out.getvalue())
