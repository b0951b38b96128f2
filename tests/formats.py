"""A form drawn in plain text, and any document written in every format: a new format is one line of WRITERS."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from itertools import pairwise
from pathlib import Path
from xml.sax.saxutils import escape

from paper import from_browser, from_word
from webpage import page
from workbooks import archive, as_xlsx

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
    return f"<w:tbl><w:tblPr/><w:tblGrid>{'<w:gridCol/>' * columns}</w:tblGrid>{''.join(rows)}</w:tbl>"


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


# Name -> the suffix of the file, and what writes it.
WRITERS: dict[str, tuple[str, Callable[[Document], bytes]]] = {
    "docx": (".docx", as_docx),
    "xlsx": (".xlsx", as_xlsx),
    "html": (".html", as_html),
    "dump": (".txt", as_dump),
    "copied": (".txt", as_copied),
}
# Name -> the suffix, the format of which LibreOffice makes it, and LibreOffice's name for it.
CONVERTED = {
    "doc": (".doc", "docx", "doc:MS Word 97"),
    "wps": (".wps", "docx", "doc:MS Word 97"),
    "xls": (".xls", "xlsx", "xls:MS Excel 97"),
}
# Name -> what prints Word files as PDF into a folder.
PRINTED = {"pdf of LibreOffice": from_word, "pdf of a browser": from_browser}
