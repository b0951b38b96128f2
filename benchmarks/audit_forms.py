"""What auditing one form costs (parse, every rule, re-score), and what each rule costs of it.

python benchmarks/audit_forms.py [ROUNDS]
"""

from __future__ import annotations

import gc
import statistics
import sys
import time
from collections import defaultdict
from pathlib import Path

from auditkit.assess.rescore import rescore
from auditkit.model import Portfolio
from auditkit.parse.form import parse
from auditkit.pipeline import across, audit_form
from auditkit.read import read
from auditkit.rulebooks.loader import load_rulebook
from auditkit.rules.rule import CATALOGUE, apply

FILES = sorted((Path(__file__).parent.parent / "data" / "2021").glob("*.docx"))
TARGET = 40.0
BOOK = load_rulebook()


def whole() -> None:
    across([audit_form(form, BOOK) for path in FILES for form in parse(read(path))])


def milliseconds(run) -> float:
    gc.collect()  # so that none pays for what another left behind
    begun = time.perf_counter()
    run()
    return (time.perf_counter() - begun) * 1000


def main(rounds: int) -> int:
    """Print the cost of a form and of each rule; the first round, in which nothing is remembered yet, for itself."""
    first = milliseconds(whole) / len(FILES)
    later = statistics.median(milliseconds(whole) / len(FILES) for _ in range(rounds))
    forms = [form for path in FILES for form in parse(read(path))]
    costs = defaultdict(list)
    for _ in range(rounds):
        costs["parse"].append(milliseconds(lambda: [parse(read(path)) for path in FILES]))
        costs["rescore"].append(milliseconds(lambda: [rescore(form, BOOK) for form in forms]))
        for rule in CATALOGUE.values():
            subjects = [Portfolio(tuple(forms))] if rule.subject is Portfolio else forms
            costs[rule.id].append(milliseconds(lambda r=rule, s=subjects: [apply(r, one, BOOK) for one in s]))
    print(f"{len(FILES)} forms: {later:.2f} ms a form, {first:.2f} ms in the first round (target < {TARGET:g})")
    shares = sorted(((statistics.median(times) / len(FILES), name) for name, times in costs.items()), reverse=True)
    total = sum(cost for cost, _ in shares)
    for cost, name in shares:
        print(f"  {name:8} {cost:7.3f} ms a form  {cost / total:6.1%}")
    return 0 if max(first, later) < TARGET else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 10))
