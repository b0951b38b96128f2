"""What a rule is, and how one is applied to a form."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, get_type_hints

from auditkit.assess.matching import PairedRow, match_rows
from auditkit.model import (
    Figures,
    Finding,
    Form,
    Fund,
    Indicator,
    NotApplicable,
    Outcome,
    Pair,
    Portfolio,
    Severity,
    Skip,
    Value,
    Years,
)
from auditkit.quantity.numbers import amount
from auditkit.rulebooks.loader import Rulebook

ERROR, WARNING, NOTE = Severity
DEFECT = "软件缺陷"  # the basis of what is no fault of the form
DOUBT, VERIFY = "Known false alarms:", "To verify:"  # labels of paragraphs in a rule's docstring

SUBJECTS: Mapping[type, Callable[[Any], tuple[Any, ...]]] = {
    Form: lambda form: (form,),
    Fund: lambda form: form.funds,
    Indicator: lambda form: form.indicators,
    Portfolio: lambda portfolio: (portfolio,),
    Years: lambda years: (years,),
    Pair: lambda pair: (pair,),
    PairedRow: lambda pair: match_rows(pair).rows,
}
OF_RUNS = (Portfolio, Pair, PairedRow, Years)  # subjects that no form alone has


FAMILIES = {
    "BUD": ("项目资金", "Funds"),
    "SCO": ("分值与得分", "Points and scores"),
    "IND": ("指标完成", "Targets and results"),
    "DES": ("指标设置", "Indicator design"),
    "NAR": ("文字说明", "Narrative and explanations"),
    "STR": ("表格填报", "Structure"),
    "SET": ("跨表比对", "Across forms"),
    "TGT": ("对照批复的绩效目标", "Against the approved targets"),
}
SUBJECT_NAMES = {
    "Form": ("整张表", "the whole form"),
    "Fund": ("项目资金的每一行", "every row of funds"),
    "Indicator": ("绩效指标的每一行", "every indicator"),
    "Portfolio": ("一批表", "a set of forms"),
    "Years": ("同一项目相邻两年的表", "one project's forms of two years"),
    "Pair": ("批复的绩效目标和自评表", "approved target form and self-evaluation"),
    "PairedRow": ("两张表都有的每项指标", "every indicator of both papers"),
}


@dataclass(frozen=True)
class Rule:
    """One fault that the program can find, with all that is said about it.

    `flags` and `passes` are edits to the specimen form: the cases of the test and the examples of the documentation.
    `basis` is a key of the rulebook's `[basis]`. In Chinese for the reader: the fault, why it matters, known false alarms
    (常见误报), and how an auditor verifies a finding (核实步骤). In English all that is in the docstring of `check`.
    `ask_zh` is what the letter asks of the unit: to explain, put right or hand in.
    """

    id: str
    zh: str
    en: str
    severity: Severity
    basis: str
    subject: type
    check: Callable[[Any, Rulebook], Iterator[Any]]
    flags: tuple[Mapping[str, str], ...]
    passes: tuple[Mapping[str, str], ...]
    why_zh: str = ""
    doubt_zh: str = ""
    verify_zh: str = ""
    fault_zh: str = ""
    ask_zh: str = ""

    @property
    def fault(self) -> str:
        """The fault in one English sentence."""
        return self._paragraphs[0]

    @property
    def why(self) -> str:
        """Why it matters, and the numbered exemptions, in English."""
        return " ".join(text for text in self._paragraphs[1:] if not text.startswith((DOUBT, VERIFY)))

    @property
    def doubt(self) -> str:
        """Known false alarms, in English."""
        return self._labelled(DOUBT)

    @property
    def verify(self) -> str:
        """How an auditor verifies a finding, in English."""
        return self._labelled(VERIFY)

    def _labelled(self, label: str) -> str:
        return " ".join(text.removeprefix(label).strip() for text in self._paragraphs if text.startswith(label))

    @property
    def _paragraphs(self) -> list[str]:
        return [" ".join(text.split()) for text in (inspect.getdoc(self.check) or "").split("\n\n")]


CATALOGUE: dict[str, Rule] = {}


def rule(
    id: str,
    *,
    zh: str,
    en: str,
    severity: Severity,
    basis: str,
    flags: Sequence[Mapping[str, str]],
    passes: Sequence[Mapping[str, str]],
    **prose: str,
):
    """Register a generator function as a rule; its first parameter's annotation says what it looks at.

    `prose` is what a `Rule` says in Chinese: `fault_zh`, `why_zh`, `doubt_zh`, `verify_zh`, `ask_zh`.

    It yields a message and the values that prove it: `yield message, *evidence`; a `Figures` among the evidence is what
    is stated and what it should be, a `Severity` one of this finding's own.
    """

    def register(check):
        subject = get_type_hints(check)[next(iter(inspect.signature(check).parameters))]
        if id in CATALOGUE or subject not in SUBJECTS:
            raise TypeError(f"{id}: already registered, or {subject} is nothing that a rule can look at")
        CATALOGUE[id] = Rule(id, zh, en, severity, basis, subject, check, tuple(flags), tuple(passes), **prose)
        return check

    return register


def apply(rule: Rule, form: Form | Portfolio | Pair | Years, book: Rulebook) -> Outcome:
    """Look at every subject of the form or of two papers, or at the whole portfolio; what cannot be looked at is recorded with its reason."""
    applied, findings, skipped = 0, [], []
    severity = Severity(book.severity.get(rule.id, rule.severity))
    subjects = SUBJECTS[rule.subject](form)
    if not subjects:
        skipped.append(Skip(rule.id, "表中没有可查的行"))
    for subject in subjects:
        row = getattr(subject, "row", None)
        try:
            faults = list(rule.check(subject, book))
        except NotApplicable as reason:
            skipped.append(Skip(rule.id, str(reason), row))
            continue
        except Exception as error:  # a defect of ours must not end the audit, and must not be silent
            message = f"规则运行异常（{type(error).__name__}），本项未能核查，请把表格交给软件维护人员"
            findings.append(Finding(rule.id, ERROR, f"{rule.zh}：规则运行异常", message, (), DEFECT, row))
            continue
        applied += 1
        findings += [_finding(rule, severity, fault, subject, book) for fault in faults]
    return Outcome(rule.id, applied, tuple(findings), tuple(skipped))


def _finding(rule: Rule, severity: Severity, fault: Sequence[Any], subject: Any, book: Rulebook) -> Finding:
    message, *evidence = (fault,) if isinstance(fault, str) else fault
    own = next((item for item in evidence if isinstance(item, Indicator)), None)
    at_row = own.row if own else getattr(subject, "row", None)
    proofs = tuple(item for item in evidence if isinstance(item, Value))
    figures = next((item for item in evidence if isinstance(item, Figures)), None)
    if rule.id not in book.severity:  # a small fault may weigh less than its rule
        severity = next((item for item in evidence if isinstance(item, Severity)), severity)
    at_stake = _at_stake(figures, own or subject)
    return Finding(rule.id, severity, rule.zh, message, proofs, book.cite(rule.basis), at_row, figures, at_stake)


def _at_stake(figures: Figures | None, subject: Any) -> Decimal:
    """The points that hang on a finding: those between the score stated and due, else all of the indicator's."""
    told = [figures.stated, figures.expected] if figures else []
    points = [amount(text.removesuffix("分")) for text in told if text.endswith(" 分")]
    if len(points) == 2 and None not in points:
        return abs(points[0] - points[1])
    return subject.points.number if isinstance(subject, Indicator) and subject.points.is_number else Decimal(0)


def in_order(rule: Rule) -> tuple[int, str]:
    """The place of a rule in the catalogue: by family, then by number."""
    families = list(FAMILIES)
    family = rule.id[:3]
    return families.index(family) if family in families else len(families), rule.id
