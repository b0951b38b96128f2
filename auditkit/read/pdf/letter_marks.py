"""Letters that belong to no value: struck out by a line, or raised above the others as marks and exponents are."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from statistics import median

from auditkit.read.pdf.ruled_lines import Line
from auditkit.read.pdf.text_lines import Letter
from auditkit.read.raised import on_the_line

_BAND = 0.32, 0.72  # of a letter's height from above: where a line strikes it out; an underline runs lower
_NEXT = 0.5  # of a letter's height between two that belong together, either way
_RAISED, _MUCH_RAISED = (
    0.15,
    0.3,
)  # of the height of the letter before: by how much a smaller, or any, letter stands higher
_MOST_RAISED, _LOWERED = 0.75, 0.07
_SMALLER = 0.92  # of that height
_REACH = 3  # points between a letter and a raised one behind it
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


def lower_raised(letters: Sequence[Letter]) -> tuple[list[Letter], int]:
    """The letters with the powers of metres and the indices of names on the line of the others; how many were left out."""
    doubtful = _doubtful(letters)
    if not doubtful:
        return list(letters), 0
    ends: dict[int, list[int]] = {}
    for n, letter in enumerate(letters):
        if not letter.mark and not letter.char.isspace():
            ends.setdefault(round(letter.right), []).append(n)
    found: list[Letter] = []
    left_out = at = 0
    while at < len(letters):
        letter = letters[at]
        behind = _behind(letters, at, ends) if at in doubtful else None
        if behind is None:
            found.append(letter)
            at += 1
            continue
        base, end = letters[behind], at + 1
        while end < len(letters) and _goes_on(letters[end - 1], letters[end]) and _shift(letters[end], base, far=True):
            end += 1
        text = "".join([one.char for one in letters[at:end]])
        previous = "".join([one.char for one in letters[max(behind - _BEFORE, 0) : behind + 1]])
        shown, gone = on_the_line(text, _shift(letter, base), [previous])
        step = (letters[end - 1].right - letter.left) / max(len(shown), 1)
        for n, char in enumerate(shown):
            x = letter.left + n * step
            found.append(Letter(char, x, base.top, x + step, base.bottom, x + step / 2, base.y))
        left_out += bool(gone.strip())
        at = end
    return found, left_out


def _doubtful(letters: Sequence[Letter]) -> set[int]:
    """The letters, by their index, that may be raised or lowered: next to another, those that do not stand as it does."""
    found: set[int] = set()
    least = _SMALLER * median([letter.bottom - letter.top for letter in letters]) if letters else 0.0
    edge = foot = high = 0.0
    for n, (char, left, top, right, bottom, _, _, mark) in enumerate(letters):
        if mark or char.isspace():
            continue
        if -_NEXT * high <= left - edge <= _NEXT * high:
            if not -_LOWERED * high < bottom - foot < _LOWERED * high:
                found.add(n)
        elif bottom - top <= least:
            found.add(n)
        edge, foot, high = right, bottom, bottom - top
    return found


def _behind(letters: Sequence[Letter], at: int, ends: dict[int, list[int]]) -> int | None:
    """The letter that one stands raised or lowered behind, None where there is none."""
    left = round(letters[at].left)
    near = (n for x in range(-_REACH, _REACH + 1) for n in ends.get(left + x, ()))
    return next((n for n in near if n != at and _shift(letters[at], letters[n])), None)


def _shift(letter: Letter, base: Letter, far: bool = False) -> int:
    """1 where a letter stands raised behind another, -1 where a small figure stands lowered; a blank does neither."""
    high = base.bottom - base.top
    if letter.mark or letter.char.isspace() or (not far and abs(letter.left - base.right) > _NEXT * high):
        return 0
    smaller = letter.bottom - letter.top <= _SMALLER * high
    up = (base.bottom - letter.bottom) / high
    if up >= _MUCH_RAISED or (smaller and up >= _RAISED):
        return 1 if up <= _MOST_RAISED and base.top - letter.top <= high / 2 else 0
    lowered = smaller and -_MUCH_RAISED <= up <= -_LOWERED and letter.char.isdigit() and base.char.isascii()
    return -1 if lowered and base.char.isalnum() else 0


def _goes_on(one: Letter, other: Letter) -> bool:
    high = one.bottom - one.top
    return abs(other.left - one.right) <= _NEXT * high and abs(other.bottom - one.bottom) <= _RAISED * high
