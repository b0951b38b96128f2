"""BUD: a unit cost times its quantity, against what was spent."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from auditkit.assess.money_texts import paid_elsewhere
from auditkit.assess.names import core_name
from auditkit.model import Figures, Form, Indicator, NotApplicable
from auditkit.parse.levels import level_of
from auditkit.quantity.measure import Measure, QuantityKind
from auditkit.quantity.numbers import format_number, shown_percent
from auditkit.quantity.units import MONEY_SCALES, same_unit
from auditkit.rulebooks.loader import Rulebook
from auditkit.rules.rule import WARNING, rule
from auditkit.vocabulary.levels import Level
from auditkit.vocabulary.terms import Expression, any_of, table

_FACTORS = table("units.factors")
_EACH = Expression(rf"每(?:一)?({any_of('unit_cost.each')})|({any_of('unit_cost.each')})均")
_GENERAL = Expression(rf"{any_of('unit_cost.general')}|[^\u4e00-\u9fff]")


@rule(
    "BUD008",
    zh="单价乘数量超出支出",
    en="Unit cost and quantity exceed spending",
    severity=WARNING,
    basis="unit_cost",
    flags=[
        {"indicators.8.result": "6.2万元/公里"},
        {"indicators.9.result": "900元/块"},
        {"indicators.8.name": "管水员人均培训成本", "indicators.8.result": "2.1万元/人"},
        {
            "indicators.8.name": "管水员培训费用标准",
            "indicators.8.result": "3000元/人·天",
            "indicators.1.name": "管水员培训天数",
            "indicators.1.result": "8天",
        },
        {"indicators.9.name": "每块智能水表采购价", "indicators.9.result": "900元"},
    ],
    passes=[
        {"indicators.8.result": "≤6.2万元/公里"},
        {"indicators.8.result": "约6.2万元/公里"},
        {
            "indicators.8.result": "6.2万元/公里",
            "indicators.1.name": "新建供水管网长度",
            "indicators.1.result": "12公里",
        },
        {"indicators.8.result": "6.2万元/公里", "outcome": "改造46.5公里，县级财政配套120万元。"},
        {"indicators.8.result": "6.2万元/公里", "notes.0": "工程尾款待竣工决算后支付。"},
        {"indicators.8.name": "管水员培训费用标准", "indicators.8.result": "3000元/人·天"},
        {"indicators.8.name": "评审专家劳务费", "indicators.8.result": "2.1万元/人"},
        {"indicators.8.result": "5.2万元/公里"},
    ],
    fault_zh="单位成本的完成值乘以它所对应的数量的完成值，比全年执行数多出规则手册限度以上。",
    why_zh="花的钱不够按填报的单价做出填报的数量：单价、数量和支出至少有一个不实，或者有别的钱没有写明。",
    doubt_zh="一部分由其他资金负担或尚未支付而表内没有写；数量里有不花钱的部分（如捐赠、自建）。",
    ask_zh="请说明单价、数量和支出的口径，并附合同、结算单和支付凭证；填错的，请更正。",
    verify_zh="问清单价是否含税含安装、数量是否都由本项目付款；对照合同、结算单和支付凭证，确定是哪一个数不实。",
)
def unit_cost_exceeds_spending(form: Form, book: Rulebook):
    """The results of a unit cost and of the one quantity that it belongs to multiply to more than was spent.

    Price, quantity or spending is not true, or other money is not told. The units have to fit (元/户 and 户; 元/人·天 needs
    both), and the names to speak of one matter (1). Limits and rounded figures (2), two quantities in one unit (3), and a
    form that says that others pay a part, or that a part is still due (4), are not compared.

    Known false alarms: a part paid from other money, or not yet, of which the form says nothing.

    To verify: ask what the price includes and who paid; compare with contract, settlement and payments.
    """
    costs = [(item, cost) for item in form.indicators if (cost := _unit_cost(item))]
    if not costs:
        raise NotApplicable("没有可以与数量相乘的单位成本")
    unit = form.money_unit.plain
    if unit not in MONEY_SCALES:
        raise NotApplicable(f"金额单位“{form.money_unit.one_line}”不明" if unit else "表中没有金额单位")
    actual = form.execution.actual
    spent = actual.number.scaleb(MONEY_SCALES[unit])
    texts = (*form.explanations, form.goal, *(item.name for item in form.indicators))
    if any(map(paid_elsewhere, texts)):  # (4)
        raise NotApplicable("表中写明有其他资金负担或尚未支付，不与支出比较")
    for item, cost in costs:
        factors = [_quantity_of(item, per, form) for per in cost.pers]
        if not all(factors):
            continue
        product = cost.measure.number
        for _, number in factors:
            product *= number
        if len({quantity.row for quantity, _ in factors}) < len(factors):
            continue
        if product > spent * (1 + book.thresholds.unit_cost):
            yield _told(item, factors, product.scaleb(-MONEY_SCALES[unit]), actual.number, form)


@dataclass(frozen=True)
class _Cost:
    """A unit cost with the units that it is counted by: 元/人·天 by 人 and 天."""

    measure: Measure
    pers: tuple[str, ...]


def _exact(item: Indicator) -> Measure | None:
    """The one figure of a result, None where there are several, or it is a limit or rounded (2)."""
    measures = item.result.quantity.measures
    if len(measures) != 1 or measures[0].inequality or measures[0].upper is not None or measures[0].about:
        return None
    return measures[0]


def _unit_cost(item: Indicator) -> _Cost | None:
    """What one of something cost, as the unit or the name tells: 元/户, 每户, 户均."""
    measure = _exact(item)
    if measure is None or measure.kind is not QuantityKind.MONEY:
        return None
    pers = tuple(per for per in re.split(r"[/·.*]", measure.unit)[1:] if per != "年")
    if not pers and (each := _EACH.search(item.name.plain)):
        pers = (each[1] or each[2],)
    return _Cost(measure, pers) if pers else None


def _quantity_of(cost: Indicator, per: str, form: Form) -> tuple[Indicator, Decimal] | None:
    """The one quantity in a unit, counted in it, where it speaks of the matter of the cost (1) (3)."""
    fitting = [
        (item, measure)
        for item in form.indicators
        if item is not cost and level_of(item) is Level.QUANTITY and (measure := _exact(item))
        if _counts(measure.unit, per)
    ]
    if len(fitting) != 1 or not _one_matter(cost, fitting[0][0]):
        return None
    item, measure = fitting[0]
    return item, measure.number / _FACTORS.get(per, ("", 1))[1]


def _counts(unit: str, per: str) -> bool:
    """True where a unit counts what a unit cost is reckoned by; 个 may count anything, and settles nothing."""
    return bool(unit) and "/" not in unit and (unit == per or (not {unit, per} & _ANYTHING and same_unit(per, unit)))


_ANYTHING = set(table("units.generic"))


def _one_matter(cost: Indicator, quantity: Indicator) -> bool:
    """True where two names share a word of the matter, or the cost names none but its unit (单位成本)."""
    told, counted = ({*_pairs(item)} for item in (cost, quantity))
    return not told or bool(told & counted)


def _pairs(item: Indicator) -> Iterator[str]:
    for part in _GENERAL.sub(" ", core_name(item.name.text)).split():
        yield from (part[place : place + 2] for place in range(len(part) - 1))


def _told(cost: Indicator, factors: list[tuple[Indicator, Decimal]], product: Decimal, spent: Decimal, form: Form):
    unit = form.money_unit.one_line
    names = " × ".join(
        f"“{item.name.one_line}”{item.result.one_line}" for item in (cost, *(item for item, _ in factors))
    )
    over = product - spent
    share = f"（{shown_percent(over / spent)}）" if spent else ""
    return (
        f"{names} ＝ {format_number(product)} {unit}，比全年执行数 {form.execution.actual} {unit} 多 {format_number(over)} {unit}{share}",
        Figures(
            f"执行数 {form.execution.actual} {unit}",
            f"不少于 {format_number(product)} {unit}",
            " × ".join(item.result.one_line for item in (cost, *(item for item, _ in factors))),
        ),
        cost.result,
        *(item.result for item, _ in factors),
        form.execution.actual,
        cost,
    )
