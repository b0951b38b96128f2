"""A folder of forms in, a folder of reports out: intake, notebooks, and what a run leaves behind."""

from __future__ import annotations

import json
import multiprocessing
import os
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field, replace
from itertools import chain, count
from pathlib import Path

import nbformat

from auditkit import resources
from auditkit.audit import Audit, across, across_as_json, audit
from auditkit.child import Child
from auditkit.folder import entries
from auditkit.intake import Intake, take_in
from auditkit.manifest import Ledger
from auditkit.model import Form
from auditkit.report import FileRow, FormRow, csv_bytes, files_csv, findings_table, forms_csv, index_page, rules_page
from auditkit.report.formats import HTML, choose, make_files
from auditkit.report.worklist import tasks as review_tasks
from auditkit.rulebook import DEFAULT, Rulebook, load_rulebook
from auditkit.run import render, restate, run_notebook
from auditkit.safety import Limits, chosen_limits, inert_line, portable_name

NOTEBOOK = "project_audit.ipynb"

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class RunResult:
    """What a run left: a row per form, a row per input file, and the page to open first."""

    forms: tuple[FormRow, ...]
    files: tuple[FileRow, ...]
    index: Path

    @property
    def failed(self) -> int:
        """How many inputs could not be audited or reported."""
        return sum(row.failed for row in self.files)


@dataclass(frozen=True)
class Task:
    """One form to report: the private copy of its file, and which form of it."""

    row: FormRow
    copy: Path
    rulebook: str
    formats: tuple[str, ...] = (HTML,)


@dataclass(frozen=True)
class Report:
    """What a worker made of a task: notebook, page and other files, and why one is absent."""

    notebook: str = ""
    page: str = ""
    files: Mapping[str, bytes] = field(default_factory=dict)
    failure: str = ""
    seconds: float = 0.0


def run(
    folder: Path,
    year: int,
    out: Path,
    rulebook: str = DEFAULT,
    jobs: int = 2,
    progress: Progress | None = None,
    limits: Limits | None = None,
    formats: Sequence[str] | None = None,
) -> RunResult:
    """Audit every file of a folder and write the reports of the contract to `out`; by default in every format installed.

    A file or notebook that fails costs only itself. Raises Unreadable for a faulty rulebook or limit.
    """
    book, limits = load_rulebook(rulebook), limits or chosen_limits()
    formats = choose()[0] if formats is None else tuple(formats)
    ledger = Ledger(out)
    with tempfile.TemporaryDirectory(prefix="auditkit-") as scratch:
        taken = _take_in_all(folder, out, Path(scratch), year, book, limits)
        tasks = _tasks(taken, rulebook, formats)
        reports = _execute(tasks, jobs, limits, progress)
    for task, report in zip(tasks, reports, strict=True):
        _write_form(ledger, task.row, report)
    forms = [replace(task.row, failure=report.failure) for task, report in zip(tasks, reports, strict=True)]
    files = [_settled(intake.row, forms, reports) for intake in taken]
    _write_tables(ledger, forms, files, year, book)
    _write_books(ledger, [row.audit for row in forms], year, book, formats)
    ledger.close({intake.row.file: intake.digest for intake in taken}, year, book)
    return RunResult(tuple(forms), tuple(files), out / "index.html")


def _take_in_all(folder: Path, out: Path, scratch: Path, year: int, book: Rulebook, limits: Limits) -> list[Intake]:
    taken: dict[str, Intake] = {}
    seen: dict[Form, str] = {}
    with Child(limits) as child:
        for number, path in enumerate(entries(folder, out)):
            name = _unlike(inert_line(path.relative_to(folder).as_posix()), taken)
            copies = scratch / f"{number:05d}"
            taken[name] = take_in(
                path, name, copies, year, lambda copy: child.call(audit, copy, book, limits), limits, seen
            )
    return list(taken.values())


def _unlike(name: str, others: Mapping[str, object]) -> str:
    """The name, numbered where another file's looks the same once it is inert."""
    numbered = (f"{name}（同名 {number}）" for number in count(2))
    return next(filter(lambda one: one not in others, chain([name], numbered)))


def _tasks(taken: Iterable[Intake], rulebook: str, formats: tuple[str, ...]) -> list[Task]:
    audits = [(intake, one) for intake in taken for one in intake.audits]
    tasks = []
    for number, (intake, one) in enumerate(audits, 1):
        identity = f"{intake.row.file}#{one.form.number}"
        folder = f"{number:03d}_{portable_name(one.form.project.squeezed, identity)}"
        tasks.append(Task(FormRow(intake.row.file, folder, one), intake.copy, rulebook, formats))
    return tasks


def _execute(tasks: Sequence[Task], jobs: int, limits: Limits, progress: Progress | None) -> list[Report]:
    """The reports in the order of the tasks, made in `jobs` processes."""
    if not tasks:
        return []
    spawn = multiprocessing.get_context("spawn")
    told = limits.environment()  # for the notebooks' kernels, which read the copies again
    with ProcessPoolExecutor(min(jobs, len(tasks)), mp_context=spawn, initializer=_tell, initargs=(told,)) as pool:
        futures = {pool.submit(make_report, task): task for task in tasks}
        for done, future in enumerate(as_completed(futures), 1):
            if progress:
                progress(futures[future].row.audit.form.project.squeezed, done, len(tasks))
    return [_outcome(future) for future in futures]


def _tell(environment: Mapping[str, str]) -> None:
    os.environ.update(environment)


def _outcome(future: Future[Report]) -> Report:
    try:
        return future.result()
    except Exception as error:  # a worker that died must not take the run with it
        return Report(failure=f"执行进程异常（{type(error).__name__}）")


def make_report(task: Task) -> Report:
    """Execute the notebook for one form and render its page; runs in a worker process."""
    form, began = task.row.audit.form, time.monotonic()
    chosen = {"number": form.number, "rulebook": task.rulebook}
    try:
        notebook = run_notebook(resources.notebooks() / NOTEBOOK, {"source": str(task.copy)} | chosen)
        stated = {"source": task.row.file, "rulebook": Path(task.rulebook).name}
        notebook = restate(notebook, chosen | stated)
        page = render(notebook, f"{form.project.squeezed} 绩效自评审核")
    except Exception as error:
        files, other = make_files(task.row.audit, task.formats)
        failure = "；".join(filter(None, (f"审核笔记本未能执行完毕：{error}", other)))
        return Report(files=files, failure=failure, seconds=time.monotonic() - began)
    files, failure = make_files(task.row.audit, task.formats)
    page = page if HTML in task.formats else ""
    return Report(nbformat.writes(notebook) + "\n", page, files, failure, time.monotonic() - began)


def _write_form(ledger: Ledger, row: FormRow, report: Report) -> None:
    folder = f"projects/{row.folder}"
    ledger.write(f"{folder}/audit.json", json.dumps(row.audit.as_json(), ensure_ascii=False, allow_nan=False, indent=1))
    decidable = [task.as_json() for task in review_tasks(row.audit)]
    ledger.write(f"{folder}/review.json", json.dumps(decidable, ensure_ascii=True, allow_nan=False, indent=1))
    for name, content in {"audit.ipynb": report.notebook, "audit.html": report.page, **report.files}.items():
        if content:
            ledger.write(f"{folder}/{name}", content)


def _settled(row: FileRow, forms: Sequence[FormRow], reports: Sequence[Report]) -> FileRow:
    """The file's row once its notebooks have run: their time added, their failures told."""
    own = [(form, report) for form, report in zip(forms, reports, strict=True) if form.file == row.file]
    row = replace(row, seconds=row.seconds + sum(report.seconds for _, report in own))
    failures = [f"第 {form.audit.form.number} 张表：{form.failure}" for form, _ in own if form.failure]
    return replace(row, status="error", message="；".join([row.message, *failures]).lstrip("；")) if failures else row


def _write_tables(
    ledger: Ledger, forms: Sequence[FormRow], files: Sequence[FileRow], year: int, book: Rulebook
) -> None:
    outcomes = across(row.audit for row in forms)
    ledger.write("findings.csv", csv_bytes(findings_table([row.audit for row in forms], outcomes)))
    ledger.write("across.json", json.dumps(across_as_json(outcomes), ensure_ascii=False, allow_nan=False, indent=1))
    ledger.write("status.csv", files_csv(files))
    ledger.write("forms.csv", forms_csv(forms))
    ledger.write("rules.html", rules_page(book))
    ledger.write("index.html", index_page(forms, files, outcomes, year, book))


def _write_books(ledger: Ledger, audits: Sequence[Audit], year: int, book: Rulebook, formats: Sequence[str]) -> None:
    """The covering memo and the working paper over all projects."""
    if audits and "docx" in formats:
        from auditkit.report.word import year_memo

        ledger.write("memo.docx", year_memo(audits, across(audits), year, book))
    if audits and "xlsx" in formats:
        from auditkit.report.excel import review_workbook

        ledger.write("review.xlsx", review_workbook(audits))
