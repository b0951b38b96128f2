"""The evidence of a project, gathered out of what a run left: its form, its reports, what was decided, and what a person attaches."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from auditkit.decisions.entry import Entry, Head
from auditkit.decisions.manifests import Manifest, manifest_digest, read_manifest
from auditkit.decisions.packs import (
    ENTRIES,
    Pack,
    PackManifest,
    digest_of,
    is_safe,
    open_pack,
    sealed,
    told_entries,
)
from auditkit.decisions.subject import told_key
from auditkit.decisions.summary import FILE
from auditkit.errors.files import NotOpened
from auditkit.errors.letters import ChainBroken
from auditkit.errors.packs import (
    AttachmentNotAFile,
    FormerPackBroken,
    FormsNotFound,
    NoSuchProject,
    NothingToPack,
    PackDanger,
    PackRefused,
    PackTooLarge,
    ReportsBehind,
    ReportsChanged,
    ReportsOfFormerRun,
    SeveralProjects,
)
from auditkit.errors.runs import InputChanged, NotOurs
from auditkit.run.decided import decided_of
from auditkit.run.inputs import SOURCE, InputFile, content_of, copy_name, entries
from auditkit.run.progress import Progress
from auditkit.run.storage import LocalFolder, private_folder
from auditkit.safety import Limits, Unreadable, chosen_limits
from auditkit.vocabulary.spelling import plain

if TYPE_CHECKING:
    from auditkit.decisions.summarize import Decided

PACKS = "packs"
FORMS, ATTACHED = "forms", "attachments"
RULES = "rules.html"  # what every rule says and on what it stands
_AUDIT = "audit.json"


@dataclass(frozen=True)
class PackRow:
    """What became of one project: its pack, whether it stood there already, its digest, and what is to be said of it."""

    folder: str
    file: str = ""
    digest: str = ""
    kept: bool = False
    notes: tuple[Unreadable, ...] = ()
    failure: Unreadable | None = None


def write_packs(
    out: Path,
    project: str = "",
    attach: Sequence[Path] = (),
    store: str = "",
    forms: Path | None = None,
    limits: Limits | None = None,
    progress: Progress | None = None,
) -> Iterator[PackRow]:
    """Write the pack of one project of a run's folder, or (where none is named) of all, under `packs/`; a row for each.

    A good pack that holds what would be packed now is kept, and what was attached to it before stays attached. A form or
    report that is not what the run read or wrote costs its project's pack only. `forms` is where the forms are now, if not
    where the run found them. Raises NotOurs where no run wrote to the folder, NothingToPack, NoSuchProject, SeveralProjects, and FolderHeld
    where a run is at work there.
    """
    folder, limits = LocalFolder(out.resolve()), limits or chosen_limits()
    manifest = read_manifest(folder.path)
    reports = _reports(manifest)
    if not reports:
        raise NothingToPack(str(out))
    chosen = [_chosen(tuple(reports), project)] if project else list(reports)
    packer = _Packer(folder, manifest, manifest_digest(folder.path), reports, decided_of(folder, store), forms, limits)
    with private_folder(folder):
        for done, name in enumerate(chosen):
            if progress:
                progress(name, done, len(chosen))
            try:
                yield packer.pack(name, attach)
            except Unreadable as error:
                yield PackRow(name, failure=error)


def _reports(manifest: Manifest) -> dict[str, dict[str, str]]:
    """The files of every project that has an audit, with their digests, by its folder."""
    found: dict[str, dict[str, str]] = {}
    for name, digest in sorted(manifest.outputs.items()):
        top, _, rest = name.partition("/")
        if top == "projects":
            found.setdefault(rest.partition("/")[0], {})[name] = digest
    return {folder: files for folder, files in found.items() if f"projects/{folder}/{_AUDIT}" in files}


def _chosen(folders: Sequence[str], text: str) -> str:
    """The folder that a person means by its name or path, its number, or a part of the project's name."""
    last = Path(text).name
    if last in folders:
        return last
    wanted = plain(last)
    number = [one for one in folders if wanted.isdecimal() and wanted.lstrip("0") == _number(one)]
    found = number or [one for one in folders if plain(_title(one)) == wanted]
    found = found or [one for one in folders if wanted and wanted in plain(_title(one))]
    if len(found) != 1:
        raise SeveralProjects(text, known="、".join(found[:5])) if found else NoSuchProject(text)
    return found[0]


def _number(name: str) -> str:
    """The number that a name begins with, as text: what a person writes may be longer than any number."""
    return name.partition("_")[0].lstrip("0")


def _title(folder: str) -> str:
    """The project's name in that of its folder, which is its number, the name and a code."""
    return folder.partition("_")[2].rpartition("_")[0]


@dataclass(frozen=True)
class _Packer:
    """All that the packs of one run have in common."""

    out: LocalFolder
    manifest: Manifest
    run: str
    reports: Mapping[str, Mapping[str, str]]
    decided: Decided | None
    given: Path | None
    limits: Limits

    def pack(self, folder: str, attach: Sequence[Path]) -> PackRow:
        """Raises Unreadable where something is not as the run left it."""
        if self.decided and self.decided.faults:
            raise ChainBroken(folder, count=len(self.decided.faults))
        told, file = self._told(folder), f"{PACKS}/{folder}.zip"
        decided = tuple(self.decided.entries.get(told_key(told["form"]), ())) if self.decided else ()
        known, form, decisions = self._known(folder, told, decided), _form_name(told), told_entries(decided)
        known = replace(known, files={**known.files, ENTRIES: digest_of(decisions)})
        notes = [ReportsBehind(folder)] if self._is_behind(folder, known.chain) else []
        former = self._former(file)
        if former and former.faults:
            former = None
        if former is None and (self.out.path / file).exists():
            notes.append(FormerPackBroken(file))
        attached = _former_attachments(former)
        if former and not attach and _is_same(former.manifest, known, attached):
            return PackRow(folder, file, former.digest, kept=True, notes=tuple(notes))
        attached |= self._attachments(attach, attached)
        written = {name: sha for name, sha in known.files.items() if name not in (form, ENTRIES)}
        files = {**self._as_written(folder, written), form: self._form(known.source), ENTRIES: decisions, **attached}
        self._check(folder, files)
        data = sealed(replace(known, files={name: digest_of(one) for name, one in sorted(files.items())}), files)
        self.out.write(file, data)
        return PackRow(folder, file, digest_of(data), notes=tuple(notes))

    def _known(self, folder: str, told: Mapping[str, Any], decided: Sequence[Entry]) -> PackManifest:
        """What the run says of the project's files, of which none is looked at. Raises ReportsOfFormerRun."""
        run, source = self.manifest, told["source"]
        if source in run.kept or not run.inputs.get(source):
            raise ReportsOfFormerRun(source)
        rules = {RULES: run.outputs[RULES]} if RULES in run.outputs else {}
        files = {**self.reports[folder], **rules, _form_name(told): run.inputs[source]}
        chain = str(Head(decided[-1].sequence, decided[-1].digest)) if decided else ""
        name = str(told["form"]["project"] or "")
        return PackManifest(name, folder, run.year, self.run, run.rulebook, run.versions, source, chain, files)

    def _told(self, folder: str) -> Mapping[str, Any]:
        """What the audit of the project says."""
        name = f"projects/{folder}/{_AUDIT}"
        data = self._as_written(folder, {name: self.reports[folder][name]})[name]
        try:
            told = json.loads(data)
            told_key(told["form"])
            return {"source": str(told["source"]), "form": told["form"]}
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise NotOurs(folder, what=_AUDIT) from error

    def _is_behind(self, folder: str, chain: str) -> bool:
        """Whether there are decisions that the report does not show."""
        try:
            shown = str(json.loads(self.out.read(f"projects/{folder}/{FILE}"))["anchor"])
        except (OSError, ValueError, KeyError, TypeError):
            shown = ""
        return shown != chain

    def _as_written(self, folder: str, names: Mapping[str, str]) -> dict[str, bytes]:
        """The files of the run, which are as their digests say. Raises ReportsChanged."""
        files, changed, own = {}, [], replace(self.limits, file=self.limits.unpacked)  # no report is a unit's file
        for name, digest in names.items():
            if not is_safe(name):
                raise PackRefused(folder, PackDanger.NAME, name)
            try:
                files[name] = content_of(InputFile(name, name, self.out.inside(name)), own)
            except NotOpened:
                files[name] = b""
            if digest_of(files[name]) != digest:
                changed.append(name)
        if changed:
            raise ReportsChanged(folder, names="、".join(changed))
        return files

    def _form(self, source: str) -> bytes:
        """The file that was audited. Raises FormsNotFound, InputChanged."""
        if source not in self._forms:
            raise FormsNotFound(source)
        data = content_of(self._forms[source], self.limits)
        if digest_of(data) != self.manifest.inputs[source]:
            raise InputChanged(source)
        return data

    @cached_property
    def _forms(self) -> Mapping[str, InputFile]:
        """The forms by the names that the run has for them, where they lay or where they are said to be now."""
        try:
            folder = self.given or Path(os.fsdecode(self.out.read(SOURCE)))
        except OSError:
            return {}
        return {one.name: one for one in entries(LocalFolder(folder.resolve()), self.out)}

    def _former(self, file: str) -> Pack | None:
        """The pack that stands there. Raises PackTooLarge where it was made under other limits: it is not to be lost."""
        try:
            return open_pack(self.out.inside(file), self.limits)
        except PackTooLarge:
            raise
        except Unreadable:
            return None

    def _attachments(self, paths: Sequence[Path], there: Mapping[str, bytes]) -> dict[str, bytes]:
        """What is attached, by its number and its own name; what is there already is not attached again."""
        known, found = set(map(digest_of, there.values())), {}
        number = len(there)
        taken = {_number(Path(name).name) for name in there}
        for path in paths:
            data = self._attachment(path)
            if digest_of(data) not in known:
                number = next(one for one in count(number + 1) if str(one) not in taken)
                known.add(digest_of(data))
                found[f"{ATTACHED}/{number:02d}_{copy_name(path.name)}"] = data
        return found

    def _attachment(self, path: Path) -> bytes:
        try:
            facts = path.lstat()
        except OSError as error:
            raise NotOpened(str(path), why=error.strerror) from error
        if not stat.S_ISREG(facts.st_mode):
            raise AttachmentNotAFile(str(path))
        if facts.st_size > self.limits.file:
            raise PackTooLarge(str(path), most=f"{self.limits.file / 2**20:g} MB", name="file")
        return content_of(InputFile(path.name, path.name, path), self.limits)

    def _check(self, folder: str, files: Mapping[str, bytes]) -> None:
        """A pack that could not be verified under the same limits is not written."""
        if sum(map(len, files.values())) + 2**20 > self.limits.unpacked:
            raise PackTooLarge(folder, most=f"{self.limits.unpacked / 2**20:g} MB", name="unpacked")
        if len(files) + 1 > self.limits.entries:
            raise PackTooLarge(folder, most=self.limits.entries, name="entries")


def _former_attachments(former: Pack | None) -> dict[str, bytes]:
    files = former.files if former else {}
    return {name: data for name, data in files.items() if name.startswith(f"{ATTACHED}/")}


def _form_name(told: Mapping[str, Any]) -> str:
    """What the form's file is called in the pack."""
    return f"{FORMS}/{copy_name(Path(told['source']).name)}"


def _is_same(former: PackManifest, known: PackManifest, attached: Mapping[str, bytes]) -> bool:
    """Whether a pack is of what stands now, apart from what was attached to it."""
    kept = {name: sha for name, sha in former.files.items() if name not in attached}
    return replace(former, files=kept) == known
