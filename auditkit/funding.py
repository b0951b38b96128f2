"""The rows of 项目资金: what each is about, and its amounts."""

from __future__ import annotations

import re

from auditkit.document import Cell, Row
from auditkit.label import field_of, filled_cells, label, value
from auditkit.layout import Columns
from auditkit.model import ABSENT, Fund, Source, Value
from auditkit.numeral import amount, plain
from auditkit.terms import table

AMOUNTS = ("initial", "adjusted", "actual")
_FIELDS = (*AMOUNTS, "points", "execution_rate", "score", "explanation")
_INLINE_AMOUNT = re.compile(r".+:-?\d[\d,.]*(?:万元|元)?")
_POINTS = re.compile(r"(\d+(?:\.\d+)?)分")


def fund_of(row: Row, columns: Columns, heading: Row, before: list[Fund]) -> tuple[Fund | None, list[Value]]:
    """The funds that a row states, None where it is no such row, and its texts that are no part of them."""
    cells = {name: cell for name, cell in columns.cells(row).items() if cell.grid >= columns.left}
    outside = [c for c in columns.outside(row, cells) if field_of("funds", c.text) != "heading"]
    outside = [c for c in outside if label(c.text)]  # a second line of the heading may hold (A), (B), (B/A)
    labels = [c for c in outside if c.grid < columns.left]
    amounts = any(amount(cells[name].text) is not None for name in AMOUNTS if name in cells)
    source = source_of(labels[-1], before, amounts) if labels else None
    if source is None:
        return None, [value(c) for c in (*outside, *cells.values()) if label(c.text)]
    entries = {name: value(cells[name]) if name in cells else ABSENT for name in _FIELDS}
    if "points" not in columns and source is Source.TOTAL:
        entries["points"] = points_in(heading)
    rest = [value(c) for c in outside if c.grid >= columns.left or c not in labels[-1:]]
    return Fund(source, value(labels[-1]), **entries), rest


def lone_fund(row: Row, cells: dict[str, Cell]) -> Fund:
    """The only funds of a form that states the amounts beside their names."""
    entries = {name: value(cell) for name, cell in cells.items() if name in _FIELDS}
    entries.setdefault("points", points_in(row))
    return Fund(Source.TOTAL, value(filled_cells(row)[0]), **entries)


def paired_part(row: Row, names: list[str], before: list[Fund]) -> Fund | None:
    """A source that is named before each of its amounts, which come in the order of the row above."""
    filled = filled_cells(row)
    labels, amounts = filled[::2], filled[1::2]
    if len(amounts) != len(names) or len(labels) != len(names) or any(amount(c.text) is None for c in amounts):
        return None
    source = source_of(labels[0], before, amounts=False)
    if source is None or len({label(cell.text) for cell in labels}) > 1:
        return None
    return Fund(source, value(labels[0]), **dict(zip(names, map(value, amounts), strict=True)))


def source_of(cell: Cell, before: list[Fund], amounts: bool) -> Source | None:
    """What a funds row is about; None where it is none. One of unknown name with amounts is some other source.

    A share of a level of government is a source where no 财政拨款 row stands above it, else a part of that.
    """
    words = label(cell.text)
    for name in ("total", "appropriation", "carry_over", "other"):
        if words in table(f"labels.sources.{name}"):
            return Source(name)
    if "总额" in words or "合计" in words:
        return Source.TOTAL
    if "结转" in words or "结余" in words:
        return Source.CARRY_OVER
    if not any(part in words for part in table("labels.sources.part")):
        return Source.OTHER if words and amounts else None
    above = any(
        fund.source is Source.APPROPRIATION and label(fund.label.text) in table("labels.sources.appropriation")
        for fund in before
    )
    return Source.PART if above else Source.APPROPRIATION


def points_in(heading: Row) -> Value:
    """The points of budget execution where no column but a heading has them: 预算执行情况（20分）."""
    found = ((cell, _POINTS.search(plain(cell.text))) for cell in heading if cell.text)
    return next((Value(points[1], cell.at) for cell, points in found if points), ABSENT)


def is_breakdown(row: Row) -> bool:
    """A row that tells of the money in words or with the amounts behind its labels: 按收入性质分：, 项目支出：300."""
    said = [plain(cell.text) for cell in filled_cells(row)]
    return any(one.endswith("分:") or _INLINE_AMOUNT.fullmatch(one) for one in said)
