"""What nobody compared with the original is said once a page, and each basis of that kind is marked."""

from __future__ import annotations

from io import BytesIO
from zipfile import ZipFile

import openpyxl
import pytest
from pdftext import text

from auditkit import report, resources
from auditkit.pipeline import Audit, audit
from auditkit.report.office.memo import memo
from auditkit.report.office.working_paper import project_workbook
from auditkit.report.pdf.typst import project_pdf
from auditkit.report.year.index import rules_page
from auditkit.rulebooks.loader import MARK, SECOND_HAND, load_rulebook, shipped

SAID = "二手资料"


def form(book: str) -> Audit:
    return audit(next((resources.data() / "2021").glob("06_*.docx")), book)[0]


@pytest.mark.parametrize("name", sorted(shipped()))
def test_a_page_says_it_once_and_marks_what_it_is_of(name: str):
    one = form(name)
    page = "".join(view(one).html for view in report.VIEWS)
    assert page.count(SAID) == 1
    marked = sum(SECOND_HAND in found.basis for found in {(f.rule, f.basis): f for f in one.findings}.values())
    assert page.count(MARK) >= marked
    assert rules_page(one.rulebook).count(SAID) == 1


def test_printed_and_office_files_say_it_once():
    one = form("mof-2020")
    assert text(project_pdf(one)).count(SAID) == 1
    with ZipFile(BytesIO(memo(one))) as file:
        assert sum(file.read(name).decode("utf-8").count(SAID) for name in file.namelist() if name.endswith("xml")) == 1
    sheets = openpyxl.load_workbook(BytesIO(project_workbook(one)))
    assert sum(str(cell.value).count(SAID) for sheet in sheets for row in sheet for cell in row) == 1


def test_the_data_keep_what_was_said():
    one = form("mof-2020")
    assert any(SECOND_HAND in found["basis"] for found in one.as_json()["findings"])
    assert load_rulebook("mof-2020").cite("points").endswith(f"（{SECOND_HAND}）")
