"""A white sheet to draw bars and words on, for the pictures of which every report has its own.

By Pillow: matplotlib lays out axes anew for every picture and takes fifteen times as long.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import cache, lru_cache

from PIL import Image, ImageDraw, ImageFont

from auditkit.report.fonts import FONT

PIXELS = 3  # a typographic point: 216 dots an inch, sharp in print
LINE = 0.8  # points
BLACK, EDGE = 0, 34


@dataclass(frozen=True)
class Fill:
    """What tells a bar from others by its lightness (0 black, 255 white) and its hatching, so in black and white too."""

    lightness: int
    tint: tuple[int, int, int]
    hatch: str = ""


class Canvas:
    """Lengths are in points, from the upper left corner.

    Everything is drawn in grey: a palette tints the fills at the end, at a third of the cost of a picture in colours.
    """

    def __init__(self, width: float, height: float) -> None:
        self._image = Image.new("L", (_dots(width), _dots(height)), 255)
        self._pen = ImageDraw.Draw(self._image)
        self._tints: dict[int, tuple[int, int, int]] = {}

    def bar(self, left: float, top: float, right: float, bottom: float, fill: Fill) -> None:
        """A filled, hatched and edged rectangle; one without a width is its edge."""
        self._tints[fill.lightness] = fill.tint
        corner, size = (_dots(left), _dots(top)), (max(_dots(right - left), 1), _dots(bottom - top))
        self._image.paste(_hatched(fill, max(size[0], self._image.width), size[1]).crop((0, 0, *size)), corner)
        self._pen.rectangle((*corner, corner[0] + size[0], corner[1] + size[1]), outline=EDGE, width=_dots(LINE))

    def line(
        self, start: tuple[float, float], end: tuple[float, float], width: float = LINE, shade: int = EDGE
    ) -> None:
        self._pen.line([*map(_dots, (*start, *end))], fill=shade, width=_dots(width))

    def arrowhead(self, x: float, tip: float, size: float) -> None:
        """A black triangle that points down at (x, tip)."""
        corners = ((x - size / 2, tip - size), (x + size / 2, tip - size), (x, tip))
        self._pen.polygon([(_dots(across), _dots(down)) for across, down in corners], fill=BLACK)

    def text(self, x: float, y: float, words: str, size: float, anchor: str = "lm") -> None:
        """Words at (x, y), placed by Pillow's anchors: l, m or r across, and t, m, s (base line) or b down."""
        ink, (left, top) = _ink(words, size, anchor)
        self._image.paste(BLACK, (_dots(x) + left, _dots(y) + top), ink)

    def png(self) -> bytes:
        """The same bytes for the same picture and the same Pillow."""
        shades = [self._tints.get(shade, (shade,) * 3) for shade in range(256)]
        self._image.putpalette([part for shade in shades for part in shade])
        image = io.BytesIO()
        self._image.save(image, "PNG", dpi=(72 * PIXELS, 72 * PIXELS), compress_level=4)
        return image.getvalue()


def width_of(words: str, size: float) -> float:
    """How many points words take."""
    return _font(size).getlength(words) / PIXELS


@cache
def _font(size: float) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FONT), _dots(size), layout_engine=ImageFont.Layout.BASIC)


@lru_cache(1024)
def _ink(words: str, size: float, anchor: str) -> tuple[Image.Image, tuple[int, int]]:
    """Words as a mask, and where its corner lies from the place that the anchor stands for; most stand on every picture."""
    left, top, right, bottom = _font(size).getbbox(words, anchor=anchor)
    ink = Image.new("L", (max(right - left, 1), max(bottom - top, 1)), 0)
    ImageDraw.Draw(ink).text((-left, -top), words, fill=255, font=_font(size), anchor=anchor)
    return ink, (left, top)


@lru_cache(64)
def _hatched(fill: Fill, width: int, height: int) -> Image.Image:
    image = Image.new("L", (width, height), fill.lightness)
    pen = ImageDraw.Draw(image)
    if fill.hatch == "/":
        for start in range(-height, width, _dots(6)):
            pen.line((start, height, start + height, 0), fill=EDGE, width=_dots(0.5))
    elif fill.hatch == "-":
        for down in range(_dots(1.5), height, _dots(2)):
            pen.line((0, down, width, down), fill=EDGE, width=_dots(0.4))
    elif fill.hatch == ".":
        dot = _dots(1)
        for row, down in enumerate(range(_dots(1.5), height, _dots(2.5))):
            for across in range(_dots(1.5 + 2.5 * (row % 2)), width, _dots(5)):
                pen.ellipse((across, down, across + dot, down + dot), fill=EDGE)
    return image


def _dots(points: float) -> int:
    return round(points * PIXELS)
