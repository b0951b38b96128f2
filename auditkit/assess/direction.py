"""Which way is better: whether more or less is wanted of the matter that an indicator names."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from functools import lru_cache

from auditkit.assess.names import core_name
from auditkit.model import Indicator
from auditkit.quantity.measure import Measure, QuantityKind, Relation
from auditkit.vocabulary.levels import Level, level_named
from auditkit.vocabulary.terms import Expression, any_of, mentioned, words


class Better(StrEnum):
    """What a unit should strive for."""

    MORE = "more"
    LESS = "less"


_MANNER = Expression(r"^(?:全?年度?|年均|每年|累计|平均|有效|持续|进一步|大幅|明显|逐步|切实)+(?=减|降|压|缩|节|增|新)")
_SPAN = Expression(f"{any_of('direction.spans')}$")
_ABSENT = Expression(r"(?:无|零|未|免|不)(?:重大|较大|一般|严重|发生|出现)*$")
_RATES = ("率", "度", "比例", "占比", "比重", "百分比")
_EARLY = (QuantityKind.DATE, QuantityKind.CLOCK, QuantityKind.MONTHDAY, QuantityKind.RANK)
_COUNTED = (QuantityKind.COUNT, QuantityKind.NUMBER)
_SENSES = {"waits": Better.LESS, "services": Better.MORE, "faults": Better.LESS, "handled": Better.MORE}


@lru_cache(maxsize=8192)
def better(name: str, subcategory: str, kind: QuantityKind) -> Better | None:
    """Which way is better, as the name settles it for sure; None where it leaves that open.

    What the name ends in decides: 投诉率 is a fault, 投诉处理率 the handling of one, 办理时限 a wait, 开放时间 a service.
    """
    matter = _MANNER.sub("", core_name(name))
    level = level_named(subcategory)
    if kind is QuantityKind.DURATION:
        # 缩短出行时间: by so much, or to so much
        return None if matter.startswith(words("direction.declines")) else _of_time(matter)
    if kind is QuantityKind.MONEY or (level is Level.COST and kind in _COUNTED and not matter.endswith("数")):
        return _of_money(matter, level)
    if matter.startswith(words("direction.curbing")) and not matter.endswith(_RATES):
        return Better.MORE
    return next((way for rest in _without_measure(matter) if (way := _of_matter(rest))), None)


def _of_time(matter: str) -> Better | None:
    for rest in (matter, _SPAN.sub("", matter)):
        if way := _sense(rest, "waits", "services", "faults"):
            lasting = way is Better.LESS and matter.endswith(_LASTING) and _ending(rest, "direction.services")
            return Better.MORE if lasting else way  # 开通时长 is a service, 开通时限 a wait
    return None


_LASTING = ("时长", "小时数", "时数", "天数", "年限")


def _of_money(matter: str, level: Level | None) -> Better | None:
    if matter.endswith(words("direction.earnings")):
        return Better.MORE
    if mentioned("direction.raised", matter):
        return None
    spent = matter.endswith(words("direction.costs")) and (level is Level.COST or matter.endswith(_PRICED))
    return Better.LESS if spent else None


_REACHED = (*words("direction.earnings"), *words("direction.reached"))
_CHANGES = (*words("direction.declines"), *words("direction.rises"))
_PRICED = ("成本", "单价", "造价", "采购价")


def _without_measure(matter: str) -> Iterator[str]:
    """A name as it stands and without each measure in which it may end: 查处数 counts 查处, not 处."""
    yield matter
    for word in words("direction.measures"):
        if matter.endswith(word) and matter != word:
            yield from _without_measure(matter.removesuffix(word))


def _of_matter(matter: str) -> Better | None:
    if matter.endswith(words("direction.declines")):
        return Better.MORE
    rise = _ending(matter, "direction.rises")
    if rise:  # more of what?
        return next((way for rest in _without_measure(matter.removesuffix(rise)) if (way := _grown(rest))), None)
    return Better.MORE if _reaches(matter) else _sense(matter, "faults", "handled", "gains")


def _reaches(matter: str) -> bool:
    """True for what a benefit is counted in: those whom it reached, and what they earned."""
    return matter.endswith(_REACHED) or matter.startswith(words("direction.reaching"))


def _grown(matter: str) -> Better | None:
    if matter.endswith(words("direction.earnings")):  # 消费 goes before 费
        return Better.MORE
    return Better.LESS if matter.endswith(words("direction.costs")) else _sense(matter, "faults", "handled")


def _sense(matter: str, *senses: str) -> Better | None:
    """The sense of the longest word in which the matter ends: 无故障 before 故障, 不合格 before 合格."""
    found = [(len(word), sense) for sense in senses if (word := _ending(matter, f"direction.{sense}"))]
    if not found:
        return None
    length, sense = max(found)
    before = matter[:-length]
    if sense == "faults" and "的" in before:  # 及时修复的故障占比 is the share of those that were handled
        return None
    if sense == "faults" and _ABSENT.search(before):
        return Better.MORE
    return _SENSES.get(sense, Better.MORE)


def _ending(matter: str, path: str) -> str:
    listed = words(path)
    return next(word for word in listed if matter.endswith(word)) if matter.endswith(listed) else ""


def against(indicator: Indicator) -> tuple[Measure, Better] | None:
    """The limit of a target that points away from what is wanted, and that: 合格率≤95%, 审批时限≥5日. None where none does.

    Under 数量 an upper limit is the matter of DES010 (1); what may well be kept short or small is left alone (2).
    """
    name, subcategory = indicator.name.text, indicator.subcategory.plain
    for measure in indicator.target.quantity.measures:
        early = "提前" in indicator.target.plain or measure.kind in _EARLY
        if early or not measure.inequality:
            continue
        wanted = better(name, subcategory, measure.kind)
        floor = measure.relation in (Relation.AT_LEAST, Relation.ABOVE)
        if wanted is None or (wanted is Better.LESS) is not floor or measure.context.endswith(_CHANGES):
            continue
        if floor or not (level_named(subcategory) is Level.QUANTITY or _may_be_capped(core_name(name), measure.kind)):
            return measure, wanted  # (1) (2)
    return None


def _may_be_capped(matter: str, kind: QuantityKind) -> bool:
    if kind is QuantityKind.DURATION:
        return _SPAN.sub("", matter).endswith(words("direction.brief"))
    return kind in _COUNTED and not any(map(_reaches, _without_measure(matter)))
