"""What a cell's text names: the field of the form that a label stands for."""

from __future__ import annotations

import re
from functools import lru_cache

from auditkit.vocabulary.spelling import plain
from auditkit.vocabulary.terms import table

_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^】]*】")


_ORDINAL = re.compile(r"^(?:[\d一二三四五六七八九十]{1,2}[、.)]|[★*☆●·—–-]+)+")


@lru_cache(maxsize=4096)
def label(text: str) -> str:
    """A heading's words: without blanks, brackets, colons, ordinals, stars and 其中."""
    bare = _BRACKETS.sub(_bracketed, plain(text)).rstrip(":;。、")
    return _ORDINAL.sub("", bare).removeprefix("其中").strip(":")


def _bracketed(found: re.Match[str]) -> str:
    """What stays of a bracket: 实施（主管）单位 is both."""
    inner = found[0][1:-1]
    return inner if inner in table("labels.brackets.kept") else ""


@lru_cache(maxsize=4096)
def field_of(section: str, text: str) -> str:
    """The field that a heading of a section of terms.toml's [labels] names, or nothing."""
    words = label(text)
    return next((name for name, spellings in table(f"labels.{section}").items() if words and words in spellings), "")


@lru_cache(maxsize=4096)
def heading_like(section: str, text: str) -> str:
    """The field that a heading names in words of its own: one that holds a word telling of the field."""
    words = label(text)
    if ":" in words:
        return ""
    telling = table("telling").get(section, {}) if len(words) <= 14 else {}
    told = next((name for name, ws in telling.items() if any(word in words for word in ws)), "")
    return field_of(section, text) or told.rstrip("_")
