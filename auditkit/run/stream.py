"""Audits of very many files, told one after another and held by nobody."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

from auditkit.model import Severity
from auditkit.pipeline import audit_file, left_out_as_json
from auditkit.rulebooks.loader import Rulebook
from auditkit.run.pool import ProcessPool
from auditkit.safety import Limits, Unreadable
from auditkit.sandbox.forkserver import Ended
from auditkit.sandbox.process import SandboxProcess

BATCH = 16  # files to one process, which costs as much as auditing one of them


@dataclass(frozen=True)
class AuditedFile:
    """What is told of one file: a line of JSON for each of its forms and of its other sheets, or one that says why there is none."""

    lines: tuple[str, ...]
    failed: bool = False
    worst: Severity | None = None


def stream(pool: ProcessPool, paths: Iterable[Path], book: Rulebook | None) -> Iterator[AuditedFile]:
    """What is told of every file, in the order of the paths, of which no more are taken than there is work for."""
    paths = iter(paths)
    batches = iter(lambda: list(islice(paths, BATCH)), [])
    for told in pool.map(lambda child, batch: _told_of(child, batch, book, pool.limits), batches):
        yield from told


def _told_of(child: SandboxProcess, batch: Sequence[Path], book: Rulebook | None, limits: Limits) -> list[AuditedFile]:
    """A batch under the limits of one file; where it breaks them, what is left of it is read file by file."""
    told: list[AuditedFile] = []
    while rest := batch[len(told) :]:
        try:
            told += child.run(limits, tell_some, rest, book, limits)
        except Ended:
            return told + [_told_alone(child, path, book, limits) for path in rest]
    return told


def _told_alone(child: SandboxProcess, path: Path, book: Rulebook | None, limits: Limits) -> AuditedFile:
    try:
        return child.call(tell, path, book, limits)
    except Unreadable as error:
        return _failure(path, error)


def tell_some(batch: Sequence[Path], book: Rulebook | None, limits: Limits) -> list[AuditedFile]:
    """What is told of the files, as far as a fifth of the time goes that one may take: each may still need the rest."""
    told, enough = [], time.process_time() + limits.seconds / 5
    for path in batch:
        told.append(tell(path, book, limits))
        if time.process_time() > enough:
            break
    return told


def tell(path: Path, book: Rulebook | None, limits: Limits) -> AuditedFile:
    """What is told of one file."""
    try:
        file = audit_file(path, book, limits)
    except Unreadable as error:
        return _failure(path, error)
    audits = [replace(one, source=str(path)) for one in file.audits]
    told = [one.as_json() for one in audits] + left_out_as_json(str(path), file.left_out)
    found = {finding.severity for one in audits for finding in one.findings}
    worst = min(found, key=lambda severity: severity.weight, default=None)
    return AuditedFile(tuple(map(_line, told)), worst=worst)


def _failure(path: Path, error: Unreadable) -> AuditedFile:
    told = {"source": str(path), "status": error.status, "error": error.zh, "error_en": error.en}
    return AuditedFile((_line(told),), failed=True)


def _line(told: dict[str, Any]) -> str:
    return json.dumps(told, ensure_ascii=False, allow_nan=False)
