"""The rows of 项目资金: what each is about, and its amounts."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

from auditkit.document import Cell, Row
from auditkit.model import ABSENT, Fund, Source, Value
from auditkit.parse.cells import filled_cells, value
from auditkit.parse.columns import Columns
from auditkit.quantity.numbers import amount
from auditkit.vocabulary.labels import contained, field_of, label
from auditkit.vocabulary.spelling import plain
from auditkit.vocabulary.terms import table

AMOUNTS = ("initial", "adjusted", "actual")
FIELDS = (*AMOUNTS, "points", "execution_rate", "score", "explanation")
_OF_INDICATORS = ("target", "result", "points", "score", "total")  # what a row of 项目资金 is never about
_POINTS = re.compile(r"(\d+(?:\.\d+)?)分")


def fund_of(row: Row, columns: Columns, heading: Row, before: list[Fund]) -> tuple[Fund | None, list[Value]]:
    """The funds that a row states, None where it is no such row, and its texts that are no part of them.

    A row of amounts alone, under a corner that names what they are of, is the total.
    """
    cells = {name: cell for name, cell in columns.cells(row).items() if cell.grid >= columns.left}
    outside = [c for c in columns.outside(row, cells) if field_of("funds", c.text) != "heading"]
    outside = [c for c in outside if label(c.text)]  # a second line of the heading may hold (A), (B), (B/A)
    labels = [c for c in outside if c.grid < columns.left and amount(c.text) is None]
    told = [cells[name] for name in AMOUNTS if name in cells and cells[name].text]
    amounts = [cell for cell in told if amount(cell.text) is not None]
    corner = [c for c in filled_cells(heading) if c.grid < columns.left]
    if not labels and len(amounts) >= 2 and corner and not any(fund.source is Source.TOTAL for fund in before):
        source, named = Source.TOTAL, corner[-1]
        outside = [c for c in outside if c.grid >= columns.left]
    else:
        named = _named(labels, heading, columns) if labels else None
        source = source_of(named, before, any(_in_one_column(cell, columns) for cell in told)) if named else None
    if source is None or named is None:
        return None, [value(c) for c in (*outside, *cells.values()) if label(c.text)]
    entries = {name: value(cells[name]) if name in cells else ABSENT for name in FIELDS}
    if "points" not in columns and source is Source.TOTAL:
        entries["points"] = points_in(heading)
    rest = [value(c) for c in outside if c is not named]
    return Fund(source, value(named), **entries), rest


def parts_of(fund: Fund, row: Row, columns: Columns, parted: Row) -> list[Fund]:
    """The funds of a row; under a heading that parts the amounts by sources (`parted`), those of each in the total.

    There the other rows are tasks, each a part of all the sources.
    """
    if not parted:
        return [fund]
    if fund.source is not Source.TOTAL:
        return [replace(fund, source=Source.PART)]
    cells = columns.cells(row)
    parts = {}
    for name in columns.fields:
        amount_of, _, words = name.partition(" ")
        if words and name in cells:
            parts.setdefault(words, {})[amount_of] = value(cells[name])
    heads = {label(cell.text): cell for cell in reversed(parted) if label(cell.text)}
    return [fund, *(Fund(source_named(heads[w]) or Source.OTHER, value(heads[w]), **told) for w, told in parts.items())]


def _named(labels: list[Cell], heading: Row, columns: Columns) -> Cell:
    """The cell with the name of the funds: the one under 任务名称, where the heading has that, else the last."""
    over = next((c for c in heading if c.grid < columns.left and label(c.text).endswith("名称")), None)
    under = [c for c in labels if over and over.grid <= c.grid < over.grid + over.span]
    return under[0] if under else labels[-1]


def source_named(cell: Cell) -> Source | None:
    """The source that a text names in the very words of the vocabulary."""
    return _source_in(label(cell.text))


@lru_cache(maxsize=4096)
def _source_in(words: str) -> Source | None:
    names = table("labels.exact.sources")
    return next((Source(name) for name, spelt in names.items() if words and words in spelt), None)


def source_of(cell: Cell, before: list[Fund], amounts: bool) -> Source | None:
    """What a funds row is about; None where it is none. One of unknown name with amounts is some other source.

    A share of a level of government is a source where no 财政拨款 row stands above it, else a part of that.
    """
    words = label(cell.text)
    if named := source_named(cell):
        return named
    told = contained("sources", words)
    if told == "detail":  # of 基本支出
        return Source.PART
    if told and told != Source.PART:
        return Source(told)
    if not told:
        of_indicators = field_of("indicators", cell.text) in _OF_INDICATORS
        return Source.OTHER if words and amounts and not of_indicators else None
    above = any(
        fund.source is Source.APPROPRIATION and label(fund.label.text) in table("labels.exact.sources.appropriation")
        for fund in before
    )
    return Source.PART if above else Source.APPROPRIATION


def points_in(heading: Row) -> Value:
    """The points of budget execution where no column but a heading has them: 预算执行情况（20分）."""
    found = ((cell, _POINTS.search(plain(cell.text))) for cell in heading if cell.text)
    return next((Value(points[1], cell.at) for cell, points in found if points), ABSENT)


def _in_one_column(cell: Cell, columns: Columns) -> bool:
    """Whether a cell is no wider than the heading that it stands under, as entries are and remarks are not."""
    return any(grid <= cell.grid and cell.grid + cell.span <= grid + span for grid, span in columns.fields.values())


def inline_funds(row: Row, before: list[Fund], begun: bool) -> list[Fund] | None:
    """The sources or uses of a row that stand with their amount in one cell: 其中：基本支出：560, or 政府性基金拨款： without one.

    None where a cell says something else. 按支出性质分： begins such rows, and is none; once they have begun, a name may be any.
    """
    found: list[Fund] = []
    for cell in filled_cells(row):
        words, colon, told = _parted(cell)
        if plain(cell.text).endswith("分:"):
            begun = True
        elif colon and (source := source_of(cell._replace(text=words), [*before, *found], begun)):
            found.append(Fund(source, Value(words, cell.at), adjusted=Value(told.strip(), cell.at)))
        else:
            return None
    return found if begun or found else None


def _parted(cell: Cell) -> tuple[str, str, str]:
    """The name and the entry that a colon parts: behind the first words that name a source, else the last colon."""
    parts = cell.text.replace(":", "：").split("：")
    for i, part in enumerate(parts[:-1], 1):
        if source_of(cell._replace(text=part), [], amounts=False):
            return "：".join(parts[:i]), "：", "：".join(parts[i:])
    return "：".join(parts[:-1]), "："[: len(parts) - 1], parts[-1]


def in_table_unit(fund: Fund, unit: str) -> Fund:
    """The fund, whose amounts know the unit of their table."""
    return replace(fund, **{name: replace(getattr(fund, name), unit=unit) for name in AMOUNTS})
