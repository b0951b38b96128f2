"""A server that is forked from the command itself: within the same limits, and with nothing of the command left open in it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from auditkit.sandbox.channel import can_fork_here

pytestmark = pytest.mark.skipif(not hasattr(__import__("os"), "fork"), reason="forks")

PROGRAM = """
import os, sys
from auditkit.safety import Limits
from auditkit.sandbox.forkserver import Ended
from auditkit.sandbox.process import SandboxProcess

loaded = []

def told(words):
    loaded.append(words)
    return len(loaded), os.getppid() != here

def spin():
    while True:
        pass

def outcome(child, limits, function, *given):
    try:
        return child.run(limits, function, *given)
    except Ended as end:
        return end.how

here, quick = os.getpid(), Limits(seconds=1, patience=100, memory=2**29)
sys.stdout.write("once ")
with SandboxProcess(Limits(), load="", from_here=True) as child:
    first = child.server
    print([
        outcome(child, quick, told, "1"), outcome(child, quick, told, "2"), outcome(child, quick, spin),
        outcome(child, quick, bytes, 2**30), outcome(child, quick, os._exit, 3), outcome(child, quick, told, "3"),
    ])
    forked = open(f"/proc/{child.server}/cmdline").read() == open("/proc/self/cmdline").read()
    os.kill(child.server, 9)
    print(forked, outcome(child, quick, len, "1"), outcome(child, quick, len, "1"))
    print(open(f"/proc/{child.server}/cmdline").read() == open("/proc/self/cmdline").read())
print(os.listdir("/proc/self/task") == [str(here)], child.server)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_a_command_is_its_own_server_within_the_same_limits():
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False, timeout=600)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "once [(1, True), (1, True), 'late', 'memory', 'broke', (1, True)]",
        "True broke 1",  # what was forked and lost is started anew
        "False",
        "True 0",
    ]


def test_a_process_with_threads_is_not_forked(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("threading.active_count", lambda: 2)
    assert not can_fork_here()
