"""Which indicator of a self-evaluation is which approved one: by the meaning of its name, never by its place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from auditkit.assess.direction import better
from auditkit.assess.names import without_number
from auditkit.model import Form, Indicator, Pair
from auditkit.quantity.measure import QuantityKind, comparable
from auditkit.vocabulary.labels import label
from auditkit.vocabulary.levels import level_named
from auditkit.vocabulary.terms import Expression, any_of, table, words

_NO_LETTER = Expression(r"[\W_]+")
_FILLING = Expression(any_of("targets.filling"))
_LEAST = 4  # letters of a name that may stand for a longer one that holds it


@dataclass(frozen=True)
class PairedRow:
    """An approved indicator and the one of the self-evaluation that is the same; `moved` to another second level."""

    pair: Pair
    approved: Indicator
    filed: Indicator
    moved: bool = False

    @property
    def row(self) -> int:
        return self.filed.row


@dataclass(frozen=True)
class Matched:
    """The rows that belong together, and those of either paper that have no partner."""

    rows: tuple[PairedRow, ...]
    dropped: tuple[Indicator, ...]
    added: tuple[Indicator, ...]


def match_rows(pair: Pair) -> Matched:
    """One to one: equal names within a second level, then names of one meaning within it, then equal names anywhere."""
    ours, theirs = _rows(pair.approved), _rows(pair.filed)
    found: list[tuple[Indicator, Indicator]] = []
    for within, same in ((True, _same_name), (True, _same_meaning), (False, _same_name)):
        found += _partners(ours, theirs, within, same)
        taken = {id(one) for two in found for one in two}
        ours, theirs = ([one for one in side if id(one) not in taken] for side in (ours, theirs))
    rows = (PairedRow(pair, one, other, _level(one) != _level(other)) for one, other in found)
    return Matched(tuple(sorted(rows, key=lambda two: two.approved.row)), tuple(ours), tuple(theirs))


def _rows(form: Form) -> list[Indicator]:
    """The indicators that have a name, without the execution of the budget, which no target form approves."""
    spent = table("labels.execution.words")
    return [item for item in form.indicators if not item.name.is_blank and label(item.name.text) not in spent]


def _level(item: Indicator) -> object:
    return level_named(item.subcategory.plain) or label(item.subcategory.text) or item.kind


def _partners(
    ours: list[Indicator], theirs: list[Indicator], within: bool, same: Callable[[Indicator, Indicator], bool]
) -> list[tuple[Indicator, Indicator]]:
    """Those that have each other alone; several of one name by their targets, equal ones first and then by their size."""
    fits = [
        (one, other)
        for one in ours
        for other in theirs
        if (not within or _level(one) == _level(other)) and same(one, other)
    ]
    found: list[tuple[Indicator, Indicator]] = []
    if same is _same_meaning:  # one that may be either of two is neither
        often = Counter(id(one) for two in fits for one in two)
        return [two for two in fits if all(often[id(one)] == 1 for one in two)]
    fits.sort(key=lambda two: (two[0].target.plain != two[1].target.plain, _size(two[0]), _size(two[1])))
    taken: set[int] = set()
    for two in fits:
        if not taken & {id(one) for one in two}:
            found.append(two)
            taken |= {id(one) for one in two}
    return found


def _size(item: Indicator) -> tuple[bool, object]:
    measures = item.target.quantity.measures
    return (not measures, measures[0].number if measures else item.target.plain)


def indicator_key(item: Indicator) -> object:
    """What rows of different forms that are of one indicator have in common; None for a row without a name."""
    return None if item.name.is_blank else (_level(item), _meaning(item.name.text))


def _same_name(one: Indicator, other: Indicator) -> bool:
    return bare_name(one.name.text) == bare_name(other.name.text)


def _same_meaning(one: Indicator, other: Indicator) -> bool:
    return same_matter(one.name.text, other.name.text) and _measured_alike(one, other)


def _measured_alike(one: Indicator, other: Indicator) -> bool:
    """Whether the targets can be of one matter: not a rate here and a count there."""
    ours, theirs = one.target.quantity.measures, other.target.quantity.measures
    return not (ours and theirs) or any(comparable(a, b) for a in ours for b in theirs)


@lru_cache(maxsize=8192)
def bare_name(text: str) -> str:
    """The letters of a name, without its number, blanks and punctuation; what brackets hold is part of it."""
    return _NO_LETTER.sub("", without_number(text)).lower()


@lru_cache(maxsize=8192)
def same_matter(one: str, other: str) -> bool:
    """Whether two names that differ can only mean one matter.

    They do where the same words stand in another order, or one has more words that add nothing (完成, 工程, 全年). A name
    that holds the other is the same matter where the rest neither denies, nor turns, nor narrows it.
    """
    ours, theirs = _meaning(one), _meaning(other)
    if not ours or not theirs:
        return False
    if Counter(ours) == Counter(theirs):
        return True
    short, long = sorted((ours, theirs), key=len)
    if (
        len(short) < _LEAST
        or short not in long
        or any(word in long.replace(short, "", 1) for word in words("targets.apart"))
    ):
        return False
    return better(one, "", QuantityKind.RATE) is better(other, "", QuantityKind.RATE)


@lru_cache(maxsize=8192)
def _meaning(text: str) -> str:
    bare = bare_name(text)
    for group in table("targets.synonyms"):
        for word in group[1:]:
            bare = bare.replace(word, group[0])
    return _FILLING.sub("", bare) or bare
