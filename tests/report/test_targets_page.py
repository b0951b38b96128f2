"""What people see of an approved target form beside the self-evaluation: a page of both, and a sheet of the working paper."""

from __future__ import annotations

import re
from dataclasses import replace
from io import BytesIO

from openpyxl import load_workbook
from specimen import pair, rewrite

from auditkit import report
from auditkit.pipeline import PairAudit, against_targets, audit_form, pair_of
from auditkit.report.html.targets import MOST, targets_page
from auditkit.report.office.target_sheet import TITLE
from auditkit.report.office.working_paper import review_workbook
from auditkit.report.year.rows import FormRow
from auditkit.rulebooks.loader import load_rulebook


def paired(**edits: str) -> PairAudit:
    filed = pair().filed
    for path, text in edits.items():
        filed = rewrite(filed, path.replace("__", "."), text)
    return pair_of(
        replace(pair().approved, source="目标.docx"), replace(audit_form(filed, load_rulebook()), source="自评.docx")
    )


def rows(page: str) -> list[str]:
    return [re.sub(r"<[^>]*>", "|", row) for row in re.findall(r"<tr>.*?</tr>", page, re.DOTALL)]


def test_the_entry_page_leads_to_what_stands_beside_a_report_and_says_what_was_not_compared():
    one = paired()
    lines = [report.line_of(FormRow("自评.docx", "001", one_audit := audit_form(one.pair.filed, load_rulebook())))]
    left = [f"自评表“{number}”没有对应的批复绩效目标，没有对照" for number in range(3)]
    outcomes = against_targets(left, [one])
    beside = {"projects/001/targets.html"}
    page = report.index_pages(lines, (), outcomes, 2022, one_audit.rulebook, beside)["index.html"]
    assert '<a href="projects/001/targets.html">对照批复</a>' in page
    assert "projects/001/years.html" not in page
    assert all(f"<li>{reason}</li>" in page for reason in left)


def test_equal_papers_are_alike_in_every_row():
    page = targets_page(paired())
    assert "目标.docx" in page
    assert "自评.docx" in page
    told = [row for row in rows(page) if "一致" in row]
    assert len(told) == 15 + 6
    assert "▲ 错误 0 条" in page


def test_what_differs_is_marked_in_its_own_row_only():
    page = targets_page(
        paired(indicators__0__target="≥40公里", indicators__4__subcategory="数量指标", goal="改造管网。")
    )
    (eased,) = [row for row in rows(page) if "TGT001" in row]
    assert "≥45公里" in eased
    assert "≥40公里" in eased
    (moved,) = [row for row in rows(page) if "TGT002" in row]
    assert "出厂水质检测合格率" in moved
    assert "TGT006" in next(row for row in rows(page) if "年度目标" in row)
    assert page.count("border: 3px solid") == 2


def test_an_entry_that_one_paper_leaves_blank_is_not_called_alike():
    page = targets_page(paired(implementer="", indicators__3__target=""))
    assert sum("没有对照" in row for row in rows(page)) == 2


def test_texts_are_inert_and_the_page_is_bounded():
    hostile = "<script>alert(1)</script>"
    page = targets_page(paired(indicators__0__name=hostile, goal="长" * 200_000))
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    one = paired()
    many = tuple(replace(item, row=n) for n, item in enumerate(one.pair.filed.indicators * 100, 1))
    page = targets_page(PairAudit(replace(one.pair, filed=replace(one.pair.filed, indicators=many)), ()))
    assert len(page) < 500_000
    assert f"另有 {len(many) - MOST} 项" in page


def test_the_working_paper_has_a_sheet_of_what_differs_and_none_where_nothing_does():
    changed = paired(indicators__0__target="=40公里", goal="改造管网。")
    audits = [audit_form(changed.pair.filed, load_rulebook())]
    book = load_workbook(BytesIO(review_workbook(audits, None, against_targets((), [changed]))))
    rows = [[cell.value for cell in row] for row in book[TITLE].iter_rows(min_row=4)]
    assert [row[2] for row in rows] == ["TGT001", "TGT006"]
    assert "目标.docx" in rows[0][5]
    assert all(cell.data_type != "f" for row in book[TITLE].iter_rows() for cell in row)
    same = review_workbook(audits, None, against_targets((), [paired()]))
    assert TITLE not in load_workbook(BytesIO(same)).sheetnames
