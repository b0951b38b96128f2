"""A year beside the one before: a page for each project, and one for all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from heapq import nlargest
from typing import Any

from auditkit.report.html.trend import shown, trend_chart
from auditkit.report.html.views import View, render_html
from auditkit.report.rectification import Fate, ProjectYears, Trend
from auditkit.report.year.views import MOST, Year

PAGE = "years.html"  # beside the report of a project, and beside that of a year
LINES = "years.jsonl"  # a line a project
LISTED = 500  # projects on the page of a year, and reasons why one is not on it
HEAD = (
    *(("项目", 24), ("执行率", 13), ("自评得分", 13), ("可核实得分", 13), ("上年发现", 9)),
    *((fate.zh, 7) for fate in Fate),
)


def project_page(one: ProjectYears) -> str:
    """What became of last year's findings on one project, and how its rate and scores went."""
    return render_html("years.html.j2", one=one, chart=trend_chart(one.trends, one.years), shown=shown)


@dataclass
class YearsTally:
    """All projects of a run that stood in the year before, as they are told one after another.

    Of those of which most findings stand again, the first are held. `folders` are those of their reports.
    """

    number: int = 0
    fates: dict[Fate, int] = field(default_factory=lambda: dict.fromkeys(Fate, 0))
    years: tuple[int | None, int | None] = (None, None)
    _sums: dict[str, tuple[int, Decimal, Decimal]] = field(default_factory=dict)
    _first: list[tuple[tuple[int, int], str, ProjectYears]] = field(default_factory=list)

    def add(self, one: ProjectYears, folder: str) -> None:
        """Count one project, whose reports are in this folder."""
        self.number += 1
        self.years = (self.years[0] or one.years[0], self.years[1] or one.years[1])
        for fate in Fate:
            self.fates[fate] += one.count(fate)
        for trend in one.trends:
            if trend.before is not None and trend.now is not None:
                count, before, now = self._sums.get(trend.name, (0, Decimal(0), Decimal(0)))
                self._sums[trend.name] = (count + 1, before + trend.before, now + trend.now)
        self._first.append(((one.count(Fate.REPEATED), -self.number), folder, one))
        if len(self._first) >= 2 * LISTED:
            self._first = nlargest(LISTED, self._first, key=lambda row: row[0])

    @property
    def means(self) -> tuple[Trend, ...]:
        """The average of each figure over the projects that have it in both years."""
        return tuple(Trend(name, before / n, now / n) for name, (n, before, now) in self._sums.items())

    @property
    def words(self) -> str:
        """What became of all findings, in one sentence."""
        told = "，".join(f"{fate.zh} {count} 条" for fate, count in self.fates.items() if count)
        total = sum(self.fates.values())
        return f"{self.number} 个项目可与上年比对，上年发现 {total} 条" + (f"：{told}" if told else "")

    def first(self, most: int) -> list[tuple[str, ProjectYears]]:
        """The projects of which most findings stand again, each with the folder of its reports."""
        return [row[1:] for row in nlargest(most, self._first, key=lambda row: row[0])]

    def facts(self) -> dict[str, Any]:
        """What the yearly report says of it, in what JSON has."""
        means = [[one.name, *(None if n is None else str(n) for n in (one.before, one.now))] for one in self.means]
        rows = [_row(one) for _, one in self.first(MOST)]
        return {"title": self.words, "years": list(self.years), "means": means, "rows": rows, "number": self.number}


def _row(one: ProjectYears) -> list[str]:
    by_name = {trend.name: trend for trend in one.trends}
    figures = [_both(by_name.get(name)) for name in ("执行率", "自评得分", "可核实得分")]
    return [one.project or one.file, *figures, f"{len(one.findings)}", *(f"{one.count(fate)}" for fate in Fate)]


def _both(trend: Trend | None) -> str:
    return f"{shown(trend, trend.before)} → {shown(trend, trend.now)}" if trend else "—"


def years_page(tally: YearsTally, skipped: Sequence[str], year: int) -> str:
    """All projects beside the year before, and which were not laid beside it."""
    rows = [(folder, _row(one)) for folder, one in tally.first(LISTED)]
    more = max(tally.number - len(rows), 0), max(len(skipped) - LISTED, 0)
    values = {"title": tally.words, "chart": trend_chart(tally.means, tally.years), "head": HEAD, "rows": rows}
    return render_html("years_all.html.j2", **values, skipped=skipped[:LISTED], more=more, year=year)


def year_years(whole: Year) -> View:
    """The year beside the one before, where the results of that were given."""
    told: Mapping[str, Any] | None = whole.years
    if not told:
        title = "没有提供上年的审核结果，未与上年比对（auditkit run --previous）"
        return View(
            title, render_html("year_table.html.j2", title=title, head=(), rows=(), more=0, notes=(), numbers=())
        )
    means = tuple(Trend(name, *(None if n is None else Decimal(n) for n in both)) for name, *both in told["means"])
    html = render_html(
        "year_years.html.j2",
        title=told["title"],
        chart=trend_chart(means, tuple(told["years"])),
        head=HEAD,
        rows=[("", row) for row in told["rows"]],
        more=max(told["number"] - len(told["rows"]), 0),
    )
    return View(told["title"], html)
