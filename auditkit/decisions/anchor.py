"""The heads of a store in a file outside it: a chain does not see its own tail cut off."""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import URL

from auditkit.decisions.entry import Head, parse_head
from auditkit.decisions.location import own_folder


def anchor_path(url: URL) -> Path:
    """Beside a SQLite file; for a shared database among the user's own state, one file for each database."""
    if url.drivername.startswith("sqlite"):
        return Path(f"{sqlite_path(url)}.heads")
    name = f"{url.host}/{url.port}/{url.database}/{sorted(url.query.items())}"
    return own_folder() / f"{hashlib.sha256(name.encode()).hexdigest()[:16]}.heads"


def sqlite_path(url: URL) -> Path:
    return Path((url.database or "").removeprefix("file:").partition("?")[0])


def append(path: Path, head: Head) -> None:
    """Write the head down for good. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o644)
    try:
        os.lseek(handle, max(0, os.lseek(handle, 0, os.SEEK_END) - 1), os.SEEK_SET)
        torn = os.read(handle, 1) not in (b"", b"\n")
        line = (b"\n" if torn else b"") + f"{head}\n".encode("ascii")
        if os.write(handle, line) < len(line):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        os.fsync(handle)
    finally:
        os.close(handle)


def last(path: Path) -> Head | None:
    """The head that was written down last, None where there is none."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - 400))
            lines = file.read().decode("ascii", "replace").splitlines()
    except FileNotFoundError:
        return None
    return next((head for line in reversed(lines) if (head := parse_head(line))), None)


def written_lines(path: Path) -> Iterator[tuple[int, str]]:
    """Every line with its number. Raises OSError."""
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            yield number, line.decode("ascii", "replace").strip()
