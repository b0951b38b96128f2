"""What a verdict on one indicator is, and what it earns."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from auditkit.model import Category
from auditkit.quantity.measure import QuantityKind
from auditkit.rulebooks.loader import Rulebook
from auditkit.vocabulary.named import Named

ONE, ZERO = Decimal(1), Decimal(0)


class Verdict(Named):
    MET = "met", "已达成"
    MISSED = "missed", "未达成"
    UNVERIFIABLE = "unverifiable", "无法核实"


class Reason(StrEnum):
    """What the verdict rests on; the rules of the IND family speak of the ones that are faults."""

    COMPARED = "compared"
    MISSING = "missing"
    BARE_RATE = "bare_rate"
    REPEATED = "repeated"
    INEQUALITY = "inequality"
    OTHER_UNIT = "other_unit"
    IN_WORDS = "in_words"
    NO_MEASURE = "no_measure"
    NO_RESULT = "no_result"
    NOT_YET = "not_yet"  # planned, under way, not finished or not accepted
    OTHER_MATTER = "other_matter"
    NO_DIRECTION = "no_direction"
    AGAINST_MATTER = "against_matter"
    IMPOSSIBLE = "impossible"
    UNMEASURABLE = "unmeasurable"
    UNFINISHED = "unfinished"


@dataclass(frozen=True)
class Judgement:
    """A verdict with its grounds in words.

    `target` and `result` are the compared numbers in one unit where the verdict rests on a comparison; `reverse` marks
    a target that is an upper limit. `several` counts the results given for one target; `unit_note` says what is wrong
    with the result's unit. `words` is the class of a qualitative result: done, partly or undone; `banded` marks one that
    is answered by nothing but the rulebook's own word for such a class (部分达成年度指标).
    """

    verdict: Verdict
    reason: Reason
    why: str
    target: Decimal | None = None
    result: Decimal | None = None
    kind: QuantityKind | None = None
    reverse: bool = False
    several: int = 1
    unit_note: str = ""
    words: str = ""
    banded: bool = False

    @property
    def sized(self) -> bool:
        """True where it is known by how much the target was missed."""
        return self.verdict is Verdict.MISSED and self.target is not None

    @property
    def short(self) -> Decimal | None:
        """The share of the target by which it was missed, None where that is not known; all of it for a target of 0."""
        if not self.sized or self.result is None:
            return None
        return abs(self.result - self.target) / self.target if self.target else ONE

    @property
    def achieved(self) -> Decimal | None:
        """Result over target, for a target that is a lower limit."""
        if self.target is None or self.result is None or self.reverse or self.target <= 0:
            return None
        return self.result / self.target


def left_open(reason: Reason, why: str, kind: QuantityKind | None) -> Judgement:
    """What cannot be told from the form, and why."""
    return Judgement(Verdict.UNVERIFIABLE, reason, why, kind=kind)


def earned_share(judgement: Judgement, book: Rulebook, kind: Category = Category.UNKNOWN) -> tuple[Decimal, Decimal]:
    """The least and the greatest share of the points that a judgement leaves possible (重新计分 in the catalogue).

    `kind` is the indicator's first level.
    """
    if outside_window(judgement, book, kind):
        return ZERO, ZERO
    if judgement.verdict is Verdict.MET and not judgement.banded:
        return ONE, ONE
    if not judgement.sized:
        return book.qualitative.get(judgement.words, (ZERO, ONE))
    share = _share(judgement.target, judgement.result, judgement.reverse, book)
    return share, share


def outside_window(judgement: Judgement, book: Rulebook, kind: Category) -> bool:
    """Whether the result lies so far from its target, below or above, that the rulebook gives it nothing."""
    achieved, window = judgement.achieved, book.window
    return kind.value in window.of and achieved is not None and not window.least <= achieved <= window.most


def _share(target: Decimal, result: Decimal, reverse: bool, book: Rulebook) -> Decimal:
    if target == 0:
        return ZERO
    if reverse and book.formula.reverse == "shortfall":
        share = 1 - (result - target) / target
    elif reverse:
        share = target / result if result else ONE
    else:
        share = result / target
    return min(max(share, ZERO), ONE)
