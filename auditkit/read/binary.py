"""Binary workbooks: .xls and .et, .xlsb. calamine gives the values, the records how they are printed."""

from __future__ import annotations

import datetime
import posixpath
import struct
from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal
from io import BytesIO

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from auditkit.document import Document
from auditkit.read import excel
from auditkit.read.numfmt import GENERAL, general, number, printed
from auditkit.read.ole import Compound
from auditkit.read.package import XLSB, Package, damaged, encrypted
from auditkit.read.records import Scan, xls_scans, xlsb_scan, xlsb_sheets, xlsb_styles
from auditkit.read.sheet import Sheet, document, too_many
from auditkit.safety import LIMITS, Limits

_AREA = 50  # calamine keeps a cell for every place from the first to the last: so many for each that may be used


def read_xls(source: str, data: bytes, limits: Limits = LIMITS) -> Document:
    """Read a workbook of Excel 5 to 2003 or of WPS (.et).

    Raises Refused for encryption or an exceeded limit, Unreadable for damage.
    """
    compound = Compound(source, data, limits)
    name = next(name for name in ("Workbook", "Book") if name in compound.names)

    def scans() -> tuple[list[Scan], bool]:
        return xls_scans(compound.stream(name), limits.cells)

    return _read(source, data, ".xls", limits, scans)


def read_xlsb(source: str, data: bytes, limits: Limits = LIMITS) -> Document:
    """Read a binary workbook of Excel 2007 and later; raises as read_xls does."""
    with Package(source, data, limits, XLSB) as package:

        def scans() -> tuple[list[Scan], bool]:
            relations = package.root("xl/_rels/workbook.bin.rels")
            parts = {r.get("Id"): r.get("Target", "") for r in relations}
            code = xlsb_styles(package.part("xl/styles.bin")) if "xl/styles.bin" in package.names else lambda _: GENERAL
            paths = [parts.get(relation, "") for _, relation, _ in xlsb_sheets(package.part(XLSB.part))]
            streams = [package.part(posixpath.normpath(posixpath.join("/xl", path))[1:]) for path in paths]
            return [xlsb_scan(stream, code, limits.cells) for stream in streams], False

        return _read(source, data, ".xlsb", limits, scans)


def _read(
    source: str, data: bytes, suffix: str, limits: Limits, scan: Callable[[], tuple[list[Scan], bool]]
) -> Document:
    try:
        scans, epoch_1904 = scan()
        if any(one.area > _AREA * limits.cells for one in scans):
            raise OverflowError
        with CalamineWorkbook.from_filelike(BytesIO(data)) as workbook:
            reading = _Reading(scans, epoch_1904)
            return document(source, reading.sheets(workbook), limits, reading.doubts)
    except OverflowError:
        raise too_many(source, limits) from None
    except (PermissionError, PasswordError) as error:
        raise encrypted(source, suffix) from error
    except (CalamineError, struct.error, IndexError, OSError, ValueError) as error:
        raise damaged(source, "工作簿结构不完整", "its workbook is broken", suffix, "Excel") from error


class _Reading:
    """Brings calamine's values and the records' formats together, sheet by sheet."""

    def __init__(self, scans: list[Scan], epoch_1904: bool):
        self.scans, self.epoch_1904, self.doubts = scans, epoch_1904, Counter[str]()

    def sheets(self, workbook: CalamineWorkbook) -> Iterator[Sheet]:
        for at, (meta, scan) in enumerate(zip(workbook.sheets_metadata, self.scans, strict=True)):
            sheet = scan.sheet
            sheet.name = meta.name[: excel.LONGEST_NAME]
            sheet.visible = meta.visible == SheetVisibleEnum.Visible
            if meta.typ != SheetTypeEnum.WorkSheet:
                continue
            if sheet.visible:
                self.fill(scan, workbook.get_sheet_by_index(at))
            yield sheet

    def fill(self, scan: Scan, values) -> None:
        top, left = values.start or (0, 0)
        for row, line in enumerate(values.to_python(), 1 + top):
            for column, value in enumerate(line, 1 + left):
                if value != "" and (text := self.text(value, scan.codes.get((row, column), GENERAL))):
                    scan.sheet.texts[row, column] = text
        for place in scan.errors:
            scan.sheet.texts.setdefault(place, "#ERROR")
        self.doubts[excel.ERRORS] += len(scan.errors)

    def text(self, value: object, code: str) -> str:
        if isinstance(value, str):
            return value.replace("\r\n", "\n").replace("\r", "\n")
        if isinstance(value, bool):
            return str(value).upper()
        if isinstance(value, datetime.date | datetime.time):
            return printed(value, code) or value.isoformat()
        figure = number(repr(value)) if isinstance(value, int | float) else None
        if figure is None:
            return str(value)
        shown = printed(figure, code, self.epoch_1904)
        return self.checked(figure, shown)

    def checked(self, figure: Decimal, shown: str | None) -> str:
        self.doubts[excel.UNKNOWN_FORMAT] += shown is None
        self.doubts[excel.UNPRINTED] += bool(figure) and shown is not None and not shown.strip()
        return general(figure) if shown is None else shown
