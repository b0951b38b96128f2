"""Who works for a run: on other machines all is written that one machine writes, whatever is lost on the way."""

from __future__ import annotations

import csv
import json
import os
import shutil
import signal
import sys
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import fsspec
import psutil
import pytest
from fsspec.implementations.local import LocalFileSystem
from poison import MARK, audit_or_die, audit_slowly

from auditkit import resources
from auditkit.cli.app import main
from auditkit.decisions.signoff import sign
from auditkit.decisions.standing import carry
from auditkit.decisions.store import open_store
from auditkit.decisions.subject import Change, Field
from auditkit.errors.runs import NoScheduler
from auditkit.model import Severity
from auditkit.pipeline import audit
from auditkit.report.year.dataset import TABLES
from auditkit.report.year.dataset_files import rows_in
from auditkit.rulebooks.loader import load_rulebook
from auditkit.run import batch, executors, outputs
from auditkit.run.batch import run
from auditkit.run.inputs import InputFile
from auditkit.run.reading import RunSettings
from auditkit.run.storage import folder_at
from auditkit.run.worker import WorkerPools, read_input
from auditkit.safety import Unreadable, chosen_limits

SPECIMEN = (resources.data() / "specimen.txt").read_text("utf-8")
PROJECT = "农村饮水安全巩固提升"


@pytest.fixture(scope="module")
def dask():
    from distributed import LocalCluster

    with LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs=50
    ) as running:
        yield running


@pytest.fixture
def _no_notebook(monkeypatch: pytest.MonkeyPatch):
    """Where only rows are looked at, the yearly notebook would take most of the time."""
    monkeypatch.setattr(outputs, "write_year", lambda *_: "")


@pytest.fixture
def _cache_of_this_test(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("AUDITKIT_CACHE", str(tmp_path / "cache"))


def forms(folder: Path, number: int) -> Path:
    """A folder of different forms, all of them good."""
    folder.mkdir()
    for one in range(number):
        (folder / f"{one:02d}.txt").write_text(SPECIMEN.replace(PROJECT, f"{PROJECT}{one:02d}"), "utf-8")
    return folder


def table(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text("utf-8-sig").splitlines()))


def rows(out: Path, without: tuple[str, ...] = ()) -> dict[str, list]:
    """Every row of every table, without the columns that are of reports."""
    columns = {name: [one for one in TABLES[name] if one not in without] for name in TABLES}
    return {name: sorted(rows_in(out / "dataset", name, columns[name]), key=repr) for name in TABLES}


def statuses(out: Path) -> list[tuple[str, ...]]:
    return [tuple(row[name] for name in ("file", "status", "forms", "message")) for row in table(out / "status.csv")]


@pytest.fixture(scope="module")
def submitted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five forms, one of them twice, with what else lies about in such a folder."""
    folder = tmp_path_factory.mktemp("报送")
    for path in sorted((resources.data() / "2021").glob("*.docx"))[:5]:
        shutil.copy(path, folder)
    first = next(folder.glob("02_*"))
    (folder / "二科").mkdir()
    shutil.copy(first, folder / "二科" / "重报.docx")
    (folder / "坏.docx").write_bytes(first.read_bytes()[:4000])
    (folder / "README.md").write_text("说明", "utf-8")
    (folder / "链接.docx").symlink_to(first)
    return folder


@pytest.fixture(scope="module")
def decided(submitted: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A store in which one form is decided and signed."""
    store = open_store(tmp_path_factory.mktemp("库") / "review.sqlite")
    (one,) = audit(next(submitted.glob("02_*")))
    found = [each for each in carry(one, store) if each.finding and each.finding.severity is Severity.ERROR]
    store.record([Change(each.subject, Field.RULING, "", "accepted") for each in found], "张三")
    sign(one, store, "编制", "张三")
    return store.name


@pytest.fixture(scope="module")
def alone(submitted: Path, decided: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The run on one machine."""
    out = tmp_path_factory.mktemp("一台")
    batch.run(submitted, 2021, out, store=decided)
    return out


def left(out: Path) -> dict[str, bytes]:
    """Every file that a run left, its notes for the next run too, without the times that it took."""
    found = {path.relative_to(out).as_posix(): path.read_bytes() for path in out.rglob("*") if path.is_file()}
    for name, data in list(found.items()):
        if name == "status.csv":
            lines = csv.DictReader(data.decode("utf-8-sig").splitlines())
            found[name] = repr([row | {"seconds": ""} for row in lines]).encode()
        elif name == "manifest.json":
            told = json.loads(data)
            del told["outputs"]["status.csv"]
            found[name] = json.dumps(told).encode()
        elif name.startswith(".auditkit/done/"):
            told = json.loads(data) | {"seconds": 0}
            told["files"].pop("status.csv", None)
            found[name] = json.dumps(told).encode()
        elif name.startswith(".auditkit/runs/"):
            found[".auditkit/run"] = json.dumps(json.loads(found.pop(name)) | {"id": "", "seconds": 0}).encode()
    del found[".auditkit/lock"]
    return found


@pytest.mark.usefixtures("_cache_of_this_test")
def test_a_cluster_leaves_what_one_machine_does_byte_for_byte(submitted, decided, alone, dask, tmp_path):
    out, told = tmp_path / "out", []
    result = run(
        submitted,
        2021,
        out,
        store=decided,
        scheduler=dask.scheduler_address,
        progress=lambda *step: told.append(step),
    )
    there, here = left(out), left(alone)
    assert there.keys() == here.keys()
    assert not [name for name in here if there[name] != here[name]]
    for kind in (".html", ".ipynb", ".pdf", "/memo.docx", "/review.xlsx", "/decisions.json", "across.json"):
        assert any(name.endswith(kind) for name in here)
    assert {"memo.docx", "review.xlsx", "year_report.pdf", "decisions.json", ".auditkit/run"} <= here.keys()
    assert all(rows(out).values())
    assert statuses(out) == statuses(alone)
    assert [step[1:] for step in told] == [(n, len(told)) for n in range(1, len(told) + 1)]
    assert len(told) == len(result.files)
    assert result.failed == 1
    written = {name for name in there if not name.startswith(".auditkit/")} - {"manifest.json"}
    assert written == {*json.loads((out / "manifest.json").read_bytes())["outputs"]}
    made = {path: path.stat().st_mtime_ns for path in out.rglob("*.html")}
    again = run(submitted, 2021, out, store=decided, jobs=1)
    assert again.made == 0  # what was made there is known again here
    assert {path: path.stat().st_mtime_ns for path in out.rglob("*.html")} == made


@pytest.mark.usefixtures("_no_notebook", "_cache_of_this_test")
def test_a_worker_that_is_lost_costs_no_form_and_doubles_none(dask, tmp_path, monkeypatch):
    folder = forms(tmp_path / "in", 24)
    run(folder, 2022, tmp_path / "one", formats=())
    monkeypatch.setenv("AUDITKIT_CACHE", str(tmp_path / "another"))
    killed: list[int] = []
    at_work: list[int] = []

    def kill_one(name: str, done: int, total: int) -> None:
        if done == 5:
            from distributed import Client

            with Client(dask.scheduler_address, set_as_default=False) as client:
                pids = client.run(os.getpid)
                worker, batches = max(client.processing().items(), key=lambda one: len(one[1]))
            killed.append(pids[worker])
            at_work.append(len(batches))
            os.kill(killed[0], signal.SIGKILL)

    address = dask.scheduler_address
    result = run(
        folder, 2022, tmp_path / "two", progress=kill_one, formats=(), scheduler=address, function=audit_slowly
    )
    assert len(killed) == 1
    assert at_work[0] > 0
    assert not Path(f"/proc/{killed[0]}/cmdline").exists()
    assert not result.failed
    assert len(result.forms) == 24
    assert rows(tmp_path / "two") == rows(tmp_path / "one")


@pytest.mark.usefixtures("_no_notebook", "_cache_of_this_test")
def test_a_poison_form_is_refused_by_name_and_takes_no_innocent_with_it(dask, tmp_path):
    folder = forms(tmp_path / "in", 20)
    (folder / f"07{MARK}.txt").write_text(SPECIMEN, "utf-8")
    workers = _workers(dask)
    address = dask.scheduler_address
    result = run(folder, 2022, tmp_path / "out", formats=(), scheduler=address, function=audit_or_die)
    assert {row.file: row.status for row in result.files if row.status != "ok"} == {f"07{MARK}.txt": "refused"}
    (bad,) = [row for row in table(tmp_path / "out/status.csv") if row["status"] == "refused"]
    assert "2 次异常中止（SIGKILL）" in bad["message"]
    assert len(result.forms) == 20
    assert _workers(dask) == workers  # none of them was lost
    assert not [
        child for pid in workers for child in psutil.Process(pid).children() if "server" in " ".join(child.cmdline())
    ]


def _workers(dask) -> set[int]:
    from distributed import Client

    with Client(dask.scheduler_address, set_as_default=False) as client:
        return set(client.run(os.getpid).values())


@pytest.mark.usefixtures("_no_notebook")
@pytest.mark.parametrize("scheduler", ["dask", "local"])
def test_inputs_and_outputs_may_be_anywhere(submitted, alone, request, scheduler):
    address = request.getfixturevalue("dask").scheduler_address if scheduler == "dask" else scheduler
    source, target = folder_at(f"memory://in-{scheduler}"), folder_at(f"memory://out-{scheduler}")
    for path in submitted.rglob("*"):
        if path.is_file() and not path.is_symlink():
            source.write(path.relative_to(submitted).as_posix(), path.read_bytes())
    result = run(source.address, 2021, target.address, formats=(), scheduler=address)
    told = {row["file"]: row["status"] for row in table(alone / "status.csv")}
    assert {row.file: row.status for row in result.files} == {k: v for k, v in told.items() if k != "链接.docx"}
    assert json.loads(target.read("dataset/year.json")) == json.loads((alone / "dataset/year.json").read_bytes())
    assert {name for name in target.names("dataset") if "/files/" not in name} == {
        path.relative_to(alone).as_posix()
        for path in (alone / "dataset").rglob("*")
        if path.is_file() and "/files/" not in path.as_posix()
    }
    again = run(f"file://{submitted}", 2021, target.address, formats=())
    assert len(again.forms) == len(result.forms)
    assert again.made == 0


class Nas(LocalFileSystem):
    """A store that every machine reaches, as far as the run can tell."""

    protocol = "nas"

    @classmethod
    def _strip_protocol(cls, path: str) -> str:
        return super()._strip_protocol(str(path).removeprefix("nas://"))

    def unstrip_protocol(self, name: str) -> str:
        return f"nas://{name}"


@pytest.mark.usefixtures("_no_notebook")
def test_what_every_machine_reaches_is_read_by_the_workers(tmp_path, monkeypatch):
    fsspec.register_implementation("nas", Nas, clobber=True)
    folder = forms(tmp_path / "in", 2)
    (folder / "大.txt").write_bytes(b"x" * 2_000_000)
    sent: list[InputFile] = []

    def spied(pools, settings, file):
        sent.append(file)
        return read_input(pools, settings, file)

    monkeypatch.setattr(batch, "read_input", spied)
    limits = replace(chosen_limits(), file=1_000_000)
    pools = WorkerPools(1, limits)
    monkeypatch.setattr(batch, "executor", lambda *_: elsewhere(pools))
    result = run(f"nas://{folder}", 2022, f"nas://{tmp_path}/out", limits=limits, formats=())
    assert [(one.file, one.status) for one in result.files] == [
        ("00.txt", "ok"),
        ("01.txt", "ok"),
        ("大.txt", "refused"),
    ]
    assert [(one.path, one.content, one.address) for one in sent[:1]] == [(None, b"", f"nas://{folder}/00.txt")]
    assert (tmp_path / "out/dataset/year.json").is_file()
    (folder / "00.txt").unlink()
    gone = read_input(pools, RunSettings("mof-2020", load_rulebook(), limits), sent[0])
    assert gone.row.status == "error"
    assert "无法打开" in gone.row.message
    pools.close()


@contextmanager
def elsewhere(pools: WorkerPools) -> Iterator[executors.Executor]:
    """A worker to which no path of this machine leads, as far as the run can tell."""

    def submit(work, *given):
        future = Future()
        future.set_result(work(pools, *given))
        return future

    yield executors.Executor(submit, 1, pools, remote=True)


@pytest.mark.usefixtures("_no_notebook")
def test_reports_of_projects_are_made_where_formats_ask(tmp_path):
    folder = forms(tmp_path / "in", 1)
    result = run(folder, 2022, tmp_path / "out", formats=("html", "docx"))
    assert [one.folder[:4] for one in result.forms] == ["001_"]
    for one in result.forms:
        made = {path.name for path in (tmp_path / "out/projects" / one.folder).iterdir()}
        assert made == {"audit.html", "audit.ipynb", "audit.json", "memo.docx", "review.json"}
        assert f'href="projects/{one.folder}/audit.html"' in (tmp_path / "out/index.html").read_text("utf-8")


@pytest.mark.usefixtures("_no_notebook", "_cache_of_this_test")
def test_what_was_audited_once_is_not_sent_again(tmp_path, monkeypatch):
    folder = forms(tmp_path / "in", 3)
    first = run(folder, 2022, tmp_path / "out", formats=())

    def none_is_sent(*_):
        raise AssertionError

    monkeypatch.setattr(batch, "read_input", none_is_sent)
    assert run(folder, 2022, tmp_path / "out", formats=()).forms == first.forms


class Gone(Exception):
    pass


def lost_future() -> Future:
    future = Future()
    future.set_exception(Gone())
    return future


@pytest.mark.usefixtures("_no_notebook", "_cache_of_this_test")
def test_work_of_a_cluster_that_is_lost_for_good_is_told_by_name(tmp_path, monkeypatch):
    """Files or reports that cannot be had are sent once more, and then told of one by one."""
    folder, sent = forms(tmp_path / "in", 2), []

    @contextmanager
    def lost(*_):
        with WorkerPools(1, chosen_limits()) as pools:
            yield executors.Executor(
                lambda *given: sent.append(given) or lost_future(), 1, pools, remote=True, lost=(Gone,)
            )

    with monkeypatch.context() as patch:
        patch.setattr(batch, "executor", lost)
        result = run(folder, 2022, tmp_path / "out", formats=("html",))
    assert [work.__name__ for work, *_ in sent] == ["read_input"] * 4
    assert [(one.file, one.status) for one in result.files] == [("00.txt", "error"), ("01.txt", "error")]
    assert all("屡次失去联系" in one.message for one in result.files)
    run(folder, 2022, tmp_path / "out", formats=())  # which keeps the audits
    sent.clear()
    monkeypatch.setattr(batch, "executor", lost)
    result = run(folder, 2022, tmp_path / "out", formats=("html",))
    assert [work.__name__ for work, *_ in sent] == ["report_forms"] * 4
    assert all("屡次失去联系" in one.failure for one in result.forms)
    assert len(list((tmp_path / "out").glob("projects/*/failure.html"))) == 2


def test_a_worker_of_another_version_is_told():
    settings = RunSettings("mof-2020", load_rulebook(), chosen_limits())
    with pytest.raises(Unreadable, match="版本不同"):
        executors._at_work("another", read_input, settings, InputFile("a", "a"))


def test_without_dask_the_extra_is_named(monkeypatch, tmp_path, capsys):
    monkeypatch.setitem(sys.modules, "distributed", None)
    folder = forms(tmp_path / "in", 1)
    with pytest.raises(SystemExit) as ended:
        main(["run", str(folder), "--year", "2022", "--out", str(tmp_path / "out"), "--scheduler", "tcp://x:1"])
    assert ended.value.code not in (0, None)
    assert "auditkit[cluster]" in capsys.readouterr().err


@pytest.mark.parametrize("address", ["rubbish", "tcp://:x", "tls://h:1", "nope://h:1"])
def test_what_is_no_address_of_a_scheduler_is_told_before_any_client_is_made(address, monkeypatch):
    """A client that fails over it fails once more as Python ends, with a traceback."""
    monkeypatch.setattr("distributed.Client", None)
    with pytest.raises(NoScheduler), executors.executor(address, 1, chosen_limits()):
        pass


@pytest.mark.parametrize("address", ["memory://out", "s3://bucket/out"])
def test_an_address_without_a_scheduler_is_bad_usage(address, tmp_path, capsys):
    folder = forms(tmp_path / "in", 1)
    with pytest.raises(SystemExit) as ended:
        main(["run", str(folder), "--year", "2022", "--out", address])
    assert ended.value.code == 2
    assert "--scheduler" in capsys.readouterr().err


def test_an_address_that_cannot_be_opened_is_told():
    with pytest.raises(Unreadable, match="地址"):
        folder_at("nowhere://x")


def test_the_command_line_takes_a_scheduler(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(outputs, "write_year", lambda *_: "")
    folder = forms(tmp_path / "in", 2)
    (folder / "坏.docx").write_bytes(b"PK\3\4")
    with pytest.raises(SystemExit) as ended:
        main(["run", str(folder), "--year", "2022", "--out", f"file://{tmp_path}/out", "--scheduler", "local"])
    assert ended.value.code == 3
    assert "index.html" in capsys.readouterr().out
    assert [row["status"] for row in table(tmp_path / "out/status.csv")] == ["ok", "ok", "error"]
