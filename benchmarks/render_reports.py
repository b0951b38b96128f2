"""The page, the Word memo and the Excel paper of the eight projects against executing their notebooks, as a ratio.

python benchmarks/render_reports.py
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Callable

from auditkit import resources
from auditkit.notebook.execute import render, run_notebook
from auditkit.pipeline import audit
from auditkit.report.office.memo import memo
from auditkit.report.office.working_paper import project_workbook

FILES = sorted((resources.data() / "2021").glob("*.docx"))
NOTEBOOK = resources.notebooks() / "project_audit.ipynb"
TARGET = 1.0


spent: Counter[str] = Counter()


def timed(name: str, make: Callable[[], object]) -> object:
    begun = time.perf_counter()
    made = make()
    spent[name] += time.perf_counter() - begun
    return made


def main() -> int:
    """One run, cold: what is imported on first use counts on both sides, as it does in a worker.

    Project by project, so that what else the machine does weighs on both sides alike.
    """
    for path in FILES:
        one = audit(path)[0]
        notebook = timed("notebook", lambda path=path: run_notebook(NOTEBOOK, {"source": str(path)}))
        timed("html", lambda notebook=notebook: render(notebook, "绩效自评审核"))
        timed("word", lambda one=one: memo(one))
        timed("excel", lambda one=one: project_workbook(one))
    executed, pages, word, excel = (spent[name] for name in ("notebook", "html", "word", "excel"))
    ratio = (pages + word + excel) / executed
    print(
        f"{len(FILES)} projects: notebooks {executed:.1f} s; HTML {pages:.1f} s, Word {word:.1f} s, Excel {excel:.1f} s"
    )
    print(f"rendering / executing   {ratio:.2f}  (target < {TARGET:g})")
    return 0 if ratio < TARGET else 1


if __name__ == "__main__":
    sys.exit(main())
