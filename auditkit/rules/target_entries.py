"""TGT: goal, budget and header of a self-evaluation against the approved target form of the same project."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from auditkit.model import Figures, Form, NotApplicable, Pair, Value
from auditkit.quantity.numbers import agrees, format_number, in_unit
from auditkit.rulebooks.loader import Rulebook
from auditkit.rules.rule import ERROR, NOTE, rule
from auditkit.vocabulary.spelling import plain
from auditkit.vocabulary.terms import Expression, pattern

_ITEM = Expression(
    r"[(（](?:\d{1,2}|[一二三四五六七八九十]{1,3})[)）]|(?:^|(?<=[\s。;；:：]))\s*(?:目标\s*)?[(（]?(?:\d{1,2}|[一二三四五六七八九十]{1,3})[)）、.．:：]\s*(?!\d(?!\d{3}年))"
)
_LETTERS = Expression(r"[\W_]+")
_POINT = Expression(r"(?<=\d)[.:](?=\d)")  # 2.5 is not 25, and 1:20 not 120
_RANGE = Expression(r"(?<=\d)[-—–~～―]+(?=\d)")
_SENTENCES = Expression(r"[。;；!！?？\n]+")
_SHOWN = 40  # letters of a sentence
_MONTH = Expression(r"((?:19|20)\d{2})(?:[年./-](\d{1,2}))?")
_MONTHS = Expression(r"\d{1,2}(?=月|[-—–~～至到]\d{1,2}月)")  # 1-12月
_CODED = Expression(r"^(?:[\[(【]?\d{2,}[\])】]?-?)|\([^()]*\)|\[[^\[\]]*\]|[\W_]+")


def _in(form: Form, value: Value) -> Value:
    """The value with the file and project of its paper on its place."""
    return replace(value, at=value.at._replace(source=form.paper)) if value.at else value


@rule(
    "TGT006",
    zh="总体目标被改写",
    en="Goal rewritten",
    severity=NOTE,
    basis="approved",
    flags=[
        {"filed.goal": "改造供水管网40公里，新建集中供水点12处，安装智能水表3000块，培训村级管水员120人。"},
        {"approved.goal": "改造供水管网45公里。解决6200人饮水问题。", "filed.goal": "改造供水管网45公里。"},
        {"approved.goal": "改造供水管网45公里。", "filed.goal": "改造供水管网44公里。"},
        {"approved.goal": "水质达到国家标准。", "filed.goal": "水质基本达到国家标准。"},
        {"approved.goal": "改造供水管网25公里。", "filed.goal": "改造供水管网2.5公里。"},
    ],
    passes=[
        {},
        {
            "approved.goal": "目标1：改造供水管网45公里；\n目标2：新建供水点。",
            "filed.goal": "1.改造供水管网４５公里。2、新建供水点；",
        },
        {"approved.goal": "改造供水管网45公里，新建供水点。", "filed.goal": "改造供水管网 45 公里\n新建供水点"},
        {"approved.goal": "", "filed.goal": "改造供水管网45公里。"},
        {"approved.goal": "（一）改造管网2.5公里（二）新建供水点", "filed.goal": "1.改造管网２．５公里 2.新建供水点"},
        {"approved.goal": "1、2022年培训5期；2、建档", "filed.goal": "2022年培训5期；建档"},
        {"approved.goal": "培训3-5期", "filed.goal": "培训3～5期"},
    ],
    fault_zh="自评表的年度总体目标与批复的不一致。",
    why_zh="总体目标应照录批复，改写会掩盖未完成的任务。",
    doubt_zh="批复的目标太长，自评表作了摘录。",
    ask_zh="请说明总体目标与批复不同的原因，并附批准调整的文件；没有的，请按批复更正。",
    verify_zh="对照两段文字，看少了或改了的部分是否正好没有完成。",
)
def goal_rewritten(pair: Pair, book: Rulebook):
    """The annual goal is not the approved one letter for letter, but for blanks, width, punctuation and numbering.

    Known false alarms: a long goal that the form only sums up.

    To verify: lay the texts side by side; see whether what is gone or changed is what was not done.
    """
    for form, paper in ((pair.approved, "批复"), (pair.filed, "自评表")):
        if form.goal.is_blank:
            raise NotApplicable(f"{paper}的年度目标为空")
    ours, theirs = _bare(pair.approved.goal.text), _bare(pair.filed.goal.text)
    if ours != theirs:
        gone = [part for part in _sentences(pair.approved.goal) if _bare(part) not in theirs]
        new = [part for part in _sentences(pair.filed.goal) if _bare(part) not in ours]
        told = [
            f"{word}“{'”“'.join(parts)}”"
            for word, parts in (("批复有而自评表没有：", gone), ("自评表另有：", new))
            if parts
        ]
        yield (
            f"年度目标与批复不一致，{'；'.join(told) or '次序或文字不同'}",
            _in(pair.filed, pair.filed.goal),
            _in(pair.approved, pair.approved.goal),
        )


def _bare(text: str) -> str:
    kept = _RANGE.sub("至", _POINT.sub("点", plain(_ITEM.sub("", text))))
    return _LETTERS.sub("", kept)


def _sentences(value: Value) -> Iterator[str]:
    for part in _SENTENCES.split(value.text):
        if _bare(part):
            shown = part.strip()
            yield shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN]}……"


@rule(
    "TGT007",
    zh="年初预算与批复不一致",
    en="Budget differs from approval",
    severity=ERROR,
    basis="approved",
    flags=[
        {"approved.funds.0.initial": "300"},
        {"filed.funds.0.initial": "250.5"},
        {"approved.funds.0.initial": "2,600,000元"},
        {"approved.funds.0.initial": "286.50", "filed.funds.0.initial": "286"},
    ],
    passes=[
        {},
        {"approved.funds.0.initial": "286.50", "filed.funds.0.initial": "287"},
        {"approved.funds.0.initial": "2,500,000元"},
        {"approved.funds.0.initial": "250"},
        {"approved.funds.0.initial": ""},
    ],
    fault_zh="自评表的年初预算数与批复的年度资金总额不同。",
    why_zh="预算数是执行率的基数，改小就会抬高执行率。",
    doubt_zh="批复之后预算另有调整，自评表把调整数填在年初预算数一栏。",
    ask_zh="请核对预算批复文件并更正；年中调整的，请填在全年预算数一栏。",
    verify_zh="核对预算批复文件；调整的，应填在全年预算数一栏。",
)
def budget_differs(pair: Pair, book: Rulebook):
    """年初预算数 is not the approved annual amount, in one unit, at the precision that is printed.

    The amount of several years is never compared.

    Known false alarms: a later change of the budget stands in the column of the initial one.

    To verify: look at the approval of the budget; a change belongs in the column 全年预算数.
    """
    if pair.approved.total is None:
        raise NotApplicable("批复的绩效目标表中没有读到年度资金总额")
    if pair.filed.total is None:
        raise NotApplicable("自评表中没有年度资金总额")
    ours, theirs = pair.approved.total.initial, pair.filed.total.initial
    approved, stated = ours.number, theirs.number
    unit, own = pair.filed.money_unit.text, pair.approved.money_unit.text
    if unit and own:
        approved = in_unit(approved, f"{approved:f}{own}", unit)
    elif not (agrees(stated, approved) or agrees(approved, stated)):
        raise NotApplicable("有一张表没有写明金额单位")
    if not (agrees(stated, approved) or agrees(approved, stated)):
        by = stated - approved
        shown = f" {unit}" if unit else ""
        yield (
            f"批复的年度资金总额 {format_number(approved, 6)}{shown}，自评表年初预算数 {theirs.one_line}{shown}，"
            f"{'多' if by > 0 else '少'} {format_number(abs(by), 6)}{shown}",
            Figures(f"{theirs.one_line}{shown}", f"{format_number(approved, 6)}{shown}"),
            _in(pair.filed, theirs),
            _in(pair.approved, ours),
        )


@rule(
    "TGT008",
    zh="项目要素不一致",
    en="Header differs",
    severity=NOTE,
    basis="approved",
    flags=[
        {"filed.project": "农村饮水安全维修养护"},
        {"filed.implementer": "清溪市水务投资公司"},
        {"approved.fiscal_year": "（2021年度）"},
        {"approved.period": "2022年1月-2022年12月", "filed.period": "2022年3月-2022年12月"},
    ],
    passes=[
        {},
        {"filed.project": "农村饮水安全巩固提升项目经费"},
        {"approved.implementer": "[401002]清溪市农村供水服务中心"},
        {"approved.period": "2022年-2024年", "filed.period": "2022年1月-2022年12月"},
        {"approved.period": "2022年1月1日至2022年12月31日", "filed.period": "2022.01-2022.12"},
        {"approved.period": "2022年1-12月", "filed.period": "2022年"},
    ],
    fault_zh="项目名称、单位、年度或起止时间与批复的不同。",
    why_zh="要素不同的两张表可能不是同一项目。",
    doubt_zh="机构改革后单位改名；名称的简称和全称。",
    ask_zh="请核对批复和项目库登记并更正；已经变更的，请附变更手续。",
    verify_zh="核对项目库中的登记；名称、单位变更的，附变更手续。",
)
def header_differs(pair: Pair, book: Rulebook):
    """Name, unit, year or period of the project differ from the approved ones.

    A name may differ by 经费, 项目 and 资金 (1), a unit by its code; a period of several years is not compared with one year's (2).

    Known false alarms: a unit that was renamed; a name in short and in full.

    To verify: look at the register of projects.
    """
    for words, ours, theirs, same in _elements(pair):
        if ours.is_blank or theirs.is_blank or same:
            continue
        yield (
            f"{words}：批复“{ours.one_line}”，自评表“{theirs.one_line}”",
            Figures(theirs.one_line, ours.one_line),
            _in(pair.filed, theirs),
            _in(pair.approved, ours),
        )


def _elements(pair: Pair) -> Iterator[tuple[str, Value, Value, bool]]:
    ours, theirs = pair.approved, pair.filed
    yield "项目名称", ours.project, theirs.project, _name(ours.project) == _name(theirs.project)  # (1)
    for words, name in (("主管部门", "department"), ("实施单位", "implementer")):
        one, other = getattr(ours, name), getattr(theirs, name)
        yield words, one, other, _unit(one) == _unit(other)
    years = ours.year, theirs.year
    yield "年度", ours.fiscal_year, theirs.fiscal_year, None in years or years[0] == years[1]
    yield "项目起止时间", ours.period, theirs.period, _same_period(ours.period.text, theirs.period.text)


def _name(value: Value) -> str:
    return pattern("targets.optional").sub("", _LETTERS.sub("", value.plain))


def _unit(value: Value) -> str:
    return _CODED.sub("", value.plain)


def _same_period(one: str, other: str) -> bool:
    """Whether two periods do not contradict: the same months, or not to be compared."""
    ours, theirs = _span(one), _span(other)
    if ours is None or theirs is None:
        return True
    several = [start // 100 != end // 100 for start, end in (ours, theirs)]
    return several[0] != several[1] or ours == theirs  # (2)


def _span(text: str) -> tuple[int, int] | None:
    """First and last month of a period, as yyyymm; None where it names no year."""
    found = _MONTH.findall(re.sub(r"\s", "", plain(text)))
    if not found:
        return None
    months = [int(month) for _, month in found if month]
    first, last = found[0], found[-1]
    if len(found) == 1:
        more = _MONTHS.findall(plain(text))
        ends = (int(more[0]), int(more[-1])) if more else (months[0] if months else 1, 12)
        return int(first[0]) * 100 + ends[0], int(first[0]) * 100 + ends[1]
    return int(first[0]) * 100 + int(first[1] or 1), int(last[0]) * 100 + int(last[1] or 12)
