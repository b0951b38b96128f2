"""What comes in from the workers of a run, put where it belongs: of a form that is through, one line is held."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import groupby, islice
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from auditkit.decisions.reviewed import reviewed
from auditkit.decisions.summary import FILE as DECIDED
from auditkit.decisions.summary import Review, Reviews
from auditkit.decisions.worklist import tasks as review_tasks
from auditkit.errors.runs import WorkersLost
from auditkit.model import Outcome, Skip
from auditkit.notebook.project_report import ProjectReport, ReportTask
from auditkit.pipeline import Audit
from auditkit.report import FileRow, FormLine, FormRow, SheetRow, failure_page, line_of
from auditkit.run.cache import PublishedRecord, cache_key
from auditkit.run.earlier import beijing_time
from auditkit.run.executors import Executor
from auditkit.run.history import Recorder
from auditkit.run.inputs import InputFile
from auditkit.run.json_text import json_text
from auditkit.run.manifest import Ledger
from auditkit.run.outputs import YearOutputs, limits_for
from auditkit.run.previous import PreviousRun
from auditkit.run.progress import Progress
from auditkit.run.reading import FileResult, RunSettings, told_apart
from auditkit.run.spill import FormSpill, compare_forms
from auditkit.run.worker import report_forms
from auditkit.run.years import compare_years
from auditkit.safety import escape_controls, portable_name
from auditkit.sandbox.forkserver import Ended

if TYPE_CHECKING:
    from auditkit.decisions.summarize import Decided

COMPARED = 1_000  # forms for whose comparison there is the time of one notebook
# Reports that one process makes, at most: what it takes to begin is small beside ten, and typst keeps up to 20 MB of each.
TOGETHER = 10
SHARES = 2  # into which the work of a small run falls for every worker, so that all end at about the same time


@dataclass(frozen=True)
class _Job:
    """A report to be made: of which file and form of the run, and the key under which it is published."""

    file: int
    form: int
    source: InputFile
    task: ReportTask
    key: str


@dataclass
class Results:
    """What comes in from the workers, put where it belongs; `waiting` counts, by file, the reports still to be made."""

    settings: RunSettings
    ledger: Ledger
    scratch: Path
    decided: Decided | None
    total: int
    progress: Progress | None = None
    previous: PreviousRun | None = None
    forms: list[FormLine] = field(default_factory=list)
    files: list[FileRow] = field(default_factory=list)
    sheets: list[SheetRow] = field(default_factory=list)
    reviews: list[Review] = field(default_factory=list)
    digests: dict[str, str] = field(default_factory=dict)
    seen: dict[str, str] = field(default_factory=dict)
    waiting: dict[int, int] = field(default_factory=dict)
    failures: dict[int, dict[int, str]] = field(default_factory=dict)
    made: int = 0
    done: int = 0

    def __post_init__(self) -> None:
        self.spill, self.recorder = FormSpill(self.scratch / "audits"), Recorder(self.scratch / "run.json")

    def report(self, files: Iterable[tuple[InputFile, FileResult]], workers: Executor) -> None:
        """Take in every file, and publish the reports on its forms when they are made."""

        def send(jobs: Sequence[_Job]) -> Any:
            limits = self.settings.limits
            tasks = [(workers.sent(job.source, limits), job.task) for job in jobs]
            return workers.submit(report_forms, self.settings, tasks)

        jobs = (job for file, result in files for job in self._take(file, result))
        together = min(TOGETHER, -(-self.total // (SHARES * workers.width)))
        for batch, reports in workers.as_done(send, _of_one_sender(jobs, together)):
            told = reports or [ProjectReport(failure=WorkersLost(job.source.own).zh) for job in batch]
            for job, report in zip(batch, told, strict=True):
                self._publish(job, report)

    def _take(self, source: InputFile, result: FileResult) -> list[_Job]:
        """Tell of one file, and what is still to be made of its forms."""
        row, audits = told_apart(result, self.settings.year, self.seen)
        place = len(self.files)
        self.files.append(row)
        self.digests[row.file] = result.digest
        self.sheets += [SheetRow(row.file, one) for one in result.left_out]
        if result.packed:
            self.spill.add(row.file, result.packed, audits)
        jobs = [self._job(place, source, one, result.digest) for one in audits]
        if row.failed:
            self._keep(place)
        self.waiting[place] = len(jobs) or 1
        if not jobs:
            self._settle(place, source)
        return [job for job in jobs if not self._there(job)]

    def _job(self, place: int, source: InputFile, one: Audit, digest: str) -> _Job:
        settings, number = self.settings, len(self.forms) + 1
        review = self.decided.review(one) if self.decided else None
        if review:
            self.reviews.append(review)
        row = FormRow(source.name, report_folder(number, source.name, one), reviewed(one, review))
        told = review if review and not review.blank else None
        self.forms.append(line_of(row))
        self.recorder.add(row.file, one)
        chosen = (settings.rulebook or one.rulebook.name, settings.formats, settings.engine)
        task = ReportTask(row, source.path or Path(source.copy_name), *chosen, digest=digest, review=told)
        named = (source.copy_name, row.file, row.folder, one.form.number)
        self.ledger.made_of(source.name, row.folder)
        key = settings.key(digest, *named, cache_key(told.json if told else ""))
        return _Job(place, number - 1, source, task, key)

    def _there(self, job: _Job) -> bool:
        """Whether the report was published already; where none is wanted, what there is of a form is published at once."""
        if self.decided and not self.decided.reached and (before := self._with_decisions(job)):
            self.ledger.reuse(before)
            self._settle(job.file, job.source)
        elif told := self._record(job).matching(job.key):
            self.ledger.reuse(told["files"])
            self._settle(job.file, job.source, told["seconds"])
        elif not self.settings.formats:
            self._publish(job, ProjectReport())
        else:
            return False
        return True

    def _with_decisions(self, job: _Job) -> dict[str, str]:
        """The report on this form that stands there and shows what was decided, while the store cannot be asked anew."""
        row, earlier = job.task.row, self.ledger.earlier
        same = earlier.inputs.get(row.file) == job.task.digest
        left = earlier.left_of(row.file, row.folder) if same else {}
        return left if f"projects/{row.folder}/{DECIDED}" in left else {}

    def _record(self, job: _Job) -> PublishedRecord:
        return PublishedRecord(self.ledger.out, job.task.row.folder)

    def _publish(self, job: _Job, report: ProjectReport) -> None:
        row, self.made = job.task.row, self.made + 1
        written = write_form(self.ledger, row, report, job.task.review)
        if report.failure:
            self.forms[job.form] = replace(self.forms[job.form], failure=escape_controls(report.failure))
            self.failures.setdefault(job.file, {})[row.audit.form.number] = report.failure
            self._keep(job.file, row.folder)
        else:  # what failed is tried again
            self._record(job).write(job.key, written, seconds=report.seconds)
        self._settle(job.file, job.source, report.seconds)

    def _keep(self, place: int, form: str = "") -> None:
        """Keep the reports that stand there of a file that failed, or of one of its forms, and say of which run they are."""
        row = self.files[place]
        if pages := self.ledger.keep(row.file, form):
            of_run = beijing_time(self.ledger.earlier.run_of(row.file))
            kept = f"此前的报告（{of_run} 开始的那次运行）仍保留：{'、'.join(pages)}"
            self.files[place] = replace(row, message=f"{row.message}；{kept}".lstrip("；"), kept=(*row.kept, *pages))

    def _settle(self, place: int, source: InputFile, seconds: float = 0.0) -> None:
        """Count one report of a file; after the last one its private copy has served."""
        self.files[place] = replace(self.files[place], seconds=self.files[place].seconds + seconds)
        self.waiting[place] -= 1
        if self.waiting[place]:
            return
        del self.waiting[place]
        self.files[place] = settled(self.files[place], self.failures.pop(place, {}))
        if source.digest:
            shutil.rmtree(source.path.parent, ignore_errors=True)
        self.done += 1
        if self.progress:
            self.progress(source.name, self.done, self.total)

    def finish(self, workers: Executor) -> str:
        """What tells of all forms together, unless it is there for just these, and the manifest; what could not be made."""
        settings, ledger, failure = self.settings, self.ledger, ""
        outcomes = cache(lambda: self._across(workers))  # only where something is made of them
        decided = self._stands(outcomes)
        told = [(one.folder, one.failure, one.file, one.form) for one in self.forms]
        files = [replace(row, seconds=0.0) for row in self.files]
        key = settings.key(
            settings.year,
            told,
            files,
            self.sheets,
            self.digests,
            cache_key(decided.json if decided else ""),
            *([self.previous.digest] if self.previous else []),
        )
        record = PublishedRecord(ledger.out, "run")
        if former := record.matching(key):
            ledger.reuse(former["files"])
        else:
            before = {*ledger.written()}
            whole = (tuple(self.forms), tuple(self.files), outcomes(), decided, tuple(self.sheets))
            years = self.years if self.previous else None
            outputs = YearOutputs(settings, ledger, self.scratch, self.spill, *whole, years=years)
            failure = outputs.write(workers.pools.reporters)
            if not failure and not ledger.refused:  # what failed is tried again
                record.write(key, {name: sha for name, sha in ledger.written().items() if name not in before})
        by_kind = settings.named is None
        ledger.close(self.digests, settings.year, settings.book, decided.anchor if decided else "", by_kind)
        counts = {"files": len(files), "failed": sum(row.failed for row in files), "forms": len(self.forms)}
        self.recorder.close(ledger.out, year=settings.year, rulebook=settings.book.name, **counts, made=self.made)
        return failure

    def _stands(self, outcomes: Callable[[], Sequence[Outcome]]) -> Reviews | None:
        if not self.decided:
            return None
        across = self.decided.across((one.fiscal_year for one in self.forms), outcomes)
        return Reviews(tuple(self.reviews), self.decided.anchor, self.decided.faults, across)

    @property
    def years(self) -> Path:
        """Where the comparison with the year before writes a line a project."""
        return self.scratch / "years"

    def _across(self, workers: Executor) -> tuple[Outcome, ...]:
        if not self.forms and not self.spill.targets:
            return ()
        found = self._compared(workers, "跨表对照", compare_forms, self.spill, self.settings.named)
        if self.previous:
            beside = self.spill, self.previous, self.years, self.settings.named
            found += self._compared(workers, "与上年比对", compare_years, *beside)
        return found

    def _compared(self, workers: Executor, work: str, compare: Callable[..., Any], *of: Any) -> tuple[Outcome, ...]:
        limits = limits_for(len(self.forms) + self.spill.targets, self.settings.limits, COMPARED)
        with workers.pools.readers.lent() as child:
            try:
                return child.run(limits, compare, *of)
            except Ended as end:
                reason = f"{work}未能完成（{end.how} {end.detail}）"
                return (Outcome("SET", 0, (), (Skip("SET", reason),)),)


def _of_one_sender(jobs: Iterable[_Job], most: int) -> Iterator[tuple[_Job, ...]]:
    """Reports that one process may make: of forms that follow each other in one folder, which one office handed in."""
    for _, own in groupby(jobs, lambda job: PurePosixPath(job.source.name).parent):
        while batch := tuple(islice(own, most)):
            yield batch


def report_folder(number: int, file: str, audit: Audit) -> str:
    """The folder of a form's reports: its number in the run, and letters of its project."""
    return f"{number:03d}_{portable_name(audit.form.project.one_line, f'{file}#{audit.form.number}')}"


def write_form(ledger: Ledger, row: FormRow, report: ProjectReport, review: Review | None = None) -> dict[str, str]:
    """Publish what was made of a form; returns the names of its files with their digests."""
    decidable = [task.as_json() for task in review_tasks(row.audit)]
    made = {
        DECIDED: review.json if review else "",
        "audit.json": json_text(row.audit.as_json()),
        "review.json": json_text(decidable, ascii_only=True),
        "audit.ipynb": report.notebook,
        "audit.html": report.page,
        "failure.html": failure_page(row, report.failure) if report.failure else "",
        **report.files,
    }
    named = {f"projects/{row.folder}/{name}": content for name, content in made.items() if content}
    return {name: ledger.write(name, content) for name, content in named.items()}


def settled(row: FileRow, failures: Mapping[int, str]) -> FileRow:
    """The file's row once its forms are reported: the failures told, by the form's number."""
    told = [f"第 {number} 张表：{failures[number]}" for number in sorted(failures)]
    return replace(row, status="error", message="；".join([row.message, *told]).lstrip("；")) if told else row
