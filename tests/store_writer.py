"""A process that records decisions one by one and acknowledges each on its output; run by the tests of the store."""

import sys
from pathlib import Path

from auditkit.decisions import store as store_module
from auditkit.decisions.store import open_store
from auditkit.decisions.subject import Change, Field, Subject


def main(address: str, anchor: str, who: str, count: int) -> None:
    store_module.PATIENCE = 30.0  # on a busy machine one of two that never pause may wait longer than a person should
    store = open_store(address, anchor_file=Path(anchor))
    for number in range(count):
        subject = Subject("2021｜局｜项目", "SCO001", number, who, "e" * 64)
        (entry,) = store.record([Change(subject, Field.RULING, "", "accepted")], who)
        sys.stdout.write(f"{entry.sequence}:{entry.digest}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]))
