"""What a store says of audits, for reports: each decision, signature and how far the chain has come, as plain texts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from auditkit.audit import Audit
from auditkit.report import decided
from auditkit.report.decided import Decision, Review, Reviews, Signed
from auditkit.report.html import View
from auditkit.report.worklist import audit_digest
from auditkit.review.carried import Carried, carried, on_execution
from auditkit.review.chain import Entry, Head
from auditkit.review.signoff import Signature, next_step, signatures
from auditkit.review.state import State, state_of
from auditkit.review.store import Store
from auditkit.review.subject import Field, project_key
from auditkit.review.verify import verify


def shown(audit: Audit, store: Store) -> View:
    """What was decided on an audit, read-only."""
    return decided.decisions(decisions(audit, store))


def decisions(audit: Audit, store: Store) -> Review:
    """The same as data."""
    return review_of(audit, store.state(project_key(audit.form)))


def reviews(audits: Sequence[Audit], store: Store, printed: Iterable[tuple[str, Head]] = ()) -> Reviews:
    """What stands on all of these, and what is wrong with the store; `printed` is what was printed of its heads before."""
    faults = verify(store, printed=printed).faults
    by_project: defaultdict[str, list[Entry]] = defaultdict(list)
    head = Head()
    for entry in store.entries():
        by_project[entry.subject.project].append(entry)
        head = Head(entry.sequence, entry.digest)
    told = (review_of(one, state_of(by_project[project_key(one.form)]), faults) for one in audits)
    return Reviews(tuple(told), str(head), faults)


def lost(audits: Sequence[Audit], printed: Sequence[tuple[str, Head]], name: str) -> Reviews:
    """The same where the store is gone, as what was printed of it shows."""
    last = max((head for _, head in printed), key=lambda head: head.sequence)
    faults = (f"决定库 {name} 不见了：上次的报告印有决定链第 {last.sequence} 条；请从备份恢复后重新运行",)
    return Reviews(tuple(review_of(one, state_of(()), faults) for one in audits), "", faults)


def review_of(audit: Audit, state: State, faults: tuple[str, ...] = ()) -> Review:
    """What the state of its project says of an audit."""
    form, subjects, last = audit.form, carried(audit, state), state.last
    names = {item.row: f"第 {item.row} 项 {item.name.squeezed}" for item in form.indicators} | {0: "预算执行率"}
    found = [_of_finding(number, one) for number, one in enumerate((c for c in subjects if c.finding), 1)]
    entries = [_decision(one, 0, "", names[one.subject.row]) for one in subjects if not one.finding]
    entries += [_decision(one, 0, "", names[0]) for one in on_execution(audit, state)]
    return Review(
        audit_digest(audit),
        form.project.squeezed or "（未填项目名称）",
        form.implementer.squeezed,
        len(audit.findings),
        tuple(one for one in (*found, *entries) if one.texts or one.beside or one.elsewhere),
        tuple(map(_signed, signatures(audit, state))),
        next_step(audit, state),
        str(Head(last.sequence, last.digest)) if last else "",
        faults,
    )


def _of_finding(number: int, one: Carried) -> Decision:
    finding = one.finding
    name = f"{finding.rule} {finding.title}" + (f"（第 {finding.row} 项）" if finding.row else "")
    return _decision(one, number, f"{finding.severity.mark}{number}", name)


def _decision(one: Carried, number: int, mark: str, name: str) -> Decision:
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
