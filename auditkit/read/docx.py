"""Word files: the tables and paragraphs of word/document.xml.

The tree is first brought to its plain shape (`_plain`: body, tables and paragraphs, rows, cells, runs), which costs
nothing where it has it already; then one flat pass reads it. lxml does both in C.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lxml import etree

from auditkit.document import At, Cell, Document, Table, cell_of, places
from auditkit.errors.contents import Nested, NestedTooDeep, SpanTooWide, TooManyCells
from auditkit.errors.files import Damage, Damaged
from auditkit.read.omml import word_equation_line
from auditkit.read.ooxml import WORD, Package
from auditkit.read.unread import EQUATION, HIDDEN, LAID_OVER, NESTED, OBJECT, PICTURE, VALUES, Unread, doubts_of
from auditkit.read.word_field import FIELD_CHAR, FIELD_SIMPLE, add_text, fill_in_fields
from auditkit.read.word_look import OFF, needs_styles, take_out_unseen
from auditkit.read.word_styles import style_root
from auditkit.safety import HINTS, LIMITS, Limits

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"


def _w(*names: str) -> tuple[str, ...]:
    return tuple(_W + name for name in names)


_P, _TBL, _TR, _TC, _R, _T = _w("p", "tbl", "tr", "tc", "r", "t")
_GRID_SPAN, _GRID_BEFORE, _V_MERGE, _H_MERGE = _w("gridSpan", "gridBefore", "vMerge", "hMerge")
_VAL, _TR_PR, _DEL, _SDT, _TXBX, _VANISH = _w("val", "trPr", "del", "sdt", "txbxContent", "vanish")
_ALT_CHUNK, _STRUCK, _PICTURES = _W + "altChunk", _w("strike", "dstrike"), _w("drawing", "pict", "object")
_PLACEHOLDER, _SYM, _ALTERNATE = f"{_W}sdtPr/{_W}showingPlcHdr", _W + "sym", _MC + "AlternateContent"

_SIGNS = dict(zip(_w("tab", "ptab", "br", "cr", "noBreakHyphen"), "\t\t\n\n-", strict=True))
# 插入符号 in Word stores a comparator or a box as a place in a font of symbols (F0B3, or 00B3), not as a letter.
_SYMBOLS = {
    "symbol": {"B3": "≥", "A3": "≤", "B1": "±", "B4": "×", "B8": "÷", "B9": "≠", "B0": "°"},
    "wingdings": {"FE": "☑", "A8": "□", "6F": "□", "FD": "☒", "FC": "✓", "FB": "✗"},
    "wingdings 2": {"52": "☑", "A3": "□", "53": "☒", "50": "✓", "4F": "✗"},
}
_TEXTS = (_T, _M + "t", _SYM, *_SIGNS)
_CELLS = (*_TEXTS, _P, _TR, _TC, _GRID_SPAN, _GRID_BEFORE, _V_MERGE, _H_MERGE)

_REVISED = _w("ins", "del", "moveTo", "moveFrom", "cellIns", "cellDel")
_CELL_DEL, _HEADER_REFERENCE, _HIDDEN_ROW, _OBJECT = _w("cellDel", "headerReference", "hidden", "object")
_FIELDS = FIELD_CHAR, FIELD_SIMPLE
_O_MATH, _TEXT_PATH = _M + "oMath", "{urn:schemas-microsoft-com:vml}textpath"
_FORMULAS = tuple(
    _M + name for name in ("f", "sSup", "rad", "d", "m", "eqArr", "nary", "limLow", "limUpp", "sSubSup", "sPre")
)
_LINK = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_HEADERS = 20  # of one file
_DROPPED = _w("del", "moveFrom", "rt", "tcPrChange", "trPrChange")
_WRAPPERS = (
    *_w("ins", "moveTo", "sdt", "sdtContent", "hyperlink", "smartTag", "customXml", "fldSimple", "bdo", "dir"),
    *(_MC + name for name in ("AlternateContent", "Choice", "Fallback")),
)
_IRREGULAR = (
    *(*_DROPPED, *_WRAPPERS, _TXBX, _VANISH, _ALT_CHUNK, *_STRUCK, *_PICTURES, *_REVISED),
    *(*_FIELDS, _O_MATH, _TEXT_PATH, _HIDDEN_ROW),
)


def read_docx(source: str, data: bytes, limits: Limits = LIMITS) -> Document:
    """Read a Word file.

    Raises Refused for encryption, a DTD or an exceeded limit, Unreadable for a file that is damaged or not of Word.
    """
    with Package(source, data, limits, WORD) as package:
        root = package.root(package.main)
        headers = _header_roots(package, root)
        styles = style_root(package, (root, *headers)) if needs_styles(root) else None
    return read_word_xml(source, root, limits, styles, headers)


def _header_roots(package: Package, root: etree._Element) -> list[etree._Element]:
    """The page headers that the document's sections name."""
    names = dict.fromkeys(reference.get(_LINK, "") for reference in root.iter(_HEADER_REFERENCE))
    links = package.related_or_none(package.main) if names else {}
    parts = [links[name].part for name in names if name in links and links[name].part in package]
    return [package.root(part) for part in dict.fromkeys(parts[:_HEADERS])]


def read_word_xml(
    source: str,
    root: etree._Element,
    limits: Limits,
    styles: etree._Element | None = None,
    headers: Sequence[etree._Element] = (),
) -> Document:
    """Read the main part of a Word file, with its styles and page headers; raises as `read_docx`."""
    body = root.find(_W + "body")
    if root.tag != _W + "document" or body is None:
        raise Damaged(source, Damage.NOT_WORD)
    unread = Unread()
    unread[LAID_OVER] += _put_headers(body, headers)
    told = tuple(_plain(body, styles, unread))
    if any(nested > limits.nesting for nested in _unnest(body, unread)):
        raise NestedTooDeep(source, what=Nested.TABLES)
    reading = _Reading(source, limits)
    blocks = tuple(reading.blocks(body))
    doubts = (*told, *doubts_of(unread))
    pictures = next(body.iter(*_PICTURES), None) is not None
    if pictures and not doubts and not any(text.text for text in body.iter(*_TEXTS)):
        doubts += (f"文档中没有文字，只有图片；{HINTS['scan'][0]}",)
    return Document(source, blocks, (*doubts, *reading.doubts()))


def _put_headers(body: etree._Element, headers: Sequence[etree._Element]) -> int:
    """Set the texts of page headers, each once, above the body; return how many headers hold a watermark."""
    seen: set[str] = set()
    above: list[etree._Element] = []
    for header in headers:
        for block in [block for block in header if block.tag in (_P, _TBL, _SDT)]:
            text = "".join([piece.text or "" for piece in block.iter(_T)]).strip()
            if text and text not in seen and not any("PAGE" in (i.text or "") for i in block.iter(_W + "instrText")):
                seen.add(text)
                above.append(block)
    watermarks = sum(next(header.iter(_TEXT_PATH), None) is not None for header in headers)
    for block in reversed(above):
        body.insert(0, block)
    return watermarks


def _plain(body: etree._Element, styles: etree._Element | None, unread: Unread) -> Iterator[str]:
    """Take out what Word does not show, unwrap what only wraps, set text boxes below their paragraph; yield doubts."""
    found = {element.tag for element in body.iter(*_IRREGULAR)}
    if not found:
        take_out_unseen(body, styles, unread)
        return
    if found.intersection(_REVISED):
        yield "文件带有未处理的修订，已按接受全部修订读取，请核对原件"
    for mark in [mark for mark in body.iter(_DEL) if mark.getparent().tag == _TR_PR]:
        _remove(mark.getparent().getparent())
    for mark in list(body.iter(_CELL_DEL)):
        _remove(mark.getparent().getparent())
    for mark in [mark for mark in body.iter(_HIDDEN_ROW) if mark.getparent().tag == _TR_PR]:
        row = mark.getparent().getparent()
        if mark.get(_VAL) not in OFF and _texts(row):
            unread[HIDDEN] += 1
            _remove(row)
    for prompt in [sdt for sdt in body.iter(_SDT) if sdt.find(_PLACEHOLDER) is not None]:
        _remove(prompt)
    for second in [child for alternate in body.iter(_ALTERNATE) for child in alternate[1:]]:
        _remove(second)
    etree.strip_elements(body, *_DROPPED, with_tail=False)
    if found.intersection(_FIELDS):
        fill_in_fields(body, unread)
    etree.strip_tags(body, *_WRAPPERS)
    for equation in list(body.iter(_O_MATH)):
        if next(equation.iter(*_FORMULAS), None) is not None:
            line = word_equation_line(equation).behind(_text_before(equation))
            unread[EQUATION] += not line.exact
            _put_text(equation, line.text)
    unread[LAID_OVER] += sum(1 for _ in body.iter(_TEXT_PATH))
    take_out_unseen(body, styles, unread)
    if chunks := sum(1 for _ in body.iter(_ALT_CHUNK)):
        yield f"有 {chunks} 处嵌入的其他文件（altChunk）未读取，请在 Word 中打开并另存后核对"
    pictured = {
        cell for picture in body.iter(*_PICTURES) if (cell := next(picture.iterancestors(_TC), None)) is not None
    }
    for cell in pictured:
        if not any(text.text for text in cell.iter(_T)):
            unread[PICTURE] += 1
        elif next(cell.iter(_OBJECT), None) is not None:
            unread[OBJECT] += 1
    for box in list(body.iter(_TXBX)):
        paragraph = next(box.iterancestors(_P), None)
        if paragraph is not None:
            for child in reversed(box):
                paragraph.addnext(child)


def _text_before(element: etree._Element) -> str:
    """The text of the run right before an element."""
    run = element.getprevious()
    return _texts(run) if run is not None and run.tag == _R else ""


def _put_text(element: etree._Element, text: str) -> None:
    """Put a run with a text in the place of an element."""
    run = etree.Element(_R)
    add_text(run, text)
    run.tail = element.tail
    element.getparent().replace(element, run)


def _unnest(body: etree._Element, unread: Unread) -> Iterator[int]:
    """Set the tables within tables behind the outermost, in their order; yield how deep each was.

    A small table in a cell that says nothing else, beside cells that do, is what the cell says.
    """
    for table in reversed([table for table in body.iter(_TBL) if table.getparent() is not body]):
        around = [table]
        while (parent := around[-1].getparent()) is not body:
            around.append(parent)
        yield sum(element.tag == _TBL for element in around)
        cell = around[1] if around[1].tag == _TC else None
        own = cell is not None and any(_texts(block) for block in cell if block.tag == _P)
        if cell is not None and not own and _is_value(table, cell):
            for row in table.iter(_TR):
                paragraph = etree.Element(_P)
                add_text(etree.SubElement(paragraph, _R), " ".join(filter(None, map(_texts, row.iter(_TC)))))
                table.addprevious(paragraph)
            _remove(table)
        else:
            unread[NESTED] += bool(own)
            around[-1].addnext(table)


def _is_value(table: etree._Element, cell: etree._Element) -> bool:
    """Whether a table holds few texts, and its cell stands beside others that hold some."""
    beside = (other for other in cell.getparent() if other.tag == _TC and other is not cell)
    return sum(bool(_texts(own)) for own in table.iter(_TC)) <= VALUES and any(map(_texts, beside))


def _texts(element: etree._Element) -> str:
    return "".join([piece.text or "" for piece in element.iter(_T)]).strip()


def _remove(element: etree._Element) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


_Draft = list  # a cell while it is being read: its texts, how many columns it spans, whether it continues another
_SPAN, _MERGED = 1, 2


class _Reading:
    """What one pass over a plain body counts."""

    def __init__(self, source: str, limits: Limits):
        self.source, self.limits = source, limits
        self.tables = self.paragraphs = self.cells = self.unknown = 0

    def doubts(self) -> tuple[str, ...]:
        return (f"有 {self.unknown} 个特殊符号无法识别，以 □ 代替，请核对原件",) if self.unknown else ()

    def blocks(self, body: etree._Element) -> Iterator[Table | Cell]:
        for block in body.iterchildren(_P, _TBL):
            if block.tag == _TBL:
                self.tables += 1
                yield self.table(block)
            elif text := "".join([self.text(piece) for piece in block.iter(*_TEXTS)]).strip():
                self.paragraphs += 1
                self.count(1)
                yield Cell(text, At(row=self.paragraphs))

    def table(self, table: etree._Element) -> Table:
        rows: list[tuple[list[int], list[_Draft]]] = []
        before, cells, texts = [0], [], []
        draft: _Draft = [texts, 1, False]
        for piece in table.iter(*_CELLS):
            tag = piece.tag
            if tag == _P:
                texts.append("\n")
            elif tag == _TC:
                texts = []
                cells.append(draft := [texts, 1, False])
            elif tag == _T:
                texts.append(piece.text or "")
            elif tag in (_V_MERGE, _H_MERGE):
                draft[_MERGED] |= piece.get(_VAL, "continue") == "continue"
            elif tag == _GRID_SPAN:
                draft[_SPAN] = max(self.columns(piece), 1)
            elif tag == _TR:
                before, cells = [0], []
                rows.append((before, cells))
            elif tag == _GRID_BEFORE:
                before[0] = self.columns(piece)
            else:
                texts.append(self.text(piece))
        return Table(tuple([self.row(n, before[0], cells) for n, (before, cells) in enumerate(rows, 1)]))

    def row(self, number: int, grid: int, drafts: list[_Draft]) -> tuple[Cell, ...]:
        self.count(len(drafts))
        cells = []
        for (texts, span, merged), at in zip(drafts, places(self.tables, number, len(drafts)), strict=True):
            cells.append(cell_of(("".join(texts).strip(), at, grid, span, merged)))
            grid += span
        return tuple(cells)

    def text(self, piece: etree._Element) -> str:
        tag = piece.tag
        if tag in _SIGNS:
            return _SIGNS[tag] if piece.getparent().tag == _R else ""  # a w:tab is also a tab stop
        if tag != _SYM:
            return piece.text or ""
        known = _SYMBOLS.get(piece.get(_W + "font", "").lower(), {})
        if sign := known.get(piece.get(_W + "char", "").upper()[2:]):
            return sign
        self.unknown += 1
        return "□"

    def columns(self, piece: etree._Element) -> int:
        text = piece.get(_VAL, "1")
        if not (text.isascii() and text.isdigit()):
            raise Damaged(self.source, Damage.SPAN)
        if len(text) > 9 or int(text) > self.limits.span:
            raise SpanTooWide(self.source, columns=text[:12], most=self.limits.span)
        return int(text)

    def count(self, cells: int) -> None:
        self.cells += cells
        if self.cells > self.limits.cells:
            raise TooManyCells(self.source, most=self.limits.cells)
