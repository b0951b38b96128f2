"""Where things stand on a form: labels, column headings, and which cell of a row belongs under which heading."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise

from auditkit.document import Cell, Row
from auditkit.model import ABSENT, Category, Fund, Source, Value
from auditkit.numeral import amount, plain
from auditkit.terms import table

_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^】]*】")
_ORDINAL = re.compile(r"^(?:[\d一二三四五六七八九十]{1,2}[、.)]|[★*☆●·—–-]+)+")


TITLE = re.compile(r"自评表|评价表|自评报告表|评表$|绩效.{0,8}表$|支出.{0,8}表$")
CAPTION = re.compile(r"附件|附表|《.*》")
YEAR = re.compile(r"\(?((?:19|20)\d{2}|[二〇零一三四五六七八九]{4})?(?:[-—~至](?:19|20)\d{2})?学?年度?\)?")
MONEY = re.compile(r"(?:单位|金额)?[:(]?(万元|亿元|千元|元)\)?")


@lru_cache(maxsize=4096)
def label(text: str) -> str:
    """A heading's words: without blanks, brackets, colons, ordinals, stars and 其中."""
    bare = _BRACKETS.sub("", plain(text)).rstrip(":;。、")
    return _ORDINAL.sub("", bare).removeprefix("其中").strip(":")


@lru_cache(maxsize=4096)
def field_of(section: str, text: str) -> str:
    """The field that a heading of a section of terms.toml's [labels] names, or nothing."""
    words = label(text)
    return next((name for name, spellings in table(f"labels.{section}").items() if words and words in spellings), "")


@lru_cache(maxsize=4096)
def heading_like(section: str, text: str) -> str:
    """The field that a heading names in words of its own: one that holds a word telling of the field."""
    words = label(text)
    if ":" in words:
        return ""
    telling = table("telling").get(section, {}) if len(words) <= 14 else {}
    told = next((name for name, ws in telling.items() if any(word in words for word in ws)), "")
    return field_of(section, text) or told.rstrip("_")


def value(cell: Cell | None) -> Value:
    """The cell as a value of the form."""
    return ABSENT if cell is None else Value(cell.text, cell.at)


@dataclass(frozen=True)
class Columns:
    """The columns of a section: for every field, the first column of the grid and how many it spans."""

    fields: Mapping[str, tuple[int, int]]
    width: int
    unknown: tuple[Cell, ...]
    shapes: dict[tuple[int, int], list[tuple[str, int]]] = field(default_factory=dict, compare=False, repr=False)

    def __contains__(self, field: str) -> bool:
        return field in self.fields

    def cells(self, row: Row) -> dict[str, Cell]:
        """Which cell of a row stands under which heading."""
        found: dict[str, Cell] = {}
        most: dict[str, int] = {}
        for cell in self._aligned(row):
            shape = cell.grid, cell.span
            for name, shared in self.shapes[shape] if shape in self.shapes else self._under(*shape):
                if shared > most.get(name, 0):
                    found[name], most[name] = cell, shared
        return found

    def outside(self, row: Row, cells: Mapping[str, Cell]) -> list[Cell]:
        """The cells with text that stand under no heading, given those under a field's; an unknown heading is reported once."""
        used = {cell.at for cell in cells.values()}
        spare = [cell for cell in row if cell.text and cell.at not in used]
        return [cell for cell in spare if not any(_overlap(cell, other) for other in self.unknown)]

    def _under(self, grid: int, span: int) -> list[tuple[str, int]]:
        """The fields that a cell fills, with the columns it shares with each; the shapes of rows repeat."""
        shared = {name: min(grid + span, at + width) - max(grid, at) for name, (at, width) in self.fields.items()}
        covered = [name for name, columns in shared.items() if columns > 0]
        self.shapes[grid, span] = [(name, shared[name]) for name in _claimed(covered, span)]
        return self.shapes[grid, span]

    def _aligned(self, row: Row) -> Row:
        """The row shifted under its headings where a dump left out merged cells at the left or empty ones at the right."""
        missing = self.width - row[-1].grid - row[-1].span
        if missing <= 0 or any(cell.span > 1 or cell.merged for cell in row):
            return row
        return _shifted(row, max(range(missing + 1), key=lambda by: (self._fit(_shifted(row, by)), by)))

    def _fit(self, row: Row) -> int:
        under = {name: c for c in row for name, (grid, _) in self.fields.items() if grid == c.grid}
        numeric = ("points", "score", "initial", "adjusted", "actual")
        good = sum(amount(c.text) is not None for name, c in under.items() if name in numeric)
        return good - sum(
            amount(c.text) is not None for name, c in under.items() if name in ("name", "category", "subcategory")
        )


def _overlap(one: Cell, other: Cell) -> bool:
    return one.grid < other.grid + other.span and other.grid < one.grid + one.span


def _shifted(row: Row, by: int) -> Row:
    return tuple(Cell(c.text, c.at, c.grid + by, c.span, c.merged) for c in row)


def _claimed(covered: list[str], span: int) -> list[str]:
    """A cell over several columns fills one of them: the first-level one, else the indicator's name, else the first."""
    if len(covered) < 2 or span < 2:
        return covered
    return [next((name for name in ("category", "name") if name in covered), covered[0])]


def columns(section: str, row: Row) -> Columns | None:
    """The columns that a heading names; None where it names fewer than three fields."""
    named = [(name, cell) for cell in row if cell.text and (name := heading_like(section, cell.text))]
    if len(named) < 3:
        return None
    found: dict[str, tuple[int, int]] = {}
    heading = None
    for name, cell in named:
        if name == "heading":
            heading = heading or cell
        elif name not in found or section == "funds":  # the corner above the row labels may speak of amounts, too
            found[name] = (cell.grid, cell.span)
        else:
            heading = heading or cell
    if heading and heading.grid and "name" not in found and section == "indicators":
        found["name"] = (heading.grid, heading.span)
    if len(found) < 3:
        return None
    known = {cell.at for _, cell in named}
    unknown = tuple(cell for cell in row if label(cell.text) and not cell.merged and cell.at not in known)
    return Columns(found, row[-1].grid + row[-1].span, unknown)


def indicator_heading(row: Row) -> Columns | None:
    """The heading of the indicators, or the first line of one whose second line names the levels."""
    found = columns("indicators", row)
    if found is None:
        return None
    values = {"target", "result", "points"} & set(found.fields)
    first_line = {"target", "result"} & values and len({*values, "score", "explanation"} & set(found.fields)) >= 3
    return found if ("name" in found and values) or first_line else None


def with_second_line(first: Columns, row: Row) -> Columns | None:
    """The columns under a heading of two lines, such as 指标性质 | 指标值 | 度量单位 below 指标值.

    None where the row is no such line. A dump has no spans: there the second line has more cells than the first, and
    its blank ones, counted from either end, continue the cells above.
    """
    named = {name: cell for cell in filled_cells(row) if (name := heading_like("indicators", cell.text))}
    named = {name: cell for name, cell in named.items() if name != "heading"}
    if len(named) < 2 or any(amount(cell.text) is not None for cell in row):
        return None
    width = row[-1].grid + row[-1].span
    more = width - first.width
    before = next((i for i, cell in enumerate(row) if cell.text), 0)
    moved = (
        {name: (grid if grid < before else grid + more, span) for name, (grid, span) in first.fields.items()}
        if more > 0 and all(cell.span == 1 for cell in row)
        else dict(first.fields)
    )
    below = {name: (cell.grid, cell.span) for name, cell in named.items()}
    kept = {name: place for name, place in moved.items() if name in below or place not in below.values()}
    return Columns(kept | below, max(width, first.width), first.unknown)


def fund_heading(row: Row) -> Columns | None:
    found = columns("funds", row)
    amounts = {"initial", "adjusted", "actual", "execution_rate"}
    return found if found and len(amounts & set(found.fields)) >= 2 else None


def goal_heading(row: Row) -> Columns | None:
    """预期目标 | 实际完成情况, in whatever words: the outcome's heading, and the goal's before it."""
    filled = filled_cells(row)
    if not 2 <= len(filled) <= 4 or not all(_names_goal(cell) for cell in filled):
        return None
    outcome = next((c for c in reversed(filled[1:]) if heading_like("goals", c.text) == "outcome"), None)
    before = [c for c in filled if outcome and c.grid < outcome.grid]
    if not before:
        return None
    places = {"goal": (before[-1].grid, before[-1].span), "outcome": (outcome.grid, outcome.span)}
    return Columns(places, row[-1].grid + row[-1].span, ())


def goal_entry(row: Row) -> tuple[str, Cell] | None:
    """A goal or an outcome with its text beside its heading: 年度总体目标 | 预期目标 | ……."""
    filled = filled_cells(row)
    if not 2 <= len(filled) <= 3 or not all(_names_goal(cell) for cell in filled[:-1]) or _names_goal(filled[-1]):
        return None
    name = heading_like("goals", filled[-2].text)
    return ("goal" if name == "heading" else name, filled[-1]) if name else None


def _names_goal(cell: Cell) -> bool:
    return bool(heading_like("goals", cell.text))


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


def category_of(category: Value, subcategory: Value) -> Category:
    """The first-level indicator that a heading names, or its second level where the first is blank."""
    for text in (category.plain, subcategory.plain):
        for name, words in table("categories").items():
            if any(word in text for word in words):
                return Category(name)
    if any(word in subcategory.plain for word in ("数量", "质量", "时效")):
        return Category.OUTPUT
    return Category.UNKNOWN


def filled_cells(row: Row) -> list[Cell]:
    return [cell for cell in row if cell.text]


def first_text(row: Row) -> str:
    for cell in row:
        if cell.text:
            return cell.text
    return ""


def names_project(row: Row, word: str = "project") -> bool:
    return len(row) > 1 and heading_like("header", first_text(row)) == word


def _is_heading(row: Row) -> bool:
    """A line above a form: one text that is a title, a caption or a year."""
    filled = filled_cells(row)
    if len(filled) != 1:
        return not filled
    text = plain(filled[0].text)
    return bool(TITLE.search(text) or CAPTION.match(text) or YEAR.fullmatch(text) or MONEY.fullmatch(text))


def form_starts(lines: list[Row]) -> list[int]:
    """Where each form begins: at the headings above its project name or, where none is named, above its indicators.

    What stands before the first form belongs to it.
    """
    anchors = [i for i, row in enumerate(lines) if names_project(row)]
    anchors = anchors or [i for i, row in enumerate(lines) if names_project(row, "unit_name")]
    anchors = anchors or [i for i, row in enumerate(lines) if indicator_heading(row)][:1]
    starts = [0] if anchors else []
    for before, anchor in pairwise(anchors):
        first = anchor
        while first > before + 1 and _is_heading(lines[first - 1]):
            first -= 1
        starts.append(first)
    return starts
