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
from auditkit.safety import inert_line

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


def failure_page(row: FormRow, failure: str) -> str:
    """The page of a form that has no report: why, what there is of it, and what to do."""
    return render_html("failure.html.j2", row=row, failure=failure)


def summary(forms: Sequence[FormRow], files: Sequence[FileRow], year: int, book: Rulebook) -> str:
    """A run in a few lines of plain text, to be sent by mail."""
    counts = "，".join(f"{one.zh} {sum(row.audit.count(one) for row in forms)} 条" for one in Severity)
    states = "，".join(f"{zh[2:]} {sum(row.status == status for row in files)} 个" for status, zh in STATUSES.items())
    troubles = [f"  {inert_line(row.file)}：{inert_line(row.message)}" for row in files if row.failed]
    lines = [
        f"{year} 年度项目支出绩效自评表审核",
        f"文件 {len(files)} 个：{states}。",
        f"自评表 {len(forms)} 张：{counts}。规则手册 {book.name} {book.version}。",
        *([f"未能审核或未能生成报告的文件 {len(troubles)} 个：", *troubles] if troubles else ["没有未能审核的文件。"]),
        "详见 index.html；本文由 auditkit 生成，供审核参考。",
    ]
    return "\n".join(lines) + "\n"


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
