"""What the values of the properties of styles mean, as far as they say whether a person reads a text."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

from auditkit.read.unread import Colour

BLACK, WHITE, TRANSPARENT = (0, 0, 0), (255, 255, 255), "transparent"
_NAMES = {
    **{
        "black": BLACK,
        "windowtext": BLACK,
        "auto": BLACK,
        "white": WHITE,
        "window": WHITE,
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
_GREY = 5  # percent of saturation, or of lightness from either end, at which a hue is not seen
_AROUND = ("", "inherit", "initial", "unset", "currentcolor", "none")  # for the colour of the element around
_HEX = re.compile(r"#([0-9a-f]{3,8})(?![0-9a-z])")
_AMOUNT = r"(?:\d{1,9}(?:\.\d{0,9})?|\.\d{1,9})"
_RGB = re.compile(r"rgba?\(" + rf"[\s,/]*({_AMOUNT}%?)" * 3 + rf"(?:[\s,/]+({_AMOUNT}%?))?\s*\)", re.ASCII)
_HSL = re.compile(
    rf"hsla?\([\s]*[-+]?{_AMOUNT}(?:deg)?[\s,]+({_AMOUNT})%[\s,]+({_AMOUNT})%(?:[\s,/]+({_AMOUNT}%?))?\s*\)", re.ASCII
)
_PART = re.compile(rf"{_AMOUNT}%?", re.ASCII)
_NUMBER = re.compile(rf"[-+]?{_AMOUNT}", re.ASCII)
_WORD = re.compile(r"[a-z]+")
_SIZE = re.compile(rf"({_AMOUNT})(px|pt|pc|in|cm|mm|r?em|ex|ch|%)?(?![\w%])", re.ASCII)
_STEP = re.compile(rf"translate(?:y|3d)?\((?:[^,)]*,)?\s*([-+]?{_AMOUNT})", re.ASCII)
_FAR = re.compile(rf"translate(?:x|y|3d)?\([^)]*-{_AMOUNT.replace('1,9', '4,9')}", re.ASCII)
_SCALED_AWAY = re.compile(r"scale(?:x|y|3d)?\([^)]*(?<![.\d])0?\.?0+(?=[,)\s])")
_ANGLE = re.compile(rf"(?:rotate(?:z|3d)?\((?:[^)]*,)?\s*|^)([-+]?{_AMOUNT})(deg|turn|grad)", re.ASCII)
_QUARTERS = {"deg": Decimal(90), "turn": Decimal("0.25"), "grad": Decimal(100)}
_CLIPPED = re.compile(r"rect\(\s*[01](?:px)?[\s,]+[01]|inset\(\s*(?:50|100)%|(?:circle|ellipse)\(\s*0(?![.\d])")
TINY = 200  # letters that nobody reads; sizes are in hundredths of a pixel, or of the size around
MEDIUM = 1600  # the size of a page's text where nothing else is said
HALF = 50
SMALLER = 85  # of the size around: that of a text that is raised by its place
_UNITS = {  # in hundredths of a pixel; of relative ones, of the size around
    **{"px": Decimal(100), "pt": Decimal(400) / 3, "pc": Decimal(1600), "in": Decimal(9600), "cm": Decimal(3780)},
    **{"mm": Decimal(378), "rem": Decimal(1600), "em": Decimal(100), "ex": Decimal(50), "ch": Decimal(50)},
    "%": Decimal(1),
}
_RELATIVE = "em", "ex", "ch", "%"
_SIZES = {  # by name, and whether it is one of the size around
    **{"xx-small": (900, False), "x-small": (1000, False), "small": (1300, False), "medium": (MEDIUM, False)},
    **{"large": (1800, False), "x-large": (2400, False), "xx-large": (3200, False)},
    **{"smaller": (83, True), "larger": (120, True)},
}
_GONE, _FAINT = Decimal("0.1"), Decimal("0.6")  # opacity of what nobody sees, and of what lies over other texts
PALE_INK = 160  # of 255 in every part: the ink of what lies over other texts
_BLURRED = 4  # pixels by which letters are blurred that nobody reads
_AWAY = -500  # pixels and the like: beyond the edge of the page
_AWAY_IN = {"vw": -90, "vh": -90, "%": -100, "em": -40, "rem": -40}  # the same in other units


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
    elif found := _HSL.search(value):
        if _GREY < Decimal(found[2]) < 100 - _GREY and Decimal(found[1]) > _GREY:
            return found[0]  # a hue, which is neither black nor white
        parts = [_part(f"{found[2]}%", 255)] * 3
        alpha = _part(found[3], 1) if found[3] else alpha
    else:
        found = _WORD.match(value)
        name = found[0] if found else ""
        return None if name in _AROUND else _NAMES.get(name, name)
    red, green, blue = (int(255 - (255 - part) * alpha) for part in parts)
    return (red, green, blue) if alpha else TRANSPARENT


def _part(text: str, whole: int) -> Decimal:
    return min(Decimal(text[:-1]) * whole / 100 if text.endswith("%") else Decimal(text), Decimal(whole))


def _opacity(value: str) -> str | None:
    found = _PART.match(value)
    part = _part(found[0], 1) if found else _FAINT
    return "gone" if part < _GONE else "faint" if part < _FAINT else None


def _number(value: str) -> Decimal | None:
    found = _NUMBER.match(value)
    return Decimal(found[0]) if found else None


def _shift(value: str) -> int | str | None:
    """1 for raised, -1 for lowered, "top" for what is raised if it is small; most values of vertical-align are neither."""
    if value in ("top", "text-top"):
        return "top"
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


def _size(value: str) -> tuple[int, bool] | None:
    """The size of letters, and whether that is one of the size around."""
    if found := _SIZE.match(value):
        number, unit = Decimal(found[1]), found[2] or "px"
        return (int(number * _UNITS[unit]), unit in _RELATIVE) if found[2] or not number else None
    return _SIZES.get(value)


def _size_of_font(value: str) -> tuple[int, bool] | None:
    """The size that a value of `font` says among other things, before a height of lines."""
    words = value.partition("/")[0].split()
    return next((size for word in words if (size := _size(word))), None)


def _away(value: str) -> bool | Decimal | None:
    """True for a place beyond the edge of the page, else a length as it is."""
    number = _NUMBER.match(value)
    if number is None:
        return None
    most = next((least for unit, least in _AWAY_IN.items() if value.endswith(unit)), _AWAY)
    return True if Decimal(number[0]) <= most else Decimal(number[0]) or None


def _position(value: str) -> str | None:
    return "over" if "absolute" in value or "fixed" in value else "relative" if "relative" in value else None


def _transformed(value: str) -> str | None:
    """Whether a value turns the text by more than its sides, moves it off the page, makes it nothing, or raises it."""
    found = _ANGLE.search(value)
    if found and Decimal(found[1]) % _QUARTERS[found[2]]:
        return "slants"
    if _FAR.search(value) or _SCALED_AWAY.search(value):
        return "gone"
    step = _STEP.search(value)
    return "up" if step and Decimal(step[1]) < 0 else None


def _filtered(value: str) -> str | None:
    found = re.search(rf"(opacity|blur)\(\s*({_AMOUNT})", value, re.ASCII)
    if found is None:
        return None
    return "gone" if (Decimal(found[2]) < _GONE if found[1] == "opacity" else Decimal(found[2]) >= _BLURRED) else None


def _has(*words: str) -> Callable[[str], bool | None]:
    return lambda value: any(word in value for word in words) or None


RAISES = {("vertical-align", "top"), ("position", "relative"), ("transform", "up")}  # a text that is smaller
# What the value of a property means; None where it is nothing out of the ordinary and only takes others back.
MEANING: dict[str, Callable[[str], object]] = {
    "display": _has("none"),
    "mso-hide": _has("all"),
    "visibility": _has("hidden", "collapse"),
    "opacity": _opacity,
    "font-size": _size,
    "font": _size_of_font,
    "font-variant-position": lambda value: {"super": 1, "sub": -1}.get(value),
    "content-visibility": _has("hidden"),
    "filter": _filtered,
    "white-space": _has("pre", "break-spaces"),
    "text-decoration": _has("line-through"),
    "vertical-align": _shift,
    "color": _colour,
    "background": _colour,
    "position": _position,
    "transform": _transformed,
    "scale": lambda value: "gone" if _number(value) == 0 else None,
    "overflow": _has("hidden", "clip"),
    **dict.fromkeys(("height", "width", "max-height", "max-width"), _at_most(1, "px", "pt")),
    **dict.fromkeys(("left", "right", "top", "bottom"), _away),
    **dict.fromkeys(("margin-left", "margin-top", "text-indent"), _at_most(_AWAY)),
    "clip": lambda value: bool(_CLIPPED.match(value)) or None,
}
ALIASES = {  # other names of these properties
    **{"text-decoration-line": "text-decoration", "background-color": "background", "mso-text-raise": "vertical-align"},
    **{
        "-webkit-text-fill-color": "color",
        "-webkit-transform": "transform",
        "rotate": "transform",
        "clip-path": "clip",
    },
}
