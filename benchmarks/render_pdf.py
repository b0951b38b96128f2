"""What a printed report costs by typst, against Chromium printing the page of the same form.

python benchmarks/render_pdf.py [ROUNDS]

Each report is made once per round, since typst remembers what it has set; a round is a process of its own, whose first report also
loads the fonts.
"""

from __future__ import annotations

import multiprocessing
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat

from auditkit import resources
from auditkit.notebook.execute import render
from auditkit.pipeline import audit
from auditkit.report.pdf.typst import project_pdf

FILES = sorted((resources.data() / "2021").glob("*.docx"))
TARGET = 4
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None)
QUIET = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--no-pdf-header-footer"]
QUIET += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]


def by_typst(_: int) -> list[float]:
    """Seconds for each of the seed forms' reports, in a fresh process."""
    return [seconds(project_pdf, one) for path in FILES for one in audit(path)]


def by_chromium(page: Path, folder: Path) -> None:
    out = folder / "page.pdf"
    command = [CHROMIUM, *QUIET, f"--user-data-dir={folder / 'profile'}", f"--print-to-pdf={out}", page.as_uri()]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    assert out.read_bytes().startswith(b"%PDF")


def seconds(call, *arguments) -> float:
    begun = time.perf_counter()
    call(*arguments)
    return time.perf_counter() - begun


def main(rounds: int) -> int:
    """Print the seconds a report, and how many times as long Chromium takes; 1 where the target is missed."""
    context = multiprocessing.get_context("spawn")
    with context.Pool(1, maxtasksperchild=1) as pool:
        times = pool.map(by_typst, range(rounds), chunksize=1)
    first = statistics.median(one[0] for one in times)
    later = statistics.median(figure for one in times for figure in one[1:])
    print(f"typst: {later:.3f} s a report, {first:.3f} s for the first of a process")
    if CHROMIUM is None:
        print("Chromium is not installed: nothing to compare with")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "page.html"
        notebook = nbformat.read(resources.notebooks() / "project_audit.ipynb", as_version=4)
        page.write_text(render(notebook, "对照"), "utf-8")
        chromium = statistics.median(seconds(by_chromium, page, Path(folder)) for _ in range(rounds))
    print(f"Chromium: {chromium:.3f} s a report, {chromium / later:.1f} times as long (target ≥ {TARGET})")
    return int(chromium / later < TARGET)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 3))
