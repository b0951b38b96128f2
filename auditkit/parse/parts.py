"""The parts of a file, each of one kind: which of them are read as forms, and which are named and left out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from auditkit.document import At, Row
from auditkit.model import Kind, LeftOut
from auditkit.parse.cells import filled_cells
from auditkit.parse.form_bounds import form_starts, header_field
from auditkit.parse.kind import Nature, nature_of


@dataclass(frozen=True)
class Kept:
    """The rows to read forms from, what is left out, the places of that, and the approved target forms among it."""

    lines: list[Row]
    left_out: tuple[LeftOut, ...]
    places: frozenset[At]
    natures: Mapping[tuple[At | None, int], Nature]  # of each part, by its first place and the number of its rows
    targets: tuple[tuple[list[Row], Nature], ...] = ()

    def nature(self, rows: Sequence[Row]) -> Nature:
        """The kind of a form: that of the part which it is, told once."""
        return self.natures.get(_key(rows)) or nature_of(rows)


def without_other_kinds(lines: list[Row]) -> Kept:
    """The rows of a document without those that are surely no self-evaluation.

    Rows of which nothing tells the kind are left out only where a form stands elsewhere: else they may be what is left of
    one. Where no form names its project, a sheet of other matter that does is the head of one (项目基本信息).
    """
    parts = [(part, nature_of(part)) for part in _parts(lines)]
    complete = any(nature.kind.audited and nature.certain for _, nature in parts)
    headless = not any(nature.kind.audited and _names_any(part) for part, nature in parts)
    heads = [part for part, nature in parts if headless and complete and nature.kind is Kind.OTHER and _names_any(part)]
    out = [(p, n) for p, n in parts if not n.kind.audited and (n.certain or complete) and p not in heads]
    named = tuple(_named(part, nature) for part, nature in out if any(filled_cells(row) for row in part))
    places = frozenset(cell.at for part, _ in out for row in part for cell in row)
    kept = [row for row in lines if row and row[0].at not in places] if places else lines
    natures = {_key(part): nature for part, nature in parts if part}
    return Kept(kept, named, places, natures, tuple(one for one in out if one[1].kind is Kind.TARGET))


def _key(rows: Sequence[Row]) -> tuple[At | None, int]:
    return next((row[0].at for row in rows if row), None), len(rows)


def _names_any(part: Sequence[Row]) -> bool:
    return any(header_field(row) in ("project", "unit_name") for row in part)


def _parts(lines: Sequence[Row]) -> Iterator[list[Row]]:
    """The rows of each sheet, and within it of each form; what stands before the first is of none."""
    for _, rows in groupby(filter(None, lines), lambda row: row[0].at.sheet):
        own = list(rows)
        starts = form_starts(own)
        if own[0][0].at.sheet and not starts:
            starts = [0]
        yield from (own[start:end] for start, end in pairwise([*starts, len(own)]))


def _named(part: Sequence[Row], nature: Nature) -> LeftOut:
    first = next(row[0].at for row in part if row[0].at.table or row is part[-1])
    page = f"第{first.page}页 " if first.page else ""
    return LeftOut(first.sheet or f"{page}表{first.table}", nature.kind, nature.title.one_line)
