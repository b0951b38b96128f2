"""Second-level indicators (二级指标): which there are, and which of them a heading names."""

from __future__ import annotations

from functools import lru_cache

from auditkit.vocabulary.named import Named
from auditkit.vocabulary.terms import table


class Level(Named):
    QUANTITY = "quantity", "数量"
    QUALITY = "quality", "质量"
    TIMELINESS = "timeliness", "时效"
    COST = "cost", "成本"
    ECONOMIC = "economic", "经济效益"
    SOCIAL = "social", "社会效益"
    ECOLOGICAL = "ecological", "生态效益"
    LASTING = "lasting", "可持续影响"
    SATISFACTION = "satisfaction", "满意度"

    @property
    def is_benefit(self) -> bool:
        return self in (Level.ECONOMIC, Level.SOCIAL, Level.ECOLOGICAL, Level.LASTING)


@lru_cache(maxsize=1024)
def level_named(text: str) -> Level | None:
    """The second-level indicator that a heading names, None where it names none of them."""
    return next(
        (Level(name) for name, words in table("labels.second_level").items() if any(w in text for w in words)), None
    )
