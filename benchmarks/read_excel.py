"""Our parsing of Excel forms against its floor (zipfile and lxml alone), calamine's bare values and openpyxl, as ratios.

python benchmarks/read_excel.py [ROUNDS]
"""

from __future__ import annotations

import gc
import runpy
import statistics
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
from lxml import etree
from python_calamine import CalamineWorkbook

from auditkit.parse.form import parse
from auditkit.read import read

DATA = Path(__file__).parent.parent / "data"
PARTS = ("xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/worksheets/sheet1.xml", "xl/styles.xml")
OPENPYXL_TARGET = 20.0
PASSES = 5  # so that none of them pays for a processor's memory that another one filled


def form(path: Path) -> object:
    return parse(read(path))


def floor(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        for part in PARTS:
            etree.fromstring(archive.read(part))


def calamine(path: Path) -> object:
    sheet = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0)
    return sheet.to_python(), sheet.merged_cell_ranges


def by_openpyxl(path: Path) -> list[list[object]]:
    return [[cell.value for cell in row] for row in openpyxl.load_workbook(path, data_only=True).active.iter_rows()]


def milliseconds(run: Callable[[Path], object], files: list[Path]) -> float:
    """Of processor time that one pass over the files takes; several are made, as a year's folder holds many files."""
    gc.collect()  # so that none pays for what another left behind
    begun = time.process_time()
    for _ in range(PASSES):
        for path in files:
            run(path)
    return (time.process_time() - begun) * 1000 / PASSES


def main(rounds: int) -> int:
    """Print the medians of the rounds; each round measures all five, so that a busy machine slows all alike."""
    excel = runpy.run_path(str(DATA / "make_excel.py"))["excel"]
    with tempfile.TemporaryDirectory() as folder:
        files = [DATA / "specimen.xlsx"]
        for word in sorted((DATA / "2021").glob("*.docx")):
            files.append(Path(folder) / f"{word.stem}.xlsx")
            files[-1].write_bytes(excel(read(word)))
        runs = form, read, floor, calamine, by_openpyxl
        measured = [[milliseconds(run, files) for run in runs] for _ in range(rounds + 1)][1:]
    parsing, ours, lowest, values, theirs = (statistics.median(times) for times in zip(*measured, strict=True))
    print(
        f"{len(files)} files: auditkit reading {ours:.1f} ms (and parsing {parsing:.1f}), zipfile+lxml {lowest:.1f} ms, "
        f"calamine, values only {values:.1f} ms, openpyxl {theirs:.1f} ms"
    )
    print(f"auditkit / zipfile+lxml   {ours / lowest:5.2f}")
    print(f"openpyxl / auditkit       {theirs / ours:5.2f}  (target >= {OPENPYXL_TARGET:g})")
    return 0 if theirs / ours >= OPENPYXL_TARGET else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 20))
