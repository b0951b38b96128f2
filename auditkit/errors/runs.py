"""Why a run, or what one left, cannot be used; and why a filled-in paper is not imported."""

from __future__ import annotations

from collections.abc import Iterable

from auditkit.safety import Refused, Unreadable

MOST_REASONS = 200


class LeadsElsewhere(Refused):
    """What a run would write there would not be in its output folder."""

    text = (
        "是指向别处的链接，未写入；请删去这个链接，或换一个 --out",
        "a link that leads elsewhere, nothing was written: remove it, or choose another --out",
    )


class NotWritable(Unreadable):
    """The output folder cannot be made or written to: `why`, in the system's words."""

    text = (
        "不能写入输出文件夹（{why}）；请核对路径和权限，或换一个 --out",
        "the output folder cannot be written to ({why}); check its path and permissions, or choose another --out",
    )


class NotOurs(Unreadable):
    """`What` an audit writes, and this is something else or damaged."""

    text = "不是本程序写的{what}，或已损坏；{again}", "no {what} that auditkit wrote, or damaged; {again}"


class NoRunFolder(Unreadable):
    """A folder that no run wrote to."""

    text = (
        "不是报告文件夹（没有 review.json）；请用 --run 指明打印这份复核表的报告文件夹",
        "no folder of a run (it has no review.json): name by --run the one that the paper is from",
    )


class OtherRulebook(Unreadable):
    """A dataset made with another rulebook than `book`."""

    text = "数据集所用的规则手册不是现在的 {book}", "the dataset was not made with {book} as it is now"


class NoInputs(Unreadable):
    """Nothing in the folder that could be audited."""

    text = (
        "文件夹里没有可审核的文件，未做任何改动；请核对路径，或共享文件夹是否已挂载",
        "nothing to audit in this folder, nothing was changed; check its path, and whether the share is mounted",
    )
    exit_status = 4


class InputsMissing(Unreadable):
    """Of the files that the last run read, `before` in number, `gone` are not there any more."""

    text = (
        "上次审核的 {before} 个文件中有 {gone} 个不在了，未做任何改动；请核对路径，或共享文件夹是否已挂载；"
        "确属撤回的，用 --max-missing 1 运行",
        "{gone} of the {before} files of the last run are gone, nothing was changed; check the path, and whether the "
        "share is mounted; if they were withdrawn, run with --max-missing 1",
    )
    exit_status = 4


class ReviewRefused(Refused):
    """A working paper of which nothing was imported; `reasons` has them all, each with its cell and what to do."""

    text = (
        "复核表有 {count} 处不能导入，未导入任何内容：\n{shown}{more}",
        "{count} faults, nothing was imported:\n{shown}{more}",
    )

    def __init__(self, source: str, reasons: Iterable[str]):
        self.reasons = tuple(reasons)
        left = len(self.reasons) - MOST_REASONS
        more = (f"\n……另有 {left} 处", f"\n... and {left} more") if left > 0 else ""
        shown = "\n".join(self.reasons[:MOST_REASONS])
        super().__init__(source, count=len(self.reasons), shown=shown, more=more)
