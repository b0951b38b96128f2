"""The entries above a form's tables: labels with what stands beside or behind them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from auditkit.document import Cell, Row
from auditkit.model import ABSENT, Value
from auditkit.parse.cells import MONEY, YEAR, filled_cells, value
from auditkit.quantity.numbers import years_in
from auditkit.vocabulary.labels import field_of, heading_like
from auditkit.vocabulary.spelling import plain, seen

_UNIT = re.compile(r"[(:](万元|亿元|千元|元)\)?")
_BLANK = re.compile(r"\s(?=([^\s：]{2,12})：)")
_GAP = re.compile(r"\s{2,}|\n")  # between two entries in one cell
# A form may name its unit in weaker words; they count where the proper ones are missing.
# The form of a whole department names nothing but the department.
_STANDING_IN = {
    "project": ("unit_name",),
    "department": ("central", "both", "unit_name"),
    "implementer": ("both", "filer", "unit_name"),
}


@dataclass
class Header:
    """What the rows above the tables say; the first entry of a label counts.

    `rest` gets every text of these rows that is no entry of the form, such as 联系电话 and its number.
    """

    rest: list[Value] = field(default_factory=list)
    found: dict[str, Value] = field(default_factory=dict)
    labels: dict[str, Value] = field(default_factory=dict)
    money: Value = ABSENT

    def take(self, row: Row) -> bool:
        """Read 项目名称 | … | 主管部门 | … and 填报单位：…; true where the row had any label."""
        self.take_money(row)
        cells = [cell for cell in row if cell.text or not cell.merged]
        names = [heading_like("header", cell.text) for cell in cells]
        inline = [self._inline(cell) for cell in cells]
        used: list[Cell] = []
        for i, name in enumerate(names):
            if not name or name in self.found or name == "ignored":
                continue
            used.append(cells[i])
            own = _entry(list(zip(cells, names, inline, strict=True))[i + 1 :])
            if own is not None and not MONEY.fullmatch(plain(own.text) or "-"):
                self.found[name], self.labels[name] = value(own), value(cells[i])
                used.append(own)
        if any(names) or any(inline):
            left = [c for c, told in zip(cells, inline, strict=True) if c.text and c not in used and told != "read"]
            self.rest += [value(cell) for cell in left if not MONEY.search(plain(cell.text))]
            return True
        return False

    def take_money(self, row: Row) -> None:
        """The unit of the amounts, where the row states one: 项目资金（万元）, 单位：元."""
        for cell in row:
            unit = _UNIT.search(plain(cell.text)) if cell.text else None
            if unit and self.money.at is None:
                self.money = Value(unit[1], cell.at)
        for one, other in pairwise(filled_cells(row)):
            if self.money.at is None and field_of("money", one.text) == "unit" and MONEY.fullmatch(plain(other.text)):
                self.money = value(other)

    def get(self, name: str) -> Value:
        """The entry of a label, or of the words that stand in for it where they are not needed for another."""
        for standing in (name, *_STANDING_IN.get(name, ())):
            named_only = standing == "unit_name" and name == "department" and "project" in self.found
            if standing in self.found and not named_only:
                return self.found[standing]
        return ABSENT

    def unclaimed(self, claimed: tuple[Value, ...]) -> Iterator[Value]:
        """Every entry that is none of the form's, behind its label, a cell that holds both once."""
        places = {one.at for one in claimed} | {one.at for one in self.rest}
        for name, entry in self.found.items():
            if entry.at not in places and entry.text:
                label = self.labels[name]
                yield from (label, entry) if label.at != entry.at else (label,)
                places |= {label.at, entry.at}

    def _inline(self, cell: Cell) -> str:
        """Read 主管部门：…  实施单位：… within a cell: "read" where all of it is, "partly" where some has a label."""
        told = []
        for part in _parts(seen(cell.text).replace(":", "：")):
            words, colon, entry = part.partition("：")
            told_of = colon and entry.strip() and not MONEY.fullmatch(plain(entry))
            name = field_of("header", words) if told_of else ""
            if name and name != "ignored" and name not in self.found:
                self.found[name], self.labels[name] = Value(entry.strip(), cell.at), value(cell)
                told.append("read")
            elif part.strip():
                told.append("partly" if name else "")
        return "" if not any(told) else "read" if all(one == "read" for one in told) else "partly"


def _parts(text: str) -> Iterator[str]:
    """The entries that stand in one cell: parted by room, or by one blank where a known label comes next."""
    for part in _GAP.split(text):
        begins = [m.end() for m in _BLANK.finditer(part) if field_of("header", m[1])]
        yield from (part[at:end].strip() for at, end in pairwise([0, *begins, len(part)]))


def _is_label(cell: Cell) -> str:
    """A label of something else: 金额单位, or whatever ends in a colon."""
    return "other" if field_of("money", cell.text) or plain(cell.text).endswith(":") else ""


def _entry(after: list[tuple[Cell, str, str]]) -> Cell | None:
    """The entry of a label, among the cells behind it: the first that is filled, unless another label comes first."""
    told = next(((c, name or inline or _is_label(c)) for c, name, inline in after if name or inline or c.text), None)
    if told and not told[1]:
        return told[0]
    return after[0][0] if after and not (after[0][1] or after[0][2]) else None


def find_year(header: Header, titles: list[Value], heads: tuple[Value, ...]) -> Value:
    """The year's own entry or line, else the title or caption that names one, else one beside 填报单位：某局."""
    year = header.get("year")
    if year.at is None:
        year = next((t for t in titles if YEAR.fullmatch(MONEY.sub("", t.plain))), ABSENT)
    if years_in(year.text):
        return year
    parts = (Value(part, note.at) for note in header.rest for part in _GAP.split(seen(note.text)) if part != note.text)
    beside = (part for part in parts if YEAR.fullmatch(part.plain))
    return next((told for told in (*heads, *beside) if years_in(told.text)), year)
