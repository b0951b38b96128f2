"""DES003: several matters in one row."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise

from auditkit.assess.names import (
    clauses,
    core_name,
    limits_in_name,
    quoted,
    quoted_clauses,
    rates,
    require_name,
)
from auditkit.model import Indicator
from auditkit.rulebooks.loader import Rulebook
from auditkit.rules.rule import NOTE, rule
from auditkit.vocabulary.terms import Expression, any_of, pattern


@rule(
    "DES003",
    zh="复合指标",
    en="Compound indicator",
    severity=NOTE,
    basis="naming",
    flags=[
        dict(name="群众用水政策知晓率与参与度"),
        dict(name="新建集中供水点，改造供水管网"),
        dict(name="用水申请受理、管网故障处置完成时效"),
        dict(name="用水申请全受理，3日内指派"),
    ],
    passes=[
        dict(name="供水站、水厂、管网巡查次数"),
        dict(name="受益群众、用水企业满意度"),
        dict(name="开展节水宣传，营造节水氛围"),
        dict(name="供水设备采购、安装及时率"),
        dict(name="提高供水质量和效率"),
    ],
    fault_zh="一行指标里有几件要分别衡量的事。",
    why_zh="几件可以分别衡量的事共用一个指标值，一件没做好会被另一件掩盖，完成值说不清指哪一件。",
    doubt_zh="一件事的几个对象、几个步骤（采购、安装）不算；步骤写成两个分句时可能被报出。",
    ask_zh="请分别填写各部分的完成数；可以分别统计的，请说明今后是否拆成几项指标。",
    verify_zh="逐一问清各部分的完成数；能分别统计的，建议拆成几项并分配分值。",
)
def compound_indicator(indicator: Indicator, book: Rulebook):
    """Several matters that can be measured separately share one row, one target and one score.

    A failure in one hides behind the other. Several objects or steps of one matter (1), and a slogan added to a task
    (2), are no second matter.
    """
    require_name(indicator)
    found = _matters(indicator.name.text)
    if found:
        yield (
            f"一行里有可以分别衡量的{quoted(found, indicator.name)}，只有一个指标值“{indicator.target.one_line}”",
            indicator.name,
            indicator.target,
        )


_JOINS = Expression(r"(?:与|和|及|、|以及|/|并)")


_JOINED = Expression(r"、|/|以及|(?<!参)与|和(?![谐解平睦气])|(?<![普涉危以])及(?![时格])|并(?!网|轨|购|联)")


_WHOLE = pattern("design.compound.whole")


_ACT = Expression(any_of("design.compound.acts"))


_WORKS = any_of("compound.works")


_WORK = Expression(rf"{_WORKS}(?!{any_of('compound.things')}|(?:{_WORKS})+$)")


_ONLY_WORKS = Expression(f"{_WORKS}+")
_HEAD = Expression(f"(?:{any_of('compound.heads')})$")


_NOUNS = any_of("design.compound.nouns", "compound.works")


_PAIR = Expression(
    rf"(?P<a>[\u4e00-\u9fff]{{2,}}?(?P<one>{_NOUNS}))(?:、|(?<!参)与|和|以及|(?<![普涉危])及(?!时))"
    rf"(?P<b>[\u4e00-\u9fff]{{2,}}?(?P<two>{_NOUNS}))(?:的)?(?:完成|办结)?(?:时效|时间|时限|期限|及时率|率|[\u4e00-\u9fff]{{2}}率|{any_of('compound.heads')})$"
)


@lru_cache(maxsize=8192)
def _matters(name: str) -> tuple[str, ...]:
    """The separately measurable parts of a name, none where it has only one matter."""
    parts = clauses(name)
    for clause in parts:
        found = rates(clause)
        joined = [(a, b) for a, b in pairwise(found) if _JOINS.match(clause, a.end())]
        if joined:
            return joined[0][0][0], joined[0][1][0]
    marked = [mark for clause in parts if (mark := _mark(clause))]
    if len(marked) > 1:
        return tuple(marked)
    acts = [own for clause, own in quoted_clauses(name) if (act := _ACT.match(clause)) and len(clause) >= act.end() + 2]
    if len(acts) > 1:
        return tuple(acts)
    core = core_name(name)
    works, heads = _works(core), _heads(core)
    if works or heads:
        return works or heads
    pair = _PAIR.search(core)
    apart = pair and pair["one"] != pair["two"] and not _ONLY_WORKS.fullmatch(pair["b"])  # (1)
    return (pair["a"], pair["b"]) if apart else ()


def _works(core: str) -> tuple[str, ...]:
    """Two works with an object each, joined in one clause: 修剪行道树、清理沟渠; 修订并印发办法 has one object (1)."""
    found = []
    for part in _JOINED.split(core):
        act = (_WORK if found else _FIRST).match(part)
        if act and len(_HEAD.sub("", part)) >= act.end() + 2:
            found.append((act[0], part))
    return tuple(part for _, part in found) if len({act for act, _ in found}) > 1 else ()


_FIRST = Expression(any_of("compound.works", "design.compound.acts"))


def _heads(core: str) -> tuple[str, ...]:
    """Two measures of one activity: 培训场次和人数."""
    found = [head[0] for part in _JOINED.split(core) if (head := _HEAD.search(part))]
    return tuple(found) if len(set(found)) > 1 else ()


def _mark(clause: str) -> str:
    """What makes a clause measurable by itself: a rate, a limit, or all of something (2)."""
    rate, limit, whole = rates(clause), limits_in_name(clause), _WHOLE.search(clause)
    return rate[0][0] if rate else limit[0] if limit else whole[0] if whole else ""
