"""DES: which indicators a form has, and where they stand."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from auditkit.assess.direction import Better, better
from auditkit.model import Category, Figures, Form, Indicator, NotApplicable
from auditkit.parse.levels import FIRST_LEVEL, level_of, local_split
from auditkit.quantity.measure import Measure, QuantityKind, Relation
from auditkit.rulebooks.loader import Rulebook
from auditkit.rules.rule import NOTE, WARNING, rule
from auditkit.vocabulary.levels import Level, level_named
from auditkit.vocabulary.terms import mentioned, pattern

NAMES = {Category.OUTPUT: "产出", Category.BENEFIT: "效益", Category.SATISFACTION: "满意度", Category.COST: "成本"}


@rule(
    "DES005",
    zh="二级指标挂靠有误",
    en="Second level under the wrong first level",
    severity=WARNING,
    basis="levels",
    flags=[
        {"indicators.11.category": "产出指标"},
        {"indicators.6.category": "效益指标", "indicators.7.category": "效益指标"},
        {"indicators.14.category": "效益指标"},
    ],
    passes=[
        {"indicators.11.subcategory": "社会公益影响指标"},
        {"indicators.11.category": "项目效果指标"},
        {"indicators.8.category": "成本指标", "indicators.9.category": "成本指标"},
    ],
    fault_zh="二级指标挂在了错误的一级指标下。",
    why_zh="挂靠错误使一级指标的分值结构失真，效益或满意度看似没有考核。",
    doubt_zh="个别地方的模板把满意度列为效益指标的二级指标，应先看当地模板。",
    ask_zh="请说明归类的依据；填错的，请调整到应属的一级指标下并更正分值。",
    verify_zh="对照规则手册的指标框架，把该组指标移到应属的一级指标下，再核对各一级指标的分值合计。",
)
def second_level_misplaced(form: Form, book: Rulebook):
    """A second-level indicator stands under a first-level one that it does not belong to, such as 社会效益 under 产出.

    The points of the first-level indicators then mean nothing. A first level of its own for 成本 is accepted also where
    the rulebook has it at the second level (1).
    """
    _need(form)
    for group in _groups(form):
        first, level = group[0], level_of(group[0])
        if level is None or first.kind is Category.UNKNOWN:
            continue
        right = _home(level, book)
        if first.kind is not right and not (level is Level.COST and first.kind is Category.COST):  # (1)
            rows = f"第{first.row}项" if len(group) == 1 else f"第{first.row}至{group[-1].row}项"
            yield (
                f"二级指标“{first.subcategory.one_line}”列在“{first.category.one_line}”下（{rows}），应属{NAMES[right]}指标",
                first.subcategory,
                first.category,
                first,
            )


@rule(
    "DES006",
    zh="缺少一级指标",
    en="First-level indicator missing",
    severity=WARNING,
    basis="levels",
    flags=[
        {"indicators.14.category": "效益指标", "indicators.14.subcategory": "社会效益指标"},
        {f"indicators.{i}.category": "产出指标" for i in range(10, 14)}
        | {f"indicators.{i}.subcategory": "质量指标" for i in range(10, 14)},
    ],
    passes=[
        {"indicators.14.category": "效益指标"},
        {f"indicators.{i}.category": "产出指标" for i in range(10, 14)},
    ],
    fault_zh="缺少规则手册要求的一级指标。",
    why_zh="只考核做了什么，不考核有什么用、受益者是否满意，自评就不完整。",
    doubt_zh="内部运转类项目没有外部服务对象，有的地方允许不设满意度，分值并入其他部分。",
    ask_zh="请说明没有设置这类指标的原因，并附批复的绩效目标申报表。",
    verify_zh="看批复的绩效目标申报表是否设有该类指标；批复有而自评没有的，属自评漏报。",
)
def first_level_missing(form: Form, book: Rulebook):
    """A first-level indicator to which the rulebook gives points has no indicator on the form.

    One whose second level stands elsewhere counts as present (1): that is a misplaced one (DES005).
    """
    _need(form)
    present = {item.kind for item in form.indicators} - {Category.UNKNOWN}
    present |= {_home(level, book) for level in map(level_of, form.indicators) if level}  # (1)
    if not present:
        raise NotApplicable("表中没有标明一级指标和二级指标")
    for kind, name in NAMES.items():
        points = getattr(book.split, kind.value)
        if points > 0 and kind not in present:
            figures = Figures("0 分", f"{points} 分")
            yield f"没有{name}指标，按规定{name}指标应占 {points} 分", figures, form.indicators[0].category


@rule(
    "DES007",
    zh="缺少二级指标",
    en="Second-level indicator missing",
    severity=NOTE,
    basis="levels",
    flags=[
        {"indicators.6.subcategory": "质量指标", "indicators.7.subcategory": "质量指标"},
        {"indicators.8.subcategory": "数量指标", "indicators.9.subcategory": "数量指标"},
    ],
    passes=[
        {"indicators.8.category": "成本指标", "indicators.9.category": "成本指标"},
        {f"indicators.{i}.subcategory": "" for i in range(10)},
        {"indicators.6.subcategory": "进度时效指标"},
    ],
    fault_zh="产出指标缺少数量、质量、时效或成本中的一项。",
    why_zh="没有质量、时效或成本指标，就看不出做得好不好、是否按时、花得值不值。",
    doubt_zh="少数项目确实不宜设某一类（如纯补助发放项目难设质量指标），应在申报时说明。",
    ask_zh="请说明没有设置这类指标的原因，并附批复的绩效目标申报表。",
    verify_zh="对照批复的绩效目标申报表；原来设有的，查自评时为何删去。",
)
def second_level_missing(form: Form, book: Rulebook):
    """Output has no indicator of quantity, quality or timeliness, or of cost where the rulebook wants it there.

    What was done, how well, when and at what price are asked of every output. One that stands under another first-level
    indicator counts as present (1): that is a misplaced one (DES005).
    """
    _need(form)
    outputs = [item for item in form.indicators if item.kind is Category.OUTPUT]
    if not outputs:
        raise NotApplicable("表中没有产出指标")
    if all(level_of(item) is None for item in outputs):
        raise NotApplicable("产出指标没有填写二级指标")
    wanted = [Level.QUANTITY, Level.QUALITY, Level.TIMELINESS, *([] if book.split.cost else [Level.COST])]
    present = {level_of(item) for item in form.indicators}  # (1)
    for level in wanted:
        if level not in present:
            yield f"产出指标下没有{level.zh}指标，看不出{_ASKED[level]}", outputs[0].category


@rule(
    "DES010",
    zh="产出数量设上限",
    en="Output capped",
    severity=NOTE,
    basis="quantity",
    flags=[dict(target="≤45公里"), dict(target="不超过20次"), dict(target="45公里以内")],
    passes=[
        dict(target="≥45公里"),
        dict(name="管网漏损事故次数", target="≤3次"),
        dict(name="办公用纸用量", target="≤200箱"),
        dict(target="40至50公里"),
    ],
    fault_zh="产出数量指标设的是上限，少做反而达标。",
    why_zh="数量指标考核做了多少；设上限则做得越少越“达标”，不做也得满分。",
    doubt_zh="会议、接待、用能等厉行节约的数量依规定应设上限，可不作问题处理。",
    ask_zh="请说明设定上限的依据；没有依据的，请改为应完成的数量。",
    verify_zh="问清上限的来由：有文件限额的，建议移作成本或质量指标；没有的，改为下限或确数。",
)
def output_capped(indicator: Indicator, book: Rulebook):
    """A quantity indicator (数量指标) has an upper limit as its target, so that doing nothing meets it.

    Matters of which less is better, such as 投诉 and 事故 (1), and those on which the law fixes a ceiling (2), are rightly
    capped. A time limit under 数量 is misclassified (DES004), not capped (3).
    """
    if level_of(indicator) is not Level.QUANTITY:
        return
    name = indicator.name.plain
    capped = [
        measure
        for measure in indicator.target.quantity.measures
        if measure.relation in (Relation.AT_MOST, Relation.BELOW)
        and measure.unit != ":"
        and measure.kind in (QuantityKind.COUNT, QuantityKind.NUMBER, QuantityKind.DURATION)
    ]
    exempt = mentioned("design.capped.lawful", name) or all(_should_be_few(indicator, m) for m in capped)  # (1) (2)
    timed = any(measure.kind is QuantityKind.DURATION for measure in capped) and _TIMED.search(name)  # (3)
    if capped and not exempt and not timed:
        yield (
            f"数量指标的指标值“{indicator.target.one_line}”是上限，少做甚至不做也算达标",
            indicator.target,
            indicator.name,
        )


def _should_be_few(indicator: Indicator, measure: Measure) -> bool:
    """True for a fault, and for what only speaks of one without saying that it is handled."""
    wanted = better(indicator.name.text, indicator.subcategory.plain, measure.kind)
    return wanted is Better.LESS or (wanted is None and bool(mentioned("senses.adverse", indicator.name.plain)))


_TIMED = pattern("levels.signs.timeliness.heads")


_ASKED = {
    Level.QUANTITY: "做了多少",
    Level.QUALITY: "做得好不好",
    Level.TIMELINESS: "是否按时",
    Level.COST: "花得值不值",
}


def _home(level: Level, book: Rulebook) -> Category:
    """The first-level indicator of a second-level one under this rulebook."""
    return Category.OUTPUT if level is Level.COST and not book.split.cost else FIRST_LEVEL[level]


def _groups(form: Form) -> Iterator[list[Indicator]]:
    """Consecutive rows with the same second level under the same first level."""
    for _, group in groupby(form.indicators, key=lambda i: (i.category.plain, level_named(i.subcategory.plain))):
        yield list(group)


def _need(form: Form) -> None:
    if not form.indicators:
        raise NotApplicable("表中没有绩效指标")
    if local := local_split(form):
        raise NotApplicable(f"一级指标“{local.one_line}”另成体系，不按规则手册的一、二级指标核对")
