"""DES004: what an indicator says, against the second-level indicator under which it stands."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from auditkit.assess.names import core_name, require_name, without_quotes
from auditkit.model import Indicator, NotApplicable
from auditkit.parse.levels import level_of
from auditkit.quantity.measure import QuantityKind
from auditkit.rulebooks.loader import Rulebook
from auditkit.rules.rule import WARNING, rule
from auditkit.vocabulary.levels import Level
from auditkit.vocabulary.spelling import own_words
from auditkit.vocabulary.terms import Expression, pattern, table


@rule(
    "DES004",
    zh="指标归类不当",
    en="Misclassified indicator",
    severity=WARNING,
    basis="levels",
    flags=[
        dict(name="管网改造完工时间", target="2022年11月底前"),
        dict(subcategory="质量指标", name="供水故障处置及时率", target="100%"),
        dict(subcategory="社会效益指标", name="用水群众满意度", target="≥90%"),
        dict(subcategory="生态效益指标", name="群众矛盾纠纷化解", target="100%"),
        dict(subcategory="时效指标", name="入户安装覆盖率", target="100%"),
    ],
    passes=[
        dict(name="管水员学习时间", target="≥8小时"),
        dict(subcategory="质量指标", name="按时按质完成管网验收", target="100%"),
        dict(subcategory="数量指标", name="用户满意度调查次数", target="2次"),
        dict(subcategory="生态效益指标", name="群众环保意识", target="≥90%"),
        dict(subcategory="时效指标", name="水质检测任务完成率", target="100%"),
        dict(subcategory="经济效益指标", name="带动困难群众就业增收", target="≥5%"),
    ],
    fault_zh="指标的内容与所在的二级指标不符。",
    why_zh="归类不当使某类指标名不副实：看似考核了生态或经济效益，实际说的是别的事。",
    doubt_zh="同一件事可以从几方面考核（如环境整治也惠及社会）；只在名称没有本类的词时才报出，仍以人的判断为准。",
    ask_zh="请说明归类的依据；归错的，请调整到相应的二级指标下。",
    verify_zh="读指标名称、指标值和佐证材料，看它回答的是多少、多好、多快、多省还是有什么影响，移到相应的二级指标下。",
)
def misclassified_indicator(indicator: Indicator, book: Rulebook):
    """The wording speaks of another second-level indicator than the one under which the item stands.

    Points for one side of the work are then earned with another. What the name ends in decides (1); other words count
    only where the name has none of its own class (2) and the target is not of its own kind (3). Social and environmental
    cost (社会成本, 生态环境成本) is told in words of other classes, and is not looked at (4).
    """
    level = level_of(indicator)
    if level is None:
        raise NotApplicable(f"第{indicator.row}项没有二级指标，或不是规定的二级指标")
    require_name(indicator)
    if level is Level.COST and re.search("社会|生态|环境", indicator.subcategory.plain):  # (4)
        return
    kinds = frozenset(measure.kind for measure in indicator.target.quantity.measures)
    found = _astray(level, indicator.name.text, indicator.target.plain, kinds)
    if found:
        said = "”“".join(own_words(indicator.name.text, word) or word for word in found[0])
        yield (
            f"列在“{indicator.subcategory.one_line}”下，名称中的“{said}”说的却是{found[1]}",
            indicator.name,
            indicator.subcategory,
        )


@dataclass(frozen=True)
class _Sign:
    """How the wording of one class is told: by what a name ends in, or by words in it; `kinds` are those of its targets."""

    zh: str
    head: Expression | None
    word: Expression | None
    kinds: frozenset[QuantityKind]


_COUNTS = frozenset({QuantityKind.COUNT, QuantityKind.NUMBER})
_MONEY = frozenset({QuantityKind.MONEY})


def _sign(name: str) -> _Sign:
    entry = table(f"levels.signs.{name}")
    ending = Expression(f"(?:{pattern(f'levels.signs.{name}.heads').pattern})$") if entry["heads"] else None
    word = pattern(f"levels.signs.{name}.words") if entry["words"] else None
    kinds = _COUNTS if entry.get("counted") else _MONEY if entry.get("money") else frozenset(QuantityKind)
    return _Sign(entry["zh"], ending, word, kinds)


_SIGNS = {name: _sign(name) for name in table("levels.signs")}
_AGAINST = {Level(name): tuple(_SIGNS[other] for other in others) for name, others in table("levels.against").items()}
_OWN = {level: pattern(f"levels.own.{level.value}") for level in Level}
_OWN_KINDS = {
    Level.QUANTITY: {QuantityKind.COUNT, QuantityKind.NUMBER},
    Level.TIMELINESS: {QuantityKind.DATE, QuantityKind.DURATION},
    Level.COST: {QuantityKind.MONEY},
    Level.ECONOMIC: {QuantityKind.MONEY},
}


@lru_cache(maxsize=8192)
def _astray(level: Level, name: str, target: str, kinds: frozenset[QuantityKind]) -> tuple[tuple[str, ...], str] | None:
    """The words of another class, and that class; None where the name is in its place."""
    text, ending = without_quotes(name), core_name(name)
    if kinds & _OWN_KINDS.get(level, set()):  # (3)
        return None
    signs = [sign for sign in _AGAINST[level] if kinds & sign.kinds or sign.kinds.issuperset(QuantityKind)]
    for sign in signs:
        found = sign.head.search(ending) if sign.head else None
        if found:  # (1)
            return (found[0],), sign.zh
    if _OWN[level].search(text) or _OWN[level].search(target):  # (2)
        return None
    for sign in signs:
        words = tuple(dict.fromkeys(m[0] for m in sign.word.finditer(ending or text))) if sign.word else ()
        if words:
            return words[:3], sign.zh
    return None
