"""One project's report: its notebook executed and written, in the process that is given the task."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from auditkit import resources
from auditkit.decisions.summary import FILE, Review
from auditkit.notebook.hidden_imports import hide_modules
from auditkit.pipeline import already_audited
from auditkit.report import FormRow
from auditkit.report.formats import FORMATS, HTML, choose, make_files
from auditkit.safety import Limits, chosen_limits
from auditkit.sandbox.process import SandboxProcess

LOAD = f"{__name__}:load_reports"


def notebook_limits(limits: Limits | None = None) -> Limits:
    """The limits of a whole notebook, told as those of one call."""
    limits = limits or chosen_limits()
    return replace(limits, seconds=limits.notebook_seconds, memory=limits.notebook_memory)


@dataclass(frozen=True)
class ReportTask:
    """One form to report: the private copy of its file, which form of it, and what was decided on it."""

    row: FormRow
    copy: Path
    rulebook: str
    formats: tuple[str, ...] = (HTML,)
    engine: str = "auditkit"
    notebook: Path = field(default_factory=lambda: resources.notebooks() / resources.PROJECT_NOTEBOOK)
    review: Review | None = None
    digest: str = ""  # of the file


@dataclass(frozen=True)
class ProjectReport:
    """What was made of a task: notebook, page and other files, and why one is absent."""

    notebook: str = ""
    page: str = ""
    files: Mapping[str, bytes] = field(default_factory=dict)
    failure: str = ""
    seconds: float = 0.0


def make_reports(tasks: Sequence[ReportTask], seconds: float) -> list[ProjectReport]:
    """The reports on forms of one sender, as far as they go well, and no new one after so many seconds.

    What fails among others is left to be made alone: it may have had too little, or have spoiled what comes after it.
    """
    made, enough = [], time.monotonic() + seconds
    for task in tasks:
        report = make_report(task)
        if report.failure:
            break
        made.append(report)
        if time.monotonic() > enough:
            break
    return made


def make_report(task: ReportTask) -> ProjectReport:
    """Execute the notebook for one form, render its page and make the other files."""
    import nbformat

    from auditkit.notebook.execute import render, restate, run_notebook

    form, began, source = task.row.audit.form, time.monotonic(), str(task.copy)
    chosen = {"number": form.number, "rulebook": task.rulebook}
    try:
        # A kernel of its own reads the file again; where cells run in this process, the notebook's form is known here.
        with already_audited(source, task.rulebook, [task.row.audit] * form.number):
            notebook = run_notebook(task.notebook, {"source": source} | chosen | _handed(task), task.engine)
        stated = {"source": task.row.file, "rulebook": Path(task.rulebook).name}
        notebook = restate(notebook, chosen | stated | ({"review": FILE} if task.review else {}))
        page = render(notebook, f"{form.project.one_line} 绩效自评审核") if HTML in task.formats else ""
    except Exception as error:
        files, other = make_files(task.row.audit, task.formats, task.review)
        failure = "；".join(filter(None, (f"审核笔记本未能执行完毕：{error}", other)))
        return ProjectReport(files=files, failure=failure, seconds=time.monotonic() - began)
    files, failure = make_files(task.row.audit, task.formats, task.review)
    return ProjectReport(nbformat.writes(notebook) + "\n", page, files, failure, time.monotonic() - began)


def _handed(task: ReportTask) -> dict[str, str]:
    """The parameter by which the notebook finds what was decided: beside the private copy, as later beside the notebook."""
    if not task.review:
        return {}
    path = task.copy.parent / f"{task.row.folder}-{task.row.audit.form.number}.json"
    path.write_text(task.review.json, "utf-8")
    return {"review": str(path)}


def load_reports() -> None:
    """Import and do once all that a report needs, for the server that forks the process of every report."""
    from auditkit.notebook.engine import InProcessEngine
    from auditkit.notebook.execute import render, run_notebook
    from auditkit.notebook.interpreter import Interpreter
    from auditkit.pipeline import audit, load_readers

    load_readers()
    specimen = resources.data() / "specimen.docx"
    if InProcessEngine.is_possible():
        render(
            run_notebook(resources.notebooks() / resources.PROJECT_NOTEBOOK, {"source": str(specimen), "number": 1}), ""
        )
        Interpreter.prepare()
    (one,) = audit(specimen)
    with hide_modules("numpy"):  # openpyxl takes it along for tables of numbers, of which a report has none
        for name in choose()[0]:
            if name != HTML:
                with suppress(Exception):  # what cannot be made says so when it is wanted
                    FORMATS[name].load(one)


def execute_only(child: SandboxProcess, _: object) -> None:
    """Execute the project notebook as it stands, and nothing more: what is measured against papermill."""
    child.run(notebook_limits(child.limits), _execute)


def _execute() -> None:
    from auditkit.notebook.execute import run_notebook

    run_notebook(resources.notebooks() / resources.PROJECT_NOTEBOOK, {})
