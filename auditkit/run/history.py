"""The runs that an output folder has seen, and what changed between two of them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from auditkit.decisions.stored import read_stored
from auditkit.errors.runs import AmbiguousRun, UnknownRun
from auditkit.pipeline import Audit
from auditkit.run.earlier import RUN_ID, RUNS
from auditkit.run.storage import Folder


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


@dataclass
class Recorder:
    """Writes a run down while it is at work, in a file of its workspace, so that no finding is held."""

    path: Path
    began: datetime = field(default_factory=lambda: datetime.now(UTC))
    _before: str = '{"findings": ['

    def add(self, file: str, audit: Audit) -> None:
        """Write down what was found in one form."""
        number = audit.form.number
        facts = (Fact(file, number, f.rule, f.row, f.severity.value, f.message) for f in audit.findings)
        if lines := ", ".join(json.dumps(vars(fact), ensure_ascii=False) for fact in facts):
            self._append(f"{self._before}{lines}")
            self._before = ", "

    def close(self, out: Folder, **facts: Any) -> None:
        """The run has come to its end; `facts` are the fields of `Run` beside its time and its findings."""
        seconds = round((datetime.now(UTC) - self.began).total_seconds(), 1)
        told = {"id": self.began.strftime(RUN_ID), "seconds": seconds, **facts}
        self._append(f"{self._before.removesuffix(', ')}], {json.dumps(told, ensure_ascii=False)[1:]}")
        out.write(f"{RUNS}/{told['id']}.json", self.path)

    def _append(self, text: str) -> None:
        with self.path.open("a", encoding="utf-8", errors="backslashreplace") as file:
            file.write(text)


def runs(out: Path) -> list[Run]:
    """The runs of an output folder, the oldest first."""
    return [_load(path) for path in sorted((out / RUNS).glob("*.json"))]


def find(name: str, out: Path) -> Run:
    """A run by its id (or the start of it), by its file, or the last one of an output folder. Raises Unreadable."""
    if Path(name).is_file():
        return _load(Path(name))
    if Path(name).is_dir() and (found := sorted((Path(name) / RUNS).glob("*.json"))):
        return _load(found[-1])
    matching = [path for path in sorted((out / RUNS).glob("*.json")) if path.name.startswith(name)]
    if len(matching) != 1:
        raise AmbiguousRun(name) if matching else UnknownRun(name)
    return _load(matching[0])


def _load(path: Path) -> Run:
    return read_stored(Run, path)


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
