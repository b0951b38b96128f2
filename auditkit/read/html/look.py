"""How the text of an element of a page looks, as far as that says whether a person reads it."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import NamedTuple

from auditkit.read.unread import HIDDEN, LAID_OVER, PALE, STRUCK, Colour, is_unseen_on

Declared = tuple[tuple[str, object], ...]  # properties and what their value means; None is nothing out of the ordinary

_BLACK, _WHITE, _TRANSPARENT = (0, 0, 0), (255, 255, 255), "transparent"
_NAMES = {
    **{
        "black": _BLACK,
        "windowtext": _BLACK,
        "auto": _BLACK,
        "white": _WHITE,
        "window": _WHITE,
        "snow": (255, 250, 250),
    },
    **{
        "ivory": (255, 255, 240),
        "ghostwhite": (248, 248, 255),
        "whitesmoke": (245, 245, 245),
        "azure": (240, 255, 255),
    },
    **{"floralwhite": (255, 250, 240), "mintcream": (245, 255, 250), "seashell": (255, 245, 238)},
    **{"red": (255, 0, 0), "lime": (0, 255, 0), "blue": (0, 0, 255), "yellow": (255, 255, 0), "aqua": (0, 255, 255)},
    **{"maroon": (128, 0, 0), "green": (0, 128, 0), "navy": (0, 0, 128), "olive": (128, 128, 0), "teal": (0, 128, 128)},
    **{"fuchsia": (255, 0, 255), "purple": (128, 0, 128), "gray": (128, 128, 128), "silver": (192, 192, 192)},
    **{"aliceblue": (240, 248, 255), "honeydew": (240, 255, 240), "lavenderblush": (255, 240, 245)},
}
_AROUND = ("", "inherit", "initial", "unset", "currentcolor", "none")  # for the colour of the element around
_HEX = re.compile(r"#([0-9a-f]{3,8})(?![0-9a-z])")
_AMOUNT = r"(?:\d{1,9}(?:\.\d{0,9})?|\.\d{1,9})"
_RGB = re.compile(r"rgba?\(" + rf"[\s,/]*({_AMOUNT}%?)" * 3 + rf"(?:[\s,/]+({_AMOUNT}%?))?\s*\)", re.ASCII)
_PART = re.compile(rf"{_AMOUNT}%?", re.ASCII)
_NUMBER = re.compile(rf"[-+]?{_AMOUNT}", re.ASCII)
_WORD = re.compile(r"[a-z]+")
_ANGLE = re.compile(rf"(?:rotate(?:z|3d)?\((?:[^)]*,)?\s*|^)([-+]?{_AMOUNT})(deg|turn|grad)", re.ASCII)
_QUARTERS = {"deg": Decimal(90), "turn": Decimal("0.25"), "grad": Decimal(100)}
_CLIPPED = re.compile(r"rect\(\s*[01](?:px)?[\s,]+[01]|inset\(\s*(?:50|100)%")
_TINY = Decimal("1.5")  # pixels or points: letters that nobody reads
_GONE, _FAINT = Decimal("0.1"), Decimal("0.6")  # opacity of what nobody sees, and of what lies over other texts
PALE_INK = 160  # of 255 in every part: the ink of what lies over other texts
_AWAY = -500  # pixels and the like: beyond the edge of the page


class Look(NamedTuple):
    """How the text of an element looks.

    `unread` is the words of why a person does not read it, blank where one does; `keeps` says whether its blanks are kept,
    `shift` whether it stands raised (1) or lowered (-1); the rest is what elements within go on from.
    """

    unread: str = ""
    keeps: bool = False
    shift: int = 0
    invisible: bool = False
    tiny: bool = False
    lost: str = ""  # what no element within takes back
    ink: object = _BLACK
    ground: object = _WHITE

    def inner(self, declared: Declared) -> Look:
        """The look of an element within, of which this is declared."""
        said = dict(declared)
        invisible, tiny = bool(said.get("visibility", self.invisible)), bool(said.get("font-size", self.tiny))
        ink, ground = said.get("color") or self.ink, said.get("background") or self.ground
        ground = self.ground if ground == _TRANSPARENT else ground
        lost = self.lost or _lost(said, ink)
        unread = HIDDEN if invisible or tiny else lost or (PALE if is_unseen(ink, ground) else "")
        shift = self.shift or said.get("vertical-align") or 0
        return Look(unread, bool(said.get("white-space", self.keeps)), shift, invisible, tiny, lost, ink, ground)


def _lost(said: dict[str, object], ink: object) -> str:
    """Why nobody reads what is within an element of which this is said, whatever is said of that; blank if it is read."""
    opacity = said.get("opacity")
    flat = said.get("overflow") and any(said.get(side) for side in ("height", "max-height", "width", "max-width"))
    if (
        opacity == "gone"
        or flat
        or any(said.get(name) for name in ("clip", "left", "top", "margin-left", "text-indent"))
    ):
        return HIDDEN
    pale = opacity == "faint" or ink == _TRANSPARENT or (isinstance(ink, tuple) and min(ink) >= PALE_INK)
    if said.get("transform") or (said.get("position") and pale):
        return LAID_OVER
    return STRUCK if said.get("text-decoration") else ""


def is_unseen(ink: object, ground: object) -> bool:
    """Whether text of a colour cannot be seen on a ground, as far as both are known."""
    if isinstance(ink, tuple) and isinstance(ground, tuple):
        return is_unseen_on(ink, ground)
    return ink in (ground, _TRANSPARENT)


def _colour(value: str) -> Colour | str | None:
    """The colour that a value says, paler where it lets through, or a name that only equals itself; None for that around."""
    alpha = Decimal(1)
    if found := _HEX.search(value):
        digits = found[1] if len(found[1]) > 4 else "".join([2 * digit for digit in found[1]])
        parts = [Decimal(part) for part in bytes.fromhex(digits.ljust(6, "0")[:6])]
        alpha = Decimal(int(digits[6:8], 16)) / 255 if len(digits) == 8 else alpha
    elif found := _RGB.search(value):
        parts = [_part(part, 255) for part in found.groups()[:3]]
        alpha = _part(found[4], 1) if found[4] else alpha
    else:
        found = _WORD.match(value)
        name = found[0] if found else ""
        return None if name in _AROUND else _NAMES.get(name, name)
    red, green, blue = (int(255 - (255 - part) * alpha) for part in parts)
    return (red, green, blue) if alpha else _TRANSPARENT


def _part(text: str, whole: int) -> Decimal:
    return min(Decimal(text[:-1]) * whole / 100 if text.endswith("%") else Decimal(text), Decimal(whole))


def _opacity(value: str) -> str | None:
    found = _PART.match(value)
    part = _part(found[0], 1) if found else _FAINT
    return "gone" if part < _GONE else "faint" if part < _FAINT else None


def _number(value: str) -> Decimal | None:
    found = _NUMBER.match(value)
    return Decimal(found[0]) if found else None


def _shift(value: str) -> int | None:
    """1 for raised, -1 for lowered; most values of vertical-align are neither."""
    number = {"super": 1, "sub": -1}.get(value) or _number(value) or 0
    return (number > 0) - (number < 0) or None


def _at_most(most: Decimal | int, *units: str) -> Callable[[str], bool | None]:
    """Whether a length is no longer, in these units; a zero needs none."""

    def meaning(value: str) -> bool | None:
        number = _number(value)
        if number is None:
            return None
        return number <= (most if most < 0 or value.endswith(units) else 0) or None

    return meaning


def _slants(value: str) -> bool | None:
    """Whether a value turns the text by more than its sides."""
    found = _ANGLE.search(value)
    return bool(found and Decimal(found[1]) % _QUARTERS[found[2]]) or None


def _has(*words: str) -> Callable[[str], bool | None]:
    return lambda value: any(word in value for word in words) or None


# What the value of a property means; None where it is nothing out of the ordinary and only takes others back.
MEANING: dict[str, Callable[[str], object]] = {
    "display": _has("none"),
    "mso-hide": _has("all"),
    "visibility": _has("hidden", "collapse"),
    "opacity": _opacity,
    "font-size": _at_most(_TINY, "px", "pt"),
    "white-space": _has("pre", "break-spaces"),
    "text-decoration": _has("line-through"),
    "vertical-align": _shift,
    "color": _colour,
    "background": _colour,
    "position": _has("absolute", "fixed"),
    "transform": _slants,
    "overflow": _has("hidden", "clip"),
    **dict.fromkeys(("height", "width", "max-height", "max-width"), _at_most(1, "px", "pt")),
    **dict.fromkeys(("left", "top", "margin-left", "text-indent"), _at_most(_AWAY)),
    "clip": lambda value: bool(_CLIPPED.match(value)) or None,
}
ALIASES = {  # other names of these properties
    **{"text-decoration-line": "text-decoration", "background-color": "background", "mso-text-raise": "vertical-align"},
    **{"-webkit-transform": "transform", "rotate": "transform", "clip-path": "clip"},
}
