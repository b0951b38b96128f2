"""Which way a figure without comparator counts: as its name says for sure, else as its second level does, else not at all."""

from __future__ import annotations

from decimal import Decimal
from functools import cache, lru_cache

from auditkit.assess.direction import Better, better
from auditkit.assess.names import core_name
from auditkit.model import Category
from auditkit.quantity.measure import Measure, QuantityKind
from auditkit.vocabulary.levels import Level, level_named
from auditkit.vocabulary.terms import Expression, any_of, mentioned, words

# A bad share is seldom planned to be as large as this, and a good one that speaks of something bad never below.
_MOSTLY, _NEARLY_ALL, _FEW = Decimal("0.5"), Decimal("0.8"), Decimal("0.02")
_NEAR_END = 4  # letters behind a word that may still tell what a name is about: 平均时长
_EARLY = (QuantityKind.DATE, QuantityKind.MONTHDAY, QuantityKind.RANK)
_COUNTED = (QuantityKind.COUNT, QuantityKind.NUMBER)


def sense(name: str, subcategory: str, category: Category, measure: Measure) -> Better | None:
    """Which way is better for a figure of an indicator, None where nothing tells.

    Something bad in the middle of a name whose end is not known leaves it open, whatever the second level; so do a
    standard of aid, a price and a density.
    """
    if measure.kind in _EARLY:
        return Better.LESS
    if way := better(name, subcategory, measure.kind):
        return way
    matter, level = core_name(name), _level(subcategory, category)
    if measure.kind is QuantityKind.CLOCK:
        return Better.LESS if mentioned("direction.waits", matter) else None
    if measure.kind is QuantityKind.DURATION:
        return _of_time(matter, level)
    if mentioned("direction.open", matter) and (level is not Level.QUANTITY or measure.kind not in _COUNTED):
        return None
    if measure.kind is QuantityKind.MONEY:
        return _of_money(matter, level)
    within = _within(matter)
    if measure.kind is QuantityKind.RATE:
        if within is Better.MORE:  # 报告退改率5% is no rate of reports
            return within if measure.number >= _MOSTLY else None
        return _of_rate(matter, level, measure, within is not None)
    if within is Better.LESS and not matter.startswith(words("direction.doing")):
        return None
    done = Better.MORE if matter.startswith(words("direction.doing")) else None
    return done or within or _of_count(matter, level, measure)


def _level(subcategory: str, category: Category) -> Level | None:
    if (level := level_named(subcategory)) is not None:
        return level
    return {Category.COST: Level.COST, Category.SATISFACTION: Level.SATISFACTION}.get(category)


@cache
def _senses() -> dict[str, list[str]]:
    """The good and the bad words by their first letter."""
    found: dict[str, list[str]] = {}
    for name in ("faults", "handled", "gains", "declines", "earnings", "reached"):
        for word in words(f"direction.{name}"):
            found.setdefault(word[0], []).append(word)
    return found


@lru_cache(maxsize=8192)
def _within(matter: str) -> Better | None:
    """What the last word of a name that is good or bad says, wherever it stands: 改造老旧管网, 事故车辆.

    Of words that end at the same place the longer counts: 不合格 holds 合格.
    """
    found = [
        (at + len(word), len(word), word)
        for at, letter in enumerate(matter)
        for word in _senses().get(letter, ())
        if matter.startswith(word, at)
    ]
    if not found or (max(found)[2] not in words("direction.faults") and max(found)[0] < len(matter) - _NEAR_END):
        return None
    return Better.LESS if max(found)[2] in words("direction.faults") else Better.MORE


def _of_time(matter: str, level: Level | None) -> Better | None:
    ends = {
        way: max((matter.rfind(word) + len(word) for word in words(f"direction.{kind}") if word in matter), default=0)
        for way, kind in ((Better.LESS, "waits"), (Better.MORE, "services"))
    }
    if ends[Better.LESS] != ends[Better.MORE] and max(ends.values()) >= len(matter) - _NEAR_END:
        return max(ends, key=lambda way: ends[way])
    return Better.MORE if level is Level.QUANTITY else None


def _of_money(matter: str, level: Level | None) -> Better | None:
    if (
        level is Level.COST
        and matter.endswith(words("direction.fees"))
        and not matter.startswith(words("direction.raised"))
    ):
        return Better.LESS  # 救护保障费, though 保障 raises money elsewhere
    if matter.startswith(words("direction.curbing")) or mentioned("direction.raised", matter):
        return Better.MORE
    if mentioned("direction.costs", matter) or level is Level.COST:
        return Better.LESS
    return None


def _of_rate(matter: str, level: Level | None, measure: Measure, fault: bool) -> Better | None:
    """What the size of a share tells: all of it has no upper limit as its sense, and faults are not planned to be most."""
    if measure.number == 1 or (fault and measure.number >= _NEARLY_ALL):
        return Better.MORE
    if fault:
        return Better.LESS if measure.number <= _FEW else None
    if level is Level.SATISFACTION:
        return Better.MORE
    if level is Level.COST and mentioned("direction.costs", matter):
        return Better.LESS
    if measure.number <= _FEW / 2 and level is Level.QUALITY:
        return Better.LESS
    return Better.MORE if measure.number >= _MOSTLY else None


def _of_count(matter: str, level: Level | None, measure: Measure) -> Better | None:
    if level is Level.COST:
        spent = measure.kind is QuantityKind.NUMBER or mentioned("direction.costs", matter)
        return Better.LESS if spent else Better.MORE
    if level is Level.TIMELINESS and measure.kind is QuantityKind.NUMBER:
        return None
    return Better.MORE if level in (None, Level.QUANTITY, Level.QUALITY, Level.SATISFACTION) else None


@cache
def _ratio_of(one: str, other: str) -> Expression:
    sides = (any_of(f"direction.ratio.{side}") for side in (one, other))
    return Expression(
        r"{}(?:与|和|对|比|:|、)?[\u4e00-\u9fff]{{0,4}}?{}(?:人数|数量?)?(?:之|的|人员|配置|配备)*(?:比例?|配比)".format(
            *sides
        )
    )


@lru_cache(maxsize=2048)
def of_ratio(name: str) -> Better | None:
    """Whether n should be large in 1:n (leverage) or small (teachers to pupils); None where the matter does not tell."""
    if mentioned("direction.ratio.leverage", name) or _ratio_of("spent", "gained").search(name):
        return Better.MORE
    if _ratio_of("serving", "served").search(name):
        return Better.LESS
    return Better.MORE if _ratio_of("served", "serving").search(name) else None
