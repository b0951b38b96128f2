"""The page and the tables of a whole run."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Container, Sequence
from dataclasses import dataclass
from decimal import Decimal

from markupsafe import Markup

from auditkit.audit import Audit
from auditkit.judgement import Verdict
from auditkit.model import Finding, Outcome, Severity
from auditkit.numeral import shown
from auditkit.report.facts import clipped
from auditkit.report.html import TEMPLATES, catalogue, render_html
from auditkit.report.tables import csv_bytes, forms_table
from auditkit.rescore import Scorecard
from auditkit.rulebook import Rulebook
from auditkit.safety import inert_line

BOOKS = {
    "year_report.html": "年度报告",
    "year_report.pdf": "年度报告（PDF）",
    "memo.docx": "年度核查意见（Word）",
    "review.xlsx": "复核表（Excel）",
}
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


@dataclass(frozen=True)
class _Project:
    """What the index says of one form; `kinds` are the words that the page filters by."""

    row: FormRow
    project: str
    unit: str
    file: str
    kinds: str
    scores: tuple[Decimal | None, ...]
    counts: tuple[int, ...]
    bar: Markup
    worst: str


def index_page(
    forms: Sequence[FormRow],
    files: Sequence[FileRow],
    outcomes: Sequence[Outcome],
    year: int,
    book: Rulebook,
    beside: Container[str] = (),
) -> str:
    """The first page of a run: every project with its scores and counts, what shows across them, files to look at.

    `beside` are the files in its folder, as far as the page may lead to them.
    """
    script = (TEMPLATES / "index.js").read_text("utf-8")
    digest = base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii")
    cards = [row.audit.scorecard for row in forms]
    scale = _scale(cards, book.full_marks)
    return render_html(
        "index.html.j2",
        rows=[_project(row, scale) for row in forms],
        across=[(f, _involved(f, forms)) for outcome in outcomes for f in outcome.findings],
        verdicts=[(verdict, sum(card.count(verdict) for card in cards)) for verdict in Verdict],
        skipped=sum(len(row.audit.skipped) for row in forms),
        counts=[(severity, sum(row.audit.count(severity) for row in forms)) for severity in Severity],
        disproved=sum(card.disproved for card in cards),
        failed=sum(row.failed for row in files),
        attention=[row for row in files if row.status != "ok"],
        files=files,
        statuses=STATUSES,
        books=[(name, title) for name, title in BOOKS.items() if name in beside],
        full=_share(book.full_marks, scale),
        script=Markup(script),
        hash=f"sha256-{digest}",
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


def _project(row: FormRow, scale: Decimal) -> _Project:
    form, card, found = row.audit.form, row.audit.scorecard, row.audit.findings
    counts = tuple(sum(finding.severity is severity for finding in found) for severity in Severity)
    kinds = [severity.value for severity, count in zip(Severity, counts, strict=True) if count]
    kinds += ["disproved"] * card.disproved + ["failed"] * bool(row.failure)
    first = found[0] if found else None
    return _Project(
        row,
        clipped(form.project.squeezed, 80) or "（未填项目名称）",
        clipped(form.implementer.squeezed, 40),
        clipped(row.file, 80),
        " ".join(kinds),
        (card.stated, card.verified, card.upper),
        counts,
        _bar(card, scale),
        f"{first.severity.mark} {first.title}：{clipped(first.message, 70)}" if first else "未发现问题",
    )


def _bar(card: Scorecard, scale: Decimal) -> Markup:
    """The three scores as one bar; the figures stand beside it, so that it needs no words."""
    stated = "" if card.stated is None else f";--s:{_share(card.stated, scale)}%"
    return Markup('<i style="--v:{}%;--u:{}%{}"></i>').format(
        _share(card.verified, scale), _share(card.upper, scale), stated
    )


def _scale(cards: Sequence[Scorecard], full: Decimal) -> Decimal:
    """What the whole width of a bar stands for: the greatest score, but at most one and a half times full marks."""
    most = max([full, *(score for card in cards for score in (card.upper, card.stated or full))])
    return min(most, full * 3 / 2) or Decimal(100)


def _share(score: Decimal, scale: Decimal) -> str:
    return shown(min(max(score / scale, Decimal(0)), Decimal(1)) * 100, places=1)


def _involved(finding: Finding, forms: Sequence[FormRow]) -> list[tuple[str, str]]:
    """The projects that prove a finding across forms, with their folders; a name that several forms bear names all."""
    names = dict.fromkeys(value.at.source for value in finding.evidence if value.at and value.at.source)
    return [
        (clipped(name, 40), "" if row.failure else row.folder)
        for name in names
        for row in forms
        if name in (row.audit.form.project.squeezed or row.audit.form.source, row.audit.form.source)
    ]
