"""An approved target form and the self-evaluation side by side: a row for each entry, marked where they differ."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from auditkit.assess.matching import match_rows
from auditkit.document import At
from auditkit.model import ABSENT, Finding, Form, Indicator, Severity, Value
from auditkit.pipeline import PairAudit
from auditkit.report.facts import clipped
from auditkit.report.html.views import render_html

TARGETS_PAGE = "targets.html"
MOST, _LONGEST = 300, 800  # indicators on the page, and letters of an entry
_COLUMNS = ("subcategory", "name", "target", "points")


@dataclass(frozen=True)
class _Cell:
    """A text, and the weight of what was found there, if anything was."""

    text: str
    severity: Severity | None = None


@dataclass(frozen=True)
class _Line:
    """An entry on both papers, and what was found of it."""

    approved: tuple[_Cell, ...]
    filed: tuple[_Cell, ...]
    findings: tuple[Finding, ...]
    label: str = ""
    compared: bool = True  # neither paper left it blank


def targets_page(one: PairAudit) -> str:
    """Both papers on one page, with a mark and the word beside every difference."""
    findings = sorted(
        (f for outcome in one.outcomes for f in outcome.findings), key=lambda f: (f.severity.weight, f.rule)
    )
    found: dict[At, list[Finding]] = defaultdict(list)
    for finding in findings:
        for value in finding.evidence:
            if value.at and finding not in found[value.at]:
                found[value.at].append(finding)
    indicators = list(_indicators(one, found))
    counts = [(severity, sum(f.severity is severity for f in findings)) for severity in Severity]
    skipped = [skip.reason for outcome in one.outcomes for skip in outcome.skipped]
    return render_html(
        "targets.html.j2",
        pair=one.pair,
        entries=list(_entries(one, found)),
        indicators=indicators[:MOST],
        more=len(indicators[MOST:]),
        counts=counts,
        skipped=list(dict.fromkeys(skipped)),
    )


def _entries(one: PairAudit, found: Mapping[At, Sequence[Finding]]) -> Iterator[_Line]:
    """Header, budget and goal, but for what neither paper has; a name proves what a dropped row is missing from."""
    ours, theirs = one.pair.approved, one.pair.filed
    amounts = (form.total.initial if form.total else ABSENT for form in (ours, theirs))
    told = (
        ("项目名称", ours.project, theirs.project),
        ("主管部门", ours.department, theirs.department),
        ("实施单位", ours.implementer, theirs.implementer),
        ("年度", ours.fiscal_year, theirs.fiscal_year),
        ("项目起止时间", ours.period, theirs.period),
        ("年度资金总额 / 年初预算数", *amounts),
        ("年度目标", ours.goal, theirs.goal),
    )
    for label, first, second in told:
        if first.text or second.text:
            yield _line(one, found, (first,), (second,), lambda f: f.rule in ("TGT006", "TGT007", "TGT008"), label)


def _indicators(one: PairAudit, found: Mapping[At, Sequence[Finding]]) -> Iterator[_Line]:
    """The rows that belong together in the order of the approved form, then those of either paper alone."""
    rows = match_rows(one.pair)
    pairs: list[tuple[Indicator | None, Indicator | None]] = [(two.approved, two.filed) for two in rows.rows]
    pairs += [(item, None) for item in rows.dropped] + [(None, item) for item in rows.added]
    for pair in pairs:
        first, second = (tuple(getattr(item, name) if item else ABSENT for name in _COLUMNS) for item in pair)
        row = pair[1].row if pair[1] else 0
        yield _line(one, found, first, second, lambda f, row=row: f.row in (None, row))  # a level stands for many rows


def _line(
    one: PairAudit,
    found: Mapping[At, Sequence[Finding]],
    first: tuple[Value, ...],
    second: tuple[Value, ...],
    about: Callable[[Finding], bool],
    label: str = "",
) -> _Line:
    """The entries of a line with what was found there, as far as it is about this line."""
    own: dict[int, Finding] = {}

    def cell(form: Form, value: Value) -> _Cell:
        told = found.get(value.at._replace(source=form.paper), ()) if value.at else ()
        told = [finding for finding in told if about(finding)]
        own.update((id(finding), finding) for finding in told)
        return _Cell(clipped(value.text, _LONGEST), told[0].severity if told else None)

    approved = tuple(cell(one.pair.approved, value) for value in first)
    filed = tuple(cell(one.pair.filed, value) for value in second)
    compared = not any(values[min(2, len(values) - 1)].is_blank for values in (first, second))
    return _Line(approved, filed, tuple(own.values()), label, compared)
