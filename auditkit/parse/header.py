"""The entries above a form's tables: labels with what stands beside or behind them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from auditkit.document import Cell, Row
from auditkit.model import ABSENT, Value
from auditkit.parse.cells import MONEY, YEAR, value
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
APART = ("code", "period")
_NOTED = (*APART, "ignored")  # what stays among the notes


@dataclass
class Header:
    """What the rows above the tables say; the first entry of a label counts.

    `rest` gets every text of these rows that is no entry of the form, such as 联系电话 and its number.
    """

    rest: list[Value] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    found: dict[str, Value] = field(default_factory=dict)
    apart: dict[str, Value] = field(default_factory=dict)  # by which papers of one project are matched; also in `rest`
    labels: dict[str, Value] = field(default_factory=dict)
    lines: set[str] = field(default_factory=set)  # what only a line of text above the table says, such as a stamp's
    money: Value = ABSENT

    def take(self, row: Row) -> bool:
        """Read 项目名称 | … | 主管部门 | … and 填报单位：…; true where the row had any label.

        What stands behind a label is its entry, whatever it says, unless it is the label of another.
        """
        cells = [cell for cell in row if cell.text or not cell.merged]
        paired = _paired(cells)
        taken = {entry for entry in paired.values() if entry is not None and not _is_money(cells[entry])}
        self._take_unit([(cells[i], cells[j]) for i, j in paired.items() if j is not None])
        self.take_money(cell for i, cell in enumerate(cells) if i not in taken)
        alone = sum(bool(cell.text) for cell in cells) == 1
        used, known = set(), False
        for i, cell in enumerate(cells):
            name = heading_like("header", cell.text) if i in paired else ""
            read = self._inline(cell, alone) if i not in paired and i not in taken else ""
            known |= bool(name or read)
            if name in APART and paired[i] is not None:
                self.apart.setdefault(name, value(cells[paired[i]]))
            if read == "read" or (name and name not in _NOTED and self._keep(name, cells, i, paired[i])):
                used |= {i, paired.get(i)}
        if known:
            left = (cell for i, cell in enumerate(cells) if cell.text and i not in used)
            self.rest += [value(cell) for cell in left if not MONEY.search(plain(cell.text))]
        return known

    def _keep(self, name: str, cells: list[Cell], at: int, entry: int | None) -> bool:
        """Whether a label and its entry are the first of their name; a blank one gives way to one that is filled."""
        own = cells[entry] if entry is not None else None
        filled = own is not None and own.text
        weak = self.found[name].text == "" or name in self.lines if name in self.found else True
        if not weak or (name in self.found and not filled):
            return False
        if name in self.lines:
            line = self.labels[name]
            self.rest += [] if any(told.at == line.at for told in self.rest) else [line]
            self.lines.remove(name)
        if own is not None and not _is_money(own):
            self.found[name], self.labels[name] = value(own), value(cells[at])
        elif own is not None and not plain(cells[at].text).endswith(
            ":"
        ):  # 填报单位（盖章）： may leave room for the stamp
            self._doubt(cells[at].text, own)
        return True

    def _doubt(self, words: str, cell: Cell) -> None:
        self.doubts.append(f"{cell.at} “{plain(words)}”之后是金额单位“{plain(cell.text)}”，未作为填报内容")

    def take_money(self, cells: Iterable[Cell]) -> None:
        """The unit of the amounts, where labels or headings state one: 项目资金（万元）, 单位：元."""
        for cell in cells:
            if unit := _UNIT.search(plain(cell.text)) if cell.text else None:
                self._set_money(Value(unit[1], cell.at))

    def _take_unit(self, pairs: list[tuple[Cell, Cell]]) -> None:
        for one, other in pairs:
            if field_of("money", one.text) == "unit" and MONEY.fullmatch(plain(other.text)):
                self._set_money(value(other))

    def _set_money(self, unit: Value) -> None:
        """The first unit that is stated counts; another one below it is doubted."""
        if self.money.at is None:
            self.money = unit
        elif unit.text != self.money.text:
            self.doubts.append(f"金额单位前后不同：{self.money.place} “{self.money}”，{unit.place} “{unit}”，按前者读")

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

    def _inline(self, cell: Cell, alone: bool) -> str:
        """Read 主管部门：…  实施单位：… within a cell: "read" where all of it is, "partly" where some has a label."""
        told = []
        for part in _parts(seen(cell.text).replace(":", "：")):
            words, colon, entry = part.partition("：")
            name = field_of("header", words) if colon and entry.strip() else ""
            if name and MONEY.fullmatch(plain(entry)):
                if ":" in plain(entry):
                    self._doubt(words, cell._replace(text=entry))
                name = ""
            if name in APART:
                self.apart.setdefault(name, Value(entry.strip(), cell.at))
            if name and name not in _NOTED and name not in self.found:
                self.found[name], self.labels[name] = Value(entry.strip(), cell.at), value(cell)
                self.lines |= {name} if alone else set()
                told.append("read")
            elif part.strip():
                told.append("partly" if name else "")
        return "" if not any(told) else "read" if all(one == "read" for one in told) else "partly"


def _parts(text: str) -> Iterator[str]:
    """The entries that stand in one cell: parted by room, or by one blank where a label comes next."""
    for part in _GAP.split(text):
        begins = [found.end() for found in _BLANK.finditer(part)]
        yield from (part[at:end].strip() for at, end in pairwise([0, *begins, len(part)]))


def _paired(cells: list[Cell]) -> dict[int, int | None]:
    """The place of each label with that of its entry: the next cell that is filled, unless that is another label.

    A cell right behind a label that only holds a word telling of another is the entry: 实施单位见附件.
    """
    paired: dict[int, int | None] = {}
    at = 0
    while at < len(cells):
        if _is_label(cells[at]):
            after = next((i for i in range(at + 1, len(cells)) if cells[i].text), None)
            blank = at + 1 if at + 1 < len(cells) and at + 1 != after else None
            own = after is not None and not (_is_label(cells[after]) if blank else _is_exact_label(cells[after]))
            beyond = (
                next((i for i in range(after + 1, len(cells)) if cells[i].text), None) if after is not None else None
            )
            if blank and beyond is not None and not _is_label(cells[beyond]):  # 联系人 | 某某 behind a blank entry
                own = False
            own = own and not (plain(cells[at].text).endswith(":") and _begins_label(cells[after]))
            paired[at] = after if own else blank
            at = paired[at] or at
        at += 1
    return paired


def _is_money(cell: Cell) -> bool:
    return bool(cell.text and MONEY.fullmatch(plain(cell.text)))


def _is_label(cell: Cell) -> bool:
    return bool(heading_like("header", cell.text)) or _is_exact_label(cell)


def _is_exact_label(cell: Cell) -> bool:
    """A label in its very words, or of something else: 金额单位, or whatever ends in a colon."""
    words = plain(cell.text)
    alone = words.endswith(":") and words.count(":") == 1  # and no line of entries of which the last is blank
    return bool(field_of("header", cell.text) or field_of("money", cell.text)) or alone


def _begins_label(cell: Cell) -> bool:
    """Whether a text begins with a label of its own, which has its entry behind it: 实施单位：某局."""
    words, colon, _ = plain(cell.text).partition(":")
    return bool(colon and field_of("header", words))


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
