"""A folder of forms in, a folder of reports out; what is there already is not made again.

Files are read ahead in their order, told apart, and their forms reported as they come: of a form that is through, the run
holds one line, and its audit lies on disk until all forms are told of together.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

from auditkit.errors.runs import WorkersLost
from auditkit.pipeline import audit_file
from auditkit.report import FileRow, FormLine
from auditkit.report.formats import choose
from auditkit.rulebooks.loader import load_rulebook
from auditkit.rules import load_rules
from auditkit.run.cache import AuditCache, Audits
from auditkit.run.decided import decided_of
from auditkit.run.earlier import MOST_MISSING, earlier_run
from auditkit.run.executors import Executor, executor
from auditkit.run.inputs import SOURCE, InputFile, entries, skip_reason
from auditkit.run.manifest import Ledger
from auditkit.run.previous import previous_run
from auditkit.run.progress import Progress
from auditkit.run.reading import FileResult, RunSettings, keep_audits, prepared, unread
from auditkit.run.results import Results
from auditkit.run.storage import LocalFolder, folder_at, private_folder
from auditkit.run.worker import read_input
from auditkit.safety import Limits, chosen_limits


@dataclass(frozen=True)
class RunResult:
    """What a run left: a line a form, a row an input file, and the page to open first."""

    forms: tuple[FormLine, ...]
    files: tuple[FileRow, ...]
    index: str
    made: int = 0  # reports that were not there already
    faults: tuple[str, ...] = ()  # of the store of decisions
    failure: str = ""  # why a report on all forms together is absent
    refused: tuple[str, ...] = ()  # files that are as the last run left them, because nobody may replace them now

    @property
    def failed(self) -> int:
        """How many inputs could not be audited or reported."""
        return sum(row.failed for row in self.files)


def run(
    folder: str | Path,
    year: int,
    out: str | Path,
    rulebook: str | None = None,
    jobs: int = 2,
    progress: Progress | None = None,
    limits: Limits | None = None,
    formats: Sequence[str] | None = None,
    engine: str = "auditkit",
    store: str = "",
    scheduler: str = "",
    function: Audits = audit_file,
    most_missing: float = MOST_MISSING,
    previous: str | Path = "",
) -> RunResult:
    """Audit every file of a folder and write the reports of the contract to `out`; either may be an address of fsspec.

    Where no rulebook is named, the kind of each form chooses it. The work is done by so many processes here, or by the
    workers of a Dask `scheduler`. Of projects the `formats` named are written, by default all that are installed, and of
    none the data only. Reports show what was decided and signed, out of `store` (by default the one in `out`, where there
    is one); a store that does not answer costs its decisions only. A file or notebook that fails costs only itself, and a
    run that was stopped is continued by the next one. Raises Unreadable for a faulty rulebook or limit, where the
    scheduler or an address cannot be reached, and where another run is at work in `out`; and, before anything is changed,
    NoInputs, and InputsMissing where more than `most_missing` of the files that the last run read are gone. Projects are laid
    beside those of an earlier year where the output folder of its run is named as `previous`: raises NoPreviousRun,
    PreviousBroken and PreviousNotEarlier, before any file is read.
    """
    load_rules()  # reports say in the catalogue's words how a finding is verified
    source, target, kept = folder_at(folder), folder_at(out), AuditCache()
    chosen, limits = choose()[0] if formats is None else tuple(formats), limits or chosen_limits()
    settings = RunSettings(rulebook, load_rulebook(rulebook), limits, year, chosen, engine, function)
    inputs = tuple(entries(source, target))
    earlier = earlier_run(target)
    earlier.check(str(folder), (file.name for file in inputs if not skip_reason(file)), most_missing)
    with (
        previous_run(previous, year, limits) as former,
        private_folder(target) as scratch,
        executor(scheduler, jobs, limits) as workers,
    ):
        ledger = Ledger(target, earlier)  # which reads the manifest again where another run came between
        decided = decided_of(target, store, ledger.earlier)
        if isinstance(source, LocalFolder) and isinstance(target, LocalFolder):
            target.write(SOURCE, os.fsencode(source.path))
        results = Results(settings, ledger, scratch, decided, len(inputs), progress, former)
        known = kept if function is audit_file else None
        results.report(_read_all(inputs, settings, scratch / "files", known, workers), workers)
        failure = results.finish(workers)
    kept.forget()
    faults = results.decided.faults if results.decided else ()
    index = target.address_of("index.html")
    told = tuple(results.forms), tuple(results.files), index, results.made, faults, failure
    return RunResult(*told, refused=tuple(ledger.refused))


def _read_all(
    inputs: Sequence[InputFile], settings: RunSettings, scratch: Path, kept: AuditCache | None, workers: Executor
) -> Iterator[tuple[InputFile, FileResult]]:
    """What became of every input, in their order; what was audited before is sent to nobody."""

    def here(place: int, file: InputFile) -> tuple[InputFile, FileResult | None]:
        if workers.remote and file.shared:  # who reads it finds it where it lies
            return file, None
        return prepared(file, settings, scratch / f"{place:06d}", kept)

    def send(item: tuple[InputFile, FileResult | None]) -> Future[FileResult] | None:
        file, told = item
        return None if told else workers.submit(read_input, settings, workers.sent(file, settings.limits))

    for (file, told), read in workers.in_order(send, itertools.starmap(here, enumerate(inputs))):
        result = told or read or unread(file, WorkersLost(file.own))
        if not told:
            keep_audits(result, file, settings, kept)
        yield file, result
