"""Why a rulebook is not taken as it was written."""

from __future__ import annotations

from enum import Enum

from auditkit.safety import Unreadable


class UnknownRulebook(Unreadable):
    """A name that is of no rulebook."""

    text = (
        "没有这个规则手册；可用的有 {known}，或给出 .toml 文件路径",
        "no such rulebook; known: {known}, or give the path of a .toml file",
    )


class NotUtf8(Unreadable):
    """A file with other bytes than those of UTF-8."""

    text = "第 {row} 行不是 UTF-8 编码，请另存为 UTF-8", "line {row} is not UTF-8"


class NotToml(Unreadable):
    """A file that is no TOML: `why`, in Python's words."""

    text = "第 {row} 行不是有效的 TOML：{why}", "line {row} is not valid TOML: {why}"


class TomlBreaksOff(Unreadable):
    """A TOML that ends in the middle of something: `why`, in Python's words."""

    text = "文件末尾不是有效的 TOML：{why}", "at its end not valid TOML: {why}"


class KeyFault(Enum):
    """What is wrong with one key."""

    BANDS_ASCEND = "各档应从高到低排列", "bands must descend in rate, and not rise in share"
    BANDS_EMPTY = "method 为 bands 时不能为空", "empty, and the method is bands"
    BANDS_END = "执行率低于 {rate} 时没有档次，最后一档应从 0 起", "the last band must begin at 0"
    ALL = (
        "应小于 1（100%）：全按金额抽样，没有金额的表就抽不到",
        "must be below 1 (100%): by money alone a form without any could not be drawn",
    )
    BELOW_1 = "应不小于 1（100%）", "must be 1 (100%) or more"
    CIRCLE = "循环继承 {circle}", "rulebooks extend each other: {circle}"
    EVIDENCE = (
        "最后一项的 levels、kinds、reasons 都应为空，使每一种情形都有材料",
        "the last one must be of any level, kind and reason",
    )
    GRADES = "各等级下限应从不高于 {full} 起逐级降到 0", "cut-offs must descend from {full} or less to 0"
    MISSING = "缺少这个参数", "missing key"
    NAME_TAKEN = "“{name}”是随程序附带的手册，请另取名称", "{name} is a shipped rulebook"
    NOTHING = "应大于 0（1 即 100%）", "must be above 0 (1 is 100%)"
    NO_PARENT = "“{parent}”：没有这个规则手册；可用的有 {known}", "“{parent}”: no such rulebook; known: {known}"
    NOT_A_TABLE = "应为一个表", "a table is expected"
    NOT_A_WORD = "“{value}”不是可用的词，可用的有 {words}", "“{value}” is none of {words}"
    NOT_INHERITED = "缺少这个参数（不能继承）", "missing key (it is not inherited)"
    QUALITATIVE = "done、partly、undone 三档应从 1 到 0 首尾相接", "the three bands must lead from 1 to 0, no holes"
    SPLIT = "各部分合计 {total} 分，不等于 full_marks {full} 分", "adds up to {total}, not to full_marks {full}"
    UNKNOWN = "没有这个参数，可用的有 {known}", "unknown key; known: {known}"
    UNSCORED = "method 为 none 时应为 0", "must be 0 where the method is none"
    VALUE = "值“{value}”不对，应为 {wanted}", "the value “{value}” is not {wanted}"
    YEARS = "应为 [首年] 或 [首年, 末年]", "must be [first] or [first, last]"


class BadKey(Unreadable):
    """One `key` of a rulebook has this `fault`, with its facts."""

    text = "参数 {key}：{fault}", "key {key}: {fault}"

    def __init__(self, source: str, key: str, fault: KeyFault, **facts: object):
        super().__init__(source, key=key, fault=fault, **facts)


class RulebookNamesNoRule(Unreadable):
    """A rulebook switches off or weighs rules that there are not."""

    text = "规则手册提到的规则不存在：{unknown}", "no such rules: {unknown}"
