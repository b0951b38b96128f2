"""What a hundred letters from a hundred projects cost, against the PDFs of the same projects: processor time, imports with them.

python benchmarks/letters.py [PROJECTS]
"""

from __future__ import annotations

import multiprocessing
import sys
import time
from dataclasses import replace
from itertools import cycle, islice

from auditkit import resources
from auditkit.pipeline import Audit, audit

FILES = sorted((resources.data() / "2021").glob("*.docx"))
TARGET = 1.0


def projects(number: int) -> list[Audit]:
    """So many projects, no two of one name: typst remembers what it has set."""
    seeds = cycle([one for path in FILES for one in audit(path)])
    return [
        replace(
            one, form=replace(one.form, project=replace(one.form.project, text=f"{one.form.project.text}之{place}"))
        )
        for place, one in enumerate(islice(seeds, number), 1)
    ]


def by_letters(number: int) -> float:
    """Seconds of processor time for so many letters."""
    audits, begun = projects(number), time.process_time()
    from auditkit.report.letter.content import UnitLetter, letter_project
    from auditkit.report.letter.write import letter

    for one in audits:
        told = letter_project(one)
        assert letter(UnitLetter(told.unit, (told,)))
    return time.process_time() - begun


def by_pdf(number: int) -> float:
    """The same for so many PDFs, whose compiler has threads of its own."""
    audits, begun = projects(number), time.process_time()
    from auditkit.report.pdf.typst import project_pdf

    for one in audits:
        assert project_pdf(one)
    return time.process_time() - begun


def main(number: int) -> int:
    """Print both and their ratio; 1 where letters cost more."""
    with multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
        letters, pdfs = (pool.apply(call, (number,)) for call in (by_letters, by_pdf))
    print(f"{number} projects: letters {letters:.2f} s of processor time, PDFs {pdfs:.2f} s")
    print(f"letters / PDFs   {letters / pdfs:.2f}  (target < {TARGET:g})")
    return int(letters >= TARGET * pdfs)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 100))
