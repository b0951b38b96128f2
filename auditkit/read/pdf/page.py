"""One page of a PDF as pdfium shows it: its letters with their boxes, and the lines that are ruled on it.

Coordinates are points from the top left corner of the page as it is shown, y downwards, also where it is turned.
"""

from __future__ import annotations

import ctypes
import math
from collections import Counter

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from auditkit.document import made
from auditkit.errors.contents import Drawn, PageTooCrowded, TooManyLetters
from auditkit.read.pdf.annotation import annotations_of
from auditkit.read.pdf.hidden_text import CoveredAreas, object_key
from auditkit.read.pdf.letter_marks import lower_glyphs, lower_raised, strike_out
from auditkit.read.pdf.line_band import line_bands
from auditkit.read.pdf.page_objects import FARTHEST, PageObjects, Placement
from auditkit.read.pdf.ruled_lines import Line, join_lines
from auditkit.read.pdf.scanned_page import RULES, picture_lines
from auditkit.read.pdf.text_lines import RAISED_GLYPH, Letter
from auditkit.read.pdf.text_object import LaidOver, main_style, shifted_texts
from auditkit.safety import Limits

_CHECKS = 10  # of letters against painted areas on a page, in units of the limit for crossings
_NO_LETTERS = frozenset((0, 2, 10, 13, 0xFFFE, 0xFFFF))
_RAISED = 0.5  # of its height: how far above its line a raised figure begins at least
_BLANK = 32  # with the ends of lines all that pdfium adds of its own
_STROKE = 0.2  # of a letter's size: how thick an underscore is at most
_LEAST = 0.5  # letters lower than this nobody sees
_SAMPLE = 64  # letters that tell what most of a page's text is like
_PICTURED = 0.4  # of a page's area: the picture of one that was scanned has more


class PageContent:
    """A page: `letters` in the file's order, lines of both ways, and the middles of `pictures`.

    Of what nobody reads it counts `hidden` letters, which nobody sees, the texts that lie over the page (`laid_over`), and runs
    of letters that are `struck` out or `raised`, and the `entries` of form fields and text boxes. It is
    `recognised` where it is a picture with the text that a program found in it.
    """

    def __init__(self, source: str, page: pdfium.PdfPage, limits: Limits):
        self.source, self.limits = source, limits
        self._text = page.get_textpage()
        count = self._text.count_chars()
        if count > limits.letters:
            raise TooManyLetters(source, most=limits.letters)
        sample = self._sample(count)
        self._place = Placement(page.get_bbox(), self._main_turn(sample, page.get_rotation()))
        self.width, self.height = self._place.sides
        self.hidden = 0
        self._sides = [ctypes.c_double() for _ in range(4)]  # made once
        self._objects = objects = PageObjects(source, page, self._place, limits)
        level, upright, self._ink, self.pictures = objects.level, objects.upright, objects.ink, objects.pictures
        self.recognised = objects.pictured > _PICTURED * self.width * self.height and self._ink.all_veiled
        if self.recognised:
            self._take_recognised(page, count)
            return
        self.horizontal, self.vertical = self._joined(level, upright)
        over = self._over(sample)
        notes = annotations_of(page)
        self.entries, self.laid_over = notes.entries, notes.stamps + (over.places if over else 0)
        letters, self.raised = self._lowered(count, over)
        noted = [
            _line(*self._place.shown(*ends), level=True)
            for ends in notes.strikes
            if all(abs(end) <= FARTHEST for end in ends)
        ]
        struck, strikes = strike_out(letters, level + noted)
        self.struck = len(strikes)
        if strikes:
            letters = [letter for n, letter in enumerate(letters) if n not in struck]
            self.horizontal, self.vertical = self._joined([line for line in level if line not in strikes], upright)
        self.letters = letters

    def _take_recognised(self, page: pdfium.PdfPage, count: int) -> None:
        """Take what a program recognised in a picture: its lines, and the letters whose sizes and blanks are guesses."""
        level, upright = self._objects.level, self._objects.upright
        self._ink, self.pictures = CoveredAreas(), []
        self.entries = self.laid_over = self.raised = self.struck = 0
        for ends in picture_lines(page, self._place.turn):
            (level if ends[1] == ends[3] else upright).append(_line(*ends))
        self.horizontal, self.vertical = self._joined(level, upright)
        letters, _ = self._letters(count, None, False)
        self.letters = [letter for letter in letters if not (letter.char.isspace() or letter.char in RULES)]

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
            shifted = shifted_texts(self._objects.texts, self.limits.crossings)
        except OverflowError as error:
            raise PageTooCrowded(self.source, what=Drawn.PIECES) from error
        letters, keys = self._letters(count, over, bool(shifted))
        left_out = 0
        if shifted:
            texts = {text.key: text for text in self._objects.texts}
            letters, left_out = lower_raised(letters, keys, texts, shifted, self.vertical)
        if any(letter.mark == RAISED_GLYPH for letter in letters):
            letters, more = lower_glyphs(letters)
            left_out += more
        return letters, left_out

    def _over(self, sample: list[int]) -> LaidOver | None:
        """The texts that lie over the page."""
        keys = [object_key(raw.FPDFText_GetTextObject(self._text.raw, n)) for n in sample]
        main = main_style(self._objects.texts, keys)
        if main is None:
            return None
        found = LaidOver(main, self.horizontal, self.vertical, self._objects.box_of)
        try:
            found.look_through(self._objects.texts, self.limits.crossings)
        except OverflowError as error:
            raise PageTooCrowded(self.source, what=Drawn.PIECES) from error
        return found

    def _letters(self, count: int, over: LaidOver | None, keyed: bool) -> tuple[list[Letter], list[int]]:
        """The letters, and the keys of their texts where these are asked."""
        if count * self._ink.checks > _CHECKS * self.limits.crossings:
            raise PageTooCrowded(self.source, what=Drawn.AREAS)
        found: list[Letter] = []
        keys: list[int] = []
        width, height = self.width + 1, self.height + 1
        doubtful = self._ink.doubtful or (over is not None and over.doubtful)
        bands = {} if self.recognised else line_bands(self._objects.texts, self._objects.box_of)
        box = raw.FS_RECTF()
        handle, at = self._text.raw, ctypes.byref(box)
        shown, turn = self._place.shown, self._place.turn
        unicode, generated, loose = raw.FPDFText_GetUnicode, raw.FPDFText_IsGenerated, raw.FPDFText_GetLooseCharBox
        text_object = raw.FPDFText_GetTextObject
        for index in range(count):
            code = unicode(handle, index)
            if (
                code in _NO_LETTERS
                or (code == _BLANK and generated(handle, index) == 1)
                or not loose(handle, index, at)
            ):
                continue
            key = object_key(text_object(handle, index))
            left, top, right, bottom = shown(box.left, box.bottom, box.right, box.top)
            if band := bands.get(key):
                level, low, high, foot = band
                if not level:
                    left, right = low, high
                elif top < foot or not self._hangs(index, foot, high - low):
                    top, bottom = low, high
            x, y, mark = (left + right) / 2, (top + bottom) / 2, 0
            if doubtful:
                if over and key in over.over:
                    continue
                if self._ink.hides(key, x, y):
                    self.hidden += not chr(code).isspace()
                    continue
                mark = over.mark(key) if over else 0
            if band and 48 <= code <= 57 and not mark and not turn and self._is_raised(index, foot):
                mark = RAISED_GLYPH
            if -1 <= x <= width and -1 <= y <= height and bottom - top >= _LEAST:
                found.append(made(Letter, (chr(code), left, top, right, bottom, x, y, mark)))
                if keyed:
                    keys.append(key)
            else:
                self.hidden += not chr(code).isspace()
        return found, keys

    def _hangs(self, index: int, foot: float, size: float) -> bool:
        """Whether a letter is drawn below the baseline, as those of vertical writing are, and is more than a low stroke."""
        left, right, bottom, top = sides = self._sides
        raw.FPDFText_GetCharBox(self._text.raw, index, *sides)
        _, y0, _, y1 = self._place.shown(left.value, bottom.value, right.value, top.value)
        return y0 >= foot and y1 - y0 > _STROKE * size

    def _is_raised(self, index: int, foot: float) -> bool:
        """Whether a figure is drawn high above the baseline, as a font's own raised ones are."""
        left, right, bottom, top = self._sides
        raw.FPDFText_GetCharBox(self._text.raw, index, left, right, bottom, top)
        line = self._place.box[3] - foot
        return bottom.value - line > _RAISED * (top.value - bottom.value) > 0

    def _joined(self, level: list[Line], upright: list[Line]) -> tuple[list[Line], list[Line]]:
        horizontal, vertical = join_lines(level), join_lines(upright)
        if len(horizontal) * len(vertical) > self.limits.crossings:
            raise PageTooCrowded(self.source, what=Drawn.LINES)
        return horizontal, vertical


def _line(left: float, top: float, right: float, bottom: float, level: bool = False) -> Line:
    """The line along a narrow box; a level one, or the way in which the box is longer."""
    if level or right - left >= bottom - top:
        return Line((top + bottom) / 2, left, right)
    return Line((left + right) / 2, top, bottom)
