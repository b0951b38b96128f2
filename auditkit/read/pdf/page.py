"""One page of a PDF as pdfium shows it: its letters with their boxes, and the lines that are ruled on it.

Coordinates are points from the top left corner of the page as it is shown, y downwards, also where it is turned.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from itertools import pairwise

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from auditkit.errors.contents import Drawn, PageTooCrowded, TooManyLetters
from auditkit.read.pdf.hidden_text import CoveredAreas
from auditkit.read.pdf.ruled_lines import Line, join_lines
from auditkit.read.pdf.text_lines import Letter
from auditkit.safety import Limits

_THIN = 3.0  # a filled rectangle that is no thicker is a line
_CHECKS = 10  # of letters against painted areas on a page, in units of the limit for crossings
_NO_LETTERS = frozenset((0, 2, 10, 13, 0xFFFE, 0xFFFF))
_FAR = 20_000.0  # a PDF page is at most 14,400 points
_LEAST = 0.5  # letters lower than this nobody sees
_WHITE = 250
_DEEPEST = 8  # Form XObjects within one another

_Matrix = tuple[float, float, float, float, float, float]
_PLAIN: _Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


class PageContent:
    """A page: `letters` in the file's order, `hidden` letters that nobody sees, lines of both ways."""

    def __init__(self, source: str, page: pdfium.PdfPage, limits: Limits):
        self.source, self.limits = source, limits
        self.width, self.height = page.get_size()
        self._turn = page.get_rotation()
        self._box = page.get_bbox()
        self.letters: list[Letter] = []
        self.hidden = 0
        self._ink = CoveredAreas()
        self.horizontal, self.vertical = self._ruled(page)
        self._read_letters(page)

    def _read_letters(self, page: pdfium.PdfPage) -> None:
        text = page.get_textpage()
        count = text.count_chars()
        if count > self.limits.letters:
            raise TooManyLetters(self.source, most=self.limits.letters)
        if count * self._ink.checks > _CHECKS * self.limits.crossings:
            raise PageTooCrowded(self.source, what=Drawn.AREAS)
        doubtful = self._ink.doubtful
        box = raw.FS_RECTF()
        handle, at = text.raw, ctypes.byref(box)
        unicode, generated, loose = raw.FPDFText_GetUnicode, raw.FPDFText_IsGenerated, raw.FPDFText_GetLooseCharBox
        for index in range(count):
            code = unicode(handle, index)
            if code in _NO_LETTERS or generated(handle, index) == 1 or not loose(handle, index, at):
                continue
            left, top, right, bottom = self._shown(box.left, box.bottom, box.right, box.top)
            letter = Letter(chr(code), left, top, right, bottom, (left + right) / 2, (top + bottom) / 2)
            if self._is_seen(letter) and not (doubtful and self._ink.hides(handle, index, letter.x, letter.y)):
                self.letters.append(letter)
            elif not letter.char.isspace():
                self.hidden += 1

    def _is_seen(self, letter: Letter) -> bool:
        _, _, top, _, bottom, x, y = letter
        return -1 <= x <= self.width + 1 and -1 <= y <= self.height + 1 and bottom - top >= _LEAST

    def _shown(self, x0: float, y0: float, x1: float, y1: float) -> tuple[float, float, float, float]:
        """Left, top, right, bottom on the page as it is shown, of two corners in the page's own coordinates."""
        left, bottom, right, top = self._box
        if not self._turn:
            x0, y0, x1, y1 = x0 - left, top - y0, x1 - left, top - y1
        elif self._turn == 90:
            x0, y0, x1, y1 = y0 - bottom, x0 - left, y1 - bottom, x1 - left
        elif self._turn == 180:
            x0, y0, x1, y1 = right - x0, y0 - bottom, right - x1, y1 - bottom
        elif self._turn == 270:
            x0, y0, x1, y1 = top - y0, right - x0, top - y1, right - x1
        if x0 > x1:
            x0, x1 = x1, x0
        return (x0, y0, x1, y1) if y0 <= y1 else (x0, y1, x1, y0)

    def _ruled(self, page: pdfium.PdfPage) -> tuple[list[Line], list[Line]]:
        lines: tuple[list[Line], list[Line]] = ([], [])
        self._paths = 0
        count = raw.FPDFPage_CountObjects(page.raw)
        objects = ((raw.FPDFPage_GetObject(page.raw, number), _PLAIN) for number in range(count))
        for pieces in self._paths_of(objects, 0):
            for x0, y0, x1, y1 in pieces:
                if max(map(abs, (x0, y0, x1, y1))) > _FAR:
                    continue
                left, top, right, bottom = self._shown(x0, y0, x1, y1)
                if bottom - top <= _THIN and right - left > _THIN:
                    lines[0].append(Line((top + bottom) / 2, left, right))
                elif right - left <= _THIN and bottom - top > _THIN / 2:
                    lines[1].append(Line((left + right) / 2, top, bottom))
                elif bottom - top <= _THIN and right - left > 0:
                    lines[0].append(Line((top + bottom) / 2, left, right))
        horizontal, vertical = join_lines(lines[0]), join_lines(lines[1])
        if len(horizontal) * len(vertical) > self.limits.crossings:
            raise PageTooCrowded(self.source, what=Drawn.LINES)
        return horizontal, vertical

    def _paths_of(self, objects: Iterator, depth: int) -> Iterator[list[tuple[float, float, float, float]]]:
        for object_, outer in objects:
            self._paths += 1
            if self._paths > self.limits.strokes:
                raise PageTooCrowded(self.source, what=Drawn.SHAPES)
            kind = raw.FPDFPageObj_GetType(object_)
            if kind == raw.FPDF_PAGEOBJ_PATH:
                self._area(object_, outer, image=False)
                yield self._pieces(object_, _product(_matrix(object_), outer))
            elif kind == raw.FPDF_PAGEOBJ_TEXT:
                self._ink.take_text(object_, self._paths)
            elif kind == raw.FPDF_PAGEOBJ_IMAGE:
                self._area(object_, outer, image=True)
            elif kind == raw.FPDF_PAGEOBJ_FORM and depth < _DEEPEST:
                matrix = _product(_matrix(object_), outer)
                count = raw.FPDFFormObj_CountObjects(object_)
                inner = ((raw.FPDFFormObj_GetObject(object_, number), matrix) for number in range(count))
                yield from self._paths_of(inner, depth + 1)

    def _area(self, object_: object, outer: _Matrix, image: bool) -> None:
        """Tell the ink of an area that is painted, if it is more than a line."""
        fill, stroke = ctypes.c_int(), ctypes.c_int()
        if not image and not (raw.FPDFPath_GetDrawMode(object_, fill, stroke) and fill.value):
            return
        sides = [ctypes.c_float() for _ in range(4)]
        if not raw.FPDFPageObj_GetBounds(object_, *sides):
            return
        x0, y0, x1, y1 = (side.value for side in sides)
        if max(map(abs, (x0, y0, x1, y1))) > _FAR:
            return
        a, b, c, d, e, f = outer
        corners = [(a * x + c * y + e, b * x + d * y + f) for x in (x0, x1) for y in (y0, y1)]
        xs, ys = [x for x, _ in corners], [y for _, y in corners]
        box = self._shown(min(xs), min(ys), max(xs), max(ys))
        if box[2] - box[0] > _THIN and box[3] - box[1] > _THIN:
            self._ink.take_area(object_, box, self._paths, image)

    def _pieces(self, path: object, matrix: _Matrix) -> list[tuple[float, float, float, float]]:
        """The straight strokes of a path, and its filled rectangles where they are thin."""
        fill, stroke = ctypes.c_int(), ctypes.c_int()
        raw.FPDFPath_GetDrawMode(path, fill, stroke)
        if not (fill.value or stroke.value) or (not stroke.value and _is_white(path)):
            return []
        found = []
        for points in self._outlines(path, matrix):
            if stroke.value:
                found += [(*one, *other) for one, other in pairwise(points)]
            else:
                xs, ys = [x for x, _ in points], [y for _, y in points]
                found.append((min(xs), min(ys), max(xs), max(ys)))
        return [piece for piece in found if min(abs(piece[0] - piece[2]), abs(piece[1] - piece[3])) <= _THIN]

    def _outlines(self, path: object, matrix: _Matrix) -> Iterator[list[tuple[float, float]]]:
        """The parts of a path that consist of straight strokes."""
        count = raw.FPDFPath_CountSegments(path)
        self._paths += count
        if self._paths > self.limits.strokes:
            raise PageTooCrowded(self.source, what=Drawn.SHAPES)
        a, b, c, d, e, f = matrix
        x, y = ctypes.c_float(), ctypes.c_float()
        points: list[tuple[float, float]] = []
        straight = True
        for number in range(count):
            segment = raw.FPDFPath_GetPathSegment(path, number)
            kind = raw.FPDFPathSegment_GetType(segment)
            raw.FPDFPathSegment_GetPoint(segment, x, y)
            if kind == raw.FPDF_SEGMENT_MOVETO:
                if straight and len(points) > 1:
                    yield points
                points, straight = [], True
            points.append((a * x.value + c * y.value + e, b * x.value + d * y.value + f))
            straight &= kind != raw.FPDF_SEGMENT_BEZIERTO
            if raw.FPDFPathSegment_GetClose(segment):
                points.append(points[0])
        if straight and len(points) > 1:
            yield points


def _matrix(object_: object) -> _Matrix:
    matrix = raw.FS_MATRIX()
    raw.FPDFPageObj_GetMatrix(object_, matrix)
    return matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f


def _product(inner: _Matrix, outer: _Matrix) -> _Matrix:
    if outer == _PLAIN:
        return inner
    a, b, c, d, e, f = inner
    p, q, r, s, t, u = outer
    return a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u


def _is_white(path: object) -> bool:
    red, green, blue, opaque = (ctypes.c_uint() for _ in range(4))
    known = raw.FPDFPageObj_GetFillColor(path, red, green, blue, opaque)
    return bool(known) and (not opaque.value or min(red.value, green.value, blue.value) >= _WHITE)
