"""NAR001: figures of the text against those of the indicators."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from auditkit.assess.mentions import Mention, matching_indicators, mentions, printed_figures, same_date, same_figure
from auditkit.model import Figures, Form, Indicator, NotApplicable, Value
from auditkit.quantity.measure import Measure, QuantityKind, Relation, comparable, compatible
from auditkit.quantity.numbers import agrees
from auditkit.rulebooks.loader import Rulebook
from auditkit.rules.rule import ERROR, rule
from auditkit.vocabulary.spelling import own_words


@rule(
    "NAR001",
    zh="文字与指标数据矛盾",
    en="Text contradicts indicator",
    severity=ERROR,
    basis="consistent",
    flags=[
        {"outcome": "本年度供水管网已改造56.5公里，受益群众满意度为94.6%。"},
        {"outcome": "年末农村自来水普及率为99.1%，较上年有所提高。"},
        {"goal": "新建集中供水点15处，出厂水质检测合格率不低于98%。"},
        {"indicators.3.name": "培训全市364个村级管水员", "outcome": "培训了全市366个村级管水员。"},
        {
            "indicators.1.target": "≥1.2万亩",
            "indicators.1.result": "1.2",
            "indicators.1.name": "新增高标准农田面积",
            "outcome": "新增高标准农田1.5万亩。",
        },
    ],
    passes=[
        {"outcome": "农村自来水普及率达到95%以上，受益群众满意度为94.6%。"},
        {"outcome": "2022年按财预〔2020〕10号文件要求，召开会议12次，受益群众28万人。"},
        {"outcome": "1、供水管网已改造46.5公里。2、智能水表已安装3120块。"},
        {"outcome": "农村自来水普及率由93.2%提高到96.1%，全省改造供水管网9000公里，我市改造供水管网46.5公里。"},
        {"outcome": "计划改造供水管网45公里，实际改造供水管网46.5公里。"},
        {
            "indicators.1.target": "3次",
            "indicators.1.result": "3次",
            "indicators.1.name": "集中供水点巡检次数",
            "outcome": "集中供水点巡检3批。",
        },
        {
            "indicators.1.target": "≥1.2万亩",
            "indicators.1.result": "1.2",
            "indicators.1.name": "新增高标准农田面积",
            "outcome": "新增高标准农田1.2万亩。",
        },
    ],
    fault_zh="目标或完成情况里的数字，与说同一件事的指标的指标值、完成值或名称里的数字不同。",
    why_zh="同一事项在文字和表格里数字不同，至少有一处不实。",
    doubt_zh="文字说的可能是另一口径（累计数、全市数、其中一部分），名称相近但不是同一事项。",
    ask_zh="请核对并说明以哪一处为准，附该数字的原始台账，更正另一处。",
    verify_zh="对照引用的原文和指标，向单位索取该数字的原始台账，确认口径后认定以哪一处为准。",
)
def text_contradicts_indicator(form: Form, book: Rulebook):
    """A figure in 预期目标 or 实际完成情况 differs from the target, result or name of the indicator that speaks of the same matter.

    It is compared at the precision and in the unit that the text prints, in whatever order of words, and in words
    (十六座) as well; a date by what happened then. Compatible statements are silent (1): 2%以下 says nothing against 1.3%.
    So are figures in other units, of other years, of plans, starting values, increases and parts, document numbers and
    ordinals, and figures that agree with any entry of an indicator on the same matter (2).
    """
    texts = [(form.goal, "预期目标"), (form.outcome, "实际完成情况")]
    if not any(mentions(value.text) for value, _ in texts):
        raise NotApplicable("预期目标和实际完成情况中没有数字")
    for value, place in texts:
        told = [found for mention in mentions(value.text) if (found := _told(mention, form, value is form.goal, book))]
        settled = {found.item.row for found in told if found.agrees} | _summed(told)  # (2)
        for found in told:
            if not found.agrees and found.item.row not in settled:
                yield _contradiction(place, value, found)


@dataclass(frozen=True)
class _Told:
    """A figure of a text, the indicator that it is about, and the entry nearest to it, with the figure printed there."""

    mention: Mention
    item: Indicator
    entry: Value
    printed: str
    agrees: bool


def _contradiction(words: str, value: Value, found: _Told) -> tuple[str, Figures, Value, Value]:
    item, entry, mention = found.item, found.entry, found.mention
    figure = own_words(entry.text, found.printed) or entry.one_line
    if entry is item.name:
        there = f"第{item.row}项的名称写“{entry.one_line}”"
    else:
        there = f"第{item.row}项“{item.name.one_line}”的{'指标值' if entry is item.target else '完成值'}是“{entry.one_line}”"
    return (
        f"{words}写“{mention.text}”，{there}，同一件事一处是“{mention.figure}”，一处是“{figure}”",
        Figures(mention.figure, f"{figure}（第{item.row}项）"),
        value,
        entry,
    )


def _summed(told: list[_Told]) -> set[int]:
    """The indicators whose result the text tells in parts that add up to it."""
    parts: dict[int, list[_Told]] = {}
    for found in told:
        parts.setdefault(found.item.row, []).append(found)
    return {
        row
        for row, (first, *others) in parts.items()
        if others
        and any(
            agrees(measure.number, sum((one.mention.measure.number for one in (first, *others)), Decimal(0)))
            for measure in first.item.result.quantity.measures
        )
    }


def _told(mention: Mention, form: Form, of_goal: bool, book: Rulebook) -> _Told | None:
    """The indicator that a figure of the text is about, and whether one of its entries agrees with it (1)."""
    of_goal = of_goal or mention.planned
    figures = [
        _Told(mention, item, entry, printed, _agree(mention, measure, printed, of_goal))
        for item, _ in matching_indicators(mention, form.indicators, book.thresholds.same_matter)
        for entry in ((item.target if of_goal else item.result), item.name)
        for measure, printed in _in_unit(entry, item)
        if comparable(mention.measure, measure)
    ]
    return next((found for found in figures if found.agrees), figures[0] if figures else None)


def _in_unit(entry: Value, item: Indicator) -> list[tuple[Measure, str]]:
    """An entry's figures; one without unit is in the target's, also in its scale: 1.2 beside a target of 1.2万亩."""
    of_target = next((m for m in item.target.quantity.measures if m.unit), None)
    found = []
    for measure, printed in printed_figures(entry):
        if measure.kind is not QuantityKind.NUMBER or not of_target or of_target.kind not in _COUNTED:
            found.append((measure, printed))
            continue
        for scale in dict.fromkeys((Decimal(1), of_target.scale)):
            number = measure.number * scale
            found.append(
                (replace(measure, number=number, unit=of_target.unit, kind=of_target.kind, scale=scale), printed)
            )
    return found


_COUNTED = (QuantityKind.COUNT, QuantityKind.MONEY, QuantityKind.DURATION)


def _agree(mention: Mention, measure: Measure, printed: str, of_goal: bool) -> bool:
    """A goal names the target's own figure; a result may be told more loosely than it was measured."""
    told = mention.measure
    if told.kind is QuantityKind.DATE:
        return same_date(told, mention.printed, measure, printed)
    readings = (told, replace(told, number=mention.together))
    if any(same_figure(reading, measure) for reading in readings):
        return True
    loose = told.inequality or measure.inequality or told.about or measure.about
    if of_goal:
        return Relation.RANGE in (told.relation, measure.relation) and compatible(told, measure)
    return (loose or Relation.RANGE in (told.relation, measure.relation)) and any(
        compatible(reading, measure) for reading in readings
    )
