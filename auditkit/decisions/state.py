"""What stands of all entries: the latest of each field, and what is in conflict."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from auditkit.decisions.entry import Entry, EntryKind
from auditkit.decisions.subject import Field, Subject


@dataclass(frozen=True)
class State:
    """Entries folded in their order. `lines` has the entries on each field of each subject on each evidence."""

    lines: Mapping[tuple[str, Field], Mapping[str, tuple[Entry, ...]]]

    def __getitem__(self, key: tuple[str, Field]) -> Entry:
        """The latest entry for a subject's key and a field, whatever its evidence."""
        return max((line[-1] for line in self.lines[key].values()), key=lambda entry: entry.sequence)

    def __contains__(self, key: tuple[str, Field]) -> bool:
        return key in self.lines

    def entry(self, subject: Subject, field: Field) -> Entry | None:
        """What stands for this subject on this very evidence; None where nothing does, or all was taken back."""
        stack = entries_in_force(self._line(subject, field))
        return stack[-1] if stack else None

    def value(self, subject: Subject, field: Field) -> str:
        entry = self.entry(subject, field)
        return entry.after if entry else ""

    def conflict(self, subject: Subject, field: Field) -> tuple[Entry, ...]:
        """The entries that contradict each other; none once another entry has settled it."""
        return contradicting(entries_in_force(self._line(subject, field)))

    def elsewhere(self, subject: Subject, field: Field, now: Collection[str] = ()) -> Entry | None:
        """The latest decision on evidence that is no longer found, where there is none on this; `now` is found, too."""
        if self.entry(subject, field) or (subject.key, field) not in self:
            return None
        gone = [line for evidence, line in self.lines[subject.key, field].items() if evidence not in now]
        tops = [stack[-1] for line in gone if (stack := entries_in_force(line))]
        return max(tops, key=lambda entry: entry.sequence, default=None)

    @property
    def last(self) -> Entry | None:
        """The entry that was written last, None where there is none."""
        written = (line[-1] for of in self.lines.values() for line in of.values())
        return max(written, key=lambda entry: entry.sequence, default=None)

    @property
    def conflicts(self) -> Mapping[tuple[str, Field], tuple[Entry, ...]]:
        found = {
            key: tuple(entry for line in lines.values() for entry in contradicting(entries_in_force(line)))
            for key, lines in self.lines.items()
        }
        return {key: entries for key, entries in found.items() if entries}

    def _line(self, subject: Subject, field: Field) -> tuple[Entry, ...]:
        return self.lines.get((subject.key, field), {}).get(subject.evidence, ())


def state_of(entries: Iterable[Entry]) -> State:
    """The state after these entries, which come in the order of their numbers."""
    lines: dict[tuple[str, Field], dict[str, list[Entry]]] = {}
    for entry in entries:
        by_evidence = lines.setdefault((entry.subject.key, entry.field), {})
        by_evidence.setdefault(entry.subject.evidence, []).append(entry)
    return State({key: {e: tuple(line) for e, line in of.items()} for key, of in lines.items()})


def entries_in_force(line: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """What of a line was not taken back; only the last that stands can be, so an undo takes that."""
    stack: list[Entry] = []
    for entry in line:
        if entry.kind is not EntryKind.UNDO:
            stack.append(entry)
        elif stack and stack[-1].sequence == entry.about:
            stack.pop()
    return tuple(stack)


def contradicting(stack: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """The dissents that stand last, with the entry before them."""
    count = 0
    while count < len(stack) and stack[-1 - count].kind is EntryKind.DISSENT:
        count += 1
    return stack[-1 - count :] if count else ()
