"""Which reports one process makes together, and what becomes of those among which one fails."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest

from auditkit.notebook.project_report import ProjectReport, make_report
from auditkit.run.inputs import InputFile
from auditkit.run.results import _of_one_sender
from auditkit.run.worker import _reports
from auditkit.safety import LIMITS, Limits
from auditkit.sandbox.forkserver import Ended


class Sandbox:
    """In place of a process: makes a report of every letter, capitals end it, and digits fail without."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def run(self, _: Limits, function: Any, tasks: str | Sequence[str], *__: float) -> Any:
        self.asked.append("".join(tasks))
        if any(one.isupper() for one in tasks):
            raise Ended("memory")
        if function is make_report:
            return ProjectReport(page=tasks, failure="坏了" if tasks.isdigit() else "")
        good = next((place for place, one in enumerate(tasks) if one.isdigit()), len(tasks))
        return [ProjectReport(page=one) for one in tasks[:good]]


@pytest.mark.parametrize(
    ("tasks", "asked", "failed"),
    [
        ("abc", ["abc"], ""),
        ("a", ["a"], ""),
        ("ab1cd", ["ab1cd", "1", "cd"], "1"),  # once more alone: it may have had too little beside the others
        ("1ab", ["1ab", "1", "ab"], "1"),
        ("ab1", ["ab1", "1"], "1"),
        ("abXc", ["abXc", "a", "b", "X", "c"], "X"),  # nobody knows over which the process ended
    ],
)
def test_what_fails_among_others_is_made_alone(tasks: str, asked: list[str], failed: str):
    child = Sandbox()
    made = _reports(child, list(tasks), LIMITS)
    assert child.asked == asked
    assert [one for one, report in zip(tasks, made, strict=True) if report.failure] == list(failed)
    assert all(report.page == one for one, report in zip(tasks, made, strict=True) if not report.failure)


def test_only_forms_of_one_folder_are_reported_by_one_process():
    names = ["甲/1", "甲/2", "甲/3", "乙/1", "2", "3"]
    jobs = [SimpleNamespace(source=InputFile(name, name)) for name in names]
    batches = [[job.source.name for job in batch] for batch in _of_one_sender(iter(jobs), 2)]
    assert batches == [["甲/1", "甲/2"], ["甲/3"], ["乙/1"], ["2", "3"]]
