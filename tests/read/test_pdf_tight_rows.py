"""PDF tables whose rows leave a text no room: a mark that is drawn at the foot or the head of its line stays in its cell."""

from __future__ import annotations

import json

import hostile_kinds as kinds
import pytest
from formats import as_docx, drawn
from paper import from_browser, from_word, needs_chromium
from pdfpages import put, rows
from typeset import typeset
from workbooks import needs_soffice

from auditkit.document import Document
from auditkit.read.pdf.document import read_pdf
from auditkit.report.fonts import FONT, covered_characters

TEXTS = [
    ["75.6", "接种1.2万剂，达到60%。", "1,234.50"],
    ["5.6万元", "甲、乙；丙：丁。", "3,120；"],
    ["'24", "“优”、‘良’", "5′30″"],
    ["25℃", "2024-05-31", "3°"],
    ["—", "…", "_"],
    ["0.5", "合格。", "≥0.8"],
]
TABLE = "\n".join(" | ".join(row) for row in TEXTS)


def texts(document: Document) -> list[list[str]]:
    assert document.doubts == ()
    return [[text for text, *_ in row] for row in rows(document)]


@needs_soffice
@pytest.mark.parametrize("mark", "，.、—'_A")
def test_libreoffice_prints_rows_without_room(mark, tmp_path):
    """LibreOffice tells no height of a font; pdfium then takes that of the letter with the number of A, its 65th here."""
    others = [letter for letter in dict.fromkeys("".join(map("".join, TEXTS))) if letter != mark]
    others += [letter for letter in map(chr, sorted(covered_characters(str(FONT)))) if "一" <= letter not in others]
    before = "".join(others[:64]) + mark
    (tmp_path / "a.docx").write_bytes(as_docx(drawn(f"{before}\n{TABLE}")))
    assert texts(read_pdf("a.pdf", (from_word([tmp_path / "a.docx"], tmp_path) / "a.pdf").read_bytes())) == TEXTS


@needs_chromium
@pytest.mark.parametrize("height", [0.9, 1, 1.45])
def test_a_browser_prints_rows_without_room(height, tmp_path):
    (tmp_path / "a.docx").write_bytes(as_docx(drawn(TABLE)))
    style = f"td {{ padding: 0 4px; line-height: {height} }}"
    printed = from_browser([tmp_path / "a.docx"], tmp_path, style) / "a.pdf"
    assert texts(read_pdf("a.pdf", printed.read_bytes())) == TEXTS


@pytest.mark.parametrize(("top", "bottom"), [('"cap-height"', '"baseline"'), (".8em", "-.1em"), (".9em", "-.3em")])
def test_typst_sets_rows_without_room(top, bottom):
    pytest.importorskip("typst", reason="auditkit[pdf] is not installed")
    cells = ", ".join(f"[#{json.dumps(text, ensure_ascii=False)}]" for row in TEXTS for text in row)
    source = f'#set text(font: "Noto Sans SC", size: 9pt, top-edge: {top}, bottom-edge: {bottom})\n'
    source += f"#table(columns: 3, inset: (x: 4pt, y: .5pt), stroke: .5pt, {cells})"
    assert texts(read_pdf("a.pdf", typeset(source))) == TEXTS


FONTS = {
    "named only": "",
    "no height": "/Ascent 0/Descent 0/FontBBox[0 0 0 0]",
    "all glyphs' box": "/Ascent 0/Descent 0/FontBBox[-1002 -1048 2927 1808]",
    "low": "/Ascent 300/Descent -1400/FontBBox[-200 -1400 1000 300]",
    "high": "/Ascent 1900/Descent 200/FontBBox[-200 200 1000 1900]",
}


@pytest.mark.parametrize("size", [7, 9, 12])
@pytest.mark.parametrize("heights", FONTS)
def test_what_a_font_says_of_its_height_moves_no_mark(heights, size):
    written = [["75.6", "1,2;"], ['"a"', "-"], ["_", "5.6"]]
    lines = "".join(f"100 {500 + n * size} m 300 {500 + n * size} l S\n" for n in range(4))
    lines += "".join(f"{x} 500 m {x} {500 + 3 * size} l S\n" for x in (100, 200, 300))
    content = "".join(
        put(104 + 100 * x, 500 + (2 - y) * size + size * 0.2, text, size=size)
        for y, row in enumerate(written)
        for x, text in enumerate(row)
    )
    assert texts(read_pdf("a.pdf", one_font(lines + content, FONTS[heights]))) == written


@pytest.mark.parametrize(("rise", "told"), [(0.05, False), (0.2, False), (-0.2, True), (-0.35, True), (-0.5, True)])
def test_a_border_through_a_text_is_told(rise, told):
    """A text that stands `rise` of its size above the lower border of its row; below it where that is negative."""
    lines = "".join(f"100 {y} m 300 {y} l S\n" for y in (500, 520, 540))
    lines += "".join(f"{x} 500 m {x} 540 l S\n" for x in (100, 200, 300))
    content = put(104, 526, "0.5") + put(204, 520 + 10 * rise, "75.6") + put(104, 506, "1.5")
    document = read_pdf("a.pdf", one_font(lines + content, FONTS["all glyphs' box"]))
    assert [doubt for doubt in document.doubts if "越出单元格的边框" in doubt] == [*document.doubts]
    assert bool(document.doubts) == told
    assert "75.6" in [text for row in rows(document) for text, *_ in row]


def one_font(content: str, heights: str) -> bytes:
    """A page as `pdfpages.drawn` makes it, whose font tells these heights."""
    widths = " ".join(["556"] * 96)
    tells = f"<</Type/FontDescriptor/FontName/Helvetica/Flags 32/ItalicAngle 0/StemV 80/CapHeight 700{heights}>>"
    font = f"<</Type/Font/Subtype/TrueType/BaseFont/Helvetica/FirstChar 32/LastChar 127/Widths[{widths}]/FontDescriptor 6 0 R/Encoding/WinAnsiEncoding>>"
    page = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>"
    return kinds.pdf(
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        page,
        kinds.stream(content.encode()),
        font if heights else "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        tells,
    )
