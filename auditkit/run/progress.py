"""How far it has come: a line a minute in a run's log, one JSON object a step, or a line in a notebook that changes."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import TextIO

from auditkit.safety import escape_line

Progress = Callable[[str, int, int], None]
EVERY = 60.0  # seconds between two lines of a log
SOON, OFTEN = 1.0, 0.5  # seconds until a notebook says that it waits, and between two changes of what it says


def log_progress(stream: TextIO, as_json: bool, clock: Callable[[], float] = time.monotonic) -> Progress:
    """What is told (name, done, total) and writes it: everything as JSON, else what a reader of a log wants."""
    began: dict[int, float] = {}
    last = clock()

    def tell(name: str, done: int, total: int) -> None:
        nonlocal last
        now = clock()
        seconds = now - began.setdefault(total, now)
        rate = done / seconds if seconds else 0.0
        left = (total - done) / rate if rate else 0.0
        if as_json:
            line = {"event": "progress", "name": name, "done": done, "total": total}
            line |= {"per_second": round(rate, 2), "seconds_left": round(left)}
            print(json.dumps(line, ensure_ascii=False), file=stream, flush=True)
        elif now - last >= EVERY:
            last = now
            clock_time = time.strftime("%Y-%m-%d %H:%M:%S")
            print(
                f"{clock_time} {done}/{total}，每分钟 {rate * 60:.0f} 份，约剩 {left / 60:.0f} 分钟：{escape_line(name)}",
                file=stream,
                flush=True,
            )

    return tell


def notebook_progress(clock: Callable[[], float] = time.monotonic) -> Progress:
    """What is told on one line below the cell that runs; nothing where it takes no time."""
    from IPython.display import display

    began = last = clock()
    handle = None

    def tell(name: str, done: int, total: int) -> None:
        nonlocal handle, last
        now = clock()
        if done < total and (now - began < SOON or now - last < OFTEN):
            return
        last = now
        going = f"正在读取 {done + 1}/{total}：{escape_line(name)}"
        line = {"text/plain": going if done < total else f"已读取 {total} 个文件"}
        if handle:
            handle.update(line, raw=True)
        elif done < total:
            handle = display(line, raw=True, display_id=True)

    return tell
