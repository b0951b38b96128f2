"""What a figure in a text is about, and which indicator speaks of the same matter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from auditkit.model import Indicator, Value
from auditkit.quantity.measure import Measure, QuantityKind, Relation
from auditkit.quantity.parser import bare_text, figures
from auditkit.vocabulary.spelling import own_words, plain
from auditkit.vocabulary.terms import Expression, any_of, pattern, words

_END = Expression(r"[。;,:!?]")
_RATE = Expression(rf"([\u4e00-\u9fff]*(?:{'|'.join(words('matters.rates'))}))[^。;,]{{0,4}}$")
_TAIL = Expression(rf"(?:[\u4e00-\u9fff]数|{any_of('matters.tails')})$")
_NUMBER = Expression(r"^指标\d*:")
_BRACKET = Expression(r"\([^()]*\)")
_NO_WORDS = Expression(r"[^\u4e00-\u9fff]")
_EVENT = Expression(any_of("matters.events"))
_DATED = Expression(rf"(?:{any_of('matters.dated')})+$")
_GENERAL = Expression(any_of("matters.general"))
_YEARS = Expression(r"(?:19|20)\d{2}年?[-~—至](?:19|20)\d{2}年")
_PLANNED, _COMPARED, _FORMER = (pattern(f"matters.{kind}") for kind in ("planned", "compared", "former"))


@dataclass(frozen=True)
class Mention:
    """A figure in a text with the clause that it stands in; `before` and `after` are the clause's own words around it.

    `figure` and `text` are the figure and the clause as the form writes them, `printed` the figure in half width.
    `together` is the sum of the clause's figures in the same unit: 党代会1次、人代会1次 are two.
    """

    measure: Measure
    printed: str
    figure: str
    text: str
    before: str
    after: str
    together: Decimal

    @property
    def planned(self) -> bool:
        """True where the text tells what was planned: 计划改造30公里，实际完成32公里."""
        return bool(_PLANNED.search(self.before))


@lru_cache(maxsize=256)
def mentions(text: str) -> tuple[Mention, ...]:
    """Every figure of a text that says how much of something there was, or when; ranks and comparisons with others do not."""
    lines = text.replace("\n", "。")
    bare, own = bare_text(lines), plain(lines)
    found = list(figures(bare))
    told, left = [], 0
    for number, (measure, start, end) in enumerate(found):
        following = found[number + 1][1] if number + 1 < len(found) else len(bare)
        before = _END.split(bare[left:start])[-1]
        after = _END.split(bare[end:following])[0]
        left = end
        passing = _YEARS.search(own, start - len(before), start) if len(own) == len(bare) else None
        passing = passing or _COMPARED.search(before) or _FORMER.search(f"{before}#{after}")
        if measure.kind is QuantityKind.RANK or passing:
            continue
        places = (start, end), (start - len(before), end + len(after))
        figure, clause = (_as_written(lines, own, bare, *place) for place in places)
        told.append(Mention(measure, bare[start:end], figure, clause, before, after, _together(bare, found, number)))
    return tuple(told)


def _as_written(lines: str, own: str, bare: str, start: int, end: int) -> str:
    """A part of a bare text in the form's own words; where a notation was rewritten, as it was understood."""
    return (own_words(lines, own[start:end]) if len(own) == len(bare) else "") or bare[start:end].replace("□", "")


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


def printed_figures(value: Value) -> Iterator[tuple[Measure, str]]:
    """The figures of an entry, each as printed in half width."""
    bare = bare_text(value.text)
    yield from ((measure, bare[start:end]) for measure, start, end in figures(bare))


def matching_indicators(
    mention: Mention, indicators: Iterable[Indicator], least: Decimal
) -> list[tuple[Indicator, float]]:
    """The indicators whose names are most like the mention's words, where the likeness reaches `least` (1 is the same).

    For a rate the nouns that are measured (…合格率) must be the same, for a date what happened then (完工); for a count
    the end of the name must be spoken of, in whatever order.
    """
    kind = mention.measure.kind
    likeness = _LIKENESS.get(kind, _count_likeness)
    matches = [(item, likeness(mention, item.name.text)) for item in indicators]
    best = max((score for _, score in matches), default=0.0)
    return [(item, score) for item, score in matches if score == best and score >= least]


def _rate_likeness(mention: Mention, name: str) -> float:
    told = _RATE.search(mention.before) or _RATE.search(mention.after)
    named = _rate_named(name)
    if not told or not named:
        return 0.0
    ours, theirs = told[1].replace("满意率", "满意度"), named
    if _is_another(ours, plain(name)):  # 农村污水处理率 is a part
        return 0.0
    if ours[-3:] != theirs[-3:] or min(len(ours), len(theirs)) < 3:
        return 0.0
    return _shared(*sorted((ours, theirs), key=len))


@lru_cache(maxsize=4096)
def _rate_named(name: str) -> str:
    found = _RATE.search(_NO_WORDS.sub("", plain(name)))
    return found[1].replace("满意率", "满意度") if found else ""


def _is_another(ours: str, name: str) -> bool:
    """True where the text speaks of a part, or of another place or time, than the indicator."""
    return any(word in ours and word not in name for word in words("matters.qualifiers"))


def _count_likeness(mention: Mention, name: str) -> float:
    core = _counted(name)
    context = _NO_WORDS.sub("", mention.before + mention.printed + mention.after)
    if len(core) == 2:  # 巡河1256次 for 巡河次数
        before = _NO_WORDS.sub("", mention.before)
        return 1.0 if before.endswith(core) or _TAIL.sub("", before).endswith(core) else 0.0
    if len(core) < 2 or core[-2:] not in context or _is_another(context, plain(name)):
        return 0.0
    return _shared(core, context)


@lru_cache(maxsize=4096)
def _counted(name: str) -> str:
    """What a name counts: without brackets and the measure in which it ends."""
    core, before = _NO_WORDS.sub("", _BRACKET.sub("", bare_text(_NUMBER.sub("", plain(name))))), ""
    while core != before:
        core, before = _TAIL.sub("", core) if len(core) > 2 else core, core
    return core


def _date_likeness(mention: Mention, name: str) -> float:
    """The same event, and the same matter, or none but the whole work on both sides."""
    event, rest = _event_named(name)
    context = _NO_WORDS.sub("", mention.before + mention.after)
    if not event or event not in context or _is_another(context, plain(name)):
        return 0.0
    others = _GENERAL.sub("", context.replace(event, "", 1))
    if not rest or not others:
        return 1.0 if rest == others else 0.0
    return _shared(rest, others)


@lru_cache(maxsize=4096)
def _event_named(name: str) -> tuple[str, str]:
    """What a name says happened by a date, and what else it speaks of."""
    core = _DATED.sub("", _NO_WORDS.sub("", _BRACKET.sub("", plain(name))))
    found = list(_EVENT.finditer(core))
    if not found:
        return "", core
    last = found[-1]
    return last[0], _GENERAL.sub("", core[: last.start()] + core[last.end() :])


_LIKENESS = {QuantityKind.RATE: _rate_likeness, QuantityKind.DATE: _date_likeness}


def _shared(short: str, long: str) -> float:
    """The share of the letters of one text that another has too."""
    return (Counter(short) & Counter(long)).total() / len(short)


def same_figure(told: Measure, other: Measure) -> bool:
    """True where two figures stand for one number at the precision that either prints: 2.4万 for 23600."""
    return _stands_for(told, other.number) or _stands_for(other, told.number)


def _stands_for(measure: Measure, number: Decimal) -> bool:
    """True where a number rounds to a figure at the last digit that this prints: 94% is any of [93.5%, 94.5%)."""
    digits = int(measure.number.as_tuple().exponent) - int(measure.scale.as_tuple().exponent)
    half = Decimal(5).scaleb(digits - 1) * measure.scale
    return number == measure.number or measure.number - half <= number < measure.number + half


def same_date(told: Measure, printed: str, other: Measure, other_printed: str) -> bool:
    """True where two dates can both be true, at the coarser of the two: 9月 for 9月20日, 9月底前 for 9月20日."""
    (year, day), (other_year, other_day) = (divmod(int(m.number), 10_000) for m in (told, other))
    if year and other_year and year != other_year:
        return False
    if told.relation is Relation.AT_MOST and other.relation is not Relation.AT_MOST:
        return other_day <= day
    if "日" in printed and "日" in other_printed:
        return day == other_day
    step = 3 if "季" in printed + other_printed else 6 if "半年" in printed + other_printed else 1
    return (day // 100 - 1) // step == (other_day // 100 - 1) // step
