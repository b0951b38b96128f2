"""Rulebooks: every figure that a rule-maker fixed, with its source, in one TOML file per jurisdiction."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal, get_args

from auditkit.errors.files import NotOpened
from auditkit.errors.rulebooks import BadKey, KeyFault, NotToml, NotUtf8, TomlBreaksOff, UnknownRulebook
from auditkit.rulebooks.sampling import Sampling
from auditkit.rulebooks.validation import RuleId, Share, Slug, build

SHIPPED = Path(__file__).parent
DEFAULT = "mof-2020"

Words = Literal["done", "partly", "undone"]
Levels = Literal[
    "quantity", "quality", "timeliness", "cost", "economic", "social", "ecological", "lasting", "satisfaction"
]
Kinds = Literal["count", "rate", "money", "duration", "date", "clock", "monthday", "rank", "ratio", "number", "words"]
Reasons = Literal[
    "compared", "missing", "bare_rate", "repeated", "inequality", "other_unit", "in_words", "no_measure", "no_result",
    "not_yet", "other_matter", "no_direction", "against_matter", "impossible", "unmeasurable", "unfinished",
]  # fmt: skip


@dataclass(frozen=True)
class SourceDocument:
    """A document that the rulebook rests on; `checked` is False where it is known only second-hand."""

    title: str
    number: str
    checked: bool
    note: str


@dataclass(frozen=True)
class Split:
    """Points by first-level indicator, and those of budget execution; all 0 where forms carry no points.

    `management` are those of 管理, 决策 or 过程, with budget execution where that has none of its own; the ministry's form
    has no such level.
    """

    execution: Decimal
    management: Decimal
    output: Decimal
    benefit: Decimal
    satisfaction: Decimal
    cost: Decimal

    @property
    def total(self) -> Decimal:
        return self.execution + self.management + self.output + self.benefit + self.satisfaction + self.cost


@dataclass(frozen=True)
class Band:
    """From this rate on (1 is 100%), this share of the points."""

    rate: Share
    share: Share


@dataclass(frozen=True)
class Execution:
    """How the execution rate earns points, and over which budget; a rate of `goal` earns all of them."""

    method: Literal["linear", "bands", "none"]
    base: Literal["adjusted", "initial"]
    goal: Share
    bands: tuple[Band, ...]


@dataclass(frozen=True)
class Formula:
    """How a missed target earns points: `proportional` or `shortfall` (1 − (actual − target)/target) for reverse ones."""

    positive: Literal["proportional"]
    reverse: Literal["proportional", "shortfall"]


@dataclass(frozen=True)
class Window:
    """How far from its target a figure that is a floor may be: outside of `least` to `most` times it, it earns nothing.

    It holds for the first-level indicators `of`; where there are none, for nothing.
    """

    least: Share
    most: Decimal
    of: tuple[Literal["output", "benefit", "satisfaction", "cost"], ...]


@dataclass(frozen=True)
class Overachievement:
    """From `threshold` times the target on, `effect` is wanted.

    A rate at or above `rate_ceiling` has no room left, and is never over-achieved.
    """

    threshold: Decimal
    effect: Literal["explain", "deduct"]
    rate_ceiling: Share


@dataclass(frozen=True)
class Thresholds:
    """From where on a rule speaks.

    Shares of the budget unspent, adjusted, of results ahead of spending, and of unit cost times quantity above spending; likeness of words and names that speak of the
    same matter, of names that overlap (`similar`), and of texts that are copies, from so many letters on, and those of one form that are wholly alike from fewer on
    (`copied_whole`); share of a run's forms that deduct alike, from so many
    forms on; times that targets of one indicator differ between forms; shares of the target by which two shortfalls that are
    the same may differ (`same_short`); how far from a figure with 左右 or 约 a result is plain
    (`near` of it, or `near_points` for a share) and from where on it is missed (`far`); the share of a target and the points
    below both of which a shortfall is small.
    """

    unspent: Share
    adjusted: Share
    outrun: Share
    unit_cost: Share
    same_matter: Share
    copied: Share
    copied_length: Decimal
    copied_whole: Decimal
    uniform: Share
    uniform_forms: Decimal
    spread: Decimal
    same_short: Share
    similar: Share
    near: Share
    near_points: Share
    far: Share
    small_share: Share
    small_points: Decimal


@dataclass(frozen=True)
class EvidenceDemand:
    """The document that settles what cannot be verified, and what it has to show.

    It is asked for where the second-level indicator is one of `levels`, the target one of `kinds` (`words` where it has no
    figure) and the reason one of `reasons`; an empty list is any.
    """

    levels: tuple[Levels, ...]
    kinds: tuple[Kinds, ...]
    reasons: tuple[Reasons, ...]
    document: str
    shows: str

    @property
    def of_all(self) -> bool:
        return not (self.levels or self.kinds or self.reasons)


@dataclass(frozen=True)
class Rulebook:
    """One jurisdiction's rules in force.

    `years` is the first fiscal year that they govern, and the last where they have ended. `qualitative` is the least and
    the greatest share of the points that a result in words of each class earns. `inapplicable` is what becomes of items that
    do not apply (不适用): `rescale` takes them out, score ÷ (full marks − their points) × full marks. `digest` is over the file and those that
    it extends, as read, so that a report names what was used.
    """

    name: Slug
    version: str
    title: str
    title_en: str
    years: tuple[int, ...]
    full_marks: Decimal
    split: Split
    execution: Execution
    formula: Formula
    window: Window
    inapplicable: Literal["keep", "rescale"]
    qualitative: Mapping[Words, tuple[Share, Share]]
    overachievement: Overachievement
    grades: Mapping[str, Decimal]
    thresholds: Thresholds
    sampling: Sampling
    basis: Mapping[str, str]
    documents: tuple[SourceDocument, ...]
    severity: Mapping[RuleId, Literal["error", "warning", "note"]]
    off: tuple[RuleId, ...]
    evidence: tuple[EvidenceDemand, ...]
    digest: str = ""

    @property
    def scored(self) -> bool:
        """Whether forms under this rulebook carry points and scores at all."""
        return self.split.total > 0

    def in_force(self, year: int | None) -> bool:
        """Whether it governs a fiscal year; True where a form states none."""
        return year is None or (self.years[0] <= year and (len(self.years) == 1 or year <= self.years[-1]))

    def cite(self, key: str) -> str:
        """The basis of a rule in this rulebook's own words, or the key where it names none."""
        return self.basis.get(key, key)

    def grade(self, score: Decimal) -> str:
        """The grade that a total score out of `full_marks` earns."""
        return next((name for name, least in self.grades.items() if score >= least), tuple(self.grades)[-1])


# What is said of a basis that nobody compared with the original. A page says it once, and marks each such basis.
SECOND_HAND, MARK = "二手资料，未核对原文", "＊"
MARKED = f"标{MARK}的依据为{SECOND_HAND}"
_SAID = re.compile(r"（二手资料(?:，未核对原文)?[，；]?([^）]*)）")


def marked_basis(basis: str) -> str:
    """A basis as pages show it: with a mark in the place of these words, and what else stands beside them."""
    return _SAID.sub(lambda said: f"{MARK}（{said[1]}）" if said[1] else MARK, basis)


# A report must name the file that was used, so a rulebook never has these from the one that it extends.
OWN = {"name", "version", "title", "title_en"}
# A scale has a meaning only as a whole.
WHOLE = {"grades"}


def load_rulebook(name: str | Path | None = None) -> Rulebook:
    """A shipped rulebook by name, or a file by path; the default one where none is named.

    Raises Unreadable, naming file and key, where it is missing, is no TOML, has an unknown, missing or mistyped key, or
    contradicts itself; the same holds for every rulebook that it extends.
    """
    path = _find(DEFAULT if name is None else str(name), Path())
    if path is None:
        raise UnknownRulebook(str(name), known=_named(shipped()))
    return _installed(path, path.stat().st_mtime_ns) if path.parent == SHIPPED else _load(path, ())[0]


@cache
def _installed(path: Path, _changed: int) -> Rulebook:
    """A shipped rulebook, read but once: that takes as long as a tenth of an audit."""
    return _load(path, ())[0]


def shipped() -> tuple[str, ...]:
    """The names of the rulebooks that come with the program."""
    return tuple(sorted(path.stem for path in SHIPPED.glob("*.toml")))


def _named(names: tuple[str, ...]) -> tuple[str, str]:
    return "、".join(names), ", ".join(names)


def _find(name: str, folder: Path) -> Path | None:
    path = folder / name if name.endswith(".toml") else SHIPPED / f"{name}.toml"
    return path if path.is_file() and (name.endswith(".toml") or name in shipped()) else None


def _load(path: Path, heirs: tuple[Path, ...]) -> tuple[Rulebook, dict[str, Any], tuple[str, ...]]:
    """A file as a rulebook, as the table that its heirs merge into, and the digests of its chain."""
    file, line = str(path), (*heirs, path.resolve())
    table, digest = _parse(path)
    digests = (digest,)
    if "extends" in table:
        parent = table.pop("extends")
        found = _find(parent, path.parent) if isinstance(parent, str) else None
        if found is None:
            raise BadKey(file, "extends", KeyFault.NO_PARENT, parent=str(parent), known=_named(shipped()))
        if found.resolve() in line:
            circle = " → ".join(p.name for p in (*line, found))
            raise BadKey(file, "extends", KeyFault.CIRCLE, circle=circle)
        for key in sorted(OWN - set(table)):
            raise BadKey(file, key, KeyFault.NOT_INHERITED)
        _, inherited, older = _load(found, line)
        table, digests = _merged(inherited, table) | {key: table[key] for key in WHOLE & set(table)}, digests + older
    book = build(Rulebook, table, file)
    for key, fault, facts in _contradictions(book):
        raise BadKey(file, key, fault, **facts)
    if book.name in shipped() and path.resolve().parent != SHIPPED.resolve():
        raise BadKey(file, "name", KeyFault.NAME_TAKEN, name=book.name)
    digest = digests[0] if len(digests) == 1 else hashlib.sha256("\n".join(digests).encode()).hexdigest()
    return replace(book, digest=digest[:12]), table, digests


def _parse(path: Path) -> tuple[dict[str, Any], str]:
    """A file as a table, and its digest. A byte order mark, which some editors write, is no fault."""
    try:
        content = path.read_bytes()
        text = content.decode("utf-8-sig").replace("\r\n", "\n")
        return tomllib.loads(text, parse_float=Decimal), hashlib.sha256(content).hexdigest()
    except OSError as error:
        raise NotOpened(str(path), why=error.strerror) from error
    except UnicodeDecodeError as error:
        row = error.object[: error.start].count(b"\n") + 1
        raise NotUtf8(str(path), row=row) from error
    except tomllib.TOMLDecodeError as error:
        row = re.search(r"at line (\d+)", str(error))
        raise (NotToml(str(path), row=row[1], why=error) if row else TomlBreaksOff(str(path), why=error)) from error


def _merged(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """Tables are merged key by key; anything else, lists among them, is replaced."""
    both = {
        key: _merged(old[key], new[key]) for key in new if isinstance(old.get(key), dict) and isinstance(new[key], dict)
    }
    return {**old, **new, **both}


def _contradictions(book: Rulebook) -> Iterator[tuple[str, KeyFault, dict[str, Any]]]:
    """What is wrong in a rulebook whose every key is of the right type."""
    total, full, unscored = book.split.total, book.full_marks, book.execution.method == "none"
    if not (total == full > 0 or (unscored and total == 0)):
        yield "split", KeyFault.SPLIT, {"total": total, "full": full}
    if unscored and book.split.execution:
        yield "split.execution", KeyFault.UNSCORED, {}
    bands = book.execution.bands
    if book.execution.method == "bands" and not bands:
        yield "execution.bands", KeyFault.BANDS_EMPTY, {}
    if bands and bands[-1].rate != 0:
        yield "execution.bands", KeyFault.BANDS_END, {"rate": bands[-1].rate}
    for i, (upper, lower) in enumerate(pairwise(bands), 1):
        if upper.rate <= lower.rate or upper.share < lower.share:
            yield f"execution.bands[{i}]", KeyFault.BANDS_ASCEND, {}
    cuts = tuple(book.grades.values())
    if not cuts or cuts[-1] != 0 or cuts[0] > full or any(a <= b for a, b in pairwise(cuts)):
        yield "grades", KeyFault.GRADES, {"full": full}
    if book.execution.goal == 0:
        yield "execution.goal", KeyFault.NOTHING, {}
    if book.window.most < 1:
        yield "window.most", KeyFault.BELOW_1, {}
    if book.overachievement.threshold < 1:
        yield "overachievement.threshold", KeyFault.BELOW_1, {}
    ends = [end for words in get_args(Words) for end in reversed(book.qualitative.get(words, ()))]
    if len(ends) != 6 or (ends[0], ends[-1]) != (1, 0) or ends[1:5:2] != ends[2:5:2] or sorted(ends)[::-1] != ends:
        yield "qualitative", KeyFault.QUALITATIVE, {}
    if book.sampling.base == 0:
        yield "sampling.base", KeyFault.NOTHING, {}
    if book.sampling.money == 1:
        yield "sampling.money", KeyFault.ALL, {}
    if not book.evidence or not book.evidence[-1].of_all:
        yield "evidence", KeyFault.EVIDENCE, {}
    if len(book.years) not in (1, 2) or book.years[0] > book.years[-1]:
        yield "years", KeyFault.YEARS, {}
