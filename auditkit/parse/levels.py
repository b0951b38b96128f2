"""Levels of the indicators of a form: under which first level a second one belongs, and splits of a local kind."""

from __future__ import annotations

from auditkit.model import Category, Form, Indicator, Value
from auditkit.vocabulary.levels import Level, level_named
from auditkit.vocabulary.terms import mentioned

FIRST_LEVEL = {
    Level.QUANTITY: Category.OUTPUT,
    Level.QUALITY: Category.OUTPUT,
    Level.TIMELINESS: Category.OUTPUT,
    Level.COST: Category.COST,
    Level.ECONOMIC: Category.BENEFIT,
    Level.SOCIAL: Category.BENEFIT,
    Level.ECOLOGICAL: Category.BENEFIT,
    Level.LASTING: Category.BENEFIT,
    Level.SATISFACTION: Category.SATISFACTION,
}


def local_split(form: Form) -> Value | None:
    """A first-level indicator of another system of indicators, such as 决策 or 过程, None where the form has none."""
    return next((item.category for item in form.indicators if is_local(item)), None)


def is_local(indicator: Indicator) -> bool:
    return bool(mentioned("labels.local.words", indicator.category.plain))


def level_of(indicator: Indicator) -> Level | None:
    return level_named(indicator.subcategory.plain)
