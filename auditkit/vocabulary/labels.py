"""What a cell's text names: the field of the form that a label stands for."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from auditkit.vocabulary.spelling import plain
from auditkit.vocabulary.terms import Expression, table

_BRACKETS = Expression(r"\([^()]*\)|\[[^\[\]]*\]|【[^】]*】")


_ORDINAL = Expression(r"^(?:[\d一二三四五六七八九十]{1,2}[、.)]|[★*☆●·—–-]+)+")


@lru_cache(maxsize=4096)
def label(text: str) -> str:
    """A heading's words: without blanks, brackets, colons, ordinals, stars and 其中."""
    bare = _BRACKETS.sub(_bracketed, plain(text)).rstrip(":;。、")
    return _ORDINAL.sub("", bare).removeprefix("其中").strip(":")


def _bracketed(found: re.Match[str]) -> str:
    """What stays of a bracket: 实施（主管）单位 is both."""
    inner = found[0][1:-1]
    return inner if inner in table("labels.brackets.kept") else ""


@cache
def spellings(section: str) -> dict[str, tuple[str, ...]]:
    """The words that name each field of a section, that of the standard form first.

    The headings of the funds and of the indicators share some: 分值, 得分.
    """
    shared = table("labels.exact.scoring") if section in ("funds", "indicators") else {}
    own = table(f"labels.exact.{section}")
    return {name: (*shared.get(name, ()), *own.get(name, ())) for name in (*shared, *own)}


@cache
def _names(section: str) -> dict[str, str]:
    return {word: name for name, words in spellings(section).items() for word in words}


@lru_cache(maxsize=4096)
def field_of(section: str, text: str) -> str:
    """The field that a heading of a section of [labels.exact] names, or nothing."""
    return _names(section).get(label(text), "")


@lru_cache(maxsize=4096)
def heading_like(section: str, text: str) -> str:
    """The field that a heading names in words of its own: one that holds a word telling of the field."""
    words = label(text)
    if ":" in words:
        return ""
    return field_of(section, text) or (contained(section, words) if len(words) <= 14 else "")


def contained(section: str, words: str) -> str:
    """The field of the first word of a section of [labels.containing] that the words contain, or nothing."""
    named = table("labels.containing").get(section, {})
    return next((name for word, name in named.items() if word in words), "")
