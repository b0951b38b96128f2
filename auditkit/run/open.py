"""A year's forms for the yearly notebook: from a folder of forms, or from the dataset of a run."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from auditkit import resources
from auditkit.decisions.manifests import MANIFEST
from auditkit.decisions.store import Store, empty_store, open_store
from auditkit.model import Form
from auditkit.notebook.lab import FOLDER, FORMS, STORE
from auditkit.pipeline import Audit, across, across_as_json, audit
from auditkit.report import FormRow
from auditkit.report.year.dataset_files import FACTS, load_year
from auditkit.report.year.views import Year, common_year
from auditkit.review.notebook import ReviewNotebook, is_interactive
from auditkit.review.project_list import ProjectSummary, listed, together
from auditkit.review.workbench import Workbench
from auditkit.rulebooks.loader import DEFAULT, Rulebook, load_rulebook
from auditkit.rules import load_rules
from auditkit.run.cache import AuditCache, audit_key
from auditkit.run.decided import STORE as NAME
from auditkit.run.inputs import copy_name, read_in, skip_reason, told_apart, walk_folder
from auditkit.run.progress import notebook_progress
from auditkit.safety import Limits, Unreadable, chosen_limits, escape_line
from auditkit.sandbox.process import SandboxProcess


def open_year(source: str | Path, year: int, rulebook: str = DEFAULT) -> Year:
    """Every form under a folder, audited; equal forms once, and a row for each file.

    A run has audited its forms already, and names its dataset by the file `dataset/year.json`: one line a form is read
    from there, and no audit. What lies in a folder of forms is never taken for a dataset, whatever it is called.
    """
    path, book = Path(source), load_rulebook(rulebook)
    if path.name == FACTS and path.is_file():
        return load_year(path, book)
    limits, seen = chosen_limits(), {}
    with SandboxProcess(limits) as child, tempfile.TemporaryDirectory(prefix="auditkit-") as scratch:
        taken = [
            told_apart(
                read_in(
                    one,
                    escape_line(one.relative_to(path).as_posix()),
                    Path(scratch) / f"{number:05d}",
                    lambda copy: child.call(audit, copy, book, limits),
                    limits,
                ),
                year,
                seen,
            )
            for number, one in enumerate(walk_folder(path))
        ]
    rows = [FormRow(intake.row.file, "", one) for intake in taken for one in intake.audits]
    outcomes = across(row.audit for row in rows)
    return common_year(rows, outcomes, [intake.row for intake in taken], year, book)


EXAMPLE = "../data/2021"  # the default parameter of notebooks/review.ipynb


@dataclass(frozen=True)
class Reader:
    """Audits files in a child, and remembers what a run, or an earlier look, audited already."""

    name: str
    book: str  # the digest of the rulebook
    limits: Limits
    kept: AuditCache

    def audits(
        self, path: Path, sha: str, rulebook: Rulebook | None, child: SandboxProcess | None = None
    ) -> list[Audit]:
        """The audits of the file of this digest; it is read only where they are not kept. Raises Unreadable."""

        def make() -> tuple[list[Audit], float]:
            if rulebook is None:
                raise Unreadable(path.name, _AGAIN, "no longer kept; run auditkit run again")
            with contextlib.nullcontext(child) if child else SandboxProcess(self.limits) as reading:
                return reading.call(audit, path, rulebook, self.limits), 0.0

        return self.kept.get(audit_key(self.book, self.name, sha, path.name, self.limits), make)[0]


_AGAIN = (
    "这次运行的审核结果已不在缓存中（程序升级或超过 90 天）。请重新运行 auditkit run，"
    "或用 auditkit lab 报告文件夹 --forms 自评表文件夹 打开"
)


def open_review(source: str | Path, store: str = "", rulebook: str = DEFAULT) -> ReviewNotebook:
    """What the review notebook shows of the workbench that `open_workbench` opens, with its errors."""
    return ReviewNotebook(open_workbench(source, store, rulebook))


def open_workbench(source: str | Path, store: str = "", rulebook: str = DEFAULT) -> Workbench:
    """The projects of a folder of forms, of one file or of a run, with the store of what is decided on them.

    What `auditkit lab` was told goes before the notebook's example, and not before what a person wrote in. Raises
    Unreadable where there is nothing to open, StoreFault where the store cannot be.
    """
    path = Path((os.environ.get(FOLDER) if str(source) == EXAMPLE else "") or source)
    if not path.exists():
        raise Unreadable(path.name, "没有这个文件或文件夹", "no such file or folder")
    load_rules()  # what is kept names its rules, whose words are in the catalogue
    kept = _store(path, store or os.environ.get(STORE, ""))
    if (path / MANIFEST).is_file():
        return _of_run(path, kept, Path(os.environ[FORMS]) if os.environ.get(FORMS) else None)
    return _of_folder(path, kept, load_rulebook(rulebook))


def default_store(source: Path) -> Path:
    """Beside the reports of a run; of a folder of forms where a run does not look; the program's own data stay clean."""
    if (source / MANIFEST).is_file():
        return source / NAME
    if source.resolve().is_relative_to(resources.data()) and not resources.packaged():
        return resources.root() / "reports" / NAME
    folder = source if source.is_dir() else source.parent
    return folder / ".auditkit" / NAME


def _store(source: Path, address: str) -> Store:
    """What was named, or the default; where nobody can decide and nothing was decided, nothing is made."""
    if address:
        return open_store(address)
    place = default_store(source)
    return open_store(place) if is_interactive() or place.exists() else empty_store()


def _of_folder(path: Path, store: Store, book: Rulebook) -> Workbench:
    reader = Reader(book.name, book.digest, chosen_limits(), AuditCache())
    audits: dict[tuple[str, int], Audit] = {}
    seen: set[Form] = set()
    failures = []
    tell = notebook_progress() if is_interactive() else None
    with tempfile.TemporaryDirectory(prefix="auditkit-") as scratch, _late(reader.limits) as child:
        files = [one for one in ([path] if path.is_file() else walk_folder(path)) if not skip_reason(one)]
        for number, one in enumerate(files):
            name = escape_line(one.name if one == path else one.relative_to(path).as_posix())
            if tell:
                tell(name, number, len(files))
            read = partial(_read, reader, book, child)
            intake = read_in(one, name, Path(scratch) / f"{number:05d}", read, reader.limits)
            if not intake.audits:
                failures.append(f"{name}：{intake.row.message or '文件中没有自评表'}")
            audits |= {(name, each.form.number): each for each in intake.audits if each.form not in seen}
            seen |= {each.form for each in intake.audits}
        if tell:
            tell("", len(files), len(files))
    rows = tuple(listed(one.as_json()) for one in audits.values())
    shared = together(across_as_json(across(audits.values()))["findings"], rows)
    return Workbench((*rows, *shared), store, lambda one: audits[one.file, one.number], tuple(failures))


@contextlib.contextmanager
def _late(limits: Limits) -> Iterator[SandboxProcess]:
    """A child that starts with its first call: where all is kept, none is needed."""
    child = SandboxProcess(limits)
    try:
        yield child
    finally:
        child.close()


def _read(reader: Reader, book: Rulebook, child: SandboxProcess, copy: Path) -> list[Audit]:
    return reader.audits(copy, hashlib.sha256(copy.read_bytes()).hexdigest(), book, child)


def _of_run(out: Path, store: Store, forms: Path | None) -> Workbench:
    """Listed by what the run wrote; a project's form is fetched when it is chosen."""
    try:
        told = json.loads((out / MANIFEST).read_text("utf-8"))
        inputs, written, book = dict(told["inputs"]), set(told["outputs"]), told["rulebook"]
        reader = Reader(book["name"], book["digest"], chosen_limits(), AuditCache())
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Unreadable(out.name, "读不懂这次运行的 manifest.json", "cannot read manifest.json") from error
    failures: list[str] = []
    rows = tuple(_listed(out.glob("projects/*/audit.json"), written, out, failures))
    try:
        shared = together(json.loads((out / "across.json").read_text("utf-8"))["findings"], rows)
    except (OSError, ValueError, KeyError, TypeError, Unreadable) as error:
        shared = ()
        failures.append(f"across.json：{error}")
    return Workbench((*rows, *shared), store, partial(_fetch, reader, inputs, forms), tuple(failures))


def _listed(paths: Iterable[Path], written: set[str], out: Path, failures: list[str]) -> Iterator[ProjectSummary]:
    for path in sorted(paths):
        if path.relative_to(out).as_posix() in written:
            try:
                yield listed(json.loads(path.read_text("utf-8")))
            except (OSError, ValueError, Unreadable) as error:
                failures.append(f"{escape_line(path.parent.name)}：{error}")


def _fetch(reader: Reader, inputs: Mapping[str, str], forms: Path | None, one: ProjectSummary) -> Audit:
    """The audit that the run kept, or that of the same bytes in the folder of forms. Raises Unreadable."""
    sha = inputs.get(one.file, "")
    if forms is None:
        audits = reader.audits(Path(copy_name(Path(one.file).name)), sha, None)
    else:
        audits = _again(reader, forms, one, sha)
    found = [replace(each, source=one.file) for each in audits if each.form.number == one.number]
    if not found:
        raise Unreadable(one.file, f"文件中没有第 {one.number} 张表，请重新运行", "no such form in the file; run again")
    return found[0]


def _again(reader: Reader, forms: Path, one: ProjectSummary, sha: str) -> list[Audit]:
    book = load_rulebook(reader.name)
    if book.digest != reader.book:
        raise Unreadable(reader.name, "规则手册在这次运行之后改过，请重新运行", "the rulebook changed; run again")
    with tempfile.TemporaryDirectory(prefix="auditkit-") as scratch:
        intake = read_in(
            forms / one.file, one.file, Path(scratch) / "1", lambda copy: reader.audits(copy, sha, book), reader.limits
        )
    if intake.digest != sha or not intake.audits:
        zh = intake.row.message or "已不是审核时的那一份，请重新运行 auditkit run"
        raise Unreadable(one.file, zh, "not the file that was audited; run again")
    return list(intake.audits)
