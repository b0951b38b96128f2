"""What a heading says stands under it: the fields that its cells name, in one line or two."""

from __future__ import annotations

import re
from collections.abc import Mapping

from auditkit.document import Cell, Row
from auditkit.parse.cells import filled_cells
from auditkit.parse.columns import Columns
from auditkit.quantity.numbers import amount
from auditkit.vocabulary.labels import field_of, heading_like, label
from auditkit.vocabulary.spelling import plain
from auditkit.vocabulary.terms import mentioned, table

_LETTER = re.compile(r"\(([A-Z])\)$")
_FORMULA = re.compile(r"\(?([A-Z])[/÷]([A-Z])(?:[×xX*]100%?)?\)?(?:[×xX*]100%)?$")


def named_columns(section: str, row: Row) -> Columns | None:
    """The columns that a heading names; None where it names fewer than three fields.

    A heading in the very words of a field goes before one that only holds a word telling of it; where two name the same
    field, the second cannot be told.
    """
    exact = [(name, cell) for cell in row if cell.text and (name := field_of(section, cell.text))]
    known = {cell.at for _, cell in exact}
    telling = [
        (n, cell) for cell in row if cell.text and cell.at not in known and (n := heading_like(section, cell.text))
    ]
    if len(exact) + len(telling) < 3:
        return None
    found, spare = _assigned(section, exact, telling)
    if section == "funds":
        found = _budgets(found)
        if lettered := _lettered(row):
            own = {cell.at for cell in lettered.values()}
            known = [cell for name, cell in (*exact, *telling) if cell.at not in own and name != "heading"]
            kept = {name: cell for name, cell in found.items() if name not in lettered and cell.at not in own}
            rest = [cell for cell in known if cell not in kept.values()]
            found = kept | lettered | {f"ignored {cell.grid}": cell for cell in rest}
    elif "points" in found:
        found |= _pointed(found, [cell for cell in spare if field_of(section, cell.text) == "points"])
        spare = [cell for cell in spare if cell not in found.values()]
    heading = found.pop("heading", None)
    if section == "indicators" and "name" not in found:
        found, spare = _with_name(found, spare, heading, row)
    if len(found) < 3:
        return None
    left = min(cell.grid for cell in found.values())
    told = {cell.at for cell in found.values()} | {cell.at for name, cell in exact if name == "heading"}
    rest = [cell for cell in row if label(cell.text) and not cell.merged and cell.at not in told]
    corners = frozenset(label(cell.text) for cell in row if cell.text and cell.grid < left)
    unknown = tuple(cell for cell in rest if cell.grid >= left)
    places = {name: (cell.grid, cell.span) for name, cell in found.items()}
    return Columns(places, row[-1].grid + row[-1].span, unknown, corners)


def _assigned(
    section: str, exact: list[tuple[str, Cell]], telling: list[tuple[str, Cell]]
) -> tuple[dict[str, Cell], list[Cell]]:
    """Which heading is whose, and those that are left over because another names their field."""
    found: dict[str, Cell] = {}
    spare: list[Cell] = []
    for named in (exact, telling):
        before = set(found)
        for name, cell in named:
            if name not in found:
                found[name] = cell
            elif name == "ignored":
                found[f"ignored {cell.grid}"] = cell
            elif name == "explanation" and section == "indicators":
                found |= _explained(found[name], cell)
            elif name == "target" and is_revised(cell):
                found["former"], found["target"] = found["target"], cell
            elif section == "funds" and name == "adjusted" and "initial" not in found and is_revised(cell):
                found["initial"], found["adjusted"] = found["adjusted"], cell
            elif section == "funds" and name == "adjusted" and "change" not in found and _is_after(cell, found[name]):
                found["change"], found["adjusted"] = found["adjusted"], cell
            elif section == "funds" and name not in before:  # the corner above the row labels may speak of amounts, too
                spare.append(found[name])
                found[name] = cell
            else:
                spare.append(cell)
    return found, spare


def _lettered(row: Row) -> dict[str, Cell]:
    """The columns of a rate that tells by letters what is divided by what: …（C） | …（E） | 预算执行（E/C×100%）."""
    letters = {found[1]: cell for cell in row if (found := _LETTER.search(plain(cell.text)))}
    for cell in row:
        formula = _FORMULA.search(plain(cell.text))
        divided = [letters.get(letter) for letter in formula.groups()] if formula else []
        if len(divided) < 2 or None in divided or not mentioned("labels.spent.words", label(cell.text)):
            continue
        actual, budget = divided
        known = heading_like("funds", budget.text)
        return {"execution_rate": cell, "actual": actual} | ({} if known == "initial" else {"adjusted": budget})
    return {}


def _with_name(
    found: dict[str, Cell], spare: list[Cell], heading: Cell | None, row: Row
) -> tuple[dict[str, Cell], list[Cell]]:
    """With the column of the names, whose heading may be 绩效指标 between the levels and the targets, or 二级指标 itself."""
    spared = next((cell for cell in spare if cell.grid), None)
    behind = heading and spared and heading.grid < spared.grid < found.get("target", spared).grid  # 绩效指标 | 指标
    if heading is None or not heading.grid or behind:
        heading = spared
    levels = [found[name].grid for name in ("category", "subcategory") if name in found]
    last = max(levels, default=-1)
    corner = next((cell for cell in row if cell.text and field_of("indicators", cell.text) == "heading"), None)
    if not levels and corner and corner.grid + corner.span == found.get("target", corner).grid:  # the only level
        return found | {"name": corner}, spare
    if heading and last < heading.grid < found.get("target", heading).grid:
        return found | {"name": heading}, [cell for cell in spare if cell is not heading]
    if {"category", "subcategory", "target"} <= set(found):
        between = range(last + 1, found["target"].grid)
        if not any(cell.grid in between and label(cell.text) for cell in row):
            found["name"] = found.pop("subcategory")
    return found, spare


def is_revised(cell: Cell) -> bool:
    """Whether a heading says that what stands under it was changed in the course of the year."""
    return bool(mentioned("labels.revised.words", plain(cell.text)))


def _is_after(cell: Cell, other: Cell) -> bool:
    """调整后预算数 beside 调整预算数, which is the change."""
    return is_revised(other) and "后" in label(cell.text) and "后" not in label(other.text)


def _pointed(found: Mapping[str, Cell], others: list[Cell]) -> dict[str, Cell]:
    """The points of the indicators, where every level has a column of points: those behind the indicator's name."""
    every = sorted([found["points"], *others], key=lambda cell: cell.grid)
    after = [cell for cell in every if "name" not in found or cell.grid > found["name"].grid]
    told = (after or every)[0]
    return {"points": told} | {_points_of(cell, found): cell for cell in every if cell is not told}


def _points_of(heading: Cell, found: Mapping[str, Cell]) -> str:
    """A column of points behind that of a level is the level's."""
    left = [(found[name].grid, name) for name in ("category", "subcategory") if name in found]
    before = [name for grid, name in left if grid < heading.grid]
    return (
        f"{before[-1]} points"
        if before and heading.grid < found.get("name", heading).grid
        else f"ignored {heading.grid}"
    )


def _explained(first: Cell, other: Cell) -> dict[str, Cell]:
    """The columns of an explanation: causes and measures may have one each; remarks beside them are not what counts."""
    tells = [bool(mentioned("labels.reasons.words", label(cell.text))) for cell in (first, other)]
    if all(tells):
        return {f"explanation {other.grid}": other}
    told, spare = (other, first) if tells[1] else (first, other)
    return {"explanation": told, f"ignored {spare.grid}": spare}


def _budgets(found: dict[str, Cell]) -> dict[str, Cell]:
    """Money received, or 调整数, counts as the budget where no other column tells of one after changes."""
    for name in ("received", "change"):
        whole = name == "received" or (name in found and label(found[name].text) in table("labels.change.whole"))
        if whole and name in found and "adjusted" not in found:
            found["adjusted"] = found.pop(name)
    return {"ignored change" if name == "change" else name: cell for name, cell in found.items()}


def indicator_heading(row: Row) -> Columns | None:
    """The heading of the indicators, or the first line of one whose second line names the levels."""
    found = named_columns("indicators", row)
    if found is None:
        return None
    values = {"target", "result", "points"} & set(found.fields)
    first_line = {"target", "result"} & values and len({*values, "score", "explanation"} & set(found.fields)) >= 3
    return found if ("name" in found and values) or first_line else None


def repeats_heading(row: Row) -> bool:
    """Whether a row below a heading of the indicators is one itself, in the very words: what only tells of a field is an entry."""
    return sum(bool(cell.text and field_of("indicators", cell.text)) for cell in row) > 2


def names_levels(row: Row) -> bool:
    """一级指标, 二级指标, 三级指标: only the heading of the indicators names them."""
    levels = ("category", "subcategory", "name")
    named = [cell for cell in row if cell.text and field_of("indicators", cell.text) in levels]
    return len(named) > 1 or any("指标" in cell.text for cell in named)  # 类别 alone may be that of the money


def with_second_line(first: Columns, heading: Row, row: Row) -> Columns | None:
    """The columns under a heading of two lines, such as 指标性质 | 指标值 | 度量单位 below 指标值.

    None where the row is no such line. A dump has no spans: there the second line has more cells than the first, and
    its blank ones continue the cells above.
    """
    above = {cell.grid: cell.text for cell in heading}
    fresh = [cell for cell in filled_cells(row) if cell.text != above.get(cell.grid)]
    named = {name: cell for cell in fresh if (name := _second_name(cell))}
    named = {name: cell for name, cell in named.items() if name != "heading"}
    known = [name for name, cell in named.items() if name == "target" or field_of("indicators", cell.text)]
    if len(known) < 2 or any(amount(cell.text) is not None for cell in row):
        return None
    width = row[-1].grid + row[-1].span
    moved = moved_over(first.fields, heading, row)
    below = {name: (cell.grid, cell.span) for name, cell in named.items()}
    kept = {name: place for name, place in moved.items() if name in below or place not in below.values()}
    return Columns(kept | below, max(width, first.width), first.unknown, first.corners)


def moved_over(fields: Mapping[str, tuple[int, int]], heading: Row, row: Row) -> dict[str, tuple[int, int]]:
    """Where the fields of a heading's first line stand over its second line, which is wider where a dump lost its spans."""
    more = row[-1].grid + row[-1].span - heading[-1].grid - heading[-1].span
    if more <= 0 or any(cell.span > 1 for cell in row):
        return dict(fields)
    runs: list[list[Cell]] = []  # what parts a cell above stands in a run, in which no word stands twice
    for cell in row:
        goes_on = runs and cell.text and runs[-1][0].text and cell.text not in {other.text for other in runs[-1]}
        runs = [*runs[:-1], [*runs[-1], cell]] if goes_on else [*runs, [cell]]
    if len(runs) == len(heading):
        over = {cell.grid: (run[0].grid, len(run)) for cell, run in zip(heading, runs, strict=True)}
        return {name: over[grid] for name, (grid, _) in fields.items()}
    before = next((i for i, cell in enumerate(row) if cell.text), 0)
    return {name: (grid if grid < before else grid + more, span) for name, (grid, span) in fields.items()}


def _second_name(cell: Cell) -> str:
    return "target" if label(cell.text) in table("labels.second.target") else heading_like("indicators", cell.text)


def fund_heading(row: Row) -> Columns | None:
    if sum(amount(cell.text) is not None for cell in row) > 1:
        return None
    found = named_columns("funds", row)
    amounts = {"initial", "adjusted", "actual", "execution_rate"}
    return found if found and len(amounts & set(found.fields)) >= 2 else None


def with_sources(first: Columns, heading: Row, row: Row) -> Columns | None:
    """The columns under a heading of the funds whose amounts are parted by sources in a second line.

    Each amount is then that of its first part, 总额; those of the others are named behind it: `actual 财政拨款`.
    """
    filled = filled_cells(row)
    totals = [cell for cell in filled if label(cell.text) in table("labels.exact.sources.total")]
    if len(totals) < 2 or len(filled) == len(totals) or any(amount(cell.text) is not None for cell in row):
        return None
    fields = moved_over(first.fields, heading, row)
    starts = sorted(grid for grid, _ in fields.values())
    for name, (grid, span) in list(fields.items()):
        end = next((start for start in starts if start > grid), grid + span)
        parts = [cell for cell in filled if grid <= cell.grid < end]
        if len(parts) > 1 and parts[0] in totals:
            fields |= {f"{name} {label(cell.text)}": (cell.grid, cell.span) for cell in parts[1:]}
            fields[name] = (parts[0].grid, parts[0].span)
    width = max(row[-1].grid + row[-1].span, first.width)
    return Columns(fields, width, first.unknown, first.corners)


def crosses(row: Row, columns: Columns) -> bool:
    """One text across the levels and the values: no level, whatever it is."""
    filled = filled_cells(row)
    last = max(grid for name, (grid, _) in columns.fields.items() if name not in ("explanation", "ignored"))
    return len(filled) == 1 and filled[0].grid <= columns.left and filled[0].grid + filled[0].span > last
