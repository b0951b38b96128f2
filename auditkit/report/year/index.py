"""The page and the tables of a whole run."""

from __future__ import annotations

import base64
import hashlib
import zlib
from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import PurePosixPath
from typing import Any

from markupsafe import Markup

from auditkit.assess.judgement import Verdict
from auditkit.decisions.summary import Review, Reviews, chain_lines
from auditkit.model import Finding, Outcome, Severity
from auditkit.quantity.numbers import format_number
from auditkit.report.facts import book_facts, clipped, nothing_found
from auditkit.report.html.targets import TARGETS_PAGE
from auditkit.report.html.views import TEMPLATES, catalogue, render_html
from auditkit.report.year.rows import FileRow, FormLine, FormRow, SheetRow, noted
from auditkit.report.year.tables import csv_bytes, lines_table
from auditkit.rulebooks.loader import Rulebook
from auditkit.safety import escape_controls, escape_line

BOOKS = {
    "year_report.html": "年度报告",
    "years.html": "与上年相比",
    "year_report.pdf": "年度报告（PDF）",
    "memo.docx": "年度核查情况（Word）",
    "review.xlsx": "复核表（Excel）",
}
LARGEST = 500_000  # bytes of a page; where texts are too long for it, it lists half as many, and so on
LISTED = 2_000  # forms on a page
WRITTEN = 200  # of these as markup; what follows is packed, a sixth of that, and unpacked by the page's script
NOTED = 100  # files and findings across forms
INVOLVED = 12  # projects of one of these
UNPAIRED = frozenset({"TGT001", "SET006", "SET"})  # under which it is told what was not laid side by side
PAGES = {TARGETS_PAGE: "对照批复", "years.html": "与上年相比"}  # of a project, beside its report
STATUSES = {"ok": "○ 正常", "warning": "● 存疑", "error": "▲ 出错", "refused": "▲ 拒绝", "skipped": "○ 跳过"}


@dataclass(frozen=True)
class _Project:
    """What the index says of one form; `kinds` are the words that the page filters by."""

    number: int
    row: FormLine
    project: str
    unit: str
    file: str
    kinds: str
    scores: tuple[Decimal | None, ...]
    counts: tuple[int, ...]
    bar: Markup
    worst: str
    disproof: str
    doubt: str
    review: Review | None
    pages: tuple[tuple[str, str], ...]


def index_pages(
    forms: Sequence[FormLine],
    files: Sequence[FileRow],
    outcomes: Sequence[Outcome],
    year: int,
    book: Rulebook,
    beside: Container[str] = (),
    failure: str = "",
    decided: Reviews | None = None,
    sheets: Sequence[SheetRow] = (),
) -> dict[str, str]:
    """The first page of a run: every project with its scores and counts, what shows across them, files to look at.

    Further pages, by their names, list the projects that have a report and for which it has no room. `beside` are the
    files in its folder, as far as the page may lead to them, `failure` is why one is absent. Where people `decided`, the
    pages say how much of each form and whether it is signed.
    """
    script = (TEMPLATES / "index.js").read_text("utf-8")
    digest = base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii")
    scale, named = _scale(forms, book.full_marks), _named(forms)
    reviews = decided.projects if decided else [None] * len(forms)
    stands = {one.number: one for one in decided.across} if decided else {}
    found = [finding for outcome in outcomes for finding in outcome.findings]
    across = [(finding, _involved(finding, named), stands.get(n)) for n, finding in enumerate(found[:NOTED], 1)]
    attention = noted(files)
    unpaired = list(
        dict.fromkeys(
            skip.reason for one in outcomes if one.rule in UNPAIRED for skip in one.skipped if skip.row is None
        )
    )
    whole = {
        "number": len(forms),
        "decided": decided,
        "lines": chain_lines(decided.anchor, decided.faults) if decided else (),
        "verdicts": [(verdict, sum(one.verdicts[verdict] for one in forms)) for verdict in Verdict],
        "skipped": sum(one.skipped for one in forms),
        "counts": [(s, sum(one.counts[s.weight] for one in forms)) for s in Severity],
        "disproved": sum(one.disproved for one in forms),
        "failed": sum(row.failed for row in files),
        "files": files,
        "troubled": sum(not row.skipped for row in attention),
        "statuses": STATUSES,
        "books": [(name, title) for name, title in BOOKS.items() if name in beside],
        "failure": failure,
        "full": _share(book.full_marks, scale),
        "script": Markup(script),
        "hash": f"sha256-{digest}",
        "year": year,
        "book": book,
        "targets_page": TARGETS_PAGE,
        "beside": beside,
    }
    for part in (1, 2, 4, 8, 16, 32):
        most = NOTED // part
        notes = {"across": across[:most], "more_across": max(0, len(found) - most)}
        notes |= {"attention": attention[:most], "more_attention": max(0, len(attention) - most)}
        notes |= {"unpaired": unpaired[:most], "more_unpaired": max(0, len(unpaired) - most)}
        notes |= {"sheets": sheets[:most], "more_sheets": max(0, len(sheets) - most)}
        pages = _pages(forms, reviews, scale, whole | notes, LISTED // part)
        if all(len(page.encode()) < LARGEST for page in pages.values()):
            break
    return pages


def _pages(
    forms: Sequence[FormLine],
    reviews: Sequence[Review | None],
    scale: Decimal,
    whole: Mapping[str, Any],
    listed: int,
) -> dict[str, str]:
    """All pages, with so many forms on each."""
    reported = max((number for number, one in enumerate(forms, 1) if one.folder), default=0)
    starts = [0, *range(listed, reported, listed)]
    names = {start: f"index_{place}.html" if start else "index.html" for place, start in enumerate(starts, 1)}
    pages = {}
    for start, name in names.items():
        own = zip(forms[start : start + listed], reviews[start : start + listed], strict=True)
        rows = [
            _project(number, one, scale, review, whole["beside"]) for number, (one, review) in enumerate(own, start + 1)
        ]
        parts = [(other, first + 1, min(first + listed, len(forms))) for first, other in names.items()]
        packed = _packed(rows[WRITTEN:], whole["decided"])
        shown = {"rows": rows[:WRITTEN], "more": len(rows[WRITTEN:]), "packed": packed, "name": name, "parts": parts}
        pages[name] = render_html("index.html.j2", **whole, **shown)
    return pages


def _packed(rows: Sequence[_Project], decided: Reviews | None) -> str:
    markup = render_html("index_rows.html.j2", rows=rows, decided=decided)
    return base64.b64encode(zlib.compress(markup.encode("utf-8"), 9)).decode("ascii") if rows else ""


def failure_page(row: FormRow, failure: str) -> str:
    """The page of a form that has no report: why, what there is of it, and what to do."""
    return render_html("failure.html.j2", row=row, failure=failure)


def summary(forms: Sequence[FormLine], files: Sequence[FileRow], year: int, book: Rulebook) -> str:
    """A run in a few lines of plain text, to be sent by mail."""
    counts = "，".join(f"{one.zh} {sum(row.counts[one.weight] for row in forms)} 条" for one in Severity)
    states = "，".join(f"{zh[2:]} {sum(row.status == status for row in files)} 个" for status, zh in STATUSES.items())
    troubles = [f"  {escape_line(row.file)}：{escape_line(row.message)}" for row in files if row.failed]
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
    return render_html("rules.html.j2", book=book, documents=book_facts(book), catalogue=catalogue(book).html)


def files_csv(files: Sequence[FileRow]) -> bytes:
    """The status of every input file; `seconds` is the time that its audit and its notebooks took."""
    from pandas import DataFrame

    rows = [(row.file, row.status, row.forms, row.message, f"{row.seconds:.2f}") for row in files]
    return csv_bytes(DataFrame(rows, columns=["file", "status", "forms", "message", "seconds"], dtype=object))


def sheets_csv(sheets: Sequence[SheetRow]) -> bytes:
    """Every sheet or table that is no self-evaluation, with its kind and why it is not audited."""
    from pandas import DataFrame

    rows = [(row.file, row.sheet.sheet, row.sheet.kind.value, row.sheet.title, row.sheet.kind.reason) for row in sheets]
    return csv_bytes(DataFrame(rows, columns=["file", "sheet", "kind", "title", "reason"], dtype=object))


def forms_csv(forms: Sequence[FormLine], decided: Reviews | None = None) -> bytes:
    """One row per form with its scores and counts, where its `audit.json` is, how much is decided, and who signed."""
    reviews = decided.projects if decided else [None] * len(forms)
    told = {
        "audit": [f"projects/{one.folder}/audit.json" if one.folder else "" for one in forms],
        "decided": [one.count() if one else 0 for one in reviews],
        "undecided": [
            one.findings - one.count() if one else line.errors + line.warnings + line.notes
            for line, one in zip(forms, reviews, strict=True)
        ],
        "signed": ["；".join(one.signed) if one else "" for one in reviews],
    }
    return csv_bytes(lines_table(forms).assign(**told))


def _project(number: int, one: FormLine, scale: Decimal, review: Review | None, beside: Container[str]) -> _Project:
    kinds = [severity.value for severity in Severity if one.counts[severity.weight]]
    first = next((severity for severity in Severity if one.counts[severity.weight]), None)
    kinds += ["disproved"] * one.disproved + ["failed"] * bool(one.failure) + ["doubted"] * bool(one.doubts)
    if review:
        kinds.append("undecided" if review.count() < review.findings else "decided")
        kinds += ["void"] * any(one.differences for one in review.signatures)
    return _Project(
        number,
        one,
        clipped(one.name, 80),
        clipped(one.implementer, 40),
        clipped(one.file, 80),
        " ".join(kinds),
        (one.stated, one.verified, one.upper, *([one.reviewed] if review else [])),
        one.counts,
        _bar(one, scale),
        f"{first.mark} {one.worst_title}：{clipped(one.worst_message, 70)}" if first else nothing_found(one.doubts),
        f"▲ 自评结果不成立：{clipped(one.disproof, 70)}" if one.disproved else "",
        f"● 读表存疑 {one.doubts} 处：{clipped(one.doubt, 70)}" if one.doubts else "",
        review,
        tuple((page, title) for page, title in PAGES.items() if f"projects/{one.folder}/{page}" in beside),
    )


def _bar(card: FormLine, scale: Decimal) -> Markup:
    """The three scores as one bar; the figures stand beside it, so that it needs no words."""
    stated = "" if card.stated is None else f";--s:{_share(card.stated, scale)}%"
    return Markup('<i style="--v:{}%;--u:{}%{}"></i>').format(
        _share(card.verified, scale), _share(card.upper, scale), stated
    )


def _scale(cards: Sequence[FormLine], full: Decimal) -> Decimal:
    """What the whole width of a bar stands for: the greatest score, but at most one and a half times full marks."""
    most = max([full, *(score for card in cards for score in (card.upper, card.stated or full))])
    return min(most, full * 3 / 2) or Decimal(100)


def _share(score: Decimal, scale: Decimal) -> str:
    return format_number(min(max(score / scale, Decimal(0)), Decimal(1)) * 100, places=1)


def _named(forms: Iterable[FormLine]) -> dict[str, list[FormLine]]:
    """The forms by the name that evidence gives to each."""
    found: dict[str, list[FormLine]] = defaultdict(list)
    for one in forms:
        for name in (one.project or PurePosixPath(one.file).name, f"{one.file} {one.project}".strip()):
            found[name].append(one)
    return found


def _involved(finding: Finding, named: Mapping[str, Sequence[FormLine]]) -> list[tuple[str, str]]:
    """The projects that prove a finding across forms, with their folders; a name that several forms bear names all."""
    names = dict.fromkeys(value.at.source for value in finding.evidence if value.at and value.at.source)
    forms = [(one.project or name, one) for name in names for one in named.get(escape_controls(name), ())]
    told = [(clipped(name, 40), "" if one.failure else one.folder) for name, one in forms[:INVOLVED]]
    return told + [(f"等 {len(forms)} 个", "")] * (len(forms) > INVOLVED)
