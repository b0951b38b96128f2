from __future__ import annotations

import csv
import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from auditkit import resources
from auditkit.notebook.project_report import ReportTask, make_report
from auditkit.pipeline import Audit, audit
from auditkit.report import FileRow, FormRow
from auditkit.rulebooks.loader import load_rulebook
from auditkit.run import batch
from auditkit.run.inputs import InputFile
from auditkit.run.manifest import Ledger
from auditkit.run.reading import RunSettings, read_file, told_apart
from auditkit.run.results import settled
from auditkit.run.storage import STATE
from auditkit.safety import LIMITS

YEAR = resources.data() / "2021"


def seed(number: int) -> Path:
    return next(YEAR.glob(f"{number:02d}_*.docx"))


def table(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text("utf-8-sig").splitlines()))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[batch.RunResult, Path]:
    """A run over two forms, one of them twice, with what else lies about in such a folder."""
    folder, out = tmp_path_factory.mktemp("报送"), tmp_path_factory.mktemp("报告") / "2021"
    (folder / "二科").mkdir()
    shutil.copy(seed(2), folder / "甲.docx")
    shutil.copy(seed(8), folder / "二科" / "乙.docx")
    shutil.copy(seed(2), folder / "二科" / "甲（重报）.docx")
    (folder / "坏.docx").write_bytes(seed(2).read_bytes()[:4000])
    (folder / "空.docx").write_bytes(b"")
    (folder / "~$甲.docx").write_bytes(b"lock")
    (folder / "图.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(64))
    (folder / "README.md").write_text("# 说明", "utf-8")
    (folder / "链接.docx").symlink_to(seed(1))
    seen: list[tuple[str, int, int]] = []
    result = batch.run(folder, 2021, out, jobs=2, progress=lambda *step: seen.append(step))
    assert [step[1:] for step in seen] == [(number, 9) for number in range(1, 10)]
    assert {step[0] for step in seen} == {row.file for row in result.files}
    return result, out


def test_every_input_has_exactly_one_status(made):
    result, out = made
    rows = {row["file"]: row for row in table(out / "status.csv")}
    assert {name: row["status"] for name, row in rows.items()} == {
        "甲.docx": "ok",
        "二科/乙.docx": "ok",
        "二科/甲（重报）.docx": "skipped",
        "坏.docx": "error",
        "空.docx": "error",
        "图.png": "refused",
        "~$甲.docx": "skipped",
        "README.md": "skipped",
        "链接.docx": "skipped",
    }
    assert len(rows) == len(table(out / "status.csv"))
    assert "甲.docx 第 1 张" in rows["二科/甲（重报）.docx"]["message"]
    assert all(row["message"] for row in rows.values() if row["status"] != "ok")
    assert result.failed == 3


def test_each_form_has_its_reports_and_no_path_of_this_machine(made):
    result, out = made
    assert len(result.forms) == 2
    for row, line in zip(result.forms, table(out / "forms.csv"), strict=True):
        folder = out / "projects" / row.folder
        assert sorted(path.name for path in folder.iterdir()) == [
            *("audit.html", "audit.ipynb", "audit.json", "audit.pdf", "memo.docx", "review.json", "review.xlsx")
        ]
        told = json.loads((folder / "audit.json").read_text("utf-8"))
        assert told["source"] == row.file == line["file"]
        assert told["scorecard"]["verified"] == line["verified"]
        assert (out / line["audit"]).samefile(folder / "audit.json")
        text = (folder / "audit.ipynb").read_text("utf-8") + (folder / "audit.html").read_text("utf-8")
        assert "auditkit-" not in text
        assert str(out.parent) not in text
        assert f"source = '{row.file}'" in text
        assert len((folder / "audit.html").read_bytes()) < 500_000


def test_index_links_every_report_and_tells_every_failure(made):
    result, _ = made
    page = Path(result.index).read_text("utf-8")
    assert all(f'href="projects/{row.folder}/audit.html"' in page for row in result.forms)
    assert all(name in page for name in ("坏.docx", "图.png", "~$甲.docx"))


def test_findings_are_listed_once_each(made):
    result, out = made
    assert len(table(out / "findings.csv")) == sum(sum(row.counts) for row in result.forms)


def test_manifest_holds_the_digest_of_everything(made):
    _, out = made
    manifest = json.loads((out / "manifest.json").read_text("utf-8"))
    written = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}
    written = {name for name in written if not name.startswith(".auditkit/")}
    assert set(manifest["outputs"]) == written - {"manifest.json"}
    for name, digest in manifest["outputs"].items():
        assert hashlib.sha256((out / name).read_bytes()).hexdigest() == digest
    assert manifest["inputs"]["甲.docx"] == hashlib.sha256(seed(2).read_bytes()).hexdigest()
    assert manifest["rulebook"]["name"] == "mof-2020"
    assert manifest["versions"]["papermill"]


class Here:
    """In place of a child process: the call itself."""

    @staticmethod
    def call(function, *arguments):
        return function(*arguments)


def taken(path: Path, scratch: Path, year: int, seen: dict[str, str]) -> tuple[FileRow, list[Audit]]:
    """The row and the new forms of one file."""
    settings = RunSettings("mof-2020", load_rulebook(), LIMITS, year)
    return told_apart(read_file(Here(), settings, InputFile(path.name, path.name, path), scratch), year, seen)


def test_form_of_another_year_is_audited_with_a_warning(tmp_path: Path):
    row, audits = taken(seed(1), tmp_path / "copy", 2020, {})
    assert (row.status, len(audits)) == ("warning", 1)
    assert "2021" in row.message


def test_the_text_dump_holds_the_same_eight_forms(tmp_path: Path):
    seen = {}
    for number in range(1, 9):
        assert len(taken(seed(number), tmp_path / str(number), 2021, seen)[1]) == 1
    row, audits = taken(YEAR / "2021_self_evaluation_forms.txt", tmp_path / "dump", 2021, seen)
    assert (row.status, audits) == ("skipped", [])


def test_a_notebook_that_fails_costs_only_its_file(tmp_path: Path):
    row = FormRow("甲.docx", "001", audit(seed(2))[0])
    notebook = nbformat.read(resources.notebooks() / resources.PROJECT_NOTEBOOK, as_version=4)
    notebook.cells[-1].source = "raise ValueError('坏了')"
    nbformat.write(notebook, tmp_path / "bad.ipynb")
    report = make_report(ReportTask(row, seed(2), "mof-2020", notebook=tmp_path / "bad.ipynb"))
    assert "审核笔记本未能执行完毕" in report.failure
    told = settled(FileRow("甲.docx", "ok", 1, "", 0.1), {1: report.failure})
    assert told.status == "error"
    assert report.failure in told.message


def test_only_what_a_former_run_wrote_is_removed(tmp_path: Path):
    book = load_rulebook()
    first = Ledger(tmp_path)
    for name in (
        "projects/001/audit.html",
        "projects/002/audit.html",
        "projects/003/audit.html",
        "index_2.html",
        "index_3.html",
    ):
        first.write(name, name)
    first.close({}, 2021, book)
    (tmp_path / "projects/002/注.txt").write_text("own", "utf-8")
    (tmp_path / "projects/003/audit.html").write_text("edited", "utf-8")

    second = Ledger(tmp_path)
    second.write("projects/004/audit.html", "new")
    second.write("index_2.html", "new")
    second.close({}, 2021, book)

    found = (path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file())
    left = {name for name in found if not name.startswith(STATE)}
    kept = {"projects/002/注.txt", "projects/003/audit.html"}
    assert left == {"manifest.json", "projects/004/audit.html", "index_2.html", *kept}
    assert not (tmp_path / "projects/001").exists()


def test_a_run_in_which_nothing_is_made_loads_nothing_heavy():
    heavy = "pandas", "matplotlib", "papermill", "nbconvert", "jupyter_client", "IPython", "numpy", "openpyxl", "docx"
    program = f"import sys, auditkit.run.batch; print(*[name for name in {heavy} if name in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert not ran.stdout.split()
