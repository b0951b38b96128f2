"""The documents of all forms of a run: one that fails, or ends the process that makes it, costs only itself."""

from __future__ import annotations

from pathlib import Path

import pytest
from reporters import Reporters

from auditkit import resources
from auditkit.pipeline import FileAudit, audit
from auditkit.report import FormRow
from auditkit.report.year.views import common_year
from auditkit.run.cache import PackedAudits, pack_audits
from auditkit.run.documents import YearDocuments
from auditkit.run.spill import FormSpill
from auditkit.safety import LIMITS


@pytest.fixture
def documents(tmp_path: Path) -> YearDocuments:
    (one,) = audit(resources.data() / "specimen.docx")
    spill = FormSpill(tmp_path / "audits")
    packed = PackedAudits(pack_audits(tmp_path, None, LIMITS, lambda *_: FileAudit((one,))))
    spill.add("specimen.docx", packed, [one])
    return YearDocuments(spill, common_year([FormRow("specimen.docx", "", one)], (), (), 2021, one.rulebook), ())


def fails(*_):
    raise TypeError("坏了")


@pytest.mark.parametrize(
    ("broken", "ends", "words"),
    [
        ((), (), ""),
        (("auditkit.report.year.memo.year_memo",), (), "memo.docx 未能生成（TypeError"),
        ((), ("docx",), "memo.docx 未能生成：生成报告所需内存超过"),
    ],
)
def test_a_document_that_is_not_made_costs_only_itself(documents, monkeypatch, broken, ends, words):
    for name in broken:
        monkeypatch.setattr(name, fails)
    told = list(documents.write(("docx", "xlsx", "pdf"), Reporters(*ends), LIMITS))
    assert [file for file, data, _ in told if data] == ["memo.docx", "review.xlsx", "year_report.pdf"][bool(words) :]
    assert [failure.startswith(words) for _, _, failure in told if failure] == [True] * bool(words)
