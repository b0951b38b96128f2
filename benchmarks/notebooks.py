"""What a report costs by the engine of our own, and by papermill's command line with a fresh kernel a notebook.

python benchmarks/notebooks.py [ROUNDS]

Alternating: in every round as many notebooks at a time by papermill as there are cores, then ours with two lanes more
than cores, because a lane waits for sockets a third of its time, as a lane of papermill does not. The same
notebook, the same outputs (tests/notebook/test_kernels.py); processor time is that of all processes. Loading our server, once a
run, is printed for itself and is in neither ratio.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from auditkit import resources
from auditkit.notebook.project_report import NOTEBOOK, execute_only
from auditkit.run.pool import ProcessPool
from auditkit.safety import LIMITS

LANES = 2
OUR_LANES, PER_LANE = LANES + 2, 20


def processor() -> float:
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def stock(folder: Path) -> tuple[float, float]:
    """Processor seconds a report, and reports a second."""
    command = [sys.executable, "-m", "papermill", "--no-progress-bar", NOTEBOOK]
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


def main(rounds: int) -> int:
    sums = [0.0] * 5
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(rounds):
            sums = [one + other for one, other in zip(sums, (*stock(Path(folder)), *ours()), strict=True)]
    cost, rate, our_cost, our_rate, loading = (one / rounds for one in sums)
    print(
        f"papermill {cost:.2f} s processor time a report, {rate:.2f} reports/s on {LANES} lanes, {os.cpu_count()} cores"
    )
    print(f"auditkit  {our_cost:.2f} s, {our_rate:.2f} reports/s; loading once a run {loading:.1f} s")
    print(
        f"processor time {cost / our_cost:.1f} times less (target 10), {our_rate / rate:.1f} times the rate (target 12)"
    )
    return 0 if cost / our_cost >= 10 and our_rate / rate >= 12 else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 3))
