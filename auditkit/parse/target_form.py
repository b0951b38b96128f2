"""Approved target forms 绩效目标申报表: what of them is of the year, and where their annual amount stands.

A form of several years has both targets, 中期目标 | 年度目标, side by side or below each other; only the annual ones are read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from auditkit.document import Cell, Row
from auditkit.model import ABSENT, Form, Fund, Source, Value
from auditkit.parse.cells import filled_cells, value
from auditkit.parse.header import Header
from auditkit.parse.headings import indicator_heading
from auditkit.parse.section import Section
from auditkit.quantity.numbers import amount, years_in
from auditkit.vocabulary.labels import field_of, heading_like, label
from auditkit.vocabulary.spelling import plain
from auditkit.vocabulary.terms import mentioned, pattern, table

_LONGEST = 24  # letters of a heading, with the years in its brackets


@dataclass
class GoalBelow(Section):
    """A heading of the goal alone, with the text in the row below."""

    name = "goals"
    after = frozenset({"header", "funds", "pairs", "sources", name})

    def begins(self, row: Row) -> bool:
        filled = filled_cells(row)
        return 1 <= len(filled) <= 2 and all(_names_goal(cell) for cell in filled)

    def take(self, row: Row) -> None:
        """A row of the goal; another heading of it is none."""
        texts = [cell for cell in filled_cells(row) if not heading_like("goals", cell.text)]
        self.draft.goals["goal"] += map(value, texts)


def _names_goal(cell: Cell) -> bool:
    return field_of("goals", cell.text) in ("goal", "heading") or _is("annual", cell)


def projects(rows: Sequence[Row]) -> Iterator[list[Row]]:
    """The rows of each project: a list, 项目名称 | 预算数 | 绩效目标 | 一级指标 …, becomes a form for each of its projects."""
    at = next((i for i, row in enumerate(rows) if _listed(row)), None)
    if at is None:
        yield list(rows)
        return
    heading = rows[at]
    columns = indicator_heading(heading)
    own = [cell for cell in heading if columns and cell.grid < columns.left and cell.text]
    name = next(cell for cell in own if heading_like("header", cell.text) == "project")
    groups: list[list[Row]] = []
    before: dict[int, str] = {}
    for row in rows[at + 1 :]:
        told = {cell.grid: plain(cell.text) for cell in row if cell.text and cell.grid <= name.grid}
        if name.grid in told and not told.items() <= before.items():  # the same in every row where nothing is merged
            groups.append([])
        before |= told
        if groups:
            groups[-1].append(row)
    ends = {cell.grid: end.grid for cell, end in zip(own, (*own[1:], _first(heading, own[-1])), strict=True)}
    for group in groups:
        entries = [(one, next((c for c in group[0] if c.grid == one.grid), None)) for one in own]
        head = [_beside(one, entry) for one, entry in entries if entry and entry.text]
        body = (tuple(cell for cell in row if cell.grid >= ends[own[-1].grid]) for row in (heading, *group))
        yield [*rows[:at], *head, *body]


def _listed(row: Row) -> bool:
    """Whether a row is the heading of a list of projects."""
    named = [cell for cell in filled_cells(row) if heading_like("header", cell.text) == "project"]
    columns = indicator_heading(row)
    return bool(named and columns and named[0].grid < columns.left)


def _first(row: Row, before: Cell) -> Cell:
    return next(cell for cell in row if cell.grid > before.grid)


def _beside(name: Cell, entry: Cell) -> Row:
    """A heading of a list and an entry under it, as a form has them; an amount in whatever words is that of the year."""
    money = _is_money(name) and label(name.text) not in table("targets.amount")
    words = name.text.replace(label(name.text), table("targets.amount")[0]) if money else name.text
    return name._replace(text=words, grid=0, span=1, merged=False), entry._replace(grid=1, span=1, merged=False)


def annual(rows: Sequence[Row]) -> list[Row]:
    """The rows without what is of several years: the cells of its columns, or the rows of its part."""
    return list(_annual(rows))


def _annual(rows: Sequence[Row]) -> Iterator[Row]:
    cut, later_first, passing, known = range(0), False, False, False
    beside, later = range(0), []  # where all is of one year, two halves beside each other are two parts of one table
    for row in rows:
        several, year = (next((c for c in row if c.text and _is(kind, c)), None) for kind in ("several", "annual"))
        if year and several is None and not _is_money(year):
            several = next((c for c in row if c.text and _is("whole", c)), None)
        if passing := passing and not (year and not _is_money(year)):
            continue
        halves = _halves(row)
        known = known or several is not None
        if halves and not known:
            beside = halves[1]
        if beside:
            later.append(tuple(cell for cell in row if cell.grid in beside))
            cut = beside
        elif several and year:
            later_first = year.grid < several.grid
            cut = range(several.grid, row[-1].grid + row[-1].span if later_first else year.grid)
            if indicator_heading(row):
                cut = range(several.grid, several.grid + several.span)
        elif halves:
            cut = halves[later_first]
        elif several and _leads(several, row):  # a part of its own, or one amount
            passing = not _is_money(several)
            continue
        elif indicator_heading(row) or any(field_of("goals", cell.text) for cell in row if cell.text):
            cut = range(0)
        kept = tuple(cell for cell in row if cell.grid not in cut)
        if kept:
            yield tuple(map(_as_goal, kept))
    yield from filter(None, later)


def _as_goal(cell: Cell) -> Cell:
    """The heading of the annual goal in whatever words, 2024年绩效目标, in those that the rest of the parser knows."""
    named = not cell.text or heading_like("goals", cell.text) or not _is("annual", cell) or _is_money(cell)
    return (
        cell if named or not label(cell.text).endswith(_GOAL) else cell._replace(text=table("targets.annual_goal")[0])
    )


_GOAL = "目标"


def _leads(cell: Cell, row: Row) -> bool:
    """Whether a row is about what a cell says: it is the first, or only the name of the section stands before it."""
    before = [one for one in filled_cells(row) if one.grid < cell.grid]
    return all(_names_goal(one) or _is_money(one) for one in before)


def _is(kind: str, cell: Cell) -> bool:
    return len(cell.text) <= _LONGEST and bool(pattern(f"targets.{kind}").fullmatch(label(cell.text)))


def _is_money(cell: Cell) -> bool:
    return bool(mentioned("targets.money", label(cell.text)))


def _halves(row: Row) -> tuple[range, range] | None:
    """The columns of both halves of a heading that names levels, indicator and target twice; None for another row."""
    places: dict[str, list[int]] = {}
    for cell in filled_cells(row):
        places.setdefault(label(cell.text), []).append(cell.grid)
    twice = [grids for words, grids in places.items() if len(grids) == 2 and heading_like("indicators", words)]
    if len(twice) < 2:
        return None
    (left, right), end = min(twice), row[-1].grid + row[-1].span
    return range(left, right), range(right, end)


def as_target(form: Form, rows: Sequence[Row], whole: Sequence[Row]) -> Form:
    """A form read from the annual rows as an approved one: with its annual amount, without results and scores.

    The unit of its money may stand beside the amount of several years, in the `whole`.
    """
    header = Header(money=form.money_unit)
    if form.money_unit.at is None:
        header.take_money(cell for row in whole for cell in row if _is_money(cell))
    unit = header.money.text
    stated = _amount(rows, form)
    funds = (Fund(Source.TOTAL, stated[0], replace(stated[1], unit=unit)),) if stated else ()
    blank = dict.fromkeys(("result", "score", "explanation"), ABSENT)
    items = tuple(replace(item, points=_weight(item.points), **blank) for item in form.indicators)
    blanks = dict.fromkeys(("outcome", "total_score", "grade"), ABSENT)
    return replace(form, money_unit=header.money, funds=funds, indicators=items, **blanks)


def _weight(points: Value) -> Value:
    """A weight of 20% as 20 of a hundred, which is what the points of a form are."""
    bare = points.plain.removesuffix("%")
    return replace(points, text=bare) if bare != points.plain and amount(bare) is not None else points


def _amount(rows: Sequence[Row], form: Form) -> tuple[Value, Value] | None:
    """The name and the figure of the annual amount; a total of no year counts where the project is of one year."""
    found = _amount_of_column(rows, form.year) or _named_amount(rows, "amount", form.year)
    if found is None and len(set(years_in(form.period.text))) < 2:
        found = _named_amount(rows, "total")
    return found


def _amount_of_column(rows: Sequence[Row], year: int | None) -> tuple[Value, Value] | None:
    """The total in the column of the year, where its row has one for each of several years: 合计 | 本年度 | 以后年度."""
    columns: dict[int, Cell] = {}
    for row in rows:
        if indicator_heading(row):
            return None
        total = next((cell for cell in row if label(cell.text) in _TOTALS), None)
        if total and columns:
            for cell in row:
                if cell.grid > total.grid and cell.grid in columns and amount(cell.text) is not None:
                    return value(columns[cell.grid]), value(cell)
        filled = filled_cells(row)
        if any(
            label(cell.text) in _TOTALS or pattern("targets.other_years").match(label(cell.text)) for cell in filled
        ):
            columns |= {cell.grid: cell for cell in filled if _of_the_year(cell, year)}
    return None


_TOTALS = {*table("targets.amount"), *table("targets.total")}


def _of_the_year(cell: Cell, year: int | None) -> bool:
    """Whether a heading is of the year of the form, by its name or its number."""
    named = pattern("targets.this_year").fullmatch(label(cell.text))
    return bool(named) and years_in(cell.text) in ((), (year,))


def _named_amount(rows: Sequence[Row], kind: str, year: int | None = None) -> tuple[Value, Value] | None:
    for number, row in enumerate(rows):
        if indicator_heading(row):
            return None
        filled = filled_cells(row)
        for cell in filled:
            words, _, figure = plain(cell.text).partition(":")
            named = label(words) in table(f"targets.{kind}")
            if not named and not (year and _is_money(cell) and _of_the_year(cell._replace(text=words), year)):
                continue
            behind = next((c for c in filled if c.grid > cell.grid), None)
            below = next((c for c in (rows[number + 1] if number + 1 < len(rows) else ()) if c.grid == cell.grid), None)
            if amount(figure) is not None:
                return Value(words, cell.at), Value(figure, cell.at)
            for other in (behind, below):
                if other and amount(other.text) is not None:
                    return value(cell), value(other)
    return None
