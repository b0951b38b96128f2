"""One input of a run read: what is wanted, what became of it, and which of its forms stood in others before."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from auditkit.model import Form, LeftOut
from auditkit.pipeline import Audit, audit_file
from auditkit.report.year.rows import FileRow
from auditkit.rulebooks.loader import Rulebook
from auditkit.run.cache import AuditCache, Audits, PackedAudits, audit_key, key_of, pack_audits
from auditkit.run.inputs import InputFile, content_of, private_copy, skip_reason
from auditkit.safety import Limits, Unreadable, escape_controls
from auditkit.sandbox.process import SandboxProcess

MOST_NAMED = 12  # sheets that are no self-evaluation, in one message; all of them stand in sheets.csv


@dataclass(frozen=True)
class RunSettings:
    """What is wanted of every file and form of a run.

    `rulebook` is the name or file of `book`, None where the kind of each form chooses its own and `book` is that of most.
    """

    rulebook: str | None
    book: Rulebook
    limits: Limits
    year: int = 0
    formats: tuple[str, ...] = ()
    engine: str = "auditkit"
    function: Audits = audit_file

    @property
    def named(self) -> Rulebook | None:
        """The rulebook of every form, None where their kinds choose."""
        return None if self.rulebook is None else self.book

    def key(self, *parts: object) -> str:
        """The digest of these with all that shows in every result of the run."""
        return key_of(self.book.digest, key_name(self.named), self.limits, *parts, *self.formats)

    def audit_key(self, sha: str, copy: str) -> str:
        """The key under which the audits of a file are kept."""
        return audit_key(self.book.digest, key_name(self.named), sha, copy, self.limits)


def key_name(named: Rulebook | None) -> str:
    """What stands in a key for the rulebook of a run: results differ between one that was named and the same by kind."""
    return named.name if named else ""


@dataclass(frozen=True)
class FileResult:
    """What became of one input before any report: its row, the digest of what was read, and its audits if it has any."""

    row: FileRow
    digest: str = ""
    packed: PackedAudits | None = None

    @property
    def audits(self) -> list[Audit]:
        """The audits, which say from which input they are."""
        return [replace(one, source=self.row.file) for one in self.packed.audits] if self.packed else []

    @property
    def left_out(self) -> tuple[LeftOut, ...]:
        """The sheets and tables of the file that are no self-evaluation."""
        return self.packed.file.left_out if self.packed else ()

    @property
    def targets(self) -> tuple[Form, ...]:
        """The approved target forms of the file, which say from which input they are."""
        return tuple(replace(one, source=self.row.file) for one in self.packed.file.targets) if self.packed else ()


def prepared(
    file: InputFile, settings: RunSettings, scratch: Path, kept: AuditCache | None = None
) -> tuple[InputFile, FileResult | None]:
    """An input as a private copy, or what can be told of it at once: it is none, cannot be opened, or was `kept`."""
    if file.digest:
        return file, None
    if reason := skip_reason(file):
        return file, FileResult(FileRow(file.name, "skipped", 0, reason, 0.0))
    try:
        content = content_of(file, settings.limits)
    except Unreadable as error:
        return file, unread(file, error)
    digest = hashlib.sha256(content).hexdigest()
    known = kept.find(settings.audit_key(digest, file.copy_name)) if kept else None
    return (file, audited(file, digest, known)) if known else (private_copy(file, content, digest, scratch), None)


def read_file(
    child: SandboxProcess, settings: RunSettings, file: InputFile, scratch: Path, kept: AuditCache | None = None
) -> FileResult:
    """What became of one file: audited by the child, within limits, unless the same was `kept` of an earlier time."""
    file, told = prepared(file, settings, scratch, kept)
    if told:
        return told
    began = time.monotonic()
    try:
        data = child.call(pack_audits, file.path, settings.named, settings.limits, settings.function)
    except Unreadable as error:
        return unread(file, error, time.monotonic() - began)
    result = audited(file, file.digest, PackedAudits(data, time.monotonic() - began))
    keep_audits(result, file, settings, kept)
    return result


def keep_audits(result: FileResult, file: InputFile, settings: RunSettings, kept: AuditCache | None) -> None:
    """Keep what was audited for the next time."""
    if kept and result.packed:
        kept.put(settings.audit_key(result.digest, file.copy_name), result.packed)


def unread(file: InputFile, error: Unreadable, seconds: float = 0.0) -> FileResult:
    """What is told of a file that could not be read."""
    return FileResult(FileRow(file.name, error.status, 0, escape_controls(error.zh), seconds), file.digest)


def audited(file: InputFile, digest: str, packed: PackedAudits) -> FileResult:
    """What is told of a file that was read, until its forms are told apart."""
    return FileResult(FileRow(file.name, "ok", 0, "", packed.seconds), digest, packed)


def told_apart(result: FileResult, year: int, seen: dict[str, str]) -> tuple[FileRow, list[Audit]]:
    """The final row of a file and its new forms: those in `seen` are left out, the others added to it with their place."""
    if not result.packed:
        return result.row, []
    name, forms = result.row.file, [(fingerprint(one.form), one) for one in result.audits]
    new = [(mark, one) for mark, one in forms if mark not in seen]
    twins = [f"第 {one.form.number} 张同 {seen[mark]}" for mark, one in forms if mark in seen]
    seen |= {mark: f"{name} 第 {one.form.number} 张" for mark, one in new}
    audits = [one for _, one in new]
    return _row(name, audits, twins, result.left_out, year, result.row.seconds), audits


def fingerprint(form: Form) -> str:
    """The same for forms that are equal, and for no others: a run of very many holds these and not the forms."""
    told = hashlib.sha256()
    kinds = (*(fund.source for fund in form.funds), *(f"{one.row} {one.kind}" for one in form.indicators))
    for text in (*kinds, *(f"{path} {value.text}" for path, value in form.values())):
        data = text.encode("utf-8", "surrogatepass")
        told.update(len(data).to_bytes(8, "big") + data)
    return told.hexdigest()


def _row(
    name: str, new: Sequence[Audit], twins: Sequence[str], left_out: Sequence[LeftOut], year: int, seconds: float
) -> FileRow:
    doubts = [doubt for one in new for doubt in one.form.doubts]
    other = [one.form for one in new if one.form.year not in (year, None)]
    doubts += [f"第 {form.number} 张表的年度是 {form.year}，不是 {year}" for form in other]
    same = [f"重复，不再另出报告：{'；'.join(twins)}"] if twins else []
    status = "warning" if doubts else "skipped" if twins and not new else "ok"
    return FileRow(
        name, status, len(new), "；".join(doubts + same + left_out_words(left_out, bool(new or twins))), seconds
    )


def left_out_words(left_out: Sequence[LeftOut], beside: bool) -> list[str]:
    """What is said of the sheets and tables of a file that are no self-evaluation, `beside` forms or alone; nothing where there are none."""
    named = "、".join(escape_controls(str(one)) for one in left_out[:MOST_NAMED])
    more = f"等 {len(left_out)} 张" if len(left_out) > MOST_NAMED else ""
    return [f"{'另有' if beside else '没有自评表，只有'}不审核的表：{named}{more}"] if left_out else []
