"""The store of decisions, the same tests on SQLite and PostgreSQL."""

from __future__ import annotations

import os
import random
import socket
import sqlite3
import subprocess
import sys
import time
from collections import deque
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
import store_writer
from databases import cluster, fresh, needs_postgresql
from sqlalchemy.exc import DBAPIError

from auditkit.decisions.entry import GENESIS, EntryKind, Head, parse_head
from auditkit.decisions.location import on_a_share
from auditkit.decisions.store import PATIENCE, REACH, Store, open_store
from auditkit.decisions.subject import Change, Field, Subject
from auditkit.decisions.verify import verify
from auditkit.errors.store import Conflict, StoreFault, StoreUnreachable

KILLS = int(os.environ.get("AUDITKIT_KILLS", "25"))
SUBJECT = Subject("2021｜司法局｜普法经费", "SCO001", 0, "表1 第3行第2列", "a" * 64)


@pytest.fixture(scope="module")
def server():
    with cluster() as address:
        yield address


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=needs_postgresql)])
def address(request, tmp_path: Path) -> str:
    return str(tmp_path / "决定.sqlite") if request.param == "sqlite" else fresh(request.getfixturevalue("server"))


@pytest.fixture
def store(address: str, tmp_path: Path) -> Store:
    return open_store(address, anchor_file=tmp_path / "heads")


def ruling(before: str, after: str, row: int = 0) -> Change:
    return Change(replace(SUBJECT, row=row), Field.RULING, before, after)


def test_decisions_are_chained_and_found_again(store: Store, address: str, tmp_path: Path):
    (first,) = store.record([ruling("", "doubted")], "张三")
    note = Change(SUBJECT, Field.NOTE, "", "合计与分项不符\r\n见附件3 \x00\ud800")
    second, third = store.record([ruling("doubted", "accepted"), note], "张三")
    assert [entry.sequence for entry in (first, second, third)] == [1, 2, 3]
    assert (first.previous, second.previous, third.previous) == (GENESIS, first.digest, second.digest)
    again = open_store(address, anchor_file=tmp_path / "heads")
    assert list(again.entries()) == [first, second, third]
    assert again.head() == Head(3, third.digest)
    state = again.state()
    assert state[SUBJECT.key, Field.RULING] == second
    assert state.value(SUBJECT, Field.NOTE) == "合计与分项不符\n见附件3 ␀\N{REPLACEMENT CHARACTER}"
    assert not verify(again).faults


def test_the_second_auditor_is_told_and_may_dissent(store: Store):
    (first,) = store.record([ruling("", "accepted")], "张三")
    mine = [ruling("", "rejected", row=5), ruling("", "rejected")]
    with pytest.raises(Conflict) as told:
        store.record(mine, "李四")
    assert told.value.standing == (first,)
    assert told.value.changes == tuple(mine)
    assert "张三" in str(told.value)
    assert "认可" in str(told.value)
    assert first.at[:16].replace("T", " ") in str(told.value)
    assert store.head().sequence == 1, "all or nothing"

    (second,) = store.record([mine[1]], "李四", dissent=True)
    assert store.state().conflict(SUBJECT, Field.RULING) == (first, second)
    assert set(store.state().conflicts) == {(SUBJECT.key, Field.RULING)}
    with pytest.raises(StoreFault, match="第三人") as told:
        store.record([ruling("rejected", "accepted")], "张三")
    assert told.value.changes == (ruling("rejected", "accepted"),)
    assert store.state().conflicts
    store.record([ruling("rejected", "doubted")], "王五")
    assert not store.state().conflicts
    assert store.state().value(SUBJECT, Field.RULING) == "doubted"


def test_undo_is_an_entry_and_goes_back_step_by_step(store: Store):
    first, second = (store.record([ruling(*pair)], "张三")[0] for pair in (("", "accepted"), ("accepted", "doubted")))
    with pytest.raises(Conflict):
        store.undo([first], "张三")
    (undone,) = store.undo([second], "张三")
    assert (undone.kind, undone.about, undone.after) == (EntryKind.UNDO, second.sequence, "accepted")
    assert store.state().entry(SUBJECT, Field.RULING) == first
    store.undo([first], "张三")
    assert store.state().value(SUBJECT, Field.RULING) == ""
    store.record([ruling("", "rejected")], "张三")
    assert [entry.sequence for entry in store.entries()] == [1, 2, 3, 4, 5]


def test_several_are_undone_at_once(store: Store):
    first, second, third = store.record([ruling("", "accepted"), ruling("accepted", "doubted"), ruling("", "doubted", 7)], "张三")  # fmt: skip
    store.undo([first, second, third], "张三")
    assert not any(store.state().value(entry.subject, entry.field) for entry in (first, third))


def test_undoing_a_dissent_takes_the_conflict_back(store: Store):
    store.record([ruling("", "accepted")], "张三")
    (dissent,) = store.record([ruling("", "rejected")], "李四", dissent=True)
    store.undo([dissent], "李四")
    assert not store.state().conflicts
    assert store.state().value(SUBJECT, Field.RULING) == "accepted"


def test_a_decision_stands_only_on_its_evidence(store: Store):
    (first,) = store.record([ruling("", "accepted")], "张三")
    other = replace(SUBJECT, evidence="b" * 64)
    assert store.state().value(other, Field.RULING) == ""
    assert store.state().elsewhere(other, Field.RULING) == first
    store.record([Change(other, Field.RULING, "", "rejected")], "李四")
    assert store.state().elsewhere(other, Field.RULING) is None
    assert store.state().value(SUBJECT, Field.RULING) == "accepted"


def test_a_clock_set_back_is_recorded_and_does_not_order(store: Store):
    times = iter(["2026-03-02T08:00:00.000000+00:00", "2026-03-01T08:00:00.000000+00:00"])
    store = replace(store, clock=lambda: next(times))
    store.record([ruling("", "accepted")], "张三")
    store.record([ruling("accepted", "doubted")], "张三")
    assert [entry.jumped for entry in store.entries()] == [False, True]
    assert store.state().value(SUBJECT, Field.RULING) == "doubted"
    assert verify(store).jumps == (2,)
    assert not verify(store).faults


@pytest.mark.parametrize("statement", ["UPDATE entries SET who = 'x'", "DELETE FROM entries"])
def test_the_database_itself_refuses_to_rewrite(store: Store, statement: str):
    store.record([ruling("", "accepted")], "张三")
    with pytest.raises(DBAPIError, match="appended"), store.engine.connect() as connection, connection.begin():
        connection.exec_driver_sql(statement)
    assert not verify(store).faults


def test_nothing_is_added_where_the_tail_was_cut(store: Store):
    store.record([ruling("", "accepted")], "张三")
    with store.anchor.open("a") as file:
        file.write(f"{Head(2, 'f' * 64)}\n")
    with pytest.raises(StoreFault, match="缺少已确认的第 2 条") as told:
        store.record([ruling("accepted", "doubted")], "张三")
    assert told.value.changes == (ruling("accepted", "doubted"),)


def test_a_locked_store_says_so_and_keeps_what_was_typed(store: Store, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("auditkit.decisions.store.PATIENCE", 1)
    store = open_store(store.engine.url.render_as_string(False), anchor_file=store.anchor)
    other = open_store(store.engine.url.render_as_string(False), anchor_file=store.anchor)
    note = Change(SUBJECT, Field.NOTE, "", "写了很久的说明")
    with other.engine.connect().execution_options(writes=True) as connection, connection.begin():
        if other.engine.dialect.name != "sqlite":
            connection.exec_driver_sql("LOCK TABLE entries IN EXCLUSIVE MODE")
        with pytest.raises(StoreFault, match="占用") as told:
            store.record([note], "张三")
    assert told.value.changes == (note,)
    store.record([note], "张三")


@pytest.mark.parametrize("kind", ["locked", "unreachable"])
def test_nobody_waits_longer_than_a_few_seconds(kind: str, tmp_path: Path):
    """With the time that people are given, not one that a test sets."""
    assert (PATIENCE, REACH) == (3, 5)
    store = open_store(tmp_path / "s.sqlite")
    if kind == "locked":
        writing = store.engine.connect().execution_options(writes=True)
        with writing as connection, connection.begin(), pytest.raises(StoreFault, match="占用"):
            open_store(tmp_path / "s.sqlite").record([ruling("", "accepted")], "张三")
    else:
        with socket.socket() as silent:  # takes no connection and refuses none
            silent.bind(("127.0.0.1", 0))
            silent.listen(0)
            with pytest.raises(StoreFault, match="连不上"):
                open_store(f"postgresql://a@127.0.0.1:{silent.getsockname()[1]}/x", anchor_file=tmp_path / "heads")


@pytest.mark.parametrize("host", ["nowhere.invalid", "127.0.0.1:1"])
def test_a_database_that_is_not_to_be_had_is_out_of_reach(host: str, tmp_path: Path):
    """By its name or at its port: which costs a run the decisions only, where a fault would stop it."""
    with pytest.raises(StoreUnreachable):
        open_store(f"postgresql://a@{host}/x", anchor_file=tmp_path / "heads")


def test_a_read_only_store_says_so(store: Store):
    store.record([ruling("", "accepted")], "张三")
    if store.engine.dialect.name == "sqlite":
        address = f"sqlite:///file:{store.engine.url.database}?mode=ro&uri=true"
    else:
        address = store.engine.url.update_query_dict({"options": "-c default_transaction_read_only=on"})
        address = address.render_as_string(False)
    reader = open_store(address, create=False, anchor_file=store.anchor)
    assert reader.state().value(SUBJECT, Field.RULING) == "accepted"
    with pytest.raises(StoreFault, match="只读") as told:
        reader.record([ruling("accepted", "doubted")], "张三")
    assert told.value.changes


def test_a_full_disk_says_so_and_the_store_stays_whole(tmp_path: Path):
    store = open_store(tmp_path / "s.sqlite")
    store.record([ruling("", "accepted")], "张三")
    with store.engine.connect() as connection:  # SQLite gives the same SQLITE_FULL for its own limit as for the disk's
        connection.exec_driver_sql("PRAGMA max_page_count = 12")
    notes = [Change(replace(SUBJECT, row=row), Field.NOTE, "", "长" * 500) for row in range(1, 60)]
    with pytest.raises(StoreFault, match="磁盘已满") as told:
        deque((store.record([note], "张三") for note in notes), maxlen=0)
    assert told.value.changes[0].after == "长" * 500
    assert not verify(store).faults


def test_a_damaged_store_says_so(tmp_path: Path):
    store = open_store(tmp_path / "s.sqlite")
    store.record([ruling("", "accepted")], "张三")
    store.engine.dispose()
    (tmp_path / "s.sqlite").write_bytes(b"\xff" * 8192)
    with pytest.raises(StoreFault, match="损坏"):
        store.record([ruling("accepted", "doubted")], "张三")
    with pytest.raises(StoreFault, match="损坏"):
        open_store(tmp_path / "s.sqlite")


def test_a_network_share_is_known(tmp_path: Path):
    mounts = f"/dev/sda / ext4 rw 0 0\nnas:/x {tmp_path} nfs4 rw 0 0\n"
    assert on_a_share(tmp_path / "s.sqlite", mounts)
    assert not on_a_share(tmp_path / "s.sqlite", f"{mounts}tmpfs {tmp_path} tmpfs rw 0 0\n")
    assert not on_a_share(tmp_path / "s.sqlite")


def test_a_store_on_a_network_share_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("auditkit.decisions.store.on_a_share", lambda path: True)
    with pytest.raises(StoreFault, match="网络共享盘"):
        open_store(tmp_path / "s.sqlite")
    assert not list(tmp_path.iterdir())


def test_sqlite_keeps_a_rollback_journal_fully_synced_even_of_a_file_that_had_another(tmp_path: Path):
    open_store(tmp_path / "s.sqlite").engine.dispose()
    with closing(sqlite3.connect(tmp_path / "s.sqlite")) as connection:
        assert connection.execute("PRAGMA journal_mode = WAL").fetchone() == ("wal",)
    with open_store(tmp_path / "s.sqlite").engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "delete"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 3  # EXTRA


def writer(address: str, anchor: Path, who: str, number: int) -> subprocess.Popen[str]:
    command = [sys.executable, store_writer.__file__, address, str(anchor), who, str(number)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, encoding="utf-8")


def test_two_processes_write_one_chain(address: str, tmp_path: Path):
    each = int(os.environ.get("AUDITKIT_EACH", "1000"))
    processes = [writer(address, tmp_path / "heads", who, each) for who in ("甲", "乙")]
    acknowledged = [
        head for process in processes for head in map(parse_head, process.communicate(timeout=600)[0].split())
    ]
    store = open_store(address, anchor_file=tmp_path / "heads")
    report = verify(store, acknowledged)
    assert [process.returncode for process in processes] == [0, 0]
    assert report.count == 2 * each == len(acknowledged)
    assert not report.faults


def test_kill_9_loses_nothing_acknowledged(address: str, tmp_path: Path):
    """One process after the other is killed in mid-writing; all that any acknowledged stands, in one chain."""
    seed = int(os.environ.get("AUDITKIT_SEED", "6"))
    chance = random.Random(seed)
    acknowledged: list[Head] = []
    for number in range(KILLS):
        process = writer(address, tmp_path / "heads", f"第{number}个", 10_000)
        acknowledged.append(parse_head(process.stdout.readline()))
        time.sleep(chance.uniform(0, 0.05))
        process.kill()
        acknowledged += filter(None, map(parse_head, process.communicate()[0].splitlines()))
    report = verify(open_store(address, anchor_file=tmp_path / "heads"), acknowledged)
    assert not report.faults, f"seed {seed}"
    assert len(acknowledged) <= report.count <= len(acknowledged) + KILLS
    open_store(address, anchor_file=tmp_path / "heads").record([ruling("", "accepted")], "之后")
