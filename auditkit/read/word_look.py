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
_MARKS = (*_STRIKES, _VANISH, f"{W}vertAlign", f"{W}position")
_COLOR, _SIZE, _FILL = f"{W}color", f"{W}sz", f"{W}fill"
_TINY = 3  # half points of a letter that nobody reads
_TINY_SIZES = etree.XPath(f"descendant::w:sz[@w:val <= {_TINY}]", namespaces={"w": W[1:-1]})
_STYLE, _STYLE_ID, _NAMED_TABLE = f"{W}style", f"{W}styleId", f"{W}tblStyle"
_TABLE_STYLE = f"{W}tblPr/{_NAMED_TABLE}"
_STYLED = f"{W}rStyle", f"{W}pStyle"  # what names the style of a run or a paragraph
STYLE_MARKS = (
    b"strike",
    b"vanish",
    b"vertAlign",
    b"w:position",
    b"w:color",
)  # one of which a part of styles that matter has
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
    inks = {mark.get(_VAL) for mark in root.iter(_COLOR)}
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
    yield from body.iter(*_MARKS)
    yield from _TINY_SIZES(body)
    colours = {value: colour for value in {mark.get(_VAL) for mark in body.iter(_COLOR)} if (colour := _colour(value))}
    if not colours:
        return
    grounds = {_PAPER} | {colour for shade in body.iter(_SHD) if (colour := _colour(shade.get(_FILL)))}
    many = len(colours) * len(grounds) > _PAIRS
    pale = {name for name, ink in colours.items() if many or any(is_unseen_on(ink, ground) for ground in grounds)}
    if pale:
        yield from (mark for mark in body.iter(_COLOR) if mark.get(_VAL) in pale)


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
            ink = value
        elif tag == f"{W}vertAlign":
            shift = {"superscript": 1, "subscript": -1}.get(value, 0)
        elif tag == f"{W}position" and value.lstrip("-").isdigit() and len(value) < 6:
            shift = (int(value) >= _RAISED_BY) - (int(value) <= -_RAISED_BY)
        elif tag == _SIZE and len(value) < 6 and value.isdecimal() and int(value) <= _TINY:
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
    if colour is None or (min(colour) < _PAPER[0] - 40 and run.find(f"{_R_PR}/{_SHD}") is None):
        return False
    around = [run.find(f"{_R_PR}/{_SHD}"), next(run.iterancestors(_P), run).find(f"{W}pPr/{_SHD}")]
    around += [cell.find(f"{W}tcPr/{_SHD}") for cell in run.iterancestors(_TC)]
    if run.find(f"{_R_PR}/{W}highlight") is not None:
        return False
    for ground in around:
        fill = _colour(ground.get(_FILL)) if ground is not None else None
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
