"""Workbooks and compound files for tests, written by hand: any Document as .xlsx, and files that no program would write."""

from __future__ import annotations

import io
import os
import shutil
import struct
import subprocess
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

import pytest

from auditkit.document import Document, Row, Table, letters

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
CONTENT = "http://schemas.openxmlformats.org/package/2006/content-types"
KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

SOFFICE = shutil.which("soffice")
needs_soffice = pytest.mark.skipif(
    not SOFFICE and not os.environ.get("CI"), reason="LibreOffice is not installed: nothing converts this format"
)


def archive(parts: Mapping[str, str | bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return out.getvalue()


def contents(data: bytes) -> dict[str, bytes]:
    """The parts of a package by their names."""
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        return {name: file.read(name) for name in file.namelist()}


def sheet(rows: str = "", merges: Iterable[str] = (), columns: str = "") -> str:
    """A sheet's part; rows are <row> elements, merges references, columns <col> elements."""
    joined = "".join(f'<mergeCell ref="{ref}"/>' for ref in merges)
    return (
        f'{HEAD}<worksheet xmlns="{MAIN}">{f"<cols>{columns}</cols>" if columns else ""}<sheetData>{rows}</sheetData>'
        f"{f'<mergeCells>{joined}</mergeCells>' if joined else ''}</worksheet>"
    )


def line(row: int, *cells: str, more: str = "") -> str:
    return f'<row r="{row}"{more}>{"".join(cells)}</row>'


def number(place: str, value: str, style: int = 0, more: str = "") -> str:
    return f'<c r="{place}" s="{style}"{more}><v>{value}</v></c>'


def said(place: str, text: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'


def parts(
    sheets: Mapping[str, str], formats: Iterable[str] = (), states: Mapping[str, str] | None = None, shared: str = ""
) -> dict[str, str]:
    """The parts of a workbook; style 0 has no format, style n the nth of `formats`."""
    named = list(enumerate(sheets, 1))
    kinds = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{KIND}.worksheet+xml"/>' for n, _ in named
    )
    entries = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{n}" state="{(states or {}).get(name, "visible")}" r:id="r{n}"/>'
        for n, name in named
    )
    links = "".join(
        f'<Relationship Id="r{n}" Type="{LINKS}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n, _ in named
    )
    links += f'<Relationship Id="s" Type="{LINKS}/styles" Target="styles.xml"/>'
    links += f'<Relationship Id="t" Type="{LINKS}/sharedStrings" Target="sharedStrings.xml"/>'
    codes = list(enumerate(formats, 164))
    styles = "".join(f'<numFmt numFmtId="{n}" formatCode={quoteattr(code)}/>' for n, code in codes)
    uses = "".join(
        f'<xf numFmtId="{n}" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
        for n in (0, *dict(codes))
    )
    return {
        "[Content_Types].xml": f'{HEAD}<Types xmlns="{CONTENT}"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{KIND}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{KIND}.styles+xml"/>'
        f'<Override PartName="/xl/sharedStrings.xml" ContentType="{KIND}.sharedStrings+xml"/>{kinds}</Types>',
        "_rels/.rels": f'{HEAD}<Relationships xmlns="{PACKAGE}">'
        f'<Relationship Id="r" Type="{LINKS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{LINKS}"><sheets>{entries}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'{HEAD}<Relationships xmlns="{PACKAGE}">{links}</Relationships>',
        "xl/styles.xml": f'{HEAD}<styleSheet xmlns="{MAIN}"><numFmts count="{len(codes)}">{styles}</numFmts>'
        '<fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts><fills count="1"><fill><patternFill/></fill></fills>'
        '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
        f'<cellXfs count="{len(codes) + 1}">{uses}</cellXfs></styleSheet>',
        "xl/sharedStrings.xml": f'{HEAD}<sst xmlns="{MAIN}">{shared}</sst>',
    } | {f"xl/worksheets/sheet{n}.xml": sheets[name] for n, name in named}


def as_xlsx(*documents: Document, titles: Iterable[str] = ("自评表",)) -> bytes:
    """Documents as a workbook of a sheet each, cells merged as they are in it; the texts are shared, as Excel does it."""
    grids = [
        [row for block in document.blocks for row in (block.rows if isinstance(block, Table) else ((block,),))]
        for document in documents
    ]
    texts = dict.fromkeys(cell.text for rows in grids for row in rows for cell in row if cell.text)
    index = {text: str(n) for n, text in enumerate(texts)}
    sheets = {}
    for title, rows in zip(titles, grids, strict=True):
        lines = [
            line(n, *(f'<c r="{letters(c.grid + 1)}{n}" t="s"><v>{index[c.text]}</v></c>' for c in row if c.text))
            for n, row in enumerate(rows, 1)
        ]
        sheets[title] = sheet("".join(lines), ranges(rows))
    shared = "".join(f'<si><t xml:space="preserve">{escape(text)}</t></si>' for text in texts)
    return archive(parts(sheets, shared=shared))


def ranges(rows: list[Row]) -> list[str]:
    """The merged ranges of rows: cells over several columns, and those that continue the one above."""
    open_: dict[tuple[int, int], tuple[int, int]] = {}
    found = []
    for number_, row in enumerate([*rows, ()], 1):
        still = {}
        for cell in row:
            shape = cell.grid, cell.span
            still[shape] = (open_[shape][0] if cell.merged and shape in open_ else number_, number_)
        for (grid, span), (top, bottom) in open_.items():
            ended = still.get((grid, span), (0, 0))[0] != top
            if ended and (span > 1 or bottom > top):
                found.append(f"{letters(grid + 1)}{top}:{letters(grid + span)}{bottom}")
        open_ = still
    return found


def compound(streams: Mapping[str, bytes]) -> bytes:
    """An OLE file with these streams; each is filled up to 4096 bytes, so that none needs the small sectors."""
    sectors: list[bytes] = []
    chain: list[int] = []
    entries = [_entry("Root Entry", 5, 0xFFFFFFFE, 0, child=1 if streams else 0xFFFFFFFF)]
    for n, (name, content) in enumerate(streams.items(), 1):
        content = content.ljust(4096, b"\0")
        count = -(-len(content) // 512)
        begin = len(sectors)
        sectors += [content[at * 512 : at * 512 + 512].ljust(512, b"\0") for at in range(count)]
        chain += [*range(begin + 1, begin + count), 0xFFFFFFFE]
        entries.append(_entry(name, 2, begin, len(content), right=n + 1 if n < len(streams) else 0xFFFFFFFF))
    directory = len(sectors)
    entries += [_entry("", 0, 0, 0)] * (-len(entries) % 4)
    sectors += [b"".join(entries[at : at + 4]) for at in range(0, len(entries), 4)]
    chain += [*range(directory + 1, len(sectors)), 0xFFFFFFFE, 0xFFFFFFFD]
    assert len(chain) <= 128
    sectors.append(struct.pack("<128I", *chain, *[0xFFFFFFFF] * (128 - len(chain))))
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<IIIIIIIIII", 0, 1, directory, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0, len(sectors) - 1)
    return head.ljust(512, b"\xff") + b"".join(sectors)


def _entry(name: str, kind: int, begin: int, size: int, child: int = 0xFFFFFFFF, right: int = 0xFFFFFFFF) -> bytes:
    letters_ = name.encode("utf-16-le")
    head = letters_.ljust(64, b"\0") + struct.pack(
        "<HBBIII", len(letters_) + 2 if name else 0, kind, 1, 0xFFFFFFFF, right, child
    )
    return head + bytes(36) + struct.pack("<IQ", begin, size)


def converted(data: bytes, suffix: str, target: str, folder: Path) -> bytes:
    """The bytes that LibreOffice makes of a file."""
    return converted_together([data], suffix, target, folder)[0]


def converted_together(
    files: Iterable[bytes], suffix: str, target: str, folder: Path, fonts: Iterable[Path] = ()
) -> list[bytes]:
    """The bytes that LibreOffice makes of files of one kind, all in one call; with the fonts of these folders only."""
    assert SOFFICE, "CI needs LibreOffice: apt install libreoffice-writer-nogui libreoffice-calc-nogui"
    files = list(files)
    paths = [folder / f"in{number}{suffix}" for number in range(len(files))]
    for path, data in zip(paths, files, strict=True):
        path.write_bytes(data)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [SOFFICE, profile, "--headless", "--convert-to", target, "--outdir", folder / "out", *paths]
    environment = dict(os.environ)
    if fonts := "".join(f"<dir>{one}</dir>" for one in fonts):
        own = folder / "fonts.conf"
        own.write_text(
            f"<?xml version='1.0'?><fontconfig>{fonts}<cachedir>{folder}/fonts</cachedir></fontconfig>", "utf-8"
        )
        environment["FONTCONFIG_FILE"] = str(own)
    subprocess.run(command, check=True, capture_output=True, timeout=600, env=environment)
    return [(folder / "out" / f"{path.stem}.{target.partition(':')[0]}").read_bytes() for path in paths]
