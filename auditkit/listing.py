"""The rows of 绩效指标: their levels, carried down from above, and what of a row is no part of an indicator."""

from __future__ import annotations

from dataclasses import dataclass, field

from auditkit.document import Cell, Row
from auditkit.label import (
    PLACEHOLDER,
    category_of,
    field_of,
    filled_cells,
    is_subtotal,
    is_wrapped_heading,
    joined,
    label,
    value,
    whole_target,
)
from auditkit.layout import Columns, crosses
from auditkit.model import ABSENT, Indicator, Value
from auditkit.terms import table

_FIELDS = ("category", "subcategory", "name", "target", "result", "points", "score", "explanation")


@dataclass
class Listing:
    """The indicators read so far; `stray` gets the texts of their rows that belong to nothing."""

    indicators: list[Indicator] = field(default_factory=list)
    stray: list[Value] = field(default_factory=list)
    carried: dict[str, Value] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.indicators)

    def take(self, row: Row, columns: Columns) -> None:
        cells = columns.cells(row)
        entries = {name: value(cell) for name, cell in cells.items()}
        if is_subtotal(row):
            return
        for cell in columns.outside(row, cells):
            if field_of("indicators", cell.text) != "heading" and not is_wrapped_heading(cell):
                self.stray.append(value(cell))
        if crosses(row, columns):
            self.stray += map(value, filled_cells(row))
            return
        _name_execution(entries, columns)
        self._carry(entries)
        _join_explanations(entries)
        if entries.get("target", ABSENT).void and not entries.get("former", ABSENT).void:
            entries["target"] = entries["former"]
        told = [entries.get(name, ABSENT) for name in ("name", "target", "result", "points", "score")]
        if any(not entry.void and not PLACEHOLDER.fullmatch(entry.plain) for entry in told):
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
        entries["target"] = whole_target(entries)
        kept = {n: entries.get(n, ABSENT) for n in _FIELDS}
        return Indicator(
            len(self.indicators) + 1, kind=category_of(kept["category"], kept["subcategory"]), unit=unit, **kept
        )


def _name_execution(entries: dict[str, Value], columns: Columns) -> None:
    """预算执行率 in one cell for all the levels is of no level but its own."""
    told = [name for name in ("category", "subcategory", "name") if entries.get(name, ABSENT).plain]
    if told == ["category"] and "name" in columns:
        own = entries["category"]
        entries |= {"name": own} if label(own.text) in table("labels.execution.words") else {}


def _join_explanations(entries: dict[str, Value]) -> None:
    """Causes and measures in columns of their own are one explanation."""
    parts = [entries.pop(name) for name in sorted(entries) if name.startswith("explanation")]
    filled = [part for part in parts if not part.void]
    if parts:
        entries["explanation"] = joined(filled) if filled else parts[0]
