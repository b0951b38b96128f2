"""Make data/specimen.pdf of specimen.docx as LibreOffice prints it: python data/make_pdf.py [FOLDER]

It has the one Chinese font of the package whatever the machine has, and only the letters that are used. The clock and the
random identifier that LibreOffice writes are replaced, so that one LibreOffice gives the same bytes twice.
"""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

HERE = Path(__file__).parent
FONTS = HERE.parent / "auditkit" / "report" / "assets"
_CLOCK = re.compile(rb"(?<=/CreationDate\(D:)\d{14}")
_RANDOM = re.compile(rb"(?<=<)[0-9A-F]{32}(?=>)|(?<=/DocChecksum /)[0-9A-F]{32}")


def fonts(folder: Path) -> dict[str, str]:
    """An environment in which every program has the one Chinese font of the package; `folder` keeps its list of fonts."""
    (folder / "fonts.conf").write_text(
        f'<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig><dir>{FONTS}</dir>'
        f"<cachedir>{folder / 'fontcache'}</cachedir></fontconfig>"
    )
    return os.environ | {"FONTCONFIG_FILE": str(folder / "fonts.conf")}


def from_word(paths: Iterable[Path], folder: Path) -> Path:
    """A folder of the PDFs that LibreOffice makes of Word files."""
    command = ["soffice", f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--convert-to", "pdf"]
    command += ["--outdir", str(folder), *map(str, paths)]
    subprocess.run(command, check=True, capture_output=True, timeout=180, env=fonts(folder))
    return folder


def timeless(pdf: bytes) -> bytes:
    """The PDF with a fixed clock, and identifiers that follow from its content; no place in it moves."""
    still = _RANDOM.sub(b"0" * 32, _CLOCK.sub(b"20220101000000", pdf))
    return _RANDOM.sub(hashlib.sha256(still).hexdigest()[:32].upper().encode(), still)


def main(folder: Path = HERE) -> None:
    with tempfile.TemporaryDirectory() as made:
        pdf = from_word([HERE / "specimen.docx"], Path(made)) / "specimen.pdf"
        (folder / "specimen.pdf").write_bytes(timeless(pdf.read_bytes()))


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
