"""An entry of the store, and the one canonical form in which it is digested and chained to the one before it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from auditkit.decisions.subject import Field, Ruling, Subject, digest_texts
from auditkit.errors.usage import BadHead
from auditkit.vocabulary.named import Named

VERSION = "auditkit entry 1"
GENESIS = "0" * 64


class EntryKind(Named):
    """How an entry came about. A dissent stands beside the decision that it differs from."""

    DECISION = "decision", "决定"
    DISSENT = "dissent", "不同意见"
    UNDO = "undo", "撤销"


@dataclass(frozen=True)
class Entry:
    """One thing that a person decided, as it stands in the store for good.

    `at` is UTC to the microsecond in ISO 8601, `jumped` says that the clock stood before the entry before. `about` is the
    sequence number of the entry that an undo takes back, else 0. `detail` is what a signature was given to.
    """

    sequence: int
    at: str
    jumped: bool
    who: str
    kind: EntryKind
    subject: Subject
    field: Field
    before: str
    after: str
    about: int
    detail: str
    previous: str
    digest: str

    @property
    def told(self) -> str:
        """Who decided what and when, for people."""
        return f"{self.who} 于 {self.at[:19].replace('T', ' ')}（UTC）{self.kind.zh}：{self.field.zh}“{self.shown}”"

    @property
    def shown(self) -> str:
        if self.field is Field.RULING and self.after in set(Ruling):
            return Ruling(self.after).zh
        return self.after or "（空）"


@dataclass(frozen=True)
class Head:
    """How far a store has come: number and digest of its last entry. What is printed outside proves the tail."""

    sequence: int = 0
    digest: str = GENESIS

    def __str__(self) -> str:
        return f"{self.sequence}:{self.digest}"


def seal(fields: tuple[object, ...]) -> str:
    """The digest of an entry.

    The canonical form is `subject.digest` over these texts in this order: VERSION, sequence, at, jumped (0 or 1), who,
    kind, project, rule, row, place, evidence, field, before, after, about, detail, previous; numbers in decimal. It is
    the order of the columns in `schema` between `sequence` and `previous`, so a row is its own canonical form.
    """
    return digest_texts((VERSION, *map(str, fields)))


_HEAD = re.compile(r"(?:决定链：第 \d{1,18} 条，头 )?(\d{1,18}):([0-9a-f]{64})", re.ASCII)


def parse_head(text: str) -> Head | None:
    """What `str(Head)` printed, or the line of a report with it; None where it is something else."""
    found = _HEAD.fullmatch(text.strip())
    return Head(int(found[1]), found[2]) if found else None


def parse_heads(texts: Iterable[str]) -> list[Head]:
    """Heads as they were printed. Raises Unreadable for what is none."""
    found = {text: parse_head(text) for text in texts}
    if wrong := [text for text, head in found.items() if head is None]:
        raise BadHead(wrong[0])
    return [head for head in found.values() if head]
