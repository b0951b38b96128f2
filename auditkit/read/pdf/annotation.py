"""What notes set on a PDF page: entries of form fields, text boxes, stamps, and lines that strike a text out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pypdfium2 as pdfium
import pypdfium2.raw as raw

_TEXT_OF = {raw.FPDF_ANNOT_WIDGET: b"V", raw.FPDF_ANNOT_FREETEXT: b"Contents"}
_STAMPS = raw.FPDF_ANNOT_STAMP, raw.FPDF_ANNOT_WATERMARK
_MOST = 2000  # looked at on a page, and parts of one that strikes out
_EMPTY = len("\0".encode("utf-16-le"))


@dataclass
class Annotations:
    """How many `entries` and `stamps` lie over a page, and the middle lines of what is struck out, in the page's coordinates."""

    entries: int = 0
    stamps: int = 0
    strikes: list[tuple[float, float, float, float]] = field(default_factory=list)


def annotations_of(page: pdfium.PdfPage) -> Annotations:
    found = Annotations()
    for number in range(min(raw.FPDFPage_GetAnnotCount(page.raw), _MOST)):
        note = raw.FPDFPage_GetAnnot(page.raw, number)
        if not note:
            continue
        kind = raw.FPDFAnnot_GetSubtype(note)
        if (key := _TEXT_OF.get(kind)) and raw.FPDFAnnot_GetStringValue(note, key, None, 0) > _EMPTY:
            found.entries += 1
        elif kind == raw.FPDF_ANNOT_STRIKEOUT:
            found.strikes += _middle_lines(note)
        elif kind in _STAMPS:
            found.stamps += 1
        raw.FPDFPage_CloseAnnot(note)
    return found


def _middle_lines(note: object) -> Iterator[tuple[float, float, float, float]]:
    corners = raw.FS_QUADPOINTSF()
    for number in range(min(raw.FPDFAnnot_CountAttachmentPoints(note), _MOST)):
        if raw.FPDFAnnot_GetAttachmentPoints(note, number, corners):
            c = corners
            yield (c.x1 + c.x3) / 2, (c.y1 + c.y3) / 2, (c.x2 + c.x4) / 2, (c.y2 + c.y4) / 2
