"""The named places of a template: what may stand in braces, and which words of a letter stand there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup, escape

from auditkit.report.letter.content import LetterProject, LetterQuestion, UnitLetter
from auditkit.safety import escape_controls

# What `--set` gives; a final letter wants words for the first four where the template has these places.
WANTED = ("发文机关", "文号", "日期", "答复期限")
SETTINGS = (*WANTED, "联系人", "联系电话", "抄送")
# To be filled in by hand, while a draft lacks the words.
_BLANKS = {
    "发文机关": "（发文机关）",
    "文号": "〔　　〕　号",
    "日期": "　　　　年　　月　　日",
    "答复期限": "　　　　年　　月　　日",
}
LONG = 150  # letters, of which a row of the standard template has about ten lines: a page may end within a longer one
_NUMERALS = "〇一二三四五六七八九"

Places = Mapping[str, "Places | None"]  # the names of one level: None is a text, else those of each item of a list

QUESTION: Places = dict.fromkeys(("序号", "标题", "情况", "原文", "要求", "长"))
HANDED_IN: Places = dict.fromkeys(("序号", "材料"))
PROJECT: Places = {
    **dict.fromkeys(("序号", "中文序号", "名称", "单位", "部门", "年度")),
    **dict.fromkeys(("自评得分", "可核实得分", "最高可能得分", "复核得分", "说明", "问题数")),
    "问题": QUESTION,
    "举证清单": HANDED_IN,
}
LETTER: Places = {
    **dict.fromkeys(("标题", "主送", "年度", "项目数", "问题数", "草稿", "项目名称", "计分")),
    **dict.fromkeys(SETTINGS),
    "项目": PROJECT,
    "共同问题": QUESTION,
}


def words_of(letter: UnitLetter) -> dict[str, Any]:
    """The words for every place of a letter, without anything in them that acts."""
    told: dict[str, Any] = {
        "标题": title_of(letter),
        "主送": letter.to,
        "年度": letter.years,
        "项目数": str(len(letter.projects)),
        "问题数": str(letter.questions),
        "草稿": "草稿" if letter.draft else "",
        "项目名称": letter.projects[0].name if len(letter.projects) == 1 else "",
        "计分": "计分" if any(one.verified for one in letter.projects) else "",
        **dict.fromkeys(SETTINGS, ""),
        **_BLANKS,
        **{name: text for name, text in letter.words if text},
        "项目": [_project(number, one) for number, one in enumerate(letter.projects, 1)],
        "共同问题": [_question(number, one) for number, one in enumerate(letter.shared, 1)],
    }
    return _inert(told)


def title_of(letter: UnitLetter) -> str:
    year = f"{letter.years} 年度" if letter.years else ""
    return f"{year}项目支出绩效自评审核意见函"


def _project(number: int, one: LetterProject) -> dict[str, Any]:
    questions = [_question(place, each) for place, each in enumerate(one.questions, 1)]
    return {
        "序号": str(number),
        "中文序号": chinese_number(number),
        "名称": one.name,
        "单位": one.unit,
        "部门": one.department,
        "年度": one.year,
        "自评得分": one.stated or "—",
        "可核实得分": one.verified or "—",
        "最高可能得分": one.upper or "—",
        "复核得分": one.reviewed or "—",
        "说明": one.summary,
        "问题数": str(len(questions)),
        "问题": questions,
        "举证清单": [{"序号": str(place), "材料": text} for place, text in enumerate(one.handed_in, 1)],
    }


def _question(number: int, one: LetterQuestion) -> dict[str, str]:
    texts = {"标题": one.title, "情况": one.told, "原文": "；".join(one.proofs) or "—", "要求": one.ask}
    long = len(one.title + one.told + one.ask) > LONG or len(texts["原文"]) > LONG
    return {"序号": str(number), **texts, "长": "长" if long else ""}


def _inert(told: Any) -> Any:
    if isinstance(told, str):
        # docxtpl makes {{ of {_{ in what was filled in, and } likewise.
        text = str(escape(escape_controls(told).replace("\t", " ")))
        return Markup(text.replace("{_", "{&#95;").replace("_}", "&#95;}"))
    if isinstance(told, list):
        return [_inert(one) for one in told]
    return {name: _inert(one) for name, one in told.items()}


def chinese_number(number: int) -> str:
    """一, 十二, 二十, 一百〇三: the number of a heading, below ten thousand."""
    if number >= 10_000:
        return str(number)
    told, gap = "", False
    for unit, digit in zip(("千", "百", "十", ""), divmod_digits(number), strict=True):
        if not digit:
            gap = bool(told)
            continue
        told += ("〇" if gap else "") + _NUMERALS[digit] + unit
        gap = False
    return told.removeprefix("一") if told.startswith("一十") else told


def divmod_digits(number: int) -> tuple[int, int, int, int]:
    return number // 1000, number // 100 % 10, number // 10 % 10, number % 10
