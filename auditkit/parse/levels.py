"""Second-level indicators (二级指标): which there are, and under which first-level indicator each belongs."""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache

from auditkit.model import Category, Form, Indicator, Value
from auditkit.vocabulary.terms import mentioned, table


class Level(StrEnum):
    QUANTITY = "quantity"
    QUALITY = "quality"
    TIMELINESS = "timeliness"
    COST = "cost"
    ECONOMIC = "economic"
    SOCIAL = "social"
    ECOLOGICAL = "ecological"
    LASTING = "lasting"
    SATISFACTION = "satisfaction"

    @property
    def zh(self) -> str:
        return _ZH[self]

    @property
    def first(self) -> Category:
        """The first-level indicator under which it belongs where 成本 is one of its own."""
        return _FIRST[self]


_ZH = {
    Level.QUANTITY: "数量",
    Level.QUALITY: "质量",
    Level.TIMELINESS: "时效",
    Level.COST: "成本",
    Level.ECONOMIC: "经济效益",
    Level.SOCIAL: "社会效益",
    Level.ECOLOGICAL: "生态效益",
    Level.LASTING: "可持续影响",
    Level.SATISFACTION: "满意度",
}
_FIRST = {
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
    return next((i.category for i in form.indicators if mentioned("labels.local.words", i.category.plain)), None)


@lru_cache(maxsize=1024)
def level_named(text: str) -> Level | None:
    """The second-level indicator that a heading names, None where it names none of them."""
    return next(
        (Level(name) for name, words in table("labels.second_level").items() if any(w in text for w in words)), None
    )


def level_of(indicator: Indicator) -> Level | None:
    return level_named(indicator.subcategory.plain)
