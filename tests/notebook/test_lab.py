from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from chromium import chromium, needs_chromium
from labserver import TOKEN, arrive, jupyterlab

from auditkit.notebook import lab

pytestmark = [pytest.mark.slow, needs_chromium]


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory):
    with chromium(tmp_path_factory.mktemp("browser")) as running:
        yield running


def test_lab_opens_in_chinese_on_the_notebook_without_news(browser, tmp_path: Path):
    root = lab.workspace(tmp_path)
    with jupyterlab(root) as (address, _):
        page = browser.new_page(viewport={"width": 1400, "height": 1000})
        assert arrive(page, f"{address}/api/contents") == 403
        arrive(page, f"{address}/lab/tree/notebooks/project_audit.ipynb?token={TOKEN}")
        page.get_by_role("menuitem", name="文件").wait_for(timeout=300_000)
        page.get_by_role("heading", name="结论是什么？").wait_for(timeout=300_000)
        page.wait_for_timeout(3_000)  # the question about news comes a moment after the rest
        assert page.locator(".jp-toast-button, .Toastify__toast, .jp-Dialog").count() == 0
        page.screenshot(path=tmp_path / "lab.png")
        if shots := os.environ.get("AUDITKIT_SHOTS"):
            shutil.copy(tmp_path / "lab.png", shots)
