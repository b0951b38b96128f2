"""A year's tables in files: Parquet where pyarrow is installed, JSON lines elsewhere; read again row by row.

Below the folder of a table lie those of year and department (`year=2021/department=…`), whose names hold nothing of a form
but letters and digits; the department as it is written stands in the rows. A part is named by the forms in it, so that
writing it twice leaves it once.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from decimal import Decimal
from importlib.util import find_spec
from io import BytesIO
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from auditkit.errors.runs import NotOurs, OtherRulebook
from auditkit.errors.usage import ExtraMissing
from auditkit.model import Outcome
from auditkit.pipeline import across_as_json
from auditkit.report.year.dataset import OF_FORMS, TABLES, TALLIED, ColumnKind, Rows, Tally, file_rows, rows_of
from auditkit.report.year.facts import FIRST, worst_first
from auditkit.report.year.rows import PLACES, FileRow, FormLine, FormRow, line_of
from auditkit.report.year.views import Year
from auditkit.rulebooks.loader import Rulebook

if TYPE_CHECKING:
    import pyarrow

FACTS = "year.json"
AT_ONCE = 1_000  # forms whose rows are gathered before they are written: what a dataset being written holds
WIDTH = 38  # digits of a figure: 26 before the point, where the grammar of forms allows 15


@dataclass
class Parts:
    """Writes the dataset of a run: `write` takes the name of a file and what is in it."""

    write: Callable[[str, bytes], None]
    parquet: bool = field(default_factory=lambda: find_spec("pyarrow") is not None)
    _rows: dict[str, Rows] = field(default_factory=lambda: defaultdict(lambda: {name: [] for name in OF_FORMS}))
    _gathered: int = 0

    def add(self, row: FormRow, tally: Tally | None = None) -> FormLine:
        """Write of one form, whose findings are counted too where that is wanted; returns the line that tells of it."""
        line = line_of(row)
        rows = rows_of(row, line)
        self.gather(line, rows)
        if tally:
            tally.add_rows(rows)
        return line

    def gather(self, line: FormLine, rows: Rows) -> None:
        """Take the rows of one form; those of many are written together."""
        for name, own in rows.items():
            self._rows[line.partition][name] += own
        self._gathered += 1
        if self._gathered >= AT_ONCE:
            self._flush()

    def close(
        self,
        files: Iterable[FileRow],
        year: int,
        book: Rulebook,
        outcomes: Sequence[Outcome],
        years: Mapping[str, Any] | None = None,
    ) -> None:
        """Write what is left, then what is told of the whole year, which makes the dataset complete."""
        self._flush()
        self._part("files", "", list(file_rows(files)))
        rulebook = {"name": book.name, "version": book.version, "digest": book.digest}
        told = {"year": year, "rulebook": rulebook, "across": across_as_json(outcomes)}
        told |= {"years": years} if years else {}
        self.write(FACTS, json.dumps(told, ensure_ascii=True, allow_nan=False, indent=1).encode())

    def _flush(self) -> None:
        for partition, rows in self._rows.items():
            for name, own in rows.items():
                self._part(name, f"{partition}/", own, rows["forms"])
        self._rows.clear()
        self._gathered = 0

    def _part(self, name: str, folder: str, rows: Sequence[tuple[Any, ...]], named: Sequence[Any] = ()) -> None:
        if rows:
            forms = "\0".join(f"{row[0]}#{row[1]}" for row in named)
            part = f"part-{hashlib.sha256(forms.encode('utf-8', 'replace')).hexdigest()[:16]}"
            suffix, content = ("parquet", parquet_rows(name, rows)) if self.parquet else ("jsonl", lines(name, rows))
            self.write(f"{name}/{folder}{part}.{suffix}", content)


def lines(name: str, rows: Iterable[tuple[Any, ...]]) -> bytes:
    """Rows of a table as JSON lines; a figure is a string with the digits that it has."""
    told = (dict(zip(TABLES[name], map(_digits, row), strict=True)) for row in rows)
    return "".join(json.dumps(one, ensure_ascii=False, allow_nan=False) + "\n" for one in told).encode()


def _digits(value: Any) -> Any:
    return f"{value:f}" if isinstance(value, Decimal) else value


def parquet_rows(name: str, rows: Sequence[tuple[Any, ...]]) -> bytes:
    """Rows of a table in Parquet, with figures as exact decimals."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns = zip(*rows, strict=True)
    kinds = TABLES[name].values()
    arrays = [pa.array(column, _arrow(kind)) for column, kind in zip(columns, kinds, strict=True)]
    out = BytesIO()
    pq.write_table(pa.table(arrays, names=list(TABLES[name])), out, compression="zstd")
    return out.getvalue()


def _arrow(kind: ColumnKind) -> pyarrow.DataType:
    import pyarrow as pa

    kinds = {ColumnKind.TEXT: pa.string(), ColumnKind.WHOLE: pa.int64(), ColumnKind.TRUTH: pa.bool_()}
    return kinds.get(kind) or pa.decimal128(WIDTH, PLACES)


def rows_in(
    folder: Path, name: str, columns: Sequence[str] | None = None, part: Path | None = None
) -> Iterator[tuple[Any, ...]]:
    """The rows of a table, or of one part of it (its path below the table's folder), of which only the columns asked for are read.

    Never more than one part is read at a time.
    """
    columns = list(columns or TABLES[name])
    for path in [folder / name / part] if part else sorted((folder / name).rglob("part-*")):
        if path.suffix == ".jsonl":
            yield from _in_lines(path, name, columns)
        elif path.suffix == ".parquet":
            yield from _in_parquet(path, columns)


def _in_parquet(part: Path, columns: list[str]) -> Iterator[tuple[Any, ...]]:
    import pyarrow.parquet as pq

    # Its name may hold a year and a department, which this would add to the columns if it was opened as a dataset.
    with pq.ParquetFile(part) as file:
        for batch in file.iter_batches(4096, columns=columns):
            yield from zip(*(batch.column(one).to_pylist() for one in columns), strict=True)


def _in_lines(part: Path, name: str, columns: list[str]) -> Iterator[tuple[Any, ...]]:
    figures = [TABLES[name][one] is ColumnKind.FIGURE for one in columns]
    with part.open(encoding="utf-8") as file:
        for line in file:
            told = json.loads(line)
            values = (told[one] for one in columns)
            yield tuple(
                Decimal(value) if figure and value is not None else value
                for value, figure in zip(values, figures, strict=True)
            )


def load_year(facts: Path, book: Rulebook) -> Year:
    """The year whose dataset has this file beside it. Raises Unreadable where it cannot be read or has another rulebook."""
    folder, tally = facts.parent, Tally()
    with _faults_told(facts):
        told = json.loads(facts.read_text("utf-8"))
        if told["rulebook"]["digest"] != book.digest:
            raise OtherRulebook(FACTS, book=book.name)
        tally.add(rows_in(folder, "findings", TALLIED))
        across = tuple(told["across"]["findings"])
        return Year(_lines_in(folder), tally, across, _files_in(folder), told["year"], book, told.get("years"))


def load_forms(facts: Path) -> tuple[tuple[FormLine, ...], tuple[FileRow, ...]]:
    """The forms and files alone of the same dataset, whatever its rulebook. Raises Unreadable where it cannot be read."""
    with _faults_told(facts):
        return _lines_in(facts.parent), _files_in(facts.parent)


@contextmanager
def _faults_told(facts: Path) -> Iterator[None]:
    try:
        yield
    except ImportError as error:
        raise ExtraMissing(facts.name, "pyarrow") from error
    except (OSError, ValueError, KeyError, TypeError, ArithmeticError) as error:
        raise NotOurs(facts.name, what=FACTS) from error


def _files_in(folder: Path) -> tuple[FileRow, ...]:
    return tuple(FileRow(*row, 0.0) for row in rows_in(folder, "files"))


# What recurs from form to form is held once, and what only the first page tells of a few forms is not held of the others:
# a year may have hundreds of thousands.
SHARED = ("department_name", "implementer", "fiscal_year", "money_unit", "money_note", "stated", "points", "indicators")
SHARED += ("kind", "rulebook", "doubts")
HEAVY = ("folder", "failure", "stated_text", "worst_title", "worst_message", "doubt", "disproof")
KEY = ("file", "form")


def _lines_in(folder: Path) -> tuple[FormLine, ...]:
    """Every form's line in the order of their files, of which only those to look at first have their heaviest finding."""
    columns = [one for one in TABLES["forms"] if one not in HEAVY]
    known: list[dict[Any, Any] | None] = [{} if one in SHARED else None for one in columns]
    empty = dict.fromkeys(HEAVY, "")
    forms = []
    for row in rows_in(folder, "forms", columns):
        held = (value if own is None else own.setdefault(value, value) for own, value in zip(known, row, strict=True))
        forms.append(FormLine(**dict(zip(columns, held, strict=True)), **empty))
    forms.sort(key=attrgetter(*KEY))
    first = {(one.file, one.form) for one in worst_first(forms, FIRST)}
    texts = {row[:2]: row[2:] for row in rows_in(folder, "forms", (*KEY, *HEAVY)) if row[:2] in first}
    for place, one in enumerate(forms):
        if (key := (one.file, one.form)) in texts:
            forms[place] = replace(one, **dict(zip(HEAVY, texts[key], strict=True)))
    return tuple(forms)
