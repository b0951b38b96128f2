"""Sign-off in three steps 编制 → 复核 → 审定: what a signature covers, who may give it, and when it is void."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from auditkit.decisions.entry import Entry
from auditkit.decisions.standing import carried, on_execution, undecided
from auditkit.decisions.state import State, entries_in_force
from auditkit.decisions.store import Store
from auditkit.decisions.subject import Change, Field, Subject, digest_texts, project_key
from auditkit.decisions.summary import STEPS
from auditkit.errors.store import AllSigned, NotTheNextStep, SignedBefore, Undecided
from auditkit.pipeline import Audit
from auditkit.safety import escape_controls
from auditkit.vocabulary.spelling import plain


@dataclass(frozen=True)
class Signature:
    """One signature as it is now; `differences` says what changed since it was given, and then it is void."""

    entry: Entry
    differences: tuple[str, ...]

    @property
    def valid(self) -> bool:
        return not self.differences


def facts(audit: Audit) -> Mapping[str, str]:
    """All that an audit says, flat: the form's entries, the scores, the findings, the rulebook."""
    card, book = audit.scorecard, audit.rulebook
    said = {f"表内 {path}": value.text for path, value in audit.form.values() if value.text}
    said |= {"可核实得分": str(card.verified), "最高可能得分": str(card.upper)}
    said |= {"规则手册": f"{book.name} {book.version} {book.digest}"}
    said |= {f"发现 {number} {found.rule}": found.message for number, found in enumerate(audit.findings, 1)}
    return {escape_controls(name): escape_controls(text) for name, text in said.items()}


def next_step(audit: Audit, state: State) -> str:
    """The step that is to be signed next on what stands now; blank where all three are."""
    done = state.value(_line(audit, state), Field.SIGNATURE)
    return dict(zip(("", *STEPS), (*STEPS, ""), strict=True))[done]


def sign(audit: Audit, store: Store, step: str, who: str) -> Entry:
    """Sign the next step for what is decided now.

    Raises StoreFault where an error-level finding is undecided, the step is not the next, or the person signed before.
    """
    project = project_key(audit.form)
    state = store.state(project)
    if waiting := undecided((*carried(audit, state), *on_execution(audit, state))):
        raise Undecided(store.name, count=len(waiting))
    line = _line(audit, state)
    if step != (due := next_step(audit, state)):
        raise NotTheNextStep(store.name, due=due, step=step) if due else AllSigned(store.name)
    name = escape_controls(who.strip())
    if any(one.valid and _person(one.entry.who) == _person(name) for one in signatures(audit, state)):
        raise SignedBefore(store.name, name=name)
    detail = json.dumps(facts(audit), ensure_ascii=False, sort_keys=True)
    # Steps are values of one field: compare-and-set holds their order, and of two who sign at once takes one.
    before = state.value(line, Field.SIGNATURE)
    (entry,) = store.record([Change(line, Field.SIGNATURE, before, step)], name, detail=detail)
    return entry


def _person(name: str) -> str:
    """A name without what an account may be written with or without: blanks, width, capitals."""
    return plain(name).casefold()


def signatures(audit: Audit, state: State) -> tuple[Signature, ...]:
    """The latest signature of each step that stands, valid or void, in the order of the steps."""
    line = _line(audit, state)
    lines = state.lines.get((line.key, Field.SIGNATURE), {})
    latest: dict[str, Entry] = {}
    for entry in sorted((e for of in lines.values() for e in entries_in_force(of)), key=lambda e: e.sequence):
        latest[entry.after] = entry
    return tuple(
        Signature(latest[step], _differences(audit, state, latest[step], line)) for step in STEPS if step in latest
    )


def _differences(audit: Audit, state: State, entry: Entry, line: Subject) -> tuple[str, ...]:
    if entry.subject.evidence == line.evidence:
        return ()
    try:
        signed = dict(json.loads(entry.detail))
    except ValueError:
        return ("签署所附内容读不懂",)
    now = facts(audit)
    told = [
        f"{name}：签署时“{signed.get(name, '（无）')}”，现为“{now.get(name, '（无）')}”"
        for name in (*now, *(name for name in signed if name not in now))
        if signed.get(name) != now.get(name)
    ]
    since = [later for later in _decisions(state) if later.sequence > entry.sequence]
    told += [f"其后的决定（第 {later.sequence} 条）：{later.told}" for later in since]
    return tuple(told) or ("审核内容已变",)


def _line(audit: Audit, state: State) -> Subject:
    """What is signed: everything that the audit says, and every decision on the project so far."""
    said = facts(audit)
    texts = [text for name in sorted(said) for text in (name, said[name])]
    decisions = [entry.digest for entry in _decisions(state)]
    return Subject(project_key(audit.form), "", 0, "签署", digest_texts((*texts, "", *decisions)))


def _decisions(state: State) -> list[Entry]:
    found = (
        e
        for (_, field), of in state.lines.items()
        if field is not Field.SIGNATURE
        for line in of.values()
        for e in line
    )
    return sorted(found, key=lambda entry: entry.sequence)
