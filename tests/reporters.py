"""In place of the processes that make reports: what works in the test's own process, and ends over what is named."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from auditkit.safety import Limits
from auditkit.sandbox.forkserver import Ended


class Reporters:
    """A pool of processes whose only child is the test."""

    def __init__(self, *ends: str):
        self.ends = ends

    @contextmanager
    def lent(self) -> Iterator[Reporters]:
        yield self

    def run(self, _: Limits, function: Callable[..., Any], *given: Any) -> Any:
        if set(self.ends) & {one for one in given if isinstance(one, str)}:
            raise Ended("memory")
        return function(*given)
