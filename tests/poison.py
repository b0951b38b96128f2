"""Audits that a test needs on other machines: one that kills its process, as a fault in a library would; a slow one."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from auditkit.pipeline import FileAudit, audit_file
from auditkit.rulebooks.loader import Rulebook
from auditkit.safety import Limits

MARK = "毒"


def audit_or_die(path: Path, book: Rulebook, limits: Limits) -> FileAudit:
    if MARK in path.name:
        os.kill(os.getpid(), signal.SIGKILL)
    return audit_file(path, book, limits)


def audit_slowly(path: Path, book: Rulebook, limits: Limits) -> FileAudit:
    time.sleep(0.2)
    return audit_file(path, book, limits)
