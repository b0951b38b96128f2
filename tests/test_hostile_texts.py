"""Hostile text in every field of a form comes out as text: views, page, notebook, index, csv."""

from __future__ import annotations

import csv
import io
import json
import unicodedata

import lxml.html
import nbformat
import pytest
from hostile_texts import PAYLOADS, hostile_audit, hostile_form
from test_report import fetched

from auditkit import report
from auditkit.audit import Audit, across
from auditkit.report import VIEWS
from auditkit.run import render
from auditkit.safety import inert

SHIFTS = range(0, len(PAYLOADS), 5)


def page_of(audit: Audit) -> tuple[str, str]:
    """The notebook of an audit as it is stored, and its page, without a kernel."""
    cells = [nbformat.v4.new_markdown_cell("# 审核")]
    for view in (view(audit) for view in VIEWS):
        data = {"text/html": view._repr_html_(), "text/plain": repr(view)}
        output = nbformat.v4.new_output("execute_result", data=data, execution_count=1)
        cells.append(nbformat.v4.new_code_cell("x", outputs=[output]))
    notebook = nbformat.v4.new_notebook(cells=cells)
    return nbformat.writes(notebook), render(notebook, audit.form.project.squeezed)


def index_of(audits: list[Audit]) -> str:
    rows = [
        report.FormRow(one.source, f"{number:03d}_x", one, PAYLOADS[number] if number % 2 else "")
        for number, one in enumerate(audits)
    ]
    files = [report.FileRow(text, "error", 0, text, 1.0) for text in PAYLOADS]
    return report.index_page([*map(report.line_of, rows)], files, across(audits), 2021, audits[0].rulebook)


def shown_text(html: str) -> str:
    return "".join(lxml.html.fromstring(f"<div>{html}</div>").text_content().split())


def as_shown(payload: str) -> str:
    return "".join(inert("".join(payload.split("\n"))).split())


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
        assert as_shown(finding.basis) in text


def test_index_of_hostile_forms_runs_its_own_script_alone():
    audits = [hostile_audit(shift) for shift in SHIFTS]
    page = index_of(audits)
    assert not fetched(page)
    assert not unseen(page)
    text = shown_text(page)
    assert not [payload for payload in PAYLOADS if as_shown(payload) not in text]


def test_no_cell_of_a_csv_is_a_formula_and_none_is_lost():
    audits = [hostile_audit(shift) for shift in SHIFTS]
    data = report.csv_bytes(report.findings_table(audits)).decode("utf-8-sig")
    heads, *rows = csv.reader(io.StringIO(data, newline=""))
    assert len(rows) == sum(len(audit.findings) for audit in audits)
    assert {len(row) for row in rows} == {len(heads)}
    for cell in (cell for row in rows for cell in row):
        assert unicodedata.normalize("NFKC", cell).lstrip()[:1] not in tuple("=+-@")
        assert not unseen(cell)
    messages = [row[heads.index("message")].removeprefix("'") for row in rows]
    assert messages == [inert(finding.message) for audit in audits for finding in audit.findings]
