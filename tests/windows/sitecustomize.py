"""What Windows lacks, taken from every Python process that finds this file: `sitecustomize` is imported as one starts.

Only the program's own modules see the difference (libraries look after Windows themselves): there is no fork, no resource,
no fcntl, no process group; a file that is open cannot be replaced or removed, and only what is written to can be flushed.
"""

from __future__ import annotations

import builtins
import errno
import fcntl
import os
import signal
import socket
import stat
import subprocess  # noqa: F401  it looks for msvcrt itself, before there is one
import sys
from types import ModuleType, SimpleNamespace
from typing import Any

MODULES = {"fcntl", "grp", "pwd", "resource", "termios"}
OS = """
    O_DIRECTORY O_NOFOLLOW O_NONBLOCK chown fork forkpty fchmod fchown getegid geteuid getgid getpgid getuid killpg mkfifo pread
    pwrite register_at_fork sched_getaffinity setpgid setsid statvfs sysconf uname wait wait3 wait4
"""
SIGNAL = "SIGALRM SIGCHLD SIGHUP SIGKILL SIGQUIT SIGTRAP SIGUSR1 SIGXCPU alarm pthread_kill pthread_sigmask setitimer"
INSTEAD = {"os": {"name": "nt", "O_BINARY": 0}, "sys": {"platform": "win32"}}


def _asked_by_the_program() -> bool:
    return sys._getframe(2).f_globals.get("__name__", "").partition(".")[0] == "auditkit"


def _hide(module: ModuleType, names: str) -> None:
    hidden, instead = {*names.split()}, INSTEAD.get(module.__name__, {})

    class Windows(ModuleType):
        def __getattribute__(self, name: str) -> Any:
            if (name in hidden or name in instead) and _asked_by_the_program():
                if name in hidden:
                    raise AttributeError(f"module '{module.__name__}' has no attribute '{name}' on Windows")
                return instead[name]
            return super().__getattribute__(name)

    module.__class__ = Windows


def _import(name: str, globals_: dict[str, Any] | None = None, *more: Any, **named: Any) -> ModuleType:
    if name in MODULES and (globals_ or {}).get("__name__", "").partition(".")[0] == "auditkit":
        raise ModuleNotFoundError(f"No module named '{name}' on Windows", name=name)
    return _real_import(name, globals_, *more, **named)


def _locking(handle: int, _how: int, length: int) -> None:
    fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB, length, 0, os.SEEK_CUR)


def _fsync(file: Any) -> None:
    handle = file if isinstance(file, int) else file.fileno()
    if fcntl.fcntl(handle, fcntl.F_GETFL) & os.O_ACCMODE == os.O_RDONLY:
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))
    _real["fsync"](handle)


def _refused_while_open(function: str) -> Any:
    """As the system refuses it, whoever of this process has the file open."""

    def call(*paths: Any, **named: Any) -> None:
        for path in paths:
            if _is_open(path):
                raise PermissionError(errno.EACCES, "The process cannot access the file: it is in use", str(path))
        _real[function](*paths, **named)

    return call


def _is_open(path: Any) -> bool:
    try:
        found = os.lstat(path)
    except (OSError, TypeError, ValueError):
        return False
    if not stat.S_ISREG(found.st_mode):
        return False
    for handle in os.listdir("/proc/self/fd"):
        try:
            one = os.fstat(int(handle))
        except OSError:
            continue
        if (one.st_dev, one.st_ino) == (found.st_dev, found.st_ino):
            return True
    return False


def _socketpair(*_: Any) -> tuple[socket.socket, socket.socket]:
    """By an address of this machine, as Python makes one where the system has none: an audit hook sees it."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(1)
        one = socket.create_connection(listening.getsockname())
        return one, listening.accept()[0]


_real = {name: getattr(os, name) for name in ("fsync", "remove", "rename", "replace", "unlink")}
_real_import = builtins.__import__
sys.modules["msvcrt"] = SimpleNamespace(LK_NBLCK=2, LK_UNLCK=0, locking=_locking)
builtins.__import__ = _import
socket.socketpair = _socketpair
os.fsync = _fsync
for _name in ("remove", "rename", "replace", "unlink"):
    setattr(os, _name, _refused_while_open(_name))
_hide(os, OS)
_hide(signal, SIGNAL)
_hide(sys, "")
