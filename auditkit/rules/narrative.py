"""NAR: what the unit says in words about its goals and results."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

from auditkit.assess.judgement import Verdict
from auditkit.assess.mentions import Mention, matching_indicators, mentions
from auditkit.assess.verdict import judge
from auditkit.model import Figures, Form, Indicator, NotApplicable, Value
from auditkit.quantity.measure import Measure, QuantityKind, Relation, comparable, compatible
from auditkit.quantity.numbers import agrees, shown_percent
from auditkit.rulebooks.loader import Rulebook
from auditkit.rules.rule import ERROR, NOTE, WARNING, rule
from auditkit.vocabulary.terms import pattern

SURE = 0.9
_FIGURE = re.compile(r"\d+(?:\.\d+)?")
_CLAIMS, _HEDGES = pattern("narrative.claims"), pattern("narrative.hedges")
Told = tuple[Mention, Indicator, Value | None, float]


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
    verify_zh="对照引用的原文和指标，向单位索取该数字的原始台账，确认口径后认定以哪一处为准。",
)
def text_contradicts_indicator(form: Form, book: Rulebook):
    """A figure in 预期目标 or 实际完成情况 differs from the target, result or name of the indicator that speaks of the same matter.

    Compatible statements are silent (1): 2%以下 says nothing against 1.3%. So are figures in other units, years,
    document numbers and ordinals, and figures that agree with any entry of an indicator on the same matter (2).
    """
    texts = [(form.goal, "预期目标"), (form.outcome, "实际完成情况")]
    if not any(mentions(value) for value, _ in texts):
        raise NotApplicable("预期目标和实际完成情况中没有数字")
    for value, words in texts:
        told = [found for mention in mentions(value) if (found := _told(mention, form, value is form.goal, book))]
        settled = {item.row for _, item, entry, _ in told if entry is None} | _summed(told)  # (2)
        for mention, item, entry, likeness in told:
            if entry is not None and item.row not in settled:
                yield (
                    f"{words}写“{mention.text}”，第{item.row}项“{item.name.one_line}”的{_entry_name(item, entry)}是“{entry.one_line}”"
                    f"，名称相近度 {likeness:.0%}；把握：{'高' if likeness >= SURE else '中'}",
                    Figures(mention.text, f"与第{item.row}项一致：{entry.one_line}"),
                    value,
                    entry,
                )


def _summed(told: list[Told]) -> set[int]:
    """The indicators whose result the text tells in parts that add up to it."""
    rows = {item.row: item for _, item, _, _ in told}
    sums = {row: sum((m.measure.number for m, item, _, _ in told if item.row == row), Decimal(0)) for row in rows}
    return {
        row for row, item in rows.items() if any(agrees(m.number, sums[row]) for m in item.result.quantity.measures)
    }


def _told(mention: Mention, form: Form, of_goal: bool, book: Rulebook) -> Told | None:
    """The indicator that a figure of the text is about, and the entry that contradicts it, None where one agrees (1)."""
    of_goal = of_goal or mention.planned
    matches = matching_indicators(mention, form.indicators, book.thresholds.same_matter)
    figures = [
        (item, entry, likeness, measure)
        for item, likeness in matches
        for entry in ((item.target if of_goal else item.result), item.name)
        for measure in _in_unit(entry.quantity.measures, item)
        if comparable(mention.measure, measure)
    ]
    if not figures:
        return None
    readings = (mention.measure, replace(mention.measure, number=mention.together))
    agreeing = [found for found in figures if any(_agree(told, found[3], of_goal) for told in readings)]
    item, entry, likeness, _ = (agreeing or figures)[0]
    return mention, item, None if agreeing else entry, likeness


def _in_unit(measures: tuple[Measure, ...], item: Indicator) -> list[Measure]:
    """An entry's figures; one without unit is in the target's, also in its scale: 1.2 beside a target of 1.2万亩."""
    of_target = next((m for m in item.target.quantity.measures if m.unit), None)
    bare = [m for m in measures if m.kind is QuantityKind.NUMBER and of_target and of_target.kind in _COUNTED]
    scales = (Decimal(1), *((of_target.scale,) if of_target and of_target.scale != 1 else ()))
    counted = [replace(m, number=m.number * s, unit=of_target.unit, kind=of_target.kind) for m in bare for s in scales]
    return [m for m in measures if m not in bare] + counted


_COUNTED = (QuantityKind.COUNT, QuantityKind.MONEY, QuantityKind.DURATION)


def _entry_name(item: Indicator, entry: Value) -> str:
    return "名称" if entry is item.name else "指标值" if entry is item.target else "完成值"


def _agree(told: Measure, measure: Measure, of_goal: bool) -> bool:
    """A goal names the target's own figure; a result may be told more loosely than it was measured."""
    if of_goal and Relation.RANGE not in (told.relation, measure.relation):
        return agrees(told.number, measure.number) or agrees(measure.number, told.number)
    return compatible(told, measure)


@rule(
    "NAR002",
    zh="声称全部完成",
    en="Claims all targets met",
    severity=WARNING,
    basis="consistent",
    flags=[
        {"outcome": "2022年工作目标如期完成。", "indicators.1.result": "10处"},
        {"outcome": "管网已改造46.5公里，均完成年度指标。", "indicators.1.score": "4"},
        {"outcome": "全年各项绩效目标全部完成。", "indicators.1.result": "＜12处"},
    ],
    passes=[
        {"outcome": "目标基本完成。", "indicators.1.result": "10处"},
        {"outcome": "2022年工作目标如期完成。"},
        {"outcome": "供水管网改造完成46.5公里。", "indicators.1.score": "4"},
    ],
    fault_zh="文字声称目标全部完成，而有指标未达标，或单位自己扣了分。",
    why_zh="总体说全部完成，分项却未达标或自行扣分，总体表述不实。",
    doubt_zh="单位说的“任务”可能指工作安排而不是绩效指标；自行扣分可能出于谨慎。",
    verify_zh="对照列出的未达标或扣分指标，请单位修改总体表述或说明所指范围。",
)
def claims_all_targets_met(form: Form, book: Rulebook):
    """The result text claims completion of all targets while a verdict is missed or the unit itself deducted points.

    目标基本完成 and other hedged statements are no such claim (1).
    """
    if form.outcome.is_blank:
        raise NotApplicable("实际完成情况未填写")
    claim = _claim(form.outcome.plain)
    short = [item for item in form.indicators if _fell_short(item, book)]
    if claim and short:
        rows = "、".join(f"第{item.row}项" for item in short)
        yield (
            f"实际完成情况写“{claim.rstrip('。')}”，但{rows}未达标或自行扣分；把握：高",
            form.outcome,
            *(item.score for item in short),
        )


def _claim(text: str) -> str:
    """The first clause that claims completion without a hedge in its sentence (1)."""
    sentences = [s for s in re.split(r"(?<=[。;!])", text) if _CLAIMS.search(s) and not _HEDGES.search(s)]
    clauses = [clause for sentence in sentences for clause in sentence.split(",")]
    return next((clause for clause in clauses if _CLAIMS.search(clause)), sentences[0] if sentences else "")


def _fell_short(item: Indicator, book: Rulebook) -> bool:
    deducted = item.points.is_number and item.score.is_number and item.score.number < item.points.number
    return deducted or judge(item, book.thresholds).verdict is Verdict.MISSED


@rule(
    "NAR003",
    zh="完成情况无量化",
    en="Result without figures",
    severity=NOTE,
    basis="measured",
    flags=[
        {"outcome": "2022年工作目标如期完成，群众普遍满意。"},
        {"outcome": "“十四五”规划任务有序推进，供水保障能力显著提高。"},
    ],
    passes=[{"outcome": "管网改造完成46.5公里。"}, {"outcome": "新建供水点十二处。"}],
    fault_zh="实际完成情况没有一个数字。",
    why_zh="没有数字的完成情况无法与指标核对。",
    doubt_zh="个别项目（如制度建设）的成果确实难以计数。",
    verify_zh="请单位补充与指标对应的完成数量、比率和时间。",
)
def result_without_figures(form: Form, book: Rulebook):
    """The result text has no figure; a year, a name in quotation marks or an ordinal is none."""
    if form.outcome.is_blank:
        raise NotApplicable("实际完成情况未填写")
    if not form.outcome.quantity.measures:
        yield "实际完成情况没有一个数字（年份、名称和序号不算）", form.outcome


@rule(
    "NAR007",
    zh="完成情况照抄目标",
    en="Result text copies the goal",
    severity=WARNING,
    basis="consistent",
    flags=[
        {
            "goal": "完成全市农村供水管网改造和集中供水点建设，保障农村居民饮水安全。",
            "outcome": "完成全市农村供水管网改造和集中供水点建设，保障农村居民饮水安全。",
        },
        {
            "goal": "完成全市农村供水管网改造和集中供水点建设，保障农村居民饮水安全。",
            "outcome": "完成了全市农村供水管网改造和集中供水点建设，保障农村居民饮水安全",
        },
    ],
    passes=[
        {
            "goal": "完成全市农村供水管网改造，保障农村居民饮水安全。",
            "outcome": "全市农村供水管网已改造46.5公里，受益群众2.3万人。",
        },
        {"goal": "办理案件。", "outcome": "办理案件。"},
        {
            "goal": "改造农村供水管网45公里，安装智能水表3000块，培训村级管水员364名。",
            "outcome": "改造农村供水管网46.5公里，安装智能水表3120块，培训村级管水员364名。",
        },
    ],
    fault_zh="实际完成情况与预期目标的文字几乎相同。",
    why_zh="照抄目标的完成情况没有说明实际做了什么。",
    doubt_zh="目标本身写得具体且确已全部完成时，文字可能自然相近。",
    verify_zh="请单位按实际情况重写，列出完成数量、时间和未完成事项。",
)
def result_copies_the_goal(form: Form, book: Rulebook):
    """The result text is nearly identical with the goal.

    Texts too short to be anyone's own (1), and a result that gives other figures than the goal (2), are no copy.
    """
    if form.goal.is_blank or form.outcome.is_blank:
        raise NotApplicable("预期目标或实际完成情况未填写")
    from rapidfuzz import fuzz

    if min(len(form.goal.plain), len(form.outcome.plain)) < book.thresholds.copied_length:  # (1)
        return
    if set(_FIGURE.findall(form.outcome.plain)) - set(_FIGURE.findall(form.goal.plain)):  # (2)
        return
    likeness = Decimal(str(round(fuzz.ratio(form.goal.plain, form.outcome.plain) / 100, 4)))
    if likeness >= book.thresholds.copied:
        yield (
            f"实际完成情况与预期目标的文字相同率 {shown_percent(likeness)}（阈值 {shown_percent(book.thresholds.copied)}）",
            form.outcome,
            form.goal,
        )
