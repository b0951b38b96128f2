"""Hostile, damaged and disguised files, made anew: python tests/hostile.py FOLDER [PORT].

Each case says what must become of it: "away" (refused or unreadable, with a reason), "form" (a strange form that is
audited or turned away, but told about), "skipped" (not opened at all). Whatever phones home calls 127.0.0.1:PORT.
"""

from __future__ import annotations

import io
import os
import re
import socket
import sys
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

DATA = Path(__file__).parent.parent / "data"
GOOD = DATA / "specimen.docx", next((DATA / "2021").glob("02_*.docx"))
TEXT = (DATA / "specimen.txt").read_text("utf-8")
WORD = GOOD[0].read_bytes()
PROJECT = "农村饮水安全巩固提升"

Maker = bytes | Callable[[Path], None]


class Case(NamedTuple):
    make: Maker
    fate: str = "away"


def archive(parts: dict[str, bytes | str], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return out.getvalue()


def reading(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def edited(old: str, new: str) -> bytes:
    assert old in TEXT
    return TEXT.replace(old, new).encode()


def swapped() -> bytes:
    """Points and score changed places in the rows but not in the heading."""
    return re.sub(
        r"\t(\d+)\n\t([\d.]+)\n(?=\t\n\n)", r"\t\2\n\t\1\n", TEXT.replace("\t5\n\t5\n", "\t5\n\t4\n")
    ).encode()


def sparse(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(5 * 2**30)


def endpoint(path: Path) -> None:
    here = os.getcwd()
    os.chdir(path.parent)  # the path of a socket is short
    try:
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(path.name)
    finally:
        os.chdir(here)


def link(target: str) -> Callable[[Path], None]:
    return lambda path: path.symlink_to(target)


def folder(path: Path) -> None:
    path.mkdir()


NUMBERS = ("NaN", "Infinity", "-inf", "1e308", "1e999", "1_0", "1" + "0" * 400, "-250.00", "0", "-0.00", "٣٤٥", "²", "0x10", "1,2,3",
    "9" * 15 + "." + "9" * 10, "1/0", "½", "", "　", "250.00" * 2000, "1e-400", "+-5", "１２３．４.５")  # fmt: skip


def text_cases() -> dict[str, Case]:
    away = {
        "empty.docx": b"", "empty.txt": b"", "blank.txt": b" \n\t\r\n\x00" * 5, "one-byte.txt": b"x", "bom.txt": b"\xef\xbb\xbf",
        "nul.txt": bytes(1000), "control.txt": bytes(range(32)) * 99, "random.txt": bytes((n * 7919 >> 3) & 255 for n in range(9999)),
        "tabs.txt": b"\t" * 10**6, "cells-million.txt": b"\ta\n" * 10**6, "line-19mb.txt": b"a" * 19 * 2**20, "file-21mb.txt": b"a" * 21 * 2**20,
        "quotes.txt": b'"\t' * 9000, "breaks.txt": b"\n" * 10**6, "returns.txt": b"\r" * 10**6, "surrogates.txt": "\ud800".encode("utf-16", "surrogatepass"),
        "utf7.txt": TEXT.encode("utf-7"), "half-utf16.txt": TEXT.encode("utf-16")[:-1][:999], "big5.txt": "項目支出績效自評表".encode("big5"),
        "python.txt": b"#!/usr/bin/env python\nimport os\n", "json.txt": b"[" * 10**5, "csv.txt": b"=1+1,@a\n" * 999, "heads.txt": "项目名称\n".encode() * 10**4,
    }  # fmt: skip
    strange = {
        "half.txt": TEXT[: len(TEXT) // 2].encode(), "header-only.txt": TEXT[: TEXT.index("\t绩\n")].encode(), "swapped.txt": swapped(),
        "nul-inside.txt": edited(PROJECT, "农村\0饮水"), "controls-inside.txt": edited(PROJECT, "农\x1b[31m村\x08\x7f\u202e饮水\u2028安全"),
        "two-totals.txt": reading(TEXT + "\n\t总分\n\t100\n\t60\n\t\n"), "no-total.txt": TEXT[: TEXT.index("\t总分")].encode(),
        "half-letter.txt": TEXT.encode()[:-400][: TEXT.encode().rindex("率".encode()) + 1], "quote-inside.txt": edited(PROJECT, '"' * 10**4),
        "goal-30000.txt": edited("改造供水管网45公里", "改造供水管网45公里，并安装" * 3000), "noncharacter.txt": reading(TEXT.replace(PROJECT, "农\ufffe\uffff村")),
        "target-long.txt": edited("≥45公里", "≥" * 20_000 + "45" * 20_000), "years.txt": edited("（2022年度）", "2022年" * 20_000),
    }  # fmt: skip
    cases = {f"text-{name}": Case(data) for name, data in away.items()}
    cases |= {f"text-{name}": Case(data, "form") for name, data in strange.items()}
    for number, text in enumerate(NUMBERS):
        cases[f"number-{number:02}.txt"] = Case(
            edited("250.00", text).replace(b"\t99.5\n", f"\t{text}\n".encode()), "form"
        )
        cases[f"target-{number:02}.txt"] = Case(
            edited("46.5公里", f"{text}公里").replace(b"\t95%\n", f"\t{text}%\n".encode()), "form"
        )
    return cases


def disguised() -> dict[str, Case]:
    png, exe = b"\x89PNG\r\n\x1a\n" + bytes(64), b"MZ" + bytes(126) + b"PE\0\0" + bytes(500)
    heads = {"png": png, "exe": exe, "elf": b"\x7fELF" + bytes(99), "gzip": b"\x1f\x8b\x08" + bytes(99), "rar": b"Rar!\x1a\7\0" + bytes(99),
        "7z": b"7z\xbc\xaf\x27\x1c" + bytes(99), "rtf": rb"{\rtf1 {\object}}", "sqlite": b"SQLite format 3\0" + bytes(99), "jpeg": b"\xff\xd8\xff\xe0" + bytes(99)}  # fmt: skip
    cases = {f"kind-{name}.docx": Case(data) for name, data in heads.items()}
    cases |= {
        f"word-as{suffix}": Case(WORD, "form")
        for suffix in (".doc", ".xls", ".pdf", ".html", ".txt", "", ".DOCX", ".bin")
    }
    return cases | {
        f"text-as{suffix}": Case(TEXT.encode(), "form") for suffix in (".docx", ".xlsx", ".pdf", ".html", ".wps")
    }


def entries_of_a_folder() -> dict[str, Case]:
    links = {"passwd": "/etc/passwd", "itself": "link-itself.docx", "nowhere": "/no/such", "good": str(GOOD[0]), "zero": "/dev/zero", "folder": "/etc", "above": ".."}  # fmt: skip
    cases = {f"link-{name}.docx": Case(link(target), "skipped") for name, target in links.items()}
    cases |= {
        "pipe.docx": Case(os.mkfifo, "skipped"),
        "socket.docx": Case(endpoint, "skipped"),
        "folder.docx": Case(folder, "skipped"),
    }
    cases |= {
        "sparse-5gb.docx": Case(sparse),
        "~$lock.docx": Case(b"x", "skipped"),
        ".hidden.docx": Case(WORD, "skipped"),
    }
    names = ["-rf.docx", "--help", "`id`.docx", "$(id).docx", "%s{x}.docx", "=cmd|' C calc'!A0.docx", "<script>alert(1)<∕script>.docx", "a\nb\tc.docx",
        "\x1b[31m\x07.docx", "\u202excod.docx", "..⧸..⧸x.docx", "CON.docx", "a'b\"c.docx", " .docx ", "名" * 83 + ".docx", "x" * 250 + ".docx",
        os.fsdecode(b"\xff\xfe.docx"), os.fsdecode(b"\xfe\xff.docx"), os.fsdecode("项目.docx".encode("gbk")), "http:..docx", "\u200b\u2028.docx"]  # fmt: skip
    from hostile_word import project

    edits = [project(f"{PROJECT}{number}") for number in range(len(names))]
    return cases | {name: Case(data, "form") for name, data in zip(names, edits, strict=True)}


def cases(port: int = 9) -> dict[str, Case]:
    """Every case by the name of its file."""
    from hostile_kinds import kind_cases
    from hostile_more import more_cases
    from hostile_word import word_cases

    own = text_cases() | disguised() | entries_of_a_folder()
    return word_cases(port) | own | kind_cases(port) | more_cases(port)


def make(folder: Path, port: int = 9) -> dict[str, Case]:
    """Write all cases to a folder; those whose name the file system does not take are left out."""
    made = {}
    for name, case in cases(port).items():
        try:
            (case.make if callable(case.make) else partial(Path.write_bytes, data=case.make))(folder / name)
        except OSError as error:
            print(f"{name!r}: {error}", file=sys.stderr)
            continue
        made[name] = case
    return made


if __name__ == "__main__":
    Path(sys.argv[1]).mkdir(parents=True, exist_ok=True)
    print(len(make(Path(sys.argv[1]), *map(int, sys.argv[2:]))))
