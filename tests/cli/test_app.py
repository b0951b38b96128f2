"""The command line: what is printed where, and the exit status."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest

from auditkit import resources
from auditkit.report.formats import FORMATS
from auditkit.rules import load_rules
from auditkit.rules.rule import CATALOGUE
from auditkit.run.inputs import InputFile, skip_reason

ROOT = Path(__file__).parents[2]
FORMS = resources.data() / "2021"
DUMP = FORMS / "2021_self_evaluation_forms.txt"
SPECIMEN = resources.data() / "specimen.docx"


@pytest.fixture
def damaged(tmp_path: Path) -> Path:
    """A folder with one good form, a damaged one, and what is to be passed over."""
    folder = tmp_path / "forms"
    (folder / ".hidden").mkdir(parents=True)
    (folder / "a.docx").write_bytes(SPECIMEN.read_bytes())
    (folder / "b.docx").write_bytes(SPECIMEN.read_bytes()[:2000])
    for name in ("~$a.docx", ".b.docx", "README.md", "make.py", ".hidden/c.docx"):
        (folder / name).write_bytes(b"nothing")
    return folder


def test_clean_form_is_audited(auditkit):
    status, out, err = auditkit("audit", SPECIMEN)
    assert status == 0
    assert "未发现问题" in out
    assert not err


def test_findings_are_printed_for_people(auditkit):
    status, out, _ = auditkit("audit", DUMP)
    assert status == 0
    assert "共审核 8 份表" in out
    assert "SCO001" in out
    assert "▲错误" in out
    assert "表2 " in out


@pytest.mark.parametrize(
    ("level", "path", "status"),
    [("error", DUMP, 1), ("note", DUMP, 1), ("note", SPECIMEN, 0)],
)
def test_fail_on(auditkit, level: str, path: Path, status: int):
    assert auditkit("audit", "--fail-on", level, path)[0] == status


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("audit",), "PATH"),
        (("audit", "/no/such/file.docx"), "/no/such/file.docx"),
        (("audit", SPECIMEN, "/no/such/file.docx"), "/no/such/file.docx"),
        (("audit", "--rulebook", "none", SPECIMEN), "mof-2020"),
        (("audit", "--fail-on", "worst", SPECIMEN), "worst"),
        (("audit", "--lang", "fr", SPECIMEN), "fr"),
        (("run", "/no/such/folder", "--year", "2021", "--out", "x"), "/no/such/folder"),
        (("run", FORMS, "--out", "x"), "--year"),
        (("nonsense",), "nonsense"),
    ],
)
def test_bad_usage(auditkit, arguments: tuple[object, ...], said: str):
    status, out, err = auditkit(*arguments)
    assert status == 2
    assert not out
    assert said in err


def test_empty_folder_is_bad_usage(auditkit, tmp_path: Path):
    assert auditkit("audit", tmp_path)[0] == 2


def test_damaged_file_does_not_stop_the_rest(auditkit, damaged: Path):
    status, out, err = auditkit("audit", damaged)
    assert status == 3
    assert "共审核 1 份表，1 个文件未能审核" in out
    assert "b.docx" in err


def test_incomplete_beats_fail_on(auditkit, damaged: Path):
    assert auditkit("audit", "--fail-on", "note", DUMP, damaged)[0] == 3


def test_unexpected_exception_is_contained(auditkit, damaged: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("auditkit.pipeline.audit_file", broken)
    status, _, err = auditkit("audit", damaged)
    assert status == 3
    assert err.count("RecursionError") == 2
    assert "too" not in err


def broken(*_: object) -> None:
    raise RecursionError("too \x1b[31mdeep")


def test_a_limit_may_be_changed(auditkit, monkeypatch: pytest.MonkeyPatch):
    status, _, err = auditkit("audit", "--limit", "cells=10", "--limit", "seconds=9", SPECIMEN)
    assert (status, "超过 10 个" in err) == (3, True)
    monkeypatch.setenv("AUDITKIT_LIMIT_FILE", "1KB")
    assert "MB" in auditkit("audit", SPECIMEN)[2]
    status, _, err = auditkit("audit", "--limit", "sekunden=9", SPECIMEN)
    assert (status, "sekunden=9" in err) == (2, True)


def test_json_is_the_contract(auditkit, damaged: Path):
    status, out, err = auditkit("audit", "--json", DUMP, damaged)
    result = json.loads(out, parse_constant=pytest.fail)
    assert (status, err) == (3, "")
    assert list(result) == ["schema", "audits", "across", "failures", "sheets"]
    assert result["schema"] == 2
    assert {"SET001", "SET002"} <= {finding["rule"] for finding in result["across"]["findings"]}
    assert [Path(failure["source"]).name for failure in result["failures"]] == ["b.docx"]
    assert all(failure["error"] for failure in result["failures"])
    assert [audit["source"] for audit in result["audits"]] == [str(DUMP)] * 8 + [str(damaged / "a.docx")]
    for audit in result["audits"]:
        form = audit["form"]
        assert {"source", "form", "scorecard", "findings", "skipped"} <= set(audit)
        assert {"project", "department", "implementer", "fiscal_year", "rulebook", "goal", "outcome"} <= set(form)
        assert {"total_points", "total_score", "funds", "indicators"} <= set(form)
        assert {"stated", "verified", "upper"} <= set(audit["scorecard"])
        for fund in form["funds"]:
            assert {"source", "label", "initial", "adjusted", "actual", "points", "execution_rate", "score"} <= set(
                fund
            )
        for row, indicator in enumerate(form["indicators"], 1):
            assert indicator["row"] == row
            assert {"category", "subcategory", "name", "target", "result", "points", "score"} <= set(indicator)
            assert indicator["verdict"] in ("met", "missed", "unverifiable")
            assert bool(indicator["reason"]) is (indicator["verdict"] == "unverifiable")
            assert 0 <= float(indicator["earned"]["least"]) <= float(indicator["earned"]["most"])
        for finding in audit["findings"]:
            assert {"rule", "severity", "row", "title", "message", "evidence", "basis"} == set(finding)
            assert finding["rule"] in CATALOGUE
            assert finding["severity"] in ("error", "warning", "note")
            assert all(set(proof) == {"at", "text"} for proof in finding["evidence"])


def test_json_is_utf8_and_alone_on_stdout():
    environment = os.environ | {"PYTHONIOENCODING": "gbk", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "auditkit", "audit", "--json", str(SPECIMEN)]
    ran = subprocess.run(command, env=environment, capture_output=True, check=True)
    assert json.loads(ran.stdout.decode("utf-8"))["audits"]
    assert not ran.stderr


@pytest.mark.parametrize("encoding", ["ascii", "gbk", "cp1252"])
@pytest.mark.parametrize("arguments", [("-h",), ("rules",), ("audit", str(DUMP)), ("audit", "/無")])
def test_no_encoding_of_the_terminal_crashes(arguments: tuple[str, ...], encoding: str):
    environment = os.environ | {"PYTHONIOENCODING": encoding, "PYTHONPATH": str(ROOT)}
    ran = subprocess.run([sys.executable, "-m", "auditkit", *arguments], env=environment, capture_output=True)
    assert ran.returncode == (2 if arguments[-1] == "/無" else 0), ran.stderr
    assert b"Traceback" not in ran.stderr


def test_form_text_is_inert_and_no_markup(auditkit, tmp_path: Path):
    lines = DUMP.read_text("utf-8-sig")
    form = tmp_path / "form.txt"
    form.write_text(lines.replace("法律顾问管理工作经费", "[red]法律\x1b[2J[/red]顾问"), "utf-8")
    _, out, _ = auditkit("audit", form)
    assert "[red]法律␛[2J[/red]顾问" in out
    assert "\x1b" not in out


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_rules_lists_the_whole_catalogue(auditkit, lang: str):
    load_rules()
    status, out, _ = auditkit("rules", "--lang", lang)
    assert status == 0
    assert CATALOGUE
    for rule in CATALOGUE.values():
        assert f"{rule.id}  {rule.zh if lang == 'zh' else rule.en}" in out


def test_doctor_names_what_is_needed(auditkit):
    status, out, _ = auditkit("doctor")
    assert status == 0
    assert all(name in out for name in ("Python", "lxml", "papermill", "LibreOffice", "Chromium", "NotoSansSC"))


def test_doctor_names_every_package_of_every_extra(auditkit):
    _, out, _ = auditkit("doctor")
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    named = [(extra, re.match(r"[\w-]+", one)[0]) for extra in wanted if extra != "all" for one in wanted[extra]]
    assert named
    for extra, package in named:
        assert package in out
        assert f'"auditkit[{extra}]"' in out


def test_doctor_names_what_every_format_needs_and_how_to_get_it(auditkit, monkeypatch: pytest.MonkeyPatch):
    packages = {"python-docx": "word", "openpyxl": "excel", "typst": "pdf", "pyarrow": "parquet"}
    assert {one.package.extra for one in FORMATS.values()} <= set(packages.values())
    _, present, _ = auditkit("doctor")
    known = metadata.version

    def without(name: str) -> str:
        if name in packages:
            raise metadata.PackageNotFoundError(name)
        return known(name)

    monkeypatch.setattr(metadata, "version", without)
    status, absent, _ = auditkit("doctor")
    monkeypatch.undo()
    assert status == 0
    for name, extra in packages.items():
        told, missing = (next(row for row in out.splitlines() if name in row) for out in (present, absent))
        assert metadata.version(name) in told
        assert missing.startswith("缺")
        assert f'pip install "auditkit[{extra}]"' in missing


def test_lab_names_the_extra(auditkit, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    status, _, err = auditkit("lab")
    assert status == 2
    assert 'pip install "auditkit[lab]"' in err


def test_version(auditkit):
    status, out, _ = auditkit("--version")
    assert status == 0
    assert out.startswith("auditkit ")


@pytest.mark.slow
def test_run_is_quiet_in_a_pipe(auditkit, damaged: Path, tmp_path: Path):
    status, out, err = auditkit("run", damaged, "--year", "2021", "--out", tmp_path / "reports")
    assert status == 3
    assert out.splitlines() == [f"报告 / report: {tmp_path / 'reports' / 'index.html'}"]
    assert (tmp_path / "reports" / "index.html").is_file()
    assert [line[:4] for line in err.splitlines()] == ["清单摘要", "有 1 "]


def test_starts_light():
    """`auditkit --help` answers at once: nothing heavy is imported before a command needs it."""
    heavy = "pandas", "lxml", "matplotlib", "PIL", "papermill", "nbconvert", "jupyter_client", "IPython", "numpy"
    program = f"import sys, auditkit.cli; print(*[name for name in {heavy} if name in sys.modules])"
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    ran = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    assert not ran.stdout.split()


def bound(command: list[str]) -> list[str]:
    """The command as one whom permissions bind, which they do not bind the superuser."""
    if os.geteuid():
        return command
    if not shutil.which("setpriv"):
        pytest.skip("the superuser reads everything")
    caps = "-dac_override,-dac_read_search"
    return ["setpriv", f"--bounding-set={caps}", f"--inh-caps={caps}", *command]


def test_what_may_not_be_read_is_told_and_stops_nothing(tmp_path: Path):
    for name in ("good.docx", "denied.docx", "closed/a.docx", "listed/b.docx"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(SPECIMEN.read_bytes())
    modes = {"denied.docx": 0, "closed": 0, "listed": 0o444}
    for name, mode in modes.items():
        (tmp_path / name).chmod(mode)
    command = bound([sys.executable, "-m", "auditkit", "audit", "--json"])
    try:
        for paths in ([tmp_path], [tmp_path / "good.docx", *(tmp_path / name for name in modes)]):
            run = subprocess.run([*command, *map(str, paths)], capture_output=True, text=True)
            told = json.loads(run.stdout)
            assert run.returncode == 3, run.stderr
            assert len(told["audits"]) == 1
            assert [one["error"] for one in told["failures"]] == ["无法打开（Permission denied）；请核对路径和权限"] * 3
    finally:
        for name in modes:
            (tmp_path / name).chmod(0o755)


def test_a_file_in_a_folder_that_cannot_be_entered_is_not_gone(monkeypatch: pytest.MonkeyPatch):
    def refused(path: Path) -> None:
        raise PermissionError(13, "Permission denied")

    assert skip_reason(InputFile("a", "a.docx", Path("no-such.docx"))) == "已不存在，未读取"
    monkeypatch.setattr(Path, "lstat", refused)
    assert skip_reason(InputFile("a", "a.docx", Path("a.docx"))) == ""
