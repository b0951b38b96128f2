"""What lies over a PDF page is no part of a value: a watermark, a stamp and a page number at any angle, grey and size."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest
from pdfpages import FOUR, GRID, drawn, put, rows
from specimen import DATA
from typeset import as_pdf, typeset

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


def test_coloured_words_that_one_line_strikes_or_underlines_are_none_that_lie_over():
    """LibreOffice draws tracked changes so: in ink of its author, one line for each run, which meet."""
    ink, lines = "0 0 1 rg ", "209 653.5 m 223 653.5 l S 222 653.5 m 240 653.5 l S\n0 g\n"
    document = read_pdf(
        "a.pdf", drawn(FOUR.replace("(b)", "( )") + ink + put(210, 650, "99") + put(223, 650, "88") + lines)
    )
    assert (rows(document)[0][1][0], "删除线" in document.doubts[0]) == ("", True)
    under = ink + put(210, 650, "99") + put(223, 650, "88") + lines.replace("653.5", "648")
    document = read_pdf("a.pdf", drawn(FOUR.replace("(b)", "( )") + under))
    assert (rows(document)[0][1][0].replace(" ", ""), document.doubts) == ("9988", ())


GREY = "0.75 g "
OVER = {
    "at an angle": f"q 0.87 0.5 -0.5 0.87 150 550 cm {put(0, 0, 'NO')} Q\n",
    "level and across a border": f"{GREY}{put(190, 640, 'NO', size=20)} 0 g\n",
    "level and across other texts": f"{GREY}{put(206, 640, 'NO', size=30)} 0 g\n",
    "turned by a right angle beside a text": f"q 0 1 -1 0 250 640 cm {put(0, 0, 'N')} Q\n",
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


RAISED = {
    "a mark": ("9.5#sup[1]", "9.5", True),
    "a mark of Chinese letters": ("31座#sup[注1]以上", "31座以上", True),
    "a mark at the begin": ("#sup[1]9.5", "19.5", False),
    "square metres": ("3120m#sup[2]", "3120m²", False),
    "an index": ("CO#sub[2]减排", "CO2减排", False),
    "small letters on the line": ("31座#text(size: 6pt)[（含在建）]", "31座（含在建）", False),
    "large letters on the line": ("31#text(size: 16pt)[座]", "31座", False),
    "small letters in the next line": ("31座#linebreak()#text(size: 6pt)[其中改造12座]", "31座\n其中改造12座", False),
}


@pytest.mark.parametrize("name", RAISED)
def test_raised_is_what_is_smaller_and_higher_than_the_letter_that_it_stands_behind(name):
    content, value, told = RAISED[name]
    marks = "#let sup = super.with(typographic: false)\n#let sub = sub.with(typographic: false)\n"
    table = f"#table(columns: (1fr, 1fr), inset: 2pt, align: horizon, [建成], [{content}], [其中], [止])"
    document = read_pdf("a.pdf", typeset(f'{marks}#set text(font: "Noto Sans SC", size: 10pt, lang: "zh")\n{table}'))
    assert rows(document)[0][1][0] == value
    assert any("上标" in doubt for doubt in document.doubts) == told


def test_a_small_text_behind_a_border_is_not_raised_against_the_cell_before():
    text = put(185, 650, "950") + put(201.5, 654, "12", size=6) + put(110, 550, "c")
    assert [cell[0] for cell in rows(read_pdf("a.pdf", drawn(text)))[0]] == ["950", "12"]
