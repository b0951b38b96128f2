"""What a figure in a text is about, and which indicator speaks of the same matter."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from auditkit.model import Indicator, Value
from auditkit.quantity.measure import Measure, QuantityKind
from auditkit.quantity.parser import bare_text, figures
from auditkit.vocabulary.terms import any_of, pattern, words

_END = re.compile(r"[。;,:!?]")
_RATE = re.compile(rf"([\u4e00-\u9fff]*(?:{'|'.join(words('matters.rates'))}))[^。;,]{{0,4}}$")
_TAIL = re.compile(rf"{any_of('matters.tails')}+$")
_NUMBER = re.compile(r"^指标\d*:")
_BRACKET = re.compile(r"\([^()]*\)")
_NO_WORDS = re.compile(r"[^\u4e00-\u9fff]")
_PLANNED, _COMPARED, _FORMER = (pattern(f"matters.{kind}") for kind in ("planned", "compared", "former"))


@dataclass(frozen=True)
class Mention:
    """A figure in a text with the clause that it stands in; `before` and `after` are the clause's own words around it.

    `together` is the sum of the clause's figures in the same unit: 党代会1次、人代会1次 are two.
    """

    measure: Measure
    text: str
    before: str
    after: str
    together: Decimal

    @property
    def planned(self) -> bool:
        """True where the text tells what was planned: 计划改造30公里，实际完成32公里."""
        return bool(_PLANNED.search(self.before))


def mentions(value: Value) -> tuple[Mention, ...]:
    """Every figure of a text that says how much of something there was; dates, ranks and comparisons with others do not."""
    bare = bare_text(value.text.replace("\n", "。"))
    found = list(figures(bare))
    told, left = [], 0
    for number, (measure, start, end) in enumerate(found):
        following = found[number + 1][1] if number + 1 < len(found) else len(bare)
        before = _END.split(bare[left:start])[-1]
        after = _END.split(bare[end:following])[0]
        left = end
        passing = _COMPARED.search(before) or _FORMER.search(f"{before}#{after}")
        if measure.kind not in (QuantityKind.DATE, QuantityKind.RANK) and not passing:
            text = f"{before}{bare[start:end]}{after}".replace("□", "")
            told.append(Mention(measure, text, before, after, _together(bare, found, number)))
    return tuple(told)


def _together(bare: str, found: list[tuple[Measure, int, int]], number: int) -> Decimal:
    """The sum of the figures of one unit that stand in the same clause as one of them."""
    measure, start, end = found[number]
    total = measure.number
    for neighbours in (found[number + 1 :], reversed(found[:number])):
        for other, begin, finish in neighbours:
            if other.unit != measure.unit or _END.search(bare[min(end, finish) : max(start, begin)]):
                break
            total += other.number
    return total


def matching_indicators(
    mention: Mention, indicators: Iterable[Indicator], least: Decimal
) -> list[tuple[Indicator, float]]:
    """The indicators whose names are most like the mention's words, where the likeness reaches `least` (1 is the same).

    For a rate the nouns that are measured (…合格率) must be the same; for a count the end of the name must be spoken of.
    """
    likeness = _rate_likeness if mention.measure.kind is QuantityKind.RATE else _count_likeness
    matches = [(item, likeness(mention, item.name.plain)) for item in indicators]
    best = max((score for _, score in matches), default=0.0)
    return [(item, score) for item, score in matches if score == best and score >= least]


def _rate_likeness(mention: Mention, name: str) -> float:
    told, named = _RATE.search(mention.before), _RATE.search(_NO_WORDS.sub("", name))
    if not told or not named:
        return 0.0
    ours, theirs = (found[1].replace("满意率", "满意度") for found in (told, named))
    if any(word in ours and word not in name for word in words("matters.qualifiers")):  # 农村污水处理率 is a part
        return 0.0
    if ours[-3:] != theirs[-3:] or min(len(ours), len(theirs)) < 3:
        return 0.0
    return _shared(*sorted((ours, theirs), key=len))


def _count_likeness(mention: Mention, name: str) -> float:
    core = _TAIL.sub("", _NO_WORDS.sub("", _BRACKET.sub("", bare_text(_NUMBER.sub("", name)))))
    context = _NO_WORDS.sub("", mention.text)
    beside = len(core) == 2 and _NO_WORDS.sub("", mention.before).endswith(core)  # 巡河1256次 for 巡河次数
    if (len(core) < 3 and not beside) or core[-2:] not in context:
        return 0.0
    return _shared(core, context)


def _shared(short: str, long: str) -> float:
    """The share of the letters of one text that another has too."""
    return (Counter(short) & Counter(long)).total() / len(short)
