"""What one machine of many does for a run: a batch of files, every form of it in a child process under limits.

Nothing of a form is opened in the worker's own process. It only hands files to children and their results back, so that
a form that hangs, blows up or kills its process ends alone: a lost worker would take a whole batch with it.
"""

from __future__ import annotations

import atexit
import pickle
import tempfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from auditkit.model import Form, Outcome, Skip
from auditkit.notebook.kernel_process import notebook_limits
from auditkit.notebook.project_report import ProjectReport, ReportTask
from auditkit.pipeline import Audit, across_forms, audit
from auditkit.report import FormRow
from auditkit.rulebooks.loader import Rulebook
from auditkit.run.cache import code_digest
from auditkit.run.inputs import Intake, audited, unopened, within
from auditkit.run.pool import ProcessPool
from auditkit.safety import Limits, Unreadable
from auditkit.sandbox.forkserver import Ended

if TYPE_CHECKING:
    from auditkit.decisions.summarize import Decided
    from auditkit.decisions.summary import Review

Audits = Callable[[Path, Rulebook, Limits], list[Audit]]


@dataclass(frozen=True)
class Order:
    """What is wanted of every file of a run. `code` tells the worker which program it has to be."""

    book: Rulebook
    rulebook: str
    limits: Limits
    formats: tuple[str, ...] = ()
    engine: str = "auditkit"
    function: Audits = audit
    decided: Decided | None = None  # what stands on the forms, where reports on them are wanted
    code: str = field(default_factory=code_digest)


@dataclass(frozen=True)
class Item:
    """One input as it is sent: its content, or the address at which the worker finds it; `own` is the file's own name."""

    name: str
    own: str
    content: bytes = b""
    address: str = ""


@dataclass(frozen=True)
class Taken:
    """What became of one input, and the reports on its forms where such are wanted."""

    intake: Intake
    reports: tuple[ProjectReport, ...] = ()


def take_batch(order: Order, items: Sequence[Item]) -> list[Taken]:
    """What became of each of these files. Raises Unreadable where this machine has another version of the program."""
    if order.code != code_digest():
        raise Unreadable(
            "auditkit",
            "计算节点上的 auditkit 或其组件与本机版本不同，结果会不一致；请在各节点安装同一版本",
            "a worker has another version of auditkit or of what it uses; install the same on every machine",
        )
    with tempfile.TemporaryDirectory(prefix="auditkit-") as scratch:
        return [_take(order, item, Path(scratch) / f"{number:05d}") for number, item in enumerate(items)]


def _take(order: Order, item: Item, scratch: Path) -> Taken:
    def audit_copy(copy: Path) -> list[Audit]:
        with _crew(order.limits, True) as readers:
            return readers.children[0].call(order.function, copy, order.book, order.limits)

    intake = audited(lambda: _content(item, order.limits), item.own, item.name, scratch, audit_copy)
    if not (order.formats and intake.audits):
        return Taken(intake)
    rows = [FormRow(item.name, "", one) for one in intake.audits]
    chosen = (order.rulebook, order.formats, order.engine)
    tasks = [ReportTask(row, intake.copy, *chosen, review=_review(order, row.audit)) for row in rows]
    with _crew(order.limits, False) as hired:
        reports = dict(hired.reports(tasks))
    return Taken(intake, tuple(reports[place] for place in range(len(tasks))))


def _review(order: Order, one: Audit) -> Review | None:
    told = order.decided.review(one) if order.decided else None
    return told if told and not told.blank else None


def _content(item: Item, limits: Limits) -> bytes:
    if not item.address:
        return item.content
    import fsspec

    try:
        with fsspec.open(item.address, "rb") as file:
            return within(file.read(limits.file + 1), item.own, limits)
    except Unreadable:
        raise
    except Exception as error:  # whatever a store of files raises: the others are read all the same
        raise unopened(item.own, f"{type(error).__name__}: {error}") from error


def compare(order: Order, packed: bytes) -> tuple[Outcome, ...]:
    """What the rules of the SET family make of forms (`pack`) side by side."""
    with _crew(order.limits, True) as readers:
        try:
            return readers.children[0].run(notebook_limits(order.limits), _compare, packed, order.book)
        except Ended as end:
            reason = f"一批自评表的跨表对照未能完成（{end.how} {end.detail}）"
            return (Outcome("SET", 0, (), (Skip("SET", reason),)),)


def _compare(packed: bytes, book: Rulebook) -> tuple[Outcome, ...]:
    return across_forms(pickle.loads(zlib.decompress(packed)), book)


def pack(forms: Sequence[Form]) -> bytes:
    """Forms as they are sent; they hold much that is the same."""
    return zlib.compress(pickle.dumps(tuple(forms)), 1)


_free: dict[Any, list[ProcessPool]] = {}


@contextmanager
def _crew(limits: Limits, reads: bool) -> Iterator[ProcessPool]:
    """A child that is loaded already, if one is free; it waits for the next batch afterwards."""
    waiting = _free.setdefault((limits, reads), [])
    try:
        hired = waiting.pop()
    except IndexError:
        hired = ProcessPool(1, limits, reads)
    try:
        yield hired
    finally:
        waiting.append(hired)


@atexit.register
def dismiss() -> None:
    """End the children that wait for another batch."""
    for waiting in _free.values():
        while waiting:
            waiting.pop().close()
