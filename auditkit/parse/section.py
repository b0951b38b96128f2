"""The sections of a form: what each has to answer, and the draft that all of them write into."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from auditkit.document import Row
from auditkit.model import Fund, Indicator, Value
from auditkit.parse.cells import filled_cells, value
from auditkit.parse.columns import Columns
from auditkit.parse.header import Header
from auditkit.parse.ownership import Ownership
from auditkit.vocabulary.labels import label
from auditkit.vocabulary.spelling import plain


@dataclass
class Draft:
    """What has been read of a form.

    `total` is None above its row; `corner` is the text at the left of the present section's heading.
    """

    titles: list[Value] = field(default_factory=list)
    funds: list[Fund] = field(default_factory=list)
    goals: dict[str, list[Value]] = field(default_factory=lambda: {"goal": [], "outcome": []})
    indicators: list[Indicator] = field(default_factory=list)
    ownership: Ownership = field(default_factory=Ownership)
    total: dict[str, Value] | None = None
    notes: list[Value] = field(default_factory=list)
    stray: list[Value] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    header: Header = field(init=False)
    corner: str = ""

    def __post_init__(self) -> None:
        self.header = Header(self.notes, self.doubts)

    def note(self, row: Row) -> None:
        self.notes += map(value, filled_cells(row))


@dataclass
class Section:
    """A part of a form, row by row.

    `after` names the sections that it may follow. One that does not last has a single row, behind which the section before
    it goes on.
    """

    name: ClassVar[str] = ""
    after: ClassVar[frozenset[str]] = frozenset()
    lasts: ClassVar[bool] = True
    draft: Draft

    def begins(self, row: Row) -> bool:
        """Whether the section begins with the row, which it has then taken."""
        return False

    def continues(self, row: Row) -> bool:
        """Whether the row can only be the section's own, such as the second line of a heading; it has then taken it."""
        return False

    def take(self, row: Row) -> None:
        """Read a row that begins no other section."""
        raise NotImplementedError


@dataclass
class Tabled(Section):
    """A section whose heading names its columns."""

    columns: Columns = field(init=False)
    heading: Row = ()

    def headed(self, found: Columns, row: Row) -> None:
        """Keep what the heading says, and doubt what it says in words that nobody knows."""
        self.columns, self.heading = found, row
        self.draft.corner = label(row[0].text) if row[0].grid + row[0].span <= found.left else ""
        if places := [f"{cell.at} “{plain(cell.text)}”" for cell in found.unknown]:
            self.draft.doubts.append(f"无法识别的表头：{'、'.join(places)}")
