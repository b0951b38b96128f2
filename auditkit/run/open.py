"""A year's forms for the yearly notebook: from a folder of forms, or from the dataset of a run."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

from auditkit import resources
from auditkit.decisions.manifests import MANIFEST, Manifest, read_manifest
from auditkit.decisions.store import Store, empty_store, open_store
from auditkit.errors.runs import FormGone, InputChanged, InputLost, NoLongerKept, NotOurs, RulebookChanged
from auditkit.errors.usage import NothingThere
from auditkit.notebook.lab import FOLDER, FORMS, STORE
from auditkit.pipeline import Audit, across, across_as_json
from auditkit.report import FileRow, FormRow
from auditkit.report.year.dataset_files import FACTS, load_year
from auditkit.report.year.views import Year, common_year
from auditkit.review.notebook import ReviewNotebook, is_interactive
from auditkit.review.project_list import ProjectSummary, listed, together
from auditkit.review.workbench import Workbench
from auditkit.rulebooks.loader import load_rulebook
from auditkit.rules import load_rules
from auditkit.run.cache import AuditCache, audit_key
from auditkit.run.decided import STORE as NAME
from auditkit.run.decided import beside
from auditkit.run.inputs import InputFile, copy_name, entries, skip_reason
from auditkit.run.progress import notebook_progress
from auditkit.run.reading import FileResult, RunSettings, read_file, told_apart
from auditkit.run.storage import LocalFolder
from auditkit.safety import Unreadable, chosen_limits, escape_line
from auditkit.sandbox.process import SandboxProcess


def open_year(source: str | Path, year: int, rulebook: str = "") -> Year:
    """Every form under a folder, audited; equal forms once, and a row for each file.

    A run has audited its forms already, and names its dataset by the file `dataset/year.json`: one line a form is read
    from there, and no audit. What lies in a folder of forms is never taken for a dataset, whatever it is called.
    """
    path, book = Path(source), load_rulebook(rulebook or None)
    if path.name == FACTS and path.is_file():
        return load_year(path, book)
    settings, seen = RunSettings(rulebook or None, book, chosen_limits(), year), {}
    told, targets = [], []
    for result in _read_all(entries(LocalFolder(path)), settings):
        told.append(told_apart(result, year, seen))
        targets += result.targets
    rows = [FormRow(row.file, "", one) for row, audits in told for one in audits]
    return common_year(rows, across((row.audit for row in rows), targets), [row for row, _ in told], year, book)


def _read_all(
    files: Iterable[InputFile], settings: RunSettings, kept: AuditCache | None = None
) -> Iterator[FileResult]:
    """What became of each file, one after another."""
    with tempfile.TemporaryDirectory(prefix="auditkit-") as scratch, closing(SandboxProcess(settings.limits)) as child:
        for place, file in enumerate(files):
            yield read_file(child, settings, file, Path(scratch) / str(place), kept)


EXAMPLE = "../data/2021"  # the default parameter of notebooks/review.ipynb


def open_review(source: str | Path, store: str = "", rulebook: str = "") -> ReviewNotebook:
    """What the review notebook shows of the workbench that `open_workbench` opens, with its errors."""
    return ReviewNotebook(open_workbench(source, store, rulebook))


def open_workbench(source: str | Path, store: str = "", rulebook: str = "") -> Workbench:
    """The projects of a folder of forms, of one file or of a run, with the store of what is decided on them.

    What `auditkit lab` was told goes before the notebook's example, and not before what a person wrote in. Raises
    Unreadable where there is nothing to open, StoreFault where the store cannot be.
    """
    path = Path((os.environ.get(FOLDER) if str(source) == EXAMPLE else "") or source)
    if not path.exists():
        raise NothingThere(path.name)
    load_rules()  # what is kept names its rules, whose words are in the catalogue
    kept = _store(path, store or os.environ.get(STORE, ""))
    if (path / MANIFEST).is_file():
        return _of_run(path, kept, Path(os.environ[FORMS]) if os.environ.get(FORMS) else None)
    return _of_folder(path, kept, RunSettings(rulebook or None, load_rulebook(rulebook or None), chosen_limits()))


def default_store(source: Path) -> Path:
    """Beside the reports of a run; of a folder of forms where a run does not look; the program's own data stay clean."""
    if (source / MANIFEST).is_file():
        return source / NAME
    if source.resolve().is_relative_to(resources.data()) and not resources.packaged():
        return resources.root() / "reports" / NAME
    return beside(source)


def _store(source: Path, address: str) -> Store:
    """What was named, or the default; where nobody can decide and nothing was decided, nothing is made."""
    if address:
        return open_store(address)
    place = default_store(source)
    return open_store(place) if is_interactive() or place.exists() else empty_store()


def _of_folder(path: Path, store: Store, settings: RunSettings) -> Workbench:
    there = [InputFile(escape_line(path.name), path.name, path)] if path.is_file() else entries(LocalFolder(path))
    files = [file for file in there if not skip_reason(file)]
    audits: dict[tuple[str, int], Audit] = {}
    seen: dict[str, str] = {}
    failures, targets = [], []
    tell = notebook_progress() if is_interactive() else lambda *_: None

    def telling() -> Iterator[InputFile]:
        for number, file in enumerate(files):
            tell(file.name, number, len(files))
            yield file

    for result in _read_all(telling(), settings, AuditCache()):
        row, new = told_apart(result, 0, seen)
        if row.failed:
            failures.append(f"{row.file}：{row.message}")
        audits |= {(row.file, one.form.number): one for one in new}
        targets += result.targets
    tell("", len(files), len(files))
    rows = tuple(listed(one.as_json()) for one in audits.values())
    shared = together(across_as_json(across(audits.values(), targets))["findings"], rows)
    return Workbench((*rows, *shared), store, lambda one: audits[one.file, one.number], tuple(failures))


def _of_run(out: Path, store: Store, forms: Path | None) -> Workbench:
    """Listed by what the run wrote; a project's form is fetched when it is chosen."""
    manifest, failures = read_manifest(out), []
    rows = tuple(_listed(out.glob("projects/*/audit.json"), manifest.outputs, out, failures))
    try:
        shared = together(json.loads((out / "across.json").read_text("utf-8"))["findings"], rows)
    except (OSError, ValueError, KeyError, TypeError, Unreadable) as error:
        shared = ()
        failures.append(f"across.json：{error}")
    return Workbench((*rows, *shared), store, partial(_fetch, manifest, forms), tuple(failures))


def _listed(
    paths: Iterable[Path], written: Collection[str], out: Path, failures: list[str]
) -> Iterator[ProjectSummary]:
    for path in sorted(paths):
        if path.relative_to(out).as_posix() in written:
            try:
                yield listed(json.loads(path.read_text("utf-8")))
            except (OSError, ValueError, Unreadable) as error:
                failures.append(f"{escape_line(path.parent.name)}：{error}")


def run_audits(out: Path, forms: Path | None = None) -> Iterator[tuple[str, dict[str, Any], Audit | Unreadable]]:
    """Of every project that a run wrote: its folder, what its `audit.json` says of the form, and its audit or why not.

    Raises NotOurs where no run wrote to the folder.
    """
    load_rules()  # what is kept names its rules, whose words are in the catalogue
    manifest, last, audits = read_manifest(out), "", None
    for path in sorted(out.glob("projects/*/audit.json")):
        if path.relative_to(out).as_posix() not in manifest.outputs:
            continue
        try:
            told = json.loads(path.read_text("utf-8"))
            one, facts = listed(told), {**told["form"], "source": told["source"]}
        except (OSError, ValueError, Unreadable):
            yield path.parent.name, {}, NotOurs(path.parent.name, what="audit.json")
            continue
        if one.file != last or audits is None:  # the forms of one file are kept together, and lie side by side
            last, audits = one.file, _known_audits(manifest, forms, one.file)
        if isinstance(audits, Unreadable):
            yield path.parent.name, facts, audits
        else:
            found = [each for each in audits if each.form.number == one.number]
            yield path.parent.name, facts, found[0] if found else FormGone(one.file, number=one.number)


def _known_audits(manifest: Manifest, forms: Path | None, file: str) -> Sequence[Audit] | Unreadable:
    try:
        return _audits(manifest, forms, file)
    except Unreadable as error:
        return error


def _fetch(manifest: Manifest, forms: Path | None, one: ProjectSummary) -> Audit:
    """The audit that the run kept, or that of the same bytes in the folder of forms. Raises Unreadable."""
    found = [each for each in _audits(manifest, forms, one.file) if each.form.number == one.number]
    if not found:
        raise FormGone(one.file, number=one.number)
    return found[0]


def _audits(manifest: Manifest, forms: Path | None, file: str) -> Sequence[Audit]:
    """Those of one file of a run. Raises Unreadable."""
    used, sha, own = manifest.rulebook, manifest.inputs.get(file, ""), Path(file).name
    if forms is not None:
        settings = RunSettings(None if used.by_kind else used.name, load_rulebook(used.name), chosen_limits())
        return _again(settings, used.digest, InputFile(file, own, forms / file), sha)
    packed = AuditCache().find(
        audit_key(used.digest, "" if used.by_kind else used.name, sha, copy_name(own), chosen_limits())
    )
    if not packed:
        raise NoLongerKept(own)
    return FileResult(FileRow(file, "ok", 0, "", 0.0), sha, packed).audits


def _again(settings: RunSettings, digest: str, file: InputFile, sha: str) -> Sequence[Audit]:
    if settings.book.digest != digest:
        raise RulebookChanged(settings.book.name)
    (result,) = _read_all([file], settings, AuditCache())
    if result.digest != sha or not result.audits:
        raise InputLost(file.name, why=result.row.message) if result.row.message else InputChanged(file.name)
    return result.audits
