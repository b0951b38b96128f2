"""What a run writes of all forms together: the yearly report, tables, a covering memo, a working paper, the entry page."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from auditkit import resources
from auditkit.decisions.summary import FILE, Reviews, chain_lines
from auditkit.model import Outcome
from auditkit.notebook.project_report import notebook_limits
from auditkit.pipeline import across_as_json
from auditkit.report import (
    FileRow,
    FormLine,
    FormRow,
    SheetRow,
    Year,
    csv_bytes,
    files_csv,
    findings_table,
    forms_csv,
    index_pages,
    rules_page,
    sheets_csv,
    summary,
)
from auditkit.report.formats import HTML, attempt
from auditkit.report.html.targets import TARGETS_PAGE, targets_page
from auditkit.report.year.dataset import Tally, rows_of
from auditkit.report.year.dataset_files import FACTS, Parts
from auditkit.report.year.tables import lines_table
from auditkit.run.manifest import Ledger
from auditkit.run.pool import ProcessPool
from auditkit.run.reading import RunSettings
from auditkit.run.spill import FormSpill
from auditkit.run.storage import LocalFolder
from auditkit.safety import Limits, Unreadable, encoded, escape_line, escape_value
from auditkit.sandbox.forkserver import Ended

if TYPE_CHECKING:
    import pyarrow
    from pandas import DataFrame

NOTEBOOK = "year_report.ipynb"
DATASET = "dataset"
MOST = 1_000  # forms in a working paper
AT_ONCE = 200  # audits that are held while their rows are written
EACH = 20_000  # forms for which the yearly notebook has the time of one notebook


@dataclass(frozen=True)
class YearOutputs:
    """All forms of a run together: a line each, their audits on disk, and every input file."""

    settings: RunSettings
    ledger: Ledger
    scratch: Path
    spill: FormSpill
    forms: tuple[FormLine, ...]
    files: tuple[FileRow, ...]
    outcomes: Sequence[Outcome]
    decided: Reviews | None = None
    sheets: tuple[SheetRow, ...] = ()

    def write(self, reporters: ProcessPool) -> str:
        """Write all that tells of them; returns what could not be made and why: one that fails costs only itself."""
        whole = self._write_rows()
        if self.decided:
            self.ledger.write(FILE, self.decided.json)
        self._write_pairs()
        failures = [write_year(self, whole, reporters)]
        for name, (file, make) in DOCUMENTS.items():
            if self.forms and name in self.settings.formats:
                data, failure = attempt(file, partial(make, self, whole))
                failures.append(failure)
                if not failure:
                    self.ledger.write(file, data)
        failure = "；".join(filter(None, failures))
        self._write_entry(whole, failure)
        return failure

    def _write_rows(self) -> Year:
        """The dataset of the year and the tables of findings; each audit is looked at once."""
        settings, tally = self.settings, Tally()
        parts = Parts(lambda name, data: self.ledger.write(f"{DATASET}/{name}", data))
        write_findings(self.ledger, self.scratch, self._rows(parts, tally))
        parts.close(self.files, settings.year, settings.book, self.outcomes)
        self.ledger.only(DATASET)
        across = tuple(across_as_json(self.outcomes)["findings"])
        return Year(self.forms, tally, across, self.files, settings.year, settings.book)

    def _write_pairs(self) -> None:
        """A page for each form that has an approved target form: both side by side."""
        if HTML in self.settings.formats:
            for place, one in self.spill.pairs()[1]:
                self.ledger.write(f"projects/{self.forms[place].folder}/{TARGETS_PAGE}", targets_page(one))

    def _rows(self, parts: Parts, tally: Tally) -> Iterator[DataFrame]:
        """The findings of a few forms at a time, whose rows go to the dataset and are counted meanwhile."""
        for start in range(0, len(self.forms), AT_ONCE):
            lines = self.forms[start : start + AT_ONCE]
            audits = list(self.spill.read(range(start, start + len(lines))))
            for line, one in zip(lines, audits, strict=True):
                rows = rows_of(FormRow(line.file, line.folder, one), line)
                parts.gather(line, rows)
                tally.add_rows(rows)
            yield findings_table(audits)
        yield findings_table((), self.outcomes)

    def _write_entry(self, whole: Year, failure: str) -> None:
        """Tables of files and forms, what shows across forms, the catalogue, the summary and the entry page."""
        ledger, forms, files, decided = self.ledger, self.forms, self.files, self.decided
        across = across_as_json(self.outcomes)
        ledger.write("across.json", json.dumps(across, ensure_ascii=False, allow_nan=False, indent=1))
        ledger.write("status.csv", files_csv(files))
        ledger.write("sheets.csv", sheets_csv(self.sheets))
        ledger.write("forms.csv", forms_csv(forms, decided))
        if find_spec("pyarrow"):  # the extra [parquet]
            ledger.write("forms.parquet", _parquet(lines_table(forms)))
        ledger.write("rules.html", rules_page(whole.book))
        told = summary(forms, files, whole.year, whole.book)
        if decided:
            told += "".join(f"{line}\n" for line in (decided.words, *chain_lines(decided.anchor, decided.faults)))
        if len(forms) > MOST:
            told += (
                f"自评表超过 {MOST} 张：各报告的名单有限，复核表列最需要关注的 {MOST} 张；全部见 dataset、forms.csv。\n"
            )
        ledger.write("summary.txt", f"{told}{escape_line(failure)}\n" if failure else told)
        if HTML not in self.settings.formats:  # then there is no page to lead to, but of what failed
            forms = [one if one.failure else replace(one, folder="") for one in forms]
        listed = (
            forms,
            files,
            self.outcomes,
            whole.year,
            whole.book,
            ledger.written(),
            escape_line(failure),
            decided,
            self.sheets,
        )
        for name, page in index_pages(*listed).items():
            ledger.write(name, page)

    def _memo(self, whole: Year) -> bytes:
        from auditkit.report.year import memo as word

        first = tuple(self.spill.read(self._by_weight()[: word.FIRST_LOOK]))
        return word.year_memo(whole, first, self.outcomes, self.decided)

    def _paper(self, whole: Year) -> bytes:
        from auditkit.report.office import working_paper as excel

        chosen = range(len(self.forms)) if len(self.forms) <= MOST else self._by_weight()[:MOST]
        return excel.review_workbook(self.spill.read(chosen), self.decided, self.outcomes)

    def _printed(self, whole: Year) -> bytes:
        from auditkit.report.year import pdf

        return pdf.printed_year(whole, self.decided)

    def _by_weight(self) -> list[int]:
        """The places of the forms in the order in which a person should look at them."""
        return sorted(range(len(self.forms)), key=lambda place: [-count for count in self.forms[place].counts])

    def facts(self) -> Path:
        """The dataset where the process that executes the yearly notebook can read it."""
        out = self.ledger.out
        if isinstance(out, LocalFolder):
            return out.path / DATASET / FACTS
        for name in (*out.names(DATASET), FILE):
            without = f"{DATASET}/indicators/", f"{DATASET}/scores/"  # a year is told without these
            if name in self.ledger.written() and not name.startswith(without):
                LocalFolder(self.scratch).write(name, out.read(name))
        return self.scratch / DATASET / FACTS


DOCUMENTS = {
    "docx": ("memo.docx", YearOutputs._memo),
    "xlsx": ("review.xlsx", YearOutputs._paper),
    "pdf": ("year_report.pdf", YearOutputs._printed),
}


def write_year(outputs: YearOutputs, whole: Year, reporters: ProcessPool) -> str:
    """The yearly notebook over the dataset, in a process of its own, and its page; returns why there is none."""
    if not whole.forms:
        return ""
    settings, facts = outputs.settings, outputs.facts()
    review = str(facts.parent.parent / FILE) if outputs.decided else ""
    limits = limits_for(len(whole.forms), settings.limits, EACH)
    try:
        with reporters.lent() as child:
            notebook, page = child.run(
                limits, execute_year, facts, whole.year, settings.rulebook or settings.book.name, review
            )
    except (Ended, Unreadable) as error:
        return f"年度笔记本未能执行完毕：{error}"
    outputs.ledger.write("year_report.ipynb", notebook)
    if HTML in settings.formats or not settings.formats:
        outputs.ledger.write("year_report.html", page)
    return ""


def limits_for(forms: int, limits: Limits, each: int) -> Limits:
    """The limits of work on all forms together: the time that a notebook has, and as much again for `each` so many."""
    one = notebook_limits(limits)
    return replace(one, seconds=one.seconds * (1 + forms // each))


def execute_year(facts: Path, year: int, rulebook: str, review: str = "") -> tuple[str, str]:
    """The notebook for a year whose dataset a run wrote, and its page. Raises Unreadable where it did not run to its end."""
    import nbformat

    from auditkit.notebook.execute import render, restate, run_notebook

    chosen = {"year": year, "rulebook": rulebook}
    notebook = run_notebook(resources.notebooks() / NOTEBOOK, {"source": str(facts), "review": review} | chosen)
    stated = {"source": ".", "year": year, "rulebook": Path(rulebook).name, "review": FILE if review else ""}
    notebook = restate(notebook, stated)
    return nbformat.writes(notebook) + "\n", render(notebook, f"{year} 年度项目支出绩效自评年度审核")


def write_findings(ledger: Ledger, scratch: Path, tables: Iterable[DataFrame]) -> None:
    """Every finding in tables for spreadsheets and for programs, written as they come."""
    names = ["findings.csv", "findings.jsonl", *(["findings.parquet"] if find_spec("pyarrow") else [])]
    paths = [scratch / name for name in names]
    with ExitStack() as stack:
        sheet, lines = (stack.enter_context(path.open("wb")) for path in paths[:2])
        parquet = None
        for number, table in enumerate(tables):
            if number and table.empty:
                continue
            sheet.write(csv_bytes(table, header=not number))
            texts = table.map(escape_value)
            lines.write(encoded(texts.to_json(orient="records", lines=True, force_ascii=False)))
            for path in paths[2:]:
                from pyarrow.parquet import ParquetWriter

                rows = _as_texts(texts)
                parquet = parquet or stack.enter_context(ParquetWriter(path, rows.schema))
                parquet.write_table(rows)
    for name, path in zip(names, paths, strict=True):
        ledger.write(name, path)


def _as_texts(table: DataFrame) -> pyarrow.Table:
    """A table with every entry as its text, so that no figure is rounded."""
    import pyarrow

    return pyarrow.Table.from_pandas(table.astype("string"), preserve_index=False)


def _parquet(table: DataFrame) -> bytes:
    from pyarrow.parquet import write_table

    buffer = BytesIO()
    write_table(_as_texts(table.map(escape_value)), buffer)
    return buffer.getvalue()
