"""A folder of forms in, a folder of reports out; what is there already is not made again."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import chain, count
from pathlib import Path

from auditkit.audit import Audit, across, audit
from auditkit.books import write_books, write_tables, write_year
from auditkit.child import Child
from auditkit.folder import entries
from auditkit.history import record
from auditkit.intake import Intake, read_in, told_apart
from auditkit.keep import Kept, Record, code_digest, digest
from auditkit.lock import locked
from auditkit.manifest import Ledger
from auditkit.model import Form
from auditkit.report import (
    FileRow,
    FormRow,
    Year,
    failure_page,
)
from auditkit.report.formats import choose
from auditkit.report.worklist import tasks as review_tasks
from auditkit.rulebook import DEFAULT, Rulebook, load_rulebook
from auditkit.safety import Limits, chosen_limits, inert_line, portable_name
from auditkit.work import Crew, Report, Task, crew

Progress = Callable[[str, int, int], None]
STATE = ".auditkit"


@dataclass(frozen=True)
class RunResult:
    """What a run left: a row per form, a row per input file, and the page to open first."""

    forms: tuple[FormRow, ...]
    files: tuple[FileRow, ...]
    index: Path
    made: int = 0  # reports that were not there already
    failure: str = ""  # why a report on all forms together is absent

    @property
    def failed(self) -> int:
        """How many inputs could not be audited or reported."""
        return sum(row.failed for row in self.files)


@dataclass(frozen=True)
class Job:
    """What a run was asked for."""

    folder: Path
    year: int
    out: Path
    rulebook: str
    book: Rulebook
    limits: Limits
    formats: tuple[str, ...]
    engine: str = "auditkit"

    def key(self, *parts: object) -> str:
        """The digest of these with all that shows in every result of the job."""
        return digest(code_digest(), self.book.digest, self.book.name, *parts)


def run(
    folder: Path,
    year: int,
    out: Path,
    rulebook: str = DEFAULT,
    jobs: int = 2,
    progress: Progress | None = None,
    limits: Limits | None = None,
    formats: Sequence[str] | None = None,
    engine: str = "auditkit",
) -> RunResult:
    """Audit every file of a folder and write the reports of the contract to `out`; by default in every format installed.

    A file or notebook that fails costs only itself, and a run that was stopped is continued by the next one. Raises
    Unreadable for a faulty rulebook or limit, and where another run is at work in `out`.
    """
    began, out = datetime.now(UTC), out.resolve()  # a notebook runs in a folder of its own
    chosen = choose()[0] if formats is None else tuple(formats)
    job = Job(folder, year, out, rulebook, load_rulebook(rulebook), limits or chosen_limits(), chosen, engine)
    kept, ledger = Kept(), Ledger(out)
    with locked(out), _scratch(out) as scratch, crew(jobs, job.limits) as hired:
        with crew(jobs, job.limits, reads=True) as readers:
            taken = _take_in_all(job, scratch, readers, kept)
        tasks = _tasks(taken, job)
        reports, made = _reports(tasks, job, ledger, hired, progress)
        forms = [replace(task.row, failure=report.failure) for task, report in zip(tasks, reports, strict=True)]
        files = [_settled(intake.row, forms, reports) for intake in taken]
        failure = _finish(job, ledger, taken, forms, files, hired.children[0])
        record(out, began, year, job.book, forms, files, made)
    kept.forget()
    return RunResult(tuple(forms), tuple(files), out / "index.html", made, failure)


@contextmanager
def _scratch(out: Path) -> Iterator[Path]:
    """A folder for private copies; what a run that was killed left of its own, and half-written files, are removed first."""
    for half in out.rglob(".*.part"):
        with suppress(OSError):
            half.unlink()
    scratch = out / STATE / "scratch"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True, mode=0o700)
    try:
        yield scratch
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _take_in_all(job: Job, scratch: Path, hired: Crew, kept: Kept) -> list[Intake]:
    """Every entry of the folder: read at the same time, told apart in their order."""
    named: dict[str, Path] = {}
    for path in entries(job.folder, job.out):
        named[_unlike(inert_line(path.relative_to(job.folder).as_posix()), named)] = path

    def take(child: Child, item: tuple[int, tuple[str, Path]]) -> Intake:
        number, (name, path) = item
        return _take(child, path, name, scratch / f"{number:05d}", job, kept)

    read = dict(hired.map(take, list(enumerate(named.items()))))
    seen: dict[Form, str] = {}
    return [told_apart(read[number], job.year, seen) for number in range(len(named))]


def _take(child: Child, path: Path, name: str, copies: Path, job: Job, kept: Kept) -> Intake:
    """One file, its audit and the time that this took kept for the next run."""
    audited: list[tuple[list[Audit], float]] = []

    def audit_kept(copy: Path) -> list[Audit]:
        sha = hashlib.sha256(copy.read_bytes()).hexdigest()
        began = datetime.now(UTC)

        def make() -> tuple[list[Audit], float]:
            return child.call(audit, copy, job.book, job.limits), (datetime.now(UTC) - began).total_seconds()

        audited.append(kept.get(job.key(sha, copy.name, job.limits), make))
        return audited[0][0]

    intake = read_in(path, name, copies, audit_kept, job.limits)
    return replace(intake, row=replace(intake.row, seconds=audited[0][1])) if audited else intake


def _unlike(name: str, others: Mapping[str, object]) -> str:
    """The name, numbered where another file's looks the same once it is inert."""
    numbered = (f"{name}（同名 {number}）" for number in count(2))
    return next(filter(lambda one: one not in others, chain([name], numbered)))


def _tasks(taken: Iterable[Intake], job: Job) -> list[Task]:
    audits = [(intake, one) for intake in taken for one in intake.audits]
    tasks = []
    for number, (intake, one) in enumerate(audits, 1):
        identity = f"{intake.row.file}#{one.form.number}"
        folder = f"{number:03d}_{portable_name(one.form.project.squeezed, identity)}"
        row = FormRow(intake.row.file, folder, one)
        tasks.append(Task(row, intake.copy, job.rulebook, job.formats, job.engine))
    return tasks


def _reports(
    tasks: Sequence[Task], job: Job, ledger: Ledger, hired: Crew, progress: Progress | None
) -> tuple[list[Report], int]:
    """The reports in the order of the tasks, and how many had to be made; each is published when it is done."""
    keys = [_report_key(task, job) for task in tasks]
    records = [Record(job.out, task.row.folder) for task in tasks]
    reports: dict[int, Report] = {}
    for place, (one, key) in enumerate(zip(records, keys, strict=True)):
        if told := one.matching(key):
            ledger.keep(told["files"])
            reports[place] = Report(seconds=told["seconds"])
    pending = [place for place in range(len(tasks)) if place not in reports]
    for done, (number, report) in enumerate(hired.reports([tasks[place] for place in pending]), 1):
        place = pending[number]
        row = tasks[place].row
        _write_form(ledger, row, report)
        if not report.failure:  # what failed is tried again
            records[place].write(keys[place], ledger.written(f"projects/{row.folder}/"), seconds=report.seconds)
        reports[place] = Report(failure=report.failure, seconds=report.seconds)
        if progress:
            progress(row.audit.form.project.squeezed, done, len(pending))
    return [reports[place] for place in range(len(tasks))], len(pending)


def _report_key(task: Task, job: Job) -> str:
    copy = hashlib.sha256(task.copy.read_bytes()).hexdigest()
    row = task.row
    return job.key(copy, task.copy.name, job.limits, row.file, row.folder, row.audit.form.number, *job.formats)


def _write_form(ledger: Ledger, row: FormRow, report: Report) -> None:
    folder = f"projects/{row.folder}"
    ledger.write(f"{folder}/audit.json", json.dumps(row.audit.as_json(), ensure_ascii=False, allow_nan=False, indent=1))
    decidable = [task.as_json() for task in review_tasks(row.audit)]
    ledger.write(f"{folder}/review.json", json.dumps(decidable, ensure_ascii=True, allow_nan=False, indent=1))
    failure = failure_page(row, report.failure) if report.failure else ""
    made = {"audit.ipynb": report.notebook, "audit.html": report.page, "failure.html": failure, **report.files}
    for name, content in made.items():
        if content:
            ledger.write(f"{folder}/{name}", content)


def _settled(row: FileRow, forms: Sequence[FormRow], reports: Sequence[Report]) -> FileRow:
    """The file's row once its notebooks have run: their time added, their failures told."""
    own = [(form, report) for form, report in zip(forms, reports, strict=True) if form.file == row.file]
    row = replace(row, seconds=row.seconds + sum(report.seconds for _, report in own))
    failures = [f"第 {form.audit.form.number} 张表：{form.failure}" for form, _ in own if form.failure]
    return replace(row, status="error", message="；".join([row.message, *failures]).lstrip("；")) if failures else row


def _finish(
    job: Job,
    ledger: Ledger,
    taken: Sequence[Intake],
    forms: Sequence[FormRow],
    files: Sequence[FileRow],
    child: Child,
) -> str:
    """What tells of all forms together, unless it is there for just these, and the manifest; returns what could not be made."""
    told = [(row.folder, row.failure, row.audit.source, row.audit.form.number) for row in forms]
    inputs = {intake.row.file: intake.digest for intake in taken}
    key, whole = job.key(job.year, job.limits, told, files, inputs, *job.formats), Record(job.out, "run")
    failure = ""
    if former := whole.matching(key):
        ledger.keep(former["files"])
    else:
        before = set(ledger.written())
        audits = tuple(row.audit for row in forms)
        together = Year(audits, across(audits), tuple(files), job.year, job.book)
        notebook = write_year(ledger, together, job.out / STATE / "scratch", child, job.limits, job.formats)
        failure = "；".join(filter(None, (notebook, write_books(ledger, together, job.formats))))
        write_tables(ledger, forms, together, failure)
        if not failure:  # what failed is tried again
            whole.write(key, {name: sha for name, sha in ledger.written().items() if name not in before})
    ledger.close(inputs, job.year, job.book)
    return failure
