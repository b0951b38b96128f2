"""How the text of an element of a page looks, as far as that says whether a person reads it."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from auditkit.read.html.values import BLACK, HALF, MEDIUM, PALE_INK, SMALLER, TINY, TRANSPARENT, WHITE
from auditkit.read.unread import HIDDEN, LAID_OVER, PALE, STRUCK, is_unseen_on

Declared = tuple[tuple[str, object], ...]  # properties and what their value means; None is nothing out of the ordinary


class Look(NamedTuple):
    """How the text of an element looks.

    `unread` is the words of why a person does not read it, blank where one does; `keeps` says whether its blanks are kept,
    `shift` whether it stands raised (1) or lowered (-1); the rest is what elements within go on from.
    """

    unread: str = ""
    keeps: bool = False
    shift: int = 0
    invisible: bool = False
    size: int = MEDIUM
    lost: str = ""  # what no element within takes back
    ink: object = BLACK
    ground: object = WHITE

    def inner(self, declared: Declared) -> Look:
        """The look of an element within, of which this is declared."""
        said = dict(declared)
        invisible = bool(said.get("visibility", self.invisible))
        size = _sized(said.get("font-size") or said.get("font"), self.size)
        ink, ground = said.get("color") or self.ink, said.get("background") or self.ground
        ground = self.ground if ground == TRANSPARENT else ground
        lost = self.lost or _lost(said, ink)
        unread = HIDDEN if invisible or size <= TINY else lost or (PALE if is_unseen(ink, ground) else "")
        shift = self.shift or _shifted(said, size * 100 < SMALLER * self.size)
        return Look(unread, bool(said.get("white-space", self.keeps)), shift, invisible, size, lost, ink, ground)

    def of_block(self, around: Look) -> Look:
        """The look of a block or a cell, which stands where it stands and is no more raised than what is around it."""
        return self if self.shift == around.shift else self._replace(shift=around.shift)


def _sized(said: object, around: int) -> int:
    """The size of letters of which this is said."""
    if not isinstance(said, tuple):
        return around
    amount, relative = said
    return amount * around // 100 if relative else amount


def _shifted(said: dict[str, object], smaller: bool) -> int:
    """Whether a text is raised (1) or lowered (-1): by itself, or by its place where it is set smaller than what is around."""
    if own := said.get("font-variant-position") or said.get("vertical-align"):
        return own if isinstance(own, int) else int(smaller)
    if not smaller:
        return 0
    relative = said.get("position") == "relative"
    up = relative and (_is_length(said.get("top"), -1) or _is_length(said.get("bottom"), 1))
    return 1 if up or said.get("transform") == "up" else 0


def _is_length(said: object, way: int) -> bool:
    """Whether a length is below zero (-1) or above (1)."""
    return isinstance(said, Decimal) and said * way > 0


def _lost(said: dict[str, object], ink: object) -> str:
    """Why nobody reads what is within an element of which this is said, whatever is said of that; blank if it is read."""
    opacity = said.get("opacity")
    away = any(
        said.get(name) is True for name in ("clip", "left", "right", "top", "bottom", "margin-left", "margin-top")
    )
    flat = said.get("overflow") and any(said.get(side) for side in ("height", "max-height", "width", "max-width"))
    gone = "gone" in (opacity, said.get("transform"), said.get("scale"), said.get("filter"))
    if gone or flat or away or said.get("text-indent") or said.get("content-visibility"):
        return HIDDEN
    pale = opacity == "faint" or ink == TRANSPARENT or (isinstance(ink, tuple) and min(ink) >= PALE_INK)
    if said.get("transform") == "slants" or (said.get("position") == "over" and pale):
        return LAID_OVER
    return STRUCK if said.get("text-decoration") else ""


def is_small(size: object) -> bool:
    """Whether letters of a size, or of one within such a one, may be too small to be read."""
    return isinstance(size, tuple) and (size[0] < HALF if size[1] else size[0] <= TINY)


def is_unseen(ink: object, ground: object) -> bool:
    """Whether text of a colour cannot be seen on a ground, as far as both are known."""
    if isinstance(ink, tuple) and isinstance(ground, tuple):
        return is_unseen_on(ink, ground)
    return ink in (ground, TRANSPARENT)
