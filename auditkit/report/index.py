"""The page and the tables of a whole run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from auditkit.audit import Audit
from auditkit.judgement import Verdict
from auditkit.model import Outcome, Severity
from auditkit.report.html import catalogue, render_html
from auditkit.report.tables import csv_bytes, forms_table
from auditkit.rulebook import Rulebook

STATUSES = {"ok": "○ 正常", "warning": "● 存疑", "error": "▲ 出错", "refused": "▲ 拒绝", "skipped": "○ 跳过"}


@dataclass(frozen=True)
class FileRow:
    """What became of one input file: ok, warning, error, refused or skipped, and why; `forms` reported from it."""

    file: str
    status: str
    forms: int
    message: str
    seconds: float

    @property
    def failed(self) -> bool:
        return self.status in ("error", "refused")


@dataclass(frozen=True)
class FormRow:
    """One form of a run and its folder under `projects/`; `failure` says why there is no report."""

    file: str
    folder: str
    audit: Audit
    failure: str = ""


def index_page(
    forms: Sequence[FormRow], files: Sequence[FileRow], outcomes: Sequence[Outcome], year: int, book: Rulebook
) -> str:
    """The first page of a run: every project with its scores and counts, what shows across them, files to look at."""
    return render_html(
        "index.html.j2",
        rows=forms,
        across=[finding for outcome in outcomes for finding in outcome.findings],
        verdicts=[(verdict, sum(row.audit.scorecard.count(verdict) for row in forms)) for verdict in Verdict],
        skipped=sum(len(row.audit.skipped) for row in forms),
        counts=[(severity, sum(row.audit.count(severity) for row in forms)) for severity in Severity],
        attention=[row for row in files if row.status != "ok"],
        files=files,
        statuses=STATUSES,
        year=year,
        book=book,
    )


def rules_page(book: Rulebook) -> str:
    """The catalogue of rules as one page, which the index links to."""
    return render_html("rules.html.j2", book=book, catalogue=catalogue(book).html)


def files_csv(files: Sequence[FileRow]) -> bytes:
    """The status of every input file; `seconds` is the time that its audit and its notebooks took."""
    from pandas import DataFrame

    rows = [(row.file, row.status, row.forms, row.message, f"{row.seconds:.2f}") for row in files]
    return csv_bytes(DataFrame(rows, columns=["file", "status", "forms", "message", "seconds"], dtype=object))


def forms_csv(forms: Sequence[FormRow]) -> bytes:
    """One row per form with its scores and counts, and where its `audit.json` is."""
    table = forms_table(row.audit for row in forms)
    return csv_bytes(table.assign(audit=[f"projects/{row.folder}/audit.json" for row in forms]))
