"""The frozen types that the stages from parsing on hand to the next."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, fields, is_dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from auditkit.document import At
from auditkit.quantity.measure import Quantity
from auditkit.quantity.numbers import amount, in_unit, percentage, years_in
from auditkit.quantity.parser import parse_quantity
from auditkit.vocabulary.named import Named
from auditkit.vocabulary.spelling import is_blank_text, plain

_PRINTED_POINTS = re.compile(r"(\d+(?:\.\d+)?)分")


class NotApplicable(Exception):
    """A rule or formula has nothing to work on; the text says which cell and why."""


@dataclass(frozen=True)
class Value:
    """A text of the form and where it stands. Two values are equal when their texts are.

    `at` is None for an entry that the form has no cell for; `unit` is that of the money in its table, where it is an amount;
    `more` are the other cells of an entry that has several.
    """

    text: str = ""
    at: At | None = field(default=None, compare=False)
    unit: str = field(default="", compare=False)
    more: tuple[At, ...] = field(default=(), compare=False)

    def __str__(self) -> str:
        return self.text

    @property
    def place(self) -> str:
        return str(self.at) if self.at else "表中"

    @property
    def plain(self) -> str:
        """The text in half width and without any blank, for comparing."""
        return plain(self.text)

    @property
    def one_line(self) -> str:
        """The text on one line: line breaks of a narrow column carry no meaning."""
        return "".join(self.text.split("\n"))

    @property
    def is_blank(self) -> bool:
        """True where nothing is stated: blank, a dash or slash, 无, 待统计 and the like."""
        return is_blank_text(self.text)

    @property
    def quantity(self) -> Quantity:
        return parse_quantity(self.text)

    @property
    def number(self) -> Decimal:
        """The amount, points or score that the cell states; money in the unit of its table, whatever its own.

        Raises NotApplicable where it states none.
        """
        return in_unit(self._stated(amount(self.text), "不是数字"), self.text, self.unit)

    @property
    def rate(self) -> Decimal:
        """The share that the cell states, 1 for 100%. Raises NotApplicable where it states none."""
        return self._stated(percentage(self.text), "不是百分比")

    @property
    def is_number(self) -> bool:
        return amount(self.text) is not None

    @property
    def printed_points(self) -> Value:
        """The points that a name prints behind it, 50 for 产出指标（50分）, absent where it prints none."""
        found = _PRINTED_POINTS.search(self.plain)
        return Value(found[1], self.at) if found else ABSENT

    def _stated(self, number: Decimal | None, complaint: str) -> Decimal:
        if number is not None:
            return number
        if self.at is None:
            raise NotApplicable("表中没有这一栏")
        if self.is_blank:
            raise NotApplicable(f"{self.place} 为空" if not self.plain else f"{self.place} 填“{self.text}”")
        raise NotApplicable(f"{self.place} “{self.one_line}”{complaint}")


ABSENT = Value()


class Source(StrEnum):
    """What a row of 项目资金 is about: the total, where it comes from, or what it is for (USE: 基本支出, 项目支出).

    PART is a sub-row (其中) of one of these.
    """

    TOTAL = "total"
    APPROPRIATION = "appropriation"
    CARRY_OVER = "carry_over"
    OTHER = "other"
    USE = "use"
    PART = "part"


@dataclass(frozen=True)
class Fund:
    """One row of 项目资金; amounts in the form's own unit (`Form.money_unit`)."""

    source: Source
    label: Value
    initial: Value = ABSENT
    adjusted: Value = ABSENT
    actual: Value = ABSENT
    points: Value = ABSENT
    execution_rate: Value = ABSENT
    score: Value = ABSENT
    explanation: Value = ABSENT


class Category(StrEnum):
    """First-level indicator 一级指标."""

    OUTPUT = "output"
    BENEFIT = "benefit"
    SATISFACTION = "satisfaction"
    COST = "cost"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Indicator:
    """One row of 绩效指标; `row` counts the indicators of a form from 1.

    `unit` is the entry of a column for units (度量单位) or stands behind the name, absent on most forms; the target's text then ends with it.
    `year` is the form's fiscal year, by which dates and last year's figures are told apart.
    """

    row: int
    category: Value
    subcategory: Value
    name: Value
    target: Value
    result: Value
    points: Value
    score: Value
    explanation: Value
    kind: Category = Category.UNKNOWN
    unit: Value = ABSENT
    year: int | None = None

    def __hash__(self) -> int:
        """Of what tells rows apart: the verdict on a row is looked up by dozens of rules."""
        return hash((self.row, self.name.text, self.result.text))

    @property
    def claim(self) -> str:
        return f"指标值 {self.target.one_line}，完成值 {self.result.one_line}"


class Kind(Named):
    """What a table or sheet is; of the project, of a whole department or of a transfer payment where it is a self-evaluation."""

    SELF_EVALUATION = "self-evaluation", "项目支出绩效自评表"
    DEPARTMENT = "department", "部门整体支出绩效自评表"
    TRANSFER = "transfer", "转移支付绩效自评表"
    TARGET = "target", "绩效目标申报表"
    MONITORING = "monitoring", "绩效监控表"
    REVIEW = "review", "复核表"
    OTHER = "other", "其他表"

    @property
    def audited(self) -> bool:
        return self in (Kind.SELF_EVALUATION, Kind.DEPARTMENT, Kind.TRANSFER)

    @property
    def reason(self) -> str:
        """Why it is not audited, blank where it is."""
        return "" if self.audited else f"是{self.zh}，不是自评表"


@dataclass(frozen=True)
class LeftOut:
    """A sheet or table that is no self-evaluation: what the file calls it (a sheet by its name, 表2), its kind and title."""

    sheet: str
    kind: Kind
    title: str = ""

    def __str__(self) -> str:
        told = f"{self.sheet}：{self.kind.zh}"
        return f"{told}“{self.title}”" if self.title not in ("", self.sheet) else told


@dataclass(frozen=True)
class Group:
    """Points or a score that are not one indicator's: of a merged cell, of a level's own row, or of a row without a name.

    `rows` are the indicators that they are of, `name` is that of the level, absent where there is none.
    """

    rows: tuple[int, ...]
    name: Value = ABSENT
    points: Value = ABSENT
    score: Value = ABSENT


@dataclass(frozen=True)
class Form:
    """One 项目支出绩效自评表 as it was filed; nothing in it is computed.

    `code` and `period` (项目编码, 项目起止时间) stand among the `notes` too. An approved target form (Kind.TARGET) has the annual
    amount as `initial` of its total, no outcome, and neither results nor scores.
    """

    source: str = field(compare=False)
    number: int = field(compare=False)
    title: Value
    caption: Value
    fiscal_year: Value
    project: Value
    department: Value
    implementer: Value
    money_unit: Value
    funds: tuple[Fund, ...]
    goal: Value
    outcome: Value
    indicators: tuple[Indicator, ...]
    total_points: Value
    total_score: Value
    grade: Value
    groups: tuple[Group, ...] = ()
    notes: tuple[Value, ...] = ()
    stray: tuple[Value, ...] = ()
    doubts: tuple[str, ...] = field(default=(), compare=False)
    kind: Kind = Kind.SELF_EVALUATION
    code: Value = ABSENT
    period: Value = ABSENT

    @property
    def total(self) -> Fund | None:
        return next((fund for fund in self.funds if fund.source is Source.TOTAL), None)

    @property
    def execution(self) -> Fund:
        """The funds row that carries the execution score: the total row, or the first that has points.

        Raises NotApplicable where the form has no funds.
        """
        scored = [fund for fund in self.funds if fund.score.is_number or fund.points.is_number]
        if self.total and (self.total in scored or not scored):
            return self.total
        if scored:
            return scored[0]
        raise NotApplicable("表中没有项目资金")

    @property
    def paper(self) -> str:
        """File and project: the paper that a place is in, where places of several are shown together."""
        return f"{self.source} {self.project.one_line}".strip()

    @property
    def year(self) -> int | None:
        """The fiscal year as a number, None where the form states none."""
        found = years_in(self.fiscal_year.text)
        return found[0] if found else None

    def placed(self, value: Value) -> Value:
        """A value of this form with the project's name on its place, for what is told of several forms."""
        name = self.project.one_line or self.source
        return Value(value.text, value.at._replace(source=name) if value.at else None)

    @property
    def explanations(self) -> tuple[Value, ...]:
        """Every text in which the unit explains something: causes, measures, results and notes."""
        of_items = tuple(item.explanation for item in self.indicators)
        of_funds = tuple(fund.explanation for fund in self.funds)
        return tuple(value for value in (*of_items, *of_funds, self.outcome, *self.notes) if not value.is_blank)

    def values(self) -> Iterator[tuple[str, Value]]:
        """Every entry with the path of its field, such as `funds.0.actual`, in the order of the fields."""
        return _values(self, "")


def _values(owner: Any, path: str) -> Iterator[tuple[str, Value]]:
    if isinstance(owner, Value):
        yield path, owner
    elif isinstance(owner, tuple):
        for number, part in enumerate(owner):
            yield from _values(part, f"{path}.{number}")
    elif is_dataclass(owner):
        for one in fields(owner):
            yield from _values(getattr(owner, one.name), f"{path}.{one.name}" if path else one.name)


@dataclass(frozen=True)
class Portfolio:
    """All forms of one run: one department or region, one year."""

    forms: tuple[Form, ...]


@dataclass(frozen=True)
class Former:
    """What was made of a project in an earlier year, as a run left it: the form, and what was found in it.

    `label` names the paper (2021年度 甲.docx) and begins every place of it. `rejected` are the findings that nobody stands
    by, by their number from 1. Scores and execution rate (1 is 100%) are None where they were not told.
    """

    label: str
    form: Form
    findings: tuple[Finding, ...] = ()
    rejected: frozenset[int] = frozenset()
    stated: Decimal | None = None
    verified: Decimal | None = None
    upper: Decimal | None = None
    rate: Decimal | None = None

    @property
    def standing(self) -> tuple[Finding, ...]:
        """The findings that nobody rejected."""
        return tuple(one for number, one in enumerate(self.findings, 1) if number not in self.rejected)


@dataclass(frozen=True)
class Years:
    """A form with what was found in it, and the same project in the year before."""

    form: Form
    findings: tuple[Finding, ...]
    before: Former


@dataclass(frozen=True)
class Pair:
    """An approved target form and the self-evaluation of the same project."""

    approved: Form
    filed: Form


class Severity(Named):
    """How much a finding weighs; the order of the members is the order of weight."""

    ERROR = "error", "错误"
    WARNING = "warning", "疑点"
    NOTE = "note", "提示"

    @property
    def mark(self) -> str:
        """A sign that survives black-and-white print."""
        return {"error": "▲", "warning": "●", "note": "○"}[self.value]

    @property
    def weight(self) -> int:
        return _WEIGHTS[self]


_WEIGHTS = {severity: place for place, severity in enumerate(Severity)}


@dataclass(frozen=True)
class Figures:
    """What a form states and what it should state, in print, and how the second was reckoned: `8.7 + 98`."""

    stated: str
    expected: str
    calculation: str = ""


@dataclass(frozen=True)
class Finding:
    """One fault, with the values that prove it. `row` is the indicator's row, None where it concerns the form.

    `figures` is None where the fault is not one of figures; `at_stake` are the points that hang on it, 0 where none do.
    """

    rule: str
    severity: Severity
    title: str
    message: str
    evidence: tuple[Value, ...]
    basis: str
    row: int | None = None
    figures: Figures | None = None
    at_stake: Decimal = Decimal(0)


@dataclass(frozen=True)
class Skip:
    """A rule could not look at one subject, and why."""

    rule: str
    reason: str
    row: int | None = None


@dataclass(frozen=True)
class Outcome:
    """What one rule made of one form: how many subjects it looked at, what it found, what it could not look at."""

    rule: str
    applied: int
    findings: tuple[Finding, ...] = ()
    skipped: tuple[Skip, ...] = ()
