"""SCO: points, scores, totals and grades."""

from __future__ import annotations

from decimal import Decimal
from itertools import groupby

from auditkit.assess import execution
from auditkit.assess.execution import execution_owner, execution_part
from auditkit.assess.inapplicable import is_taken_out, scale, taken_out
from auditkit.assess.owners import Owned, Sum, levels, owners_of, sum_of
from auditkit.model import Category, Figures, Form, Indicator, NotApplicable, Value
from auditkit.parse.levels import is_local, local_split
from auditkit.quantity.numbers import agrees, format_number
from auditkit.rulebooks.loader import Rulebook
from auditkit.rules.rule import ERROR, WARNING, rule

NAMES = {Category.OUTPUT: "产出", Category.BENEFIT: "效益", Category.SATISFACTION: "满意度", Category.COST: "成本"}
OWNED = {"points": "分值", "score": "得分"}
ZERO = Decimal(0)


def _parts(execution: Owned, items: Sum, unit: str = "") -> str:
    """What budget execution, where it counts, and the indicators give."""
    own = f"预算执行率 {Sum((execution,))}{unit} + " if execution.entry.at or not execution.known else ""
    return f"{own}各指标 {items}{unit}"


def _both(execution: Owned, items: Sum) -> Sum:
    return Sum((execution, *items.owners))


@rule(
    "SCO001",
    zh="总分计算有误",
    en="Total miscomputed",
    severity=ERROR,
    basis="total",
    flags=[{"total_score": "89.5"}, {"total_score": "99.9"}, {"indicators.3.score": "4"}],
    passes=[
        {"total_score": "99.50"},
        {"total_score": "98.5", "indicators.3.score": "4"},
        {"funds.1.points": "10", "funds.1.score": "9.5"},
    ],
    fault_zh="填报总分不等于预算执行得分加各指标得分；只取计执行分的一行资金，其他资金行重复填写的得分不再相加。",
    why_zh="总分决定评价等级和结果应用，不能与分项脱节。",
    doubt_zh="表内另有程序未读到的加分、扣分行；各项印出的是四舍五入后的得分。",
    ask_zh="请逐项核对得分，并更正总分。",
    verify_zh="逐项相加，看差额是否正好等于某一项得分（多为漏加、重加）；查有无加减分项；分项无误的，更正总分。",
)
def total_miscomputed(form: Form, book: Rulebook):
    """The stated total is not the execution score plus the sum of the indicator scores.

    The total decides the grade. Only the funds row that carries the execution score counts; points repeated on other
    rows are not added again. A score that is blank or no number may be anything from 0 to the points of its row: a total
    that is wrong whatever it is, is reported. Where the rulebook takes out items that do not apply, the rest is scaled (1).

    Known false alarms: rows of bonus or penalty points that were not read; item scores printed rounded.

    To verify: add up; see whether the difference equals one item; look for bonus or penalty rows.
    """
    stated = form.total_score.number
    kept = [item.row for item in form.indicators if not is_taken_out(item, book)]  # (1)
    share = scale(form, book)
    own, items = execution_owner(form, book, "score"), sum_of(form, "score", kept if share != 1 else None)
    total = _both(own, items)
    least, most = total.least * share, None if total.most is None else total.most * share
    if not agrees(stated, least, max(stated, least) if most is None else most):
        nearest, full = least if most is None or stated < least else most, format_number(book.full_marks)
        due, how = str(total), ""
        if share != 1:
            due = format_number(nearest)
            how = f"，不适用的 {format_number(taken_out(form, book))} 分剔除，÷（{full} － 其分值）× {full}"
        yield (
            f"总分应为 {due} 分（{_parts(own, items, ' 分')}{how}），填报 {form.total_score} 分，"
            f"{'多' if stated > nearest else '少'} {format_number(abs(stated - nearest))} 分",
            Figures(f"{form.total_score} 分", f"{due} 分", f"{_parts(own, items)}{how}"),
            form.total_score,
            *([own.entry] if own.entry.at else []),
            *(entry for entry in items.unknown if entry.at),
        )
    else:
        total.exact  # noqa: B018  (what is not known keeps the total from being right)


@rule(
    "SCO002",
    zh="分值合计不符",
    en="Points do not add up",
    severity=ERROR,
    basis="points",
    flags=[
        {"indicators.0.points": "15"},
        {"total_points": "110"},
        {"indicators.14.points": "5"},
        {"funds.0.points": "100"},
    ],
    passes=[
        {"total_points": ""},
        {"indicators.0.points": "6", "indicators.1.points": "4"},
        {"funds.1.points": "10"},
    ],
    fault_zh="预算执行分值加各指标分值，不等于表上填写的满分（没有填写的，按规则手册的满分）。",
    why_zh="分值合计不等于满分，总分就不能与等级标准和其他项目比较。",
    doubt_zh="当地表式有一部分分值不在表内列示；指标行因分页或合并单元格没有读全。",
    ask_zh="请对照批复的绩效目标申报表更正分值，并重新计算得分。",
    verify_zh="核对读到的指标行数与原表是否一致；对照批复的绩效目标表，找出改动或漏填的分值；更正后重算得分。",
)
def points_do_not_add_up(form: Form, book: Rulebook):
    """Execution points plus indicator points are not the stated full marks (those of the rulebook where none are stated).

    A form with more or fewer points than full marks has no comparable total. Points that are blank or no number may be
    anything from 0 on: what is too much whatever they are, is reported.

    Known false alarms: points that the local form keeps elsewhere; rows lost at a page break.

    To verify: compare the rows read with the form; find the points changed or left out in the approved targets.
    """
    own, items = execution_owner(form, book, "points"), sum_of(form, "points")
    total = _both(own, items)
    full = book.full_marks if form.total_points.is_blank else form.total_points.number
    if full < total.least or (total.most is not None and full > total.most):
        yield (
            f"分值合计 {total} 分（{_parts(own, items, ' 分')}），应为 {format_number(full)} 分{_misplaced(form, book)}",
            Figures(f"{total} 分", f"{format_number(full)} 分", _parts(own, items)),
            *([own.entry] if own.entry.at else []),
            form.total_points,
            *(entry for entry in items.unknown if entry.at),
        )
    else:
        total.exact  # noqa: B018  (what is not known keeps the points from being right)


def _misplaced(form: Form, book: Rulebook) -> str:
    """What is said of full marks in the place of the execution points: one cause of which no other rule speaks."""
    if not form.funds or not execution.holds_full_marks(form.execution, book):
        return ""
    points = format_number(book.split.execution)
    return f"：预算执行率的分值一格填的是全表满分 {form.execution.points} 分，按规定是 {points} 分"


@rule(
    "SCO003",
    zh="得分超出分值",
    en="Score out of range",
    severity=ERROR,
    basis="score_range",
    flags=[{"indicators.2.score": "6"}, {"indicators.2.score": "-1"}, {"funds.0.score": "11"}],
    passes=[{"indicators.2.score": "5.0"}, {"indicators.2.score": "0"}, {"funds.0.score": "10"}],
    fault_zh="指标或预算执行的得分小于 0，或大于该项分值。",
    why_zh="超出分值的得分抬高总分，掩盖其他指标的扣分。",
    doubt_zh="当地评分细则允许加分或倒扣分；分值与得分两格在原表上错位。",
    ask_zh="请核对分值和得分是否填错；有加分或倒扣规定的，请提供评分细则。",
    verify_zh="看原表该行两格是否填反或错行；查评分细则有无加分、倒扣的规定；没有的，退回更正。",
)
def score_out_of_range(form: Form, book: Rulebook):
    """An item's score is below 0 or above its points.

    Such a score hides what was deducted elsewhere.

    Known false alarms: local bonus or penalty points; the two cells exchanged.

    To verify: look at the row for exchanged cells; look for bonus points in the scoring rules.
    """
    items: list[tuple[str, Value, Value, Indicator | None]] = [
        (f"第{item.row}项", item.points, item.score, item) for item in form.indicators
    ]
    if form.funds:
        items.append(("预算执行率", form.execution.points, form.execution.score, None))
    known = [item for item in items if item[1].is_number and item[2].is_number]
    if not known:
        raise NotApplicable("没有同时填写分值和得分的项目")
    for name, points, score, indicator in known:
        if not 0 <= score.number <= points.number:
            figures = Figures(f"{score} 分", f"0 至 {points} 分")
            yield f"{name}得分 {score} 超出 0 至 {points} 分的范围", figures, score, points, indicator
    shared = (one.rows for column in OWNED for one in owners_of(form, column) if len(one.rows) > 1)
    for rows in dict.fromkeys(shared):  # of a merged cell, or of a level whose items have no points of their own
        worth, earned = (Sum(tuple(_within(form, column, rows))) for column in OWNED)
        if worth.known and earned.known and worth.owners and not 0 <= earned.least <= worth.least:
            numbers = "、".join(map(str, rows))
            yield (
                f"第{numbers}项合计得分 {earned} 超出 0 至 {worth} 分的范围",
                Figures(f"{earned} 分", f"0 至 {worth} 分"),
                *(one.entry for one in (*earned.owners, *worth.owners)),
            )


def _within(form: Form, column: str, rows: tuple[int, ...]) -> list[Owned]:
    """The owners of points or scores that are of these rows and no others."""
    return [one for one in owners_of(form, column) if one.rows and set(one.rows) <= set(rows)]


@rule(
    "SCO004",
    zh="一级指标分值结构偏离",
    en="Points off the standard split",
    severity=WARNING,
    basis="split",
    flags=[{"indicators.0.points": "15"}, {"funds.0.points": "20"}],
    passes=[
        {"indicators.0.points": "6", "indicators.1.points": "4"},
        {"indicators.0.points": "5.0"},
        {"funds.0.points": "100"},
    ],
    fault_zh="一级指标的分值或预算执行的分值与规则手册的分值结构不同；分值合计不符（SCO002）时也照报。",
    why_zh="分值向容易得分的部分倾斜，总分就不能反映项目绩效。",
    doubt_zh="分值结构多为原则性规定，有特殊情况可以调整；没有服务对象的项目不设满意度；所选规则手册不是当地现行办法。",
    ask_zh="请说明分值安排的依据，并附批复的绩效目标申报表或有关规定。",
    verify_zh="查当地自评通知规定的分值结构；对照批复的绩效目标表；有规定或批复作依据的，不认定为问题。",
)
def points_off_the_split(form: Form, book: Rulebook):
    """The points per first-level indicator, or those of budget execution, differ from the rulebook's split.

    Points shifted to what is easily earned make totals incomparable. Raised on the points as they stand, also where
    they do not add up.

    Known false alarms: an adjustment that local rules allow; a project without beneficiaries to ask.

    To verify: check the split in the local notice and in the approved targets.
    """
    points = sum_of(form, "points")
    points.exact  # noqa: B018
    own = execution.indicator(form)
    items = [item for item in form.indicators if item is not own]
    if all(item.category.at is None for item in items):
        raise NotApplicable("表中没有一级指标")
    local = local_split(form)
    if local and not book.split.management:
        raise NotApplicable(f"一级指标“{local.one_line}”不在规则手册的分值结构中")
    scored, entry = (own.points.number, own.points) if own else execution_part(form, book, "points")
    if form.funds and execution.holds_full_marks(form.execution, book):  # said by SCO002
        scored = book.split.execution
    laid_out = dict.fromkeys(Category, ZERO)
    managing = {item.row for item in items if local and is_local(item)}
    managed = (
        ZERO if book.split.execution or not book.split.management else scored
    )  # counted with what manages the money
    scored -= managed
    for owner in points.owners:
        if managing.issuperset(owner.rows) and owner.rows:
            managed += owner.least
            continue
        kinds = {item.kind for item in items if item.row in owner.rows} or {Category.UNKNOWN}
        if not own or own.row not in owner.rows:
            laid_out[kinds.pop() if len(kinds) == 1 else Category.UNKNOWN] += owner.least
    standard = {kind: getattr(book.split, kind.value) for kind in NAMES}
    unknown = laid_out.pop(Category.UNKNOWN)
    if laid_out != standard or scored != book.split.execution or managed != book.split.management or unknown:
        shares = (
            [f"管理 {format_number(managed)}（{format_number(book.split.management)}）"]
            if managed or book.split.management
            else []
        )
        shares += [
            f"{NAMES[kind]} {format_number(laid_out[kind])}（{format_number(standard[kind])}）"
            for kind in NAMES
            if laid_out[kind] or standard[kind]
        ]
        shares += [f"未标明一级指标 {format_number(unknown)}"] if unknown else []
        firsts = [next(group) for _, group in groupby(items, key=lambda item: item.category.at)]
        parts = [("执行率", scored, book.split.execution)]
        parts += [("管理", managed, book.split.management)] if managed or book.split.management else []
        parts += [(NAMES[kind], laid_out[kind], standard[kind]) for kind in NAMES if laid_out[kind] or standard[kind]]
        stated, expected = ("、".join(f"{part[0]} {format_number(part[place])}" for part in parts) for place in (1, 2))
        yield (
            f"各部分分值与规定的分值结构（括号内）不同：预算执行率 {format_number(scored)}（{format_number(book.split.execution)}）、{'、'.join(shares)}",
            Figures(stated, expected),
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
    fault_zh="填报的评价等级不是填报总分按规则手册分数线对应的等级。",
    why_zh="等级是结果应用的依据，等级不实直接影响预算安排和考核。",
    doubt_zh="当地的分数线或档名不同；等级由主管部门或财政部门复核后另行评定。",
    ask_zh="请按填报总分更正等级；等级另行评定的，请提供评定文件。",
    verify_zh="先核实总分（SCO001）；再查当地办法的分数线；等级另行评定的，索取评定文件。",
)
def grade_misstated(form: Form, book: Rulebook):
    """The stated grade is not the one that the stated total earns.

    The grade is what decisions are taken on.

    Known false alarms: other cut-offs or names in local rules; a grade set in a later review.

    To verify: settle the total first (SCO001); check the local cut-offs; ask for the review's document.
    """
    stated = form.grade.plain
    if form.grade.is_blank or stated[:1] not in book.grades:
        raise NotApplicable(
            "表中没有评价等级" if form.grade.is_blank else f"{form.grade.place} “{form.grade}”不是规则手册的等级"
        )
    earned = book.grade(form.total_score.number)
    if stated[:1] != earned:
        figures = Figures(form.grade.text, earned, f"总分 {form.total_score} 分")
        yield f"总分 {form.total_score} 分应为“{earned}”，填报“{form.grade}”", figures, form.grade, form.total_score


@rule(
    "SCO006",
    zh="一级指标分值与三级不符",
    en="First-level points contradict items",
    severity=ERROR,
    basis="points",
    flags=[{"indicators.14.category": "满意度指标（20分）"}, {"indicators.14.category": "满意度指标(8分)"}],
    passes=[{"indicators.14.category": "满意度指标（10分）"}, {"indicators.14.category": "满意度指标"}],
    fault_zh="一、二级指标名称中标明的分值（如“产出指标（50分）”），或小计行的分值、得分，不等于所属三级指标之和。",
    why_zh="标题与分项对不上，可能是分值改动过，或有指标漏填。",
    doubt_zh="同一个一级指标在表中分成几段书写，程序按段分别比较；标明的分值含有本项目不适用、未列出的指标。",
    ask_zh="请核对各行分值和得分，更正不一致的一处。",
    verify_zh="把该一级指标各行分值相加；对照批复的指标体系，确定是标题写错、分值改动还是漏行。",
)
def first_level_contradicts_items(form: Form, book: Rulebook):
    """A level states points, such as 产出指标（50分） or in a row of its own, that are not the sum of its items' points.

    Points were changed, or an item is missing. The same holds of the score in a level's row (小计).

    Known false alarms: one heading repeated over separate blocks of rows, each compared by itself.

    To verify: add up all rows of the heading; compare with the approved indicators.
    """
    stated = [(level, column, word) for level in levels(form) for column, word in OWNED.items()]
    stated = [one for one in stated if getattr(one[0], one[1]).is_number and one[0].rows]
    if not stated:
        raise NotApplicable("一级指标没有标明分值")
    for level, column, word in stated:
        entry: Value = getattr(level, column)
        within = [one for one in _within(form, column, level.rows) if one.entry.at != entry.at]
        laid_out = Sum(tuple(within))
        covered = {row for one in within for row in one.rows}
        if not covered.issuperset(level.rows) and entry.number >= laid_out.least:
            continue  # the rest is what the level says
        if entry.number < laid_out.least or (laid_out.most is not None and entry.number > laid_out.most):
            yield (
                f"“{level.name.one_line}”标明{word} {entry} 分，所属指标{word}合计 {laid_out} 分",
                Figures(f"{entry} 分", f"{laid_out} 分", " + ".join(str(one.entry) for one in within)),
                *dict.fromkeys((level.name, entry)),
                *(one.entry for one in within),
            )
