"""Why a file that was submitted is not read."""

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


class TooManyCells(Refused):
    """More than `most` cells."""

    text = (
        "单元格超过 {most} 个，不像一份自评表；请删去表外的内容，或拆分后重新报送",
        "more than {most} cells, which is no form; clear what stands beside it, or {split}",
    )


class SpanTooWide(Refused):
    """A cell that spans more than `most` columns."""

    text = (
        "有单元格跨 {columns} 列，超过 {most} 列；请重新制表后报送",
        "a cell spans {columns} columns, more than {most}; set the table anew",
    )


class Nested(Enum):
    """What stands in what."""

    TABLES = "表格嵌套过深", "its tables are nested deeper"
    TAGS = "网页的标签嵌套过深或属性过多", "its tags are nested deeper or have more attributes"


class NestedTooDeep(Refused):
    """Tables in tables, or tags in tags, beyond the limit."""

    text = (
        "{what}，超过安全限制，未读取；请重新制表，另存为 .docx 后报送",
        "{what} than the limits allow; set the table anew, save it as .docx and submit it",
    )


class TextTooLong(Refused):
    """More than `most` letters in the cell at `at`."""

    text = (
        "{at} 的文字超过 {most} 字，不像自评表的一格；请删去无关内容后重新报送",
        "more than {most} letters in one cell, which is no form; cut it and submit it again",
    )


class NoVisibleText(Unreadable):
    """A workbook that shows nothing."""

    text = (
        "工作簿中没有可见的文字；请报送单位核对后重新报送",
        "the workbook shows no text; ask the unit to check it and submit it again",
    )


class OnlyPictures(Unreadable):
    """A workbook of `count` pictures."""

    text = (
        "工作簿中没有文字，只有 {count} 张图片；请报送可编辑的表格；{scan}",
        "the workbook holds no text, only {count} picture(s); submit a table that can be edited; {scan}",
    )


class WebArchiveWithoutTable(Refused):
    """A web page in one file with what belongs to it, none of whose pages has a table."""

    text = "单一文件网页（.mht）中没有表格；{save_as}", "the web archive (.mht) has no table; {save_as}"


class WebArchiveTooLarge(Refused):
    """The same, of more parts, or in more parts of each other, than any page has."""

    text = (
        "单一文件网页（.mht）的部件过多或嵌套过深；{save_as}",
        "a web archive (.mht) of too many parts, or parts in parts; {save_as}",
    )


class NotAWorkbook(Refused):
    """Something else where a working paper is expected."""

    text = (
        "不是工作簿，应为 .xlsx、.xls 或 .ods；请在 Excel 或 WPS 中另存为 .xlsx 后再导入",
        "no workbook, expected .xlsx, .xls or .ods; save it as .xlsx in Excel or WPS and import it again",
    )


class NoTable(Unreadable):
    """A web page without a table."""

    text = (
        "网页中没有表格（可能在它引用的另一个文件里），应为含自评表的网页；请打开后另存为 .docx 报送",
        "the page has no table (it may be in another file that it refers to); save the form as .docx and submit it",
    )


class TooManyPages(Refused):
    """A PDF of `pages`, more than `most`."""

    text = (
        "PDF 有 {pages} 页，超过 {most} 页，不像一份自评表；{split}",
        "the PDF has {pages} pages, more than {most}; {split}",
    )


class TooManyLetters(Refused):
    """A PDF with more than `most` letters."""

    text = (
        "文字超过 {most} 字，不像自评表，未读取；{original}，或拆分后重新报送",
        "more than {most} letters, which is no form; {original}, or {split}",
    )


class Drawn(Enum):
    """What is drawn on a page."""

    AREAS = "色块", "painted areas"
    LINES = "线条", "lines"
    PIECES = "零散的文字", "pieces of text"
    SHAPES = "图形", "shapes"


class PageTooCrowded(Refused):
    """More of `what` on one page than is worth the time of reading it."""

    text = (
        "一页的{what}过多，不像自评表，未读取；{original}",
        "too many {what} on a page, which is no form; {original}",
    )


class Scanned(Refused):
    """A PDF of pictures."""

    text = (
        "PDF 中没有文字，应是扫描件或图片，无法核对；请向报送单位索取 Word 原件（.docx）或由 Word 导出的 PDF；{scan}",
        "the PDF has no text, it seems to be scanned; "
        "ask the unit for the Word file (.docx) or a PDF that Word exported; {scan}",
    )


class NoRuledTable(Unreadable):
    """A PDF without a table whose lines are drawn."""

    text = (
        "PDF 中没有带框线的表格，分不清各栏，未读取；{original}，或给表格加上框线后重新导出",
        "the PDF has no ruled table, so that its columns cannot be told; {original} or rule the table",
    )


class NoForm(Unreadable):
    """A document without a self-evaluation form; `doubts` are what of it was not read, where the form may be."""

    text = (
        "没有找到自评表：应有“项目名称”一栏和含“三级指标”“分值”“得分”的表头；请确认报送的是《项目支出绩效自评表》{doubts}",
        "no self-evaluation form found: a 项目名称 entry and a heading with 三级指标, 分值 and 得分 are expected",
    )


class NeedsLibreOffice(Refused):
    """Only LibreOffice reads `suffix`, and it is not installed."""

    text = (
        "读取 {suffix} 需要 LibreOffice（apt install libreoffice-writer-nogui libreoffice-calc-nogui）；"
        "安装后重试，或{save_as}",
        "{suffix} needs LibreOffice (apt install libreoffice-writer-nogui libreoffice-calc-nogui); "
        "install it, or {save_as}",
    )


class NotIsolated(Refused):
    """LibreOffice cannot be kept from the network, and would follow links."""

    text = (
        "本机无法断网运行 LibreOffice（需要 unshare 或 bwrap），未转换 {suffix}；{save_as}",
        "LibreOffice cannot be kept from the network here (unshare or bwrap is needed), {suffix} was not converted; "
        "{save_as}",
    )


class NotConverted(Unreadable):
    """LibreOffice makes nothing of the file."""

    text = (
        "LibreOffice 无法读取这个 {suffix} 文件：可能已损坏，或所需内存超过 {size}{more_memory}；{save_as}",
        "LibreOffice cannot read this {suffix} file: it may be damaged, or need more than {size}{more_memory}; {save_as}",
    )


class ConvertedTooLarge(Refused):
    """What LibreOffice made is larger than `size`."""

    text = "转换后超过 {size}；{trim}", "larger than {size} when converted; {trim}"


class ConvertedTooSlowly(Refused):
    """LibreOffice took longer than `seconds`."""

    text = (
        "LibreOffice 转换超过 {seconds:g} 秒，已停止；{save_as}",
        "LibreOffice took longer than {seconds:g} s and was stopped; {save_as}",
    )


class TooSlow(Refused):
    """Reading took more than so many `seconds` of processor time."""

    text = (
        "读取占用处理器超过 {seconds:g} 秒，已中止；{check}{more_seconds}",
        "reading took more than {seconds:g} s of processor time and was stopped; {check}{more_seconds}",
    )


class Stalled(Refused):
    """Reading waited: it was not done after so many `seconds` of the clock, whatever the processor was busy with."""

    text = (
        "等了 {seconds:g} 秒仍未读完，已中止；{check}{more_patience}",
        "reading was not done after {seconds:g} s by the clock and was stopped; {check}{more_patience}",
    )


class TooMuchMemory(Refused):
    """Reading needs more memory than `size`."""

    text = (
        "读取所需内存超过 {size}，已中止；{check}{more_memory}",
        "reading needs more than {size} of memory and was stopped; {check}{more_memory}",
    )


class BrokeDown(Refused):
    """The process that read the file ended at every one of `tries`, by what `how` says."""

    text = (
        "读取进程 {tries} 次异常中止（{how}），不再尝试，文件可能损坏或经过恶意构造；{check}",
        "the process that read it broke down {tries} times ({how}) and it is not tried again, the file may be "
        "damaged or malicious; {check}",
    )


class Defect(Unreadable):
    """A fault of the program in this file, at the `place` in its code."""

    text = (
        "软件异常（{place}），请把文件交给软件维护人员；也可{check}",
        "internal error ({place}), pass the file on to the maintainers; or {check}",
    )
