"""Where the line of a text lies on a page: by the baseline and the size that its writer gave it.

What a font says of its height does not tell it: LibreOffice says nothing, pdfium then takes the height of one letter or of
all, and the box of a point or a comma ends elsewhere than that of the figures beside it, in a narrow row beyond the border.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from auditkit.document import made
from auditkit.read.pdf.text_object import Box, Style, TextObject

_ABOVE, _BELOW = 0.88, 0.12  # of its size: how far a Chinese letter reaches above its baseline and below
_INK = (
    0.3,
    1.6,
)  # of the size: how high the highest of some texts rises above its baseline, where the size is what it says
_ASKED = 16  # texts of one style of which that is asked


class LineBand(NamedTuple):
    """What a line takes up between `low` and `high`, from above where it is `level`, from the left where it stands on end.

    `foot` is the height of the baseline from above, below which letters of vertical writing hang.
    """

    level: bool
    low: float
    high: float
    foot: float


def line_bands(objects: Sequence[TextObject], box: Callable[[TextObject], Box]) -> dict[int, LineBand]:
    """The bands of the texts by their keys, without those that slant or whose letters are of another size than they say."""
    groups: dict[Style, list[TextObject]] = {}
    for one in objects:
        if one.high > 0 and (one.angle == 0 or not one.slants):
            groups.setdefault(one.style, []).append(one)
    found = {}
    for group in groups.values():
        highest = max([_rise(one, box(one)) / one.high for one in group[:_ASKED]])
        if _INK[0] <= highest <= _INK[1]:
            found |= {one.key: _band(one) for one in group}
    return found


def _rise(text: TextObject, box: Box) -> float:
    """How far the ink of a text rises above its baseline."""
    left, top, right, bottom = box
    return (text.foot - top, text.side - left, bottom - text.foot, right - text.side)[text.quarter]


def _band(text: TextObject) -> LineBand:
    foot, above, below = text.foot, _ABOVE * text.high, _BELOW * text.high
    if text.angle == 0:  # most texts
        return made(LineBand, (True, foot - above, foot + below, foot))
    base = text.side if text.quarter % 2 else foot
    low, high = (base - above, base + below) if text.quarter < 2 else (base - below, base + above)
    return LineBand(text.quarter % 2 == 0, low, high, foot)
