"""Which indicator of a self-evaluation is which approved one: by the meaning of its name, never by its place."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache, partial

from auditkit.assess.direction import better
from auditkit.assess.names import without_number
from auditkit.model import Form, Indicator, Pair
from auditkit.quantity.measure import QuantityKind, comparable
from auditkit.vocabulary.labels import label
from auditkit.vocabulary.levels import level_named
from auditkit.vocabulary.terms import Expression, any_of, table, words

_NO_LETTER = Expression(r"[\W_]+")
_FILLING = Expression(any_of("targets.filling"))
_MOST = 40_000  # pairs of names: no form has so many, but one that was made to keep a run busy
_LEAST = 4  # letters of a name that may stand for a longer one that holds it


@dataclass(frozen=True)
class PairedRow:
    """An approved indicator and the one of the self-evaluation that is the same.

    It may be `moved` to another second level, or `renamed`: one name narrows the other.
    """

    pair: Pair
    approved: Indicator
    filed: Indicator
    moved: bool = False
    renamed: bool = False

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
    """One to one: equal names within a second level, names of one meaning within it, and equal names anywhere.

    What is left has, within a second level, the one whose name is narrower or wider, where no other may be meant.
    """
    ours, theirs = _rows(pair.approved), _rows(pair.filed)
    found: list[tuple[Indicator, Indicator]] = []
    renamed: set[int] = set()
    for partners in (
        partial(_of_one_name, within=True),
        partial(_alone, fit=same_matter),
        partial(_of_one_name, within=False),
        partial(_alone, fit=narrows),
    ):
        two = partners(ours, theirs)
        renamed = {id(one) for one, _ in two}  # by the last of them
        found += two
        taken = {id(one) for two in found for one in two}
        ours, theirs = ([one for one in side if id(one) not in taken] for side in (ours, theirs))
    rows = (PairedRow(pair, one, other, _level(one) != _level(other), id(one) in renamed) for one, other in found)
    return Matched(tuple(sorted(rows, key=lambda two: two.approved.row)), tuple(ours), tuple(theirs))


def _rows(form: Form) -> list[Indicator]:
    """The indicators that have a name, without the execution of the budget, which no target form approves."""
    spent = table("labels.execution.words")
    return [item for item in form.indicators if not item.name.is_blank and label(item.name.text) not in spent]


def _level(item: Indicator) -> object:
    return level_named(item.subcategory.plain) or label(item.subcategory.text) or item.kind


def _of_one_name(
    ours: Sequence[Indicator], theirs: Sequence[Indicator], within: bool
) -> list[tuple[Indicator, Indicator]]:
    """Those of one name; several by their targets, equal ones first and then by their size."""
    groups: dict[object, tuple[list[Indicator], list[Indicator]]] = defaultdict(lambda: ([], []))
    for side, items in enumerate((ours, theirs)):
        for item in items:
            groups[_level(item) if within else None, bare_name(item.name.text)][side].append(item)
    found: list[tuple[Indicator, Indicator]] = []
    for one, other in groups.values():
        alike = {item.target.plain: item for item in other}
        for item in one:
            if same := alike.pop(item.target.plain, None):
                found.append((item, same))
        taken = {id(item) for two in found for item in two}
        rest = (sorted((item for item in side if id(item) not in taken), key=_size) for side in (one, other))
        found += zip(*rest, strict=False)
    return found


def _alone(
    ours: Sequence[Indicator], theirs: Sequence[Indicator], fit: Callable[[str, str], bool]
) -> list[tuple[Indicator, Indicator]]:
    """Those within a second level whose names fit each other's alone: one that may be either of two is neither."""
    if len(ours) * len(theirs) > _MOST:
        return []
    fits = [
        (one, other)
        for one in ours
        for other in theirs
        if _level(one) == _level(other) and fit(one.name.text, other.name.text) and _measured_alike(one, other)
    ]
    often = Counter(id(one) for two in fits for one in two)
    return [two for two in fits if all(often[id(one)] == 1 for one in two)]


def _size(item: Indicator) -> tuple[bool, Decimal, str]:
    measures = item.target.quantity.measures
    return (not measures, measures[0].number if measures else Decimal(0), item.target.plain)


def indicator_key(item: Indicator) -> object:
    """What rows of different forms that are of one indicator have in common; None for a row without a name."""
    return None if item.name.is_blank else (_level(item), _meaning(item.name.text))


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

    They do where the same words stand in another order, or one has more words that add nothing (完成, 工程, 全年, 受益).
    """
    ours, theirs = _meaning(one), _meaning(other)
    if not ours or not theirs:
        return False
    return Counter(ours) == Counter(theirs) or _rest(ours, theirs) in words("targets.adding_nothing")


@lru_cache(maxsize=8192)
def narrows(one: str, other: str) -> bool:
    """Whether one name holds the other, and the rest neither denies nor turns it: 人均增收 and 贫困户人均增收.

    The rest narrows the matter, so that they are one only where no other row may be meant.
    """
    ours, theirs = _meaning(one), _meaning(other)
    rest = _rest(ours, theirs)
    if min(len(ours), len(theirs)) < _LEAST or not rest or any(word in rest for word in words("targets.apart")):
        return False
    return better(one, "", QuantityKind.RATE) is better(other, "", QuantityKind.RATE)


def _rest(ours: str, theirs: str) -> str:
    """What a name has more than another that it holds; blank where it holds it not."""
    short, long = sorted((ours, theirs), key=len)
    return long.replace(short, "", 1) if short in long else ""


@lru_cache(maxsize=8192)
def _meaning(text: str) -> str:
    bare = bare_name(text)
    for group in table("targets.synonyms"):
        for word in group[1:]:
            bare = bare.replace(word, group[0])
    return _FILLING.sub("", bare) or bare
