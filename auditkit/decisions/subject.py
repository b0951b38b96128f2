"""What a decision is about, in words that a later run finds again, and what a person wants recorded of it."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from auditkit.model import Finding, Form, Fund, Indicator
from auditkit.safety import escape_controls
from auditkit.vocabulary.named import Named
from auditkit.vocabulary.spelling import plain


class Field(Named):
    """What a change sets: the ruling on a finding, words on it, a corrected entry beside the form's own, or how far a
    project is signed (which only `signoff` sets)."""

    RULING = "ruling", "结论"
    NOTE = "note", "说明"
    REFERENCE = "reference", "证据索引"
    RESULT = "result", "更正完成值"
    SCORE = "score", "更正得分"
    SIGNATURE = "signature", "签署"


class Ruling(Named):
    """What an auditor makes of a finding; the values are stored, `zh` is shown."""

    ACCEPTED = "accepted", "认可"
    DOUBTED = "doubted", "存疑"
    REJECTED = "rejected", "不认可"


ACROSS = "各表放在一起看到的问题"


@dataclass(frozen=True)
class Subject:
    """A finding on a project, or (where `rule` is blank) an indicator whose entry is corrected.

    `place` says where it stands; `evidence` is the digest of what was found there, so that a decision is not carried
    over to other data.
    """

    project: str
    rule: str
    row: int
    place: str
    evidence: str

    @cached_property
    def key(self) -> str:
        """A digest that is the same in every run in which the same rule speaks of the same place."""
        return digest_texts((self.project, self.rule, str(self.row), self.place))[:24]

    @property
    def mark(self) -> str:
        """What tells it on a page from all others, those in the same place among them."""
        return f"{self.key}·{self.evidence[:16]}"


@dataclass(frozen=True)
class Change:
    """One field of one subject as a person saw it and as that person wants it."""

    subject: Subject
    field: Field
    before: str
    after: str


def project_key(form: Form) -> str:
    """What tells a project from the others of all years: year, department and name, without blanks and in half width."""
    return named_key(form.year, form.department.text, form.project.text)


def told_key(form: Mapping[str, Any]) -> str:
    """The same of the object that stands for the form in `audit.json`."""
    return named_key(form["fiscal_year"], form["department"], form["project"])


def of_finding(form: Form, finding: Finding) -> Subject:
    """The subject of a decision on a finding."""
    proof = [(value.place, value.text) for value in finding.evidence]
    return _of_finding(project_key(form), finding.rule, finding.row, finding.message, finding.basis, proof)


def of_told(form: Mapping[str, Any], finding: Mapping[str, Any]) -> Subject:
    """The same subject from the objects that stand for form and finding in `audit.json`."""
    project = told_key(form)
    proof = [(value["at"], value["text"]) for value in finding["evidence"]]
    return _of_finding(project, finding["rule"], finding["row"], finding["message"], finding["basis"], proof)


def across_key(years: Iterable[int | None]) -> str:
    """What stands in a project's place for all forms of a year together; no form's own key is without a bar."""
    return f"{ACROSS} {most_of(years) or ''}".strip()


def most_of(years: Iterable[int | None]) -> int | None:
    """The year that most forms are of."""
    found = Counter(year for year in years if year)
    return max(found, key=lambda year: (found[year], year), default=None)


def of_across(key: str, finding: Mapping[str, Any]) -> Subject:
    """The subject of a decision on a finding across forms, from the object that stands for it in `across.json`.

    It stands where its first proof does: a decision on forms that were alike is known again, as one on other data, when
    another form is alike too.
    """
    proof = [(value["at"], value["text"]) for value in finding["evidence"]]
    texts = (text for pair in proof for text in pair)
    evidence = digest_texts((finding["message"], finding["basis"], *texts))
    return Subject(key, finding["rule"], 0, escape_controls(proof[0][0]) if proof else "", evidence)


def of_indicator(form: Form, indicator: Indicator) -> Subject:
    """The subject of a correction to an indicator's result or score."""
    texts = (indicator.name, indicator.target, indicator.result, indicator.points, indicator.score)
    return Subject(
        project_key(form),
        "",
        indicator.row,
        escape_controls(indicator.name.place),
        digest_texts(value.text for value in texts),
    )


def of_execution(form: Form, fund: Fund) -> Subject:
    """The subject of a correction to the execution score, which stands in no indicator's row."""
    texts = (fund.label, fund.adjusted, fund.actual, fund.points, fund.score)
    return Subject(
        project_key(form), "", 0, escape_controls(fund.label.place), digest_texts(value.text for value in texts)
    )


def named_key(year: int | None, department: str, project: str) -> str:
    """The same of a project that is told by its names."""
    return escape_controls("｜".join((str(year or ""), plain(department), plain(project))))


def _of_finding(
    project: str, rule: str, row: int | None, message: str, basis: str, proof: list[tuple[str, str]]
) -> Subject:
    places, texts = escape_controls("；".join(at for at, _ in proof)), (text for _, text in proof)
    return Subject(project, rule, row or 0, places, digest_texts((message, basis, *texts)))


def digest_texts(texts: Iterable[str]) -> str:
    """SHA-256 of texts in their order, each as its length in bytes, a colon and its UTF-8: no two lists come out alike."""
    lines = (text.encode("utf-8", "surrogatepass") for text in texts)
    return hashlib.sha256(b"".join(b"%d:%b" % (len(line), line) for line in lines)).hexdigest()
