"""The year's report as PDF."""

from __future__ import annotations

from collections.abc import Sequence

from auditkit.decisions.summary import Reviews
from auditkit.model import Outcome
from auditkit.pipeline import Audit
from auditkit.report.decision_tables import printed_review, year_tables
from auditkit.report.pdf.typst import _pdf
from auditkit.report.year.rows import FileRow, FormRow
from auditkit.report.year.views import PRINTED, Year, common_year
from auditkit.rulebooks.loader import Rulebook


def year_pdf(
    audits: Sequence[Audit],
    outcomes: Sequence[Outcome],
    files: Sequence[FileRow],
    year: int,
    book: Rulebook,
    review: Reviews | None = None,
) -> bytes:
    """The report on all forms of a run. Raises Unreadable, naming the extra, where typst is not installed."""
    rows = (FormRow(audit.source, "", audit) for audit in audits)
    return printed_year(common_year(rows, outcomes, files, year, book), review)


def printed_year(whole: Year, review: Reviews | None = None) -> bytes:
    """The same of a year that is at hand; its lists of forms have their first thousand rows."""
    return _pdf("year.typ", whole.facts_of(PRINTED) | {"review": printed_review(review, year_tables)})
