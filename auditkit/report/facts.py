"""What every report on a form states, whatever its format: plain texts and figures, no markup; nothing is judged here."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Any

from auditkit.assess.rescore import Earned, Scorecard
from auditkit.assess.verdict import Verdict
from auditkit.document import At
from auditkit.model import Finding, Indicator
from auditkit.pipeline import Audit
from auditkit.quantity.numbers import format_number
from auditkit.report.html.charts import SERIES
from auditkit.rulebooks.loader import Rulebook
from auditkit.rules.rule import CATALOGUE

WORST = 5
LONGEST = 110  # letters of a message on the first page


@dataclass(frozen=True)
class Numbered:
    """A finding with the number that it has in every report on its form."""

    number: int
    finding: Finding

    @property
    def mark(self) -> str:
        return f"{self.finding.severity.mark}{self.number}"

    @property
    def where(self) -> str:
        return "全表" if self.finding.row is None else f"第 {self.finding.row} 项"

    @property
    def verify(self) -> str:
        """How an auditor verifies it; blank where the catalogue has no such rule."""
        return getattr(CATALOGUE.get(self.finding.rule), "verify_zh", "")


@dataclass(frozen=True)
class Worst:
    """The first finding of a rule, and the others of the same rule and severity."""

    first: Numbered
    others: tuple[Numbered, ...]

    @property
    def text(self) -> str:
        return clipped(self.first.finding.message, LONGEST)


@dataclass(frozen=True)
class Coverage:
    """How much of a form was looked at: verdicts on its indicators, rules that had something to look at, and not."""

    indicators: int
    verdicts: tuple[tuple[Verdict, int], ...]
    rules: int
    applied: int
    skipped: int

    @property
    def line(self) -> str:
        judged = "，".join(f"{verdict.zh} {count} 项" for verdict, count in self.verdicts)
        return (
            f"{self.indicators} 项指标：{judged}。{self.rules} 条规则中 {self.applied} 条有内容可查，"
            f"另有 {self.skipped} 处因表中缺数或不适用未能核查。"
        )


def numbered(audit: Audit) -> tuple[Numbered, ...]:
    """All findings, the heaviest first, counted from 1."""
    return tuple(Numbered(number, finding) for number, finding in enumerate(audit.findings, 1))


def with_first(audit: Audit) -> list[tuple[Numbered, Numbered]]:
    """Every finding with the first one of its rule, beside which basis and steps to verify stand for all."""
    first: dict[tuple[str, str], Numbered] = {}
    return [(one, first.setdefault((one.finding.rule, one.finding.basis), one)) for one in numbered(audit)]


def worst_findings(audit: Audit, most: int = WORST) -> tuple[Worst, ...]:
    """The heaviest faults: findings of one rule count as one, or a fault in every row would hide the others."""
    grouped: dict[tuple[str, str], list[Numbered]] = {}
    for one in numbered(audit):
        grouped.setdefault((one.finding.severity, one.finding.rule), []).append(one)
    return tuple(Worst(first, tuple(others)) for first, *others in list(grouped.values())[:most])


def by_cell(found: Iterable[Numbered]) -> Mapping[At, list[Numbered]]:
    """The findings that each cell proves, by its place."""
    flags: dict[At, list[Numbered]] = {}
    for one in found:
        for at in dict.fromkeys(value.at for value in one.finding.evidence if value.at):
            flags.setdefault(at, []).append(one)
    return flags


def verdict_line(audit: Audit) -> str:
    """The verdict on a form in one sentence."""
    card = audit.scorecard
    possible = f"按规则可核实 {format_number(card.verified)} 分，最高可能 {format_number(card.upper)} 分"
    if card.rescaled:
        possible += f"（以表内分值合计 {format_number(card.points)} 分计，{rescaled_line(card)}）"
    if card.stated is None:
        return f"未填自评总分；{possible}。"
    if card.disproved:
        return f"自评 {format_number(card.stated)} 分，高于最高可能得分，自评结果不成立；{possible}。"
    proof = f"尚有 {format_number(card.unproved)} 分待举证" if card.unproved else "表内数据足以证明自评得分"
    return f"自评 {format_number(card.stated)} 分；{possible}，{proof}。"


def rescaled_line(card: Scorecard) -> str:
    """The scores on the scale of the full marks, 折合百分制为自评 87.91 分、可核实 72.3 分…; blank where they are on it."""
    scores = zip(("自评", "可核实", "最高可能"), card.rescaled or (), strict=bool(card.rescaled))
    told = "、".join(f"{label} {format_number(score)} 分" for label, score in scores if score is not None)
    return f"{scale_name(card)}为{told}" if told else ""


def scale_name(card: Scorecard) -> str:
    """What the scale of the full marks is called beside scores that stand on another."""
    return "折合百分制" if card.full_marks == 100 else f"折合满分 {format_number(card.full_marks)} 分"


def sums_line(audit: Audit) -> str:
    """Points and total where they do not add up, "分值合计110分，总分应为106.7分，填报96.7分"; blank where they do."""
    told = {finding.rule: finding.figures for finding in audit.findings if finding.figures}
    points, total = told.get("SCO002"), told.get("SCO001")
    parts = [f"分值合计{points.stated}"] if points else []
    parts += [f"总分应为{total.expected}", f"填报{total.stated}"] if total else []
    return "，".join(parts).replace(" ", "")


def summary_sentences(audit: Audit) -> str:
    """Verdict and contradicting sums, one sentence each."""
    sums = sums_line(audit)
    return f"{verdict_line(audit)}{sums}。" if sums else verdict_line(audit)


def coverage_of(audit: Audit) -> Coverage:
    """The coverage of one audit in numbers."""
    return Coverage(
        len(audit.form.indicators),
        tuple((verdict, audit.scorecard.count(verdict)) for verdict in Verdict),
        len(audit.outcomes),
        sum(outcome.applied > 0 for outcome in audit.outcomes),
        len(audit.skipped),
    )


def unverifiable(audit: Audit) -> list[tuple[Earned, Indicator]]:
    """The items that the form does not prove, with their indicators."""
    pairs = zip(audit.scorecard.items, audit.form.indicators, strict=True)
    return [(e, i) for e, i in pairs if e.judgement and e.judgement.verdict is Verdict.UNVERIFIABLE]


def reasons(audit: Audit) -> list[tuple[str, list[str], list[int]]]:
    """What could not be looked at, equal reasons together: reason, rules, rows."""
    grouped: dict[str, tuple[dict[str, None], set[int]]] = {}
    for skip in audit.skipped:
        rules, rows = grouped.setdefault(skip.reason, ({}, set()))
        rules[skip.rule] = None
        if skip.row is not None:
            rows.add(skip.row)
    return [(reason, list(rules), sorted(rows)) for reason, (rules, rows) in grouped.items()]


def clean_rules(audit: Audit) -> list[tuple[str, str]]:
    """The rules that looked and found nothing: id and title."""
    clean = [outcome.rule for outcome in audit.outcomes if outcome.applied and not outcome.findings]
    return [(rule, CATALOGUE[rule].zh if rule in CATALOGUE else "") for rule in clean]


def column_heights(headings: Iterable[Hashable]) -> list[int]:
    """Over how many rows each heading of a column reaches; 0 where it only goes on."""
    lengths = [len(list(run)) for _, run in groupby(headings)]
    return [length if place == 0 else 0 for length in lengths for place in range(length)]


def clipped(text: str, longest: int) -> str:
    """A text cut, with an ellipsis, where it is longer than there is room for."""
    return text if len(text) <= longest else f"{text[:longest]}……"


LABELS = tuple(label for label, *_ in SERIES)


def bars(card: Scorecard, scale: Decimal) -> list[dict[str, Any]]:
    """The three scores with their share of a scale, which is for drawing only."""
    scores = (card.stated, card.verified, card.upper)
    return [
        {
            "label": label,
            "shown": format_number(score),
            "share": float(score / scale) if score is not None and scale else 0.0,
        }
        for label, score in zip(LABELS, scores, strict=True)
    ]


def scale_of(cards: Iterable[Scorecard], full: Decimal) -> Decimal:
    """Full marks, or more where a form states or may earn more."""
    return max([full, *(score for card in cards for score in (card.stated or full, card.upper))])


def book_facts(book: Rulebook) -> dict[str, Any]:
    """The rulebook and what it rests on, and how far that was checked."""
    checked = {True: "已核对", False: "未核对，仅据二手资料"}
    return {
        "line": f"规则手册 {book.name}，{book.title}，版本 {book.version}，校验码 {book.digest}",
        "short": f"规则手册 {book.name} {book.version}　校验码 {book.digest}",
        "documents": [[one.title, one.number, checked[one.checked], one.note] for one in book.documents],
    }
