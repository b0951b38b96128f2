"""Our parsing of Word forms (read, and read and parse) against its floor (zipfile and lxml alone) and against python-docx, as ratios.

python benchmarks/read_word.py [ROUNDS]
"""

from __future__ import annotations

import gc
import statistics
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import docx
from lxml import etree

from auditkit.parse.form import parse
from auditkit.read import read

FILES = sorted((Path(__file__).parent.parent / "data" / "2021").glob("*.docx"))
FLOOR_TARGET, PYTHON_DOCX_TARGET = 3.0, 8.0
PASSES = 5  # so that none of them pays for a processor's memory that another one filled


def form(path: Path) -> object:
    return parse(read(path))


def floor(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        etree.fromstring(archive.read("word/document.xml"))


def python_docx(path: Path) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for table in docx.Document(path).tables for row in table.rows]


def milliseconds(run: Callable[[Path], object]) -> float:
    """Of processor time that one pass over the files takes; several are made, as a year's folder holds many files."""
    gc.collect()  # so that none pays for what another left behind
    begun = time.process_time()
    for _ in range(PASSES):
        for path in FILES:
            run(path)
    return (time.process_time() - begun) * 1000 / PASSES


def main(rounds: int) -> int:
    """Print the medians of the rounds; each round measures all four, so that a busy machine slows all alike."""
    runs = form, read, floor, python_docx
    measured = [[milliseconds(run) for run in runs] for _ in range(rounds + 1)][1:]
    ours, reading, lowest, theirs = (statistics.median(times) for times in zip(*measured, strict=True))
    print(
        f"{len(FILES)} files: auditkit {ours:.1f} ms (reading {reading:.1f}), zipfile+lxml {lowest:.1f} ms, python-docx {theirs:.1f} ms"
    )
    print(f"auditkit / zipfile+lxml   {ours / lowest:5.2f}  (target <= {FLOOR_TARGET:g})")
    print(f"python-docx / auditkit    {theirs / ours:5.2f}  (target >= {PYTHON_DOCX_TARGET:g})")
    return 0 if ours / lowest <= FLOOR_TARGET and theirs / ours >= PYTHON_DOCX_TARGET else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 20))
