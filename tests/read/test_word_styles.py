"""A style that strikes a text out does so however its part is written, and the other styles of the part are not parsed."""

import io
import zipfile

import pytest

from auditkit.document import Table
from auditkit.read.docx import read_docx
from auditkit.read.ooxml import WORD, Package
from auditkit.read.word_styles import style_root
from auditkit.safety import LIMITS

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRUCK = "<w:rPr><w:strike/></w:rPr>"
DECLARED = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n'


def style(name: str, inside: str = "") -> str:
    return f'<w:style w:type="character" w:styleId="{name}">{inside}</w:style>'


def part(*styles: str, opening: str = f'{DECLARED}<w:styles xmlns:w="{W}">') -> str:
    return f"{opening}<w:docDefaults/>{style('A')}{''.join(styles)}{style('Z', STRUCK)}</w:styles>"


def word(styles: bytes, named: str) -> bytes:
    """A Word file with a table of 甲 and 126人 and, in a style of this name, 100人."""
    run = f'<w:r><w:rPr><w:rStyle w:val="{named}"/></w:rPr><w:t>100人</w:t></w:r>'
    cells = f"<w:tc><w:p><w:r><w:t>甲</w:t></w:r></w:p></w:tc><w:tc><w:p>{run}<w:r><w:t>126人</w:t></w:r></w:p></w:tc>"
    body = f"<w:tbl><w:tr>{cells}</w:tr></w:tbl>"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("word/document.xml", f'<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>')
        file.writestr("word/styles.xml", styles)
    return out.getvalue()


USUAL = part(style("S", STRUCK))
WRITTEN = {  # the part, and the name of the style
    "as Word writes it": (USUAL, "S"),
    "without a declaration": (USUAL.removeprefix(DECLARED), "S"),
    "based on another": (part(style("S", '<w:basedOn w:val="B"/>'), style("B", STRUCK)), "S"),
    "based on one that is based on it": (
        part(style("S", '<w:basedOn w:val="B"/>'), style("B", f'<w:basedOn w:val="S"/>{STRUCK}')),
        "S",
    ),
    "with a base in single quotes": (part(style("S", "<w:basedOn w:val='B'/>"), style("B", STRUCK)), "S"),
    "said twice": (part(style("S"), style("S", STRUCK)), "S"),
    "in single quotes": (USUAL.replace('"S"', "'S'"), "S"),
    "a number of a letter": (USUAL.replace('"S"', '"&#83;"'), "S"),
    "an ampersand": (USUAL.replace('"S"', '"S&amp;S"'), "S&amp;S"),
    "a Chinese name": (USUAL.replace('"S"', '"删除"'), "删除"),
    "a larger sign before its name": (USUAL.replace('w:styleId="S"', 'w:alias="a>b" w:styleId="S"'), "S"),
    "a break before its name": (USUAL.replace("<w:style w:type", "<w:style\nw:type"), "S"),
    "another prefix": (USUAL.replace("w:", "x:").replace("xmlns:w", "xmlns:x"), "S"),
    "a second prefix": (
        USUAL.replace(style("Z", STRUCK), "").replace("</w:styles>", f'<x:style xmlns:x="{W}" x:styleId="S"><x:rPr><x:strike/></x:rPr></x:style></w:styles>'),
        "S",
    ),
    "after one in a remark": (part(style("S", STRUCK), f"<!-- {style('S')} -->"), "S"),
    "before one of another language": (part(style("S", STRUCK), f'<a xmlns:w="urn:other">{style("S")}</a>'), "S"),
    "within another element": (part("<a><b>", style("S", STRUCK), "</b></a>"), "S"),
    "within another style": (part(f'<w:style w:styleId="Q">{style("S", STRUCK)}</w:style>'), "S"),
    "in the strict language": (USUAL.replace(W, "http://purl.oclc.org/ooxml/wordprocessingml/main"), "S"),
}  # fmt: skip


ENCODED = [
    (written, encoding)
    for written in WRITTEN
    for encoding in ("utf-8", "utf-8-sig", "utf-16")
    if (written, encoding) != ("in the strict language", "utf-16")  # which Word does not write
]


@pytest.mark.parametrize(("written", "encoding"), ENCODED)
def test_a_style_strikes_out_however_it_is_written(written, encoding):
    styles, named = WRITTEN[written]
    styles = styles.replace("UTF-8", "UTF-16") if encoding == "utf-16" else styles
    document = read_docx("a.docx", word(styles.encode(encoding), named))
    (table,) = (block for block in document.blocks if isinstance(block, Table))
    assert [cell.text for cell in table.rows[0]] == ["甲", "126人"]
    assert any("删除线" in doubt for doubt in document.doubts)


@pytest.mark.parametrize("named", ["A", "N"])
def test_a_style_that_says_nothing_or_is_not_there_strikes_nothing(named):
    document = read_docx("a.docx", word(USUAL.encode(), named))
    assert document.blocks[0].rows[0][1].text == "100人126人"
    assert document.doubts == ()


def test_only_the_styles_that_are_named_are_parsed():
    others = [style(f"X{n}", '<w:basedOn w:val="A"/>') for n in range(300)]
    data = word(part(style("S", '<w:basedOn w:val="B"/>'), *others, style("B", STRUCK)).encode(), "S")
    with Package("a.docx", data, LIMITS, WORD) as package:
        root = style_root(package, [package.root(package.main)])
    assert [found.get(f"{{{W}}}styleId") for found in root.iter(f"{{{W}}}style")] == ["S", "B"]
