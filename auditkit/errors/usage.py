"""Why a command or an option is not taken as it was written."""

from __future__ import annotations

from collections.abc import Sequence

from auditkit.dependencies import DEPENDENCIES, Dependency, install
from auditkit.safety import Unreadable


class ExtraMissing(Unreadable):
    """A package that comes with an extra is not installed."""

    text = "没有安装 {package}，请运行：{advice}", "{package} is not installed, run: {advice}"

    def __init__(self, source: str, package: str):
        super().__init__(source, package=package, advice=install(DEPENDENCIES[package]))


class FormatsMissing(Unreadable):
    """Files that are not written, because the packages that make them are not installed."""

    text = (
        "没有安装 {packages}，不写 {files}；需要时运行：{advice}",
        "{packages} are not installed, {files} are not written; to have them run: {advice}",
    )

    def __init__(self, source: str, files: Sequence[str], packages: Sequence[Dependency]):
        names = "、".join(one.name for one in packages)
        super().__init__(source, files="、".join(files), packages=names, advice=install(*packages))


class NothingThere(Unreadable):
    """No file and no folder at this path."""

    text = "没有这个文件或文件夹", "no such file or folder"


class NoFolder(Unreadable):
    """No folder at this path."""

    text = "没有这个文件夹", "no such folder"


class NothingToAudit(Unreadable):
    """Folders without any file."""

    text = "没有可审核的文件", "nothing to audit in there"


class AddressNeedsScheduler(Unreadable):
    """An address that only the workers of a scheduler open."""

    text = "地址须与 --scheduler 同用", "an address needs --scheduler, and cannot go with --dry-run"


class StoreWithLines(Unreadable):
    """Decisions are asked for where every form is told by itself."""

    text = "--json-lines 不读决定库；请用 --json", "--json-lines reads no store of decisions; use --json"


class OtherName(Unreadable):
    """A name to sign with that is not that of the account at a JupyterHub."""

    text = (
        "在 JupyterHub 上署名即登录的账户“{account}”，不能另写；请去掉 --who",
        "on a JupyterHub the name is that of the account, {account}: leave --who out",
    )


class UnknownFormat(Unreadable):
    """Formats that are not written."""

    text = "没有这种格式：{unknown}；可选 {known}", "no such format: {unknown}; choose from {known}"


class EmptyPath(Unreadable):
    """A path of no letters, as a variable gives that was never set."""

    text = "路径为空；请写明文件或文件夹", "an empty path; name a file or a folder"


class SystemFault(Unreadable):
    """The system does not do what a command needs: `why`, in its words."""

    text = (
        "系统未能完成这一步（{why}）；已写出的文件都是完整的。请核对路径、权限和剩余空间，再运行同一命令",
        "the system could not do this ({why}); what was written is whole. "
        "Check path, permissions and free space, then run the same command again",
    )
    exit_status = 3


class Interrupted(Unreadable):
    """A person ended the command."""

    text = (
        "已按要求中断；已写出的文件都是完整的，再运行同一命令即从中断处继续",
        "interrupted; what was written is whole, and the same command goes on from there",
    )
    exit_status = 130


class UnknownRule(Unreadable):
    """Rules that there are not; `known` has the nearest."""

    text = "没有这条规则；{known}", "no such rule; {known}"


class BadHead(Unreadable):
    """A text that is no head of a chain of decisions."""

    text = "应写作“条数:摘要”，照抄报告上印的一行", "a head is written number:digest, as printed in a report"
