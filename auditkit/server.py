"""The server behind `Child`: it has the program loaded and forks a process, which is confined, for every file."""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import pickle
import pkgutil
import selectors
import signal
import struct
import sys
import time
from pathlib import Path
from typing import BinaryIO

from auditkit.safety import Limits, Refused, Unreadable

GRACE = 3.0  # seconds after which a server that did not keep the deadline is stopped itself
_LENGTH = struct.Struct("!Q")
_NETWORK = ("socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo")
_SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER of Linux
_AGAIN_ZH = "请报送单位在 Word 或 WPS 中打开核对，另存为 .docx 后重新报送"
_AGAIN_EN = "ask the unit to check it in Word or WPS, save it as .docx and submit it again"


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


def serve(forks: bool) -> None:
    """The server: answers requests on standard input until that ends."""
    inbox, outbox = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    with open(os.devnull, "r+b") as null:
        for stream in range(3):  # what a library prints must not end up among the answers
            os.dup2(null.fileno(), stream)
    _load()
    if forks:
        _adopt()
    else:
        sys.addaudithook(_no_network)
    with contextlib.suppress(EOFError, BrokenPipeError):
        send(outbox, b"loaded")
        while True:
            name, limits, call = pickle.loads(receive(inbox))
            answer, peak = _forked(name, limits, call, inbox) if forks else (_answer(name, limits, call), 0)
            send(outbox, pickle.dumps((answer, peak)))


def _load() -> None:
    """Import what reading a file needs, and audit one form, which fills the caches that every file profits from."""
    with contextlib.suppress(Exception):
        from auditkit import audit, read, resources

        for module in pkgutil.iter_modules(read.__path__):
            with contextlib.suppress(Exception):  # a reader whose extra is not installed
                importlib.import_module(f"{read.__name__}.{module.name}")
        audit.audit(resources.data() / "specimen.docx")
    gc.collect()
    gc.freeze()  # so that no child copies these pages by looking through them for garbage


def _forked(name: str, limits: Limits, call: bytes, inbox: BinaryIO) -> tuple[bytes, int]:
    """The pickled answer of a child process, or what became of that, and the memory it took. Raises EOFError without caller."""
    ours, theirs = os.pipe()
    child = os.fork()
    if not child:
        try:
            _confine(limits)
            with os.fdopen(theirs, "wb") as stream:
                send(stream, _answer(name, limits, call))
        finally:
            os._exit(1)
    os.close(theirs)
    with contextlib.suppress(OSError):  # the child may have done so, or have ended
        os.setpgid(child, child)
    try:
        with os.fdopen(ours, "rb") as stream:
            data, overran = _collected(stream, inbox, limits.seconds)
    finally:
        with contextlib.suppress(OSError):
            os.killpg(child, signal.SIGKILL)
        _, status, usage = os.wait4(child, 0)
        _end_orphans()
    peak = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    if len(data) > _LENGTH.size and _LENGTH.unpack_from(data)[0] == len(data) - _LENGTH.size:
        return bytes(data[_LENGTH.size :]), peak
    died = os.waitstatus_to_exitcode(status)
    if overran or died == -signal.SIGALRM:
        return pickle.dumps(late(name, limits)), peak
    # A library in C, such as pdfium, aborts where Python would raise MemoryError.
    starved = died in (-signal.SIGABRT, -signal.SIGTRAP) and peak > limits.memory // 2
    return pickle.dumps(_too_large(name, limits) if starved else broken(name, died)), peak


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
    return data, True


def _adopt() -> None:
    """Make a process whose parent has ended the server's, though it be in a group of its own, such as LibreOffice's."""
    with contextlib.suppress(ImportError, OSError, AttributeError):  # elsewhere than on Linux only the group ends
        import ctypes

        ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)


def _end_orphans() -> None:
    children = Path(f"/proc/self/task/{os.getpid()}/children")
    with contextlib.suppress(OSError):
        while orphans := children.read_text().split():
            for orphan in map(int, orphans):
                os.kill(orphan, signal.SIGKILL)
                os.waitpid(orphan, 0)


def _confine(limits: Limits) -> None:
    import resource

    os.setpgid(0, 0)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(int(limits.seconds + GRACE) + 1)  # should the server be gone
    for kind, most in ((resource.RLIMIT_AS, limits.memory), (resource.RLIMIT_CORE, 0)):
        with contextlib.suppress(ValueError, OSError):  # macOS takes none on memory
            hard = resource.getrlimit(kind)[1]
            # The soft limit only: a reader may give a program that it starts, such as LibreOffice, another one.
            resource.setrlimit(kind, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))
    sys.addaudithook(_no_network)


def _no_network(event: str, _: object) -> None:
    if event in _NETWORK:
        raise PermissionError(f"{event}: a form is read without the network")


def _answer(name: str, limits: Limits, call: bytes) -> bytes:
    """The pickled outcome of a call: what it returned, or an Unreadable."""
    try:
        function, *arguments = pickle.loads(call)
        return pickle.dumps(function(*arguments))
    except Unreadable as error:
        outcome = error
    except MemoryError:
        outcome = _too_large(name, limits)
    except Exception as error:  # a defect of ours in one file must not cost the others their audit
        outcome = _defect(name, error)
    return pickle.dumps(outcome)


def late(name: str, limits: Limits) -> Refused:
    """The failure of a file whose reading took too long."""
    return Refused(
        name,
        f"读取超过 {limits.seconds:g} 秒，已中止；{_AGAIN_ZH}（确属正常文件的，可用 --limit seconds=… 放宽）",
        f"reading took more than {limits.seconds:g} s and was stopped; {_AGAIN_EN} (--limit seconds=... allows more)",
    )


def _too_large(name: str, limits: Limits) -> Refused:
    size = f"{limits.memory / 2**20:g} MB"
    return Refused(
        name,
        f"读取所需内存超过 {size}，已中止；{_AGAIN_ZH}（确属正常文件的，可用 --limit memory=… 放宽）",
        f"reading needs more than {size} of memory and was stopped; {_AGAIN_EN} (--limit memory=... allows more)",
    )


def broken(name: str, code: int | None) -> Unreadable:
    """The failure of a file whose process ended with this exit code, minus the signal's number."""
    try:
        how = signal.Signals(-(code or 0)).name
    except ValueError:
        how = f"exit {code}"
    return Unreadable(
        name,
        f"读取进程异常中止（{how}），文件可能损坏或经过恶意构造；{_AGAIN_ZH}",
        f"the process that read it broke down ({how}), the file may be damaged or malicious; {_AGAIN_EN}",
    )


def _defect(name: str, error: Exception) -> Unreadable:
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    place = f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else ""
    what = f"{type(error).__name__} {place}"
    return Unreadable(
        name,
        f"软件异常（{what}），请把文件交给软件维护人员；也可{_AGAIN_ZH}",
        f"internal error ({what}), pass the file on to the maintainers; or {_AGAIN_EN}",
    )
