"""Hostile Word files: bombs, false sizes, declarations, spans, nesting, damage at every offset, odd project names."""

from __future__ import annotations

import io
import re
import struct
import zipfile
from itertools import accumulate
from xml.sax.saxutils import escape

from hostile import PROJECT, WORD, Case, archive

PART = "word/document.xml"
XML = zipfile.ZipFile(io.BytesIO(WORD)).read(PART).decode()
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def word(xml: bytes | str, **more: bytes | str) -> bytes:
    """The specimen with another body and further parts."""
    with zipfile.ZipFile(io.BytesIO(WORD)) as file:
        parts = {name: file.read(name) for name in file.namelist()}
    # What fits is not compressed, so that the limit on ratios does not save the others from their work.
    large = len(xml) + sum(map(len, more.values())) > 15 * 2**20
    return archive(parts | {PART: xml} | more, zipfile.ZIP_DEFLATED if large else zipfile.ZIP_STORED)


def body(content: str) -> bytes:
    return word(f"<w:document {W}><w:body>{content}</w:body></w:document>")


def in_form(content: str) -> bytes:
    """The specimen with something before its end."""
    return word(XML.replace("<w:sectPr", content + "<w:sectPr", 1))


def p(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def tc(text: str = "", properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{p(text)}</w:tc>"


def tbl(row: str, times: int = 1) -> str:
    return "<w:tbl>" + f"<w:tr>{row}</w:tr>" * times + "</w:tbl>"


def nested(around: str, depth: int, inside: str = p("a")) -> str:
    tags = re.findall(r"<([\w:]+)", around)
    return around * depth + inside + "".join(f"</{tag}>" for tag in reversed(tags)) * depth


def dtd(declarations: str, use: str, encoding: str = "utf-8") -> bytes:
    xml = f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE w [{declarations}]>'
    return word((xml + f"<w:document {W}><w:body>{p(use)}</w:body></w:document>").encode(encoding))


LAUGHS = '<!ENTITY a0 "ha">' + "".join(f'<!ENTITY a{n + 1} "{f"&a{n};" * 10}">' for n in range(12))


def patched(data: bytes, name: str, record: bytes, offset: int, value: bytes) -> bytes:
    """The zip with bytes overwritten in the central ("PK\\1\\2") or local ("PK\\3\\4") record of an entry."""
    start = 46 if record == b"PK\1\2" else 30
    at = next(
        m.start() for m in re.finditer(re.escape(record), data) if data[m.start() + start :].startswith(name.encode())
    )
    return data[: at + offset] + value + data[at + offset + len(value) :]


def overlapping(copies: int) -> bytes:
    """Many entries in the directory of a zip that are all the one in its body."""
    kernel = archive({PART: b" " * 2**20})
    at = kernel.index(b"PK\1\2")
    record = kernel[at : at + 46]
    names = [PART.encode(), *(f"word/m{n:04}.xml".encode() for n in range(copies))]
    records = b"".join(record[:28] + struct.pack("<H", len(name)) + record[30:] + name for name in names)
    return kernel[:at] + records + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, len(names), len(names), len(records), at, 0)


def project(name: str) -> bytes:
    return word(XML.replace(PROJECT, escape(name)))


ROW = tc("产出指标") + tc("数量指标") + tc("甲") + tc("≥1") + tc("1") + tc("1") * 2 + tc()
HEADS = "".join(map(tc, ("一级指标", "二级指标", "三级指标", "指标值", "完成值", "分值", "得分", "偏差原因")))
NAMES = ("../../x", "<script>alert(1)</script>", "=cmd|' /C calc'!A0", "长" * 300, "\u202ecod.exe", "{{7*7}}{%x%}", "[a](javascript:b)",
    "<img src=x onerror=alert(1)>", "CON", "a|b:c*?", "\u200b\ufeff", "%s%n${HOME}`id`$(id)", "😀\U000e0041", "&lt;b&gt;&amp;", "@SUM(1+1)", "￹\ufff9")  # fmt: skip


def word_cases(port: int) -> dict[str, Case]:
    away = {
        "entities": dtd(LAUGHS, "&a12;"),
        "entities-utf16": dtd(LAUGHS, "&a12;", "utf-16"),
        "entities-utf16be": dtd(LAUGHS, "&a12;", "utf-16-be"),
        "entities-utf32": dtd(LAUGHS, "&a12;", "utf-32"),
        "entities-utf7": dtd(LAUGHS, "&a12;", "utf-7"),
        "entities-ebcdic": dtd(LAUGHS, "&a12;", "cp037"),
        "entity-quadratic": dtd(f'<!ENTITY a "{"x" * 10**5}">', "&a;" * 10**4),
        "entity-file": dtd('<!ENTITY a SYSTEM "file:///etc/passwd">', "&a;"),
        "entity-web": dtd(f'<!ENTITY a SYSTEM "http://127.0.0.1:{port}/a">', "&a;"),
        "entity-parameter": dtd(f'<!ENTITY % a SYSTEM "http://127.0.0.1:{port}/b"> %a;', "x"),
        "xml-depth": body("<w:x>" * 10**5),
        "xml-nul": body(p("a&#0;b")),
        "xml-control": body(p("a\x01b")),
        "xml-surrogate": body(p("&#xD800;")),
        "xml-encoding": word(b'<?xml version="1.0" encoding="klingon"?><a/>'),
        "xml-not-utf8": word(XML.encode().replace("项目".encode(), b"\xff\xfe", 1)),
        "xml-half": word(XML[: len(XML) // 2]),
        "xml-empty": word(""),
        "xml-html": word("<html><body><table></table></body></html>"),
        "no-form": body(p("关于召开会议的通知")),
        "cells-million": body(tbl(tc() * 10, 10**5)),
        "cells-120000": body(tbl(tc() * 10, 12_000)),
        "rows-empty": body("<w:tbl>" + "<w:tr/>" * 10**5 + "</w:tbl>"),
        "paragraphs": body(p("a") * 10**5),
        "span-2e31": in_form(tbl(tc("a", f'<w:gridSpan w:val="{2**31}"/>'))),
        "span-long": in_form(tbl(tc("a", f'<w:gridSpan w:val="{"9" * 400}"/>'))),
        "span-negative": in_form(tbl(tc("a", '<w:gridSpan w:val="-5"/>'))),
        "span-word": in_form(tbl(tc("a", '<w:gridSpan w:val="٣"/>'))),
        "before-2e31": in_form(tbl(f'<w:trPr><w:gridBefore w:val="{2**31}"/></w:trPr>{tc("a")}')),
        "tables-3000-deep": body(nested("<w:tbl><w:tr><w:tc>", 3000)),
        "tables-80-deep": body(nested("<w:tbl><w:tr><w:tc>", 80)),
        "controls-deep": body(nested("<w:sdt><w:sdtContent>", 3000)),
        "text-30mb": body(p("a" * 30 * 2**20)),
        "attribute-15mb": body(f'<w:p w:x="{"a" * 15 * 2**20}"/>'),
        "attributes": body("<w:p " + " ".join(f'w:a{n}="{n}"' for n in range(10**5)) + "/>"),
        "bomb-ratio": word(b"<a>" + b" " * 39 * 2**20),
        "bomb-parts": word(XML, **{f"word/{n}.xml": bytes(10 * 2**20) for n in range(16)}),
        "bomb-overlap": overlapping(1500),
        "bomb-entries": archive({PART: XML} | {f"{n}": b"" for n in range(3000)}),
        "bomb-nested": archive({PART: archive({PART: archive({"a": bytes(10**7)})})}),
        "size-too-small": patched(word(b" " * 39 * 2**20), PART, b"PK\1\2", 24, struct.pack("<L", 10)),
        "size-too-large": patched(WORD, PART, b"PK\1\2", 24, struct.pack("<L", 2**32 - 2)),
        "crc": patched(WORD, PART, b"PK\1\2", 16, b"abcd"),
        "local-name": patched(WORD, PART, b"PK\3\4", 30, b"evil/"),
        "local-offset": patched(WORD, PART, b"PK\1\2", 42, struct.pack("<L", 2**31)),
        "encrypted-zip": patched(WORD, PART, b"PK\1\2", 8, b"\1\0"),
        "method-99": patched(WORD, PART, b"PK\1\2", 10, b"\x63\0"),
        "bzip2": archive({PART: XML}, zipfile.ZIP_BZIP2),
        "lzma": archive({PART: XML}, zipfile.ZIP_LZMA),
        "two-bodies": WORD[: WORD.index(b"PK\1\2")] + twice(WORD),
        "no-body": archive({"word/styles.xml": "<a/>"}),
        "empty-zip": archive({}),
        "end-only": b"PK\5\6" + bytes(18),
        "head-only": b"PK\3\4",
    }  # fmt: skip
    strange = {
        "size-packed": patched(WORD, PART, b"PK\1\2", 20, struct.pack("<L", 2**31)),
        "include": in_form(f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="http://127.0.0.1:{port}/c"/>'),
        "stylesheet": word(XML.replace("?>", f'?><?xml-stylesheet href="http://127.0.0.1:{port}/d"?>', 1)),
        "links": word(XML, **{"word/_rels/document.xml.rels": relations(port), "word/vbaProject.bin": b"\xcc\x61"}),
        "traversal": word(XML, **{"../../../tmp/evil": "x", "/etc/evil": "x", "..\\evil": "x", "CON": "x"}),
        "prefix": b"MZ" + bytes(510) + WORD,
        "suffix": WORD + bytes(10**5),
        "span-zero": in_form(tbl(tc("a", '<w:gridSpan w:val="0"/>'))),
        "span-63": in_form(tbl(tc("a", '<w:gridSpan w:val="63"/>') * 300)),
        "merge-first": in_form(tbl(tc("a", "<w:vMerge/>") * 5, 5)),
        "merge-word": in_form(tbl(tc("a", '<w:vMerge w:val="banana"/>') * 5, 5)),
        "merge-all": word(XML.replace("<w:tcPr>", "<w:tcPr><w:vMerge/>")),
        "merge-none": word(re.sub("<w:vMerge[^>]*>", "", XML)),
        "tables-49-deep": in_form(nested("<w:tbl><w:tr><w:tc>", 49)),
        "tables-inside": in_form("<w:tbl><w:tr><w:tc>" + tbl(tc("a")) * 2000 + "</w:tc></w:tr></w:tbl>"),
        "boxes": in_form("<w:p><w:r>" + f"<w:txbxContent>{p('框')}</w:txbxContent>" * 3000 + "</w:r></w:p>"),
        "choices": in_form("<w:p>" + "<w:ins>" * 30 + p("x") * 3000 + "</w:ins>" * 30 + "</w:p>"),
        "hidden-all": word(XML.replace("<w:rPr>", "<w:rPr><w:vanish/>")),
        "deleted-all": word(XML.replace("<w:r>", "<w:del><w:r>").replace("</w:r>", "</w:r></w:del>")),
        "indicators-2000": word(XML.replace("<w:sectPr", tbl(HEADS) + tbl(ROW, 2000) + "<w:sectPr", 1)),
        "forms-60": word(XML.replace("<w:sectPr", "".join(re.findall("<w:tbl>.*</w:tbl>", XML, re.S)) * 59 + "<w:sectPr", 1)),
        "cell-2mb": word(XML.replace(PROJECT, "甲乙丙丁" * 50_000)),
        "goal-digits": word(XML.replace("改造供水管网45公里", "改造" + "1，" * 200_000)),
        "half": word(XML[: XML.index("三级指标")].rpartition("<w:tr>")[0] + "</w:tbl></w:body></w:document>"),
        "no-heading": word(XML.replace("三级指标", "某")),
        "two-totals": word(re.sub(r"(<w:tr>(?:(?!</w:tr>).)*总分.*?</w:tr>)", lambda found: found[1] + found[1].replace("99.5", "60"), XML, flags=re.S)),
        "year-99999": word(XML.replace("2022年度", "99999年度")),
    }  # fmt: skip
    cases = {f"word-{name}.docx": Case(data) for name, data in away.items()}
    cases |= {f"word-{name}.docx": Case(data, "form") for name, data in strange.items()}
    cases |= {f"name-{number:02}.docx": Case(project(name), "form") for number, name in enumerate(NAMES)}
    cuts = [*accumulate([1, 3, 9, 40, 200, 1000] + [len(WORD) // 12] * 10), len(WORD) - 30, len(WORD) - 1]
    cases |= {f"cut-{at}.docx": Case(WORD[:at], "form") for at in cuts}
    flips = [WORD[:at] + bytes([WORD[at] ^ 0xFF]) + WORD[at + 1 :] for at in range(20, len(WORD), len(WORD) // 16)]
    return cases | {f"flip-{number:02}.docx": Case(data, "form") for number, data in enumerate(flips)}


def twice(data: bytes) -> bytes:
    """The directory of a zip with the entry of the body listed twice."""
    at = data.index(b"PK\1\2")
    end = data.index(b"PK\5\6")
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        count = len(file.infolist())
    start = data.index(PART.encode(), at) - 46
    record = data[start : start + 46 + struct.unpack_from("<H", data, start + 28)[0]]
    directory = data[at:end] + record
    return directory + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, count + 1, count + 1, len(directory), at, 0)


def relations(port: int) -> str:
    kinds = ("image", "attachedTemplate", "oleObject", "hyperlink", "frame", "subDocument", "aFChunk")
    head = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
    links = "".join(f'<Relationship Id="r{k}" Type="{head}{k}" Target="http://127.0.0.1:{port}/{k}" TargetMode="External"/>' for k in kinds)  # fmt: skip
    return (
        f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{links}</Relationships>'
    )
