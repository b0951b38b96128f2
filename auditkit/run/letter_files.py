"""The letters that lie in a folder: written whole and only where they changed, never over what a person wrote in."""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum

from auditkit.errors.letters import ChangedByHand
from auditkit.run.json_text import json_text
from auditkit.run.storage import STATE, LocalFolder
from auditkit.safety import Unreadable, encoded

FOLDER = "letters"


class By(StrEnum):
    """Of what there is one letter each."""

    DEPARTMENT = "department"
    PROJECT = "project"


@dataclass
class LetterFiles:
    """The letters of one kind: those by department, or those by project. `numbers` are of the final ones, which keep what they once had."""

    out: LocalFolder
    kind: By
    former: dict[str, str] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    written: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        with suppress(OSError, ValueError, TypeError, AttributeError):
            told = json.loads(self.out.read(self._record))
            self.former = {str(name): str(sha) for name, sha in told["files"].items()}
            self.numbers = {str(name): int(number) for name, number in told["numbers"].items()}

    @property
    def _record(self) -> str:
        return f"{STATE}/{FOLDER}_{self.kind}.json"

    def path(self, name: str, final: bool) -> str:
        """Where a letter lies: drafts and finals apart, so that one is not taken for the other."""
        return f"{FOLDER}/{self.kind}/{'final' if final else 'draft'}/{name}.docx"

    def number(self, name: str, first: int) -> int:
        """The number of a final letter: what it had, else the next one."""
        return self.numbers.setdefault(name, max((first - 1, *self.numbers.values())) + 1)

    def publish(self, path: str, data: bytes) -> Unreadable | None:
        """Write a letter unless it is there as it is; says why it was not where a person changed what is there."""
        new, there = _digest(data), self._digest_of(path)
        if there and there not in (new, self.former.get(path)):
            self.written[path] = self.former.get(path, "")
            return ChangedByHand(path)
        if there != new:
            self.out.write(path, data)
        self.written[path] = new
        self._note({**self.former, **self.written})
        return None

    def keep(self, name: str) -> None:
        """Leave what is there of a letter that could not be made."""
        for path in (self.path(name, final) for final in (False, True)):
            if path in self.former:
                self.written[path] = self.former[path]

    def close(self, table: bytes) -> tuple[str, ...]:
        """Remove letters that no longer stand and that nobody changed, and write the list of all; returns what was removed."""
        gone = [path for path in self.former if path not in self.written]
        removed = [path for path in gone if self._digest_of(path) == self.former[path]]
        for path in removed:
            self.out.remove(path)
        self.out.write(f"{FOLDER}/{self.kind}.csv", table)
        self._note(self.written)
        return tuple(removed)

    def _note(self, files: dict[str, str]) -> None:
        told = {"files": dict(sorted(files.items())), "numbers": self.numbers}
        self.out.write(self._record, encoded(json_text(told)))

    def _digest_of(self, path: str) -> str:
        try:
            return _digest(self.out.read(path))
        except OSError:
            return ""


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
