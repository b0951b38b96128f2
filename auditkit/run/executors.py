"""Who does the work of a run beyond one machine: the workers of a Dask scheduler, or threads that wait for children here."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from auditkit.run.inputs import copy_name, unread
from auditkit.run.worker import Item, Order, Taken, dismiss, take_batch
from auditkit.safety import Unreadable

LOCAL = "local"  # in place of a scheduler's address: processes of this machine
AHEAD = 3  # batches for each worker that may be under way or wait for their turn
WAIT = 30  # seconds in which a scheduler must answer and have a worker

Batch = list[Item | Taken]


@dataclass(frozen=True)
class Executor:
    """`submit` gives a future of a call, as many at a time as is worth while; `lost` is raised for one that cannot be had."""

    submit: Callable[..., Any]
    width: int
    lost: tuple[type[Exception], ...] = ()

    def in_order(self, order: Order, batches: Iterable[Batch]) -> Iterator[Taken]:
        """What became of every input of every batch, in their order; what was told of already is handed through."""

        def send(batch: Batch) -> Any:
            items = [one for one in batch if isinstance(one, Item)]
            return self.submit(take_batch, order, items) if items else None

        for batch, future in self._ahead(send, batches):
            results = iter(self._results(order, batch, future) if future else ())
            yield from (one if isinstance(one, Taken) else next(results) for one in batch)

    def map(self, function: Callable[..., Any], order: Order, things: Iterable[Any]) -> Iterator[Any]:
        """The function's result for each thing, in their order."""
        for thing, future in self._ahead(lambda one: self.submit(function, order, one), things):
            try:
                yield future.result()
            except self.lost:
                yield self.submit(function, order, thing).result()

    def _ahead(self, send: Callable[[Any], Any], things: Iterable[Any]) -> Iterator[tuple[Any, Any]]:
        waiting: deque[tuple[Any, Any]] = deque()
        for thing in things:
            waiting.append((thing, send(thing)))
            if len(waiting) >= AHEAD * self.width:
                yield waiting.popleft()
        while waiting:
            yield waiting.popleft()

    def _results(self, order: Order, batch: Batch, future: Any) -> list[Taken]:
        """One result of a batch. Dask does it again itself where a worker is lost, and gives it up where several are."""
        items = [one for one in batch if isinstance(one, Item)]
        for one in (lambda: future, lambda: self.submit(take_batch, order, items)):
            try:
                return one().result()
            except self.lost:
                continue
        return [Taken(unread(_forsaken(item.own), item.name, Path(copy_name(item.own)))) for item in items]


def _forsaken(name: str) -> Unreadable:
    return Unreadable(
        name,
        "计算节点屡次失去联系，这一批文件未能审核（不一定是文件的问题）；请检查集群后再次运行同一命令",
        "workers were lost again and again with the batch of this file; look at the cluster and run the same command again",
    )


@contextmanager
def hired(scheduler: str, jobs: int) -> Iterator[Executor]:
    """The workers of the scheduler at this address, or for `local` as many children of this machine as there are jobs.

    Raises Unreadable, naming the extra, where Dask is not installed, and where the scheduler does not answer.
    """
    if scheduler == LOCAL:
        try:
            with ThreadPoolExecutor(jobs) as pool:
                try:
                    yield Executor(pool.submit, jobs)
                finally:
                    pool.shutdown(cancel_futures=True)
        finally:
            dismiss()
        return
    with _client(scheduler) as client:
        from distributed import KilledWorker

        def submit(function: Callable[..., Any], *given: Any) -> Any:
            return client.submit(function, *given, pure=False)

        try:
            yield Executor(submit, max(sum(client.nthreads().values()), 1), (KilledWorker,))
        finally:
            with suppress(Exception):  # children that wait for another batch hold memory on machines that others use
                client.run(dismiss, on_error="ignore")


def _client(scheduler: str) -> Any:
    try:
        from distributed import Client
    except ImportError as error:
        advice = 'pip install "auditkit[cluster]"'
        raise Unreadable("--scheduler", f"未安装 Dask；请运行 {advice}", f"Dask is absent: {advice}") from error
    try:
        client = Client(scheduler, timeout=WAIT, set_as_default=False)
        client.wait_for_workers(1, timeout=WAIT)
        return client
    except (OSError, TimeoutError, ValueError) as error:
        raise Unreadable(
            scheduler,
            f"连不上 Dask 调度器，或它没有计算节点（{error}）",
            f"no Dask scheduler there, or it has no workers ({error})",
        ) from error
