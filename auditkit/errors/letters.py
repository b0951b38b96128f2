"""Why a template of letters is not taken, and what a letter lacks to be a final one."""

from __future__ import annotations

from enum import Enum

from auditkit.safety import Refused, Unreadable


class Carried(Enum):
    """What a letter would carry out of the house with its template, or what it would let in."""

    CHANGES = "有修订痕迹（带修改人姓名）；请接受全部修订", "has tracked changes with names; accept them all"
    COMMENTS = "有批注（带批注人姓名）；请删去批注", "has comments with names; delete them"
    FIELD = "有会取用别处内容或时间的域“{name}”；请删去", "has a field that fetches something, {name}; remove it"
    LINK = (
        "引用了文件以外的内容（{name}）；请改为嵌入或删去",
        "refers to something outside ({name}); embed or remove it",
    )
    MACROS = "含宏；请另存为不含宏的 .docx", "has macros; save it as .docx without them"
    OBJECT = "嵌有对象（{name}）；请删去", "has an embedded object ({name}); remove it"
    TEMPLATE = "是 .dotx 格式；请另存为 .docx", "is a .dotx; save it as .docx"


class TemplateRefused(Refused):
    """A template that carries what no letter may have."""

    text = "函件模板{carried}后再用", "the template {carried} and use it again"

    def __init__(self, source: str, carried: Carried, **facts: object):
        super().__init__(source, carried=carried, **facts)


class PlaceFault(Enum):
    """What is wrong with something in braces in a template."""

    ALONE = (
        "{{{{{name} …}}}} 这种写法会打乱文档；请写作 {{{{ … }}}}",
        "{{{{{name} ...}}}} breaks the document; write {{{{ ... }}}}",
    )
    LIST = "“{name}”是清单，要用 for 逐项写出", "“{name}” is a list, to be written by a for"
    NESTED = "“{name}”这个清单不能放在另一个循环里", "the list “{name}” may not stand in another loop"
    NO_LIST = "“{name}”不是清单，不能用 for", "“{name}” is no list for a for"
    PLACED = (
        "for、if 与 endfor、endif 没有放在同一层（同一段、同一表格的行）",
        "for, if and their ends do not stand on one level",
    )
    SYNTAX = "花括号里的写法不完整或有误（{name}）", "what stands in braces is not complete or wrong ({name})"
    UNKNOWN = (
        "没有“{name}”这个名称；可用的有 {known}，或用 --set 给出",
        "no place “{name}”; known: {known}; or give it by --set",
    )
    WORD = (
        "不能使用“{name}”；只用名称、for、if、and、or、not 和比较",
        "“{name}” may not be used: names, for, if, and, or, not, comparisons only",
    )


class BadPlace(Unreadable):
    """Something in braces in a template has this `fault`."""

    text = "函件模板：{fault}。名称见 docs/letters.md", "the template: {fault}. See docs/letters.md for the names"

    def __init__(self, source: str, fault: PlaceFault, **facts: object):
        super().__init__(source, fault=fault, **facts)


class TemplateTooLarge(Refused):
    """A template larger than `size`."""

    text = "函件模板超过 {size}；请压缩其中的图片", "the template is larger than {size}; compress its pictures"


class BadSetting(Unreadable):
    """What `--set` gives is no name with its words."""

    text = "应写作 名称=文字，如 发文机关=某市财政局", "a name and its words are expected, as NAME=WORDS"


class UnusedSetting(Unreadable):
    """A name that neither the program nor the template has."""

    text = "程序和模板都没有这个名称；可用的有 {known}", "no such name here or in the template; known: {known}"


class LetterNotMade(Unreadable):
    """A letter that could not be made: `why`, in the words of what makes it."""

    text = "没有写成（{why}）", "could not be made ({why})"


class ChangedByHand(Unreadable):
    """A letter that somebody wrote in since."""

    text = (
        "有人改过，保留未动；要重新生成的，请先把它改名或移走",
        "changed by hand and left as it is; to have it made again, rename or move it first",
    )


class AwaitsSigning(Unreadable):
    """A project that is not signed at every step: `steps` are to come."""

    text = "还没有签署：{steps}", "still to be signed: {steps}"


class SignatureVoid(Unreadable):
    """What was signed has changed since."""

    text = "签署后有变动，{steps}须重新签署", "changed since it was signed; sign again: {steps}"


class PlaceBlank(Unreadable):
    """A place of the template without words."""

    text = "没有填写，请用 --set {name}=… 给出", "is blank, give it by --set {name}=..."


class NotListed(Unreadable):
    """A template that does not say what the unit is to answer: it has no loop over the list `name`."""

    text = (
        "模板没有逐项列出“{name}”，收函单位看不到要答复什么；请在模板中用 for 写出",
        "the template does not list {name}, and the unit would not see what to answer; write it by a for",
    )


class ChainBroken(Unreadable):
    """The chain of decisions does not hold."""

    text = (
        "核对决定链发现 {count} 处问题，见 auditkit verify",
        "the chain of decisions has {count} faults, see auditkit verify",
    )


class ProjectMissing(Unreadable):
    """A project whose audit cannot be had: `why`. The letter would keep silent on it, and is not written."""

    text = "取不到审核结果，本函未写：{why}", "its audit cannot be had, and the letter is not written: {why}"


class ProjectUnknown(Unreadable):
    """A project of which it cannot be read whose it is: any letter may be silent on it."""

    text = (
        "读不出属于哪个部门的项目，别的函都可能缺它；请重新运行 auditkit run",
        "it cannot be read whose project this is, and any letter may lack it; run auditkit run again",
    )


class AskedOfSeveral(Unreadable):
    """What shows across the projects of several letters: `count` findings with these `titles`."""

    text = (
        "{count} 条跨表问题（{titles}）涉及几份函的项目，没有写入函；需要答复的请另行函告",
        "{count} findings across forms ({titles}) concern projects of several letters and are in none",
    )


class AskedOfOneName(Unreadable):
    """What shows across forms, of a name that projects of several departments or units have."""

    text = (
        "{count} 条跨表问题（{titles}）涉及几个部门或单位的同名项目，分不清是谁的，没有写入函；请核对后另行函告",
        "{count} findings across forms ({titles}) name a project that several departments or units have, and are in none",
    )


class AskedOfUnknown(Unreadable):
    """What shows across forms, of a paper that is in none of the letters."""

    text = (
        "{count} 条跨表问题（{titles}）涉及的表认不出是哪份函的项目，没有写入函；请核对后另行函告",
        "{count} findings across forms ({titles}) speak of a form that no letter is known to hold, and are in none",
    )
