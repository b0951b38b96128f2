"""A page that was scanned and whose text a program recognised: read by the lines of its picture, with a doubt."""

from __future__ import annotations

import io

import pypdfium2 as pdfium
import pytest
from pdfpages import FOUR, GRID, drawn, put, rows

from auditkit.document import Document
from auditkit.errors.contents import Scanned
from auditkit.read.pdf.document import read_pdf
from auditkit.safety import Refused

UNSEEN = FOUR.replace(" 0 Tr ", " 3 Tr ")


def scanned(text: str, turn: float = 0.0, size: float = 1.0) -> Document:
    """What is read of a page that is the picture of one with a table, with a text below it; the picture may be smaller."""
    picture = pdfium.PdfDocument(drawn(FOUR))[0].render(scale=2, grayscale=True).to_pil()
    picture = picture.rotate(turn, fillcolor=255)
    with pdfium.PdfDocument(drawn(text, rules="")) as file:
        image = pdfium.PdfImage.new(file)
        image.set_bitmap(pdfium.PdfBitmap.from_pil(picture))
        image.set_matrix(pdfium.PdfMatrix().scale(595 * size, 842 * size))
        page = file[0]
        page.insert_obj(image)
        page.gen_content()
        saved = io.BytesIO()
        file.save(saved)
    return read_pdf("a.pdf", saved.getvalue())


@pytest.mark.parametrize("turn", [0.0, 0.1, -0.1])
def test_a_recognised_text_is_read_by_the_lines_of_the_picture(turn):
    document = scanned(UNSEEN, turn)
    assert rows(document) == GRID
    (doubt,) = document.doubts
    assert "扫描件" in doubt
    assert "核对" in doubt


def test_what_a_program_takes_lines_for_is_no_letter():
    assert rows(scanned(UNSEEN + put(202, 650, "|", mode=3) + put(120, 602, "_", mode=3))) == GRID


def test_a_picture_without_text_is_a_scan_and_text_that_is_seen_no_recognised_one():
    with pytest.raises(Refused) as refused:
        scanned("")
    assert isinstance(refused.value, Scanned)
    document = read_pdf("a.pdf", drawn(FOUR + put(240, 650, "9", mode=3)))
    assert (rows(document), "扫描件" in document.doubts[0]) == (GRID, False)


def test_unseen_text_below_a_small_picture_is_hidden():
    with pytest.raises(Refused):
        scanned(UNSEEN, size=0.5)
