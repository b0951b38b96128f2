"""A document set as PDF in many ways by typst, quickly: other lines, fills, page heads, breaks, turned pages."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from auditkit.document import Cell, Document, Table
from auditkit.report.fonts import FONT

_TEMPLATE = """
#let blocks = json(bytes(sys.inputs.blocks))
#set text(font: "Noto Sans SC", size: 9pt, lang: "zh")
#set par(justify: JUSTIFY)
#set page(paper: "a4", margin: (x: 1.5cm, y: 2cm), PAGE)
#let lines(text) = text.split("\\n").join(linebreak())
#let cell(c) = table.cell(x: c.x, y: c.y, colspan: c.columns, rowspan: c.rows, lines(c.text))
#for block in blocks [
  #if type(block) == str [ #par(lines(block)) ] else {
    table(columns: block.columns * (1fr,), inset: 4pt, align: horizon, TABLE,
      ..if block.heading.len() > 0 { (table.header(repeat: true, ..block.heading.map(cell)),) },
      ..block.cells.map(cell))
  }
]
"""


def as_pdf(
    document: Document, table: str = "stroke: 0.5pt", page: str = "", justify: bool = False, repeat: int = 0
) -> bytes:
    """The document as a PDF. `table` and `page` are arguments of typst's functions; the first `repeat` rows come again
    on every page.
    """
    blocks = [_table(block, repeat) if isinstance(block, Table) else block.text for block in document.blocks]
    source = _TEMPLATE.replace("JUSTIFY", str(justify).lower()).replace("PAGE", page).replace("TABLE", table)
    return _compiler()(source, json.dumps(blocks))


def typeset(source: str) -> bytes:
    """What typst makes of a source, in the packaged font."""
    return _compiler()(source, "[]")


@cache
def _compiler() -> Any:
    import typst

    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONT.parent)])

    def compiled(source: str, blocks: str) -> bytes:
        return typst.compile(source.encode(), font_paths=fonts, sys_inputs={"blocks": blocks})

    return compiled


def _table(block: Table, repeat: int) -> dict[str, Any]:
    cells = [
        {"x": cell.grid, "y": y, "columns": cell.span, "rows": _rows(block, cell, y), "text": cell.text}
        for y, row in enumerate(block.rows)
        for cell in row
        if not cell.merged
    ]
    columns = max(cell.grid + cell.span for row in block.rows for cell in row)
    return {
        "columns": columns,
        "heading": [cell for cell in cells if cell["y"] < repeat],
        "cells": [cell for cell in cells if cell["y"] >= repeat],
    }


def _rows(block: Table, cell: Cell, y: int) -> int:
    rows = 1
    for below in block.rows[y + 1 :]:
        if not any(one.merged and (one.grid, one.span) == (cell.grid, cell.span) for one in below):
            break
        rows += 1
    return rows
