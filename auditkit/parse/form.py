"""Document -> Forms: keeps what was written where it was written, and computes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from auditkit.document import At, Document, Row, Table
from auditkit.errors.contents import NoForm
from auditkit.model import Form, Indicator, Kind, LeftOut
from auditkit.parse.cells import first_text, is_other_matter, join_cells
from auditkit.parse.form_bounds import document_rows, form_starts, names_project
from auditkit.parse.fund_sections import FundsTable, OneAmount, PairedFunds, SourceColumns, Uses
from auditkit.parse.funds import in_table_unit
from auditkit.parse.goals import GoalLine, Goals, InlineGoals, NumberedGoal
from auditkit.parse.head import Subheading, Titles, head_of
from auditkit.parse.indicators import Indicators
from auditkit.parse.kind import Nature
from auditkit.parse.parts import without_other_kinds
from auditkit.parse.remarks import Remark, Remarks
from auditkit.parse.section import Draft, Section
from auditkit.parse.target_form import GoalBelow, annual, as_target, projects
from auditkit.parse.unmerged import torn_titles
from auditkit.quantity.numbers import years_in
from auditkit.vocabulary.labels import field_of, label


@dataclass(frozen=True)
class Parsed:
    """The forms of a document, and the tables and sheets that are none, with the places of their cells.

    `targets` are the approved target forms among those, as they were understood.
    """

    forms: tuple[Form, ...]
    left_out: tuple[LeftOut, ...] = ()
    places: frozenset[At] = frozenset()
    targets: tuple[Form, ...] = ()


def parse(document: Document) -> list[Form]:
    """Every self-evaluation of a document, in its order. Raises Unreadable where the document is of no known kind."""
    return list(parse_parts(document).forms)


def parse_parts(document: Document) -> Parsed:
    """The same with what is left out; a document of target or monitoring forms alone has no form, and that is no fault."""
    kept = without_other_kinds(list(document_rows(document)))
    lines, left = kept.lines, kept.left_out
    starts = form_starts(lines)
    if not starts and not any(one.kind is not Kind.OTHER for one in left):
        raise NoForm(document.source, doubts="".join(f"；{said}" for said in (*document.doubts, *left)))
    forms = tuple(
        _Reader(document, number, kept.nature(lines[start:end])).read(lines[start:end])
        for number, (start, end) in enumerate(pairwise([*starts, len(lines)]), 1)
    )
    papers = [(own, nature) for part, nature in kept.targets for own in projects(part)]
    targets = (_target(document, number, *paper) for number, paper in enumerate(papers, 1))
    return Parsed(forms, left, kept.places, tuple(targets))


def _target(document: Document, number: int, rows: Sequence[Row], nature: Nature) -> Form:
    """An approved target form, of which the annual half alone is read."""
    own = annual(rows)
    return as_target(_Reader(document, number, nature).read(own), own, rows)


class _Reader:
    """Reads the rows of one form, top to bottom; `current` is the section that the present row belongs to."""

    def __init__(self, document: Document, number: int, nature: Nature) -> None:
        self.document, self.number, self.nature = document, number, nature
        tables = [block for block in document.blocks if isinstance(block, Table)]
        self._merges = any(cell.merged for table in tables for row in table.rows for cell in row)
        self.draft = draft = Draft()
        self.goals, indicators = Goals(draft), Indicators(draft)
        remarks = Remarks(draft, indicators)
        self.sections: tuple[Section, ...] = (
            Subheading(draft),
            PairedFunds(draft),
            OneAmount(draft),
            SourceColumns(draft),
            Uses(draft),
            FundsTable(draft),
            indicators,
            self.goals,
            *([GoalBelow(draft)] if nature.kind is Kind.TARGET else []),
            GoalLine(draft),
            NumberedGoal(draft),
            InlineGoals(draft),
            remarks,
            Remark(draft, remarks),
        )
        self.current: Section = Titles(draft)

    def read(self, rows: list[Row]) -> Form:
        for row in rows:
            if self.current.name == "remarks" and is_other_matter(row):
                break
            if first_text(row):
                self._row(row)
        return self._form()

    def _row(self, row: Row) -> None:
        draft = self.draft
        if draft.corner and label(row[0].text) == draft.corner:  # not merged, but written again in every row
            row = (row[0]._replace(text="", merged=True), *row[1:])
        if not row[0].at.table and self.current.name in ("funds", "goals"):  # a line of text between two tables
            if not draft.header.take(row):
                draft.note(row)
        elif not (self.current.continues(row) or self._begun(row) or self._headed(row)):
            self.current.take(row)

    def _begun(self, row: Row) -> bool:
        for section in self.sections:
            if self.current.name in section.after and section.begins(row):
                self.current = section if section.lasts else self.current
                return True
        return False

    def _headed(self, row: Row) -> bool:
        """Whether the row holds entries of the header, which may stand below the total as well."""
        return (self.current.name in ("header", "remarks") or names_project(row)) and self.draft.header.take(row)

    def _form(self) -> Form:
        draft, head = self.draft, head_of(self.draft)
        year = next(iter(years_in(head["fiscal_year"].text)), None)
        indicators, groups = draft.ownership.settled(draft.indicators)
        return Form(
            source=self.document.source,
            number=self.number,
            **head,
            funds=tuple(in_table_unit(fund, head["money_unit"].text) for fund in draft.funds),
            goal=join_cells(draft.goals["goal"]),
            outcome=join_cells(draft.goals["outcome"]),
            indicators=tuple(replace(item, year=year) for item in indicators),
            groups=groups,
            notes=tuple(draft.notes),
            stray=tuple(draft.stray),
            doubts=(*self.document.doubts, *filter(None, [self.nature.doubt]), *draft.doubts, *self._absent()),
            kind=self.nature.kind,
        )

    def _absent(self) -> Iterator[str]:
        draft = self.draft
        for block in self.document.blocks:
            yield from torn_titles(block) if isinstance(block, Table) else ()
        for found, name in ((draft.funds, "项目资金"), (draft.indicators, "绩效指标")):
            if not found:
                yield f"没有读到{name}，表可能不完整，或版式未能识别，请核对原件"
        if not self._merges and (row := next(_unpaired(draft.indicators), None)):
            yield f"第{row}项指标没有分值或得分，而文件不含合并单元格，可能与上一行共用一格，请核对原件"
        named = self.goals.begun or any(field_of("goals", note.text) == "goal" for note in draft.notes)
        if named and not any(draft.goals.values()):
            yield "没有读到目标和完成情况，版式未能识别，请核对原件"


def _unpaired(indicators: Iterable[Indicator]) -> Iterator[int]:
    """The rows that are filled in but for points or score, below one that has both."""
    for above, item in pairwise(indicators):
        blank = any(entry.at and entry.is_blank for entry in (item.points, item.score))
        told = not (item.name.is_blank or item.target.is_blank or item.result.is_blank)
        if blank and told and above.points.is_number and above.score.is_number:
            yield item.row
