"""PDF files: what was printed of a form is the form; what cannot be read is turned away with what to ask for."""

import contextlib
import time
import zlib

import hostile_kinds as kinds
import pytest
from paper import from_word, timeless
from pdfpages import FOUR, GRID, drawn, put, rows
from specimen import DATA
from typeset import typeset
from workbooks import needs_soffice

from auditkit.errors.contents import PageTooCrowded, Scanned, TooManyCells, TooManyLetters, TooManyPages
from auditkit.errors.files import DamagedPdf, Encrypted
from auditkit.parse.form import parse
from auditkit.read import read
from auditkit.read.pdf.document import read_pdf
from auditkit.read.pdf.nested_forms import drawings
from auditkit.safety import LIMITS, Limits, Unreadable


@needs_soffice
def test_the_same_libreoffice_gives_the_same_bytes(tmp_path):
    made = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        made.append(timeless((from_word([DATA / "specimen.docx"], tmp_path / name) / "specimen.pdf").read_bytes()))
    assert made[0] == made[1]
    assert parse(read(DATA / "specimen.pdf")) == parse(read(tmp_path / "one" / "specimen.pdf"))


def test_places_tell_the_page():
    form = parse(read(DATA / "specimen.pdf"))[0]
    assert str(form.project.at).startswith("第1页 表1 第")
    assert form.indicators[-1].score.at.page == 2


THIN = "".join(f"100 {y} 200 .5 re f {x} 500 .5 200 re f\n" for x, y in ((100, 500), (200, 600), (300, 700)))
PIECES = "".join(
    f"{a} {b} 100 100 re S\n" for a, b in ((100, 500), (200, 500), (100, 600), (200, 600))
)  # four rectangles side by side


@pytest.mark.parametrize("rules", [None, THIN, PIECES])
def test_lines_rectangles_and_boxes_rule_the_same_table(rules):
    assert rows(read_pdf("a.pdf", drawn(FOUR, rules=rules))) == GRID


def test_cells_without_a_line_between_are_one():
    across = "100 500 200 200 re S 100 600 m 300 600 l S 200 500 m 200 600 l S\n"
    found = rows(read_pdf("a.pdf", drawn(FOUR, rules=across)))
    assert found == [[("a b", 0, 2, False)], GRID[1]]
    down = "100 500 200 200 re S 200 600 m 300 600 l S 200 500 m 200 700 l S\n"
    found = rows(read_pdf("a.pdf", drawn(put(110, 600, "a") + put(210, 650, "b") + put(210, 550, "d"), rules=down)))
    assert found == [[("a", 0, 1, False), ("b", 1, 1, False)], [("", 0, 1, True), ("d", 1, 1, False)]]


def two_pages(first: str, second: str) -> bytes:
    pages = "<</Type/Pages/Kids[3 0 R 4 0 R]/Count 2>>"
    one, other = (
        f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents {n} 0 R/Resources<</Font<</F 7 0 R>>>>>>"
        for n in (5, 6)
    )
    texts = [kinds.stream(text.encode()) for text in (first, second)]
    font = "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
    return kinds.pdf("<</Type/Catalog/Pages 2 0 R>>", pages, one, other, *texts, font)


UPRIGHT = "".join(f"{x} 500 m {x} 700 l S\n" for x in (100, 200, 300))
TOP, MIDDLE, BOTTOM = (f"100 {y} m 300 {y} l S\n" for y in (700, 600, 500))


def test_a_table_over_a_page_break_is_one_and_a_row_without_a_line_there_too():
    whole = UPRIGHT + TOP + MIDDLE + BOTTOM + FOUR
    pages = read_pdf("a.pdf", two_pages(whole + put(300, 30, "- 1 -"), whole + put(300, 30, "- 2 -")))
    assert rows(pages) == GRID * 2
    assert len(pages.blocks) == 1
    assert [row[0].at[1:5] for row in pages.blocks[0].rows] == [
        (1, "", 1, 1),
        (1, "", 1, 2),
        (2, "", 1, 3),
        (2, "", 1, 4),
    ]
    cut = read_pdf("a.pdf", two_pages(UPRIGHT + TOP + MIDDLE + FOUR, UPRIGHT + MIDDLE + BOTTOM + FOUR))
    assert [[text for text, *_ in row] for row in rows(cut)] == [["a", "b"], ["c\na", "d\nb"], ["c", "d"]]
    apart = read_pdf("a.pdf", two_pages(whole, put(100, 800, "Another table") + whole))
    assert [type(block).__name__ for block in apart.blocks] == ["Table", "Cell", "Table"]


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_turned_page_is_read_as_it_is_shown(turn):
    matrix = {90: "0 1 -1 0 842 0", 180: "-1 0 0 -1 842 842", 270: "0 -1 1 0 0 842"}[turn]
    upright = drawn(FOUR, rules=f"{matrix} cm\n" + "".join(f"100 {y} m 300 {y} l S {y - 400} 500 m {y - 400} 700 l S\n" for y in (500, 600, 700)), box="0 0 842 842")  # fmt: skip
    data = upright.replace(b"/Type/Page/Parent", b"/Type/Page/Rotate %d/Parent" % turn)
    assert rows(read_pdf("a.pdf", data)) == GRID


@pytest.mark.parametrize("unseen", [put(210, 650, "99", mode=3), put(900, 650, "99"), put(210, 640, "99", size=0.1)])
def test_what_nobody_sees_is_no_value_and_is_told(unseen):
    document = read_pdf("a.pdf", drawn(FOUR + unseen))
    assert rows(document) == GRID
    assert "看不见的字" in document.doubts[0]


def turned_away(data: bytes, limits: Limits = LIMITS) -> Unreadable:
    with pytest.raises(Unreadable) as caught:
        read_pdf("a.pdf", data, limits)
    assert "请" in caught.value.zh
    assert caught.value.en.isascii()
    return caught.value


def test_a_scan_is_refused_with_what_to_ask_for():
    error = turned_away(drawn())
    assert (type(error), "扫描" in error.zh, "scanned" in error.en) == (Scanned, True, True)


def test_encrypted_damaged_and_too_much():
    encrypted = kinds.pdf("<</Type/Catalog>>", trailer="/Encrypt<</Filter/Standard/V 9/R 9/O()/U()/P 0>>")
    assert (type(turned_away(encrypted)), "加密" in turned_away(encrypted).zh) == (Encrypted, True)
    for data in (b"%PDF-1.7", b"%PDF-1.7\n" + bytes(range(256)) * 9, kinds.pdf("null")):
        assert (type(turned_away(data)), "损坏" in turned_away(data).zh) == (DamagedPdf, True)
    for limits, kind in (
        (Limits(pages=0), TooManyPages),
        (Limits(letters=3), TooManyLetters),
        (Limits(strokes=5), PageTooCrowded),
        (Limits(crossings=5), PageTooCrowded),
        (Limits(cells=3), TooManyCells),
    ):
        assert type(turned_away(drawn(FOUR), limits)) is kind


def test_a_file_is_a_pdf_by_its_head_even_after_garbage(tmp_path):
    path = tmp_path / "form.docx"
    path.write_bytes(b"\r\n\x00mail" + drawn(FOUR))
    assert rows(read(path)) == GRID


def test_half_a_file_is_read_or_turned_away_soon():
    whole = drawn(FOUR)
    begun = time.process_time()
    for size in range(8, len(whole), 40):
        with contextlib.suppress(Unreadable):
            assert rows(read_pdf("a.pdf", whole[:size])) in (GRID, [])
    assert time.process_time() - begun < 30  # of the processor, whatever else it does; 1 is usual


@pytest.mark.parametrize(
    ("note", "doubts"),
    [
        ("/Subtype /Widget /FT /Tx /T (a) /V (95)", 1),
        ("/Subtype /FreeText /Contents (95)", 1),
        ("/Subtype /Widget /FT /Sig /T (a) /V << /Type /Sig >>", 0),
        ("/Subtype /Widget /FT /Tx /T (a) /V ()", 0),
        ("/Subtype /Link", 0),
    ],
)
def test_what_is_filled_in_over_the_page_is_told(note, doubts):
    annotated = f"0 0 595 842]/Annots[<< /Type /Annot {note} /Rect [60 700 90 720] >>"
    document = read_pdf("a.pdf", drawn(FOUR, box=annotated))
    assert sum("表单域" in doubt for doubt in document.doubts) == doubts


def test_a_row_that_a_page_break_parts_from_its_units_is_one():
    columns = range(100, 501, 80)
    lines = "".join(f"{x} 600 m {x} 700 l S\n" for x in columns) + "".join(f"100 {y} m 500 {y} l S\n" for y in (700, 650, 600))  # fmt: skip

    def page(*rows: tuple[str, ...]) -> str:
        return lines + "".join(put(105 + 80 * n, y, text) for y, row in zip((670, 620), rows, strict=True) for n, text in enumerate(row) if text)  # fmt: skip

    above = ("A", "1", "2", "6", "6"), ("B", "2.4", "2.25", "6", "5")
    parted = read_pdf("a.pdf", two_pages(page(*above), page(("", "km", "km", "", ""), ("C", "3", "4", "5", "5"))))
    assert [[text for text, *_ in row] for row in rows(parted)][1:] == [
        ["B", "2.4\nkm", "2.25\nkm", "6", "5"],
        ["C", "3", "4", "5", "5"],
    ]
    assert "读作同一行" in parted.doubts[0]
    own = read_pdf("a.pdf", two_pages(page(*above), page(("", "7", "8", "", ""), ("C", "3", "4", "5", "5"))))
    assert len(rows(own)) == 4


def form(number: int, times: int, packed: bool = False, words: str = "/Resources<</XObject<</X {} 0 R>>>>") -> bytes:
    """A drawing that draws the one of this number so often."""
    content = b"/X Do " * times
    content = zlib.compress(content) if packed else content
    more = "/Filter/FlateDecode" * packed + words.format(number)
    return kinds.stream(content, f"/Type/XObject/Subtype/Form/BBox[0 0 9 9]{more}")


LEAF = kinds.stream(b"0 0 m 9 9 l S", "/Type/XObject/Subtype/Form/BBox[0 0 9 9]")


@pytest.mark.parametrize(
    ("forms", "drawn"),
    [
        ([form(n, 1) for n in range(7, 60)] + [LEAF], False),
        ([form(7, 50), form(8, 50), LEAF], False),
        ([form(n, 2) for n in range(7, 60)] + [LEAF], True),
        ([form(n, 2, packed=True) for n in range(7, 60)] + [LEAF], True),
        ([form(n, 90) for n in range(7, 10)] + [LEAF], True),
        ([form(6, 2)], True),
        ([form(6, 2, words="")], True),
    ],
)
def test_forms_that_draw_one_another_without_end_are_refused_before_they_are_drawn(forms, drawn):
    file = kinds.page(form(6, 1), "", "0 0 9 9", *forms)
    assert (drawings(file, 100_000) > 100_000) is drawn
    with pytest.raises(PageTooCrowded if drawn else Scanned):
        read_pdf("a.pdf", file)


@pytest.mark.parametrize(
    ("content", "value", "told"),
    [
        ("9.5#super[1]", "9.5", True),
        ("126人#super[12]", "126人", True),
        ("3120m#super[2]", "3120m²", False),
        ("9.5#footnote[注]", "9.5", True),
        ("CO#sub[2]", "CO2", False),
        ("2021", "2021", False),
    ],
)
def test_raised_figures_of_a_font_are_raised(content, value, told):
    """typst takes them from the font, at the size and on the line of the others, where it has them."""
    cells = f"table(columns: (4cm, 4cm), [甲], [{content}], [丁], [126])"
    document = read_pdf("a.pdf", typeset(f'#set text(font: ("Libertinus Serif", "Noto Sans SC"))\n#{cells}'))
    assert rows(document)[0][1][0] == value
    assert any("上标" in doubt for doubt in document.doubts) is told
