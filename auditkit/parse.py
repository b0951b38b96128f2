"""Document -> Forms: keeps what was written where it was written, and computes nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from auditkit.document import Cell, Document, Row, Table
from auditkit.header import Header
from auditkit.layout import (
    CAPTION,
    MONEY,
    TITLE,
    YEAR,
    Columns,
    category_of,
    field_of,
    filled_cells,
    first_text,
    form_starts,
    fund_heading,
    goal_entry,
    goal_heading,
    indicator_heading,
    names_project,
    source_of,
    value,
    with_second_line,
)
from auditkit.model import ABSENT, Form, Fund, Indicator, Source, Value
from auditkit.numeral import amount, plain, years_in
from auditkit.safety import Unreadable
from auditkit.terms import pattern

_GRADE = re.compile(r"(?:(?:自评|评价|绩效)?(?:等级|等次|结果)[:为]?)?(?P<grade>[优良中差]|优秀|良好|合格|不合格|较差)")
_SCORE_AND_GRADE = re.compile(r"(\d+(?:\.\d+)?)分?\(?([优良中差])\)?")
_POINTS = re.compile(r"(\d+(?:\.\d+)?)分")
_PLACEHOLDER = re.compile(r"指标\d*[:]?|[.…·]+")
_AMOUNTS = ("initial", "adjusted", "actual")
_TOTAL_INLINE = re.compile(r"(?:自评)?(?:总分|得分|合计)[:为是]*(-?\d+(?:\.\d+)?)分?")


def parse(document: Document) -> list[Form]:
    """Every form of a document, in its order. Raises Unreadable where there is none."""
    lines = list(_lines(document))
    starts = form_starts(lines)
    if not starts:
        raise Unreadable(
            document.source,
            "没有找到自评表：应有“项目名称”一栏和含“三级指标”“分值”“得分”的表头；请确认报送的是《项目支出绩效自评表》",
            "no self-evaluation form found: a 项目名称 entry and a heading with 三级指标, 分值 and 得分 are expected",
        )
    ends = [*starts[1:], len(lines)]
    return [
        _Section(document, number).read(lines[start:end])
        for number, (start, end) in enumerate(zip(starts, ends, strict=True), 1)
    ]


def _lines(document: Document) -> Iterator[Row]:
    for block in document.blocks:
        yield from block.rows if isinstance(block, Table) else ((block,),)


@dataclass
class _Section:
    """Reads the rows of one form, top to bottom; `reading` is the section that the present row belongs to."""

    document: Document
    number: int
    header: Header = field(default_factory=Header)
    titles: list[Value] = field(default_factory=list)
    funds: list[Fund] = field(default_factory=list)
    goals: dict[str, list[Value]] = field(default_factory=lambda: {"goal": [], "outcome": []})
    indicators: list[Indicator] = field(default_factory=list)
    total: dict[str, Value] = field(default_factory=dict)
    notes: list[Value] = field(default_factory=list)
    stray: list[Value] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    columns: Columns | None = None
    reading: str = "header"
    funds_heading: Row = ()
    carried: dict[str, Value] = field(default_factory=dict)

    def read(self, rows: list[Row]) -> Form:
        for row in rows:
            if first_text(row):
                self._row(row)
        return self._form()

    def _row(self, row: Row) -> None:
        if self.reading == "indicators" and not self.indicators and (found := with_second_line(self.columns, row)):
            self.columns = found
        elif self.reading != "indicators" and (found := fund_heading(row)):
            self._enter("funds", found)
            self.header.take_money(row)
            self.funds_heading = row
        elif found := indicator_heading(row):
            self._enter("indicators", found)
        elif self.reading not in ("indicators", "after") and (found := goal_heading(row)):
            self._enter("goals", found)
        elif self.reading not in ("indicators", "after") and (entry := goal_entry(row)):
            self.goals[entry[0]].append(value(entry[1]))
        elif self.reading == "indicators" and self._total(row):
            self.reading = "after"
        elif self.reading == "indicators" and _is_note(row):
            self._after_row(row)
        elif not ((self.reading in ("header", "after") or names_project(row)) and self.header.take(row)):
            getattr(self, f"_{self.reading}_row")(row)

    def _enter(self, section: str, found: Columns) -> None:
        self.reading, self.columns = section, found
        places = [f"{cell.at} “{plain(cell.text)}”" for cell in found.unknown]
        if places:
            self.doubts.append(f"无法识别的表头：{'、'.join(places)}")

    def _header_row(self, row: Row) -> None:
        for cell in filled_cells(row):
            self.titles.append(value(cell))

    def _funds_row(self, row: Row) -> None:
        cells = self.columns.cells(row)
        texts = [c for c in self.columns.outside(row, cells) if field_of("funds", c.text) != "heading"]
        if not texts:
            return
        amounts = any(amount(cells[name].text) is not None for name in _AMOUNTS if name in cells)
        source = source_of(texts[-1], self.funds, amounts)
        if source is None:
            self.stray += map(value, texts)
            return
        entries = {name: value(cell) for name, cell in cells.items()}
        if "points" not in self.columns and source is Source.TOTAL:
            entries["points"] = self._points_in_heading()
        self.funds.append(Fund(source, value(texts[-1]), **entries))

    def _points_in_heading(self) -> Value:
        """The points of budget execution where no column but a heading has them: 预算执行情况（20分）."""
        found = ((cell, _POINTS.search(plain(cell.text))) for cell in self.funds_heading if cell.text)
        return next((Value(points[1], cell.at) for cell, points in found if points), ABSENT)

    def _goals_row(self, row: Row) -> None:
        for name, cell in self.columns.cells(row).items():
            if name in self.goals and cell.text:
                self.goals[name].append(value(cell))

    def _indicators_row(self, row: Row) -> None:
        cells = self.columns.cells(row)
        entries = {name: value(cell) for name, cell in cells.items()}
        if _is_subtotal(row):
            return
        for cell in self.columns.outside(row, cells):
            if field_of("indicators", cell.text) != "heading" and not _is_wrapped_heading(cell):
                self.stray.append(value(cell))
        self._carry(entries)
        told = [entries.get(name, ABSENT) for name in ("name", "target", "result", "points", "score")]
        if any(not entry.void and not _PLACEHOLDER.fullmatch(entry.plain) for entry in told):
            self.indicators.append(self._indicator(entries, cells))
        else:
            self.stray += [v for n, v in entries.items() if not v.void and n == "explanation"]

    def _carry(self, entries: dict[str, Value]) -> None:
        """The first and second level stand once for the rows below them."""
        if entries.get("category", ABSENT).plain:
            self.carried = {"category": entries["category"]}
        if entries.get("subcategory", ABSENT).plain:
            self.carried["subcategory"] = entries["subcategory"]
        entries |= self.carried

    def _indicator(self, entries: dict[str, Value], cells: dict[str, Cell]) -> Indicator:
        for name, cell in cells.items():
            if name in ("points", "score") and cell.merged and not cell.text:
                entries[name] = ABSENT
            if name in ("name", "explanation") and cell.merged and not cell.text and self.indicators:
                entries[name] = getattr(self.indicators[-1], name)
        unit = entries.get("unit", ABSENT)
        entries["target"] = _target(entries)
        kept = {n: entries.get(n, ABSENT) for n in _INDICATOR_FIELDS}
        return Indicator(
            len(self.indicators) + 1, kind=category_of(kept["category"], kept["subcategory"]), unit=unit, **kept
        )

    def _total(self, row: Row) -> bool:
        named = field_of("indicators", first_text(row)) in ("total", "score")
        inline = None if named else _TOTAL_INLINE.fullmatch(plain(first_text(row)))
        if not (named or inline) or not self.indicators:
            return False
        filled = filled_cells(row)
        if inline:
            self.total = {"score": Value(inline[1], filled[0].at)}
            return True
        under = self.columns.cells(row) if len(row) == self.columns.width or any(c.span > 1 for c in row) else {}
        rest = [c for c in row[row.index(filled[0]) + 1 :] if c.text or not c.merged]
        labels = [i for i, c in enumerate(rest) if field_of("header", c.text) == "grade"]
        if labels:
            self.header.take(tuple(rest[labels[0] :]))
            rest, under = rest[: labels[0]], {}
        numbers = [c for c in rest if amount(c.text) is not None]
        if (
            "score" in under
            and under["score"] is not filled[0]
            and (under["score"].text or not [c for c in numbers if c != under.get("points")])
        ):
            self.total = {n: value(under[n]) for n in ("points", "score") if n in under and under[n] is not filled[0]}
        elif len(numbers) >= 2:
            self.total = {"points": value(numbers[0]), "score": value(numbers[-1])}
        elif numbers and numbers[0] not in (rest[0], under.get("points")):
            self.total = {"score": value(numbers[0])}
        elif len(rest) >= 2:
            self.total = {"points": value(rest[0]), "score": value(rest[1])}
        elif rest:
            self.total = {"score": value(rest[0])}
        for cell in rest:
            if grade := _GRADE.fullmatch(plain(cell.text)):
                self.total["grade"] = Value(grade["grade"], cell.at)
            elif both := _SCORE_AND_GRADE.fullmatch(plain(cell.text)):
                self.total |= {"score": Value(both[1], cell.at), "grade": Value(both[2], cell.at)}
        return True

    def _after_row(self, row: Row) -> None:
        scores = [plain(cell.text) for cell in row if amount(cell.text) is not None]
        if field_of("indicators", first_text(row)) == "total" and scores and self.total["score"].plain not in scores:
            self.doubts.append(f"{row[0].at} 又是一行总分，与前面的不同，未采用")
        self.notes += map(value, filled_cells(row))

    def _form(self) -> Form:
        year = self.header.get("year")
        year = year if year.at else next((t for t in self.titles if YEAR.fullmatch(t.plain)), ABSENT)
        captions = [t for t in self.titles if CAPTION.match(t.plain)]
        heads = [t for t in self.titles if TITLE.search(t.plain) and t not in captions]
        if not years_in(year.text):
            year = next((t for t in (*heads, *captions) if years_in(t.text)), year)
        known = {id(t) for t in (*heads, *captions, year)}
        self.notes[:0] = [t for t in self.titles if id(t) not in known and not MONEY.search(t.plain)]
        header = {name: self.header.get(name) for name in ("project", "department", "implementer")}
        return Form(
            source=self.document.source,
            number=self.number,
            title=next(iter(heads), ABSENT),
            caption=next(iter(captions), ABSENT),
            fiscal_year=year,
            **header,
            money_unit=self.header.money,
            funds=tuple(self.funds),
            goal=_joined(self.goals["goal"]),
            outcome=_joined(self.goals["outcome"]),
            indicators=tuple(self.indicators),
            total_points=self.total.get("points", ABSENT),
            total_score=self.total.get("score", ABSENT),
            grade=self.total.get("grade") or self.header.get("grade"),
            notes=tuple(self.notes),
            stray=tuple(self.stray),
            doubts=(*self.document.doubts, *self.doubts, *self._absent()),
        )

    def _absent(self) -> Iterator[str]:
        for found, name in ((self.funds, "项目资金"), (self.indicators, "绩效指标")):
            if not found:
                yield f"没有读到{name}，表可能不完整，或版式未能识别，请核对原件"


_INDICATOR_FIELDS = ("category", "subcategory", "name", "target", "result", "points", "score", "explanation")


def _target(entries: dict[str, Value]) -> Value:
    """The target with its comparator and unit where the form gives them columns of their own."""
    target = entries.get("target", ABSENT)
    nature, unit = entries.pop("nature", ABSENT), entries.pop("unit", ABSENT)
    if target.void or target.at is None:
        return target
    sign = "" if nature.void or nature.plain in ("定性", "定量", "正向", "反向") else nature.text
    tail = "" if unit.void or unit.plain in target.plain else unit.text
    return Value(f"{sign}{target.text}{tail}", target.at)


def _is_note(row: Row) -> bool:
    """A remark, an opinion or a signature among the indicators: its first text says so, and it has no points."""
    return bool(pattern("labels.notes.words").match(plain(first_text(row)))) and len(filled_cells(row)) <= 4


def _is_wrapped_heading(cell: Cell) -> bool:
    return cell.merged and plain(cell.text) in "年度绩效指标"


def _is_subtotal(row: Row) -> bool:
    return any(cell.text and field_of("indicators", cell.text) == "subtotal" for cell in row[:4])


def _joined(values: list[Value]) -> Value:
    if len(values) < 2:
        return values[0] if values else ABSENT
    return Value("\n".join(v.text for v in values), values[0].at)
