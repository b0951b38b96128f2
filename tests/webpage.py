"""Any document written as a web page, the way a person would set it: merged cells as rowspan and colspan."""

from __future__ import annotations

import base64
import hashlib
import re
from html import escape

import lxml.html

from auditkit.document import Cell, Document, Row, Table

STYLE = """
body { font-family: "Noto Sans SC", sans-serif; font-size: 10pt; margin: 0 }
table { border-collapse: collapse; width: 100%; table-layout: fixed }
td { border: 1px solid black; padding: 2px 4px; white-space: pre-wrap; overflow-wrap: anywhere; vertical-align: middle }
"""


def page(document: Document, charset: str = "utf-8", style: str = "") -> str:
    body = "\n".join(table(block) if isinstance(block, Table) else paragraph(block) for block in document.blocks)
    return f'<!DOCTYPE html>\n<html><head><meta charset="{charset}"><style>{STYLE}{style}</style></head><body>\n{body}\n</body></html>'


def paragraph(cell: Cell) -> str:
    return f'<p style="white-space: pre-wrap">{marked(cell.text)}</p>'


def table(block: Table) -> str:
    rows = (row(cells, block.rows[number + 1 :]) for number, cells in enumerate(block.rows))
    return "<table>\n" + "\n".join(rows) + "\n</table>"


def row(cells: Row, below: tuple[Row, ...]) -> str:
    return f"<tr>{''.join(data(cell, below) for cell in cells if not continues(cell))}</tr>"


def data(cell: Cell, below: tuple[Row, ...]) -> str:
    rows = 1
    for following in below:
        if not any(continues(c) and (c.grid, c.span) == (cell.grid, cell.span) for c in following):
            break
        rows += 1
    spans = (f' colspan="{cell.span}"' if cell.span > 1 else "") + (f' rowspan="{rows}"' if rows > 1 else "")
    return f"<td{spans}>{marked(cell.text)}</td>"


def continues(cell: Cell) -> bool:
    return cell.merged and not cell.text


def marked(text: str) -> str:
    return escape(text).replace("\n", "<br>")


def allowed(script: str, html: str) -> bool:
    """Whether the page's own policy lets this script run."""
    digest = base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii")
    policy = lxml.html.fromstring(html).xpath("//head/*[1]/@content")[0]
    return f"script-src 'sha256-{digest}';" in policy


def fetched(html: str) -> list[str]:
    """What a browser that opens this would run or fetch; links within a run's own folder are no such thing."""
    tree = lxml.html.fromstring(html)
    own = [script for script in tree.xpath("//script") if allowed(script.text, html)]
    active = tree.xpath("//script | //link | //iframe | //object | //embed | //base | //form")
    active = [node.tag for node in active if node not in own]
    handlers = tree.xpath("//@*[starts-with(name(), 'on')]")
    sources = [a for a in tree.xpath("//@src | //@srcset | //@poster") if not a.startswith("data:image/png;base64,")]
    links = [a for a in tree.xpath("//@href | //@action") if not a.startswith(("#", "projects/", "rules.html"))]
    styles = re.findall(r"@import|url\(", "".join(tree.xpath("//style/text() | //@style")))
    return [*active, *handlers, *sources, *links, *styles]
