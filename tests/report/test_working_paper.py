"""The working paper: figures after LibreOffice recalculated it, texts that stay texts, and the way back of what was filled in."""

import io
import json
import zipfile
from pathlib import Path

import openpyxl
import pytest
from hostile_form import HOSTILE, hostile_form
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font, PatternFill
from specimen import rewrite, specimen
from workbooks import converted, needs_soffice

from auditkit import resources
from auditkit.assess.judgement import Verdict
from auditkit.cli.review import _unknown
from auditkit.decisions.reviewed import reviewed
from auditkit.decisions.store import open_store
from auditkit.decisions.stored import read_stored
from auditkit.decisions.subject import Change, Field, project_key
from auditkit.decisions.summarize import review_of
from auditkit.decisions.summary import Decision, Review
from auditkit.decisions.worklist import PaperRow, questions, scored_items, tasks
from auditkit.document import letters
from auditkit.errors.store import Conflict
from auditkit.model import Severity
from auditkit.pipeline import audit, audit_form
from auditkit.quantity.numbers import format_number
from auditkit.report.office import working_paper as excel
from auditkit.report.office.cells import breadth
from auditkit.report.office.working_paper import DIGEST, ENTRY_KEY, FINDING_KEY, review_workbook, sheet_name
from auditkit.review.import_paper import ReviewRefused, read_review, read_tasks
from auditkit.rulebooks.loader import load_rulebook
from auditkit.safety import Refused, Unreadable, escape_controls


@pytest.fixture(scope="module")
def seeds():
    return [audit(path)[0] for path in sorted((resources.data() / "2021").glob("*.docx"))]


@pytest.fixture(scope="module")
def paper(seeds) -> bytes:
    return review_workbook(seeds)


def opened(data: bytes, **options):
    return openpyxl.load_workbook(io.BytesIO(data), **options)


def saved(book, folder: Path, name: str = "review.xlsx") -> Path:
    book.save(folder / name)
    return folder / name


def column(sheet, name: str) -> int:
    """The column under a heading."""
    for row in sheet.iter_rows(max_row=6):
        for cell in row:
            if str(cell.value or "").replace("\n", "").removesuffix("（填写）") == name:
                return cell.column
    raise AssertionError(name)


def row_of(sheet, rule: str, project: str) -> int:
    at, where = column(sheet, "规则"), column(sheet, "项目")
    return next(
        row
        for row in range(4, sheet.max_row + 1)
        if (sheet.cell(row, at).value, sheet.cell(row, where).value) == (rule, project)
    )


@pytest.fixture(scope="module")
def one(seeds):
    return seeds[1]


@pytest.fixture
def book(one):
    return opened(review_workbook([one]))


@needs_soffice
def test_libreoffice_reckons_what_the_audit_says(tmp_path, seeds, paper):
    book = opened(converted(paper, ".xlsx", "xlsx", tmp_path), data_only=True)
    summary = book["汇总"]
    for row, audited in enumerate(seeds, 4):
        said = {
            name: summary.cell(row, column(summary, name)).value for name in ("分值合计", "自评得分合计", "按本表复核")
        }
        rows = scored_items(audited)
        assert said["分值合计"] == pytest.approx(float(sum(r.points.number for r in rows)))
        assert said["自评得分合计"] == said["按本表复核"] == pytest.approx(float(sum(r.score.number for r in rows)))
        assert summary.cell(row, column(summary, "填报总分")).value == float(audited.form.total_score.number)
        for name, score in (("可核实得分", audited.scorecard.verified), ("最高可能得分", audited.scorecard.upper)):
            assert summary.cell(row, column(summary, name)).value == float(
                format_number(score)
            )  # a number, to be sorted by
        assert summary.cell(row, column(summary, "年度")).value == audited.form.year
        counts = [summary.cell(row, column(summary, f"{s.mark} {s.zh}")).value for s in Severity]
        assert counts == [audited.count(severity) for severity in Severity]
        assert summary.cell(row, column(summary, "问题行数")).value == len(questions(audited))
        assert summary.cell(row, column(summary, "已决定")).value == 0


@needs_soffice
def test_every_item_and_finding_is_in_the_paper_with_its_figures(tmp_path, seeds, paper):
    book = opened(converted(paper, ".xlsx", "xlsx", tmp_path), data_only=True)
    for audited, sheet in zip(seeds, book.worksheets[2:-1], strict=True):
        told = [[cell.value for cell in row[:10]] for row in sheet.iter_rows(min_row=5)]
        rows = scored_items(audited)
        for (label, _, target, points, result, score, _, _, _, why), entry in zip(told, rows, strict=False):
            assert (label, target or "", str(result or "")) == (entry.label, entry.target, entry.result.one_line)
            assert (points, score) == (float(entry.points.number), float(entry.score.number))
            earned = entry.earned
            assert why.endswith(
                f"可核实 {format_number(earned.verified)} 分，最高可能 {format_number(earned.upper)} 分"
            )
        assert [row[0] for row in told[len(rows) :]] == ["合计", "填报总分"]
    found = book["审核发现"]
    messages = [found.cell(row, column(found, "问题")).value for row in range(4, found.max_row + 1)]
    assert messages == [question.message for audited in seeds for question in questions(audited)]


@needs_soffice
def test_the_sentence_on_form_two_is_right_word_by_word(tmp_path, seeds, paper):
    book = opened(converted(paper, ".xlsx", "xlsx", tmp_path), data_only=True)
    sheet = book.worksheets[3]
    total = next(row for row in range(5, sheet.max_row + 1) if sheet.cell(row, 1).value == "合计")
    assert (sheet.cell(total, 4).value, sheet.cell(total, 6).value) == (110, 106.7)
    assert sheet.cell(total + 1, 6).value == 96.7
    assert sheet.cell(total + 1, 9).value == pytest.approx(-10)
    found = book["审核发现"]
    said = "".join(str(cell.value) for cell in found[openpyxl.utils.get_column_letter(column(found, "问题"))])
    for words in ("分值合计110分", "总分应为106.7分", "填报96.7分"):
        assert words in said.replace(" ", "")


@needs_soffice
def test_three_changes_made_and_saved_by_libreoffice_are_the_three_imported(tmp_path, seeds, paper):
    book = opened(paper)
    found, sheet = book["审核发现"], book.worksheets[3]
    project = seeds[1].form.project.one_line
    row = row_of(found, "SCO001", project)
    found.cell(row, column(found, "处理决定")).value = "认可"
    found.cell(row_of(found, "SCO002", project), column(found, "处理说明")).value = "已与单位核对，附件三"
    sheet.cell(6, column(sheet, "复核得分")).value = 4.5
    path = tmp_path / "back.xlsx"
    path.write_bytes(converted(saved(book, tmp_path).read_bytes(), ".xlsx", "xlsx", tmp_path))
    changes = read_review(path, seeds)
    assert {(c.subject.rule, c.subject.row, c.field, c.before, c.after) for c in changes} == {
        ("SCO001", 0, Field.RULING, "", "accepted"),
        ("SCO002", 0, Field.NOTE, "", "已与单位核对，附件三"),
        ("", 1, Field.SCORE, "", "4.5"),
    }
    assert len(changes) == 3
    reckoned = opened(path.read_bytes(), data_only=True)
    summary = reckoned["汇总"]
    assert summary.cell(5, column(summary, "按本表复核")).value == pytest.approx(106.2)
    assert summary.cell(5, column(summary, "已决定")).value == 1


@needs_soffice
@pytest.mark.parametrize("target", ["xls", "ods"])
def test_a_paper_saved_as_another_workbook_comes_back_the_same(target, tmp_path, seeds, paper):
    book = opened(paper)
    found, sheet = book["审核发现"], book.worksheets[3]
    found.cell(4, column(found, "处理决定")).value = "不认可"
    found.cell(5, column(found, "处理说明")).value = "现场核对\n属实"
    sheet.cell(6, column(sheet, "复核得分")).value = 4.5
    filled = saved(book, tmp_path)
    path = tmp_path / f"back.{target}"
    path.write_bytes(converted(filled.read_bytes(), ".xlsx", target, tmp_path))
    changes = read_review(path, seeds)
    assert len(changes) == 3
    assert set(changes) == set(read_review(filled, seeds))


@pytest.mark.parametrize(
    ("value", "style", "words"),
    [
        ("=F6-0.5", {}, "公式"),
        ("#REF!", {}, "公式错误值"),
        (4.5, {"number_format": ";;;"}, "格式不显示数字"),
        (4.5, {"number_format": "[DBNum2][>=4]0;0.0"}, "格式无法识别"),
        (4.5, {"font": Font(strike=True)}, "删除线"),
        (4.5, {"font": Font(color="FFFFFFFF"), "fill": PatternFill()}, "看不见"),
        (CellRichText("4.5", TextBlock(InlineFont(vertAlign="superscript"), "1")), {}, "上标"),
        ('=_xlfn.DISPIMG("ID_1",1)', {}, "图片"),
    ],
    ids=lambda one: str(one)[:12],
)
def test_what_nobody_can_take_for_an_entry_is_refused_with_its_cell(value, style, words, tmp_path, book, one):
    sheet = book.worksheets[2]
    cell = sheet.cell(6, column(sheet, "复核得分"))
    cell.value = value
    for name, part in style.items():
        setattr(cell, name, part)
    with pytest.raises(ReviewRefused) as refused:
        read_review(saved(book, tmp_path), [one])
    (reason,) = refused.value.reasons
    assert reason.startswith(f"{sheet.title}!{cell.coordinate}：")
    assert words in reason
    assert "请" in reason


def test_nothing_filled_in_is_nothing_changed(tmp_path, seeds, paper):
    (tmp_path / "r.xlsx").write_bytes(paper)
    assert read_review(tmp_path / "r.xlsx", seeds) == ()


def test_what_was_decided_is_printed_and_comes_back_as_before(tmp_path, one):
    task = questions(one)[0].task
    score = scored_items(one)[1].task
    decided = (
        Decision(task.subject, 1, "▲1", "", "认可", {"ruling": "accepted"}),
        Decision(score.subject, 0, "", "", "", {"score": "4.50"}),
    )
    book = opened(review_workbook([one], Review(one.digest, "", "", 1, decided)))
    assert read_review(saved(book, tmp_path), [one]) == ()
    sheet = book["审核发现"]
    assert sheet.cell(4, column(sheet, "处理决定")).value == "认可"
    sheet.cell(4, column(sheet, "处理决定")).value = "存疑"
    book.worksheets[2].cell(6, column(book.worksheets[2], "复核得分")).value = None
    assert read_review(saved(book, tmp_path), [one]) == (
        Change(task.subject, Field.RULING, "accepted", "doubted"),
        Change(score.subject, Field.SCORE, "4.50", ""),
    )


def test_sorted_hidden_and_deleted_rows_do_not_change_who_is_who(tmp_path, book, one):
    sheet = book["审核发现"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=4)]
    ruling = column(sheet, "处理决定")
    rows[0][ruling - 1] = "不认可"
    rows = list(reversed(rows))[5:]
    sheet.delete_rows(4, sheet.max_row)
    for number, row in enumerate(rows, 4):
        for place, value in enumerate(row, 1):
            sheet.cell(number, place).value = value
    sheet.row_dimensions[3 + len(rows)].hidden = True
    changes = read_review(saved(book, tmp_path), [one])
    assert [(c.subject, c.after) for c in changes] == [(questions(one)[0].task.subject, "rejected")]


def test_every_fault_is_told_with_its_cell_and_nothing_is_imported(tmp_path, book, one):
    found, sheet = book["审核发现"], book.worksheets[2]
    ruling, key, rule = column(found, "处理决定"), column(found, FINDING_KEY), column(found, "规则")
    found.cell(4, ruling).value = "认可"  # a good one, which must not be imported alone
    found.cell(5, ruling).value = "同意"
    found.cell(6, key).value = "0" * 24
    other = next(r for r in range(11, 50) if found.cell(r, rule).value != found.cell(7, rule).value)
    found.cell(7, key).value = found.cell(other, key).value
    found.cell(9, column(found, DIGEST)).value = "旧"
    found.cell(9, column(found, "表内依据")).value, found.cell(9, ruling).value = "别的", "认可"
    for place in range(1, found.max_column + 1):
        found.cell(50, place).value = found.cell(10, place).value
    found.cell(51, ruling).value = "认可"
    score = column(sheet, "复核得分")
    sheet.cell(6, score).value, sheet.cell(7, score).value, sheet.cell(8, score).value = 5.5, -1, "五分"
    with pytest.raises(ReviewRefused) as refused:
        read_review(saved(book, tmp_path), [one])
    reasons = "\n".join(refused.value.reasons)
    for place, words in (
        ("审核发现!J5", "不是可选的决定"),
        ("审核发现!N6", "不在这次审核中"),
        ("审核发现!D7", "与原表不符"),
        ("审核发现!H9", "旧版本"),
        ("审核发现!N50", "出现两次"),
        ("审核发现!J51", "没有标识"),
        (f"{sheet.title}!H6", "不在 0 到 5 分之间"),
        (f"{sheet.title}!H7", "不在 0 到 10 分之间"),
        (f"{sheet.title}!H8", "不是分数"),
    ):
        assert any(reason.startswith(place) and words in reason for reason in refused.value.reasons), (place, reasons)
    assert len(refused.value.reasons) == 9
    assert all("请" in reason for reason in refused.value.reasons)
    assert "未导入任何内容" in refused.value.zh


def test_a_paper_of_another_form_or_rulebook_is_stale_where_it_says_something_else(tmp_path):
    form, text = specimen(), "indicators.0.result"
    printed = audit_form(rewrite(form, text, "40公里"), load_rulebook())
    book = opened(review_workbook([printed]))
    sheet = book.worksheets[2]
    rows = {sheet.cell(row, 1).value: row for row in range(5, sheet.max_row + 1)}
    label = printed.form.indicators[0].name.one_line
    sheet.cell(rows[label], column(sheet, "复核得分")).value = 3
    path = saved(book, tmp_path)
    assert len(read_review(path, [printed])) == 1
    for now, changed in (
        (audit_form(rewrite(form, text, "41公里"), load_rulebook()), "自评完成值"),
        (audit_form(rewrite(rewrite(form, text, "40公里"), "indicators.0.points", "6"), load_rulebook()), "分值"),
    ):
        with pytest.raises(ReviewRefused, match=f"“{changed}.*”已有变动.*旧版本") as refused:
            read_review(path, [now])
        assert len(refused.value.reasons) == 1  # nobody wrote anything in the others


def test_a_paper_of_an_earlier_version_is_taken_where_form_and_rulebook_say_the_same(tmp_path, one, book):
    found, sheet = book["审核发现"], book.worksheets[2]
    found.cell(4, column(found, "处理决定")).value = "认可"
    sheet.cell(6, column(sheet, "复核说明")).value = "已核对台账"
    now = read_review(saved(book, tmp_path), [one])
    for each in (found, sheet):
        at = column(each, DIGEST)
        for row in range(5 if each is sheet else 4, each.max_row + 1):
            each.cell(row, at).value = "of another version"
    assert read_review(saved(book, tmp_path, "earlier.xlsx"), [one]) == now
    assert len(now) == 2


def test_cells_that_were_merged_stop_the_paper(tmp_path, one, book):
    found = book["审核发现"]
    at = letters(column(found, "处理说明"))
    found.merge_cells(f"{at}5:{at}7")
    with pytest.raises(ReviewRefused, match=f"审核发现!{at}5：单元格被合并"):
        read_review(saved(book, tmp_path), [one])


def test_who_imports_twice_corrects_what_was_written_first(tmp_path, one, book):
    found, store = book["审核发现"], open_store(tmp_path / "s.sqlite")
    at = column(found, "处理说明")
    for who, note in (("张三", "初稿"), ("张三", "定稿")):
        found.cell(4, at).value = note
        store.record(_unknown(read_review(saved(book, tmp_path), [one]), store, who), who)
    (change,) = read_review(saved(book, tmp_path), [one])
    assert store.state().value(change.subject, change.field) == "定稿"
    found.cell(4, at).value = "另见"
    changes = read_review(saved(book, tmp_path), [one])
    with pytest.raises(Conflict):  # what another person wrote is not theirs to correct
        store.record(_unknown(changes, store, "李四"), "李四")


def test_a_heading_that_was_removed_and_a_foreign_workbook_are_refused(tmp_path, book, one):
    sheet = book["审核发现"]
    sheet.cell(3, column(sheet, "处理说明")).value = "备注"
    with pytest.raises(ReviewRefused, match="缺少列“处理说明”"):
        read_review(saved(book, tmp_path), [one])
    with pytest.raises(ReviewRefused, match="不是 auditkit 打印的复核表"):
        read_review(resources.data() / "specimen.xlsx", [one])


def test_what_is_no_workbook_is_refused_by_the_border(tmp_path, paper, one):
    path = tmp_path / "r.xlsx"
    path.write_bytes(paper[:5000])
    with pytest.raises(Unreadable):
        read_review(path, [one])
    with zipfile.ZipFile(io.BytesIO(paper)) as source, zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            part = source.read(name)
            if name == "xl/worksheets/sheet2.xml":
                part = b'<!DOCTYPE x [<!ENTITY a "b">]>' + part
            target.writestr(name, part)
    with pytest.raises(Refused, match="DTD"):
        read_review(path, [one])


def test_two_forms_of_one_project_filled_in_differently_are_refused(tmp_path):
    form, book = specimen(), load_rulebook()
    two = [audit_form(rewrite(form, "total_score", score), book) for score in ("91", "92")]
    paper = opened(review_workbook(two))
    for sheet in paper.worksheets[2:-1]:
        sheet.cell(6, column(sheet, "复核说明")).value = sheet.title
    with pytest.raises(ReviewRefused, match="有 2 张自评表"):
        read_review(saved(paper, tmp_path), two)


def test_tasks_come_back_from_json(tmp_path, one, book):
    path = tmp_path / "review.json"
    path.write_text(json.dumps([task.as_json() for task in tasks(one)]))
    told = read_stored(tuple[PaperRow, ...], path)
    assert told == tasks(one)
    assert read_tasks(saved(book, tmp_path), told) == ()


@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_hostile_text_is_text_and_no_row_is_lost_by_it(tmp_path, number):
    hostile = audit_form(hostile_form(number), load_rulebook())
    data = review_workbook([hostile])
    book = opened(data)
    for sheet in book:
        for cell in (cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"):
            assert cell.value.startswith(("=SUM(", "=IF(H", "=F", "=N(F", "=COUNTIF", f"='{book.sheetnames[2]}'!")), (
                cell
            )
    shown = {str(cell.value or "").lstrip("'") for row in book.worksheets[2].iter_rows() for cell in row}
    wanted = escape_controls(hostile.form.indicators[0].name.one_line)
    assert any(wanted in text.replace("_x005F_", "_") for text in shown)
    sheet = book.worksheets[2]
    sheet.cell(6, column(sheet, "复核说明")).value = "看过"
    assert [c.after for c in read_review(saved(book, tmp_path), [hostile])] == ["看过"]


@needs_soffice
def test_libreoffice_opens_the_hostile_and_no_row_is_lost_by_it(tmp_path):
    book = load_rulebook()
    form = rewrite(specimen(), "fiscal_year", "（2021年度）")
    for number, text in enumerate(HOSTILE):
        form = rewrite(rewrite(form, f"indicators.{number % 8}.name", text), f"indicators.{number % 8}.target", text)
    hostile = audit_form(form, book)
    path = tmp_path / "back.xlsx"
    path.write_bytes(converted(review_workbook([hostile]), ".xlsx", "xlsx", tmp_path))
    assert read_review(path, [hostile]) == ()


def test_set_up_for_paper_and_for_work(paper, seeds):
    book = opened(paper)
    assert book.sheetnames[:2] == ["汇总", "审核发现"]
    assert book.sheetnames[-1] == "举证清单"
    assert len(book.sheetnames) == 3 + len(seeds)
    for sheet in book:
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
        assert sheet.print_title_rows
        assert sheet.freeze_panes
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
    found = book["审核发现"]
    assert found.auto_filter.ref == f"A3:R{found.max_row}"
    assert found.data_validations.dataValidation[0].formula1 == '"认可,存疑,不认可"'
    for sheet, key in ((found, FINDING_KEY), (book.worksheets[2], ENTRY_KEY)):
        assert sheet.column_dimensions[openpyxl.utils.get_column_letter(column(sheet, key))].hidden
    filled = {cell.column for row in found.iter_rows(min_row=4) for cell in row if cell.fill.fgColor.rgb == "00FFF2CC"}
    assert filled == {column(found, name) for name in ("处理决定", "处理说明", "佐证材料")}


def test_headings_and_kinds_of_indicators_stand_on_one_line(paper):
    """A heading of which one letter stands on a line of its own looks like a slip."""
    for sheet in openpyxl.load_workbook(io.BytesIO(paper)):
        row = 3 if sheet.title in ("汇总", "审核发现", "举证清单") else 4
        for cell in sheet[row]:
            dimension = sheet.column_dimensions[cell.column_letter]
            if cell.value and not dimension.hidden:
                first = cell.value.split("\n")[0]
                assert breadth(first) <= dimension.width - 1, (sheet.title, first)
        if row == 4:
            assert sheet.column_dimensions["B"].width - 1 >= breadth("可持续影响指标")


def test_sheet_names_are_safe_and_differ():
    for project in ("a/b\\c?*[x]:'", "项目" * 40, "", "\u202e\x00", "History"):
        assert len(sheet_name(7, project)) <= 31
        assert not set(sheet_name(7, project)) & set("/\\?*[]:'")
    assert sheet_name(1, "甲") != sheet_name(2, "甲")


def test_a_large_run_says_what_it_leaves_out(monkeypatch, seeds):
    monkeypatch.setattr(excel, "MOST_SHEETS", 3)
    book = opened(review_workbook(seeds))
    assert book.sheetnames == ["汇总", "审核发现", "举证清单"]
    assert "逐项复核请用各项目文件夹中的 review.xlsx" in book["汇总"]["A2"].value
    assert book["汇总"].cell(4, column(book["汇总"], "按本表复核")).value == "—"


def test_no_audits_is_an_empty_paper():
    assert opened(review_workbook(())).sheetnames == ["汇总", "审核发现", "举证清单"]


def test_the_same_audits_give_the_same_bytes(paper, seeds):
    assert review_workbook(seeds) == paper
    with zipfile.ZipFile(io.BytesIO(paper)) as package:
        assert {info.date_time for info in package.infolist()} == {(2022, 1, 1, 0, 0, 0)}
        assert b"2022-01-01T00:00:00Z" in package.read("docProps/core.xml")


def test_the_list_of_evidence_has_every_open_row_and_no_document_twice(paper, seeds):
    sheet = opened(paper)["举证清单"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=4)]
    at = {name: column(sheet, name) - 1 for name in ("序号", "项目", "材料", "三级指标", "待举证分值", "分值")}
    told = [(row[at["项目"]], row[at["三级指标"]]) for row in rows]
    open_rows = [
        (one.form.project.one_line, item.label)
        for one in seeds
        for item in one.scorecard.items
        if item.judgement.verdict is Verdict.UNVERIFIABLE
    ]
    assert sorted(told) == sorted(open_rows)
    named = [(row[at["项目"]], row[at["材料"]]) for row in rows if not row[at["材料"]].startswith("（同序号")]
    assert len(set(named)) == len(named) == len({row[at["序号"]] for row in rows})
    assert all(row[at["待举证分值"]] == row[at["分值"]] for row in rows)


def test_an_answer_in_the_list_of_evidence_moves_the_reviewed_score(tmp_path, seeds):
    one = seeds[0]
    book = opened(review_workbook([one]))
    sheet = book["举证清单"]
    sheet.cell(4, column(sheet, "认定得分")).value = 5
    sheet.cell(4, column(sheet, "举证情况")).value = "台账齐全"
    sheet.cell(5, column(sheet, "认定得分")).value = 0
    changes = read_review(saved(book, tmp_path), [one])
    assert [(c.field, c.after) for c in changes] == [(Field.SCORE, "5"), (Field.NOTE, "台账齐全"), (Field.SCORE, "0")]
    store = open_store(tmp_path / "s.sqlite")
    store.record(changes, "张三")
    after = reviewed(one, review_of(one, store.state(project_key(one.form))))
    assert after.reviewed_score == one.scorecard.verified + 5
    printed = opened(review_workbook([one], review_of(one, store.state(project_key(one.form)))))
    assert read_review(saved(printed, tmp_path, "again.xlsx"), [one]) == ()


@pytest.mark.parametrize(("second", "refused"), [(5, False), (4, True)])
def test_one_row_filled_in_on_two_sheets_counts_once_or_not_at_all(second, refused, tmp_path, seeds):
    one = seeds[0]
    book = opened(review_workbook([one]))
    listed, sheet = book["举证清单"], book.worksheets[2]
    listed.cell(4, column(listed, "认定得分")).value = 5
    name = listed.cell(4, column(listed, "三级指标")).value
    row = next(row for row in range(5, sheet.max_row) if sheet.cell(row, column(sheet, "三级指标")).value == name)
    sheet.cell(row, column(sheet, "复核得分")).value = second
    path = saved(book, tmp_path)
    if refused:
        with pytest.raises(ReviewRefused, match="两处填得不同"):
            read_review(path, [one])
    else:
        (change,) = read_review(path, [one])
        assert (change.field, change.after) == (Field.SCORE, "5")
