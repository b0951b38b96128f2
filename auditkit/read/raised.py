"""What a raised text is: the power of a metre, which is part of the unit, or a mark that belongs to no value."""

from __future__ import annotations

import re

_METRE = re.compile(r"(?<![A-Za-z])[kdchm]?m$")
_POWERS = {"2": "²", "3": "³"}


def power_of(before: str, raised: str) -> str:
    """² or ³ where a raised 2 or 3 stands behind a metre, else blank."""
    return _POWERS.get(raised.strip(), "") if _METRE.search(before) else ""
