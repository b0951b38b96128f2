"""What stands above and between the tables of a form: titles, entries of the header, and headings of parts."""

from __future__ import annotations

from dataclasses import dataclass, replace

from auditkit.document import Row
from auditkit.model import ABSENT, Value
from auditkit.parse.cells import CAPTION, TITLE, closed_up, filled_cells, is_section, value
from auditkit.parse.header import APART, find_year
from auditkit.parse.section import Draft, Section
from auditkit.parse.total import ticked
from auditkit.vocabulary.terms import mentioned


@dataclass
class Titles(Section):
    """Titles, captions and the year; the entries beside them are the header's."""

    name = "header"

    def take(self, row: Row) -> None:
        self.draft.titles += map(value, filled_cells(row))


@dataclass
class Subheading(Section):
    """A heading of a part of the form, in a row of its own: 四、绩效指标完成情况."""

    after = frozenset({"header", "funds", "pairs", "sources", "goals", "indicators"})
    lasts = False

    def begins(self, row: Row) -> bool:
        if not is_section(row):
            return False
        self.draft.notes.append(value(filled_cells(row)[0]))
        self.draft.header.take_money(row)
        return True


def head_of(draft: Draft) -> dict[str, Value]:
    """The form's own entries above the tables, its total score and grade; what is left of them goes to the notes."""
    header, titles, total = draft.header, draft.titles, draft.total or {}
    captions = [t for t in titles if CAPTION.match(t.plain)]
    heads = [t for t in titles if TITLE.search(t.plain) and t not in captions]
    heads.sort(key=lambda head: not mentioned("labels.title.words", head.plain))  # after 收入支出决算总表
    year = find_year(header, titles, (*heads, *captions))
    known = {id(t) for t in (*heads[:1], *captions[:1], year)}
    draft.notes[:0] = [t for t in titles if id(t) not in known and t.at != header.money.at]
    entries = {name: header.get(name) for name in ("project", "department", "implementer")}
    if entries["project"].at is None and heads and "整体" in heads[0].plain:  # a form of the whole unit
        entries["project"] = entries["implementer"] if entries["implementer"].at else entries["department"]
    above = header.get("total_score")
    score = total.get("score") or above
    if above.is_number and score.is_number and above.number != score.number:
        draft.doubts.append(f"{above.place} 的总分 {above} 与 {score.place} 的 {score} 不同，以后者为准")
    grade = total.get("grade") or header.get("grade")
    grade = replace(grade, text=ticked(grade.text)) if ticked(grade.text) != grade.plain else grade
    draft.notes += header.unclaimed((*entries.values(), score, grade, year))
    return (
        entries
        | {name: header.apart.get(name, ABSENT) for name in APART}
        | {
            "title": next(iter(heads), ABSENT),
            "caption": next(iter(captions), ABSENT),
            "fiscal_year": closed_up(year) if year.at else year,
            "money_unit": header.money,
            "total_points": total.get("points", ABSENT),
            "total_score": score,
            "grade": grade,
        }
    )
