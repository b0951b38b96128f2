"""A year's forms for the yearly notebook: from a folder of forms, or as a run hands them on."""

from __future__ import annotations

import os
import pickle
import tempfile
from pathlib import Path

from auditkit.audit import across, audit
from auditkit.child import Child
from auditkit.folder import entries
from auditkit.intake import read_in, told_apart
from auditkit.model import Form
from auditkit.report.year import Year
from auditkit.rulebook import DEFAULT, load_rulebook
from auditkit.safety import Refused, chosen_limits, inert_line

HANDED = ".pickle"


def open_year(source: str | Path, year: int, rulebook: str = DEFAULT) -> Year:
    """Every form under a folder, audited; equal forms once, and a row for each file.

    A run, which has audited its forms already, hands them on in a file of its own making (`hand_on`) in its private
    scratch folder: a pickle, which is opened from nowhere else. Raises Refused for one that lies elsewhere.
    """
    path = Path(source)
    if path.suffix == HANDED:
        return _handed(path)
    book, limits = load_rulebook(rulebook), chosen_limits()
    seen: dict[Form, str] = {}
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
    audits = tuple(one for intake in taken for one in intake.audits)
    return Year(audits, across(audits), tuple(intake.row for intake in taken), year, book)


def _handed(path: Path) -> Year:
    """A year that a run of this very user handed on. Raises Refused for a file that anybody else may have written."""
    folder = path.parent
    own = folder.name == "scratch" and folder.parent.name == ".auditkit" and not path.is_symlink()
    if own and hasattr(os, "getuid"):
        told = (folder.stat(), path.stat())
        own = all(one.st_uid == os.getuid() for one in told) and not told[0].st_mode & 0o077
    if not own:
        raise Refused(
            path.name,
            "不是本程序运行中交给年度笔记本的文件，未打开；请改填自评表文件夹",
            "not a file that a run handed on to the yearly notebook, not opened; name the folder of forms instead",
        )
    return pickle.loads(path.read_bytes())


def hand_on(whole: Year, folder: Path) -> Path:
    """Write a year for the yearly notebook into a folder that nobody else may write in."""
    path = folder / f"year{HANDED}"
    path.write_bytes(pickle.dumps(whole))
    return path
