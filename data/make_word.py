"""Write the text dumps of data/ as the Word files they were printed from: python data/make_word.py [FOLDER]."""

from __future__ import annotations

import io
import re
import sys
import zipfile
from datetime import datetime
from pathlib import Path
from xml.sax.saxutils import escape

from docx import Document as WordFile
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt

from auditkit.document import Cell, Row, Table
from auditkit.read import read
from auditkit.safety import publish

HERE = Path(__file__).parent
FONT = "仿宋_GB2312"
SIZE, CENTRED = 20, 24  # half points; letters
MOMENT = datetime(2022, 1, 1)  # fixed, so that the same dump gives the same bytes
GRID = 520, 1000, 1000, 900, 1300, 900, 900, 760, 760, 1600  # twips; every row is laid out on these ten columns
SPANS = {
    1: (10,),
    2: (2, 8),
    3: (1, 4, 5),
    4: (2, 3, 2, 3),
    8: (1, 2, 1, 1, 2, 1, 1, 1),
    9: (1, 1, 1, 2, 1, 1, 1, 1, 1),
}
TOTAL_SPANS = {3: (7, 1, 2), 4: (7, 1, 1, 1)}
MERGED_COLUMNS = {3: 1, 8: 1, 9: 3}  # how many columns on the left run down over several rows, by cells in the row


def main(folder: Path) -> None:
    for number, (caption, table, lines) in enumerate(forms(HERE / "2021" / "2021_self_evaluation_forms.txt"), 1):
        publish(folder / "2021" / f"{number:02}_{table.rows[2][1].text}.docx", word(caption, table, lines))
    for caption, table, lines in forms(HERE / "specimen.txt"):
        publish(folder / "specimen.docx", word(caption, table, lines))


def forms(dump: Path) -> list[tuple[Cell, Table, list[str]]]:
    blocks = read(dump).blocks
    lines = dump.read_text("utf-8").split("\n")
    return [(caption, table, lines) for caption, table in zip(blocks[::2], blocks[1::2], strict=True)]


def word(caption: Cell, table: Table, lines: list[str]) -> bytes:
    file = WordFile()
    section = file.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Mm(20)
    style = file.styles["Normal"]
    style.font.name, style.font.size = FONT, Pt(10.5)
    fonts = style.element.rPr.rFonts
    fonts.set(qn("w:eastAsia"), FONT)
    for language in file.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), "zh-CN")
        language.set(qn("w:eastAsia"), "zh-CN")
    properties = file.core_properties
    properties.author = properties.last_modified_by = properties.comments = properties.keywords = ""
    properties.title, properties.language = caption.text, "zh-CN"
    properties.created = properties.modified = MOMENT
    file.add_paragraph(caption.text)
    file.element.body.insert(1, parse_xml(table_xml(table, lines)))
    file.add_paragraph()  # Word wants one between a table and the end
    package = file.part.package
    for key in [key for key, rel in package.rels.items() if rel.reltype == RELATIONSHIP_TYPE.THUMBNAIL]:
        package.rels.pop(key)
    return timeless(file)


def timeless(file: WordFile) -> bytes:
    saved, out = io.BytesIO(), io.BytesIO()
    file.save(saved)
    with zipfile.ZipFile(saved) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            info = zipfile.ZipInfo(name, MOMENT.timetuple()[:6])
            info.compress_type, info.create_system, info.external_attr = zipfile.ZIP_DEFLATED, 0, 0
            target.writestr(info, source.read(name))
    return out.getvalue()


def table_xml(table: Table, lines: list[str]) -> str:
    borders = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="auto"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in GRID)
    rows = "".join(row_xml(row, below, lines) for row, below in zip(table.rows, (*table.rows[1:], ()), strict=True))
    return (
        f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblW w:w="{sum(GRID)}" w:type="dxa"/><w:jc w:val="center"/>'
        f'<w:tblBorders>{borders}</w:tblBorders><w:tblLayout w:type="fixed"/></w:tblPr>'
        f"<w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl>"
    )


def row_xml(row: Row, below: Row, lines: list[str]) -> str:
    spans = TOTAL_SPANS[len(row)] if row[0].text == "总分" else SPANS[len(row)]
    cells, left = [], 0
    for column, (cell, span) in enumerate(zip(row, spans, strict=True)):
        merge = merged(row, column) or ("restart" if len(below) == len(row) and merged(below, column) else "")
        width = sum(GRID[left : left + span])
        left += span
        cells.append(
            f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>'
            + (f'<w:gridSpan w:val="{span}"/>' if span > 1 else "")
            + (f'<w:vMerge w:val="{merge}"/>' if merge else "")
            + f'<w:vAlign w:val="center"/></w:tcPr>{paragraphs_xml(as_dumped(cell, lines))}</w:tc>'
        )
    return f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{''.join(cells)}</w:tr>"


def merged(row: Row, column: int) -> str:
    """Whether a cell continues the one above: on the printed form the headings on the left stand once."""
    if column >= MERGED_COLUMNS.get(len(row), 0) or (row[column].text and column):
        return ""
    first = row[0].text.replace("\n", "")
    return "" if not column and first.startswith(("项目资金", "年度总体目标", "绩效指标", "总分")) else "continue"


def as_dumped(cell: Cell, lines: list[str]) -> str:
    """The text with the blanks before it, which indent a line on the printed form."""
    return re.match(r"\s*", lines[cell.at.line - 1][1:])[0] + cell.text


def paragraphs_xml(text: str) -> str:
    """The paragraphs of a cell: short entries are centred, as on the printed form, long ones run from the left."""
    align = "center" if len(text) <= CENTRED else "left"
    style = f'<w:pPr><w:spacing w:before="0" w:after="0"/><w:jc w:val="{align}"/></w:pPr>'
    return "".join(
        f"<w:p>{style}{''.join(run_xml(piece) for piece in re.split(r'(	)', line) if piece)}</w:p>"
        for line in text.split("\n")
    )


def run_xml(text: str) -> str:
    style = (
        f'<w:rPr><w:rFonts w:ascii="{FONT}" w:hAnsi="{FONT}" w:eastAsia="{FONT}"/><w:sz w:val="{SIZE}"/>'
        f'<w:szCs w:val="{SIZE}"/><w:lang w:eastAsia="zh-CN"/></w:rPr>'
    )
    piece = "<w:tab/>" if text == "\t" else f'<w:t xml:space="preserve">{escape(text)}</w:t>'
    return f"<w:r>{style}{piece}</w:r>"


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)
