"""Processes that are loaded once and lent out one at a time, and work done ahead by no more than keeps them busy."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from queue import SimpleQueue
from typing import Any

from auditkit.notebook.project_report import LOAD
from auditkit.safety import Limits
from auditkit.sandbox.process import SandboxProcess

AHEAD = 4  # items for each process that wait or are done while the oldest is not


class ProcessPool:
    """As many processes as there are jobs, which share what one server loads when there is work."""

    def __init__(self, jobs: int, limits: Limits, reads: bool = False):
        self.limits, self._jobs = limits, jobs
        # What only reads files has loaded no more than that: the limit on memory counts it.
        first = SandboxProcess(limits) if reads else SandboxProcess(limits, load=LOAD, ports=True)
        self.children = [first, *first.twins(jobs - 1)]
        self._free: SimpleQueue[SandboxProcess] = SimpleQueue()
        for child in self.children:
            self._free.put(child)

    @contextmanager
    def lent(self) -> Iterator[SandboxProcess]:
        """A process that nobody else uses meanwhile."""
        child = self._free.get()
        try:
            yield child
        finally:
            self._free.put(child)

    def map(self, function: Callable[[SandboxProcess, Any], Any], items: Iterable[Any]) -> Iterator[Any]:
        """The result of every item, in their order."""

        def call(item: Any) -> Any:
            with self.lent() as child:
                return function(child, item)

        with ThreadPoolExecutor(self._jobs) as threads, ExitStack() as stack:
            stack.callback(threads.shutdown, wait=False, cancel_futures=True)
            for _, future in ahead(lambda item: threads.submit(call, item), items, AHEAD * self._jobs):
                yield future.result()

    def __enter__(self) -> ProcessPool:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the processes and what they may be at."""
        closing = [threading.Thread(target=child.close) for child in self.children]
        for one in closing:
            one.start()
        for one in closing:
            one.join()


def ahead(send: Callable[[Any], Any], things: Iterable[Any], most: int) -> Iterator[tuple[Any, Any]]:
    """Each thing with what sending it gave, in their order; no more things are taken than so many."""
    waiting: deque[tuple[Any, Any]] = deque()
    for thing in things:
        waiting.append((thing, send(thing)))
        if len(waiting) >= most:
            yield waiting.popleft()
    yield from waiting
