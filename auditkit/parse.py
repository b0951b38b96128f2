"""Document -> Forms: keeps what was written where it was written, and computes nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from auditkit.document import Cell, Document, Row, Table
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
    goal_heading,
    heading_like,
    indicator_heading,
    names_project,
    source_of,
    value,
)
from auditkit.model import ABSENT, Form, Fund, Indicator, Value
from auditkit.numeral import amount, plain, years_in
from auditkit.safety import Unreadable

_GRADE = re.compile(r"[优良中差]|优秀|良好|合格|不合格|较差")
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
    header: dict[str, Value] = field(default_factory=dict)
    titles: list[Value] = field(default_factory=list)
    money: Value = ABSENT
    funds: list[Fund] = field(default_factory=list)
    goals: dict[str, list[Value]] = field(default_factory=lambda: {"goal": [], "outcome": []})
    indicators: list[Indicator] = field(default_factory=list)
    total: dict[str, Value] = field(default_factory=dict)
    notes: list[Value] = field(default_factory=list)
    stray: list[Value] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    columns: Columns | None = None
    reading: str = "header"
    carried: dict[str, Value] = field(default_factory=dict)

    def read(self, rows: list[Row]) -> Form:
        for row in rows:
            if first_text(row):
                self._row(row)
        return self._form()

    def _row(self, row: Row) -> None:
        if found := indicator_heading(row):
            self._enter("indicators", found)
        elif self.reading != "indicators" and (found := fund_heading(row)):
            self._enter("funds", found)
            self._money_unit(row)
        elif self._continues_heading(row):
            return
        elif self.reading in ("header", "funds", "goals") and (found := goal_heading(row)):
            self._enter("goals", found)
        elif self.reading == "indicators" and self._total(row):
            self.reading = "after"
        elif not self._entries(row):
            getattr(self, f"_{self.reading}_row")(row)

    def _enter(self, section: str, found: Columns) -> None:
        self.reading, self.columns = section, found
        places = [f"{cell.at} “{plain(cell.text)}”" for cell in found.unknown]
        if places and section == "indicators":
            self.doubts.append(f"无法识别的表头：{'、'.join(places)}")

    def _continues_heading(self, row: Row) -> bool:
        """The second line of a heading, such as 指标性质 | 指标值 | 度量单位 under 指标值."""
        if self.reading != "indicators" or self.indicators or self.columns is None:
            return False
        found = {
            name: cell
            for cell in filled_cells(row)
            if (name := field_of("indicators", cell.text)) not in ("", "heading", "total")
        }
        if len(found) < 2 or any(amount(cell.text) is not None for cell in row):
            return False
        merged = dict(self.columns.fields) | {name: (cell.grid, cell.span) for name, cell in found.items()}
        self.columns = replace(self.columns, fields=merged, shapes={})
        return True

    def _entries(self, row: Row) -> bool:
        """Labels with their entries beside them: 项目名称 | … | 主管部门 | …; true where the row had any."""
        if self.reading not in ("header", "after") and not names_project(row):
            return False
        cells = [cell for cell in row if not (cell.merged and not cell.text)]
        names = [heading_like("header", cell.text) for cell in cells]
        for i, name in enumerate(names):
            following = list(zip(cells[i + 1 :], names[i + 1 :], strict=True))
            entry = next((c for c, n in following if n or c.text), None)
            blank = following[0][0] if following and not following[0][1] else None
            if name and name not in self.header and (entry or blank):
                own = entry is not None and not heading_like("header", entry.text)
                self.header[name] = value(entry if own else blank)
        inline = [self._inline(cell) for cell in cells]
        self._money_unit(row)
        return any(names) or any(inline)

    def _inline(self, cell: Cell) -> bool:
        """A label and its entry in one cell: 填报单位：…"""
        words, colon, text = cell.text.replace(":", "：").partition("：")
        name = field_of("header", words) if colon else ""
        if name and name not in self.header and text.strip():
            self.header[name] = Value(text.strip(), cell.at)
        return bool(name)

    def _money_unit(self, row: Row) -> None:
        for cell in filled_cells(row):
            found = re.search(r"[(:](万元|亿元|千元|元)\)?", plain(cell.text))
            if found and self.money.at is None:
                self.money = Value(found[1], cell.at)

    def _header_row(self, row: Row) -> None:
        self._money_unit(row)
        for cell in filled_cells(row):
            self.titles.append(value(cell))

    def _funds_row(self, row: Row) -> None:
        cells = self.columns.cells(row)
        texts = [c for c in self.columns.outside(row, cells) if field_of("funds", c.text) != "heading"]
        if not texts:
            return
        source = source_of(texts[-1], self.funds)
        if source is None:
            self.stray += map(value, texts)
            return
        entries = {name: value(cell) for name, cell in cells.items()}
        self.funds.append(Fund(source, value(texts[-1]), **entries))

    def _goals_row(self, row: Row) -> None:
        for name, cell in self.columns.cells(row).items():
            if name in self.goals and cell.text:
                self.goals[name].append(value(cell))

    def _indicators_row(self, row: Row) -> None:
        cells = self.columns.cells(row)
        for cell in self.columns.outside(row, cells):
            if field_of("indicators", cell.text) != "heading" and not _is_wrapped_heading(cell):
                self.stray.append(value(cell))
        entries = {name: value(cell) for name, cell in cells.items()}
        if _is_subtotal(row):
            return
        self._carry(entries)
        if not any(entries.get(name, ABSENT).plain for name in ("name", "target", "result", "points", "score")):
            self.stray += [v for n, v in entries.items() if v.plain and n not in ("category", "subcategory")]
            return
        self.indicators.append(self._indicator(entries, cells))

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
        entries["target"] = _target(entries)
        kept = {n: entries.get(n, ABSENT) for n in _INDICATOR_FIELDS}
        return Indicator(len(self.indicators) + 1, kind=category_of(kept["category"], kept["subcategory"]), **kept)

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
        rest = [c for c in row[row.index(filled[0]) + 1 :] if not (c.merged and not c.text)]
        if "score" in under and under["score"] is not filled[0]:
            self.total = {n: value(under[n]) for n in ("points", "score") if n in under and under[n] is not filled[0]}
        elif len(rest) >= 2:
            self.total = {"points": value(rest[0]), "score": value(rest[1])}
        elif rest:
            self.total = {"score": value(rest[0])}
        for cell in rest:
            if _GRADE.fullmatch(plain(cell.text)):
                self.total["grade"] = value(cell)
        return True

    def _after_row(self, row: Row) -> None:
        scores = [plain(cell.text) for cell in row if amount(cell.text) is not None]
        if field_of("indicators", first_text(row)) == "total" and scores and self.total["score"].plain not in scores:
            self.doubts.append(f"{row[0].at} 又是一行总分，与前面的不同，未采用")
        self.notes += map(value, filled_cells(row))

    def _form(self) -> Form:
        year = self.header.get("year") or next((t for t in self.titles if YEAR.fullmatch(t.plain)), ABSENT)
        captions = [t for t in self.titles if CAPTION.match(t.plain)]
        heads = [t for t in self.titles if TITLE.search(t.plain) and t not in captions]
        if not years_in(year.text):
            year = next((t for t in (*heads, *captions) if years_in(t.text)), year)
        known = {id(t) for t in (*heads, *captions, year)}
        self.notes[:0] = [t for t in self.titles if id(t) not in known and not MONEY.search(t.plain)]
        header = {name: self.header.get(name, ABSENT) for name in ("project", "department", "implementer")}
        return Form(
            source=self.document.source,
            number=self.number,
            title=next(iter(heads), ABSENT),
            caption=next(iter(captions), ABSENT),
            fiscal_year=year,
            **header,
            money_unit=self.money,
            funds=tuple(self.funds),
            goal=_joined(self.goals["goal"]),
            outcome=_joined(self.goals["outcome"]),
            indicators=tuple(self.indicators),
            total_points=self.total.get("points", ABSENT),
            total_score=self.total.get("score", ABSENT),
            grade=self.total.get("grade") or self.header.get("grade", ABSENT),
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


def _is_wrapped_heading(cell: Cell) -> bool:
    return cell.merged and plain(cell.text) in "年度绩效指标"


def _is_subtotal(row: Row) -> bool:
    return any(cell.text and field_of("indicators", cell.text) == "subtotal" for cell in row[:4])


def _joined(values: list[Value]) -> Value:
    if len(values) < 2:
        return values[0] if values else ABSENT
    return Value("\n".join(v.text for v in values), values[0].at)
