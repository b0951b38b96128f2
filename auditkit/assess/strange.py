"""Words beside a figure that the grammar cannot place: they may make it the figure of something else, or of not yet."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from auditkit.assess.claims import Claim
from auditkit.quantity.parser import EACH
from auditkit.vocabulary.terms import Expression, any_of, mentioned, pattern, table, words

_RUN = Expression(r"[\u4e00-\u9fff]+")
# Letters that join words, and those directly in front of a figure.
_JOINS, _LEADS = (
    frozenset("的了和与及等在于由从以经并也都按被对向给又则即而"),
    Expression(r"[到至达为成共约计是有已均各了占]+$"),
)
# How fast something changes is not how far: 降幅缩小6%, 增速放缓. The whole is not what was added to it.
_TELLING = Expression(
    r"(?P<speed>(?:[增降涨跌减]幅|[增降]速|(?:增长|下降|上升)(?:速度|幅度))(?:缩小|扩大|收窄|放缓|减慢|加快|减缓|加大)(?![到至为]))"
    r"|大?部分|个别|少数|局部|试点|样点|示范点|典型|需求|余额|结余|余量|待收|未收|剩余|(?P<stock>总(?![计体])|存量|保有)"
)
_ADDED = Expression(r"新增|净增|增量")
_MOVES, _MOVED = (
    Expression(r"新增|净增|增收|增产|增效|减排|节[水能电煤约省支]|减少|降低|压减"),
    Expression(r"[增减节降缩省压升新提]"),
)
_QUOTED = Expression(r"“[^”]*”")
_WORD, _LAST = Expression(r"[\u4e00-\u9fff]{2,}"), Expression(r"[\u4e00-\u9fff]{2,}$")
_ENDS = Expression(
    rf"(?:{any_of('matters.tails', 'direction.measures', 'direction.spans')}|项目|工程|活动|对象|服务|[\u4e00-\u9fff]数|及|和|与|、|$|\(|{any_of('compound.works')})"
)
OUTCOME, CAME = (Expression(any_of(f"values.acts.{kind}")) for kind in ("outcomes", "came"))
_UNWANTED = Expression("[违废危旧污垃病死]|假冒")
_MORE_INCOME = Expression("^(?:增加|提高|促进|带动)[\u4e00-\u9fff]*收入")
_MONTHS = Expression(r"(?P<first>\d{1,2})月?[-~—至](?P<last>\d{1,2})月")
_PART_OF_YEAR = Expression(
    r"[一1第]+季?度?[至到~—-]第?[二三23]季度|前[两二三23]个?季度|[上下]半年|第?[一二三四]季度(?=每)|前\d{1,2}个月"
)
# 在4个自然村安装63盏: where, not what.
_PLACE = Expression(r"(?:在|对|于|为|面向|向|给|从|覆盖|涉及)\D*\d[\d.,]*\D{0,3}$")


def strange_word(claims: tuple[Claim, ...], name: str, target: str, upper: bool) -> str:
    """The words that keep every claim from being sure to speak of the matter; nothing where one of them surely does.

    They are neither the name's and the target's own (a letter of these is so wherever it stands) nor say that it was done,
    and what stands around them does not tell of the name's matter. The best of all figures is strange, too: 最快5分钟
    for a limit (`upper`), 最高98% for a floor.
    """
    found = [
        _best(claim.before, upper) or _of_claim(claim.clause, claim.before, claim.after, name, target)
        for claim in claims
    ]
    return found[0] if all(found) else ""


def _best(before: str, upper: bool) -> str:
    return next((word for word in words(f"values.placed.{'least' if upper else 'most'}") if before.endswith(word)), "")


@lru_cache(maxsize=8192)
def _of_claim(clause: str, before: str, after: str, name: str, target: str) -> str:
    before, after = (_QUOTED.sub(lambda m: m[0] if m[0] in name else " ", side) for side in (before, after))
    said = f"{before} {after}"
    if not _RUN.search(said):
        return ""
    if word := _telling(clause, said, name):
        return word
    own = _JOINS | frozenset(name + target)
    moves = _MOVES.search(name)
    if not moves and own.issuperset("".join(_RUN.findall(said))):
        return ""
    if other := _other_act(said, name):
        return other
    told = "" if _PLACE.search(clause[: clause.find(before)]) else _LEADS.sub("", _placed().sub(" ", before))
    bare = _left_to_result(told, name)
    last = _LAST.search(bare) if name.endswith(words("matters.rates")) else None
    if last and last[0][-1] not in own | {"率", "度"}:
        return last[0]  # 综合利用能力93% is no 综合利用率
    if moves and (level := _WORD.search(told)) and not _MOVED.search(said) and not acts().search(said):
        return level[0]  # 用水量12万吨 says nothing of 节水量
    around = f"{told} {_placed().sub(' ', after)}"
    strange = next(
        (run for run in _RUN.findall(_left_to_result(around, name)) if sum(letter not in own for letter in run) > 1), ""
    )
    return "" if strange and _is_kin(around, said, name) else strange


def _left_to_result(text: str, name: str) -> str:
    """A text without the acts that it tells, where the name leaves it to the result what is done with the thing."""
    if _named_acts(name) or OUTCOME.search(name):
        return text
    return acts().sub(lambda act: act[0] if act[0] in words("values.acts.undoing") else " ", text)


def _telling(clause: str, said: str, name: str) -> str:
    """A word that tells of a part, of what is left, of the whole of what was added to, or of some months only."""
    for found in _TELLING.finditer(said):
        if found["speed"] or (found[0] not in name and not found["stock"]) or (found["stock"] and _ADDED.search(name)):
            return found[0]
    if (OUTCOME.search(name) and (came := CAME.search(said))) and came[0] not in name and not OUTCOME.search(said):
        return came[0]  # 受理220件 where 办结 was asked
    if _MORE_INCOME.search(name) and "收入" in said and "增" not in said:
        return "收入"
    months = _MONTHS.search(clause) if "每" in clause else None
    if months and (int(months["first"]), int(months["last"])) != (1, 12):
        return months[0]
    return part[0] if "每" in clause and (part := _PART_OF_YEAR.search(clause)) else ""


def _other_act(said: str, name: str) -> str:
    """What was done to the thing instead of what the name asks for: 拆除路灯 where 更换路灯 was wanted."""
    named, told = _named_acts(name), acts().findall(said)
    if not named and not _UNWANTED.search(name) and not mentioned("direction.faults", name):
        return next((act for act in told if act in words("values.acts.undoing") and act not in name), "")
    if not named or not told or any(_alike(act, own) for act in told for own in named):
        return ""
    return next((act for act in told if act not in words("values.acts.done")), "")


def _alike(one: str, other: str) -> bool:
    return one == other or any(one in group and other in group for group in table("values.acts.same"))


def _is_kin(own: str, said: str, name: str) -> bool:
    """Whether words (`own` without those that may stand beside any figure) tell of the name's matter (日常养护里程 of 道路养护里程), and that it was done where the name says what.

    路灯到货 shares the thing with 安装路灯, and not what was to be done with it.
    """
    named, told = _named_acts(name), acts().findall(said)
    if not any(own[i : i + 2] in name for i in range(len(own) - 1)):
        return any(_alike(act, own) for act in told for own in named)
    return not named or bool(told) or bool(set("".join(named)) & set(said))


def _named_acts(name: str) -> list[str]:
    """What a name says is to be done, where that is more than doing it: at its beginning, or at its end.

    A rate tells of all that its name holds, and 监测 of 监测设施 only which they are.
    """
    if name.endswith(words("matters.rates")):
        return []
    return [
        found[0]
        for found in acts().finditer(name)
        if found[0] not in words("values.acts.done") and (not found.start() or _ENDS.match(name, found.end()))
    ]


@cache
def acts() -> Expression:
    """What can be done with a thing."""
    lists = ("direction.doing", "design.limits.acts", "design.compound.acts", "compound.works")
    same = (f"|{re.escape(act)}" for group in table("values.acts.same") for act in group)
    return Expression(any_of(*lists, "values.acts.done", "values.acts.others") + "".join(same))


@cache
def _placed() -> Expression:
    """What may stand beside any figure: when, that it was done, whose and which of them, and how it changed."""
    lists = (
        "placed.words",
        "placed.people",
        "placed.least",
        "placed.most",
        "plain.words",
        "actual.words",
        "base.words",
    )
    changes = ("rise", "fall", "flat", "deeds", "against_last_year")
    plain_words = any_of(*(f"values.{name}" for name in lists), *(f"values.change.{name}" for name in changes))
    return Expression(
        f"{pattern('values.plain.forms').pattern}|{pattern('values.placed.forms').pattern}|{EACH.pattern}|{plain_words}"
    )
