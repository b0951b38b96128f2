"""PDF files that a program wrote: ruled tables and the paragraphs around them, over page breaks too.

pdfium reads the file; nothing in it is run or fetched. A PDF has no paragraphs, only letters in places: a line that
leaves room for what begins the next one was ended by the writer, any other was wrapped.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from auditkit.document import At, Cell, Document, Table
from auditkit.read.pdfpage import Letter, Sheet
from auditkit.read.ruling import NEAR, Grid, grids
from auditkit.safety import LIMITS, Limits, Refused, Unreadable

_MARGIN = 5.4  # points between a cell's border and its text, as Word and WPS have it
_GAP = 0.2  # of a letter's height between two words of Latin letters
_FURNITURE = re.compile(r"[-—–\s第共页/／,，]*\d{1,4}[-—–\s第共页/／,，\d]*")  # a page number
_CLOSING = "，。、；：？！）》」』】”’％%,.;:?!)]}"
_OPENING = "（《「『【“‘([{"
_SIDES = 4  # points that the two edges of a table may stand apart on two pages


class _Held(NamedTuple):
    """A rectangle of a table with its text, by its coordinates; `top` and `bottom` are numbers of rows."""

    text: str
    page: int
    top: int
    bottom: int
    left: float
    right: float


class _Ruled:
    """A table while its pages are put together."""

    def __init__(self, grid: Grid, page: int):
        self.edges = grid.xs[0], grid.xs[-1]
        self.xs, self.rows, self.last = list(grid.xs), len(grid.ys) - 1, page
        self.held: list[_Held] = []


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
        reading.take(number + 1, Sheet(source, with_page, limits))
        with_page.close()
    return reading.document()


class _Reading:
    """One pass over the pages, and what it counts."""

    def __init__(self, source: str, limits: Limits):
        self.source, self.limits = source, limits
        self.blocks: list[_Ruled | tuple[int, str]] = []
        self.hidden = self.letters = self.cells = 0

    def take(self, page: int, sheet: Sheet) -> None:
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
            place = next(
                ((n, at) for n, grid in enumerate(found) if (at := grid.place(letter.x, letter.y)) is not None), None
            )
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
            _text(held, grid.xs[region.right] - grid.xs[region.left] - 2 * _MARGIN)
            for region, held in zip(grid.regions, letters, strict=True)
        ]
        before = self.blocks[-1] if self.blocks else None
        if isinstance(before, _Ruled) and before.last == page - 1 and _is_under(before, grid):
            table, begin = before, before.rows
            cut = _continued(before, grid)
        else:
            table, begin, cut = _Ruled(grid, page), 0, {}
            self.blocks.append(table)
        shift = begin - 1 if cut else begin
        for number, (region, text) in enumerate(zip(grid.regions, texts, strict=True)):
            if number in cut:
                old = table.held[cut[number]]
                both = "\n".join(filter(None, (old.text, text))) if _ended(old.text) else old.text + text
                table.held[cut[number]] = old._replace(text=both, bottom=region.bottom + shift)
                continue
            table.held.append(
                _Held(
                    text, page, region.top + shift, region.bottom + shift, grid.xs[region.left], grid.xs[region.right]
                )
            )
        if table.last != page:
            table.xs += grid.xs
            table.rows, table.last = shift + len(grid.ys) - 1, page

    def document(self) -> Document:
        if not self.letters:
            raise Refused(
                self.source,
                "PDF 中没有文字，应是扫描件或图片，无法核对；请向报送单位索取 Word 原件（.docx）或由 Word 导出的 PDF",
                "the PDF has no text, it seems to be scanned; ask the unit for the Word file (.docx) or a PDF that Word exported",
            )
        blocks, tables, paragraphs = [], 0, 0
        for block in self.blocks:
            if isinstance(block, _Ruled):
                tables += 1
                blocks.append(_laid_out(block, tables))
            else:
                paragraphs += 1
                blocks.append(Cell(block[1], At(page=block[0], row=paragraphs)))
        doubts = (f"有 {self.hidden} 个看不见的字（透明、页面之外或过小）未读取，请核对原件",) if self.hidden else ()
        return Document(self.source, tuple(blocks), doubts)


def _is_under(table: _Ruled, grid: Grid) -> bool:
    return all(abs(one - other) <= _SIDES for one, other in zip(table.edges, (grid.xs[0], grid.xs[-1]), strict=True))


def _continued(table: _Ruled, grid: Grid) -> dict[int, int]:
    """The regions of the page that go on with one of the page before, where no line was drawn at the break."""
    found = {}
    for number, region in enumerate(grid.regions):
        if region.top or not grid.is_open(region, 0):
            continue
        for index, held in enumerate(table.held):
            sides = (held.left - grid.xs[region.left], held.right - grid.xs[region.right])
            if held.bottom == table.rows and max(map(abs, sides)) <= _SIDES:
                found[number] = index
    return found


def _ended(text: str) -> bool:
    return text.endswith(("。", "；", "：", "！", "？"))


def _laid_out(table: _Ruled, number: int) -> Table:
    """The rows of a table, a cell that runs over several rows continued in each."""
    xs: list[float] = []
    for x in sorted(table.xs):
        if not xs or x - xs[-1] > NEAR:
            xs.append(x)
    rows: list[list[tuple[int, int, bool, _Held]]] = [[] for _ in range(table.rows)]
    for held in table.held:
        left, right = (min(range(len(xs)), key=lambda n: abs(xs[n] - side)) for side in (held.left, held.right))
        for row in range(held.top, held.bottom):
            rows[row].append((left, max(right - left, 1), row > held.top, held))
    page, made = 0, []
    for row, cells in enumerate(rows, 1):
        page = max([page, *(held.page for _, _, _, held in cells)])
        cells.sort(key=lambda cell: cell[0])
        made.append(
            tuple(
                Cell("" if merged else held.text, At("", page, "", number, row, column), grid, span, merged)
                for column, (grid, span, merged, held) in enumerate(cells, 1)
            )
        )
    return Table(tuple(made))


def _lines(letters: Iterable[Letter]) -> list[list[Letter]]:
    """The letters by lines from top to bottom, each from left to right."""
    lines: list[list[Letter]] = []
    for letter in sorted(letters, key=lambda letter: letter.y):
        size = letter.bottom - letter.top
        if lines and abs(letter.y - lines[-1][-1].y) <= 0.4 * max(size, lines[-1][-1].bottom - lines[-1][-1].top):
            lines[-1].append(letter)
        else:
            lines.append([letter])
    return [sorted(line, key=lambda letter: letter.left) for line in lines if any(not c.char.isspace() for c in line)]


def _line_text(line: list[Letter]) -> str:
    texts = [line[0].char]
    for one, other in pairwise(line):
        apart = other.left - one.right > _GAP * (other.bottom - other.top)
        if apart and one.char.isascii() and other.char.isascii() and not (one.char + other.char).count(" "):
            texts.append(" ")
        texts.append(other.char)
    return "".join(texts).strip()


def _text(letters: list[Letter], room: float) -> str:
    """The text of a cell with so much room in a line."""
    lines = _lines(letters)
    if not lines:
        return ""
    texts = [_line_text(lines[0])]
    for line, following in pairwise(lines):
        left, right = (
            f(getattr(letter, side) for letter in line if not letter.char.isspace())
            for f, side in ((min, "left"), (max, "right"))
        )
        next_ = _line_text(following)
        if room - (right - left) > _unit(following) + 0.5 * (line[0].bottom - line[0].top):
            texts.append("\n")
        elif texts[-1][-1:].isascii() and next_[:1].isascii() and texts[-1][-1:].isalpha() and next_[:1].isalpha():
            texts.append(" ")
        texts.append(next_)
    return "".join(texts)


def _unit(line: list[Letter]) -> float:
    """The width of what cannot be parted at a line's begin: a letter with its marks, or a word or number."""
    end = 1
    while end < len(line) and (
        line[end].char in _CLOSING
        or line[end - 1].char in _OPENING
        or (
            line[end].char.isascii()
            and line[end - 1].char.isascii()
            and " " not in (line[end].char, line[end - 1].char)
        )
    ):
        end += 1
    return line[end - 1].right - line[0].left


def _paragraphs(letters: list[Letter], found: list[Grid]) -> Iterator[tuple[float, str]]:
    """The lines outside tables with their place; lines that fill the page's width go on in the next."""
    lines = _lines(letters)
    if not lines:
        return
    left = min([line[0].left for line in lines] + [grid.xs[0] for grid in found])
    right = max([line[-1].right for line in lines] + [grid.xs[-1] for grid in found])
    group = [lines[0]]
    for line, following in pairwise(lines):
        size = line[0].bottom - line[0].top
        full = right - line[-1].right <= _unit(following) + 0.5 * size and line[0].left - left < 3 * size
        near = following[0].top - line[0].bottom < size and following[0].left - left < size
        parted = any(line[0].y < grid.box[1] < following[0].y for grid in found)
        if full and near and not parted:
            group.append(following)
            continue
        yield group[0][0].y, "".join(map(_line_text, group))
        group = [following]
    yield group[0][0].y, "".join(map(_line_text, group))
