"""An audit as people left it: without the findings that they rejected, and scored with what they corrected.

复核得分 is what is proved then. A corrected score is what its item earns; a corrected result is judged again; where the
finding that stood against a score was rejected, the stated score stands; any other item earns what the form itself proves.
What people contradict each other in is not decided.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from auditkit.assess.execution import share
from auditkit.assess.judgement import Reason, earned_share
from auditkit.assess.rescore import Earned, Scorecard, rescore
from auditkit.decisions.subject import Field, Ruling, Subject, of_execution, of_finding, of_indicator
from auditkit.decisions.summary import Decision, Review
from auditkit.model import Form, NotApplicable, Value
from auditkit.pipeline import Audit
from auditkit.quantity.numbers import amount, percentage
from auditkit.rulebooks.loader import Rulebook

# The rules by whose findings an item earns less, or more, than it states.
_OF_ITEM = {
    *("IND001", "IND002", "IND003", "IND004", "IND005", "IND006", "IND007", "IND011", "IND012", "IND013", "IND014"),
    *("DES009", "DES012", "NAR008", "SCO003"),
}
_OF_UNIT = "IND009"  # likewise, where the verdict rests on the unit
_OF_EXECUTION = {"BUD001", "BUD002"}
_OF_SUM, _OF_TOTAL = "SCO001", "SCO007"


@dataclass(frozen=True)
class _Decided:
    """What was decided on one form: corrections by row, 0 for budget execution, and which findings are gone or left."""

    texts: Mapping[int, Mapping[str, str]]
    gone: frozenset[tuple[str, int | None]]
    left: frozenset[tuple[str, int | None]]

    def text(self, row: int, field: Field) -> str:
        return self.texts.get(row, {}).get(field, "")

    def cleared(self, rules: Collection[str], rows: Collection[int | None]) -> bool:
        """Whether a finding of these rules was rejected, and none of them is left."""
        of = {(rule, row) for rule in rules for row in rows}
        return bool(of & self.gone) and not of & self.left


def reviewed(audit: Audit, review: Review | None) -> Audit:
    """The audit with what people decided of it; as it was filed where nobody did."""
    filed = audit.filed
    settled = {one.subject: one for one in review.decisions if not one.beside} if review else {}
    if not settled:
        return filed
    form = audit.form
    rulings = [settled[subject].ruling if subject in settled else "" for subject in _of_findings(filed)]
    rejected = frozenset(number for number, ruling in enumerate(rulings, 1) if ruling == Ruling.REJECTED)
    texts = {
        row: one.texts for row, subject in _items(form).items() if (one := settled.get(subject)) and _corrects(one)
    }
    if not (any(rulings) or texts):
        return filed
    places = [(one.rule, one.row) for one in audit.findings]
    gone = frozenset(places[number - 1] for number in rejected)
    left = frozenset(place for number, place in enumerate(places, 1) if number not in rejected)
    decided = _Decided(texts, gone, left)
    return replace(filed, reviewed=_card(filed, decided), rejected=rejected)


def corrected(form: Form, texts: Mapping[int, str]) -> Form:
    """The form with other results, by their rows, in the place of its own."""
    rows = (
        replace(item, result=Value(texts[item.row], item.result.at)) if texts.get(item.row) else item
        for item in form.indicators
    )
    return replace(form, indicators=tuple(rows))


def _of_findings(audit: Audit) -> list[Subject]:
    return [of_finding(audit.form, finding) for finding in audit.findings]


def _items(form: Form) -> dict[int, Subject]:
    """What may be corrected, by its row; 0 is budget execution."""
    items = {item.row: of_indicator(form, item) for item in form.indicators}
    try:
        return items | {0: of_execution(form, form.execution)}
    except NotApplicable:
        return items


def _corrects(one: Decision) -> bool:
    return bool(one.text(Field.RESULT) or one.text(Field.SCORE))


def _card(audit: Audit, decided: _Decided) -> Scorecard:
    results = {row: text for row in decided.texts if row and (text := decided.text(row, Field.RESULT))}
    card = rescore(corrected(audit.form, results), audit.rulebook) if results else audit.scorecard
    total = decided.cleared((_OF_TOTAL,), (None,))
    execution = _execution(card.execution, decided, audit.rulebook) if card.execution else None
    shared = {row for group in card.groups for row in group.rows}
    items = tuple(one if one.row in shared else _item(one, decided) for one in card.items)
    groups = tuple(_group(_item(one, decided), card.items, audit, decided) for one in card.groups)
    if total:
        execution, items, groups = (
            execution and _granted(execution),
            *(tuple(map(_granted, of)) for of in (items, groups)),
        )
    granted = total or decided.cleared((_OF_SUM,), (None,))
    return replace(card, execution=execution, items=items, groups=groups, total_granted=granted)


def _item(item: Earned, decided: _Decided) -> Earned:
    """One indicator, or those that share points or a score."""
    rows = item.rows or (item.row,)
    if item.row and (score := amount(decided.text(item.row, Field.SCORE))) is not None:
        return _earning(item, score, "按更正得分")
    if any(decided.text(row or 0, Field.RESULT) for row in rows if row):
        return item
    on_unit = item.judgement is not None and item.judgement.reason is Reason.OTHER_UNIT
    rules = _OF_ITEM | {_OF_UNIT} if on_unit else _OF_ITEM
    return _stands(item) if decided.cleared(rules, rows) else item


def _group(group: Earned, items: tuple[Earned, ...], audit: Audit, decided: _Decided) -> Earned:
    """Indicators that share a score, of which one was given a score of its own: that, in the place of what it would earn."""
    for row in group.rows:
        score, item, points = (
            amount(decided.text(row, Field.SCORE)),
            items[row - 1],
            audit.form.indicators[row - 1].points,
        )
        if score is not None and points.is_number and item.judgement:
            least, most = (points.number * bound for bound in earned_share(item.judgement, audit.rulebook, item.kind))
            low, high = group.verified - least + score, group.upper - most + score
            group = replace(group, verified=low, upper=high, rounded=high, why=f"{group.why}；第{row}项按更正得分")
    return group


def _execution(item: Earned, decided: _Decided, book: Rulebook) -> Earned:
    if (score := amount(decided.text(0, Field.SCORE))) is not None:
        return _earning(item, score, "按更正得分")
    rate = percentage(decided.text(0, Field.RESULT))
    if rate is not None and item.points is not None:
        return _earning(item, item.points * share(rate, book), "按更正执行率")
    return _stands(item) if decided.cleared(_OF_EXECUTION, (None,)) else item


def _stands(item: Earned) -> Earned:
    return item if item.stated is None else _earning(item, item.stated, "所提问题经复核不认可，按填报得分")


def _earning(item: Earned, score: Decimal, why: str) -> Earned:
    return replace(item, verified=score, upper=score, rounded=score, why=why)


def _granted(item: Earned) -> Earned:
    """What the item states counts as possible."""
    return item if item.stated is None else replace(item, rounded=max(item.rounded, item.stated))
