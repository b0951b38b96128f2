"""What was decided of the forms of a run: read once, from the store that lies in its folder or that it was told of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from auditkit.run.manifest import Ledger

if TYPE_CHECKING:
    from auditkit.decisions.summarize import Decided
    from auditkit.decisions.summary import Reviews
    from auditkit.model import Outcome
    from auditkit.pipeline import Audit

STORE = "review.sqlite"  # in the folder of the run


def decisions_in_force(
    audits: Sequence[Audit], out: Path, store: str = "", outcomes: Callable[[], Sequence[Outcome]] = tuple
) -> Reviews | None:
    """What stands on these audits, and on the outcomes across them, as `decided_of` says."""
    from auditkit.decisions.summary import Reviews

    decided = decided_of(out, store)
    if decided is None:
        return None
    across = decided.across((one.form.year for one in audits), outcomes)
    return Reviews(tuple(map(decided.review, audits)), decided.anchor, decided.faults, across)


def decided_of(out: Path, store: str = "") -> Decided | None:
    """What was decided in the store of a run, None where nobody has decided anything yet; `store` is a path or URL.

    What is wrong with the chain is told in the result, and so in every report. Raises StoreFault where the store cannot
    be read: reports without its decisions must not take the place of those that have them.
    """
    gone = not store and not (out / STORE).is_file()
    if gone and not Ledger(out).chain:
        return None
    from auditkit.decisions.store import open_store
    from auditkit.decisions.summarize import decided_in, lost
    from auditkit.decisions.verify import printed_heads

    printed = list(printed_heads(out))
    return lost(printed, STORE) if gone else decided_in(open_store(store or out / STORE, False), printed)
