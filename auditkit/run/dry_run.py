"""What a run would do, without doing it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path

from auditkit.decisions.manifests import MANIFEST
from auditkit.run.cache import AuditCache
from auditkit.run.inputs import InputFile, entries, skip_reason
from auditkit.run.reading import RunSettings
from auditkit.run.storage import LocalFolder


@dataclass(frozen=True)
class Plan:
    """The files that would be read, those that are as they were in the last run, and what is no form (and why)."""

    new: tuple[str, ...]
    unchanged: tuple[str, ...]
    skipped: tuple[tuple[str, str], ...]


def foresee(folder: Path, out: Path, settings: RunSettings) -> Plan:
    """Look at every entry of the folder, and at what the last run into `out` kept; nothing is written."""
    kept, before = AuditCache(make=False), _inputs(out)
    files = list(entries(LocalFolder(folder), LocalFolder(out)))
    skipped = {file.name: reason for file in files if (reason := skip_reason(file))}
    digests = {file.name: (file, _sha(file)) for file in files if file.name not in skipped}
    same = {
        name: bool(sha) and before.get(name) == sha and kept.has(settings.audit_key(sha, file.copy_name))
        for name, (file, sha) in digests.items()
    }
    new, unchanged = (tuple(name for name in same if same[name] is there) for there in (False, True))
    return Plan(new, unchanged, tuple(skipped.items()))


def _sha(file: InputFile) -> str:
    try:
        with file.path.open("rb") as stream:
            return file_digest(stream, "sha256").hexdigest()
    except OSError:
        return ""


def _inputs(out: Path) -> dict[str, str]:
    try:
        return dict(json.loads((out / MANIFEST).read_text("utf-8"))["inputs"])
    except (OSError, ValueError, KeyError, TypeError):
        return {}
