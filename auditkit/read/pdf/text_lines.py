"""Letters in places made lines, and lines texts.

A PDF has no paragraphs: a line that leaves room for what begins the next one was ended by the writer, any other was
wrapped.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from operator import itemgetter
from statistics import median
from typing import NamedTuple

_LEFT, _Y = itemgetter(1), itemgetter(6)
MARGIN = 5.4  # points between a cell's border and its text, as Word and WPS have it
_GAP = 0.2  # of a letter's height between two words of Latin letters
_BLANK = 0.18  # of a Chinese letter's width, where there is more room than usual: fonts' blanks have 0.22 to 0.5
_CLOSING = "，。、；：？！）》」』】”’％%,.;:?!)]}"
_SIGNS = "≥≤≧≦＞＜±"
PALE_LETTER, RAISED_GLYPH = -1, -2
_OPENING = "（《「『【“‘([{"


class Letter(NamedTuple):
    """A letter, the box that it takes up in its line, and the middle of that.

    `mark` is 0 for most; PALE_LETTER for one that a person may overlook; RAISED_GLYPH for a figure that the
    font itself has small and high; the quarter turns of one that does not stand level.
    """

    char: str
    left: float
    top: float
    right: float
    bottom: float
    x: float
    y: float
    mark: int = 0


class Written(NamedTuple):
    """A text, the room that its last line leaves, and the width of what cannot be parted at its begin."""

    text: str = ""
    room: float = 0.0
    begin: float = 0.0


def letters_by_line(letters: Iterable[Letter]) -> list[list[Letter]]:
    """The letters by lines from top to bottom, each from left to right."""
    lines: list[list[Letter]] = []
    last, high = 0.0, 0.0
    for letter in sorted(letters, key=_Y):
        _, _, top, _, bottom, _, y, _ = letter
        if lines and y - last <= 0.4 * max(bottom - top, high):
            lines[-1].append(letter)
        else:
            lines.append([letter])
        last, high = y, bottom - top
    return [sorted(line, key=_LEFT) for line in lines if any(not c.char.isspace() for c in line)]


def line_text(line: list[Letter]) -> str:
    """The line with the blanks that a browser prints as mere room.

    Room between a Chinese letter and a Latin one or a figure is none: Word and LibreOffice put it there of their own accord.
    """
    usual = None
    texts = [line[0].char]
    for one, other in pairwise(line):
        room = other.left - one.right
        if one.char.isascii() and other.char.isascii():
            apart = room > _GAP * (other.bottom - other.top) and " " not in (one.char, other.char)
        elif room > 0 and _is_chinese(one) and _is_chinese(other):
            usual = _usual_room(line) if usual is None else usual
            apart = room - usual > _BLANK * (other.right - other.left)
        else:
            apart = False
        if apart:
            texts.append(" ")
        texts.append(other.char)
    return "".join(texts).strip()


def _is_chinese(letter: Letter) -> bool:
    return letter.char > "\u2e80" and letter.char.isalpha()


def _usual_room(line: list[Letter]) -> float:
    """The room between the Chinese letters of a line, which one set flush at both sides has between all of them."""
    return median(two.left - one.right for one, two in pairwise(line) if _is_chinese(one) and _is_chinese(two))


def written(letters: list[Letter], left: float, right: float) -> Written:
    """The text of a cell whose lines run from `left` to `right`."""
    lines = letters_by_line(letters)
    if not lines:
        return Written()
    texts = [line_text(lines[0])]
    for line, following in pairwise(lines):
        next_ = line_text(following)
        if _room(line, left, right) > unit(following):
            texts.append("\n")
        elif texts[-1][-1:].isascii() and next_[:1].isascii() and texts[-1][-1:].isalpha() and next_[:1].isalpha():
            texts.append(" ")
        texts.append(next_)
    return Written("".join(texts), _room(lines[-1], left, right), unit(lines[0]))


def _room(line: list[Letter], left: float, right: float) -> float:
    """What a line leaves free, half a letter aside; a line in the middle leaves it at both ends."""
    seen = [letter for letter in line if not letter.char.isspace()]
    before, behind = line[0].left - left, right - seen[-1].right
    size = line[0].bottom - line[0].top
    return (before + behind if abs(before - behind) < size / 4 else behind) - size / 2


def unit(line: list[Letter]) -> float:
    """The width of what cannot be parted at a line's begin: a letter with its marks, or a word or number."""
    end = 1
    while end < len(line) and (
        line[end].char in _CLOSING
        or line[end - 1].char in _OPENING
        or (line[end - 1].char in _SIGNS and line[end].char.isdigit())
        or (
            line[end].char.isascii()
            and line[end - 1].char.isascii()
            and " " not in (line[end].char, line[end - 1].char)
        )
    ):
        end += 1
    return line[end - 1].right - line[0].left


def stood_up(
    letters: list[Letter], left: float, top: float, right: float, bottom: float
) -> tuple[list[Letter], tuple[float, float]]:
    """The letters of a cell in which they stand on end, as they are when it is turned level, and its sides then."""
    upwards = sum(letter.mark == 1 for letter in letters) * 2 > len(letters)  # a quarter turn to the left
    found = [
        Letter(c, bottom - y1, x0, bottom - y0, x1, bottom - y, x)
        if upwards
        else Letter(c, y0 - top, right - x1, y1 - top, right - x0, y - top, right - x)
        for c, x0, y0, x1, y1, x, y, _ in letters
    ]
    return found, (0.0, bottom - top)
