"""Letters that belong to no value: struck out by a line, or raised above the others as marks and exponents are."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import groupby

from auditkit.read.pdf.ruled_lines import Line
from auditkit.read.pdf.text_lines import RAISED_GLYPH, Letter
from auditkit.read.pdf.text_object import TextObject, way_shifted
from auditkit.read.raised import on_the_line

_BAND = 0.32, 0.72  # of a letter's height from above: where a line strikes it out; an underline runs lower
_NEXT = 0.5  # of a letter's height between it and a raised one behind it, either way
_REACH = 12  # points between them at most
_FEW, _SHARE = 3, 0.3  # raised figures of a page, and of all its figures, that are believed
_BEFORE = 4  # letters before a raised one that tell what it is


def strike_out(letters: Sequence[Letter], lines: Sequence[Line]) -> tuple[set[int], set[Line]]:
    """The letters, by their index, that a line as long as they are runs through, and these lines."""
    heights = sorted([letter.y for letter in letters])
    reach = max([letter.bottom - letter.top for letter in letters], default=0.0) / 4
    lines = [line for line in lines if bisect_left(heights, line.at - reach) < bisect_right(heights, line.at + reach)]
    struck: set[int] = set()
    found: set[Line] = set()
    if not lines:
        return struck, found
    order = sorted((letter.y, n) for n, letter in enumerate(letters) if not letter.mark)
    heights = [y for y, _ in order]
    for line in lines:
        near = order[bisect_left(heights, line.at - reach) : bisect_right(heights, line.at + reach)]
        crossed = [n for _, n in near if _strikes(line, letters[n])]
        if not crossed:
            continue
        size = max(letters[n].bottom - letters[n].top for n in crossed)
        left, right = min(letters[n].left for n in crossed), max(letters[n].right for n in crossed)
        if line.low >= left - size and line.high <= right + size:
            struck.update(crossed)
            found.add(line)
    return struck, found


def _strikes(line: Line, letter: Letter) -> bool:
    high = letter.bottom - letter.top
    return line.low <= letter.x <= line.high and _BAND[0] * high < line.at - letter.top < _BAND[1] * high


def lower_raised(
    letters: Sequence[Letter],
    keys: Sequence[int],
    texts: dict[int, TextObject],
    shifted: set[int],
    borders: Sequence[Line],
) -> tuple[list[Letter], int]:
    """The letters with the powers of metres and the indices of names on the line of the others; how many were left out.

    `keys` names the text of each letter, `shifted` the texts that may be raised or lowered. One is, if it stands behind a
    letter that it is raised or lowered against, with no border between.
    """
    ends: dict[int, list[int]] = {}
    for n, letter in enumerate(letters):
        if not letter.mark and not letter.char.isspace():
            ends.setdefault(round(letter.right), []).append(n)
    found: list[Letter | None] = [*letters]
    left_out = 0
    for line, group in groupby(range(len(letters)), key=lambda n: texts[keys[n]].line if keys[n] in shifted else None):
        if line is None:
            continue
        places = [*group]
        text, run = texts[keys[places[0]]], [letters[n] for n in places]
        base = _behind(run[0], text, letters, keys, texts, ends, borders)
        if base is None:
            continue
        on, end = letters[base], run[-1].right
        previous = "".join([letter.char for letter in letters[max(base - _BEFORE, 0) : base + 1]])
        way = way_shifted(text, texts[keys[base]])
        shown, gone = on_the_line("".join([letter.char for letter in run]), way, [previous])
        step = (end - run[0].left) / max(len(shown), 1)
        for n, place in enumerate(places):
            x = run[0].left + n * step
            lowered = Letter(shown[n : n + 1], x, on.top, x + step, on.bottom, x + step / 2, on.y)
            found[place] = lowered if lowered.char else None
        if gone.strip():
            left_out += 1
            found[base] = on._replace(right=max(end, on.right))  # else there were room for a blank
    return [letter for letter in found if letter], left_out


def lower_glyphs(letters: Sequence[Letter]) -> tuple[list[Letter], int]:
    """The letters with the powers of metres that are glyphs of their own on the line; how many other such runs were left out.

    One that stands behind nothing stands for itself, and so do all where they are many: their font has its line elsewhere.
    """
    figures = sum(letter.char.isdecimal() for letter in letters)
    if sum(letter.mark == RAISED_GLYPH for letter in letters) > max(_FEW, figures * _SHARE):
        return [letter._replace(mark=0) if letter.mark == RAISED_GLYPH else letter for letter in letters], 0
    found: list[Letter] = []
    left_out = 0
    for mark, group in groupby(letters, key=lambda letter: letter.mark):
        run = [*group]
        if mark != RAISED_GLYPH:
            found += run
            continue
        on, first = found[-1] if found else run[0], run[0]
        high = on.bottom - on.top
        if on is first or abs(first.y - on.y) > _NEXT * high or abs(first.left - on.right) > _NEXT * high:
            found += [letter._replace(mark=0) for letter in run]
            continue
        previous = "".join([letter.char for letter in found[-_BEFORE:]])
        shown, gone = on_the_line("".join([letter.char for letter in run]), 1, [previous])
        if shown:
            found.append(first._replace(char=shown, mark=0))
        left_out += bool(gone)
        found[-1] = found[-1]._replace(right=max(run[-1].right, found[-1].right))  # else there were room for a blank
    return found, left_out


def _behind(
    letter: Letter,
    text: TextObject,
    letters: Sequence[Letter],
    keys: Sequence[int],
    texts: dict[int, TextObject],
    ends: dict[int, list[int]],
    borders: Sequence[Line],
) -> int | None:
    """The letter, by its index, that one of this text stands raised or lowered behind."""
    left = round(letter.left)
    near = [n for x in range(left - _REACH, left + _REACH + 1) for n in ends.get(x, ())]
    for n in sorted(near, key=lambda n: abs(letters[n].right - letter.left)):
        base, on = texts.get(keys[n]), letters[n]
        if base and abs(on.right - letter.left) <= _NEXT * base.high and way_shifted(text, base):
            parted = any(on.x < border.at < letter.x and border.low < on.y < border.high for border in borders)
            return None if parted else n
    return None
