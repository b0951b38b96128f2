"""Where the line of a text lies on a page: by the baseline and the size that its writer gave it.

What a font says of its height does not tell it: LibreOffice says nothing, pdfium then takes the height of one letter or of
all, and the box of a point or a comma ends elsewhere than that of the figures beside it, in a narrow row beyond the border.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

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
    asked: dict[Style, int] = {}
    highest: dict[Style, float] = {}
    for one in objects:
        number = asked.get(one.style, 0)
        if number < _ASKED and one.high > 0 and not one.slants:
            asked[one.style] = number + 1
            highest[one.style] = max(highest.get(one.style, 0.0), _rise(one, box(one)) / one.high)
    true = {style for style, rise in highest.items() if _INK[0] <= rise <= _INK[1]}
    return {one.key: _band(one) for one in objects if one.style in true and one.high > 0 and not one.slants}


def _rise(text: TextObject, box: Box) -> float:
    """How far the ink of a text rises above its baseline."""
    left, top, right, bottom = box
    return (text.foot - top, text.side - left, bottom - text.foot, right - text.side)[text.quarter]


def _band(text: TextObject) -> LineBand:
    above, below = _ABOVE * text.high, _BELOW * text.high
    base = text.side if text.quarter % 2 else text.foot
    low, high = (base - above, base + below) if text.quarter < 2 else (base - below, base + above)
    return LineBand(text.quarter % 2 == 0, low, high, text.foot)
