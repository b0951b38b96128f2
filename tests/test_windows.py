"""What README and `deploy/*.cmd` promise of Windows, as far as a machine without it can show: see `tests/windows`."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from auditkit import resources
from auditkit.pipeline import audit

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="takes from Linux what Windows lacks")
LACKING = Path(__file__).parent / "windows"
SPECIMEN = resources.data() / "specimen.docx"


def python(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Python as it would be on Windows."""
    path = os.pathsep.join([str(LACKING), os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep)
    command = [sys.executable, *map(str, arguments)]
    environment = os.environ | {"PYTHONPATH": path, "PYTHONUTF8": "1"}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def auditkit(*arguments: object) -> tuple[int, str]:
    done = python("-m", "auditkit", *arguments)
    assert "Traceback" not in done.stdout + done.stderr
    return done.returncode, done.stdout + done.stderr


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A run over a good form and a damaged one."""
    folder, out = tmp_path_factory.mktemp("in"), tmp_path_factory.mktemp("place") / "out"
    shutil.copy(SPECIMEN, folder / "甲 乙.docx")
    (folder / "坏.docx").write_bytes(b"PK damaged")
    code, said = auditkit("run", folder, "--year", 2022, "--out", out)
    assert code == 3, said
    assert "1 个文件未能审核" in said
    return folder, out


def test_the_program_sees_windows():
    seen = "FORKS, os.name, sys.platform, hasattr(os, 'fork')"
    program = f"from auditkit.sandbox import process; print(*eval({seen!r}, vars(process)))"
    assert python("-c", program).stdout.split() == ["False", "nt", "win32", "False"]


def test_a_run_writes_every_report(made: tuple[Path, Path]):
    folder, out = made
    rows = {row["file"]: row for row in csv.DictReader((out / "status.csv").read_text("utf-8-sig").splitlines())}
    assert {name: row["status"] for name, row in rows.items()} == {"甲 乙.docx": "ok", "坏.docx": "error"}
    (project,) = (out / "projects").iterdir()
    names = {path.name for path in project.iterdir()}
    assert names >= {"audit.html", "audit.ipynb", "audit.json", "audit.pdf", "memo.docx", "review.xlsx"}
    assert (out / "year_report.html").is_file()
    told, (one,) = json.loads((project / "audit.json").read_text("utf-8")), audit(folder / "甲 乙.docx")
    assert told["findings"] == one.as_json()["findings"]


def test_the_same_run_again_makes_nothing_and_verifies(made: tuple[Path, Path]):
    folder, out = made
    pages = {path: path.stat().st_mtime_ns for path in out.glob("projects/*/*")}
    code, said = auditkit("run", folder, "--year", 2022, "--out", out)
    assert (code, "1 张的报告未变" in said) == (3, True)
    assert {path: path.stat().st_mtime_ns for path in out.glob("projects/*/*")} == pages
    assert auditkit("verify", out, "--forms", folder)[0] == 0
    assert auditkit("runs", out)[1].count("mof-2020") == 2


def test_a_file_that_is_damaged_costs_only_itself(made: tuple[Path, Path]):
    folder, _ = made
    assert auditkit("show", folder / "甲 乙.docx")[0] == 0
    assert auditkit("show", folder / "坏.docx")[0] == 3
    code, said = auditkit("audit", folder, "--json")
    assert code == 3
    assert [Path(one["source"]).name for one in json.loads(said)["audits"]] == ["甲 乙.docx"]


def test_one_that_takes_too_long_is_ended_by_the_clock():
    """The server itself does the work, and is started anew for the file behind."""
    program = f"""if True:
        import time
        from pathlib import Path
        from auditkit.pipeline import audit_file
        from auditkit.safety import Limits
        from auditkit.sandbox.process import Ended, SandboxProcess
        with SandboxProcess() as child:
            try:
                child.run(Limits(seconds=0.5, patience=1), time.sleep, 10**6)
            except Ended as end:
                print(end.how)
            print(len(child.call(audit_file, Path({str(SPECIMEN)!r}), None, Limits()).audits))
    """
    assert python("-c", program).stdout.split() == ["stalled", "1"]


def test_two_runs_exclude_each_other(made: tuple[Path, Path]):
    folder, out = made
    program = f"""if True:
        import subprocess, sys
        from pathlib import Path
        from auditkit.run.storage import locked
        with locked(Path({str(out)!r})):
            command = ["-m", "auditkit", "run", {str(folder)!r}, "--year", "2022", "--out", {str(out)!r}]
            print(subprocess.run([sys.executable, *command], stderr=subprocess.DEVNULL).returncode)
    """
    assert python("-c", program).stdout.split() == ["2"]


def test_what_a_person_has_open_is_told_and_costs_nothing_else(made: tuple[Path, Path], tmp_path: Path):
    folder, out = made
    shutil.copytree(out, mine := tmp_path / "out")
    shutil.copytree(folder, forms := tmp_path / "in")
    (forms / "又一份.docx").write_bytes(b"PK damaged")
    before = (mine / "status.csv").read_bytes()
    program = f"""if True:
        from auditkit.cli.app import main
        with open({str(mine / "status.csv")!r}):
            main(["run", {str(forms)!r}, "--year", "2022", "--out", {str(mine)!r}])
    """
    done = python("-c", program)
    assert (done.returncode, "没有更新" in done.stderr, "Traceback" in done.stderr) == (3, True, False)
    assert (mine / "status.csv").read_bytes() == before
    assert "又一份.docx" in (mine / "index.html").read_text("utf-8")
    assert auditkit("verify", mine)[0] == 0
