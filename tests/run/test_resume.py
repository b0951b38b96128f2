"""A run that is stopped, repeated, disturbed or crowded: what it leaves, and what the next one makes of it."""

from __future__ import annotations

import csv
import errno
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest
from runs import forms, reports, tree, whole

from auditkit import resources
from auditkit.cli.app import main
from auditkit.notebook.engine import FORKS
from auditkit.run import batch, history, results
from auditkit.run.progress import log_progress
from auditkit.run.storage import locked
from auditkit.safety import Limits, Unreadable, publish

KILLS = int(os.environ.get("AUDITKIT_KILLS", "4"))  # how often a run is killed, half of them over earlier reports
FEW = "--format", "html,xlsx"


def command(folder: Path, out: Path, *more: str) -> list[str]:
    return [sys.executable, "-m", "auditkit", "run", str(folder), "--year", "2021", "--out", str(out), *more]


def run_quietly(folder: Path, out: Path) -> int:
    return subprocess.run(command(folder, out, *FEW), capture_output=True, check=False).returncode


@pytest.mark.skipif(os.name != "posix", reason="kills a process group")
@pytest.mark.parametrize("over", [False, True], ids=["nothing there", "over reports"])
def test_a_run_that_is_killed_is_continued(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, over: bool):
    """With all its processes, and whenever it happens; tests/run/test_faults.py does it at every call that writes."""
    folder, chance, calm = forms(tmp_path / "in", 4), random.Random(7), tmp_path / "calm"
    monkeypatch.setenv("AUDITKIT_CACHE", str(tmp_path / "one"))
    began = time.monotonic()
    assert run_quietly(folder, calm) == 0
    lasted = time.monotonic() - began
    start, out, killed = tmp_path / "start", tmp_path / "stormy", 0
    if over:
        shutil.copytree(calm, start)
        for path in folder.iterdir():
            path.write_text(path.read_text("utf-8").replace("126人", "120人"), "utf-8")
        assert run_quietly(folder, calm) == 0
    before, good = reports(start), reports(calm)
    monkeypatch.setenv("AUDITKIT_CACHE", str(tmp_path / "other"))
    while killed < KILLS // 2:
        if over and not out.exists():
            shutil.copytree(start, out)
        ran = subprocess.Popen(
            command(folder, out, *FEW), start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            ended = ran.wait(chance.uniform(0.05, 1) * lasted)
        except subprocess.TimeoutExpired:
            ran.send_signal(signal.SIGKILL)
            ran.wait()
            killed += 1
            whole(out)
            assert all(data in (before[name], good[name]) for name, data in reports(out).items() if name in before)
            assert reports(out).keys() >= before.keys()
            continue
        assert (ended, tree(out)) == (0, tree(calm))
        shutil.rmtree(out)  # else there would be nothing more to do, and nothing to disturb
        shutil.rmtree(tmp_path / "other")
    assert run_quietly(folder, out) == 0
    assert tree(out) == tree(calm)
    assert list(out.rglob("*.part")) == []
    assert not (out / ".auditkit/scratch").exists()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    base = tmp_path_factory.mktemp("run")
    folder = forms(base / "in", 3)
    assert batch.run(folder, 2021, base / "out").made == 3
    return folder, base / "out"


def test_what_did_not_change_is_not_made_again(made: tuple[Path, Path], capsys: pytest.CaptureFixture):
    folder, out = made
    before = {path: path.stat().st_mtime_ns for path in (out / "projects").rglob("*")}
    again = batch.run(folder, 2021, out)
    assert (again.made, len(again.forms)) == (0, 3)
    assert {path: path.stat().st_mtime_ns for path in (out / "projects").rglob("*")} == before

    with pytest.raises(SystemExit) as ended:
        main(["run", str(folder), "--year", "2021", "--out", str(out), "--dry-run"])
    assert ended.value.code == 0
    assert "0，3，0" in capsys.readouterr().out


def test_one_form_changed_is_one_report_and_a_difference(made: tuple[Path, Path], capsys: pytest.CaptureFixture):
    folder, out = made
    first = history.runs(out)[-1]
    text = (folder / "01.txt").read_text("utf-8")
    changed = next(row for row in text.splitlines() if "98" in row or "100%" in row)
    (folder / "01.txt").write_text(text.replace(changed, changed.replace("100%", "60%"), 1), "utf-8")
    page = next((out / "projects").glob("001_*")) / "audit.html"
    page.write_text("edited", "utf-8")  # and what somebody changed is made again
    assert batch.run(folder, 2021, out).made == 2
    assert page.read_text("utf-8").rstrip().endswith("</html>")
    last = history.runs(out)[-1]
    found = history.difference(first, last)
    assert {fact.file for fact in (*found.new, *found.gone)} <= {"01.txt"}
    assert found.new
    assert history.difference(last, last) == history.Difference((), (), ())
    back = history.difference(last, first)
    assert (back.new, back.gone) == (found.gone, found.new)
    with pytest.raises(SystemExit):
        main(["diff", first.id, last.id, "--out", str(out)])
    assert f"new, gone, changed: {len(found.new)}，{len(found.gone)}，{len(found.changed)}" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        main(["runs", str(out)])
    assert capsys.readouterr().out.count("2021 年 mof-2020") == len(history.runs(out))
    with pytest.raises(Unreadable):
        history.find("1999", out)


def test_two_runs_exclude_each_other(made: tuple[Path, Path], capsys: pytest.CaptureFixture):
    folder, out = made
    with locked(out):
        with pytest.raises(SystemExit) as ended:
            main(["run", str(folder), "--year", "2021", "--out", str(out)])
        assert ended.value.code == 2
        assert f"进程 {os.getpid()}" in capsys.readouterr().err
    batch.run(folder, 2021, out)


def test_a_lock_ends_with_its_process(tmp_path: Path):
    program = f"from auditkit.run.storage import locked; from pathlib import Path; import os\nwith locked(Path({str(tmp_path)!r})): os._exit(9)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 9
    with locked(tmp_path):
        pass


def test_a_full_disk_is_told_and_the_run_continued(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
):
    folder, out, begun = forms(tmp_path / "in", 2), tmp_path / "out", set()

    def full(path: Path, content: bytes | str) -> None:
        if path.parent.parent.name == "projects":
            begun.add(path.parent)
        if len(begun) > 1:  # the report that is ready first is whole by then
            raise OSError(errno.ENOSPC, "No space left on device")
        publish(path, content)

    monkeypatch.setattr("auditkit.run.storage.publish", full)
    with pytest.raises(SystemExit) as ended:
        main(["run", str(folder), "--year", "2021", "--out", str(out)])
    assert ended.value.code == 3
    assert "磁盘已满" in capsys.readouterr().err
    whole(out)
    monkeypatch.undo()
    assert 0 < batch.run(folder, 2021, out).made < 2
    assert (out / "index.html").is_file()


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of four megabytes."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = hasattr(os, "getuid") and os.getuid() == 0 and sys.platform == "linux"
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(place)]
    if not mounted or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("a small disk can be mounted by root alone, and not in every container")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


def test_a_disk_that_is_full_keeps_what_is_whole(disk: Path, tmp_path: Path):
    """A ballast leaves room for the scratch copies and a report or two; without it the same command goes on."""
    folder, out, ballast = forms(tmp_path / "in", 6), disk / "out", disk / "ballast"
    ballast.write_bytes(bytes(3_400_000))
    done = subprocess.run(command(folder, out, "--format", "html"), capture_output=True, text=True, check=False)
    assert done.returncode == 3
    assert "磁盘已满" in done.stderr
    assert "Traceback" not in done.stderr
    assert shutil.disk_usage(disk).free < 400_000
    whole(out)
    made = {path: path.stat().st_mtime_ns for path in out.glob("projects/*/audit.html")}
    assert 0 < len(made) < 6
    ballast.unlink()
    done = subprocess.run(command(folder, out, "--format", "html"), capture_output=True, text=True, check=False)
    assert (done.returncode, list(out.rglob("*.part"))) == (0, [])
    assert len(list(out.glob("projects/*/audit.html"))) == 6
    again = sum(path.stat().st_mtime_ns != made[path] for path in made)
    assert again <= 1  # the one whose record no longer had room


BAD = {
    "raises": "raise ValueError('坏了')",
    "loops": "while True: pass",
    "dies": "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
    "grows": "kept = []\nwhile True: kept.append(bytes([1]) * 2**24)",
}


@pytest.mark.skipif(not FORKS, reason="without fork there is no limit on memory")
def test_bad_notebooks_cost_only_their_own_forms(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    folder, out, send = forms(tmp_path / "in", 24), tmp_path / "out", results.report_forms
    for name, source in BAD.items():
        book = nbformat.read(resources.notebooks() / "project_audit.ipynb", as_version=4)
        book.cells[-1].source = source
        nbformat.write(book, tmp_path / f"{name}.ipynb")

    bad = dict(zip(("03.txt", "09.txt", "10.txt", "20.txt"), BAD, strict=True))

    def some_bad(pools, settings, tasks):
        def of(file, wanted):
            name = bad.get(file.name)
            return file, replace(wanted, notebook=tmp_path / f"{name}.ipynb") if name else wanted

        return send(pools, settings, [of(*task) for task in tasks])

    monkeypatch.setattr(results, "report_forms", some_bad)
    limits = Limits(notebook_seconds=8, patience=100, notebook_memory=2**30)
    result = batch.run(folder, 2021, out, limits=limits, formats=["html"])
    assert result.failed == 4
    failed = {row.file: row.failure for row in result.forms if row.failure}
    assert list(failed) == ["03.txt", "09.txt", "10.txt", "20.txt"]
    assert "ValueError: 坏了" in failed["03.txt"]
    assert "占用处理器超过 8 秒" in failed["09.txt"]
    assert "异常中止（SIGKILL）" in failed["10.txt"]
    assert "MemoryError" in failed["20.txt"]
    assert len(list(out.glob("projects/*/audit.html"))) == 20
    pages = [path.read_text("utf-8") for path in sorted(out.glob("projects/*/failure.html"))]
    assert len(pages) == 4
    assert "ValueError: 坏了" in pages[0]
    statuses = {
        row["file"]: row["status"] for row in csv.DictReader((out / "status.csv").read_text("utf-8-sig").splitlines())
    }
    assert sorted(name for name, status in statuses.items() if status == "error") == list(failed)
    assert "20.txt" in (out / "summary.txt").read_text("utf-8")
    monkeypatch.undo()
    assert batch.run(folder, 2021, out, limits=limits, formats=["html"]).made == 4  # only what failed is tried again
    assert not list(out.glob("projects/*/failure.html"))


def test_progress_is_told_a_line_a_minute_or_as_json(capsys: pytest.CaptureFixture):
    now = [0.0]
    tell = log_progress(sys.stderr, False, lambda: now[0])
    for done in range(1, 241):
        now[0] += 1
        tell("甲\n乙", done, 300)
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 4
    assert "240/300，每分钟 60 份，约剩 1 分钟：甲␊乙" in lines[-1]
    now[0] = 0.0
    tell = log_progress(sys.stderr, True, lambda: now[0])
    tell("甲", 1, 2)
    now[0] = 4.0
    tell("乙", 2, 2)
    last = json.loads(capsys.readouterr().err.splitlines()[-1])
    assert last == {"event": "progress", "name": "乙", "done": 2, "total": 2, "per_second": 0.5, "seconds_left": 0}
