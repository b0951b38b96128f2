"""Old Office files: what a compound file holds, and LibreOffice kept on a short lead."""

import contextlib
import os
import re
import socket
import threading
import time
from pathlib import Path

import pytest
from specimen import DATA
from workbooks import HEAD, archive, as_xlsx, compound, converted, needs_soffice

from auditkit.document import Table
from auditkit.parse.form import parse
from auditkit.read import libreoffice as legacy
from auditkit.read import read
from auditkit.safety import Limits, Refused, Unreadable

SPECIMEN = DATA / "specimen.docx"
SEEDS = sorted((DATA / "2021").glob("*.docx"))


def written(folder: Path, name: str, data: bytes) -> Path:
    (folder / name).write_bytes(data)
    return folder / name


def texts(path: Path) -> list[list[list[str]]]:
    return [[[c.text for c in row] for row in block.rows] for block in read(path).blocks if isinstance(block, Table)]


# By LibreOffice.


@needs_soffice
@pytest.mark.parametrize(
    ("name", "target", "form"),
    [("a.rtf", "rtf", SPECIMEN), ("a.doc", "rtf", SEEDS[5]), ("a.odt", "odt", SPECIMEN)],
)
def test_a_text_document_gives_the_same_form(name, target, form, tmp_path):
    path = written(tmp_path, name, converted(form.read_bytes(), ".docx", target, tmp_path))
    (found,), (wanted,) = parse(read(path)), parse(read(form))
    assert found == wanted
    assert found.doubts == ()


@needs_soffice
def test_an_opendocument_sheet_gives_the_same_form(tmp_path):
    path = written(tmp_path, "a.ods", converted((DATA / "specimen.xlsx").read_bytes(), ".xlsx", "ods", tmp_path))
    assert parse(read(path)) == parse(read(SPECIMEN))


def linked(address: str, file: str) -> bytes:
    """An OpenDocument text with a picture from an address and a section from a file."""
    names = "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{space}:1.0"'
        for name, space in (("office", "office"), ("text", "text"), ("draw", "drawing"))
    )
    body = (
        f'<text:p>正文</text:p><text:section text:name="s"><text:section-source xlink:href="{file}"/></text:section>'
        f'<text:p><draw:frame><draw:image xlink:href="{address}" xlink:type="simple" xlink:actuate="onLoad"/></draw:frame></text:p>'
    )
    content = (
        f'{HEAD}<office:document-content{names} xmlns:xlink="http://www.w3.org/1999/xlink" office:version="1.2">'
        f"<office:body><office:text>{body}</office:text></office:body></office:document-content>"
    )
    kind, space = "application/vnd.oasis.opendocument.text", "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
    entries = "".join(
        f'<m:file-entry m:full-path="{path}" m:media-type="{media}"/>'
        for path, media in (("/", kind), ("content.xml", "text/xml"))
    )
    manifest = f'{HEAD}<m:manifest xmlns:m="{space}">{entries}</m:manifest>'
    return archive({"mimetype": kind, "content.xml": content, "META-INF/manifest.xml": manifest}, 0)


@needs_soffice
@pytest.mark.parametrize(("profile", "isolated"), [(True, True), (True, False), (False, True), (False, False)])
def test_no_link_is_followed(profile, isolated, tmp_path, monkeypatch):
    """The profile and the lack of a network each keep LibreOffice from asking; with neither it does ask."""
    if not profile:
        monkeypatch.setattr(legacy, "_PROFILE", re.sub("<item.*</item>", "", legacy._PROFILE, flags=re.DOTALL))
    if not isolated:
        monkeypatch.setattr(legacy, "_isolated", lambda: ())
    asked = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def listen() -> None:
            with contextlib.suppress(OSError):
                server.accept()[0].close()
                asked.set()

        threading.Thread(target=listen, daemon=True).start()
        secret = written(tmp_path, "secret.txt", "机密内容".encode())
        data = linked(f"http://127.0.0.1:{server.getsockname()[1]}/a.png", secret.as_uri())
        blocks = read(written(tmp_path, "a.odt", data), Limits(seconds=120)).blocks
    assert [block.text for block in blocks] == ["正文"]
    assert asked.is_set() is not (profile or isolated)


@needs_soffice
@pytest.mark.parametrize(
    "data",
    [
        compound({"WordDocument": b"x"}),
        compound({"WordDocument": "项目名称".encode("utf-16-le") * 500}),
        archive({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "<x/>"}, 0),
    ],
)
def test_what_libreoffice_makes_nothing_of_is_an_error(data, tmp_path):
    path = written(tmp_path, "a.doc", data)
    with pytest.raises(Unreadable, match="请"):
        parse(read(path))


@needs_soffice
def test_nothing_is_left_behind(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    legacy.read_by_office("a.rtf", b"{\\rtf1 a\\par}", ".rtf")
    assert list(tmp_path.iterdir()) == []


def test_without_libreoffice_the_message_says_how_to_get_it(monkeypatch):
    monkeypatch.setattr("shutil.which", lambda name: None)
    with pytest.raises(Refused, match="apt install libreoffice-writer-nogui"):
        legacy.read_by_office("a.rtf", b"{\\rtf1 a\\par}", ".rtf")


def stand_in(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str, network: bool = False) -> None:
    """A program in LibreOffice's place; with `network`, on a system that cannot take the network from it."""
    program = written(folder, "soffice", f"#!/bin/sh\n{script}\n".encode())
    program.chmod(0o755)
    monkeypatch.setattr("shutil.which", lambda name: str(program) if name == "soffice" else None)
    monkeypatch.setattr(legacy, "_isolated", lambda: None if network else ())


@pytest.mark.skipif(os.name == "nt", reason="the stand-in is a shell script")
def test_libreoffice_does_not_run_with_the_network_unless_told_to(tmp_path, monkeypatch):
    stand_in(tmp_path, monkeypatch, f"touch {tmp_path}/ran", network=True)
    with pytest.raises(Refused, match="断网"):
        legacy.read_by_office("a.rtf", b"{\\rtf1}", ".rtf")
    assert not (tmp_path / "ran").exists()
    with pytest.raises(Unreadable, match="无法读取"):  # it ends with 0 and writes nothing
        legacy.read_by_office("a.rtf", b"{\\rtf1}", ".rtf", Limits(offline_only=False))
    assert (tmp_path / "ran").exists()


@pytest.mark.skipif(os.name == "nt", reason="the stand-in is a shell script")
def test_the_whole_group_ends_at_the_deadline(tmp_path, monkeypatch):
    stand_in(tmp_path, monkeypatch, f"(sleep 100000; touch {tmp_path}/late) & echo $! > {tmp_path}/child; wait")
    with pytest.raises(Refused, match="超过 8 秒"):
        legacy.read_by_office("a.rtf", b"{\\rtf1}", ".rtf", Limits(seconds=1, patience=8))
    child = int((tmp_path / "child").read_text())
    state = Path(f"/proc/{child}/stat")
    while state.exists() and state.read_text().split()[2] != "Z":  # killed, and gone when the system has time for it
        time.sleep(0.05)
    assert not (tmp_path / "late").exists()


@pytest.mark.skipif(os.name == "nt", reason="the stand-in is a shell script")
def test_the_output_is_read_as_any_other_file(tmp_path, monkeypatch):
    bomb = written(tmp_path, "bomb", archive({"word/document.xml": b" " * 3_000_000}))
    stand_in(tmp_path, monkeypatch, f'while [ "$1" != --outdir ]; do shift; done; mkdir "$2"; cp {bomb} "$2/form.docx"')
    with pytest.raises(Refused, match="安全限制"):
        legacy.read_by_office("a.rtf", b"{\\rtf1}", ".rtf")
    with pytest.raises(Refused, match="转换后超过"):
        legacy.read_by_office("a.rtf", b"{\\rtf1}", ".rtf", Limits(file=1000))


# Compound files.


@pytest.mark.parametrize(
    ("streams", "kind", "words"),
    [
        ({"EncryptedPackage": b"x"}, Refused, "加密"),
        ({"WordDocument": b"\xec\xa5\xc1\0" + bytes(7) + b"\1"}, Refused, "加密"),
        ({"PowerPoint Document": b"x"}, Refused, "不是 Word 文档或 Excel 工作簿"),
        ({}, Refused, "不是 Word 文档或 Excel 工作簿"),
        ({"Workbook": b"noise"}, Unreadable, "损坏"),
    ],
)
def test_a_compound_file_is_what_it_holds(streams, kind, words, tmp_path):
    with pytest.raises(Unreadable, match=words) as caught:
        read(written(tmp_path, "a.doc", compound(streams)))
    assert caught.value.status == kind.status


@pytest.mark.parametrize("name", ["a.doc", "a.xls"])
def test_the_name_makes_no_difference(name, tmp_path):
    assert texts(written(tmp_path, name, SPECIMEN.read_bytes())) == texts(SPECIMEN)
    workbook = as_xlsx(read(SPECIMEN))
    assert texts(written(tmp_path, name, workbook)) == texts(written(tmp_path, "a.xlsx", workbook))
