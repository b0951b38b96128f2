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

from auditkit.notebook import kernel_process as forked
from auditkit.notebook.project_report import ProjectReport, ReportTask, _make_forked
from auditkit.run.inputs import InputFile
from auditkit.run.pool import ProcessPool
from auditkit.run.reading import FileResult, RunSettings, local_copy, read_file
from auditkit.safety import Limits, Unreadable
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


def read_files(pools: WorkerPools, settings: RunSettings, files: Sequence[InputFile]) -> list[FileResult]:
    """What became of each of these files."""
    with tempfile.TemporaryDirectory(prefix="auditkit-") as scratch, pools.readers.lent() as child:
        return [read_file(child, settings, file, Path(scratch) / str(place)) for place, file in enumerate(files)]


def report_form(pools: WorkerPools, settings: RunSettings, task: tuple[InputFile, ReportTask]) -> ProjectReport:
    """The report on one form of a file."""
    file, wanted = task
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="auditkit-") as scratch, pools.reporters.lent() as child:
        try:
            copy, digest = local_copy(file, Path(scratch) / "1", settings.limits)
        except Unreadable as error:
            return ProjectReport(failure=str(error), seconds=time.monotonic() - began)
        if digest != wanted.digest:
            return ProjectReport(failure="文件在审核之后有变动，未出报告；请再次运行", seconds=time.monotonic() - began)
        return _reported(child, replace(wanted, copy=copy), forked.notebook_limits(settings.limits), began)


def _reported(child: SandboxProcess, task: ReportTask, limits: Limits, began: float) -> ProjectReport:
    for left in reversed(range(TRIES)):
        try:
            return child.run(limits, _make_forked, task)
        except Ended as end:
            if end.how != "broke" or not left:
                return ProjectReport(failure=_told(end, limits), seconds=time.monotonic() - began)
    raise AssertionError("unreachable")


def _told(end: Ended, limits: Limits) -> str:
    match end.how:
        case "late":
            return f"生成报告超过 {limits.seconds:g} 秒，已中止（可用 --limit notebook_seconds=… 放宽）"
        case "memory":
            return f"生成报告所需内存超过 {limits.memory / 2**20:g} MB，已中止（可用 --limit notebook_memory=… 放宽）"
        case _:
            return f"生成报告的进程异常中止（{end.detail}）"
