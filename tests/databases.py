"""Databases for tests: a SQLite file, and a private PostgreSQL cluster on a socket of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest

_BIN = [*sorted(Path("/usr/lib/postgresql").glob("*/bin")), *map(Path, os.environ.get("PATH", "").split(os.pathsep))]
INITDB = next((folder / "initdb" for folder in _BIN if (folder / "initdb").is_file()), None)
needs_postgresql = pytest.mark.skipif(
    not INITDB and os.environ.get("CI") != "true", reason="PostgreSQL is not installed: apt install postgresql"
)
NUMBERS = count(1)


@contextmanager
def cluster() -> Iterator[str]:
    """The address of a server's default database; server and data are gone afterwards."""
    assert INITDB, "CI needs PostgreSQL: apt install postgresql"
    base = Path(tempfile.mkdtemp(prefix="akpg", dir="/tmp"))  # the path of a socket may have about 100 letters
    # The server refuses to run as root; Debian's package brings the user.
    user = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}
    if user:
        shutil.chown(base, "postgres", "postgres")
    data = base / "data"

    def tool(name: str, *arguments: str) -> None:
        command = [str(INITDB.with_name(name)), "-D", str(data), *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=base, timeout=600, **user)

    try:
        tool("initdb", "-U", "auditor", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        tool("pg_ctl", "-w", "-l", str(base / "log"), "-o", f"-k {base} -h ''", "start")
        yield f"postgresql://auditor@/postgres?host={base}"
    finally:
        if data.is_dir():
            subprocess.run([str(INITDB.with_name("pg_ctl")), "-D", str(data), "-m", "immediate", "stop"], check=False, stdout=subprocess.DEVNULL, cwd=base, **user)  # fmt: skip
        shutil.rmtree(base, ignore_errors=True)


def fresh(server: str) -> str:
    """The address of a new, empty database."""
    from sqlalchemy import create_engine, make_url

    name = f"t{next(NUMBERS)}"
    url = make_url(server).set(drivername="postgresql+psycopg")
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    engine.dispose()
    return url.set(database=name).render_as_string(hide_password=False)
