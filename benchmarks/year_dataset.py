"""The yearly notebook over a dataset of 200,000 forms: time, and memory of all its processes together.

python benchmarks/year_dataset.py [FORMS]

The forms are the eight seeds many times over, changed in the tables: other names of project, unit and department, other
amounts and scores, some of the findings. Notebook and page are made as a run makes them.
"""

from __future__ import annotations

import sys
import tempfile
import threading
import time
from dataclasses import astuple, replace
from decimal import Decimal
from pathlib import Path
from random import Random

import psutil

from auditkit import resources
from auditkit.notebook.project_report import LOAD, notebook_limits
from auditkit.pipeline import audit
from auditkit.report import FileRow, FormRow, line_of
from auditkit.report.year.dataset import Rows, rows_of
from auditkit.report.year.dataset_files import FACTS, Parts
from auditkit.report.year.rows import FormLine
from auditkit.rulebooks.loader import load_rulebook
from auditkit.run.outputs import execute_year
from auditkit.safety import LIMITS
from auditkit.sandbox.process import SandboxProcess

FORMS, DEPARTMENTS, UNITS = 200_000, 200, 5_000
GIB = 2**30


def seeds() -> list[tuple[FormLine, Rows]]:
    rows = [FormRow(path.name, "", audit(path)[0]) for path in sorted((resources.data() / "2021").glob("*.docx"))]
    return [(line, rows_of(row, line)) for row in rows for line in [line_of(row)]]


def changed(number: int, line: FormLine, rows: Rows, chance: Random) -> tuple[FormLine, Rows]:
    """One more form, told in the tables."""
    file, project, unit = f"{number:06d}.docx", f"{line.project}（{number}）", f"单位{number % UNITS}"
    stated, budget = Decimal(chance.randrange(600, 1001)) / 10, Decimal(chance.randrange(100, 100_000)) / 100
    verified = stated * chance.randrange(40, 101) / 100
    kept = [found for found in rows["findings"] if chance.random() < 0.8]
    counts = [sum(found[5] == severity for found in kept) for severity in ("error", "warning", "note")]
    line = replace(
        line,
        **{
            "file": file,
            "project": project,
            "implementer": unit,
            "department_name": f"第{number // 1_000 % DEPARTMENTS}局",
        },
        **{
            "stated": stated,
            "stated_text": str(stated),
            "verified": verified,
            "upper": min(verified + 20, Decimal(100)),
        },
        **{"budget": budget, "actual": budget * chance.randrange(30, 101) / 100},
        **dict(zip(("errors", "warnings", "notes"), counts, strict=True)),
    )
    own = {name: [(file, *row[1:]) for row in rows[name]] for name in ("indicators", "scores")}
    findings = [(file, found[1], project, unit, *found[4:]) for found in kept]
    return line, own | {"findings": findings, "forms": [astuple(line)]}


def write(folder: Path, forms: int) -> Path:
    """A dataset of so many forms, by the file that names it."""

    def put(name: str, data: bytes) -> None:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)

    parts, chance, sources = Parts(put), Random(7), seeds()
    for number in range(forms):
        parts.gather(*changed(number, *sources[number % len(sources)], chance))
    files = (FileRow(f"{number:06d}.docx", "ok", 1, "", 0.0) for number in range(forms))
    parts.close(files, 2021, load_rulebook(), ())
    return folder / FACTS


class Watch:
    """The greatest memory that the processes below this one took together, and that the largest of them took."""

    def __init__(self) -> None:
        self.together = self.largest = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look)

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(0.1):
            sizes = []
            for one in psutil.Process().children(recursive=True):
                try:
                    sizes.append(one.memory_full_info().pss)
                except psutil.Error:  # it has ended
                    continue
            self.together, self.largest = max(self.together, sum(sizes)), max(self.largest, *sizes, 0)


def main() -> int:
    forms = int(sys.argv[1]) if len(sys.argv) > 1 else FORMS
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        facts = write(Path(folder), forms)
        made = time.perf_counter() - began
        size = sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file())
        parts = sum(1 for path in Path(folder).rglob("part-*"))
        with Watch() as watch, SandboxProcess(LIMITS, load=LOAD) as child:
            began = time.perf_counter()
            _, page = child.run(notebook_limits(LIMITS), execute_year, facts, 2021, "mof-2020")
            seconds = time.perf_counter() - began
    assert f"{forms} 张自评表" in page
    print(f"数据集 dataset: {forms} 张，{parts} 个文件，{size / 2**20:.0f} MB，生成 made in {made:.0f} s")
    print(
        f"年度笔记本和网页 yearly notebook and page: {seconds:.1f} s，网页 {len(page.encode()) / 1024:.0f} KB；"
        f"内存 memory {watch.together / 2**20:.0f} MB（最大的一个进程 the largest process {watch.largest / 2**20:.0f} MB），"
        "目标 target ≤ 1024 MB"
    )
    return int(watch.together > GIB)


if __name__ == "__main__":
    sys.exit(main())
