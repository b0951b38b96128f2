"""What the words beside a figure say of it: planned, begun, not done, of another year, a part, rising or falling."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from auditkit.vocabulary.terms import Expression, mentioned, pattern, table, words


class Role(StrEnum):
    """What a word makes of the figure that it stands beside."""

    PLAIN = "plain"
    PLANNED = "planned"
    BEGUN = "begun"
    UNDONE = "undone"
    OTHER_TIME = "other_time"
    OTHER_PLACE = "other_place"
    WHOLE = "whole"
    PART = "part"


# Roles of figures that tell nothing of what was done this year.
NO_RESULT = frozenset({Role.PLANNED, Role.BEGUN, Role.OTHER_TIME, Role.OTHER_PLACE})


@dataclass(frozen=True)
class Sign:
    """A word with a role, and where it stands in its text."""

    role: Role
    word: str
    start: int
    end: int


@cache
def _index() -> dict[str, tuple[tuple[str, Role], ...]]:
    """The words by their first letter, the longest first."""
    found: dict[str, list[tuple[str, Role]]] = {}
    for role in Role:
        listed = table(f"values.{role.value}")
        for word in (*listed.get("words", ()), *listed.get("lost", ())):
            found.setdefault(word[0], []).append((word, role))
    for word in words("values.other_time.this_year"):
        found.setdefault(word[0], []).append((word, Role.PLAIN))
    return {first: tuple(sorted(listed, key=lambda pair: -len(pair[0]))) for first, listed in found.items()}


@cache
def _forms() -> tuple[tuple[Role, Expression], ...]:
    return tuple(
        (role, pattern(f"values.{role.value}.forms")) for role in Role if "forms" in table(f"values.{role.value}")
    )


def signs(text: str, matter: str) -> Iterator[Sign]:
    """The words of a text that have a role, from left to right; words of the matter itself have none.

    A word that plans or denies belongs to the matter only where the letter beside it is the same there as well: 计划免疫
    in the name makes 计划免疫 part of the matter, and not 计划接种.
    """
    at, index = 0, _index()
    while at < len(text):
        found = _form_at(text, at) or next(
            ((word, role) for word, role in index.get(text[at], ()) if text.startswith(word, at)), None
        )
        if not found:
            at += 1
            continue
        word, role = found
        end = at + len(word)
        if role is not Role.PLAIN and not _of_the_matter(text, at, end, role, matter):
            yield Sign(role, word, at, end)
        at = end


def _form_at(text: str, at: int) -> tuple[str, Role] | None:
    for role, form in _forms():
        if found := form.match(text, at):
            return found[0], role
    return None


_DENIES = Expression(r"[未没尚剩欠无不]")


def _of_the_matter(text: str, start: int, end: int, role: Role, matter: str) -> bool:
    word = text[start:end]
    if role is Role.BEGUN and word in words("values.begun.works") and mentioned("values.begun.matters", matter):
        return True
    if word not in matter:
        return False
    strict = role is Role.PLANNED or (role is Role.UNDONE and _DENIES.match(text, start))
    same_behind = end < len(text) and text[start : end + 1] in matter
    document = word == "规划" and start and text[start - 1 : end] in matter  # 12个村庄规划 of 村庄规划编制
    return not strict or same_behind or bool(document)
