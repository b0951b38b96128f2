"""Edits planted one at a time between a form and that of the year before, each with what must be found, and nothing else.

Last year's paper goes through the object that a run leaves of it (`audit.json`), so that what is read back is part of what
is tried. The pairs come from the specimen and the eight seed forms: the same form a year later, which asks as much as
last year's asked, and whose last year's results are what was asked, or not told.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from random import Random

from specimen import DATA, rewrite, specimen

from auditkit.assess.judgement import Verdict
from auditkit.assess.last_year import restated
from auditkit.assess.verdict import judge
from auditkit.model import Form, Indicator, Years
from auditkit.parse.form import parse
from auditkit.pipeline import across_years, audit_form
from auditkit.quantity.measure import QuantityKind, Relation
from auditkit.quantity.numbers import format_number
from auditkit.read import read
from auditkit.rulebooks.loader import load_rulebook
from auditkit.run.former_form import former_of

EDITS = 60
BOOK = load_rulebook()
Found = frozenset[tuple[str, int | None]]


@dataclass(frozen=True)
class YearsEdit:
    """One edit of a pair of forms: last year's, this year's, and the rules that must speak with their rows."""

    kind: str
    before: Form
    now: Form
    wanted: Found
    rejected: bool = False
    base: Found = frozenset()


def base_pairs() -> list[tuple[Form, Form]]:
    """Last year's and this year's forms between which nothing is to be said."""
    forms = [specimen(), *parse(read(DATA / "2021" / "2021_self_evaluation_forms.txt"))]
    return [_pair(form) for form in forms]


def _pair(form: Form) -> tuple[Form, Form]:
    year = form.year
    former = tuple(replace(restated(item, year - 1), result=replace(item.result, text="")) for item in form.indicators)
    before = replace(rewrite(form, "fiscal_year", f"（{year - 1}年度）"), indicators=former)
    return before, form


def found(edit: YearsEdit) -> Found:
    """What the rules on two years newly say of an edited pair: findings that both seed forms share anyhow are no news."""
    return frozenset(_told(edit.before, edit.now, edit.rejected)) - edit.base


def _told(before: Form, now: Form, rejected: bool = False) -> Iterator[tuple[str, int | None]]:
    left = json.loads(json.dumps(audit_form(before, BOOK).as_json()))
    gone = frozenset(range(1, len(left["findings"]) + 1)) if rejected else frozenset[int]()
    years = Years(now, audit_form(now, BOOK).findings, former_of(left, gone, before.year))
    for outcome in across_years([(BOOK, years)]):
        yield from ((one.rule, one.row) for one in outcome.findings)


def planted(chance: Random) -> list[YearsEdit]:
    """So many edits, of every kind in turn, each on a form and row drawn by chance."""
    pairs, edits = base_pairs(), list[YearsEdit]()
    while len(edits) < EDITS:
        kind = list(KINDS)[len(edits) % len(KINDS)]
        for _ in range(100):
            before, now = chance.choice(pairs)
            row = chance.randrange(len(now.indicators))
            if made := KINDS[kind](before, now, row, chance):
                base = frozenset(_told(before, now))
                if made.wanted & base:
                    continue
                edits.append(replace(made, kind=kind, base=base))
                break
    return edits


def _figure(item: Indicator) -> tuple[str, Decimal, bool] | None:
    """The printed number of a target of one plain figure whose better side is written, and whether it is a floor."""
    measures = item.target.quantity.measures
    if len(measures) != 1 or measures[0].kind not in (QuantityKind.COUNT, QuantityKind.RATE, QuantityKind.MONEY):
        return None
    digits = "".join(c for c in item.target.plain if c.isdigit() or c == ".")
    if (
        measures[0].relation not in (Relation.AT_LEAST, Relation.AT_MOST)
        or not digits
        or digits not in item.target.plain
    ):
        return None
    return digits, Decimal(digits), measures[0].relation is Relation.AT_LEAST


def _put(form: Form, row: int, name: str, text: str) -> Form:
    return rewrite(form, f"indicators.{row}.{name}", text)


def _asked_more(before: Form, now: Form, row: int, chance: Random) -> YearsEdit | None:
    told = _figure(now.indicators[row])
    if not told or (told[2] and "%" in now.indicators[row].target.plain and told[1] > 60):
        return None
    harder = told[1] * (Decimal("1.25") if told[2] else Decimal("0.8"))
    text = now.indicators[row].target.plain.replace(told[0], format_number(harder))
    return YearsEdit("", _put(before, row, "target", text), now, frozenset({("SET006", row + 1)}))


def _reached_more(before: Form, now: Form, row: int, chance: Random) -> YearsEdit | None:
    item = now.indicators[row]
    told = _figure(item)
    if not told or ("%" in item.target.plain and told[1] > 80):
        return None
    text = item.target.plain.lstrip("≥≤").replace(
        told[0], format_number(told[1] * (Decimal("1.2") if told[2] else Decimal("0.7")))
    )
    edited = _put(before, row, "result", text)
    if judge(edited.indicators[row], BOOK.thresholds).verdict is not Verdict.MET:
        return None
    return YearsEdit("", edited, now, frozenset({("SET006", row + 1)}))


def _asked_less(before: Form, now: Form, row: int, chance: Random) -> YearsEdit | None:
    told = _figure(now.indicators[row])
    if not told:
        return None
    easier = told[1] * (Decimal("0.8") if told[2] else Decimal("1.25"))
    text = now.indicators[row].target.plain.replace(told[0], format_number(easier))
    return YearsEdit("", _put(before, row, "target", text), now, frozenset())


def _explained(before: Form, now: Form, row: int, chance: Random) -> YearsEdit | None:
    made = _asked_more(before, now, row, chance)
    text = f"{now.indicators[row].explanation.text}上级任务比上年减少，指标值相应调低。"
    return made and replace(made, now=_put(now, row, "explanation", text), wanted=frozenset())


def _dropped(before: Form, now: Form, row: int, chance: Random) -> YearsEdit | None:
    return YearsEdit("", _put(before, row, "name", "乡镇垃圾中转站改造座数"), now, frozenset({("SET007", None)}))


def _shifted(before: Form, now: Form, row: int, chance: Random) -> YearsEdit | None:
    other = (row + 1) % len(now.indicators)
    one, two = before.indicators[row].points, before.indicators[other].points
    if not (one.is_number and two.is_number) or one.number < 2:
        return None
    edited = _put(before, row, "points", format_number(one.number - 1))
    edited = _put(edited, other, "points", format_number(two.number + 1))
    return YearsEdit("", edited, now, frozenset({("SET007", None)}))


def _repeated(before: Form, now: Form, row: int, chance: Random) -> YearsEdit | None:
    """A bare completion rate for a count, in both years."""
    told = _figure(now.indicators[row])
    if not told or "%" in now.indicators[row].target.plain or "率" in now.indicators[row].target.plain:
        return None
    forms = (_put(form, row, "result", "100%") for form in (before, now))
    return YearsEdit("", *forms, frozenset({("SET008", row + 1)}))


def _rejected(before: Form, now: Form, row: int, chance: Random) -> YearsEdit | None:
    made = _repeated(before, now, row, chance)
    return made and replace(made, rejected=True, wanted=frozenset())


def _reordered(before: Form, now: Form, row: int, chance: Random) -> YearsEdit | None:
    rows = list(before.indicators)
    chance.shuffle(rows)
    rows = [replace(item, row=number) for number, item in enumerate(rows, 1)]
    return YearsEdit("", replace(before, indicators=tuple(rows)), now, frozenset())


def _renamed(before: Form, now: Form, row: int, chance: Random) -> YearsEdit | None:
    name = before.indicators[row].name.text
    return YearsEdit("", _put(before, row, "name", f"完成{name}"), now, frozenset())


KINDS: dict[str, Callable[[Form, Form, int, Random], YearsEdit | None]] = {
    "上年指标值更高": _asked_more,
    "上年完成得更好": _reached_more,
    "指标被删减": _dropped,
    "分值挪移": _shifted,
    "问题再犯": _repeated,
    "上年指标值更低（不是问题）": _asked_less,
    "下调而有说明（不是问题）": _explained,
    "次序不同（不是问题）": _reordered,
    "名称写法不同（不是问题）": _renamed,
    "上年已不认可（不是问题）": _rejected,
}
