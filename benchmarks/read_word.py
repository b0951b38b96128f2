"""Our reading of Word files against its floor (zipfile and lxml alone) and against python-docx, as ratios.

python benchmarks/read_word.py [ROUNDS]
"""

from __future__ import annotations

import statistics
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import docx
from lxml import etree

from auditkit.read import read

FILES = sorted((Path(__file__).parent.parent / "data" / "2021").glob("*.docx"))
FLOOR_TARGET, PYTHON_DOCX_TARGET = 3.0, 8.0


def floor(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        etree.fromstring(archive.read("word/document.xml"))


def python_docx(path: Path) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for table in docx.Document(path).tables for row in table.rows]


def median(run: Callable[[Path], object], rounds: int) -> float:
    """Milliseconds for all files, the median of the rounds."""
    times = []
    for _ in range(rounds):
        begun = time.perf_counter()
        for path in FILES:
            run(path)
        times.append((time.perf_counter() - begun) * 1000)
    return statistics.median(times)


def main(rounds: int) -> int:
    for run in (floor, read, python_docx):
        median(run, 1)
    ours, lowest, theirs = median(read, rounds), median(floor, rounds), median(python_docx, max(rounds // 10, 3))
    print(f"{len(FILES)} files: auditkit {ours:.1f} ms, zipfile+lxml {lowest:.1f} ms, python-docx {theirs:.1f} ms")
    print(f"auditkit / zipfile+lxml   {ours / lowest:5.2f}  (target <= {FLOOR_TARGET:g})")
    print(f"python-docx / auditkit    {theirs / ours:5.2f}  (target >= {PYTHON_DOCX_TARGET:g})")
    return 0 if ours / lowest <= FLOOR_TARGET and theirs / ours >= PYTHON_DOCX_TARGET else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 30))
