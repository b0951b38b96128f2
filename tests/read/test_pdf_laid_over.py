"""What lies over a PDF page is no part of a value: a watermark, a stamp and a page number at any angle, grey and size."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest
from pdfpages import FOUR, GRID, drawn, put, rows
from specimen import DATA
from typeset import as_pdf

from auditkit.document import Document
from auditkit.model import Form
from auditkit.parse.form import parse
from auditkit.read import read
from auditkit.read.pdf.document import read_pdf

pytest.importorskip("typst", reason="auditkit[pdf] is not installed")

ANGLES, GREYS, SIZES = ("0deg", "-35deg", "90deg"), ("120", "190", "225"), ("9pt", "24pt", "60pt")


@cache
def specimen() -> tuple[Document, Form]:
    document = read(DATA / "specimen.docx")
    return document, parse(document)[0]


def over(angle: str, grey: str, size: str) -> str:
    """A watermark in the middle, a stamp lower down and a page number at the foot, all over the table."""
    style = f"rotate({angle}, text(size: {size}, fill: luma({grey}))"
    watermark, stamp = (
        f"place(center + horizon, {style}[清溪市财政局 2023]))",
        f"place(right + bottom, dx: -3cm, dy: -6cm, {style}[专用章]))",
    )
    return f"foreground: {{ {watermark}; {stamp}; place(center + bottom, dy: -1cm, {style}[1])) }}"


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("grey", GREYS)
@pytest.mark.parametrize("angle", ANGLES)
def test_a_watermark_a_stamp_and_a_page_number_change_no_value(angle, grey, size):
    document, wanted = specimen()
    found = read_pdf("a.pdf", as_pdf(document, page=over(angle, grey, size)))
    (form,) = parse(found)
    assert replace(form, doubts=(), notes=(), stray=()) == replace(wanted, doubts=(), notes=(), stray=())
    assert found.doubts


GREY = "0.75 g "
OVER = {
    "at an angle": f"q 0.87 0.5 -0.5 0.87 150 550 cm {put(0, 0, 'NO')} Q\n",
    "level and across a border": f"{GREY}{put(190, 640, 'NO', size=20)} 0 g\n",
    "level and across other texts": f"{GREY}{put(206, 640, 'NO', size=30)} 0 g\n",
    "pale beside a text": f"{GREY}{put(260, 650, 'NO')} 0 g\n",
}


@pytest.mark.parametrize("name", OVER)
def test_a_text_over_the_page_is_left_out_and_told(name):
    for page in (OVER[name] + FOUR, FOUR + OVER[name]):
        document = read_pdf("a.pdf", drawn(page))
        assert rows(document) == GRID
        assert document.doubts


def test_what_stands_level_in_its_own_cell_is_a_value_in_any_ink():
    for ink in ("1 0 0 rg ", "0.5 g ", "0.75 g "):
        page = put(110, 650, "a") + f"{ink}{put(210, 650, 'b')} 0 g\n" + put(110, 550, "c") + put(210, 550, "d")
        assert rows(read_pdf("a.pdf", drawn(page))) == GRID


def test_struck_and_raised_letters_are_no_value():
    struck = read_pdf("a.pdf", drawn(FOUR + put(240, 650, "99") + "240 653.5 m 251 653.5 l S\n"))
    assert (rows(struck), "删除线" in struck.doubts[0]) == (GRID, True)
    raised = read_pdf("a.pdf", drawn(FOUR + put(216, 654, "1", size=6)))
    assert (rows(raised), "上标" in raised.doubts[0]) == (GRID, True)
    under = read_pdf("a.pdf", drawn(FOUR + "210 648 m 216 648 l S\n"))
    assert (rows(under), under.doubts) == (GRID, ())
