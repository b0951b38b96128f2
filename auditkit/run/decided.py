"""What was decided of the forms of a run: read once, from the store that lies in its folder or that it was told of."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from auditkit.run.earlier import EarlierRun, earlier_run
from auditkit.run.storage import Folder, LocalFolder

if TYPE_CHECKING:
    from auditkit.decisions.summarize import Decided

STORE = "review.sqlite"  # in the folder of the run


def beside(forms: Path) -> Path:
    """Where the decisions on a folder of forms, or on one form, are kept, in which a run does not look for forms."""
    return (forms if forms.is_dir() else forms.parent) / ".auditkit" / STORE


def decided_of(out: Path | Folder, store: str = "", earlier: EarlierRun | None = None) -> Decided | None:
    """What was decided in the store of a run, None where nobody has decided anything yet; `store` is a path or URL.

    What the `earlier` run left there need not be read again.

    What is wrong with the chain is told in the result, and so in every report; of reports at an address it is known only
    from a store that is named. A store that does not answer costs its decisions only. Raises StoreFault where it answers
    and cannot be read: reports without its decisions must not take the place of those that have them.
    """
    folder = out.path if isinstance(out, LocalFolder) else out if isinstance(out, Path) else None
    gone = not store and not (folder and (folder / STORE).is_file())
    if gone and not (folder and (earlier or earlier_run(LocalFolder(folder))).chain):
        return None
    from auditkit.decisions.store import open_store
    from auditkit.decisions.summarize import decided_in, lost, unreached
    from auditkit.decisions.verify import printed_heads
    from auditkit.errors.store import StoreUnreachable

    printed = list(printed_heads(folder)) if folder else []
    if gone:
        return lost(printed, STORE)
    try:
        return decided_in(open_store(store or folder / STORE, create=False), printed)
    except StoreUnreachable as error:
        return unreached(error)
