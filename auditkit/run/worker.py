"""What one worker does for a run, on this machine or on another: read files, and report forms, in processes under limits.

Nothing of a form is opened in the worker's own process. It only hands files to others and their results back, so that a
form that hangs, blows up or kills its process ends alone.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from auditkit.notebook.project_report import ProjectReport, ReportTask, make_report, make_reports, notebook_limits
from auditkit.run.inputs import InputFile
from auditkit.run.pool import ProcessPool
from auditkit.run.reading import FileResult, RunSettings, prepared, read_file
from auditkit.safety import Limits
from auditkit.sandbox.forkserver import Ended
from auditkit.sandbox.process import TRIES, SandboxProcess


class WorkerPools:
    """The processes of one worker: those that read files, and those that make reports, which have more loaded."""

    def __init__(self, jobs: int, limits: Limits):
        self.readers, self.reporters = ProcessPool(jobs, limits, reads=True), ProcessPool(jobs, limits)

    def __enter__(self) -> WorkerPools:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End all of them."""
        self.readers.close()
        self.reporters.close()


def read_input(pools: WorkerPools, settings: RunSettings, file: InputFile) -> FileResult:
    """What became of a file."""
    with tempfile.TemporaryDirectory(prefix="auditkit-") as scratch, pools.readers.lent() as child:
        return read_file(child, settings, file, Path(scratch) / "1")


def report_forms(
    pools: WorkerPools, settings: RunSettings, tasks: Sequence[tuple[InputFile, ReportTask]]
) -> list[ProjectReport]:
    """The reports on forms of one sender, which one process makes one after another, as long as all goes well."""
    with tempfile.TemporaryDirectory(prefix="auditkit-") as scratch, pools.reporters.lent() as child:
        made: dict[int, ProjectReport] = {}
        wanted: dict[int, ReportTask] = {}
        for number, (file, task) in enumerate(tasks):
            copied, told = prepared(file, settings, Path(scratch) / f"{number}")
            if told or copied.digest != task.digest:
                failure = told.row.message if told else "文件在审核之后有变动；请再次运行"
                made[number] = ProjectReport(failure=failure)
            else:
                wanted[number] = replace(task, copy=copied.path)
        reports = _reports(child, list(wanted.values()), notebook_limits(settings.limits))
        made |= zip(wanted, reports, strict=True)
        return [made[number] for number in range(len(tasks))]


def _reports(child: SandboxProcess, tasks: Sequence[ReportTask], limits: Limits) -> list[ProjectReport]:
    """The report of each task: what fails, or ends the process, among others is made once more by itself."""
    made: list[ProjectReport] = []
    while len(rest := tasks[len(made) :]) > 1:
        try:
            made += child.run(limits, make_reports, rest, limits.seconds / 5)
        except Ended:  # nobody knows over which of them
            break
        if len(made) < len(tasks):
            made.append(_report(child, tasks[len(made)], limits))
    return made + [_report(child, task, limits) for task in tasks[len(made) :]]


def _report(child: SandboxProcess, task: ReportTask, limits: Limits) -> ProjectReport:
    began = time.monotonic()
    for left in reversed(range(TRIES)):
        try:
            return child.run(limits, make_report, task)
        except Ended as end:
            if end.how != "broke" or not left:
                return ProjectReport(failure=ended_words(end, limits), seconds=time.monotonic() - began)
    raise AssertionError("unreachable")


def ended_words(end: Ended, limits: Limits) -> str:
    """How a report or document came to its end before it was made."""
    match end.how:
        case "late":
            return f"生成报告占用处理器超过 {limits.seconds:g} 秒，已中止（可用 --limit notebook_seconds=… 放宽）"
        case "stalled":
            return f"等了 {limits.wall:g} 秒仍未生成报告，已中止（机器太忙的，可用 --limit patience=… 放宽）"
        case "memory":
            return f"生成报告所需内存超过 {limits.memory / 2**20:g} MB，已中止（可用 --limit notebook_memory=… 放宽）"
        case _:
            return f"生成报告的进程异常中止（{end.detail}）"
