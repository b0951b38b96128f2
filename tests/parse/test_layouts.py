"""Layouts of many provinces, drawn in tests/forms/layouts, each with what must be read from it, in every format."""

from __future__ import annotations

import pytest
from formats import WRITERS, drawn
from layouts import NAMES, layout, lines_of, placeless
from planted import Plant, planted
from workbooks import as_xlsx

from auditkit.document import Document, Table
from auditkit.model import Severity
from auditkit.parse.form import parse
from auditkit.parse.unused import Reading
from auditkit.pipeline import audit_document, understand
from auditkit.rulebooks.loader import Rulebook, load_rulebook
from auditkit.safety import LIMITS
from auditkit.vocabulary.labels import spellings


def read_as(name: str, text: str, tmp_path) -> Reading:
    suffix, write = WRITERS[name]
    path = tmp_path / f"表{suffix}"
    path.write_bytes(write(drawn(text)))
    return understand(path, LIMITS)


# What a format cannot hold: a dump of cells has no columns that would tell two forms side by side apart, nor an end of a
# table above a line of text.
BEYOND = {("21_side_by_side", "dump"), ("59_parted_by_headings", "dump")}
# Nor do rows of texts say over how many columns a heading reaches, by which amounts beside their names are told.
BEYOND |= {
    (name, format_) for name in ("25_hebei", "51_unit_in_section_heading") for format_ in ("copied", "csv", "markdown")
}


# Nor over how many rows a cell of points or scores reaches.
BEYOND |= {
    (name, format_)
    for name in ("62_points_over_rows", "63_scores_over_rows")
    for format_ in ("dump", "copied", "csv", "markdown")
}


@pytest.mark.parametrize(("name", "format_"), [(n, f) for n in NAMES for f in WRITERS if (n, f) not in BEYOND])
def test_every_text_of_a_layout_is_where_it_belongs(name, format_, tmp_path):
    text, wanted = layout(name)
    assert [placeless(line) for line in lines_of(read_as(format_, text, tmp_path))] == wanted


def test_a_form_on_each_sheet_of_a_workbook(tmp_path):
    text, wanted = layout("13_two_forms")
    sheets = [drawn(part) for part in text.split("---\n")]
    (tmp_path / "a.xlsx").write_bytes(as_xlsx(*sheets, titles=("公厕", "清运")))
    reading = understand(tmp_path / "a.xlsx", LIMITS)
    assert lines_of(reading) == wanted
    assert [str(form.project.at) for form in reading.forms] == ["公厕!C3", "清运!B1"]


@pytest.mark.parametrize(("name", "format_"), sorted(BEYOND))
def test_what_a_format_cannot_hold_is_a_doubt(name, format_, tmp_path):
    assert any(form.doubts for form in read_as(format_, layout(name)[0], tmp_path).forms)


RULEBOOKS = {"01_hubei": "hubei", "05_transfer_shaanxi": "transfer", "28_department_hubei": "hubei"}


@pytest.mark.parametrize("name", NAMES)
def test_a_consistent_form_is_accused_of_no_error_and_a_false_total_is(name):
    """What a layout has no column for, or has in other words, is no fault of the unit; a total that is off is."""
    document, book = drawn(layout(name)[0]), load_rulebook(RULEBOOKS.get(name, "mof-2020"))
    cells = {c.at: [c.text] for b in document.blocks if isinstance(b, Table) for row in b.rows for c in row}
    for number, form in enumerate(parse(document)):
        assert _errors(document, number, book) <= KNOWN.get(name, set())
        alone = form.total_score.text in cells.get(form.total_score.at, [])
        if alone and form.total_score.is_number and all(item.score.is_number for item in form.indicators):
            false = Plant("SCO001", None, ((form.total_score, f"{form.total_score.number - 10}"),))
            assert "SCO001" in _errors(planted(document, false), number, book)


KNOWN = {"08_yunnan": {"BUD003"}, "13_two_forms": {"STR001"}}  # 0 as the total of real parts; no year at all


def _errors(document: Document, number: int, book: Rulebook) -> set[str]:
    found = audit_document(document, book)[number].findings
    return {finding.rule for finding in found if finding.severity is Severity.ERROR}


def test_the_first_word_of_a_list_is_the_name_on_the_standard_form():
    """It is what rules and reports call the field."""
    standard = {
        "initial": "年初预算数",
        "adjusted": "全年预算数",
        "actual": "全年执行数",
        "points": "分值",
        "score": "得分",
    }
    assert {name: spellings("funds")[name][0] for name in standard} == standard
    standard = {
        "target": "年度指标值",
        "result": "实际完成值",
        "name": "三级指标",
        "explanation": "偏差原因分析及改进措施",
    }
    assert {name: spellings("indicators")[name][0] for name in standard} == standard
