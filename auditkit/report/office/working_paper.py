"""The working paper (复核表): audits as a workbook that is filled in and read back by `auditkit import-review`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from auditkit.decisions.evidence import evidence_list
from auditkit.decisions.subject import Field, Ruling, Subject
from auditkit.decisions.summary import Decision, Review, Reviews, chain_lines
from auditkit.decisions.worklist import (
    PaperRow,
    Question,
    ScoredItem,
    earned_line,
    questions,
    scored_items,
)
from auditkit.model import Outcome, Severity
from auditkit.pipeline import Audit
from auditkit.quantity.numbers import format_number
from auditkit.report.facts import summary_sentences
from auditkit.report.office.cells import CellFormula, Column, banner, figure, fit, heading, write
from auditkit.report.office.target_sheet import add_targets
from auditkit.report.office.workbook import new_workbook, workbook_bytes
from auditkit.rulebooks.loader import MARK, MARKED

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

MOST_SHEETS = 200  # a workbook with more of them opens in minutes and is turned over by nobody
FINDING_KEY, ENTRY_KEY, EVIDENCE_KEY, DIGEST = "标识（问题）", "标识（指标）", "标识（举证）", "版本"
FINDING_INPUTS = {Field.RULING: "处理决定", Field.NOTE: "处理说明", Field.REFERENCE: "佐证材料"}
EVIDENCE_INPUTS = {Field.RESULT: "核实的完成值", Field.SCORE: "认定得分", Field.NOTE: "举证情况"}
ENTRY_INPUTS = {Field.RESULT: "复核完成值", Field.SCORE: "复核得分", Field.NOTE: "复核说明"}
SIGNED, STANDING = "签署", "署名、时间（UTC）及其他"  # printed only
FORMER = "原"  # leads the hidden column that keeps what an input cell was printed with
_SUMMARY = tuple(
    Column(*one)
    for one in (
        ("序号", 5), ("项目名称", 30), ("实施单位", 18), ("年度", 7), ("分值合计", 9), ("填报总分", 11),
        ("自评得分合计", 13), ("按本表复核", 11), ("偏差", 8), ("可核实得分", 11), ("最高可能得分", 13), ("复核得分", 9), ("▲ 错误", 8),
        ("● 疑点", 8), ("○ 提示", 8), ("问题行数", 9), ("已决定", 7), (SIGNED, 21), (DIGEST, 0),
    )
)  # fmt: skip
_FINDINGS = (
    *(Column("序号", 5), Column("项目", 14), Column("级别", 8), Column("规则", 8), Column("问题类型", 13)),
    *(Column("指标", 5), Column("问题", 36), Column("表内依据", 32), Column("审核依据", 32)),
    *(Column(name, 10 if field is Field.RULING else 16, True) for field, name in FINDING_INPUTS.items()),
    Column(STANDING, 24),
    *(Column(name, 0) for name in (FINDING_KEY, DIGEST, *(FORMER + name for name in FINDING_INPUTS.values()))),
)
_ENTRIES = (
    *(Column("三级指标", 25), Column("性质", 15), Column("指标值", 16), Column("分值", 7)),
    *(Column("自评完成值", 16), Column("自评得分", 9), Column("复核完成值", 16, True), Column("复核得分", 9, True)),
    *(Column("偏差", 7), Column("依据及说明", 35), Column("复核说明", 18, True)),
    Column(STANDING, 24),
    *(Column(name, 0) for name in (ENTRY_KEY, DIGEST, *(FORMER + name for name in ENTRY_INPUTS.values()))),
)
_EVIDENCE = (
    *(Column("序号", 5), Column("项目", 16), Column("材料", 18), Column("应当载明", 28), Column("三级指标", 20)),
    *(Column("指标值", 14), Column("自评完成值", 16), Column("分值", 7), Column("自评得分", 9)),
    *(Column("依据及说明", 28), Column("待举证分值", 11)),
    *(Column(name, 10 if field is Field.SCORE else 16, True) for field, name in EVIDENCE_INPUTS.items()),
    Column(STANDING, 24),
    *(Column(name, 0) for name in (EVIDENCE_KEY, DIGEST, *(FORMER + name for name in EVIDENCE_INPUTS.values()))),
)
Decided = Mapping[Subject, Decision]


def review_workbook(
    audits: Iterable[Audit], review: Review | Reviews | None = None, outcomes: Iterable[Outcome] = ()
) -> bytes:
    """The working paper over one or many audits, and what of the `outcomes` of a run differs from approved targets.

    What was decided before is printed in the input cells, so that an import changes only what a person changed in the
    paper; who decided it when, and who signed, stands beside them. Beyond `MOST_SHEETS` projects the workbook has no
    sheets of their indicators and says so; each project's own workbook has. Raises Unreadable where openpyxl is not installed.
    """
    book = new_workbook("review.xlsx", "绩效自评复核表")
    audits, reviews = tuple(audits), review.projects if review else ()
    decided = {one.subject: one for told in reviews for one in told.decisions}
    summary, found = book.active, book.create_sheet("审核发现")
    summary.title = "汇总"
    bottom = _findings(found, audits, decided)
    add_targets(book, outcomes)
    totals = {}
    for number, audit in enumerate(audits if len(audits) <= MOST_SHEETS else (), 1):
        sheet = book.create_sheet(sheet_name(number, audit.form.project.one_line))
        totals[number] = sheet.title, _entries(sheet, audit, decided)
    _evidence(book.create_sheet("举证清单"), audits, decided)
    chain = chain_lines(review.anchor, review.faults) if review else ()
    _summary(summary, audits, totals, bottom, {told.audit: told for told in reviews}, chain)
    return workbook_bytes(book)


def project_workbook(audit: Audit, review: Review | None = None) -> bytes:
    """The working paper of one project."""
    return review_workbook((audit,), review)


def sheet_name(number: int, project: str) -> str:
    """A name that Excel takes and that no other sheet of the workbook has: the number, then letters of the project."""
    letters = "".join(c for c in project if (c.isascii() and c.isalnum()) or "\u4e00" <= c <= "\u9fff")
    return f"{number:03d}_{letters[:20] or '项目'}"


def _summary(
    sheet: Worksheet,
    audits: Sequence[Audit],
    totals: Mapping[int, tuple[str, int]],
    bottom: int,
    reviews: Mapping[str, Review],
    chain: Sequence[str],
) -> None:
    hint = f"共 {len(audits)} 个项目。底色为浅黄、表头标“（填写）”的单元格供填写，填好后用 auditkit import-review 导入；其余请勿改动。"
    if len(audits) > MOST_SHEETS:
        hint += f"项目超过 {MOST_SHEETS} 个，本册只有汇总和审核发现，逐项复核请用各项目文件夹中的 review.xlsx。"
    banner(sheet, _SUMMARY, "项目支出绩效自评复核汇总表", "\n".join((hint, *chain)))
    heading(sheet, 3, _SUMMARY)
    keys, rulings = (_column(_FINDINGS, name) for name in (DIGEST, FINDING_INPUTS[Field.RULING]))
    for row, (number, audit) in enumerate(enumerate(audits, 1), 4):
        form, card, digest = audit.form, audit.scorecard, _column(_SUMMARY, DIGEST)
        told = audit.digest
        name, total = totals.get(number, ("", 0))
        live = [CellFormula(f"='{name}'!{column}{total}") if name else "—" for column in "DFHI"]
        own = f"审核发现!${keys}$4:${keys}${bottom},{digest}{row}"
        contents = (
            *(number, form.project.one_line, form.implementer.one_line, form.year or ""),
            *(
                live[0],
                figure(form.total_score),
                *live[1:],
                *(Decimal(format_number(score)) for score in (card.verified, card.upper)),
                "" if audit.reviewed_score is None else Decimal(format_number(audit.reviewed_score)),
            ),
            *(audit.count(severity) for severity in Severity),
            CellFormula(f"=COUNTIF({own})"),
            CellFormula(f'=COUNTIFS({own},审核发现!${rulings}$4:${rulings}${bottom},"?*")'),
            _signed(reviews.get(told)),
            told,
        )
        for column, content in enumerate(contents, 1):
            write(sheet, row, column, content, "text" if column in (2, 3, len(_SUMMARY) - 1) else "number")
        fit(sheet, row, _SUMMARY)


def _signed(review: Review | None) -> str:
    return "\n".join(f"{one.step} {one.who} {one.at} {one.told}" for one in review.signatures) if review else ""


def _findings(sheet: Worksheet, audits: Sequence[Audit], decided: Decided) -> int:
    from openpyxl.worksheet.datavalidation import DataValidation

    hint = "处理决定从下拉列表中选：认可、存疑、不认可。可以筛选、排序（整行），不处理的行留空；请勿改动其他列。"
    rows = [question for audit in audits for question in questions(audit)]
    hint += f"{MARKED}。" if any(MARK in question.basis for question in rows) else ""
    banner(sheet, _FINDINGS, "审核发现及处理", hint)
    heading(sheet, 3, _FINDINGS)
    for number, question in enumerate(rows, 1):
        _question(sheet, 3 + number, number, question, decided)
    bottom = 3 + max(len(rows), 1)
    choice = DataValidation("list", formula1=f'"{",".join(ruling.zh for ruling in Ruling)}"', allow_blank=True)
    choice.error, choice.errorTitle = "请从列表中选：认可、存疑、不认可", "处理决定"
    choice.showErrorMessage = True
    column = _column(_FINDINGS, FINDING_INPUTS[Field.RULING])
    choice.add(f"{column}4:{column}{bottom}")
    sheet.add_data_validation(choice)
    # The hidden columns lie within, so that sorting takes them along.
    sheet.auto_filter.ref = f"A3:{_column(_FINDINGS, _FINDINGS[-1].name)}{bottom}"
    return bottom


def _question(sheet: Worksheet, row: int, number: int, question: Question, decided: Decided) -> None:
    first, (project, rule, message) = question.findings[0], question.task.printed
    item = "全表" if first.row is None else str(first.row)
    level = f"{first.severity.mark} {first.severity.zh}"
    shown_ = (project, level, rule, first.title, item, message, question.proofs, question.basis)
    write(sheet, row, 1, number, "middle")
    for column, text in enumerate(shown_, 2):
        write(sheet, row, column, text, "middle" if column in (3, 4, 6) else "text")
    _inputs(sheet, row, _FINDINGS, FINDING_INPUTS, FINDING_KEY, question.task, decided)


def _evidence(sheet: Worksheet, audits: Sequence[Audit], decided: Decided) -> None:
    """The documents that each project has to hand in, each once, with a row for every indicator that it settles."""
    hint = (
        "每份材料列一次，其后各行是它可以核实的指标。单位交来材料后，在浅黄色单元格填核实的完成值或认定得分，以及举证情况，"
        "用 auditkit import-review 导入后计入复核得分；没有交来的留空。"
    )
    banner(sheet, _EVIDENCE, "举证清单", hint)
    heading(sheet, 3, _EVIDENCE)
    row, number = 3, 0
    for audit in audits:
        tasks = {one.task.subject.row: one for one in scored_items(audit) if one.task.subject.row}
        stakes = {one.row: one.upper - one.verified for one in audit.scorecard.items}
        for item in evidence_list(audit.filed, audit.rulebook):
            number += 1
            for place, at in enumerate(item.rows):
                row, entry = row + 1, tasks[at]
                stake = Decimal(format_number(stakes[at])) if audit.rulebook.scored and entry.task.points else "—"
                contents = (
                    (number, "middle"),
                    (audit.form.project.one_line, "text"),
                    (item.document if not place else f"（同序号 {number}）", "text"),
                    (item.shows if not place else "", "text"),
                    *((entry.label, "text"), (entry.target, "text"), (entry.result.one_line, "text")),
                    *((figure(entry.points), "number"), (figure(entry.score), "number")),
                    *((f"{entry.earned.why}\n{earned_line(entry.earned)}", "text"), (stake, "number")),
                )
                for column, (content, look) in enumerate(contents, 1):
                    write(sheet, row, column, content, look)
                _inputs(sheet, row, _EVIDENCE, EVIDENCE_INPUTS, EVIDENCE_KEY, entry.task, decided)
                if entry.task.points:
                    _bounded(sheet, row, entry.task.points, _column(_EVIDENCE, EVIDENCE_INPUTS[Field.SCORE]))


def _entries(sheet: Worksheet, audit: Audit, decided: Decided) -> int:
    """Fill a project's sheet; the row of its totals."""
    form = audit.form
    unit = f"实施单位：{form.implementer.one_line or '（未填）'}　主管部门：{form.department.one_line or '（未填）'}　"
    hint = "复核与自评不同的，在浅黄色单元格填复核完成值、复核得分和说明；相同的留空，合计按自评得分计。"
    title = f"{form.project.one_line or '（未填项目名称）'}（{form.year or '未填'}年度）绩效自评复核表"
    banner(sheet, _ENTRIES, title, f"{unit}{summary_sentences(audit)}", hint)
    heading(sheet, 4, _ENTRIES)
    rows = scored_items(audit)
    for row, entry in enumerate(rows, 5):
        _entry(sheet, row, entry, decided)
    total = 5 + len(rows)
    for column in range(1, 1 + sum(column.width > 0 for column in _ENTRIES)):
        write(sheet, total, column, "", "sum")
        write(sheet, total + 1, column, "", "sum")
    write(sheet, total, 1, "合计", "sum_text")
    for column in "DFI":
        write(
            sheet, total, ord(column) - 64, CellFormula(f"=SUM({column}5:{column}{total - 1})" if rows else "=0"), "sum"
        )
    write(sheet, total, 8, CellFormula(f"=F{total}+I{total}"), "sum")
    write(sheet, total, 10, "本列合计＝自评得分合计＋偏差合计，汇总表列为“按本表复核”", "sum_text")
    write(sheet, total + 1, 1, "填报总分", "sum_text")
    write(sheet, total + 1, 6, figure(form.total_score), "sum")
    write(sheet, total + 1, 9, CellFormula(f"=N(F{total + 1})-F{total}"), "sum")
    write(sheet, total + 1, 10, "偏差＝填报总分－自评得分合计", "sum_text")
    fit(sheet, total, _ENTRIES)
    fit(sheet, total + 1, _ENTRIES)
    return total


def _entry(sheet: Worksheet, row: int, entry: ScoredItem, decided: Decided) -> None:
    verdict = f"{entry.earned.judgement.verdict.zh}：" if entry.earned.judgement else ""
    earned = earned_line(entry.earned)
    contents = (
        *((entry.label, "text"), (entry.nature, "middle"), (entry.target, "text"), (figure(entry.points), "number")),
        *((entry.result.one_line, "text"), (figure(entry.score), "number"), ("", "input"), ("", "input_number")),
        (CellFormula(f'=IF(H{row}="","",H{row}-N(F{row}))'), "number"),
        (f"{verdict}{entry.earned.why}\n{earned}", "text"),
    )
    for column, (content, look) in enumerate(contents, 1):
        write(sheet, row, column, content, look)
    _inputs(sheet, row, _ENTRIES, ENTRY_INPUTS, ENTRY_KEY, entry.task, decided)
    if entry.task.points:
        _bounded(sheet, row, entry.task.points, _column(_ENTRIES, ENTRY_INPUTS[Field.SCORE]))


def _bounded(sheet: Worksheet, row: int, points: str, column: str) -> None:
    from openpyxl.worksheet.datavalidation import DataValidation

    bound = DataValidation("decimal", operator="between", formula1="0", formula2=points, allow_blank=True)
    bound.error, bound.errorTitle, bound.showErrorMessage = f"复核得分应在 0 到 {points} 分之间", "复核得分", True
    bound.add(f"{column}{row}")
    sheet.add_data_validation(bound)


def _inputs(
    sheet: Worksheet,
    row: int,
    columns: Sequence[Column],
    inputs: Mapping[Field, str],
    key: str,
    task: PaperRow,
    decided: Decided,
) -> None:
    """The cells to fill in, and hidden beside them who the row is and what the cells were printed with; ends the row."""
    places = {column.name: number for number, column in enumerate(columns, 1)}
    write(sheet, row, places[key], task.key, "key")
    write(sheet, row, places[DIGEST], task.digest, "key")
    stands = decided.get(task.subject)
    write(sheet, row, places[STANDING], "\n".join((stands.by, *stands.besides)).strip() if stands else "", "text")
    for field, name in inputs.items():
        former = stands.text(field) if stands else ""
        former = Ruling(former).zh if field is Field.RULING and former else former
        score = field is Field.SCORE
        write(sheet, row, places[name], _number(former) if score else former, "input_number" if score else "input")
        write(sheet, row, places[FORMER + name], former, "key")
    fit(sheet, row, columns)


def _number(text: str) -> object:
    from auditkit.quantity.numbers import amount

    number = amount(text) if text else None
    return text if number is None else number


def _column(columns: Sequence[Column], name: str) -> str:
    from auditkit.document import letters

    return letters(next(number for number, column in enumerate(columns, 1) if column.name == name))
