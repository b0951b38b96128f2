"""How alike the names of two indicators are: the same letters, the same matter, or nearly so."""

from __future__ import annotations

from functools import lru_cache

from auditkit.assess.names import core_name, quoted_clauses, without_number
from auditkit.vocabulary.terms import Expression, any_of, pattern, table

_NO_WORD = Expression(r"[^\w%‰≥≤<>=+]|_")
_FILLER = Expression(any_of("design.alike.filler"))
_ASPECT = pattern("design.alike.aspects")
_LEAST = 5  # letters of a part of a name that speaks of a matter by itself


@lru_cache(maxsize=8192)
def bare_name(name: str) -> str:
    """A name without blanks, punctuation and differences of width."""
    return _NO_WORD.sub("", without_number(name)).casefold()


@lru_cache(maxsize=8192)
def matter(name: str) -> str:
    """A name by its matter: without limits and words that say nothing of it, in one word of synonyms; blank where nothing is left."""
    core = bare_name(core_name(name))
    for spelling, word in table("design.alike.synonyms").items():
        core = core.replace(spelling, word)
    return _FILLER.sub("", core)


@lru_cache(maxsize=65536)
def likeness(one: str, other: str, least: float) -> float:
    """How alike two names, or the two clauses of them that are most alike, are, of 100; 0 below `least`.

    Names that differ by one word put for another (小学, 中学) speak of different things, and those that differ by what
    is measured (长度, 时间, 合格率) of different sides of one thing: they are not alike.
    """
    return max(_likeness(a, b, least) for a in _matters(one) for b in _matters(other))


@lru_cache(maxsize=8192)
def _matters(name: str) -> tuple[str, ...]:
    """What a name speaks of: all of it, and each clause, without the words that say nothing of it."""
    whole = [without_number(name), *(own for _, own in quoted_clauses(name))]
    cores = (bare_name(_FILLER.sub("", part)) for part in whole)
    return tuple(dict.fromkeys(core for core in cores if len(core) >= _LEAST)) or (bare_name(name),)


@lru_cache(maxsize=65536)
def _likeness(one: str, other: str, least: float) -> float:
    from rapidfuzz import fuzz
    from rapidfuzz.distance import Levenshtein

    alike = fuzz.ratio(one, other, score_cutoff=least)
    if not alike:
        return 0.0
    for edit in Levenshtein.opcodes(one, other):
        differing = one[edit.src_start : edit.src_end] + other[edit.dest_start : edit.dest_end]
        if edit.tag == "replace" or (edit.tag != "equal" and _ASPECT.search(differing)):
            return 0.0
    return alike
