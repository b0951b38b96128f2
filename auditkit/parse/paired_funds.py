"""Funds whose amounts stand beside, behind or below names of their own, and not under a heading with a row for each source."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from auditkit.document import Cell, Row
from auditkit.model import Fund, Source, Value
from auditkit.parse.cells import filled_cells, value
from auditkit.parse.columns import Columns
from auditkit.parse.funds import AMOUNTS, FIELDS, points_in, source_named, source_of
from auditkit.parse.headings import is_revised
from auditkit.quantity.numbers import amount, percentage
from auditkit.vocabulary.labels import field_of, heading_like, label
from auditkit.vocabulary.spelling import is_blank_text, plain
from auditkit.vocabulary.terms import mentioned

_KINDS = (*AMOUNTS, "execution_rate", "points", "score")
_FIGURE = re.compile(r"\d")
_LABELLED = re.compile(r"(?P<words>\D*?)[:：\s]*(?P<figure>-?\d[\d,]*(?:\.\d+)?%?)?\s*(?:万元|元)?")


def paired_fund(row: Row) -> tuple[Fund, list[str]] | None:
    """The only funds of a form whose amounts stand beside their names: 年初预算数 | 100 | 全年预算数 | 120 | 全年执行数 | 118.

    With them the amounts in the order of the row; nothing for one that is not used, such as 到位数 beside 预算数. What stands
    behind a name is its entry, whatever it says.
    """
    if not any(_FIGURE.search(cell.text) for cell in row):
        return None
    found: dict[str, Cell] = {}
    pairs = _pairs(row)
    for name, words, cell in pairs:
        if name == "adjusted" and name in found and is_revised(words):
            found.setdefault("initial", found[name])
            found[name] = cell
        found.setdefault(name, cell)
    amounts = [cell for name, cell in found.items() if name in AMOUNTS]
    if len(amounts) < 2 or not any(map(_is_number, amounts)):
        return None
    entries = {name: value(cell) for name, cell in found.items() if name in FIELDS}
    told = {cell.at for cell in found.values()}
    entries.setdefault("points", points_in(tuple(cell for cell in row if cell.at not in told)))
    names = {cell.at: name for name, cell in found.items()}
    order = [names.get(cell.at, "") for name, _, cell in pairs if name in AMOUNTS]
    return Fund(Source.TOTAL, value(filled_cells(row)[0]), **entries), order


def _pairs(row: Row) -> list[tuple[str, Cell, Cell]]:
    """What each entry of a row is called by the name before it, or before it in the same cell, with both.

    Names and entries take turns, from the first cell or behind a corner, between blank columns or with blank entries:
    whichever gives more figures their names.
    """
    ways = (list(_turns(cells[start:])) for cells in _filled_or_all(row) for start in (0, 1))
    return max(ways, key=lambda turns: sum(_is_figure(cell) for _, _, cell in turns))


def _filled_or_all(row: Row) -> tuple[list[Cell], list[Cell]]:
    """The cells of a row, without the blank columns between them, and with entries that are blank."""
    return filled_cells(row), [cell for cell in row if cell.text or not cell.merged]


def _turns(cells: list[Cell]) -> Iterator[tuple[str, Cell, Cell]]:
    rest = iter(cells)
    for one in rest:
        words, figure = _behind(one) if _FIGURE.search(one.text) else (one, None)
        if figure and figure.text and _kind(words):
            yield _kind(words), words, figure
        elif one.text and (entry := next(rest, None)) and (name := _kind(one) or _whole(one)):
            yield name, one, entry


def paired_part(row: Row, names: list[str], before: list[Fund]) -> Fund | None:
    """A source that is named before each of its amounts, which come in the order of the row above."""
    for cells in _filled_or_all(row):
        labels, amounts = cells[::2], cells[1::2]
        alike = len({label(cell.text) for cell in labels}) == 1
        if not alike or len(amounts) != len(names) or len(labels) != len(names):
            continue
        if source := source_of(labels[0], before, amounts=False):
            told = {name: value(cell) for name, cell in zip(names, amounts, strict=True) if name}
            return Fund(source, value(labels[0]), **told)
    return None


def one_kind(row: Row, before: list[Fund]) -> list[Fund] | None:
    """The funds with what a row tells of one amount, in all and by sources: 预算数 | 45 | 财政拨款 | 45 | 其他资金 | 0.

    None where the row is no such. The first of these rows stands beside a corner that speaks of money, or has sources.
    """
    filled = filled_cells(row)
    if not filled or not (_kind(filled[0]) or mentioned("labels.money.words", label(filled[0].text))):
        return None
    corner = filled[0]
    if not any(_FIGURE.search(cell.text) for cell in row):
        return None
    own = bool(_kind(corner) or _whole(corner))
    rest = row[row.index(corner) + (not own) :]
    named = next((told for cells in _filled_or_all(rest) if (told := _named(cells))), [])
    if not named or (own and len(named) < 2 and not before):
        return None
    first = _kind(named[0][0])
    if not first and not before and all(source_named(one) for one, _ in named):  # 资金总额 | 60 | 财政拨款 | 60
        first = _whole(named[0][0])
    elif not before and not field_of("funds", named[0][0].text):  # only the very words of an amount begin a table
        return None
    if not first:
        return None
    funds = list(before) or [Fund(Source.TOTAL, value(corner), points=points_in((corner,)))]
    if funds[0].source is not Source.TOTAL or getattr(funds[0], first).at:
        return None
    for one, other in named:
        kind, words = _kind(one), label(one.text)
        at = (
            0
            if kind or one is named[0][0]
            else next((i for i, f in enumerate(funds) if label(f.label.text) == words), len(funds))
        )
        told = funds[at] if at < len(funds) else Fund(source_of(one, funds, amounts=True), value(one))
        funds[at : at + 1] = [replace(told, **{kind or first: value(other)})]
    return funds


def _named(cells: list[Cell]) -> list[tuple[Cell, Cell]]:
    """Names of amounts or of sources with the entry behind each; nothing where they do not take turns, or none is a figure."""
    turns = list(zip(cells[::2], cells[1::2], strict=False))
    pairs = [pair for pair in turns if pair[0].text]
    names = [one for one, _ in pairs]
    told = all(label(one.text) and not _is_figure(one) and _names_money(one) for one in names)
    lost = (len(cells) % 2 and cells[-1].text) or any(entry.text and not one.text for one, entry in turns)
    return pairs if told and not lost and any(_is_number(other) for _, other in pairs) else []


def uses_of(row: Row) -> list[Fund]:
    """基本支出总额 | 850 | 项目支出总额 | 250: what the money is for, before the table of the funds."""
    for cells in _filled_or_all(row):
        pairs = list(zip(cells[::2], cells[1::2], strict=False))
        if pairs and len(cells) % 2 == 0 and all(source_named(one) is Source.USE for one, _ in pairs):
            return [Fund(Source.USE, value(one), adjusted=value(other)) for one, other in pairs]
    return []


def source_heading(row: Row) -> tuple[Columns, list[Fund]] | None:
    """Columns that are headed by the sources, 合计 | 财政拨款 | 其他资金, over a row for each amount; the funds, still bare."""
    filled = filled_cells(row)
    named = [(source, cell) for cell in filled if (source := source_named(cell))]
    first = named[0][1].grid if len(named) > 1 else 0
    rest = [cell for cell in filled if cell.grid > first and not source_named(cell)]
    if not first or any(field_of("funds", cell.text) not in ("explanation", "ignored") for cell in rest):
        return None
    places = {str(i): (cell.grid, cell.span) for i, (_, cell) in enumerate(named)}
    bare = [Fund(source, value(cell)) for source, cell in named]
    return Columns(places, row[-1].grid + row[-1].span, ()), bare


def sourced(row: Row, columns: Columns, before: list[Fund]) -> list[Fund] | None:
    """The funds with the amounts of a row under `source_heading`; None where the row names no amount."""
    labels = [cell for cell in columns.aligned(row) if cell.text and cell.grid < columns.left]
    kind = _kind(labels[-1]) if labels else ""
    if not kind:
        return None
    cells = columns.cells(row)
    first = len(before) - len(columns.fields)
    return [
        replace(fund, **{kind: value(cells[str(i)])}) if str(i) in cells and not getattr(fund, kind).text else fund
        for i, fund in enumerate(before, -first)
    ]


def labelled_fund(row: Row, columns: Columns, before: list[Fund]) -> Fund | None:
    """A fund whose name stands again in each of its columns: 其中：财政资金 | 500 | 其中：财政资金 480 | 96%.

    What stands in them under names of the amounts themselves (预算数： | 500) is the total.
    """
    order = sorted(columns.fields, key=lambda name: columns.fields[name])
    names = [name for name in order if name in AMOUNTS or name == "received"]
    after = [name for name in order if name in FIELDS and name not in names]
    if len(names) < 2:
        return None
    if placed := _under(row, columns, names):
        labels, cells = placed, columns.cells(row)
        tail = [value(cells[name]) if name in cells else Value() for name in after]
    elif row[-1].grid + row[-1].span == columns.width:
        return None
    else:  # a row of a dump, in which the cells are not under their headings
        told = list(_told(row))
        labels, tail = [one for one in told if one[0]], [one[1] for one in told if not one[0]]
    if len(labels) != len(names):
        return None
    words, cell = labels[0][0], labels[0][2]
    kinds = [heading_like("funds", one[0]) for one in labels]
    own = Cell(words, cell.at, cell.grid, cell.span)
    if not all(kinds) and len({plain(one[0]) for one in labels}) > 1:
        return None
    source = Source.TOTAL if all(kinds) else source_of(own, before, amounts=True)
    entries = {name: one[1] for name, one in zip(names, labels, strict=True) if one[1].at}
    entries |= dict(zip(after, tail, strict=False))
    entries.pop("received", None)
    return Fund(source, value(own), **entries) if source else None


def _under(row: Row, columns: Columns, names: list[str]) -> list[tuple[str, Value, Cell]]:
    """The name and the entry under each heading of an amount: in two cells, or in one; nothing where one has neither."""
    found: list[tuple[str, Value, Cell]] = []
    for name in names:
        grid, span = columns.fields[name]
        cells = [c for c in row if grid <= c.grid < grid + span and (c.text or not c.merged)]
        if len(cells) == 2 and not _is_figure(cells[0]):
            found.append((cells[0].text, value(cells[1]), cells[0]))
        elif len(cells) == 1 and (known := [w for w, _, _ in found if cells[0].text.startswith(w)]):
            found.append((known[0], Value(cells[0].text[len(known[0]) :].strip(" :："), cells[0].at), cells[0]))
        elif len(cells) == 1 and found and (parts := cells[0].text.replace(":", "：").partition("："))[1]:
            found.append((parts[0] + parts[1], Value(parts[2].strip(), cells[0].at), cells[0]))
        elif len(cells) == 1 and found and (told := _labelled(cells[0])) and told["figure"]:
            found.append((told["words"], Value(told["figure"], cells[0].at), cells[0]))
        else:
            return []
    return found


def _told(row: Row) -> Iterator[tuple[str, Value, Cell]]:
    """The names of a row with the figures behind them, and the figures without a name."""
    name: tuple[str, Cell] | None = None
    for cell in filled_cells(row):
        found = _labelled(cell)
        figure = found["figure"] if found else None
        words = found["words"] if found and figure else cell.text
        words, figure = ("", cell.text) if _is_figure(cell) else (words, figure)
        if words and name:
            yield name[0], Value(), name[1]
        name = (words, cell) if words else name
        if figure:
            yield name[0] if name else "", Value(figure, cell.at), name[1] if name else cell
            name = None
    if name:
        yield name[0], Value(), name[1]


def _kind(cell: Cell) -> str:
    name = heading_like("funds", cell.text)
    return "adjusted" if name == "received" else name if name in _KINDS else ""


def _labelled(cell: Cell) -> re.Match[str] | None:
    """A name with a figure behind it; a long text is neither, and would take long to try."""
    return _LABELLED.fullmatch(plain(cell.text)) if len(cell.text) <= 60 else None


def _behind(cell: Cell) -> tuple[Cell, Cell]:
    """A name and the figure behind it in the same cell: 执行率：98%."""
    found = _labelled(cell)
    words, figure = (found["words"], found["figure"] or "") if found else ("", "")
    return cell._replace(text=words), cell._replace(text=figure if words else "")


def _whole(cell: Cell) -> str:
    """资金总额 beside what was spent of it is the budget."""
    return "adjusted" if source_named(cell) is Source.TOTAL else ""


def _names_money(cell: Cell) -> bool:
    """Whether a text names an amount or a source, in whatever words, and no entry of the header: 自评等级."""
    return bool(_kind(cell) or (source_of(cell, [], amounts=True) and not heading_like("header", cell.text)))


def _is_figure(cell: Cell) -> bool:
    return _is_number(cell) or is_blank_text(cell.text)


def _is_number(cell: Cell) -> bool:
    return amount(cell.text) is not None or percentage(cell.text) is not None
