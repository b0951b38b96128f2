"""How a sample of forms is drawn, and the figures that a rulebook has for it (docs/sampling.md)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from auditkit.rulebooks.validation import Share
from auditkit.vocabulary.named import Named


class Method(Named):
    """How the forms of a population come to their chances."""

    WEIGHTED = "weighted", "按风险和金额加权"
    RANDOM = "random", "简单随机"


@dataclass(frozen=True)
class Sampling:
    """What a form weighs where a sample is drawn by weight.

    Its risk is `base` for being there, and so much for each finding of each severity and each point that cannot be verified.
    `money` is the share of all weight that goes by the money of the forms; the rest goes by risk.
    """

    base: Decimal
    error: Decimal
    warning: Decimal
    note: Decimal
    points: Decimal
    money: Share
