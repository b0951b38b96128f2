"""What a raised text is: the power of a metre, which is part of the unit, or a mark that belongs to no value."""

from __future__ import annotations

import re
from collections.abc import Iterable

_METRE = re.compile(r"(?<![A-Za-z])[kdchm]?m$")
_POWERS = {"2": "²", "3": "³"}


def power_of(before: str, raised: str) -> str:
    """² or ³ where a raised 2 or 3 stands behind a metre, else blank."""
    return _POWERS.get(raised.strip(), "") if _METRE.search(before) else ""


def on_the_line(text: str, shift: int, before: Iterable[object]) -> tuple[str, str]:
    """What of a text that stands raised (1) or lowered (-1) belongs to the texts before it, and what does not.

    A lowered text is part of a name (CO₂) unless it is a figure behind a figure.
    """
    last = next((piece for piece in reversed([*before]) if isinstance(piece, str) and piece.strip()), "").rstrip()
    if shift < 0 and not (last[-1:].isdigit() and text.strip()[:1].isdigit()):
        return text, ""
    shown = power_of(last, text) if shift > 0 else ""
    return shown, "" if shown else text
