"""The runs that an output folder has seen, and what changed between two of them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from auditkit.report import FileRow, FormRow
from auditkit.rulebooks.loader import Rulebook
from auditkit.safety import Unreadable, publish

FOLDER = ".auditkit/runs"


@dataclass(frozen=True)
class Fact:
    """One finding as a run recorded it. `file`, `number`, `rule` and `row` say which, the rest what it said."""

    file: str
    number: int
    rule: str
    row: int | None
    severity: str
    message: str

    @property
    def place(self) -> tuple[str, int, str, int]:
        return self.file, self.number, self.rule, self.row or 0


@dataclass(frozen=True)
class Run:
    """One run: when, of what, with which result."""

    id: str
    seconds: float
    year: int
    rulebook: str
    files: int
    failed: int
    forms: int
    made: int
    findings: tuple[Fact, ...]


@dataclass(frozen=True)
class Difference:
    """What is in the later run and not in the earlier, the reverse, and what is in both but says something else."""

    new: tuple[Fact, ...]
    gone: tuple[Fact, ...]
    changed: tuple[tuple[Fact, Fact], ...]


def record(
    out: Path, began: datetime, year: int, book: Rulebook, forms: Iterable[FormRow], files: Iterable[FileRow], made: int
) -> Run:
    """Write down a run that has come to its end."""
    forms, files = tuple(forms), tuple(files)
    facts = tuple(
        Fact(row.file, row.audit.form.number, found.rule, found.row, found.severity.value, found.message)
        for row in forms
        for found in row.audit.findings
    )
    run = Run(
        began.strftime("%Y%m%dT%H%M%S.%fZ"),
        round((datetime.now(UTC) - began).total_seconds(), 1),
        year,
        book.name,
        len(files),
        sum(row.failed for row in files),
        len(forms),
        made,
        facts,
    )
    publish(
        out / FOLDER / f"{run.id}.json",
        json.dumps(vars(run) | {"findings": list(map(vars, facts))}, ensure_ascii=False),
    )
    return run


def runs(out: Path) -> list[Run]:
    """The runs of an output folder, the oldest first."""
    return [_load(path) for path in sorted((out / FOLDER).glob("*.json"))]


def find(name: str, out: Path) -> Run:
    """A run by its id (or the start of it), by its file, or the last one of an output folder. Raises Unreadable."""
    if Path(name).is_file():
        return _load(Path(name))
    if Path(name).is_dir() and (found := sorted((Path(name) / FOLDER).glob("*.json"))):
        return _load(found[-1])
    matching = [path for path in sorted((out / FOLDER).glob("*.json")) if path.name.startswith(name)]
    if len(matching) != 1:
        zh = "没有这次运行" if not matching else "有几次运行都以此开头"
        raise Unreadable(name, f"{zh}；用 auditkit runs 查看", "no such run, or several; see auditkit runs")
    return _load(matching[0])


def _load(path: Path) -> Run:
    try:
        told = json.loads(path.read_text("utf-8"))
        return Run(**{**told, "findings": tuple(Fact(**fact) for fact in told["findings"])})
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise Unreadable(path.name, "不是一次运行的记录", "not the record of a run") from error


def difference(earlier: Run, later: Run) -> Difference:
    """The findings that came, went, or say something else. Several of one rule in one place are told apart by their text."""
    before, after = _by_place(earlier), _by_place(later)
    new, gone, changed = [], [], []
    for place in sorted({*before, *after}):
        was = [fact for fact in before.get(place, []) if fact not in after.get(place, [])]
        now = [fact for fact in after.get(place, []) if fact not in before.get(place, [])]
        changed += zip(was, now, strict=False)
        gone += was[len(now) :]
        new += now[len(was) :]
    return Difference(tuple(new), tuple(gone), tuple(changed))


def _by_place(run: Run) -> dict[tuple[str, int, str, int], list[Fact]]:
    found: dict[tuple[str, int, str, int], list[Fact]] = {}
    for fact in run.findings:
        found.setdefault(fact.place, []).append(fact)
    return found
