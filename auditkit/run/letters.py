"""The letters of a year: one for each department or project, drafts or finals, out of what a run left and what was decided since."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from auditkit.decisions.standing import of_question
from auditkit.decisions.state import state_of
from auditkit.decisions.subject import Ruling, across_key, of_across
from auditkit.decisions.summary import STEPS, Review
from auditkit.errors.letters import (
    AskedOfOneName,
    AskedOfSeveral,
    AskedOfUnknown,
    AwaitsSigning,
    BadSetting,
    ChainBroken,
    NotListed,
    PlaceBlank,
    ProjectMissing,
    ProjectUnknown,
    SignatureVoid,
    UnusedSetting,
)
from auditkit.model import Portfolio
from auditkit.report.letter.content import (
    LetterProject,
    LetterQuestion,
    UnitLetter,
    letter_project,
    papers_of,
    shared_question,
)
from auditkit.report.letter.places import LETTER, PROJECT, SETTINGS, WANTED
from auditkit.report.letter.write import STANDARD, letters_on, places_used, standard_template
from auditkit.report.year.tables import csv_bytes
from auditkit.rules.rule import CATALOGUE
from auditkit.run.decided import decided_of
from auditkit.run.inputs import InputFile, content_of
from auditkit.run.letter_files import By, LetterFiles
from auditkit.run.open import run_audits
from auditkit.run.storage import LocalFolder, private_folder
from auditkit.safety import Limits, Unreadable, chosen_limits, portable_name
from auditkit.sandbox.process import SandboxProcess
from auditkit.vocabulary.spelling import plain

if TYPE_CHECKING:
    from auditkit.decisions.summarize import Decided
    from auditkit.pipeline import Audit

# What one process makes: letters, beside so many of which reading the template is small, and questions in them, of which
# four thousand take a second.
TOGETHER, QUESTIONS = 25, 20_000
NUMBER = "{号}"  # in 文号: the number of the letter
FIRST = "起始号"  # the setting that says from which number on


@dataclass
class _Gathered:
    """What one letter is to hold, and what keeps it from being a final one."""

    name: str
    to: str
    home: str  # the department
    projects: list[LetterProject] = field(default_factory=list)
    lacks: list[Unreadable] = field(default_factory=list)
    papers: set[str] = field(default_factory=set)  # what its forms are called where findings across forms name them
    shared: tuple[LetterQuestion, ...] = ()

    @property
    def reader(self) -> tuple[str, str]:
        """Who reads it: letters of one reader may tell of one another's projects."""
        return self.home, plain(self.to)

    @property
    def whole(self) -> bool:
        """Whether no project is missing: a letter that is silent on one, or the loss of what was there, helps nobody."""
        return not any(isinstance(one, ProjectMissing) for one in self.lacks)


@dataclass(frozen=True)
class LetterRow:
    """What became of one letter. `file` is blank where none was written: nothing to answer, or it failed."""

    file: str
    to: str
    projects: int
    questions: int
    final: bool
    lacks: tuple[Unreadable, ...] = ()
    failure: Unreadable | None = None

    @property
    def state(self) -> str:
        if self.failure or self.missing:
            return "未写成"
        return ("定稿" if self.final else "草稿") if self.file else "没有需要答复的问题，不发函"

    @property
    def reasons(self) -> tuple[Unreadable, ...]:
        """Why it is no letter or no final one; of one without questions, only what it is silent on."""
        return ((self.failure,) if self.failure else ()) + (self.missing or (self.lacks if self.questions else ()))

    @property
    def missing(self) -> tuple[Unreadable, ...]:
        """Projects that the letter would be silent on: then there is none."""
        return tuple(one for one in self.lacks if isinstance(one, ProjectMissing))


@dataclass(frozen=True)
class LettersResult:
    """The letters of a year, the former ones that no longer stand and were removed, and what is asked in no letter."""

    rows: tuple[LetterRow, ...]
    removed: tuple[str, ...] = ()
    unasked: tuple[Unreadable, ...] = ()

    @property
    def lacking(self) -> bool:
        """Whether a letter with questions is no final."""
        return any(not row.final for row in self.rows if row.file)

    @property
    def failed(self) -> bool:
        return any(row.failure or row.missing for row in self.rows)


def write_letters(
    out: Path,
    by: By = By.DEPARTMENT,
    template: Path | None = None,
    settings: Sequence[str] = (),
    final: bool = False,
    store: str = "",
    forms: Path | None = None,
    limits: Limits | None = None,
) -> LettersResult:
    """Write the letters of a run's folder under `letters/`.

    All are drafts, unless `final` asks that those that lack nothing be final. `settings` are words for places of the
    template, 名称=文字. What was decided is read from the store as it is now. A letter that is there as it would be written is
    left alone, one that a person changed is kept. Raises NotOurs where no run wrote to the folder, Unreadable where the
    template, a setting or the store is not to be used, and where a run is at work in the folder.
    """
    words, limits = _settings(settings), limits or chosen_limits()
    standard_template()  # what is not installed or not whole is told before anything is read
    folder = LocalFolder(out.resolve())
    gathered, unasked = _gather(out, by, decided_of(out, store), forms)
    with private_folder(folder) as scratch, SandboxProcess(limits, load="auditkit.report.letter.write:load") as child:
        press = _Press(child, scratch / "template.docx", template, words, limits)
        files = LetterFiles(folder, by)
        rows = tuple(_written(gathered, press, files, final, words))
        return LettersResult(rows, files.close(_table(rows, unasked)), unasked)


def _settings(given: Iterable[str]) -> dict[str, str]:
    """The words for places. Raises BadSetting."""
    words = {}
    for one in given:
        name, equals, text = one.partition("=")
        name = name.strip()
        if not (name.isidentifier() and equals) or name in set(LETTER) - set(SETTINGS) or len(text) > 500:
            raise BadSetting(f"--set {one[:80]}")
        words[name] = text.strip()
    if not words.get(FIRST, "1").isdecimal() or len(words.get(FIRST, "1")) > 6:
        raise BadSetting(f"--set {FIRST}={words[FIRST][:80]}")
    return words


class _Press:
    """Makes letters in a process that is ended if a template runs away; the template is a private copy."""

    def __init__(
        self, child: SandboxProcess, copy: Path, template: Path | None, words: Mapping[str, str], limits: Limits
    ):
        self._child, self._copy = child, copy
        self.name = template.name if template else STANDARD.name
        copy.write_bytes(content_of(InputFile(self.name, self.name, template or STANDARD), limits))
        self._own = tuple(name for name in words if name not in (*SETTINGS, FIRST))
        self.used = child.call(places_used, copy, self.name, self._own)
        if unused := [name for name in self._own if name not in self.used]:
            known = "、".join((*SETTINGS, FIRST, *sorted(self.used - set(LETTER) - set(PROJECT))))
            raise UnusedSetting(f"--set {unused[0]}", known=known)

    def make(self, letters: Sequence[UnitLetter]) -> list[bytes | Unreadable]:
        try:
            return self._child.call(letters_on, self._copy, self.name, self._own, letters)
        except Unreadable as error:  # too slow, too much memory: those of one batch, and each is told so
            return [error] * len(letters)


def _gather(
    out: Path, by: By, decided: Decided | None, forms: Path | None
) -> tuple[tuple[_Gathered, ...], tuple[Unreadable, ...]]:
    """The letters, and what is asked in none of them."""
    from auditkit.decisions.reviewed import reviewed

    found: dict[str, _Gathered] = {}
    years: list[int | None] = []
    unknown: list[Unreadable] = []
    rejected: set[tuple[str, str]] = set()
    for folder, facts, audit in run_audits(out, forms):
        review = decided.review(audit) if decided and not isinstance(audit, Unreadable) else None
        one = None if isinstance(audit, Unreadable) else reviewed(audit, review)
        told = letter_project(one) if one else None
        name = told.name if told else str(facts.get("project") or folder)
        years.append(facts.get("fiscal_year"))
        unknown += [] if facts else [ProjectUnknown(folder)]
        key, title, to = _addressee(by, folder, name, facts)
        home = plain(_line(facts.get("department")))
        letter = found.setdefault(key, _Gathered(portable_name(title, key), to, home))
        letter.papers |= _papers(facts)
        if one and told:
            letter.projects.append(told)
            letter.lacks += _unsigned(name, review)
            rejected |= _rejected(one)
        else:
            letter.lacks.append(ProjectMissing(name, why=(audit.zh, audit.en)))
        if decided and decided.faults:
            broken = ChainBroken(name, count=len(decided.faults))
            letter.lacks += [] if any(isinstance(each, ChainBroken) for each in letter.lacks) else [broken]
    for letter in found.values():
        letter.lacks += unknown if by is By.DEPARTMENT else []
    letters = tuple(found.values())
    return letters, _share(_standing(out, decided, across_key(years), rejected), letters)


def _papers(facts: Mapping[str, Any]) -> set[str]:
    """What a form is called where several are told of: its project, or its file and project; without a project, its file."""
    if not facts:
        return set()
    file, project = PurePosixPath(str(facts["source"])).name, str(facts.get("project") or "")
    return {project or file, f"{file} {project}".strip()}


def _rejected(audit: Audit) -> set[tuple[str, str]]:
    """The messages of what was rejected, each with its first place as findings across forms tell it."""
    found = [audit.findings[number - 1] for number in audit.rejected]
    firsts = (one.evidence[0] if one.evidence else audit.form.project for one in found)
    return {(one.message, audit.form.placed(first).place) for one, first in zip(found, firsts, strict=True)}


def _addressee(by: By, folder: str, project: str, facts: Mapping[str, Any]) -> tuple[str, str, str]:
    """What tells a letter from the others, what it is called, and to whom it goes."""
    department, unit = (_line(facts.get(name)) for name in ("department", "implementer"))
    if by is By.PROJECT:
        # Not by the folder, which is numbered: a form that joins the next run would take the number of another's letter.
        key = f"{facts['source']} {facts['number']}" if facts else folder
        return f"项目 {key}", project, unit or department or "项目实施单位"
    if department:
        return f"部门 {plain(department)}", department, department
    return f"单位 {plain(unit)}", unit or "未填主管部门", unit or "项目实施单位"


def _line(text: object) -> str:
    return "".join(str(text or "").split("\n"))


def _unsigned(name: str, review: Review | None) -> list[Unreadable]:
    """What a project lacks to be signed at 审定."""
    if review is None:
        return [AwaitsSigning(name, steps="、".join(STEPS))]
    if void := [one.step for one in review.signatures if one.differences]:
        return [SignatureVoid(name, steps="、".join(void))]
    if review.next:
        return [AwaitsSigning(name, steps="、".join(STEPS[STEPS.index(review.next) :]))]
    return []


def _standing(
    out: Path, decided: Decided | None, key: str, rejected: Collection[tuple[str, str]]
) -> Iterator[Mapping[str, Any]]:
    """What shows across forms, and nobody rejected: neither itself nor the finding on one form that it tells again."""
    try:
        found = json.loads((out / "across.json").read_text("utf-8"))["findings"]
    except (OSError, ValueError, KeyError, TypeError):
        return
    state = state_of(decided.entries.get(key, ()) if decided else ())
    for one in found:
        stands, place = of_question(of_across(key, one), state), next((each["at"] for each in one["evidence"]), "")
        again = any(place == at and message in one["message"] for message, at in rejected)
        if (stands.conflict or stands.ruling is not Ruling.REJECTED) and not again:
            yield one


def _share(found: Iterable[Mapping[str, Any]], letters: Sequence[_Gathered]) -> tuple[Unreadable, ...]:
    """Give each letter what shows across its projects alone; returns what stands in no letter, and why.

    A name that projects of two readers have does not tell whose the finding is. Of papers compared with one another each
    must be in the letter; those of another year, or that were approved, are their project's.
    """
    unasked: dict[type[Unreadable], list[str]] = {}
    for one in found:
        owners = [[each for each in letters if each.papers & names] for names in papers_of(one)]
        known = [each for each in owners if each]
        rule = CATALOGUE.get(one["rule"])
        if not known or (len(known) < len(owners) and (rule is None or rule.subject is Portfolio)):
            unasked.setdefault(AskedOfUnknown, []).append(one["title"])
        elif any(len({each.reader for each in some}) > 1 for some in known):
            unasked.setdefault(AskedOfOneName, []).append(one["title"])
        elif common := [each for each in known[0] if all(each in some for some in known)]:
            for letter in common:
                letter.shared += (shared_question(one),)
        else:
            unasked.setdefault(AskedOfSeveral, []).append(one["title"])
    return tuple(
        kind("across.json", count=len(titles), titles="、".join(dict.fromkeys(titles)))
        for kind, titles in unasked.items()
    )


def _written(
    gathered: Sequence[_Gathered], press: _Press, files: LetterFiles, final: bool, words: Mapping[str, str]
) -> Iterator[LetterRow]:
    """Letters are made some at a time, and each is there when the next are made: who interrupts it goes on from there."""
    for some in _batches(gathered):
        drawn = [(one, *_drawn_up(one, press, files, final, words)) for one in some]
        asked = [letter for one, letter, _ in drawn if letter.questions and one.whole]
        made = iter(press.make(asked) if asked else ())
        for one, letter, lacks in drawn:
            row = LetterRow("", letter.to, len(letter.projects), letter.questions, not letter.draft, lacks)
            if not one.whole or not letter.questions:
                if not one.whole:
                    files.keep(one.name)
                yield replace(row, final=False)
                continue
            data, path = next(made), files.path(one.name, row.final)
            if isinstance(data, Unreadable):
                files.keep(one.name)
                yield replace(row, final=False, failure=data)
            else:
                yield replace(row, file=path, failure=files.publish(path, data))


def _batches(gathered: Iterable[_Gathered]) -> Iterator[list[_Gathered]]:
    batch: list[_Gathered] = []
    questions = 0
    for one in gathered:
        asked = sum(len(project.questions) for project in one.projects)
        if batch and (len(batch) == TOGETHER or questions + asked > QUESTIONS):
            yield batch
            batch, questions = [], 0
        batch.append(one)
        questions += asked
    if batch:
        yield batch


def _drawn_up(
    one: _Gathered, press: _Press, files: LetterFiles, final: bool, words: Mapping[str, str]
) -> tuple[UnitLetter, tuple[Unreadable, ...]]:
    """The letter, and what it lacks to be a final one."""
    blank = [PlaceBlank(name, name=name) for name in WANTED if name in press.used and not words.get(name)]
    holds = {"问题": any(each.questions for each in one.projects), "共同问题": bool(one.shared)}
    silent = [NotListed(press.name, name=name) for name, any_ in holds.items() if any_ and name not in press.used]
    lacks = (*one.lacks, *silent, *blank)
    given = {name: text for name, text in words.items() if name != FIRST}
    draft = bool(lacks) or not final
    if NUMBER in given.get("文号", ""):
        number = "　" if draft else str(files.number(one.name, int(words.get(FIRST, "1"))))
        given["文号"] = given["文号"].replace(NUMBER, number)
    return UnitLetter(one.to, tuple(one.projects), tuple(given.items()), draft, one.shared), lacks


def _table(rows: Iterable[LetterRow], unasked: Iterable[Unreadable]) -> bytes:
    """The list of letters, and of what is in none, for people."""
    from pandas import DataFrame

    heads = ("函件", "收函单位", "状态", "项目数", "问题数", "说明")
    told = [
        (row.file, row.to, row.state, row.projects, row.questions, "；".join(one.say() for one in row.reasons))
        for row in rows
    ] + [("", "", "未列入任何函", "", one.facts["count"], one.say()) for one in unasked]
    return csv_bytes(DataFrame(told, columns=list(heads), dtype=object))
