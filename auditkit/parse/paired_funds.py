"""Funds whose amounts stand beside, behind or below names of their own, and not under a heading with a row for each source."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

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

    With them the amounts in the order of the row; nothing for one that is not used, such as 到位数 beside 预算数.
    """
    found: dict[str, Cell] = {}
    pairs = _paired(row)
    told = [one for one in pairs if amount(one[2].text) is not None or percentage(one[2].text)]
    for name, words, cell in told:
        if name == "adjusted" and name in found and is_revised(words):
            found.setdefault("initial", found[name])
            found[name] = cell
        found.setdefault(name, cell)
    if len({"initial", "adjusted", "actual"} & set(found)) < 2:
        return None
    for name, _, cell in pairs:  # an amount in words
        if name in AMOUNTS and not (_kind(cell) or source_named(cell)):
            found.setdefault(name, cell)
    entries = {name: value(cell) for name, cell in found.items() if name in FIELDS}
    entries.setdefault("points", points_in(row))
    names = {cell.at: name for name, cell in found.items()}
    order = [names.get(cell.at, "") for name, _, cell in told if name in AMOUNTS]
    return Fund(Source.TOTAL, value(filled_cells(row)[0]), **entries), order


def _paired(row: Row) -> list[tuple[str, Cell, Cell]]:
    """What each text of a row is called by the name before it, with both."""
    filled = filled_cells(row)
    behind = (_behind(cell) for cell in filled if _FIGURE.search(cell.text))
    pairs = [*pairwise(filled), *(pair for pair in behind if pair[1].text)]
    named = [(_kind(one) or _whole(one), one, other) for one, other in pairs]
    return [one for one in named if one[0]]


def paired_part(row: Row, names: list[str], before: list[Fund]) -> Fund | None:
    """A source that is named before each of its amounts, which come in the order of the row above."""
    filled = filled_cells(row)
    labels, amounts = filled[::2], filled[1::2]
    if len(amounts) != len(names) or len(labels) != len(names) or any(amount(c.text) is None for c in amounts):
        return None
    source = source_of(labels[0], before, amounts=False)
    if source is None or len({label(cell.text) for cell in labels}) > 1:
        return None
    told = {name: value(cell) for name, cell in zip(names, amounts, strict=True) if name}
    return Fund(source, value(labels[0]), **told)


def one_kind(row: Row, before: list[Fund]) -> list[Fund] | None:
    """The funds with what a row tells of one amount, in all and by sources: 预算数 | 45 | 财政拨款 | 45 | 其他资金 | 0.

    None where the row is no such. The first of these rows stands beside a corner that speaks of money, or has sources.
    """
    filled = filled_cells(row)
    if not filled or not (_kind(filled[0]) or mentioned("labels.money.words", label(filled[0].text))):
        return None
    corner = filled[0]
    own = bool(_kind(corner) or _whole(corner))
    named = _figures([cell for cell in row[row.index(corner) + (not own) :] if cell.text or not cell.merged])
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
    if funds[0].source is not Source.TOTAL or getattr(funds[0], first).is_number or is_blank_text(named[0][1].text):
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


def _figures(cells: list[Cell]) -> list[tuple[Cell, Cell]]:
    """Names with the figure, or the blank, that stands behind each; nothing where something else stands there."""
    named: list[tuple[Cell, Cell]] = []
    rest = iter(cells)
    for cell in rest:
        if not cell.text:
            continue
        after = next(rest, None)
        if after is None or not label(cell.text) or _is_figure(cell) or not _is_figure(after):
            return []
        named.append((cell, after))
    return named


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
    return [
        replace(fund, **{kind: value(cells[str(i)])}) if str(i) in cells and not getattr(fund, kind).text else fund
        for i, fund in enumerate(before)
    ]


def labelled_fund(row: Row, columns: Columns, before: list[Fund]) -> Fund | None:
    """A fund whose name stands again in each of its columns: 其中：财政资金 | 500 | 其中：财政资金 480 | 96%.

    What stands in them under names of the amounts themselves (预算数： | 500) is the total.
    """
    order = sorted(columns.fields, key=lambda name: columns.fields[name])
    names = [name for name in order if name in AMOUNTS or name == "received"]
    told = list(_told(row))
    labels, tail = [one for one in told if one[0]], [one[1] for one in told if not one[0]]
    if len(names) < 2 or len(labels) != len(names):
        return None
    words, cell = labels[0][0], labels[0][2]
    kinds = [heading_like("funds", one[0]) for one in labels]
    own = Cell(words, cell.at, cell.grid, cell.span)
    if not all(kinds) and len({plain(one[0]) for one in labels}) > 1:
        return None
    source = Source.TOTAL if all(kinds) else source_of(own, before, amounts=True)
    entries = {name: one[1] for name, one in zip(names, labels, strict=True) if one[1].text}
    after = [name for name in order if name in FIELDS and name not in names]
    entries |= dict(zip(after, tail, strict=False))
    entries.pop("received", None)
    return Fund(source, value(own), **entries) if source else None


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


def _is_figure(cell: Cell) -> bool:
    return amount(cell.text) is not None or percentage(cell.text) is not None or is_blank_text(cell.text)
