"""`auditkit verify`: whatever was done to a store or to the files of a run is found and named."""

from __future__ import annotations

import hashlib
import json
import os
import random
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner

from auditkit.cli.app import app
from auditkit.decisions.entry import Head, seal
from auditkit.decisions.schema import ENTRIES, SEALED
from auditkit.decisions.store import open_store
from auditkit.decisions.subject import Change, Field, Subject
from auditkit.decisions.verify import verify, verify_run

FLIPS = int(os.environ.get("AUDITKIT_FLIPS", "60"))
COLUMNS = [column.name for column in ENTRIES.columns]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A store of 20 decisions of 20 commits."""
    store = open_store(tmp_path / "s.sqlite")
    for row in range(1, 21):
        subject = Subject("2021｜司法局｜普法经费", "IND001", row, f"表1 第{row}行", f"{row:064x}")
        store.record([Change(subject, Field.NOTE, "", f"说明 {row}：已核对原始凭证")], "张三")
    store.engine.dispose()
    return tmp_path / "s.sqlite"


def tamper(path: Path, *statements: str) -> None:
    """Behind the program's back, the second line taken down and put up again."""
    with closing(sqlite3.connect(path)) as connection:
        triggers = list(connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"))
        for name, _ in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        for statement in (*statements, *(sql for _, sql in triggers)):
            connection.execute(statement)
        connection.commit()


def reseal(path: Path, start: int) -> None:
    """What a forger does who knows the program: all digests from an entry on are made anew."""
    with closing(sqlite3.connect(path)) as connection:
        names = ", ".join(f'"{name}"' for name in COLUMNS)
        rows = list(connection.execute(f"SELECT {names} FROM entries ORDER BY sequence"))
    changes, previous = [], rows[start - 2][SEALED]
    for row in rows[start - 1 :]:
        digest = seal((*row[: SEALED - 1], previous))
        changes.append(f"UPDATE entries SET previous = '{previous}', digest = '{digest}' WHERE sequence = {row[0]}")
        previous = digest
    tamper(path, *changes)


@pytest.mark.parametrize(
    ("statements", "named"),
    [
        (["UPDATE entries SET after = '说明 7：未核对' WHERE sequence = 7"], "第 7 条被改动"),
        (["UPDATE entries SET who = '李四' WHERE sequence = 20"], "第 20 条被改动"),
        (["DELETE FROM entries WHERE sequence = 7"], "第 7 条被删除"),
        (["DELETE FROM entries WHERE sequence IN (7, 8)"], "第 7—8 条被删除"),
        (
            [f"UPDATE entries SET sequence = {new} WHERE sequence = {old}" for old, new in ((7, 99), (8, 7), (99, 8))],
            "第 7 条被调换：它原是第 8 条",
        ),
        (["UPDATE entries SET at = '2020-01-01T00:00:00.000000+00:00' WHERE sequence = 7"], "第 7 条时间倒填"),
        (["DELETE FROM entries WHERE sequence > 17"], "末尾被截去：锚文件记到第 20 条，库中只到第 17 条"),
        (["DELETE FROM entries"], "末尾被截去：锚文件记到第 20 条，库中只到第 0 条"),
        (["UPDATE entries SET subject = 'x' WHERE sequence = 3"], "第 3 条被改动"),
    ],
)
def test_tampering_is_named(path: Path, statements: list[str], named: str):
    assert not verify(open_store(path)).faults
    tamper(path, *statements)
    faults = verify(open_store(path, create=False)).faults
    assert any(fault.startswith(named) for fault in faults), faults
    result = CliRunner().invoke(app, ["verify", str(path)])
    assert result.exit_code == 1
    assert named in result.output


def test_a_chain_made_anew_is_found_by_the_anchor_and_by_a_printed_head(path: Path):
    printed = open_store(path).head()
    tamper(path, "UPDATE entries SET after = '说明 7：未核对' WHERE sequence = 7")
    reseal(path, 7)
    store = open_store(path)
    faults = verify(store).faults
    assert len(faults) == 14
    assert faults[0].startswith("锚文件所记的第 7 条")
    store.anchor.unlink()
    assert any("没有锚文件" in fault for fault in verify(store).faults)
    assert any(fault.startswith("所给的链头所记的第 20 条") for fault in verify(store, [printed]).faults)
    result = CliRunner().invoke(app, ["verify", str(path), "--head", str(printed)])
    assert result.exit_code == 1


def test_a_removed_second_line_is_found(path: Path):
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DROP TRIGGER entries_no_update")
    assert verify(open_store(path)).faults == ("禁止改写的触发器已被移除",)


def test_an_intact_store_is_said_to_be(path: Path):
    result = CliRunner().invoke(app, ["verify", str(path)])
    assert result.exit_code == 0, result.output
    assert "决定 20 条" in result.output
    assert CliRunner().invoke(app, ["verify", str(path.with_name("absent"))]).exit_code != 0


def test_changed_and_removed_files_of_a_run_are_named(path: Path, tmp_path: Path):
    out, forms = tmp_path / "out", tmp_path / "forms"
    listed = {}
    for folder, name in ((out, "index.html"), (out, "forms.csv"), (forms, "一.docx"), (forms, "二.docx")):
        folder.mkdir(exist_ok=True)
        (folder / name).write_text(name)
        listed.setdefault(folder, {})[name] = hashlib.sha256(name.encode()).hexdigest()
    whole = {"year": 2021, "rulebook": {"name": "mof-2020", "version": "1", "digest": "ab"}, "versions": {}}
    (out / "manifest.json").write_text(json.dumps(whole | {"outputs": listed[out], "inputs": listed[forms]}))
    command = ["verify", str(path), "--run", str(out), "--forms", str(forms)]
    assert CliRunner().invoke(app, command).exit_code == 0
    (out / "index.html").write_text("另一份")
    (out / "forms.csv").unlink()
    (forms / "二.docx").write_text("另一份")
    found = list(verify_run(out, forms))
    assert found == ["报告文件 index.html 被改动", "报告文件 forms.csv 被删除", "自评表文件 二.docx 被改动"]
    assert CliRunner().invoke(app, command).exit_code == 1


def dump(path: Path) -> object:
    """All that the table holds, byte for byte; None where the file cannot be read."""
    try:
        with closing(sqlite3.connect(path)) as connection:
            connection.text_factory = bytes
            return list(connection.execute("SELECT * FROM entries NOT INDEXED"))
    except (sqlite3.DatabaseError, UnicodeDecodeError):
        return None


def found(path: Path, judge: Callable[[], tuple[str, ...]]) -> bool:
    from auditkit.safety import Unreadable

    try:
        return bool(judge())
    except Unreadable:
        return True


def test_every_flipped_bit_in_bytes_that_hold_data_is_found(path: Path):
    """Bits anywhere in the file: where what the table holds becomes another, or unreadable, `verify` must say so."""
    whole, original = path.read_bytes(), dump(path)
    chance, counted, missed = random.Random(6), 0, []
    while counted < FLIPS:
        at, bit = chance.randrange(len(whole)), chance.randrange(8)
        damaged = bytearray(whole)
        damaged[at] ^= 1 << bit
        path.write_bytes(damaged)
        if dump(path) == original:
            continue
        counted += 1
        if not found(path, lambda: verify(open_store(path, create=False)).faults):
            missed.append((at, bit))
    assert not missed


def test_a_head_reads_back_as_printed(path: Path):
    from auditkit.decisions.entry import parse_head

    head = open_store(path).head()
    assert parse_head(str(head)) == head != Head()
    assert parse_head("12:abc") is None
