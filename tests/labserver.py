"""JupyterLab as `auditkit lab` starts it, for a browser of a test."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from auditkit.notebook import lab

TOKEN = "a-token-for-this-test-only"


@contextmanager
def jupyterlab(root: Path, environment: Mapping[str, str] | None = None) -> Iterator[tuple[str, int]]:
    """A server on a workspace: its address and its process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    own = {
        name: str(root / ".own" / name) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR")
    }
    options = ("--no-browser", "--allow-root", f"--ServerApp.port={port}", "--ServerApp.port_retries=0")
    server = subprocess.Popen(
        lab.command(root, *options),
        env=(environment or lab.environment()) | own | {"JUPYTER_TOKEN": TOKEN},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield f"http://127.0.0.1:{port}", server.pid
    finally:
        server.terminate()
        server.wait(300)


def arrive(page, address: str) -> int:
    """Go there once the server listens; returns the status of the answer."""
    from playwright.sync_api import Error

    for _ in range(1_500):
        try:
            return page.goto(address).status
        except Error:
            page.wait_for_timeout(200)
    raise TimeoutError(address)


def opened(browser, address: str):
    """The notebook run from its first cell to its last."""
    page = browser.new_page(viewport={"width": 1400, "height": 900})
    page.set_default_timeout(300_000)
    arrive(page, f"{address}/doc/tree/notebooks/review.ipynb?token={TOKEN}")
    run_all(page)
    return page


def run_all(page) -> None:
    """Run the notebook that is shown from its first cell to its last."""
    page.get_by_role("heading", name="怎样判断每条发现").wait_for()
    page.locator(".jp-Notebook-ExecutionIndicator[data-status='idle']").wait_for()
    page.get_by_role("menuitem", name="运行").click()
    page.get_by_text("运行所有单元格", exact=True).click()
    page.locator(".auditkit-sheet table").first.wait_for()


def says(page, text: str) -> None:
    page.locator(".auditkit-panel [role=status]").filter(has_text=text).wait_for()


def press(page, letters: str) -> None:
    """Into the box for keys, as an input method would: full-width letters have no key of their own."""
    page.get_by_label("按键", exact=True).focus()
    page.keyboard.insert_text(letters)
