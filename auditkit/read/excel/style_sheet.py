"""The styles part of a workbook of XML -> what of each cell style matters to a reader (ECMA-376 part 1, 18.8)."""

from __future__ import annotations

from decimal import Decimal
from typing import TypeVar

from lxml import etree

from auditkit.read.excel.format_code import BUILT_IN, GENERAL
from auditkit.read.excel.number_format import UNPRINTED, read_number
from auditkit.read.excel.style import BLACK, PLAIN, WHITE, CellStyle, Font, cell_style, is_tiny

_Item = TypeVar("_Item")
_M = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_STRIKE, _RAISED, _COLOR, _SIZE, _PATTERN, _FOREGROUND = (
    _M + name for name in ("strike", "vertAlign", "color", "sz", "patternFill", "fgColor")
)
_BUILT_IN = {str(number): code for number, code in BUILT_IN.items()}
_OFF = "0", "false"
_THEME = {"0": WHITE, "1": BLACK}
_INDEXED = {"0": BLACK, "8": BLACK, "64": BLACK, "1": WHITE, "9": WHITE, "65": WHITE}
_FAINT = 6  # hundredths by which a theme's colour may be tinted and still be taken for itself


def styles_of(root: etree._Element) -> list[CellStyle]:
    """The styles that cells name by their place, at least one."""
    lists = {child.tag: child for child in root}
    codes = {f.get("numFmtId"): f.get("formatCode", "")[:255] for f in lists.get(f"{_M}numFmts", ())}
    fonts = [font_of(font) for font in lists.get(f"{_M}fonts", ())]
    grounds = [_ground(fill) for fill in lists.get(f"{_M}fills", ())]
    known: dict[tuple[str | None, ...], CellStyle] = {}
    styles = []
    for xf in lists.get(f"{_M}cellXfs", ()):
        named = code, font, fill = xf.get("numFmtId"), xf.get("fontId"), xf.get("fillId")
        if named not in known:
            known[named] = cell_style(
                codes.get(code) or _BUILT_IN.get(code, GENERAL), _at(fonts, font, PLAIN.font), _at(grounds, fill, WHITE)
            )
        styles.append(known[named])
    return styles or [PLAIN]


def hiding_rules(root: etree._Element) -> set[str]:
    """The looks, by their place, that a rule gives to cells and that keep a text from being seen."""
    looks = root.find(f"{_M}dxfs")
    return {str(number) for number, look in enumerate(looks if looks is not None else ()) if _hides(look)}


def _hides(look: etree._Element) -> bool:
    parts = {child.tag: child for child in look}
    code = parts.get(f"{_M}numFmt")
    if code is not None and read_number(Decimal(1), code.get("formatCode", GENERAL)[:255])[1] == UNPRINTED:
        return True
    if (font := parts.get(f"{_M}font")) is None:
        return False
    fill = parts.get(f"{_M}fill")
    ground = fill.find(f"{_PATTERN}/{_M}bgColor") if fill is not None else None
    return CellStyle(ground=WHITE if ground is None else _color(ground, WHITE)).hides(font_of(font)) is not None


def _at(items: list[_Item], place: str | None, default: _Item) -> _Item:
    known = place is not None and place.isascii() and place.isdigit() and len(place) < 6 and int(place) < len(items)
    return items[int(place)] if known else default


def font_of(font: etree._Element) -> Font:
    """The font of a cell style or of a run of a text."""
    struck, raised, ink, tiny = False, False, BLACK, False
    for child in font:
        if child.tag == _STRIKE:
            struck = child.get("val") not in _OFF
        elif child.tag == _RAISED:
            raised = child.get("val") == "superscript"
        elif child.tag == _COLOR:
            ink = _color(child, BLACK)
        elif child.tag == _SIZE:
            tiny = is_tiny(child.get("val", ""))
    return Font(struck, raised, ink, tiny)


def _ground(fill: etree._Element) -> str:
    pattern = next(fill.iterchildren(_PATTERN), None)
    kind = "gradient" if pattern is None else pattern.get("patternType", "none")
    if kind == "none":
        return WHITE
    color = next(pattern.iterchildren(_FOREGROUND), None) if kind == "solid" else None
    return "" if color is None else _color(color, WHITE)


def _color(element: etree._Element, default: str) -> str:
    """RRGGBB, or what only equals itself; the part that a workbook's theme has in colours 0 and 1 is taken for granted."""
    if rgb := element.get("rgb"):
        return rgb[-6:].upper()
    if (theme := element.get("theme")) is not None:
        tint = element.get("tint", "0")
        faint = tint.lstrip("-").startswith("0.0") and tint.lstrip("-")[3:4] < str(_FAINT)
        return _THEME.get(theme, f"theme {theme}") if faint or tint == "0" else f"theme {theme} {tint}"
    if (indexed := element.get("indexed")) is not None:
        return _INDEXED.get(indexed, f"indexed {indexed}")
    return default
