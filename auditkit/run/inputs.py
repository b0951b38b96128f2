"""One input file of a run: copied, read, audited, and told apart from its twins."""

from __future__ import annotations

import hashlib
import os
import stat
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from auditkit.model import Form
from auditkit.pipeline import Audit
from auditkit.report import FileRow
from auditkit.safety import Limits, Refused, Unreadable, escape_controls, is_portable, portable_name

TEMPORARY = (".tmp", ".part", ".crdownload", ".bak")


@dataclass(frozen=True)
class Intake:
    """What became of one input before any report: its row, its private copy, the digest of what was read."""

    row: FileRow
    copy: Path
    digest: str = ""
    audits: tuple[Audit, ...] = ()


def take_in(
    path: Path,
    name: str,
    scratch: Path,
    year: int,
    audit: Callable[[Path], list[Audit]],
    limits: Limits,
    seen: dict[str, str],
) -> Intake:
    """Copy a file, audit the copy, and tell its forms from those in `seen`. `name` is what the run calls it."""
    return told_apart(read_in(path, name, scratch, audit, limits), year, seen)


def read_in(path: Path, name: str, scratch: Path, audit: Callable[[Path], list[Audit]], limits: Limits) -> Intake:
    """Copy a file and audit the copy; its row is final only where nothing was read."""
    if reason := skip_reason(path):
        return Intake(FileRow(name, "skipped", 0, reason, 0.0), scratch / copy_name(path.name))
    return audited(partial(content_of, path, limits), path.name, name, scratch, audit)


def audited(
    fetch: Callable[[], bytes], own: str, name: str, scratch: Path, audit: Callable[[Path], list[Audit]]
) -> Intake:
    """Audit a private copy of what is fetched, so that what is hashed is what is read; `own` is the file's own name."""
    began, copy, digest = time.monotonic(), scratch / copy_name(own), ""
    try:
        content = fetch()
        copy.parent.mkdir(parents=True)
        copy.write_bytes(content)
        digest = hashlib.sha256(content).hexdigest()
        audits = tuple(replace(one, source=name) for one in audit(copy))
    except Unreadable as error:
        return unread(error, name, copy, time.monotonic() - began, digest)
    return Intake(FileRow(name, "ok", 0, "", time.monotonic() - began), copy, digest, audits)


def unread(error: Unreadable, name: str, copy: Path, seconds: float = 0.0, digest: str = "") -> Intake:
    """What is told of a file that could not be read."""
    return Intake(FileRow(name, error.status, 0, escape_controls(error.zh), seconds), copy, digest)


def told_apart(intake: Intake, year: int, seen: dict[str, str]) -> Intake:
    """Forms in `seen` are left out; new ones are added to it with their place."""
    if intake.row.status != "ok":
        return intake
    name, forms = intake.row.file, [(fingerprint(one.form), one) for one in intake.audits]
    new = [(print_, one) for print_, one in forms if print_ not in seen]
    twins = [f"第 {one.form.number} 张同 {seen[print_]}" for print_, one in forms if print_ in seen]
    seen |= {print_: f"{name} 第 {one.form.number} 张" for print_, one in new}
    audits = [one for _, one in new]
    return replace(intake, row=_row(name, audits, twins, year, intake.row.seconds), audits=tuple(audits))


def fingerprint(form: Form) -> str:
    """The same for forms that are equal, and for no others: a run of very many holds these and not the forms."""
    told = hashlib.sha256()
    kinds = (*(fund.source for fund in form.funds), *(f"{one.row} {one.kind}" for one in form.indicators))
    for text in (*kinds, *(f"{path} {value.text}" for path, value in form.values())):
        data = text.encode("utf-8", "surrogatepass")
        told.update(len(data).to_bytes(8, "big") + data)
    return told.hexdigest()


def copy_name(name: str) -> str:
    """The name of a private copy: the file's own, which rules may read a year from, unless some system refuses it."""
    if is_portable(name):
        return name
    suffix = Path(name).suffix
    return portable_name(Path(name).stem, name) + (suffix if is_portable(f"form{suffix}") else "")


def _row(name: str, new: list[Audit], twins: list[str], year: int, seconds: float) -> FileRow:
    doubts = [doubt for one in new for doubt in one.form.doubts]
    other = [one.form for one in new if one.form.year not in (year, None)]
    doubts += [f"第 {form.number} 张表的年度是 {form.year}，不是 {year}" for form in other]
    same = [f"重复，不再另出报告：{'；'.join(twins)}"] if twins else []
    status = "warning" if doubts else "ok" if new else "skipped" if twins else "error"
    return FileRow(name, status, len(new), "；".join(doubts + same) or ("" if new else "文件中没有自评表"), seconds)


def skip_reason(path: Path) -> str:
    """Why a file is no input at all, empty where it is one."""
    try:
        mode = path.lstat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return "已不存在，未读取"
    except OSError:  # in a folder that may be listed but not entered: reading it says why
        return ""
    if stat.S_ISDIR(mode) and os.access(path, os.R_OK | os.X_OK):
        return "是文件夹而不是文件，其中的文件另行列出"
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        return "不是普通文件（链接、管道或设备），未读取；请报送文件本身"
    return no_form(path.name)


def no_form(name: str) -> str:
    """Why a file of this name is no input, empty where it is one."""
    if name.startswith((".", "~$")) or name.lower().endswith((*TEMPORARY, "~")):
        return "隐藏文件、锁文件或临时文件，未读取"
    if name.upper().startswith("README") or name.endswith(".py"):
        return "说明文件或程序，不是报送材料"
    return ""


def content_of(path: Path, limits: Limits) -> bytes:
    """What is in a file. Raises Unreadable where it cannot be opened, Refused where it is too large."""
    try:
        # Without waiting and without following: the entry may have become a pipe or a link since it was looked at.
        handle = os.open(
            path, os.O_RDONLY | sum(getattr(os, name, 0) for name in ("O_BINARY", "O_NOFOLLOW", "O_NONBLOCK"))
        )
        with os.fdopen(handle, "rb") as file:
            return within(file.read(limits.file + 1), path.name, limits)
    except OSError as error:
        raise unopened(path.name, error.strerror) from error


def unopened(name: str, why: object) -> Unreadable:
    """The failure of a file that cannot be opened."""
    return Unreadable(
        name,
        f"无法打开（{why}）；请核对权限，或由报送单位重新报送",
        f"cannot be opened ({why}); check its permissions, or ask the unit to submit it again",
    )


def within(content: bytes, name: str, limits: Limits) -> bytes:
    """The content of a file. Raises Refused where it is more than a file may have."""
    if len(content) > limits.file:
        raise Refused(
            name,
            f"文件超过 {limits.file / 2**20:g} MB；请删去图片等无关内容后重新报送",
            f"larger than {limits.file / 2**20:g} MB; remove images and the like and submit it again",
        )
    return content


FORMS = (".docx", ".doc", ".wps", ".xlsx", ".xls", ".et", ".pdf", ".html", ".htm", ".txt")


def walk_folder(folder: Path, out: Path | None = None) -> Iterator[Path]:
    """Everything under a folder in a fixed order: what is no folder, and of folders those that need a word.

    Those are the ones that cannot be opened, that are links, which are not followed, or that are called like a form.
    Hidden folders, and `out`, where the reports are, are left out.
    """
    closed: list[Path] = []
    reports = os.path.realpath(out) if out else None
    for root, folders, names in os.walk(folder, onerror=lambda error: closed.append(Path(error.filename))):
        inside = [name for name in folders if not name.startswith(".")]
        told = [name for name in inside if os.path.islink(os.path.join(root, name)) or name.lower().endswith(FORMS)]
        folders[:] = sorted(name for name in inside if os.path.realpath(os.path.join(root, name)) != reports)
        yield from (Path(root, name) for name in sorted((*names, *told)))
    yield from sorted(closed)
