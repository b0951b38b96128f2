"""What a run would do, without doing it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path

from auditkit.run.cache import AuditCache
from auditkit.run.earlier import MOST_MISSING, earlier_run
from auditkit.run.inputs import entries, skip_reason
from auditkit.run.reading import RunSettings
from auditkit.run.storage import LocalFolder


@dataclass(frozen=True)
class Plan:
    """The files that would be read, those that are as they were in the last run, and what is no form (and why)."""

    new: tuple[str, ...]
    unchanged: tuple[str, ...]
    skipped: tuple[tuple[str, str], ...]


def foresee(folder: Path, out: Path, settings: RunSettings, most_missing: float = MOST_MISSING) -> Plan:
    """Look at every entry of the folder, and at what the last run into `out` kept; nothing is written. Raises as `EarlierRun.check` does."""
    kept, earlier = AuditCache(make=False), earlier_run(LocalFolder(out))
    new, unchanged, skipped = [], [], []
    found = [(file, skip_reason(file)) for file in entries(LocalFolder(folder), LocalFolder(out))]
    earlier.check(str(folder), (file.name for file, reason in found if not reason), most_missing)
    for file, reason in found:
        if reason:
            skipped.append((file.name, reason))
            continue
        sha = ""
        with suppress(OSError), file.path.open("rb") as stream:
            sha = file_digest(stream, "sha256").hexdigest()
        same = sha and earlier.inputs.get(file.name) == sha and kept.has(settings.audit_key(sha, file.copy_name))
        (unchanged if same else new).append(file.name)
    return Plan(tuple(new), tuple(unchanged), tuple(skipped))
