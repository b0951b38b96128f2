"""The table of entries, the same in SQLite and PostgreSQL, and the second line that keeps it from being rewritten."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import BigInteger, Column, Connection, Engine, Index, Integer, MetaData, Table, Text, inspect, text

from auditkit.decisions.entry import Entry, EntryKind, seal
from auditkit.decisions.subject import Field, Subject

METADATA = MetaData()

# The order from `sequence` to `previous` is that of the canonical form, see `chain.seal`; `subject` is only looked up by.
ENTRIES = Table(
    "entries",
    METADATA,
    Column("sequence", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("at", Text, nullable=False),
    Column("jumped", Integer, nullable=False),
    Column("who", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("project", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("row", Integer, nullable=False),
    Column("place", Text, nullable=False),
    Column("evidence", Text, nullable=False),
    Column("field", Text, nullable=False),
    Column("before", Text, nullable=False),
    Column("after", Text, nullable=False),
    Column("about", BigInteger, nullable=False),
    Column("detail", Text, nullable=False),
    Column("previous", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Index("entries_subject", "subject", "field", "evidence"),
    Index("entries_project", "project"),
)
SEALED = len(ENTRIES.columns) - 2

_SQLITE = {
    f"entries_no_{verb.lower()}": f"CREATE TRIGGER entries_no_{verb.lower()} BEFORE {verb} ON entries "
    "BEGIN SELECT RAISE(ABORT, 'entries are appended, never changed'); END"
    for verb in ("UPDATE", "DELETE")
}
_BODY = " BEGIN RAISE EXCEPTION 'entries are appended, never changed'; END "
_BEFORE_UPDATE_DELETE_TRUNCATE = 2 | 16 | 8 | 32  # pg_trigger.tgtype, for each statement
_POSTGRESQL = [
    f"CREATE OR REPLACE FUNCTION entries_stand() RETURNS trigger LANGUAGE plpgsql AS $${_BODY}$$",
    "CREATE TRIGGER entries_stand BEFORE UPDATE OR DELETE OR TRUNCATE ON entries "
    "FOR EACH STATEMENT EXECUTE FUNCTION entries_stand()",
]

# What the database says of each trigger on the table, by its name.
TRIGGERS: Mapping[str, Mapping[str, object]] = {
    "sqlite": _SQLITE,
    "postgresql": {"entries_stand": (_BEFORE_UPDATE_DELETE_TRUNCATE, True, None, _BODY)},
}
_ASKED = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' "
    "UNION ALL SELECT name, sql FROM sqlite_temp_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname, tgtype, tgenabled IN ('O', 'A'), tgqual::text, prosrc FROM pg_trigger "
    "JOIN pg_proc ON pg_proc.oid = tgfoid WHERE tgrelid = 'entries'::regclass AND NOT tgisinternal",
}


def triggers(connection: Connection) -> dict[str, object]:
    """The triggers that there are, as TRIGGERS has them."""
    rows = connection.exec_driver_sql(_ASKED[connection.dialect.name])
    return {row[0]: row[1] if len(row) == 2 else tuple(row[1:]) for row in rows}


def present(engine: Engine) -> bool:
    return inspect(engine).has_table("entries")


def create(connection: Connection) -> None:
    """Make table and triggers where they are absent; two processes may do so at once."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(7283501)"))
    if inspect(connection).has_table("entries"):
        return
    METADATA.create_all(connection)
    for statement in _SQLITE.values() if connection.dialect.name == "sqlite" else _POSTGRESQL:
        connection.execute(text(statement))


def as_row(entry: Entry) -> tuple[object, ...]:
    """The sealed columns of an entry, in their order."""
    about = entry.subject
    subject = (about.project, about.rule, about.row, about.place, about.evidence)
    start = (entry.sequence, entry.at, int(entry.jumped), entry.who, entry.kind.value)
    change = (entry.field.value, entry.before, entry.after, entry.about, entry.detail)
    return (*start, *subject, *change, entry.previous)


def entry_columns(entry: Entry) -> dict[str, object]:
    """What is written of an entry; its digest is made here."""
    row = as_row(entry)
    names = [column.name for column in ENTRIES.columns]
    return dict(zip(names, (*row, seal(row), entry.subject.key), strict=True))


def from_row(row: tuple) -> Entry:
    """The entry that a row of the table holds. Raises ValueError or TypeError where it holds none."""
    sequence, at, jumped, who, kind, project, rule, number, place, evidence = row[:10]
    field, *rest = row[10:17]
    subject = Subject(project, rule, number, place, evidence)
    return Entry(sequence, at, bool(jumped), who, EntryKind(kind), subject, Field(field), *rest)
