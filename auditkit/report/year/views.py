"""All forms of a year side by side, and what a reader sees of them: one view for each question of the yearly notebook."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from auditkit.model import Outcome
from auditkit.pipeline import GROUPED, across_as_json
from auditkit.report.facts import book_facts
from auditkit.report.html.views import FINISHED, View, render_html
from auditkit.report.year import charts as year_charts
from auditkit.report.year.dataset import Tally, rows_of
from auditkit.report.year.facts import year_facts
from auditkit.report.year.rows import FileRow, FormLine, FormRow, line_of
from auditkit.rulebooks.loader import Rulebook
from auditkit.vocabulary.spelling import plain

MOST = 50  # rows of a table on the page; the rest stand in forms.csv
PRINTED = 1_000  # rows of a table in what is printed


@dataclass(frozen=True)
class Year:
    """One line for each form of a run or folder, its findings counted, what shows across them, and every input file."""

    forms: tuple[FormLine, ...]
    tally: Tally
    across: tuple[Mapping[str, Any], ...]
    files: tuple[FileRow, ...]
    year: int
    book: Rulebook
    years: Mapping[str, Any] | None = None  # what is told of the year before, where its results were given

    @cached_property
    def facts(self) -> dict[str, Any]:
        return self.facts_of(MOST)

    def facts_of(self, most: int) -> dict[str, Any]:
        """What the report says, with so many rows in each list of forms."""
        return year_facts(self.forms, self.tally, self.across, self.files, self.year, self.book, most)


def common_year(
    rows: Iterable[FormRow], outcomes: Iterable[Outcome], files: Iterable[FileRow], year: int, book: Rulebook
) -> Year:
    """The year of audits that are at hand."""
    lines, tally = [], Tally()
    for row in rows:
        line = line_of(row)
        lines.append(line)
        tally.add_rows(rows_of(row, line))
    return Year(tuple(lines), tally, tuple(across_as_json(outcomes)["findings"]), tuple(files), year, book)


def year_headline(whole: Year) -> View:
    """The verdict on the year in one sentence, and its counts."""
    html = render_html("year_headline.html.j2", facts=whole.facts)
    return View(f"{whole.year} 年度：{whole.facts['verdict']}", html)


def year_first(whole: Year) -> View:
    """The projects to look at first, and why."""
    head = (("次序", 6), ("项目", 20), ("单位", 14), ("为什么", 26), ("最重的问题", 34))
    return _table(whole, "first", head, whole.facts["first"])


def year_scores(whole: Year) -> View:
    """Stated against verified scores, under a title that gives the answer."""
    return _chart(year_charts.scores_title(whole.forms), year_charts.scores_chart(whole.forms, whole.book))


def year_ranking(whole: Year) -> View:
    """Every form by its reviewed or verified score."""
    decided = any(one.reviewed is not None for one in whole.forms)

    def scores(one: Mapping[str, Any]) -> list[str]:
        shown = [bar["shown"] for bar in one["bars"]]
        return [*shown, *["—"] * (4 - len(shown))] if decided else shown

    rows = [
        [
            *(one[name] for name in ("place", "name", "unit")),
            *scores(one),
            *(one["stated-place"], *one["counts"]),
        ]
        for one in whole.facts["ranking"]
    ]
    head = (("名次", 6), ("项目", 17 if decided else 24), ("单位", 16), ("自评", 8), ("可核实", 8), ("最高可能", 9))
    head = (*head, *([("复核", 7)] if decided else []), ("按自评的名次", 8))
    return _table(whole, "ranking", (*head, ("▲", 7), ("●", 7), ("○", 7)), rows, range(3, 11))


def year_rates(whole: Year) -> View:
    """Execution rate against the stated score, under a title that gives the answer."""
    return _chart(year_charts.rates_title(whole.forms, whole.book), year_charts.rates_chart(whole.forms, whole.book))


def year_rules(whole: Year) -> View:
    """Findings by rule."""
    head = (("规则", 12), ("级别", 12), ("问题", 46), ("条数", 15), ("涉及的表", 15))
    return _table(whole, "rules", head, whole.facts["rules"], (3, 4))


def year_units(whole: Year) -> View:
    """Findings by unit and family of rules: a number in every cell, and the darker the more."""
    units = whole.facts["units"]
    title, more = whole.facts["answers"]["units"], whole.facts["more"]["units"]
    html = render_html("year_units.html.j2", title=title, families=units["families"], rows=units["rows"], more=more)
    return View(title, html)


def year_money(whole: Year) -> View:
    """Budget, spending and what is left."""
    money = whole.facts["money"]
    head = (("项目", 30), ("预算", 13), ("执行", 13), ("结余", 13), ("执行率", 11), ("单位", 9), ("自评", 11))
    rows = [*money["sums"], *money["rows"]]
    notes = [f"未能计算：{name}（{unit}）：{reason}" for name, unit, reason in money["unreadable"]]
    if more := whole.facts["more"]["unreadable"]:
        notes.append(f"另有 {more} 张表未能计算。")
    return _table(whole, "money", head, rows, (1, 2, 3, 4, 6), notes)


def year_across(whole: Year) -> View:
    """What shows only when the forms lie side by side."""
    rows = [
        [f"{one['mark']} {one['severity']}", one["rule"], f"{one['title']}：{one['message']}"]
        for one in whole.facts["across"]
    ]
    head = (("级别", 12), ("规则", 12), ("问题", 76))
    groups = {(plain(one.department_name), one.fiscal_year) for one in whole.forms}
    notes = [GROUPED] if len(groups) > 1 else []
    return _table(whole, "across", head, rows, notes=notes)


def year_unproved(whole: Year) -> View:
    """What the forms themselves cannot prove."""
    head = (("项目", 36), ("无法核实的指标", 16), ("其分值", 12), ("指标分值", 12), ("占比", 12), ("未能核查处", 12))
    told = whole.facts["unproved"]
    return _table(whole, "unproved", head, told["rows"], range(1, 6), [told["line"]])


def year_files(whole: Year) -> View:
    """The files that were not audited, or with doubts."""
    return _table(whole, "files", (("文件", 34), ("状态", 12), ("说明", 54)), whole.facts["files"])


def year_colophon(whole: Year) -> View:
    """What the report rests on. Its words mark a report that ran to its end."""
    return View(
        FINISHED, render_html("colophon.html.j2", book=whole.book, documents=book_facts(whole.book), finished=FINISHED)
    )


def _table(
    whole: Year,
    question: str,
    head: Sequence[tuple[str, int]],
    rows: Sequence[Sequence[str]],
    numbers: Sequence[int] = (),
    notes: Sequence[str] = (),
) -> View:
    """A table under the answer to its question, and how many rows are left out."""
    title, more = whole.facts["answers"][question], whole.facts["more"].get(question, 0)
    values = {"head": head, "rows": rows, "numbers": set(numbers), "notes": notes, "more": more}
    return View(title, render_html("year_table.html.j2", title=title, **values))


def _chart(title: str, image: str) -> View:
    return View(title, render_html("year_chart.html.j2", title=title, image=image))
