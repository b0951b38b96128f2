"""A Chromium that asks nobody for anything and sets Chinese in the packaged font, whatever the machine has."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import matplotlib
import pytest

from auditkit.report.fonts import FONT

LATIN = Path(matplotlib.get_data_path()) / "fonts" / "ttf"  # DejaVu

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
needs_chromium = pytest.mark.skipif(not CHROMIUM and os.environ.get("CI") != "true", reason="no Chromium here")


@contextmanager
def chromium(folder: Path) -> Iterator:
    """A running browser; `folder` keeps its list of fonts."""
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=300_000)

    fonts = folder / "fonts.conf"
    fonts.write_text(
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>'
        f"<dir>{FONT.parent}</dir><dir>{LATIN}</dir><cachedir>{folder}</cachedir></fontconfig>",
        "utf-8",
    )
    environment = os.environ | {"FONTCONFIG_FILE": str(fonts)}
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET), env=environment)
        yield running
        running.close()


def refuse_network(page, own: str) -> list[str]:
    """Refuse whatever a page asks for but itself; the list fills with what it asked for and what its console says."""
    attempts: list[str] = []

    def refuse(route):
        if route.request.url.partition("#")[0] == own:
            return route.continue_()
        attempts.append(route.request.url)
        return route.abort()

    page.route("**/*", refuse)
    page.on("console", lambda message: attempts.append(message.text))
    page.on("pageerror", lambda error: attempts.append(str(error)))
    return attempts
