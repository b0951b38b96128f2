"""A system that fails once: the n-th opening, writing, flushing, replacing … of a file under some folders raises OSError.

Or ends the process there, as the power does.
"""

from __future__ import annotations

import builtins
import errno
import io
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import pytest

# What may fail, each with what a system says then: a full disk, a medium at its end, another device, a share that went away.
FAULTS = {
    "open": errno.EACCES,
    "read": errno.EIO,
    "write": errno.ENOSPC,
    "fsync": errno.EIO,
    "replace": errno.EBUSY,
    "mkdir": errno.ENOSPC,
    "chmod": errno.EPERM,
    "unlink": errno.EACCES,
}
KILL = "kill"
_WRITING = set("wax+")


@dataclass
class Fault:
    """Of the calls of one kind under these folders, the one with this number fails; `calls` are those there were so far.

    The kind `KILL` is any of them, at which the process ends.
    """

    kind: str
    number: int
    folders: tuple[Path, ...]
    calls: int = 0
    where: str = ""

    @property
    def happened(self) -> bool:
        return bool(self.where)

    def at(self, kind: str, target: Any) -> OSError | None:
        """The error of this call, None where it goes well."""
        name = self._under(target)
        if self.kind not in (kind, KILL) or not name:
            return None
        self.calls += 1
        if self.calls != self.number:
            return None
        self.where = name
        code = FAULTS[kind]
        told = (
            () if isinstance(target, int) else (os.fspath(target),)
        )  # of what is open already no system names the path
        return OSError(code, os.strerror(code), *told)

    def raised(self, kind: str, target: Any) -> None:
        if error := self.at(kind, target):
            self.happen(error)

    def happen(self, error: OSError) -> NoReturn:
        if self.kind == KILL:
            os.kill(os.getpid(), signal.SIGKILL)
        raise error

    def _under(self, target: Any) -> str:
        try:
            name = os.readlink(f"/proc/self/fd/{target}") if isinstance(target, int) else os.fsdecode(target)
        except (OSError, TypeError):
            return ""
        return name if any(name.startswith(str(folder)) for folder in self.folders) else ""


@contextmanager
def failing(kind: str, number: int, *folders: Path) -> Iterator[Fault]:
    """Inside, the fault happens once, in this process."""
    fault, real_open, real = Fault(kind, number, folders), io.open, {}

    class Raw(io.FileIO):
        def write(self, data: Any) -> int:
            if error := fault.at("write", self.fileno()):
                super().write(memoryview(data)[: len(data) // 2])  # as far as there is room
                fault.happen(error)
            return super().write(data)

    def open_(file: Any, mode: str = "r", buffering: int = -1, *text: Any, **named: Any) -> Any:
        if not fault._under(file):
            return real_open(file, mode, buffering, *text, **named)
        written = bool(_WRITING & {*mode})
        if not isinstance(file, int):
            fault.raised("open" if written else "read", file)
        if not written:
            return real_open(file, mode, buffering, *text, **named)
        closefd, opener = named.pop("closefd", True), named.pop("opener", None)
        raw = Raw(file, mode.replace("b", "").replace("t", ""), closefd, opener)
        buffer = io.BufferedRandom(raw) if "+" in mode else io.BufferedWriter(raw)
        return buffer if "b" in mode else io.TextIOWrapper(buffer, *text, **named)

    def opened(path: Any, flags: int, *more: Any, **named: Any) -> int:
        fault.raised("open" if flags & (os.O_WRONLY | os.O_RDWR) else "read", path)
        return real["open"](path, flags, *more, **named)

    def write(handle: int, data: bytes) -> int:
        if error := fault.at("write", handle):
            real["write"](handle, data[: len(data) // 2])
            fault.happen(error)
        return real["write"](handle, data)

    def sent(out: int, into: int, offset: int, count: int) -> int:
        if error := fault.at("write", out):
            real["sendfile"](out, into, offset, 100)
            fault.happen(error)
        return real["sendfile"](out, into, offset, count)

    def plain(name: str, kind: str, place: int = 0) -> Any:
        def call(*given: Any, **named: Any) -> Any:
            fault.raised(kind, given[place])
            return real[name](*given, **named)

        return call

    patched = {
        "open": opened,
        "write": write,
        "sendfile": sent,
        "fsync": plain("fsync", "fsync"),
        "mkdir": plain("mkdir", "mkdir"),
    }
    patched |= {name: plain(name, "replace", 1) for name in ("replace", "rename", "link")}
    patched |= {"chmod": plain("chmod", "chmod"), "fchmod": plain("fchmod", "chmod")}
    patched |= {name: plain(name, "unlink") for name in ("unlink", "remove")}
    with pytest.MonkeyPatch.context() as patch:
        for name, instead in patched.items():
            real[name] = getattr(os, name)
            patch.setattr(os, name, instead)
        patch.setattr(io, "open", open_)
        patch.setattr(builtins, "open", open_)
        yield fault
