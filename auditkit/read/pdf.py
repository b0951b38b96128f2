"""PDF files that a program wrote: ruled tables and the paragraphs around them, over page breaks too.

pdfium reads the file; nothing in it is run or fetched. A PDF has no paragraphs, only letters in places: a line that
leaves room for what begins the next one was ended by the writer, any other was wrapped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from auditkit.document import At, Cell, Document
from auditkit.read.pdfpage import Sheet
from auditkit.read.pdftable import Ruled
from auditkit.read.ruling import Grid, grids
from auditkit.read.writing import MARGIN, Letter, line_text, lines_of, unit, written
from auditkit.safety import LIMITS, Limits, Refused, Unreadable

_FURNITURE = re.compile(r"[-—–\s第共页/／,，]*\d{1,4}[-—–\s第共页/／,，\d]*")  # a page number


def read_pdf(source: str, data: bytes, limits: Limits = LIMITS) -> Document:
    """Read a PDF file.

    Raises Refused for one that is encrypted, scanned or beyond the limits, Unreadable for one that is damaged.
    """
    try:
        with pdfium.PdfDocument(data) as file:
            return _document(source, file, limits)
    except pdfium.PdfiumError as error:
        if getattr(error, "err_code", 0) in (raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY):
            raise Refused(
                source,
                "PDF 已加密，无法读取；请取消密码或报送 Word 原件（.docx）",
                "the PDF is encrypted; remove its password or submit the Word file (.docx)",
            ) from error
        raise Unreadable(
            source,
            "PDF 文件已损坏，无法读取；请报送单位重新导出，或报送 Word 原件（.docx）",
            "the PDF is damaged; ask the unit to export it again or submit the Word file (.docx)",
        ) from error


def _document(source: str, file: pdfium.PdfDocument, limits: Limits) -> Document:
    if len(file) > limits.pages:
        raise Refused(
            source,
            f"PDF 有 {len(file)} 页，超过 {limits.pages} 页，不像一份自评表；请拆分后重新报送",
            f"the PDF has {len(file)} pages, more than {limits.pages}; split it and submit it again",
        )
    reading = _Reading(source, limits)
    for number in range(len(file)):
        with_page = file[number]
        reading.take(number + 1, Sheet(source, with_page, limits), number + 1 == len(file))
        with_page.close()
    return reading.document()


class _Reading:
    """One pass over the pages, and what it counts."""

    def __init__(self, source: str, limits: Limits):
        self.source, self.limits = source, limits
        self.blocks: list[Ruled | tuple[int, str]] = []
        self.hidden = self.letters = self.cells = 0

    def take(self, page: int, sheet: Sheet, is_last: bool) -> None:
        self.hidden += sheet.hidden
        self.letters += len(sheet.letters)
        found = grids(sheet.horizontal, sheet.vertical)
        self.cells += sum((len(grid.xs) - 1) * (len(grid.ys) - 1) for grid in found)
        if self.cells > self.limits.cells or self.letters > self.limits.letters:
            raise Refused(
                self.source,
                f"单元格超过 {self.limits.cells} 个或文字超过 {self.limits.letters} 字，不像一份自评表；请拆分后重新报送",
                f"more than {self.limits.cells} cells or {self.limits.letters} letters; split the file and submit it again",
            )
        inside: dict[tuple[int, int], list[Letter]] = {}
        outside: list[Letter] = []
        for letter in sheet.letters:
            place = _place(found, letter, is_last)
            (outside if place is None else inside.setdefault(place, [])).append(letter)
        placed: list[tuple[float, Grid | str]] = [(grid.box[1], grid) for grid in found]
        placed += [one for one in _paragraphs(outside, found) if not _FURNITURE.fullmatch(one[1])]
        for _, block in sorted(placed, key=lambda one: one[0]):
            if isinstance(block, str):
                self.blocks.append((page, block))
            else:
                number = found.index(block)
                self._table(page, block, [inside.get((number, n), []) for n in range(len(block.regions))])

    def _table(self, page: int, grid: Grid, letters: list[list[Letter]]) -> None:
        texts = [
            written(held, grid.xs[region.left] + MARGIN, grid.xs[region.right] - MARGIN)
            for region, held in zip(grid.regions, letters, strict=True)
        ]
        before = self.blocks[-1] if self.blocks else None
        if isinstance(before, Ruled) and before.goes_on(page, grid):
            before.go_on(page, grid, texts)
        else:
            self.blocks.append(Ruled(page, grid, texts))

    def document(self) -> Document:
        if not self.letters:
            raise Refused(
                self.source,
                "PDF 中没有文字，应是扫描件或图片，无法核对；请向报送单位索取 Word 原件（.docx）或由 Word 导出的 PDF",
                "the PDF has no text, it seems to be scanned; ask the unit for the Word file (.docx) or a PDF that Word exported",
            )
        blocks, tables, paragraphs = [], 0, 0
        for block in self.blocks:
            if isinstance(block, Ruled):
                tables += 1
                blocks.append(block.laid_out(tables))
            else:
                paragraphs += 1
                blocks.append(Cell(block[1], At(page=block[0], row=paragraphs)))
        doubts = (f"有 {self.hidden} 个看不见的字（透明、页面之外或过小）未读取，请核对原件",) if self.hidden else ()
        return Document(self.source, tuple(blocks), doubts)


def _place(found: list[Grid], letter: Letter, is_last: bool) -> tuple[int, int] | None:
    """The number of the table and of the region in it that a letter stands in."""
    for number, grid in enumerate(found):
        if (at := grid.place(letter.x, letter.y)) is not None:
            return number, at
    if found and not is_last and (at := found[-1].below(letter.x, letter.y)) is not None:
        return len(found) - 1, at
    return None


def _paragraphs(letters: list[Letter], found: list[Grid]) -> Iterator[tuple[float, str]]:
    """The lines outside tables with their place; lines that fill the page's width go on in the next."""
    lines = lines_of(letters)
    if not lines:
        return
    left = min([line[0].left for line in lines] + [grid.xs[0] for grid in found])
    right = max([line[-1].right for line in lines] + [grid.xs[-1] for grid in found])
    group = [lines[0]]
    for line, following in pairwise(lines):
        size = line[0].bottom - line[0].top
        full = right - line[-1].right <= unit(following) + 0.5 * size and line[0].left - left < 3 * size
        near = following[0].top - line[0].bottom < size and following[0].left - left < size
        parted = any(line[0].y < grid.box[1] < following[0].y for grid in found)
        if full and near and not parted:
            group.append(following)
            continue
        yield group[0][0].y, "".join(map(line_text, group))
        group = [following]
    yield group[0][0].y, "".join(map(line_text, group))
