"""BUD: the sums in 项目资金, the execution rate and its score."""

from __future__ import annotations

from decimal import Decimal
from itertools import accumulate, product

from auditkit.assess import execution
from auditkit.model import Figures, Form, Fund, NotApplicable, Source, Value
from auditkit.quantity.numbers import agrees, format_number, shown_percent
from auditkit.rulebooks.loader import Rulebook
from auditkit.rules.rule import ERROR, rule
from auditkit.vocabulary.labels import label
from auditkit.vocabulary.terms import table

COLUMNS = {"initial": "年初预算数", "adjusted": "全年预算数", "actual": "全年执行数"}
SOURCES = (Source.APPROPRIATION, Source.CARRY_OVER, Source.OTHER)
USES = (Source.USE,)


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
    fault_zh="资金行填报的执行率不等于全年执行数÷预算数（全年或年初预算数，依规则手册），按印出的小数位比较。",
    why_zh="预算执行得分由执行率算出，执行率错，得分和总分随之失实。",
    doubt_zh="金额取整填列，执行率按取整前的数计算；或单位依当地口径，以到位资金为分母。",
    ask_zh="请按表内金额重新计算并更正；使用其他分母的，请说明依据。",
    verify_zh="用表内两个金额复算；差额不大的，查决算报表中以元为单位的数；差额大的，问清所用分母及依据。",
)
def execution_rate_miscomputed(fund: Fund, book: Rulebook):
    """The stated 执行率 of a funds row is not 全年执行数 ÷ 全年预算数 at the precision printed.

    A misstated rate misstates the points that hang on it, which are told; where the score follows from the stated rate,
    this rule alone speaks.

    Known false alarms: amounts printed in whole 万元 while the rate was computed in yuan; a local base.

    To verify: recompute from the two amounts; look the exact ones up in the final accounts; ask for the base used.
    """
    least, most = execution.rate_range(fund, book)
    if not agrees(fund.execution_rate.rate, least, most):
        base = execution.base(fund, book)
        right = shown_percent(execution.rate(fund, book), fund.execution_rate.rate)
        yield (
            f"执行率应为 {right}（{fund.actual} ÷ {base}），填报 {fund.execution_rate}{_hanging(fund, book)}",
            Figures(fund.execution_rate.text, right, f"{fund.actual} ÷ {base}"),
            fund.execution_rate,
            fund.actual,
            base,
        )


def _hanging(fund: Fund, book: Rulebook) -> str:
    """The points that hang on a wrong rate, where the row has points."""
    if book.execution.method == "none" or not fund.points.is_number:
        return ""
    stated, right = (
        fund.points.number * execution.share(rate, book)
        for rate in (fund.execution_rate.rate, execution.rate(fund, book))
    )
    if stated == right:
        return "，得分不受影响"
    more = "多" if stated > right else "少"
    return f"，按填报的执行率得 {format_number(stated)} 分，{more}计 {format_number(abs(stated - right))} 分"


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
        {"funds.0.points": "100"},
    ],
    fault_zh="预算执行得分不是规则手册的计分办法（按比例或分档）对填报执行率或精确执行率给出的分，按印出的小数位比较。",
    why_zh="该项得分纯属算术，没有判断余地，算错即直接多计或少计总分。",
    doubt_zh="当地另有计分细则（如分档、低于某一比例不得分），所选规则手册没有反映。",
    ask_zh="请按规定的计分办法重新计算并更正；另有计分细则的，请提供该细则。",
    verify_zh="先看执行率是否有误（BUD001）；再按规则手册的公式复算；仍不符的，索取单位引用的计分细则。",
)
def execution_score_miscomputed(form: Form, book: Rulebook):
    """The execution score is not what the rulebook's method gives for the printed or for the exact rate.

    These points are arithmetic: nothing in them is a matter of judgement.

    Known false alarms: a local scoring method, such as bands, that the chosen rulebook does not know.

    To verify: settle the rate first (BUD001); recompute by the rulebook; ask for the method that the unit cites.
    """
    if book.execution.method == "none":
        raise NotApplicable(f"规则手册 {book.name} 不对预算执行率计分")
    fund = form.execution
    points, score = execution.points(fund, book), fund.score.number
    ranges = [span for least, most in _rates(fund, book) for span in execution.score_spans(points, least, most, book)]
    if not any(agrees(score, least, most) for least, most in ranges):
        right = points * execution.share(_rate(fund, book), book)
        more = "多" if score > right else "少"
        yield (
            f"预算执行率得分应为 {format_number(right)} 分（{_calculation(fund, book)}），填报 {fund.score} 分，"
            f"{more}计 {format_number(abs(score - right))} 分",
            Figures(f"{fund.score} 分", f"{format_number(right)} 分", _calculation(fund, book)),
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


def _calculation(fund: Fund, book: Rulebook) -> str:
    rate, points = _rate(fund, book), format_number(execution.points(fund, book))
    if book.execution.method == "bands":
        return f"执行率 {shown_percent(rate)}，所在档次得分值 {points} 的 {shown_percent(execution.share(rate, book))}"
    return f"分值 {points} × 执行率 {shown_percent(rate)}，最高 {points} 分"


def _rates(fund: Fund, book: Rulebook) -> list[tuple[Decimal, Decimal]]:
    """The exact rate as a range, and the printed one; either may be missing, but not both."""
    found = []
    try:
        found.append(execution.rate_range(fund, book))
    except NotApplicable:
        printed = fund.execution_rate.rate
        return [(printed, printed)]
    if not fund.execution_rate.is_blank:
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
    fault_zh=(
        "财政拨款、上年结转、其他资金之和与年度资金总额不符（三栏金额分别比较，“其中”明细不重复加）；"
        "分项有数而总额为 0 或空白的也算。"
    ),
    why_zh="总额与来源对不上，执行率和结余就没有可靠的基数。",
    doubt_zh="各行按万元取整造成尾差；表内另有程序未识别的来源行（如单列的政府性基金、债券）；财政拨款数已含上年结转。",
    ask_zh="请核对总额和各项来源，更正填错的一处，并附预算批复、调整文件和决算报表。",
    verify_zh="看表内是否还有其他来源行；对照预算批复、调整文件和决算报表，确定填错的是总额还是分项。",
)
def sources_do_not_add_up(form: Form, book: Rulebook):
    """当年财政拨款 + 上年结转 + 其他 differ from 年度资金总额 in an amount column in which a source is stated.

    Without a sound total neither the rate nor the money left over means anything. A total row of 0 or blank over real
    parts is this fault. Sub-rows (其中) of a source are not added again, and 基本支出 + 项目支出 are another breakdown, judged
    by itself (1). Rows of unknown name may be either: where the total adds up with or without them it is sound (2). Parts
    with one amount behind their names may be those of any of the three amounts (3). An amount that is no number may be
    anything from 0 on.

    Known false alarms: parts rounded to whole 万元; a source row of its own that was not recognised.

    To verify: look for further source rows; compare with the approved budget and the final accounts.
    """
    total = form.total
    breakdowns = [[fund for fund in form.funds if fund.source in kinds] for kinds in (SOURCES, USES)]  # (1)
    if total is None or not any(breakdowns):
        raise NotApplicable("表中没有资金总额行" if total is None else "表中没有分来源的资金行")
    compared, faults, figures, evidence, unread = 0, [], [], [], []
    for parts, (column, name) in product(breakdowns, COLUMNS.items()):
        stated, known = getattr(total, column), _stated(parts, column)
        if not known or stated.at is None:
            continue
        unread += [value for value in (stated, *known) if not (value.is_number or value.is_blank)]
        known = [value for value in known if value.is_number]
        if not known or not (stated.is_number or stated.is_blank):
            continue
        compared += 1
        totals = [stated, *([total.initial, total.actual] if _undivided(parts) else [])]  # (3)
        readings = [*_readings(form, parts), _without_parts(form, parts, column)]
        if not any(_adds_up(whole, _stated(rows, column)) for whole in totals for rows in readings):
            added = sum((value.number for value in known), Decimal(0))
            faults.append(
                f"{name}：{' + '.join(map(str, known))} = {format_number(added, places=6)}，总额填报 {stated.text or '空白'}"
            )
            figures.append((f"{name} {stated.text or '空白'}", f"{name} {format_number(added, places=6)}"))
            evidence += [stated, *known]
    if faults:
        yield "；".join(faults), Figures(*map("；".join, zip(*figures, strict=True)), "各来源相加"), *evidence
    elif unread:
        unread[0].number  # noqa: B018  (says which cell is no number)
    elif not compared:
        raise NotApplicable("各资金来源均未填写金额")


def _stated(funds: list[Fund], column: str) -> list[Value]:
    return [value for fund in funds if not (value := getattr(fund, column)).is_blank]


def _undivided(parts: list[Fund]) -> bool:
    """Whether the parts have one amount each, behind their names, that may be the budget's or what was spent of it."""
    return all(fund.initial.at is None and fund.actual.at is None for fund in parts)


def _readings(form: Form, parts: list[Fund]) -> list[list[Fund]]:
    """Which rows may be the parts: all, all but those of unknown name, sources with the sub-rows (2)."""
    if parts[0].source is Source.USE:
        return [parts]
    others = table("labels.exact.sources.other")
    named = [f for f in parts if f.source is not Source.OTHER or label(f.label.text) in others]
    return [parts, named, [fund for fund in form.funds if fund.source not in (Source.TOTAL, Source.USE)]]


def _without_parts(form: Form, parts: list[Fund], column: str) -> list[Fund]:
    """The rows without those that add up to the row above them: its sub-rows, whatever they are called."""
    if parts[0].source is Source.USE:
        return parts
    rows = [f for f in form.funds if f.source not in (Source.TOTAL, Source.USE) and getattr(f, column).is_number]
    kept: list[Fund] = []
    while rows:
        first, *rows = rows
        kept.append(first)
        amount = getattr(first, column).number
        sums = accumulate(getattr(row, column).number for row in rows)
        parts = next((count for count, total in enumerate(sums, 1) if total == amount != 0), 0)
        rows = rows[parts:]
    return kept


def _adds_up(stated: Value, known: list[Value]) -> bool:
    """Whether the amounts give the total; one that is no number may be anything from 0 on."""
    figures = [value for value in known if value.is_number]
    if stated.is_blank:
        return not any(value.number for value in figures)
    if not stated.is_number:
        return False
    least, most = _as_printed(figures)
    return agrees(stated.number, least, most if len(figures) == len(known) else max(most, stated.number))


def _as_printed(values: list[Value]) -> tuple[Decimal, Decimal]:
    """The sums that amounts printed with decimals stand for."""
    added = sum((value.number for value in values), Decimal(0))
    slack = sum((execution.rounding(value.number) for value in values), Decimal(0)) if len(values) > 1 else Decimal(0)
    return added - slack, added + slack
