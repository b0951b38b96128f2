"""What stood before a run stands after it, unless something better took its place."""

from __future__ import annotations

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from auditkit import resources
from auditkit.cli.app import main
from auditkit.decisions.store import open_store
from auditkit.decisions.subject import Change, Field
from auditkit.decisions.worklist import scored_items
from auditkit.errors.files import StillChanging
from auditkit.errors.runs import InputsMissing, LeadsElsewhere, NoInputs
from auditkit.pipeline import audit
from auditkit.run import batch, inputs, results
from auditkit.run.earlier import beijing_time, earlier_run
from auditkit.run.inputs import InputFile
from auditkit.run.storage import LocalFolder
from auditkit.safety import LIMITS

SPECIMEN = (resources.data() / "specimen.txt").read_text("utf-8")
PROJECT = "农村饮水安全巩固提升"


def forms(folder: Path, number: int) -> Path:
    folder.mkdir()
    for one in range(number):
        (folder / f"{one}.txt").write_text(SPECIMEN.replace(PROJECT, f"{PROJECT}{one}"), "utf-8")
    return folder


def run(folder: Path, out: Path, **more: object) -> batch.RunResult:
    return batch.run(folder, 2022, out, formats=["html"], **more)


def status(out: Path) -> dict[str, dict[str, str]]:
    return {row["file"]: row for row in csv.DictReader((out / "status.csv").read_text("utf-8-sig").splitlines())}


def tree(out: Path) -> dict[str, bytes]:
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in out.rglob("*") if path.is_file()}


@pytest.fixture
def made(tmp_path: Path) -> tuple[Path, Path]:
    folder = forms(tmp_path / "in", 3)
    run(folder, tmp_path / "out")
    return folder, tmp_path / "out"


def ended(*arguments: object) -> int:
    with pytest.raises(SystemExit) as end:
        main([*map(str, arguments)])
    return end.value.code


def test_a_folder_that_is_empty_or_lost_most_of_its_files_changes_nothing(made: tuple[Path, Path], tmp_path: Path):
    folder, out = made
    before, command = tree(out), ("run", folder, "--year", 2022, "--out", out, "--format", "html")
    aside = tmp_path / "aside"
    aside.mkdir()
    for name in ("0.txt", "1.txt"):
        (folder / name).rename(aside / name)
    assert ended(*command) == 4
    assert ended(*command, "--dry-run") == 4
    (folder / "2.txt").rename(aside / "2.txt")
    assert ended(*command, "--max-missing", 1) == 4
    with pytest.raises(NoInputs):
        run(folder, tmp_path / "new")
    assert not (tmp_path / "new").exists()
    assert tree(out) == before

    (aside / "0.txt").rename(folder / "0.txt")
    with pytest.raises(InputsMissing) as stopped:
        run(folder, out)
    assert "3 个文件中有 2 个不在了" in stopped.value.zh
    assert len(run(folder, out, most_missing=1).forms) == 1  # withdrawn, as the person says
    assert len(list((out / "projects").iterdir())) == 1


def test_less_than_half_may_go(made: tuple[Path, Path]):
    folder, out = made
    (folder / "0.txt").unlink()
    assert len(run(folder, out).forms) == 2
    assert not list((out / "projects").glob("*项目0_*"))


def test_a_file_that_fails_keeps_its_report_and_the_page_says_of_which_run(made: tuple[Path, Path]):
    folder, out = made
    first, good = earlier_run(LocalFolder(out)), (folder / "1.txt").read_bytes()
    (page,) = (out / "projects").glob(f"*{PROJECT}1_*/audit.html")
    name, content = page.relative_to(out).as_posix(), page.read_bytes()
    (folder / "1.txt").write_bytes(b"")
    for _ in range(2):  # the run after the next knows it as well
        assert run(folder, out).failed == 1
        row = status(out)["1.txt"]
        assert (row["status"], row["forms"]) == ("error", "0")
        assert f"此前的报告（{beijing_time(first.run)} 开始的那次运行）仍保留：{name}" in row["message"]
        assert page.read_bytes() == content
        assert f'<a href="{name}">此前的报告</a>' in (out / "index.html").read_text("utf-8")
        manifest = json.loads((out / "manifest.json").read_text("utf-8"))
        assert manifest["kept"] == {"1.txt": first.run}
        assert name in manifest["outputs"]
    assert ended("verify", out) == 0
    (folder / "1.txt").write_bytes(good)
    assert run(folder, out).failed == 0
    assert "kept" not in json.loads((out / "manifest.json").read_text("utf-8"))
    assert len(list((out / "projects").iterdir())) == 3


def test_a_form_whose_report_fails_keeps_the_one_that_stands(made: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch):
    folder, out = made
    (page,) = (out / "projects").glob(f"*{PROJECT}1_*/audit.html")
    (folder / "1.txt").write_text((folder / "1.txt").read_text("utf-8") + "\n注：另附。\n", "utf-8")
    content = page.read_bytes()

    def broken(pools, settings, tasks):
        from auditkit.notebook.project_report import ProjectReport

        return [ProjectReport(failure="坏了") for _ in tasks]

    monkeypatch.setattr(results, "report_forms", broken)
    assert run(folder, out).failed == 1
    assert page.read_bytes() == content
    assert (page.parent / "failure.html").is_file()
    assert "此前的报告" in status(out)["1.txt"]["message"]


def test_reports_of_a_version_that_did_not_note_them_are_found_by_their_audits(made: tuple[Path, Path]):
    folder, out = made
    manifest = json.loads((out / "manifest.json").read_text("utf-8"))
    noted = {name: tuple(folders) for name, folders in manifest.pop("reports").items()}
    (out / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False), "utf-8")
    assert earlier_run(LocalFolder(out)).reports == noted
    (folder / "2.txt").write_bytes(b"")
    run(folder, out)
    assert len(list((out / "projects").iterdir())) == 3


@pytest.mark.parametrize("where", [".", "报告", "科室/报告"])
def test_what_a_run_wrote_into_its_input_folder_is_no_input(tmp_path: Path, where: str):
    folder = forms(tmp_path / "in", 2)
    out = folder / where
    for _ in range(2):
        assert [row.file for row in run(folder, out).files] == ["0.txt", "1.txt"]
    if where == ".":
        files = {row.file: row for row in run(folder, tmp_path / "other").files}
        assert [*files] == ["0.txt", "1.txt"]
        return
    out.rename(out.with_name("改名"))
    files = {row.file: row for row in run(folder, tmp_path / "other").files}
    own = out.with_name("改名").relative_to(folder).as_posix()
    assert {name: row.status for name, row in files.items()} == {"0.txt": "ok", "1.txt": "ok", own: "skipped"}
    assert "报告文件夹" in files[own].message


def test_a_run_that_was_killed_at_once_is_known_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    folder = forms(tmp_path / "in", 2)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("auditkit.run.outputs.YearOutputs._write_entry", killed)
    with pytest.raises(KeyboardInterrupt):
        run(folder, folder)
    monkeypatch.undo()
    assert (folder / "findings.csv").is_file()
    assert [row.file for row in run(folder, folder).files] == ["0.txt", "1.txt"]


def test_a_file_that_is_replaced_while_it_is_read_is_read_again_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path, opened = tmp_path / "0.txt", []
    path.write_text("before", "utf-8")
    file, real = InputFile("0.txt", "0.txt", path), inputs._opened

    def replaced(times: int):
        def open_it(one: InputFile):
            stream = real(one)
            opened.append(one)
            if len(opened) <= times:
                path.unlink()
                path.write_text(f"after {len(opened)}", "utf-8")
            return stream

        opened.clear()
        monkeypatch.setattr(inputs, "_opened", open_it)

    replaced(1)
    assert inputs.content_of(file, LIMITS) == b"after 1"
    replaced(2)
    with pytest.raises(StillChanging):
        inputs.content_of(file, LIMITS)


@pytest.mark.parametrize("decided", [False, True])
def test_a_store_that_does_not_answer_costs_decisions_only(tmp_path: Path, decided: bool):
    folder, out = forms(tmp_path / "in", 2), tmp_path / "out"
    run(folder, out)
    if decided:
        (one,) = audit(folder / "0.txt")
        item = scored_items(one)[0].task
        open_store(out / "review.sqlite").record([Change(item.subject, Field.NOTE, "", "已核对")], "张三")
        run(folder, out)
    pages = {path: path.read_bytes() for path in out.glob("projects/*/audit.html")}
    assert any("已核对" in page.decode() for page in pages.values()) is decided
    result = run(folder, out, store="postgresql://nobody@127.0.0.1:1/none")
    assert (len(result.forms), result.failed) == (2, 0)
    assert "连不上决定库" in result.faults[0]
    assert "连不上决定库" in (out / "summary.txt").read_text("utf-8")
    assert {path: path.read_bytes() for path in out.glob("projects/*/audit.html")} == pages


def test_a_hidden_folder_is_told(tmp_path: Path):
    folder = forms(tmp_path / "in", 1)
    (folder / ".旧").mkdir()
    shutil.copy(folder / "0.txt", folder / ".旧" / "0.txt")
    files = {row.file: row for row in run(folder, tmp_path / "out").files}
    assert files[".旧"].status == "skipped"
    assert "隐藏文件夹" in files[".旧"].message


@pytest.mark.skipif(os.name != "posix", reason="links need rights on Windows")
@pytest.mark.parametrize("name", ["projects", ".auditkit", ".auditkit/lock", ".auditkit/scratch", "dataset"])
def test_no_link_leads_out_of_the_output_folder(tmp_path: Path, name: str):
    folder, out, aside = forms(tmp_path / "in", 1), tmp_path / "out", tmp_path / "aside"
    aside.mkdir()
    (aside / "kept").write_text("own", "utf-8")
    (out / name).parent.mkdir(parents=True)
    (out / name).symlink_to(aside / "kept" if name.endswith("lock") else aside)
    with pytest.raises(LeadsElsewhere):
        run(folder, out)
    assert tree(aside) == {"kept": b"own"}


def test_only_its_own_unfinished_files_are_removed(made: tuple[Path, Path]):
    folder, out = made
    (out / ".auditkit-abc.part").write_bytes(b"half")
    (out / ".mine.part").write_bytes(b"a person's")
    run(folder, out)
    assert not (out / ".auditkit-abc.part").exists()
    assert (out / ".mine.part").read_bytes() == b"a person's"


def _is_a_file(out: Path) -> None:
    out.write_text("x", "utf-8")


def _is_inside_a_file(out: Path) -> None:
    out.parent.write_text("x", "utf-8")


def _has_a_folder_for_its_manifest(out: Path) -> None:
    (out / "manifest.json" / "x").mkdir(parents=True)


@pytest.mark.parametrize("prepare", [_is_a_file, _is_inside_a_file, _has_a_folder_for_its_manifest])
def test_an_output_folder_that_cannot_be_written_to_is_told(tmp_path: Path, prepare, capsys: pytest.CaptureFixture):
    folder, out = forms(tmp_path / "in", 1), tmp_path / "place" / "out"
    if prepare is not _is_inside_a_file:
        out.parent.mkdir()
    prepare(out)
    assert ended("run", folder, "--year", 2022, "--out", out) == 2
    assert "不能写入输出文件夹" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--out", ""), "路径为空"),
        (("--out", "x", "--store", "postgresql://h:rubbish/x"), "不是数据库地址"),
        (("--out", "x", "--store", "postgresql://h:99999/x"), "不是数据库地址"),
        (("--out", "x", "--store", "mysql://h/x"), "不是数据库地址"),
        (("--out", "x", "--jobs", "100000"), "--jobs"),
        (("--out", "x", "--limit", "seconds=999999999999999"), "限额过大"),
        (("--out", "x", "--rulebook", "rb.toml"), "off[0]"),
    ],
)
def test_what_cannot_be_is_refused_before_any_file_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture, more: tuple[str, ...], said: str
):
    folder = forms(tmp_path / "in", 1)
    monkeypatch.chdir(tmp_path)
    lines = 'name = "x"', 'extends = "mof-2020"', 'title = "甲"', 'title_en = "x"', 'version = "1"', 'off = ["NOPE1"]'
    Path("rb.toml").write_text("\n".join(lines), "utf-8")
    assert ended("run", folder, "--year", 2022, *more) == 2
    assert said in capsys.readouterr().err
    assert {path.name for path in tmp_path.rglob("*")} <= {"0.txt", "in", "rb.toml", "x", ".auditkit", "lock"}


def test_an_empty_path_is_not_this_folder(capsys: pytest.CaptureFixture):
    paper = "import-review", ""
    for command in (("audit", ""), ("run", "", "--year", 2022, "--out", "x"), ("verify", ""), ("runs", ""), paper):
        assert ended(*command) == 2
        said = capsys.readouterr().err
        assert "路径为空" in said or command is paper


def test_what_is_not_there_is_named(tmp_path: Path, capsys: pytest.CaptureFixture):
    for command in ("runs", "import-review", "verify"):
        assert ended(command, tmp_path / "nosuch") == 2
        assert "nosuch" in capsys.readouterr().err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("arguments", [("audit", "{}"), ("audit", "{}", "--json"), ("rules",), ("show", "{}")])
def test_an_output_that_takes_nothing_is_told(arguments: tuple[str, ...]):
    command = [argument.format(resources.data() / "specimen.txt") for argument in arguments]
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "auditkit", *command], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert done.returncode == 3
    assert "系统未能完成" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a shell and /dev/full")
@pytest.mark.parametrize(
    ("shell", "status"),
    [
        ('exec "$@" --version >&-', 0),
        ('exec "$@" audit nosuch <&- >&- 2>&-', 2),
        ('exec "$@" audit nosuch 2>/dev/full', 2),
        ('set -o pipefail; "$@" rules | :', 3),
    ],
)
def test_a_stream_that_is_closed_or_full_changes_no_status(shell: str, status: int):
    command = [sys.executable, "-m", "auditkit"]
    done = subprocess.run(["bash", "-c", shell, "bash", *command], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (status, "")


def test_who_ends_a_command_while_it_is_loaded_reads_one_sentence(tmp_path: Path):
    (tmp_path / "typer.py").write_text("raise KeyboardInterrupt", "utf-8")
    environment = os.environ | {"PYTHONPATH": str(tmp_path), "PYTHONUTF8": "1"}
    command = [sys.executable, "-m", "auditkit", "--version"]
    done = subprocess.run(command, env=environment, capture_output=True, encoding="utf-8", check=False)
    assert (done.returncode, done.stderr.count("\n")) == (130, 1)
    assert done.stderr.startswith("auditkit：已按要求中断")


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_a_person_who_ends_a_run_reads_one_sentence(tmp_path: Path):
    folder = forms(tmp_path / "in", 6)
    command = [sys.executable, "-m", "auditkit", "run", str(folder), "--year", "2022", "--out", str(tmp_path / "out")]
    ran = subprocess.Popen(
        command,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    while not (tmp_path / "out" / ".auditkit" / "lock").exists():
        assert ran.poll() is None
        time.sleep(0.01)
    ran.send_signal(signal.SIGINT)
    _, said = ran.communicate()
    assert ran.returncode == 130
    assert said.strip().splitlines()[-1].startswith("auditkit：已按要求中断")
    assert "Traceback" not in said
