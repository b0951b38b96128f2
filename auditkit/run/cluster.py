"""A run beyond one machine: batches of files to the workers of a Dask cluster, their results put down as they come.

The machine that was asked holds one line a form and never the audits: rows go to the dataset, forms wait on its disk
until they are laid side by side. It alone writes, and takes one result of every batch, so that a batch that was done
again after a worker was lost counts once.
"""

from __future__ import annotations

import hashlib
import pickle
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from auditkit.decisions.summary import FILE as DECIDED
from auditkit.decisions.summary import Review, Reviews
from auditkit.model import Form, Outcome
from auditkit.notebook.project_report import LOAD
from auditkit.pipeline import TOGETHER, across_as_json, audit, join_outcomes
from auditkit.report import FileRow, FormLine, FormRow
from auditkit.report.formats import HTML
from auditkit.report.year.dataset import Tally
from auditkit.report.year.dataset_files import FACTS
from auditkit.report.year.views import Year
from auditkit.rulebooks.loader import DEFAULT, load_rulebook
from auditkit.run.batch import Progress, named_entries, report_folder, scratch_in, settled, unlike, write_form
from auditkit.run.cache import AuditCache, audit_key
from auditkit.run.decided import decided_of
from auditkit.run.executors import Batch, Executor, hired
from auditkit.run.inputs import Intake, content_of, copy_name, no_form, skip_reason, told_apart, unread, within
from auditkit.run.manifest import Ledger
from auditkit.run.outputs import DATASET, dataset, finish_dataset, write_entry, write_printed, write_year
from auditkit.run.storage import Here, Place, locked, place
from auditkit.run.worker import Audits, Item, Order, Taken, compare, pack
from auditkit.safety import Limits, Unreadable, chosen_limits, escape_line
from auditkit.sandbox.process import SandboxProcess

if TYPE_CHECKING:
    from auditkit.decisions.summarize import Decided

FILES, BYTES = 20, 8 * 2**20  # of one batch, whichever is reached first


@dataclass(frozen=True)
class ClusterResult:
    """What such a run left: a line a form, a row an input, and the page to open first."""

    forms: tuple[FormLine, ...]
    files: tuple[FileRow, ...]
    index: str
    failure: str = ""  # why a report on all forms together is absent

    @property
    def failed(self) -> int:
        """How many inputs could not be audited or reported."""
        return sum(row.failed for row in self.files)


def run_on(
    scheduler: str,
    folder: str | Path,
    year: int,
    out: str | Path,
    rulebook: str = DEFAULT,
    jobs: int = 2,
    progress: Progress | None = None,
    limits: Limits | None = None,
    formats: Sequence[str] = (),
    function: Audits = audit,
    store: str = "",
) -> ClusterResult:
    """Audit a folder, which like `out` may be any address that fsspec opens, on the workers of a Dask scheduler.

    Writes the dataset, the yearly report, index, tables and manifest, and of each project what `formats` names (nothing
    by default). Raises Unreadable where the scheduler or an address cannot be reached, an extra is not installed, or
    another run is at work in `out`.
    """
    source, target, kept = place(folder), place(out), AuditCache()
    order = Order(load_rulebook(rulebook), rulebook, limits or chosen_limits(), tuple(formats), function=function)
    with _private(target) as scratch, hired(scheduler, jobs) as workers:
        inputs, decided = _inputs(source, target), _decided(target, store)
        order = replace(order, decided=decided if formats else None)
        harvest = _Harvest(order, year, Ledger(target), Shelf(scratch / "forms"), decided)
        for taken in workers.in_order(order, _batches(inputs, source, order, kept)):
            _keep(taken, order, kept)
            harvest.take(taken)
            if progress:
                progress(taken.intake.row.file, len(harvest.files), len(inputs))
        failure = harvest.finish(workers, scratch)
    kept.forget()
    return ClusterResult(tuple(harvest.lines), tuple(harvest.files), f"{out}/index.html", failure)


def _decided(target: Place, store: str) -> Decided | None:
    """What people decided: of reports elsewhere it is known only from a store that is named."""
    if isinstance(target, Here):
        return decided_of(target.folder, store)
    from auditkit.decisions.store import open_store
    from auditkit.decisions.summarize import decided_in

    return decided_in(open_store(store, create=False)) if store else None


@contextmanager
def _private(target: Place) -> Iterator[Path]:
    """A folder for what is nobody else's business; a folder of reports on this machine is held while it is written."""
    with ExitStack() as stack:
        if isinstance(target, Here):
            stack.enter_context(locked(target.folder))
            yield stack.enter_context(scratch_in(target.folder))
        else:
            yield Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="auditkit-")))


def _inputs(source: Place, target: Place) -> dict[str, Path | str]:
    """Every entry by its name in the run: a path where the folder is on this machine, else the rest of its address."""
    if isinstance(source, Here):
        return dict(named_entries(source.folder, target.folder if isinstance(target, Here) else None))
    named: dict[str, Path | str] = {}
    for name in source.names(""):
        if not any(part.startswith(".") for part in PurePosixPath(name).parts[:-1]):
            named[unlike(escape_line(name), named)] = name
    return named


def _batches(inputs: dict[str, Path | str], source: Place, order: Order, kept: AuditCache) -> Iterator[Batch]:
    """Inputs a few at a time: what is to be sent, and what can be told at once."""
    batch: Batch = []
    size = 0
    for name, where in inputs.items():
        entry = _entry(name, where, source, order, kept)
        batch.append(entry)
        size += len(entry.content) if isinstance(entry, Item) else 0
        if len(batch) >= FILES or size >= BYTES:
            yield batch
            batch, size = [], 0
    yield batch


def _entry(name: str, where: Path | str, source: Place, order: Order, kept: AuditCache) -> Item | Taken:
    own = PurePosixPath(where).name
    copy = Path(copy_name(own))
    if reason := skip_reason(where) if isinstance(where, Path) else no_form(own):
        return Taken(Intake(FileRow(name, "skipped", 0, reason, 0.0), copy))
    if isinstance(where, str) and source.shared:
        return Item(name, own, address=source.address_of(where))
    try:
        here = isinstance(where, Path)
        content = content_of(where, order.limits) if here else within(source.read(where), own, order.limits)
    except Unreadable as error:
        return Taken(unread(error, name, copy))
    sha = hashlib.sha256(content).hexdigest()
    if _reusable(order) and (found := kept.find(_key(order, sha, copy))):
        audits = tuple(replace(one, source=name) for one in found[0])
        return Taken(Intake(FileRow(name, "ok", 0, "", found[1]), copy, sha, audits))
    return Item(name, own, content)


def _keep(taken: Taken, order: Order, kept: AuditCache) -> None:
    """What a run that is killed has audited is not audited again by the next."""
    intake = taken.intake
    if _reusable(order) and intake.row.status == "ok" and intake.digest:
        key = _key(order, intake.digest, intake.copy)
        if not kept.has(key):
            kept.put(key, (list(intake.audits), intake.row.seconds))


def _reusable(order: Order) -> bool:
    return order.function is audit and not order.formats


def _key(order: Order, sha: str, copy: Path) -> str:
    """The key under which a run on one machine keeps the same audit."""
    return audit_key(order.book.digest, order.book.name, sha, copy.name, order.limits)


@dataclass
class Shelf:
    """Forms put by on disk, by department, until all are there; in a folder that nobody else may write in."""

    folder: Path
    number: int = 0
    departments: dict[str, Path] = field(default_factory=dict)

    def add(self, form: Form) -> None:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        own = self.folder / f"{len(self.departments):06d}"
        with self.departments.setdefault(form.department.plain, own).open("ab") as file:
            pickle.dump((self.number, form), file)
        self.number += 1

    def groups(self) -> Iterator[list[Form]]:
        """Forms to be laid side by side, as `across` groups them."""
        if self.number <= TOGETHER:
            told = (one for path in self.departments.values() for one in self._in(path))
            yield [form for _, form in sorted(told, key=lambda one: one[0])]
            return
        for path in self.departments.values():
            forms = (form for _, form in self._in(path))
            while group := list(islice(forms, TOGETHER)):
                yield group

    @staticmethod
    def _in(path: Path) -> Iterator[tuple[int, Form]]:
        with path.open("rb") as file:
            while file.peek(1):
                yield pickle.load(file)


@dataclass
class _Harvest:
    """What comes in from the workers, put where it belongs."""

    order: Order
    year: int
    ledger: Ledger
    shelf: Shelf
    decided: Decided | None = None
    reviews: list[Review] = field(default_factory=list)
    lines: list[FormLine] = field(default_factory=list)
    files: list[FileRow] = field(default_factory=list)
    digests: dict[str, str] = field(default_factory=dict)
    tally: Tally = field(default_factory=Tally)
    seen: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.parts = dataset(self.ledger)

    def take(self, taken: Taken) -> None:
        """Tell of one input: rows to the dataset, reports to their folders, forms to the shelf."""
        numbers = (one.form.number for one in taken.intake.audits)
        reports = dict(zip(numbers, taken.reports, strict=False))
        intake, made = told_apart(taken.intake, self.year, self.seen), []
        for one in intake.audits:
            report = reports.get(one.form.number)
            folder = report_folder(len(self.lines) + 1, intake.row.file, one) if report else ""
            row = FormRow(intake.row.file, folder, one, report.failure if report else "")
            review = self.decided.review(one) if self.decided else None
            if review:
                self.reviews.append(review)
            if report:
                write_form(self.ledger, row, report, review if review and not review.blank else None)
                made.append((row, report))
            self.lines.append(self.parts.add(row, self.tally))
            self.shelf.add(one.form)
        self.files.append(settled(intake.row, made))
        self.digests[intake.row.file] = intake.digest

    def finish(self, workers: Executor, scratch: Path) -> str:
        """What tells of all forms together; returns what could not be made."""
        order, ledger = self.order, self.ledger
        outcomes = self._across(workers)
        finish_dataset(ledger, self.parts, self.files, outcomes, self.year, order.book)
        across = tuple(across_as_json(outcomes)["findings"])
        whole = Year(tuple(self.lines), self.tally, across, tuple(self.files), self.year, order.book)
        formats, decided = {HTML, *order.formats}, self._stands(outcomes)
        if decided:
            ledger.write(DECIDED, decided.json)
        with SandboxProcess(order.limits, load=LOAD) as child:
            facts = _at_hand(ledger.place, scratch)
            notebook = write_year(ledger, whole, facts, child, order.limits, formats, order.rulebook, bool(decided))
        failure = "；".join(filter(None, (notebook, write_printed(ledger, whole, formats, decided))))
        write_entry(ledger, whole, outcomes, failure, decided)
        ledger.close(self.digests, self.year, order.book, decided.anchor if decided else "")
        return failure

    def _stands(self, outcomes: Sequence[Outcome]) -> Reviews | None:
        if not self.decided:
            return None
        across = self.decided.across((line.fiscal_year for line in self.lines), lambda: outcomes)
        return Reviews(tuple(self.reviews), self.decided.anchor, self.decided.faults, across)

    def _across(self, workers: Executor) -> tuple[Outcome, ...]:
        if not self.lines:
            return ()
        groups = workers.map(compare, self.order, (pack(group) for group in self.shelf.groups()))
        return next(groups) if self.shelf.number <= TOGETHER else join_outcomes(groups)


def _at_hand(target: Place, scratch: Path) -> Path:
    """The dataset where the process that executes the yearly notebook can read it."""
    if isinstance(target, Here):
        return target.folder / DATASET / FACTS
    copy = Here(scratch)
    for name in target.names(DATASET):
        if not name.startswith((f"{DATASET}/indicators/", f"{DATASET}/scores/")):  # a year is told without these
            copy.write(name, target.read(name))
    return scratch / DATASET / FACTS
