"""Processes that become a kernel: forked ahead by the process that makes a report, or by a server for everybody else."""

from __future__ import annotations

import atexit
import importlib
import os
import pickle
import signal
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any, BinaryIO

from auditkit.notebook.hidden_imports import hide_modules
from auditkit.safety import Limits, chosen_limits
from auditkit.sandbox import forkserver as server
from auditkit.sandbox.process import SandboxProcess

# The frameworks that matplotlib loads on macOS do not survive a fork.
FORKS = hasattr(os, "fork") and sys.platform != "darwin"
LOAD = f"{__name__}:load_notebooks"
# The user's history of commands is no place for what reports execute, and all kernels would wait for its lock.
NO_HISTORY = {"HistoryManager": {"hist_file": ":memory:"}}
# What a kernel, and the process that talks with it, would each time import only when they are at work.
LOADED = (
    "ipykernel.debugger",
    "ipykernel.kernelapp",
    "ipykernel.kernelspec",
    "ipykernel_launcher",
    "IPython.core.completer",
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.logger",
    "IPython.core.oinspect",
    "IPython.extensions.storemagic",
    "faulthandler",
    "sqlite3",
    "tornado.platform.asyncio",
)


class Spare:
    """A process forked ahead, while this one had neither threads nor sockets, that waits for word to become a kernel."""

    stdin = stdout = stderr = None
    _waiting: Spare | None = None

    def __init__(self):
        ours, theirs = os.pipe()
        self.returncode: int | None = None
        self.pid = os.fork()
        if not self.pid:
            try:
                os.close(theirs)
                server.end_with_parent()
                with os.fdopen(ours, "rb") as stream:
                    _wait_for_word(stream)
            finally:
                os._exit(1)
        os.close(ours)
        self._word = theirs

    @classmethod
    def prepare(cls) -> None:
        """Fork the process in which the next notebook will run."""
        cls._waiting = cls()

    @classmethod
    def take(cls) -> Spare | None:
        """The process that was forked ahead, if one was."""
        spare, cls._waiting = cls._waiting, None
        return spare

    def launch(self, arguments: Sequence[str], folder: str, environment: Mapping[str, str]) -> Spare:
        with os.fdopen(self._word, "wb") as stream:
            pickle.dump((arguments, folder, environment), stream)
        return self

    def poll(self) -> int | None:
        if self.returncode is None:
            with suppress(ChildProcessError):
                pid, status = os.waitpid(self.pid, os.WNOHANG)
                self.returncode = os.waitstatus_to_exitcode(status) if pid else None
        return self.returncode

    def wait(self) -> int | None:
        if self.poll() is None:
            self.returncode = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        return self.returncode

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)


class Served:
    """A kernel forked by a server, which is started where none is free and kept for the next notebook."""

    stdin = stdout = stderr = None
    _free: list[SandboxProcess] = []

    def launch(self, arguments: Sequence[str], folder: str, environment: Mapping[str, str]) -> Served:
        self._child = self._free.pop() if self._free else SandboxProcess(load=LOAD, network=True)
        self._child.pid = 0
        self._run = threading.Thread(target=self._watch, args=(arguments, folder, environment), daemon=True)
        self._run.start()
        return self

    def _watch(self, *call: Any) -> None:
        try:
            self._child.run(notebook_limits(), become_kernel, *call)
        except server.Ended:
            pass
        finally:
            self._free.append(self._child)

    @property
    def pid(self) -> int:
        return self._child.pid

    def poll(self) -> int | None:
        return None if self._run.is_alive() else 0

    def wait(self) -> int:
        self._run.join()
        return 0

    def send_signal(self, number: int) -> None:
        if not self._run.is_alive():
            return
        if self.pid:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)
        elif number != signal.SIGINT:  # the server is still loading, and nothing of the kernel is there yet
            self._child.close()

    @classmethod
    def close(cls) -> None:
        """End the servers that wait for another notebook."""
        while cls._free:
            cls._free.pop().close()


atexit.register(Served.close)


def notebook_limits(limits: Limits | None = None) -> Limits:
    """The limits of a whole notebook, told as those of one call."""
    limits = limits or chosen_limits()
    return replace(limits, seconds=limits.notebook_seconds, memory=limits.notebook_memory)


def _wait_for_word(stream: BinaryIO) -> None:
    with suppress(EOFError):  # nobody needed the process
        become_kernel(*pickle.load(stream))


def become_kernel(arguments: Sequence[str], folder: str, environment: Mapping[str, str]) -> None:
    """Be the kernel that a command line would have started in this folder and environment, until it is shut down."""
    import ipykernel_launcher
    from ipykernel.kernelapp import IPKernelApp
    from traitlets.config import Config

    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    tempfile.tempdir = None
    sys.argv[:] = [ipykernel_launcher.__file__, *arguments]
    sys.path[:] = server.own_path
    if random := sys.modules.get("numpy.random"):  # Python's own generator is seeded anew by itself, numpy's is not
        random.seed()
    # Known in advance, a parent keeps the kernel from telling the terminal how to connect to it.
    app = IPKernelApp.instance(parent_handle=os.getppid(), config=Config(NO_HISTORY))
    app.initialize(list(arguments))
    app.start()
    atexit._run_exitfuncs()  # the kernel says its good-bye there, and a forked process does not come to its end by itself


def load_notebooks() -> None:
    """Import and do once what reports need, short of anything that belongs to a kernel (threads, sockets, a shell)."""
    # matplotlib looks for its backend when it is imported, a kernel says which it wants only later.
    os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    with hide_modules(
        "debugpy"
    ):  # nobody can reach a kernel that executes a report, and every one would make a debugger
        for module in LOADED:
            with suppress(ImportError):  # of another version
                importlib.import_module(module)
    from jupyter_client.provisioning import KernelProvisionerFactory

    KernelProvisionerFactory.instance()  # looks through every installed package
    with suppress(Exception, SystemExit):  # in another version of ipykernel; what fails here is done by each kernel
        _rehearse_kernel()
    from auditkit import report, resources
    from auditkit.pipeline import audit, load_readers

    load_readers()

    (specimen,) = audit(resources.data() / "specimen.docx")
    for view in report.VIEWS:
        view(specimen)._repr_html_()
    report.decisions("")


class _Unlisted:
    """`sys` without the loaded modules: a kernel lists them for its debugger, and copies the memory page of each by it."""

    modules: Mapping[str, object] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(sys, name)


def _rehearse_kernel() -> None:
    """Do what a kernel does before it has sockets, and throw it away: expressions and classes are ready afterwards."""
    from ipykernel import ipkernel
    from ipykernel.kernelapp import IPKernelApp
    from IPython.core.application import BaseIPythonApplication
    from traitlets.config import Config

    ipkernel.sys = _Unlisted()
    main, hook = sys.modules["__main__"], sys.excepthook
    try:
        app = IPKernelApp(parent_handle=os.getpid(), config=Config(NO_HISTORY))
        BaseIPythonApplication.initialize(app, ["-f", os.devnull])
        ipkernel.ZMQInteractiveShell(config=app.config)
    finally:
        sys.modules["__main__"], sys.excepthook = main, hook
