"""The runs of an output folder: written down while they are at work, read back whatever version wrote them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from auditkit import resources
from auditkit.pipeline import audit
from auditkit.run.history import Difference, Fact, Recorder, Run, difference, find, runs
from auditkit.run.storage import LocalFolder
from auditkit.safety import Unreadable

SEED = next((resources.data() / "2021").glob("02_*"))
FACTS = {"year": 2021, "rulebook": "mof-2020", "files": 3, "failed": 1, "forms": 2, "made": 2}
OF_THE_VERSION_BEFORE = (
    '{"id": "20251201T000000.000000Z", "seconds": 9.1, "year": 2021, "rulebook": "mof-2020", "files": 1, "failed": 0, '
    '"forms": 1, "made": 1, "findings": [{"file": "甲.docx", "number": 1, "rule": "SCO001", "row": null, '
    '"severity": "error", "message": "总分应为 106.7 分"}]}'
)


@pytest.fixture
def out(tmp_path: Path) -> LocalFolder:
    (tmp_path / "scratch").mkdir()
    return LocalFolder(tmp_path / "out")


def recorded(out: LocalFolder, names: list[str]) -> Run:
    """A run in which one form was audited under each of these names."""
    recorder = Recorder(out.path.parent / "scratch" / "run.json")
    (one,) = audit(SEED)
    for name in names:
        recorder.add(name, one)
    recorder.close(out, **FACTS)
    return runs(out.path)[-1]


@pytest.mark.parametrize("names", [[], ["a.docx"], ["a.docx", "\udc80\u2028\n.docx"]])
def test_a_run_comes_back_with_every_finding(out, names):
    run = recorded(out, names)
    (one,) = audit(SEED)
    assert [fact.file for fact in run.findings] == [name for name in names for _ in one.findings]
    assert [fact.message for fact in run.findings] == [found.message for found in one.findings] * len(names)
    assert one.findings
    assert (run.files, run.failed, run.forms, run.made) == (3, 1, 2, 2)
    assert find(run.id[:12], out.path) == find(str(out.path), Path()) == run
    json.loads(next((out.path / ".auditkit/runs").iterdir()).read_bytes())


def test_a_run_of_the_version_before_is_compared_with_one_of_today(out):
    out.write(".auditkit/runs/20251201T000000.000000Z.json", OF_THE_VERSION_BEFORE.encode())
    (before,) = runs(out.path)
    assert before.findings == (Fact("甲.docx", 1, "SCO001", None, "error", "总分应为 106.7 分"),)
    now = recorded(out, [])
    assert [one.id for one in runs(out.path)] == [before.id, now.id]
    assert difference(before, now) == Difference((), before.findings, ())
    with pytest.raises(Unreadable, match="有几次运行"):
        find("20", out.path)
