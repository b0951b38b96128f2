"""How a cell's text looks, and what of it a person sees: not what is struck out, of the colour of its ground, or raised."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import NamedTuple

from auditkit.read.excel.format_code import GENERAL
from auditkit.read.excel.number_format import UNPRINTED_TEXT, print_text, read_number, text_format
from auditkit.read.raised import power_of

TINY = 30  # twentieths of a point: letters that nobody reads; `is_tiny` has the same in points
LEAST_WIDTH, LEAST_HEIGHT = 128, 20  # 256ths of a letter, twentieths of a point: of columns and rows that are seen
WHITE, BLACK = "FFFFFF", "000000"
STRUCK = "有 {n} 处带删除线的文字未读取，如 {at}，请核对原件"
UNSEEN = "有 {n} 处文字与底色相同，看不见，未读取，如 {at}，请核对原件"
TOO_SMALL = "有 {n} 处文字过小，看不见，未读取，如 {at}，请核对原件"
ZERO = "有 {n} 个零按工作表的设置不显示，按空白读取，如 {at}，请核对原件"
RAISED = "有 {n} 处上标未读取，如 {at}，请核对原件"

_RGB = re.compile("[0-9A-F]{6}")
_NEAR = 20  # of 255 in every part: a pale grey that nobody sees on white


class Font(NamedTuple):
    """What of a font matters; `ink` is RRGGBB, or a name that only equals itself."""

    struck: bool = False
    raised: bool = False
    ink: str = BLACK
    tiny: bool = False


_PLAIN_FONT = Font()


class TextRun(NamedTuple):
    """A part of a text in a font of its own, None for the cell's."""

    text: str
    font: Font | None


@dataclass(frozen=True)
class CellStyle:
    """The style of cells. `ground` is the colour behind the text, blank where it is of several."""

    code: str = GENERAL
    font: Font = _PLAIN_FONT
    ground: str = WHITE

    @cached_property
    def hidden(self) -> str | None:
        """Why nobody reads what is in the cell's own font, as `hides` says it."""
        return self.hides(self.font)

    @cached_property
    def plain(self) -> bool:
        """Whether a text is seen as it stands."""
        return self.hidden is None and text_format(self.code) is None

    def hides(self, font: Font) -> str | None:
        """Why nobody reads what is in this font, as the words of a doubt; None where it is read."""
        if font.struck:
            return STRUCK
        if font.tiny:
            return TOO_SMALL
        return UNSEEN if _alike(font.ink, self.ground) else None


PLAIN = CellStyle()
_TINY_POINTS = re.compile(r"0*(?:0(?:\.[0-9]*)?|1(?:\.[0-5]0*)?)")


def is_tiny(points: str) -> bool:
    """Whether nobody reads letters of a size in points."""
    return _TINY_POINTS.fullmatch(points) is not None


# The styles of one workbook are those of the next, and what was found out about them stays with them.
cell_style = lru_cache(maxsize=4096)(CellStyle)


def tell_apart(runs: Iterable[TextRun]) -> str | tuple[TextRun, ...]:
    """The runs of a text, or the text where they all look alike whatever the cell's style."""
    runs = tuple(run for run in runs if run.text)
    if all(run.font is None for run in runs):
        return "".join(run.text for run in runs)
    return runs


def seen_text(text: str | Iterable[TextRun], style: CellStyle) -> tuple[str, list[str]]:
    """What is seen of a text under a style, its number format among that, and the doubts about the rest."""
    seen, doubts = seen_of((TextRun(text, None),) if isinstance(text, str) else text, style)
    shown = print_text(seen, style.code) if seen else seen
    return shown, doubts if shown.strip() or not seen.strip() else [*doubts, UNPRINTED_TEXT]


def seen_number(
    value: Decimal, style: CellStyle, epoch_1904: bool = False, zeros: bool = True
) -> tuple[str, Sequence[str]]:
    """What is seen of a number under a style, on a sheet that shows zeros or not, and the doubts about it."""
    shown, doubt = read_number(value, style.code, epoch_1904)
    if hidden := style.hidden or ("" if zeros or value else ZERO):
        return "", [hidden]
    return shown, [doubt] if doubt else ()


def seen_of(runs: Iterable[TextRun], style: CellStyle) -> tuple[str, list[str]]:
    """What is seen of runs that are printed already, and the doubts about the rest, each once.

    A raised 2 or 3 behind a metre is its power, and a text that is raised as a whole stands for itself.
    """
    read, doubts = [], {}
    for text, own in runs:
        font = own or style.font
        if hidden := style.hides(font):
            doubts |= {hidden: None} if text.strip() else {}
        else:
            read.append((text, font.raised))
    if all(raised for text, raised in read if text.strip()):
        return "".join(text for text, _ in read), [*doubts]
    seen = ""
    for text, raised in read:
        shown = power_of(seen, text) if raised else text
        seen += shown
        doubts |= {} if shown or not text.strip() else {RAISED: None}
    return seen, [*doubts]


@lru_cache(maxsize=1024)
def _alike(ink: str, ground: str) -> bool:
    if ink == ground:
        return True
    if not (_RGB.fullmatch(ink) and _RGB.fullmatch(ground)):
        return False
    return all(abs(one - other) <= _NEAR for one, other in zip(bytes.fromhex(ink), bytes.fromhex(ground), strict=True))
