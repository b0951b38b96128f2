"""What lies in a folder of forms, as far as it is to be told about."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

FORMS = (".docx", ".doc", ".wps", ".xlsx", ".xls", ".et", ".pdf", ".html", ".htm", ".txt")


def entries(folder: Path, out: Path | None = None) -> Iterator[Path]:
    """Everything under a folder in a fixed order: what is no folder, and of folders those that need a word.

    Those are the ones that cannot be opened, that are links, which are not followed, or that are called like a form.
    Hidden folders, and `out`, where the reports are, are left out.
    """
    closed: list[Path] = []
    reports = os.path.realpath(out) if out else None
    for root, folders, names in os.walk(folder, onerror=lambda error: closed.append(Path(error.filename))):
        inside = [name for name in folders if not name.startswith(".")]
        told = [name for name in inside if os.path.islink(os.path.join(root, name)) or name.lower().endswith(FORMS)]
        folders[:] = sorted(name for name in inside if os.path.realpath(os.path.join(root, name)) != reports)
        yield from (Path(root, name) for name in sorted((*names, *told)))
    yield from sorted(closed)
