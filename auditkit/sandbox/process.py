"""Work in a child process: a deadline and a limit on memory that hold, so that what hangs or blows up ends alone.

A server process has the program loaded and forks for every call, which costs a few milliseconds where an interpreter
costs half a second. It is started by a command of its own, not by `multiprocessing`: that would run the caller's script
again, and forking the caller (a notebook, a test) would copy its threads' locks. A command that has no threads yet and has
loaded what reads files is forked all the same (`from_here`). Where a system cannot fork, the server itself does the work
and is started anew after a call that had to be stopped; memory is then not limited.
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

from auditkit.errors.reading import BrokeDown, Defect, Stalled, TooMuchMemory, TooSlow
from auditkit.safety import Limits, Unreadable, chosen_limits
from auditkit.sandbox.answer import load_answer
from auditkit.sandbox.channel import Channel, can_fork_here, forked_server
from auditkit.sandbox.forkserver import GRACE, Ended, broken, receive, send

PROGRAM = """
import sys
own, sys.path[:] = sys.path[1:], {path!r}
from auditkit.sandbox import forkserver
forkserver.own_path = own
forkserver.serve({forks!r}, {load!r}, {lanes!r}, {scratch!r}, {ports!r})
"""
FORKS = hasattr(os, "fork")
TRIES = 2  # of what broke a process down, for which it need not be to blame
READERS = "auditkit.pipeline:load_readers"
RULES = "auditkit.rules:load_rules"  # enough for one file, whose reader its own process imports
_START = 120.0  # seconds that loading the program may take, on a machine that is busy or scans every file


class SandboxProcess:
    """Calls functions that can be imported, each call in a process that ends with it; to be used in a `with`.

    `load` names what the server does before it forks, `network` says whether a call may use it; with `ports` it may use those
    of this machine where nothing is forked, because a notebook has a kernel there. `from_here` forks the server from this
    process where that is safe, so that what is loaded here need not be loaded again. `pid` is the process of
    the call that runs, 0 where the server itself does the work; `peak` the memory in bytes that the last call took at
    most, 0 where the system does not say.
    """

    def __init__(
        self,
        limits: Limits | None = None,
        forks: bool = FORKS,
        load: str = READERS,
        network: bool = False,
        from_here: bool = False,
        ports: bool = False,
    ):
        self.limits = limits or chosen_limits()
        self.peak = self.pid = 0
        self._forks, self._load, self._network, self._ports = forks, load, network, ports
        self._from_here = from_here and forks and can_fork_here()
        self._server: subprocess.Popen[bytes] | Channel | None = None
        self._loaded = False
        self._leader: SandboxProcess | None = None
        self._followers: list[SandboxProcess] = []
        self._starting = threading.Lock()

    @property
    def server(self) -> int:
        """The process of the server that works for this child, 0 until it has answered."""
        return self._server.number if self._server and self._loaded else 0

    def twins(self, number: int) -> list[SandboxProcess]:
        """So many more children; where the system forks, this one's server forks theirs when it has loaded the program."""
        kind = {"forks": self._forks, "load": self._load, "network": self._network, "ports": self._ports}
        twins = [SandboxProcess(self.limits, **kind) for _ in range(number)]
        if self._forks:
            self._followers = twins
            for twin in twins:
                twin._leader = self
        return twins

    def __enter__(self) -> SandboxProcess:
        self._started()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def call(self, function: Callable[..., Any], path: Path, *rest: Any) -> Any:
        """`function(path, *rest)`, which reads a file, within the limits of time and memory.

        Raises Refused where a limit is exceeded or the process broke down at every try, Unreadable where the function does.
        """
        for left in reversed(range(TRIES)):
            try:
                return self.run(self.limits, function, path, *rest)
            except Ended as end:
                if end.how != "broke" or not left:
                    raise _unread(path.name, end, self.limits) from None
        raise AssertionError("unreachable")

    def run(self, limits: Limits, function: Callable[..., Any], *arguments: Any) -> Any:
        """The function's result, within these limits. Raises Ended where it has none, Unreadable where the function does."""
        server = self._started()
        began, wait = time.monotonic(), limits.wall + (GRACE if self._forks else 0)
        try:
            if not self._loaded:
                server.number = load_answer(self._reply(server, _START))
                self._loaded, began = True, time.monotonic()
            send(server.stdin, pickle.dumps((limits, self._network, pickle.dumps((function, *arguments)))))
            self.pid = load_answer(self._reply(server, GRACE)) if self._forks else 0
            answer, self.peak = load_answer(self._reply(server, wait))
            outcome = load_answer(answer)
        except (EOFError, OSError):
            overran = self._loaded and time.monotonic() - began >= wait
            self.close()
            raise (Ended("stalled") if overran else broken(server.returncode)) from None
        except pickle.UnpicklingError as error:
            self.close()
            raise Ended("defect", str(error)) from None
        except BaseException:  # such as KeyboardInterrupt: half an answer may be in the pipe
            self.close()
            raise
        if isinstance(outcome, Unreadable | Ended):
            raise outcome
        return outcome

    @staticmethod
    def _reply(server: subprocess.Popen[bytes] | Channel, seconds: float) -> bytes:
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

    def _started(self) -> subprocess.Popen[bytes] | Channel:
        if self._server is None and (leader := self._leader):
            self._leader = None  # a lane that was lost is replaced by a server of one's own
            with leader._starting:
                if self._server is None:
                    leader._start()
        with self._starting:
            if self._server is None:
                self._start()
        return self._server

    def _start(self) -> None:
        lanes = [(os.pipe(), os.pipe()) for _ in self._followers]
        ends = [(requests[0], answers[1]) for requests, answers in lanes]
        # What a reader that is killed leaves lying about goes with the server.
        self._scratch = tempfile.TemporaryDirectory(prefix="auditkit-", ignore_cleanup_errors=True)
        scratch = self._scratch.name
        environment = dict.fromkeys(("TMPDIR", "TEMP", "TMP"), scratch) | _homes(scratch)
        if self._from_here:
            self._from_here = False  # who is loaded and forked once is not so later: by then there may be threads
            self._server = forked_server(self._load, scratch, environment)
            return
        how = {"forks": self._forks, "load": self._load, "ports": self._ports}
        program = PROGRAM.format(path=sys.path, lanes=ends, scratch=scratch, **how)
        # A group of its own: Ctrl-C is for the caller, who then ends the server.
        self._server = subprocess.Popen(
            [sys.executable, "-c", program],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=os.environ | environment,
            start_new_session=os.name == "posix",
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
            pass_fds=[end for pair in ends for end in pair],
        )
        for follower, (requests, answers) in zip(self._followers, lanes, strict=True):
            os.close(requests[0])
            os.close(answers[1])
            follower._server = Channel(os.fdopen(requests[1], "wb"), os.fdopen(answers[0], "rb"))
            follower._scratch = self._scratch
            follower._leader = None
        self._followers = []


def _homes(scratch: str) -> dict[str, str]:
    """Where a kernel keeps its files for a user without a home that can be written to, as services often have none."""
    if os.access(os.path.expanduser("~"), os.W_OK):
        return {}
    names = ("IPYTHONDIR", "JUPYTER_RUNTIME_DIR", "MPLCONFIGDIR")
    return {name: os.environ.get(name, os.path.join(scratch, name)) for name in names}


def _unread(name: str, end: Ended, limits: Limits) -> Unreadable:
    """The failure of a file whose reading was ended."""
    match end.how:
        case "late":
            return TooSlow(name, seconds=limits.seconds)
        case "stalled":
            return Stalled(name, seconds=limits.wall)
        case "memory":
            return TooMuchMemory(name, size=f"{limits.memory / 2**20:g} MB")
        case "broke":
            return BrokeDown(name, tries=TRIES, how=end.detail)
        case "defect":
            return Defect(name, place=end.detail)
