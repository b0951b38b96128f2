"""Opening a project at the workbench and stepping through its findings, against pandas showing the same tables.

All of it in a real kernel, with what is sent to the browser: a form of 30 indicators with 44 findings, as ratios of the
median of processor time, that of the thread which sends included. ipydatagrid is no dependency of ours and is not compared.

python benchmarks/open_review.py
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from jupyter_client.manager import KernelManager

HERE = Path(__file__).parent
OPEN, STEP, MILLISECONDS = 3.0, 1.0, 100.0
PROGRAM = """
import json, statistics, sys, time
import pandas as pd
from IPython.display import display
from auditkit.run.open import open_workbench
from auditkit.review.session import ReviewSession
from auditkit.review.panel import Panel

table = open_workbench({folder!r}, {store!r})
panel = Panel(ReviewSession(table))
audit = panel.desk.audit
names = ("category", "subcategory", "name", "target", "result", "points", "score", "explanation")
form = [[getattr(item, name).text for name in names] for item in audit.form.indicators]
found = [[f.rule, f.severity.zh, f.row, f.title, f.message, f.basis] for f in audit.findings]

def plain():
    display(pd.DataFrame(form, columns=names))
    display(pd.DataFrame(found))

def opened():
    panel.desk.choose(1 - panel.desk.project)
    panel.show()

def stepped():
    panel.keys.value = "j"

def median(deed, times=30):
    took = []
    for _ in range(times):
        began = time.process_time()
        deed()
        took.append(time.process_time() - began)
    return statistics.median(took)

plain(), opened()
told = [len(form), len(found), median(plain), median(opened), median(stepped)]
"""


def measured(folder: Path) -> tuple[int, int, float, float, float]:
    """Indicators, findings, and seconds to show by pandas, to open, and to step."""
    manager = KernelManager(kernel_name="python3", transport_encryption="auto")
    manager.start_kernel()
    client = manager.blocking_client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=60)
        program = PROGRAM.format(folder=str(folder), store=str(folder.parent / "s.sqlite"))
        reply = client.execute_interactive(
            program, user_expressions={"told": "json.dumps(told)"}, output_hook=lambda _: None, timeout=300
        )["content"]
        return json.loads(reply["user_expressions"]["told"]["data"]["text/plain"].strip("'"))
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def main() -> int:
    sys.path.insert(0, str(HERE.parent / "tests"))
    from thirty import thirty

    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "forms"
        folder.mkdir()
        for number in (1, 2):
            (folder / f"{number}.html").write_text(thirty(f"供水项目{number}"), "utf-8")
        items, found, pandas, opened, stepped = measured(folder)
    print(f"{items} indicators, {found} findings: pandas {1000 * pandas:.1f} ms")
    print(f"open / pandas   {opened / pandas:.2f}  (target ≤ {OPEN:g}), {1000 * opened:.1f} ms")
    print(f"step / pandas   {stepped / pandas:.2f}  (target ≤ {STEP:g}), {1000 * stepped:.1f} ms (≤ {MILLISECONDS:g})")
    return int(opened / pandas > OPEN or stepped / pandas > STEP or 1000 * stepped > MILLISECONDS)


if __name__ == "__main__":
    sys.exit(main())
