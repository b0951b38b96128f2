"""How long 100,000 decisions take to verify, and what one decision and one project's state cost beside them."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from auditkit.decisions.store import open_store
from auditkit.decisions.subject import Change, Field, Subject
from auditkit.decisions.verify import verify

COUNT, PROJECTS, TARGET = 100_000, 500, 10.0


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(Path(folder) / "s.sqlite")
        for project in range(PROJECTS):
            rows = range(COUNT // PROJECTS)
            subjects = [Subject(f"2021｜局｜项目{project}", "IND001", r, f"表1 第{r}行", f"{r:064x}") for r in rows]
            store.record([Change(one, Field.NOTE, "", "已核对原始凭证，相符") for one in subjects], "张三")
        began, used = time.perf_counter(), time.process_time()
        report = verify(store)
        seconds, busy = time.perf_counter() - began, time.process_time() - used
        assert report.count == COUNT
        assert not report.faults
        began = time.perf_counter()
        store.record([Change(subjects[0], Field.RULING, "", "accepted")], "张三")
        one = time.perf_counter() - began
        began = time.perf_counter()
        store.state("2021｜局｜项目7")
        state = time.perf_counter() - began
        size = (Path(folder) / "s.sqlite").stat().st_size / 2**20
    print(
        f"核对 {COUNT} 条决定 verify: {busy:.2f} s 处理器时间 of processor time（目标 target ≤ {TARGET:.0f} s），"
        f"{seconds:.2f} s 钟面时间 by the clock，{size:.0f} MB"
    )
    print(
        f"其中再记一条 record one more: {1000 * one:.1f} ms；一个项目的现状 state of a project: {1000 * state:.1f} ms"
    )
    return int(busy > TARGET)  # by the clock a busy machine would be measured, not the program


if __name__ == "__main__":
    sys.exit(main())
