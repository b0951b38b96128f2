"""What a run costs a form, again with nothing changed and with one form changed; peak memory; time to start.

python benchmarks/yearly.py [FORMS]      by default 1000, which takes five minutes on two quiet cores

The forms are those of scale.py, their longer texts shuffled, since copied texts would be told by the thousand. The
reports are HTML, the cheapest: the rerun's share is largest then.
"""

from __future__ import annotations

import os
import random
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from scale import RUN, Memory, form, pack

from auditkit.run import history

AGAIN, START = 0.02, 0.5
PIECE = re.compile(r"[\d.]+%?|.")


def write(path: Path, number: int, seed: int) -> None:
    """Form `number`, its longer texts in an order that `seed` gives."""
    chance = random.Random(seed)

    def shuffled(found: re.Match[str]) -> str:
        before, text, after = found.groups()
        pieces = PIECE.findall(text)
        if len(text) > 14:
            chance.shuffle(pieces)
        return f"{before}{''.join(pieces)}{after}"

    parts = form(number)
    parts["word/document.xml"] = RUN.sub(shuffled, parts["word/document.xml"])
    pack(path, parts)


def auditkit(*arguments: str) -> tuple[float, Memory]:
    """Seconds, and memory, of a command."""
    began = time.perf_counter()
    ran = subprocess.Popen(
        [sys.executable, "-m", "auditkit", *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    with Memory(ran.pid) as memory:
        assert ran.wait() == 0, arguments
        return time.perf_counter() - began, memory


def start() -> float:
    """Processor seconds of `auditkit --help`: what it takes where nothing else is at work."""
    began = os.times()
    auditkit("--help")
    ended = os.times()
    return ended.children_user + ended.children_system - began.children_user - began.children_system


def main(number: int) -> int:
    begun = min(start() for _ in range(5))
    with tempfile.TemporaryDirectory() as folder:
        os.environ["AUDITKIT_CACHE"] = f"{folder}/cache"
        forms, out = Path(folder) / "forms", Path(folder) / "out"
        forms.mkdir()
        for one in range(number):
            write(forms / f"{one:05d}.docx", one, one)
        command = ("run", str(forms), "--year", "2021", "--out", str(out), "--format", "html")
        first, memory = auditkit(*command)
        again, _ = auditkit(*command)
        write(forms / "00000.docx", 0, -1)
        changed, _ = auditkit(*command)
        made = [run.made for run in history.runs(out)]
    assert made == [number, 0, 1], made
    tenth = max(len(memory.own) // 10, 1)
    early, late = max(memory.own[:tenth]) / 2**20, max(memory.own) / 2**20
    print(f"{number} forms: {first:.0f} s, {first / number:.2f} s a form by 2 lanes on {os.cpu_count()} cores")
    print(
        f"with nothing changed {again:.1f} s, {again / first:.1%} (target {AGAIN:.0%}); with one form changed {changed:.1f} s"
    )
    print(
        f"memory: all processes {memory.peak / 2**20:.0f} MiB; the run itself {early:.0f} MiB at first, {late:.0f} at most"
    )
    print(f"auditkit --help {begun:.2f} s processor time (target {START:g})")
    return 0 if again / first < AGAIN and begun < START else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000))
