"""The same form however it was typed: in other letters, blanks, signs, merges and words, the same reading and findings.

"Equal" is told in two steps. What does not touch the words of the entries (blank rows, merges, encodings, renamed columns,
more titles) leaves an equal `Form`. Where the words themselves are typed otherwise (full width, other blanks) every `Value` must
be equal in half width and without blanks (`Value.plain`), and where a comparator has another sign, in the figures that it
states (`Value.quantity`). In all cases the verdicts and the findings (rule, severity, row) are those of the original.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache, partial

import pytest
from formats import WRITERS, as_docx, drawn
from layouts import NAMES, layout, lines_of
from specimen import DATA

from auditkit.document import At, Cell, Document, Row, Table
from auditkit.model import Form
from auditkit.parse.form import parse
from auditkit.pipeline import audit_form, understand
from auditkit.read import read
from auditkit.rulebooks.loader import load_rulebook
from auditkit.safety import LIMITS
from auditkit.vocabulary.labels import field_of, spellings
from auditkit.vocabulary.spelling import half_width

WORD = [DATA / "specimen.docx", *sorted((DATA / "2021").glob("*.docx"))]
FORMS = pytest.mark.parametrize("number", range(len(WORD)), ids=[path.stem[:8] for path in WORD])
WIDE = {ord(c): chr(ord(c) + 0xFEE0) for c in map(chr, range(0x21, 0x7F))}


@cache
def original(number: int) -> tuple[Document, Form]:
    document = read(WORD[number])
    (form,) = parse(document)
    return document, form


@cache
def judged(form: Form) -> tuple[list[object], list[object]]:
    """The verdicts on a form and its findings."""
    one = audit_form(form, load_rulebook())
    found = sorted((f.rule, f.severity.value, f.row or 0) for f in one.findings)
    return [(item.judgement.verdict.value, item.judgement.reason.value) for item in one.scorecard.items], found


def again(document: Document, tmp_path, format_: str = "docx", change: Callable[[bytes], bytes] = bytes) -> Form:
    """The form as it is read from the document, written in a format, its bytes changed."""
    suffix, write = WRITERS[format_]
    path = tmp_path / f"表{suffix}"
    path.write_bytes(change(write(document)))
    (form,) = parse(read(path))
    assert form.doubts == ()
    return form


def retyped(document: Document, change: Callable[[str], str]) -> Document:
    """The document with every text changed."""
    blocks = [
        Table(tuple(tuple(cell._replace(text=change(cell.text)) for cell in row) for row in block.rows))
        if isinstance(block, Table)
        else block._replace(text=change(block.text))
        for block in document.blocks
    ]
    return Document(document.source, tuple(blocks))


def relaid(document: Document, change: Callable[[list[Row]], Iterator[Row]]) -> Document:
    """The document with the rows of its tables changed."""
    blocks = [Table(tuple(change(list(b.rows)))) if isinstance(b, Table) else b for b in document.blocks]
    return Document(document.source, tuple(blocks))


def plain(form: Form) -> list[tuple[str, str]]:
    return [(path, value.plain) for path, value in form.values()]


TYPED = {
    "full width": lambda text: text.translate(WIDE),
    "full width digits": lambda text: re.sub(r"[0-9.%]", lambda found: found[0].translate(WIDE), text),
    "no-break spaces": lambda text: re.sub(r"(?<=\d)(?=[\u4e00-\u9fff%])", "\u00a0", f"\u00a0{text}\u00a0"),
    "ideographic spaces": lambda text: (
        "\u3000".join(text) if len(text) < 5 and text.isalpha() else f"\u3000{text}\u3000"
    ),
    "zero-width spaces": lambda text: "\u200b".join(text),
    "a byte order mark within": lambda text: f"\ufeff{text}" if text else text,
}


@FORMS
@pytest.mark.parametrize("typed", TYPED)
def test_letters_and_blanks(number, typed, tmp_path):
    document, wanted = original(number)
    found = again(retyped(document, TYPED[typed]), tmp_path)
    assert plain(found) == plain(wanted)
    assert judged(found) == judged(wanted)


SIGNS = ("≧", "⩾", ">=", "＞＝", "＞=", "≥ ", "大于等于", "大于或等于", "不低于", "不少于", "不小于")
OTHER_SIGNS = ("≦", "⩽", "<=", "＜＝", "小于等于", "不超过", "不高于", "不大于")


@FORMS
@pytest.mark.parametrize(
    "signs", [(one, OTHER_SIGNS[n % len(OTHER_SIGNS)]) for n, one in enumerate(SIGNS)], ids="".join
)
def test_comparators(number, signs, tmp_path):
    document, wanted = original(number)
    found = again(retyped(document, lambda text: text.replace("≥", signs[0]).replace("≤", signs[1])), tmp_path)
    told = [
        [[(m.relation, m.number, m.kind, m.unit, m.upper) for m in v.quantity.measures] for v in (i.target, i.result)]
        for i in found.indicators
    ]
    assert told == [
        [[(m.relation, m.number, m.kind, m.unit, m.upper) for m in v.quantity.measures] for v in (i.target, i.result)]
        for i in wanted.indicators
    ]
    assert judged(found) == judged(wanted)


BYTES = {
    "CRLF": ("dump", lambda data: data.replace(b"\n", b"\r\n")),
    "CRLF copied": ("copied", lambda data: data.replace(b"\n", b"\r\n")),
    "CR": ("dump", lambda data: data.replace(b"\n", b"\r")),
    "BOM": ("dump", lambda data: b"\xef\xbb\xbf" + data),
    "BOM copied": ("copied", lambda data: b"\xef\xbb\xbf" + data),
    "GB18030": ("dump", lambda data: data.decode().encode("gb18030")),
    "GB18030 copied": ("copied", lambda data: data.decode().encode("gb18030")),
    "UTF-16": ("dump", lambda data: data.decode().encode("utf-16")),
    "page in GB18030": ("html", lambda data: data.decode().replace("utf-8", "gb2312").encode("gb18030")),
    "page with CRLF": ("html", lambda data: data.replace(b"\n", b"\r\n")),
    "page with a BOM": ("html", lambda data: b"\xef\xbb\xbf" + data),
}


@FORMS
@pytest.mark.parametrize("name", BYTES)
def test_encodings_and_line_ends(number, name, tmp_path):
    document, wanted = original(number)
    assert again(document, tmp_path, *BYTES[name]) == wanted


def _moved(row: Row, by: int) -> Row:
    return tuple(cell._replace(grid=cell.grid + by) for cell in row)


def _blank(width: int) -> Row:
    return tuple(Cell("", At(), grid) for grid in range(width))


def with_blank_rows(rows: list[Row]) -> Iterator[Row]:
    """A blank row after every row that nothing runs on below."""
    for row, below in zip(rows, (*rows[1:], ()), strict=True):
        yield row
        if not any(cell.merged for cell in below):
            yield _blank(row[-1].grid + row[-1].span)


def with_blank_columns(rows: list[Row]) -> Iterator[Row]:
    for row in rows:
        end = row[-1].grid + row[-1].span + 1
        yield (Cell("", At()), *_moved(row, 1), Cell("", At(), end))


def with_wide_labels(rows: list[Row]) -> Iterator[Row]:
    """The first column is merged of three."""
    for row in rows:
        first, *rest = row
        yield (first._replace(span=first.span + 2), *_moved(tuple(rest), 2))


def with_repeated_words(rows: list[Row]) -> Iterator[Row]:
    """What is merged downwards stands in every row instead."""
    above: dict[int, str] = {}
    for row in rows:
        above |= {cell.grid: cell.text for cell in row if not cell.merged}
        yield tuple(
            cell._replace(text=cell.text or above[cell.grid], merged=False) if cell.merged else cell for cell in row
        )


def with_blanks_below(rows: list[Row]) -> Iterator[Row]:
    """What is merged downwards is not merged: its text stands in the first row, the others are blank."""
    for row in rows:
        yield tuple(cell._replace(merged=False) for cell in row)


LAID = {
    "blank rows": with_blank_rows,
    "blank columns": with_blank_columns,
    "wide labels": with_wide_labels,
    "repeated words": with_repeated_words,
    "blanks below": with_blanks_below,
}


@FORMS
@pytest.mark.parametrize("laid", LAID)
@pytest.mark.parametrize("format_", ["docx", "xlsx", "html", "copied"])
def test_rows_columns_and_merges(number, laid, format_, tmp_path):
    document, wanted = original(number)
    found = again(relaid(document, LAID[laid]), tmp_path, format_)
    assert found == wanted
    assert judged(found) == judged(wanted)


@FORMS
def test_more_titles(number, tmp_path):
    document, wanted = original(number)
    lines = tuple(Cell(text, At(row=n)) for n, text in enumerate(("绩效管理科存档", "第 3 页"), 1))
    found = again(Document(document.source, (*lines, *document.blocks)), tmp_path)
    assert [value.text for value in found.notes if value not in wanted.notes] == ["绩效管理科存档", "第 3 页"]
    assert replace(found, notes=wanted.notes) == wanted
    assert judged(found) == judged(wanted)


SECTIONS = {
    "funds": ("initial", "adjusted", "actual", "points", "execution_rate", "score"),
    "indicators": ("category", "subcategory", "name", "target", "result", "points", "score", "explanation"),
}
RENAMED = [
    (section, name, word) for section, names in SECTIONS.items() for name in names for word in spellings(section)[name]
]


@pytest.mark.parametrize(("section", "name", "word"), RENAMED, ids=lambda part: part)
def test_a_column_by_any_of_its_names(section, name, word):
    document, wanted = original(0)

    def renamed(rows: list[Row]) -> Iterator[Row]:
        for row in rows:
            heading = sum(field_of(section, cell.text) in SECTIONS[section] for cell in row) > 3
            yield tuple(
                cell._replace(text=word) if heading and field_of(section, cell.text) == name else cell for cell in row
            )

    (found,) = parse(relaid(document, renamed))
    assert (found, found.doubts) == (wanted, ())
    assert judged(found) == judged(wanted)


CHANGES = {name: partial(retyped, change=change) for name, change in TYPED.items()}
CHANGES |= {name: partial(relaid, change=change) for name, change in LAID.items()}


# Only its merge tells of how many rows a cell of points is, and a table whose titles stand in every column that it had none.
TOLD = {(name, "repeated words") for name in ("62_points_over_rows", "63_scores_over_rows")}
TOLD |= {(name, "blanks below") for name in ("62_points_over_rows", "63_scores_over_rows")}
TOLD |= {("73_filled_in_place_of_merged", change) for change in ("blank columns", "wide labels")}


@pytest.mark.parametrize(("name", "change"), [(n, c) for n in NAMES for c in CHANGES if (n, c) not in TOLD])
def test_layouts_are_as_tolerant(name, change, tmp_path):
    """Every field of every layout, that is, all but what stands among notes and unused texts."""

    def fields(document: Document) -> list[str]:
        (tmp_path / "表.docx").write_bytes(as_docx(document))
        lines = lines_of(understand(tmp_path / "表.docx", LIMITS))
        return [half_width("".join(line.split())) for line in lines if not line.startswith(("note", "unused", "doubt"))]

    document = drawn(layout(name)[0])
    assert fields(CHANGES[change](document)) == fields(document)
