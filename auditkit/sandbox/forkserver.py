"""The server behind `SandboxProcess`: it has the program loaded and forks a process, which is confined, for every call."""

from __future__ import annotations

import contextlib
import gc
import importlib
import math
import os
import pickle
import selectors
import shutil
import signal
import struct
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO, Literal

from auditkit.safety import Limits, Unreadable

GRACE = 3.0  # seconds after which a server that did not keep the deadline is stopped itself
_LENGTH = struct.Struct("!Q")
_NETWORK = ("socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo")
_OWN = ("127.0.0.1", "::1", "localhost")
_SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER of Linux
_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG of Linux

# Where the server itself looks for modules, before it looks where its caller does.
own_path: list[str] = []
_lanes: set[int] = set()  # the servers that this one forked


class Ended(Exception):
    """A call has no result. How it ended:

    `late` took too much processor time, `stalled` too much time by the clock, `memory` too much of that; `broke` (`detail`:
    by what) or has a `defect` (where).
    """

    def __init__(self, how: Literal["late", "stalled", "memory", "broke", "defect"], detail: str = ""):
        super().__init__(how, detail)
        self.how, self.detail = how, detail


def send(stream: BinaryIO, data: bytes) -> None:
    """Write one message."""
    stream.write(_LENGTH.pack(len(data)) + data)
    stream.flush()


def receive(stream: BinaryIO) -> bytes:
    """Read one message. Raises EOFError where the stream ends before its end."""
    head = stream.read(_LENGTH.size)
    data = stream.read(*_LENGTH.unpack(head)) if len(head) == _LENGTH.size else b""
    if not data:
        raise EOFError
    return data


def serve(forks: bool, load: str, lanes: Sequence[tuple[int, int]], scratch: str, ports: bool = False) -> None:
    """The server: answers requests on standard input until that ends. `load` names what is done before, as module:function.

    Where nothing is forked, `ports` says whether a call may use those of this machine, as a notebook's kernel does.

    For each of `lanes`, which are pipes to read from and to write to, it forks a server that is loaded already. In the end
    it removes the folder `scratch`, because who started it may have been killed.
    """
    inbox, outbox = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    with open(os.devnull, "r+b") as null:
        for stream in range(3):  # what a library prints must not end up among the answers
            os.dup2(null.fileno(), stream)
    with contextlib.suppress(Exception):
        module, _, function = load.partition(":")
        if module:
            getattr(importlib.import_module(module), function)()
    gc.collect()
    _fill_holes()
    gc.freeze()  # so that no child copies these pages by looking through them for garbage
    for lane in lanes:
        child = os.fork()
        if not child:
            _lanes.clear()
            for pipe in (inbox, outbox):
                pipe.close()
            for pipe in {end for other in lanes for end in other} - {*lane}:
                os.close(pipe)
            inbox, outbox = os.fdopen(lane[0], "rb"), os.fdopen(lane[1], "wb")
            break
        _lanes.add(child)
    else:
        for pipe in (end for lane in lanes for end in lane):
            os.close(pipe)
        _answer_all(inbox, outbox, forks, ports)
        shutil.rmtree(scratch, ignore_errors=True)
        return
    _answer_all(inbox, outbox, forks)


def _answer_all(inbox: BinaryIO, outbox: BinaryIO, forks: bool, ports: bool = False) -> None:
    if forks:  # a process whose parent has ended is ours, though it be in a group of its own, such as LibreOffice's
        _prctl(_SUBREAPER, 1)
    else:
        sys.addaudithook(_this_machine_only if ports else _no_network)
    with contextlib.suppress(EOFError, BrokenPipeError):
        send(outbox, pickle.dumps(os.getpid()))
        while True:
            limits, network, call = pickle.loads(receive(inbox))
            if forks:
                answer, peak = _forked(limits, network, call, inbox, outbox)
            else:
                answer, peak = _answer(call), 0
            send(outbox, pickle.dumps((answer, peak)))


def _forked(limits: Limits, network: bool, call: bytes, inbox: BinaryIO, outbox: BinaryIO) -> tuple[bytes, int]:
    """The pickled answer of a child process, or what became of that, and the memory it took; its number is sent first.

    Raises EOFError where the caller is gone.
    """
    ours, theirs = os.pipe()
    child = os.fork()
    if not child:
        try:
            for stream in (inbox, outbox):
                os.close(stream.fileno())
            os.close(ours)
            _confine(limits, network)
            with os.fdopen(theirs, "wb") as stream:
                send(stream, _answer(call))
        finally:
            os._exit(1)
    os.close(theirs)
    with contextlib.suppress(OSError):  # the child may have done so, or have ended
        os.setpgid(child, child)
    try:
        with os.fdopen(ours, "rb") as stream:
            send(outbox, pickle.dumps(child))
            data, overran = _collected(stream, inbox, limits.wall)
    finally:
        with contextlib.suppress(OSError):
            os.killpg(child, signal.SIGKILL)
        _, status, usage = os.wait4(child, 0)
        _end_orphans()
    peak = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    if _whole(data):
        return bytes(data[_LENGTH.size :]), peak
    died = os.waitstatus_to_exitcode(status)
    if died == -signal.SIGXCPU or usage.ru_utime + usage.ru_stime >= limits.seconds:
        return pickle.dumps(Ended("late")), peak
    if overran or died == -signal.SIGALRM:
        return pickle.dumps(Ended("stalled")), peak
    # A library in C, such as pdfium, aborts where Python would raise MemoryError.
    starved = died in (-signal.SIGABRT, -signal.SIGTRAP) and peak > limits.memory // 2
    return pickle.dumps(Ended("memory") if starved else broken(died)), peak


def _collected(stream: BinaryIO, inbox: BinaryIO, seconds: float) -> tuple[bytearray, bool]:
    """What the child wrote until its end or the deadline, and whether that was reached."""
    data, deadline = bytearray(), time.monotonic() + seconds
    with selectors.DefaultSelector() as events:
        events.register(stream, selectors.EVENT_READ)
        events.register(inbox, selectors.EVENT_READ)
        while (left := deadline - time.monotonic()) > 0:
            for key, _ in events.select(left):
                if key.fileobj is inbox:  # the caller waits for the answer: if there is news, then it is gone
                    raise EOFError
                chunk = os.read(stream.fileno(), 2**20)
                if not chunk:
                    return data, False
                data += chunk
                if _whole(data):  # what a call forked and left behind has the pipe open too
                    return data, False
    return data, True


def _whole(data: bytearray) -> bool:
    """Whether this is one message from beginning to end."""
    return len(data) > _LENGTH.size and _LENGTH.unpack_from(data)[0] == len(data) - _LENGTH.size


def _fill_holes() -> None:
    """Take what the C library has free between used memory: a child that took it would copy a page for every few bytes.

    Of the calls for one size, two that lie side by side are beyond all holes. (Linux; 2,000 calls, 0.6 MB.)
    """
    if sys.platform != "linux":
        return
    with contextlib.suppress(ImportError, OSError, AttributeError):
        import ctypes

        malloc = ctypes.CDLL(None).malloc
        malloc.restype, malloc.argtypes = ctypes.c_void_p, [ctypes.c_size_t]
        for size in range(1032, 8, -16):  # the usable size of a chunk, which has 8 bytes in front
            for _ in range(10_000):
                if malloc(size) + size + 8 == malloc(size):
                    break


def _prctl(option: int, value: int) -> None:
    with contextlib.suppress(ImportError, OSError, AttributeError):  # elsewhere than on Linux only the group ends
        import ctypes

        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


def end_with_parent() -> None:
    """Let the system end this process when the one that forked it ends, where it can."""
    _prctl(_DIE_WITH_PARENT, signal.SIGKILL)


def _end_orphans() -> None:
    children = Path(f"/proc/self/task/{os.getpid()}/children")
    with contextlib.suppress(OSError):
        while orphans := {*map(int, children.read_text().split())} - _lanes:
            for orphan in orphans:
                os.kill(orphan, signal.SIGKILL)
                os.waitpid(orphan, 0)


def _confine(limits: Limits, network: bool) -> None:
    import resource

    os.setpgid(0, 0)
    end_with_parent()
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(int(limits.wall + GRACE) + 1)  # should the server be gone
    spent = math.ceil(limits.seconds)
    for kind, most in ((resource.RLIMIT_AS, limits.memory), (resource.RLIMIT_CPU, spent), (resource.RLIMIT_CORE, 0)):
        with contextlib.suppress(ValueError, OSError):  # macOS takes none on memory
            hard = resource.getrlimit(kind)[1]
            # The soft limit only: a reader may give a program that it starts, such as LibreOffice, another one.
            resource.setrlimit(kind, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))
    if not network:
        sys.addaudithook(_no_network)


def _no_network(event: str, _: object) -> None:
    if event in _NETWORK:
        raise PermissionError(f"{event}: a form is read without the network")


def _this_machine_only(event: str, arguments: Sequence[object]) -> None:
    if event in _NETWORK:
        address = arguments[0] if event == "socket.getaddrinfo" else arguments[1]
        if (address[0] if isinstance(address, tuple) and address else address) not in _OWN:
            _no_network(event, arguments)


def _answer(call: bytes) -> bytes:
    """The pickled outcome of a call: what it returned, an Unreadable, or Ended."""
    try:
        function, *arguments = pickle.loads(call)
        return pickle.dumps(function(*arguments))
    except Unreadable as error:
        outcome = error
    except MemoryError:
        outcome = Ended("memory")
    except Exception as error:  # a defect of ours in one file must not cost the others their audit
        outcome = Ended("defect", _place(error))
    return pickle.dumps(outcome)


def broken(code: int | None) -> Ended:
    """What became of a process with this exit code, minus the signal's number."""
    try:
        return Ended("broke", signal.Signals(-(code or 0)).name)
    except ValueError:
        return Ended("broke", f"exit {code}")


def _place(error: Exception) -> str:
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    place = f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else ""
    return f"{type(error).__name__} {place}"
