"""A project as the list of projects knows it: told by its audit's JSON, without the form.

What shows only across forms is listed as a project of its own, which has no form.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from auditkit.decisions.subject import ACROSS, Subject, across_key, most_of, of_across, of_told
from auditkit.errors.runs import NotOurs
from auditkit.model import Finding, Severity
from auditkit.safety import escape_line


@dataclass(frozen=True)
class ListedQuestion:
    """A finding that is to be decided, and what it says; `basis` and `proof` (places and texts) only across forms."""

    subject: Subject
    severity: Severity
    title: str
    message: str
    basis: str = ""
    proof: tuple[tuple[str, str], ...] = ()

    @property
    def finding(self) -> Finding:
        return Finding(self.subject.rule, self.severity, self.title, self.message, (), self.basis)


@dataclass(frozen=True)
class ProjectSummary:
    """Which form of which file, whose it is, what was found, and how many doubts its reading has; across forms `number` is 0."""

    file: str
    number: int
    name: str
    unit: str
    year: int | None
    questions: tuple[ListedQuestion, ...]
    doubts: int = 0

    def count(self, severity: Severity) -> int:
        return sum(one.severity is severity for one in self.questions)

    @property
    def key(self) -> str:
        """The project that its subjects name; blank where nothing was found."""
        return self.questions[0].subject.project if self.questions else ""

    @property
    def title(self) -> str:
        return f"{escape_line(self.name) or '（未填项目名称）'}（{self.year or '年度不明'}）"


def listed(told: Mapping[str, Any]) -> ProjectSummary:
    """The project that an `Audit.as_json` tells of. Raises Unreadable where it tells of none."""
    try:
        form = told["form"]
        questions = tuple(
            ListedQuestion(of_told(form, one), Severity(one["severity"]), one["title"], one["message"])
            for one in told["findings"]
        )
        who = form["project"], form["implementer"], form["fiscal_year"]
        return ProjectSummary(told["source"], form["number"], *who, questions, len(form["doubts"]))
    except (KeyError, TypeError, ValueError) as error:
        raise NotOurs("audit.json", what="audit.json") from error


def together(found: Sequence[Mapping[str, Any]], forms: Sequence[ProjectSummary]) -> tuple[ProjectSummary, ...]:
    """What the findings of `across_as_json` say of these forms: one more project, or none. Raises Unreadable as `listed`."""
    try:
        key = across_key(one.year for one in forms)
        questions = tuple(
            ListedQuestion(
                of_across(key, one),
                Severity(one["severity"]),
                one["title"],
                one["message"],
                one["basis"],
                tuple((value["at"], value["text"]) for value in one["evidence"]),
            )
            for one in found
        )
    except (KeyError, TypeError, ValueError) as error:
        raise NotOurs("across.json", what="across.json") from error
    year = most_of(one.year for one in forms)
    return (ProjectSummary("", 0, ACROSS, "", year, questions),) if questions else ()


def rank_projects(projects: Iterable[ProjectSummary]) -> list[ProjectSummary]:
    """In the order in which a person should look at them: what shows across them, once they are known."""
    return sorted(projects, key=lambda one: (not one.number, [-one.count(severity) for severity in Severity]))
