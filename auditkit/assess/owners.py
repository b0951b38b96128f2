"""Whose points and scores are: every one is of an indicator, a group of rows or a level, and is counted once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from auditkit.model import ABSENT, Form, Group, Indicator, NotApplicable, Value
from auditkit.quantity.numbers import format_number

ZERO = Decimal(0)


@dataclass(frozen=True)
class Owned:
    """Points, or a score, and the indicators that they are of.

    Both bounds are the figure where that is known; `most` is None where nothing bounds it.
    """

    rows: tuple[int, ...]
    entry: Value
    least: Decimal
    most: Decimal | None

    @property
    def known(self) -> bool:
        return self.least == self.most


@dataclass(frozen=True)
class Sum:
    """What points or scores add up to: the least, and the most, which is None where nothing bounds it."""

    owners: tuple[Owned, ...]

    @property
    def least(self) -> Decimal:
        return sum((owner.least for owner in self.owners), ZERO)

    @property
    def most(self) -> Decimal | None:
        each = [owner.most for owner in self.owners]
        return None if None in each else sum((one for one in each if one is not None), ZERO)

    @property
    def known(self) -> bool:
        return all(owner.known for owner in self.owners)

    @property
    def unknown(self) -> tuple[Value, ...]:
        """The entries that give no figure."""
        return tuple(owner.entry for owner in self.owners if not owner.known)

    @property
    def exact(self) -> Decimal:
        """The sum where all of it is known. Raises NotApplicable where it is not."""
        for entry in self.unknown:
            entry.number  # noqa: B018  (says which cell is blank or no number)
            raise NotApplicable(f"{entry.place} 的数不能确定")
        return self.least

    def __str__(self) -> str:
        if self.known:
            return format_number(self.least)
        most = "" if self.most is None else f"、至多 {format_number(self.most)}"
        return f"至少 {format_number(self.least)}{most}"


def sum_of(form: Form, column: str, rows: Iterable[int] | None = None) -> Sum:
    """The points, or the scores, of a form's indicators, or of some of its rows, whoever owns them.

    Raises NotApplicable where there are none to add up.
    """
    if not form.indicators:
        raise NotApplicable("表中没有绩效指标")
    kept = None if rows is None else frozenset(rows)
    owners = tuple(one for one in owners_of(form, column) if kept is None or (one.rows and kept.issuperset(one.rows)))
    if not owners:
        raise NotApplicable("表中没有这一栏")
    return Sum(owners)


# The form that was asked of last, and its owners by column: every rule of a form asks for them.
_asked: tuple[Form | None, dict[str, tuple[Owned, ...]]] = (None, {})


def owners_of(form: Form, column: str) -> tuple[Owned, ...]:
    """Every owner of points (`points`) or of a score (`score`), so that each is counted once."""
    global _asked
    of, known = _asked
    if of is not form:
        of, known = _asked = (form, {})
    if column not in known:
        known[column] = _owners(form, column)
    return known[column]


def _owners(form: Form, column: str) -> tuple[Owned, ...]:
    """What an indicator, or a group of rows in a merged cell, has of its own goes first.

    The rest of a level's figure, where it prints one, is that of its other rows together; what then has no figure may be
    anything from nothing on.
    """
    column_is_there = any(getattr(one, column).at for one in (*form.indicators, *form.groups))
    found = [_owner((item.row,), getattr(item, column)) for item in form.indicators if getattr(item, column).at]
    found += [
        _owner(group.rows, getattr(group, column))
        for group in form.groups
        if not group.name.at and getattr(group, column).at
    ]
    covered = {row for owner in found for row in owner.rows}
    for level in sorted(levels(form), key=lambda level: len(level.rows)):
        entry = getattr(level, column)
        left = tuple(row for row in level.rows if row not in covered)
        if not left or not entry.is_number:
            continue
        within = [owner for owner in found if owner.rows and set(owner.rows) <= set(level.rows)]
        if any(owner.most is None for owner in within):
            continue
        least, most = (
            (
                sum((bound or ZERO for bound in bounds), ZERO)
                for bounds in zip(*((o.least, o.most) for o in within), strict=True)
            )
            if within
            else (ZERO, ZERO)
        )
        found.append(Owned(left, entry, max(entry.number - most, ZERO), max(entry.number - least, ZERO)))
        covered.update(left)
    if column_is_there or found:
        found += [Owned((item.row,), ABSENT, ZERO, None) for item in form.indicators if item.row not in covered]
    return tuple(_bounded(form, found) if column == "score" else found)


def _owner(rows: tuple[int, ...], entry: Value) -> Owned:
    figure = entry.number if entry.is_number else None
    return Owned(rows, entry, ZERO if figure is None else figure, figure)


def _bounded(form: Form, scores: list[Owned]) -> Iterable[Owned]:
    """The scores, of which one that is not known is at most the points of its rows."""
    points = owners_of(form, "points")
    for owner in scores:
        own = [one for one in points if owner.rows and set(one.rows) & set(owner.rows)]
        if owner.most is None and own and all(one.most is not None for one in own):
            most = sum((one.most for one in own if one.most is not None), ZERO)
            yield Owned(owner.rows, owner.entry, owner.least, most)
        else:
            yield owner


def levels(form: Form) -> tuple[Group, ...]:
    """The levels that state points or a score of their own: in a row or a column, or behind their name (产出指标（50分）)."""
    printed: dict[tuple[str, ...], list[Indicator]] = {}
    for item in form.indicators:
        if item.category.printed_points.at:
            printed.setdefault((item.category.plain,), []).append(item)
        if item.subcategory.printed_points.at and item.subcategory.at != item.category.at:
            printed.setdefault((item.category.plain, item.subcategory.plain), []).append(item)
    named = [
        (key, items, items[0].subcategory if len(key) > 1 else items[0].category) for key, items in printed.items()
    ]
    return (
        *(Group(tuple(i.row for i in items), name, name.printed_points) for _, items, name in named),
        *(group for group in form.groups if group.name.at),
    )
