"""Second-level indicators (二级指标): which there are, and which of them a heading names."""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache

from auditkit.vocabulary.terms import table


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
    def is_benefit(self) -> bool:
        return self in (Level.ECONOMIC, Level.SOCIAL, Level.ECOLOGICAL, Level.LASTING)


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


@lru_cache(maxsize=1024)
def level_named(text: str) -> Level | None:
    """The second-level indicator that a heading names, None where it names none of them."""
    return next(
        (Level(name) for name, words in table("labels.second_level").items() if any(w in text for w in words)), None
    )
