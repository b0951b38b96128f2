"""All forms of a year side by side, and what a reader sees of them: one view for each question of the yearly notebook."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from auditkit.audit import Audit
from auditkit.model import Outcome
from auditkit.report import year_charts
from auditkit.report.html import FINISHED, View, render_html
from auditkit.report.index import FileRow
from auditkit.report.printed_year import year_facts
from auditkit.rulebook import Rulebook

MOST = 60  # rows of a table on the page; the rest stand in forms.csv


@dataclass(frozen=True)
class Year:
    """The audits of a run or folder, what shows across them, and a row for each input file."""

    audits: tuple[Audit, ...]
    outcomes: tuple[Outcome, ...]
    files: tuple[FileRow, ...]
    year: int
    book: Rulebook

    @cached_property
    def facts(self) -> dict[str, Any]:
        return year_facts(self.audits, self.outcomes, self.files, self.year, self.book)


def year_headline(whole: Year) -> View:
    """The verdict on the year in one sentence, and its counts."""
    html = render_html("year_headline.html.j2", facts=whole.facts)
    return View(f"{whole.year} 年度：{whole.facts['verdict']}", html)


def year_first(whole: Year) -> View:
    """The projects to look at first, and why."""
    head = (("次序", 6), ("项目", 20), ("单位", 14), ("为什么", 26), ("最重的问题", 34))
    return _table("先看的项目", head, whole.facts["first"])


def year_scores(whole: Year) -> View:
    """Stated against verified scores, under a title that gives the answer."""
    return _chart(year_charts.scores_title(whole.audits), year_charts.scores_chart(whole.audits, whole.book))


def year_ranking(whole: Year) -> View:
    """Every form by its verified score."""
    rows = [
        [
            one["place"],
            one["name"],
            one["unit"],
            *(bar["shown"] for bar in one["bars"]),
            one["stated-place"],
            *one["counts"],
        ]
        for one in whole.facts["ranking"]
    ]
    head = (("名次", 6), ("项目", 24), ("单位", 16), ("自评", 8), ("可核实", 8), ("最高可能", 9), ("按自评的名次", 8))
    return _table(whole.facts["answers"]["ranking"], (*head, ("▲", 7), ("●", 7), ("○", 7)), rows, numbers=range(3, 10))


def year_rates(whole: Year) -> View:
    """Execution rate against the stated score, under a title that gives the answer."""
    return _chart(year_charts.rates_title(whole.audits, whole.book), year_charts.rates_chart(whole.audits, whole.book))


def year_rules(whole: Year) -> View:
    """Findings by rule."""
    head = (("规则", 12), ("级别", 12), ("问题", 46), ("条数", 15), ("涉及的表", 15))
    return _table(whole.facts["answers"]["rules"], head, whole.facts["rules"], numbers=(3, 4))


def year_units(whole: Year) -> View:
    """Findings by unit and family of rules: a number in every cell, and the darker the more."""
    units = whole.facts["units"]
    html = render_html(
        "year_units.html.j2", families=units["families"], rows=units["rows"][:MOST], more=_more(units["rows"])
    )
    return View(f"按单位：{len(units['rows'])} 个单位", html)


def year_money(whole: Year) -> View:
    """Budget, spending and what is left."""
    money = whole.facts["money"]
    head = (("项目", 30), ("预算", 13), ("执行", 13), ("结余", 13), ("执行率", 11), ("单位", 9), ("自评", 11))
    rows = [*money["sums"], *money["rows"]]
    notes = [f"未能计算：{name}（{unit}）：{reason}" for name, unit, reason in money["unreadable"][:MOST]]
    return _table(whole.facts["answers"]["money"], head, rows, numbers=(1, 2, 3, 4, 6), notes=notes)


def year_across(whole: Year) -> View:
    """What shows only when the forms lie side by side."""
    rows = [
        [f"{one['mark']} {one['severity']}", one["rule"], f"{one['title']}：{one['message']}"]
        for one in whole.facts["across"]
    ]
    return _table(f"各表放在一起看到的问题 {len(rows)} 条", (("级别", 12), ("规则", 12), ("问题", 76)), rows)


def year_unproved(whole: Year) -> View:
    """What the forms themselves cannot prove."""
    head = (("项目", 36), ("无法核实的指标", 16), ("其分值", 12), ("指标分值", 12), ("占比", 12), ("未能核查处", 12))
    told = whole.facts["unproved"]
    return _table(whole.facts["answers"]["unproved"], head, told["rows"], numbers=range(1, 6), notes=[told["line"]])


def year_files(whole: Year) -> View:
    """The files that were not audited, or with doubts."""
    rows = whole.facts["files"]
    title = f"需要留意的文件 {len(rows)} 个，其余 {len(whole.files) - len(rows)} 个正常"
    return _table(title, (("文件", 34), ("状态", 12), ("说明", 54)), rows)


def year_colophon(whole: Year) -> View:
    """What the report rests on. Its words mark a report that ran to its end."""
    return View(FINISHED, render_html("colophon.html.j2", book=whole.book, finished=FINISHED))


def _table(
    title: str,
    head: Sequence[tuple[str, int]],
    rows: Sequence[Sequence[str]],
    numbers: Sequence[int] = (),
    notes: Sequence[str] = (),
) -> View:
    values = {"head": head, "rows": rows[:MOST], "numbers": set(numbers), "notes": notes, "more": _more(rows)}
    return View(title, render_html("year_table.html.j2", title=title, **values))


def _more(rows: Sequence[object]) -> int:
    return max(len(rows) - MOST, 0)


def _chart(title: str, image: str) -> View:
    return View(title, render_html("year_chart.html.j2", title=title, image=image))
