"""Each command while the system fails it once, at every place in turn: one sentence, nothing lost, and the same command ends well.

By default a few places of every kind are tried, all of them with AUDITKIT_FAULTS=all. The processes that read forms and
make reports have stand-ins: they write to nothing that stays.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from faults import FAULTS, KILL, failing
from runs import PROJECT, Reports, forms, reports, tree, whole

from auditkit import resources
from auditkit.cli.app import main
from auditkit.decisions.store import open_store
from auditkit.notebook import lab
from auditkit.notebook.project_report import ProjectReport, ReportTask
from auditkit.report.office.working_paper import review_workbook
from auditkit.safety import LIMITS

pytestmark = pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="finds files by their numbers in /proc")
EVERY = (
    1 if os.environ.get("AUDITKIT_FAULTS") == "all" else 29
)  # of the places where a command may fail, each so many-th
STATUSES = {0, 1, 2, 3, 4}


class Here:
    """In place of a confined process: the call itself, and for notebooks something as short."""

    limits = LIMITS

    def __init__(self, *_: object, **__: object): ...

    def twins(self, number: int) -> list[Here]:
        return [Here() for _ in range(number)]

    def call(self, function: Callable[..., Any], *given: Any) -> Any:
        return function(*given)

    def run(self, _: object, function: Callable[..., Any], *given: Any) -> Any:
        match function.__name__:
            case "make_reports":
                return [reported(task) for task in given[0]]
            case "make_report":
                return reported(*given)
            case "execute_year":
                return "{}\n", "<html></html>\n"
        return function(*given)

    def close(self) -> None: ...


def reported(task: ReportTask) -> ProjectReport:
    form = task.row.audit.form
    told = f"{form.project.one_line} {form.outcome} {task.review.json if task.review else ''}"
    return ProjectReport("{}\n", f"<html>{told}</html>\n", {"review.xlsx": review_workbook([task.row.audit])})


class AtOnce(ThreadPoolExecutor):
    """Does what is submitted then and there, so that the n-th call is always the same."""

    def submit(self, function: Callable[..., Any], *given: Any, **named: Any) -> Future:
        done: Future = Future()
        try:
            done.set_result(function(*given, **named))
        except BaseException as error:
            done.set_exception(error)
        return done


@dataclass(frozen=True)
class Place:
    """Everything that a command may write to."""

    base: Path

    def __getattr__(self, name: str) -> Path:
        return self.base / name

    def copied(self, base: Path) -> Place:
        shutil.copytree(self.base, base)
        return Place(base)


def ended(*arguments: object) -> int:
    with pytest.raises(SystemExit) as end:
        main([*map(str, arguments)])
    return end.value.code or 0


def run(place: Place) -> int:
    return ended("run", place.forms, "--year", 2022, "--out", place.out, "--format", "html,xlsx", "--jobs", 1)


def changed(place: Place) -> None:
    """One form changed, one withdrawn, one that cannot be read any more, one new."""
    text = (place.forms / "00.txt").read_text("utf-8")
    (place.forms / "00.txt").write_text(text.replace("126人", "120人"), "utf-8")
    (place.forms / "01.txt").unlink()
    (place.forms / "02.txt").write_bytes(b"")
    (place.forms / "09.txt").write_text(text.replace(PROJECT, "新项目"), "utf-8")


def decided(place: Place) -> None:
    book = openpyxl.load_workbook(place.out / "review.xlsx")
    book.worksheets[2]["K5"] = "已核对"
    book.save(place.paper)


def imported(place: Place) -> int:
    return ended("import-review", place.paper, "--run", place.out, "--who", "张三")


def empty(place: Place) -> None:
    shutil.rmtree(place.out)


def nothing(place: Place) -> None: ...


def opened_lab(place: Place) -> int:
    """What `auditkit lab` does before JupyterLab starts, of a program that was installed."""
    lab.workspace(place.desk)
    there = (path.relative_to(place.desk) for path in place.desk.rglob("*") if path.is_file())
    return int(any((place.desk / one).read_bytes() != (resources.root() / one).read_bytes() for one in there))


COMMANDS: dict[str, tuple[Callable[[Place], None], Callable[[Place], int], int]] = {
    "run": (empty, run, 0),
    "run again": (changed, run, 3),
    "run, nothing new": (nothing, run, 0),
    "run --dry-run": (changed, lambda at: ended("run", at.forms, "--year", 2022, "--out", at.out, "--dry-run"), 0),
    "import-review": (decided, imported, 0),
    "verify": (nothing, lambda at: ended("verify", at.out, "--forms", at.forms), 0),
    "runs": (nothing, lambda at: ended("runs", at.out), 0),
    "lab": (nothing, opened_lab, 0),
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A folder of forms and the reports of a run."""
    place = Place(tmp_path_factory.mktemp("made"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("auditkit.run.pool.SandboxProcess", Here)
        patch.setattr("auditkit.run.executors.ThreadPoolExecutor", AtOnce)
        within(place, patch)
        forms(place.forms, 4)
        assert run(place) == 0
        yield place


def within(place: Place, patch: pytest.MonkeyPatch) -> None:
    """Let all that is kept for the next time lie there too."""
    place.scratch.mkdir(exist_ok=True)
    patch.setattr(tempfile, "tempdir", str(place.scratch))
    patch.setenv("AUDITKIT_CACHE", str(place.cache))
    patch.setenv("XDG_STATE_HOME", str(place.state))


def lost(before: Reports, now: Reports, good: Reports) -> list[str]:
    """What stood before and stands there neither as it was nor as the command makes it when all goes well."""
    return ["/".join(name) for name, data in before.items() if name in good and now.get(name) not in (data, good[name])]


@pytest.mark.parametrize("kind", FAULTS)
@pytest.mark.parametrize("command", COMMANDS)
def test_a_fault_of_the_system_costs_nothing(
    command: str, kind: str, made: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
):
    prepare, act, expected = COMMANDS[command]
    prepare(start := made.copied(tmp_path / "start"))

    def tried(number: int) -> tuple[Place, Any, int | str]:
        place = start.copied(tmp_path / f"{number}")
        within(place, monkeypatch)
        with failing(kind, number, place.base) as fault:
            try:
                code = act(place)
            except OSError as error:
                code = str(error)
        return place, fault, code

    good, counted, code = tried(0)
    assert code == expected
    before, wanted, after = reports(start.out), reports(good.out), left(good)
    number, faults = 1 + sum(command.encode()) % min(EVERY, max(counted.calls, 1)), []
    while number <= counted.calls:
        capsys.readouterr()
        place, fault, code = tried(number)
        said = "".join(capsys.readouterr())
        whole(place.out)
        told = [f"status {code}"] if not fault.where.startswith(str(place.desk)) and code not in STATUSES else []
        told += ["a traceback"] if "Traceback" in said else []
        told += [f"lost {name}" for name in lost(before, reports(place.out), wanted)]
        if (again := act(place)) != expected:
            told.append(f"afterwards {again}: {''.join(capsys.readouterr())}")
        if (found := left(place)) != after:
            told.append(f"left {sorted(name for name, _ in {*found.items()} ^ {*after.items()})}")
        faults += [f"{kind} {number} of {counted.calls} at {fault.where}: {one}; {said[-300:]}" for one in told]
        shutil.rmtree(place.base)
        number += EVERY
    assert not faults, "\n".join(faults)


def test_what_a_person_has_open_is_told_and_costs_nothing_else(
    made: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
):
    """As on Windows, where nobody may replace it, or remove it, meanwhile."""
    changed(start := made.copied(tmp_path / "start"))
    good, place = start.copied(tmp_path / "good"), start.copied(tmp_path / "place")
    within(good, monkeypatch)
    assert run(good) == 3
    within(place, monkeypatch)
    (paper,) = place.out.glob("projects/001_*/review.xlsx")
    (withdrawn,) = place.out.glob("projects/002_*/review.xlsx")
    held = {paper, withdrawn, place.out / "status.csv", place.out / "memo.docx"}
    before, real = {path: path.read_bytes() for path in held if path.exists()}, {}

    def refused(name: str, place: int) -> Callable[..., None]:
        def call(*given: Any, **named: Any) -> None:
            if Path(given[place]) in held:
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(given[place]))
            real[name](*given, **named)

        return call

    with monkeypatch.context() as patch:
        for name, at in (("replace", 1), ("unlink", 0)):
            real[name] = getattr(os, name)
            patch.setattr(os, name, refused(name, at))
        capsys.readouterr()
        assert run(place) == 3
    said = capsys.readouterr().err
    assert "以下文件没有更新，仍是上次的" in said
    assert all(name in said for name in (f"{paper.relative_to(place.out)}", "status.csv"))
    assert {path: path.read_bytes() for path in before} == before
    assert (paper.parent / "audit.html").read_bytes() == (
        good.out / paper.parent.relative_to(place.out) / "audit.html"
    ).read_bytes()
    assert ended("verify", place.out) == 0
    assert run(place) == 3
    assert "没有更新" not in capsys.readouterr().err
    assert left(place) == left(good)


KILLS = int(
    os.environ.get("AUDITKIT_KILLS", "12")
)  # of runs, half of them over reports that stand there; 200 where there is time


@pytest.mark.parametrize("command", ["run", "run again"])
def test_a_run_that_is_killed_at_any_moment_loses_nothing(
    command: str, made: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    prepare, act, expected = COMMANDS[command]
    prepare(start := made.copied(tmp_path / "start"))
    good = start.copied(tmp_path / "good")
    within(good, monkeypatch)
    with failing(KILL, 0, good.base) as counted:
        assert act(good) == expected
    before, wanted, after, faults = reports(start.out), reports(good.out), left(good), []
    for each in range(KILLS // 2):
        number = 1 + (2 * each + 1) * counted.calls // KILLS
        place = start.copied(tmp_path / "killed")
        within(place, monkeypatch)
        if not (child := os.fork()):
            with failing(KILL, number, place.base):
                act(place)
            os._exit(0)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
        whole(place.out)
        told = [f"lost {name}" for name in lost(before, reports(place.out), wanted)]
        if (again := act(place)) != expected:
            told.append(f"afterwards {again}")
        if (found := left(place)) != after:
            told.append(f"left {sorted(name for name, _ in {*found.items()} ^ {*after.items()})}")
        faults += [f"{number} of {counted.calls}: {one}" for one in told]
        shutil.rmtree(place.base)
    assert not faults, "\n".join(faults)


def left(place: Place) -> dict[str, str]:
    """What a command left, apart from times."""
    found = tree(place.out) if place.out.is_dir() else {}
    found |= {f"desk/{name}": digest for name, digest in (tree(place.desk) if place.desk.is_dir() else {}).items()}
    if store := found.pop("review.sqlite", None):
        store = json.dumps([entry.after for entry in open_store(place.out / "review.sqlite").entries()])
        found = {name: one for name, one in found.items() if not name.startswith("review.sqlite")} | {"store": store}
    return found
