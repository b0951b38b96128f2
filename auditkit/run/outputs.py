"""What a run writes of all forms together: the yearly report, tables, a covering memo, a working paper, the entry page."""

from __future__ import annotations

import json
from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import replace
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from auditkit import resources
from auditkit.decisions.summary import FILE, Reviews, chain_lines
from auditkit.model import Outcome
from auditkit.notebook.kernel_process import notebook_limits
from auditkit.pipeline import Audit, across_as_json, ranked
from auditkit.report import (
    FileRow,
    FormRow,
    Year,
    csv_bytes,
    files_csv,
    findings_table,
    forms_csv,
    index_pages,
    rules_page,
    summary,
)
from auditkit.report.formats import HTML, attempt
from auditkit.report.year.dataset_files import Parts
from auditkit.report.year.tables import lines_table
from auditkit.rulebooks.loader import Rulebook
from auditkit.run.manifest import Ledger
from auditkit.safety import Limits, Unreadable, escape_controls, escape_line
from auditkit.sandbox.forkserver import Ended
from auditkit.sandbox.process import SandboxProcess

if TYPE_CHECKING:
    from pandas import DataFrame

NOTEBOOK = "year_report.ipynb"
DATASET = "dataset"
MOST = 1_000  # forms in a working paper


def write_dataset(
    ledger: Ledger,
    forms: Iterable[FormRow],
    files: Sequence[FileRow],
    outcomes: Sequence[Outcome],
    year: int,
    book: Rulebook,
) -> None:
    """The tables of a year, which the yearly notebook and other programs read."""
    parts = dataset(ledger)
    for row in forms:
        parts.add(row)
    finish_dataset(ledger, parts, files, outcomes, year, book)


def dataset(ledger: Ledger) -> Parts:
    """What writes the dataset of a run."""
    return Parts(lambda name, data: ledger.write(f"{DATASET}/{name}", data))


def finish_dataset(
    ledger: Ledger, parts: Parts, files: Sequence[FileRow], outcomes: Sequence[Outcome], year: int, book: Rulebook
) -> None:
    """The last parts; what a former run left beside them is removed."""
    parts.close(files, year, book, outcomes)
    ledger.only(DATASET)


def write_year(
    ledger: Ledger,
    whole: Year,
    facts: Path,
    child: SandboxProcess,
    limits: Limits,
    formats: Container[str],
    rulebook: str,
    decided: bool = False,
) -> str:
    """The yearly notebook over a dataset, in a process of its own, and its page; returns why there is none.

    `facts` is the dataset's year.json, `rulebook` the name or file by which the notebook opens its rulebook; where
    something was `decided`, that was written beside the dataset.
    """
    if not whole.forms:
        return ""
    review = str(facts.parent.parent / FILE) if decided else ""
    try:
        limited = _time_for(len(whole.forms), limits)
        notebook, page = child.run(limited, execute_year, facts, whole.year, rulebook, review)
    except (Ended, Unreadable) as error:
        return f"年度笔记本未能执行完毕：{error}"
    ledger.write("year_report.ipynb", notebook)
    if HTML in formats:
        ledger.write("year_report.html", page)
    return ""


def _time_for(forms: int, limits: Limits) -> Limits:
    """The limits of the yearly notebook: the time that a notebook has, and as much again for every 20,000 forms."""
    one = notebook_limits(limits)
    return replace(one, seconds=one.seconds * (1 + forms // 20_000))


def execute_year(facts: Path, year: int, rulebook: str, review: str = "") -> tuple[str, str]:
    """The notebook for a year whose dataset a run wrote, and its page. Raises Unreadable where it did not run to its end."""
    import nbformat

    from auditkit.notebook.execute import NotebookError, render, restate, run_notebook

    chosen = {"year": year, "rulebook": rulebook}
    try:
        notebook = run_notebook(resources.notebooks() / NOTEBOOK, {"source": str(facts), "review": review} | chosen)
    except NotebookError as error:
        raise Unreadable(NOTEBOOK, str(error), str(error)) from error
    stated = {"source": ".", "year": year, "rulebook": Path(rulebook).name, "review": FILE if review else ""}
    notebook = restate(notebook, stated)
    return nbformat.writes(notebook) + "\n", render(notebook, f"{year} 年度项目支出绩效自评年度审核")


def write_books(
    ledger: Ledger,
    whole: Year,
    audits: Sequence[Audit],
    outcomes: Sequence[Outcome],
    formats: Sequence[str],
    decided: Reviews | None = None,
) -> str:
    """The covering memo, the working paper over all projects and the yearly report in print.

    Returns which there is none of and why: one that fails costs only itself. Of very many forms memo and report list the
    first thousand, and the working paper has those to look at first.
    """

    def memo() -> bytes:
        from auditkit.report.year import memo as word

        return word.year_memo(whole, audits, outcomes, decided)

    def paper() -> bytes:
        from auditkit.report.office import working_paper as excel

        return excel.review_workbook(audits if len(audits) <= MOST else ranked(audits)[:MOST], decided)

    wanted = {"docx": ("memo.docx", memo), "xlsx": ("review.xlsx", paper)}
    failures = [_write_book(ledger, *wanted[name]) for name in wanted if audits and name in formats]
    return "；".join(filter(None, (*failures, write_printed(ledger, whole, formats, decided))))


def _write_book(ledger: Ledger, file: str, make: Callable[[], bytes]) -> str:
    data, failure = attempt(file, make)
    if not failure:
        ledger.write(file, data)
    return failure


def write_printed(ledger: Ledger, whole: Year, formats: Container[str], decided: Reviews | None = None) -> str:
    """The yearly report in print, where it is wanted; returns why there is none."""

    def printed() -> bytes:
        from auditkit.report.year import pdf

        return pdf.printed_year(whole, decided)

    return _write_book(ledger, "year_report.pdf", printed) if whole.forms and "pdf" in formats else ""


def write_tables(
    ledger: Ledger,
    whole: Year,
    audits: Sequence[Audit],
    outcomes: Sequence[Outcome],
    failure: str,
    decided: Reviews | None = None,
) -> None:
    """Tables for programs and for spreadsheets, the catalogue, the summary and the entry page."""
    found = findings_table(audits, outcomes)
    ledger.write("findings.csv", csv_bytes(found))
    plain = found.map(_inert)
    ledger.write("findings.jsonl", plain.to_json(orient="records", lines=True, force_ascii=False))
    if find_spec("pyarrow"):  # the extra [parquet]
        ledger.write("findings.parquet", parquet_texts(plain))
        ledger.write("forms.parquet", parquet_texts(lines_table(whole.forms).map(_inert)))
    write_entry(ledger, whole, outcomes, failure, decided)


def write_entry(
    ledger: Ledger, whole: Year, outcomes: Sequence[Outcome], failure: str, decided: Reviews | None = None
) -> None:
    """Tables of files and forms, what shows across forms, the catalogue, the summary and the entry page."""
    across = across_as_json(outcomes)
    ledger.write("across.json", json.dumps(across, ensure_ascii=False, allow_nan=False, indent=1))
    ledger.write("status.csv", files_csv(whole.files))
    ledger.write("forms.csv", forms_csv(whole.forms, decided))
    ledger.write("rules.html", rules_page(whole.book))
    told = summary(whole.forms, whole.files, whole.year, whole.book)
    if decided:
        told += "".join(f"{line}\n" for line in (decided.words, *chain_lines(decided.anchor, decided.faults)))
    if len(whole.forms) > MOST:
        told += f"自评表超过 {MOST} 张：各报告的名单有限，复核表列最需要关注的 {MOST} 张；全部见 dataset、forms.csv。\n"
    ledger.write("summary.txt", f"{told}{escape_line(failure)}\n" if failure else told)
    beside, absent = ledger.written(), escape_line(failure)
    pages = index_pages(whole.forms, whole.files, outcomes, whole.year, whole.book, beside, absent, decided)
    for name, page in pages.items():
        ledger.write(name, page)


def _inert(value: object) -> object:
    return escape_controls(value) if isinstance(value, str) else value


def parquet_texts(table: DataFrame) -> bytes:
    """A table with every entry as its text, so that no figure is rounded."""
    buffer = BytesIO()
    table.astype("string").to_parquet(buffer, index=False)
    return buffer.getvalue()
