"""What a run costs a form and each of its formats, warm and as run; against a build before, where one is named.

python benchmarks/run_costs.py [FORMS] [ROUNDS] [--before CHECKOUT] [--only PART...]      by default 40 forms, 1 round

All parts of 40 forms take five minutes on two quiet cores; 12 forms, or one part, take one.

Warm is what a form takes in one process that has done it before: the bottom line of what processes that are loaded anew and
forked can reach. As run is the processor time of a command and of all processes that it starts (Linux), for a form and
with all that a run does once; of some more forms in the same run, what each of them adds. Old and new alternate.
"""

from __future__ import annotations

import argparse
import ctypes
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from yearly import write

from auditkit import resources
from auditkit.notebook.execute import render, run_notebook
from auditkit.pipeline import audit
from auditkit.report.formats import FORMATS
from notebooks import environment_of

DEFAULT, HTML_ONLY, ONE_FILE, FOLDER = "default run", "html only", "audit FILE", "audit FOLDER"
PARTS = {"default": (DEFAULT,), "html": (HTML_ONLY,), "audit": (ONE_FILE, FOLDER), "warm": (), "again": ()}
TARGETS = {DEFAULT: 3.0, HTML_ONLY: 2.5, ONE_FILE: 1.5, FOLDER: 1.0}
OVER_WARM = 1.5  # a form of a default run, over the sum of its formats' warm costs
FEW = 8  # forms of the run whose cost is taken off to know what each further one adds
AGAIN, CHANGED = 0.01, 0.03  # of the first run's processor time


def warm(files: Sequence[Path]) -> dict[str, float]:
    """Processor seconds a form of each format in one process; each is done once before."""
    audits = {file: audit(file)[0] for file in files}
    notebook = resources.notebooks() / resources.PROJECT_NOTEBOOK

    def html(file: Path) -> None:
        render(run_notebook(notebook, {"source": str(file)}), "")

    works: dict[str, Callable[[Path], Any]] = {"audit": audit, "html": html}
    works |= {name: lambda file, one=one: one.make(audits[file], None) for name, one in FORMATS.items()}
    return {name: _seconds(work, files) for name, work in works.items()}


def _seconds(work: Callable[[Path], Any], files: Sequence[Path]) -> float:
    work(files[0])
    began = time.process_time()
    for file in files[1:]:
        work(file)
    return (time.process_time() - began) / (len(files) - 1)


def spent(environment: Mapping[str, str], *arguments: str, ends: Sequence[int] = (0,)) -> float:
    """Processor seconds of a command and of all that it started, also where their parents have ended before them."""
    ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER: those become children of ours
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "auditkit", *arguments]
    # Not where this build lies: Python looks for modules there first.
    ran = subprocess.run(command, env=environment, cwd=tempfile.gettempdir(), capture_output=True, check=False)
    assert ran.returncode in ends, ran.stderr.decode()
    with suppress(ChildProcessError):
        while True:
            os.waitpid(-1, 0)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def run(environment: Mapping[str, str], forms: Path, *more: str) -> float:
    """A first run over these forms, of which nothing is kept."""
    with tempfile.TemporaryDirectory() as folder:
        fresh = {**environment, "AUDITKIT_CACHE": f"{folder}/cache"}
        return spent(fresh, "run", str(forms), "--year", "2021", "--out", f"{folder}/out", *more)


def rerun(forms: Path) -> dict[str, float]:
    """Of a first run's processor time, the share of a run with nothing changed, one form changed, one not to be read."""
    with tempfile.TemporaryDirectory() as folder:
        fresh = os.environ | {"AUDITKIT_CACHE": f"{folder}/cache"}
        command = ("run", str(forms), "--year", "2021", "--out", f"{folder}/out")
        first, found = spent(fresh, *command), {}
        found["nothing changed"] = spent(fresh, *command) / first
        write(forms / "00000.docx", 0, -1)
        found["one form changed"] = spent(fresh, *command) / first
        (forms / "99999.docx").write_bytes(b"PK\x03\x04")
        spent(fresh, *command, ends=(3,))
        found["one file unreadable, nothing changed"] = spent(fresh, *command, ends=(3,)) / first
    return found


def main(number: int, rounds: int, checkout: Path | None, parts: Sequence[str]) -> int:
    with tempfile.TemporaryDirectory() as folder:
        forms = {size: Path(folder) / str(size) for size in (FEW, number)}
        for size, path in forms.items():
            path.mkdir(exist_ok=True)
            for one in range(size):
                write(path / f"{one:05d}.docx", one, one)
        builds = {"now": dict(os.environ)}
        if checkout:
            builds["before"] = environment_of(checkout.resolve(), Path(folder))
        few, many = forms[FEW], forms[number]
        works: dict[str, Callable[[Mapping[str, str]], float]] = {
            DEFAULT: lambda build: run(build, many) / number,
            HTML_ONLY: lambda build: run(build, many, "--format", "html") / number,
            ONE_FILE: lambda build: spent(build, "audit", str(few / "00001.docx")),
            FOLDER: lambda build: spent(build, "audit", str(many)) / number,
        }
        met = True
        for name in (name for part in parts for name in PARTS[part]):
            told: dict[str, list[float]] = {build: [] for build in builds}
            for build, environment in [*builds.items()] * rounds:
                told[build].append(works[name](environment))
            met = _compared(name, told) and met
        if "warm" in parts:
            default = [run(builds["now"], few), run(builds["now"], many)]
            met = _over_warm(warm([*sorted(few.iterdir())]), *default, number) and met
        if "again" in parts:
            for name, share in rerun(many).items():
                print(f"run again, {name}: {share:.1%} of the first ({number} forms)")
    return 0 if met else 1


def _compared(name: str, told: Mapping[str, Sequence[float]]) -> bool:
    """Print the least of the rounds of each build: other work on the machine only adds; and whether the target is met."""
    least = {build: min(seconds) for build, seconds in told.items()}
    line = "".join(f"  {build} {seconds:.3f} s" for build, seconds in least.items())
    if "before" not in least:
        print(f"{name:12s}{line}", flush=True)
        return True
    ratio = least["before"] / least["now"]
    print(f"{name:12s}{line}  {ratio:.2f} times less (target {TARGETS[name]:g})", flush=True)
    return ratio >= TARGETS[name]


def _over_warm(once: Mapping[str, float], few: float, many: float, number: int) -> bool:
    """Print what a form costs warm, and what each form beyond the first few adds to a default run."""
    print("warm, ms a form: " + ", ".join(f"{name} {seconds * 1000:.0f}" for name, seconds in once.items()))
    added, bottom = (many - few) / (number - FEW), sum(once.values())
    print(
        f"each form beyond {FEW} adds {added:.3f} s to a default run, over the sum of the warm costs {bottom:.3f} s: ",
        end="",
    )
    print(f"{added / bottom:.2f} (target ≤ {OVER_WARM:g})", flush=True)
    return added / bottom <= OVER_WARM


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("forms", nargs="?", type=int, default=40)
    parser.add_argument("rounds", nargs="?", type=int, default=1)
    parser.add_argument("--before", type=Path, metavar="CHECKOUT", help="the checkout of a build before")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=[*PARTS], metavar="PART", help=", ".join(PARTS))
    chosen = parser.parse_args()
    sys.exit(main(max(chosen.forms, FEW + 1), chosen.rounds, chosen.before, chosen.only))
