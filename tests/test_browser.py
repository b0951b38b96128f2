from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from auditkit import lab, resources
from auditkit.audit import audit
from auditkit.run import render, run_notebook

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
TOKEN = "a-token-for-this-test-only"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM and os.environ.get("CI") != "true", reason="no Chromium here"),
]


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield running
        running.close()


@pytest.fixture(scope="module")
def second(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of form 2."""
    source = next((resources.data() / "2021").glob("02_*.docx"))
    page = tmp_path_factory.mktemp("page") / "audit.html"
    notebook = run_notebook(resources.notebooks() / "project_audit.ipynb", {"source": str(source)})
    page.write_text(render(notebook, audit(source)[0].form.project.text), "utf-8")
    return page


def test_report_fetches_nothing_and_says_the_worst_on_its_first_screen(browser, second: Path):
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    attempts: list[str] = []

    def refuse(route):
        if route.request.url == second.as_uri():
            return route.continue_()
        attempts.append(route.request.url)
        return route.abort()

    page.route("**/*", refuse)
    page.on("console", lambda message: attempts.append(message.text))
    page.goto(second.as_uri())
    page.wait_for_load_state("networkidle")

    assert not [attempt for attempt in attempts if not attempt.startswith("data:")]
    for text in ("分值合计 110", "应为 106.7"):
        box = page.get_by_text(text).first.bounding_box()
        assert box
        assert 0 <= box["y"] <= 900 - box["height"]
    image = page.locator("img")
    assert image.evaluate("image => image.naturalWidth") > 600
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280


def test_report_prints_on_a4_without_cutting_anything(browser, second: Path, tmp_path: Path):
    page = browser.new_page(viewport={"width": 703, "height": 1000})  # A4 less its margins at 96 dots an inch
    page.emulate_media(media="print")
    page.goto(second.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= 703
    pdf = page.pdf(prefer_css_page_size=True)
    assert pdf.startswith(b"%PDF")


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
