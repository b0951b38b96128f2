"""Folders of a run, on this machine or at an address: whole files, one run at a time, and a place for what is private."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from auditkit.decisions.manifests import MANIFEST
from auditkit.errors.runs import AddressNotOpened, FolderHeld, LeadsElsewhere, NotWritable, UnknownAddress
from auditkit.safety import BEGUN, publish

STATE = ".auditkit"  # what a run notes for the next, in its output folder
_NAMES = f"{STATE}/names"  # what runs have written there, a name a line
_BESIDE = frozenset({MANIFEST, "review.sqlite", "review.sqlite-journal", "auditkit.log"})  # and others for them


@contextlib.contextmanager
def private_folder(target: Folder) -> Iterator[Path]:
    """A folder for what is nobody else's business during a run.

    An output folder of this machine is held meanwhile, and rid of what a run that was killed left: private copies and
    half-written files. Raises Unreadable where another run holds it.
    """
    if isinstance(target, RemoteFolder):
        with tempfile.TemporaryDirectory(prefix="auditkit-") as private:
            yield Path(private)
        return
    with locked(target.path):
        for half in target.path.rglob(f"{BEGUN}*.part"):
            with suppress(OSError):
                half.unlink()
        private = target.inside(f"{STATE}/scratch")
        shutil.rmtree(private, ignore_errors=True)
        private.mkdir(parents=True, mode=0o700)
        try:
            yield private
        finally:
            shutil.rmtree(private, ignore_errors=True)


@contextlib.contextmanager
def locked(out: Path) -> Iterator[None]:
    """Hold the folder until the end of this process, however that ends. Raises Unreadable, naming the run that holds it."""
    folder = LocalFolder(out)
    path = folder.inside(f"{STATE}/lock")
    folder.inside("projects/any")  # a link there is told before the work of a night, not after
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0), 0o644)
        if (out / MANIFEST).is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(out / MANIFEST))
    except OSError as error:
        raise NotWritable(str(error.filename or out), why=error.strerror) from error
    with open(handle, "a+", encoding="utf-8") as file:
        try:
            _take(file.fileno())
        except OSError:
            file.seek(0)
            holder = file.read().strip() or "?"
            raise FolderHeld(str(out), holder=holder) from None
        file.truncate(0)
        file.write(f"{os.getpid()}")
        file.flush()
        yield


def _take(handle: int) -> None:
    if os.name == "nt":
        import msvcrt

        # Far behind the text, which Windows would otherwise not let the other run read.
        os.lseek(handle, 2**30, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


def is_output(folder: Path) -> bool:
    """Whether a run writes to this folder, or did: it was locked by one, under whatever name it had then."""
    return os.path.isfile(folder / STATE / "lock")  # False where it may not be asked


def written_by_runs(folder: Path) -> set[str]:
    """What of that which lies in this folder a run wrote; empty in a folder that no run wrote to."""
    return {*LocalFolder(folder)._noted, *_BESIDE} if is_output(folder) else set()


@dataclass(frozen=True)
class LocalFolder:
    """A folder on this machine, where under a name there is never half a file."""

    path: Path

    def address_of(self, name: str) -> str:
        return str(self.path / name)

    def inside(self, name: str) -> Path:
        """The path of a file of this folder. Raises LeadsElsewhere where a link leads out of it."""
        path, base = self.path / name, os.path.realpath(self.path)
        if not Path(os.path.realpath(path.parent)).is_relative_to(base) or (
            name.startswith(STATE) and path.is_symlink()
        ):
            raise LeadsElsewhere(str(path))
        return path

    def write(self, name: str, data: bytes | Path) -> None:
        """Write what is given, or take over a file of the workspace."""
        path = self.inside(name)
        self._note(name.partition("/")[0])
        if not isinstance(data, Path):
            publish(path, data)
            return
        with data.open("r+b") as file:  # Windows flushes only what may be written to
            os.fsync(file.fileno())
        data.chmod(0o644)
        path.parent.mkdir(parents=True, exist_ok=True)
        data.replace(path)

    def read(self, name: str) -> bytes:
        return (self.path / name).read_bytes()

    def names(self, under: str) -> Iterator[str]:
        found = (self.path / under).rglob("*")
        return (path.relative_to(self.path).as_posix() for path in sorted(found) if path.is_file())

    def _note(self, top: str) -> None:
        """Note a name before anything stands under it, so that a run that is killed is known too."""
        if top != STATE and top not in self._noted:
            publish(self.inside(_NAMES), "".join(f"{name}\n" for name in sorted({*self._noted, top})))
            self._noted.add(top)

    @cached_property
    def _noted(self) -> set[str]:
        try:
            return set((self.path / _NAMES).read_text("utf-8").splitlines())
        except (OSError, UnicodeDecodeError):
            return set()

    def remove(self, name: str) -> None:
        """Remove a file, and the folders that are empty without it."""
        path = self.inside(name)
        path.unlink(missing_ok=True)
        with suppress(OSError):
            for folder in path.relative_to(self.path).parents[:-1]:
                (self.path / folder).rmdir()


@dataclass(frozen=True)
class RemoteFolder:
    """A folder at an address; its store, such as S3, has a file whole or not at all."""

    address: str

    @cached_property
    def _opened(self) -> tuple[Any, str]:
        try:
            from fsspec.core import url_to_fs

            return url_to_fs(self.address)
        except ImportError as error:  # fsspec itself, or what it needs for this kind of address
            raise AddressNotOpened(self.address, error) from error
        except ValueError as error:
            raise UnknownAddress(self.address, why=error) from error

    @property
    def shared(self) -> bool:
        """Whether other machines find the same there, such as in S3; not so in a chain of addresses (zip://::…)."""
        return "::" not in self.address and not {"memory", "file"} & set(_names(self._opened[0].protocol))

    def address_of(self, name: str) -> str:
        return self._opened[0].unstrip_protocol(self._at(name))

    def _at(self, name: str) -> str:
        return f"{self._opened[1].rstrip('/')}/{name}"

    def write(self, name: str, data: bytes | Path) -> None:
        self._opened[0].makedirs(self._at(name).rpartition("/")[0], exist_ok=True)
        if isinstance(data, Path):
            self._opened[0].put_file(os.fspath(data), self._at(name))
        else:
            self._opened[0].pipe_file(self._at(name), data)

    def read(self, name: str) -> bytes:
        return self._opened[0].cat_file(self._at(name))

    def names(self, under: str) -> Iterator[str]:
        root = len(self._at(""))
        with suppress(FileNotFoundError):
            yield from sorted(path[root:] for path in self._opened[0].find(self._at(under).rstrip("/")))

    def remove(self, name: str) -> None:
        with suppress(FileNotFoundError):
            self._opened[0].rm_file(self._at(name))


Folder = LocalFolder | RemoteFolder


def _names(protocol: str | tuple[str, ...]) -> tuple[str, ...]:
    return (protocol,) if isinstance(protocol, str) else tuple(protocol)


def folder_at(address: str | Path) -> Folder:
    """The folder that is meant. Raises Unreadable, naming the extra, for an address where fsspec is not installed."""
    text = os.fspath(address)
    if "://" not in text or text.startswith("file://"):
        return LocalFolder(Path(text.removeprefix("file://")).resolve())
    remote = RemoteFolder(text)
    remote._opened  # noqa: B018  an address that cannot be opened is told at once
    return remote
