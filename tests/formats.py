"""A form drawn in plain text, and any document written in every format: a new format is one line of WRITERS."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterable
from email import policy
from email.message import EmailMessage
from itertools import pairwise
from pathlib import Path
from xml.sax.saxutils import escape

from paper import from_browser, from_word
from webpage import page
from workbooks import archive, as_xlsx, ranges

from auditkit.document import At, Cell, Document, Row, Table

LAYOUTS = Path(__file__).with_name("forms") / "layouts"
BREAK = "⏎"  # a line break within a cell of a drawing
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def drawn(text: str, source: str = "表") -> Document:
    """A document drawn as rows of cells parted by "|": "^" continues the cell above, ">" the one at the left.

    A line without "|" is a paragraph; "---" parts two tables.
    """
    blocks: list[Table | Cell] = []
    rows: list[list[str]] = []
    for line in [*text.strip().splitlines(), ""]:
        if "|" in line:
            rows.append([cell.strip().replace(BREAK, "\n") for cell in line.split("|")])
            continue
        if rows:
            table = 1 + sum(isinstance(block, Table) for block in blocks)
            blocks.append(Table(_checked(tuple(tuple(_row(row, n, table)) for n, row in enumerate(rows, 1)))))
            rows = []
        if line.strip() and line != "---":
            blocks.append(Cell(line.strip(), At(row=1 + sum(isinstance(block, Cell) for block in blocks))))
    return Document(source, tuple(blocks))


def _row(texts: list[str], row: int, table: int) -> Iterable[Cell]:
    starts = [at for at, text in enumerate(texts) if text != ">"]
    for column, (at, end) in enumerate(zip(starts, [*starts[1:], len(texts)], strict=True), 1):
        above = texts[at] == "^"
        yield Cell("" if above else texts[at], At(table=table, row=row, column=column), at, end - at, above)


def _checked(rows: tuple[Row, ...]) -> tuple[Row, ...]:
    """The rows, in which what continues a cell must be as wide as the cell: no format can hold anything else."""
    for above, row in pairwise(rows):
        shapes = {(cell.grid, cell.span) for cell in above}
        assert all((cell.grid, cell.span) in shapes for cell in row if cell.merged), [cell.text for cell in row]
    return rows


def as_docx(document: Document) -> bytes:
    """As Word has it: cells over several columns by gridSpan, those over several rows by vMerge."""
    body = "".join(_table(block) if isinstance(block, Table) else _paragraphs(block.text) for block in document.blocks)
    kinds = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
    package = "http://schemas.openxmlformats.org/package/2006"
    return archive(
        {
            "[Content_Types].xml": f'<Types xmlns="{package}/content-types"><Default Extension="rels" ContentType='
            f'"application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" ContentType="{kinds}"/></Types>',
            "_rels/.rels": f'<Relationships xmlns="{package}/relationships">'
            f'<Relationship Id="r" Type="{office}" Target="word/document.xml"/></Relationships>',
            "word/document.xml": f'<w:document xmlns:w="{W}"><w:body>{body}<w:p/></w:body></w:document>',
        }
    )


def _table(table: Table) -> str:
    columns = max(row[-1].grid + row[-1].span for row in table.rows)
    rows = (_cells(row, below) for row, below in zip(table.rows, (*table.rows[1:], ()), strict=True))
    grid = f'<w:gridCol w:w="{min(1100, 8800 // columns)}"/>'  # a page's width in all
    return f"<w:tbl>{_RULED}<w:tblGrid>{grid * columns}</w:tblGrid>{''.join(rows)}</w:tbl>"


_LINES = "".join(
    f'<w:{side} w:val="single" w:sz="4"/>' for side in ("top", "left", "bottom", "right", "insideH", "insideV")
)
_RULED = f"<w:tblPr><w:tblBorders>{_LINES}</w:tblBorders></w:tblPr>"  # a print without lines has no columns


def _cells(row: Row, below: Row) -> str:
    continued = {(cell.grid, cell.span) for cell in below if cell.merged}
    cells = []
    for cell in row:
        merge = "continue" if cell.merged else "restart" if (cell.grid, cell.span) in continued else ""
        span = f'<w:gridSpan w:val="{cell.span}"/>' if cell.span > 1 else ""
        down = f'<w:vMerge w:val="{merge}"/>' if merge else ""
        cells.append(f"<w:tc><w:tcPr>{span}{down}</w:tcPr>{_paragraphs(cell.text)}</w:tc>")
    return f"<w:tr>{''.join(cells)}</w:tr>"


def _paragraphs(text: str) -> str:
    runs = (re.sub("\t", "</w:t><w:tab/><w:t xml:space='preserve'>", escape(line)) for line in text.split("\n"))
    return "".join(f'<w:p><w:r><w:t xml:space="preserve">{run}</w:t></w:r></w:p>' for run in runs)


def as_html(document: Document) -> bytes:
    return page(document).encode()


def as_dump(document: Document) -> bytes:
    """As a program that prints Word tables has it: every cell behind a tab, a blank line after each row."""
    return _text(document, lambda row: "".join(f"\t{cell.text}\n" for cell in row) + "\n")


def as_copied(document: Document) -> bytes:
    """As cells copied out of Excel are: one row to a line, a merged cell at its first place, a cell of two lines quoted."""
    return _text(document, lambda row: "\t".join(_quoted(cell) + "\t" * (cell.span - 1) for cell in row) + "\n")


def _quoted(cell: Cell) -> str:
    return f'"{cell.text.replace(chr(34), chr(34) * 2)}"' if "\n" in cell.text else cell.text


def _text(document: Document, line: Callable[[Row], str]) -> bytes:
    parts = ("".join(map(line, b.rows)) if isinstance(b, Table) else f"{b.text}\n\n" for b in document.blocks)
    return "".join(parts).encode()


def as_csv(document: Document) -> bytes:
    """As Excel saves a sheet: every line as wide as the widest, a merged cell at its first place, with a byte order mark."""
    rows = [row for block in document.blocks for row in (block.rows if isinstance(block, Table) else ((block,),))]
    wide = max(row[-1].grid + row[-1].span for row in rows)
    out = io.StringIO()
    for row in rows:
        texts = [""] * wide
        for cell in row:
            texts[cell.grid] = cell.text
        csv.writer(out, lineterminator="\r\n").writerow(texts)
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def as_markdown(document: Document) -> bytes:
    """As a program that makes Markdown of Word files has it: a merged cell at its first place, breaks as <br>."""
    out = []
    for block in document.blocks:
        if not isinstance(block, Table):
            out += [_marked(block.text), ""]
            continue
        wide = max(row[-1].grid + row[-1].span for row in block.rows)
        for number, row in enumerate(block.rows):
            texts = [""] * wide
            for cell in row:
                texts[cell.grid] = _marked(cell.text)
            out += [f"| {' | '.join(texts)} |", *["|" + "---|" * wide] * (number == 0)]
        out.append("")
    return "\n".join(out).encode()


def _marked(text: str) -> str:
    return re.sub(r"([\\|*_`~<>\[\]#])", r"\\\1", text).replace("\n", "<br>")


def as_mht(document: Document) -> bytes:
    """As a browser saves a page with what belongs to it."""
    mail = EmailMessage(policy=policy.SMTP)
    mail["Subject"] = document.source
    mail.set_content(page(document), subtype="html", cte="quoted-printable")
    mail.add_related(b"td{border:1px solid}", "text", "css", cid="<style@mhtml.blink>")
    return mail.as_bytes()


def flat(data: bytes) -> bytes:
    """The parts of a package in one XML file."""
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        texts = {name: re.sub(r"<\?xml[^>]*\?>\s*", "", file.read(name).decode()) for name in file.namelist()}
    content = texts.pop("[Content_Types].xml")
    kinds = dict(re.findall(r'PartName="([^"]*)" ContentType="([^"]*)"', content))
    parts = "".join(
        f'<pkg:part pkg:name="/{name}" pkg:contentType="{kinds.get(f"/{name}", "application/xml")}">'
        f"<pkg:xmlData>{text}</pkg:xmlData></pkg:part>"
        for name, text in texts.items()
    )
    space = "http://schemas.microsoft.com/office/2006/xmlPackage"
    return f'<?xml version="1.0"?><pkg:package xmlns:pkg="{space}">{parts}</pkg:package>'.encode()


def as_flat_docx(document: Document) -> bytes:
    return flat(as_docx(document))


def as_flat_xlsx(document: Document) -> bytes:
    return flat(as_xlsx(document))


def as_wordml(document: Document) -> bytes:
    """As Word 2003 saves a document as XML."""
    with zipfile.ZipFile(io.BytesIO(as_docx(document))) as file:
        body = re.search("<w:body>.*</w:body>", file.read("word/document.xml").decode(), re.DOTALL)[0]
    space = "http://schemas.microsoft.com/office/word/2003/wordml"
    body = body.replace("vMerge", "vmerge").replace("<w:body>", '<w:body><wx:sect xmlns:wx="urn:hint">')
    body = body.replace("urn:hint", space.replace("wordml", "auxHint")).replace("</w:body>", "</wx:sect></w:body>")
    head = '<?xml version="1.0"?><?mso-application progid="Word.Document"?>'
    return f'{head}<w:wordDocument xmlns:w="{space}"><w:styles/>{body}</w:wordDocument>'.encode()


def as_spreadsheetml(document: Document) -> bytes:
    """As Excel 2003 saves a workbook as XML: what a merged cell covers is left out."""
    rows = [row for block in document.blocks for row in (block.rows if isinstance(block, Table) else ((block,),))]
    corners = {(top, left): (bottom, right) for top, left, bottom, right in map(_range, ranges(rows))}
    lines = []
    for number, row in enumerate(rows, 1):
        cells = []
        for cell in row:
            bottom, right = corners.get((number, cell.grid + 1), (number, cell.grid + 1))
            merged = f' ss:MergeAcross="{right - cell.grid - 1}" ss:MergeDown="{bottom - number}"'
            if not cell.merged or cell.text:
                data = f'<ss:Data ss:Type="String">{escape(cell.text).replace(chr(10), "&#10;")}</ss:Data>'
                cells.append(f'<ss:Cell ss:Index="{cell.grid + 1}"{merged}>{data}</ss:Cell>')
        lines.append(f'<ss:Row ss:Index="{number}">{"".join(cells)}</ss:Row>')
    head = '<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>'
    table = f'<ss:Worksheet ss:Name="自评表"><ss:Table>{"".join(lines)}</ss:Table></ss:Worksheet>'
    return f'{head}<ss:Workbook xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">{table}</ss:Workbook>'.encode()


def _range(reference: str) -> tuple[int, int, int, int]:
    (left, top), (right, bottom) = re.findall(r"([A-Z]+)(\d+)", reference)
    columns = [sum((ord(c) - 64) * 26**n for n, c in enumerate(reversed(name))) for name in (left, right)]
    return int(top), columns[0], int(bottom), columns[1]


# Name -> the suffix of the file, and what writes it.
WRITERS: dict[str, tuple[str, Callable[[Document], bytes]]] = {
    "docx": (".docx", as_docx),
    "xlsx": (".xlsx", as_xlsx),
    "html": (".html", as_html),
    "dump": (".txt", as_dump),
    "copied": (".txt", as_copied),
    "csv": (".csv", as_csv),
    "markdown": (".md", as_markdown),
    "mht": (".mht", as_mht),
    "flat docx": (".doc", as_flat_docx),
    "flat xlsx": (".xml", as_flat_xlsx),
    "wordml": (".doc", as_wordml),
    "spreadsheetml": (".xls", as_spreadsheetml),
}
# Name -> the suffix, the format of which LibreOffice makes it, and LibreOffice's name for it.
CONVERTED = {
    "doc": (".doc", "docx", "doc:MS Word 97"),
    "wps": (".wps", "docx", "doc:MS Word 97"),
    "xls": (".xls", "xlsx", "xls:MS Excel 97"),
}
# Name -> what prints Word files as PDF into a folder.
PRINTED = {"pdf of LibreOffice": from_word, "pdf of a browser": from_browser}
