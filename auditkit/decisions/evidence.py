"""举证清单: the documents by which what cannot be verified is settled, each once, with the rows and points that hang on it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from auditkit.assess.judgement import Judgement, Verdict
from auditkit.assess.rescore import Earned, Scorecard
from auditkit.model import Indicator
from auditkit.pipeline import Audit
from auditkit.quantity.numbers import format_number
from auditkit.rulebooks.loader import EvidenceDemand, Rulebook
from auditkit.vocabulary.levels import level_named

WORDS = "words"  # the kind of a target without a figure


@dataclass(frozen=True)
class EvidenceItem:
    """A document that the unit has to hand in: what it `shows`, of which `rows`, and the points at stake.

    `names` are those of the rows. The points are what the rows may earn above what is proved, None where forms carry none.
    """

    document: str
    shows: str
    rows: tuple[int, ...]
    names: tuple[str, ...]
    at_stake: Decimal | None

    @property
    def words(self) -> str:
        """The document as a letter asks for it."""
        points = "" if self.at_stake is None else f"，涉及 {format_number(self.at_stake)} 分"
        told = "、".join(f"第{row}项“{name}”" for row, name in zip(self.rows, self.names, strict=True))
        return f"{self.document}（{self.shows}）：用于{told}{points}"


def evidence_list(audit: Audit, book: Rulebook) -> tuple[EvidenceItem, ...]:
    """The documents that settle every unverifiable row, in the order of the rows that first need them.

    What people settled by a corrected score, or by a result that can be verified, needs none any more.
    """
    card = audit.reviewed or audit.scorecard
    wanted: dict[str, list[tuple[Indicator, EvidenceDemand]]] = {}
    for indicator, judgement in unsettled(audit):
        demand = _demand(indicator, judgement, book)
        wanted.setdefault(demand.document, []).append((indicator, demand))
    counted: set[int] = set()
    items = []
    for document, those in wanted.items():
        rows = tuple(item.row for item, _ in those)
        stake = sum((row.upper - row.verified for row in _owners(card, rows, counted)), Decimal(0))
        names = tuple(item.name.one_line for item, _ in those)
        items.append(EvidenceItem(document, those[0][1].shows, rows, names, stake if book.scored else None))
    return tuple(items)


def unsettled(audit: Audit) -> Iterator[tuple[Indicator, Judgement]]:
    """The rows that cannot be verified and on which nobody set a score, each with its judgement."""
    card, filed = audit.reviewed or audit.scorecard, audit.scorecard
    for indicator, now, before in zip(audit.form.indicators, card.items, filed.items, strict=True):
        judgement = now.judgement
        if judgement is None or judgement.verdict is not Verdict.UNVERIFIABLE:
            continue
        if now.verified != now.upper or (now.upper == before.upper and now.verified == before.verified):
            yield indicator, judgement


def _demand(indicator: Indicator, judgement: Judgement, book: Rulebook) -> EvidenceDemand:
    level = level_named(indicator.subcategory.plain) or level_named(indicator.category.plain)
    measures = indicator.target.quantity.measures
    kind = measures[0].kind.value if measures else judgement.kind.value if judgement.kind else WORDS
    return next(
        one
        for one in book.evidence
        if (not one.levels or (level is not None and level.value in one.levels))
        and (not one.kinds or kind in one.kinds)
        and (not one.reasons or judgement.reason.value in one.reasons)
    )


def _owners(card: Scorecard, rows: tuple[int, ...], counted: set[int]) -> Iterator[Earned]:
    """What the rows earn: by themselves, or as a group, which is counted once."""
    yield from (item for item in card.items if item.row in rows)
    for place, group in enumerate(card.groups):
        if place not in counted and set(group.rows) & set(rows):
            counted.add(place)
            yield group
