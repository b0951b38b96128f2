"""A form laid out as it is printed: merged cells, and the findings that each cell proves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from auditkit.document import At
from auditkit.model import Form, Severity, Value
from auditkit.pipeline import Audit
from auditkit.report.facts import Numbered, by_cell, column_heights, numbered

FUND = ("label", "initial", "adjusted", "actual", "points", "execution_rate", "score")
ITEM = ("category", "subcategory", "name", "target", "result", "points", "score", "explanation")


@dataclass(frozen=True)
class LayoutCell:
    """One cell: its text, over how many rows it reaches, the findings that it proves, and its own number if there are."""

    text: str
    rows: int = 1
    found: tuple[Numbered, ...] = ()
    number: int = 0

    @property
    def severity(self) -> Severity | None:
        """That of the heaviest finding."""
        return min((one.finding.severity for one in self.found), key=lambda s: s.weight, default=None)


@dataclass(frozen=True)
class FormLayout:
    """The blocks of a form in the order of its print; a cell that a merged one covers is left out of its row.

    `rest` is what stands beside or below the table, each with what it is.
    """

    head: Mapping[str, LayoutCell]
    funds: tuple[tuple[LayoutCell, ...], ...]
    indicators: tuple[tuple[int, tuple[tuple[str, LayoutCell], ...]], ...]
    rest: tuple[tuple[str, LayoutCell], ...]


def laid_out(audit: Audit) -> FormLayout:
    """The form of an audit, cell by cell."""
    form, pen = audit.form, _Pen(audit)
    heads = ("caption", "title", "fiscal_year", "project", "department", "implementer", "money_unit", "goal", "outcome")
    reasons = [("资金说明", fund.explanation) for fund in form.funds if fund.explanation.text]
    units = [(f"第 {item.row} 项的计量单位", item.unit) for item in form.indicators if item.unit.text]
    rest = [("备注", note) for note in form.notes] + [("栏目以外的文字", value) for value in form.stray]
    return FormLayout(
        {name: pen.entry(getattr(form, name)) for name in (*heads, "total_points", "total_score", "grade")},
        tuple(tuple(pen.entry(getattr(fund, name)) for name in FUND) for fund in form.funds),
        tuple(zip((item.row for item in form.indicators), _rows(form, pen), strict=True)),
        tuple((words, pen.entry(value)) for words, value in (*reasons, *units, *rest)),
    )


def cell_ids(audit: Audit) -> Mapping[At, int]:
    """The number of each flagged cell that the sheet shows."""
    places = dict.fromkeys(value.at for _, value in audit.form.values() if value.at)
    flags = by_cell(numbered(audit))
    return {at: number for number, at in enumerate((at for at in places if at in flags), 1)}


class _Pen:
    """Writes each flagged cell's number once, where a place stands for several entries."""

    def __init__(self, audit: Audit):
        self.flags, self.left = by_cell(numbered(audit)), dict(cell_ids(audit))

    def entry(self, value: Value, rows: int = 1) -> LayoutCell:
        if not value.at:
            return LayoutCell(value.one_line, rows)
        return LayoutCell(value.one_line, rows, tuple(self.flags.get(value.at, ())), self.left.pop(value.at, 0))


def _rows(form: Form, pen: _Pen) -> Iterable[tuple[tuple[str, LayoutCell], ...]]:
    columns = {name: [getattr(item, name) for item in form.indicators] for name in ITEM}
    reach = {name: _reach(values) for name, values in columns.items()}
    for place in range(len(form.indicators)):
        yield tuple((name, pen.entry(columns[name][place], reach[name][place])) for name in ITEM if reach[name][place])


def _reach(values: Sequence[Value]) -> list[int]:
    """Over how many rows each cell reaches: indicators that share a place share a merged cell."""
    return column_heights((value.at or number, value.text) for number, value in enumerate(values))
