"""DES: what an indicator says it measures."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise

from auditkit.assess import execution
from auditkit.assess.names import clauses, core_name, limits, quoted_clauses, rates, without_quotes
from auditkit.model import Category, Form, Fund, Indicator, NotApplicable
from auditkit.parse.levels import Level, level_of
from auditkit.quantity.measure import QuantityKind, Relation
from auditkit.rulebooks.loader import Rulebook
from auditkit.rules.rule import NOTE, WARNING, rule
from auditkit.vocabulary.terms import any_of, pattern, table, words

BENEFITS = (Level.ECONOMIC, Level.SOCIAL, Level.ECOLOGICAL, Level.LASTING)


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
    verify_zh="把名称中的数值移入“年度指标值”栏，要求按同一单位填报实际完成值。",
)
def limit_in_the_name(indicator: Indicator, book: Rulebook):
    """The indicator's name carries its target: a figure with comparator and unit (≤10天, 不少于30件, 3日内).

    The target cell then has nothing left to compare. A figure that tells which cases are meant (1), or that defines a
    rate (2), is none; years, document numbers and what stands in quotation marks are not read (3).
    """
    _named(indicator)
    found = limits(indicator.name.text)  # (1) (2) (3)
    if found:
        yield (
            f"名称中的{_quoted(found)}是指标值，应写入年度指标值一栏（现填“{indicator.target.one_line}”）；把握：高",
            indicator.name,
            indicator.target,
        )


@rule(
    "DES003",
    zh="复合指标",
    en="Compound indicator",
    severity=NOTE,
    basis="naming",
    flags=[
        dict(name="群众用水政策知晓率与参与度"),
        dict(name="新建集中供水点，改造供水管网"),
        dict(name="用水申请受理、管网故障处置完成时效"),
        dict(name="用水申请全受理，3日内指派"),
    ],
    passes=[
        dict(name="供水站、水厂、管网巡查次数"),
        dict(name="受益群众、用水企业满意度"),
        dict(name="开展节水宣传，营造节水氛围"),
        dict(name="供水设备采购、安装及时率"),
        dict(name="提高供水质量和效率"),
    ],
    fault_zh="一行指标里有几件要分别衡量的事。",
    why_zh="几件可以分别衡量的事共用一个指标值，一件没做好会被另一件掩盖，完成值说不清指哪一件。",
    doubt_zh="一件事的几个对象、几个步骤（采购、安装）不算；步骤写成两个分句时可能被报出。",
    verify_zh="逐一问清各部分的完成数；能分别统计的，建议拆成几项并分配分值。",
)
def compound_indicator(indicator: Indicator, book: Rulebook):
    """Several matters that can be measured separately share one row, one target and one score.

    A failure in one hides behind the other. Several objects or steps of one matter (1), and a slogan added to a task
    (2), are no second matter.
    """
    _named(indicator)
    found = _matters(indicator.name.text)
    if found:
        parts, sure = found
        yield (
            f"一项指标包含可分别衡量的{_quoted(parts)}，只有一个指标值“{indicator.target.one_line}”；把握：{sure}",
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
            yield f"“{found[0]}”是预算执行本身，执行率已另有分值；把握：高", item.name, item.target, item
        elif level_of(item) is Level.COST and _is_whole_budget(item, form):  # (3)
            yield (
                f"“{item.name.one_line}”的上限 {item.target.one_line} 就是年度预算，等于考核不超预算；把握：中",
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
    ],
    passes=[
        dict(subcategory="社会效益指标", name="农村自来水普及率逐步提高", target="100%"),
        dict(subcategory="社会效益指标", name="农村饮水条件逐步改善", target="明显改善"),
        dict(subcategory="经济效益指标", name="降低供水漏损费用", target="≥5%"),
        dict(subcategory="社会效益指标", name="群众节水意识提升（问卷测评得分）", target="≥80%"),
        dict(subcategory="质量指标", name="供水设施完好", target="100%"),
    ],
    fault_zh="口号式的指标用百分比衡量，没有衡量方法。",
    why_zh="口号没有统计口径，“100%”无从计算，完成值只能照填，必得满分。",
    doubt_zh="单位另有测评办法（问卷、评分表）而未写在表上的，会被报出。",
    verify_zh="请单位说明百分比的分子、分母和数据来源；说不出的，该项得分不予认可，建议改为定性分档或换成可测指标。",
)
def unmeasurable_indicator(indicator: Indicator, book: Rulebook):
    """A slogan, such as 逐步提高, 有效促进 or 氛围形成, is measured as a percentage, and nothing says how.

    Nobody can compute the percentage. A clause that names something measurable (1), an amount that can rise or fall by
    a share other than all of it (2), a figure in the name (3), and a named method, such as 问卷 (4), are no slogan.
    Timeliness, cost and satisfaction have their own rules (5).
    """
    _named(indicator)
    level, measures = level_of(indicator), indicator.target.quantity.measures
    benefit = level in BENEFITS or (level is None and indicator.kind is Category.BENEFIT)
    output = level in (Level.QUANTITY, Level.QUALITY)
    if not (benefit or output) or not measures or any(m.kind is not QuantityKind.RATE for m in measures):  # (5)
        return
    name = indicator.name.text
    told = _METHOD.search(f"{without_quotes(name)} {indicator.target.plain} {indicator.result.plain}")  # (4)
    if told or re.search(r"\d", without_quotes(name)):  # (3)
        return
    found = _slogans(name, whole=all(m.number == 1 for m in measures), strong=output)
    if found:
        sure = "高" if len(found) > 1 else "中"
        yield (
            f"“{'”“'.join(found)}”是口号式表述，以“{indicator.target.one_line}”衡量而没有计算方法；把握：{sure}",
            indicator.name,
            indicator.target,
        )


# DES003

_JOINS = re.compile(r"(?:与|和|及|、|以及|/|并)")
_WHOLE = pattern("design.compound.whole")
_ACT = re.compile(any_of("design.compound.acts"))
_PAIR = re.compile(
    rf"(?P<a>[\u4e00-\u9fff]{{2,}}?(?P<one>{any_of('design.compound.nouns')}))(?:、|(?<!参)与|和|以及|(?<![普涉危])及(?!时))"
    rf"(?P<b>[\u4e00-\u9fff]{{2,}}?(?P<two>{any_of('design.compound.nouns')}))(?:的)?(?:完成|办结)?(?:时效|时间|时限|期限|及时率|率|[\u4e00-\u9fff]{{2}}率)$"
)


@lru_cache(maxsize=8192)
def _matters(name: str) -> tuple[tuple[str, ...], str] | None:
    """The separately measurable parts of a name, and how sure it is that they are separate; None where it has one."""
    parts = clauses(name)
    for clause in parts:
        found = rates(clause)
        joined = [(a, b) for a, b in pairwise(found) if _JOINS.match(clause, a.end())]
        if joined:
            return (joined[0][0][0], joined[0][1][0]), "高"
    marked = [mark for clause in parts if (mark := _mark(clause))]
    if len(marked) > 1:
        return tuple(marked), "高"
    acts = [own for clause, own in quoted_clauses(name) if (act := _ACT.match(clause)) and len(clause) >= act.end() + 2]
    if len(acts) > 1:
        return tuple(acts), "中"
    pair = _PAIR.search(core_name(name))
    if pair and pair["one"] != pair["two"]:  # (1)
        return (pair["a"], pair["b"]), "中"
    return None


def _mark(clause: str) -> str:
    """What makes a clause measurable by itself: a rate, a limit, or all of something (2)."""
    rate, limit, whole = rates(clause), limits(clause), _WHOLE.search(clause)
    return rate[0][0] if rate else limit[0] if limit else whole[0] if whole else ""


# DES008

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


# DES009

_SIGNS = {kind: pattern(f"design.slogan.{kind}") for kind in ("manner", "effort", "ideal")}
_MEASURABLE = pattern("design.slogan.measurable")
_AMOUNT = pattern("design.slogan.amounts")
_METHOD = pattern("design.slogan.method")
_RISES = re.compile(rf"(?:率|度|比例|占比|比重){any_of('design.slogan.rising')}$")
_URGED = re.compile(rf"(?:{_SIGNS['manner'].pattern}).{{0,3}}?(?:{_SIGNS['effort'].pattern})")


@lru_cache(maxsize=8192)
def _slogans(name: str, whole: bool, strong: bool) -> tuple[str, ...]:
    """The words that make a clause of a name a slogan; `whole` where its target is all of it, 100%.

    An output is called a slogan only where manner and effort stand together or an ideal is named (`strong`).
    """
    found: list[str] = []
    told = False
    for clause in clauses(name):
        ideal = _SIGNS["ideal"].search(clause)
        amount = not whole and not ideal and _AMOUNT.search(clause)
        if _MEASURABLE.search(clause) or amount:  # (1) (2)
            # It tells what the percentage is of, unless it only says that a rate rises, and the target is all of it.
            told = told or not (whole and _RISES.search(clause))
            continue
        hits = [hit[0] for sign in _SIGNS.values() if (hit := sign.search(clause))]
        if hits and (not strong or ideal or _URGED.search(clause)):
            found += hits
    return () if told else tuple(dict.fromkeys(found))


def _named(indicator: Indicator) -> None:
    if indicator.name.is_blank:
        raise NotApplicable(f"第{indicator.row}项没有名称")


def _quoted(texts: tuple[str, ...]) -> str:
    return "、".join(f"“{text}”" for text in texts)
