"""What a database's driver raises, as a fault that says what to do."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from sqlalchemy.exc import SQLAlchemyError

from auditkit.decisions.subject import Change
from auditkit.errors.store import (
    DiskError,
    DiskFull,
    StoreDamaged,
    StoreFailed,
    StoreFault,
    StoreLocked,
    StoreNotOpened,
    StoreReadOnly,
    StoreUnreachable,
)

# What a driver, or the reading of a damaged row, raises.
DRIVER_ERRORS = (SQLAlchemyError, sqlite3.Error, ValueError, TypeError)

# What psycopg and libpq say, or the server's SQLSTATE, where a database is not to be had just now.
_AWAY = (
    *("connection failed", "connection timeout", "connection refused", "failed to resolve host", "translate host name"),
    *("unreachable", "No route to host", "timeout expired", "server closed the connection", "connection is lost"),
    *("08000", "08001", "08003", "08004", "08006", "53300", "57P01", "57P02", "57P03"),
)
# Parts of the driver's message or SQLSTATE, and what they mean.
_FAULTS = (
    (("readonly", "25006"), StoreReadOnly),
    (("disk is full", "53100"), DiskFull),
    (("locked", "busy", "55P03"), StoreLocked),
    (
        ("malformed", "not a database", "Could not decode", "XX001", "XX002", "no such column", "42703"),
        StoreDamaged,
    ),
    (_AWAY, StoreUnreachable),
    (("unable to open",), StoreNotOpened),
    (("disk I/O error",), DiskError),
)


def fault_of(error: BaseException, source: str, changes: Sequence[Change] = ()) -> StoreFault:
    """What a driver's error means to the person who decides."""
    original = getattr(error, "orig", None) or error
    damaged = "malformed" if isinstance(original, ValueError | TypeError) else ""  # what was read is no entry
    message = f"{original} {getattr(original, 'sqlstate', '')} {damaged}"
    for signs, fault in _FAULTS:
        if any(sign in message for sign in signs):
            return fault(source, changes)
    return StoreFailed(source, changes, why=message.strip()[:300])
