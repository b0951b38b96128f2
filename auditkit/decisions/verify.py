"""Whether a store and the files of a run are still what they were: every fault by name."""

from __future__ import annotations

import hashlib
import json
import stat
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Integer, select

from auditkit.decisions import anchor
from auditkit.decisions.driver_errors import DRIVER_ERRORS, fault_of
from auditkit.decisions.entry import GENESIS, Head, parse_head, seal
from auditkit.decisions.manifests import MANIFEST, manifest_digest, read_manifest, remembered
from auditkit.decisions.schema import ENTRIES, SEALED, TRIGGERS, triggers
from auditkit.decisions.store import Store
from auditkit.decisions.subject import Subject
from auditkit.decisions.summary import FILE
from auditkit.safety import Unreadable

MOST = 200


@dataclass(frozen=True)
class Verification:
    """What was verified, and each fault in words; `jumps` are the entries that record a clock set back."""

    head: Head
    count: int
    jumps: tuple[int, ...]
    faults: tuple[str, ...]


def verify(store: Store, expected: Iterable[Head] = (), printed: Iterable[tuple[str, Head]] = ()) -> Verification:
    """Recompute the chain and compare it with the anchor file and with the heads that stand elsewhere.

    `expected` are those that a person gives, `printed` those found in the files of a run, each with the file's name.
    """
    faults: list[str] = []
    try:
        rows = _rows(store)
    except DRIVER_ERRORS as error:
        return Verification(Head(), 0, (), (fault_of(error, store.name).zh,))
    faults += _structure(store)
    unread = [row for row in rows if not _shaped(row)]
    faults += [f"第 {row[0]} 条损坏：读不出来" for row in unread]
    rows = [row for row in rows if _shaped(row)]
    digests = {row[0]: row[SEALED] for row in rows}
    faults += _chain(rows)
    faults += _tail(store.anchor, digests)
    heads: defaultdict[str, list[Head]] = defaultdict(list)
    for name, head in (*(("所给的链头", head) for head in expected), *printed):
        heads[name].append(head)
    faults += [fault for name, of in heads.items() for fault in _against(of, digests, name)]
    head = Head(rows[-1][0], rows[-1][SEALED]) if rows else Head()
    return Verification(head, len(rows), tuple(row[0] for row in rows if row[2] == 1), tuple(faults))


def _rows(store: Store) -> list[tuple]:
    """All rows as they lie in the table, by number; bytes that are no text come as something that no digest fits."""
    with store.engine.connect() as connection:
        if store.engine.dialect.name == "sqlite":
            connection.connection.driver_connection.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")
            # Past the index, which may be damaged by itself: NOT INDEXED reads the table.
            query = f"SELECT {', '.join(chr(34) + c.name + chr(34) for c in ENTRIES.columns)} FROM entries NOT INDEXED"
            rows = [tuple(row) for row in connection.exec_driver_sql(query)]
            connection.connection.driver_connection.text_factory = str
        else:
            rows = [tuple(row) for row in connection.execute(select(ENTRIES))]
    return sorted(rows, key=lambda row: row[0] if isinstance(row[0], int) else -1)


def _structure(store: Store) -> Iterator[str]:
    """What the database itself finds wrong, and whether its second line still stands."""
    try:
        with store.engine.connect() as connection:
            if store.engine.dialect.name == "sqlite":
                for (told,) in connection.exec_driver_sql("PRAGMA integrity_check(20)"):
                    if told != "ok":
                        yield f"数据库文件损坏：{told}"
            found = triggers(connection)
        for name in sorted({*TRIGGERS[store.engine.dialect.name], *found}):
            wanted = TRIGGERS[store.engine.dialect.name].get(name)
            if name not in found:
                yield f"禁止改写的触发器 {name} 已被移除"
            elif wanted is None:
                yield f"多出不是本程序建立的触发器 {name}：写入的内容可能被它改动"
            elif found[name] != wanted:
                yield f"禁止改写的触发器 {name} 被改动或停用"
    except DRIVER_ERRORS as error:
        yield f"数据库文件损坏：{error}"


def _chain(rows: list[tuple]) -> Iterator[str]:
    previous, number, former = GENESIS, 0, ""
    followers = {row[SEALED - 1]: row[0] for row in rows}
    for row in rows:
        sequence, at, jumped, who = row[0], row[1], row[2], row[3]
        if sequence != number + 1:
            gap = f"{number + 1}" if sequence == number + 2 else f"{number + 1}—{sequence - 1}"
            yield f"第 {gap} 条被删除"
        sound = seal(row[:SEALED]) == row[SEALED] and Subject(*row[5:10]).key == row[SEALED + 1] and jumped in (0, 1)
        belongs = _belongs(row, followers) if not sound else None
        if belongs is not None:
            yield f"第 {sequence} 条被调换：它原是第 {belongs} 条"
        elif not sound:
            yield f"第 {sequence} 条被改动（署名 {who}，时间 {at}）：内容与摘要不符"
        if at < former and not jumped:
            yield f"第 {sequence} 条时间倒填：{at} 早于上一条 {former}，而未记时钟回拨"
        if row[SEALED - 1] != previous and sequence == number + 1 and sound:
            yield f"第 {sequence} 条与上一条不相接"
        previous, number, former = row[SEALED], sequence, at


def _shaped(row: tuple) -> bool:
    """Whether every column holds what it is for; a damaged page may give anything."""
    return all(isinstance(v, int if isinstance(c.type, Integer) else str) for v, c in zip(row, ENTRIES.c, strict=True))


def _belongs(row: tuple, followers: dict[str, int]) -> int | None:
    """The number under which an unsound entry is sound, where it was only moved."""
    follower = followers.get(row[SEALED])
    near = [] if follower is None else range(follower - 3, follower + 3)
    for number in (*near, *range(row[0] - 50, row[0] + 50)):
        if number != row[0] and seal((number, *row[1:SEALED])) == row[SEALED]:
            return number
    return None


def _tail(path: Path, digests: dict[int, str]) -> Iterator[str]:
    try:
        lines = [(number, line, parse_head(line)) for number, line in anchor.written_lines(path)]
    except OSError:
        if digests:
            yield f"没有锚文件 {path.name}：无法判断末尾是否被截去"
        return
    yield from (
        f"锚文件第 {number} 行残缺" for number, line, head in lines if not head and not _broke_off(line, digests)
    )
    yield from _against((head for *_, head in lines if head), digests, "锚文件")


def _broke_off(line: str, digests: dict[int, str]) -> bool:
    """Whether a line is as far as a full disk took the head of an entry that stands there."""
    return any(str(Head(*one)).startswith(line) for one in digests.items())


def _against(heads: Iterable[Head], digests: dict[int, str], whose: str) -> Iterator[str]:
    """What was written down of the chain outside it, and is not there; all that is behind its end in one line."""
    worst = {head.sequence: fault for head in heads if (fault := _missing(head, digests, whose))}
    end = max(digests, default=0)
    yield from (worst[number] for number in sorted(worst)[:MOST] if number in digests)
    if worst and max(worst) > end:
        yield f"末尾被截去：{whose}记到第 {max(worst)} 条，库中只到第 {end} 条"


def _missing(head: Head, digests: dict[int, str], whose: str) -> str:
    if head.sequence == 0 or digests.get(head.sequence) == head.digest:
        return ""
    found = "摘要不同" if head.sequence in digests else "库中没有"
    return f"{whose}所记的第 {head.sequence} 条（{head.digest[:12]}…）{found}"


def verify_run(out: Path, forms: Path | None = None, manifest_was: str = "") -> Iterator[str]:
    """Every file that is not what the run's manifest says: of the reports, and of the forms where their folder is given.

    The manifest itself has to be the one of the digest that was printed when the run ended, or that a run of this person
    left there; where neither is known, nothing can be said of it.
    """
    found = manifest_digest(out)
    for was, whose in ((manifest_was.strip().lower(), "所给的摘要"), (remembered(out), "本机上次运行所记的摘要")):
        if found and was and was != found:
            yield f"{MANIFEST} 与{whose}不符（{was[:12]}…，现为 {found[:12]}…）：被改写，或其后在别处运行过"
    try:
        manifest = read_manifest(out)
    except Unreadable as error:
        yield f"{MANIFEST} 缺失或损坏：{error.zh}"
        return
    groups = [(out, manifest.outputs, "报告文件"), *([(forms, manifest.inputs, "自评表文件")] if forms else [])]
    for folder, name, told, what in ((folder, *one, what) for folder, files, what in groups for one in files.items()):
        path = folder / name
        if not path.resolve().is_relative_to(folder.resolve()):
            yield f"{what} {name}：清单中的路径在文件夹之外"
        elif fault := _changed(path, told):
            yield f"{what} {name} {fault}"
    known = {name.split("/")[1] for name in manifest.outputs if name.startswith("projects/")}
    yield from (
        f"报告文件夹 {path.relative_to(out).as_posix()} 不在清单中：不是这次运行写出的"
        for path in sorted(out.glob("projects/*/"))
        if path.is_dir() and path.name not in known
    )


def _changed(path: Path, digest: str) -> str:
    """What became of a file that had this digest; blank where it is as it was."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            return "不再是普通文件"
        same = not digest or hashlib.sha256(path.read_bytes()).hexdigest() == digest
    except FileNotFoundError:
        return "被删除"
    except OSError as error:
        return f"无法读取（{error.strerror}），未能核对；请核对权限"
    return "" if same else "被改动"


def printed_heads(out: Path) -> Iterator[tuple[str, Head]]:
    """What the files of a run say of the chain: its manifest of every run so far, and the report of each project."""
    heads = []
    with suppress(Unreadable):  # `verify_run` tells of it
        heads += [(MANIFEST, text) for text in read_manifest(out).chain]
    for path in sorted(out.glob(f"projects/*/{FILE}")):
        try:
            told, name = json.loads(path.read_text("utf-8")), path.relative_to(out).as_posix()
            heads += [(name, str(text)) for text in (told["anchor"], *(one["anchor"] for one in told["signatures"]))]
        except (OSError, ValueError, KeyError, TypeError):
            continue
    yield from ((name, head) for name, text in heads if (head := parse_head(text)))
