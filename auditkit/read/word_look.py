"""What of the runs of a Word document a person does not see, directly or by style: taken out of the tree and counted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from lxml import etree

from auditkit.read.raised import on_the_line
from auditkit.read.unread import HIDDEN, PALE, RAISED, STRUCK, Colour, Unread, is_unseen_on

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_VAL, OFF = f"{W}val", ("0", "false", "off", "none")
_R, _P, _T, _TC, _TBL, _R_PR, _SHD = (W + name for name in ("r", "p", "t", "tc", "tbl", "rPr", "shd"))
_STRIKES, _VANISH = (f"{W}strike", f"{W}dstrike"), f"{W}vanish"
W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"
_HIGHLIGHT, _TEXT_FILL, _WIDTH = f"{W}highlight", f"{W14}textFill", f"{W}w"
_MARKS = (*_STRIKES, _VANISH, f"{W}vertAlign", f"{W}position", _HIGHLIGHT, _TEXT_FILL, _WIDTH)
_COLOR, _SIZE, _FILL = f"{W}color", f"{W}sz", f"{W}fill"
_TINY = 3  # half points of a letter that nobody reads
_NARROW = 5  # percent of their width that letters have left, and nobody reads
_VEILED = 90_000  # thousandths of a percent by which an ink lets through that nobody sees
_THEME = {
    **dict.fromkeys(("background1", "light1", "bg1", "lt1"), 255),
    **dict.fromkeys(("text1", "dark1", "tx1", "dk1"), 0),
}
# The colours that Word highlights with.
_HIGHLIGHTS = {
    **{"black": "000000", "blue": "0000FF", "cyan": "00FFFF", "green": "00FF00", "magenta": "FF00FF", "red": "FF0000"},
    **{"yellow": "FFFF00", "white": "FFFFFF", "darkBlue": "000080", "darkCyan": "008080", "darkGreen": "008000"},
    **{
        "darkMagenta": "800080",
        "darkRed": "800000",
        "darkYellow": "808000",
        "darkGray": "808080",
        "lightGray": "C0C0C0",
    },
}
_STYLE, _STYLE_ID, _NAMED_TABLE = f"{W}style", f"{W}styleId", f"{W}tblStyle"
_TABLE_STYLE = f"{W}tblPr/{_NAMED_TABLE}"
_STYLED = f"{W}rStyle", f"{W}pStyle"  # what names the style of a run or a paragraph
NAMED = *_STYLED, _NAMED_TABLE
_RAISED_BY = 4  # half points from which a text stands raised and no more set right
_PAIRS = 10_000  # of inks and grounds that are compared
_LEVELS = 20  # of styles that are based on one another
_PAPER: Colour = (255, 255, 255)


class _Look(NamedTuple):
    """What is said of a run; None where nothing is."""

    struck: bool | None = None
    hidden: bool | None = None
    ink: str | None = None
    shift: int | None = None

    def over(self, other: _Look) -> _Look:
        """This look, where it says nothing the other."""
        return _Look(*(own if own is not None else below for own, below in zip(self, other, strict=True)))


def needs_styles(root: etree._Element) -> bool:
    """Whether what a person sees of a document hangs on its styles: a text names one, or is pale in a table of one."""
    if next(root.iter(*_STYLED), None) is not None:
        return True
    if next(root.iter(_NAMED_TABLE), None) is None:
        return False
    inks = {_ink(mark) for mark in root.iter(_COLOR)}
    return any((ink := _colour(value)) and is_unseen_on(ink, _PAPER) for value in inks)


def take_out_unseen(body: etree._Element, styles: etree._Element | None, unread: Unread) -> None:
    """Take out the runs that a person does not read, and count them."""
    looks, shading = (_styles(styles), _shading(styles)) if styles is not None else ({}, set())
    runs = dict.fromkeys(run for mark in _marks(body) if (run := mark.getparent().getparent()).tag == _R)
    if looks:
        for named in body.iter(*_STYLED):
            if named.get(_VAL) in looks:
                holder = named.getparent().getparent()
                runs.update(dict.fromkeys([holder] if holder.tag == _R else holder.iter(_R)))
    raised: list[tuple[etree._Element, int]] = []
    for run in runs:
        look = _look_of(run, looks)
        if not _text(run):
            continue
        if look.hidden or look.struck or _is_pale(run, look.ink, shading):
            unread[HIDDEN if look.hidden else STRUCK if look.struck else PALE] += 1
            run.getparent().remove(run)
        elif look.shift:
            raised.append((run, look.shift))
    _lower(raised, unread)


def _marks(body: etree._Element) -> Iterator[etree._Element]:
    """What is said of runs and may keep them from being read; most colours and sizes do not."""
    marks = list(body.iter(*_MARKS, _SIZE, _COLOR))  # in one walk through the tree, which costs more than what it finds
    sizes = [mark for mark in marks if mark.tag == _SIZE]
    yield from [mark for mark in marks if mark.tag not in (_SIZE, _COLOR)]
    if any(map(_is_tiny, {value for size in sizes for value in size.values()})):
        yield from [size for size in sizes if _is_tiny(size.get(_VAL, ""))]
    inks = [(mark, _ink(mark)) for mark in marks if mark.tag == _COLOR]
    colours = {value: colour for value in {ink for _, ink in inks} if (colour := _colour(value))}
    if not colours:
        return
    grounds = {_PAPER} | {colour for shade in body.iter(_SHD) if (colour := _fill(shade))}
    many = len(colours) * len(grounds) > _PAIRS
    pale = {name for name, ink in colours.items() if many or any(is_unseen_on(ink, ground) for ground in grounds)}
    if pale:
        yield from [mark for mark, ink in inks if ink in pale]


def _is_tiny(size: str) -> bool:
    """Whether nobody reads letters of a size in half points."""
    return size.isdecimal() and len(size) < 6 and int(size) <= _TINY


def _ink(mark: etree._Element) -> str | None:
    """The colour that a mark says, as RRGGBB; that of a theme where this is black or white in every one."""
    level = _THEME.get(mark.get(f"{W}themeColor", ""))
    if level is None:
        return mark.get(_VAL)
    shade, tint = (mark.get(f"{W}theme{name}", "FF") for name in ("Shade", "Tint"))
    try:
        level = 255 - (255 - level * int(shade[:2], 16) // 255) * int(tint[:2], 16) // 255
    except ValueError:
        return mark.get(_VAL)
    return f"{level:02X}" * 3


def _fill(shade: etree._Element) -> Colour | None:
    """The colour of a ground."""
    return _colour(shade.get(_COLOR if shade.get(_VAL) == "solid" else _FILL))


def _text_fill(mark: etree._Element) -> str | None:
    """The colour of letters that are filled like a shape, as RRGGBB; blank where nothing of them is seen."""
    if mark.find(f"{W14}noFill") is not None:
        return ""
    colour = next(mark.iterfind(f"{W14}solidFill/*"), None)
    if colour is None:
        return None
    veil = colour.find(f"{W14}alpha")
    value = "" if veil is None else veil.get(f"{W14}val", "")
    if value.isdecimal() and len(value) < 9 and int(value) >= _VEILED:
        return ""
    named = colour.get(f"{W14}val", "")
    return f"{_THEME[named]:02X}" * 3 if named in _THEME and len(colour) == 0 else named


def _look_of(run: etree._Element, looks: dict[str, _Look]) -> _Look:
    properties = run.find(_R_PR)
    look = _said(properties) if properties is not None else _Look()
    named = (run.find(f"{_R_PR}/{W}rStyle"), next(run.iterancestors(_P), run).find(f"{W}pPr/{W}pStyle"))
    for style in named:
        if style is not None:
            look = look.over(looks.get(style.get(_VAL, ""), _Look()))
    return look


def _said(properties: etree._Element) -> _Look:
    """What the properties of a run say."""
    struck = hidden = ink = shift = None
    for mark in properties:
        tag, value = mark.tag, mark.get(_VAL, "")
        if tag in _STRIKES:
            struck = (struck or False) or value not in OFF
        elif tag == _VANISH:
            hidden = value not in OFF
        elif tag == _COLOR:
            ink = ink or _ink(mark)
        elif tag == _TEXT_FILL:
            filled = _text_fill(mark)
            hidden, ink = True if filled == "" else hidden, filled or ink
        elif tag == _WIDTH and value.isdecimal() and len(value) < 6 and int(value) <= _NARROW:
            hidden = True
        elif tag == f"{W}vertAlign":
            shift = {"superscript": 1, "subscript": -1}.get(value, 0)
        elif tag == f"{W}position" and value.lstrip("-").isdigit() and len(value) < 6:
            shift = (int(value) >= _RAISED_BY) - (int(value) <= -_RAISED_BY)
        elif tag == _SIZE and _is_tiny(value):
            hidden = True
    return _Look(struck, hidden, ink, shift)


def _styles(root: etree._Element) -> dict[str, _Look]:
    """What each style that says anything of this says, with what it is based on."""
    own = {}
    for style in root.iter(_STYLE):
        properties = style.find(_R_PR)
        own[style.get(_STYLE_ID, "")] = _said(properties) if properties is not None else _Look()
    found = {}
    for name, bases in _bases(root).items():
        look = own[name]
        for base in bases:
            look = look.over(own[base])
        if look.struck or look.hidden or look.shift or _colour(look.ink):
            found[name] = look
    return found


def _shading(root: etree._Element) -> set[str]:
    """The styles that shade cells, themselves or by what they are based on: of others text stands on paper."""
    own = {
        style.get(_STYLE_ID, "")
        for style in root.iter(_STYLE)
        if any((fill := _colour(shade.get(_FILL))) and not is_unseen_on(fill, _PAPER) for shade in style.iter(_SHD))
    }
    return {name for name, bases in _bases(root).items() if name in own or own.intersection(bases)}


def _bases(root: etree._Element) -> dict[str, list[str]]:
    """The styles that each style is based on, the nearest first."""
    based = {}
    for style in root.iter(_STYLE):
        base = style.find(f"{W}basedOn")
        based[style.get(_STYLE_ID, "")] = base.get(_VAL, "") if base is not None else ""
    found = {}
    for name in based:
        found[name] = bases = []
        base = based[name]
        while base in based and len(bases) < _LEVELS:
            bases.append(base)
            base = based[base]
    return found


def _colour(value: str | None) -> Colour | None:
    try:
        red, green, blue = bytes.fromhex(value or "")
    except ValueError:
        return None
    return red, green, blue


def _is_pale(run: etree._Element, ink: str | None, shading: set[str]) -> bool:
    """Whether a run is of the colour of its ground, as far as that is said where it stands."""
    colour = _colour(ink)
    lit = run.find(f"{_R_PR}/{_HIGHLIGHT}")
    if colour is not None and lit is not None and lit.get(_VAL) in _HIGHLIGHTS:
        return is_unseen_on(colour, _colour(_HIGHLIGHTS[lit.get(_VAL)]) or _PAPER)
    if colour is None or (min(colour) < _PAPER[0] - 40 and run.find(f"{_R_PR}/{_SHD}") is None):
        return False
    around = [run.find(f"{_R_PR}/{_SHD}"), next(run.iterancestors(_P), run).find(f"{W}pPr/{_SHD}")]
    around += [cell.find(f"{W}tcPr/{_SHD}") for cell in run.iterancestors(_TC)]
    for ground in around:
        fill = _fill(ground) if ground is not None else None
        if fill:
            return is_unseen_on(colour, fill)
    table = next(run.iterancestors(_TBL), None)  # a style of its own may shade its rows
    style = table.find(_TABLE_STYLE) if table is not None else None
    return (style is None or style.get(_VAL) not in shading) and is_unseen_on(colour, _PAPER)


def _lower(raised: Iterable[tuple[etree._Element, int]], unread: Unread) -> None:
    """Set the powers of metres and the indices of names on the line, take out other raised runs that stand beside text."""
    raised = list(raised)
    every = {run for run, _ in raised}
    alone: dict[etree._Element, bool] = {}
    for run, shift in raised:
        paragraph = next(run.iterancestors(_P), None)
        if paragraph is None:
            continue
        holder = next(run.iterancestors(_TC), paragraph)
        if holder not in alone:
            alone[holder] = not any(_text(other).strip() for other in holder.iter(_R) if other not in every)
        if alone[holder]:
            continue
        before = ""
        for other in paragraph.iter(_R):
            if other is run:
                break
            before += _text(other)
        shown, gone = on_the_line(_text(run), shift, [before])
        if gone.strip():
            unread[RAISED] += 1
        if shown:
            first, *others = run.iter(_T)
            first.text = shown
            for other in others:
                other.text = ""
        else:
            run.getparent().remove(run)


def _text(run: etree._Element) -> str:
    return "".join([text.text or "" for text in run.iter(_T)])
