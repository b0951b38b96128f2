"""Which way is better: what the name, the second level and the kind of figure say where a target has no comparator."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache

from auditkit.assess.names import core_name
from auditkit.model import Category
from auditkit.quantity.measure import Measure, QuantityKind
from auditkit.vocabulary.terms import any_of, mentioned, words


@dataclass(frozen=True)
class Direction:
    """`more` is True where more is better, False where less is, None where nothing tells.

    `sure` says that the name itself tells, so that a comparator the other way cannot be meant.
    """

    more: bool | None
    sure: bool = False


# A bad share is seldom planned to be as large as this.
_MOSTLY = Decimal("0.5")
OPEN = Direction(None)
MORE, LESS = Direction(True), Direction(False)
_TAIL = re.compile(
    r"(?:发生|现象|总?人次|人数|次数|件数|件次|起数|户数|批次|场次|宗数|例数|家数|个数|台数|数量|总量|总额|金额|面积|里程|长度|数|量|额|率|比例|占比|比重|比率|程度|情况|时间|时长|天数|时限|期限|年限|周期|事件|案件|指数)+$"
)
_HELD_BACK = re.compile(r"^(?:全年|年度|当年|年内|及时|依法|有效|有序|全面|持续|进一步|组织|开展|积极|大力|集中|新增|累计)*")
_PARTS = ("率", "比例", "占比", "比重", "比率", "百分比", "满意度", "程度", "度")


@cache
def _pair(one: str, other: str) -> re.Pattern[str]:
    """A search for the words of two lists, the longest first, which tells the lists apart."""
    both = sorted({*words(f"direction.{one}"), *words(f"direction.{other}")}, key=lambda word: -len(word))
    return re.compile(f"(?=({'|'.join(map(re.escape, both))}))")


@lru_cache(maxsize=8192)
def _last(name: str, one: str, other: str) -> tuple[bool, bool] | None:
    """Whether the word nearest to the end of a name is of the first list, and whether the name ends in it.

    None where neither list has a word in the name. Of words that end at the same place the longer counts: 不合格 holds 合格.
    """
    found = [(m.start(1) + len(m[1]), len(m[1]), m[1]) for m in _pair(one, other).finditer(name)]
    if not found:
        return None
    end, _, word = max(found)
    return word in words(f"direction.{one}"), end == len(name)


def direction(name: str, subcategory: str, category: Category, measure: Measure) -> Direction:
    """Which way is better for a figure of an indicator.

    What the name is about stands at its end (路灯故障修复率, 投诉处理差错率); where a name begins with what is done to
    something bad (查处违法案件), the doing counts.
    """
    bare = core_name(name)
    if measure.kind in (QuantityKind.DATE, QuantityKind.MONTHDAY, QuantityKind.RANK):
        return LESS
    if measure.kind is QuantityKind.CLOCK:
        return LESS if mentioned("direction.waiting", bare) or "到岗" in bare or "开门" in bare else OPEN
    if measure.kind is QuantityKind.MONEY:
        return _of_money(bare, subcategory, category)
    if measure.kind is QuantityKind.DURATION:
        return _of_time(bare, subcategory)
    if measure.kind is QuantityKind.RATE:
        return _of_rate(bare, subcategory, category, measure)
    return _of_count(bare, subcategory, category, measure)


@lru_cache(maxsize=8192)
def of_matter(name: str) -> Direction | None:
    """What the words of a name say: more of what is done, less of what should not happen; None where they say neither.

    Something bad in the middle of a name whose end is not known leaves it open.
    """
    bare = core_name(name)
    if not bare.endswith(_PARTS) and _HELD_BACK.sub("", bare).startswith(words("direction.favourable")):
        return MORE
    last = _last(_TAIL.sub("", bare) or bare, "adverse", "favourable")
    if last is None:
        return None
    adverse, ends = last
    if adverse:
        return Direction(False, True) if ends else OPEN
    return Direction(True, bare.endswith(words("direction.rates")))


def _of_money(name: str, subcategory: str, category: Category) -> Direction:
    begun = _HELD_BACK.sub("", name)
    if begun.startswith(words("direction.raised")):
        return MORE
    if mentioned("direction.open", name):
        return OPEN
    if (last := _last(name, "raised", "cost")) is not None:
        return Direction(last[0], sure=not last[0] and last[1])
    matter = of_matter(name)
    if matter and matter.more is False:
        return matter
    return LESS if category is Category.COST or "成本" in subcategory else OPEN


def _of_time(name: str, subcategory: str) -> Direction:
    last = _last(name, "lasting", "waiting")
    if last is not None:
        return Direction(last[0], True)
    if mentioned("direction.open", name):
        return OPEN
    matter = of_matter(name)
    if matter and matter.more is False:
        return matter
    return MORE if "数量" in subcategory else OPEN


def _of_rate(name: str, subcategory: str, category: Category, measure: Measure) -> Direction:
    matter = of_matter(name)
    if measure.number == 1 and not (matter and matter.more is False):
        return Direction(True, bool(matter and matter.sure))
    if mentioned("direction.open", name):
        return OPEN
    if matter:
        return matter
    if category is Category.SATISFACTION or "满意" in subcategory:
        return MORE
    if (category is Category.COST or "成本" in subcategory) and _last(name, "raised", "cost") in (
        (False, True),
        (False, False),
    ):
        return LESS
    return MORE if measure.number >= _MOSTLY else OPEN


def _of_count(name: str, subcategory: str, category: Category, measure: Measure) -> Direction:
    if mentioned("direction.open", name) and "数量" not in subcategory:
        return OPEN
    if matter := of_matter(name):
        return matter
    last = _last(name, "raised", "cost")
    if category is Category.COST or "成本" in subcategory:
        return LESS if measure.kind is QuantityKind.NUMBER or (last and not last[0]) else MORE
    if "时效" in subcategory and measure.kind is QuantityKind.NUMBER:
        return OPEN
    if any(level in subcategory for level in ("数量", "质量", "满意")) or not subcategory:
        return MORE
    return OPEN


@cache
def _ratio_of(one: str, other: str) -> re.Pattern[str]:
    sides = (any_of(f"direction.ratio.{side}") for side in (one, other))
    return re.compile(r"{}(?:与|和|对|比|:|、)?{}(?:人数|数量?)?(?:之|的|人员|配置|配备)*(?:比例?|配比)".format(*sides))


@lru_cache(maxsize=2048)
def ratio_more(name: str) -> bool | None:
    """Whether n should be large in 1:n (leverage), small (teachers to pupils); None where the matter does not tell."""
    if mentioned("direction.ratio.leverage", name):
        return True
    if _ratio_of("serving", "served").search(name):
        return False
    return True if _ratio_of("served", "serving").search(name) else None
