"""Hostile files of the other kinds: Excel, legacy Office, web pages, PDF."""

from __future__ import annotations

import struct
import zlib

from hostile import DATA, Case, archive
from hostile_word import LAUGHS

MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
FORM = [line.split("|") for line in (
    "项目支出绩效自评表", "项目名称|某项目", "主管部门|某局|实施单位|某中心",
    "项目资金（万元）||年初预算数|全年预算数|全年执行数|分值|执行率|得分", "|年度资金总额|100|100|95|10|95%|9.5",
    "一级指标|二级指标|三级指标|年度指标值|实际完成值|分值|得分|偏差原因", "产出指标|数量指标|培训次数|≥2次|2次|90|90|", "总分|||||100|99.5|",
)]  # fmt: skip


def letters(column: int) -> str:
    return letters((column - 1) // 26) + chr(65 + (column - 1) % 26) if column else ""


def cell(row: int, column: int, text: str) -> str:
    return f'<c r="{letters(column)}{row}" t="inlineStr"><is><t>{text}</t></is></c>'


ROWS = "".join(
    f'<row r="{r}">{"".join(cell(r, c, text) for c, text in enumerate(row, 1))}</row>' for r, row in enumerate(FORM, 1)
)


def sheet(rows: str = ROWS, after: str = "", head: str = "", before: str = "") -> str:
    return f"{head}<worksheet {MAIN}>{before}<sheetData>{rows}</sheetData>{after}</worksheet>"


def excel(xml: str | bytes = "", sheets: int = 1, shared: str = "", workbook: str = "", **more: str | bytes) -> bytes:
    listed = "".join(f'<sheet name="s{n}" sheetId="{n}" r:id="r{n}"/>' for n in range(1, sheets + 1))
    links = "".join(f'<Relationship Id="r{n}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n in range(1, sheets + 1))  # fmt: skip
    links += f'<Relationship Id="s" Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/>' if shared else ""
    kinds = "http://schemas.openxmlformats.org/package/2006/content-types"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": f'<Types xmlns="{kinds}"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship Id="r1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": workbook or f'<workbook {MAIN} xmlns:r="{OFFICE}"><sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}">{links}</Relationships>',
    }
    parts |= {f"xl/worksheets/sheet{n}.xml": xml or sheet() for n in range(1, sheets + 1)}
    return archive(parts | ({"xl/sharedStrings.xml": shared} if shared else {}) | more)


def ole(streams: bytes = b"", names: str = "WordDocument Workbook", fat: int = 0, directory: int = 1, shift: int = 9, left: int = 2**32 - 1) -> bytes:  # fmt: skip
    """A compound file of three sectors: its table of sectors, its directory, and the streams."""
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<5H6x", 0x3E, 3, 0xFFFE, shift, 6)
    head += struct.pack("<9L", 0, 1, directory, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    head += struct.pack("<109L", fat, *[0xFFFFFFFF] * 108)
    table, entries, last = struct.pack("<128L", 0xFFFFFFFD, *[0xFFFFFFFE] * 127), b"", len(names.split())
    for number, name in enumerate(("Root Entry", *names.split())):
        raw, right = name.encode("utf-16-le"), number + 1 if 0 < number < last else 2**32 - 1
        entries += raw.ljust(64, b"\0") + struct.pack("<HBB", len(raw) + 2, 2 if number else 5, 1)
        entries += (
            struct.pack("<3L", left, right, 2**32 - 1 if number else 1)
            + bytes(36)
            + struct.pack("<LQ", 2, 2**40 if streams else 512)
        )
    return head + table + entries.ljust(512, b"\0") + streams.ljust(512, b"\0")


def pdf(*objects: bytes | str, root: int = 1, trailer: str = "") -> bytes:
    out, places = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += (
            f"{number} 0 obj\n".encode() + (content.encode() if isinstance(content, str) else content) + b"\nendobj\n"
        )
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    end = f"xref\n0 {len(places) + 1}\n0000000000 65535 f \n{table}trailer\n<</Size {len(places) + 1}/Root {root} 0 R{trailer}>>\nstartxref\n{len(out)}\n%%EOF"
    return out + end.encode()


def stream(data: bytes, words: str = "", length: int | None = None) -> bytes:
    return f"<<{words}/Length {len(data) if length is None else length}>>stream\n".encode() + data + b"\nendstream"


def page(content: bytes, more: str = "", box: str = "0 0 595 842", *objects: bytes | str) -> bytes:
    catalog, pages = f"<</Type/Catalog/Pages 2 0 R{more}>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>"
    one = (
        f"<</Type/Page/Parent 2 0 R/MediaBox[{box}]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>/XObject<</X 4 0 R>>>>>>"
    )
    return pdf(catalog, pages, one, content, "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>", *objects)


def bomb(times: int) -> bytes:
    data = zlib.compress(bytes(10**8), 9)
    for _ in range(times - 1):
        data = zlib.compress(data, 9)
    return stream(data, f"/Filter[{'/FlateDecode' * times}]")


def html(content: str, head: str = "<html><meta charset=utf-8>") -> bytes:
    return f"{head}<body>{content}</body></html>".encode()


def rows(between: str = "") -> str:
    return (
        "<table>" + between.join(f"<tr>{''.join(f'<td>{text}</td>' for text in row)}</tr>" for row in FORM) + "</table>"
    )


def kind_cases(port: int) -> dict[str, Case]:
    far, declared = '<c r="XFD1048576"><v>1</v></c>', f"<!DOCTYPE a [{LAUGHS}]>"
    call = f"http://127.0.0.1:{port}/"
    books = {
        "far-cell": excel(sheet(ROWS + f'<row r="1048576">{far}</row>')),
        "far-dimension": excel(sheet(before='<dimension ref="A1:XFD1048576"/>')),
        "far-merge": excel(sheet(after='<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>')),
        "merges": excel(sheet(after="<mergeCells>" + '<mergeCell ref="A1:B2"/>' * 10**5 + "</mergeCells>")),
        "merge-backwards": excel(sheet(after='<mergeCells><mergeCell ref="Z9:A1"/><mergeCell ref="??"/></mergeCells>')),
        "cells-million": excel(sheet("".join(f'<row r="{r}">{"<c><v>1</v></c>" * 100}</row>' for r in range(1, 10**4)))),
        "row-zero": excel(sheet('<row r="0"><c r="A0"><v>1</v></c></row>' + ROWS)),
        "row-2e31": excel(sheet(ROWS + f'<row r="{2**31}"><c r="A{2**31}"><v>1</v></c></row>')),
        "column-long": excel(sheet(ROWS + f'<row r="99"><c r="{"Z" * 999}99"><v>1</v></c></row>')),
        "entities": excel(sheet(head=declared)),
        "entities-utf16": excel(sheet(head=declared).encode("utf-16")),
        "entities-shared": excel(shared=f"{declared}<sst {MAIN}><si><t>&a12;</t></si></sst>"),
        "entity-web": excel(sheet(head=f'<!DOCTYPE a SYSTEM "{call}x">')),
        "shared-index": excel(sheet('<row r="1"><c r="A1" t="s"><v>99999999</v></c></row>'), shared=f"<sst {MAIN}/>"),
        "shared-bomb": excel(shared=f"<sst {MAIN}><si><t>{'a' * 39 * 2**20}</t></si></sst>"),
        "sheets-1000": excel(sheets=1000),
        "sheet-missing": excel(workbook=f'<workbook {MAIN} xmlns:r="{OFFICE}"><sheets><sheet name="a" sheetId="1" r:id="r9"/></sheets></workbook>'),
        "number-nan": excel(sheet(ROWS + '<row r="20"><c r="A20"><v>NaN</v></c><c r="B20"><v>1e999</v></c></row>')),
        "formula": excel(sheet(ROWS + "<row r=\"20\"><c r=\"A20\"><f>cmd|' /C calc'!A0</f><v>1</v></c></row>")),
        "external": excel(**{"xl/externalLinks/externalLink1.xml": f'<externalLink {MAIN}><externalBook href="{call}e"/></externalLink>'}),
        "half": excel()[:600],
        "broken": excel(sheet()[:300]),
        "encrypted": ole(names="EncryptionInfo EncryptedPackage"),
    }  # fmt: skip
    old = {
        "garbage.doc": ole(b"x" * 500), "loop.xls": ole(directory=0), "siblings.doc": ole(left=1), "fat.doc": ole(fat=2**31), "sector.xls": ole(shift=31), "head.wps": ole()[:8],
        "cut.et": ole()[:700], "encrypted.doc": ole(names="EncryptedPackage"), "encrypted.xls": ole(names="EncryptedPackage"),
        "noise.doc": ole(bytes((n * 7919 >> 3) & 255 for n in range(99_999))),
    }  # fmt: skip
    pages = {
        "colspan": html(rows().replace("<td>某项目", "<td colspan=1000000000>某项目")),
        "rowspan": html(rows().replace("<td>某项目", "<td rowspan=1000000000>某项目")),
        "span-both": html('<table><tr><td colspan=65534 rowspan=65534>a</table>' * 9 + rows()),
        "span-odd": html(rows().replace("<td>某项目", "<td colspan=-1 rowspan=0x7>某项目")),
        "tables-deep": html("<table><tr><td>" * 3000 + rows()), "depth": html("<div>" * 10**5 + rows()), "unclosed": html("<table>" + "<tr><td>" * 10**5),
        "cells-million": html("<table>" + "<tr>" + "<td>" * 100 + "</tr>" * 10**4 + ("<tr>" + "<td>1" * 100) * 10**4), "script": html(f"<script src={call}s></script>{rows()}"),
        "calls": html(f"<base href={call}><img src=i><link rel=stylesheet href=l><iframe src=file:///etc/passwd></iframe><meta http-equiv=refresh content='0;{call}m'>{rows()}"),
        "hidden": html(f"<div style='display:none'>{rows()}</div>"), "entities": html(rows() + "&#x110000;&#0;&#xD800;" * 99, declared + "<html>"),
        "charset-utf7": html(rows(), "<html><meta charset=utf-7>"), "charset-false": html(rows(), "<html><meta charset=gbk>"), "charset-no": html(rows(), "<html><meta charset=klingon>"),
        "utf16": b"\xff\xfe" + html(rows()).decode().encode("utf-16-le"), "nul": html(rows().replace("某", "某\0")), "attribute": html(f"<table title='{'a' * 10**7}'>" + rows()),
        "comment": html("<!--" + rows()), "half": html(rows())[:300], "mhtml": b"MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n\r\n" + html(rows()),
    }  # fmt: skip
    draw = stream(b"BT /F 12 Tf 50 50 Td (a) Tj ET")
    papers = {
        "page-loop": pdf("<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[2 0 R 2 0 R]/Count 2>>"),
        "page-count": pdf("<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[]/Count 2147483647>>"),
        "page-parents": pdf("<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>", "<</Type/Pages/Parent 3 0 R/Kids[2 0 R 3 0 R]>>"),
        "pages-100000": pdf("<</Type/Catalog/Pages 2 0 R>>", f"<</Type/Pages/Kids[{'3 0 R ' * 10**5}]/Count 100000>>", "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>"),
        "flate-bomb": page(bomb(1)), "flate-bomb-twice": page(bomb(2)), "flate-bomb-9": page(bomb(9)), "stream-length": page(stream(b"BT ET", length=2**31)),
        "stream-negative": page(stream(b"BT ET", length=-5)), "form-loop": page(stream(b"/X Do " * 99, "/Type/XObject/Subtype/Form/BBox[0 0 9 9]")),
        "contents-loop": page(b"[4 0 R 4 0 R]"), "text-100000": page(stream(b"BT /F 1 Tf " + b"(a) Tj " * 10**5 + b"ET")), "lines": page(stream(b"0 0 m 9 9 l S\n" * 10**5)),
        "nested-q": page(stream(b"q " * 10**6)), "brackets": page(stream(b"[" * 10**6)), "box-huge": page(draw, box="0 0 1e30 1e30"), "box-nan": page(draw, box="a b c d"),
        "javascript": page(draw, f"/OpenAction<</S/JavaScript/JS(app.launchURL\\('{call}j'\\))>>"), "launch": page(draw, "/OpenAction<</S/Launch/F(/bin/sh)>>"),
        "uri": page(draw, f"/OpenAction<</S/URI/URI({call}u)>>"), "scanned": page(stream(b"q 1 0 0 1 0 0 cm Q")), "encrypted": pdf("<</Type/Catalog>>", trailer="/Encrypt<</Filter/Standard/V 9/R 9/O()/U()/P 0>>"),
        "xref-loop": pdf("<</Type/Catalog>>", trailer="/Prev 9"), "root-none": pdf("null"), "head": b"%PDF-1.7", "noise": b"%PDF-1.7\n" + bytes((n * 7919 >> 3) & 255 for n in range(9999)),
        "half": page(draw)[:300], "deep": pdf("<</Type/Catalog/Pages 2 0 R>>", "[" * 10**5),
    }  # fmt: skip
    box = "/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X {} 0 R>>>>"
    whole = (DATA / "specimen.pdf").read_bytes()
    papers |= {
        "cut-quarter": whole[: len(whole) // 4], "cut-tenth": whole[: len(whole) // 10], "cut-32": whole[:32], "xref-far": pdf("<</Type/Catalog>>").replace(b"startxref\n", b"startxref\n9999999"),
        "forms-nested": page(stream(b"/X Do", box.format(6)), "", "0 0 9 9", *[stream(b"/X Do /X Do", box.format(n)) for n in range(7, 60)], draw),
        "coordinates": page(stream(b"1e38 -1e38 m 1e38 1e38 l S 0 0 1e38 .1 re f 1e308 0 0 1e308 1e308 0 cm 0 0 1 1 re S BT /F 1e30 Tf 1e30 1e30 Td (a) Tj ET")),
        "crossings": page(stream(b"".join(b"%d 0 m %d 9999 l S 0 %d m 9999 %d l S\n" % ((n * 4,) * 4) for n in range(2000)), ""), "", "0 0 9999 9999"),
        "no-text": page(stream(b"".join(b"0 %d m 99 %d l S %d 0 m %d 99 l S\n" % ((n * 9,) * 4) for n in range(12)))), "behind-garbage": b"x\r\n" * 50 + page(draw),
    }  # fmt: skip
    strange = {
        "behind-mail": b"Received: from a\r\n\r\n" + whole,
        "and-zip": whole + archive({"word/document.xml": "<a/>"}),
        "cut-end": whole[:-600],
    }
    cases = {f"excel-{name}.xlsx": Case(data, "form") for name, data in books.items()}
    cases |= {f"old-{name}": Case(data) for name, data in old.items()}
    cases |= {f"page-{name}.html": Case(data, "form") for name, data in pages.items()}
    cases |= {f"pdf-{name}.pdf": Case(data) for name, data in papers.items()}
    cases |= {f"pdf-{name}.pdf": Case(data, "form") for name, data in strange.items()}
    cases |= {
        "excel-as.docx": Case(excel(), "form"),
        "page-as.doc": Case(html(rows()), "form"),
        "excel-as.xls": Case(excel(), "form"),
    }
    return cases | {
        "slides.docx": Case(archive({"ppt/presentation.xml": "<a/>"})),
        "open.docx": Case(archive({"content.xml": "<a/>"})),
    }
