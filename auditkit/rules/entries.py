"""STR: titles, names and texts as they were typed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from auditkit.model import Form, Indicator, NotApplicable, Value
from auditkit.rulebooks.loader import Rulebook
from auditkit.rules.rule import NOTE, rule
from auditkit.vocabulary.terms import Expression, any_of, pattern

_YEAR = Expression(r"(?:19|20)\d{2}年?度?")
_ATTACHMENT = Expression(r"^(?:附件|附表|附)[\d一二三四五六七八九十]*[-—\d]*[:.、]?")
_KIND = Expression(
    r"(?:部门整体|整体|部门|项目|专项|预算|财政|转移支付|资金|支出|绩效|目标|单位|自评价|自评|评价|报告|情况|汇总|区域|\(|\)|及|和)*表.*$"
)
_MARKS = Expression(r"[《》〈〉“”\"'()\s]")
_PAIRS = {"（": "）", "(": ")", "《": "》", "“": "”", "【": "】", "〔": "〕", "[": "]"}
_LIST_MARK = Expression(r"(?:^|(?<=[\s。；;，,、：:]))[\d一二三四五六七八九十]{1,2}[)）]")
_DOUBLED = Expression(r"[，。；、：,;:]{2,}|的的|了了")


@rule(
    "STR003",
    zh="表头有误",
    en="Heading altered",
    severity=NOTE,
    basis="template",
    flags=[{"title": "在项目支出绩效自评表"}, {"title": "项目支出续效自评表"}],
    passes=[
        {"title": "2022年度项目支出绩效自评表"},
        {"title": "清溪市水利局农村饮水安全巩固提升项目支出绩效自评表"},
        {"title": "部门整体支出绩效自评表"},
        {"title": "清溪省项目支出绩效自评表"},
        {"title": "某市财政局项目支出绩效自评表"},
    ],
    fault_zh="表的标题与规定格式不一致（多字、少字、错字）。",
    why_zh="标题有误说明表未经核对，归档和汇总时也可能认错。",
    doubt_zh="地方自定的标题可能就是这样写的。",
    ask_zh="请按规定的格式文本更正。",
    verify_zh="对照本地下发的格式文本。",
)
def heading_altered(form: Form, book: Rulebook):
    """The form's heading is not the template's: letters too many, too few or mistyped.

    A year, the unit's or the project's name before it, any other place's or office's (1), and other official kinds of
    form (2) are no alteration.
    """
    if form.title.is_blank:
        raise NotApplicable("表中没有标题")
    rest = _YEAR.sub("", form.title.plain)
    for name in (form.project, form.department, form.implementer):  # (1)
        rest = rest.replace(name.plain, "") if name.plain else rest
    rest = pattern("titles.words").sub("", rest)  # (2)
    if 0 < len(rest) <= ODD and not pattern("titles.offices").fullmatch(rest):  # (1)
        yield f"标题“{form.title.one_line}”与格式文本不符，多出或写错“{rest}”", form.title


ODD = 3


@rule(
    "STR004",
    zh="文字差错",
    en="Text defect",
    severity=NOTE,
    basis="template",
    flags=[
        {"indicators.1.target": "≥12处处"},
        {"indicators.4.name": "出厂水质检测合格率、"},
        {"outcome": "制定“十四五供水规划，改造46.5公里。"},
        {"goal": "改造供水管网45公里，，新建供水点12处。"},
    ],
    passes=[
        {"outcome": "（1）改造46.5公里；2）新建12处。"},
        {"goal": "落实“十四五”规划（供水部分）。"},
        {"indicators.4.name": "出厂水质检测合格率。"},
    ],
    fault_zh="文字有重复的单位、悬空的标点，或括号、引号不成对。",
    why_zh="差错本身不影响得分，但常与改动过的数字同时出现。",
    doubt_zh="引文或专名本来如此。",
    ask_zh="请核对原文并更正。",
    verify_zh="看原文，请单位更正。",
)
def text_defect(form: Form, book: Rulebook):
    """A text has a doubled unit or mark, ends in a dangling mark, or its brackets or quotation marks are unbalanced.

    The bracket of an ordinal such as 1) opens nowhere (1).
    """
    for value, item in _texts(form):
        defect = _defect(value, item)
        if defect:
            yield defect, value, item


def _texts(form: Form) -> Iterator[tuple[Value, Indicator | None]]:
    yield from ((value, None) for value in (form.project, form.goal, form.outcome))
    for item in form.indicators:
        yield from ((value, item) for value in (item.name, item.target, item.result, item.explanation))


def _defect(value: Value, item: Indicator | None) -> str:
    text = value.text.strip()
    if found := re.search(rf"\d({any_of('titles.units')})\1(?!\1)", value.plain):
        return f"“{_excerpt(text, text.find(found[0]))}”单位重复“{found[1]}{found[1]}”"
    if found := _DOUBLED.search(bare := text.replace("……", "")):
        return f"“{_excerpt(bare, found.start())}”标点或文字重复“{found[0]}”"
    if item is not None and value is item.name and text.endswith(("、", "，", "；", "：", ",", ";")):
        return f"“{_excerpt(text, len(text))}”末尾有多余的“{text[-1]}”"
    unpaired = _unpaired(bare := _LIST_MARK.sub("", text))  # (1)
    if unpaired is None:
        return ""
    # A quotation mark within quotation marks, “””, is read by nobody.
    mark = {"“": "左引号", "”": "右引号"}.get(bare[unpaired], f"“{bare[unpaired]}”")
    return f"“{_excerpt(bare, unpaired)}”中的{mark}不成对"


def _unpaired(text: str) -> int | None:
    """The place of the first bracket or quotation mark that has no partner."""
    open_marks: list[int] = []
    closing = {close: start for start, close in _PAIRS.items()}
    for place, char in enumerate(text):
        if char in _PAIRS:
            open_marks.append(place)
        elif char in closing:
            partner = {closing[char], *(o for o in _PAIRS if _half(o) == _half(closing[char]))}
            if not open_marks or text[open_marks.pop()] not in partner:
                return place
    return open_marks[0] if open_marks else None


def _half(mark: str) -> str:
    return {"（": "("}.get(mark, mark)


def _excerpt(text: str, place: int = 0, longest: int = 40) -> str:
    """So much of a text, on one line, as shows what stands at a place."""
    start = max(0, min(place - longest // 2, len(text) - longest))
    end = start + longest
    part = "".join(text[start:end].split("\n"))
    return f"{'……' if start else ''}{part}{'……' if end < len(text) else ''}"


@rule(
    "STR006",
    zh="多余文字",
    en="Stray text",
    severity=NOTE,
    basis="template",
    flags=[{"stray.0": "每次"}, {"stray.0": "待补"}],
    passes=[{"stray.0": ""}, {"notes.0": "填表说明：一级指标权重由单位自行设置。"}],
    fault_zh="表格里有不属于任何栏目的文字。",
    why_zh="多余文字常是移行、误删留下的，可能有内容填错了格。",
    doubt_zh="地方格式在该处本有说明文字。",
    ask_zh="请说明这段文字属于哪一栏，并更正。",
    verify_zh="看所在行，确认内容是否填错了位置。",
)
def stray_text(form: Form, book: Rulebook):
    """A cell that belongs to a heading or to nothing holds text; reported at the indicator in whose row it stands."""
    rows = {item.name.at[:5]: item for item in form.indicators if item.name.at}
    for value in form.stray:
        if value.plain and value.at:
            yield f"“{_excerpt(value.one_line)}”不属于任何栏目（{value.place}）", value, rows.get(value.at[:5])


@rule(
    "STR007",
    zh="名称不一致",
    en="Names disagree",
    severity=NOTE,
    basis="template",
    flags=[
        {"caption": "附件：《2022年度农村道路安全巩固提升项目支出绩效自评表》"},
        {"project": "农村饮水工程维修养护"},
    ],
    passes=[
        {"caption": "附件：《2022年度农村饮水安全巩固提升经费项目支出绩效自评表》"},
        {"project": "农村饮水安全巩固提升项目"},
        {"caption": "附件1：项目支出绩效自评表"},
        {"caption": "附件：《2022年度省级部门项目支出绩效自评表》"},
        {"title": "清溪省某县2022年度项目支出绩效自评表"},
        {"title": "清溪市农村饮水安全巩固提升项目支出绩效自评表"},
        {"title": "2022年度中央对地方转移支付（农村饮水安全巩固提升资金）区域绩效自评表"},
    ],
    fault_zh="标题里的项目名称与表内的项目名称不同。",
    why_zh="名称不同，可能套用了别的项目的表，或项目已变更。",
    doubt_zh="简称与全称的差别。",
    ask_zh="请核对批复的项目名称，更正不一致的一处。",
    verify_zh="对照预算批复的项目名称。",
)
def names_disagree(form: Form, book: Rulebook):
    """The project's name in the title and in the form differ beyond 经费, 项目, 工作 and the like.

    A title that names no project, only a place, an office or a kind of form (1), is not compared; a place, an office or a
    kind of money before the project's name is no part of that (2).
    """
    named = [(value, name) for value in (form.caption, form.title) if (name := _named(value, form))]
    if not named or form.project.is_blank:
        raise NotApplicable("标题中没有项目名称" if not named else "项目名称未填写")
    own = _core(form.project.plain)
    for value, name in named:
        before, found, after = _core(name).partition(own)
        other = pattern("titles.words").sub("", before) and not pattern("titles.offices").fullmatch(before)
        if not found or after or other:  # (2)
            yield f"标题写“{name}”，表内项目名称是“{form.project.one_line}”", value, form.project


def _named(title: Value, form: Form) -> str:
    """The project that a title names, nothing where it names none."""
    text = _YEAR.sub("", _ATTACHMENT.sub("", _MARKS.sub("", title.plain)))
    for office in (form.department, form.implementer):
        text = text.removeprefix(office.plain) if office.plain else text
    name = _KIND.sub("", text)
    if pattern("titles.offices").fullmatch(name):  # (1)
        return ""
    return "" if name == text or len(pattern("titles.words").sub("", name)) < NAMING else name  # (1)


NAMING = 3


def _core(name: str) -> str:
    return pattern("titles.optional").sub("", _YEAR.sub("", _MARKS.sub("", name)))
