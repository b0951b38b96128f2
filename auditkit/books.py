"""What a run writes of all forms together: the yearly report, tables, a covering memo, a working paper, the entry page."""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from auditkit import resources
from auditkit.audit import across_as_json
from auditkit.child import Child
from auditkit.forked import notebook_limits
from auditkit.manifest import Ledger
from auditkit.report import (
    FormRow,
    Year,
    csv_bytes,
    files_csv,
    findings_table,
    forms_csv,
    forms_table,
    index_page,
    rules_page,
    summary,
)
from auditkit.report.formats import HTML, attempt
from auditkit.safety import Limits, Unreadable, inert, inert_line
from auditkit.server import Ended
from auditkit.year import hand_on

if TYPE_CHECKING:
    from pandas import DataFrame

NOTEBOOK = "year_report.ipynb"


def write_year(ledger: Ledger, whole: Year, scratch: Path, child: Child, limits: Limits, formats: Sequence[str]) -> str:
    """The yearly notebook, executed in a process of its own, and its page; returns why there is none."""
    if not whole.audits:
        return ""
    handed = hand_on(whole, scratch)
    try:
        notebook, page = child.run(notebook_limits(limits), execute_year, handed, whole.year, whole.book.name)
    except (Ended, Unreadable) as error:
        return f"年度笔记本未能执行完毕：{error}"
    finally:
        handed.unlink(missing_ok=True)
    ledger.write("year_report.ipynb", notebook)
    if HTML in formats:
        ledger.write("year_report.html", page)
    return ""


def execute_year(handed: Path, year: int, rulebook: str) -> tuple[str, str]:
    """The notebook for a year that a run handed on, and its page. Raises Unreadable where it did not run to its end."""
    import nbformat

    from auditkit.run import NotebookError, render, restate, run_notebook

    chosen = {"year": year, "rulebook": rulebook}
    try:
        notebook = run_notebook(resources.notebooks() / NOTEBOOK, {"source": str(handed)} | chosen)
    except NotebookError as error:
        raise Unreadable(NOTEBOOK, str(error), str(error)) from error
    notebook = restate(notebook, {"source": "."} | chosen)
    return nbformat.writes(notebook) + "\n", render(notebook, f"{year} 年度项目支出绩效自评年度审核")


def write_books(ledger: Ledger, whole: Year, formats: Sequence[str]) -> str:
    """The covering memo, the working paper over all projects and the yearly report in print.

    Returns which there is none of and why: one that fails costs only itself.
    """
    failures = []
    for name, (file, make) in BOOKS.items():
        if whole.audits and name in formats:
            data, failure = attempt(file, lambda make=make: make(whole))
            if failure:
                failures.append(failure)
            else:
                ledger.write(file, data)
    return "；".join(failures)


def _memo(whole: Year) -> bytes:
    from auditkit.report import word

    return word.year_memo(whole.audits, whole.outcomes, whole.year, whole.book)


def _paper(whole: Year) -> bytes:
    from auditkit.report import excel

    return excel.review_workbook(whole.audits)


def _print(whole: Year) -> bytes:
    from auditkit.report import pdf

    return pdf.year_pdf(whole.audits, whole.outcomes, whole.files, whole.year, whole.book)


BOOKS = {"docx": ("memo.docx", _memo), "xlsx": ("review.xlsx", _paper), "pdf": ("year_report.pdf", _print)}


def write_tables(ledger: Ledger, forms: Sequence[FormRow], whole: Year, failure: str) -> None:
    """Tables for programs and for spreadsheets, the catalogue, the summary and the entry page."""
    found = findings_table(whole.audits, whole.outcomes)
    ledger.write("findings.csv", csv_bytes(found))
    plain = found.map(_inert)
    ledger.write("findings.jsonl", plain.to_json(orient="records", lines=True, force_ascii=False))
    if find_spec("pyarrow"):  # the extra [parquet]
        ledger.write("findings.parquet", parquet(plain))
        ledger.write("forms.parquet", parquet(forms_table(whole.audits).map(_inert)))
    across = across_as_json(whole.outcomes)
    ledger.write("across.json", json.dumps(across, ensure_ascii=False, allow_nan=False, indent=1))
    ledger.write("status.csv", files_csv(whole.files))
    ledger.write("forms.csv", forms_csv(forms))
    ledger.write("rules.html", rules_page(whole.book))
    told = summary(forms, whole.files, whole.year, whole.book)
    ledger.write("summary.txt", f"{told}{inert_line(failure)}\n" if failure else told)
    ledger.write("index.html", index_page(forms, whole.files, whole.outcomes, whole.year, whole.book, ledger.written()))


def _inert(value: object) -> object:
    return inert(value) if isinstance(value, str) else value


def parquet(table: DataFrame) -> bytes:
    """A table with every entry as its text, so that no figure is rounded."""
    buffer = BytesIO()
    table.astype("string").to_parquet(buffer, index=False)
    return buffer.getvalue()
