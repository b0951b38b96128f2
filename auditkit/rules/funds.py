"""BUD: the money in 项目资金."""

from __future__ import annotations

from decimal import Decimal

from auditkit import execution
from auditkit.model import Form, Fund, NotApplicable, Source, Value
from auditkit.numeral import agrees, shown, shown_percent
from auditkit.rule import ERROR, WARNING, rule
from auditkit.rulebook import Rulebook
from auditkit.terms import pattern

COLUMNS = {"initial": "年初预算数", "adjusted": "全年预算数", "actual": "全年执行数"}
SOURCES = (Source.APPROPRIATION, Source.CARRY_OVER, Source.OTHER)


@rule(
    "BUD001",
    zh="执行率计算有误",
    en="Execution rate miscomputed",
    severity=ERROR,
    basis="execution_rate",
    flags=[
        dict(actual="125.00", execution_rate="60%"),
        dict(execution_rate="96%"),
        dict(execution_rate="0.90"),
        dict(actual="60", adjusted="60", execution_rate="98%"),
    ],
    passes=[
        dict(actual="33.333", adjusted="100", execution_rate="33.33%"),
        dict(execution_rate="95.00%"),
        dict(execution_rate="0.95"),
        dict(adjusted="90", actual="79.57", execution_rate="88%"),
    ],
)
def execution_rate_miscomputed(fund: Fund, book: Rulebook):
    """The stated 执行率 of a funds row is not 全年执行数 ÷ 全年预算数 at the precision printed.

    A misstated rate misstates the points that hang on it.
    """
    least, most = execution.rate_range(fund, book)
    if not agrees(fund.execution_rate.rate, least, most):
        base = execution.base(fund, book)
        right = shown_percent(execution.rate(fund, book), fund.execution_rate.rate)
        yield (
            f"执行率应为 {right}（{fund.actual} ÷ {base}），填报 {fund.execution_rate}",
            fund.execution_rate,
            fund.actual,
            base,
        )


@rule(
    "BUD002",
    zh="执行率得分有误",
    en="Execution score miscomputed",
    severity=ERROR,
    basis="execution_score",
    flags=[
        {"funds.0.score": "9.0"},
        {"funds.0.score": "9.8"},
        {"funds.0.actual": "125", "funds.0.execution_rate": "50%"},
    ],
    passes=[
        {"funds.0.score": "9.50"},
        {"funds.0.adjusted": "90", "funds.0.actual": "79.57", "funds.0.execution_rate": "88%", "funds.0.score": "8.84"},
        {"funds.0.adjusted": "90", "funds.0.actual": "79.57", "funds.0.execution_rate": "88%", "funds.0.score": "8.8"},
        {"funds.0.actual": "275.00", "funds.0.execution_rate": "110%", "funds.0.score": "10"},
    ],
)
def execution_score_miscomputed(form: Form, book: Rulebook):
    """The execution score is not what the rulebook's method gives for the printed or for the exact rate.

    These points are arithmetic: nothing in them is a matter of judgement.
    """
    if book.execution.method == "none":
        raise NotApplicable(f"规则手册 {book.name} 不对预算执行率计分")
    fund = form.execution
    points, score = fund.points.number, fund.score.number
    ranges = [span for least, most in _rates(fund, book) for span in execution.spans(points, least, most, book)]
    if not any(agrees(score, least, most) for least, most in ranges):
        right = points * execution.share(_rate(fund, book), book)
        yield (
            f"预算执行率得分应为 {shown(right)} 分（分值 {fund.points}，执行率 {fund.execution_rate.text or '未填'}），填报 {fund.score} 分",
            fund.score,
            fund.points,
            fund.execution_rate,
        )


def _rate(fund: Fund, book: Rulebook) -> Decimal:
    """The exact rate, or the printed one where an amount is missing."""
    try:
        return execution.rate(fund, book)
    except NotApplicable:
        return fund.execution_rate.rate


def _rates(fund: Fund, book: Rulebook) -> list[tuple[Decimal, Decimal]]:
    """The exact rate as a range, and the printed one; either may be missing, but not both."""
    found = []
    try:
        found.append(execution.rate_range(fund, book))
    except NotApplicable:
        printed = fund.execution_rate.rate
        return [(printed, printed)]
    if not fund.execution_rate.void:
        found.append((fund.execution_rate.rate, fund.execution_rate.rate))
    return found


@rule(
    "BUD003",
    zh="资金来源合计不符",
    en="Sources do not add up",
    severity=ERROR,
    basis="funds",
    flags=[
        {"funds.1.actual": "207.50"},
        {"funds.0.initial": "0"},
        {"funds.0.adjusted": ""},
        {"funds.2.adjusted": "25"},
    ],
    passes=[{"funds.3.actual": ""}, {"funds.3.initial": "—"}, {"funds.1.actual": "217.5"}, {"funds.0.actual": "238"}],
)
def sources_do_not_add_up(form: Form, book: Rulebook):
    """当年财政拨款 + 上年结转 + 其他 differ from 年度资金总额 in an amount column in which a source is stated.

    A total row of 0 or blank over real parts is this fault. Sub-rows (其中) of a source are not added again (1).
    """
    total = form.total
    parts = [fund for fund in form.funds if fund.source in SOURCES]  # (1)
    if total is None or not parts:
        raise NotApplicable("表中没有资金总额行" if total is None else "表中没有分来源的资金行")
    compared, faults, evidence = 0, [], []
    for column, name in COLUMNS.items():
        stated, values = getattr(total, column), [getattr(part, column) for part in parts]
        known = [value for value in values if not value.void]
        if not known or stated.at is None:
            continue
        compared += 1
        added = sum((value.number for value in known), Decimal(0))
        if (stated.void and added != 0) or not (stated.void or agrees(stated.number, *_as_printed(known))):
            faults.append(
                f"{name}：{' + '.join(map(str, known))} = {shown(added, places=6)}，总额填报 {stated.text or '空白'}"
            )
            evidence += [stated, *known]
    if not compared:
        raise NotApplicable("各资金来源均未填写金额")
    if faults:
        yield "；".join(faults), *evidence


def _as_printed(values: list[Value]) -> tuple[Decimal, Decimal]:
    """The sums that amounts printed with decimals stand for."""
    added = sum((value.number for value in values), Decimal(0))
    slack = sum((execution.rounding(value.number) for value in values), Decimal(0)) if len(values) > 1 else Decimal(0)
    return added - slack, added + slack


@rule(
    "BUD004",
    zh="超预算执行",
    en="Overspent",
    severity=ERROR,
    basis="overspending",
    flags=[{"funds.0.actual": "262.50"}, {"funds.1.actual": "240"}],
    passes=[{"funds.0.actual": "250.00"}, {"funds.0.actual": "250"}, {"funds.0.initial": "200"}],
)
def overspent(form: Form, book: Rulebook):
    """Actual expenditure is above the adjusted budget.

    Where the total is overspent the source rows are not reported again (1).
    """
    rows = [fund for fund in form.funds if not (fund.actual.void or execution.base(fund, book).void)]
    if not rows:
        raise NotApplicable("没有同时填写预算数和执行数的资金行")
    over = [fund for fund in rows if fund.actual.number > execution.base(fund, book).number]
    for fund in [fund for fund in over if fund.source is Source.TOTAL] or over:  # (1)
        base = execution.base(fund, book)
        yield f"{fund.label.squeezed}：执行数 {fund.actual} 超过预算数 {base}", fund.actual, base


@rule(
    "BUD005",
    zh="结余未说明",
    en="Unspent and unexplained",
    severity=WARNING,
    basis="unspent",
    flags=[
        {"funds.0.actual": "150"},
        {"funds.0.actual": "75.00", "indicators.0.explanation": "受疫情影响，培训未开展。"},
    ],
    passes=[
        {"funds.0.actual": "200.00"},
        {"funds.0.actual": "150", "indicators.0.explanation": "工程尾款未支付，资金结转下年使用。"},
        {"funds.0.actual": "150", "outcome": "因项目下半年启动，预算执行率较低。"},
    ],
)
def unspent_unexplained(form: Form, book: Rulebook):
    """More than the rulebook's share of the budget is unspent, and no text of the form says why.

    Money left over that nobody explains is either a plan that was wrong or work that was not done.
    """
    fund = form.execution
    unspent = 1 - execution.rate(fund, book)
    if unspent > book.thresholds.unspent and not _explained(form, "missing.unspent"):
        base = execution.base(fund, book)
        left = shown(base.number - fund.actual.number, places=6)
        limit = shown_percent(book.thresholds.unspent)
        yield (
            f"预算 {base}，执行 {fund.actual}，结余 {left}，占 {shown_percent(unspent)}（阈值 {limit}），表中未说明原因",
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
        {"funds.0.initial": "200", "outcome": "年中追加预算50万元，用于新增供水点。"},
    ],
)
def adjusted_unexplained(form: Form, book: Rulebook):
    """The adjusted budget differs from the initial one by more than the rulebook's share, and no text says why."""
    fund = form.execution
    initial, adjusted = fund.initial.number, fund.adjusted.number
    if initial == 0:
        raise NotApplicable(f"{fund.initial.place} 年初预算数为 0")
    change = (adjusted - initial) / initial
    if abs(change) > book.thresholds.adjusted and not _explained(form, "missing.adjusted"):
        limit = shown_percent(book.thresholds.adjusted)
        yield (
            f"年初预算 {fund.initial}，全年预算 {fund.adjusted}，调整 {shown_percent(change)}（阈值 {limit}），表中未说明原因",
            fund.adjusted,
            fund.initial,
        )


def _explained(form: Form, words: str) -> bool:
    return any(pattern(words).search(value.plain) for value in form.explanations)


@rule(
    "BUD007",
    zh="绩效与支出不匹配",
    en="Results outrun spending",
    severity=WARNING,
    basis="outrun",
    flags=[{"funds.0.actual": "150"}, {"funds.0.actual": "230"}],
    passes=[{"funds.0.actual": "238"}, {"funds.0.actual": "225", "indicators.14.score": "2"}],
)
def results_outrun_spending(form: Form, book: Rulebook):
    """The share of the indicator points claimed is further above the execution rate than the rulebook allows.

    (s − e) / s, where s = indicator scores ÷ indicator points as laid out, e = execution rate.
    """
    if not form.indicators:
        raise NotApplicable("表中没有绩效指标")
    laid_out = sum((item.points.number for item in form.indicators), Decimal(0))
    scored = sum((item.score.number for item in form.indicators), Decimal(0))
    rate = execution.rate(form.execution, book)
    if laid_out <= 0 or scored <= 0:
        raise NotApplicable("指标分值或得分合计为 0")
    claimed = scored / laid_out
    gap = (claimed - rate) / claimed
    if gap > book.thresholds.outrun:
        yield (
            f"指标得分率 {shown_percent(claimed)}（{shown(scored)} ÷ {shown(laid_out)}），执行率 {shown_percent(rate)}，"
            f"偏离 {shown_percent(gap)}（阈值 {shown_percent(book.thresholds.outrun)}）",
            form.execution.actual,
            execution.base(form.execution, book),
        )
