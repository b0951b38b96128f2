"""Why a store of decisions took or gave nothing, told before a decision is lost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from auditkit.errors.usage import ExtraMissing
from auditkit.safety import Unreadable


class StoreFault(Unreadable):
    """The store took nothing; `changes` has all that was to be recorded, so that no typed text is lost."""

    def __init__(self, source: str, changes: Sequence[Any] = (), **facts: Any):
        unsaved = ("，未保存", ", nothing was saved") if changes else ("", "")  # who only read has nothing to lose
        super().__init__(source, unsaved=unsaved, **facts)
        self.changes = tuple(changes)


class Conflict(StoreFault):
    """Another person was quicker: `standing` has the entries that are in the way. Nothing was written."""

    text = (
        "已有他人的决定：{others}{more}。未写入任何内容；可另记不同意见，两条并存，待第三条决定",
        "decided by others meanwhile: {others}{more}. Nothing was written; record a dissent beside it, for a third to settle",
    )

    def __init__(self, source: str, changes: Sequence[Any], standing: Sequence[Any]):
        self.standing = tuple(entry for entry in standing if entry)
        others = "；".join(entry.told for entry in self.standing[:5])
        left = len(self.standing)
        more = (f"等 {left} 处", f" and more, {left} in all") if left > 5 else ("", "")
        unlike = "所见的值已不是现在的值", "the value that was seen is no longer there"
        super().__init__(source, changes, others=others or unlike, more=more)


class Unsigned(StoreFault):
    """Nobody's name stands under the changes."""

    text = "没有署名，未保存", "no name given, nothing was saved"


class ThirdPersonNeeded(StoreFault):
    """One of those who differ would settle it."""

    text = (
        "意见不一，须由第三人决定，未保存；改变主意的可撤销自己的决定。{parties}",
        "opinions differ and a third person must settle it, nothing was saved; who thinks better may undo. {parties}",
    )


class EntriesMissing(StoreFault):
    """The store lost entries that it had acknowledged."""

    text = (
        "决定库缺少已确认的第 {acknowledged} 条（现有 {present} 条），未保存。请用 auditkit verify 检查",
        "the store lacks the acknowledged entry {acknowledged} (it has {present}), nothing was saved. "
        "Check it by auditkit verify",
    )


class StoreOnShare(StoreFault):
    """A network drive, whose locks cannot be relied on."""

    text = (
        "决定库不能放在网络共享盘上（那里的文件锁不可靠）；请放在本机，或用 PostgreSQL 共享",
        "a store may not lie on a network share, whose locks are not reliable; keep it here, or share by PostgreSQL",
    )


class NoStore(StoreFault):
    """Nothing is there."""

    text = "没有这个决定库", "no such store"


class NotAStore(StoreFault):
    """A database with other contents."""

    text = "这不是决定库", "not a store of decisions"


class DriverMissing(ExtraMissing, StoreFault):
    """What speaks with the database is not installed."""


class BadAddress(StoreFault):
    """What was given is no address of a database. What is wrong with it is not quoted: it may hold a password."""

    text = (
        "不是数据库地址（格式或端口号有误）；应如 postgresql://用户@主机:5432/库名",
        "no address of a database (its form or port is wrong), expected postgresql://user@host:5432/name",
    )


class StoreReadOnly(StoreFault):
    """The file or the database takes nothing."""

    text = (
        "决定库只读{unsaved}。请检查文件权限，或换到可写的文件夹",
        "the store is read-only{unsaved}. Check its permissions, or move it to a folder that can be written",
    )


class DiskFull(StoreFault):
    """No space is left."""

    text = "磁盘已满{unsaved}。请腾出空间后再点一次", "the disk is full{unsaved}. Make room, then try again"


class StoreLocked(StoreFault):
    """Another program writes."""

    text = (
        "决定库正被其他程序占用{unsaved}。请稍候再点一次",
        "the store is in use by another program{unsaved}. Try again in a moment",
    )


class StoreDamaged(StoreFault):
    """What is read is no entry, or no database."""

    text = (
        "决定库已损坏{unsaved}。请停止使用，保留原文件，用 auditkit verify 检查并从备份恢复",
        "the store is damaged{unsaved}. Stop using it, keep the file, check it by auditkit verify and restore a backup",
    )


class StoreUnreachable(StoreFault):
    """The database does not answer."""

    text = (
        "连不上决定库{unsaved}。请检查网络和数据库服务，再点一次",
        "the store cannot be reached{unsaved}. Check the network and the database, then try again",
    )


class StoreNotOpened(StoreFault):
    """The system does not open the file."""

    text = (
        "无法打开决定库{unsaved}。请检查路径、文件夹的写权限和剩余空间",
        "cannot open the store{unsaved}. Check its path, the folder's permissions and the space that is left",
    )


class DiskError(StoreFault):
    """The disk reported an error."""

    text = (
        "读写磁盘出错{unsaved}。请检查磁盘和剩余空间",
        "the disk reported an error{unsaved}. Check it and the space that is left",
    )


class StoreFailed(StoreFault):
    """Anything else: it is not known whether the entries were written."""

    text = (
        "决定库出错，无法确认是否已保存：{why}。请重新打开后查看；重复提交不会记两次",
        "the store failed, and may or may not have saved: {why}. Open it anew and look; nothing is recorded twice",
    )


class Undecided(StoreFault):
    """Findings of weight wait for a decision before anybody may sign."""

    text = (
        "还有 {count} 条错误级发现未决定或意见不一，不能签署",
        "{count} findings of weight are undecided or disputed: nobody may sign yet",
    )


class NotTheNextStep(StoreFault):
    """Steps are signed in their order."""

    text = "现在应签“{due}”，不能签“{step}”", "the next step is {due}, not {step}"


class AllSigned(StoreFault):
    """Nothing is left to sign."""

    text = "三级均已签署", "all three steps are signed"


class SignedBefore(StoreFault):
    """One person signs one step."""

    text = (
        "{name} 已签过前一级；编制、复核、审定须由不同的人签署",
        "{name} signed the step before; each step wants another person",
    )
