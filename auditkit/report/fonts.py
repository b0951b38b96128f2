"""Which font prints a character: the packaged one, one that a dependency brings, one of the system, or none.

A box where a character should stand hides what a form says. So the fonts' own tables are asked first, and what none of them
has is printed as its number.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from auditkit.safety import escape_controls

FONT = Path(__file__).parent / "assets" / "NotoSansSC.ttf"
OWN, SECOND = "Noto Sans SC", "DejaVu Sans"
RESTRICTED = 0x0002  # OS/2 fsType: the font may not be embedded


@dataclass(frozen=True)
class Face:
    """A font of the system that can be embedded and has outlines."""

    family: str
    path: str
    index: int


@dataclass(frozen=True)
class Lettering:
    """How the characters of one report are printed.

    `faces` are the fonts of the system that it takes. `elsewhere` are the characters that the packaged font does not have
    and the family that each is printed with, empty where it is printed as its number.
    """

    faces: tuple[Face, ...]
    elsewhere: tuple[tuple[str, str], ...]
    lent: frozenset[str]

    @property
    def families(self) -> tuple[str, ...]:
        return (OWN, SECOND, *dict.fromkeys(face.family for face in self.faces))

    def printed(self, text: str) -> str:
        """The text as it can be set: inert, and with the number of every character that no font has."""
        return text if _as_they_are().issuperset(text) else "".join(self._printed(char) for char in text)

    def _printed(self, char: str) -> str:
        if char in _as_they_are():
            return char
        own = covered_characters(str(FONT))
        shown = escape_controls(char)
        return shown if all(ord(c) in own or c in self.lent or c in "⟨⟩" for c in shown) else f"⟨U+{ord(char):04X}⟩"


@cache
def _as_they_are() -> frozenset[str]:
    """The characters that are printed as they are, by the packaged font."""
    own = map(chr, covered_characters(str(FONT)))
    return frozenset(char for char in own if char == escape_controls(char)) | {"\n", "\t"}


def lettering(texts: Iterable[str], system: bool = True) -> Lettering:
    """The fonts for the characters of these texts; without `system` none but those that come with the program."""
    own = covered_characters(str(FONT))
    rare = sorted({char for text in texts for char in text if ord(char) not in own and _graphic(char)})
    # A mark is set together with the letter before it, for which another font may be in charge.
    wanted = [char for char in rare if not unicodedata.category(char).startswith(("M", "Sk"))]
    lent = {char: SECOND for char in wanted if ord(char) in covered_characters(str(second_font()))}
    faces = []
    if system and len(lent) < len(wanted):
        for face in system_faces():
            found = {
                char for char in wanted if char not in lent and ord(char) in covered_characters(face.path, face.index)
            }
            if found:
                faces.append(face)
                lent |= dict.fromkeys(found, face.family)
            if len(lent) == len(wanted):
                break
    return Lettering(tuple(faces), tuple((char, lent.get(char, "")) for char in rare), frozenset(lent))


def _graphic(char: str) -> bool:
    """Whether a reader misses something where the character is not printed; controls and blanks have their own signs."""
    return unicodedata.category(char)[0] not in "CZ" and char == escape_controls(char)


@cache
def second_font() -> Path:
    """DejaVu Sans, which matplotlib brings: Latin beyond Latin-1, Greek, Cyrillic, Arabic, signs."""
    from importlib.util import (
        find_spec,
    )  # the file alone is wanted, and importing matplotlib takes longer than a report

    return Path(find_spec("matplotlib").origin).parent / "mpl-data" / "fonts" / "ttf" / "DejaVuSans.ttf"


@cache
def covered_characters(path: str, index: int = 0) -> frozenset[int]:
    """The characters that a font file has outlines for; none where it has no outlines or may not be embedded."""
    from fontTools.ttLib import TTFont, TTLibError

    try:
        with TTFont(path, fontNumber=index, lazy=True) as font:
            outlined = {"glyf", "CFF ", "CFF2"} & set(font.keys())
            if not outlined or ("OS/2" in font and font["OS/2"].fsType & RESTRICTED):
                return frozenset()
            return frozenset(font.getBestCmap() or ())
    except (OSError, TTLibError, ValueError, KeyError, AssertionError):  # another's font, as damaged as it may be
        return frozenset()


@cache
def system_faces() -> tuple[Face, ...]:
    """The upright regular fonts of this machine, in an order that does not depend on how they were found."""
    import typst

    found = typst.Fonts(include_system_fonts=True, include_embedded_fonts=False).fonts()
    regular = [one for one in found if one.path and one.style == "normal" and 300 <= one.weight <= 500]
    # A second font under the packaged one's name would take its place in the whole report.
    named = [one for one in regular if one.family not in (OWN, SECOND) and "Last Resort" not in one.family]
    return tuple(sorted((Face(one.family, one.path, one.index) for one in named), key=lambda f: (f.family, f.path)))
