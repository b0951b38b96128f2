"""The lines of a page that is a picture, below which a program has put the text that it recognised in it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pypdfium2 as pdfium
from PIL import Image, ImageFilter

_SCALE = 2.0  # pixels for a point: lines are half a point thick and more
_DARK = 150  # of 255: what is darker is ink
_SHORTEST = 18.0  # points of a run of ink: longer than the strokes of letters
_INK = bytes(255 if value < _DARK else 0 for value in range(256))
RULES = "|｜¦_"  # what is recognised for letters of the lines themselves
_BLANK = re.compile(r"(?<=[\u2e80-\uffef])[^\S\n]+|[^\S\n]+(?=[\u2e80-\uffef])")  # beside a Chinese letter
_LARGEST = 4_000  # pixels of a side that are looked through


def picture_lines(page: pdfium.PdfPage, turn: int) -> Iterator[tuple[float, float, float, float]]:
    """The straight runs of ink on a page, level and upright ones, by their ends in the coordinates of the picture.

    These are points from the top left corner of the page as it is shown, by a `turn` of so many degrees. A line that is drawn slightly aslant is several runs.
    """
    scale = min(_SCALE, _LARGEST / max(page.get_size()))
    turn = (turn - page.get_rotation()) % 360
    picture = page.render(scale=scale, rotation=turn, grayscale=True, may_draw_forms=False).to_pil().convert("L")
    picture = picture.filter(ImageFilter.MinFilter(3))  # closes the gaps of a line that is thin or pale
    for y, low, high in _runs(picture, scale):
        yield low, y, high, y
    for x, low, high in _runs(picture.transpose(Image.Transpose.TRANSPOSE), scale):
        yield x, low, x, high


def without_blanks(text: str) -> str:
    """A recognised text without the blanks that the program put between Chinese letters."""
    return _BLANK.sub("", text)


def _runs(picture: Image.Image, scale: float) -> Iterator[tuple[float, float, float]]:
    """The runs of ink of each row of a picture, those in rows next to one another as one: its row, begin and end in points."""
    width, height = picture.size
    ink, long = picture.tobytes().translate(_INK), re.compile(rb"\xff{%d,}" % round(_SHORTEST * scale))
    open_: list[list[int]] = []  # first row, last row, begin, end
    for row in range(height):
        for found in long.finditer(ink, row * width, (row + 1) * width):
            begin, end = found.start() - row * width, found.end() - row * width
            for run in open_:
                if run[1] >= row - 1 and run[2] <= end and begin <= run[3]:
                    run[1:] = row, min(run[2], begin), max(run[3], end)
                    break
            else:
                open_.append([row, row, begin, end])
        done = [run for run in open_ if run[1] < row] if row + 1 < height else open_
        open_ = [run for run in open_ if run[1] == row]
        for first, last, begin, end in done:
            if (last - first) * 4 < end - begin:  # else a picture or a filled area
                yield (first + last + 1) / 2 / scale, begin / scale, end / scale
