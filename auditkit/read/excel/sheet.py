"""A sheet's grid -> a table: the printed area, merged ranges as spans, nothing of what is hidden."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from auditkit.document import At, Cell, Document, Table
from auditkit.errors.contents import NoVisibleText, OnlyPictures, TooManyCells
from auditkit.errors.files import Damage, Damaged
from auditkit.read.excel.drawing import Shape
from auditkit.safety import Limits

Place = tuple[int, int]  # row and column, from 1
Range = tuple[int, int, int, int]  # first row, first column, last row, last column
MOST_COLUMNS, MOST_ROWS, LONGEST_NAME = 16_384, 1_048_576, 31
_ALONE = 1, False
# What Excel shows of the error codes of its binary formats.
_ERROR_TEXTS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}
# Doubts about cells: how many there are, and the first of them.
ERRORS = "有 {n} 个单元格是公式错误值（如 #REF!），按文字读取，如 {at}，请核对原件"
UNCOUNTED = "有 {n} 个公式没有保存计算结果，按空白读取，如 {at}，请在 Excel 或 WPS 中打开并保存后重新报送"
PICTURE = "有 {n} 个单元格只有图片，没有文字，未读取，如 {at}，请核对原件"
BY_RULE = "有 {n} 个单元格的条件格式可能隐去其文字（白色、删除线或不显示），按原文读取，如 {at}，请核对原件"
BOX_READ = "有 {n} 处文本框的文字按其所在的单元格读取，如 {at}，请核对原件"
BOX_UNREAD = "有 {n} 处文本框的文字未读取，如 {at}，请核对原件"
_IMAGE = re.compile(r"\s*=?\s*(?:_xlfn\.)?(?:_xlws\.)?(?:DISPIMG|IMAGE)\s*\(", re.IGNORECASE)
_WIDEST_SHAPE = 400  # cells that a shape covers and that are looked at
_MOST_SHAPES = 200  # of a sheet


def error_text(code: int) -> str:
    """What a cell of .xls or .xlsb shows that holds an error; one that Excel does not know is an error all the same."""
    return _ERROR_TEXTS.get(code, "#ERROR")


@dataclass
class Worksheet:
    """What a reader found on one sheet; rows and columns count from 1. `doubts` are about single cells, in their order."""

    name: str
    texts: dict[Place, str] = field(default_factory=dict)
    merges: list[Range] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    visible: bool = True
    doubts: list[tuple[str, Place]] = field(default_factory=list)
    shapes: list[Shape] = field(default_factory=list)

    def put(self, place: Place, text: str, most: int, doubts: Sequence[str] = ()) -> None:
        """Set down a text, its line ends as `\\n`, and what is doubted of it. Raises OverflowError for more than `most`."""
        if doubts:
            self.doubts += [(doubt, place) for doubt in doubts]
        if is_image(text):
            text = ""
            self.doubts.append((PICTURE, place))
        if not text:
            return
        if len(self.texts) >= most:
            raise OverflowError
        self.texts[place] = text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def is_image(formula: str) -> bool:
    """Whether a formula, or the text that some programs keep in its place, puts a picture into its cell."""
    return "(" in formula and _IMAGE.match(formula) is not None


def columns_within(ranges: Iterable[tuple[int, int]]) -> set[int]:
    """The columns of ranges (first, last), however often and however far these reach."""
    columns: set[int] = set()
    done = 0
    for first, last in sorted(ranges):
        columns.update(range(max(first, done + 1), min(last, MOST_COLUMNS) + 1))
        done = max(done, min(last, MOST_COLUMNS))
    return columns


def document(source: str, sheets: Iterable[Worksheet], limits: Limits) -> Document:
    """The sheets that are shown and have text, each as a table.

    Raises Refused beyond the limits of cells, Unreadable where no sheet shows text or merged ranges overlap.
    """
    tables: list[Table] = []
    notes: list[str] = []
    found: dict[str, list[At]] = {}
    cells = pictures = 0
    for sheet in sheets:
        if not sheet.visible:
            notes.append(f"隐藏的工作表“{sheet.name}”未读取，请核对原件")
            continue
        if len(sheet.texts) > limits.cells or len(sheet.merges) > limits.cells:
            raise TooManyCells(source, most=limits.cells)
        grid = _Grid(sheet, limits.span, limits.cells - cells)
        cells += len(grid.rows) * len(grid.columns)
        if cells > limits.cells:
            raise TooManyCells(source, most=limits.cells)
        if grid.rows:
            tables.append(Table(tuple(grid.lines(source, len(tables) + 1))))
        notes += grid.notes
        pictures += sum(shape.text is None for shape in sheet.shapes)
        for doubt, place in sheet.doubts:
            if place[0] not in sheet.hidden_rows and place[1] not in sheet.hidden_columns:
                found.setdefault(doubt, []).append(At(sheet=sheet.name, row=place[0], column=place[1]))
    if not tables:
        if pictures := pictures or len(found.get(PICTURE, ())):
            raise OnlyPictures(source, count=pictures)
        raise NoVisibleText(source)
    return Document(
        source, tuple(tables), (*notes, *(doubt.format(n=len(at), at=at[0]) for doubt, at in found.items()))
    )


class _Grid:
    """The part of a sheet that is printed: its rows, its columns, what covers what."""

    def __init__(self, sheet: Worksheet, gap: int, room: int):
        self.sheet, self.notes = sheet, []
        self.texts = {place: text for place, raw in sheet.texts.items() if (text := raw.strip())}
        if sheet.shapes:
            self._lay_shapes()
        self.merges = self._in_sight() if sheet.hidden_rows or sheet.hidden_columns else sheet.merges
        self._drop_outlying(gap)
        used = {column for _, column in self.texts}
        self.left, self.right = min(used, default=1), max(used, default=0)
        self.columns = [c for c in range(self.left, self.right + 1) if c not in sheet.hidden_columns]
        self.rows = self._rows(room)

    def lines(self, source: str, table: int) -> Iterator[tuple[Cell, ...]]:
        texts, spans, name, left = self.texts, self._spans(source), self.sheet.name, self.left
        new, columns = tuple.__new__, self.columns  # a third of the time of naming the fields
        shown = 0
        for row in self.rows:
            line, covered = [], 0
            for column in columns:
                if column < covered:
                    continue
                span, merged = spans.get((row, column), _ALONE)
                text = texts.get((row, column), "")
                shown += text != ""
                covered = column + span
                at = new(At, ("", 0, name, table, row, column, 0))
                line.append(new(Cell, (text, at, column - left, span, merged)))
            yield tuple(line)
        if lost := len(texts) - shown:
            self.notes.append(f"工作表“{name}”有 {lost} 处文字被合并单元格遮住，未读取，请核对原件")

    def _lay_shapes(self) -> None:
        """The text of a box over a blank cell is that cell's; a picture over blank cells within the table is told."""
        last_row, last_column = (max((place[i] for place in self.texts), default=0) for i in (0, 1))
        doubts = self.sheet.doubts
        for shape in self.sheet.shapes[:_MOST_SHAPES]:
            covered = self._covered(shape) if shape.first <= (last_row, MOST_COLUMNS) else []
            cells = dict.fromkeys(covered)
            blank = [place for place in cells if place not in self.texts and place[1] <= last_column]
            if shape.text is None:
                if blank and len(blank) == len(cells):
                    doubts.append((PICTURE, blank[0]))
            elif blank and (len(blank) == 1 or covered[len(covered) // 2] in blank):
                place = blank[0] if len(blank) == 1 else covered[len(covered) // 2]
                self.texts[place] = shape.text
                doubts.append((BOX_READ, place))
            else:
                doubts.append((BOX_UNREAD, shape.first))
        doubts += [(BOX_UNREAD, shape.first) for shape in self.sheet.shapes[_MOST_SHAPES:] if shape.text]

    def _covered(self, shape: Shape) -> list[Place]:
        """The cells that a shape lies over, of a merged range its first; none where they are too many, or not told."""
        (top, left), (bottom, right) = shape.first, shape.last
        if not top or (bottom - top + 1) * (right - left + 1) > _WIDEST_SHAPE:
            return []
        near = [m for m in self.sheet.merges if m[0] <= bottom and m[2] >= top and m[1] <= right and m[3] >= left]
        return [
            next(((m[0], m[1]) for m in near if m[0] <= row <= m[2] and m[1] <= column <= m[3]), (row, column))
            for row in range(top, bottom + 1)
            for column in range(left, right + 1)
        ]

    def _in_sight(self) -> list[Range]:
        """The ranges with their corner, and the text in it, moved to the first row and column that are shown."""
        rows, columns = _onward(self.sheet.hidden_rows), _onward(self.sheet.hidden_columns)
        seen = []
        for top, left, bottom, right in self.sheet.merges:
            corner = rows.get(top, top), columns.get(left, left)
            if corner[0] <= bottom and corner[1] <= right:
                seen.append((*corner, bottom, right))
                if (top, left) in self.texts:
                    self.texts[corner] = self.texts.pop((top, left))
        hidden = [place for place in self.texts if place[0] in rows or place[1] in columns]
        if hidden:
            self.notes.append(
                f"工作表“{self.sheet.name}”的隐藏行列中有 {len(hidden)} 处文字未读取，如 {self._at(min(hidden))}，请核对原件"
            )
        for place in hidden:
            del self.texts[place]
        return seen

    def _drop_outlying(self, gap: int) -> None:
        """A text far to the right of the form is none of it: reading up to it would be thousands of empty columns."""
        columns = sorted({column for _, column in self.texts})
        end = next((left for left, right in pairwise(columns) if right - left > gap), None)
        outside = [place for place in self.texts if end is not None and place[1] > end]
        if outside:
            self.notes.append(f"{self._at(min(outside))} 等 {len(outside)} 处文字远在表格之外，未读取，请核对原件")
        for place in outside:
            del self.texts[place]

    def _at(self, place: Place) -> At:
        return At(sheet=self.sheet.name, row=place[0], column=place[1])

    def _rows(self, room: int) -> list[int]:
        """From the first row with text to the last; where that is too many, only those with text."""
        used = sorted({row for row, _ in self.texts})
        if not used or (used[-1] - used[0] + 1) * len(self.columns) > room:
            return used
        return [row for row in range(used[0], used[-1] + 1) if row not in self.sheet.hidden_rows]

    def _spans(self, source: str) -> dict[Place, tuple[int, bool]]:
        """For every first cell of a merged range in a row: how many columns it covers, whether it continues one above."""
        spans: dict[Place, tuple[int, bool]] = {}
        room = len(self.rows) * len(self.columns)
        for top, left, bottom, right in self.merges:
            left, right = max(left, self.left), min(right, self.right)
            if left > right:
                continue
            covered = self.rows[bisect_left(self.rows, top) : bisect_right(self.rows, bottom)]
            room -= len(covered)
            if room < 0:
                raise Damaged(source, Damage.MERGES_OVERLAP, ".xlsx", "Excel")
            spans.update({(row, left): (right - left + 1, row > top) for row in covered})
        return spans


def _onward(hidden: set[int]) -> dict[int, int]:
    """For every hidden row or column the next one that is shown."""
    onward: dict[int, int] = {}
    for number in sorted(hidden, reverse=True):
        onward[number] = onward.get(number + 1, number + 1)
    return onward
