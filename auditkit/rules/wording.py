"""DES: what an indicator says it measures."""

from __future__ import annotations

from decimal import Decimal

from auditkit.assess import execution
from auditkit.assess.direction import Better, against
from auditkit.assess.names import (
    core_name,
    limits_in_name,
    quoted,
    require_name,
    without_quotes,
)
from auditkit.assess.slogans import slogans
from auditkit.model import Form, Fund, Indicator, NotApplicable
from auditkit.parse.levels import level_of
from auditkit.quantity.measure import QuantityKind, Relation
from auditkit.rulebooks.loader import Rulebook
from auditkit.rules.rule import NOTE, WARNING, rule
from auditkit.vocabulary.levels import Level
from auditkit.vocabulary.spelling import own_words
from auditkit.vocabulary.terms import pattern, table, words


@rule(
    "DES002",
    zh="指标名称含指标值",
    en="Limit in the indicator name",
    severity=NOTE,
    basis="naming",
    flags=[
        dict(name="改造供水管网不少于45公里"),
        dict(name="供水故障修复时间≤24小时"),
        dict(name="用水申请3日内办结"),
        dict(name="11月30日前完成管网改造"),
    ],
    passes=[
        dict(name="364村供水管网改造长度"),
        dict(name="供水故障24小时内修复率"),
        dict(name="超过30日未办结的用水申请清理数量"),
        dict(name="“24小时以内到场”服务承诺公示数量"),
        dict(name="2022年改造供水管网长度"),
    ],
    fault_zh="三级指标名称里写了指标值（比较符或“以内”加数字和单位）。",
    why_zh="名称里写了指标值，指标值一栏往往只剩“100%”，完成多少无从核实。",
    doubt_zh="时限是比率的定义（24小时内办结率）或对象的范围（3年以上）时不算，已尽量排除。",
    ask_zh="请把名称中的数值移入年度指标值一栏，并按同一单位填写完成值。",
    verify_zh="把名称中的数值移入“年度指标值”栏，要求按同一单位填报实际完成值。",
)
def limit_in_the_name(indicator: Indicator, book: Rulebook):
    """The indicator's name carries its target: a figure with comparator and unit (≤10天, 不少于30件, 3日内).

    The target cell then has nothing left to compare. A figure that tells which cases are meant (1), or that defines a
    rate (2), is none; years, document numbers and what stands in quotation marks are not read (3).
    """
    require_name(indicator)
    found = limits_in_name(indicator.name.text)  # (1) (2) (3)
    if found:
        yield (
            f"名称里的{quoted(found, indicator.name)}是指标值，应写到年度指标值一栏（该栏现填“{indicator.target.one_line}”）",
            indicator.name,
            indicator.target,
        )


@rule(
    "DES008",
    zh="重复考核预算执行",
    en="Budget execution scored twice",
    severity=WARNING,
    basis="execution_once",
    flags=[
        {"indicators.8.name": "预算执行率", "indicators.8.target": "≥95%"},
        {"indicators.8.name": "全年支出不超预算", "indicators.8.target": "100%"},
        {"indicators.8.name": "项目总成本", "indicators.8.target": "≤250万元"},
    ],
    passes=[
        {"indicators.8.name": "管网改造成本", "indicators.8.target": "≤158万元"},
        {"indicators.8.name": "开展预算执行审计项目数", "indicators.8.target": "≥3个"},
        {"indicators.8.name": "管网材料采购价不高于预算单价", "indicators.8.target": "100%"},
        {"indicators.8.name": "项目总成本", "indicators.8.target": "≤230万元"},
    ],
    fault_zh="指标重复考核预算执行率或不超预算，而这已有单独分值。",
    why_zh="预算执行率已单独占分；再设“不超预算”“执行率”等指标，同一事实得两次分，真正的成本没有考核。",
    doubt_zh="财政、审计部门以预算执行监督为业务的项目，名称中的“预算执行”是工作对象，已尽量排除。",
    ask_zh="请说明该项数据的来源；与预算执行是同一数据的，请改设单位成本或成本节约等指标。",
    verify_zh="核对该项完成值与资金部分执行数是否出自同一数据；是则建议改为单位成本或成本节约指标。",
)
def budget_execution_scored_twice(form: Form, book: Rulebook):
    """An indicator restates staying within the budget or the execution rate, which already has points of its own.

    Spending no more than the budget is the law, not a result. The price or cost of one thing (1), and budgets as the
    matter of the work, such as 预算执行审计 (2), are no restatement; a total cost is one where its limit is the budget
    itself (3). Where the funds have no points, 预算执行率 among the indicators is where it is scored (4).
    """
    if not form.indicators:
        raise NotApplicable("表中没有绩效指标")
    own = execution.indicator(form)
    for item in form.indicators:
        if item is own:  # (4)
            continue
        text = _OTHER_BUDGET.sub("□", without_quotes(item.name.text))  # (1) (2)
        if level_of(item) is Level.COST and not item.target.quantity.measures:  # a limit told in words
            text += "，" + _OTHER_BUDGET.sub("□", without_quotes(item.target.text))
        found = _RESTATED.search(text)
        if found:
            said = own_words(item.name.text, found[0]) or own_words(item.target.text, found[0]) or found[0]
            yield f"“{said}”考核的是预算执行，这已由预算执行率单独计分", item.name, item.target, item
        elif level_of(item) is Level.COST and _is_whole_budget(item, form):  # (3)
            yield (
                f"“{item.name.one_line}”的上限“{item.target.one_line}”就是年度预算，考核的是不超预算，这已由预算执行率单独计分",
                item.name,
                item.target,
                item,
            )


@rule(
    "DES009",
    zh="指标不可衡量",
    en="Unmeasurable indicator",
    severity=WARNING,
    basis="measurable",
    flags=[
        dict(subcategory="社会效益指标", name="农村饮水条件逐步改善", target="100%"),
        dict(subcategory="可持续影响指标", name="营造节约用水的良好氛围", target="≥90%"),
        dict(subcategory="质量指标", name="进一步提高供水服务水平", target="100%"),
        dict(subcategory="经济效益指标", name="为群众节省用水费用", target="100%"),
        dict(subcategory="社会效益指标", name="供水服务质量提升", target="5%"),
    ],
    passes=[
        dict(subcategory="社会效益指标", name="农村自来水普及率逐步提高", target="100%"),
        dict(subcategory="社会效益指标", name="农村饮水条件逐步改善", target="明显改善"),
        dict(subcategory="经济效益指标", name="降低供水漏损费用", target="≥5%"),
        dict(subcategory="生态效益指标", name="病害减少，水处理使用的药剂量较上年减少", target="2%"),
        dict(subcategory="社会效益指标", name="群众节水意识提升（问卷测评得分）", target="≥80%"),
        dict(subcategory="质量指标", name="供水设施完好", target="100%"),
    ],
    fault_zh="口号式的指标用百分比衡量，没有衡量方法。",
    why_zh="口号没有统计口径，“100%”无从计算，完成值只能照填，必得满分。",
    doubt_zh="单位另有测评办法（问卷、评分表）而未写在表上的，会被报出。",
    ask_zh="请说明百分比的分子、分母和数据来源；没有的，请说明得分的依据。",
    verify_zh="请单位说明百分比的分子、分母和数据来源；说不出的，该项得分不予认可，建议改为定性分档或换成可测指标。",
)
def unmeasurable_indicator(indicator: Indicator, book: Rulebook):
    """A slogan, such as 逐步提高, 有效促进 or 氛围形成, is measured as a percentage, and nothing says how.

    Nobody can compute the percentage. A clause that names something measurable (1), an amount that can rise or fall by
    a share other than all of it (2), a figure in the name (3), and a named method, such as 问卷 (4), are no slogan.
    Timeliness, cost and satisfaction have their own rules (5).
    """
    require_name(indicator)
    found = slogans(indicator)  # (1) (2) (3) (4) (5)
    if found:
        yield (
            f"{quoted(found, indicator.name)}是口号式的说法，指标值“{indicator.target.one_line}”没有分子、分母，也没有写怎样计算",
            indicator.name,
            indicator.target,
        )


@rule(
    "DES012",
    zh="比较符与指标方向相反",
    en="Comparator against the matter",
    severity=WARNING,
    basis="measurable",
    flags=[
        dict(subcategory="质量指标", name="出厂水质检测合格率", target="≤98%"),
        dict(subcategory="质量指标", name="管网漏损率", target="≥10%"),
        dict(subcategory="时效指标", name="用水申请办理时限", target="≥3个工作日"),
        dict(subcategory="成本指标", name="水质检测费用", target="≥6万元"),
        dict(subcategory="社会效益指标", name="停水投诉件数", target="不少于5件"),
        dict(subcategory="社会效益指标", name="受益群众人数", target="≤2万人"),
    ],
    passes=[
        dict(subcategory="质量指标", name="水质检测不合格率", target="≤2%"),
        dict(subcategory="质量指标", name="供水故障修复率", target="≥98%"),
        dict(subcategory="时效指标", name="全天供水时长", target="≥20小时"),
        dict(subcategory="时效指标", name="停水公告时间", target="≥3天"),
        dict(subcategory="成本指标", name="社会捐赠到位资金", target="≥20万元"),
        dict(subcategory="成本指标", name="单位用水成本降低率", target="≥5%"),
        dict(subcategory="社会效益指标", name="停水投诉下降率", target="≥10%"),
        dict(subcategory="数量指标", name="改造供水管网长度", target="≤45公里"),
    ],
    fault_zh="越少越好的事设了下限（费用≥、办理时限≥、投诉率≥），或越多越好的事设了上限（合格率≤）。",
    why_zh="照字面，做得越差越“达标”；照常理，又不知道单位本来要的是多少，这一项无从核实。",
    doubt_zh="工作量就是这些事的（如受理投诉热线），名称没有写“受理”；有规定时长的公示、评审。",
    ask_zh="请核对批复的绩效目标申报表；填反的，请更正后重新填写完成值和得分。",
    verify_zh="对照批复的绩效目标申报表，看比较符是否填反；填反的，请单位更正后按更正的方向重新核对完成值和得分。",
)
def comparator_against_the_matter(indicator: Indicator, book: Rulebook):
    """A least is set for what should be small (成本≥, 审批时限≥), or a most for what should be large (合格率≤).

    Read literally it rewards the worse result, read the other way it is a guess. Only what the name settles for sure is
    told: not money that is raised or received (1), service hours (2), the handling of faults (3), and not the cap on an
    output, which is the matter of DES010 (4).

    Known false alarms: a hotline whose work are the complaints; a review whose length is prescribed.

    To verify: compare with the approved targets; have the comparator corrected and judge the row again.
    """
    require_name(indicator)
    found = against(indicator)  # (1) (2) (3) (4)
    if found is None:
        return
    wanted, limit = ("少", "下限") if found[1] is Better.LESS else ("多", "上限")
    yield (
        f"“{indicator.name.one_line}”越{wanted}越好，指标值“{indicator.target.one_line}”却是{limit}，照此越差越“达标”",
        indicator.target,
        indicator.name,
    )


_RESTATED = pattern("design.budget.restated")


_OTHER_BUDGET = pattern("design.budget.other")


_FACTORS = table("units.factors")


def _is_whole_budget(item: Indicator, form: Form) -> bool:
    if not core_name(item.name.text).endswith(words("design.budget.totals")) or form.total is None:
        return False
    caps = [
        m for m in item.target.quantity.measures if m.kind is QuantityKind.MONEY and m.relation is not Relation.AT_LEAST
    ]
    return any(cap.number == budget for cap in caps for budget in _budgets(form.total, form.money_unit.plain))


def _budgets(total: Fund, unit: str) -> list[Decimal]:
    scale = {"元": 0, "千元": 3, "万元": 4, "亿元": 8}.get(unit)
    entries = [entry for entry in (total.initial, total.adjusted) if entry.is_number] if scale is not None else []
    return [entry.number.scaleb(scale) for entry in entries]
