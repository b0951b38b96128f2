"""Whose the points and scores are that are not one indicator's: cells over several rows, rows and names of levels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from auditkit.document import Cell
from auditkit.model import ABSENT, Group, Indicator, Value
from auditkit.parse.cells import value
from auditkit.vocabulary.spelling import is_blank_text

OWNED = ("points", "score")
LEVELS = ("category", "subcategory")


@dataclass(frozen=True)
class Scope:
    """What a level's points are of: the indicators under its name and those above it, or a run of rows that 小计 sums up."""

    name: Value
    level: Mapping[str, Value] = field(default_factory=dict)
    run: tuple[int, ...] = ()

    def rows(self, items: list[Indicator]) -> tuple[int, ...]:
        """The rows of its indicators."""
        under = (i.row for i in items if all(getattr(i, name).plain == told.plain for name, told in self.level.items()))
        return tuple(under) if self.level else self.run


def scope_of(level: Mapping[str, Value]) -> Scope:
    return Scope([level[name] for name in LEVELS if name in level][-1], level)


@dataclass
class _Reach:
    """How far a cell of points or scores reaches down: the indicators beside it, behind the level whose row it is in."""

    entry: Value
    scope: Scope | None
    rows: list[int] = field(default_factory=list)


@dataclass
class Ownership:
    """What is known of it row by row; `settled` says it of the whole form."""

    reaches: dict[str, list[_Reach]] = field(default_factory=lambda: {column: [] for column in OWNED})
    levels: list[tuple[Scope, Mapping[str, Value]]] = field(default_factory=list)  # in columns or rows of their own
    loose: list[Group] = field(default_factory=list)

    def take(self, cells: Mapping[str, Cell], row: int | None, scope: Scope | None = None) -> None:
        """Note the cells of points and score of an indicator's row, or of the row of a level."""
        for column in OWNED:
            cell = cells.get(column)
            if cell is None:
                continue
            continued = cell.merged and not cell.text
            if not continued:
                self.reaches[column].append(_Reach(value(cell), scope))
            if row is not None and self.reaches[column]:
                self.reaches[column][-1].rows.append(row)

    def leave(self, cells: Mapping[str, Cell]) -> None:
        """Keep what stands in a row that is no indicator's and no level's: the sums count it."""
        told = {c: value(cells[c]) for c in OWNED if c in cells and not is_blank_text(cells[c].text)}
        for column in OWNED:
            if column in cells and not cells[column].merged:
                self.reaches[column].append(_Reach(ABSENT, None))
        self.loose += [Group((), **told)] if told else []

    def _levels(self, items: list[Indicator]) -> Iterator[Group]:
        """Each level once, also where its name and its points are written again in every row."""
        told = set()
        for scope, entries in self.levels:
            filled = {column: entry for column, entry in entries.items() if column in OWNED and entry.plain}
            key = (*(name.plain for name in scope.level.values()), *scope.run, *(e.plain for e in filled.values()))
            if filled and key not in told:
                told.add(key)
                yield Group(scope.rows(items), scope.name, **filled)

    def settled(self, indicators: list[Indicator]) -> tuple[tuple[Indicator, ...], tuple[Group, ...]]:
        """The indicators, without what they share with others, and the groups that own it.

        The only indicator of a level whose name prints points, or whose own row has them, owns these.
        """
        items = list(indicators)
        groups = list(self._levels(items))
        for column in OWNED:
            for reach in self.reaches[column]:
                scope = reach.scope
                if scope and not is_blank_text(reach.entry.text):
                    _add(groups, Group(scope.rows(items), scope.name, **{column: reach.entry}))
                elif not scope and len(reach.rows) > 1:
                    _add(groups, Group(tuple(reach.rows), **{column: reach.entry}))
                    first = reach.rows[0] - 1
                    items[first] = replace(items[first], **{column: ABSENT})
        stated = [group for group in groups if group.name.at and group.rows]
        for group in stated:
            items = _left_to(group, items)
        for group in (*(group for group in stated if len(group.rows) == 1), *_printed(items)):
            items = _given(items, group, groups)
        return tuple(items), (*groups, *self.loose)


def _add(groups: list[Group], new: Group) -> None:
    """Points and score of the same owner are one group."""
    for i, old in enumerate(groups):
        if (old.rows, old.name.at) == (new.rows, new.name.at) and (old.score.at is None or new.score.at is None):
            groups[i] = replace(old, points=new.points if new.points.at else old.points, score=new.score)
            return
    groups.append(new)


def _printed(items: list[Indicator]) -> list[Group]:
    """The levels that print points behind their names and have but one indicator."""
    items_named = [item for item in items if "分" in item.category.text + item.subcategory.text]
    names = ({name: getattr(item, name) for name in LEVELS[:depth]} for item in items_named for depth in (2, 1))
    scopes = (scope for level in names if (scope := scope_of(level)).name.printed_points.at)
    return [Group(rows, one.name, one.name.printed_points) for one in scopes if len(rows := one.rows(items)) == 1]


def _left_to(group: Group, items: list[Indicator]) -> list[Indicator]:
    """The indicators, of which those of a level that has points and a score have none where all their own cells are blank."""
    if not (group.points.at and group.score.at):
        return items
    under = [item for item in items if item.row in group.rows]
    blank = all(is_blank_text(getattr(item, column).text) for item in under for column in OWNED)
    if not (group.points.is_number and group.score.is_number and blank):
        return items
    return [replace(item, points=ABSENT, score=ABSENT) if item in under else item for item in items]


def _given(items: list[Indicator], group: Group, groups: list[Group]) -> list[Indicator]:
    """The indicators, in which the only one of a level has what is the level's, where it has no cell of its own for it."""
    (row,) = group.rows
    item = items[row - 1]
    shared = {
        column
        for other in groups
        if row in other.rows and not other.name.at
        for column in OWNED
        if getattr(other, column).at
    }
    own = {
        c: getattr(group, c) for c in OWNED if getattr(group, c).at and getattr(item, c).at is None and c not in shared
    }
    return [replace(one, **own) if one is item else one for one in items]
