"""Which papers are of one project, and which rows of two forms are of one indicator: one to one, or said to be open."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple, TypeVar

from auditkit.assess.likeness import bare_name, likeness, matter
from auditkit.assess.names import without_number
from auditkit.model import Form, Indicator, Value
from auditkit.vocabulary.levels import level_named
from auditkit.vocabulary.terms import Expression, any_of

_YEAR = Expression(r"(?:19|20)\d{2}(?:年度?)?")
_OPTIONAL = Expression(any_of("projects.optional"))
_NO_WORD = Expression(r"[^\w]|_")
_Own = TypeVar("_Own")


@dataclass(frozen=True)
class Project:
    """What a project is known by on a paper, each in plain letters and blank where the paper does not state it.

    `name` is without 经费, 项目, 资金, years and punctuation, `units` are those of department and implementer.
    """

    code: str
    name: str
    units: tuple[str, str]
    year: int | None

    def same_unit(self, other: Project) -> bool:
        """Whether the units that both papers state are the same; where they state different ones of the two, whether these are."""
        both = [(one, two) for one, two in zip(self.units, other.units, strict=True) if one and two]
        if both:
            return all(one == two for one, two in both)
        return bool(set(filter(None, self.units)) & set(filter(None, other.units))) or self.units == other.units


def project_of(form: Form) -> Project:
    """What the project of a form is known by."""
    name = _OPTIONAL.sub("", _YEAR.sub("", _NO_WORD.sub("", form.project.plain)))
    return Project(
        _stated(form.code).casefold(), name, (_stated(form.department), _stated(form.implementer)), form.year
    )


def _stated(value: Value) -> str:
    return "" if value.is_blank else value.plain


class OpenPair(NamedTuple):
    """Papers, or rows, of which it cannot be told which belongs to which (by their places on either side), and why."""

    ones: tuple[int, ...]
    others: tuple[int, ...]
    why: str


@dataclass
class Pairing:
    """Places of what belongs together, of what stays open, and of what has no partner at all (`alone`, on either side)."""

    pairs: list[tuple[int, int]] = field(default_factory=list)
    open: list[OpenPair] = field(default_factory=list)
    alone: tuple[tuple[int, ...], tuple[int, ...]] = ((), ())


def pair_projects(ones: Sequence[Project], others: Sequence[Project], of_one_year: bool = True) -> Pairing:
    """Match papers of two kinds by project code, else by unit and name, and by year where they should be `of_one_year`.

    Two different codes are never matched by name, and two candidates are never chosen between: both stay open.
    """
    found, used = Pairing(), (set[int](), set[int]())

    def settle(left: Sequence[int], right: Sequence[int], why: str) -> None:
        if len(left) == len(right) == 1:
            found.pairs.append((left[0], right[0]))
        else:
            found.open.append(OpenPair(tuple(left), tuple(right), why))
        used[0].update(left)
        used[1].update(right)

    by_code = _grouped(ones, others, lambda one: one.code)
    for code, (left, right) in by_code.items():
        if len(left) == len(right) == 1 or not of_one_year:
            settle(left, right, f"项目编码“{code}”不止一份")
            continue
        by_year = _grouped([ones[i] for i in left], [others[i] for i in right], lambda one: one.year or "")
        for own, theirs in by_year.values():
            settle([left[i] for i in own], [right[i] for i in theirs], f"项目编码“{code}”同一年度不止一份")
    by_name = _grouped(ones, others, lambda one: one.name)
    for left, right in by_name.values():
        rest = [i for i in left if i not in used[0]], [i for i in right if i not in used[1]]
        alike = [
            (i, j)
            for i in rest[0]
            for j in rest[1]
            if ones[i].same_unit(others[j]) and not (of_one_year and _another_year(ones[i], others[j]))
        ]
        apart = [(i, j) for i, j in alike if ones[i].code and others[j].code]  # equal ones are paired already
        for own, theirs in _connected([pair for pair in alike if pair not in apart]):
            settle(own, theirs, "单位和项目名称相同的不止一份")
        for own, theirs in _connected([(i, j) for i, j in apart if i not in used[0] and j not in used[1]]):
            found.open.append(OpenPair(tuple(own), tuple(theirs), "单位和项目名称相同，项目编码不同"))
            used[0].update(own)
            used[1].update(theirs)
    left, right = (
        tuple(i for i in range(len(side)) if i not in done) for side, done in zip((ones, others), used, strict=True)
    )
    found.alone = (left, right)
    return found


def _another_year(one: Project, other: Project) -> bool:
    return one.year is not None and other.year is not None and one.year != other.year


def _grouped(
    ones: Sequence[_Own], others: Sequence[_Own], key: Callable[[_Own], Hashable]
) -> dict[Hashable, tuple[list[int], list[int]]]:
    """The places of those that have a key in common, on both sides; nothing is common to those whose key is blank."""
    found: dict[Hashable, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for side, those in enumerate((ones, others)):
        for place, one in enumerate(those):
            if named := key(one):
                found[named][side].append(place)
    return {named: sides for named, sides in found.items() if all(sides)}


def _connected(pairs: Iterable[tuple[int, int]]) -> list[tuple[list[int], list[int]]]:
    """The places that hang together by pairs."""
    groups: list[tuple[set[int], set[int]]] = []
    for one, other in pairs:
        mine = [group for group in groups if one in group[0] or other in group[1]]
        left, right = {one}.union(*(g[0] for g in mine)), {other}.union(*(g[1] for g in mine))
        groups = [group for group in groups if group not in mine] + [(left, right)]
    return [(sorted(left), sorted(right)) for left, right in groups]


@dataclass(frozen=True)
class RowPair:
    """Two rows of one indicator; `moved` where they stand under different second-level indicators."""

    one: Indicator
    other: Indicator
    moved: bool = False

    @property
    def renamed(self) -> bool:
        return self.one.name.plain != self.other.name.plain


@dataclass(frozen=True)
class RowPairing:
    """Which rows belong together, in the order of the first form; those of one form alone, and those that stay open."""

    pairs: tuple[RowPair, ...]
    ones_alone: tuple[Indicator, ...]
    others_alone: tuple[Indicator, ...]
    open: tuple[tuple[tuple[Indicator, ...], tuple[Indicator, ...]], ...] = ()


def pair_rows(ones: Sequence[Indicator], others: Sequence[Indicator], least: Decimal) -> RowPairing:
    """Match the rows of two forms one to one by name, never by position.

    First by equal name within a second-level indicator, then anywhere in the form, then within the second level by the matter that the name speaks
    of, and by likeness from `least` on (1 is the same). Rows of one name are told apart by their targets; where these
    do not, or several names are equally alike, the rows stay open.
    """
    rows = _Rows(list(ones), list(others))
    rows.by_key(lambda item: _key(item, bare_name))
    rows.by_key(lambda item: bare_name(item.name.text), moved=True)
    rows.by_key(lambda item: _key(item, matter))
    rows.by_key(lambda item: _key(item, lambda name: "".join(sorted(matter(name)))))  # 培训人次, 人次培训
    rows.by_likeness(float(least) * 100)
    pairs = sorted(rows.pairs, key=lambda pair: pair.one.row)
    return RowPairing(tuple(pairs), tuple(rows.ones), tuple(rows.others), tuple(rows.open))


def indicator_key(item: Indicator) -> Hashable:
    """What rows of different forms that are of one indicator have in common; blank for a row without a name."""
    return _key(item, matter)


def _level(item: Indicator) -> Hashable:
    """The second-level indicator of a row, by its meaning where it is known and else by its words."""
    text = without_number(item.subcategory.text)
    return level_named(text) or text.removesuffix("指标")


def _key(item: Indicator, named: Callable[[str], str]) -> Hashable:
    name = named(item.name.text)
    return (_level(item), name) if name else ""


@dataclass
class _Rows:
    """The rows that have no partner yet, and what was found."""

    ones: list[Indicator]
    others: list[Indicator]
    pairs: list[RowPair] = field(default_factory=list)
    open: list[tuple[tuple[Indicator, ...], tuple[Indicator, ...]]] = field(default_factory=list)

    def by_key(self, key: Callable[[Indicator], Hashable], moved: bool = False) -> None:
        ones, others = self.ones, self.others
        for left, right in _grouped(ones, others, key).values():
            own, theirs = [ones[i] for i in left], [others[i] for i in right]
            by_target = _grouped(own, theirs, lambda item: item.target.plain)
            same = [(own[i[0]], theirs[j[0]]) for i, j in by_target.values() if len(i) == len(j) == 1]
            if len(own) > 1 or len(theirs) > 1:
                own = [item for item in own if not any(item is one for one, _ in same)]
                theirs = [item for item in theirs if not any(item is other for _, other in same)]
                self._take(same, moved)
            if len(own) == len(theirs) == 1:
                self._take([(own[0], theirs[0])], moved)
            elif own and theirs:
                self.open.append((tuple(own), tuple(theirs)))
                self._drop(own, theirs)

    def by_likeness(self, least: float) -> None:
        alike = {
            (i, j): score
            for i, one in enumerate(self.ones)
            for j, other in enumerate(self.others)
            if _level(one) == _level(other) and (score := likeness(one.name.text, other.name.text, least))
        }
        best = [
            (i, j)
            for (i, j), score in alike.items()
            if score == max(s for (a, b), s in alike.items() if i == a or j == b)
        ]
        chosen, left_open = [], []
        for own, theirs in _connected(best):
            found = [self.ones[i] for i in own], [self.others[j] for j in theirs]
            if len(own) == len(theirs) == 1:
                chosen.append((found[0][0], found[1][0]))
            else:
                left_open.append(found)
        self._take(chosen)
        for own, theirs in left_open:
            self.open.append((tuple(own), tuple(theirs)))
            self._drop(own, theirs)

    def _take(self, found: Iterable[tuple[Indicator, Indicator]], moved: bool = False) -> None:
        for one, other in found:
            self.pairs.append(RowPair(one, other, moved))
            self._drop([one], [other])

    def _drop(self, own: Sequence[Indicator], theirs: Sequence[Indicator]) -> None:
        self.ones = [item for item in self.ones if not any(item is one for one in own)]
        self.others = [item for item in self.others if not any(item is other for other in theirs)]
