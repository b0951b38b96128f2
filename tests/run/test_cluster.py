"""A run beyond one machine: the same rows as on one, whatever is lost on the way."""

from __future__ import annotations

import csv
import json
import os
import shutil
import signal
import sys
import time
from dataclasses import replace
from pathlib import Path

import fsspec
import psutil
import pytest
from fsspec.implementations.local import LocalFileSystem
from poison import MARK, audit_or_die, audit_slowly

from auditkit import resources
from auditkit.cli.app import main
from auditkit.pipeline import TOGETHER, across_forms, audit
from auditkit.report.year.dataset import TABLES
from auditkit.report.year.dataset_files import rows_in
from auditkit.rulebooks.loader import load_rulebook
from auditkit.run import batch, cluster
from auditkit.run import executors as hired
from auditkit.run.cluster import Shelf, run_on
from auditkit.run.inputs import fingerprint
from auditkit.run.storage import place
from auditkit.run.worker import Item, Order, take_batch
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
    monkeypatch.setattr(cluster, "write_year", lambda *_: "")


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
def alone(submitted: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The run on one machine."""
    out = tmp_path_factory.mktemp("一台")
    batch.run(submitted, 2021, out, formats=())
    return out


@pytest.mark.usefixtures("_cache_of_this_test")
def test_a_cluster_leaves_the_rows_that_one_machine_does(submitted, alone, dask, tmp_path):
    told: list[tuple[str, int, int]] = []
    result = run_on(dask.scheduler_address, submitted, 2021, tmp_path / "out", progress=lambda *step: told.append(step))
    out = tmp_path / "out"
    assert rows(out, ("folder",)) == rows(alone, ("folder",))
    assert all(rows(out).values())
    assert statuses(out) == statuses(alone)
    assert (out / "across.json").read_bytes() == (alone / "across.json").read_bytes()
    assert [step[1:] for step in told] == [(n, len(told)) for n in range(1, len(told) + 1)]
    assert result.failed == 1
    manifests = [json.loads((one / "manifest.json").read_text("utf-8")) for one in (out, alone)]
    assert manifests[0]["inputs"] == manifests[1]["inputs"]
    written = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}
    assert {name for name in written if not name.startswith(".auditkit/")} - {"manifest.json"} == {
        *manifests[0]["outputs"]
    }
    assert "year_report.html" in written
    pages = [(one / "year_report.ipynb").read_text("utf-8") for one in (out, alone)]
    assert pages[0] == pages[1]


@pytest.mark.usefixtures("_no_notebook", "_cache_of_this_test")
def test_a_worker_that_is_lost_costs_no_form_and_doubles_none(dask, tmp_path, monkeypatch):
    monkeypatch.setattr(cluster, "FILES", 2)
    folder = forms(tmp_path / "in", 24)
    run_on("local", folder, 2022, tmp_path / "one")
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

    result = run_on(dask.scheduler_address, folder, 2022, tmp_path / "two", progress=kill_one, function=audit_slowly)
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
    result = run_on(dask.scheduler_address, folder, 2022, tmp_path / "out", function=audit_or_die)
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
    source, target = place(f"memory://in-{scheduler}"), place(f"memory://out-{scheduler}")
    for path in submitted.rglob("*"):
        if path.is_file() and not path.is_symlink():
            source.write(path.relative_to(submitted).as_posix(), path.read_bytes())
    result = run_on(address, source.address, 2021, target.address)
    told = {row["file"]: row["status"] for row in table(alone / "status.csv")}
    assert {row.file: row.status for row in result.files} == {k: v for k, v in told.items() if k != "链接.docx"}
    assert json.loads(target.read("dataset/year.json")) == json.loads((alone / "dataset/year.json").read_bytes())
    assert {name for name in target.names("dataset") if "/files/" not in name} == {
        path.relative_to(alone).as_posix()
        for path in (alone / "dataset").rglob("*")
        if path.is_file() and "/files/" not in path.as_posix()
    }
    again = run_on("local", f"file://{submitted}", 2021, target.address)
    assert len(again.forms) == len(result.forms)


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
    sent: list[Item] = []
    monkeypatch.setattr(hired, "take_batch", lambda order, items: sent.extend(items) or take_batch(order, items))
    limits = replace(chosen_limits(), file=1_000_000)
    result = run_on("local", f"nas://{folder}", 2022, f"nas://{tmp_path}/out", limits=limits)
    assert [(one.file, one.status) for one in result.files] == [
        ("00.txt", "ok"),
        ("01.txt", "ok"),
        ("大.txt", "refused"),
    ]
    assert [(one.content, one.address) for one in sent[:1]] == [(b"", f"nas://{folder}/00.txt")]
    assert (tmp_path / "out/dataset/year.json").is_file()
    (folder / "00.txt").unlink()
    gone = take_batch(Order(load_rulebook(), "mof-2020", limits), sent[:1])[0].intake.row
    assert gone.status == "error"
    assert "无法打开" in gone.message


@pytest.mark.usefixtures("_no_notebook")
def test_reports_of_projects_are_made_where_formats_ask(tmp_path):
    folder = forms(tmp_path / "in", 1)
    result = run_on("local", folder, 2022, tmp_path / "out", formats=("html", "docx"))
    assert [one.folder[:4] for one in result.forms] == ["001_"]
    for one in result.forms:
        made = {path.name for path in (tmp_path / "out/projects" / one.folder).iterdir()}
        assert made == {"audit.html", "audit.ipynb", "audit.json", "memo.docx", "review.json"}
        assert f'href="projects/{one.folder}/audit.html"' in (tmp_path / "out/index.html").read_text("utf-8")


@pytest.mark.usefixtures("_no_notebook", "_cache_of_this_test")
def test_what_was_audited_once_is_not_sent_again(tmp_path, monkeypatch):
    folder = forms(tmp_path / "in", 3)
    first = run_on("local", folder, 2022, tmp_path / "out")

    def none_is_sent(*_):
        raise AssertionError

    monkeypatch.setattr(hired, "take_batch", none_is_sent)
    assert run_on("local", folder, 2022, tmp_path / "out").forms == first.forms


def test_batches_of_a_cluster_that_is_lost_for_good_are_told_by_name(tmp_path):
    class Gone(Exception):
        pass

    class Future:
        def result(self):
            raise Gone

    sent = []
    workers = hired.Executor(lambda *given: sent.append(given) or Future(), 1, (Gone,))
    items = [Item("二科/甲.docx", "甲.docx", b"x")]
    (taken,) = workers.in_order(Order(load_rulebook(), "mof-2020", chosen_limits()), [items])
    assert len(sent) == 2
    assert (taken.intake.row.file, taken.intake.row.status) == ("二科/甲.docx", "error")
    assert "屡次失去联系" in taken.intake.row.message


def test_a_worker_of_another_version_is_told():
    order = Order(load_rulebook(), "mof-2020", chosen_limits(), code="another")
    with pytest.raises(Unreadable, match="版本不同"):
        take_batch(order, [])


def test_without_dask_the_extra_is_named(monkeypatch, tmp_path, capsys):
    monkeypatch.setitem(sys.modules, "distributed", None)
    folder = forms(tmp_path / "in", 1)
    with pytest.raises(SystemExit) as ended:
        main(["run", str(folder), "--year", "2022", "--out", str(tmp_path / "out"), "--scheduler", "tcp://x:1"])
    assert ended.value.code not in (0, None)
    assert "auditkit[cluster]" in capsys.readouterr().err


@pytest.mark.parametrize("address", ["memory://out", "s3://bucket/out"])
def test_an_address_without_a_scheduler_is_bad_usage(address, tmp_path, capsys):
    folder = forms(tmp_path / "in", 1)
    with pytest.raises(SystemExit) as ended:
        main(["run", str(folder), "--year", "2022", "--out", address])
    assert ended.value.code == 2
    assert "--scheduler" in capsys.readouterr().err


def test_an_address_that_cannot_be_opened_is_told():
    with pytest.raises(Unreadable, match="地址"):
        place("nowhere://x")


def test_a_fingerprint_is_that_of_equal_forms():
    told = [one.form for path in sorted((resources.data() / "2021").glob("*.*")) for one in audit(path)]
    assert len(told) == 16
    for one in told:
        assert [fingerprint(one) == fingerprint(other) for other in told] == [one == other for other in told]
    assert len(set(map(fingerprint, told))) == 8


def test_the_shelf_gives_forms_back_in_order_and_in_groups(tmp_path, monkeypatch):
    told = [one.form for path in sorted((resources.data() / "2021").glob("*.docx")) for one in audit(path)]
    shelf = Shelf(tmp_path / "forms")
    for form in told:
        shelf.add(form)
    (group,) = shelf.groups()
    assert group == told
    assert across_forms(group, load_rulebook()) == across_forms(told, load_rulebook())
    monkeypatch.setattr(cluster, "TOGETHER", 3)
    groups = list(shelf.groups())
    assert sorted(map(len, groups)) == [2, 3, 3]
    assert sorted(fingerprint(one) for group in groups for one in group) == sorted(map(fingerprint, told))
    assert TOGETHER > 3


def test_the_command_line_takes_a_scheduler(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(cluster, "write_year", lambda *_: "")
    folder, began = forms(tmp_path / "in", 2), time.monotonic()
    (folder / "坏.docx").write_bytes(b"PK\3\4")
    with pytest.raises(SystemExit) as ended:
        main(["run", str(folder), "--year", "2022", "--out", f"file://{tmp_path}/out", "--scheduler", "local"])
    assert ended.value.code == 3
    assert "index.html" in capsys.readouterr().out
    assert [row["status"] for row in table(tmp_path / "out/status.csv")] == ["ok", "ok", "error"]
    assert time.monotonic() - began < 60
