"""Audits told line by line: the same as all at once, one bad file alone, and no more taken than there is work for."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from auditkit import resources
from auditkit.cli.app import main
from auditkit.model import Severity
from auditkit.pipeline import audit, audit_file
from auditkit.rulebooks.loader import load_rulebook
from auditkit.run import stream
from auditkit.run.pool import ProcessPool
from auditkit.safety import LIMITS
from auditkit.sandbox.process import FORKS

YEAR = resources.data() / "2021"
SEEDS = sorted(YEAR.glob("*.docx"))


def test_a_line_says_what_the_audit_says(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "坏.docx").write_bytes(SEEDS[0].read_bytes()[:3000])
    with pytest.raises(SystemExit) as ended:
        main(["audit", str(YEAR), str(tmp_path), "--json-lines", "--fail-on", "note"])
    assert ended.value.code == 3
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    told = [one.as_json() | {"source": str(path)} for path in sorted(YEAR.iterdir()) for one in audit(path)]
    assert lines[:-1] == told
    assert (lines[-1]["source"], lines[-1]["status"]) == (str(tmp_path / "坏.docx"), "error")
    assert lines[-1]["error"]


@pytest.mark.parametrize(("severity", "status"), [("error", 1), ("note", 1)])
def test_exit_status_tells_of_findings(severity: str, status: int, capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as ended:
        main(["audit", str(SEEDS[0]), "--json-lines", "--fail-on", severity])
    assert ended.value.code == status
    found = {Severity(finding["severity"]) for finding in json.loads(capsys.readouterr().out)["findings"]}
    assert Severity.ERROR in found


def deadly(path: Path, *rest: object) -> object:
    """An audit in which one file kills its process and another never ends."""
    if path.name == "dies.docx":
        os._exit(9)
    while path.name == "hangs.docx":
        pass
    return audit_file(path, *rest)


@pytest.mark.skipif(not FORKS, reason="without fork a call's process is the server's")
def test_a_file_that_ends_its_process_costs_only_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    for name in ("a.docx", "dies.docx", "b.docx", "hangs.docx", "c.docx"):
        shutil.copy(SEEDS[1], tmp_path / name)
    with ProcessPool(1, replace(LIMITS, seconds=3.0, patience=100), reads=True) as pool:
        monkeypatch.setattr(pool.children[0], "_load", f"{__name__}:plant")
        told = list(stream.stream(pool, sorted(tmp_path.iterdir()), load_rulebook()))
    assert [one.failed for one in told] == [False, False, False, True, True]
    assert "异常中止" in told[3].lines[0]
    assert "占用处理器超过 3 秒" in told[4].lines[0]


def plant() -> None:
    """What the server of that test loads."""
    stream.audit_file = deadly


def test_no_more_is_taken_than_there_is_work_for():
    taken: list[Path] = []

    def paths() -> Iterator[Path]:
        for _ in range(50 * stream.BATCH):
            taken.append(SEEDS[0])
            yield SEEDS[0]

    with ProcessPool(1, LIMITS, reads=True) as pool:
        told = stream.stream(pool, paths(), load_rulebook())
        assert not next(told).failed
        assert len(taken) <= 6 * stream.BATCH
        told.close()
    assert len(taken) <= 6 * stream.BATCH
