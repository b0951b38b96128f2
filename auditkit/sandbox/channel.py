"""Servers that were forked and not started: by another server, or by the process that is to use them."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from typing import BinaryIO

from auditkit.sandbox import forkserver


class Channel:
    """A server that another one forked: what `SandboxProcess` needs of a Popen."""

    returncode: int | None = None

    def __init__(self, stdin: BinaryIO, stdout: BinaryIO):
        self.stdin, self.stdout, self.number = stdin, stdout, 0

    def kill(self) -> None:
        if self.number:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.number, signal.SIGKILL)
        self.stdin.close()

    def wait(self, timeout: float | None = None) -> int | None:
        """Until the server is gone: then nobody has the other end of what it writes to."""
        overdue = threading.Timer(timeout or 0, self.kill)
        overdue.start()
        while self.stdout.read(2**16):
            pass
        overdue.cancel()
        return self.returncode


class OwnFork(Channel):
    """A server that this process forked, and so has to wait for."""

    def __init__(self, process: int, stdin: BinaryIO, stdout: BinaryIO):
        super().__init__(stdin, stdout)
        self.number = process

    def wait(self, timeout: float | None = None) -> int | None:
        """The exit code, minus a signal's number. Raises TimeoutExpired."""
        deadline = None if timeout is None else time.monotonic() + timeout
        while self.returncode is None:
            ended, status = os.waitpid(self.number, 0 if deadline is None else os.WNOHANG)
            if ended:
                self.number, self.returncode = 0, os.waitstatus_to_exitcode(status)
            elif time.monotonic() > deadline:
                raise subprocess.TimeoutExpired("server", timeout)
            else:
                time.sleep(0.002)
        return self.returncode


def can_fork_here() -> bool:
    """Whether a fork of this process is whole: it has no other thread, whose locks nobody would open in the copy.

    The frameworks that some libraries load on macOS do not survive a fork.
    """
    return hasattr(os, "fork") and sys.platform != "darwin" and threading.active_count() == 1


def forked_server(load: str, scratch: str, environment: Mapping[str, str]) -> OwnFork:
    """This process once more, as a server that does what `load` names and then answers; nothing else of it goes on there."""
    (requests, ours), (answers, theirs) = os.pipe(), os.pipe()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    if process := os.fork():
        os.close(requests)
        os.close(theirs)
        return OwnFork(process, os.fdopen(ours, "wb"), os.fdopen(answers, "rb"))
    try:
        os.setsid()  # Ctrl-C is for the caller, who then ends the server
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.dup2(requests, 0)
        os.dup2(theirs, 1)
        os.closerange(3, os.sysconf("SC_OPEN_MAX"))  # an open end of another server's pipe would keep that one waiting
        os.environ.update(environment)
        tempfile.tempdir = None
        with contextlib.suppress(BaseException):
            forkserver.serve(True, load, (), scratch)
    finally:
        os._exit(0)
