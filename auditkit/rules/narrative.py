"""NAR: what the unit says in words about its goals and results."""

from __future__ import annotations

import re
from decimal import Decimal

from auditkit.assess.judgement import Verdict
from auditkit.assess.verdict import judge
from auditkit.model import Form, Indicator, NotApplicable
from auditkit.quantity.numbers import format_number, shown_percent
from auditkit.quantity.parser import parse_quantity
from auditkit.rulebooks.loader import Rulebook
from auditkit.rules.rule import NOTE, WARNING, rule
from auditkit.vocabulary.spelling import plain
from auditkit.vocabulary.terms import Expression, any_of, pattern, words

_FIGURE = Expression(r"\d+(?:\.\d+)?")


_CLAIMS = Expression(
    "|".join(words("outcome.claims")).replace("{全}", any_of("outcome.whole")).replace("{都}", any_of("outcome.every"))
)


_HEDGES, _AIMS, _NAMES = (pattern(f"outcome.{kind}") for kind in ("hedges", "aims", "names"))


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
    ask_zh="请修改总体表述，或说明它所指的范围。",
    verify_zh="对照列出的未达标或扣分指标，请单位修改总体表述或说明所指范围。",
)
def claims_all_targets_met(form: Form, book: Rulebook):
    """The result text claims completion of all targets while a verdict is missed or the unit itself deducted points.

    目标基本完成 and other hedged statements are no such claim (1).
    """
    if form.outcome.is_blank:
        raise NotApplicable("实际完成情况未填写")
    claim = _claim(form.outcome.text)
    short = [item for item in form.indicators if _fell_short(item, book)]
    if claim and short:
        yield (
            f"实际完成情况写“{claim}”，但{'；'.join(_shortfall(item, book) for item in short[:SHOWN])}{'等' if len(short) > SHOWN else ''}",
            form.outcome,
            *(item.score for item in short),
        )


def _claim(text: str) -> str:
    """The first clause that claims completion, in the form's own words, without a hedge in its sentence (1)."""
    for sentence in re.split(r"[。；;!！\n]", text):
        if _HEDGES.search(plain(sentence)):
            continue
        for clause in re.split("[，,：:]", sentence):
            if _CLAIMS.search(plain(clause)) and not _AIMS.search(plain(clause)):
                return clause.strip()
    return ""


def _shortfall(item: Indicator, book: Rulebook) -> str:
    if judge(item, book.thresholds).verdict is Verdict.MISSED:
        return f"第{item.row}项“{item.name.one_line}”的完成值“{item.result.one_line}”没有达到指标值“{item.target.one_line}”"
    lost = format_number(item.points.number - item.score.number)
    return f"第{item.row}项“{item.name.one_line}”自己扣了 {lost} 分"


SHOWN = 5


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
    ask_zh="请补写与指标对应的完成数量、比率和时间。",
    verify_zh="请单位补充与指标对应的完成数量、比率和时间。",
)
def result_without_figures(form: Form, book: Rulebook):
    """The result text has no figure; a year, a name in quotation marks or an ordinal is none."""
    if form.outcome.is_blank:
        raise NotApplicable("实际完成情况未填写")
    if not parse_quantity(_NAMES.sub("□", form.outcome.plain)).measures:
        yield "实际完成情况没有一个数字（年份、名称和序号不算），完成了多少看不出来", form.outcome


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
        {"goal": "供水管网建设补助经费", "outcome": "供水管网建设补助经费"},
    ],
    passes=[
        {
            "goal": "完成全市农村供水管网改造，保障农村居民饮水安全。",
            "outcome": "全市农村供水管网已改造46.5公里，受益群众2.3万人。",
        },
        {"goal": "办理案件。", "outcome": "办理案件。"},
        {"goal": "新建集中供水点12处。", "outcome": "新建集中供水点12处。"},
        {"goal": "供水管网建设补助经费", "outcome": "供水管网建设补助资金"},
        {
            "goal": "改造农村供水管网45公里，安装智能水表3000块，培训村级管水员364名。",
            "outcome": "改造农村供水管网46.5公里，安装智能水表3120块，培训村级管水员364名。",
        },
    ],
    fault_zh="实际完成情况与预期目标的文字几乎相同。",
    why_zh="照抄目标的完成情况没有说明实际做了什么。",
    doubt_zh="目标本身写得具体且确已全部完成时，文字可能自然相近。",
    ask_zh="请按实际情况重新填写，列出完成数量、时间和未完成的事项。",
    verify_zh="请单位按实际情况重写，列出完成数量、时间和未完成事项。",
)
def result_copies_the_goal(form: Form, book: Rulebook):
    """The result text is nearly identical with the goal.

    A result that gives other figures than the goal (1) is no copy. Texts too short to be anyone's own are one only where
    they are the same letter for letter, say no figure that could have been reached, and are more than the name of a
    task (2).
    """
    if form.goal.is_blank or form.outcome.is_blank:
        raise NotApplicable("预期目标或实际完成情况未填写")
    from rapidfuzz import fuzz

    figures = set(_FIGURE.findall(form.outcome.plain))
    if figures - set(_FIGURE.findall(form.goal.plain)):  # (1)
        return
    shorter = min(len(form.goal.plain), len(form.outcome.plain))
    equal = form.goal.plain == form.outcome.plain and not figures and shorter >= book.thresholds.copied_whole
    if shorter < book.thresholds.copied_length and not equal:  # (2)
        return
    likeness = Decimal(str(round(fuzz.ratio(form.goal.plain, form.outcome.plain) / 100, 4)))
    if likeness >= book.thresholds.copied:
        yield (
            f"实际完成情况的文字有 {shown_percent(likeness)} 与预期目标相同，没有写实际做了什么",
            form.outcome,
            form.goal,
        )
