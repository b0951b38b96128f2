"""What a reader sees of an audit: tables, charts and pages. Nothing is judged here."""

# ruff: noqa: F401  (imported for whoever asks here)

from auditkit.report.html.decisions import decisions, decisions_of_year, with_decisions
from auditkit.report.html.views import (
    FINISHED,
    View,
    catalogue,
    chart,
    colophon,
    coverage,
    findings,
    form,
    headline,
    scores,
)
from auditkit.report.year.index import (
    failure_page,
    files_csv,
    forms_csv,
    index_pages,
    rules_page,
    sheets_csv,
    summary,
)
from auditkit.report.year.rows import FileRow, FormLine, FormRow, SheetRow, line_of
from auditkit.report.year.tables import csv_bytes, findings_table, forms_table
from auditkit.report.year.views import (
    Year,
    year_across,
    year_colophon,
    year_files,
    year_first,
    year_headline,
    year_money,
    year_ranking,
    year_rates,
    year_rules,
    year_scores,
    year_units,
    year_unproved,
)
from auditkit.report.year.years import year_years

# What the project notebook shows of one audit, cell by cell.
VIEWS = (headline, chart, findings, form, scores, coverage, colophon)
