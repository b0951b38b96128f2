"""Why a run, or what one left, cannot be used; and why a filled-in paper is not imported."""

from __future__ import annotations

from collections.abc import Iterable

from auditkit.safety import Refused, Unreadable

MOST_REASONS = 200


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
