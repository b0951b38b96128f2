"""One run at a time in an output folder: a lock that ends with the process that holds it, however that ends."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from auditkit.safety import Unreadable


@contextlib.contextmanager
def locked(out: Path, name: str = ".auditkit/lock") -> Iterator[None]:
    """Hold the folder. Raises Unreadable where another run does, which is named."""
    path = out / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "a+", encoding="utf-8") as file:
        try:
            _take(file.fileno())
        except OSError:
            file.seek(0)
            holder = file.read().strip() or "?"
            raise Unreadable(
                str(out),
                f"另一次运行（进程 {holder}）正在写这个文件夹；请等它结束，或换一个 --out",
                f"another run (process {holder}) is writing to this folder; wait for its end, or choose another --out",
            ) from None
        file.truncate(0)
        file.write(f"{os.getpid()}")
        file.flush()
        yield


def _take(handle: int) -> None:
    if os.name == "nt":
        import msvcrt

        # Far behind the text, which Windows would otherwise not let the other run read.
        os.lseek(handle, 2**30, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
