"""Who works for a run: processes of this machine, or the workers of a Dask scheduler, behind one interface."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from typing import Any

from auditkit.errors.runs import NoScheduler, OtherVersion
from auditkit.errors.usage import ExtraMissing
from auditkit.run.cache import code_digest
from auditkit.run.inputs import InputFile, content_of
from auditkit.run.pool import ahead
from auditkit.run.reading import RunSettings
from auditkit.run.worker import WorkerPools
from auditkit.safety import Limits, Unreadable

LOCAL = "local"  # in place of a scheduler's address: processes of this machine
AHEAD = 3  # things for each worker that may be under way or wait for their turn
HERE = 16  # the same of files that need not travel: one that hangs must not keep those behind it waiting
WAIT = 30  # seconds in which a scheduler must answer and have a worker

Work = Callable[[WorkerPools, RunSettings, Any], Any]  # what a worker is asked to do with one thing
Send = Callable[[Any], Future | None]


@dataclass(frozen=True)
class Executor:
    """`submit` gives the future of work, of which `width` can be done at a time; `pools` are of this machine.

    Workers that are `remote` find no file of this machine. A future raises one of `lost` where workers were lost over it.
    """

    submit: Callable[[Work, RunSettings, Any], Future]
    width: int
    pools: WorkerPools
    remote: bool = False
    lost: tuple[type[Exception], ...] = ()

    def sent(self, file: InputFile, limits: Limits) -> InputFile:
        """A file as its worker gets it: with its content where no path of this machine leads to it."""
        if not self.remote or (file.shared and not file.path):
            return file
        content = b""  # what cannot be read any more has not the digest that is expected
        with suppress(Unreadable):
            content = content_of(file, limits)
        return replace(file, path=None, address="", digest="", content=content)

    def in_order(self, send: Send, things: Iterable[Any]) -> Iterator[tuple[Any, Any]]:
        """Each thing with the result of the future that `send` gives, None where it or the result cannot be had."""
        for thing, future in ahead(send, things, (AHEAD if self.remote else HERE) * self.width):
            yield thing, self._result(send, thing, future)

    def as_done(self, send: Send, things: Iterable[Any]) -> Iterator[tuple[Any, Any]]:
        """The same in the order in which they are done."""
        things, waiting = iter(things), {}
        while True:
            waiting |= {send(thing): thing for thing in islice(things, AHEAD * self.width - len(waiting))}
            if not waiting:
                return
            for future in wait(waiting, return_when=FIRST_COMPLETED).done:
                thing = waiting.pop(future)
                yield thing, self._result(send, thing, future)

    def _result(self, send: Send, thing: Any, future: Future | None) -> Any:
        """Dask does work again itself where a worker is lost, and gives it up where several are; it is sent once more."""
        with suppress(*self.lost):
            return future.result() if future else None
        with suppress(*self.lost):
            return send(thing).result()
        return None


@contextmanager
def executor(scheduler: str, jobs: int, limits: Limits) -> Iterator[Executor]:
    """The workers of the scheduler at this address, or (blank or `local`) as many processes here as there are jobs.

    Raises Unreadable, naming the extra, where Dask is not installed, and where the scheduler does not answer.
    """
    if scheduler in ("", LOCAL):
        with WorkerPools(jobs, limits) as pools, ThreadPoolExecutor(jobs) as threads:
            try:
                yield Executor(lambda work, *given: threads.submit(work, pools, *given), jobs, pools)
            finally:
                threads.shutdown(cancel_futures=True)
        return
    with _client(scheduler) as client, WorkerPools(1, limits) as pools:
        from distributed import KilledWorker

        submit = partial(client.get_executor(pure=False).submit, _at_work, code_digest())
        width = max(sum(client.nthreads().values()), 1)
        try:
            yield Executor(submit, width, pools, remote=True, lost=(KilledWorker,))
        finally:
            with suppress(Exception):  # processes that wait for more hold memory on machines that others use
                client.run(dismiss, on_error="ignore")


def _at_work(code: str, work: Work, settings: RunSettings, thing: Any) -> Any:
    """What a Dask worker does. Raises Unreadable where it has another version of the program."""
    if code != code_digest():
        raise OtherVersion("auditkit")
    from distributed import get_worker

    with _starting:
        if not (pools := _waiting.get(settings.limits)):
            pools = _waiting[settings.limits] = WorkerPools(get_worker().state.nthreads, settings.limits)
    return work(pools, settings, thing)


_waiting: dict[Limits, WorkerPools] = {}  # the processes of this Dask worker, which wait for the next work
_starting = threading.Lock()


def dismiss() -> None:
    """End the processes that wait for the next work."""
    while _waiting:
        _waiting.popitem()[1].close()


def _client(scheduler: str) -> Any:
    try:
        from distributed import Client
    except ImportError as error:
        raise ExtraMissing("--scheduler", "distributed") from error
    try:
        _check_address(scheduler)
        client = Client(scheduler, timeout=WAIT, set_as_default=False)
        client.wait_for_workers(1, timeout=WAIT)
        return client
    except (OSError, TimeoutError, ValueError) as error:
        raise NoScheduler(scheduler, why=error) from error


def _check_address(scheduler: str) -> None:
    """Raises ValueError for what no client can connect to: one that fails over it fails once more as Python ends."""
    from distributed.comm.addressing import parse_address, parse_host_port
    from distributed.comm.registry import get_backend
    from distributed.security import Security

    scheme, place = parse_address(scheduler)
    get_backend(scheme)
    if scheme != "inproc":
        parse_host_port(place)
    if scheme == "tls" and not Security().get_connection_args("client").get("ssl_context"):
        raise ValueError("Dask is not configured for TLS")
