"""One input file of a run: copied, read, audited, and told apart from its twins."""

from __future__ import annotations

import hashlib
import os
import stat
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from auditkit.audit import Audit
from auditkit.model import Form
from auditkit.report import FileRow
from auditkit.safety import Limits, Refused, Unreadable, inert, inert_line, portable_name

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
    seen: dict[Form, str],
) -> Intake:
    """Copy a file, audit the copy, and tell its forms from those in `seen`. `name` is what the run calls it."""
    return told_apart(read_in(path, name, scratch, audit, limits), year, seen)


def read_in(path: Path, name: str, scratch: Path, audit: Callable[[Path], list[Audit]], limits: Limits) -> Intake:
    """Copy a file and audit the copy; its row is final only where nothing was read."""
    began, copy, digest = time.monotonic(), scratch / copy_name(path.name), ""
    if reason := skip_reason(path):
        return Intake(FileRow(name, "skipped", 0, reason, 0.0), copy)
    try:
        digest = _copy(path, copy, limits)
        audits = tuple(replace(one, source=name) for one in audit(copy))
    except Unreadable as error:
        row = FileRow(name, error.status, 0, inert(error.zh), time.monotonic() - began)
        return Intake(row, copy, digest)
    return Intake(FileRow(name, "ok", 0, "", time.monotonic() - began), copy, digest, audits)


def told_apart(intake: Intake, year: int, seen: dict[Form, str]) -> Intake:
    """Forms in `seen` are left out; new ones are added to it with their place."""
    if intake.row.status != "ok":
        return intake
    name, audits = intake.row.file, intake.audits
    new = [one for one in audits if one.form not in seen]
    twins = [f"第 {one.form.number} 张同 {seen[one.form]}" for one in audits if one.form in seen]
    seen |= {one.form: f"{name} 第 {one.form.number} 张" for one in new}
    return replace(intake, row=_row(name, new, twins, year, intake.row.seconds), audits=tuple(new))


def copy_name(name: str) -> str:
    """The name of a private copy: the file's own, which rules may read a year from, unless something in it acts."""
    if name == inert_line(name):
        return name
    suffix = Path(name).suffix
    return portable_name(Path(name).stem, name) + (suffix if suffix == inert_line(suffix) else "")


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
    except OSError:
        return "已不存在，未读取"
    if stat.S_ISDIR(mode) and os.access(path, os.R_OK | os.X_OK):
        return "是文件夹而不是文件，其中的文件另行列出"
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        return "不是普通文件（链接、管道或设备），未读取；请报送文件本身"
    if path.name.startswith((".", "~$")) or path.suffix.lower() in TEMPORARY or path.name.endswith("~"):
        return "隐藏文件、锁文件或临时文件，未读取"
    if path.name.upper().startswith("README") or path.suffix == ".py":
        return "说明文件或程序，不是报送材料"
    return ""


def _copy(path: Path, copy: Path, limits: Limits) -> str:
    """A private copy, so that what is hashed is what is read; returns its sha256."""
    try:
        # Without waiting and without following: the entry may have become a pipe or a link since it was looked at.
        handle = os.open(
            path, os.O_RDONLY | sum(getattr(os, name, 0) for name in ("O_BINARY", "O_NOFOLLOW", "O_NONBLOCK"))
        )
        with os.fdopen(handle, "rb") as file:
            content = file.read(limits.file + 1)
    except OSError as error:
        raise Unreadable(
            path.name,
            f"无法打开（{error.strerror}）；请核对权限，或由报送单位重新报送",
            f"cannot be opened ({error.strerror}); check its permissions, or ask the unit to submit it again",
        ) from error
    if len(content) > limits.file:
        raise Refused(
            path.name,
            f"文件超过 {limits.file / 2**20:g} MB；请删去图片等无关内容后重新报送",
            f"larger than {limits.file / 2**20:g} MB; remove images and the like and submit it again",
        )
    copy.parent.mkdir(parents=True)
    copy.write_bytes(content)
    return hashlib.sha256(content).hexdigest()
