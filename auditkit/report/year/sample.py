"""A sample of a year's forms: what each weighs, what chance that gives it, and which of them a seed draws (docs/sampling.md).

Whole numbers, decimals and fractions only: no float, no clock and no generator of random numbers, whose output may differ between
versions and machines. The same seed and the same forms give the same sample everywhere.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import floor

from auditkit.decisions.subject import digest_texts, named_key
from auditkit.quantity.units import MONEY_SCALES
from auditkit.report.year.rows import ZERO, FormLine
from auditkit.rulebooks.sampling import Method, Sampling
from auditkit.vocabulary.spelling import plain


@dataclass(frozen=True)
class SampleUnit:
    """One form of the population: its key, which names the project of the form in every run, and its budget in 元, None where unknown."""

    key: str
    line: FormLine
    money: Decimal | None


@dataclass(frozen=True)
class SampleRow:
    """What the draw made of one form.

    `weight` is its share of all weight, `chance` the probability with which it is drawn, `number` its random number, of 256 bits.
    """

    unit: SampleUnit
    risk: Decimal
    weight: Fraction
    chance: Fraction
    number: int
    drawn: bool

    @property
    def certain(self) -> bool:
        """Whether it weighs so much that no seed leaves it out."""
        return self.chance == 1


@dataclass(frozen=True)
class Sample:
    """A population in the order of its random numbers, with what was drawn of it; `digest` is that of the population."""

    method: Method
    seed: str
    digest: str
    start: Fraction
    rows: tuple[SampleRow, ...]

    @property
    def drawn(self) -> tuple[SampleRow, ...]:
        """What was drawn, the heaviest first."""
        return tuple(sorted((row for row in self.rows if row.drawn), key=lambda row: (-row.weight, row.unit.key)))


def population(forms: Iterable[FormLine]) -> tuple[SampleUnit, ...]:
    """The forms as units of a population, in the order of their keys; forms of one project are told apart by their number."""
    found: dict[str, list[FormLine]] = defaultdict(list)
    for one in forms:
        found[named_key(one.fiscal_year, one.department_name, one.project)].append(one)
    return tuple(
        SampleUnit(f"{key}｜{number}", one, _money(one))
        for key in sorted(found)
        for number, one in enumerate(sorted(found[key], key=lambda one: (one.file, one.form)), 1)
    )


def _money(one: FormLine) -> Decimal | None:
    """The budget in 元: one whose unit is not told is as unknown as one that is not there."""
    unit = plain(one.money_unit)
    return None if one.budget is None or unit not in MONEY_SCALES else max(one.budget.scaleb(MONEY_SCALES[unit]), ZERO)


def population_digest(units: Iterable[SampleUnit]) -> str:
    """The SHA-256 of all that the weights and the order of a population follow from."""
    return digest_texts(
        text for unit in units for text in (unit.key, unit.line.file, str(unit.line.form), *_facts(unit))
    )


def _facts(unit: SampleUnit) -> tuple[str, ...]:
    figures = (_open_points(unit.line), unit.money)
    # However many zeros a file of the dataset keeps behind the point.
    told = ("" if one is None else f"{one.normalize():f}" for one in figures)
    return (*map(str, unit.line.counts), *told)


def draw_sample(units: Sequence[SampleUnit], size: int, seed: str, method: Method, figures: Sampling) -> Sample:
    """Draw so many of the units, each with its chance, none twice.

    Madow's systematic sampling over the units in random order: their chances are laid end to end from a random start between 0 and
    1, and the unit over which a whole number is passed is drawn. The chances sum to the size, so that many are.
    """
    digest = population_digest(units)
    risks = [_risk(unit.line, figures) for unit in units]
    weights = _weights(units, risks, figures) if method is Method.WEIGHTED else [Fraction(1, len(units))] * len(units)
    chances = inclusion_chances(weights, size)
    numbers = [random_number(seed, unit.key) for unit in units]
    passed = start = Fraction(random_number(seed, digest), 2**256)
    rows = []
    for place in sorted(range(len(units)), key=lambda one: (numbers[one], units[one].key)):
        before, passed = passed, passed + chances[place]
        facts = units[place], risks[place], weights[place], chances[place], numbers[place]
        rows.append(SampleRow(*facts, floor(passed) > floor(before)))
    return Sample(method, seed, digest, start, tuple(rows))


def random_number(seed: str, key: str) -> int:
    """The random number of a key under a seed: the SHA-256 of both (`digest_texts`) as a whole number below 2^256."""
    return int(digest_texts((seed, key)), 16)


def _risk(one: FormLine, figures: Sampling) -> Decimal:
    of_each = zip((figures.error, figures.warning, figures.note), one.counts, strict=True)
    return figures.base + sum(weight * count for weight, count in of_each) + figures.points * _open_points(one)


def _open_points(one: FormLine) -> Decimal:
    return max(one.unverifiable_points, ZERO)


def _weights(units: Sequence[SampleUnit], risks: Iterable[Decimal], figures: Sampling) -> list[Fraction]:
    """Each unit's share of all risk and of all money, mixed; unknown money counts as the mean of what is known.

    Where no money is known at all, risk alone counts.
    """
    known = [Fraction(unit.money) for unit in units if unit.money is not None]
    mean = sum(known) / len(known) if known else Fraction(0)
    money = [mean if unit.money is None else Fraction(unit.money) for unit in units]
    by_money = Fraction(figures.money) if mean else Fraction(0)
    shared = _shares(money) if mean else money
    return [
        (1 - by_money) * risk + by_money * own for risk, own in zip(_shares(map(Fraction, risks)), shared, strict=True)
    ]


def _shares(parts: Iterable[Fraction]) -> list[Fraction]:
    parts = list(parts)
    whole = sum(parts)
    return [part / whole for part in parts]


def inclusion_chances(weights: Sequence[Fraction], size: int) -> list[Fraction]:
    """The chance of each: the size times its share of the weight, but 1 for those that would have more.

    These are taken out with certainty, and what is left of the size is shared among the others, until nobody has more than 1.
    """
    certain: set[int] = set()
    while True:
        left = size - len(certain)
        rest = sum((weight for place, weight in enumerate(weights) if place not in certain), Fraction(0))
        heavy = {place for place, one in enumerate(weights) if place not in certain and left * one >= rest}
        if not heavy:
            break
        certain |= heavy
    return [Fraction(1) if place in certain else left * one / rest for place, one in enumerate(weights)]
