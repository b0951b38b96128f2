"""Audits as tables for spreadsheets and further analysis."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from auditkit.model import Finding, Outcome
from auditkit.pipeline import Audit
from auditkit.quantity.numbers import format_number
from auditkit.report.year.rows import FormLine, FormRow, line_of
from auditkit.safety import escape_controls, escape_formula

if TYPE_CHECKING:
    from pandas import DataFrame

FINDING_COLUMNS = ("file", "form", "project", "rule", "severity", "title", "row", "message", "evidence", "basis")
FINDING_COLUMNS += ("rejected",)  # yes, or blank
FORM_COLUMNS = ("file", "form", "project", "year", "stated", "verified", "upper", "reviewed")
FORM_COLUMNS += ("errors", "warnings", "notes")
FORM_COLUMNS += ("kind", "rulebook", "doubts")
DOUBT = "doubt"  # in place of a severity, in the row of a doubt about the reading


def findings_table(audits: Iterable[Audit], across: Iterable[Outcome] = ()) -> DataFrame:
    """One row per doubt about the reading and per finding, in the order of `Audit.findings`; those across forms last.

    A doubt has no rule, those across forms have no file and project.
    """
    from pandas import DataFrame

    rows = [_of(audit) | told for audit in audits for told in (*_doubts(audit), *_found(audit))]
    rows += [_told(finding) for outcome in across for finding in outcome.findings]
    return DataFrame(rows, columns=list(FINDING_COLUMNS), dtype=object).fillna("")


def forms_table(audits: Iterable[Audit]) -> DataFrame:
    """One row per form: what it states, what it proves, how much was found."""
    return lines_table(line_of(FormRow(audit.source, "", audit)) for audit in audits)


def lines_table(forms: Iterable[FormLine]) -> DataFrame:
    """The same of forms of which a line is at hand."""
    from pandas import DataFrame

    return DataFrame([_form(one) for one in forms], columns=list(FORM_COLUMNS), dtype=object)


def csv_bytes(table: DataFrame, header: bool = True) -> bytes:
    """The table as a CSV that spreadsheets open in Chinese and in which no text of a form becomes a formula.

    Without its header it is the continuation of another.
    """
    text = table.map(_csv_cell).to_csv(index=False, header=header, lineterminator="\r\n")
    return text.encode("utf-8-sig" if header else "utf-8")


def _csv_cell(value: Any) -> Any:
    return escape_formula(value) if isinstance(value, str) else value


def _of(audit: Audit) -> dict[str, Any]:
    return {"file": audit.source, "form": audit.form.number, "project": audit.form.project.one_line}


def _doubts(audit: Audit) -> Iterator[dict[str, Any]]:
    return ({"rule": "", "severity": DOUBT, "title": "读表存疑", "message": one} for one in audit.form.doubts)


def _found(audit: Audit) -> Iterator[dict[str, Any]]:
    for number, finding in enumerate(audit.findings, 1):
        yield _told(finding) | ({"rejected": "yes"} if number in audit.rejected else {})


def _told(finding: Finding) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "title": finding.title,
        "row": "" if finding.row is None else finding.row,
        "message": finding.message,
        "evidence": "；".join(f"{value.place}「{escape_controls(value.one_line)}」" for value in finding.evidence),
        "basis": finding.basis,
    }


def _form(one: FormLine) -> tuple[Any, ...]:
    reviewed = "" if one.reviewed is None else format_number(one.reviewed)
    scores = (one.stated_text, format_number(one.verified), format_number(one.upper), reviewed)
    return (
        one.file,
        one.form,
        one.project,
        one.fiscal_year or "",
        *scores,
        *one.counts,
        one.kind,
        one.rulebook,
        one.doubt,
    )
