"""Whether the letters of a PDF page can be seen: their ink against what is painted below, and what is painted over them."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass, field
from typing import NamedTuple

import pypdfium2.raw as raw

from auditkit.read.pdf.text_object import Box
from auditkit.read.unread import Colour, is_unseen_on

_INVISIBLE = 3, 7  # the modes in which text is drawn without ink
_STROKED = 1, 5  # those in which it has no fill
_PAPER = 255, 255, 255
_CORNERS = 4, 5  # that a rectangle's outline has

_VEIL = 26  # of 255: opacity of an ink that nobody sees


class _Fill(NamedTuple):
    """An opaque area; `order` is its place among all objects of the page, `colour` None for an image."""

    order: int
    box: Box
    colour: Colour | None


@dataclass
class CoveredAreas:
    """The texts of a page by their ink, and the areas that may be below or over them."""

    order: dict[int, int] = field(default_factory=dict)
    veiled: set[int] = field(default_factory=set)
    colours: dict[int, Colour] = field(default_factory=dict)
    fills: list[_Fill] = field(default_factory=list)
    over: list[_Fill] = field(default_factory=list)  # of the fills, those that were painted after some text

    def take_text(self, text: object, key: int, order: int, colour: Colour | None, alpha: int) -> None:
        self.order[key] = order
        mode = raw.FPDFTextObj_GetTextRenderMode(text)
        if mode in _INVISIBLE or (mode not in _STROKED and alpha < _VEIL):
            self.veiled.add(key)
        elif mode not in _STROKED and colour and not _is_dark(colour):
            self.colours[key] = colour

    def take_area(self, area: object, box: Box, order: int, image: bool) -> None:
        """An area that hides what is below: no clipped one, whose extent is not its own, and none that lets through."""
        if raw.FPDFClipPath_CountPaths(raw.FPDFPageObj_GetClipPath(area)) > 0:
            return
        colour, alpha = (None, 255) if image else fill_of(area)
        if alpha < 255 or raw.FPDFPageObj_HasTransparency(area):
            return
        if not image and (colour is None or raw.FPDFPath_CountSegments(area) not in _CORNERS):
            return
        fill = _Fill(order, box, colour)
        self.fills.append(fill)
        if self.order:
            self.over.append(fill)

    @property
    def doubtful(self) -> bool:
        """Whether the page has anything that may keep a letter from being seen."""
        return bool(self.veiled or self.colours or self.over)

    @property
    def checks(self) -> int:
        """How many areas every letter is compared with."""
        return len(self.fills) if self.colours else len(self.over)

    def hides(self, key: int, x: float, y: float) -> bool:
        """Whether a letter of the text with this key, whose middle is x and y, cannot be seen."""
        if key in self.veiled:
            return True
        order = self.order.get(key)
        if order is None:
            return False
        if any(fill.order > order and _within(fill.box, x, y) for fill in self.over):
            return True
        if (colour := self.colours.get(key)) is None:
            return False
        below = [fill for fill in self.fills if fill.order < order and _within(fill.box, x, y)]
        ground = below[-1].colour if below else _PAPER
        return ground is not None and is_unseen_on(colour, ground)


def object_key(object_: object) -> int:
    """What tells an object from the others of its page."""
    return ctypes.cast(object_, ctypes.c_void_p).value or 0


def fill_of(object_: object) -> tuple[Colour | None, int]:
    """The colour of an object's fill, None where it has a pattern, and its opacity of 255."""
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    if not raw.FPDFPageObj_GetFillColor(object_, red, green, blue, alpha):
        return None, 255
    return (red.value, green.value, blue.value), alpha.value


def _is_dark(colour: Colour) -> bool:
    """Ink that is seen on paper and on every light ground; the rest is compared with its ground."""
    return max(colour) < 128


def _within(box: Box, x: float, y: float) -> bool:
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]
