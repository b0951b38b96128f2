"""BUD: what was spent, against the budget and against the results."""

from __future__ import annotations

from decimal import Decimal

from auditkit.assess import execution
from auditkit.assess.money_texts import why_adjusted, why_unspent
from auditkit.assess.owners import sum_of
from auditkit.model import Figures, Form, Fund, NotApplicable, Source
from auditkit.quantity.numbers import format_number, shown_percent
from auditkit.rulebooks.loader import Rulebook
from auditkit.rules.rule import ERROR, NOTE, WARNING, rule


@rule(
    "BUD004",
    zh="超预算执行",
    en="Overspent",
    severity=ERROR,
    basis="overspending",
    flags=[{"funds.0.actual": "262.50"}, {"funds.0.actual": "250.01"}, {"funds.1.actual": "240"}],
    passes=[{"funds.0.actual": "250.00"}, {"funds.0.actual": "250"}, {"funds.0.initial": "200"}],
    fault_zh="执行数大于预算数；总额已超的，不再逐行报告资金来源。",
    why_zh="超预算支出违反预算管理要求；也可能是预算数漏填了年中追加的部分。",
    doubt_zh="年中追加没有填入全年预算数；执行数含上年结转的支出而预算数未含；总额未超，只是来源之间的调剂。",
    ask_zh="请说明超出预算的资金来源和审批手续，并附追加、调剂的批复文件。",
    verify_zh="查追加、调剂的批复文件，核对预算数；查支付记录，核对执行数；确属超支的，查资金来源和审批手续。",
)
def overspent(form: Form, book: Rulebook):
    """Actual expenditure is above the adjusted budget.

    Nothing may be spent without a budget. Where the total is overspent the source rows are not reported again (1).

    Known false alarms: a supplement not entered in the budget; carry-over spent; a shift between sources.

    To verify: check the budget against supplement approvals and the spending against payment records.
    """
    rows = [fund for fund in form.funds if fund.actual.is_number and execution.base(fund, book).is_number]
    if not rows:
        raise NotApplicable("没有同时填写预算数和执行数的资金行")
    over = [fund for fund in rows if fund.actual.number > execution.base(fund, book).number]
    for fund in [fund for fund in over if fund.source is Source.TOTAL] or over:  # (1)
        base = execution.base(fund, book)
        figures = Figures(f"执行数 {fund.actual}", f"不超过 {base}", f"{fund.actual} ＞ {base}")
        over_by = fund.actual.number - base.number
        share = f"（{shown_percent(over_by / base.number)}）" if base.number else ""
        told = (
            f"{fund.label.one_line}：执行数 {_amount(fund.actual, form)} 超过预算数 {_amount(base, form)}，"
            f"超出 {_amount(format_number(over_by, places=6), form)}{share}"
        )
        yield told, figures, fund.actual, base


@rule(
    "BUD005",
    zh="结余未说明",
    en="Unspent and unexplained",
    severity=WARNING,
    basis="unspent",
    flags=[
        {"funds.0.actual": "150"},
        {"funds.0.actual": "75.00", "indicators.0.explanation": "受疫情影响，培训未开展。"},
        {"funds.0.actual": "150", "indicators.0.explanation": "预算执行率未达到90%的需说明原因（100字以内）"},
    ],
    passes=[
        {"funds.0.actual": "200.00"},
        {"funds.0.actual": "150", "indicators.0.explanation": "工程尾款未支付，资金结转下年使用。"},
        {"funds.0.actual": "150", "outcome": "因项目下半年启动，预算执行率较低。"},
    ],
    fault_zh="未执行的预算占比超过规则手册的限度，偏差原因、资金说明、实际完成情况和备注中都没有说明原因。",
    why_zh="说不清原因的结余，不是预算编多了，就是任务没有做完。",
    doubt_zh="原因写在另附的自评报告里，或表内说明的用语不在程序词表中。",
    ask_zh="请说明资金没有用完的原因和结余去向，并附合同付款条款、支付进度等材料。",
    verify_zh="通读表内说明和自评报告；查招标结果、合同付款条款和支付进度；请单位说明结余去向（结转、收回或调剂）。",
)
def unspent_unexplained(form: Form, book: Rulebook):
    """More than the rulebook's share of the budget is unspent, and no text of the form says why.

    Money left over that nobody explains is either a plan that was wrong or work that was not done. The text must speak of
    the money or of the whole project: what is still due, what was saved, what was put off; where the money went (结转下年)
    or that it was kept in order says nothing of why.

    Known false alarms: the reason stands in a separate report, or in words that the word list lacks.

    To verify: read all explanations; check tender results, payment terms and where the remainder went.
    """
    fund = form.execution
    unspent = 1 - execution.rate(fund, book)
    if unspent > book.thresholds.unspent and not any(map(why_unspent, form.explanations)):
        base = execution.base(fund, book)
        left = format_number(base.number - fund.actual.number, places=6)
        yield (
            f"预算 {_amount(base, form)}，执行 {_amount(fund.actual, form)}，结余 {_amount(left, form)}，"
            f"占 {shown_percent(unspent)}，表中没有写钱为什么没有用完",
            Figures(
                f"结余 {shown_percent(unspent)}",
                "写明没有用完的原因",
                f"（{base}－{fund.actual}）÷ {base}",
            ),
            fund.actual,
            base,
        )


@rule(
    "BUD006",
    zh="预算调整未说明",
    en="Budget adjusted and unexplained",
    severity=WARNING,
    basis="adjustment",
    flags=[{"funds.0.initial": "200"}, {"funds.0.initial": "350.00"}],
    passes=[
        {"funds.0.initial": "220"},
        {"funds.0.initial": "312.50"},
        {"funds.0.initial": "200", "outcome": "年中追加预算50万元，用于新增供水点。"},
    ],
    fault_zh="全年预算数与年初预算数相差的比例超过规则手册的限度，表内没有说明原因。",
    why_zh="大幅调整说明年初预算不准或任务有变，绩效目标应当随之调整。",
    doubt_zh="上级专项年中下达、政策性调整等已有批复，只是表内没有填写原因的位置；说明的用语不在程序词表中。",
    ask_zh="请说明预算调整的原因，并附批复文件；绩效目标同时调整的，请一并说明。",
    verify_zh="索取追加或调减的批复文件；核对绩效目标和指标值是否随预算同步调整。",
)
def adjusted_unexplained(form: Form, book: Rulebook):
    """The adjusted budget differs from the initial one by more than the rulebook's share, and no text says why.

    A large adjustment means a poor plan or a changed task, and targets should have followed it. Money carried over from
    last year that accounts for all of it is its own explanation (1).

    Known false alarms: an approved supplement for whose reason the form has no place.

    To verify: ask for the approval of the adjustment; see whether the targets were adjusted with it.
    """
    fund = form.execution
    initial, adjusted = fund.initial.number, fund.adjusted.number
    if initial == 0:
        raise NotApplicable(f"{fund.initial.place} 年初预算数为 0")
    change = (adjusted - initial) / initial
    carried = sum((_carried(part) for part in form.funds), Decimal(0))  # (1)
    if adjusted - initial == carried != 0:
        return
    if abs(change) > book.thresholds.adjusted and not any(map(why_adjusted, form.explanations)):
        yield (
            f"年初预算 {_amount(fund.initial, form)}，全年预算 {_amount(fund.adjusted, form)}，"
            f"调整 {shown_percent(change)}，表中没有写为什么调整",
            Figures(
                f"调整 {shown_percent(change)}",
                "写明调整的原因",
                f"（{fund.adjusted}－{fund.initial}）÷ {fund.initial}",
            ),
            fund.adjusted,
            fund.initial,
        )


def _amount(amount: object, form: Form) -> str:
    """An amount with the form's unit of money, which is told in a heading and not beside the figure."""
    told, unit = str(amount), form.money_unit.one_line
    return told if not unit or told.endswith(unit) else f"{told} {unit}"


def _carried(fund: Fund) -> Decimal:
    """What the row of money carried over adds to the adjusted budget."""
    if fund.source is not Source.CARRY_OVER or not fund.adjusted.is_number:
        return Decimal(0)
    return fund.adjusted.number - (fund.initial.number if fund.initial.is_number else Decimal(0))


@rule(
    "BUD007",
    zh="绩效与支出不匹配",
    en="Results outrun spending",
    severity=NOTE,
    basis="outrun",
    flags=[{"funds.0.actual": "150"}, {"funds.0.actual": "237"}],
    passes=[
        {"funds.0.actual": "237.50"},
        {"funds.0.actual": "238"},
        {"funds.0.actual": "225", "indicators.14.score": "2"},
    ],
    fault_zh="指标得分率高出预算执行率的幅度，即（得分率－执行率）÷得分率，超过规则手册的限度。",
    why_zh="钱没有花完而绩效接近满分，可能是得分虚高、目标定低或预算编多。",
    doubt_zh="招标节约或价格下降；任务已完成，款项按合同次年支付；任务主要靠人力完成，与支出不成比例。",
    ask_zh="请说明未支出的资金对应哪些任务、任务是否已经完成，并附合同、验收资料和支付进度。",
    verify_zh="查未支出的资金对应哪些任务；对照合同、验收资料和支付进度，看任务是否确已完成；抽查满分指标的佐证。",
)
def results_outrun_spending(form: Form, book: Rulebook):
    """The share of the indicator points claimed is further above the execution rate than the rulebook allows.

    Full marks for money not spent: scores too high, targets too low or a budget too large. (s − e) / s, where s =
    indicator scores ÷ indicator points as laid out, e = execution rate.

    Known false alarms: tender savings; work done and payable next year; work that costs little money.

    To verify: find the tasks that the unspent money was for; check contracts and acceptance; sample the evidence.
    """
    if not form.indicators:
        raise NotApplicable("表中没有绩效指标")
    apart = execution.indicator(form)
    results = [item for item in form.indicators if item is not apart]
    rows = [item.row for item in results]
    points, scores = sum_of(form, "points", rows), sum_of(form, "score", rows)
    laid_out, scored = points.most, scores.least
    rate = execution.rate(form.execution, book)
    if not laid_out or scored <= 0:
        raise NotApplicable("指标分值或得分合计为 0")
    claimed = scored / laid_out
    gap = (claimed - rate) / claimed
    if gap <= book.thresholds.outrun:
        points.exact, scores.exact  # noqa: B018  (with what is not known the share may be greater)
    else:
        yield (
            f"指标得了 {format_number(laid_out)} 分中的 {format_number(scored)} 分（{shown_percent(claimed)}），"
            f"预算只执行了 {shown_percent(rate)}，相差 {format_number((claimed - rate).scaleb(2), 1)} 个百分点",
            Figures(
                f"得分率 {shown_percent(claimed)}",
                f"执行率 {shown_percent(rate)}",
                f"{shown_percent(claimed)}－{shown_percent(rate)}",
            ),
            form.execution.actual,
            execution.base(form.execution, book),
        )
