"""What a person reads on the terminal of a form as it was understood."""

from __future__ import annotations

from collections.abc import Iterable

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from auditkit.cli.tables import Lang, show_doubts, show_left_out
from auditkit.model import Category, Form, Fund, Indicator, Source, Value
from auditkit.parse.unused import Reading
from auditkit.safety import escape_controls, escape_line

HEADER = {
    "caption": ("附件标题", "caption"),
    "title": ("标题", "title"),
    "fiscal_year": ("年度", "year"),
    "project": ("项目名称", "project"),
    "department": ("主管部门", "department"),
    "implementer": ("实施单位", "implementer"),
    "money_unit": ("金额单位", "money unit"),
    "goal": ("预期目标", "goal"),
    "outcome": ("实际完成情况", "outcome"),
    "total_points": ("总分值", "total points"),
    "total_score": ("总得分", "total score"),
    "grade": ("等级", "grade"),
}
FUND = {
    "label": ("资金", "funds"),
    "initial": ("年初预算", "initial"),
    "adjusted": ("全年预算", "adjusted"),
    "actual": ("全年执行", "actual"),
    "points": ("分值", "points"),
    "execution_rate": ("执行率", "rate"),
    "score": ("得分", "score"),
    "explanation": ("说明", "explanation"),
}
INDICATOR = {
    "category": ("一级", "first level"),
    "subcategory": ("二级", "second level"),
    "name": ("三级指标", "indicator"),
    "target": ("指标值", "target"),
    "result": ("完成值", "result"),
    "points": ("分值", "points"),
    "score": ("得分", "score"),
    "explanation": ("偏差说明", "explanation"),
}
SOURCES = {
    Source.TOTAL: ("总额", "total"),
    Source.APPROPRIATION: ("财政拨款", "appropriation"),
    Source.CARRY_OVER: ("上年结转", "carry-over"),
    Source.OTHER: ("其他", "other"),
    Source.USE: ("用途", "use"),
    Source.PART: ("其中项", "part"),
}
KINDS = {
    Category.OUTPUT: ("产出", "output"),
    Category.BENEFIT: ("效益", "benefit"),
    Category.SATISFACTION: ("满意度", "satisfaction"),
    Category.COST: ("成本", "cost"),
    Category.UNKNOWN: ("不明", "unknown"),
}


def show_reading(out: Console, reading: Reading, lang: Lang) -> None:
    """Every form of a file as it was understood, then the texts that are in none."""
    for form in reading.forms:
        _show_form(out, reading.source, form, lang)
    show_left_out(out, ((reading.source, one) for one in reading.left_out), lang)
    cells = [Value(cell.text, cell.at) for cell in reading.unused]
    if cells:
        _show_values(out, lang.say("没有用到的文字", "Texts not used"), cells, lang)
    elif reading.forms:
        out.print(lang.say("所有文字均已归入表中各栏", "every text stands in the form"))


def _show_form(out: Console, source: str, form: Form, lang: Lang) -> None:
    number = lang.say(f"第{form.number}份表", f"form {form.number}")
    kind = lang.say(form.kind.zh, form.kind.value)
    out.print(Text(f"{escape_line(source)}  {number}  {kind}", style="bold"))
    header = _table((lang.say("栏目", "entry"), lang.say("内容", "text"), lang.say("位置", "place")))
    for name, words in HEADER.items():
        value = getattr(form, name)
        header.add_row(lang.say(*words), _entry(value, lang), _place(value))
    out.print(header)
    _show_rows(out, FUND, lang.say("归为", "taken as"), [(fund, SOURCES[fund.source]) for fund in form.funds], lang)
    indicators = [(item, KINDS[item.kind]) for item in form.indicators]
    _show_rows(out, INDICATOR, lang.say("归为", "taken as"), indicators, lang)
    _show_values(out, lang.say("备注及表外文字", "Notes"), form.notes, lang)
    _show_values(out, lang.say("无法归入各栏的文字", "Texts under no heading"), form.stray, lang)
    show_doubts(out, form.doubts, lang)
    out.print()


def _show_rows(
    out: Console,
    names: dict[str, tuple[str, str]],
    taken_as: str,
    rows: Iterable[tuple[Fund | Indicator, tuple[str, str]]],
    lang: Lang,
) -> None:
    rows = list(rows)
    title = lang.say(*(("项目资金", "Funds") if names is FUND else ("绩效指标", "Indicators")))
    out.print(Text(f"{title} {len(rows)}", style="bold"))
    if not rows:
        return
    # A column that no row has tells more as one line than as a column of blanks.
    present = [name for name in names if any(getattr(row, name).at for row, _ in rows)]
    table = _table([*(lang.say(*names[name]) for name in present), taken_as, lang.say("位置", "place")])
    for row, kind in rows:
        first = next((value for name in ("name", "label") if (value := getattr(row, name, None))), None)
        table.add_row(*(_entry(getattr(row, name), lang) for name in present), lang.say(*kind), _place(first))
    out.print(table)
    if absent := [lang.say(*words) for name, words in names.items() if name not in present]:
        out.print(Text(f"{lang.say('没有找到的栏', 'columns not found')}：{'、'.join(absent)}", style="yellow"))


def _show_values(out: Console, title: str, values: Iterable[Value], lang: Lang) -> None:
    values = list(values)
    if not values:
        return
    out.print(Text(f"{title} {len(values)}", style="bold"))
    table = _table((lang.say("位置", "place"), lang.say("内容", "text")))
    for value in values:
        table.add_row(_place(value), _entry(value, lang))
    out.print(table)


def _table(names: Iterable[str]) -> Table:
    table = Table(box=SIMPLE_HEAD, show_edge=False, padding=(0, 1))
    for name in names:
        table.add_column(name, overflow="fold")
    return table


def _entry(value: Value, lang: Lang) -> Text:
    if value.at is None:
        return Text(lang.say("（未找到）", "(not found)"), style="yellow")
    return Text(escape_controls(value.one_line))


def _place(value: Value | None) -> Text:
    return Text(escape_controls(str(value.at)) if value and value.at else "")
