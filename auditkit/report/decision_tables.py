"""What people decided of an audit, as reports show it: plain texts, which `review.shown` tells of a store."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from auditkit.decisions.subject import ACROSS, Field, Ruling
from auditkit.decisions.summary import FILE, STEPS, Review, Reviews, chain_lines

MOST = 60  # rows of a table over a year; the rest stand in its decisions.json
NONE = "还没有人对审核发现作出决定。"
_TIME = "署名与时间（UTC）"


class ReportTable(NamedTuple):
    """A table for any kind of report: heads with their share of the width in hundredths."""

    title: str
    heads: tuple[tuple[str, int], ...]
    rows: Sequence[Sequence[str]]


def project_tables(review: Review) -> list[ReportTable]:
    """Findings, corrected entries and signatures; a table without rows is left out."""
    found = [one for one in review.decisions if one.number]
    heads = (("编号", 9), ("问题", 24), ("决定", 24), ("说明", 17), ("证据索引", 9), (_TIME, 17))
    rows = [(one.mark, one.name, one.told, one.text(Field.NOTE), one.text(Field.REFERENCE), one.by) for one in found]
    changed = [one for one in review.decisions if not one.number]
    entry = (("指标", 30), ("更正完成值", 14), ("更正得分", 9), ("说明", 29), (_TIME, 18))
    entries = [
        (one.name, one.text(Field.RESULT), one.text(Field.SCORE), "\n".join(filter(None, (one.text(Field.NOTE), one.told))), one.by)
        for one in changed
    ]  # fmt: skip
    signature = (("步骤", 8), ("署名", 14), ("时间（UTC）", 18), ("效力", 60))
    signatures = [(one.step, one.who, one.at, one.told) for one in review.signatures]
    tables = (
        ReportTable("对审核发现的决定", heads, rows),
        ReportTable("对表内数据的更正", entry, entries),
        ReportTable("签署", signature, signatures),
    )
    return [table for table in tables if table.rows]


def year_tables(whole: Reviews) -> list[ReportTable]:
    """Every project; what a person must look at again; every decided finding."""
    heads = (("项目", 26), ("已决定", 9), *((r.zh, 7) for r in Ruling), ("意见不一", 7), ("依据其他数据", 7))
    heads = (*heads, *((step, 10) for step in STEPS))
    rows = [_project_row(one) for one in whole.projects if one.decisions or one.signatures]
    told = [(one.project, each, each.number and each.ruling) for one in whole.projects for each in one.decisions]
    told += [(ACROSS, each, each.texts) for each in whole.across]
    again = [
        (project, each.mark or "—", each.name, "\n".join(each.besides)) for project, each, _ in told if each.besides
    ]
    void = [
        (one.project, "—", f"{signed.step} {signed.who}", signed.told)
        for one in whole.projects
        for signed in one.signatures
        if signed.differences
    ]
    found = [
        (project, each.mark, each.name, each.status, each.text(Field.NOTE), each.by)
        for project, each, decided in told
        if decided
    ]
    finding = (("项目", 21), ("编号", 9), ("问题", 22), ("决定", 10), ("说明", 21), (_TIME, 17))
    tables = (
        ReportTable("各项目的决定与签署", heads, rows),
        ReportTable(
            "需要重新看的决定与签署", (("项目", 21), ("编号", 9), ("问题或签署", 24), ("原因", 46)), [*void, *again]
        ),
        ReportTable("已作出的决定", finding, found),
    )
    return [_bounded(table) for table in tables if table.rows]


def printed_review(
    review: Review | Reviews | None, tables: Callable[[Any], Sequence[ReportTable]]
) -> dict[str, Any] | None:
    """The same for a printed page 174 mm wide; None where there is nothing to print."""
    if review is None:
        return None
    told = [
        {
            "title": table.title,
            "heads": [name for name, _ in table.heads],
            "widths": [share * 1.74 for _, share in table.heads],
            "rows": [list(row) for row in table.rows],
        }
        for table in tables(review)
    ]
    return {"tables": told, "lines": [review.words, *chain_lines(review.anchor, review.faults)]}


def _project_row(one: Review) -> tuple[str, ...]:
    signed = {each.step: f"{each.who}{'' if not each.differences else '（已失效）'}" for each in one.signatures}
    disputed, elsewhere = sum(bool(d.beside) for d in one.decisions), sum(bool(d.elsewhere) for d in one.decisions)
    counts = (*(one.count(ruling) for ruling in Ruling), disputed, elsewhere)
    return (one.project, one.share, *map(str, counts), *(signed.get(step, "—") for step in STEPS))


def _bounded(table: ReportTable) -> ReportTable:
    more = len(table.rows) - MOST
    if more <= 0:
        return table
    return table._replace(title=f"{table.title}（另有 {more} 行，见 {FILE}）", rows=table.rows[:MOST])
