"""Why a file that was submitted is not opened: what it is, and what state it is in."""

from __future__ import annotations

from enum import Enum

from auditkit.safety import Refused, Unreadable


class NotRegular(Refused):
    """A link, folder, pipe or device."""

    text = (
        "不是普通文件（链接、文件夹、管道或设备），{expected}；请报送文件本身",
        "not a regular file (a link, folder, pipe or device), {expected}; submit the file itself",
    )


class NotOpened(Unreadable):
    """The system does not open it: `why`, in its words."""

    text = (
        "无法打开（{why}）；请核对路径和权限",
        "cannot be opened ({why}); check its path and permissions",
    )


class StillChanging(Unreadable):
    """Somebody wrote to the file while it was read, twice."""

    text = (
        "读取时文件正在被改动；请等复制或保存完成后{again}",
        "the file was being written while it was read; when that is done, {again}",
    )


class TooLarge(Refused):
    """The file is larger than `size`."""

    text = "文件超过 {size}；{trim}", "larger than {size}; {trim}"


class Empty(Unreadable):
    """Nothing stands in the file."""

    text = "文件为空，{expected}；{export}", "the file is empty, {expected}; {export}"


class UnsupportedKind(Refused):
    """A file of a `kind` that is not read."""

    text = "暂不支持{kind}，{expected}；{save_as}", "{kind} is not supported, {expected}; {save_as}"


class NotOffice(Unreadable):
    """A zip archive without the `part` that makes it an office file."""

    text = (
        "是压缩包而不是 Word 或 Excel 文件（缺少 {part}）；请在 Word 或 WPS 中另存为 {suffix} 后重新报送",
        "a zip archive but no Word or Excel file ({part} is missing); "
        "save it as {suffix} in Word or WPS and submit it again",
    )


class NotOldOffice(Refused):
    """A compound file that holds neither a document nor a workbook, but what `kind` says."""

    text = (
        "是{kind}，不是 Word 文档或 Excel 工作簿；{save_as}",
        "{kind}, but no Word document or Excel workbook; {save_as}",
    )


class Damage(Enum):
    """How the inside of a file contradicts its kind."""

    CELL_OUTSIDE = "有单元格在表外", "a cell is outside the sheet"
    COMPOUND = "复合文档结构不完整", "its compound structure is broken"
    COMPRESSION = "压缩方式不是 {program} 所用", "its compression is none that {program} uses"
    MERGES_OVERLAP = "合并单元格互相重叠", "its merged ranges overlap"
    NO_PART = "缺少 {part}", "{part!a} is missing"
    NO_PARTS = "其中没有部件", "it has no parts"
    NO_TARGET = "单元格引用的文字或格式不存在", "a cell's text or format is missing"
    NOT_NUMBERED = "行号或列号不是数字", "a row or column has no number"
    NOT_WORD = "正文不是 Word 文档", "its body is no Word document"
    NOT_XML = "正文不是合格的 XML", "its body is no well-formed XML"
    PART_TWICE = "有部件出现两次", "it has two parts of one name"
    PARTS = "有部件缺失或重复", "a part is missing or stands twice"
    PLACES = "行号、列号或跨度不对", "a row, column or span is wrong"
    SPAN = "表格的跨列数不是数字", "a cell's span is no number"
    WORKBOOK = "工作簿结构不完整", "its workbook is broken"
    ZIP = "压缩结构不完整", "its zip structure is broken"


class Damaged(Unreadable):
    """The inside of the file contradicts its kind: `detail` is a Damage."""

    text = (
        "文件损坏，应为 {suffix}（{detail}）；请用 {program} 或 WPS 打开修复，或由报送单位重新导出",
        "the file is damaged, expected {suffix} ({detail}); repair it in {program} or WPS, or {export}",
    )

    def __init__(self, source: str, detail: Damage, suffix: str = ".docx", program: str = "Word", **facts: str):
        super().__init__(source, detail=detail, suffix=suffix, program=program, **facts)


class DamagedPdf(Unreadable):
    """A PDF that pdfium does not open."""

    text = (
        "PDF 文件已损坏，无法读取；{export}，或报送 Word 原件（.docx）",
        "the PDF is damaged; {export} or {original}",
    )


class Encrypted(Refused):
    """The file is under a password."""

    text = (
        "文件已加密，应为未加密的 {suffix}；请取消密码后重新报送",
        "the file is encrypted, expected an unencrypted {suffix}; remove its password and submit it again",
    )


class UnpacksTooLarge(Refused):
    """A packed file whose parts are more or larger than the limits allow."""

    text = (
        "解压后过大或部件过多，超过安全限制，未读取；请核实来源，另存为 {suffix} 后重新报送",
        "unpacks to more than the limits allow and was not read; check its source and save it as {suffix}",
    )


class DeclaresEntities(Refused):
    """XML with a DTD or entities, in a file in which none are written."""

    text = (
        "正文含 DTD 或实体声明，{program} 不会写出这样的文件，未读取；请核实来源，另存为 {suffix} 后重新报送",
        "its body declares a DTD or entity, which {program} never writes; "
        "check where it came from and save it as {suffix} again",
    )


class NotText(Unreadable):
    """Bytes that are text in no encoding that is read."""

    text = (
        "不是文本（含二进制内容或编码无法识别），应为 .docx，或 UTF-8、UTF-16、GB18030 文本；{export}",
        "no text (binary, or in an unknown encoding), expected .docx, or text in UTF-8, UTF-16 or GB18030; {export}",
    )


class NotAWorkbook(Refused):
    """Something else where a working paper is expected."""

    text = (
        "不是工作簿，应为 .xlsx、.xls 或 .ods；请在 Excel 或 WPS 中另存为 .xlsx 后再导入",
        "no workbook, expected .xlsx, .xls or .ods; save it as .xlsx in Excel or WPS and import it again",
    )
