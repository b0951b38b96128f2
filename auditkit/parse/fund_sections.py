"""The sections of 项目资金: a row for each source, amounts beside their names, or a column for each source."""

from __future__ import annotations

from dataclasses import dataclass, field

from auditkit.document import Cell, Row
from auditkit.model import Source
from auditkit.parse.cells import filled_cells, first_text, value
from auditkit.parse.funds import AMOUNTS, FIELDS, fund_of, inline_funds, parts_of
from auditkit.parse.headings import fund_heading, names_levels, with_sources
from auditkit.parse.paired_funds import (
    labelled_fund,
    one_kind,
    paired_fund,
    paired_part,
    source_heading,
    sourced,
    uses_of,
)
from auditkit.parse.section import Section, Tabled
from auditkit.quantity.numbers import amount
from auditkit.vocabulary.labels import label
from auditkit.vocabulary.spelling import plain
from auditkit.vocabulary.terms import mentioned, table

_BEFORE = frozenset({"header", "goals"})  # once a table of funds has begun, its rows are read by its columns


def _is_amount(cell: Cell) -> bool:
    return amount(cell.text) is not None


@dataclass
class FundsTable(Tabled):
    """Amounts under headings, with a row for each source."""

    name = "funds"
    after = _BEFORE | {name, "pairs", "sources"}
    parted: Row = ()  # the second line of the heading, where it parts the amounts by sources
    broken: bool = False  # amounts stand behind their names
    managed: bool = False  # how the money was managed, in words, stands below the funds of 转移支付

    def begins(self, row: Row) -> bool:
        again = bool(self.draft.funds)  # another table of funds
        if names_levels(row) or not (found := fund_heading(row)) or (again and any(map(_is_amount, row))):
            return False
        self.headed(found, row)
        self.draft.header.take_money(row)
        return True

    def continues(self, row: Row) -> bool:
        funds = self.draft.funds
        first = all(fund.source is Source.USE for fund in funds)
        if first and (found := with_sources(self.columns, self.heading, row)):
            self.columns, self.parted = found, row
            return True
        named = not self.managed and any(self.columns.fields[name][1] > 1 for name in AMOUNTS if name in self.columns)
        labelled = labelled_fund(row, self.columns, funds) if named or row[-1].grid >= self.columns.width else None
        funds += [labelled] if labelled else []
        return labelled is not None

    def take(self, row: Row) -> None:
        draft = self.draft
        self.managed = self.managed or bool(mentioned("labels.management.words", plain(first_text(row))))
        parts = None if self.managed else inline_funds(row, draft.funds, self.broken)
        if label(first_text(row)) in table("labels.rows.numbering"):
            return
        if self.managed:
            draft.note(row)
        elif parts is not None:
            self.broken = True
            draft.funds += parts
            draft.notes += [value(cell) for cell in filled_cells(row) if plain(cell.text).endswith("分:")]
        else:
            fund, rest = fund_of(row, self.columns, self.heading, draft.funds)
            draft.funds += parts_of(fund, row, self.columns, self.parted) if fund else []
            (draft.notes if self.parted else draft.stray).extend(rest)


@dataclass
class PairedFunds(Section):
    """Amounts beside their names; `order` is theirs in the first row, for the parts in the rows below."""

    name = "pairs"
    after = _BEFORE | {name}
    order: list[str] = field(default_factory=list)

    def begins(self, row: Row) -> bool:
        if not (paired := paired_fund(row)):
            return False
        fund, self.order = paired
        self.draft.funds.append(fund)
        self._corner(row)
        return True

    def take(self, row: Row) -> None:
        """A part of a fund whose amounts stand beside their names: 其中：财政拨款 | 100 | 其中：财政拨款 | 95."""
        if fund := paired_part(row, self.order, self.draft.funds):
            self.draft.funds.append(fund)
        elif not self.draft.header.take(row):
            self.draft.note(row)

    def _corner(self, row: Row) -> None:
        self.draft.corner = label(row[0].text) or self.draft.corner
        entries = {getattr(fund, name).at for fund in self.draft.funds for name in FIELDS}
        self.draft.header.take_money(cell for cell in row if cell.at not in entries)


@dataclass
class OneAmount(PairedFunds):
    """A row for each amount, in all and by sources: 预算数 | 45 | 财政拨款 | 45."""

    after = _BEFORE | {"pairs"}

    def begins(self, row: Row) -> bool:
        if not (kept := one_kind(row, self.draft.funds)):
            return False
        self.order, self.draft.funds = [], kept
        self._corner(row)
        return True


@dataclass
class Uses(Section):
    """A row of what the money is for, above the table of the funds."""

    after = frozenset({"header"})
    lasts = False

    def begins(self, row: Row) -> bool:
        found = uses_of(row)
        self.draft.funds += found
        return bool(found)


@dataclass
class SourceColumns(Tabled):
    """Columns headed by the sources, over a row for each amount."""

    name = "sources"
    after = _BEFORE

    def begins(self, row: Row) -> bool:
        if any(fund.source is not Source.USE for fund in self.draft.funds) or not (found := source_heading(row)):
            return False
        self.headed(found[0], row)
        self.draft.funds += found[1]
        self.draft.corner = label(row[0].text) or self.draft.corner
        self.draft.header.take_money(row)
        return True

    def take(self, row: Row) -> None:
        if kept := sourced(row, self.columns, self.draft.funds):
            self.draft.funds = kept
        elif not self.draft.header.take(row):
            self.draft.note(row)
