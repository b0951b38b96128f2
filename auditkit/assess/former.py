"""What was found in a project's form of an earlier year, beside what is found now: whether it is the same fault again."""

from __future__ import annotations

import re
from collections.abc import Mapping

from auditkit.assess.matching import Matched, match_rows
from auditkit.model import Finding, Form, Indicator, Pair, Value, Years
from auditkit.vocabulary.spelling import plain

_QUOTED = re.compile(r"“[^”]*”|\d+(?:\.\d+)?%?")


def matched_rows(years: Years) -> Matched:
    """Which rows of the two forms are of one indicator; the approved ones are last year's."""
    return match_rows(Pair(years.before.form, years.form))


def partners_of(matched: Matched) -> Mapping[int, int]:
    """The row of the year before by that of this year."""
    return {two.filed.row: two.approved.row for two in matched.rows}


def stands_again(now: Finding, then: Finding, years: Years, partners: Mapping[int, int]) -> bool:
    """Whether a finding is last year's again: of the same rule, on the same indicator, or in the same place of the form.

    The place is the same where the first proof stands in the same cell or entry, or where both say the same but for
    names and figures.
    """
    if now.rule != then.rule:
        return False
    if now.row is not None or then.row is not None:
        return now.row is not None and partners.get(now.row) == then.row
    if not _same_matter(now, then, years, partners):
        return False
    return _place(now) == _place(then, years.before.label) or _same_entry(now, then, years) or _told(now) == _told(then)


def _same_matter(now: Finding, then: Finding, years: Years, partners: Mapping[int, int]) -> bool:
    """Whether a finding on the whole form that quotes single indicators quoted one of them last year, too."""
    places, texts = {value.at for value in now.evidence}, {plain(value.text) for value in then.evidence}
    quoted = [item for item in years.form.indicators if any(value.at in places for value in _words(item) if value.at)]
    befores = {item.row: item for item in years.before.form.indicators}
    former = (befores.get(partners.get(item.row, 0)) for item in quoted)
    return not 0 < len(quoted) <= _FEW or any(
        item is not None and texts & {value.plain for value in _words(item) if value.plain} for item in former
    )


_FEW = 3  # rows that a finding is about, where more are only added up


def _words(item: Indicator) -> tuple[Value, ...]:
    return item.name, item.target, item.result, item.explanation


def _place(finding: Finding, label: str = "") -> str:
    first = finding.evidence[0].at if finding.evidence else None
    place = str(first) if first else ""
    return place.strip("《》").removeprefix(label).strip() if label else place


def _same_entry(now: Finding, then: Finding, years: Years) -> bool:
    """Whether what is quoted first stands in the same entry of both forms."""
    if not now.evidence or not then.evidence:
        return False
    first, before = now.evidence[0], then.evidence[0]
    paths = [path for path, value in years.form.values() if value.at and value.at == first.at]
    texts = _entries(years.before.form)
    return any(path in texts and plain(texts[path]) == plain(before.text) for path in paths)


def _entries(form: Form) -> dict[str, str]:
    """The texts of a form's entries by the path of their field, without those that it does not have."""
    return {path: value.text for path, value in form.values() if value.at}


def _told(finding: Finding) -> str:
    return _QUOTED.sub("", finding.message)
