"""What a run of an earlier year left, for comparison: its report folder or dataset, of any version, read as data.

It is looked at in a process of its own before any form is read, and put away form by form, so that a run holds of each
only what the project is known by.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import stat
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from auditkit.assess.papers import PaperKey, of_any_year, paper_key
from auditkit.decisions.subject import Field, Ruling
from auditkit.decisions.summary import FILE as DECISIONS
from auditkit.errors.runs import NoPreviousRun, PreviousBroken, PreviousNotEarlier
from auditkit.model import Former
from auditkit.report.year.dataset_files import FACTS, rows_in
from auditkit.run.decided import STORE
from auditkit.run.former_form import former_of
from auditkit.safety import Limits, Unreadable, escape_line
from auditkit.sandbox.forkserver import Ended
from auditkit.sandbox.process import SandboxProcess

_FAULTS = (OSError, ValueError, KeyError, TypeError, AttributeError, ArithmeticError, RecursionError)
_PROOF = re.compile(r"([^「；]*)「(.*?)」(?=；|$)", re.S)
_EACH = 500  # forms for which there is the time of one file


@dataclass(frozen=True)
class PreviousRun:
    """The projects of an earlier run, by their place, and where each begins in the file `path`; `faults` tell what could not be read."""

    path: Path
    year: int | None
    papers: tuple[PaperKey, ...]
    starts: tuple[int, ...]
    digest: str
    faults: tuple[str, ...] = ()

    def read(self, place: int) -> Former:
        """What was made of one project."""
        with self.path.open("rb") as file:
            file.seek(self.starts[place])
            told = json.loads(file.readline())
        return former_of(told["audit"], frozenset(told["rejected"]), self.year)


@contextmanager
def previous_run(folder: str | Path, year: int, limits: Limits) -> Iterator[PreviousRun | None]:
    """The run of an earlier year while it is needed; None where no folder is named. Raises as `open_previous` does."""
    if not str(folder):
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="auditkit-") as scratch:
        yield open_previous(folder, year, Path(scratch), limits)


def open_previous(folder: str | Path, year: int, scratch: Path, limits: Limits) -> PreviousRun:
    """The run that left a report folder, or the folder of its dataset, put away in `scratch`; it must be of an earlier year.

    Raises NoPreviousRun, PreviousBroken, PreviousNotEarlier.
    """
    source = Path(folder)
    if not source.is_dir():
        raise NoPreviousRun(str(folder))
    forms = sum(1 for _ in source.glob("projects/*"))
    limits = replace(limits, seconds=limits.seconds * (1 + forms // _EACH))
    try:
        with SandboxProcess(limits) as child:
            found = child.run(limits, gather, source, scratch, limits)
    except Ended as end:
        raise PreviousBroken(str(folder), why=f"{end.how} {end.detail}".strip()) from None
    if found.year is not None and found.year >= year:
        raise PreviousNotEarlier(str(folder), found=found.year, wanted=year)
    return found


def gather(source: Path, scratch: Path, limits: Limits) -> PreviousRun:
    """Put every project of an earlier run away. Raises NoPreviousRun where there is none, PreviousBroken where none can be read."""
    told = _told_by_reports if any(source.glob("projects/*/audit.json")) else _told_by_dataset
    facts = source / FACTS if (source / FACTS).exists() else source / "dataset" / FACTS
    if told is _told_by_dataset and not facts.exists():
        raise NoPreviousRun(str(source))
    year, faults = _year(facts, limits), list[str]()
    folder = source if told is _told_by_reports else facts.parent
    path, starts, papers, years = scratch / "previous", [], [], Counter[int]()
    digest = hashlib.sha256()
    with path.open("wb") as file:
        try:
            for name, make in told(folder, limits, scratch):
                try:
                    one = make()
                    former = former_of(one["audit"], frozenset(one["rejected"]), year)
                except _FAULTS as error:
                    faults.append(f"{escape_line(name)}（{type(error).__name__}）")
                    continue
                starts.append(file.tell())
                papers.append(of_any_year(paper_key(former.form)))
                years.update([former.form.year] if former.form.year else [])
                line = json.dumps(one, ensure_ascii=True).encode() + b"\n"
                digest.update(line)
                file.write(line)
        except (ImportError, *_FAULTS) as error:
            raise PreviousBroken(str(source), why=type(error).__name__) from error
    if not papers:
        raise PreviousBroken(str(source), why="；".join(faults[:3]) or FACTS)
    if year is None and years:
        year = years.most_common(1)[0][0]
    return PreviousRun(path, year, tuple(papers), tuple(starts), digest.hexdigest(), tuple(faults))


Told = Iterator[tuple[str, Callable[[], dict[str, Any]]]]


def _told_by_reports(folder: Path, limits: Limits, scratch: Path) -> Told:
    """Every project of a report folder by the name of its own, with what tells of it."""
    rejected = _rejections(folder, limits, scratch)
    for path in sorted(folder.glob("projects/*/audit.json")):

        def make(path: Path = path) -> dict[str, Any]:
            audit = _json(path, limits)
            return {"audit": _kept(audit), "rejected": sorted(rejected(path.parent, audit))}

        yield path.parent.name, make


KEPT = ("source", "form", "scorecard", "findings", "rate")


def _kept(audit: Mapping[str, Any]) -> dict[str, Any]:
    return {name: audit[name] for name in KEPT if name in audit}


def _json(path: Path, limits: Limits) -> Any:
    return json.loads(_regular(path, limits.file).read_bytes())


def _regular(path: Path, most: int) -> Path:
    """A file that is no link, of so many bytes at most. Raises ValueError where it is something else."""
    found = path.lstat()
    if not stat.S_ISREG(found.st_mode) or found.st_size > most:
        raise ValueError(path.name)
    return path


def _year(facts: Path, limits: Limits) -> int | None:
    with suppress(*_FAULTS):
        year = _json(facts, limits)["year"]
        return year if isinstance(year, int) and 1900 < year < 2200 else None
    return None


Rejections = Callable[[Path, Mapping[str, Any]], set[int]]


def _rejections(folder: Path, limits: Limits, scratch: Path) -> Rejections:
    """The findings that nobody stands by, by their number: as the store of the run says, a copy of which is opened, or the reports."""
    with suppress(ImportError, Unreadable, *_FAULTS):  # what is no store tells nothing; the reports may
        return _by_store(Path(shutil.copyfile(_regular(folder / STORE, limits.unpacked), scratch / STORE)))
    return lambda project, _: _by_report(project / DECISIONS, limits)


def _by_store(copy: Path) -> Rejections:
    from auditkit.decisions.standing import on_findings
    from auditkit.decisions.store import open_store
    from auditkit.decisions.subject import of_told

    state = open_store(copy, create=False).state()

    def of(_: Path, audit: Mapping[str, Any]) -> set[int]:
        found = on_findings(((of_told(audit["form"], one), one) for one in audit["findings"]), state)
        return {number for number, one in enumerate(found, 1) if one.ruling is Ruling.REJECTED and not one.conflict}

    return of


def _by_report(path: Path, limits: Limits) -> set[int]:
    with suppress(*_FAULTS):
        return {
            one["number"]
            for one in _json(path, limits)["decisions"]
            if one["texts"].get(Field.RULING.value) == Ruling.REJECTED.value and not one["beside"] and one["number"] > 0
        }
    return set()


def _told_by_dataset(folder: Path, limits: Limits, scratch: Path) -> Told:
    """Every project of a dataset; the rows of one part of each table are held, those of so many forms as it was written with."""
    for part in sorted((folder / "forms").rglob("part-*")):
        below = part.relative_to(folder / "forms")
        there = [name for name in ("forms", *OF_FORM) if (folder / name / below).exists()]
        for name in there:
            _regular(folder / name / below, limits.unpacked)
        forms = {(row[0], row[1]): row for row in rows_in(folder, "forms", FORM, below)}
        rows = {name: _by_form(rows_in(folder, name, OF_FORM[name], below)) for name in there if name != "forms"}
        for key, row in forms.items():

            def make(row: tuple[Any, ...] = row, key: tuple[str, int] = key, rows=rows) -> dict[str, Any]:
                return {
                    "audit": _audit(row, *(rows.get(name, {}).get(key, []) for name in OF_FORM)),
                    "rejected": [],
                }

            yield str(key[0]), make


FORM = ("file", "form", "project", "department_name", "implementer", "fiscal_year", "budget", "actual")
FORM += ("stated_text", "verified", "upper")
ROW = ("row", "category", "subcategory", "name", "target", "result", "points", "score", "explanation")
FOUND = ("rule", "severity", "title", "row", "message", "evidence", "basis")
OF_FORM = {"indicators": ("file", "form", *ROW), "findings": ("file", "form", *FOUND)}


def _by_form(rows: Iterator[tuple[Any, ...]]) -> dict[tuple[str, int], list[tuple[Any, ...]]]:
    found: dict[tuple[str, int], list[tuple[Any, ...]]] = {}
    for row in rows:
        found.setdefault((row[0], row[1]), []).append(row[2:])
    return found


def _audit(row: tuple[Any, ...], items: list[tuple[Any, ...]], found: list[tuple[Any, ...]]) -> dict[str, Any]:
    """The rows of one form in the shape of its `audit.json`, as far as they tell it."""
    one = dict(zip(FORM, row, strict=True))
    rate = one["actual"] / one["budget"] if one["budget"] and one["actual"] is not None else None
    header = {name: one[name] for name in ("project", "implementer", "fiscal_year")}
    return {
        "source": one["file"],
        "form": header
        | {
            "number": one["form"],
            "department": one["department_name"],
            "total_score": one["stated_text"],
            "indicators": [dict(zip(ROW, map(_as_text, item), strict=True)) for item in items],
        },
        "scorecard": {"stated": one["stated_text"], **{name: _as_text(one[name]) for name in ("verified", "upper")}},
        "findings": [_found(dict(zip(FOUND, each, strict=True))) for each in found],
        "rate": None if rate is None else f"{round(rate, 10):f}",
    }


def _found(told: dict[str, Any]) -> dict[str, Any]:
    proof = [{"at": place.lstrip("；"), "text": text} for place, text in _PROOF.findall(told["evidence"])]
    return told | {"evidence": proof}


def _as_text(value: Any) -> Any:
    """A figure with the digits that it has, of a column's scale those that say something; nothing as a blank."""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return "" if value is None else value
