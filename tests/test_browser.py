from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from chromium import chromium, needs_chromium

from auditkit import lab

TOKEN = "a-token-for-this-test-only"

pytestmark = [pytest.mark.slow, needs_chromium]


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory):
    with chromium(tmp_path_factory.mktemp("browser")) as running:
        yield running


@contextmanager
def jupyterlab(root: Path) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    own = {
        name: str(root / ".own" / name) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR")
    }
    options = ("--no-browser", "--allow-root", f"--ServerApp.port={port}", "--ServerApp.port_retries=0")
    server = subprocess.Popen(
        lab.command(root, *options),
        env=lab.environment() | own | {"JUPYTER_TOKEN": TOKEN},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(30)


def arrive(page, address: str) -> int:
    """Go there once the server listens; returns the status of the answer."""
    from playwright.sync_api import Error

    for _ in range(100):
        try:
            return page.goto(address).status
        except Error:
            page.wait_for_timeout(200)
    raise TimeoutError(address)


def test_lab_opens_in_chinese_on_the_notebook_without_news(browser, tmp_path: Path):
    root = lab.workspace(tmp_path)
    with jupyterlab(root) as address:
        page = browser.new_page(viewport={"width": 1400, "height": 1000})
        assert arrive(page, f"{address}/api/contents") == 403
        arrive(page, f"{address}/lab/tree/notebooks/project_audit.ipynb?token={TOKEN}")
        page.get_by_role("menuitem", name="文件").wait_for(timeout=60_000)
        page.get_by_role("heading", name="结论是什么？").wait_for(timeout=60_000)
        page.wait_for_timeout(3_000)  # the question about news comes a moment after the rest
        assert page.locator(".jp-toast-button, .Toastify__toast, .jp-Dialog").count() == 0
        page.screenshot(path=tmp_path / "lab.png")
        if shots := os.environ.get("AUDITKIT_SHOTS"):
            shutil.copy(tmp_path / "lab.png", shots)
