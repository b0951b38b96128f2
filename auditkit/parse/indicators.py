"""The rows of 绩效指标: their levels, carried down from above, and what of a row is no part of an indicator."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from auditkit.document import Cell, Row
from auditkit.model import ABSENT, Category, Indicator, Value
from auditkit.parse.cells import (
    PLACEHOLDER,
    category_of,
    filled_cells,
    is_wrapped_heading,
    join_cells,
    level_name,
    subtotal_of,
    value,
    whole_target,
)
from auditkit.parse.columns import Columns
from auditkit.parse.goals import goal_entry, goal_heading
from auditkit.parse.headings import crosses, indicator_heading, repeats_heading, with_second_line
from auditkit.parse.levels import FIRST_LEVEL
from auditkit.parse.ownership import LEVELS, OWNED, Scope, scope_of
from auditkit.parse.section import Tabled
from auditkit.parse.total import sums_of
from auditkit.quantity.measure import QuantityKind
from auditkit.quantity.numbers import amount
from auditkit.vocabulary.labels import field_of, label
from auditkit.vocabulary.levels import Level, level_named
from auditkit.vocabulary.spelling import is_blank_text, plain
from auditkit.vocabulary.terms import table

_UNIT = re.compile(r"\(([^()\d]{1,6})\)$")
_BARE = re.compile(r"\D{0,5}\d[\d,]*(?:\.\d+)?")
_EVERY = 3  # rows that all write their level: in fewer, a blank may be what a file without merged cells has below one
_FIELDS = ("category", "subcategory", "name", "target", "result", "points", "score", "explanation")


@dataclass
class Indicators(Tabled):
    """The rows of 绩效指标; the texts of their rows that belong to nothing are stray."""

    name = "indicators"
    after = frozenset({"header", "funds", "pairs", "sources", "goals", name, "remarks"})
    carried: dict[str, Value] = field(default_factory=dict)
    written: list[str] = field(default_factory=list)  # the first levels of the rows since one that has none
    summed: int = 0  # the last row that a 小计 beside no level has summed up

    def begins(self, row: Row) -> bool:
        found = indicator_heading(row)
        if found and self.heading and not repeats_heading(row):
            found = None
        if found and not self._heads_goals(row, found):
            self.headed(found, row)
            if "former" in found:
                self.draft.doubts.append("表上有两栏指标值，以调整后的为准；调整后未填的，用年初的")
            return True
        if self.draft.total is None or not self._goes_on(row):
            return False
        self.draft.notes += self.draft.total.values()  # what was taken for the total was the sum of a part
        for at in [entry.at for entry in self.draft.total.values() if entry.at][:1]:
            self.draft.doubts.append(f"{at} 所在的合计行之后还有指标，按一部分的合计读，未采用，请核对原件")
        self.draft.total = None
        self.take(row)
        return True

    def _heads_goals(self, row: Row, found: Columns) -> bool:
        """Whether the row is the heading of goals with a column of causes, 预期目标 | 实际完成情况 | 偏差原因, or a goal itself."""
        if any(self.draft.goals.values()):
            return False
        own = {*LEVELS, "name", *OWNED} & set(found.fields)
        return goal_entry(row) is not None or (not own and goal_heading(row) is not None)

    def continues(self, row: Row) -> bool:
        if self.draft.indicators or not (found := with_second_line(self.columns, self.heading, row)):
            return False
        self.columns = found
        return True

    def take(self, row: Row) -> None:
        columns, stray = self.columns, self.draft.stray
        if subtotal := subtotal_of(row):
            self.draft.ownership.levels.append((self._summed(row, *subtotal), sums_of(row, columns)))
            return
        cells = columns.cells(row)
        entries = {name: value(cell) for name, cell in cells.items()}
        for cell in columns.outside(row, cells):
            if level := _level(cell, columns):
                entries[level] = value(cell)
            elif field_of("indicators", cell.text) != "heading" and not is_wrapped_heading(cell):
                stray.append(value(cell))
                if self.carried and cell.grid < columns.left and not set(LEVELS) & set(columns.fields):
                    self.draft.doubts.append(
                        f"{cell.at} “{plain(cell.text)}”写在指标级别的位置，不是已知的级别，该行按上一行的级别读"
                    )
        if crosses(row, columns):
            stray += map(value, filled_cells(row))
            return
        self._doubt_blank_level(row, cells)
        _name_execution(entries, columns)
        if self._is_level(row, entries, cells):
            return
        self._carry(entries)
        for depth, name in enumerate(LEVELS, 1):
            cell = cells.get(f"{name} points")
            if cell and not cell.merged and name in self.carried:
                level = {n: self.carried[n] for n in LEVELS[:depth] if n in self.carried}
                self.draft.ownership.levels.append((scope_of(level), {"points": value(cell)}))
        _join_explanations(entries)
        if entries.get("target", ABSENT).is_blank and not entries.get("former", ABSENT).is_blank:
            entries["target"] = entries["former"]
        told = [entries.get(name, ABSENT) for name in ("name", "target", "result", "points", "score")]
        if all(entry.is_blank or PLACEHOLDER.fullmatch(entry.plain) for entry in told):
            stray += [v for n, v in entries.items() if not v.is_blank and n == "explanation"]
        elif "name" in cells and not cells["name"].merged and entries["name"].is_blank:
            self._leave(row, entries, cells)
        else:
            self.draft.ownership.take(cells, len(self.draft.indicators) + 1)
            self.draft.indicators.append(self._indicator(entries, cells))

    def _doubt_blank_level(self, row: Row, cells: dict[str, Cell]) -> None:
        """A blank level may be forgotten where every row above it writes its own, also the same one again."""
        headed = "category" in self.columns or "subcategory" in self.columns
        cell = cells.get("category") if headed else next((c for c in row if c.grid < self.columns.left), None)
        if cell and cell.text:
            self.written.append(cell.text)
        elif cell:
            every = len(self.written) >= _EVERY and (not headed or len(set(self.written)) < len(self.written))
            if every and not cell.merged:
                self.draft.doubts.append(f"{cell.at} 没有写指标级别，而以上各行都写了，按上一行的级别读")
            self.written.clear()

    def _is_level(self, row: Row, entries: dict[str, Value], cells: dict[str, Cell]) -> bool:
        """Whether the row is that of a level, which has points and a score of its own, but neither target nor result.

        Its name stands under the heading of its level or, where one column has the names of all levels, under that; a
        row 小计 is that of the level above it.
        """
        if any(not entries.get(name, ABSENT).is_blank for name in ("target", "result", "former")):
            return False
        if level := _level_of_row(entries, cells, self.carried):
            self.carried = dict(level)
            if any(not entries.get(column, ABSENT).is_blank for column in OWNED):
                self.draft.ownership.take(cells, None, scope_of(level))
        return bool(level)

    def _summed(self, row: Row, word: Cell, named: str) -> Scope:
        """What 小计 sums up: the level before or left of the word, or the rows since another such row."""
        if named:
            level = "subcategory" if category_of(Value(named), ABSENT) is Category.UNKNOWN else "category"
            return Scope(value(word), {level: Value(named)})
        fields = self.columns.fields
        left = {n: self.carried[n] for n in LEVELS if n in fields and n in self.carried and fields[n][0] < word.grid}
        if left and row[-1].grid + row[-1].span >= self.columns.width:
            return scope_of(left)
        begins, self.summed = self.summed + 1, len(self.draft.indicators)
        return Scope(value(word), run=tuple(range(begins, self.summed + 1)))

    def _leave(self, row: Row, entries: dict[str, Value], cells: dict[str, Cell]) -> None:
        """A row without a name is no indicator: it is doubted, and what it states of points and scores is counted."""
        self.draft.ownership.leave(cells)
        self.draft.stray += [entries[n] for n in ("target", "result") if not entries.get(n, ABSENT).is_blank]
        self.draft.doubts.append(f"{row[0].at} 所在行没有指标名称，不作为指标；填了的分值、得分计入合计")

    def _goes_on(self, row: Row) -> bool:
        """Whether the row is an indicator below what was taken for the total."""
        cells = self.columns.cells(row)
        told = all(name in cells and not is_blank_text(cells[name].text) for name in ("name", "target", "result"))
        return told and any(amount(cells[name].text) is not None for name in ("points", "score") if name in cells)

    def _carry(self, entries: dict[str, Value]) -> None:
        """The first and second level stand once for the rows below them."""
        if entries.get("category", ABSENT).plain:
            self.carried = {"category": level_name(entries["category"])}
        if entries.get("subcategory", ABSENT).plain:
            self.carried["subcategory"] = level_name(entries["subcategory"])
        entries |= self.carried
        named = level_named(entries.get("category", ABSENT).plain)
        if "subcategory" not in entries and named not in (None, Level.COST, Level.SATISFACTION):
            entries["subcategory"] = entries["category"]  # 产出指标-数量指标

    def _indicator(self, entries: dict[str, Value], cells: dict[str, Cell]) -> Indicator:
        for name, cell in cells.items():
            if name in OWNED and cell.merged and not cell.text:
                entries[name] = ABSENT
            if (
                name in ("name", "target", "result", "explanation")
                and cell.merged
                and not cell.text
                and self.draft.indicators
            ):
                entries[name] = getattr(self.draft.indicators[-1], name)
        unit = entries.setdefault("unit", _bracketed_unit(entries))
        entries["target"] = whole_target(entries)
        kept = {n: entries.get(n, ABSENT) for n in _FIELDS}
        return Indicator(
            len(self.draft.indicators) + 1, kind=category_of(kept["category"], kept["subcategory"]), unit=unit, **kept
        )


def _level_of_row(entries: dict[str, Value], cells: dict[str, Cell], carried: dict[str, Value]) -> dict[str, Value]:
    """The level that a row without target and result names, and those above it; nothing where it names none."""
    own = {n: level_name(entries[n]) for n in LEVELS if n in cells and not cells[n].merged and entries[n].plain}
    name = entries.get("name", ABSENT)
    if not name.is_blank:
        return {} if own else _named_level(name, carried)
    if "subcategory" in own:
        return {"category": own.get("category", carried.get("category", ABSENT)), "subcategory": own["subcategory"]}
    return own


def _named_level(name: Value, carried: dict[str, Value]) -> dict[str, Value]:
    """The level that stands in the column of the names: 产出指标, and below it 数量指标."""
    kind, second = category_of(name, ABSENT), level_named(name.plain)
    above = carried.get("category", ABSENT)
    under = second and above.at and category_of(above, ABSENT) in (kind, FIRST_LEVEL[second], Category.OUTPUT)
    if not label(name.text).endswith("指标") or (kind is Category.UNKNOWN and not second):
        return {}
    return {"category": above, "subcategory": level_name(name)} if under else {"category": level_name(name)}


def _level(cell: Cell, columns: Columns) -> str:
    """Which level 产出, 数量 or the like is, at the left of names whose levels have no heading of their own."""
    if {"category", "subcategory"} & set(columns.fields) or cell.grid >= columns.left:
        return ""
    if category_of(value(cell), ABSENT) is not Category.UNKNOWN or label(cell.text) in table("labels.execution.words"):
        return "category"
    return "subcategory" if level_named(label(cell.text)) else ""


def _bracketed_unit(entries: dict[str, Value]) -> Value:
    """The unit of a target that is a bare figure, where it stands in brackets behind the name: 接待读者（万人次）."""
    name, target = entries.get("name", ABSENT), entries.get("target", ABSENT)
    found = _UNIT.search(name.plain)
    if found is None or not _BARE.fullmatch(target.plain):
        return ABSENT
    known = any(m.kind is not QuantityKind.NUMBER for m in Value(f"1{found[1]}").quantity.measures)
    return Value(found[1], name.at) if known else ABSENT


def _name_execution(entries: dict[str, Value], columns: Columns) -> None:
    """预算执行率 in one cell for all the levels is of no level but its own."""
    told = [name for name in ("category", "subcategory", "name") if entries.get(name, ABSENT).plain]
    if told == ["category"] and "name" in columns:
        own = entries["category"]
        entries |= {"name": own} if label(own.text) in table("labels.execution.words") else {}


def _join_explanations(entries: dict[str, Value]) -> None:
    """Causes and measures in columns of their own are one explanation."""
    parts = [entries.pop(name) for name in sorted(entries) if name.startswith("explanation")]
    filled = [part for part in parts if not part.is_blank]
    if parts:
        entries["explanation"] = join_cells(filled) if filled else parts[0]
