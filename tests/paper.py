"""Forms on paper: what LibreOffice and a browser print of them, both with the fonts of data/make_pdf.py."""

from __future__ import annotations

import os
import runpy
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

import pytest
import webpage
from chromium import QUIET

from auditkit.read import read

_MADE = runpy.run_path(str(Path(__file__).parents[1] / "data" / "make_pdf.py"))
fonts, from_word, timeless = _MADE["fonts"], _MADE["from_word"], _MADE["timeless"]
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None)
needs_chromium = pytest.mark.skipif(
    not CHROMIUM and not os.environ.get("CI"), reason="no Chromium: nothing prints a page"
)


def from_browser(paths: Iterable[Path], folder: Path, style: str = "") -> Path:
    """A folder of the PDFs that Chromium prints of the forms as web pages, with more `style` where some is given."""
    assert CHROMIUM, "CI needs Chromium: apt install chromium"
    for path in paths:
        page = folder / f"{path.stem}.html"
        page.write_text(webpage.page(read(path), style=style), "utf-8")
        target = f"--print-to-pdf={folder / path.stem}.pdf"
        command = [
            CHROMIUM,
            "--headless",
            *QUIET,
            f"--user-data-dir={folder / 'chromium'}",
            "--no-pdf-header-footer",
            target,
        ]
        subprocess.run([*command, page.as_uri()], check=True, capture_output=True, timeout=600, env=fonts(folder))
    return folder
