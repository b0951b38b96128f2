"""Why a project's evidence is not packed, and what is wrong with a pack."""

from __future__ import annotations

from enum import Enum

from auditkit.safety import Refused, Unreadable


class NoSuchProject(Unreadable):
    """No project of the run has this number, name or folder."""

    text = (
        "报告文件夹中没有这个项目；可写编号（如 12）、项目名称（或其中几个字）或 projects 下的文件夹名",
        "no such project in this folder of reports; name its number (such as 12), (a part of) its name, or its folder "
        "under projects",
    )


class NothingToPack(Unreadable):
    """A run that wrote no report of any project."""

    text = (
        "没有任何项目的报告可以打包；用 --format none 运行的，请不用它重新运行",
        "there is no report of any project to be packed; if it was run with --format none, run it without",
    )


class PackAlone(Unreadable):
    """Options that say nothing of a pack."""

    text = (
        "核对证据包只用 --manifest 和 --limit；--run、--forms、--head 用于报告文件夹和决定库",
        "a pack is verified with --manifest and --limit only; --run, --forms, --head are for reports and stores",
    )


class SeveralProjects(Unreadable):
    """More than one project is meant: `known` are their folders."""

    text = "有几个项目都符合：{known}；请写编号", "several projects are meant: {known}; name one by its number"


class ProjectOrAll(Unreadable):
    """Neither a project nor all of them, or both; what is attached belongs to one project."""

    text = (
        "请写一个项目，或用 --all 打包全部；--attach 只用于一个项目",
        "name one project, or --all for all of them; --attach goes with one project only",
    )


class FormsNotFound(Unreadable):
    """The folder of the forms is not where it was."""

    text = (
        "找不到这次运行所审的自评表；请用 --forms 指明它们现在所在的文件夹",
        "the forms of this run are not found: name by --forms the folder in which they are now",
    )


class ReportsChanged(Unreadable):
    """Files of the reports, `names`, are not as the run wrote them."""

    text = (
        "报告文件在运行之后被改动或删除，未打包：{names}；{again}",
        "changed or removed since the run, not packed: {names}; {again}",
    )


class ReportsOfFormerRun(Unreadable):
    """The form failed in the last run, and its reports are of one before."""

    text = (
        "上次运行没有审成这份自评表，现有的报告是更早的，未打包；请先按 status.csv 处理后{again}",
        "this form failed in the last run and its reports are of an earlier one, not packed; see status.csv, then {again}",
    )


class ReportsBehind(Unreadable):
    """Decisions were recorded after the reports were written."""

    text = (
        "报告写出之后又有决定或签署：决定已打包，报告中没有；请{again}再打包",
        "decided or signed since the reports were written: the decisions are packed, the reports are without; {again}, "
        "then pack once more",
    )


class FormerPackBroken(Unreadable):
    """The pack that stood there was changed or broken, and was replaced."""

    text = (
        "原有的包残缺或被改动，已重新打包；原来有附件的，请用 --attach 重新附上",
        "the pack that stood there was broken or changed and was made anew; what was attached is to be attached again",
    )


class AttachmentNotAFile(Refused):
    """A link, folder, pipe or device."""

    text = (
        "不是普通文件（链接、文件夹、管道或设备），不能作为附件；请给出文件本身",
        "a link, folder, pipe or device cannot be attached; name the file itself",
    )


class PackTooLarge(Refused):
    """What one pack would hold, or a file of it, exceeds `most`, which is the limit `name`."""

    text = (
        "超过 {most}；可用 --limit {name}=… 放宽，核对时也要写",
        "more than {most}; --limit {name}=... allows more, in verifying too",
    )


class PackDanger(Enum):
    """What no pack has, and what may harm who opens it."""

    COMPRESSION = "用了不认识的压缩方法", "is packed by an unknown method"
    ENCRYPTED = "是加密的", "is encrypted"
    LINK = "是链接", "is a link"
    NAME = (
        "的名称会指向包外，或不能在各系统上使用",
        "has a name that leads out of the pack or that not every system takes",
    )
    TWICE = "出现两次", "is there twice"


class PackRefused(Refused):
    """An entry of a zip file that is not looked into any further."""

    text = "{entry}{danger}，未打开", "{entry} {danger}, it was not opened"

    def __init__(self, source: str, danger: PackDanger, entry: str):
        super().__init__(source, danger=danger, entry=entry)


class NotAPack(Unreadable):
    """No zip file, no list in it, or a part of one."""

    text = (
        "不是 auditkit pack 写的证据包，或已残缺；请用备份恢复，或重新打包",
        "no pack that auditkit wrote, or only a part of one; restore it, or pack again",
    )


class PackBroken(Unreadable):
    """The bytes of the pack are not those that were sealed."""

    text = "封存后被改动：整包的摘要不符", "changed since it was sealed: the digest of the whole does not fit"


class PackOther(Unreadable):
    """It is not the pack whose digest was written down, which begins with `was`."""

    text = (
        "与所给的摘要不符（{was}…，现为 {found}…）：不是那一个包，或被改写",
        "not the pack of the digest given ({was}..., it is {found}...): another one, or rewritten",
    )


class PackedChanged(Unreadable):
    """A file of the pack is not as it was packed."""

    text = "被改动：内容与清单中的摘要不符", "changed: its digest is not the one in the list"


class PackedMissing(Unreadable):
    """A file that the list of the pack has is not there."""

    text = "缺少：清单中有，包里没有", "missing: it is in the list and not in the pack"


class PackedAdded(Unreadable):
    """A file that the list of the pack does not have."""

    text = "是后加的：不在清单中", "added: it is not in the list"


class EntryUnsound(Unreadable):
    """A decision does not fit its own digest."""

    text = "第 {number} 条决定与其摘要不符", "decision {number} does not fit its digest"


class HeadNotPacked(Unreadable):
    """What a report prints of the chain of decisions is not among those that are packed."""

    text = "所印的决定链第 {number} 条不在包中，或摘要不同", "prints decision {number}, which is not packed or differs"
