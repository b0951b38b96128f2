"""On a JupyterHub who is logged in signs: two people, one store, and no name that either could write over."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from chromium import chromium, needs_chromium
from hub import jupyterhub, needs_jupyterhub
from labserver import press, run_all, says

from auditkit import resources
from auditkit.decisions.store import open_store
from auditkit.notebook.lab import FOLDER, STORE

pytestmark = [pytest.mark.slow, needs_chromium, needs_jupyterhub]


def seated(browser, address: str, who: str):
    """A page of this person's own, with the workbench open."""
    page = browser.new_context().new_page()
    page.set_viewport_size({"width": 1400, "height": 900})
    page.set_default_timeout(300_000)
    page.goto(f"{address}/hub/login")
    page.locator("#username_input").fill(who)
    page.locator("#login_submit").click()
    run_all(page)
    return page


def test_who_is_logged_in_signs_and_nobody_else(tmp_path: Path):
    from playwright.sync_api import expect

    forms, address = tmp_path / "forms", tmp_path / "review.sqlite"
    forms.mkdir()
    shutil.copy(next((resources.data() / "2021").glob("02_*")), forms)
    settings = {FOLDER: str(forms), STORE: str(address), "AUDITKIT_WORK": str(tmp_path / "work")}
    with jupyterhub(tmp_path / "hub", settings) as hub, chromium(tmp_path) as browser:
        for number, who in enumerate(("张三", "李四")):
            page = seated(browser, hub, who)
            panel = page.locator(".auditkit-panel")
            panel.get_by_text(f"以“{who}”署名（JupyterHub 账户）").wait_for()
            expect(page.get_by_label("署名", exact=True)).to_have_value(who)
            expect(page.get_by_label("署名", exact=True)).to_be_disabled()
            expect(page.get_by_role("button", name="确认署名")).to_be_hidden()
            press(page, "j" * number + "1")
            says(page, f"{who}")
            if shots := os.environ.get("AUDITKIT_SHOTS"):
                page.screenshot(path=Path(shots) / f"hub_{number}.png")
            page.close()
    assert [entry.who for entry in open_store(address, create=False).entries()] == ["张三", "李四"]
