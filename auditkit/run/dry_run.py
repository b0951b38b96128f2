"""What a run would do, without doing it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path

from auditkit.decisions.manifests import read_manifest
from auditkit.run.cache import AuditCache
from auditkit.run.inputs import entries, skip_reason
from auditkit.run.reading import RunSettings
from auditkit.run.storage import LocalFolder
from auditkit.safety import Unreadable


@dataclass(frozen=True)
class Plan:
    """The files that would be read, those that are as they were in the last run, and what is no form (and why)."""

    new: tuple[str, ...]
    unchanged: tuple[str, ...]
    skipped: tuple[tuple[str, str], ...]


def foresee(folder: Path, out: Path, settings: RunSettings) -> Plan:
    """Look at every entry of the folder, and at what the last run into `out` kept; nothing is written."""
    kept, before = AuditCache(make=False), _inputs(out)
    new, unchanged, skipped = [], [], []
    for file in entries(LocalFolder(folder), LocalFolder(out)):
        if reason := skip_reason(file):
            skipped.append((file.name, reason))
            continue
        sha = ""
        with suppress(OSError), file.path.open("rb") as stream:
            sha = file_digest(stream, "sha256").hexdigest()
        same = sha and before.get(file.name) == sha and kept.has(settings.audit_key(sha, file.copy_name))
        (unchanged if same else new).append(file.name)
    return Plan(tuple(new), tuple(unchanged), tuple(skipped))


def _inputs(out: Path) -> Mapping[str, str]:
    try:
        return read_manifest(out).inputs
    except Unreadable:
        return {}
