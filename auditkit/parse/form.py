"""Document -> Forms: keeps what was written where it was written, and computes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from auditkit.document import Document, Row
from auditkit.model import ABSENT, Form, Fund, Value
from auditkit.parse.cells import (
    CAPTION,
    TITLE,
    closed_up,
    filled_cells,
    first_text,
    is_other_matter,
    is_section,
    join_cells,
    value,
)
from auditkit.parse.columns import Columns
from auditkit.parse.form_bounds import document_rows, form_starts, names_project
from auditkit.parse.funds import fund_of, is_breakdown, parts_of
from auditkit.parse.goals import empty_goal, goal_entry, goal_heading, inline_goals, numbered_goal
from auditkit.parse.header import Header, find_year
from auditkit.parse.headings import fund_heading, indicator_heading, names_levels, with_second_line, with_sources
from auditkit.parse.indicators import Listing
from auditkit.parse.paired_funds import labelled_fund, one_kind, paired_fund, paired_part, source_heading, sourced
from auditkit.parse.total import ticked, total_of
from auditkit.quantity.numbers import amount, years_in
from auditkit.safety import Unreadable
from auditkit.vocabulary.labels import field_of, heading_like, label
from auditkit.vocabulary.spelling import is_blank_text, plain
from auditkit.vocabulary.terms import mentioned, pattern


def parse(document: Document) -> list[Form]:
    """Every form of a document, in its order. Raises Unreadable where there is none."""
    lines = list(document_rows(document))
    if not (starts := form_starts(lines)):
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


@dataclass
class _Section:
    """Reads the rows of one form, top to bottom; `reading` is the section that the present row belongs to."""

    document: Document
    number: int
    titles: list[Value] = field(default_factory=list)
    funds: list[Fund] = field(default_factory=list)
    goals: dict[str, list[Value]] = field(default_factory=lambda: {"goal": [], "outcome": []})
    listing: Listing = field(default_factory=Listing)
    total: dict[str, Value] = field(default_factory=dict)
    notes: list[Value] = field(default_factory=list)
    header: Header = field(init=False)
    doubts: list[str] = field(default_factory=list)
    columns: Columns | None = None
    reading: str = "header"
    heading: Row = ()
    parted: Row = ()  # the second line of the heading of the funds
    corner: str = ""
    pairs: list[str] = field(default_factory=list)
    managed: bool = False  # how the money was managed, in words, stands below the funds of 转移支付
    goals_begun: bool = False
    noted: bool = False  # remarks have begun among the rows of a form that has no total

    def __post_init__(self) -> None:
        self.header = Header(self.notes)

    def read(self, rows: list[Row]) -> Form:
        for row in rows:
            if self.reading == "after" and is_other_matter(row):
                break
            if first_text(row):
                self._row(row)
        return self._form()

    def _row(self, row: Row) -> None:
        if self.corner and label(row[0].text) == self.corner:  # not merged, but written again in every row
            row = (row[0]._replace(text="", merged=True), *row[1:])
        if not row[0].at.table and self.reading in ("funds", "goals"):  # a line of text between two tables
            if not self.header.take(row):
                self.notes += map(value, row)
            return
        if self._second_line(row):
            return
        if self.reading != "after" and is_section(row):
            self.notes.append(value(filled_cells(row)[0]))
            self.header.take_money(row)
        elif self._beside(row):
            pass
        elif self.reading != "indicators" and not names_levels(row) and (found := fund_heading(row)):
            self._enter("funds", found, row)
            self.header.take_money(row)
        elif found := indicator_heading(row):
            self._enter("indicators", found, row)
        elif self.reading not in ("indicators", "after") and (found := goal_heading(row)):
            self._enter("goals", found, row)
            self.notes += [value(cell) for cell in filled_cells(row) if not heading_like("goals", cell.text)]
        elif self.reading in ("header", "funds", "pairs", "sources") and (entry := goal_entry(row)):
            self.goals[entry[0]].append(value(entry[1]))
        elif self.reading not in ("indicators", "goals", "after") and (empty := empty_goal(row)):
            self.goals[empty[0]].append(value(empty[1]))
        elif self.reading == "indicators" and (goal := numbered_goal(row)):
            self.notes.append(value(goal[0]))
            self.goals["goal"].append(value(goal[1]))
        elif self.reading not in ("indicators", "after") and (entries := inline_goals(row)):
            for name, entry in entries:
                self.goals[name].append(entry)
        elif self.reading == "indicators" and self._total(row):
            self.reading = "after"
        elif self.reading == "indicators" and self._is_note(row):
            self.noted = True
            self._after_row(row)
        elif self.reading == "after" and field_of("indicators", first_text(row)) == "total":
            self._after_row(row)
        elif self.reading == "after" and self._goes_on(row):
            self._indicators_row(row)
        elif not ((self.reading in ("header", "after") or names_project(row)) and self.header.take(row)):
            getattr(self, f"_{self.reading}_row")(row)

    def _second_line(self, row: Row) -> bool:
        """Whether the row is the second line of the heading above it."""
        if self.reading == "indicators" and not self.listing:
            found = with_second_line(self.columns, self.heading, row)
        elif self.reading == "funds" and not self.funds:
            found = with_sources(self.columns, self.heading, row)
            self.parted = row if found else self.parted
        else:
            return False
        self.columns = found or self.columns
        return found is not None

    def _beside(self, row: Row) -> bool:
        """Whether the row tells of funds whose amounts stand beside their names, or begins a table of such."""
        if self.reading in ("indicators", "after"):
            return False
        if self.reading == "funds" and labelled_fund(row, self.columns, self.funds):
            return False
        if paired := paired_fund(row):
            self.reading, (fund, self.pairs) = "pairs", paired
            self.funds.append(fund)
        elif self.reading not in ("funds", "sources") and (kept := one_kind(row, self.funds)):
            self.reading, self.pairs, self.funds = "pairs", [], kept
        elif not self.funds and (found := source_heading(row)):
            self._enter("sources", found[0], row)
            self.funds = found[1]
        else:
            return False
        self.corner = label(row[0].text) or self.corner
        self.header.take_money(row)
        return True

    def _enter(self, section: str, found: Columns, row: Row) -> None:
        self.reading, self.columns, self.heading = section, found, row
        self.goals_begun |= section == "goals"
        self.corner = label(row[0].text) if row[0].grid + row[0].span <= found.left else ""
        if places := [f"{cell.at} “{plain(cell.text)}”" for cell in found.unknown]:
            self.doubts.append(f"无法识别的表头：{'、'.join(places)}")
        if "former" in found and section == "indicators":
            self.doubts.append("表上有两栏指标值，以调整后的为准；调整后未填的，用年初的")

    def _header_row(self, row: Row) -> None:
        self.titles += map(value, filled_cells(row))

    def _funds_row(self, row: Row) -> None:
        self.managed = self.managed or bool(mentioned("labels.management.words", plain(first_text(row))))
        if not self.managed and (labelled := labelled_fund(row, self.columns, self.funds)):
            self.funds.append(labelled)
            return
        if self.managed or is_breakdown(row):
            self.notes += map(value, filled_cells(row))
            return
        fund, rest = fund_of(row, self.columns, self.heading, self.funds)
        self.funds += parts_of(fund, row, self.columns, self.parted) if fund else []
        (self.notes if self.parted else self.listing.stray).extend(rest)

    def _sources_row(self, row: Row) -> None:
        if kept := sourced(row, self.columns, self.funds):
            self.funds = kept
        elif not self.header.take(row):
            self._header_row(row)

    def _pairs_row(self, row: Row) -> None:
        """A part of a fund whose amounts stand beside their names: 其中：财政拨款 | 100 | 其中：财政拨款 | 95."""
        if fund := paired_part(row, self.pairs, self.funds):
            self.funds.append(fund)
        elif not self.header.take(row):
            self._header_row(row)

    def _goals_row(self, row: Row) -> None:
        """A row of goals, unless its own label says that it is about something else."""
        goal, outcome = (self.columns.fields[name][0] for name in self.goals)
        labels = [c for c in filled_cells(row) if c.grid < self.columns.left and amount(c.text) is None]
        cells = self.columns.cells(row)
        both = any(cell.text and cell.grid <= goal and cell.grid + cell.span > outcome for cell in row)
        if both or not all(mentioned("labels.rows.goals", plain(cell.text)) for cell in labels):
            self.notes += map(value, filled_cells(row))
            return
        for name, cell in cells.items():
            if name in self.goals and (cell.text or not (cell.merged or self.goals[name])):
                self.goals[name].append(value(cell))
        rest = self.columns.outside(row, cells)
        former = [cells["former"]] if "former" in cells and cells["former"].text else []
        self.notes += [value(c) for c in (*former, *rest) if not field_of("goals", c.text)]

    def _indicators_row(self, row: Row) -> None:
        self.listing.take(row, self.columns)

    def _total(self, row: Row) -> bool:
        found = total_of(row, self.columns, self.header) if self.listing else None
        self.total = found or self.total
        return found is not None

    def _is_note(self, row: Row) -> bool:
        """A remark, an opinion or a signature among the indicators: its first text says so, and it has no points."""
        filled = filled_cells(row)
        named = bool(pattern("labels.notes.words").match(plain(first_text(row)))) and len(filled) <= 4
        return named or (self.noted and len(filled) == 1 and amount(filled[0].text) is None)

    def _goes_on(self, row: Row) -> bool:
        """An indicator below what was taken for the total: that was the sum of a part, and stands among the notes."""
        cells = self.columns.cells(row)
        if not all(name in cells and not is_blank_text(cells[name].text) for name in ("name", "target", "result")):
            return False
        if not any(amount(cells[name].text) is not None for name in ("points", "score") if name in cells):
            return False
        self.reading = "indicators"
        self.notes += self.total.values()
        self.total = {}
        return True

    def _after_row(self, row: Row) -> None:
        scores = [plain(cell.text) for cell in row if amount(cell.text) is not None]
        stated = self.total.get("score", ABSENT).plain
        if field_of("indicators", first_text(row)) == "total" and scores and stated not in scores:
            self.doubts.append(f"{row[0].at} 又是一行总分，与前面的不同，未采用")
        self.notes += map(value, filled_cells(row))

    def _form(self) -> Form:
        captions = [t for t in self.titles if CAPTION.match(t.plain)]
        heads = [t for t in self.titles if TITLE.search(t.plain) and t not in captions]
        heads.sort(key=lambda head: not mentioned("labels.title.words", head.plain))  # after 收入支出决算总表
        year = find_year(self.header, self.titles, (*heads, *captions))
        known = {id(t) for t in (*heads[:1], *captions[:1], year)}
        self.notes[:0] = [t for t in self.titles if id(t) not in known and t.at != self.header.money.at]
        header = {name: self.header.get(name) for name in ("project", "department", "implementer")}
        if header["project"].at is None and heads and "整体" in heads[0].plain:  # a form of the whole unit
            header["project"] = header["implementer"]
        above = self.header.get("total_score")
        score = self.total.get("score") or above
        if above.is_number and score.is_number and above.number != score.number:
            self.doubts.append(f"{above.place} 的总分 {above} 与 {score.place} 的 {score} 不同，以后者为准")
        grade = self.total.get("grade") or self.header.get("grade")
        grade = replace(grade, text=ticked(grade.text)) if ticked(grade.text) != grade.plain else grade
        self.notes += self.header.unclaimed((*header.values(), score, grade, year))
        return Form(
            source=self.document.source,
            number=self.number,
            title=next(iter(heads), ABSENT),
            caption=next(iter(captions), ABSENT),
            fiscal_year=closed_up(year) if year.at else year,
            **header,
            money_unit=self.header.money,
            funds=tuple(self.funds),
            goal=join_cells(self.goals["goal"]),
            outcome=join_cells(self.goals["outcome"]),
            indicators=tuple(
                replace(item, year=next(iter(years_in(year.text)), None)) for item in self.listing.indicators
            ),
            total_points=self.total.get("points", ABSENT),
            total_score=score,
            grade=grade,
            notes=tuple(self.notes),
            stray=tuple(self.listing.stray),
            doubts=(*self.document.doubts, *self.doubts, *self._absent()),
        )

    def _absent(self) -> Iterator[str]:
        for found, name in ((self.funds, "项目资金"), (self.listing, "绩效指标")):
            if not found:
                yield f"没有读到{name}，表可能不完整，或版式未能识别，请核对原件"
        named = self.goals_begun or any(field_of("goals", note.text) == "goal" for note in self.notes)
        if named and not any(self.goals.values()):
            yield "没有读到目标和完成情况，版式未能识别，请核对原件"
