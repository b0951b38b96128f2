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
class NamedDraft:
    """What was typed or clicked, and by whom: the name that was confirmed then, blank where none was."""

    who: str
    change: Change


@dataclass(frozen=True)
class Drafts:
    """One file a draft, so that two windows on one store do not take each other's, nor two people. A folder that fails
    fails in silence: the text is on the screen still."""

    folder: Path

    def put(self, draft: NamedDraft) -> None:
        with suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            publish(self._path(draft), json.dumps(asdict(draft), ensure_ascii=True))

    def drop(self, draft: NamedDraft) -> None:
        with suppress(OSError):
            self._path(draft).unlink()

    def read(self) -> list[NamedDraft]:
        """What lies there."""
        found = []
        for path in sorted(self.folder.glob("*.json")):
            with suppress(Unreadable):
                found.append(self._read(path))
        return found

    def _read(self, path: Path) -> NamedDraft:
        """Raises Unreadable. A file of an earlier version names nobody, and gives way to one that says so."""
        try:
            return read_stored(NamedDraft, path)
        except Unreadable:
            draft = NamedDraft("", read_stored(Change, path))
            self.put(draft)
            path.unlink(missing_ok=True)
            return draft

    def _path(self, draft: NamedDraft) -> Path:
        about = draft.change.subject
        return self.folder / f"{digest_texts((draft.who, about.key, about.evidence, draft.change.field))[:32]}.json"


@dataclass(frozen=True)
class Unsaved:
    """What a person wants recorded and the store does not have. `conflict`: others decided meanwhile."""

    draft: NamedDraft
    conflict: bool = False

    @property
    def change(self) -> Change:
        return self.draft.change


@dataclass
class Pending:
    """All that is unsaved, and its drafts where they are kept; `who` is the name that is confirmed now.

    What another left, or who had confirmed no name, is only shown: it is nobody's but that person's to save.
    """

    drafts: Drafts | None = None
    who: str = ""
    held: dict[tuple[str, Subject, Field], Unsaved] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.held)

    def recall(self) -> None:
        """Take up what lies there from an earlier time."""
        for draft in self.drafts.read() if self.drafts else ():
            self.held.setdefault((draft.who, draft.change.subject, draft.change.field), Unsaved(draft))

    def get(self, subject: Subject, name: Field) -> Unsaved | None:
        return self.held.get((self.who, subject, name))

    def of(self, subjects: Collection[Subject]) -> list[Unsaved]:
        """One's own."""
        return [one for one in self.held.values() if one.draft.who == self.who and one.change.subject in subjects]

    def left(self, subjects: Collection[Subject]) -> list[Unsaved]:
        """What others left."""
        return [one for one in self.held.values() if one.draft.who != self.who and one.change.subject in subjects]

    def wanted(self, seen: StandingDecision, name: Field, text: str) -> Change:
        """What a person wants who sees this: what stood when the draft was begun counts, not what others wrote since."""
        former = self.get(seen.subject, name)
        return Change(seen.subject, name, former.change.before if former else seen.text(name), text)

    def hold(self, change: Change, conflict: bool = False) -> None:
        draft = NamedDraft(self.who, change)
        self.held[self.who, change.subject, change.field] = Unsaved(draft, conflict)
        if self.drafts:
            self.drafts.put(draft)

    def free(self, change: Change) -> bool:
        """Forget one's own draft; whether there was one."""
        return self.forget(NamedDraft(self.who, change))

    def forget(self, draft: NamedDraft) -> bool:
        """Forget a draft, whosever; whether there was one."""
        if self.drafts:
            self.drafts.drop(draft)
        return self.held.pop((draft.who, draft.change.subject, draft.change.field), None) is not None


def drafts_of(store: Store) -> Drafts | None:
    """Those of this person on this store; an account without a home keeps none."""
    try:
        return Drafts(own_folder() / "drafts" / digest_texts((store.name,))[:16])
    except OSError:
        return None
