"""The store of decisions: appended in one chain, compared before it is set, acknowledged once it is on the disk."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, event, insert, make_url, select, text
from sqlalchemy.exc import ArgumentError

from auditkit.decisions import anchor, schema
from auditkit.decisions.driver_errors import DRIVER_ERRORS, fault_of
from auditkit.decisions.entry import GENESIS, Entry, EntryKind, Head, seal
from auditkit.decisions.location import on_a_share
from auditkit.decisions.schema import ENTRIES
from auditkit.decisions.state import State, contradicting, entries_in_force, state_of
from auditkit.decisions.subject import Change, Field, Subject
from auditkit.errors.store import (
    BadAddress,
    Conflict,
    DriverMissing,
    EntriesMissing,
    NoStore,
    NotAStore,
    StoreOnShare,
    ThirdPersonNeeded,
    Unsigned,
)
from auditkit.safety import escape_controls

REACH = 5.0  # seconds in which a shared database must answer
PATIENCE = 3.0  # seconds that a person waits for another writer before being told


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")


@dataclass(frozen=True)
class Store:
    """Decisions in a SQLite file or a PostgreSQL database, and the anchor file outside it."""

    engine: Engine
    anchor: Path
    clock: Callable[[], str] = field(default=_now, compare=False)

    @property
    def name(self) -> str:
        """The address for people, without a password."""
        url = self.engine.url
        return str(anchor.sqlite_path(url)) if self._sqlite else url.render_as_string(hide_password=True)

    @property
    def _sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    def record(self, changes: Sequence[Change], who: str, dissent: bool = False, detail: str = "") -> tuple[Entry, ...]:
        """Append all changes in one commit, or none; returns once they are on the disk.

        Raises Conflict where a `before` is no longer what stands. With `dissent` the change is then recorded beside what
        stands, and the conflict is shown until a third person's entry settles it. Raises StoreFault where the store
        cannot take it, or where one of those who differ would settle it.
        """
        changes = tuple(_storable(change) for change in changes)
        kind = EntryKind.DISSENT if dissent else EntryKind.DECISION
        return self._append([(change, kind, 0) for change in changes], who, detail)

    def undo(self, entries: Sequence[Entry], who: str) -> tuple[Entry, ...]:
        """Take entries back, each by an entry of its own. Raises Conflict where something was decided since."""
        # Of two entries on one field the later must go first, else each would be in the other's way.
        taken = sorted(entries, key=lambda entry: -entry.sequence)
        changes = [Change(entry.subject, entry.field, entry.after, entry.before) for entry in taken]
        plan = [(change, EntryKind.UNDO, entry.sequence) for change, entry in zip(changes, taken, strict=True)]
        return self._append(plan, who, "")

    def entries(self, project: str | None = None, after: int = 0) -> Iterator[Entry]:
        """All entries, or one project's, in their order."""
        query = select(ENTRIES).where(ENTRIES.c.sequence > after).order_by(ENTRIES.c.sequence)
        if project is not None:
            query = query.where(ENTRIES.c.project == project)
        with self._reading() as connection:
            found = [schema.from_row(tuple(row)) for row in connection.execute(query)]
        return iter(found)

    def state(self, project: str | None = None) -> State:
        return state_of(self.entries(project))

    def head(self) -> Head:
        with self._reading() as connection:
            return _head(connection)[0]

    def _append(self, plan: list[tuple[Change, EntryKind, int]], who: str, detail: str) -> tuple[Entry, ...]:
        changes = [change for change, _, _ in plan]
        if not plan:
            return ()
        if not who.strip():
            raise Unsigned(self.name, changes)
        try:
            with self.engine.connect().execution_options(writes=True) as connection, connection.begin():
                if not self._sqlite:
                    connection.execute(text(f"SET LOCAL lock_timeout = '{int(PATIENCE)}s'"))
                    connection.execute(text("LOCK TABLE entries IN EXCLUSIVE MODE"))
                entries = self._sealed(connection, plan, escape_controls(who.strip()), escape_controls(detail))
                connection.execute(insert(ENTRIES), [schema.entry_columns(entry) for entry in entries])
        except DRIVER_ERRORS as error:
            raise fault_of(error, self.name, changes) from error
        self._write_down(Head(entries[-1].sequence, entries[-1].digest))
        return entries

    def _sealed(
        self, connection: Connection, plan: list[tuple[Change, EntryKind, int]], who: str, detail: str
    ) -> tuple[Entry, ...]:
        """The plan as entries that follow the head. Raises Conflict for all that stand in the way, at once."""
        head, former = _head(connection)
        self._check_tail(connection, head, [change for change, _, _ in plan])
        now, entries, in_the_way = self.clock(), [], []
        lines: dict[tuple[Subject, Field], tuple[Entry, ...]] = {}
        for change, kind, about in plan:
            key = change.subject, change.field
            line = lines[key] if key in lines else _line(connection, change)
            top = (entries_in_force(line) or (None,))[-1]
            before = top.after if top else ""
            parties = contradicting(entries_in_force(line)) if kind is EntryKind.DECISION else ()
            if who in {party.who for party in parties}:
                told = "；".join(party.told for party in parties)
                raise ThirdPersonNeeded(self.name, [change for change, _, _ in plan], parties=told)
            if not _fits(change, kind, about, top):
                in_the_way.append(top)
                continue
            made = Entry(
                head.sequence + 1, now, now < former, who, kind, change.subject, change.field, before,
                change.after, about, detail, head.digest, "",
            )  # fmt: skip
            made = replace(made, digest=seal(schema.as_row(made)))
            entries.append(made)
            lines[key] = (*line, made)
            head, former = Head(made.sequence, made.digest), now
        if in_the_way:
            raise Conflict(self.name, [change for change, _, _ in plan], in_the_way)
        return tuple(entries)

    def _check_tail(self, connection: Connection, head: Head, changes: Sequence[Change]) -> None:
        """Nothing is added to a store that lost what was acknowledged."""
        known = anchor.last(self.anchor)
        if known is None or known.sequence == 0:
            return
        query = select(ENTRIES.c.digest).where(ENTRIES.c.sequence == known.sequence)
        if connection.execute(query).scalar() != known.digest:
            raise EntriesMissing(self.name, changes, acknowledged=known.sequence, present=head.sequence)

    def _write_down(self, head: Head) -> None:
        """The entries are committed by now: an anchor that lags is caught up by the next one, and is no failure."""
        try:
            anchor.append(self.anchor, head)
        except OSError as error:
            import warnings

            warnings.warn(f"已保存，但锚文件未能写入：{error}", stacklevel=4)

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        try:
            with self.engine.connect() as connection:
                yield connection
        except DRIVER_ERRORS as error:
            raise fault_of(error, self.name) from error


def open_store(address: str | os.PathLike[str], create: bool = True, anchor_file: Path | None = None) -> Store:
    """The store at a path or a SQLAlchemy URL, made where there is none. Raises StoreFault where that cannot be."""
    url = address_of(address)
    path = anchor.sqlite_path(url)
    sqlite = url.drivername.startswith("sqlite")
    if sqlite and on_a_share(path):
        raise StoreOnShare(str(path))
    if sqlite and not create and not path.is_file():
        raise NoStore(str(path))
    engine = _engine(url)
    store = Store(engine, anchor_file or anchor.anchor_path(url))
    try:
        if sqlite and create:
            path.resolve().parent.mkdir(parents=True, exist_ok=True)
        if not schema.present(engine):
            if not create:
                raise NotAStore(store.name)
            with engine.connect().execution_options(writes=True) as connection, connection.begin():
                schema.create(connection)
    except (*DRIVER_ERRORS, OSError) as error:
        raise fault_of(error, store.name) from error
    return store


def empty_store() -> Store:
    """A store in memory that has and takes nothing: to show where nobody decided, and leave no file behind."""
    engine = _engine(URL.create("sqlite"))
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        schema.create(connection)
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA query_only = ON")
    return Store(engine, Path(os.devnull))


def address_of(address: str | os.PathLike[str]) -> URL:
    text_ = os.fspath(address)
    if "://" not in text_:
        return URL.create("sqlite", database=text_)
    try:
        url = make_url(text_)
    except (ArgumentError, ValueError) as error:
        raise BadAddress(escape_controls(text_.partition("://")[0]) + "://…") from error
    known = url.get_backend_name() in ("sqlite", "postgresql")
    if not known or not 0 < (1 if url.port is None else url.port) < 2**16:
        raise BadAddress(url.render_as_string())
    return url.set(drivername="postgresql+psycopg") if url.get_backend_name() == "postgresql" else url


def _engine(url: URL) -> Engine:
    if not url.drivername.startswith("sqlite"):
        try:
            return create_engine(url, pool_pre_ping=True, connect_args={"connect_timeout": int(REACH)})
        except ModuleNotFoundError as error:
            raise DriverMissing(url.render_as_string(), "psycopg") from error
    engine = create_engine(url, connect_args={"timeout": PATIENCE})
    event.listen(engine, "connect", _settle)
    event.listen(engine, "begin", _begin)
    return engine


def _settle(connection, _record) -> None:
    """SQLite before 3.51.3 may damage a WAL database that two processes write: the rollback journal, fully synced."""
    connection.isolation_level = None
    for pragma in ("journal_mode = DELETE", "synchronous = EXTRA", "trusted_schema = OFF"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get("writes") else "BEGIN")


def _head(connection: Connection) -> tuple[Head, str]:
    """The head, and when its entry was written."""
    query = select(ENTRIES.c.sequence, ENTRIES.c.digest, ENTRIES.c.at).order_by(ENTRIES.c.sequence.desc()).limit(1)
    row = connection.execute(query).first()
    return (Head(row.sequence, row.digest), row.at) if row else (Head(0, GENESIS), "")


def _line(connection: Connection, change: Change) -> tuple[Entry, ...]:
    """All entries on one field of one subject on the same evidence."""
    of = (
        ENTRIES.c.subject == change.subject.key,
        ENTRIES.c.field == change.field.value,
        ENTRIES.c.evidence == change.subject.evidence,
    )
    rows = connection.execute(select(ENTRIES).where(*of).order_by(ENTRIES.c.sequence))
    return tuple(schema.from_row(tuple(row)) for row in rows)


def _fits(change: Change, kind: EntryKind, about: int, top: Entry | None) -> bool:
    """Whether what the person saw is what stands."""
    if kind is EntryKind.UNDO:
        return top is not None and top.sequence == about
    return top is not None if kind is EntryKind.DISSENT else (top.after if top else "") == change.before


def _storable(change: Change) -> Change:
    """Text as it is kept: inert, with one kind of line break, so that every database takes it."""
    before, after = (escape_controls(text_.replace("\r\n", "\n")) for text_ in (change.before, change.after))
    return replace(change, before=before, after=after)
