"""What kind of document a table or sheet is, told by its words and never by its place."""

from __future__ import annotations

import pytest
from formats import WRITERS, as_docx, drawn
from workbooks import as_xlsx

from auditkit.document import Document
from auditkit.errors.files import NoForm
from auditkit.model import Kind
from auditkit.parse.form import parse_parts
from auditkit.pipeline import audit, audit_file, understand
from auditkit.safety import LIMITS

HEAD = """{title}
（2024年度）
项目名称 | 城区路灯改造 | > | > | > | > | > | >
主管部门 | 清溪市城管局 | > | > | 实施单位 | 清溪市路灯所 | > | >
"""
EVALUATION = """
项目资金（万元） |  | 年初预算数 | 全年预算数 | 全年执行数 | 分值 | 执行率 | 得分
^ | 年度资金总额 | 100 | 100 | 95 | 10 | 95% | 9.5
年度总体目标 | 预期目标 | > | > | 实际完成情况 | > | > | >
^ | 改造路灯300盏。 | > | > | 改造路灯306盏。 | > | > | >
一级指标 | 二级指标 | 三级指标 | 年度指标值 | 实际完成值 | 分值 | 得分 | 偏差原因分析及改进措施
产出指标 | 数量指标 | 改造路灯数量 | ≥300盏 | 306盏 | 50 | 50 |
效益指标 | 社会效益指标 | 亮灯率 | ≥98% | 98.6% | 30 | 30 |
满意度指标 | 服务对象满意度指标 | 居民满意度 | ≥90% | 93% | 10 | 10 |
总分 | > | > | > | > | 100 | 99.5 |
"""
TARGET = """
项目资金（万元） | 年度资金总额： | > | > | 100 | > | > | >
年度总体目标 | 改造路灯300盏。 | > | > | > | > | > | >
一级指标 | > | 二级指标 | > | 三级指标 | > | 指标值 | >
产出指标 | > | 数量指标 | > | 改造路灯数量 | > | ≥300盏 | >
效益指标 | > | 社会效益指标 | > | 亮灯率 | > | ≥98% | >
"""
MONITORING = """
项目资金（万元） |  | 年初预算数 | 全年预算数 | 1-7月执行数 | 1-7月执行率 | 全年预计执行数 | >
^ | 年度资金总额 | 100 | 100 | 52 | 52% | 95 | >
一级指标 | 二级指标 | 三级指标 | 年度指标值 | 1-7月执行情况 | 全年预计完成情况 | 偏差原因分析 | 完成目标可能性
产出指标 | 数量指标 | 改造路灯数量 | ≥300盏 | 160盏 | 306盏 |  | 确定能
效益指标 | 社会效益指标 | 亮灯率 | ≥98% | 97% | 98.6% |  | 有可能
"""
REVIEW = """
序号 | 三级指标 | 年度指标值 | 自评完成值 | 自评得分 | 复核完成值 | 复核得分 | 复核意见
1 | 改造路灯数量 | ≥300盏 | 306盏 | 50 | 306盏 | 50 | 属实
2 | 亮灯率 | ≥98% | 98.6% | 30 | 98.6% | 30 | 属实
"""
BASIS = """
立项依据 | 城区路灯老化，按照市政府工作安排改造。 | > | > | > | > | > | >
项目起止时间 | 2024年1月至12月 | > | > | > | > | > | >
"""
SHEETS = {
    Kind.SELF_EVALUATION: ("项目支出绩效自评表", EVALUATION),
    Kind.TARGET: ("项目支出绩效目标申报表", TARGET),
    Kind.MONITORING: ("项目支出绩效运行监控表", MONITORING),
    Kind.REVIEW: ("项目支出绩效自评复核表", REVIEW),
    Kind.OTHER: ("项目立项依据", BASIS),
}


def sheet(kind: Kind, title: str | None = None) -> str:
    own, body = SHEETS[kind]
    return HEAD.format(title=own if title is None else title) + body.lstrip("\n")


def kinds(document: Document) -> tuple[list[Kind], list[Kind]]:
    """Of the forms, and of what is left out."""
    parsed = parse_parts(document)
    return [form.kind for form in parsed.forms], [one.kind for one in parsed.left_out]


@pytest.mark.parametrize("kind", [kind for kind in SHEETS if kind is not Kind.OTHER])
@pytest.mark.parametrize("format_", WRITERS)
def test_one_table_alone_is_told_in_every_format(kind, format_, tmp_path):
    suffix, write = WRITERS[format_]
    path = tmp_path / f"表{suffix}"
    path.write_bytes(write(drawn(sheet(kind))))
    reading = understand(path, LIMITS)
    found = [form.kind for form in reading.forms], [one.kind for one in reading.left_out]
    assert found == (([kind], []) if kind.audited else ([], [kind]))
    assert kind.audited or not reading.unused


ORDERS = [tuple(SHEETS), tuple(reversed(SHEETS)), (Kind.MONITORING, Kind.SELF_EVALUATION, Kind.TARGET)]


@pytest.mark.parametrize("order", ORDERS, ids=lambda order: order[0].value)
def test_several_kinds_in_one_workbook_or_document_give_one_form(order, tmp_path):
    (tmp_path / "簿.xlsx").write_bytes(
        as_xlsx(*(drawn(sheet(kind)) for kind in order), titles=[f"表{n}" for n, _ in enumerate(order)])
    )
    (tmp_path / "文.docx").write_bytes(as_docx(drawn("\n---\n".join(map(sheet, order)))))
    for name in ("簿.xlsx", "文.docx"):
        found = audit_file(tmp_path / name)
        assert [one.form.kind for one in found.audits] == [Kind.SELF_EVALUATION]
        assert [one.kind for one in found.left_out] == [kind for kind in order if not kind.audited]
        (one,) = found.audits
        assert (one.form.total_score.text, len(one.form.indicators), one.form.doubts) == ("99.5", 3, ())
        assert [finding for finding in one.findings if finding.severity == "error"] == []


TITLES = [
    ("城区路灯改造", Kind.TARGET, Kind.TARGET),  # a title that says nothing: the columns tell
    ("城区路灯改造", Kind.MONITORING, Kind.MONITORING),
    ("城区路灯改造", Kind.SELF_EVALUATION, Kind.SELF_EVALUATION),
    ("2024年度项目绩效目标表", Kind.TARGET, Kind.TARGET),
    ("项目支出绩效目标批复表", Kind.TARGET, Kind.TARGET),
    ("绩效目标执行监控情况表", Kind.MONITORING, Kind.MONITORING),
    ("1—7月绩效目标完成情况表", Kind.MONITORING, Kind.MONITORING),
    ("绩效目标完成情况表", Kind.SELF_EVALUATION, Kind.SELF_EVALUATION),
    ("项目支出绩效目标自评表", Kind.SELF_EVALUATION, Kind.SELF_EVALUATION),
    ("项目支出绩效评价情况表", Kind.SELF_EVALUATION, Kind.SELF_EVALUATION),
    ("政务服务事项目录编制", Kind.SELF_EVALUATION, Kind.SELF_EVALUATION),
    ("路灯监控系统建设项目绩效自评表", Kind.SELF_EVALUATION, Kind.SELF_EVALUATION),
    ("绩效自评抽查复核表", Kind.REVIEW, Kind.REVIEW),
]


@pytest.mark.parametrize(("title", "body", "kind"), TITLES)
def test_the_last_word_of_a_title_tells_and_else_the_columns(title, body, kind):
    found, left = kinds(drawn(sheet(body, title)))
    assert found + left == [kind]


@pytest.mark.parametrize(("title", "kind"), [(title, kind) for title, body, kind in TITLES if body.audited])
def test_a_title_that_does_not_contradict_is_no_doubt(title, kind):
    (form,) = parse_parts(drawn(sheet(Kind.SELF_EVALUATION, title))).forms
    assert form.doubts == ()


@pytest.mark.parametrize("title", ["项目支出绩效目标申报表", "绩效运行监控表", "项目立项依据", "绩效自评复核表"])
def test_a_self_evaluation_under_the_title_of_another_kind_is_audited_with_a_doubt(title):
    (form,) = parse_parts(drawn(sheet(Kind.SELF_EVALUATION, title))).forms
    (doubt,) = form.doubts
    assert title in doubt
    assert form.kind is Kind.SELF_EVALUATION


def test_what_nothing_tells_is_left_out_only_beside_a_whole_form():
    """The head of a form and its indicators may stand on two sheets; a sheet of remarks beside a form is none."""
    head, indicators = EVALUATION.lstrip("\n").split("一级指标", 1)
    parts = HEAD.format(title="项目支出绩效自评表") + head, f"一级指标{indicators}"
    (form,) = parse_parts(sheets(*parts)).forms
    assert (form.project.text, form.total_score.text, len(form.indicators)) == ("城区路灯改造", "99.5", 3)
    parsed = parse_parts(sheets(sheet(Kind.SELF_EVALUATION), "路灯 | 位置\n一号灯 | 中山路"))
    assert ([form.kind for form in parsed.forms], [str(one) for one in parsed.left_out]) == (
        [Kind.SELF_EVALUATION],
        ["表2：其他表"],
    )


def sheets(*texts: str) -> Document:
    """A document of one sheet a drawing."""
    blocks = []
    for number, text in enumerate(texts, 1):
        for block in drawn(text).blocks:
            rows = block.rows if hasattr(block, "rows") else ((block,),)
            moved = tuple(
                tuple(cell._replace(at=cell.at._replace(sheet=f"表{number}")) for cell in row) for row in rows
            )
            blocks.append(type(block)(moved) if hasattr(block, "rows") else moved[0][0])
    return Document("簿.xlsx", tuple(blocks))


def test_a_file_of_another_matter_alone_is_no_form():
    with pytest.raises(NoForm) as raised:
        parse_parts(drawn(sheet(Kind.OTHER)))
    assert "项目立项依据" in raised.value.zh


DEPARTMENT = EVALUATION.replace("年度资金总额 | 100 | 100 | 95", "部门支出总额 | 100 | 100 | 95")
SCOPES = [
    (
        HEAD.format(title="部门整体支出绩效自评表").replace("项目名称", "部门名称"),
        EVALUATION,
        Kind.DEPARTMENT,
        "department",
    ),
    (HEAD.format(title="2024年清溪市城管局整体绩效自评表"), EVALUATION, Kind.DEPARTMENT, "department"),
    (HEAD.format(title="村庄整体搬迁项目绩效自评表"), EVALUATION, Kind.SELF_EVALUATION, "mof-2020"),
    (HEAD.format(title="部门整体支出绩效目标申报表").replace("项目名称", "部门名称"), TARGET, Kind.TARGET, ""),
    (HEAD.format(title="中央对地方转移支付绩效目标申报表"), TARGET, Kind.TARGET, ""),
    (HEAD.format(title="中央对地方转移支付绩效自评表"), EVALUATION, Kind.SELF_EVALUATION, "mof-2020"),  # with points
]


@pytest.mark.parametrize(("head", "body", "kind", "book"), SCOPES)
def test_the_kind_chooses_the_rulebook_where_none_is_named(head, body, kind, book, tmp_path):
    (tmp_path / "表.docx").write_bytes(as_docx(drawn(head + body.lstrip("\n"))))
    found = audit_file(tmp_path / "表.docx")
    assert [one.kind for one in found.left_out] == ([] if kind.audited else [kind])
    assert [(one.form.kind, one.rulebook.name) for one in found.audits] == ([(kind, book)] if book else [])
    named = audit(tmp_path / "表.docx", "hubei")
    assert [one.rulebook.name for one in named] == ["hubei"] * bool(book)


UNSCORED = """
资金投入情况（万元） | > | 全年预算数（A） | 全年执行数（B） | 预算执行率（B/A×100%） | > | >
年度资金总额 | > | 100 | 95 | 95% | > | >
一级指标 | 二级指标 | 三级指标 | 指标值 | 全年实际完成值 | 未完成原因和改进措施 | >
产出指标 | 数量指标 | 改造路灯数量 | ≥300盏 | 306盏 |  | >
"""


@pytest.mark.parametrize(
    "head",
    [
        "转移支付（项目）绩效自评表\n项目名称 | 路灯 | > | > | > | > | >\n",
        "补助资金绩效自评表\n转移支付（项目）名称 | 路灯补助 | > | > | > | > | >\n",
        "补助资金绩效自评表\n项目名称 | 路灯补助 | > | > | > | > | >\n中央主管部门 | 住建部 | > | > | > | > | >\n",
    ],
)
def test_a_transfer_form_is_told_by_its_title_or_entries(head):
    assert kinds(drawn(head + UNSCORED.lstrip("\n"))) == ([Kind.TRANSFER], [])


def test_a_form_of_a_department_below_one_of_a_project_is_a_form_of_its_own():
    department = HEAD.format(title="部门整体支出绩效自评表").replace("项目名称", "部门名称") + EVALUATION.lstrip("\n")
    found, left = kinds(drawn(f"{sheet(Kind.SELF_EVALUATION)}\n---\n{department}\n---\n{sheet(Kind.TARGET)}"))
    assert (found, left) == ([Kind.SELF_EVALUATION, Kind.DEPARTMENT], [Kind.TARGET])
