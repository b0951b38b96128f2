"""The page, the Word memo and the Excel paper of the eight projects against executing their notebooks, as a ratio.

python benchmarks/render_reports.py
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

from auditkit import resources
from auditkit.audit import audit
from auditkit.report.excel import project_workbook
from auditkit.report.word import memo
from auditkit.run import render, run_notebook

FILES = sorted((resources.data() / "2021").glob("*.docx"))
NOTEBOOK = resources.notebooks() / "project_audit.ipynb"
TARGET = 1.0


def timed(make: Callable[[object], object], inputs: list) -> tuple[list, float]:
    begun = time.perf_counter()
    return [make(one) for one in inputs], time.perf_counter() - begun


def main() -> int:
    """One run, cold: what is imported on first use counts on both sides, as it does in a worker."""
    audits = [audit(path)[0] for path in FILES]
    notebooks, executed = timed(lambda path: run_notebook(NOTEBOOK, {"source": str(path)}), FILES)
    _, pages = timed(lambda notebook: render(notebook, "绩效自评审核"), notebooks)
    _, word = timed(memo, audits)
    _, excel = timed(project_workbook, audits)
    ratio = (pages + word + excel) / executed
    print(
        f"{len(FILES)} projects: notebooks {executed:.1f} s; HTML {pages:.1f} s, Word {word:.1f} s, Excel {excel:.1f} s"
    )
    print(f"rendering / executing   {ratio:.2f}  (target < {TARGET:g})")
    return 0 if ratio < TARGET else 1


if __name__ == "__main__":
    sys.exit(main())
