"""A year's forms for the yearly notebook: from a folder of forms, or from the dataset of a run."""

from __future__ import annotations

import tempfile
from pathlib import Path

from auditkit.audit import across, audit
from auditkit.child import Child
from auditkit.folder import entries
from auditkit.intake import read_in, told_apart
from auditkit.report import FormRow
from auditkit.report.stored import FACTS, load_year
from auditkit.report.year import Year, year_of
from auditkit.rulebook import DEFAULT, load_rulebook
from auditkit.safety import chosen_limits, inert_line


def open_year(source: str | Path, year: int, rulebook: str = DEFAULT) -> Year:
    """Every form under a folder, audited; equal forms once, and a row for each file.

    A run has audited its forms already, and names its dataset by the file `dataset/year.json`: one line a form is read
    from there, and no audit. What lies in a folder of forms is never taken for a dataset, whatever it is called.
    """
    path, book = Path(source), load_rulebook(rulebook)
    if path.name == FACTS and path.is_file():
        return load_year(path, book)
    limits, seen = chosen_limits(), {}
    with Child(limits) as child, tempfile.TemporaryDirectory(prefix="auditkit-") as scratch:
        taken = [
            told_apart(
                read_in(
                    one,
                    inert_line(one.relative_to(path).as_posix()),
                    Path(scratch) / f"{number:05d}",
                    lambda copy: child.call(audit, copy, book, limits),
                    limits,
                ),
                year,
                seen,
            )
            for number, one in enumerate(entries(path))
        ]
    rows = [FormRow(intake.row.file, "", one) for intake in taken for one in intake.audits]
    outcomes = across(row.audit for row in rows)
    return year_of(rows, outcomes, [intake.row for intake in taken], year, book)
