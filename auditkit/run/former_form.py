"""A project of an earlier run as that run told it: the object of its `audit.json`, of any version, as frozen types.

All of it is untrusted: everything is taken as text or refused, and nothing in it is followed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from auditkit.document import At
from auditkit.model import ABSENT, Finding, Form, Former, Fund, Indicator, Kind, NotApplicable, Severity, Source, Value
from auditkit.parse.cells import category_of
from auditkit.safety import escape_line

MOST_ROWS = 5_000  # indicators, funds or findings of one form
MOST_LETTERS = 20_000  # of one text
_FIGURE = re.compile(r"-?\d{1,15}(?:\.\d{1,12})?", re.ASCII)
AMOUNTS = ("initial", "adjusted", "actual", "points", "execution_rate", "score")
HEADER = (
    "project",
    "department",
    "implementer",
    "money_unit",
    "goal",
    "outcome",
    "total_points",
    "total_score",
    "grade",
)
COLUMNS = {
    "category": "一级指标",
    "subcategory": "二级指标",
    "name": "三级指标",
    "target": "年度指标值",
    "result": "实际完成值",
    "points": "分值",
    "score": "得分",
    "explanation": "偏差原因",
}


def former_of(told: Mapping[str, Any], rejected: frozenset[int] = frozenset(), year: int | None = None) -> Former:
    """What the object says; `year` is that of the run, for a form that states none.

    `rate` beside the contract's keys is an execution rate that the funds do not show. Raises ValueError, KeyError or TypeError where it is no
    such object.
    """
    form = told["form"]
    own = form["fiscal_year"] if form["fiscal_year"] is None else _whole(form["fiscal_year"])
    own = own or year
    number = _whole(form.get("number", 1))
    label = (
        f"{f'{own}年度 ' if own else ''}{escape_line(_text(told['source']))}{f' 第{number}张' if number > 1 else ''}"
    )
    made = _form(form, label, own, number)
    card = told.get("scorecard") or {}
    scores = (_figure(card.get(name)) for name in ("stated", "verified", "upper"))
    findings = tuple(_finding(one, label) for one in _rows(told["findings"]))
    return Former(label, made, findings, rejected, *scores, _rate(made, _figure(told.get("rate"))))


def _form(told: Mapping[str, Any], label: str, year: int | None, number: int) -> Form:
    at = At(label)
    header = {name: Value(_text(told.get(name, "")), at) for name in HEADER}
    funds = tuple(
        Fund(
            Source(one["source"]),
            Value(_text(one.get("label", "")), at),
            **{name: Value(_text(one.get(name, "")), at, header["money_unit"].text) for name in AMOUNTS},
        )
        for one in _rows(told.get("funds", []))
    )
    return Form(
        source=label,
        number=number,
        title=ABSENT,
        caption=ABSENT,
        fiscal_year=Value(str(year or ""), at),
        funds=funds,
        indicators=tuple(_indicator(one, label, year) for one in _rows(told["indicators"])),
        kind=Kind(told.get("kind", Kind.SELF_EVALUATION.value)),
        code=Value(_text(told.get("project_code") or ""), at),
        **header,
    )


def _indicator(told: Mapping[str, Any], label: str, year: int | None) -> Indicator:
    row = _whole(told["row"])
    values = {
        name: Value(_text(told.get(name, "")), At(f"{label} 第{row}项 {words}")) for name, words in COLUMNS.items()
    }
    return Indicator(row, **values, kind=category_of(values["category"], values["subcategory"]), year=year)


def _finding(told: Mapping[str, Any], label: str) -> Finding:
    proof = tuple(
        Value(_text(one["text"]), At(f"{label} {escape_line(_text(one['at']))}")) for one in _rows(told["evidence"])
    )
    row = None if told["row"] is None else _whole(told["row"])
    texts = (_text(told[name]) for name in ("title", "message"))
    return Finding(_text(told["rule"]), Severity(told["severity"]), *texts, proof, _text(told["basis"]), row)


def _rate(form: Form, told: Decimal | None) -> Decimal | None:
    try:
        fund = form.execution
        budget = fund.adjusted if fund.adjusted.is_number else fund.initial
        return fund.actual.number / budget.number if budget.number else None
    except NotApplicable:
        return told


def _text(told: object) -> str:
    if not isinstance(told, str) or len(told) > MOST_LETTERS:
        raise TypeError("no text")
    return told


def _whole(told: object) -> int:
    if not isinstance(told, int) or isinstance(told, bool) or not 0 <= told < 10**6:
        raise TypeError("no whole number")
    return told


def _figure(told: object) -> Decimal | None:
    """A score or rate as the earlier run printed it; None for what is none, as a total in words."""
    return Decimal(told) if isinstance(told, str) and _FIGURE.fullmatch(told) else None


def _rows(told: object) -> Sequence[Mapping[str, Any]]:
    if not isinstance(told, list) or len(told) > MOST_ROWS or not all(isinstance(one, dict) for one in told):
        raise TypeError("no list of objects")
    return told
