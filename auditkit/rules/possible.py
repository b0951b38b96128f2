"""SCO: the stated total against the most that the form can earn."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from auditkit.assess.execution import execution_owner
from auditkit.assess.owners import Sum, owners_of, sum_of
from auditkit.assess.rescore import Earned, rescore
from auditkit.model import ABSENT, Figures, Form, NotApplicable, Value
from auditkit.quantity.numbers import agrees, format_number
from auditkit.rulebooks.loader import Rulebook
from auditkit.rules.rule import CATALOGUE, ERROR, rule

ZERO = Decimal(0)
OF_ITEMS = ("IND001", "IND002", "IND012")


@rule(
    "SCO007",
    zh="自评总分高于最高可能得分",
    en="Total above what is possible",
    severity=ERROR,
    basis="total",
    flags=[
        {"indicators.4.result": "90%", "indicators.4.score": ""},
        {"indicators.4.result": "90%", "indicators.4.score": "见附表"},
    ],
    passes=[
        {"total_score": "99.9"},
        {"indicators.4.result": "90%"},
        {"indicators.4.score": ""},
        {"indicators.2.score": "6", "total_score": "100.5"},
    ],
    fault_zh=(
        "填报总分高于表内数据可能得到的最高分，而总分、分值、执行率和单项得分的各条规则没有说明全部差额；"
        "差额在没有填写或无法识别的得分、几项指标共有的得分，或多处小额多计上。"
    ),
    why_zh="表内数据证明总分得不到这么高，总分和等级失实。",
    doubt_zh="表内另有程序未读到的加分行；指标按当地细则计分，所选规则手册没有反映。",
    ask_zh="请逐项核对得分，补填没有填写的得分，并更正总分。",
    verify_zh="逐项核对最高可能得分；没有填写得分的，请单位补填；当地另有计分细则的，换用相应的规则手册。",
)
def total_above_what_is_possible(form: Form, book: Rulebook):
    """The stated total is above the upper bound, and no other finding says why.

    The form's own figures prove that it cannot have earned so much. It speaks for what is left of the difference, beyond
    rounding, when the findings on the total, the points, the execution rate and single items are taken off: scores that
    are blank or no number, those of several indicators together, many small shortfalls.

    Known false alarms: rows of bonus points that were not read; a local scoring method.

    To verify: compare item by item; have blank scores filled in; choose the rulebook in force.
    """
    card = rescore(form, book)
    if card.stated is None:
        raise NotApplicable("表中没有总分")
    if not card.above_possible:
        return
    over = [row for row in card.rows if row.overstated or (row.stated is None and row.points)]
    explained = sum((row.overstated for row in over if _told(row, form, book)), ZERO)
    left = card.stated - card.possible - explained - _of_sums(form, book)
    if left > 0 and not agrees(card.stated, card.stated - left):
        rest = [row for row in over if not _told(row, form, book)]
        named = "、".join(f"{row.label}（最高 {format_number(row.upper)} 分）" for row in rest[:5])
        yield (
            f"填报总分 {form.total_score} 分，按表内数据最高 {format_number(card.upper)} 分，"
            f"其中 {format_number(left)} 分没有其他问题可以解释{f'：{named}' if named else ''}",
            Figures(f"{form.total_score} 分", f"至多 {format_number(card.upper)} 分"),
            form.total_score,
            *(entry for row in rest if (entry := _entry(row, form)).at),
        )


def _told(row: Earned, form: Form, book: Rulebook) -> bool:
    """Whether another rule speaks of what an item states above its most."""
    if row.stated is not None and row.points is not None and row.stated > row.points:  # SCO003
        return True
    if row.kind is None:  # budget execution
        if not form.funds:
            return False
        return _speaks("BUD001", form.execution, book) or _speaks("BUD002", form, book)
    return row.row is not None and any(_speaks(rule, form.indicators[row.row - 1], book) for rule in OF_ITEMS)


def _of_sums(form: Form, book: Rulebook) -> Decimal:
    """By how much the findings on the sums say that the total is too high."""
    more = ZERO
    if _speaks("SCO001", form, book):
        parts = (execution_owner(form, book, "score"), *sum_of(form, "score").owners)
        more += max(form.total_score.number - (Sum(parts).most or form.total_score.number), ZERO)
    if _speaks("SCO002", form, book):
        parts = (execution_owner(form, book, "points"), *sum_of(form, "points").owners)
        more += max(Sum(parts).least - book.full_marks, ZERO)
    return more


def _speaks(name: str, subject: Any, book: Rulebook) -> bool:
    """Whether a rule has something to say of a form or an indicator."""
    found = CATALOGUE.get(name)
    try:
        return bool(found and name not in book.off and any(True for _ in found.check(subject, book)))
    except NotApplicable:
        return False


def _entry(row: Earned, form: Form) -> Value:
    """Where the score of an item stands."""
    if row.row is not None:
        return form.indicators[row.row - 1].score
    if row.rows:
        return next(
            (one.entry for one in owners_of(form, "score") if one.rows and set(one.rows) <= set(row.rows)), ABSENT
        )
    return form.execution.score if form.funds else ABSENT
