"""More hostile, damaged and disguised files: tricks of zip, fields and styles of Word, cells of Excel, notes over a PDF."""

from __future__ import annotations

import base64
import gzip
import io
import os
import re
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

from hostile import DATA, TEXT, WORD, Case, Maker, archive, edited
from hostile_kinds import ROWS, excel, ole, page, rows, sheet, stream
from hostile_word import in_form, project, tbl, tc, word

BODY = "word/document.xml"
BOOK, PAPER = (DATA / "specimen.xlsx").read_bytes(), (DATA / "specimen.pdf").read_bytes()
RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STYLES = '<w:styles xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
FORMATS = '<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        return {name: file.read(name) for name in file.namelist()}


def renamed(data: bytes, change: Callable[[str], str]) -> bytes:
    return archive({change(name): part for name, part in parts(data).items()})


def with_part(data: bytes, name: str, part: bytes | str) -> bytes:
    return archive({**parts(data), name: part})


def rewritten(data: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    return with_part(data, name, change(parts(data)[name]))


class _Pipe(io.BytesIO):
    """What a zip writer cannot go back in, so that sizes and checksums follow each entry."""

    def seekable(self) -> bool:
        return False

    def tell(self) -> int:
        raise OSError


def streamed(data: bytes, of_64_bits: bool = False) -> bytes:
    out = io.BytesIO() if of_64_bits else _Pipe()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, part in parts(data).items():
            with file.open(name, "w", force_zip64=of_64_bits) as entry:
                entry.write(part)
    return out.getvalue()


def at_end(offset: int, value: bytes) -> bytes:
    """The specimen with bytes overwritten in the record that ends a zip file."""
    at = WORD.rindex(b"PK\5\6") + offset
    return WORD[:at] + value + WORD[at + len(value) :]


def zips() -> dict[str, Case]:
    lies = streamed(WORD)
    at = lies.index(b"PK\7\x08")
    told = {
        "descriptors.docx": streamed(WORD), "descriptor-lies.docx": lies[: at + 4] + b"\xff" * 12 + lies[at + 16 :],
        "of-64-bits.docx": streamed(WORD, True), "stored.docx": archive(parts(WORD), zipfile.ZIP_STORED), "doubled.docx": WORD + WORD,
        "text-behind.docx": WORD + TEXT.encode(), "count-65535.docx": at_end(8, b"\xff" * 4), "disks.docx": at_end(4, b"\1\0\1\0"),
        "both.docx": with_part(WORD, "xl/workbook.xml", parts(BOOK)["xl/workbook.xml"]), "name-60000.docx": with_part(WORD, "x" * 60_000, ""),
        "capitals.docx": renamed(WORD, str.upper), "macro.docm": with_part(WORD, "word/vbaProject.bin", bytes(5000)), "macro.xlsm": with_part(BOOK, "xl/vbaProject.bin", bytes(99)),
    }  # fmt: skip
    away = {
        "backslash.docx": renamed(WORD, lambda name: name.replace("/", "\\")),
        "absolute.docx": renamed(WORD, lambda name: f"/{name}"), "dot.docx": renamed(WORD, lambda name: f"./{name}"),
        "comment.docx": WORD[:-2] + struct.pack("<H", 65535) + b"PK\5\6" * 16_384, "directory-far.docx": at_end(16, b"\xff\xff\xff\x7f"),
        "zip-inside.docx": archive({"a.docx": WORD}), "opendocument.docx": archive({"mimetype": b"application/vnd.oasis.opendocument.text"}),
        "jar.xlsx": archive({"META-INF/MANIFEST.MF": b"x"}), "gzip.docx.gz": gzip.compress(WORD), "zip.zip": archive({"a.docx": WORD, "b.docx": WORD}),
    }  # fmt: skip
    return _cases("zip", told, away)


def words(port: int) -> dict[str, Case]:
    chunk, outside = f'<w:altChunk r:id="a" xmlns:r="{RELATED}"/>', f"http://127.0.0.1:{port}/a.html"
    links = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="a" Type="%s/aFChunk" Target="%s"%s/></Relationships>'
    field = '<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>%s</w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'
    body = parts(WORD)[BODY]
    chained = "".join(f'<w:style w:styleId="s{n}"><w:basedOn w:val="s{(n + 1) % 50_000}"/></w:style>' for n in range(50_000))  # fmt: skip
    told = {
        "chunk-outside.docx": word(in_body(chunk), **{"word/_rels/document.xml.rels": links % (RELATED, outside, ' TargetMode="External"')}),
        "chunk-inside.docx": word(in_body(chunk), **{"word/_rels/document.xml.rels": links % (RELATED, "a.html", ""), "word/a.html": TEXT}),
        "include-text.docx": in_form(field % 'INCLUDETEXT "file:///etc/passwd"'), "dde.docx": in_form(field % "DDEAUTO c:\\\\cmd.exe"),
        "fields-open.docx": in_form("<w:p>" + '<w:r><w:fldChar w:fldCharType="begin"/></w:r>' * 50_000 + "</w:p>"),
        "styles-chained.docx": word(body, **{"word/styles.xml": f"{STYLES}{chained}</w:styles>"}),
        "object.docx": with_part(WORD, "word/embeddings/oleObject1.bin", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(5000)),
        "grid-after.docx": in_form(tbl('<w:tr><w:trPr><w:gridAfter w:val="99999999999"/></w:trPr>' + tc("a") + "</w:tr>")),
        "cdata.docx": word(re.sub(rb"(<w:t[^>]*>)([^<]+)(</w:t>)", rb"\1<![CDATA[\2]]>\3", body)),
        "instructions.docx": word(body.replace(b"<w:t ", b"<!-- a --><?b c?><w:t ")),
        "override.docx": word(body.replace(b"250.00", "\u202e00.052\u202c".encode())), "bookmarks.docx": in_form("<w:p>" + '<w:bookmarkStart w:id="1"/>' * 200_000 + "</w:p>"),
        "struck-all.docx": word(body.replace(b"<w:rPr>", b"<w:rPr><w:strike/>")), "pictures.docx": in_form(tbl("<w:tr>" + tc("") + "</w:tr>") + "<w:p>" + "<w:r><w:drawing/></w:r>" * 20_000 + "</w:p>"),
    }  # fmt: skip
    away = {
        "namespace.docx": word(body.replace(b"/wordprocessingml/2006/main", b"/other")), "glossary.docx": word(b"<x/>", **{"word/glossary/document.xml": body}),
        "runs-400000.docx": in_form("<w:p>" + "<w:r><w:t>1</w:t></w:r>" * 400_000 + "</w:p>"),
        "insertions-deep.docx": in_form("<w:p>" + "<w:ins>" * 5000 + "</w:ins>" * 5000 + "</w:p>"),
        "flat.xml": b'<?xml version="1.0"?><pkg:package xmlns:pkg="http://schemas.microsoft.com/office/2006/xmlPackage"/>',
        "of-2003.doc": b'<?xml version="1.0"?><?mso-application progid="Word.Document"?><w:wordDocument xmlns:w="urn:w"/>',
    }  # fmt: skip
    return _cases("more-word", told, away)


def in_body(content: str) -> bytes:
    return parts(WORD)[BODY].replace(b"</w:body>", f"{content}</w:body>".encode())


def books() -> dict[str, Case]:
    def cell(value: str, style: str = "", before: str = "") -> bytes:
        return excel(sheet(f'{ROWS}<row r="90"><c r="A90" {style}>{value}</c></row>'), **({"xl/styles.xml": FORMATS + before + "</styleSheet>"} if before else {}))  # fmt: skip

    dated, used = '<cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs>', '<cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="164"/></cellXfs>'  # fmt: skip
    code = '<numFmts count="1"><numFmt numFmtId="164" formatCode="%s"/></numFmts>' + used
    told = {
        "date-1e300.xlsx": cell("<v>1e300</v>", 's="1"', dated), "date-negative.xlsx": cell("<v>-5</v>", 's="1"', dated), "style-far.xlsx": cell("<v>1</v>", 's="99999"', dated),
        "format-brackets.xlsx": cell("<v>1.5</v>", 's="1"', code % ("[$-" * 2000)), "format-places.xlsx": cell("<v>1.5</v>", 's="1"', code % ("0." + "0" * 2000)),
        "cell-error.xlsx": cell("<v>#REF!</v>", 't="e"'), "cell-kind.xlsx": cell("<v>7</v>", 't="zzz"'), "rows-backwards.xlsx": excel(sheet('<row r="80"><c r="C80"><v>1</v></c><c r="A80"><v>2</v></c></row>' + ROWS)),
        "chart.xlsx": rewritten(BOOK, "[Content_Types].xml", lambda data: data.replace(b"worksheet+xml", b"chartsheet+xml")), "as.csv": BOOK,
    }  # fmt: skip
    away = {
        "shared-far.xlsx": cell("<v>999999999</v>", 't="s"'), "shared-negative.xlsx": cell("<v>-5</v>", 't="s"'),
        "row-negative.xlsx": excel(sheet('<row r="-1"><c r="A-1"><v>1</v></c></row>' + ROWS)), "row-20-digits.xlsx": excel(sheet(f'{ROWS}<row r="{"9" * 20}"><c r="A{"9" * 20}"><v>1</v></c></row>')),
        "sheet-above.xlsx": rewritten(BOOK, "xl/_rels/workbook.xml.rels", lambda data: data.replace(b"worksheets/sheet1.xml", b"../../../etc/passwd")),
        "styles-bomb.xlsx": excel(sheet(), **{"xl/styles.xml": FORMATS + '<cellXfs count="4000000000">' + '<xf numFmtId="0"/>' * 500_000 + "</cellXfs></styleSheet>"}),
        "length.xls": ole(b"\x09\x08\xff\xff" + b"\xff" * 500, names="Workbook"), "strings.xls": ole(b"\x09\x08\x10\0\0\x06\x05\0" + bytes(12) + b"\xfc\0\x08\0" + b"\xff" * 8 + bytes(400), names="Workbook"),
        "cyclic.xls": ole(bytes(500), names="Workbook", fat=1), "shift-31.xls": ole(shift=31), "shift-0.xls": ole(shift=0), "head.doc": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504), "of-1990.xls": b"\x09\0\4\0\2\0\x10\0" + bytes(99),
        "of-2003.xml": b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>', "commas.xlsx": TEXT.replace("\t", ",").encode("gb18030"),
    }  # fmt: skip
    return _cases("more-excel", told, away)


def papers() -> dict[str, Case]:
    text = "BT /F 12 Tf 50 700 Td (95%) Tj ET "

    def drawn(content: str, box: str = "0 0 595 842") -> bytes:
        return page(stream(content.encode()), "", box)

    notes = "/Annots[<</Type/Annot/Subtype/Widget/FT/Tx/T(a)/V(95)/Rect[0 0 9 9]>>" + "<</Type/Annot/Subtype/FreeText/Contents(1)/Rect[0 0 9 9]>>" * 5000  # fmt: skip
    away = {
        "turned.pdf": drawn(text, "0 0 595 842]/Rotate 90 /A["), "turned-37.pdf": drawn(text, "0 0 595 842]/Rotate 37 /A["), "turned-20-digits.pdf": drawn(text, f"0 0 595 842]/Rotate {'9' * 20} /A["),
        "upwards.pdf": drawn("BT /F 12 Tf 0 1 -1 0 300 300 Tm (95%) Tj ET"), "flat.pdf": drawn("BT /F 12 Tf 0 0 0 0 0 0 Tm (95%) Tj ET"), "size-1e38.pdf": drawn("1e999 0 0 1e999 0 0 cm BT /F 1e38 Tf (95%) Tj ET"),
        "fields.pdf": drawn(text, f"0 0 595 842]{notes}"), "unit.pdf": drawn(text, "0 0 595 842]/UserUnit 1e30 /A["), "crop.pdf": drawn(text, "0 0 595 842]/CropBox[9999 9999 10000 10000"),
        "rectangles.pdf": drawn("".join(f"{n % 500} {n // 500} 5 5 re S\n" for n in range(100_000))), "curves.pdf": drawn("0 0 m " + "1 1 2 2 3 3 c " * 300_000 + "S"), "dashes.pdf": drawn("[" + "0.0001 " * 100_000 + "] 0 d 0 0 m 500 500 l S " + text),
        "as-text.pdf": PAPER.decode("latin1").encode(), "line-ends.pdf": PAPER.replace(b"\n", b"\r\n"),
    }  # fmt: skip
    told = {"doubled.pdf": PAPER + PAPER, "version-9.pdf": PAPER.replace(b"%PDF-1.", b"%PDF-9.", 1), "no-start.pdf": re.sub(rb"startxref\s+\d+", b"", PAPER)}  # fmt: skip
    return _cases("more-pdf", told, away)


def pages(port: int) -> dict[str, Case]:
    def html(content: str) -> bytes:
        return f"<html><meta charset=utf-8>{content}".encode()

    form = rows()
    told = {
        "base64.html": html(f'<img src="data:image/png;base64,{"A" * 15_000_000}">{form}'), "doctype.html": b'<!DOCTYPE html [<!ENTITY b "x">]>' + html(form.replace("某项目", "&b;")), "noscript.html": html(f"<noscript>{form}</noscript>"),
        "entity.xhtml": b'<?xml version="1.0"?><!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/passwd">]><html xmlns="http://www.w3.org/1999/xhtml"><body>&x;' + form.encode() + b"</body></html>",
        "input.html": html(form.replace("某项目", '<input value="某项目">')), "span-zero.html": html(form.replace("<td>", "<td rowspan=0 colspan=0>")), "utf16-no-bom.html": html(form).decode().encode("utf-16-le"),
        "svg.html": html(f"<svg><foreignObject>{form}</foreignObject></svg>"), "template.html": html(f"<template>{form}</template>"), "xmp.html": html(f"<xmp>{form}</xmp>"), "textarea.html": html(f"<textarea>{form}"), "plaintext.html": html(f"<plaintext>{form}"),
    }  # fmt: skip
    away = {
        "tags-million.html": html("<b>" * 10**6 + form), "attributes-300000.html": html(f"<table {' '.join(f'a{n}=1' for n in range(300_000))}>{form}"), "entities-million.html": html("<p>" + "&#65;&amp;&nosuch;&#0;&#xFFFFFFFF;" * 200_000 + f"</p>{form}"),
        "frames.html": html(f'<frameset><frame src="http://127.0.0.1:{port}/"></frameset>'), "srcdoc.html": html('<iframe srcdoc="&lt;table&gt;"></iframe>'), "hidden-by-sheet.html": html(f"<style>td{{display:none}}</style>{form}"),
        "mixed.html": html("<p>项目</p>") + "支出绩效自评表".encode("gbk") + form.encode() + b"\xff", "utf32.html": html(form).decode().encode("utf-32"), "tables-300-deep.html": html("<table><tr><td>" * 300), "adoption.html": html("<a><b><i>" * 3000 + "<p>" * 3000 + form),
    }  # fmt: skip
    return _cases("more-page", told, away)


def texts() -> dict[str, Case]:
    told = {
        "utf16be-no-bom.txt": TEXT.encode("utf-16-be"), "separators.txt": TEXT.replace("\n", "\u2028").encode(), "feeds.txt": TEXT.replace("\n", "\x0b").encode(), "quoted.csv": b'"' + TEXT.encode() * 3,
        "name-lines.txt": edited("农村饮水安全巩固提升", "农村" + "\n" * 5000 + "饮水"), "list-9999.txt": edited("≥45公里", "1.1\n2.2\n3." + "4.5\n6." * 3000), "hints.txt": edited("改造供水管网45公里", "(100字以内)" * 50 + "1." * 200),
        "exponents.txt": edited("46.5公里", "6E+4公里"), "dots.txt": edited("46.5公里", "1." * 5000), "circled.txt": edited("46.5公里", "①②③④⑤⑥⑦⑧⑨⑩" * 900),
    }  # fmt: skip
    away = {
        "utf32.txt": TEXT.encode("utf-32"), "mixed.txt": TEXT[:999].encode() + TEXT[999:].encode("gb18030"), "japanese.txt": TEXT.encode("shift_jis", "replace"), "twice-encoded.txt": TEXT.encode().decode("latin1").encode(), "zero-width.txt": "\u200b".join(TEXT).encode() * 30,
        "base64.txt": base64.b64encode(TEXT.encode()), "accents.txt": edited("农村饮水安全巩固提升", "农" + "\u0301" * 50_000), "brackets.txt": edited("农村饮水安全巩固提升", "（" * 20_000 + "）" * 20_000), "places.txt": edited("≥45公里", "前" + "十百千万亿" * 5000 + "名"), "object.json": b'{"a":1}',
    }  # fmt: skip
    return _cases("more-text", told, away)


def deep(path: Path) -> None:
    folder = path.joinpath(*["深" * 20] * 30)
    folder.mkdir(parents=True)
    (folder / "a.docx").write_bytes(project("深处"))


def looped(path: Path) -> None:
    path.mkdir()
    (path / "a").symlink_to(path, target_is_directory=True)
    (path / "b").symlink_to("..", target_is_directory=True)


def places() -> dict[str, Case]:
    made: dict[str, Maker] = {
        "device-fd.txt": lambda path: path.symlink_to("/dev/fd/0"), "device-memory.txt": lambda path: path.symlink_to("/proc/self/mem"), "device-terminal.txt": lambda path: path.symlink_to("/dev/tty"),
        "link-nowhere.pdf": lambda path: path.symlink_to("nope"), "folder.xlsx": Path.mkdir, "pipe.pdf": os.mkfifo, "half.docx.part": WORD[:500], "half.docx.crdownload": WORD[:500],
    }  # fmt: skip
    names = ["a\nb\r.docx", os.fsdecode(b"\x80\xff\xfe.docx"), "é" * 60 + ".docx", "dot.docx.", "e\u0301.docx"]
    told = {f"more-{name}": Case(project(f"名称{number}"), "form") for number, name in enumerate(names)}
    return {f"more-{name}": Case(maker, "skipped") for name, maker in made.items()} | told | {"more-lnk.docx.lnk": Case(b"L\0\0\0"), "Thumbs.db": Case(b"x"), "desktop.ini": Case(b"[x]")}  # fmt: skip


def _cases(kind: str, told: dict[str, bytes], away: dict[str, bytes]) -> dict[str, Case]:
    cases = {f"{kind}-{name}": Case(data) for name, data in away.items()}
    return cases | {f"{kind}-{name}": Case(data, "form") for name, data in told.items()}


def more_cases(port: int) -> dict[str, Case]:
    return zips() | words(port) | books() | papers() | pages(port) | texts() | places()
