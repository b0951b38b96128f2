"""What every report on a form states, whatever its format: plain texts and figures, no markup; nothing is judged here."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Any, Protocol

from auditkit.assess.rescore import Earned, Scorecard
from auditkit.assess.verdict import Verdict
from auditkit.document import At
from auditkit.model import Finding, Indicator
from auditkit.pipeline import Audit
from auditkit.quantity.numbers import format_number
from auditkit.report.html.charts import SERIES
from auditkit.rulebooks.loader import MARK, MARKED, SECOND_HAND, Rulebook, SourceDocument, marked_basis
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

    @property
    def basis(self) -> str:
        """What it rests on; what is known second-hand is marked, which the page explains once."""
        return marked_basis(self.finding.basis)

    @property
    def why(self) -> str:
        """Why such a fault matters; blank likewise."""
        return getattr(CATALOGUE.get(self.finding.rule), "why_zh", "")


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
        return f"{self.indicators} 项指标：{judged}。{self.rules_line}"

    @property
    def rules_line(self) -> str:
        looked = f"{self.rules} 条规则中 {self.applied} 条有内容可查"
        return f"{looked}，另有 {self.skipped} 处因表中缺数或不适用未能核查。"


def numbered(audit: Audit) -> tuple[Numbered, ...]:
    """The findings that stand, the heaviest first; counted from 1 with those that were rejected, so no number moves."""
    found = enumerate(audit.findings, 1)
    return tuple(Numbered(number, finding) for number, finding in found if number not in audit.rejected)


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


def nothing_found(doubts: int) -> str:
    """That no rule found anything, which says little where the reading has doubts."""
    told = "所查规则均未发现问题"
    return f"{told}，但读表有 {doubts} 处存疑，可能有内容没有读到或读错，请先核对原件" if doubts else told


def rejected_line(audit: Audit) -> str:
    """That findings were rejected, and where they stand; blank where none were."""
    if not audit.rejected:
        return ""
    return f"另有 {len(audit.rejected)} 条发现经复核不认可，不再计入，列在审核人员的决定和复核表中"


def out_of_force(audit: Audit) -> str:
    """That the rulebook does not govern the form's year; blank where it does, or the form states none."""
    book, year = audit.rulebook, audit.form.year
    if book.in_force(year):
        return ""
    ends = f"{book.years[0]} 年度起" if len(book.years) == 1 else f"{book.years[0]} 至 {book.years[1]} 年度"
    return f"规则手册 {book.name} 适用于 {ends}，本表是 {year} 年度的，不在其适用年度内"


def verdict_line(audit: Audit) -> str:
    """The verdict on a form in one sentence, with what people decided; where its total cannot hold, by which items."""
    card, after = audit.scorecard, audit.reviewed or audit.scorecard
    possible = f"按规则可核实 {format_number(card.verified)} 分，最高可能 {format_number(card.upper)} 分"
    if card.rescaled:
        possible += f"（以表内分值合计 {format_number(card.points)} 分计，{_rescaled_line(audit)}）"
    if audit.reviewed_score is not None:
        possible += f"，复核得分 {format_number(audit.reviewed_score)} 分"
    if card.stated is None:
        return f"未填自评总分；{possible}。"
    stated = f"自评 {format_number(card.stated)} 分"
    if audit.disproof:
        bound = "复核后的最高可能得分" if audit.reviewed else "最高可能得分"
        return f"{stated}，高于{bound}，自评结果不成立（{disproof_line(audit)}）；{possible}。"
    enough = "复核结果足以证明自评得分" if audit.reviewed else "表内数据足以证明自评得分"
    proof = f"尚有 {format_number(after.unproved)} 分待举证" if after.unproved else enough
    return f"{stated}；{possible}，{proof}。"


def disproof_line(audit: Audit) -> str:
    """The items, with their points, that make the total impossible; of very many the first."""
    told, more = audit.disproof, len(audit.disproof) - WORST
    return "；".join(told[:WORST]) + (f"；另有 {more} 处" if more > 0 else "")


def _rescaled_line(audit: Audit) -> str:
    """The scores on the scale of the full marks, 折合百分制为自评 87.91 分、可核实 72.3 分…"""
    told = "、".join(
        f"{label} {format_number(score)} 分" for label, score in rescaled_scores(audit) if score is not None
    )
    return f"{scale_name(audit.scorecard)}为{told}"


def rescaled_scores(audit: Audit) -> list[tuple[str, Decimal | None]]:
    """The scores on the scale of the full marks by their names; none where they are on it already."""
    card, score = audit.scorecard, audit.reviewed_score
    told = list(zip(("自评", "可核实", "最高可能"), card.rescaled or (), strict=bool(card.rescaled)))
    return [*told, ("复核", audit.reviewed.rescaled.verified)] if told and score is not None else told


def scale_name(card: Scorecard) -> str:
    """What the scale of the full marks is called beside scores that stand on another."""
    return "折合百分制" if card.full_marks == 100 else f"折合满分 {format_number(card.full_marks)} 分"


def sums_line(audit: Audit) -> str:
    """Points and total where they do not add up, "分值合计110分，总分应为106.7分，填报96.7分"; blank where they do."""
    told = {finding.rule: finding.figures for finding in audit.standing if finding.figures}
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


def scored_rows(audit: Audit) -> list[tuple[Earned, Decimal | None, str]]:
    """Every item as it was filed, what it earns with what people decided, and why; None where nobody did."""
    if audit.reviewed is None:
        return [(row, None, row.why) for row in audit.scorecard.rows]
    pairs = zip(audit.scorecard.rows, audit.reviewed.rows, strict=True)
    return [(was, now.verified, was.why if now == was else f"{was.why}；复核：{now.why}") for was, now in pairs]


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


class ThreeScores(Protocol):
    """The three scores of a form, of its card or of the line that tells of it."""

    stated: Decimal | None
    verified: Decimal
    upper: Decimal


LABELS = tuple(label for label, *_ in SERIES)


def bars(card: ThreeScores, scale: Decimal, reviewed: Decimal | None) -> list[dict[str, Any]]:
    """The three scores, and the fourth where people decided, with their share of a scale, which is for drawing only."""
    scores = (card.stated, card.verified, card.upper, *([] if reviewed is None else [reviewed]))
    return [
        {
            "label": label,
            "shown": format_number(score),
            "share": float(score / scale) if score is not None and scale else 0.0,
        }
        for label, score in zip(LABELS, scores, strict=False)
    ]


def scale_of(cards: Iterable[ThreeScores], full: Decimal) -> Decimal:
    """Full marks, or more where a form states or may earn more."""
    return max([full, *(score for card in cards for score in (card.stated or full, card.upper))])


def checked_note(one: SourceDocument) -> tuple[str, str]:
    """Whether a document was compared with its original, and what is said of it besides."""
    if one.checked:
        return "已核对", one.note
    return f"未核对{MARK}", one.note.removeprefix(SECOND_HAND).lstrip("：")


def book_facts(book: Rulebook) -> dict[str, Any]:
    """The rulebook and what it rests on, and how far that was checked; that it was not is explained once, by `marked`."""
    return {
        "line": f"规则手册 {book.name}，{book.title}，版本 {book.version}，校验码 {book.digest}",
        "short": f"规则手册 {book.name} {book.version}　校验码 {book.digest}",
        "documents": [[one.title, one.number, *checked_note(one)] for one in book.documents],
        "marked": MARKED,
    }
