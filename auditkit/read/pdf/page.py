"""One page of a PDF as pdfium shows it: its letters with their boxes, and the lines that are ruled on it.

Coordinates are points from the top left corner of the page as it is shown, y downwards, also where it is turned.
"""

from __future__ import annotations

import ctypes
import math
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from auditkit.document import made
from auditkit.errors.files import Drawn, PageTooCrowded, TooManyLetters
from auditkit.read.pdf.annotation import annotations_of
from auditkit.read.pdf.hidden_text import CoveredAreas, fill_of, object_key
from auditkit.read.pdf.letter_marks import lower_raised, strike_out
from auditkit.read.pdf.ruled_lines import Line, join_lines
from auditkit.read.pdf.text_lines import Letter
from auditkit.read.pdf.text_object import Box, LaidOver, Matrix, Style, TextObject, main_style, shifted_texts
from auditkit.safety import Limits

_THIN = 3.0  # a filled rectangle that is no thicker is a line
_CHECKS = 10  # of letters against painted areas on a page, in units of the limit for crossings
_NO_LETTERS = frozenset((0, 2, 10, 13, 0xFFFE, 0xFFFF))
_FAR = 20_000.0  # a PDF page is at most 14,400 points
_LEAST = 0.5  # letters lower than this nobody sees
_WHITE = 250
_OPAQUE = 255
_SAMPLE = 64  # letters that tell what most of a page's text is like
_DEEPEST = 8  # Form XObjects within one another

_PLAIN: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


class PageContent:
    """A page: `letters` in the file's order, lines of both ways, and the middles of `pictures`.

    Of what nobody reads it counts `hidden` letters, which nobody sees, the texts that lie over the page (`laid_over`), and runs
    of letters that are `struck` out or `raised`, and the `entries` of form fields and text boxes.
    """

    def __init__(self, source: str, page: pdfium.PdfPage, limits: Limits):
        self.source, self.limits = source, limits
        self._text = page.get_textpage()
        count = self._text.count_chars()
        if count > limits.letters:
            raise TooManyLetters(source, most=limits.letters)
        sample = self._sample(count)
        self._turn, self._box = self._main_turn(sample, page.get_rotation()), page.get_bbox()
        left, bottom, right, top = self._box
        sides = right - left, top - bottom
        self.width, self.height = sides if self._turn % 180 == 0 else sides[::-1]
        self.hidden = 0
        self.pictures: list[tuple[float, float]] = []
        self._ink = CoveredAreas()
        self._texts: list[TextObject] = []
        self._size = ctypes.c_float()
        level, upright = self._strokes(page)
        self.horizontal, self.vertical = self._joined(level, upright)
        over = self._over(sample)
        notes = annotations_of(page)
        self.entries, self.laid_over = notes.entries, notes.stamps + (over.places if over else 0)
        letters, self.raised = self._lowered(count, over)
        noted = [self._level_line(*ends) for ends in notes.strikes if all(abs(end) <= _FAR for end in ends)]
        struck, strikes = strike_out(letters, level + noted)
        self.struck = len(strikes)
        if strikes:
            letters = [letter for n, letter in enumerate(letters) if n not in struck]
            self.horizontal, self.vertical = self._joined([line for line in level if line not in strikes], upright)
        self.letters = letters

    def _sample(self, count: int) -> list[int]:
        """Letters of all parts of the page, by their index, that tell what most of its text is like."""
        unicode, generated, handle = raw.FPDFText_GetUnicode, raw.FPDFText_IsGenerated, self._text.raw
        step = max(count // _SAMPLE, 1)
        found = (n for n in range(step // 2, count, step) if generated(handle, n) == 0)
        return [n for n in found if (code := unicode(handle, n)) not in _NO_LETTERS and not chr(code).isspace()]

    def _main_turn(self, sample: list[int], turn: int) -> int:
        """The quarter turn, in degrees to the left, in which most of the text stands; that of the page where it has none."""
        angles = [raw.FPDFText_GetCharAngle(self._text.raw, n) for n in sample]
        turns = Counter(round(-math.degrees(angle) / 90) % 4 * 90 for angle in angles if angle >= 0)  # to the right
        return turns.most_common(1)[0][0] if turns else turn

    def _lowered(self, count: int, over: LaidOver | None) -> tuple[list[Letter], int]:
        """The letters, raised ones on their line, and how many of these were left out."""
        try:
            shifted = shifted_texts(self._texts, self.limits.crossings)
        except OverflowError as error:
            raise PageTooCrowded(self.source, what=Drawn.PIECES) from error
        letters, keys = self._letters(count, over, bool(shifted))
        if not shifted:
            return letters, 0
        return lower_raised(letters, keys, {text.key: text for text in self._texts}, shifted, self.vertical)

    def _over(self, sample: list[int]) -> LaidOver | None:
        """The texts that lie over the page."""
        keys = [object_key(raw.FPDFText_GetTextObject(self._text.raw, n)) for n in sample]
        main = main_style(self._texts, keys)
        if main is None:
            return None
        found = LaidOver(main, self.horizontal, self.vertical, self._box_of)
        try:
            found.look_through(self._texts, self.limits.crossings)
        except OverflowError as error:
            raise PageTooCrowded(self.source, what=Drawn.PIECES) from error
        return found

    def _box_of(self, text: TextObject) -> Box:
        sides = [ctypes.c_float() for _ in range(4)]
        raw.FPDFPageObj_GetBounds(text.handle, *sides)
        return self._placed([side.value for side in sides], text.outer)

    def _letters(self, count: int, over: LaidOver | None, keyed: bool) -> tuple[list[Letter], list[int]]:
        """The letters, and the keys of their texts where these are asked."""
        if count * self._ink.checks > _CHECKS * self.limits.crossings:
            raise PageTooCrowded(self.source, what=Drawn.AREAS)
        found: list[Letter] = []
        keys: list[int] = []
        width, height = self.width + 1, self.height + 1
        doubtful = keyed or self._ink.doubtful or (over is not None and over.doubtful)
        box = raw.FS_RECTF()
        handle, at = self._text.raw, ctypes.byref(box)
        unicode, generated, loose = raw.FPDFText_GetUnicode, raw.FPDFText_IsGenerated, raw.FPDFText_GetLooseCharBox
        for index in range(count):
            code = unicode(handle, index)
            if code in _NO_LETTERS or generated(handle, index) == 1 or not loose(handle, index, at):
                continue
            left, top, right, bottom = self._shown(box.left, box.bottom, box.right, box.top)
            x, y, mark = (left + right) / 2, (top + bottom) / 2, 0
            if doubtful:
                key = object_key(raw.FPDFText_GetTextObject(handle, index))
                if over and key in over.over:
                    continue
                if self._ink.hides(key, x, y):
                    self.hidden += not chr(code).isspace()
                    continue
                mark = over.mark(key) if over else 0
            if -1 <= x <= width and -1 <= y <= height and bottom - top >= _LEAST:
                found.append(made(Letter, (chr(code), left, top, right, bottom, x, y, mark)))
                if keyed:
                    keys.append(key)
            else:
                self.hidden += not chr(code).isspace()
        return found, keys

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

    def _strokes(self, page: pdfium.PdfPage) -> tuple[list[Line], list[Line]]:
        """The lines that are drawn on the page, level and upright ones, piece by piece."""
        level: list[Line] = []
        upright: list[Line] = []
        self._paths = 0
        count = raw.FPDFPage_CountObjects(page.raw)
        objects = (raw.FPDFPage_GetObject(page.raw, number) for number in range(count))
        for pieces in self._paths_of(objects, _PLAIN, _OPAQUE, 0):
            for x0, y0, x1, y1 in pieces:
                if max(map(abs, (x0, y0, x1, y1))) > _FAR:
                    continue
                left, top, right, bottom = self._shown(x0, y0, x1, y1)
                if right - left <= _THIN and bottom - top > _THIN / 2:
                    upright.append(Line((left + right) / 2, top, bottom))
                elif bottom - top <= _THIN and right > left:
                    level.append(Line((top + bottom) / 2, left, right))
        return level, upright

    def _level_line(self, x0: float, y0: float, x1: float, y1: float) -> Line:
        left, top, right, bottom = self._shown(x0, y0, x1, y1)
        return Line((top + bottom) / 2, left, right)

    def _joined(self, level: list[Line], upright: list[Line]) -> tuple[list[Line], list[Line]]:
        horizontal, vertical = join_lines(level), join_lines(upright)
        if len(horizontal) * len(vertical) > self.limits.crossings:
            raise PageTooCrowded(self.source, what=Drawn.LINES)
        return horizontal, vertical

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
        angle = (0.0 if level else math.degrees(math.atan2(b, a))) - self._turn
        alpha = own if alpha == _OPAQUE else own * alpha // _OPAQUE
        high = self._size.value * (d if level else math.hypot(c, d))
        style = made(Style, (ink, alpha, round(high)))
        key, foot = object_key(text), self._shown(e, f, e, f)[1]
        self._texts.append(made(TextObject, (key, style, angle, text, outer, high, foot)))
        self._ink.take_text(text, key, self._paths, ink, alpha)

    def _area(self, object_: object, outer: Matrix, image: bool) -> None:
        """Tell the ink of an area that is painted, if it is more than a line."""
        fill, stroke = ctypes.c_int(), ctypes.c_int()
        if not image and not (raw.FPDFPath_GetDrawMode(object_, fill, stroke) and fill.value):
            return
        sides = [ctypes.c_float() for _ in range(4)]
        if not raw.FPDFPageObj_GetBounds(object_, *sides):
            return
        bounds = [side.value for side in sides]
        if max(map(abs, bounds)) > _FAR:
            return
        box = self._placed(bounds, outer)
        if image:
            self.pictures.append(((box[0] + box[2]) / 2, (box[1] + box[3]) / 2))
        if box[2] - box[0] > _THIN and box[3] - box[1] > _THIN:
            self._ink.take_area(object_, box, self._paths, image)

    def _placed(self, bounds: list[float], outer: Matrix) -> Box:
        """The box on the page as it is shown, of bounds within what an object stands in."""
        x0, y0, x1, y1 = bounds
        a, b, c, d, e, f = outer
        corners = [(a * x + c * y + e, b * x + d * y + f) for x in (x0, x1) for y in (y0, y1)]
        xs, ys = [x for x, _ in corners], [y for _, y in corners]
        return self._shown(min(xs), min(ys), max(xs), max(ys))

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
