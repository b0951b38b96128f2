"""What a letter says to the unit: only what it must answer, in plain texts.

No rule, basis, severity or place in the program, and nothing of what auditors wrote, stands in these records.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from auditkit.decisions.evidence import evidence_list
from auditkit.model import Finding
from auditkit.pipeline import Audit
from auditkit.quantity.numbers import format_number
from auditkit.report.facts import clipped
from auditkit.rules.rule import CATALOGUE, DEFECT

LONGEST_PROOF = 60  # letters of a cell's text
GENERAL = "请说明情况；填报有误的，请更正。"  # of a finding whose rule is not in the catalogue


@dataclass(frozen=True)
class LetterQuestion:
    """One thing to answer: what is wrong, the form's own words with their places, and what to explain or hand in."""

    title: str
    told: str
    proofs: tuple[str, ...]
    ask: str


@dataclass(frozen=True)
class LetterProject:
    """One form in a letter. Scores are in print, blank where there is none; `handed_in` names documents to be handed in."""

    name: str
    unit: str
    department: str
    year: str
    stated: str
    verified: str
    upper: str
    reviewed: str
    summary: str
    questions: tuple[LetterQuestion, ...]
    handed_in: tuple[str, ...] = ()


@dataclass(frozen=True)
class UnitLetter:
    """A letter to one unit; `words` are those for places that no audit knows, such as 文号.

    `shared` are questions that only its projects together raise.
    """

    to: str
    projects: tuple[LetterProject, ...]
    words: tuple[tuple[str, str], ...] = ()
    draft: bool = True
    shared: tuple[LetterQuestion, ...] = ()

    @property
    def questions(self) -> int:
        return sum(len(one.questions) for one in self.projects) + len(self.shared)

    @property
    def years(self) -> str:
        """The fiscal years of its projects, 2021 or 2020、2021."""
        return "、".join(sorted({one.year for one in self.projects} - {""}))


def letter_project(audit: Audit) -> LetterProject:
    """What a letter says of one audit, after what was decided of it."""
    form, card = audit.form, audit.scorecard
    scores = (card.stated, card.verified, card.upper) if audit.rulebook.scored else (None,) * 3
    stated, verified, upper = ("" if score is None else format_number(score) for score in scores)
    reviewed = "" if audit.reviewed_score is None else format_number(audit.reviewed_score)
    return LetterProject(
        form.project.one_line or "（未填项目名称）",
        form.implementer.one_line,
        form.department.one_line,
        str(form.year or ""),
        stated,
        verified,
        upper,
        reviewed,
        _summary(stated, verified, upper, reviewed),
        tuple(_questions(audit)),
        tuple(one.words for one in evidence_list(audit, audit.rulebook)),
    )


def papers_of(found: Mapping[str, Any]) -> tuple[frozenset[str], ...]:
    """What the paper of each proof of a finding of an `across.json` may be called: a project, or a file and a project.

    A project's name, or that of a sheet, may have the bracket in it that ends the name of the paper.
    """
    places = (str(proof["at"]) for proof in found["evidence"])
    return tuple(frozenset(at[1:end] for end, letter in enumerate(at) if letter == "》") for at in places)


def shared_question(found: Mapping[str, Any]) -> LetterQuestion:
    """What a finding of an `across.json` asks of the unit."""
    proofs = (f"{one['at']}“{clipped(_on_one_line(one['text']), LONGEST_PROOF)}”" for one in found["evidence"])
    ask = _ask(CATALOGUE.get(found["rule"]))
    return LetterQuestion(str(found["title"]), f"{found['message']}。", tuple(proofs), ask)


def _on_one_line(text: str) -> str:
    return "".join(str(text).split("\n"))


def _summary(stated: str, verified: str, upper: str, reviewed: str) -> str:
    if not verified:
        return ""
    claimed = f"自评得分 {stated} 分" if stated else "未填自评总分"
    possible = "" if upper == verified else f"，最高可能得分 {upper} 分，其余有待你单位说明和举证"
    settled = f"；复核得分 {reviewed} 分" if reviewed else ""
    return f"{claimed}；按表内数据可核实 {verified} 分{possible}{settled}。"


def asked(audit: Audit) -> tuple[int, ...]:
    """The numbers, in every other report, of the findings that the letter asks about, in its order.

    What people rejected is not asked, nor what is the program's own fault.
    """
    found = enumerate(audit.findings, 1)
    return tuple(number for number, one in found if number not in audit.rejected and one.basis != DEFECT)


def _questions(audit: Audit) -> Iterable[LetterQuestion]:
    found = audit.findings
    for finding in (found[number - 1] for number in asked(audit)):
        ask = _ask(CATALOGUE.get(finding.rule))
        yield LetterQuestion(_title(audit, finding), f"{finding.message}。", _proofs(finding), ask)


def _ask(rule: object) -> str:
    return getattr(rule, "ask_zh", "") or GENERAL


def _title(audit: Audit, finding: Finding) -> str:
    name = next((one.name.one_line for one in audit.form.indicators if one.row == finding.row), "")
    return f"{finding.title}（第 {finding.row} 项“{clipped(name, LONGEST_PROOF)}”）" if finding.row else finding.title


def _proofs(finding: Finding) -> tuple[str, ...]:
    return tuple(dict.fromkeys(f"{v.place}“{clipped(v.one_line, LONGEST_PROOF)}”" for v in finding.evidence))
