"""Hostile text in every field of a form comes out as text, in whatever a run writes."""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
import zipfile
from dataclasses import replace
from pathlib import Path

import docx
import lxml.html
import nbformat
import openpyxl
import pypdfium2
import pytest
from docx.oxml.ns import qn
from hostile_texts import PAYLOADS, hostile_audit, hostile_form
from lxml import etree
from webpage import fetched

from auditkit import report
from auditkit.model import Value
from auditkit.notebook.execute import render
from auditkit.notebook.project_report import ProjectReport
from auditkit.pipeline import Audit, FileAudit, across
from auditkit.report import VIEWS
from auditkit.report.office.memo import memo
from auditkit.report.office.working_paper import project_workbook
from auditkit.report.pdf.typst import project_pdf
from auditkit.report.year.views import common_year
from auditkit.rulebooks.loader import marked_basis
from auditkit.run.cache import PackedAudits, pack_audits
from auditkit.run.history import Recorder
from auditkit.run.manifest import Ledger
from auditkit.run.outputs import YearOutputs
from auditkit.run.pool import ProcessPool
from auditkit.run.reading import RunSettings
from auditkit.run.results import write_form
from auditkit.run.spill import FormSpill
from auditkit.safety import LIMITS, escape_controls

SHIFTS = range(0, len(PAYLOADS), 5)


def page_of(audit: Audit) -> tuple[str, str]:
    """The notebook of an audit as it is stored, and its page, without a kernel."""
    cells = [nbformat.v4.new_markdown_cell("# 审核")]
    for view in (view(audit) for view in VIEWS):
        data = {"text/html": view._repr_html_(), "text/plain": repr(view)}
        output = nbformat.v4.new_output("execute_result", data=data, execution_count=1)
        cells.append(nbformat.v4.new_code_cell("x", outputs=[output]))
    notebook = nbformat.v4.new_notebook(cells=cells)
    return nbformat.writes(notebook), render(notebook, audit.form.project.one_line)


def index_of(audits: list[Audit]) -> str:
    rows = [
        report.FormRow(one.source, f"{number:03d}_x", one, PAYLOADS[number] if number % 2 else "")
        for number, one in enumerate(audits)
    ]
    files = [report.FileRow(text, "error", 0, text, 1.0) for text in PAYLOADS]
    return report.index_pages([*map(report.line_of, rows)], files, across(audits), 2021, audits[0].rulebook)[
        "index.html"
    ]


def shown_text(html: str) -> str:
    return "".join(lxml.html.fromstring(f"<div>{html}</div>").text_content().split())


def as_shown(payload: str) -> str:
    return "".join(escape_controls("".join(payload.split("\n"))).split())


def unseen(text: str) -> set[str]:
    """Characters that act on a screen without being seen, and halves of characters."""
    return {c for c in text if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp") and c not in "\n\t"}


def test_a_payload_stands_in_every_field():
    assert all(value.text in PAYLOADS for _, value in hostile_form().values())
    kept = [value.text for _, value in hostile_form(figures=True).values() if value.text not in PAYLOADS]
    assert 0 < len(kept) < 150
    assert len(hostile_audit().findings) > 5


@pytest.mark.parametrize("shift", SHIFTS)
def test_the_form_shows_every_payload_as_text(shift: int):
    audit = hostile_audit(shift, figures=False)
    html = report.form(audit)._repr_html_()
    text = shown_text(html)
    assert not [value.text for _, value in audit.form.values() if as_shown(value.text) not in text]
    assert not fetched(html)


@pytest.mark.parametrize("shift", SHIFTS)
def test_no_view_and_no_page_holds_anything_that_acts(shift: int):
    audit = hostile_audit(shift)
    stored, page = page_of(audit)
    assert not fetched(page)
    assert not unseen(page)
    assert len(page.encode("utf-8")) < 500_000
    for cell in json.loads(stored)["cells"]:
        for output in cell.get("outputs", ()):
            assert not unseen("".join(output["data"]["text/plain"]))
            assert not fetched("<div>" + "".join(output["data"]["text/html"]) + "</div>")
    assert [one.tag for one in lxml.html.fromstring(page).find("body")].count("h1") == 1
    assert len(lxml.html.fromstring(page).xpath("//h1")) == 1


def test_what_a_rule_says_is_shown_whole():
    audit = hostile_audit()
    text = shown_text(report.findings(audit)._repr_html_())
    for finding in audit.findings:
        assert as_shown(finding.message) in text
        assert as_shown(marked_basis(finding.basis)) in text


def test_index_of_hostile_forms_runs_its_own_script_alone():
    audits = [hostile_audit(shift) for shift in SHIFTS]
    page = index_of(audits)
    assert not fetched(page)
    assert not unseen(page)
    text = shown_text(page)
    assert not [payload for payload in PAYLOADS if as_shown(payload) not in text]


def messages_of(audit: Audit) -> list[str]:
    """What the table of findings says of a form: its doubts, then its findings."""
    return [*map(escape_controls, audit.form.doubts), *(escape_controls(one.message) for one in audit.findings)]


def test_no_cell_of_a_csv_is_a_formula_and_none_is_lost():
    audits = [hostile_audit(shift) for shift in SHIFTS]
    data = report.csv_bytes(report.findings_table(audits)).decode("utf-8-sig")
    heads, *rows = csv.reader(io.StringIO(data, newline=""))
    assert len(rows) == len(told := [text for audit in audits for text in messages_of(audit)])
    assert {len(row) for row in rows} == {len(heads)}
    for cell in (cell for row in rows for cell in row):
        assert unicodedata.normalize("NFKC", cell).lstrip()[:1] not in tuple("=+-@")
        assert not unseen(cell)
    messages = [row[heads.index("message")].removeprefix("'") for row in rows]
    assert messages == told


@pytest.fixture(scope="module")
def hostile() -> list[Audit]:
    return [hostile_audit(shift, figures) for shift in SHIFTS for figures in (False, True)]


@pytest.fixture(scope="module")
def run(hostile: list[Audit], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a run writes of hostile forms beside its notebooks: every book, table and page, and each form's own object."""
    out, scratch = tmp_path_factory.mktemp("run"), tmp_path_factory.mktemp("scratch")
    ledger, book, spill, recorder = (
        Ledger(out),
        hostile[0].rulebook,
        FormSpill(scratch / "audits"),
        Recorder(scratch / "r"),
    )
    rows = [report.FormRow(one.source, f"{number:03d}_x", one) for number, one in enumerate(hostile)]
    for row in rows:
        packed = PackedAudits(pack_audits(scratch, book, LIMITS, lambda *_, row=row: FileAudit((row.audit,))))
        spill.add(row.file, packed, [row.audit])
        recorder.add(row.file, row.audit)
        write_form(ledger, row, ProjectReport())
    files = tuple(report.FileRow(text, "error", 0, text, 1.0) for text in PAYLOADS)
    settings = RunSettings("mof-2020", book, LIMITS, 2021, ("docx", "xlsx", "pdf"))
    lines = tuple(map(report.line_of, rows))
    with pytest.MonkeyPatch.context() as patch, ProcessPool(1, LIMITS, reads=True) as reporters:
        patch.setattr("auditkit.run.outputs.write_year", lambda *_: "\n".join(PAYLOADS))
        outputs = YearOutputs(settings, ledger, scratch, spill, lines, files, across(hostile))
        assert outputs.write(reporters) == "\n".join(PAYLOADS)
    ledger.close(dict.fromkeys(PAYLOADS, ""), 2021, book)
    recorder.close(ledger.out, year=2021, rulebook=book.name, files=len(files), failed=0, forms=len(rows), made=0)
    return out


def as_printed(payload: str) -> str:
    """As a PDF has it: what acts, or is half of a character, stands there as its number."""
    letters = re.sub("[ \n\t\u3000]", "", payload)
    return "".join(c if ord(c) >= 32 and c == escape_controls(c) else f"⟨U+{ord(c):04X}⟩" for c in letters)


def words_of_word(data: bytes) -> str:
    document = docx.Document(io.BytesIO(data))
    told = [document.element.body, *(comment._comment_elm for comment in document.comments)]
    return "".join("".join(one.text or "" for one in part.iter(qn("w:t"))) for part in told)


def acts_in_office(data: bytes) -> list[str]:
    """Fields, links, macros and objects of an office file, beside the number of the page."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        parts = {name: package.read(name) for name in package.namelist() if name.endswith((".xml", ".rels"))}
    found = [name for name in parts if re.search(r"vba|embeddings|activeX|externalLinks", name)]
    for data in parts.values():
        for one in etree.fromstring(data).iter(etree.Element):
            kind = etree.QName(one).localname
            if kind in ("hyperlink", "fldSimple", "object", "altChunk", "oleObject", "ddeLink") or (
                kind == "instrText" and one.text != "PAGE"
            ):
                found.append(kind)
            if one.get("TargetMode") == "External":
                found.append(str(one.get("Target")))
    return found


@pytest.mark.parametrize("shift", SHIFTS)
def test_the_memo_says_what_a_rule_says_and_nothing_in_it_acts(shift: int):
    audit = hostile_audit(shift)
    data = memo(audit)
    text = "".join(words_of_word(data).split())
    for finding in audit.findings:
        for said in (finding.title, finding.message, marked_basis(finding.basis)):
            assert as_shown(said) in text
    assert not unseen(text)
    assert not acts_in_office(data)


@pytest.mark.parametrize("shift", SHIFTS)
def test_the_working_paper_has_every_row_and_no_formula_but_its_own(shift: int):
    audit = hostile_audit(shift)
    data = project_workbook(audit)
    book = openpyxl.load_workbook(io.BytesIO(data))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    own = re.compile(r"=(SUM|IF|N|COUNTIFS?)\(|=F\d+\+I\d+$|='001_[A-Za-z0-9\u4e00-\u9fff]+'!")
    assert not [cell.value for cell in cells if cell.data_type == "f" and not own.match(cell.value)]
    texts = [str(cell.value).replace("_x005F_", "_") for cell in cells if cell.data_type in "st"]
    assert not [text for text in texts if unicodedata.normalize("NFKC", text).lstrip()[:1] in tuple("=+-@")]
    assert not unseen("".join(texts))
    shown = "".join("".join(texts).split())
    for item in audit.form.indicators:
        assert as_shown(item.name.one_line) in shown
    for finding in audit.findings:
        assert as_shown(finding.message) in shown
    assert not acts_in_office(data)


@pytest.mark.parametrize("shift", SHIFTS)
def test_the_printed_report_has_every_entry_and_does_nothing(shift: int):
    audit = hostile_audit(shift, figures=False)
    pdf = project_pdf(audit)
    read = "".join("".join(page.get_textpage().get_text_range().split()) for page in pypdfium2.PdfDocument(pdf))
    kept = [value.text for _, value in audit.form.values() if len(value.text) < 300]
    assert not [text for text in kept if as_printed(text) not in read]
    assert not re.findall(rb"/(?:URI|JavaScript|JS|Launch|OpenAction|AA|EmbeddedFile|SubmitForm)\b", pdf)


def test_books_of_the_year_show_hostile_projects_and_nothing_acts(run: Path, hostile: list[Audit]):
    told = "".join(words_of_word((run / "memo.docx").read_bytes()).split())
    assert not [one for one in hostile if as_shown(one.form.project.one_line) not in told]
    for name in ("memo.docx", "review.xlsx"):
        assert not acts_in_office((run / name).read_bytes())
    book = openpyxl.load_workbook(run / "review.xlsx")
    assert len(book.sheetnames) == len(("汇总", "审核发现", "举证清单")) + len(hostile)
    pdf = (run / "year_report.pdf").read_bytes()
    read = "".join("".join(page.get_textpage().get_text_range().split()) for page in pypdfium2.PdfDocument(pdf))
    assert not [
        t for t in PAYLOADS if len(t) < 300 and as_printed(t) not in read and as_printed(escape_controls(t)) not in read
    ]


def test_every_table_of_a_run_has_every_finding_and_every_project(run: Path, hostile: list[Audit]):
    from pandas import read_parquet

    messages = [text for one in hostile for text in messages_of(one)]
    lines = [json.loads(line) for line in (run / "findings.jsonl").read_text("utf-8").split("\n") if line]
    kept = read_parquet(run / "findings.parquet")
    for found in ([line["message"] for line in lines], kept["message"].tolist()):
        assert found[: len(messages)] == messages
    projects = [escape_controls(one.form.project.one_line) for one in hostile]
    assert read_parquet(run / "forms.parquet")["project"].tolist() == projects
    for name, column, expected in (
        ("forms.csv", "project", projects),
        ("status.csv", "file", map(escape_controls, PAYLOADS)),
    ):
        rows = list(csv.DictReader(io.StringIO((run / name).read_text("utf-8-sig"), newline="")))
        assert [row[column].removeprefix("'") for row in rows] == list(expected)
        assert not unseen("".join(cell for row in rows for cell in row.values()))
    assert not unseen((run / "summary.txt").read_text("utf-8"))


def test_the_object_of_a_form_keeps_every_text_as_it_was_written(run: Path, hostile: list[Audit]):
    for number, one in enumerate(hostile):
        kept = json.loads((run / "projects" / f"{number:03d}_x" / "audit.json").read_text("utf-8"))
        assert kept == json.loads(json.dumps(one.as_json()))
    assert {*PAYLOADS} == json.loads((run / "manifest.json").read_text("utf-8"))["inputs"].keys()


YEAR_VIEWS = [getattr(report, name) for name in vars(report) if name.startswith("year_")]


@pytest.mark.filterwarnings("error:Glyph")  # matplotlib's only word on a box
@pytest.mark.parametrize("view", YEAR_VIEWS, ids=lambda view: view.__name__)
def test_no_view_of_a_year_holds_anything_that_acts(view, hostile: list[Audit]):
    files = tuple(report.FileRow(text, "error", 0, text, 1.0) for text in PAYLOADS)
    rare = replace(hostile[1], form=replace(hostile[1].form, project=Value("𠮷野㐂寿😀ğ")))
    rows = [report.FormRow(one.source, "", one) for one in (*hostile, rare)]
    html = view(common_year(rows, across(hostile), files, 2021, hostile[0].rulebook)).html
    assert not fetched(html)
    assert not unseen(html)
