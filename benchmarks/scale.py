"""What auditing costs as the forms grow many: forms a second and core, growth of the cost of a form, peak memory.

python benchmarks/scale.py [FORMS ...]      by default 100 1000 10000; 100000 takes half an hour on two quiet cores

The forms are Word files, made from the eight seeds by changing figures and texts: form N is always the same. They are
written while they are read and removed behind, so that the disk does not fill; what that takes is not counted. Cost is
processor time of this process and of all servers and their children, memory the sum of what all of these hold resident
(pages that forked processes share are counted for each).
"""

from __future__ import annotations

import os
import random
import re
import sys
import tempfile
import threading
import time
import zipfile
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from auditkit import resources
from auditkit.rulebooks.loader import load_rulebook
from auditkit.run.pool import ProcessPool
from auditkit.run.stream import BATCH, stream
from auditkit.safety import LIMITS
from notebooks import processor, served

SIZES = (100, 1_000, 10_000)
LANES = 2
GROWTH, MEMORY = 1.15, 2**30
NEAR = 1_000  # written forms that are kept behind the reader
PARTS = ("[Content_Types].xml", "_rels/.rels", "word/document.xml")
RUN = re.compile(r"(<w:t(?: [^>]*)?>)([^<]+)(</w:t>)")
FIGURE = re.compile(r"\d+(?:\.\d+)?%?")


@cache
def seeds() -> list[dict[str, str]]:
    """The parts of the seed forms that a reader looks at."""
    found = []
    for path in sorted((resources.data() / "2021").glob("*.docx")):
        with zipfile.ZipFile(path) as whole:
            found.append({name: whole.read(name).decode("utf-8") for name in PARTS})
    return found


def form(number: int) -> dict[str, str]:
    """The parts of form `number`: a seed, some of its figures another, its longer texts unlike those of any other form."""
    chance, parts = random.Random(number), dict(seeds()[number % len(seeds())])

    def changed(found: re.Match[str]) -> str:
        before, text, after = found.groups()
        if FIGURE.fullmatch(text) and chance.random() < 0.2:
            text = re.sub(r"\d(?!.*\d)", str(chance.randrange(10)), text)
        elif len(text) > 14:
            at = chance.randrange(len(text))
            text = f"{text[:at]}{chr(0x4E00 + chance.randrange(5000))}{text[at:]}{number}号"
        return f"{before}{text}{after}"

    parts["word/document.xml"] = RUN.sub(changed, parts["word/document.xml"])
    return parts


def pack(path: Path, parts: Mapping[str, str]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as whole:
        for name, text in parts.items():
            whole.writestr(name, text)


class Paths:
    """Files of forms, written when they are asked for, and the time of this thread that writing took."""

    def __init__(self, folder: Path, number: int):
        self.seconds, self._folder, self._number = 0.0, folder, number

    def __iter__(self) -> Iterator[Path]:
        for number in range(self._number):
            began = time.thread_time()
            path = self._folder / f"{number:06d}.docx"
            pack(path, form(number))
            if number >= NEAR:
                (self._folder / f"{number - NEAR:06d}.docx").unlink()
            self.seconds += time.thread_time() - began
            yield path


class Memory:
    """What a process and its descendants hold resident, looked at five times a second (Linux).

    `peak` is the most that all held together, `own` what the process itself held at each look.
    """

    def __init__(self, process: int | None = None):
        self.peak, self.own, self._process = 0, [], process or os.getpid()

    def __enter__(self) -> Memory:
        self._over = threading.Event()
        self._watch = threading.Thread(target=self._look, daemon=True)
        self._watch.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._watch.join()

    def _look(self) -> None:
        while not self._over.wait(0.2):
            held = [resident(process) for process in tree(self._process)]
            self.peak = max(self.peak, sum(held))
            self.own.append(held[0])


def tree(root: int) -> list[int]:
    """A process and all that descend from it."""
    found = [root]
    for process in found:
        try:
            for thread in Path(f"/proc/{process}/task").iterdir():
                found += map(int, (thread / "children").read_text().split())
        except OSError:  # it has ended meanwhile
            continue
    return found


def resident(process: int) -> int:
    """Bytes in memory, a page that several processes share in parts: what servers fork has almost all in common."""
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
        return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
    except OSError:
        return 0


def measure(number: int) -> tuple[float, float, int]:
    """Processor seconds a form, forms a second, and peak memory in bytes."""
    book = load_rulebook()
    with tempfile.TemporaryDirectory() as folder, Memory() as memory, ProcessPool(LANES, LIMITS, reads=True) as pool:
        for told in stream(pool, Paths(Path(folder), 4 * LANES * BATCH), book):  # loads the program
            assert not told.failed, told.lines
        paths, done = Paths(Path(folder), number), 0
        servers, own, began = served(pool), processor(), time.perf_counter()
        for told in stream(pool, paths, book):
            assert not told.failed, told.lines
            done += len(told.lines)
        seconds = time.perf_counter() - began
        cost = served(pool) - servers + processor() - own - paths.seconds
        assert done == number
    return cost / number, number / seconds, memory.peak


def main(sizes: list[int]) -> int:
    costs, most = {}, 0
    for number in sizes:
        costs[number], rate, peak = measure(number)
        most = max(most, peak)
        print(
            f"{number:7} forms: {costs[number] * 1000:.1f} ms processor time a form, {1 / costs[number]:.0f} forms/s "
            f"and core; {rate:.0f} forms/s by {LANES} lanes on {os.cpu_count()} cores; peak {peak / 2**20:.0f} MiB",
            flush=True,
        )
    base = costs.get(1_000, costs[min(costs)])
    growth = costs[max(costs)] / base
    print(f"cost of a form grows by {growth - 1:+.0%} (target {GROWTH - 1:+.0%}), memory {most / 2**30:.2f} GiB of 1")
    return 0 if growth <= GROWTH and most < MEMORY else 1


if __name__ == "__main__":
    sys.exit(main([int(size) for size in sys.argv[1:]] or list(SIZES)))
