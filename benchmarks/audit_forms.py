"""What auditing one form costs (parse, every rule, re-score), against a build before, and what each rule costs of it.

python benchmarks/audit_forms.py [ROUNDS] [--before CHECKOUT]

Alternating: in every round a process of the build before and one of this, with the same forms and the same packages, and
then the command `auditkit audit FILE` of each. Processor time of the process and of its children. A fresh process is told
as a whole, loading and a first pass over the forms: the build before compiled its expressions while it loaded, this one
when they are first used, so that neither part can be compared for itself. Without a checkout the build before is cloned
from this repository into a scratch folder.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).parent.parent
FILES = sorted((ROOT / "data" / "2021").glob("*.docx"))
BEFORE = "566d5cf"  # the last build whose verdicts had no grammar of values
TARGET, MOST = 40.0, 1.25  # milliseconds a form; times the build before
# What a process of either build does: load the program, audit the forms for the first time, then again and again.
PROGRAM = """
import gc, importlib, json, sys, time
began = time.process_time()
build = importlib.import_module(sys.argv[1])
importlib.import_module("auditkit.rules").load_rules()
loaded, passes = time.process_time(), []
for _ in range(1 + int(sys.argv[2])):
    gc.collect()
    start = time.process_time()
    build.across([one for path in sys.argv[3:] for one in build.audit(path)])
    passes.append(time.process_time() - start)
print(json.dumps([loaded - began, passes[0], sorted(passes[1:])[len(passes) // 2]]))
"""
PASSES = 6
KINDS = {
    "load": "  loading the program",
    "first": "  first pass over the forms",
    "fresh": "a fresh process: both",
    "warm": "a form, warm",
    "command": "auditkit audit FILE, processes and all",
}


def cost_in(build: Path) -> dict[str, float]:
    """Milliseconds of processor time in a build: loading, a form at first and later, the whole command."""
    environment = os.environ | {"PYTHONPATH": str(build)}
    pipeline = "auditkit.pipeline" if (build / "auditkit" / "pipeline.py").is_file() else "auditkit.audit"
    ask = [sys.executable, "-c", PROGRAM, pipeline, str(PASSES), *map(str, FILES)]
    answer = subprocess.run(ask, cwd=build, env=environment, stdout=subprocess.PIPE, check=True)
    load, first, warm = json.loads(answer.stdout)
    used = _of_children()
    command = [sys.executable, "-m", "auditkit", "audit", str(FILES[0])]
    subprocess.run(
        command, cwd=build, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True
    )
    seconds = {
        "load": load,
        "first": first,
        "fresh": load + first,
        "warm": warm / len(FILES),
        "command": _of_children() - used,
    }
    return {kind: value * 1000 for kind, value in seconds.items()}


def _of_children() -> float:
    used = os.times()
    return used.children_user + used.children_system


def compared(before: Path, rounds: int) -> bool:
    """Print what this build costs against the build before; whether it costs at most so many times as much."""
    told: dict[str, list[dict[str, float]]] = {"before": [], "now": []}
    for number in range(rounds + 1):
        for name, build in (("before", before), ("now", ROOT)):
            cost = cost_in(build)
            if number:  # the first round writes the compiled modules
                told[name].append(cost)
    met = True
    for kind, title in KINDS.items():
        was, now = (statistics.median(cost[kind] for cost in told[name]) for name in ("before", "now"))
        met = met and (kind in ("load", "first") or now <= was * MOST)
        print(f"{title:38} {was:7.2f} → {now:7.2f} ms of processor time, {now / was:.2f} times")
    print(
        f"{len(FILES)} forms, {rounds} rounds against {BEFORE} (target ≤ {MOST} for a fresh process, a warm one and the command)"
    )
    return met


def milliseconds(run) -> float:
    gc.collect()  # so that none pays for what another left behind
    begun = time.process_time()
    run()
    return (time.process_time() - begun) * 1000


def of_rules(rounds: int) -> bool:
    """Print what each rule costs of a form, warm; whether the whole stays within what a form may cost."""
    from auditkit.assess.rescore import rescore
    from auditkit.model import Portfolio
    from auditkit.parse.form import parse
    from auditkit.read import read
    from auditkit.rulebooks.loader import load_rulebook
    from auditkit.rules import load_rules
    from auditkit.rules.rule import CATALOGUE, OF_RUNS, apply

    load_rules()
    book, costs = load_rulebook(), defaultdict(list)
    forms = [form for path in FILES for form in parse(read(path))]
    for _ in range(rounds):
        costs["parse"].append(milliseconds(lambda: [parse(read(path)) for path in FILES]))
        costs["rescore"].append(milliseconds(lambda: [rescore(form, book) for form in forms]))
        for rule in CATALOGUE.values():
            if rule.subject in OF_RUNS and rule.subject is not Portfolio:
                continue  # of two papers, which eight forms are not
            subjects = [Portfolio(tuple(forms))] if rule.subject is Portfolio else forms
            costs[rule.id].append(milliseconds(lambda r=rule, s=subjects: [apply(r, one, book) for one in s]))
    shares = sorted(((statistics.median(times) / len(FILES), name) for name, times in costs.items()), reverse=True)
    total = sum(cost for cost, _ in shares)
    print(f"{total:.2f} ms a form (target < {TARGET:g})")
    for cost, name in shares:
        print(f"  {name:8} {cost:7.3f} ms a form  {cost / total:6.1%}")
    return total < TARGET


def main(rounds: int, checkout: Path | None) -> int:
    with tempfile.TemporaryDirectory() as folder:
        if checkout is None:
            checkout = Path(folder)
            subprocess.run(["git", "clone", "-q", "--shared", "--no-checkout", str(ROOT), folder], check=True)
            subprocess.run(["git", "-C", folder, "checkout", "-q", BEFORE], check=True)
        met = compared(checkout.resolve(), rounds)
    return 0 if of_rules(rounds) and met else 1


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rounds", nargs="?", type=int, default=5)
    parser.add_argument("--before", type=Path, metavar="CHECKOUT", help=f"a checkout of {BEFORE}")
    chosen = parser.parse_args()
    sys.exit(main(chosen.rounds, chosen.before))
