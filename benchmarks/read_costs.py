"""What reading a file of each format costs, in processor time; against a build before, where one is named.

python benchmarks/read_costs.py [ROUNDS] [--before CHECKOUT] [--format SUFFIX]

The files are the seed forms in every format (LibreOffice makes some of them), and each round has every build read all files of a
format a few times, so that a busy machine slows all builds alike.
"""

from __future__ import annotations

import argparse
import os
import runpy
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path

from auditkit.read import read

HERE = Path(__file__).parent
FORMS = sorted((HERE.parent / "data" / "2021").glob("*.docx"))
TARGET = 1.2  # times what it cost before
PASSES = 5  # so that none of them pays for a processor's memory that another one filled
READER = """
import gc, sys, time
from pathlib import Path
from auditkit.read import read
for line in sys.stdin:
    *files, passes = line.rstrip("\\n").split("\\t")
    gc.collect()
    begun = time.process_time()
    for _ in range(int(passes)):
        for file in files:
            read(Path(file))
    print((time.process_time() - begun) / int(passes) / len(files), flush=True)
"""


def files(folder: Path) -> dict[str, list[Path]]:
    """The seed forms in every format, by their suffix."""
    sys.path.insert(0, str(HERE.parent / "tests"))
    import paper
    import webpage
    import workbooks

    excel = runpy.run_path(str(HERE.parent / "data" / "make_excel.py"))["excel"]
    makers: dict[str, Callable[[Path], bytes]] = {
        ".docx": Path.read_bytes,
        ".xlsx": lambda path: excel(read(path)),
        ".html": lambda path: webpage.page(read(path)).encode(),
    }
    if workbooks.SOFFICE:
        printed = paper.from_word(FORMS, folder)
        makers[".xls"] = lambda path: workbooks.converted(excel(read(path)), ".xlsx", "xls", folder)
        makers[".pdf"] = lambda path: (printed / f"{path.stem}.pdf").read_bytes()
    found: dict[str, list[Path]] = {suffix: [] for suffix in makers}
    for suffix, make in makers.items():
        (folder / suffix[1:]).mkdir()
        for path in FORMS:
            found[suffix].append(folder / suffix[1:] / f"{path.stem}{suffix}")
            found[suffix][-1].write_bytes(make(path))
    return found


class Build:
    """A build of this program that reads files in a process of its own."""

    def __init__(self, environment: Mapping[str, str], ends: ExitStack):
        command = [sys.executable, "-c", READER]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        # Not where this build lies: Python looks for modules there first.
        self.process = subprocess.Popen(command, env=environment, cwd=tempfile.gettempdir(), text=True, **pipes)
        ends.enter_context(self.process)
        ends.callback(self.process.stdin.close)

    def seconds(self, paths: list[Path], passes: int = PASSES) -> float:
        """Of processor time that it takes to read one of these files."""
        print(*paths, passes, sep="\t", file=self.process.stdin, flush=True)
        return float(self.process.stdout.readline())


def main(rounds: int, checkout: Path | None, suffix: str | None) -> int:
    met = True
    with ExitStack() as ends:
        folder = Path(ends.enter_context(tempfile.TemporaryDirectory()))
        made = files(folder)
        builds = {"now": Build(os.environ | {"PYTHONPATH": str(HERE.parent)}, ends)}
        if checkout:
            builds["before"] = Build(os.environ | {"PYTHONPATH": str(checkout.resolve())}, ends)
        for kind, paths in made.items():
            if suffix not in (None, kind):
                continue
            told = [{name: build.seconds(paths) for name, build in builds.items()} for _ in range(rounds + 1)][1:]
            line = "".join(f"  {name} {statistics.median(t[name] for t in told) * 1000:.2f} ms" for name in builds)
            if checkout:
                ratio = statistics.median(seconds["now"] / seconds["before"] for seconds in told)
                line += f"  {ratio:.2f} times (target ≤ {TARGET:g})"
                met = met and ratio <= TARGET
            print(f"{kind:6s}{len(paths)} files, a file:{line}", flush=True)
    return 0 if met else 1


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rounds", nargs="?", type=int, default=9)
    parser.add_argument("--before", type=Path, metavar="CHECKOUT", help="the checkout of a build before")
    parser.add_argument("--format", metavar="SUFFIX", help="only this one, as .xls")
    chosen = parser.parse_args()
    sys.exit(main(chosen.rounds, chosen.before, chosen.format))
