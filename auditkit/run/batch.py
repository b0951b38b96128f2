"""A folder of forms in, a folder of reports out; what is there already is not made again.

Files are read ahead in their order, told apart, and their forms reported as they come: of a form that is through, the run
holds one line, and its audit lies on disk until all forms are told of together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from auditkit.pipeline import audit
from auditkit.report import FileRow, FormLine
from auditkit.report.formats import choose
from auditkit.rulebooks.loader import DEFAULT, load_rulebook
from auditkit.rules import load_rules
from auditkit.run.cache import AuditCache, Audits
from auditkit.run.decided import decided_of
from auditkit.run.executors import Executor, executor, forsaken
from auditkit.run.inputs import InputFile, entries, private_copy, skip_reason
from auditkit.run.manifest import Ledger
from auditkit.run.progress import Progress
from auditkit.run.reading import FileResult, RunSettings, audited, unread
from auditkit.run.results import Results
from auditkit.run.storage import folder_at, private_folder
from auditkit.run.worker import read_files
from auditkit.safety import Limits, Unreadable, chosen_limits

FILES, BYTES = 20, 8 * 2**20  # of one task for workers elsewhere, whichever is reached first


@dataclass(frozen=True)
class RunResult:
    """What a run left: a line a form, a row an input file, and the page to open first."""

    forms: tuple[FormLine, ...]
    files: tuple[FileRow, ...]
    index: str
    made: int = 0  # reports that were not there already
    faults: tuple[str, ...] = ()  # of the store of decisions
    failure: str = ""  # why a report on all forms together is absent

    @property
    def failed(self) -> int:
        """How many inputs could not be audited or reported."""
        return sum(row.failed for row in self.files)


def run(
    folder: str | Path,
    year: int,
    out: str | Path,
    rulebook: str = DEFAULT,
    jobs: int = 2,
    progress: Progress | None = None,
    limits: Limits | None = None,
    formats: Sequence[str] | None = None,
    engine: str = "auditkit",
    store: str = "",
    scheduler: str = "",
    function: Audits = audit,
) -> RunResult:
    """Audit every file of a folder and write the reports of the contract to `out`; either may be an address of fsspec.

    The work is done by so many processes here, or by the workers of a Dask `scheduler`. Of projects the `formats` named
    are written, by default all that are installed, and of none the data only. Reports show what was decided and signed,
    out of `store` (by default the one in `out`, where there is one). A file or notebook that fails costs only itself, and
    a run that was stopped is continued by the next one. Raises Unreadable for a faulty rulebook or limit, where the store,
    the scheduler or an address cannot be reached, and where another run is at work in `out`.
    """
    load_rules()  # reports say in the catalogue's words how a finding is verified
    source, target, kept = folder_at(folder), folder_at(out), AuditCache()
    chosen, limits = choose()[0] if formats is None else tuple(formats), limits or chosen_limits()
    settings = RunSettings(rulebook, load_rulebook(rulebook), limits, year, chosen, engine, function)
    with private_folder(target) as scratch, executor(scheduler, jobs, limits) as workers:
        inputs = tuple(entries(source, target))
        results = Results(settings, Ledger(target), scratch, decided_of(target, store), len(inputs), progress)
        results.report(_read_all(inputs, settings, scratch / "files", kept, workers), workers)
        failure = results.finish(workers)
    kept.forget()
    faults = results.decided.faults if results.decided else ()
    index = target.address_of("index.html")
    return RunResult(tuple(results.forms), tuple(results.files), index, results.made, faults, failure)


def _read_all(
    inputs: Sequence[InputFile], settings: RunSettings, scratch: Path, kept: AuditCache, workers: Executor
) -> Iterator[tuple[InputFile, FileResult]]:
    """What became of every input, in their order; what was audited before is sent to nobody."""

    def send(batch: Sequence[tuple[InputFile, FileResult | None]]) -> Any:
        files = [workers.sent(file) for file, told in batch if not told]
        return workers.submit(read_files, settings, files) if files else None

    copied = (
        _copied(file, scratch / f"{place:06d}", settings, kept, workers.remote) for place, file in enumerate(inputs)
    )
    for batch, results in workers.in_order(send, _batches(copied, workers.remote)):
        fresh = iter(results or ())
        for file, told in batch:
            result = told or next(fresh, None) or unread(file, forsaken(file.own))
            if not told and result.packed and settings.function is audit:
                kept.put(settings.audit_key(result.digest, file.copy_name), result.packed)
            yield file, result


def _copied(
    file: InputFile, scratch: Path, settings: RunSettings, kept: AuditCache, remote: bool
) -> tuple[InputFile, FileResult | None]:
    """An input with its private copy, and what can be told of it at once."""
    if reason := skip_reason(file):
        return file, FileResult(FileRow(file.name, "skipped", 0, reason, 0.0))
    if remote and file.shared:
        return file, None
    try:
        copy, digest = private_copy(file, scratch, settings.limits)
    except Unreadable as error:
        return file, unread(file, error)
    known = kept.find(settings.audit_key(digest, copy.name)) if settings.function is audit else None
    return replace(file, path=copy, digest=digest), audited(file, digest, known) if known else None


def _batches(
    copied: Iterable[tuple[InputFile, FileResult | None]], remote: bool
) -> Iterator[list[tuple[InputFile, FileResult | None]]]:
    """Inputs one at a time for processes here, a few at a time for workers to which they travel."""
    batch, size = [], 0
    for file, told in copied:
        batch.append((file, told))
        size += file.path.stat().st_size if file.path and not told else 0
        if not remote or len(batch) >= FILES or size >= BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
