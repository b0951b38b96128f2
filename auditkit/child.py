"""Reading in a child process: a deadline and a limit on memory that hold, so that a file that hangs or blows up ends alone.

A server process has the program loaded and forks for every file, which costs a few milliseconds where an interpreter
costs half a second. It is started by a command of its own, not by `multiprocessing`: that would run the caller's script
again, and forking the caller (a notebook, a test) would copy its threads' locks. Where a system cannot fork, the server
itself does the reading and is started anew after a file that had to be stopped; memory is then not limited.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from auditkit.safety import Limits, Unreadable, chosen_limits
from auditkit.server import GRACE, broken, late, receive, send

FORKS = hasattr(os, "fork")
_START = 120.0  # seconds that loading the program may take, on a machine that is busy or scans every file


class Child:
    """Calls functions on files from outside, each call in a process that ends with it; to be used in a `with`.

    `peak` is the memory in bytes that the last call took at most, 0 where the system does not say.
    """

    def __init__(self, limits: Limits | None = None, forks: bool = FORKS):
        self.limits = limits or chosen_limits()
        self.peak = 0
        self._forks = forks
        self._server: subprocess.Popen[bytes] | None = None
        self._loaded = False

    def __enter__(self) -> Child:
        self._started()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def call(self, function: Callable[..., Any], path: Path, *rest: Any) -> Any:
        """`function(path, *rest)`, the function one that can be imported, within the limits of time and memory.

        Raises Refused where a limit is exceeded, Unreadable where the function does or the process broke down.
        """
        server = self._started()
        began, wait = time.monotonic(), self.limits.seconds + (GRACE if self._forks else 0)
        try:
            if not self._loaded:
                self._reply(server, _START)
                self._loaded, began = True, time.monotonic()
            send(server.stdin, pickle.dumps((path.name, self.limits, pickle.dumps((function, path, *rest)))))
            answer, self.peak = pickle.loads(self._reply(server, wait))
            outcome = pickle.loads(answer)
        except (EOFError, OSError):
            overran = self._loaded and time.monotonic() - began >= wait
            self.close()
            raise (late(path.name, self.limits) if overran else broken(path.name, server.returncode)) from None
        except BaseException:  # such as KeyboardInterrupt: half an answer may be in the pipe
            self.close()
            raise
        if isinstance(outcome, Unreadable):
            raise outcome
        return outcome

    @staticmethod
    def _reply(server: subprocess.Popen[bytes], seconds: float) -> bytes:
        overdue = threading.Timer(seconds, server.kill)
        overdue.start()
        try:
            return receive(server.stdout)
        finally:
            overdue.cancel()

    def close(self) -> None:
        """End the server and what it may still be reading."""
        server, self._server, self._loaded = self._server, None, False
        if server is None:
            return
        with contextlib.suppress(OSError):  # the end of its input tells the server to end
            server.stdin.close()
        try:
            server.wait(GRACE if self._forks else 0)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
        server.stdout.close()
        self._scratch.cleanup()

    def _started(self) -> subprocess.Popen[bytes]:
        if self._server is None:
            program = f"import sys; sys.path[:] = {sys.path!r}; from auditkit.server import serve; serve({self._forks})"
            # What a reader that is killed leaves lying about goes with the server.
            self._scratch = tempfile.TemporaryDirectory(prefix="auditkit-", ignore_cleanup_errors=True)
            # A group of its own: Ctrl-C is for the caller, who then ends the server.
            self._server = subprocess.Popen(
                [sys.executable, "-c", program],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=os.environ | dict.fromkeys(("TMPDIR", "TEMP", "TMP"), self._scratch.name),
                start_new_session=os.name == "posix",
                creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
            )
        return self._server
