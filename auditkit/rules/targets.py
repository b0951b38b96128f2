"""TGT: the indicators of a self-evaluation against those of the approved target form of the same project."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal

from auditkit.assess.easing import Ease, easing
from auditkit.assess.matching import Matched, PairedRow, bare_name, match_rows
from auditkit.assess.points import Shift, shifts
from auditkit.model import Figures, Form, Indicator, NotApplicable, Pair, Value
from auditkit.quantity.numbers import format_number
from auditkit.rulebooks.loader import Rulebook
from auditkit.rules.rule import ERROR, NOTE, WARNING, rule

_QUOTED = 60  # letters of an explanation


def _in(form: Form, value: Value) -> Value:
    """The value with the file and project of its paper on its place."""
    return replace(value, at=value.at._replace(source=form.paper)) if value.at else value


def _both(two: PairedRow) -> Iterator[Value]:
    """The proof from both papers: the target and, where names differ, the name of either; that of the unit first."""
    other = bare_name(two.approved.name.text) != bare_name(two.filed.name.text)
    for form, item in ((two.pair.filed, two.filed), (two.pair.approved, two.approved)):
        yield _in(form, item.target)
        if other:
            yield _in(form, item.name)


def _named(two: PairedRow) -> str:
    """Which indicator, by both its names where they differ: what was matched with what."""
    ours, theirs = two.approved.name.one_line, two.filed.name.one_line
    return f"“{theirs}”" if bare_name(ours) == bare_name(theirs) else f"“{theirs}”（批复为“{ours}”）"


def _explained(item: Indicator) -> str:
    told = item.explanation
    return "" if told.is_blank else f"；自评表的说明：“{told.one_line[:_QUOTED]}”"


@rule(
    "TGT001",
    zh="指标值被放宽",
    en="Target loosened",
    severity=ERROR,
    basis="approved",
    flags=[
        {"filed.indicators.0.target": "≥40公里"},
        {"approved.indicators.0.target": "≥62.5公里", "filed.indicators.0.target": "≥62公里"},
        {"filed.indicators.7.target": "≤36小时"},
        {"filed.indicators.6.target": "2022年12月31日前"},
        {"filed.indicators.4.target": "≥97.5%"},
        {"filed.indicators.7.target": "≤2天"},
        {"filed.indicators.0.target": "≥40公里", "filed.indicators.0.explanation": "经主管部门同意调整。"},
    ],
    passes=[
        {},
        {"filed.indicators.0.target": "不少于45公里"},
        {"filed.indicators.7.target": "≤1天"},
        {"filed.indicators.0.target": "≥45000米"},
        {"filed.indicators.2.target": "≥0.3万块"},
        {"filed.indicators.0.target": "≥50公里"},
    ],
    fault_zh="自评表的年度指标值比批复的绩效目标容易达到。",
    why_zh="降低指标值后的“达成”不是对批复目标的达成，得分没有依据。",
    doubt_zh="目标按规定程序调整过，而运行中的是调整前的批复表。",
    ask_zh="请说明指标值与批复不同的依据，并附批准调整的文件；没有的，请按批复的指标值更正得分。",
    verify_zh="核对批复文件和目标调整的批准手续；没有手续的，按批复的指标值重新计分。",
)
def target_loosened(two: PairedRow, book: Rulebook):
    """The target of the self-evaluation is easier than the approved one; how much is said.

    A target is an exact bound. Units that convert are converted first (1). A reason beside it is quoted, and silences nothing (2).

    Known false alarms: the target was changed by the proper procedure, and the run holds the former paper.

    To verify: ask for the approval of the change; failing that, score by the approved target.
    """
    found = easing(two.approved, two.filed, book.thresholds)  # (1)
    if found.ease is Ease.EASED:
        ours, theirs = two.approved.target.one_line, two.filed.target.one_line
        how = f"，{found.why}" if found.why else ""
        yield (
            f"{_named(two)}：批复的指标值“{ours}”，自评表“{theirs}”{how}{_explained(two.filed)}",  # (2)
            two.filed,
            Figures(theirs, ours, found.calculation),
            *_both(two),
        )


@rule(
    "TGT002",
    zh="指标值被改动",
    en="Target altered",
    severity=WARNING,
    basis="approved",
    flags=[
        {"filed.indicators.0.target": "≥50公里"},
        {"filed.indicators.0.target": "≥45处"},
        {"filed.indicators.0.target": "≤45公里"},
        {"filed.indicators.4.target": "明显提高"},
        {"filed.indicators.6.subcategory": "质量指标"},
        {"filed.indicators.0.name": "片区改造供水管网长度"},
    ],
    passes=[
        {},
        {"filed.indicators.0.name": "完成改造供水管网的长度"},
        {"filed.indicators.0.target": "≥４５ 公里"},
        {"filed.indicators.0.target": "≥40公里"},
        {"filed.indicators.7.target": "≤1440分钟"},
        {"filed.indicators.6.target": "2022年11月底前"},
    ],
    fault_zh="自评表的指标值与批复的不同：更严、换了单位、改了比较符、数值改成文字，或者指标缩小（扩大）了名称、移到了别的二级指标下。",
    why_zh="指标值应与批复一致，改动后的完成情况无法与批复对照。",
    doubt_zh="批复表本身填错单位，自评时改正。",
    ask_zh="请说明改动指标值的依据，并附批准调整的文件；没有的，请按批复更正。",
    verify_zh="对照两张表，请单位说明改动的依据。",
)
def target_altered(two: PairedRow, book: Rulebook):
    """The target is another than the approved one without being plainly easier, or the indicator stands under another level
    or has a name that narrows or widens it.

    Stricter, in a unit that does not convert, with the comparator turned, or in words in place of a figure.

    Known false alarms: the approved paper had the wrong unit, which the self-evaluation puts right.

    To verify: lay the papers side by side, and ask for the reason of the change.
    """
    if two.moved:
        ours, theirs = two.approved.subcategory, two.filed.subcategory
        yield (
            f"{_named(two)}：批复在“{ours.one_line}”下，自评表移到“{theirs.one_line}”下{_explained(two.filed)}",
            two.filed,
            _in(two.pair.filed, theirs),
            _in(two.pair.approved, ours),
        )
    if two.renamed:
        yield (
            f"{_named(two)}：改了名称，范围可能不同{_explained(two.filed)}",
            two.filed,
            _in(two.pair.filed, two.filed.name),
            _in(two.pair.approved, two.approved.name),
        )
    found = easing(two.approved, two.filed, book.thresholds)
    if found.ease in (Ease.STRICTER, Ease.ALTERED):
        ours, theirs = two.approved.target.one_line, two.filed.target.one_line
        stricter = "比批复严" if found.ease is Ease.STRICTER else ""
        how = "，".join(filter(None, (stricter, found.why)))
        yield (
            f"{_named(two)}：批复的指标值“{ours}”，自评表“{theirs}”，{how}{_explained(two.filed)}",
            two.filed,
            Figures(theirs, ours, found.calculation),
            *_both(two),
        )


def _matched(pair: Pair) -> Matched:
    """The rows of both papers. Raises NotApplicable where either has none."""
    if not pair.approved.indicators:
        raise NotApplicable("批复的绩效目标表中没有读到年度指标")
    if not pair.filed.indicators:
        raise NotApplicable("自评表中没有读到指标")
    return match_rows(pair)


def _shifts(pair: Pair, rows: Matched) -> Shift | None:
    try:
        return shifts(pair, rows)
    except NotApplicable:
        return None


def _gone_to(items: Iterable[Indicator]) -> str:
    named = "、".join(f"“{item.name.one_line}”" for item in items)
    return named and f"，分值并入{named}"


@rule(
    "TGT003",
    zh="批复指标被删减",
    en="Approved indicator dropped",
    severity=ERROR,
    basis="approved",
    flags=[
        {"filed.indicators.0.name": "维修管护车辆"},
        {"filed.indicators.5.name": "管网工程验收不合格率"},
        {"filed.indicators.14.name": "供水企业职工满意度", "filed.indicators.14.target": "≥80%"},
        {"approved.indicators.3.name": "组织水源地巡查次数"},
    ],
    passes=[
        {},
        {"filed.indicators.0.name": "改造供水管网 长度。"},
        {"filed.indicators.0.name": "供水管网改造长度"},
        {"filed.indicators.5.name": "验收合格率（管网工程）", "approved.indicators.5.name": "管网工程验收合格率"},
        {"filed.indicators.0.subcategory": "质量指标"},
    ],
    fault_zh="批复的绩效目标中的指标，自评表中没有。",
    why_zh="完不成的指标一删了之，自评得分就不再反映批复的目标。",
    doubt_zh="指标改了名称而意思未变，程序未能认出。",
    ask_zh="请说明没有列入这项指标的原因；没有批准文件的，请补报其完成情况和得分。",
    verify_zh="在自评表中找意思相同的指标；确实没有的，按未完成计分或要求补报。",
)
def approved_indicator_dropped(pair: Pair, book: Rulebook):
    """An approved indicator has no partner in the self-evaluation, by name or by meaning.

    It says where the points went, which are then no shift of points of their own (1).

    Known false alarms: the indicator has another name of the same meaning, which the program does not know.

    To verify: look for it in the form; if it is not there, count it as not done or ask for it.
    """
    rows = _matched(pair)
    told = _shifts(pair, rows)
    for item in rows.dropped:
        worth = f"，{item.points.text} 分" if item.points.is_number else ""
        gone = _gone_to(told.heirs) if told else ""  # (1)
        yield (
            f"批复的“{item.name.one_line}”（{item.target.one_line}{worth}）自评表中没有{gone}",
            _in(pair.approved, item.name),
            _in(pair.approved, item.target),
            *(_in(pair.filed, heir.points) for heir in (told.heirs if told else ())),
            *([_in(pair.filed, pair.filed.project)] if not (told and told.heirs) else []),
        )


@rule(
    "TGT004",
    zh="新增指标",
    en="Indicator added",
    severity=NOTE,
    basis="approved",
    flags=[
        {"filed.indicators.0.name": "维修管护车辆"},
        {"filed.indicators.5.name": "管网工程验收不合格率"},
        {"filed.indicators.14.name": "供水企业职工满意度"},
        {"approved.indicators.3.name": "组织水源地巡查次数"},
    ],
    passes=[
        {},
        {"filed.indicators.0.name": "供水管网改造长度"},
        {"filed.indicators.0.subcategory": "质量指标"},
        {"filed.indicators.3.name": "预算执行率", "approved.indicators.3.name": "预算执行率"},
    ],
    fault_zh="自评表中的指标，批复的绩效目标中没有。",
    why_zh="自评时添加的指标多半已经完成，会抬高得分。",
    doubt_zh="指标改了名称而意思未变；上级要求增设。",
    ask_zh="请说明增设这项指标的依据，并附批准文件。",
    verify_zh="请单位说明增设的依据；没有依据的，不计入得分。",
)
def indicator_added(pair: Pair, book: Rulebook):
    """An indicator of the self-evaluation was not approved; a row of the execution of the budget is none.

    Known false alarms: the indicator has another name of the same meaning; it was asked for from above.

    To verify: ask for the reason; without one, leave its points out of the score.
    """
    for item in _matched(pair).added:
        worth = f"，{item.points.text} 分" if item.points.is_number else ""
        yield (
            f"“{item.name.one_line}”（{item.target.one_line}{worth}）不在批复的绩效目标中{_explained(item)}",
            item,
            _in(pair.filed, item.name),
            _in(pair.approved, pair.approved.project),
        )


@rule(
    "TGT005",
    zh="分值被调整",
    en="Points shifted",
    severity=WARNING,
    basis="approved",
    flags=[
        {"filed.indicators.0.points": "3", "filed.indicators.1.points": "7"},
        {"filed.indicators.10.points": "4", "filed.indicators.14.points": "14"},
        {"approved.indicators.0.points": "8", "approved.indicators.4.points": "2"},
        {"filed.indicators.2.points": "5.5", "filed.indicators.3.points": "4.5"},
    ],
    passes=[
        {},
        {"filed.indicators.0.points": "5.00"},
        {"approved.indicators.0.points": ""},
        {
            "filed.indicators.0.name": "维修管护车辆",
            "filed.indicators.0.points": "0",
            "filed.indicators.1.points": "10",
        },
    ],
    fault_zh="自评表各项指标的分值与批复的权重不同。",
    why_zh="把分值从完不成的指标移到完成得好的指标，总分就会偏高。",
    doubt_zh="批复的权重按另一满分设定，程序折算后仍有尾差。",
    ask_zh="请说明分值与批复不同的依据；没有批准文件的，请按批复的分值重新计分。",
    verify_zh="对照批复的权重，按批复的分值重新计分。",
)
def points_shifted(pair: Pair, book: Rulebook):
    """The points of indicators differ from the approved weights, scaled to the same sum.

    Points of a dropped or added indicator that went to or came from another are told with that one (1).

    Known false alarms: weights set on another scale, of which rounding leaves something.

    To verify: score by the approved weights.
    """
    told = shifts(pair, _matched(pair))
    if told.left:  # (1)
        parts = [
            f"“{two.filed.name.one_line}”批复 {format_number(due)} 分、自评表 {two.filed.points.text} 分"
            for two, due in told.left
        ]
        scaled = f"（批复的权重按 {format_number(told.scale, 4)} 折算）" if told.scale != Decimal(1) else ""
        proof = [
            _in(form, item.points)
            for two, _ in told.left
            for form, item in ((pair.filed, two.filed), (pair.approved, two.approved))
        ]
        yield f"{len(told.left)} 项指标的分值与批复不同{scaled}：{'；'.join(parts)}", *proof
