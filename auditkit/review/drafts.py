"""What was typed and is not saved yet, in the person's own folder: no store that refuses and no closed browser loses it."""

from __future__ import annotations

import json
from collections.abc import Collection
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

from auditkit.decisions.location import own_folder
from auditkit.decisions.standing import StandingDecision
from auditkit.decisions.store import Store
from auditkit.decisions.stored import read_stored
from auditkit.decisions.subject import Change, Field, Subject, digest_texts
from auditkit.safety import Unreadable, publish


@dataclass(frozen=True)
class Drafts:
    """One file a draft, so that two windows on one store do not take each other's. A folder that fails fails in silence:
    the text is on the screen still."""

    folder: Path

    def put(self, change: Change) -> None:
        with suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            publish(self._path(change), json.dumps(asdict(change), ensure_ascii=True))

    def drop(self, change: Change) -> None:
        with suppress(OSError):
            self._path(change).unlink()

    def read(self) -> list[Change]:
        found = []
        for path in sorted(self.folder.glob("*.json")):
            with suppress(Unreadable):
                found.append(read_stored(Change, path))
        return found

    def _path(self, change: Change) -> Path:
        about = change.subject
        return self.folder / f"{digest_texts((about.key, about.evidence, change.field))[:32]}.json"


@dataclass(frozen=True)
class Unsaved:
    """What a person wants recorded and the store does not have. `conflict`: others decided meanwhile."""

    change: Change
    conflict: bool = False


@dataclass
class Pending:
    """All that is unsaved, and its drafts where they are kept."""

    drafts: Drafts | None = None
    held: dict[tuple[Subject, Field], Unsaved] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.held)

    def recall(self) -> None:
        """Take up what lies there from an earlier time."""
        for change in self.drafts.read() if self.drafts else ():
            self.held.setdefault((change.subject, change.field), Unsaved(change))

    def get(self, subject: Subject, name: Field) -> Unsaved | None:
        return self.held.get((subject, name))

    def of(self, subjects: Collection[Subject]) -> list[Unsaved]:
        return [one for one in self.held.values() if one.change.subject in subjects]

    def wanted(self, seen: StandingDecision, name: Field, text: str) -> Change:
        """What a person wants who sees this: what stood when the draft was begun counts, not what others wrote since."""
        former = self.get(seen.subject, name)
        return Change(seen.subject, name, former.change.before if former else seen.text(name), text)

    def hold(self, change: Change, conflict: bool = False) -> None:
        self.held[change.subject, change.field] = Unsaved(change, conflict)
        if self.drafts:
            self.drafts.put(change)

    def free(self, change: Change) -> bool:
        """Forget a draft; whether there was one."""
        if self.drafts:
            self.drafts.drop(change)
        return self.held.pop((change.subject, change.field), None) is not None


def drafts_of(store: Store) -> Drafts | None:
    """Those of this person on this store; an account without a home keeps none."""
    try:
        return Drafts(own_folder() / "drafts" / digest_texts((store.name,))[:16])
    except OSError:
        return None
