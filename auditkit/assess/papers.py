"""Which self-evaluation belongs to which approved target form: by code, else by unit, name and year, one to one or not at all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from auditkit.model import Form
from auditkit.vocabulary.terms import Expression, pattern

_NO_LETTER = Expression(r"[\W_]+")
_YEAR = Expression(r"(?:19|20)\d{2}(?:年度?)?")
_CODED = Expression(r"[\[(【]?\d{2,}[\])】]?-?")  # [401]清溪市城管局
_BRACKETED = Expression(r"\([^()]*\)|\[[^\[\]]*\]|【[^】]*】")


@dataclass(frozen=True)
class PaperKey:
    """What of a form tells which other paper is on the same project; `words` say to a person which one it is."""

    words: str
    code: str
    name: str
    department: str
    implementer: str
    year: int | None


def paper_key(form: Form, source: str = "") -> PaperKey:
    """The paper that a form is, of another file than it names where that is told."""
    project = form.project.one_line or f"第{form.number}张表"
    name = _NO_LETTER.sub("", form.project.plain)
    return PaperKey(
        f"“{project}”（{source or form.source}）",
        _NO_LETTER.sub("", form.code.plain).upper() if not form.code.is_blank else "",
        pattern("targets.optional").sub("", name) or name,
        _unit(form.department.plain),
        _unit(form.implementer.plain),
        form.year,
    )


def of_any_year(paper: PaperKey) -> PaperKey:
    """The same without its year, by which papers of several years are on one project."""
    return replace(paper, name=_YEAR.sub("", paper.name) or paper.name, year=None)


def _unit(text: str) -> str:
    return _NO_LETTER.sub("", _CODED.sub("", _BRACKETED.sub("", text)))


@dataclass(frozen=True)
class Pairing:
    """The places of target form and self-evaluation that belong together, and what is said of the others."""

    pairs: tuple[tuple[int, int], ...]
    left: tuple[str, ...]


@dataclass(frozen=True)
class Said:
    """What two kinds of paper are called, and what is said of one without a partner; {} is the paper."""

    papers: tuple[str, str]
    alone: tuple[str, str]


SAID = Said(
    ("绩效目标表", "自评表"),
    ("批复的绩效目标{}没有对应的自评表，没有对照", "自评表{}没有对应的批复绩效目标，没有对照"),
)


def pair_papers(targets: Sequence[PaperKey], filed: Sequence[PaperKey], said: Said = SAID) -> Pairing:
    """One to one: first by code, then by unit, name and year. Two codes that differ never meet, and nobody chooses between two.

    `said` has the words for the papers of both sides, and for one of each that has no partner.
    """
    pairs: list[tuple[int, int]] = []
    told: list[str] = []
    open_targets, open_filed = dict(enumerate(targets)), dict(enumerate(filed))

    def settle(groups: Iterable[tuple[list[int], list[int]]], why: str) -> None:
        for ours, theirs in list(groups):
            if len(ours) == len(theirs) == 1:
                pairs.append((ours[0], theirs[0]))
            else:
                papers = [targets[i].words for i in ours], [filed[i].words for i in theirs]
                told.append(f"{why}，分不清哪一张对应哪一张，没有对照：{'；'.join(map(_listed, said.papers, papers))}")
            for i in ours:
                del open_targets[i]
            for i in theirs:
                del open_filed[i]

    settle(_alike(open_targets, open_filed, lambda one: (one.code, one.year) if one.code and one.year else None), _CODE)
    settle(_alike(open_targets, open_filed, lambda one: one.code or None), _CODE)
    settle(_by_name(open_targets, open_filed), "项目名称、单位和年度相同的不止一张")
    for words, alone in zip(said.alone, (open_targets, open_filed), strict=True):
        told += [words.format(one.words) for one in alone.values()]
    return Pairing(tuple(sorted(pairs, key=lambda pair: pair[1])), tuple(told))


_CODE = "项目编码相同的不止一张"
_MOST = 6


def _listed(kind: str, words: Sequence[str]) -> str:
    more = f"等 {len(words)} 张" if len(words) > _MOST else ""
    return f"{kind}{'、'.join(words[:_MOST])}{more}"


Papers = dict[int, PaperKey]


def _alike(targets: Papers, filed: Papers, key: Callable[[PaperKey], object]) -> Iterator[tuple[list[int], list[int]]]:
    """The papers that have a key in common."""
    groups: dict[object, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for side, papers in enumerate((targets, filed)):
        for i, one in papers.items():
            if (own := key(one)) is not None:
                groups[own][side].append(i)
    return (group for group in groups.values() if all(group))


def _by_name(targets: Papers, filed: Papers) -> Iterator[tuple[list[int], list[int]]]:
    """The papers of one name that may be of one project, each group with all that lead from one to the next."""
    for ours, theirs in _alike(targets, filed, lambda one: one.name or None):
        fits = {
            ("approved", i): {("filed", j) for j in near if _may_be_one(targets[i], filed[j])}
            for i, near in _near(targets, filed, ours, theirs)
        }
        for i, others in list(fits.items()):
            for j in others:
                fits.setdefault(j, set()).add(i)
        while fits:
            first, reached = fits.popitem()
            group, reached = {first}, set(reached)
            while reached := reached - group:
                group |= reached
                reached = set().union(*(fits.pop(one) for one in reached))
            sides = [sorted(place for side, place in group if side == name) for name in ("approved", "filed")]
            if all(sides):
                yield sides[0], sides[1]


def _near(targets: Papers, filed: Papers, ours: list[int], theirs: list[int]) -> Iterator[tuple[int, Iterable[int]]]:
    """For each target form the self-evaluations whose unit may be its own: thousands of units may have one of one name."""
    own: dict[str, list[int]] = defaultdict(list)
    for j in theirs:
        own[filed[j].implementer].append(j)
    for i in ours:
        unit = targets[i].implementer
        yield i, [*own.get(unit, ()), *(own.get("", ()) if unit else ())] if unit else theirs


def _may_be_one(one: PaperKey, other: PaperKey) -> bool:
    """Whether nothing speaks against it: neither codes nor years that differ, and the units are the same."""
    if (one.code and other.code and one.code != other.code) or (one.year and other.year and one.year != other.year):
        return False
    if one.implementer and other.implementer:
        return one.implementer == other.implementer
    units = {one.department, one.implementer}, {other.department, other.implementer}
    return bool((units[0] & units[1]) - {""})
