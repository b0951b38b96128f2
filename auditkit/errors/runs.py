"""Why a run, or what one left, cannot be used; and why a filled-in paper is not imported."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

from auditkit.dependencies import DEPENDENCIES, install
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


class InUse(Unreadable):
    """Files of a report that the system lets nobody replace: on Windows, what is open in Word, Excel or a viewer."""

    text = (
        "以下文件没有更新，仍是上次的（正被别的程序打开，或不准改写）：{names}；请关闭后再运行同一命令",
        "not updated, still as the last run left them (open in another program, or not to be written to): {names}; "
        "close them and run the same command again",
    )


class FolderHeld(Unreadable):
    """Another run, of the process `holder`, is at work there."""

    text = (
        "另一次运行（进程 {holder}）正在写这个文件夹；请等它结束，或换一个 --out",
        "another run (process {holder}) is writing to this folder; wait for its end, or choose another --out",
    )


class UnknownAddress(Unreadable):
    """An address of a kind that nothing here opens."""

    text = "不能识别的地址（{why}）", "no such kind of address ({why})"


class AddressNotOpened(Unreadable):
    """A package that opens such addresses is not installed: `why`, in Python's words."""

    text = (
        "打开这个地址需要 fsspec 和相应的组件（{why}）；请运行：{advice}",
        "opening this address needs fsspec and what it needs for that ({why}): {advice}",
    )

    def __init__(self, source: str, why: object):
        super().__init__(source, why=why, advice=install(DEPENDENCIES["fsspec"]))


class NoScheduler(Unreadable):
    """Nothing that hands out work answers at this address."""

    text = (
        "连不上 Dask 调度器，或它没有计算节点（{why}）",
        "no Dask scheduler there, or it has no workers ({why})",
    )


class OtherVersion(Unreadable):
    """A worker would not give what this machine gives."""

    text = (
        "计算节点上的 auditkit 或其组件与本机版本不同，结果会不一致；请在各节点安装同一版本",
        "a worker has another version of auditkit or of what it uses; install the same on every machine",
    )


class WorkersLost(Unreadable):
    """The workers that had this file or report were lost again and again."""

    text = (
        "计算节点屡次失去联系，未能审核（不一定是文件的问题）；请检查集群后再次运行同一命令",
        "workers were lost again and again with this file; look at the cluster and run the same command again",
    )


class NoPreviousRun(Unreadable):
    """Nothing that a run left is where the last year's results should be."""

    text = (
        "这里没有上年的审核结果；请写上年 auditkit run 的输出文件夹，或其中的 dataset 文件夹",
        "no results of an earlier year here: name the output folder of last year's auditkit run, or its dataset folder",
    )


class PreviousBroken(Unreadable):
    """What a run left there cannot be read: `why`, by the name of the fault."""

    text = (
        "上年的审核结果读不出（{why}）；请用备份恢复这个文件夹，或去掉 --previous",
        "the results of the earlier year cannot be read ({why}); restore the folder, or leave out --previous",
    )


class PreviousNotEarlier(Unreadable):
    """The results are of the year `found`, those of a year before `wanted` were asked for."""

    text = (
        "是 {found} 年度的审核结果，不早于本次的 {wanted} 年度；请写上年的输出文件夹",
        "results of {found}, which is not before {wanted}: name the output folder of the year before",
    )


class UnknownRun(Unreadable):
    """A name that is of no run."""

    text = "没有这次运行；用 auditkit runs 查看", "no such run; see auditkit runs"


class AmbiguousRun(Unreadable):
    """The beginning of several runs' names."""

    text = "有几次运行都以此开头；用 auditkit runs 查看", "several runs begin so; see auditkit runs"


class NoLongerKept(Unreadable):
    """What a run found in this file was kept, and is no longer."""

    text = (
        "这次运行的审核结果已不在缓存中（程序升级或超过 90 天）；{again}，或用 --forms 指明自评表文件夹",
        "what the run found is no longer kept (auditkit was renewed, or 90 days are over); {again}, "
        "or name the folder of the forms by --forms",
    )


class FormGone(Unreadable):
    """The file has no form `number` now."""

    text = "文件中没有第 {number} 张表；{again}", "no form {number} in the file; {again}"


class RulebookChanged(Unreadable):
    """The rulebook is not what it was when the run was made."""

    text = "规则手册在这次运行之后改过；{again}", "the rulebook was changed after this run; {again}"


class InputChanged(Unreadable):
    """The file is not the one that was audited."""

    text = "已不是审核时的那一份；{again}", "not the file that was audited; {again}"


class InputLost(Unreadable):
    """The file cannot be audited any more: `why`, as its status says."""

    text = "{why}", "it cannot be audited any more: {why}"


class UnknownParameter(Unreadable):
    """A notebook is given what it does not ask for."""

    text = "没有参数 {unknown}；可用的有 {known}", "no parameter {unknown}; there are {known}"


class NotebookFailed(Unreadable):
    """A notebook did not come to its end: `why`, in the words of what ran it."""

    text = "执行中断（{why}）", "its execution broke off ({why})"


class CellFailed(NotebookFailed):
    """What the cell `number` raised."""

    text = "第 {number} 格出错：{why}", "cell {number} failed: {why}"


class CellLeftError(NotebookFailed):
    """A cell that went on has an error among its outputs."""

    text = "有单元格记录了异常", "a cell recorded an error"


class NoFinalMark(NotebookFailed):
    """The last cell did not show the `mark` that proves the end."""

    text = "最后一格没有留下“{mark}”，执行未到终点", "the last cell did not leave {mark}: the end was not reached"


class NotOurs(Unreadable):
    """`What` an audit writes, and this is something else or damaged."""

    text = "不是本程序写的{what}，或已损坏；{again}", "no {what} that auditkit wrote, or damaged; {again}"


class JsonFault(Enum):
    """What is wrong with one entry of such a file."""

    MISSING = "缺少", "missing"
    NO_LIST = "应为列表", "a list is expected"
    NO_NUMBER = "应为数字", "a number is expected"
    NO_TABLE = "应为对象", "an object is expected"
    NO_TEXT = "应为文字", "a text is expected"
    NO_WORD = "不是可用的词", "none of the words that may stand there"
    OTHER = "内容不对", "not what is expected"
    UNKNOWN = "多余的内容", "unknown"


class WrongEntry(NotOurs):
    """The entry at this `place` has this `fault`."""

    text = (
        "不是本程序写的内容，或已损坏（{place}：{fault}）；{again}",
        "not as auditkit wrote it, or damaged ({place}: {fault}); {again}",
    )


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
