"""The entries above a form's tables: labels with what stands beside or behind them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from auditkit.document import Row
from auditkit.layout import MONEY, field_of, heading_like, value
from auditkit.model import ABSENT, Value
from auditkit.numeral import plain

_UNIT = re.compile(r"[(:](万元|亿元|千元|元)\)?")
# A form may name its unit in weaker words; they count where the proper ones are missing.
_STANDING_IN = {"project": ("unit_name",), "implementer": ("filer", "unit_name")}


@dataclass
class Header:
    """What the rows above the tables say; the first entry of a label counts."""

    found: dict[str, Value] = field(default_factory=dict)
    money: Value = ABSENT

    def take(self, row: Row) -> bool:
        """Read 项目名称 | … | 主管部门 | … and 填报单位：…; true where the row had any label."""
        self.take_money(row)
        cells = [cell for cell in row if cell.text or not cell.merged]
        names = [heading_like("header", cell.text) for cell in cells]
        inline = [self._inline(cell.text, value(cell)) for cell in cells]
        for i, name in enumerate(names):
            if name and name not in self.found:
                after = list(zip(cells, names, inline, strict=True))[i + 1 :]
                told = next(((c, n or told) for c, n, told in after if n or told or c.text), None)
                own = (
                    told[0]
                    if told and not told[1]
                    else after[0][0]
                    if after and not (after[0][1] or after[0][2])
                    else None
                )
                if own is not None and not MONEY.fullmatch(plain(own.text) or "-"):
                    self.found[name] = value(own)
        return any(names) or any(inline)

    def take_money(self, row: Row) -> None:
        """The unit of the amounts, where the row states one: 项目资金（万元）, 单位：元."""
        for cell in row:
            unit = _UNIT.search(plain(cell.text)) if cell.text else None
            if unit and self.money.at is None:
                self.money = Value(unit[1], cell.at)

    def get(self, name: str) -> Value:
        """The entry of a label, or of the words that stand in for it where they are not needed for another."""
        for standing in (name, *_STANDING_IN.get(name, ())):
            taken = standing == "unit_name" and name != "project" and "project" not in self.found
            if standing in self.found and not taken:
                return self.found[standing]
        return ABSENT

    def _inline(self, text: str, cell: Value) -> bool:
        words, colon, told = text.replace(":", "：").partition("：")
        name = field_of("header", words) if colon and told.strip() else ""
        if name and name not in self.found and not MONEY.fullmatch(plain(told)):
            self.found[name] = Value(told.split("  ")[0].strip(), cell.at)
        return bool(name)
