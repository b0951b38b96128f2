"""Forms on paper: what LibreOffice and a browser print, and forms for comparing with what no print keeps left out."""

from __future__ import annotations

import dataclasses
import os
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

import pytest
import webpage
from chromium import QUIET

from auditkit.model import ABSENT, Form, Value
from auditkit.read import read

FONTS = Path(__file__).parents[1] / "auditkit" / "report" / "assets"
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None)
needs_chromium = pytest.mark.skipif(
    not CHROMIUM and not os.environ.get("CI"), reason="no Chromium: nothing prints a page"
)


def fonts(folder: Path) -> dict[str, str]:
    """An environment in which every program has the one Chinese font of the package, whatever the machine has."""
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


def from_browser(paths: Iterable[Path], folder: Path) -> Path:
    """A folder of the PDFs that Chromium prints of the forms as web pages."""
    assert CHROMIUM, "CI needs Chromium: apt install chromium"
    for path in paths:
        page = folder / f"{path.stem}.html"
        page.write_text(webpage.page(read(path)), "utf-8")
        target = f"--print-to-pdf={folder / path.stem}.pdf"
        command = [
            CHROMIUM,
            "--headless",
            *QUIET,
            f"--user-data-dir={folder / 'chromium'}",
            "--no-pdf-header-footer",
            target,
        ]
        subprocess.run([*command, page.as_uri()], check=True, capture_output=True, timeout=60, env=fonts(folder))
    return folder


def printed(form: Form) -> Form:
    """The form without what a print does not keep: blanks and line breaks, and the text that a merged cell hides."""
    return dataclasses.replace(_unblanked(form), stray=())


def _unblanked(thing):
    if isinstance(thing, Value):
        return thing if thing is ABSENT else Value("".join(thing.text.split()))
    if isinstance(thing, tuple):
        return tuple(map(_unblanked, thing))
    if dataclasses.is_dataclass(thing):
        return dataclasses.replace(
            thing, **{f.name: _unblanked(getattr(thing, f.name)) for f in dataclasses.fields(thing) if f.init}
        )
    return thing
