"""Why a command, an option or a rulebook is not taken as it was written."""

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


class UnknownFormat(Unreadable):
    """Formats that are not written."""

    text = "没有这种格式：{unknown}；可选 {known}", "no such format: {unknown}; choose from {known}"


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


class UnknownRulebook(Unreadable):
    """A name that is of no rulebook."""

    text = (
        "没有这个规则手册；可用的有 {known}，或给出 .toml 文件路径",
        "no such rulebook; known: {known}, or give the path of a .toml file",
    )


class BadRulebook(Unreadable):
    """A file that is no rulebook: `fault` says where and why."""

    text = "{fault}", "{fault}"


class BadKey(Unreadable):
    """What is wrong with one `key` of a rulebook."""

    text = "参数 {key}：{fault}", "key {key}: {fault}"


class RulebookNamesNoRule(Unreadable):
    """A rulebook switches off or weighs rules that there are not."""

    text = "规则手册提到的规则不存在：{unknown}", "no such rules: {unknown}"


class BadHead(Unreadable):
    """A text that is no head of a chain of decisions."""

    text = "应写作“条数:摘要”，照抄报告上印的一行", "a head is written number:digest, as printed in a report"
