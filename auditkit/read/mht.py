"""Web pages with all that belongs to them in one file (.mht), as browsers, Word and Excel save them: its pages, read as such."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from email.message import Message

from auditkit.document import Cell, Document, Table
from auditkit.errors.contents import WebArchiveTooLarge, WebArchiveWithoutTable
from auditkit.read.foreign import save_again
from auditkit.read.html.page import read_html
from auditkit.safety import LIMITS, Limits, Refused, Unreadable

_PARTS = 500  # of one file
_PAGES = "text/html", "application/xhtml+xml"


def read_mht(source: str, data: bytes, limits: Limits = LIMITS) -> Document:
    """Read every page that holds tables: a page of frames, as Excel has it, holds none.

    Raises Refused where no page does, and beyond the limits.
    """
    found: list[Document] = []
    cells = 0
    for page in _pages(source, data):
        try:
            document = read_html(source, page, limits)
        except Refused:
            raise
        except Unreadable:
            continue
        if held := sum(len(row) for block in document.blocks if isinstance(block, Table) for row in block.rows):
            found.append(document)
        cells += held
        if cells > limits.cells:
            raise WebArchiveTooLarge(source, save_as=save_again(source))
    if not found:
        raise WebArchiveWithoutTable(source, save_as=save_again(source))
    doubts = dict.fromkeys(doubt for document in found for doubt in document.doubts)
    return Document(source, tuple(_joined(found)), tuple(doubts))


def _pages(source: str, data: bytes) -> Iterator[bytes]:
    """The pages in UTF-8, or as they stand where nothing says what they are in."""
    try:
        message = email.message_from_bytes(data, policy=email.policy.compat32)
        parts = [part for part in message.walk() if not part.is_multipart()]
    except RecursionError:
        raise WebArchiveTooLarge(source, save_as=save_again(source)) from None
    if len(parts) > _PARTS:
        raise WebArchiveTooLarge(source, save_as=save_again(source))
    for part in parts:
        if part.get_content_type() in _PAGES or (part is message and len(parts) == 1):
            yield _decoded(part)


def _decoded(part: Message) -> bytes:
    content = part.get_payload(decode=True) or b""
    charset = part.get_content_charset()
    try:
        return content if charset is None else content.decode(charset).encode("utf-8")
    except (LookupError, ValueError):
        return content


def _joined(documents: list[Document]) -> Iterator[Table | Cell]:
    """The blocks of all pages, tables and paragraphs counted on from page to page."""
    tables = paragraphs = 0
    for document in documents:
        first_table, first_paragraph = tables, paragraphs
        for block in document.blocks:
            if isinstance(block, Table):
                tables += 1
                yield Table(tuple(tuple(_moved(cell, first_table, 0) for cell in row) for row in block.rows))
            else:
                paragraphs += 1
                yield _moved(block, 0, first_paragraph)


def _moved(cell: Cell, tables: int, rows: int) -> Cell:
    return cell._replace(at=cell.at._replace(table=cell.at.table + tables, row=cell.at.row + rows))
