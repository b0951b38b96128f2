"""One form's report, made in a process of its own, and the crew that makes many."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from itertools import islice
from queue import SimpleQueue
from typing import Any

from auditkit.notebook import kernel_process as forked
from auditkit.notebook.project_report import LOAD, ProjectReport, ReportTask, _make_forked
from auditkit.safety import Limits
from auditkit.sandbox.forkserver import Ended
from auditkit.sandbox.process import TRIES, SandboxProcess

AHEAD = 4  # items a lane that wait or are done while the oldest is not


class ProcessPool:
    """As many children as there are jobs, each which share what one server loads when there is work."""

    def __init__(self, jobs: int, limits: Limits, reads: bool = False):
        self.limits, self._jobs = limits, jobs
        # What only reads files has loaded no more than that: the limit on memory counts it.
        first = SandboxProcess(limits) if reads else SandboxProcess(limits, load=LOAD)
        self.children = [first, *first.twins(jobs - 1)]
        self._free: SimpleQueue[SandboxProcess] = SimpleQueue()
        for child in self.children:
            self._free.put(child)

    def map(self, function: Callable[[SandboxProcess, Any], Any], items: Sequence[Any]) -> Iterator[tuple[int, Any]]:
        """The place and the result of every item, in the order in which they are done."""
        with ThreadPoolExecutor(self._jobs) as pool:
            futures = {pool.submit(self._with_child, function, item): place for place, item in enumerate(items)}
            try:
                for future in as_completed(futures):
                    yield futures.pop(future), future.result()
            finally:
                for future in futures:
                    future.cancel()

    def in_order(self, function: Callable[[SandboxProcess, Any], Any], items: Iterable[Any]) -> Iterator[Any]:
        """The result of every item, in their order; of the items only as many are taken as keep the crew at work."""
        with ThreadPoolExecutor(self._jobs) as pool:
            items, ahead = iter(items), deque()
            try:
                while True:
                    for item in islice(items, AHEAD * self._jobs - len(ahead)):
                        ahead.append(pool.submit(self._with_child, function, item))
                    if not ahead:
                        return
                    yield ahead.popleft().result()
            finally:
                for future in ahead:
                    future.cancel()

    def _with_child(self, function: Callable[[SandboxProcess, Any], Any], item: Any) -> Any:
        child = self._free.get()
        try:
            return function(child, item)
        finally:
            self._free.put(child)

    def reports(self, tasks: Sequence[ReportTask]) -> Iterator[tuple[int, ProjectReport]]:
        return self.map(self._report, tasks)

    def _report(self, child: SandboxProcess, task: ReportTask) -> ProjectReport:
        limits, began = forked.notebook_limits(self.limits), time.monotonic()
        for left in reversed(range(TRIES)):
            try:
                return child.run(limits, _make_forked, task)
            except Ended as end:
                if end.how != "broke" or not left:
                    return ProjectReport(failure=_told(end, limits), seconds=time.monotonic() - began)
        raise AssertionError("unreachable")

    def close(self) -> None:
        closing = [threading.Thread(target=child.close) for child in self.children]
        for one in closing:
            one.start()
        for one in closing:
            one.join()


@contextmanager
def crew(jobs: int, limits: Limits, reads: bool = False) -> Iterator[ProcessPool]:
    """A crew that goes home at the end."""
    hired = ProcessPool(jobs, limits, reads)
    try:
        yield hired
    finally:
        hired.close()


def _told(end: Ended, limits: Limits) -> str:
    match end.how:
        case "late":
            return f"生成报告超过 {limits.seconds:g} 秒，已中止（可用 --limit notebook_seconds=… 放宽）"
        case "memory":
            return f"生成报告所需内存超过 {limits.memory / 2**20:g} MB，已中止（可用 --limit notebook_memory=… 放宽）"
        case _:
            return f"生成报告的进程异常中止（{end.detail}）"
