"""What is painted on a PDF page: its strokes, its texts, its pictures, and the areas that may cover what is below.

Coordinates are points from the top left corner of the page as it is shown, y downwards.
"""

from __future__ import annotations

import ctypes
import math
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from auditkit.document import made
from auditkit.errors.contents import Drawn, PageTooCrowded
from auditkit.read.pdf.hidden_text import CoveredAreas, fill_of, object_key
from auditkit.read.pdf.ruled_lines import Line
from auditkit.read.pdf.text_object import Box, Matrix, Style, TextObject
from auditkit.safety import Limits

FARTHEST = 20_000.0  # a PDF page is at most 14,400 points
_THIN = 3.0  # a filled rectangle that is no thicker is a line
_WHITE = 250
_OPAQUE = 255
_DEEPEST = 8  # Form XObjects within one another
_PLAIN: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


class Placement(NamedTuple):
    """How a page is shown: the `box` of it that is seen, and the quarter `turn` in degrees."""

    box: Box  # left, bottom, right, top in the page's own coordinates
    turn: int

    @property
    def sides(self) -> tuple[float, float]:
        """Width and height of the page as it is shown."""
        left, bottom, right, top = self.box
        return (right - left, top - bottom) if self.turn % 180 == 0 else (top - bottom, right - left)

    def shown(self, x0: float, y0: float, x1: float, y1: float) -> tuple[float, float, float, float]:
        """Left, top, right, bottom on the page as it is shown, of two corners in the page's own coordinates."""
        left, bottom, right, top = self.box
        if not self.turn:
            x0, y0, x1, y1 = x0 - left, top - y0, x1 - left, top - y1
        elif self.turn == 90:
            x0, y0, x1, y1 = y0 - bottom, x0 - left, y1 - bottom, x1 - left
        elif self.turn == 180:
            x0, y0, x1, y1 = right - x0, y0 - bottom, right - x1, y1 - bottom
        elif self.turn == 270:
            x0, y0, x1, y1 = top - y0, right - x0, top - y1, right - x1
        if x0 > x1:
            x0, x1 = x1, x0
        return (x0, y0, x1, y1) if y0 <= y1 else (x0, y1, x1, y0)

    def placed(self, bounds: list[float], outer: Matrix) -> Box:
        """The box on the page as it is shown, of bounds within what an object stands in."""
        x0, y0, x1, y1 = bounds
        a, b, c, d, e, f = outer
        corners = [(a * x + c * y + e, b * x + d * y + f) for x in (x0, x1) for y in (y0, y1)]
        xs, ys = [x for x, _ in corners], [y for _, y in corners]
        return self.shown(min(xs), min(ys), max(xs), max(ys))


class PageObjects:
    """What is painted on a page: `level` and `upright` strokes piece by piece, `texts`, the middles of `pictures`.

    `ink` tells what of the texts can be seen, `pictured` is the area of the largest picture. Raises PageTooCrowded.
    """

    def __init__(self, source: str, page: pdfium.PdfPage, place: Placement, limits: Limits):
        self.source, self.limits, self.place = source, limits, place
        self.level: list[Line] = []
        self.upright: list[Line] = []
        self.texts: list[TextObject] = []
        self.pictures: list[tuple[float, float]] = []
        self.pictured = 0.0
        self.ink = CoveredAreas()
        self._size = ctypes.c_float()
        self._paths = 0
        count = raw.FPDFPage_CountObjects(page.raw)
        objects = (raw.FPDFPage_GetObject(page.raw, number) for number in range(count))
        for pieces in self._paths_of(objects, _PLAIN, _OPAQUE, 0):
            for piece in pieces:
                self._take_stroke(piece)

    def box_of(self, text: TextObject) -> Box:
        """The box that a text takes up."""
        sides = [ctypes.c_float() for _ in range(4)]
        raw.FPDFPageObj_GetBounds(text.handle, *sides)
        return self.place.placed([side.value for side in sides], text.outer)

    def _take_stroke(self, piece: tuple[float, float, float, float]) -> None:
        if max(map(abs, piece)) > FARTHEST:
            return
        left, top, right, bottom = self.place.shown(*piece)
        if right - left <= _THIN and bottom - top > _THIN / 2:
            self.upright.append(Line((left + right) / 2, top, bottom))
        elif bottom - top <= _THIN and right > left:
            self.level.append(Line((top + bottom) / 2, left, right))

    def _paths_of(
        self, objects: Iterator, outer: Matrix, alpha: int, depth: int
    ) -> Iterator[list[tuple[float, float, float, float]]]:
        """The strokes of paths; texts and painted areas are taken note of. `alpha` is the opacity of what holds the objects."""
        for object_ in objects:
            self._paths += 1
            if self._paths > self.limits.strokes:
                raise PageTooCrowded(self.source, what=Drawn.SHAPES)
            kind = raw.FPDFPageObj_GetType(object_)
            if kind == raw.FPDF_PAGEOBJ_PATH:
                self._area(object_, outer, image=False)
                yield self._pieces(object_, _product(_matrix(object_), outer))
            elif kind == raw.FPDF_PAGEOBJ_TEXT:
                self._take_text(object_, outer, alpha)
            elif kind == raw.FPDF_PAGEOBJ_IMAGE:
                self._area(object_, outer, image=True)
            elif kind == raw.FPDF_PAGEOBJ_FORM and depth < _DEEPEST:
                matrix = _product(_matrix(object_), outer)
                count = raw.FPDFFormObj_CountObjects(object_)
                inner = (raw.FPDFFormObj_GetObject(object_, number) for number in range(count))
                yield from self._paths_of(inner, matrix, alpha * fill_of(object_)[1] // _OPAQUE, depth + 1)

    def _take_text(self, text: object, outer: Matrix, alpha: int) -> None:
        a, b, c, d, e, f = _product(_matrix(text), outer)
        raw.FPDFTextObj_GetFontSize(text, self._size)
        ink, own = fill_of(text)
        level = b == 0 == c and a > 0 < d
        angle = (0.0 if level else math.degrees(math.atan2(b, a))) - self.place.turn
        alpha = own if alpha == _OPAQUE else own * alpha // _OPAQUE
        high = self._size.value * (d if level else math.hypot(c, d))
        style = made(Style, (ink, alpha, round(high)))
        key, (side, foot, _, _) = object_key(text), self.place.shown(e, f, e, f)
        self.texts.append(made(TextObject, (key, style, angle, text, outer, high, foot, side)))
        self.ink.take_text(text, key, self._paths, ink, alpha)

    def _area(self, object_: object, outer: Matrix, image: bool) -> None:
        """Tell the ink of an area that is painted, if it is more than a line."""
        fill, stroke = ctypes.c_int(), ctypes.c_int()
        if not image and not (raw.FPDFPath_GetDrawMode(object_, fill, stroke) and fill.value):
            return
        sides = [ctypes.c_float() for _ in range(4)]
        if not raw.FPDFPageObj_GetBounds(object_, *sides):
            return
        bounds = [side.value for side in sides]
        if max(map(abs, bounds)) > FARTHEST:
            return
        box = self.place.placed(bounds, outer)
        if image:
            self.pictured = max(self.pictured, (box[2] - box[0]) * (box[3] - box[1]))
            self.pictures.append(((box[0] + box[2]) / 2, (box[1] + box[3]) / 2))
        if box[2] - box[0] > _THIN and box[3] - box[1] > _THIN:
            self.ink.take_area(object_, box, self._paths, image)

    def _pieces(self, path: object, matrix: Matrix) -> list[tuple[float, float, float, float]]:
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

    def _outlines(self, path: object, matrix: Matrix) -> Iterator[list[tuple[float, float]]]:
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


def _matrix(object_: object) -> Matrix:
    matrix = raw.FS_MATRIX()
    raw.FPDFPageObj_GetMatrix(object_, matrix)
    return matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f


def _product(inner: Matrix, outer: Matrix) -> Matrix:
    if outer is _PLAIN:
        return inner
    a, b, c, d, e, f = inner
    p, q, r, s, t, u = outer
    return a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u


def _is_white(path: object) -> bool:
    red, green, blue, opaque = (ctypes.c_uint() for _ in range(4))
    known = raw.FPDFPageObj_GetFillColor(path, red, green, blue, opaque)
    return bool(known) and (not opaque.value or min(red.value, green.value, blue.value) >= _WHITE)
