"""A year's audits as flat tables: which columns there are, what stands in them, and one line that tells of a form.

Texts are as written on the form (letters that act made visible), figures are exact; a form is named by `file` and `form`
(its number in the file, from 1) in every table. A figure that is not there is null, a text that is not there is blank.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import astuple, dataclass, field, fields
from decimal import Decimal
from enum import StrEnum
from typing import Any

from auditkit.model import Finding, Value
from auditkit.report.facts import scored_rows
from auditkit.report.year.rows import FileRow, FormLine, FormRow, kept
from auditkit.rules.rule import FAMILIES
from auditkit.safety import escape_controls, escape_line, escape_value


class ColumnKind(StrEnum):
    """What stands in a column."""

    TEXT = "text"
    WHOLE = "whole"
    FIGURE = "figure"
    TRUTH = "truth"


_KINDS = {"": ColumnKind.TEXT, "#": ColumnKind.WHOLE, "$": ColumnKind.FIGURE, "?": ColumnKind.TRUTH}
_OF_TYPE = {"str": ColumnKind.TEXT, "int": ColumnKind.WHOLE, "Decimal": ColumnKind.FIGURE, "bool": ColumnKind.TRUTH}


def _columns(words: str) -> dict[str, ColumnKind]:
    """Names with a sign before those that are no text: # whole number, $ figure, ? truth."""
    return {word.lstrip("#$?"): _KINDS[word[0] if word[0] in "#$?" else ""] for word in words.split()}


TABLES: Mapping[str, Mapping[str, ColumnKind]] = {
    "forms": {one.name: _OF_TYPE[str(one.type).split(" ")[0]] for one in fields(FormLine)},
    "indicators": _columns(
        "file #form #row category subcategory name target result $points $score explanation kind verdict"
    ),
    "findings": _columns("file #form project unit rule severity title #row message evidence basis ?rejected"),
    "scores": _columns("file #form #row label kind $points $stated $verified $upper verdict why $reviewed"),
    "files": _columns("file status #forms message"),
}
OF_FORMS = ("forms", "indicators", "findings", "scores")  # these are partitioned

Rows = dict[str, list[tuple[Any, ...]]]


@dataclass
class Tally:
    """Findings counted by rule, in how many forms, and by unit and family of rules, as they are told one after another."""

    rules: dict[tuple[str, str, str], list[int]] = field(default_factory=dict)
    units: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def add(self, found: Iterable[tuple[str, int, str, str, str, str, bool]]) -> None:
        """Count findings, told as file, form, unit, rule, severity, title, and whether it was rejected, which then counts
        for nothing; those of a form stand together."""
        last: dict[tuple[str, str, str], tuple[str, int]] = {}
        for file, form, unit, rule, severity, title, rejected in found:
            if rejected:
                continue
            key = (rule, title, severity)
            counts = self.rules.setdefault(key, [0, 0])
            counts[0] += 1
            counts[1] += last.get(key) != (file, form)
            last[key] = (file, form)
            self.units[unit][rule[:3]] += 1

    def add_rows(self, rows: Rows) -> None:
        """Count the findings among the rows of one form."""
        self.add((*found[:2], *found[3:7], found[-1]) for found in rows["findings"])

    def of_unit(self, unit: str) -> list[int]:
        counts = self.units.get(unit, {})
        return [counts.get(family, 0) for family in FAMILIES]


TALLIED = ("file", "form", "unit", "rule", "severity", "title", "rejected")


def rows_of(row: FormRow, line: FormLine) -> Rows:
    """The rows of all tables that tell of one form."""
    audit, form = row.audit, row.audit.form
    key = (row.file, form.number)
    rows: Rows = {"forms": [astuple(line)], "indicators": [], "scores": []}
    rows["findings"] = [
        (*key, line.project, line.unit, *_told(finding), number in audit.rejected)
        for number, finding in enumerate(audit.findings, 1)
    ]
    for item, indicator in zip(audit.scorecard.items, form.indicators, strict=True):
        texts = (getattr(indicator, name).one_line for name in ("category", "subcategory", "name", "target", "result"))
        figures = (_figure(indicator.points), _figure(indicator.score), indicator.explanation.text)
        verdict = item.judgement.verdict.value if item.judgement else ""
        rows["indicators"].append((*key, indicator.row, *texts, *figures, indicator.kind.value, verdict))
    for item, after, _ in scored_rows(audit):
        scores = tuple(map(kept, (item.points, item.stated, item.verified, item.upper)))
        verdict = item.judgement.verdict.value if item.judgement else ""
        kind = item.kind.value if item.kind else "execution"
        rows["scores"].append((*key, item.row, item.label, kind, *scores, verdict, item.why, kept(after)))
    return {name: [tuple(map(escape_value, one)) for one in table] for name, table in rows.items()}


def file_rows(files: Iterable[FileRow]) -> Iterator[tuple[Any, ...]]:
    """The rows of the table `files`, without the time that each took."""
    return ((escape_controls(one.file), one.status, one.forms, escape_controls(one.message)) for one in files)


def _told(finding: Finding) -> tuple[Any, ...]:
    evidence = "；".join(
        f"{escape_line(value.place)}「{escape_controls(value.one_line)}」" for value in finding.evidence
    )
    return finding.rule, finding.severity.value, finding.title, finding.row, finding.message, evidence, finding.basis


def _figure(value: Value) -> Decimal | None:
    return kept(value.number) if value.is_number else None
