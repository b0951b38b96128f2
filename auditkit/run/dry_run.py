"""What a run would do, without doing it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from auditkit.decisions.manifests import MANIFEST
from auditkit.run.batch import Job, named_entries
from auditkit.run.cache import AuditCache
from auditkit.run.inputs import copy_name, skip_reason


@dataclass(frozen=True)
class Plan:
    """The files that would be read, those that are as they were in the last run, and what is no form (and why)."""

    new: tuple[str, ...]
    unchanged: tuple[str, ...]
    skipped: tuple[tuple[str, str], ...]


def foresee(job: Job) -> Plan:
    """Look at every entry of the folder, and at what the last run into `out` kept; nothing is written."""
    kept, before = AuditCache(make=False), _inputs(job.out)
    new, unchanged, skipped = [], [], []
    for name, path in named_entries(job.folder, job.out).items():
        if reason := skip_reason(path):
            skipped.append((name, reason))
            continue
        sha = _sha(path)
        same = sha and before.get(name) == sha and kept.has(job.audit_key(sha, copy_name(path.name)))
        (unchanged if same else new).append(name)
    return Plan(tuple(new), tuple(unchanged), tuple(skipped))


def _sha(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def _inputs(out: Path) -> dict[str, str]:
    try:
        return dict(json.loads((out / MANIFEST).read_text("utf-8"))["inputs"])
    except (OSError, ValueError, KeyError, TypeError):
        return {}
