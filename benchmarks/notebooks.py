"""What a report costs by the engine of our own, by papermill's command line and, where one is named, by a build before.

python benchmarks/notebooks.py [ROUNDS] [--before CHECKOUT]

Alternating: in every round as many notebooks at a time by papermill as there are cores, then ours with two lanes more
than cores, then as many by the benchmark that the checkout of the build before has itself, with this Python's packages.
The same notebook, the same outputs (tests/notebook/test_engine.py); processor time is that of all processes. Loading a
server, once a run, is printed for itself and is in no ratio.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
import tomllib
from pathlib import Path

from auditkit import resources
from auditkit.notebook.project_report import execute_only
from auditkit.resources import PROJECT_NOTEBOOK
from auditkit.run.pool import ProcessPool
from auditkit.safety import LIMITS

LANES = 2
OUR_LANES, PER_LANE = LANES + 2, 20


def processor() -> float:
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def stock(folder: Path) -> tuple[float, float]:
    """Processor seconds a report, and reports a second."""
    command = [sys.executable, "-m", "papermill", "--no-progress-bar", PROJECT_NOTEBOOK]
    cpu, began = processor(), time.perf_counter()
    running = [
        subprocess.Popen(
            [*command, str(folder / f"{lane}.ipynb")], cwd=resources.notebooks(), stderr=subprocess.DEVNULL
        )
        for lane in range(LANES)
    ]
    assert [one.wait() for one in running] == [0] * LANES
    return (processor() - cpu) / LANES, LANES / (time.perf_counter() - began)


def served(pool: ProcessPool) -> float:
    """Processor seconds of the servers and of all that they forked and that has ended (Linux)."""
    fields = [Path(f"/proc/{child.server}/stat").read_text().rpartition(")")[2].split() for child in pool.children]
    return sum(int(ticks) for one in fields for ticks in one[11:15]) / os.sysconf("SC_CLK_TCK")


def ours() -> tuple[float, float, float]:
    """The same of our engine, and the processor seconds of loading and of the first report of each lane."""
    with ProcessPool(OUR_LANES, LIMITS) as pool:
        list(pool.map(execute_only, [0] * OUR_LANES))
        loading, own, began = served(pool), processor(), time.perf_counter()
        list(pool.map(execute_only, [0] * OUR_LANES * PER_LANE))
        rate = OUR_LANES * PER_LANE / (time.perf_counter() - began)
        cost = served(pool) - loading + processor() - own
    return cost / (OUR_LANES * PER_LANE), rate, loading


def environment_of(checkout: Path, folder: Path) -> dict[str, str]:
    """In which this Python runs another checkout, whose engine papermill finds by an entry point that is written for it."""
    project = tomllib.loads((checkout / "pyproject.toml").read_text("utf-8"))["project"]
    info = folder / f"auditkit-{project['version']}.dist-info"
    info.mkdir(exist_ok=True)
    (info / "METADATA").write_text(f"Name: auditkit\nVersion: {project['version']}\n", "utf-8")
    points = project["entry-points"]["papermill.engine"]
    lines = "".join(f"{name} = {target}\n" for name, target in points.items())
    (info / "entry_points.txt").write_text(f"[papermill.engine]\n{lines}", "utf-8")
    return os.environ | {"PYTHONPATH": os.pathsep.join((str(checkout), str(folder)))}


def before(checkout: Path, folder: Path) -> tuple[float, float, float]:
    """The same of another checkout."""
    program = "import runpy; print(*runpy.run_path('benchmarks/notebooks.py')['ours']())"
    paths = environment_of(checkout, folder)
    done = subprocess.run([sys.executable, "-c", program], cwd=checkout, env=paths, stdout=subprocess.PIPE, check=True)
    cost, rate, loading = map(float, done.stdout.split())
    return cost, rate, loading


def main(rounds: int, checkout: Path | None) -> int:
    costs: dict[str, list[tuple[float, ...]]] = {"papermill": [], "auditkit": [], "before": []}
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(rounds):
            costs["papermill"].append((*stock(Path(folder)), 0.0))
            costs["auditkit"].append(ours())
            if checkout:
                costs["before"].append(before(checkout.resolve(), Path(folder)))
    mean = {name: [sum(part) / len(part) for part in zip(*told, strict=True)] for name, told in costs.items() if told}
    print(f"{os.cpu_count()} cores; lanes: papermill {LANES}, others {OUR_LANES}; {rounds} rounds")
    for name, (cost, rate, loading) in mean.items():
        print(
            f"{name:10s}{cost:.3f} s processor time a report, {rate:.2f} reports/s; loading once a run {loading:.1f} s"
        )
    (theirs, their_rate, _), (cost, rate, _) = mean["papermill"], mean["auditkit"]
    print(
        f"papermill: {theirs / cost:.1f} times the processor time (target 30), {rate / their_rate:.1f} times less a second (12)"
    )
    met = theirs / cost >= 30 and rate / their_rate >= 12
    if checkout:
        share = cost / mean["before"][0]
        print(f"of the processor time of the build before: {share:.2f} (target 0.38)")
        met = met and share <= 0.38
    return 0 if met else 1


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rounds", nargs="?", type=int, default=3)
    parser.add_argument("--before", type=Path, metavar="CHECKOUT", help="the checkout of a build before")
    chosen = parser.parse_args()
    sys.exit(main(chosen.rounds, chosen.before))
