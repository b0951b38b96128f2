"""The inputs of a run: every entry of a folder by its name, why one is none, and its private copy."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from io import BytesIO
from itertools import chain, count
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from auditkit.errors.files import NotOpened, StillChanging
from auditkit.read import within
from auditkit.run.storage import STATE, Folder, LocalFolder, is_output, written_by_runs
from auditkit.safety import Limits, Unreadable, escape_line, is_portable, portable_name

SOURCE = f"{STATE}/source"  # in the folder of a run: where on this machine its forms lay
TEMPORARY = (".tmp", ".part", ".crdownload", ".bak")
FORMS = (".docx", ".doc", ".wps", ".xlsx", ".xls", ".et", ".pdf", ".html", ".htm", ".txt")


@dataclass(frozen=True)
class InputFile:
    """One entry of the folder of a run: what the run calls it, the file's own name, and where its content is.

    That is at `path` on this machine (with a `digest`, a private copy), at an `address`, or, for a worker elsewhere, here
    as `content`; `shared` says that a worker elsewhere finds the same at the address.
    """

    name: str
    own: str
    path: Path | None = None
    address: str = ""
    shared: bool = False
    content: bytes = b""
    digest: str = ""

    @property
    def copy_name(self) -> str:
        """The name of its private copy, which rules may read a year from."""
        return copy_name(self.own)


def entries(source: Folder, out: Folder | None = None) -> Iterator[InputFile]:
    """Every entry of a folder in a fixed order; one whose name looks like another's once it is inert is numbered.

    The folder `out`, where the reports are, is left out.
    """
    names: set[str] = set()
    for path, own in _listed(source, out):
        name = next(one for one in _numbered(escape_line(path)) if one not in names)
        names.add(name)
        if isinstance(source, LocalFolder):
            yield InputFile(name, own, source.path / path)
        else:
            yield InputFile(name, own, address=source.address_of(path), shared=source.shared)


def _listed(source: Folder, out: Folder | None) -> Iterator[tuple[str, str]]:
    if isinstance(source, LocalFolder):
        beside = out.path if isinstance(out, LocalFolder) else None
        return ((path.relative_to(source.path).as_posix(), path.name) for path in walk_folder(source.path, beside))
    shown = (PurePosixPath(name) for name in source.names(""))
    return ((str(path), path.name) for path in shown if not any(part.startswith(".") for part in path.parts[:-1]))


def _numbered(name: str) -> Iterator[str]:
    return chain([name], (f"{name}（同名 {number}）" for number in count(2)))


def walk_folder(folder: Path, out: Path | None = None) -> Iterator[Path]:
    """Everything under a folder in a fixed order: what is no folder, and of folders those that need a word.

    Those are the ones that cannot be opened, that are links, which are not followed, that are called like a form, hidden
    ones, and reports of other runs, in neither of which is looked. What a run wrote to the folder itself, and `out`, where
    the reports are, are left out.
    """
    closed: list[Path] = []
    reports = os.path.realpath(out) if out else None
    written = written_by_runs(folder)
    for root, folders, names in os.walk(folder, onerror=lambda error: closed.append(Path(error.filename))):
        if root == os.fspath(folder):
            folders[:], names[:] = ([name for name in one if name not in written] for one in (folders, names))
        inside = [name for name in folders if name != STATE and os.path.realpath(os.path.join(root, name)) != reports]
        aside = [name for name in inside if _is_aside(Path(root, name))]
        told = [name for name in inside if os.path.islink(os.path.join(root, name)) or name.lower().endswith(FORMS)]
        folders[:] = sorted({*inside} - {*aside})
        yield from (Path(root, name) for name in sorted({*names, *told, *aside}))
    yield from sorted(closed)


def _is_aside(folder: Path) -> bool:
    """Whether a folder is not looked into: it is hidden, or holds the reports of a run."""
    return folder.name.startswith(".") or is_output(folder)


def skip_reason(file: InputFile) -> str:
    """Why an entry is no input at all, empty where it is one."""
    if file.path is None:
        return no_form(file.own)
    try:
        mode = file.path.lstat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return "已不存在，未读取"
    except OSError:  # in a folder that may be listed but not entered: reading it says why
        return ""
    if stat.S_ISDIR(mode) and file.own.startswith("."):
        return "隐藏文件夹，其中的文件未读取；是报送材料的，请改名后重新运行"
    if stat.S_ISDIR(mode) and is_output(file.path):
        return "是以前运行写出的报告文件夹，其中的文件未读取"
    if stat.S_ISDIR(mode) and os.access(file.path, os.R_OK | os.X_OK):
        return "是文件夹而不是文件，其中的文件另行列出"
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        return "不是普通文件（链接、管道或设备），未读取；请报送文件本身"
    return no_form(file.own)


def no_form(name: str) -> str:
    """Why nobody submits a file of this name as a form, empty where somebody may."""
    if name.startswith((".", "~$")) or name.lower().endswith((*TEMPORARY, "~")):
        return "隐藏文件、锁文件或临时文件，未读取"
    if name.upper().startswith("README") or name.endswith(".py"):
        return "说明文件或程序，不是报送材料"
    return ""


def copy_name(name: str) -> str:
    """The name of a private copy: the file's own, which rules may read a year from, unless some system refuses it."""
    if is_portable(name):
        return name
    suffix = Path(name).suffix
    return portable_name(Path(name).stem, name) + (suffix if is_portable(f"form{suffix}") else "")


def content_of(file: InputFile, limits: Limits) -> bytes:
    """What is in a file. Raises Unreadable where it cannot be opened, Refused where it is too large."""
    try:
        for _ in range(2):  # one that was replaced meanwhile is read again, once
            with _opened(file) as stream:
                before = _state(stream)
                data = stream.read(limits.file + 1)
                if before == _state(stream) and (not file.path or before == _state_at(file.path)):
                    return within(data, file.own, limits)
        raise StillChanging(file.own)
    except OSError as error:
        raise NotOpened(file.own, why=error.strerror) from error
    except Unreadable:
        raise
    except Exception as error:  # whatever a store of files raises: the others are read all the same
        raise NotOpened(file.own, why=f"{type(error).__name__}: {error}") from error


def private_copy(file: InputFile, content: bytes, digest: str, folder: Path) -> InputFile:
    """The same file as a copy in a folder of its own, so that what is hashed is what is read."""
    copy = folder / file.copy_name
    folder.mkdir(parents=True)
    copy.write_bytes(content)
    return replace(file, path=copy, digest=digest)


def _opened(file: InputFile) -> AbstractContextManager[BinaryIO]:
    if file.address:
        import fsspec

        return fsspec.open(file.address, "rb")
    if file.path is None:
        return BytesIO(file.content)
    # Without waiting and without following: the entry may have become a pipe or a link since it was looked at.
    flags = (getattr(os, name, 0) for name in ("O_BINARY", "O_NOFOLLOW", "O_NONBLOCK"))
    return os.fdopen(os.open(file.path, os.O_RDONLY | sum(flags)), "rb")


def _state(stream: BinaryIO) -> object:
    """What changes of an open file when somebody writes to it."""
    try:
        return _facts(os.fstat(stream.fileno()))
    except (OSError, AttributeError):  # of a store of files that has none
        return None


def _state_at(path: Path) -> object:
    try:
        return _facts(path.lstat())
    except OSError:
        return None


def _facts(status: os.stat_result) -> tuple[int, ...]:
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns
