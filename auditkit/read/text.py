"""Text dumps of forms: one cell to a line behind a tab, or one row to a line with tabs between its cells."""

from __future__ import annotations

import re
from collections.abc import Iterator

from auditkit.document import At, Cell, Document, Row, Table
from auditkit.errors.contents import TooManyCells
from auditkit.errors.files import NotText
from auditkit.safety import LIMITS, Limits

_Draft = tuple[int, list[str]]  # the line on which a cell or paragraph begins, and its lines so far
_Rows = list[list[_Draft]]

_HEADING = re.compile(r"\s*(?:附件|附表|.{0,60}(?:自评|指标)表[》\s]*$)")
_PART = re.compile(r"\s*(?:[一二三四五六七八九十]、[^\d。；;，,、：:]{2,16}|第[一二三四五六七八九十]+部分.{0,20})$")
_FIELD = re.compile(r'(?:"((?:[^"]|"")*+)"|([^\t\n]*))(\t|\n|\Z)')
_STRANGE = re.compile("[^\t\n\r -~\u2000-\u206f\u2200-\u22ff\u3000-\u30ff\u4e00-\u9fff\uff00-\uffef]")
_CONTROL = re.compile("[\x01-\x08\x0e-\x1f\x7f]")


def read_text(source: str, data: bytes, limits: Limits = LIMITS) -> Document:
    """Read a dump in UTF-8, UTF-16 or GB18030; a text without any tab gives paragraphs only.

    Raises Unreadable for what is no text, Refused beyond the limit of cells.
    """
    text, doubts = decoded(source, data)
    if text.count("\t") > limits.cells:
        raise TooManyCells(source, most=limits.cells)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    drafts = _by_row(lines) if _one_row_a_line(lines) else _by_cell(lines, doubts)
    if sum(sum(map(len, draft)) if isinstance(draft, list) else 1 for draft in drafts) > limits.cells:
        raise TooManyCells(source, most=limits.cells)
    return Document(source, tuple(_blocks(drafts)), tuple(doubts))


def decoded(source: str, data: bytes) -> tuple[str, list[str]]:
    """The text in UTF-8, UTF-16 or GB18030, and doubts about it. Raises Unreadable for what is none of them."""
    doubts: list[str] = []
    text = _unicode(data, doubts)
    if text is None or "\0" in text or len(_CONTROL.sub("", text)) * 10 < len(text) * 9:
        raise NotText(source)
    return text, doubts


def _unicode(data: bytes, doubts: list[str]) -> str | None:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _strict(data, "utf-16")
    if b"\0" in data:
        return next(filter(_prose, (_strict(data, "utf-16-le"), _strict(data, "utf-16-be"))), None)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if error.reason == "unexpected end of data" and not data[: error.start].isascii():
            doubts.append("文件在一个字的中间结束，可能不完整，请核对原件")
            return data[: error.start].decode("utf-8-sig")
    return _strict(data, "gb18030")


def _strict(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _prose(text: str | None) -> bool:
    return text is not None and len(_STRANGE.sub("", text)) * 10 > len(text) * 9


def _one_row_a_line(lines: list[str]) -> bool:
    """Whether most lines with tabs have several cells: a tab within, or more tabs than an indented cell begins with."""
    tabbed = [line for line in lines if "\t" in line]
    return 2 * sum("\t" in line.lstrip("\t") or line.count("\t") > 2 for line in tabbed) > len(tabbed)


def _by_cell(lines: list[str], doubts: list[str]) -> list[_Draft | _Rows]:
    drafts: list[_Draft | _Rows] = []
    rows: _Rows = []
    blank, guessed = 0, []
    followed = _followed_by_cell(lines)
    for number, line in enumerate(lines, 1):
        if line.startswith("\t"):
            if not rows:
                drafts.append(rows)
            if blank or not rows:
                rows.append([])
            rows[-1].append((number, [line[1:]]))
            blank = 0
        elif not line or (line.isspace() and (blank or not rows)):
            blank += 1
        elif rows and _continues(rows, blank, line, followed[number - 1]):
            rows[-1][-1][1].extend([""] * blank + [line])
            guessed += [number] * bool(blank)
            blank = 0
        else:
            rows = []
            drafts.append((number, [line]))
            blank = 0
    if guessed:
        doubts.append(f"第{guessed[0]}行文本等 {len(guessed)} 处：空行之后的文字按同一单元格的内容读取，请核对原件")
    return [_whole(draft) if isinstance(draft, list) else draft for draft in drafts]


def _followed_by_cell(lines: list[str]) -> list[bool]:
    followed, known = [], False
    for line in reversed(lines):
        followed.append(known)
        known = line.startswith("\t") or (known and not _HEADING.match(line))
    return followed[::-1]


def _continues(rows: _Rows, blank: int, line: str, followed: bool) -> bool:
    """Whether a line without a tab belongs to the last cell.

    After one blank line it does where the cell has text and the table goes on; after more, only where the row lacks
    cells yet.
    """
    begun = _written(rows[-1][-1])
    if _HEADING.match(line):
        return begun and not blank
    if not blank or (len(rows) > 1 and _short(rows[-1], rows[-2])):
        return True
    return begun and followed and blank == 1


def _written(draft: _Draft) -> bool:
    return any(line.strip() for line in draft[1])


def _short(row: list[_Draft], above: list[_Draft]) -> bool:
    return len(row) < len(above) and not _written(row[0])


def _whole(rows: _Rows) -> _Rows:
    """The rows, with those put together again that a blank line within a cell had split: their widths tell."""
    whole: _Rows = []
    at = 0
    while at < len(rows):
        row, at = rows[at], at + 1
        if whole and _short(row, whole[-1]):
            width, end = len(row), at
            while end < len(rows) and width < len(whole[-1]):
                width, end = width + len(rows[end]), end + 1
            if width == len(whole[-1]):
                row, at = row + [cell for part in rows[at:end] for cell in part], end
        whole.append(row)
    return whole


def _by_row(lines: list[str]) -> list[_Draft | _Rows]:
    drafts: list[_Draft | _Rows] = []
    rows: _Rows = []
    blank = False
    for number, fields in _fields("\n".join(lines)):
        line = fields[0]
        if len(fields) > 1:
            if not rows:
                drafts.append(rows)
            rows.append([(number, [field]) for field in fields])
        elif line.strip() and rows and not blank and not (_HEADING.match(line) or _PART.match(line)):
            rows[-1][-1][1].append(line)
        elif line.strip():
            rows = []
            drafts.append((number, [line]))
        blank = not line.strip() and len(fields) == 1
    tables = [draft for draft in drafts if isinstance(draft, list)]
    if not any(any(row[0][1]) for table in tables for row in table):
        for row in (row for table in tables for row in table):
            del row[0]
    return drafts


def _fields(text: str) -> Iterator[tuple[int, list[str]]]:
    """Each line's number and fields; a field in quotes, as Excel copies it, may hold line breaks."""
    number, begun, fields = 1, 1, []
    for match in _FIELD.finditer(text):
        quoted, _, end = match.groups()
        odd = quoted is not None and any(mark in quoted for mark in '\n\t"')
        fields.append(quoted.replace('""', '"') if odd else match[0].removesuffix(end))
        number += match[0].count("\n")
        if end != "\t":
            yield begun, fields
            begun, fields = number, []


def _blocks(drafts: list[_Draft | _Rows]) -> Iterator[Table | Cell]:
    tables = paragraphs = 0
    for draft in drafts:
        if isinstance(draft, list):
            tables += 1
            yield Table(tuple(_row(row, tables, n) for n, row in enumerate(draft, 1)))
        else:
            paragraphs += 1
            line, text = draft
            yield Cell("".join(text).strip(), At(row=paragraphs, line=line))


def _row(row: list[_Draft], table: int, number: int) -> Row:
    return tuple(
        Cell("\n".join(text).strip(), At(table=table, row=number, column=n + 1, line=line), grid=n)
        for n, (line, text) in enumerate(row)
    )
