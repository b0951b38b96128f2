"""What was decided of the forms of a run: read once, from the store that lies in its folder or that it was told of."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from auditkit.manifest import Ledger

if TYPE_CHECKING:
    from auditkit.audit import Audit
    from auditkit.report.decided import Reviews

STORE = "review.sqlite"  # in the folder of the run


def standing(audits: Sequence[Audit], out: Path, store: str = "") -> Reviews | None:
    """What stands on these audits, None where nobody has decided anything yet; `store` is a path or URL.

    What is wrong with the chain is told in the result, and so in every report. Raises StoreFault where the store cannot
    be read: reports without its decisions must not take the place of those that have them.
    """
    gone = not store and not (out / STORE).is_file()
    if gone and not Ledger(out).chain:
        return None
    from auditkit.review.shown import lost, reviews
    from auditkit.review.store import open_store
    from auditkit.review.verify import printed_heads

    printed = list(printed_heads(out))
    return lost(audits, printed, STORE) if gone else reviews(audits, open_store(store or out / STORE, False), printed)
