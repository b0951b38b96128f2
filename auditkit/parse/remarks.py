"""What stands below the indicators: the total, and remarks, opinions and signatures."""

from __future__ import annotations

from dataclasses import dataclass

from auditkit.document import Row
from auditkit.model import ABSENT
from auditkit.parse.cells import filled_cells, first_text
from auditkit.parse.indicators import Indicators
from auditkit.parse.section import Section
from auditkit.parse.total import is_indicator, total_of
from auditkit.quantity.numbers import amount
from auditkit.vocabulary.labels import field_of
from auditkit.vocabulary.spelling import plain
from auditkit.vocabulary.terms import pattern


@dataclass
class Remarks(Section):
    """The row of the total, and whatever comes after it."""

    name = "remarks"
    after = frozenset({"indicators"})
    indicators: Indicators

    def begins(self, row: Row) -> bool:
        draft = self.draft
        found = total_of(row, self.indicators.columns, draft.header) if draft.indicators else None
        draft.total = found if draft.total is None else found or draft.total
        return found is not None

    def continues(self, row: Row) -> bool:
        again = field_of("indicators", first_text(row)) == "total"
        if again:
            self.take(row)
        return again

    def take(self, row: Row) -> None:
        draft = self.draft
        scores = [plain(cell.text) for cell in row if amount(cell.text) is not None]
        stated = (draft.total or {}).get("score", ABSENT).plain
        if field_of("indicators", first_text(row)) == "total" and scores and stated not in scores:
            draft.doubts.append(f"{row[0].at} 又是一行总分，与前面的不同，未采用")
        draft.note(row)


@dataclass
class Remark(Section):
    """A remark, an opinion or a signature among the indicators: its first text says so, and it has no points.

    In a form without a total, texts that stand alone are remarks, too, once one has been read.
    """

    after = frozenset({"indicators"})
    lasts = False
    remarks: Remarks
    begun: bool = False

    def begins(self, row: Row) -> bool:
        filled = filled_cells(row)
        if len(filled) > 4:
            return False
        named = bool(pattern("labels.notes.words").match(plain(first_text(row))))
        if not named and not (self.begun and len(filled) == 1 and amount(filled[0].text) is None):
            return False
        if is_indicator(row, filled[0], self.remarks.indicators.columns):
            return False
        self.begun = True
        self.remarks.take(row)
        return True
