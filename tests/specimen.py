"""The clean specimen form, and edits to it: how rules are tested and explained."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from auditkit.document import At
from auditkit.layout import category_of
from auditkit.model import Form, Fund, Indicator, Value
from auditkit.parse import parse
from auditkit.read import read
from auditkit.rule import Rule

DATA = Path(__file__).parents[1] / "data"
SUBJECT_PATHS = {Fund: "funds.0.", Indicator: "indicators.0.", Form: ""}


@cache
def specimen() -> Form:
    return parse(read(DATA / "specimen.txt"))[0]


def edited(rule: Rule, case: Mapping[str, str], form: Form | None = None) -> Form:
    """The specimen with a rule's case written into it; the keys of a Fund or Indicator rule are fields of the first."""
    form = form or specimen()
    for key, text in case.items():
        form = rewrite(form, f"{SUBJECT_PATHS.get(rule.subject, '')}{key}", text)
    return form


def rewrite(owner: Any, path: str, text: str) -> Any:
    """The form with one entry rewritten: "total_score", "funds.0.actual" or "indicators.3.score"."""
    name, _, rest = path.partition(".")
    if isinstance(owner, tuple):
        index = int(name)
        if index == len(owner) and not rest:
            return (*owner, Value(text, At(table=1, row=99, column=1)))
        return (*owner[:index], rewrite(owner[index], rest, text), *owner[index + 1 :])
    old = getattr(owner, name)
    new = rewrite(old, rest, text) if rest else Value(text, old.at or At(table=1, row=99, column=1))
    owner = replace(owner, **{name: new})
    if isinstance(owner, Indicator) and name in ("category", "subcategory"):
        return replace(owner, kind=category_of(owner.category, owner.subcategory))
    return owner
