"""PDF files that a program wrote: ruled tables and the paragraphs around them, over page breaks too.

pdfium reads the file; nothing in it is run or fetched. A PDF has no paragraphs, only letters in places: a line that
leaves room for what begins the next one was ended by the writer, any other was wrapped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from operator import attrgetter
from typing import NamedTuple

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from auditkit.document import At, Cell, Document
from auditkit.errors.contents import (
    Drawn,
    NoRuledTable,
    PageTooCrowded,
    Scanned,
    TooManyCells,
    TooManyLetters,
    TooManyPages,
)
from auditkit.errors.files import DamagedPdf, Encrypted
from auditkit.read.pdf.nested_forms import drawings
from auditkit.read.pdf.page import PageContent
from auditkit.read.pdf.ruled_lines import Region, RuledGrid, grids
from auditkit.read.pdf.scanned_page import without_blanks
from auditkit.read.pdf.table import Ruled
from auditkit.read.pdf.text_lines import (
    MARGIN,
    PALE_LETTER,
    Letter,
    Written,
    letters_by_line,
    line_text,
    stood_up,
    unit,
    written,
)
from auditkit.read.unread import LAID_OVER, PALE_TEXT, PICTURE, RAISED, STRUCK, Unread, doubts_of
from auditkit.safety import LIMITS, Limits

_NUMBER = re.compile(r"[-—–\s第共页/／,，]*\d{1,4}[-—–\s第共页/／,，\d]*")  # of a page
_DIGITS = re.compile(r"\d+")
_TOUCHING = 0.35  # points between two letters of one word, either way
_THROUGH = 0.25  # of a letter's height: how near to its middle a border runs through it
_HEIGHT = attrgetter("y")
_SAME = 3.0  # points between the heights of a running head on two pages


def read_pdf(source: str, data: bytes, limits: Limits = LIMITS) -> Document:
    """Read a PDF file.

    Raises Refused for one that is encrypted, scanned or beyond the limits, Unreadable for one that is damaged.
    """
    if drawings(data, limits.strokes) > limits.strokes:
        raise PageTooCrowded(source, what=Drawn.SHAPES)
    try:
        with pdfium.PdfDocument(data) as file:
            return _document(source, file, limits)
    except pdfium.PdfiumError as error:
        if getattr(error, "err_code", 0) in (raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY):
            raise Encrypted(source, suffix=".pdf") from error
        raise DamagedPdf(source) from error


def _document(source: str, file: pdfium.PdfDocument, limits: Limits) -> Document:
    if len(file) > limits.pages:
        raise TooManyPages(source, pages=len(file), most=limits.pages)
    reading = _Reading(source, limits)
    for number in range(len(file)):
        with_page = file[number]
        reading.take(number + 1, PageContent(source, with_page, limits), number + 1 == len(file))
        with_page.close()
    return reading.document()


class _Page(NamedTuple):
    """What stands on a page: its tables with the texts of their regions, and the paragraphs with their height on it."""

    number: int
    grids: list[RuledGrid]
    texts: list[list[Written]]  # of each table
    outside: list[tuple[float, str]]

    def margin(self, foot: bool) -> list[tuple[float, str]]:
        """The paragraphs below the last table, or above the first."""
        if not self.grids:
            return []
        edge = self.grids[-1].box[3] if foot else self.grids[0].box[1]
        return [one for one in self.outside if (one[0] > edge) == foot]


class _Reading:
    """One pass over the pages for what stands on them, and one over what was found to put it together."""

    def __init__(self, source: str, limits: Limits):
        self.source, self.limits = source, limits
        self.pages: list[_Page] = []
        self.doubts: list[str] = []
        self.unread = Unread()
        self.hidden = self.letters = self.cells = self.apart = 0

    def take(self, page: int, sheet: PageContent, is_last: bool) -> None:
        self.hidden += sheet.hidden
        self.apart += sheet.entries
        if sheet.recognised:
            self.doubts.append(f"第{page}页是扫描件，文字由识别软件得出，会有错字错数，读出的每个数字都须核对")
        self.letters += len(sheet.letters)
        self.unread.update({LAID_OVER: sheet.laid_over, STRUCK: sheet.struck, RAISED: sheet.raised})
        found = grids(sheet.horizontal, sheet.vertical)
        self.cells += sum((len(grid.xs) - 1) * (len(grid.ys) - 1) for grid in found)
        if self.cells > self.limits.cells:
            raise TooManyCells(self.source, most=self.limits.cells)
        if self.letters > self.limits.letters:
            raise TooManyLetters(self.source, most=self.limits.letters)
        inside: dict[tuple[int, int], list[Letter]] = {}
        outside: list[Letter] = []
        places = [_place(found, letter.x, letter.y, is_last) for letter in sheet.letters]
        if _kept_whole(sheet.letters, places, found) or _run_through(sheet.letters, places, found):
            self.doubts.append(f"第{page}页有文字越出单元格的边框，按其大半所在的单元格读取")
        for letter, place in zip(sheet.letters, places, strict=True):
            (outside if place is None else inside.setdefault(place, [])).append(letter)
        upright = [letter for letter in outside if letter.mark <= 0]
        self.unread[LAID_OVER] += len(upright) < len(outside)
        lines = [one for one in _paragraphs(upright, found) if not _NUMBER.fullmatch(one[1])]
        texts = [
            [self._written(inside.get((at, n), []), grid, region) for n, region in enumerate(grid.regions)]
            for at, grid in enumerate(found)
        ]
        if sheet.recognised:
            texts = [[one._replace(text=without_blanks(one.text)) for one in those] for those in texts]
            lines = [(y, without_blanks(text)) for y, text in lines]
        self.pages.append(_Page(page, found, texts, lines))
        shown = [(at, grid.place(x, y)) for x, y in sheet.pictures for at, grid in enumerate(found)]
        self.unread[PICTURE] += sum(
            number is not None and not texts[at][number].text for at, number in dict.fromkeys(shown)
        )

    def _written(self, letters: list[Letter], grid: RuledGrid, region: Region) -> Written:
        """The text of a cell: without what a person may overlook beside other text, and read on end where most of it stands so."""
        pale = sum(letter.mark == PALE_LETTER for letter in letters)
        if pale and pale < sum(not letter.char.isspace() for letter in letters):
            letters = [letter for letter in letters if letter.mark != PALE_LETTER]
            self.unread[PALE_TEXT] += 1
        turned = sum(letter.mark > 0 for letter in letters)
        if 0 < turned < len(letters):
            mostly = turned * 2 > len(letters)
            over = [letter for letter in letters if (letter.mark > 0) != mostly]
            letters = [letter for letter in letters if (letter.mark > 0) == mostly]
            self.unread[LAID_OVER] += any(not letter.char.isspace() for letter in over)
        left, right = grid.xs[region.left], grid.xs[region.right]
        if letters and letters[0].mark > 0:
            top, bottom = grid.ys[region.top], grid.ys[region.bottom]
            letters, (left, right) = stood_up(letters, left, top, right, bottom)
        return written(letters, left + MARGIN, right - MARGIN)

    def document(self) -> Document:
        if not self.letters:
            raise Scanned(self.source)
        if not any(len(grid.regions) > 1 for page in self.pages for grid in page.grids):
            raise NoRuledTable(self.source)
        put, doubts = put_together(self.pages), list(self.doubts)
        blocks, tables, paragraphs = [], 0, 0
        for block in put:
            if isinstance(block, Ruled):
                tables += 1
                blocks.append(block.laid_out(tables))
                doubts += block.doubts
            else:
                paragraphs += 1
                blocks.append(Cell(block[1], At(page=block[0], row=paragraphs)))
        if self.apart:
            doubts.append(f"有 {self.apart} 处填在 PDF 表单域或文本框中的文字未读取，可打印为新的 PDF 后报送")
        if self.hidden:
            doubts.append(f"有 {self.hidden} 个看不见的字（透明、白色、被遮盖、页面之外或过小）未读取")
        doubts = [f"{doubt}，请核对原件" for doubt in doubts]
        return Document(self.source, tuple(blocks), (*doubts, *doubts_of(self.unread)))


def put_together(pages: list[_Page]) -> list[Ruled | tuple[int, str]]:
    """The tables and paragraphs of all pages in their order, without what a program prints on every page."""
    blocks: list[Ruled | tuple[int, str]] = []
    feet: list[tuple[float, str]] = []  # of the page before, put down when it is known that they are no page's foot
    for page, before in zip(pages, [None, *pages], strict=False):
        tables = [block for block in blocks if isinstance(block, Ruled)]
        first = page.grids[0] if page.grids else None
        goes_on = bool(first and tables and before and tables[-1].goes_on(page.number, first))
        if goes_on and first and not tables[-1].repeats(first, page.texts[0]):
            begin = page.texts[0][0].text
            goes_on = not any(begin and begin == table.begin for table in tables)
        running = _same(before, page) if goes_on and before else set()
        blocks += [(page.number - 1, text) for _, text in feet if text not in running]
        placed: list[tuple[float, int | str]] = [(grid.box[1], n) for n, grid in enumerate(page.grids)]
        placed += [(y, text) for y, text in page.outside if text not in running]
        feet = page.margin(foot=True)
        for y, block in sorted(placed, key=lambda one: one[0]):
            if isinstance(block, str):
                if (y, block) not in feet:
                    blocks.append((page.number, block))
                continue
            last = blocks[-1] if blocks else None
            grid, texts = page.grids[block], page.texts[block]
            if isinstance(last, Ruled) and last.goes_on(page.number, grid):
                last.go_on(page.number, grid, texts)
            else:
                blocks.append(Ruled(page.number, grid, texts))
        feet = [one for one in feet if one[1] not in running]
    return blocks + [(pages[-1].number, text) for _, text in feet]


def _same(before: _Page, page: _Page) -> set[str]:
    """The texts in the margins that stand in the same place of both pages, numbers aside."""
    found: set[str] = set()
    for foot in (False, True):
        for y, text in before.margin(foot):
            for other, following in page.margin(foot):
                if abs(y - other) <= _SAME and _DIGITS.sub("0", text) == _DIGITS.sub("0", following):
                    found |= {text, following}
    return found


def _place(found: list[RuledGrid], x: float, y: float, is_last: bool) -> tuple[int, int] | None:
    """The number of the table and of the region in it that a point is in."""
    for number, grid in enumerate(found):
        if (at := grid.place(x, y)) is not None:
            return number, at
    if found and not is_last and (at := found[-1].below(x, y)) is not None:
        return len(found) - 1, at
    return None


def _kept_whole(letters: list[Letter], places: list[tuple[int, int] | None], found: list[RuledGrid]) -> bool:
    """Put a word or figure that a border runs through into the one cell where its middle is; whether there was any."""
    crossing = [
        n
        for n in range(1, len(letters))
        if places[n] != places[n - 1] and None not in (places[n], places[n - 1]) and _adjoin(letters[n - 1], letters[n])
    ]
    for number in crossing:
        begin, end = number - 1, number
        while begin and _adjoin(letters[begin - 1], letters[begin]):
            begin -= 1
        while end + 1 < len(letters) and _adjoin(letters[end], letters[end + 1]):
            end += 1
        place = _place(found, (letters[begin].left + letters[end].right) / 2, letters[number].y, True)
        places[begin : end + 1] = [place] * (end + 1 - begin)
    return bool(crossing)


def _run_through(letters: list[Letter], places: list[tuple[int, int] | None], found: list[RuledGrid]) -> bool:
    """Whether the border above or below a cell runs through a letter in it, so that it could stand in either row."""
    lines = dict(zip(zip(places, map(_HEIGHT, letters), strict=True), letters, strict=True))  # one letter of each
    for (place, y), letter in lines.items():
        if place is None or letter.mark > 0:
            continue
        grid = found[place[0]]
        region, near = grid.regions[place[1]], _THROUGH * (letter.bottom - letter.top)
        for edge in (region.top, region.bottom):
            if abs(grid.ys[edge] - y) < near and not grid.is_open(region, edge):
                return True
    return False


def _adjoin(one: Letter, other: Letter) -> bool:
    """Whether two letters were written as one: between two cells there are at least the border and their margins."""
    return (
        abs(other.left - one.right) <= _TOUCHING and abs(other.y - one.y) <= 1 and not (one.char + other.char).isspace()
    )


def _paragraphs(letters: list[Letter], found: list[RuledGrid]) -> Iterator[tuple[float, str]]:
    """The lines outside tables with their place; lines that fill the page's width go on in the next."""
    lines = letters_by_line(letters)
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
