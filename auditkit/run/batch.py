"""A folder of forms in, a folder of reports out; what is there already is not made again."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from itertools import chain, count
from pathlib import Path

from auditkit.decisions.summary import FILE as DECIDED
from auditkit.decisions.summary import Review, Reviews
from auditkit.decisions.worklist import tasks as review_tasks
from auditkit.model import Outcome
from auditkit.notebook.project_report import ProjectReport, ReportTask
from auditkit.pipeline import Audit, across, audit
from auditkit.report import FileRow, FormRow, failure_page
from auditkit.report.formats import choose
from auditkit.report.year.dataset_files import FACTS
from auditkit.report.year.views import common_year
from auditkit.rulebooks.loader import DEFAULT, Rulebook, load_rulebook
from auditkit.run.cache import AuditCache, Record, audit_key, cache_key, key_of
from auditkit.run.decided import decisions_in_force
from auditkit.run.history import record
from auditkit.run.inputs import Intake, read_in, told_apart, walk_folder
from auditkit.run.manifest import Ledger
from auditkit.run.outputs import DATASET, write_books, write_dataset, write_tables, write_year
from auditkit.run.pool import ProcessPool, crew
from auditkit.run.storage import locked
from auditkit.safety import Limits, chosen_limits, escape_line, portable_name
from auditkit.sandbox.process import SandboxProcess

Progress = Callable[[str, int, int], None]
STATE = ".auditkit"


@dataclass(frozen=True)
class RunResult:
    """What a run left: a row per form, a row per input file, and the page to open first."""

    forms: tuple[FormRow, ...]
    files: tuple[FileRow, ...]
    index: Path
    made: int = 0  # reports that were not there already
    faults: tuple[str, ...] = ()  # of the store of decisions
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
    store: str = ""

    def key(self, *parts: object) -> str:
        """The digest of these with all that shows in every result of the job."""
        return key_of(self.book.digest, self.book.name, *parts)

    def audit_key(self, sha: str, copy: str) -> str:
        """The key under which the audits of a file are kept."""
        return audit_key(self.book.digest, self.book.name, sha, copy, self.limits)


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
    store: str = "",
) -> RunResult:
    """Audit every file of a folder and write the reports of the contract to `out`; by default in every format installed.

    Reports show what was decided and signed, out of `store` (by default the one in `out`, where there is one). A file
    or notebook that fails costs only itself, and a run that was stopped is continued by the next one. Raises Unreadable
    for a faulty rulebook or limit, where the store cannot be read, and where another run is at work in `out`.
    """
    began, out = datetime.now(UTC), out.resolve()  # a notebook runs in a folder of its own
    chosen = choose()[0] if formats is None else tuple(formats)
    job = Job(folder, year, out, rulebook, load_rulebook(rulebook), limits or chosen_limits(), chosen, engine, store)
    kept, ledger = AuditCache(), Ledger(out)
    with locked(out), scratch_in(out) as scratch, crew(jobs, job.limits) as hired:
        with crew(jobs, job.limits, reads=True) as readers:
            taken = _take_in_all(job, scratch, readers, kept)
        audits = [one for intake in taken for one in intake.audits]
        outcomes = cache(lambda: across(audits))  # only where something is made of them
        decided = decisions_in_force(audits, out, store, outcomes)
        tasks = _tasks(taken, job, decided)
        reports, made = _reports(tasks, job, ledger, hired, progress)
        forms = [replace(task.row, failure=report.failure) for task, report in zip(tasks, reports, strict=True)]
        own: dict[str, list[tuple[FormRow, ProjectReport]]] = defaultdict(list)
        for form, report in zip(forms, reports, strict=True):
            own[form.file].append((form, report))
        files = [settled(intake.row, own[intake.row.file]) for intake in taken]
        failure = _finish(job, ledger, taken, forms, files, hired.children[0], decided, outcomes)
        record(out, began, year, job.book, forms, files, made)
    kept.forget()
    faults = decided.faults if decided else ()
    return RunResult(tuple(forms), tuple(files), out / "index.html", made, faults, failure)


@contextmanager
def scratch_in(out: Path) -> Iterator[Path]:
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


def _take_in_all(job: Job, scratch: Path, hired: ProcessPool, kept: AuditCache) -> list[Intake]:
    """Every entry of the folder: read at the same time, told apart in their order."""
    named = named_entries(job.folder, job.out)

    def take(child: SandboxProcess, item: tuple[int, tuple[str, Path]]) -> Intake:
        number, (name, path) = item
        return _take(child, path, name, scratch / f"{number:05d}", job, kept)

    read = dict(hired.map(take, list(enumerate(named.items()))))
    seen: dict[str, str] = {}
    return [told_apart(read[number], job.year, seen) for number in range(len(named))]


def named_entries(folder: Path, out: Path | None) -> dict[str, Path]:
    """Every entry of a folder by the name that a run calls it, in their order."""
    named: dict[str, Path] = {}
    for path in walk_folder(folder, out):
        named[unlike(escape_line(path.relative_to(folder).as_posix()), named)] = path
    return named


def _take(child: SandboxProcess, path: Path, name: str, copies: Path, job: Job, kept: AuditCache) -> Intake:
    """One file, its audit and the time that this took kept for the next run."""
    audited: list[tuple[list[Audit], float]] = []

    def audit_kept(copy: Path) -> list[Audit]:
        sha = hashlib.sha256(copy.read_bytes()).hexdigest()
        began = datetime.now(UTC)

        def make() -> tuple[list[Audit], float]:
            return child.call(audit, copy, job.book, job.limits), (datetime.now(UTC) - began).total_seconds()

        audited.append(kept.get(job.audit_key(sha, copy.name), make))
        return audited[0][0]

    intake = read_in(path, name, copies, audit_kept, job.limits)
    return replace(intake, row=replace(intake.row, seconds=audited[0][1])) if audited else intake


def unlike(name: str, others: Mapping[str, object]) -> str:
    """The name, numbered where another file's looks the same once it is inert."""
    numbered = (f"{name}（同名 {number}）" for number in count(2))
    return next(filter(lambda one: one not in others, chain([name], numbered)))


def _tasks(taken: Iterable[Intake], job: Job, decided: Reviews | None = None) -> list[ReportTask]:
    audits = [(intake, one) for intake in taken for one in intake.audits]
    reviews = decided.projects if decided else [None] * len(audits)
    tasks = []
    for number, ((intake, one), review) in enumerate(zip(audits, reviews, strict=True), 1):
        row = FormRow(intake.row.file, report_folder(number, intake.row.file, one), one)
        told = review if review and not review.blank else None
        chosen = (job.rulebook, job.formats, job.engine)
        tasks.append(ReportTask(row, intake.copy, *chosen, digest=intake.digest, review=told))
    return tasks


def report_folder(number: int, file: str, audit: Audit) -> str:
    """The folder of a form's reports: its number in the run, and letters of its project."""
    return f"{number:03d}_{portable_name(audit.form.project.one_line, f'{file}#{audit.form.number}')}"


def _reports(
    tasks: Sequence[ReportTask], job: Job, ledger: Ledger, hired: ProcessPool, progress: Progress | None
) -> tuple[list[ProjectReport], int]:
    """The reports in the order of the tasks, and how many had to be made; each is published when it is done."""
    keys = [_report_key(task, job) for task in tasks]
    records = [Record(job.out, task.row.folder) for task in tasks]
    reports: dict[int, ProjectReport] = {}
    for place, (one, key) in enumerate(zip(records, keys, strict=True)):
        if told := one.matching(key):
            ledger.keep(told["files"])
            reports[place] = ProjectReport(seconds=told["seconds"])
    pending = [place for place in range(len(tasks)) if place not in reports]
    for done, (number, report) in enumerate(hired.reports([tasks[place] for place in pending]), 1):
        place = pending[number]
        row = tasks[place].row
        files = write_form(ledger, row, report, tasks[place].review)
        if not report.failure:  # what failed is tried again
            records[place].write(keys[place], files, seconds=report.seconds)
        reports[place] = ProjectReport(failure=report.failure, seconds=report.seconds)
        if progress:
            progress(row.audit.form.project.one_line, done, len(pending))
    return [reports[place] for place in range(len(tasks))], len(pending)


def _report_key(task: ReportTask, job: Job) -> str:
    row, decided = task.row, task.review.json if task.review else ""
    named = (task.copy.name, row.file, row.folder, row.audit.form.number)
    return job.key(task.digest, job.limits, *named, cache_key(decided), *job.formats)


def write_form(ledger: Ledger, row: FormRow, report: ProjectReport, review: Review | None = None) -> dict[str, str]:
    """Publish what was made of a form; returns the names of its files with their digests."""
    decidable = [task.as_json() for task in review_tasks(row.audit)]
    made = {
        DECIDED: review.json if review else "",
        "audit.json": json.dumps(row.audit.as_json(), ensure_ascii=False, allow_nan=False, indent=1),
        "review.json": json.dumps(decidable, ensure_ascii=True, allow_nan=False, indent=1),
        "audit.ipynb": report.notebook,
        "audit.html": report.page,
        "failure.html": failure_page(row, report.failure) if report.failure else "",
        **report.files,
    }
    named = {f"projects/{row.folder}/{name}": content for name, content in made.items() if content}
    return {name: ledger.write(name, content) for name, content in named.items()}


def settled(row: FileRow, own: Sequence[tuple[FormRow, ProjectReport]]) -> FileRow:
    """The file's row once its notebooks have run: their time added, their failures told."""
    row = replace(row, seconds=row.seconds + sum(report.seconds for _, report in own))
    failures = [f"第 {form.audit.form.number} 张表：{form.failure}" for form, _ in own if form.failure]
    return replace(row, status="error", message="；".join([row.message, *failures]).lstrip("；")) if failures else row


def _finish(
    job: Job,
    ledger: Ledger,
    taken: Sequence[Intake],
    forms: Sequence[FormRow],
    files: Sequence[FileRow],
    child: SandboxProcess,
    decided: Reviews | None,
    together: Callable[[], Sequence[Outcome]],
) -> str:
    """What tells of all forms together, unless it is there for just these, and the manifest; returns what could not be made."""
    told = [(row.folder, row.failure, row.audit.source, row.audit.form.number) for row in forms]
    inputs = {intake.row.file: intake.digest for intake in taken}
    seen = cache_key(decided.json if decided else "")
    key, whole = job.key(job.year, job.limits, told, files, inputs, seen, *job.formats), Record(job.out, "run")
    failure = ""
    if former := whole.matching(key):
        ledger.keep(former["files"])
    else:
        before = set(ledger.written())
        audits = tuple(row.audit for row in forms)
        outcomes = together()
        whole_year = common_year(forms, outcomes, files, job.year, job.book)
        write_dataset(ledger, forms, files, outcomes, job.year, job.book)
        if decided:
            ledger.write(DECIDED, decided.json)
        facts = job.out / DATASET / FACTS
        notebook = write_year(ledger, whole_year, facts, child, job.limits, job.formats, job.rulebook, bool(decided))
        books = write_books(ledger, whole_year, audits, outcomes, job.formats, decided)
        failure = "；".join(filter(None, (notebook, books)))
        write_tables(ledger, whole_year, audits, outcomes, failure, decided)
        if not failure:  # what failed is tried again
            whole.write(key, {name: sha for name, sha in ledger.written().items() if name not in before})
    ledger.close(inputs, job.year, job.book, decided.anchor if decided else "")
    return failure
