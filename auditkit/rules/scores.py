"""SCO: points, scores, totals and grades."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from itertools import groupby

from auditkit.model import Category, Form, Indicator, NotApplicable, Value
from auditkit.numeral import agrees, shown
from auditkit.rule import ERROR, WARNING, rule
from auditkit.rulebook import Rulebook

NAMES = {Category.OUTPUT: "产出", Category.BENEFIT: "效益", Category.SATISFACTION: "满意度", Category.COST: "成本"}
FIRST_LEVEL_POINTS = re.compile(r"(\d+(?:\.\d+)?)分")
ZERO = Decimal(0)


def _execution_part(form: Form, book: Rulebook, column: str) -> tuple[Decimal, Value | None]:
    """Points or score of budget execution; nothing where the form does not score it.

    Raises NotApplicable where the cell is there and blank.
    """
    if not form.funds:
        return ZERO, None
    entry = getattr(form.execution, column)
    if entry.at is None or (entry.void and entry.plain):
        return ZERO, None
    return entry.number, entry


def _sum(form: Form, column: str) -> Decimal:
    if not form.indicators:
        raise NotApplicable("表中没有绩效指标")
    return sum((getattr(item, column).number for item in form.indicators), ZERO)


@rule(
    "SCO001",
    zh="总分计算有误",
    en="Total miscomputed",
    severity=ERROR,
    basis="total",
    flags=[{"total_score": "89.5"}, {"total_score": "99.9"}, {"indicators.3.score": "4"}],
    passes=[{"total_score": "99.50"}, {"total_score": "98.5", "indicators.3.score": "4"}],
)
def total_miscomputed(form: Form, book: Rulebook):
    """The stated total is not the execution score plus the sum of the indicator scores.

    Only the funds row that carries the execution score counts; points repeated on other rows are not added again.
    """
    stated = form.total_score.number
    execution, entry = _execution_part(form, book, "score")
    items = _sum(form, "score")
    if not agrees(stated, execution + items):
        parts = f"预算执行率 {shown(execution)} 分 + 各指标 {shown(items)} 分" if entry else f"各指标 {shown(items)} 分"
        yield (
            f"总分应为 {shown(execution + items)} 分（{parts}），填报 {form.total_score} 分，"
            f"相差 {shown(stated - execution - items)} 分",
            form.total_score,
            *([entry] if entry else []),
        )


@rule(
    "SCO002",
    zh="分值合计不符",
    en="Points do not add up",
    severity=ERROR,
    basis="points",
    flags=[{"indicators.0.points": "15"}, {"total_points": "110"}, {"indicators.14.points": "5"}],
    passes=[{"total_points": ""}, {"indicators.0.points": "6", "indicators.1.points": "4"}],
)
def points_do_not_add_up(form: Form, book: Rulebook):
    """Execution points plus indicator points are not the stated full marks (those of the rulebook where none are stated).

    A form with more or fewer points than full marks has no comparable total.
    """
    execution, entry = _execution_part(form, book, "points")
    items = _sum(form, "points")
    full = book.full_marks if form.total_points.void else form.total_points.number
    if execution + items != full:
        parts = f"预算执行率 {shown(execution)} 分 + 各指标 {shown(items)} 分" if entry else f"各指标 {shown(items)} 分"
        yield (
            f"分值合计 {shown(execution + items)} 分（{parts}），应为 {shown(full)} 分",
            *([entry] if entry else []),
            form.total_points,
        )


@rule(
    "SCO003",
    zh="得分超出分值",
    en="Score out of range",
    severity=ERROR,
    basis="score_range",
    flags=[{"indicators.2.score": "6"}, {"indicators.2.score": "-1"}, {"funds.0.score": "11"}],
    passes=[{"indicators.2.score": "5.0"}, {"indicators.2.score": "0"}],
)
def score_out_of_range(form: Form, book: Rulebook):
    """An item's score is below 0 or above its points."""
    items: list[tuple[str, Value, Value, Indicator | None]] = [
        (f"第{item.row}项", item.points, item.score, item) for item in form.indicators
    ]
    if form.funds:
        items.append(("预算执行率", form.execution.points, form.execution.score, None))
    known = [item for item in items if item[1].readable and item[2].readable]
    if not known:
        raise NotApplicable("没有同时填写分值和得分的项目")
    for name, points, score, indicator in known:
        if not 0 <= score.number <= points.number:
            yield f"{name}得分 {score} 超出 0 至 {points} 分的范围", score, points, indicator


@rule(
    "SCO004",
    zh="一级指标分值结构偏离",
    en="Points off the standard split",
    severity=WARNING,
    basis="split",
    flags=[{"indicators.0.points": "15"}, {"funds.0.points": "20"}],
    passes=[{"indicators.0.points": "6", "indicators.1.points": "4"}, {"indicators.0.points": "5.0"}],
)
def points_off_the_split(form: Form, book: Rulebook):
    """The points per first-level indicator, or those of budget execution, differ from the rulebook's split.

    Raised on the points as they stand, also where they do not add up.
    """
    _sum(form, "points")
    execution, entry = _execution_part(form, book, "points")
    laid_out = {kind: sum((i.points.number for i in form.indicators if i.kind is kind), ZERO) for kind in Category}
    standard = {kind: getattr(book.split, kind.value) for kind in NAMES}
    unknown = laid_out.pop(Category.UNKNOWN)
    if laid_out != standard or execution != book.split.execution or unknown:
        shares = [
            f"{NAMES[kind]} {shown(laid_out[kind])}（{shown(standard[kind])}）"
            for kind in NAMES
            if laid_out[kind] or standard[kind]
        ]
        shares += [f"未标明一级指标 {shown(unknown)}"] if unknown else []
        firsts = [next(group) for _, group in groupby(form.indicators, key=lambda item: item.category.at)]
        yield (
            f"各部分分值（括号内为规则手册标准）：预算执行率 {shown(execution)}（{shown(book.split.execution)}）、{'、'.join(shares)}",
            *([entry] if entry else []),
            *(item.category for item in firsts),
        )


@rule(
    "SCO005",
    zh="评价等级有误",
    en="Grade misstated",
    severity=ERROR,
    basis="grades",
    flags=[{"grade": "良"}, {"grade": "优秀", "total_score": "89.9"}],
    passes=[{"grade": "优"}, {"grade": "良好", "total_score": "89.9"}, {"grade": "优", "total_score": "90"}],
)
def grade_misstated(form: Form, book: Rulebook):
    """The stated grade is not the one that the stated total earns."""
    stated = form.grade.plain
    if form.grade.void or stated[:1] not in book.grades:
        raise NotApplicable(
            "表中没有评价等级" if form.grade.void else f"{form.grade.place} “{form.grade}”不是规则手册的等级"
        )
    earned = book.grade(form.total_score.number)
    if stated[:1] != earned:
        yield f"总分 {form.total_score} 分应为“{earned}”，填报“{form.grade}”", form.grade, form.total_score


@rule(
    "SCO006",
    zh="一级指标分值与三级不符",
    en="First-level points contradict items",
    severity=ERROR,
    basis="points",
    flags=[{"indicators.14.category": "满意度指标（20分）"}, {"indicators.14.category": "满意度指标(8分)"}],
    passes=[{"indicators.14.category": "满意度指标（10分）"}, {"indicators.14.category": "满意度指标"}],
)
def first_level_contradicts_items(form: Form, book: Rulebook):
    """A first-level heading states points, such as 产出指标（50分）, that are not the sum of its items' points."""
    stated = 0
    for group in _groups(form):
        heading = group[0].category
        points = FIRST_LEVEL_POINTS.search(heading.plain)
        if not points:
            continue
        stated += 1
        laid_out = sum((item.points.number for item in group), ZERO)
        if laid_out != Decimal(points[1]):
            yield (
                f"“{heading.squeezed}”标明 {points[1]} 分，所属指标分值合计 {shown(laid_out)} 分",
                heading,
                *(i.points for i in group),
            )
    if not stated:
        raise NotApplicable("一级指标没有标明分值")


def _groups(form: Form) -> Iterator[list[Indicator]]:
    for _, group in groupby(form.indicators, key=lambda item: item.category.text):
        yield list(group)
