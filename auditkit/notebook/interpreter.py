"""A kernel's interpreter in this process: ipykernel's shell and nbclient's outputs without sockets between them."""

from __future__ import annotations

import asyncio
import atexit
import os
import pickle
import signal
import sys
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from types import SimpleNamespace
from typing import IO, Any, ClassVar

from ipykernel.iostream import IOPubThread, OutStream
from ipykernel.ipkernel import IPythonKernel
from ipykernel.kernelapp import IPKernelApp
from ipykernel.zmqshell import ZMQInteractiveShell
from IPython.core.interactiveshell import InteractiveShell
from jupyter_client.session import Session
from nbclient.client import timestamp
from nbclient.exceptions import DeadKernelError
from nbformat import NotebookNode, from_dict
from papermill.clientwrap import PapermillNotebookClient
from traitlets.config import Config

from auditkit.notebook.hidden_imports import hide_modules
from auditkit.sandbox import forkserver

# The user's history of commands is no place for what reports execute.
NO_HISTORY = {"HistoryManager": {"hist_file": ":memory:"}}


class Messages(Session):
    """Keeps what the interpreter sends, also out of processes that a cell forks, where a kernel's goes to a socket."""

    def __init__(self, **traits: Any):
        super().__init__(**traits)
        self.sent: deque[dict[str, Any]] = deque()

    def open(self, forked: IO[bytes]) -> None:
        """Begin: `forked` is where forked processes leave theirs."""
        self.owner, self._read, self._forked = os.getpid(), 0, forked

    def send(self, stream: Any, msg_or_type: Any, content: Any = None, parent: Any = None, *_: Any, **more: Any) -> Any:
        message = msg_or_type
        if not isinstance(message, dict):
            message = self.msg(msg_or_type, content, parent, metadata=more.get("metadata"))
        message["content"] = self.unpack(self.serialize(message)[-1])
        message["buffers"] = more.get("buffers") or message.get("buffers", [])
        if os.getpid() != self.owner:
            os.write(self._forked.fileno(), pickle.dumps(message))
        else:
            self._collect()
            self.sent.append(message)
        return message

    def _collect(self) -> None:
        """Take over what forked processes have sent."""
        size = os.fstat(self._forked.fileno()).st_size
        data = BytesIO(os.pread(self._forked.fileno(), size - self._read, self._read))
        while data.tell() < size - self._read:
            self.sent.append(pickle.load(data))
        self._read = size

    def take(self) -> Iterator[dict[str, Any]]:
        self._collect()
        while self.sent:
            yield self.sent.popleft()


class Unthreaded(IOPubThread):
    """For ipykernel's streams: what they leave to a thread is done at once, and what they put off by a timer."""

    def __init__(self):
        self.thread, self.io_loop = threading.Thread(), self

    def call_later(self, delay: float, function: Callable[[], None]) -> None:
        timer = threading.Timer(delay, function)
        timer.daemon = True
        timer.start()


class Application(IPKernelApp):
    """ipykernel's application (configuration, extensions, startup files) short of its sockets and threads."""

    def _left_out(self, *_: object) -> None:
        """Done by nobody, or when the interpreter is opened."""

    init_connection_file = init_poller = init_sockets = init_heartbeat = write_connection_file = _left_out
    log_connection_info = init_io = init_signal = _left_out
    parse_command_line = _left_out  # there is none; to find that out takes as long as all else that is initialized

    def _session_default(self) -> Session:
        return Messages(parent=self)

    def init_kernel(self) -> None:
        given = {name: getattr(self, name) for name in ("session", "log", "profile_dir", "user_ns")}
        self.kernel = IPythonKernel.instance(parent=self, **given)
        self.kernel.shell_channel_thread = SimpleNamespace(parent_thread=threading.main_thread())


class Interpreter:
    """Executes the cells of one notebook; the next one has another interpreter."""

    _prepared: ClassVar[Interpreter | None] = None

    def __init__(self):
        with hide_modules("debugpy"):  # nobody can reach the interpreter, and it would make a debugger
            self.app = Application.instance(config=Config(NO_HISTORY))
            self.app.initialize([])
        self.kernel, self.shell, self.session = self.app.kernel, self.app.shell, self.app.session
        self.kernel.io_loop, self.ends = self, float("inf")

    @classmethod
    def prepare(cls) -> Interpreter:
        """Make the interpreter of the next notebook, so that a process forked from this one has it: no thread is started."""
        with as_before():
            cls._prepared = cls()
        return cls._prepared

    @classmethod
    def take(cls) -> Interpreter:
        one, cls._prepared = cls._prepared, None
        return one or cls()

    @classmethod
    def is_free(cls) -> bool:
        """Whether this process has no other shell: there can be only one."""
        return bool(cls._prepared) or not InteractiveShell.initialized()

    @contextmanager
    def opened(self) -> Iterator[None]:
        """Inside, the process is a kernel's as far as a cell can see."""
        import ipykernel_launcher

        forked = tempfile.TemporaryFile()  # noqa: SIM115
        self.session.open(forked)
        sys.modules["__main__"] = self.shell.user_module
        sys.argv = [ipykernel_launcher.__file__]
        sys.path = [*(forkserver.own_path or sys.path)]
        self.app.init_path()
        self.shell.init_environment()
        self.app.init_gui_pylab()
        if random := sys.modules.get("numpy.random"):  # Python's own generator is seeded anew by itself, numpy's is not
            random.seed()
        self.app.patch_io()
        streams = [OutStream(self.session, Unthreaded(), name) for name in ("stdout", "stderr")]
        sys.stdout, sys.stderr = streams
        IPKernelApp.init_signal(self.app)
        try:
            yield
        finally:
            for stream in (*streams, forked):
                stream.close()
            self.shell.user_ns.clear()  # what is made after the notebook has the memory that this held
            atexit.unregister(self.shell.atexit_operations)
            for single in (Application, IPythonKernel, ZMQInteractiveShell):
                single.clear_instance()

    async def execute(self, request: dict[str, Any], seconds: float | None) -> tuple[dict[str, Any], bool]:
        """A cell's reply, and whether it came too late. Raises DeadKernelError after the notebook asked for its end."""
        if time.monotonic() > self.ends:
            raise DeadKernelError("Kernel died")
        self.kernel.set_parent([], request)
        late = threading.Event()

        def interrupt() -> None:
            late.set()
            signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)

        timer = threading.Timer(seconds or 0, interrupt)
        self.kernel.pre_handler_hook()
        try:
            if seconds:
                timer.start()
            reply = await self._reply(request["content"]["code"])
        finally:
            timer.cancel()
            self.kernel.post_handler_hook()
        sys.stdout.flush()
        sys.stderr.flush()
        if os.getpid() != self.session.owner:  # the cell forked, and this is not the process that has the notebook
            os._exit(0)
        return reply, late.is_set()

    async def _reply(self, code: str) -> dict[str, Any]:
        """The kernel's own, which takes long to find out that a cell awaits nothing."""
        if "await" in code or "async" in code:
            return await self.kernel.do_execute(code, silent=False)
        self.kernel._forward_input()
        try:
            result = self.shell.run_cell(code, store_history=True)
        finally:
            self.kernel._restore_input()
        self.shell.payload_manager.clear_payload()
        error = result.error_before_exec or result.error_in_exec
        if not error and not getattr(self.shell, "_last_traceback_during_displayhook", False):
            return {"status": "ok"}
        told = {"ename": type(error).__name__, "evalue": str(error), "traceback": self.shell._last_traceback or []}
        return {"status": "error", **told}

    def send(self, message: dict[str, Any]) -> None:
        """What nbclient has to tell a widget."""
        self.kernel.set_parent([], message)
        self.kernel.shell_handlers[message["msg_type"]](None, [], {**message, "buffers": []})

    # What the kernel asks of its loop.
    def add_callback(self, function: Callable[[], None]) -> None:
        asyncio.get_running_loop().call_soon_threadsafe(function)

    def call_later(self, delay: float, _: object) -> None:
        self.ends = time.monotonic() + delay

    def stop(self) -> None:
        """Named by the kernel as what to do later, when `exit` was called."""


class Client(PapermillNotebookClient):
    """papermill's client, whose cells are executed where it is."""

    def execute(self) -> NotebookNode:
        with as_before():
            self._interpreter = Interpreter.take()
            session = self._interpreter.session
            self.kc = SimpleNamespace(session=session, shell_channel=self._interpreter)
            self.km = SimpleNamespace(interrupt_kernel=lambda: None)  # it was when its time was over
            with self._interpreter.opened(), asyncio.Runner() as self._runner:
                self.papermill_execute_cells()
                self.nb.metadata["language_info"] = {**self._interpreter.kernel.language_info}
                self.set_widgets_metadata()
        return self.nb

    async def async_execute_cell(self, cell: NotebookNode, cell_index: int, *_: Any, **__: Any) -> NotebookNode:
        """As nbclient does it, but that all messages are there when the cell has ended."""
        tags = cell.metadata.get("tags", ())
        if cell.cell_type != "code" or not cell.source.strip() or self.skip_cells_with_tag in tags:
            return cell
        session, timeout = self._interpreter.session, self._get_timeout(cell)
        request = session.msg("execute_request", {"code": cell.source})
        cell.outputs, self.clear_before_next_output = [], False
        cell.execution_count = self._interpreter.shell.execution_count
        times = {"iopub.status.busy": timestamp(), "iopub.execute_input": timestamp()}
        reply, late = await self._interpreter.execute(request, timeout)
        for message in session.take():
            if message["parent_header"].get("msg_id") == request["msg_id"]:
                self.process_message(message, cell, cell_index)
        if late:
            reply = await self._async_handle_timeout(timeout, cell) or reply
        times |= {"shell.execute_reply": timestamp(), "iopub.status.idle": timestamp()}
        if self.record_timing:
            cell.metadata["execution"] = times
        await self._check_raise_for_error(cell, cell_index, {"content": reply})
        return cell

    def execute_cell(self, cell: NotebookNode, cell_index: int) -> NotebookNode:
        return self._runner.run(self.async_execute_cell(cell, cell_index))

    def output(self, outs: list[NotebookNode], msg: dict[str, Any], display_id: str | None, cell_index: int) -> Any:
        """nbclient's own, which compares each output with the schema of notebooks; a result in texts needs no such check."""
        content = msg["content"]
        plain = msg["msg_type"] == "execute_result" and all(isinstance(text, str) for text in content["data"].values())
        hooked = self.output_hook_stack[msg["parent_header"]["msg_id"]]
        if not plain or display_id or hooked or self.clear_before_next_output:
            return super().output(outs, msg, display_id, cell_index)
        outs.append(from_dict({"output_type": "execute_result", **content}))
        return outs[-1]


@contextmanager
def as_before() -> Iterator[None]:
    """Afterwards the process is as far as a kernel changes it what it was before."""
    folder, interrupt, main = os.getcwd(), signal.getsignal(signal.SIGINT), sys.modules["__main__"]
    environment, names = dict(os.environ), ("argv", "path", "stdout", "stderr", "excepthook", "displayhook")
    values = [getattr(sys, name) for name in names]
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(environment)
        for name, value in zip(names, values, strict=True):
            setattr(sys, name, value)
        os.chdir(folder)
        signal.signal(signal.SIGINT, interrupt)
        sys.modules["__main__"] = main
