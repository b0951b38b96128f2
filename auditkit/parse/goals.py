"""年度总体目标 and what became of it: their headings and entries, in columns, beside their names or behind them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from auditkit.document import Cell, Row
from auditkit.model import Value
from auditkit.parse.cells import filled_cells, value
from auditkit.parse.columns import Columns
from auditkit.parse.section import Section, Tabled
from auditkit.quantity.numbers import amount
from auditkit.vocabulary.labels import field_of, heading_like, label
from auditkit.vocabulary.spelling import plain
from auditkit.vocabulary.terms import mentioned

_BEFORE = frozenset({"header", "funds", "pairs", "sources"})
_OUTCOMES = ("情况", "效果", "成效", "结果", "绩效", "内容", "完成", "实现", "达成")
_NUMBERED = re.compile(r"(?:年度|总体|绩效)*目标[\d一二三四五六七八九十]{1,2}")


@dataclass
class Goals(Tabled):
    """Goals and outcomes in columns of their own."""

    name = "goals"
    after = _BEFORE | {name}
    begun: bool = False

    def begins(self, row: Row) -> bool:
        if not (found := goal_heading(row)):
            return False
        self.begun = True
        self.headed(found, row)
        named = {grid for grid, _ in found.fields.values()}
        loose = (c for c in filled_cells(row) if c.grid not in named and not heading_like("goals", c.text))
        self.draft.notes += map(value, loose)
        return True

    def take(self, row: Row) -> None:
        """A row of goals, unless its own label says that it is about something else."""
        goals, columns = self.draft.goals, self.columns
        goal, outcome = (columns.fields[name][0] for name in goals)
        labels = [c for c in filled_cells(row) if c.grid < columns.left and amount(c.text) is None]
        cells = columns.cells(row)
        both = any(cell.text and cell.grid <= goal and cell.grid + cell.span > outcome for cell in row)
        if both or not all(mentioned("labels.rows.goals", plain(cell.text)) for cell in labels):
            self.draft.note(row)
            return
        for name, cell in cells.items():
            if name in goals and (cell.text or not (cell.merged or goals[name])):
                goals[name].append(value(cell))
        rest = columns.outside(row, cells)
        apart = [cells[name] for name in ("former", "explanation") if name in cells and cells[name].text]
        self.draft.notes += [value(c) for c in (*apart, *rest) if not field_of("goals", c.text)]


@dataclass
class GoalLine(Section):
    """A goal or an outcome with its text, or a blank, beside its heading."""

    after = _BEFORE
    lasts = False

    def begins(self, row: Row) -> bool:
        found = goal_entry(row) or empty_goal(row)
        if found:
            self.draft.goals[found[0]].append(value(found[1]))
        return found is not None


@dataclass
class NumberedGoal(Section):
    """A goal among the indicators."""

    after = _BEFORE | {"indicators"}
    lasts = False

    def begins(self, row: Row) -> bool:
        found = numbered_goal(row)
        if found:
            self.draft.notes.append(value(found[0]))
            self.draft.goals["goal"] += map(value, found[1:])
        return bool(found)


@dataclass
class InlineGoals(Section):
    """Goals and outcomes behind their names."""

    after = _BEFORE
    lasts = False

    def begins(self, row: Row) -> bool:
        found = inline_goals(row)
        for name, entry in found:
            self.draft.goals[name].append(entry)
        return bool(found)


def goal_heading(row: Row) -> Columns | None:
    """预期目标 | 实际完成情况, in whatever words: the outcome's heading, and the goal's before it.

    An earlier goal between the row's own label and the goal (年初目标 | 调整后目标 | 完成情况) is not what counts; behind them
    may stand a column of causes and measures.
    """
    filled = [cell for cell in filled_cells(row) if field_of("goals", cell.text) != "ignored"]
    reason = filled[-1] if len(filled) > 2 and heading_like("indicators", filled[-1].text) == "explanation" else None
    filled = [cell for cell in filled if cell is not reason]
    if not 2 <= len(filled) <= 4 or not all(_names_goal(cell) for cell in filled[-2:]):
        return None
    outcome = next((c for c in reversed(filled[1:]) if _heads_outcome(c)), None)
    before = [c for c in filled if outcome and c.grid < outcome.grid]
    if not before or not _names_goal(before[-1]) or any(":" in plain(c.text) for c in filled):
        return None
    told = {"goal": before[-1], "outcome": outcome}
    if len(before) > 1 and before[-2].grid and mentioned("labels.revised.words", plain(before[-1].text)):
        told["former"] = before[-2]
    if reason:
        told["explanation"] = reason
    places = {name: (cell.grid, cell.span) for name, cell in told.items()}
    return Columns(places, row[-1].grid + row[-1].span, ())


def goal_entry(row: Row) -> tuple[str, Cell] | None:
    """A goal or an outcome with its text beside its heading: 年度总体目标 | 预期目标 | ……."""
    filled = filled_cells(row)
    if (
        not 2 <= len(filled) <= 3
        or not all(_names_goal(cell) for cell in filled[:-1])
        or field_of("goals", filled[-1].text)
    ):
        return None
    name = heading_like("goals", filled[-2].text)
    return ("goal" if name == "heading" else name, filled[-1]) if name else None


def empty_goal(row: Row) -> tuple[str, Cell] | None:
    """A goal or an outcome that is not filled in: its heading, and a blank cell beside it."""
    filled = filled_cells(row)
    if not 1 <= len(filled) <= 2 or not _names_goal(filled[0]) or not field_of("goals", filled[-1].text):
        return None
    blank = next((c for c in row if c.grid > filled[-1].grid and not c.text and not c.merged), None)
    name = heading_like("goals", filled[-1].text)
    return ("goal" if name == "heading" else name, blank) if blank else None


def numbered_goal(row: Row) -> list[Cell]:
    """A goal among the indicators, with indicators of its own below it: 年度目标2：（30分） | ……, whose text may be missing."""
    filled = filled_cells(row)
    if not 1 <= len(filled) <= 2 or not _NUMBERED.fullmatch(label(filled[0].text)) or any(map(_names_goal, filled[1:])):
        return []
    return filled


def inline_goals(row: Row) -> list[tuple[str, Value]]:
    """Goals and outcomes that stand behind their names in one cell: 预期目标：…… | 实际完成情况：……."""
    parts = ((cell, *cell.text.replace(":", "：").partition("：")) for cell in filled_cells(row))
    named = ((field_of("goals", words), cell, told.strip()) for cell, words, _, told in parts if told.strip())
    return [(name, Value(told, cell.at)) for name, cell, told in named if name in ("goal", "outcome")]


def _heads_outcome(cell: Cell) -> bool:
    """Whether a text heads a column of outcomes, in words of its own if need be; 完成情况见附件 is an entry."""
    words = label(cell.text)
    own = heading_like("goals", cell.text) == "outcome" and words.endswith(_OUTCOMES)
    return field_of("goals", cell.text) == "outcome" or own


def _names_goal(cell: Cell) -> bool:
    return bool(heading_like("goals", cell.text))
