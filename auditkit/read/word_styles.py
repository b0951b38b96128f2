"""The styles of a Word file that its texts name: cut out of their part before it is parsed, as it often holds hundreds."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable

from lxml import etree

from auditkit.read.ooxml import Package, xml_root
from auditkit.read.word_look import NAMED, W

_VAL = f"{W}val"
# What Word and WPS write. A part that is written in another way is parsed whole.
_SPACE = W[1:-1].encode()
_OPENING = re.compile(
    rb"""\s*(?:<\?xml\s+version=["']1\.0["']\s+encoding=["'](?i:utf-8)["'][^<>]*\?>\s*)?<w:styles\s[^<>]*>"""
)
_BEGIN, _END = b"<w:style", b"</w:style>"
_ID = re.compile(rb"""\s(?:[^<>']*\s)?w:styleId="([^"<>&'\t\r\n]*)"[^<>']*>""")
_UNUSUAL = (b"!", b"<!"), (b"&", b"&#")  # a sign that is rare and found soon, and what it may begin
_BASE = re.compile(rb"""<w:basedOn\s+w:val="([^"<>&\t\r\n]*)"\s*/>""")


def style_root(package: Package, roots: Iterable[etree._Element]) -> etree._Element | None:
    """The styles that these parts of a document name, with those that they are based on. Raises as `Package.root`."""
    name = posixpath.join(posixpath.dirname(package.main), "styles.xml")
    if name not in package:
        return None
    named = {mark.get(_VAL, "").encode() for root in roots for mark in root.iter(*NAMED)}
    return xml_root(package.source, _only(package.part(name), named), package.limits, package.office)


def _only(part: bytes, named: set[bytes]) -> bytes:
    """The part with no styles but those named and what they are based on; as it is where it is not written as usual."""
    opening = _OPENING.match(part)
    if opening is None or b'xmlns:w="%s"' % _SPACE not in opening[0] or opening[0].count(_SPACE) != 1:
        return part
    if part.find(b"xmlns", opening.end()) >= 0 or any(sign in part and mark in part for sign, mark in _UNUSUAL):
        return part
    _, _, *styles = part.split(_BEGIN)  # the second is the root, "<w:styles"
    places: dict[bytes, list[int]] = {}
    for place, style in enumerate(styles):
        name = _ID.match(style)
        if name is None:
            return part
        places.setdefault(name[1], []).append(place)
    open_, wanted = list(named), {}
    while open_:
        for place in places.pop(open_.pop(), ()):
            style, end = styles[place], styles[place].find(_END)
            based = _BASE.findall(style)
            if end < 0 or style.count(b"basedOn") != len(based):
                return part
            wanted[place] = _BEGIN + style[:end] + _END
            open_ += based
    return b"".join([opening[0], *(wanted[place] for place in sorted(wanted)), b"</w:styles>"])
