"""The child process in which a file is read: what ends it, and what does not end with it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from auditkit import resources
from auditkit.pipeline import audit
from auditkit.safety import Limits, Refused, Unreadable, chosen_limits
from auditkit.sandbox.process import FORKS, SandboxProcess

SPECIMEN = resources.data() / "specimen.docx"
ROOT = Path(__file__).parents[2]
LIMITS = Limits(seconds=2, patience=3, memory=300 * 2**20)
FILE = Path("表.docx")
linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux hands orphans on")
forked = pytest.mark.skipif(not FORKS, reason="this system cannot fork")


@pytest.fixture(scope="module", params=[pytest.param(True, marks=forked), False], ids=["forks", "does not fork"])
def child(request: pytest.FixtureRequest) -> Iterator[SandboxProcess]:
    with SandboxProcess(LIMITS, forks=request.param) as started:
        started.call(name_of, FILE)
        yield started


def name_of(path: Path, *rest: object) -> str:
    return path.name


def hang(path: Path) -> None:
    while True:
        pass


def swallow_everything(path: Path) -> None:
    while True:
        try:
            time.sleep(100_000)
        except BaseException:
            continue


def die(path: Path, how: int) -> None:
    os.kill(os.getpid(), how)


def die_once(path: Path) -> str:
    if not path.exists():
        path.touch()
        die(path, signal.SIGKILL)
    return "done"


def leave(path: Path) -> None:
    os._exit(7)


def ask_for_much(path: Path) -> int:
    return len(bytearray(2**40))


def grow(path: Path) -> int:
    return len([bytes([1]) * 2**20 for _ in range(10_000)])


def stop_the_server(path: Path) -> None:
    os.kill(os.getppid(), signal.SIGSTOP)
    hang(path)


def too_deep(path: Path) -> None:
    too_deep(path)


def talk(path: Path) -> str:
    print("out", flush=True)
    os.write(1, b"\0\0\0\0\0\0\0\1x")
    os.write(2, b"err")
    return "done"


def phone(path: Path, port: int) -> str:
    try:
        socket.create_connection(("127.0.0.1", port), 1)
    except PermissionError:
        return "refused"
    return "connected"


def start_program(path: Path, note: Path, apart: bool = False) -> None:
    started = subprocess.Popen(["sh", "-c", "sleep 60; true"], start_new_session=apart)
    (Path(tempfile.mkdtemp()) / "left").touch()
    note.write_text(str(started.pid))
    started.wait()


def running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_form_comes_back_as_it_is_read_here(child: SandboxProcess):
    assert child.call(audit, SPECIMEN, "mof-2020") == audit(SPECIMEN)


@pytest.mark.parametrize("function", [hang, swallow_everything])
def test_the_deadline_holds(child: SandboxProcess, function, monkeypatch: pytest.MonkeyPatch):
    """By processor time where the system forks and there is any, else by the clock: the message says which."""
    spent = function is hang and child._forks
    monkeypatch.setattr(child, "limits", replace(LIMITS, patience=100 if spent else LIMITS.patience))
    with pytest.raises(Refused, match=r"表\.docx.*占用处理器超过 2 秒" if spent else r"表\.docx.*等了 6 秒"):
        child.call(function, FILE)
    assert child.call(name_of, FILE) == FILE.name


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSEGV, signal.SIGABRT], ids=lambda how: how.name)
def test_a_crash_is_refused_after_its_second_try(child: SandboxProcess, how: signal.Signals):
    with pytest.raises(Refused, match=rf"表\.docx.*2 次.*{how.name}") as caught:
        child.call(die, FILE, how)
    assert caught.value.status == "refused"
    assert "请报送单位" in caught.value.zh
    assert caught.value.en.isascii()
    assert child.call(name_of, FILE) == FILE.name


def test_a_crash_that_does_not_come_again_costs_nothing(child: SandboxProcess, tmp_path: Path):
    assert child.call(die_once, tmp_path / "tried") == "done"


def test_an_exit_is_no_answer(child: SandboxProcess):
    with pytest.raises(Unreadable, match="exit 7"):
        child.call(leave, FILE)


@forked
@pytest.mark.parametrize("function", [ask_for_much, grow])
def test_the_memory_limit_holds(function):
    with SandboxProcess(LIMITS) as child:
        with pytest.raises(Refused, match=r"表\.docx.*300 MB"):
            child.call(function, FILE)
        assert 0 < child.peak < LIMITS.memory


@forked
def test_a_server_that_stands_still_is_replaced():
    with SandboxProcess(LIMITS) as child:
        with pytest.raises(Refused, match="等了 6 秒"):
            child.call(stop_the_server, FILE)
        assert child.call(name_of, FILE) == FILE.name


def test_a_defect_of_ours_names_its_place_and_no_text(child: SandboxProcess):
    with pytest.raises(Unreadable, match=r"RecursionError test_process\.py:\d+") as caught:
        child.call(too_deep, FILE)
    assert caught.value.status == "error"


def test_what_a_reader_refuses_comes_back(child: SandboxProcess, tmp_path: Path):
    (tmp_path / "空.docx").write_bytes(b"")
    with pytest.raises(Unreadable, match="文件为空"):
        child.call(audit, tmp_path / "空.docx")


def test_what_a_library_prints_disturbs_nothing(child: SandboxProcess, capfd: pytest.CaptureFixture):
    assert child.call(talk, FILE) == "done"
    assert capfd.readouterr() == ("", "")


def test_no_network(child: SandboxProcess):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        assert child.call(phone, FILE, listener.getsockname()[1]) == "refused"


@forked
@pytest.mark.parametrize(
    "apart", [False, pytest.param(True, marks=linux)], ids=["in its group", "in a group of its own"]
)
def test_what_a_reader_started_and_left_ends_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, apart: bool):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    with SandboxProcess(LIMITS) as child, pytest.raises(Refused):
        child.call(start_program, FILE, tmp_path / "pid", apart)
    assert not running(int((tmp_path / "pid").read_text()))
    assert list(scratch.iterdir()) == []


SCRIPT = """
import sys, time
from pathlib import Path
from auditkit.sandbox.process import SandboxProcess
sys.path.insert(0, {tests!r})
from test_process import {function}
from auditkit.safety import Limits
print("once", flush=True)
with SandboxProcess(Limits(seconds=20)) as child:
    print(child.call({function}, Path("x"){rest}), flush=True)
"""


def script(folder: Path, function: str, rest: str = "") -> subprocess.Popen[str]:
    path = folder / "script.py"
    path.write_text(SCRIPT.format(tests=str(Path(__file__).parent), function=function, rest=rest), "utf-8")
    pipes = dict(stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    (folder / "tmp").mkdir()
    environment = os.environ | {"PYTHONPATH": str(ROOT), "TMPDIR": str(folder / "tmp")}
    return subprocess.Popen([sys.executable, path], env=environment, start_new_session=True, **pipes)


def test_a_script_without_a_main_guard_runs_once(tmp_path: Path):
    out, err = script(tmp_path, "name_of").communicate(timeout=600)
    assert (out.split(), err) == (["once", "x"], "")


@forked
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL], ids=["Ctrl-C", "killed"])
def test_nothing_is_left_when_the_caller_goes(tmp_path: Path, how: signal.Signals):
    note = tmp_path / "pid"
    ran = script(tmp_path, "start_program", f", Path({str(note)!r})")
    until(lambda: note.exists() and note.read_text())
    os.killpg(ran.pid, how)
    _, err = ran.communicate(timeout=600)
    assert ("KeyboardInterrupt" in err) is (how is signal.SIGINT)
    until(lambda: not running(int(note.read_text())))
    until(lambda: not any((tmp_path / "tmp").iterdir()))


def until(condition) -> None:
    while not condition():  # what never happens is ended by the limit that every test has
        time.sleep(0.05)


def test_limits_are_chosen_by_environment_and_option(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("AUDITKIT_LIMIT_SECONDS", "2.5")
    monkeypatch.setenv("AUDITKIT_LIMIT_MEMORY", "1GB")
    assert chosen_limits() == Limits(seconds=2.5, memory=2**30)
    assert chosen_limits(["offline_only=false"]).offline_only is False
    assert chosen_limits(["seconds=7", "cells=9"]) == Limits(seconds=7, memory=2**30, cells=9)
    told = Limits(file=1, seconds=3).environment()
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    assert chosen_limits() == Limits(file=1, seconds=3)


@pytest.mark.parametrize(
    "option",
    ["seconds", "second=3", "seconds=", "seconds=0", "cells=-1", "cells=1e9", "file=nan", "offline_only=perhaps"],
)
def test_a_faulty_limit_is_told(option: str):
    with pytest.raises(Unreadable, match="名称=数值") as caught:
        chosen_limits([option])
    assert caught.value.en.isascii()
