"""The texts of a PDF page as they were painted, and which of them lie over the page: watermarks and stamps.

Neither order nor ink alone tells them: a watermark is painted before the table or after it, pale or red, at any angle. Tells
an angle of its own; ink that lets through; or another ink or a larger size together with borders and texts that run through it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from auditkit.read.pdf.ruled_lines import Line
from auditkit.read.pdf.text_lines import PALE_LETTER
from auditkit.read.unread import Colour

Box = tuple[float, float, float, float]  # left, top, right, bottom
Matrix = tuple[float, float, float, float, float, float]

_LEVEL = 3.0  # degrees within which a text runs along a side of the page
_FAINT = 0.6  # of the main text's opacity
_APART = 40  # of 255 in any part: two inks that a person tells apart
_LARGER = 1.3  # times the main text's size
_SHARE = (
    0.2  # of the texts of one style: borders or other texts run through at least so many where they lie over the page
)
_COMPARED = 1_000  # texts of one style of which that is asked
_INSET = 0.2  # of a text's height: what two texts in neighbouring lines may have in common
_SMALLER = 0.92  # of a text's size: that of one raised or lowered against it
_RAISED = 0.15, 0.75  # of a text's size: how much higher one raised against it stands
_LOWERED = 0.04, 0.6
PALE = 160  # of 255 in every part: the ink of a hint or a mark


class Style(NamedTuple):
    """How a text is painted: ink, opacity (of 255) and size in whole points."""

    ink: Colour | None
    alpha: int
    size: int

    @property
    def pale(self) -> bool:
        return self.ink is not None and min(self.ink) >= PALE


class TextObject(NamedTuple):
    """A text as it was painted, its letters `high` points high and standing at the height `foot` of the page as it is shown.

    It begins `side` points from the left. `angle` is in degrees on that page, `handle` and `outer` are for its box.
    """

    key: int
    style: Style
    angle: float
    handle: object
    outer: Matrix
    high: float
    foot: float
    side: float

    @property
    def slants(self) -> bool:
        return abs((self.angle + 45) % 90 - 45) > _LEVEL

    @property
    def quarter(self) -> int:
        """Quarter turns to the left of the page as it is shown."""
        return round(self.angle / 90) % 4

    @property
    def line(self) -> tuple[float, float]:
        """What the texts of one size on one line have in common."""
        return round(self.foot, 1), round(self.high, 1)


def main_style(objects: Iterable[TextObject], keys: Iterable[int]) -> Style | None:
    """The style of most letters, of which some have their text's key here."""
    styles = {one.key: one.style for one in objects}
    found = Counter(styles[key] for key in keys if key in styles)
    return found.most_common(1)[0][0] if found else None


def shifted_texts(objects: Sequence[TextObject], most: int) -> set[int]:
    """The texts, by their keys, that may be raised or lowered: set smaller than one that they stand higher or lower than.

    Foot and size are the writer's own; boxes of letters would not do, as fonts differ in how far theirs reach up and down.
    Raises OverflowError where more than `most` pairs of lines would be compared.
    """
    lines = sorted({(one.foot, one.high) for one in objects})
    high = max((size for _, size in lines), default=0.0)
    found = set()
    for line in lines:
        foot, size = line
        if size > _SMALLER * high:
            continue
        near = lines[bisect_left(lines, (foot - high,)) : bisect_right(lines, (foot + high,))]
        most -= len(near)
        if most < 0:
            raise OverflowError
        if any(_way(line, other) for other in near):
            found.add(line)
    return {one.key for one in objects if (one.foot, one.high) in found} if found else set()


def way_shifted(text: TextObject, base: TextObject) -> int:
    """1 where a text is raised against another, -1 where it is lowered, else 0."""
    return _way((text.foot, text.high), (base.foot, base.high))


def _way(line: tuple[float, float], base: tuple[float, float]) -> int:
    size, up = base[1], base[0] - line[0]
    if line[1] > _SMALLER * size:
        return 0
    if _RAISED[0] * size <= up <= _RAISED[1] * size:
        return 1
    return -1 if _LOWERED[0] * size <= -up <= _LOWERED[1] * size else 0


class LaidOver:
    """The texts of a page that lie over it, by their keys (`over`), in so many `places`.

    Of the others, `pale` are those that a person may overlook, and `turned` those that stand on end, with their quarter turns.
    """

    def __init__(
        self, main: Style, horizontal: Sequence[Line], vertical: Sequence[Line], box: Callable[[TextObject], Box]
    ):
        self.over: set[int] = set()
        self.pale: set[int] = set()
        self.turned: dict[int, int] = {}
        self.places = 0
        self._main, self._box = main, box
        self._horizontal, self._vertical = horizontal, vertical
        self._rows, self._columns = [line.at for line in horizontal], [line.at for line in vertical]
        self._boxes: list[Box] = []

    @property
    def doubtful(self) -> bool:
        """Whether any text is not like the others."""
        return bool(self.over or self.pale or self.turned)

    def mark(self, key: int) -> int:
        """The mark of the letters of a text."""
        return PALE_LETTER if key in self.pale else self.turned.get(key, 0)

    def look_through(self, objects: Sequence[TextObject], most: int) -> None:
        """Sort the texts of the page. Raises OverflowError where more than `most` pairs of them would be compared."""
        groups = [(style, list(group)) for style, group in groupby(objects, key=attrgetter("style"))]
        apart = [(style, group) for style, group in groups if self._stands_out(style)]
        beside = [one for style, group in groups if not self._stands_out(style) for one in group]
        if sum(len(group) for _, group in apart) * len(beside) > most:
            raise OverflowError
        self._boxes = [self._box(one) for one in beside if not one.slants] if apart else []
        for style, group in apart:
            self._sort_apart(style, group)
        for style, group in groups:
            if not self._stands_out(style):
                self._sort_alike(group)
        self.turned |= {one.key: one.quarter for one in objects if one.quarter and one.key not in self.over}

    def _sort_apart(self, style: Style, group: list[TextObject]) -> None:
        """Texts that were painted one after another in a style that is not the main one: all of them lie over, or none."""
        crossed = 0
        if not (style.alpha < _FAINT * self._main.alpha or any(one.slants for one in group)):
            boxes = [self._box(one) for one in group]
            crossed = sum(self._is_crossed(box, boxes) for box in boxes[:_COMPARED])
            if not crossed or crossed < _SHARE * min(len(group), _COMPARED):
                self.pale.update(one.key for one in group if style.pale and not self._main.pale)
                return
        self.over.update(one.key for one in group)
        self.places += 1

    def _sort_alike(self, group: list[TextObject]) -> None:
        """Texts in the main style: those that slant lie over, and a level one between two that do, as on a round stamp."""
        slants = [False, *(one.slants for one in group), False]
        over = [one for n, one in enumerate(group, 1) if slants[n] or (slants[n - 1] and slants[n + 1])]
        self.over.update(one.key for one in over)
        self.places += bool(over)

    def _stands_out(self, style: Style) -> bool:
        main = self._main
        if style.alpha < _FAINT * main.alpha or style.size >= _LARGER * main.size:
            return True
        if style.ink is None or main.ink is None:
            return style.ink != main.ink
        return max(abs(a - b) for a, b in zip(style.ink, main.ink, strict=True)) > _APART

    def _is_crossed(self, box: Box, boxes: Sequence[Box]) -> bool:
        """Whether a border or another text runs through a text of such `boxes`.

        A line no longer than those of them that stand in its row underlines or strikes them.
        """
        x0, y0, x1, y1 = box
        size, middle = min(x1 - x0, y1 - y0), (y0 + y1) / 2
        left, top, right, bottom = x0 + _INSET * size, y0 + _INSET * size, x1 - _INSET * size, y1 - _INSET * size
        rows = self._horizontal[bisect_right(self._rows, top) : bisect_left(self._rows, bottom)]
        columns = self._vertical[bisect_right(self._columns, left) : bisect_left(self._columns, right)]
        if rows:
            beside = [other for other in boxes if other[1] <= middle <= other[3]]
            x0, x1 = min(other[0] for other in beside), max(other[2] for other in beside)
        return (
            any(
                min(line.high, right) > max(line.low, left) and not (line.low >= x0 - size and line.high <= x1 + size)
                for line in rows
            )
            or any(min(line.high, bottom) > max(line.low, top) for line in columns)
            or any(min(b[2], right) > max(b[0], left) and min(b[3], bottom) > max(b[1], top) for b in self._boxes)
        )
