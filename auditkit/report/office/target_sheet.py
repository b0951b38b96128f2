"""The sheet of a working paper that lists what differs from the approved targets; it is read, and not filled in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from auditkit.model import Finding, Outcome
from auditkit.report.office.cells import Column, banner, heading, write

if TYPE_CHECKING:
    from openpyxl import Workbook

TITLE, MOST = "对照批复的绩效目标", 5_000  # findings
_COLUMNS = (
    Column("序号", 5),
    Column("级别", 8),
    Column("规则", 8),
    Column("问题类型", 16),
    Column("问题", 60),
    Column("两张表的位置和原文", 60),
    Column("审核依据", 32),
)


def add_targets(book: Workbook, outcomes: Iterable[Outcome]) -> None:
    """Add the sheet, where anything differs; decisions on it are taken with `auditkit lab`, as across forms."""
    findings = [one for outcome in outcomes if outcome.rule.startswith("TGT") for one in outcome.findings]
    if not findings:
        return
    sheet = book.create_sheet(TITLE)
    more = f"只列前 {MOST} 条，全部 {len(findings)} 条见 findings.csv。" if len(findings) > MOST else ""
    banner(sheet, _COLUMNS, TITLE, f"自评表与批复的绩效目标不同之处 {len(findings)} 条，供查阅，不必填写。{more}")
    heading(sheet, 3, _COLUMNS)
    for number, finding in enumerate(findings[:MOST], 1):
        for column, text in enumerate(_row(number, finding), 1):
            write(sheet, 3 + number, column, text, "middle" if column < 4 else "text")


def _row(number: int, finding: Finding) -> tuple[object, ...]:
    proofs = "\n".join(f"{value.place}「{value.one_line}」" for value in finding.evidence)
    level = f"{finding.severity.mark} {finding.severity.zh}"
    return number, level, finding.rule, finding.title, finding.message, proofs, finding.basis
