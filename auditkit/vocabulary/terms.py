"""The words of the forms, loaded from the .toml files beside, which an auditor may extend without touching code."""

from __future__ import annotations

import re
import tomllib
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

_SUBJECTS = ("forms", "figures", "rules", "wording", "values", "grades")
_TABLE: dict[str, Any] = {}
for _subject in _SUBJECTS:
    _text = Path(__file__).with_name(f"{_subject}.toml").read_text("utf-8")
    _TABLE |= tomllib.loads(_text, parse_float=Decimal)


@cache
def words(path: str) -> tuple[str, ...]:
    """A list of words by its dotted name, the longest first, so that an alternation takes the longest."""
    return tuple(sorted(_lookup(path), key=lambda word: -len(word)))


@cache
def table(path: str) -> Any:
    """A table or list by its dotted name, as it stands in the file."""
    return _lookup(path)


@cache
def any_of(*paths: str) -> str:
    """A regular expression for any of the plain words of the lists."""
    found = sorted((word for path in paths for word in words(path)), key=lambda word: -len(word))
    return "(?:" + "|".join(map(re.escape, found)) + ")"


@cache
def pattern(path: str) -> re.Pattern[str]:
    """A compiled search for any of the expressions of a list; they are regular expressions, not plain words."""
    return re.compile("|".join(f"(?:{expression})" for expression in words(path)))


def mentioned(path: str, text: str) -> str:
    """The longest word of a list that the text contains, or nothing."""
    return next((word for word in words(path) if word in text), "")


def _lookup(path: str) -> Any:
    found: Any = _TABLE
    for key in path.split("."):
        found = found[key]
    return found
