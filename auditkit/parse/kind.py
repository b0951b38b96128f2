"""What kind of document some rows are, by their own words: the title above them, and the headings of their columns."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from auditkit.document import Cell, Row
from auditkit.model import ABSENT, Kind, Value
from auditkit.parse.cells import TITLE, filled_cells, value
from auditkit.parse.columns import Columns
from auditkit.parse.form_bounds import header_field
from auditkit.parse.goals import goal_heading
from auditkit.parse.headings import fund_heading, indicator_heading, names_levels
from auditkit.parse.titles import purpose_of
from auditkit.vocabulary.labels import field_of, label
from auditkit.vocabulary.spelling import plain
from auditkit.vocabulary.terms import mentioned, pattern

_LONGEST_TITLE = 50  # letters; a longer line is a sentence
_TITLES_WITHIN = 12  # filled rows above the first entry, among which the titles are
_PART = re.compile(r"\(?[一二三四五六七八九十]{1,2}[)、.]")  # 一、基本信息 is the heading of a part, and titles nothing
_EVALUATION = "evaluation"
_OTHERS = ("monitoring", "review", "former")  # what a heading may tell that no self-evaluation has


@dataclass(frozen=True)
class Nature:
    """The kind of some rows, the title that told it, and what speaks against it.

    `certain` is False where no word tells the kind: such rows may be the rest of a form that begins elsewhere.
    """

    kind: Kind
    title: Value = ABSENT
    doubt: str = ""
    certain: bool = True


def nature_of(rows: Sequence[Row]) -> Nature:
    """The kind of rows that belong together.

    The title goes before the columns, unless these hold what only a self-evaluation has: then it is one, with a doubt.
    """
    title, purpose = _titled(rows)
    evaluation = Nature(_scope(rows, title), title)
    if purpose == _EVALUATION:
        return evaluation
    found = _columns(rows)
    doubtful = Nature(evaluation.kind, title, _contradiction(title)) if title.at else evaluation
    evaluated = not found.isdisjoint(("result", "score", "outcome"))
    match purpose:
        case "monitoring":
            return doubtful if "score" in found else Nature(Kind.MONITORING, title)
        case "review":
            return doubtful if evaluated and "review" not in found else Nature(Kind.REVIEW, title)
        case "other":
            return doubtful if evaluated and "indicators" in found else Nature(Kind.OTHER, title)
        case _ if {"monitoring", "indicators"} <= found and "score" not in found:
            return Nature(Kind.MONITORING, title)
        case "target":
            return doubtful if evaluated else Nature(Kind.TARGET, title)
    if "review" in found and found.isdisjoint(("spent", "outcome")):  # no form is without all of its own sections
        return Nature(Kind.REVIEW)
    if evaluated:
        return evaluation
    if "indicators" in found and "spent" not in found:
        return Nature(Kind.TARGET)
    return Nature(evaluation.kind if found else Kind.OTHER, certain=False)


def _contradiction(title: Value) -> str:
    return f"{title.place} 的标题“{title.one_line}”不是自评表的，但表中有自评的栏目，已按自评表审核，请核对"


def _titled(rows: Sequence[Row]) -> tuple[Value, str]:
    """The title of rows and what it says they are for, nothing where none does; a sheet is titled by its name as well."""
    titles = list(_titles(rows))
    titles.sort(key=lambda one: not TITLE.search(one.plain))
    at = rows[0][0].at if rows else None
    named = [Value(at.sheet, rows[0][0].at)] if at and at.sheet else []
    told = ((one, purpose_of(one.plain)) for one in (*titles, *named))
    return next(((one, purpose) for one, purpose in told if purpose), (ABSENT, ""))


def _titles(rows: Sequence[Row]) -> Iterator[Value]:
    """Texts that stand alone above the first entry."""
    above = 0
    for row in rows:
        filled = filled_cells(row)
        above += bool(filled)
        if above > _TITLES_WITHIN or header_field(row) in ("project", "unit_name") or names_levels(row):
            return
        text = plain(filled[0].text) if len(filled) == 1 else ""
        if text and len(text) <= _LONGEST_TITLE and ":" not in text and not _PART.match(text):
            yield value(filled[0])


def _columns(rows: Sequence[Row]) -> set[str]:
    """What the headings tell: the fields of the indicators, `spent` money, an `outcome`, and what only other kinds have."""
    found: set[str] = set()
    for row in rows:
        indicators = indicator_heading(row)
        columns = indicators or fund_heading(row)
        if columns or names_levels(row):
            found |= _foreign(row)
        if indicators or names_levels(row):
            found.add("indicators")
            found |= {name for name in ("target", "result", "score") if indicators and _is_own(row, indicators, name)}
        elif columns and any(_is_own(row, columns, name) for name in ("actual", "execution_rate")):
            found.add("spent")
        elif goal_heading(row) or any(field_of("goals", cell.text) == "outcome" for cell in filled_cells(row)):
            found.add("outcome")
    return found


def _foreign(row: Row) -> set[str]:
    return {name for name in ("monitoring", "review") if any(_tells(name, cell) for cell in filled_cells(row))}


def _is_own(row: Row, columns: Columns, name: str) -> bool:
    """Whether a heading has a column in words that no other kind of document has."""
    grid = columns.fields.get(name, (None, 0))[0]
    return any(cell.grid == grid and not any(_tells(other, cell) for other in _OTHERS) for cell in row)


def _tells(name: str, cell: Cell) -> bool:
    return bool(pattern(f"kinds.heading.{name}").search(label(cell.text)))


def _scope(rows: Sequence[Row], title: Value) -> Kind:
    """Whether a self-evaluation is of a project, of a whole department, or of a transfer payment without points."""
    if mentioned("kinds.scope.department", title.plain):
        return Kind.DEPARTMENT
    labels = [plain(title.text)]
    for row in rows:
        if names_levels(row):
            break
        labels += [label(cell.text) for cell in filled_cells(row)[:2]]
    transfer = any(len(text) <= _LONGEST_TITLE and mentioned("kinds.scope.transfer", text) for text in labels)
    return Kind.TRANSFER if transfer and not _has_points(rows) else Kind.SELF_EVALUATION


def _has_points(rows: Sequence[Row]) -> bool:
    headings = (heading for row in rows if (heading := indicator_heading(row) or fund_heading(row)))
    return any({"points", "score"} & set(heading.fields) for heading in headings)
