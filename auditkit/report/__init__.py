"""What a reader sees of an audit: tables, charts and pages. Nothing is judged here."""

from auditkit.report.html import FINISHED, View, catalogue, chart, colophon, coverage, findings, form, headline, scores
from auditkit.report.index import FileRow, FormRow, failure_page, files_csv, forms_csv, index_page, rules_page, summary
from auditkit.report.tables import csv_bytes, findings_table, forms_table

__all__ = [
    "FINISHED",
    "FileRow",
    "FormRow",
    "View",
    "catalogue",
    "chart",
    "colophon",
    "coverage",
    "csv_bytes",
    "failure_page",
    "files_csv",
    "findings",
    "findings_table",
    "form",
    "forms_csv",
    "forms_table",
    "headline",
    "index_page",
    "rules_page",
    "scores",
    "summary",
]
