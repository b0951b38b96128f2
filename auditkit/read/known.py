"""What was made out of how tags are written: the pages of a folder have most of it in common."""

from __future__ import annotations

from auditkit.read.grid import Layout
from auditkit.read.tags import kind_of, next_row

_SMALL, _MOST = 50_000, 2_000  # letters of a page whose tags are remembered, and how many tags and rows are


class Known:
    """What tags are, and rows of cells."""

    def __init__(self, ruled: bool) -> None:
        self._ruled = ruled
        self.kinds: dict[str, str] = {}
        self.spans = {"": (1, 1)}  # columns and rows of a cell, by how it is written up to its text
        self.turns: dict[str, bool] = {}  # whether a row follows, by how the end of another is written
        self.layouts: dict[tuple, Layout] = {}  # of rows, by how their cells are written, and what is above

    def kind(self, tag: str) -> str:
        if tag not in self.kinds:
            self.kinds[tag] = kind_of(tag, self._ruled)
        return self.kinds[tag]

    def turn(self, end: str) -> bool:
        """Whether a row begins behind another where that ends so."""
        if end not in self.turns:
            tag = next_row(end)
            self.turns[end] = bool(tag and self.kind(tag))
        return self.turns[end]

    def __len__(self) -> int:
        return len(self.kinds) + len(self.spans) + len(self.turns) + len(self.layouts)


_remembered: dict[tuple[bool, int], Known] = {}


def known(ruled: bool, span: int, letters: int) -> Known:
    """What is known of markup that is read under the same conditions; of a large page nothing is kept."""
    if letters > _SMALL:
        return Known(ruled)
    found = _remembered.get((ruled, span))
    if found is None or len(found) > _MOST:
        found = _remembered[ruled, span] = Known(ruled)
    return found
