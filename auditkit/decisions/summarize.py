"""What a store says of audits, for reports: each decision, signature and how far the chain has come, as plain texts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from auditkit.decisions.entry import Entry, Head
from auditkit.decisions.signoff import Signature, next_step, signatures
from auditkit.decisions.standing import StandingDecision, carried, on_execution, on_findings
from auditkit.decisions.state import State, state_of
from auditkit.decisions.store import Store
from auditkit.decisions.subject import Field, across_key, of_across, project_key
from auditkit.decisions.summary import Decision, Review, Signed
from auditkit.decisions.verify import verify
from auditkit.errors.store import StoreUnreachable
from auditkit.model import Outcome
from auditkit.pipeline import Audit, across_as_json


def decisions_data(audit: Audit, store: Store) -> Review:
    """The same as data."""
    return review_of(audit, store.state(project_key(audit.form)))


@dataclass(frozen=True)
class Decided:
    """All that a store says, read once, and what is wrong with it; asked form by form.

    Of one that cannot be reached just now, nothing is known, which says nothing against any form.
    """

    entries: Mapping[str, tuple[Entry, ...]]
    anchor: str
    faults: tuple[str, ...] = ()
    reached: bool = True

    def review(self, one: Audit) -> Review:
        faults = self.faults if self.reached else ()
        return review_of(one, state_of(self.entries.get(project_key(one.form), ())), faults)

    def across(self, years: Iterable[int | None], outcomes: Callable[[], Sequence[Outcome]]) -> tuple[Decision, ...]:
        """What was decided on findings across forms; where nobody has, they need not be known."""
        key = across_key(years)
        state = state_of(self.entries.get(key, ()))
        if not state.lines:
            return ()
        told = across_as_json(outcomes())["findings"]
        found = [f for outcome in outcomes() for f in outcome.findings]
        subjects = zip((of_across(key, one) for one in told), found, strict=True)
        rows = (_of_finding(number, one) for number, one in enumerate(on_findings(subjects, state), 1))
        return tuple(one for one in rows if one.shows)


def decided_in(store: Store, printed: Iterable[tuple[str, Head]] = ()) -> Decided:
    """What a store says now; `printed` is what was printed of its heads before."""
    faults = verify(store, printed=printed).faults
    by_project: defaultdict[str, list[Entry]] = defaultdict(list)
    head = Head()
    for entry in store.entries():
        by_project[entry.subject.project].append(entry)
        head = Head(entry.sequence, entry.digest)
    return Decided({project: tuple(of) for project, of in by_project.items()}, str(head), faults)


def lost(printed: Sequence[tuple[str, Head]], name: str) -> Decided:
    """The same where the store is gone, as what was printed of it shows."""
    last = max((head for _, head in printed), key=lambda head: head.sequence)
    faults = (f"决定库 {name} 不见了：上次的报告印有决定链第 {last.sequence} 条；请从备份恢复后重新运行",)
    return Decided({}, "", faults)


def unreached(error: StoreUnreachable) -> Decided:
    """The same of a store that does not answer: it costs its decisions, and no report."""
    faults = (f"{error.say()}；本次新出的报告不含决定，此前的报告未变的沿用，恢复后请重新运行同一命令",)
    return Decided({}, "", faults, reached=False)


def review_of(audit: Audit, state: State, faults: tuple[str, ...] = ()) -> Review:
    """What the state of its project says of an audit."""
    form, subjects, last = audit.form, carried(audit, state), state.last
    names = {item.row: f"第 {item.row} 项 {item.name.one_line}" for item in form.indicators} | {0: "预算执行率"}
    found = [_of_finding(number, one) for number, one in enumerate((c for c in subjects if c.finding), 1)]
    entries = [_decision(one, 0, "", names[one.subject.row]) for one in subjects if not one.finding]
    entries += [_decision(one, 0, "", names[0]) for one in on_execution(audit, state)]
    return Review(
        audit.digest,
        form.project.one_line or "（未填项目名称）",
        form.implementer.one_line,
        len(audit.findings),
        tuple(one for one in (*found, *entries) if one.shows),
        tuple(map(_signed, signatures(audit, state))),
        next_step(audit, state),
        str(Head(last.sequence, last.digest)) if last else "",
        faults,
    )


def _of_finding(number: int, one: StandingDecision) -> Decision:
    finding = one.finding
    name = f"{finding.rule} {finding.title}" + (f"（第 {finding.row} 项）" if finding.row else "")
    return _decision(one, number, f"{finding.severity.mark}{number}", name)


def _decision(one: StandingDecision, number: int, mark: str, name: str) -> Decision:
    stand = {field: entry for field, entry in one.entries.items() if entry.after}
    texts = {field.value: entry.after for field, entry in stand.items()}
    beside, elsewhere = (tuple(entry.told for entry in of) for of in (one.conflict, one.elsewhere))
    return Decision(one.subject, number, mark, name, one.status, texts, _by(stand), beside, elsewhere)


def _by(entries: Mapping[Field, Entry]) -> str:
    """Who decided and when; where others wrote the rest, they too."""
    if not entries:
        return ""
    first, *rest = entries.values()
    others = [f"{entry.field.zh}：{_signed_by(entry)}" for entry in rest if entry.who != first.who]
    return "\n".join((_signed_by(first), *others))


def _signed_by(entry: Entry) -> str:
    return f"{entry.who} {_time(entry)}"


def _time(entry: Entry) -> str:
    return entry.at[:16].replace("T", " ")


def _signed(one: Signature) -> Signed:
    entry = one.entry
    return Signed(entry.after, entry.who, _time(entry), str(Head(entry.sequence, entry.digest)), one.differences)
