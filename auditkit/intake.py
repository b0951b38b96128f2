"""One input file of a run: found, copied, read, audited, and told apart from its twins."""

from __future__ import annotations

import hashlib
import os
import stat
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from auditkit.audit import Audit, audit
from auditkit.model import Form
from auditkit.report import FileRow
from auditkit.rulebook import Rulebook
from auditkit.safety import LIMITS, Refused, Unreadable, inert

TEMPORARY = (".tmp", ".part", ".crdownload", ".bak")


@dataclass(frozen=True)
class Intake:
    """What became of one input before any report: its row, its private copy, the digest of what was read."""

    row: FileRow
    copy: Path
    digest: str = ""
    audits: tuple[Audit, ...] = ()


def find(folder: Path, out: Path) -> Iterator[Path]:
    """Every entry under the folder in a fixed order, but for hidden folders and what a run itself wrote."""
    for root, folders, names in os.walk(folder):
        inside = Path(root)
        folders[:] = sorted(
            name for name in folders if not name.startswith(".") and (inside / name).resolve() != out.resolve()
        )
        yield from (inside / name for name in sorted(names))


def take_in(path: Path, folder: Path, scratch: Path, year: int, book: Rulebook, seen: dict[Form, str]) -> Intake:
    """Copy a file, read and audit the copy. Forms in `seen` are left out; new ones are added to it with their place."""
    began, name = time.monotonic(), inert(path.relative_to(folder).as_posix())
    copy = scratch / path.name
    if reason := _skip(path):
        return Intake(FileRow(name, "skipped", 0, reason, 0.0), copy)
    digest = ""
    try:
        digest = _copy(path, copy)
        audits = [replace(one, source=name) for one in audit(copy, book)]
    except Unreadable as error:
        row = FileRow(name, error.status, 0, inert(error.zh), time.monotonic() - began)
        return Intake(row, copy, digest)
    except Exception as error:  # a defect of ours in one file must not cost the others their audit
        row = FileRow(
            name, "error", 0, f"软件异常（{type(error).__name__}），请把文件交给软件维护人员", time.monotonic() - began
        )
        return Intake(row, copy, digest)
    new = [one for one in audits if one.form not in seen]
    twins = [f"第 {one.form.number} 张同 {seen[one.form]}" for one in audits if one.form in seen]
    seen |= {one.form: f"{name} 第 {one.form.number} 张" for one in new}
    return Intake(_row(name, new, twins, year, time.monotonic() - began), copy, digest, tuple(new))


def _row(name: str, new: list[Audit], twins: list[str], year: int, seconds: float) -> FileRow:
    doubts = [doubt for one in new for doubt in one.form.doubts]
    other = [one.form for one in new if one.form.year not in (year, None)]
    doubts += [f"第 {form.number} 张表的年度是 {form.year}，不是 {year}" for form in other]
    same = [f"重复，不再另出报告：{'；'.join(twins)}"] if twins else []
    status = "warning" if doubts else "ok" if new else "skipped" if twins else "error"
    return FileRow(name, status, len(new), "；".join(doubts + same) or ("" if new else "文件中没有自评表"), seconds)


def _skip(path: Path) -> str:
    """Why a file is no input at all, empty where it is one."""
    try:
        regular = stat.S_ISREG(path.lstat().st_mode)
    except OSError:
        regular = False
    if not regular:
        return "不是普通文件（链接、管道或设备），未读取"
    if path.name.startswith((".", "~$")) or path.suffix.lower() in TEMPORARY or path.name.endswith("~"):
        return "隐藏文件、锁文件或临时文件，未读取"
    if path.name.upper().startswith("README") or path.suffix == ".py":
        return "说明文件或程序，不是报送材料"
    return ""


def _copy(path: Path, copy: Path) -> str:
    """A private copy, so that what is hashed is what is read; returns its sha256."""
    try:
        if path.stat().st_size > LIMITS.file:
            raise Refused(
                path.name,
                f"文件超过 {LIMITS.file / 2**20:g} MB；请删去图片等无关内容后重新报送",
                f"larger than {LIMITS.file / 2**20:g} MB; remove images and the like and submit it again",
            )
        content = path.read_bytes()
    except OSError as error:
        raise Unreadable(path.name, f"无法打开（{error.strerror}）", f"cannot be opened ({error.strerror})") from error
    copy.parent.mkdir(parents=True)
    copy.write_bytes(content)
    return hashlib.sha256(content).hexdigest()
