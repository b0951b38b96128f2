"""The documents of all forms of a run: one that fails, or ends the process that makes it, costs only itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from auditkit import resources
from auditkit.pipeline import FileAudit, audit
from auditkit.report import FormRow
from auditkit.report.year.views import common_year
from auditkit.run.cache import PackedAudits, pack_audits
from auditkit.run.documents import YearDocuments
from auditkit.run.spill import FormSpill
from auditkit.safety import LIMITS, Limits
from auditkit.sandbox.forkserver import Ended


class Pool:
    """In place of processes: works here, and ends over the documents that are named."""

    def __init__(self, *ends: str):
        self.ends = ends

    @contextmanager
    def lent(self) -> Iterator[Pool]:
        yield self

    def run(self, _: Limits, function: Callable[..., Any], documents: YearDocuments, name: str) -> Any:
        if name in self.ends:
            raise Ended("memory")
        return function(documents, name)


@pytest.fixture
def documents(tmp_path: Path) -> YearDocuments:
    (one,) = audit(resources.data() / "specimen.docx")
    spill = FormSpill(tmp_path / "audits")
    packed = PackedAudits(pack_audits(tmp_path, None, LIMITS, lambda *_: FileAudit((one,))))
    spill.add("specimen.docx", packed, [one])
    return YearDocuments(spill, common_year([FormRow("specimen.docx", "", one)], (), (), 2021, one.rulebook), ())


@pytest.mark.parametrize(
    ("outcomes", "ends", "words"),
    [
        ((), (), ""),
        (None, (), "memo.docx 未能生成（TypeError"),
        ((), ("docx",), "memo.docx 未能生成：生成报告所需内存超过"),
    ],
)
def test_a_document_that_is_not_made_costs_only_itself(documents, outcomes, ends, words):
    documents = YearDocuments(documents.spill, documents.whole, outcomes)
    told = list(documents.write(("docx", "xlsx", "pdf"), Pool(*ends), LIMITS))
    assert [file for file, data, _ in told if data] == ["memo.docx", "review.xlsx", "year_report.pdf"][bool(words) :]
    assert [failure.startswith(words) for _, _, failure in told if failure] == [True] * bool(words)


def test_only_what_was_asked_for_is_made(documents):
    assert [file for file, *_ in documents.write(("html", "xlsx"), Pool(), LIMITS)] == ["review.xlsx"]
