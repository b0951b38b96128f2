"""The words of the forms, loaded from the .toml files beside, which an auditor may extend without touching code."""

from __future__ import annotations

import re
import tomllib
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

_SUBJECTS = ("forms", "figures", "rules", "wording", "values", "grades")
_TABLE: dict[str, Any] = {}
for _subject in _SUBJECTS:
    _text = Path(__file__).with_name(f"{_subject}.toml").read_text("utf-8")
    _TABLE |= tomllib.loads(_text, parse_float=Decimal)


class Expression:
    """A regular expression, compiled when it is first used: of those that modules define, a process needs some.

    It has the methods of `re.Pattern`, which it takes from the compiled one. A server that forks compiles `all` first.
    """

    all: ClassVar[list[Expression]] = []

    def __init__(self, pattern: str):
        self.pattern = pattern
        self.all.append(self)

    def __getattr__(self, name: str) -> Any:
        self.compile()
        return self.__dict__[name]

    def compile(self) -> None:
        compiled = re.compile(self.pattern.replace(_HAN, _LETTER))
        self.__dict__ |= {name: getattr(compiled, name) for name in _METHODS}


# For a range, Python's compiler goes through its 21,000 letters one by one, each time that it meets it. A letter that is
# neither Latin nor a digit is the same on a form, and costs nothing.
_HAN, _LETTER = r"[\u4e00-\u9fff]", r"[^\W\d_A-Za-z]"
_METHODS = ("match", "fullmatch", "search", "finditer", "findall", "split", "sub", "subn")


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
def pattern(path: str) -> Expression:
    """A search for any of the expressions of a list; they are regular expressions, not plain words."""
    return Expression("|".join(f"(?:{expression})" for expression in words(path)))


def mentioned(path: str, text: str) -> str:
    """The longest word of a list that the text contains, or nothing."""
    return next((word for word in words(path) if word in text), "")


def _lookup(path: str) -> Any:
    found: Any = _TABLE
    for key in path.split("."):
        found = found[key]
    return found
