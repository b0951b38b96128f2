"""PDF files of every look: lines, fills, page heads, breaks, turned pages, locks; the form is the form, or the doubt is told."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest
from pdfpages import FOUR, GRID, drawn, put, rows
from specimen import DATA
from typeset import as_pdf, typeset

from auditkit.document import At, Cell, Document, Table
from auditkit.model import Form
from auditkit.parse.form import parse
from auditkit.read import read
from auditkit.read.pdf.document import read_pdf
from auditkit.safety import Refused, Unreadable

pytest.importorskip("typst", reason="auditkit[pdf] is not installed")

WORD = [DATA / "specimen.docx", *sorted((DATA / "2021").glob("*.docx"))]
FORMS = pytest.mark.parametrize("path", WORD, ids=lambda path: path.stem[:8])
UNIT = "清溪市水利局"
HEADS = (
    f"header: [{UNIT} #h(1fr) 绩效自评 #line(length: 100%)], "
    "footer: context align(center)[第 #counter(page).display() 页 共 #counter(page).final().first() 页]"
)
LOOKS = {
    "set flush": {"justify": True},
    "dotted lines": {"table": 'stroke: (thickness: 0.5pt, dash: "dotted")'},
    "hairlines": {"table": "stroke: 0.1pt"},
    "thick lines": {"table": "stroke: 2pt"},
    "grey cells": {"table": "stroke: 0.5pt, fill: (x, y) => if y < 3 { luma(220) }"},
    "white cells": {"table": "stroke: 0.5pt, fill: white"},
    "open at both sides": {"table": "stroke: (x, y) => (left: if x > 0 { 0.5pt }, top: 0.5pt, bottom: 0.5pt)"},
    "half pages": {"page": "height: 12cm"},
    "half pages with numbers": {"page": 'height: 12cm, numbering: "- 1 -"'},
    "turned": {"page": "flipped: true"},
}


def whole(path) -> tuple[Document, Form]:
    """The Word file and its form without what stands in merged cells, which no print shows."""
    document = read(path)
    (form,) = parse(document)
    return document, replace(form, stray=()) if path == WORD[2] else form


@FORMS
@pytest.mark.parametrize("look", LOOKS)
def test_a_form_is_the_same_in_every_look(look, path):
    document, wanted = whole(path)
    found = read_pdf("a.pdf", as_pdf(document, **LOOKS[look]))
    assert parse(found) == [wanted]
    assert all("读作同一行" in doubt for doubt in found.doubts)


@FORMS
@pytest.mark.parametrize("height", [9, 12])
def test_running_heads_and_cut_rows_do_not_part_a_table(path, height):
    """The head of the first page stays, as a note; that of the others is nothing."""
    document, wanted = whole(path)
    (found,) = parse(read_pdf("a.pdf", as_pdf(document, page=f"height: {height}cm, {HEADS}")))
    assert [value.text.split()[0] for value in found.notes if value not in wanted.notes] == [UNIT]
    assert replace(found, notes=wanted.notes) == wanted


def test_a_heading_that_comes_again_is_no_row():
    document = read(WORD[0])
    start = next(n for n, row in enumerate(document.blocks[1].rows) if any(c.text == "三级指标" for c in row))
    table = replace(
        document.blocks[1], rows=tuple(tuple(c for c in row if c.grid > 0) for row in document.blocks[1].rows[start:])
    )
    listed = replace(document, blocks=(table,))
    once, again = (read_pdf("a.pdf", as_pdf(listed, page=f"height: 8cm, {HEADS}", repeat=n)) for n in (0, 1))
    assert [[text for text, *_ in row] for row in rows(once)] == [[text for text, *_ in row] for row in rows(again)]
    assert len(rows(again)) == len(table.rows)


def test_forms_behind_each_other_with_the_same_title_are_as_many():
    title = Cell("项目支出绩效自评表", At(row=1))
    documents = [read(path) for path in WORD[:3]]
    blocks = tuple(block for d in documents for block in (title, d.blocks[-1]))
    found = parse(read_pdf("a.pdf", as_pdf(replace(documents[0], blocks=blocks))))
    assert [form.project for form in found] == [parse(d)[0].project for d in documents]
    assert [len(form.indicators) for form in found] == [len(parse(d)[0].indicators) for d in documents]


def test_a_figure_too_wide_for_its_cell_stays_whole_and_is_told():
    document, wanted = whole(WORD[0])
    found = read_pdf("a.pdf", as_pdf(document, page="width: 11.5cm"))
    (form,) = parse(found)
    assert (form.funds, form.total_score) == (wanted.funds, wanted.total_score)
    assert "越出单元格" in found.doubts[0]


@pytest.mark.parametrize("stroke", ["none", "(x, y) => (top: 0.5pt, bottom: 0.5pt)"])
def test_a_table_without_lines_is_turned_away(stroke):
    with pytest.raises(Unreadable, match="没有带框线的表格"):
        read_pdf("a.pdf", as_pdf(read(WORD[0]), table=f"stroke: {stroke}"))


FRAMED = {
    "a frame round the page": "20 20 555 800 re S\n",
    "a double frame": "20 20 555 800 re S 28 28 539 784 re S\n",
    "a box in a cell": "204 630 50 40 re S\n",
    "double lines": "".join(
        f"100 {y} m 300 {y} l S {x} 500 m {x} 700 l S\n" for x, y in ((102, 502), (202, 602), (298, 698))
    ),
    "a stamp": "1 0 0 RG 250 600 m 300 600 300 500 250 500 c S 0 G\n",
    "a rule below": "100 100 m 300 100 l S\n",
}


@pytest.mark.parametrize("frame", FRAMED)
def test_what_is_drawn_round_or_in_a_table_is_no_cell_of_it(frame):
    document = read_pdf("a.pdf", drawn(FRAMED[frame] + FOUR))
    assert rows(document) == GRID
    assert len(document.blocks) == 1


NINES = put(210, 640, "99")
UNSEEN = {
    "white": f"1 1 1 rg {NINES} 0 g\n",
    "nearly white": f"0.99 1 0.99 rg {NINES} 0 g\n",
    "grey on grey": f"0.7 g 205 630 90 40 re f 0.71 g {NINES} 0 g\n",
    "covered": f"{NINES} 1 g 205 630 60 15 re f 0 g\n",
    "covered by colour": f"{NINES} 1 0 0 rg 205 630 60 15 re f 0 g\n",
    "without ink": put(210, 640, "99", mode=3),
    "clipping": put(210, 640, "99", mode=7),
}


@pytest.mark.parametrize("unseen", UNSEEN)
def test_what_nobody_sees_is_no_value_and_is_told(unseen):
    document = read_pdf("a.pdf", drawn(UNSEEN[unseen] + FOUR))
    assert rows(document) == GRID
    assert "2 个看不见的字" in document.doubts[0]


SEEN = {
    "white on a dark ground": f"0 0 0.5 rg 205 610 90 40 re f 1 g {put(210, 640, '99')} 0 g\n",
    "on a light ground": f"0.9 g 205 610 90 40 re f 0 g {put(210, 640, '99')}\n",
    "red": f"1 0 0 rg {put(210, 640, '99')} 0 g\n",
    "beside what is painted": f"{put(210, 640, '99')} 1 g 240 630 40 15 re f 0 g\n",
    "in a frame": f"{put(210, 640, '99')} 205 630 60 15 re S\n",
}


@pytest.mark.parametrize("seen", SEEN)
def test_what_is_seen_is_read(seen):
    document = read_pdf("a.pdf", drawn(put(110, 650, "a") + SEEN[seen] + put(110, 550, "c") + put(210, 550, "d")))
    assert "99" in [text for row in rows(document) for text, *_ in row]
    assert document.doubts == ()


PAD = bytes.fromhex("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A")


def locked(user: str) -> bytes:
    """FOUR under the oldest lock of PDF (RC4 with 40 bits); without a user's password only the owner's rights are kept."""
    padded = (user.encode() + PAD)[:32]
    owner = rc4(hashlib.md5((b"owner" + PAD)[:32]).digest()[:5], padded)
    rights = (-64).to_bytes(4, "little", signed=True)
    key = hashlib.md5(padded + owner + rights + b"id").digest()[:5]
    content = drawn(FOUR)
    begin = content.index(b"stream\n", content.index(b"4 0 obj")) + 7
    end = content.index(b"\nendstream", begin)
    body = rc4(hashlib.md5(key + (4).to_bytes(3, "little") + bytes(2)).digest()[:10], content[begin:end])
    lock = f"/Encrypt<</Filter/Standard/V 1/R 2/O<{owner.hex()}>/U<{rc4(key, PAD).hex()}>/P -64>>/ID[<6964><6964>]"
    return (content[:begin] + body + content[end:]).replace(b"/Root", lock.encode() + b"/Root")


def rc4(key: bytes, data: bytes) -> bytes:
    state, j, out = list(range(256)), 0, bytearray()
    for i in range(256):
        j = (j + state[i] + key[i % len(key)]) % 256
        state[i], state[j] = state[j], state[i]
    i = j = 0
    for byte in data:
        i = (i + 1) % 256
        j = (j + state[i]) % 256
        state[i], state[j] = state[j], state[i]
        out.append(byte ^ state[(state[i] + state[j]) % 256])
    return bytes(out)


def test_a_lock_on_rights_alone_is_no_hindrance_and_a_password_is():
    assert rows(read_pdf("a.pdf", locked(""))) == GRID
    with pytest.raises(Refused, match="请取消密码"):
        read_pdf("a.pdf", locked("secret"))


@pytest.mark.parametrize(
    ("above", "below", "names"), [("生态效益", "指标", 1), ("生态效益指", "标", 1), ("生态效益指标", "时效指标", 2)]
)
def test_the_name_of_a_level_that_a_page_break_parts_is_one(above, below, names):
    """A narrow tall cell of two rows at a page's end goes on with two rows on the next."""

    def page(*cells: tuple[int, int, int, str]) -> str:
        return "".join(
            f"#place(dx: {2 + 3 * x}cm, dy: {y}cm, rect(width: 3cm, height: {rows}cm, stroke: 0.5pt, inset: 4pt)[{text}])"
            for x, y, rows, text in cells
        )

    head = page((0, 20, 1, "二级指标"), (1, 20, 1, "三级指标"), (2, 20, 1, "分值"))
    first = page((0, 21, 2, above), (1, 21, 1, "植树"), (2, 21, 1, "3"), (1, 22, 1, "种草"), (2, 22, 1, "4"))
    second = page((0, 1, 2, below), (1, 1, 1, "护林"), (2, 1, 1, "5"), (1, 2, 1, "巡河"), (2, 2, 1, "6"))
    source = f'#set text(font: "Noto Sans SC", size: 10pt)\n#set page(paper: "a4", margin: 0pt)\n{head}{first}#pagebreak(){second}'
    (table,) = (block for block in read_pdf("a.pdf", typeset(source)).blocks if isinstance(block, Table))
    first_column = [row[0].text for row in table.rows[1:] if not row[0].merged]
    assert first_column == ([above + below] if names == 1 else [above, below])
    assert [row[-1].text for row in table.rows[1:]] == ["3", "4", "5", "6"]
