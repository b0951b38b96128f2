"""STR: how the form itself was filled in."""

from __future__ import annotations

from collections.abc import Iterator

from auditkit.assess.inapplicable import is_taken_out
from auditkit.model import Figures, Form, Indicator, NotApplicable, Value
from auditkit.quantity.measure import QuantityKind, Relation
from auditkit.quantity.numbers import years_in
from auditkit.rulebooks.loader import Rulebook
from auditkit.rules.rule import ERROR, rule
from auditkit.vocabulary.levels import Level, level_named
from auditkit.vocabulary.terms import Expression

# A file is named for the year in which it was filed or published, too.
_FILED = Expression(
    r"(?:19|20)\d{2}年?(?!\d|年?度)(?=[^\d]{0,6}(?:公开|公示|报送|上报|填报|申报|开展|提交|批复))|(?:19|20)\d{6}"
)

_NUMBERED = Expression(r"[〔\[(](?:19|20)\d{2}[〕\])]\d*号?")
_FISCAL = Expression(r"(?:19|20)\d{2}年度")

REQUIRED = {
    "project": "项目名称",
    "department": "主管部门",
    "implementer": "实施单位",
    "fiscal_year": "年度",
    "goal": "预期目标",
    "outcome": "实际完成情况",
}
_OTHER_UNIT = {"department": "implementer", "implementer": "department"}
AMOUNTS = {"initial": "年初预算数", "adjusted": "全年预算数", "actual": "全年执行数", "points": "分值", "score": "得分"}
ITEM = {"points": "分值", "score": "得分"}


@rule(
    "STR001",
    zh="必填项缺失",
    en="Required entry missing",
    severity=ERROR,
    basis="required",
    flags=[
        {"project": ""},
        {"total_score": ""},
        {"indicators.4.score": ""},
        {"fiscal_year": "（    年度）"},
        {"outcome": "无"},
    ],
    passes=[{"grade": ""}, {"indicators.4.score": "0"}, {"indicators.4.explanation": ""}],
    fault_zh=(
        "项目名称、主管部门、实施单位、年度、预期目标、实际完成情况、总分，或某项指标的分值、得分没有填写；"
        "多行共用的合并格、没有得分栏的表和不计分的手册，以及表式没有目标、完成情况或第二个单位名称的，除外。"
    ),
    why_zh="缺少必填项的表无法归档、比对和核算得分。",
    doubt_zh="当地表式没有这一栏；内容写在表外的标题、封面或相邻格里。",
    ask_zh="请补填；表式没有这一栏的，请说明。",
    verify_zh="看原表该格及表外文字；表式确无此栏的，不认定为问题；其余的，退回补填。",
)
def required_entry_missing(form: Form, book: Rulebook):
    """Project, department, unit, year, goal, result, total, or an item's points or score is not filled in.

    A form with gaps can be neither filed nor re-scored. A cell that the layout shares between rows (1), scores on a
    form that has no such column or under a rulebook that knows none (2), and goal, result or a second name of the unit
    on a form that has no cell for them (3) are not wanted, nor is the score of an item that the rulebook takes out (4).

    Known false alarms: a local form without that entry; the text stands outside the table.

    To verify: look at the cell and round the table; have the rest filled in.
    """
    for name, words in REQUIRED.items():
        entry: Value = getattr(form, name)
        if entry.at is None and (name in ("goal", "outcome") or getattr(form, _OTHER_UNIT.get(name, name)).at):  # (3)
            continue
        if entry.is_blank or (name == "fiscal_year" and form.year is None):
            yield f"“{words}”未填写{_where(entry)}", entry
    if not book.scored:  # (2)
        return
    scored = any(item.score.at for item in form.indicators)
    if scored and form.total_score.is_blank:  # (2)
        yield f"“总分”未填写{_where(form.total_score)}", form.total_score
    for item in form.indicators:
        for name, words in ITEM.items():
            entry = getattr(item, name)
            if entry.at and entry.is_blank and not is_taken_out(item, book):  # (1) (4)
                yield f"第{item.row}项“{item.name.one_line}”的{words}未填写{_where(entry)}", entry, item


def _where(entry: Value) -> str:
    return f"（{entry.place}）" if entry.at else "（表中没有这一栏）"


@rule(
    "STR002",
    zh="数字无法识别",
    en="Figure unreadable",
    severity=ERROR,
    basis="readable",
    flags=[
        {"funds.0.actual": "约237万"},
        {"indicators.2.score": "五分"},
        {"total_score": "99.5.1"},
        {"indicators.0.points": "NaN"},
    ],
    passes=[
        {"funds.3.actual": "—"},
        {"funds.0.actual": "２３７．５０"},
        {"funds.0.adjusted": "1,250.00"},
        {"total_score": "99.5分"},
    ],
    fault_zh="金额、分值或得分格里写的不是一个数字。",
    why_zh="读不出的数没有参加任何计算，与它有关的规则都没有查到。",
    doubt_zh="数字附有文字说明，或一格写了两个数，人能看懂而程序不能。",
    ask_zh="请改填为一个数字。",
    verify_zh="看原表该格写的是什么；请单位改填为一个数字；改后重新审核全表。",
)
def figure_unreadable(form: Form, book: Rulebook):
    """An amount, points or score cell holds a text that is no number.

    What cannot be read enters no sum, so that other rules could not look at it.

    Known false alarms: a figure with a remark, or two figures in a cell, plain to a person.

    To verify: look at the cell; have it filled in as one number; audit the form again.
    """
    cells = [
        (getattr(fund, name), f"{fund.label.one_line} {words}", None)
        for fund in form.funds
        for name, words in AMOUNTS.items()
    ]
    cells += [(getattr(i, name), f"第{i.row}项{words}", i) for i in form.indicators for name, words in ITEM.items()]
    cells += [(form.total_points, "总分分值", None), (form.total_score, "总分得分", None)]
    for entry, name, subject in cells:
        if not entry.is_blank and not entry.is_number:
            yield f"{name}“{entry.one_line}”不是数字（{entry.place}）", entry, subject


@rule(
    "STR005",
    zh="年度不一致",
    en="Years disagree",
    severity=ERROR,
    basis="years",
    flags=[
        {"fiscal_year": "（2021年度）"},
        {"caption": "附件：《2020年度项目支出绩效自评表》"},
        {"indicators.6.target": "2023年6月底前"},
        {"indicators.6.name": "2021年11月30日前完工", "indicators.6.target": "11月底前"},
        {"indicators.6.name": "2021年11月完工", "indicators.6.target": "11月底前"},
    ],
    passes=[
        {"indicators.6.target": "12月底前"},
        {"indicators.6.name": "2022年11月30日前完工"},
        {"indicators.6.name": "2021年结转项目完工时间"},
        {"indicators.4.name": "2021年2月1日文件落实率"},
        {"indicators.6.target": "不低于2020年水平"},
        {"fiscal_year": "（ 2022 年度 ）"},
    ],
    fault_zh="标题、文件名、指标值日期或三级指标名称中完成日期的年份与表头年度不一致；文件名有几个年份、其中有表头年度的不算。",
    why_zh="年度不一，可能是套用上年的表没有改全，其他数据也可能是上年的。",
    doubt_zh="文件名只写了报送年份；项目跨年度实施，完成日期本就定在次年。",
    ask_zh="请核对自评年度，更正不一致的一处，并确认各项数据都是本年度的。",
    verify_zh="查预算批复和实施期，确定自评年度；跨年度的，对照批复的完工日期；属套用旧表的，逐项核对是否为本年数据。",
)
def years_disagree(form: Form, book: Rulebook):
    """The years in heading, title, file name and dated targets disagree.

    A form copied from last year may carry last year's figures. A file name with several years, among them the form's,
    is no contradiction (1): forms are filed in the year after. A date in an indicator's name is one of this kind where it
    sets a limit or the indicator is one of time (2); else it may be that of a document or a base.

    Known false alarms: a file named by the year of filing only; a project that runs into the next year.

    To verify: settle the year by the approved budget; compare dates with the approved schedule.
    """
    if form.year is None:
        raise NotApplicable("表中没有年度")
    named = [(value, _years_of(value)[:1]) for value in (form.title, form.caption)]
    for value, years in named:
        if years and years[0] != form.year:
            figures = Figures(f"{years[0]} 年", f"{form.year} 年")
            yield f"表头为 {form.year} 年度，标题“{value.one_line}”为 {years[0]} 年", figures, form.fiscal_year, value
    in_name = years_in(_FILED.sub("", form.source))
    if in_name and form.year not in in_name:  # (1)
        yield (
            f"表头为 {form.year} 年度，文件名“{form.source}”为 {in_name[0]} 年",
            Figures(f"{in_name[0]} 年", f"{form.year} 年"),
            form.fiscal_year,
        )
    for item in form.indicators:
        for entry, words, year in _dated(item):
            if year != form.year:
                yield (
                    f"表头为 {form.year} 年度，第{item.row}项{words}“{entry.one_line}”为 {year} 年",
                    Figures(f"{year} 年", f"{form.year} 年"),
                    entry,
                    form.fiscal_year,
                    item,
                )


def _dated(item: Indicator) -> Iterator[tuple[Value, str, int]]:
    """The years in which an indicator is to be reached, as its target and its name have them."""
    timed = level_named(item.subcategory.plain) is Level.TIMELINESS
    for entry, words in ((item.target, "指标值"), (item.name, "三级指标名称")):
        for measure in entry.quantity.measures:
            year = int(measure.number) // 10_000
            limits = entry is item.target or timed or measure.relation is Relation.AT_MOST  # (2)
            if measure.kind is QuantityKind.DATE and year and limits:
                yield entry, words, year


def _years_of(title: Value) -> tuple[int, ...]:
    """The fiscal years that a title names: not those of a document's number, and 2022年度 before 2023年."""
    years = years_in(_NUMBERED.sub("", title.plain))
    fiscal = years_in("".join(_FISCAL.findall(title.plain)))
    return fiscal or years
