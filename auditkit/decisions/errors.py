"""What may go wrong with a store, told in Chinese and before a decision is lost."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from auditkit.decisions.subject import Change
from auditkit.safety import Unreadable

if TYPE_CHECKING:
    from auditkit.decisions.entry import Entry


class StoreFault(Unreadable):
    """The store took nothing; `changes` has all that was to be recorded, so that no typed text is lost."""

    def __init__(self, source: str, zh: str, en: str, changes: Sequence[Change] = ()):
        super().__init__(source, zh, en)
        self.changes = tuple(changes)


class Conflict(StoreFault):
    """Another person was quicker: `standing` has the entries that are in the way. Nothing was written."""

    def __init__(self, source: str, standing: Sequence[Entry | None], changes: Sequence[Change]):
        self.standing = tuple(entry for entry in standing if entry)
        told = "；".join(entry.told for entry in self.standing[:5]) or "所见的值已不是现在的值"
        more = f"等 {len(self.standing)} 处" if len(self.standing) > 5 else ""
        zh = f"已有他人的决定：{told}{more}。未写入任何内容；可另记不同意见，两条并存，待第三条决定"
        super().__init__(source, zh, f"decided by others meanwhile, nothing written: {told}", changes)


# What a driver, or the reading of a damaged row, raises.
DRIVER_ERRORS = (SQLAlchemyError, sqlite3.Error, ValueError, TypeError)

# Part of the driver's message or SQLSTATE, what it means and what to do.
_FAULTS = (
    (("readonly", "25006"), "决定库只读，未保存。请检查文件权限，或换到可写的文件夹", "the store is read-only"),
    (("disk is full", "53100"), "磁盘已满，未保存。请腾出空间后再点一次", "the disk is full"),
    (("locked", "busy", "55P03"), "决定库正被其他程序占用，未保存。请稍候再点一次", "the store is locked"),
    (
        ("malformed", "not a database", "Could not decode", "XX001", "XX002", "no such column", "42703"),
        "决定库已损坏，未保存。请停止使用，保留原文件，用 auditkit verify 检查并从备份恢复",
        "the store is damaged",
    ),
    (
        ("connection failed", "connection timeout", "connection refused"),
        "连不上决定库，未保存。请检查网络和数据库服务，再点一次",
        "the store cannot be reached",
    ),
    (("unable to open",), "无法打开决定库，未保存。请检查路径、文件夹的写权限和剩余空间", "cannot open the store"),
    (("disk I/O error",), "读写磁盘出错，未保存。请检查磁盘和剩余空间", "the disk reported an error"),
)


def fault_of(error: BaseException, source: str, changes: Sequence[Change] = ()) -> StoreFault:
    """What a driver's error means to the person who decides."""
    original = getattr(error, "orig", None) or error
    damaged = "malformed" if isinstance(original, ValueError | TypeError) else ""  # what was read is no entry
    message = f"{original} {getattr(original, 'sqlstate', '')} {damaged}"
    for signs, zh, en in _FAULTS:
        if any(sign in message for sign in signs):  # who only read has nothing to lose
            return StoreFault(source, zh if changes else zh.replace("，未保存", ""), en, changes)
    zh = f"决定库出错，无法确认是否已保存：{message.strip()[:300]}。请重新打开后查看；重复提交不会记两次"
    return StoreFault(source, zh, f"the store failed: {message.strip()[:300]}", changes)
