"""A day at the workbench in a real JupyterLab: what was decided is there after browser and kernel are gone."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import time
from pathlib import Path

import psutil
import pytest
from chromium import chromium, needs_chromium
from labserver import jupyterlab, opened, press, says
from thirty import thirty

from auditkit import resources
from auditkit.decisions.entry import EntryKind
from auditkit.decisions.store import open_store
from auditkit.decisions.subject import Field, Ruling, project_key
from auditkit.decisions.verify import verify
from auditkit.model import Severity
from auditkit.notebook import lab
from auditkit.run.open import open_workbench

pytestmark = [pytest.mark.slow, needs_chromium]
NOTE = "已调取会议纪要，完成值与附件3不符。"
HALF = "写到一半，窗口就关了"
NINETEEN = 19


def chosen(page) -> str:
    return page.get_by_label("项目", exact=True).locator("option:checked").inner_text().replace("\xa0", " ")


def shot(page, tmp_path: Path, name: str) -> None:
    page.screenshot(path=tmp_path / f"{name}.png")
    if shots := os.environ.get("AUDITKIT_SHOTS"):
        shutil.copy(tmp_path / f"{name}.png", Path(shots) / f"{name}.png")


def end_kernels(server: int) -> None:
    kernels = [one for one in psutil.Process(server).children(recursive=True) if "ipykernel" in " ".join(one.cmdline())]
    assert kernels
    for one in kernels:
        one.kill()


def decide(page, tmp_path: Path) -> None:
    from playwright.sync_api import expect

    page.get_by_role("button", name="1 认可").click()
    says(page, "请先在上方确认署名")
    page.get_by_label("署名", exact=True).fill("张三")
    page.get_by_role("button", name="确认署名").click()
    says(page, "以“张三”署名")
    page.locator(".auditkit-panel").get_by_text("▲1 结论“认可”").wait_for()
    page.get_by_role("button", name="以“张三”采用").click()
    says(page, "已保存结论：第 1 条")
    press(page, "n")
    expect(page.get_by_label("说明", exact=True)).to_be_focused()
    page.keyboard.insert_text(NOTE)
    page.keyboard.press("Tab")
    says(page, "已保存说明：第 2 条")
    page.keyboard.insert_text("附件3 第2页")
    page.keyboard.press("Tab")
    says(page, "已保存证据索引：第 3 条")
    page.keyboard.press("Tab")  # past 认可: by keyboard alone from note to decision
    page.keyboard.press("Enter")
    says(page, "已保存结论：第 4 条")
    for number in range(5, 7):
        press(page, "j")
        page.locator(".auditkit-panel").get_by_text(f"第 {number - 3}/30 条").wait_for()
        press(page, "１")
        says(page, f"已保存结论：第 {number} 条")
    shot(page, tmp_path, "review_finding")


def correct(page, tmp_path: Path) -> None:
    page.get_by_role("tab", name="计分").click()
    page.locator(".auditkit-panel tr", has_text="可核实得分").wait_for()
    page.get_by_label("指标", exact=True).select_option(index=1)
    page.get_by_placeholder("填报 106次").fill("60次")
    page.keyboard.press("Tab")
    says(page, "已保存更正完成值：第 7 条")
    page.locator(".auditkit-panel tr", has_text="可核实得分").get_by_text("▼").wait_for()
    shot(page, tmp_path, "review_scores")
    page.get_by_label("指标", exact=True).select_option(label="预算执行率")
    page.get_by_label("更正执行率").fill("50%")
    page.keyboard.press("Tab")
    says(page, "已保存更正完成值：第 8 条")
    page.locator(".auditkit-panel tr", has_text="预算执行率").get_by_text("50%").wait_for()
    shot(page, tmp_path, "review_execution")


def sign(page, tmp_path: Path) -> None:
    page.get_by_role("tab", name="签署").click()
    assert page.get_by_role("button", name="签署：复核").is_disabled()
    page.locator(".auditkit-panel").get_by_text("未决定，签署“编制”前请留意").wait_for()
    page.get_by_role("button", name="签署：编制").click()
    says(page, "请再点一次")
    shot(page, tmp_path, "review_warned")
    page.get_by_role("button", name="签署：编制").click()
    says(page, "已签署“编制”：第 9 条")
    shot(page, tmp_path, "review_signed")


def differ(page, forms: Path, tmp_path: Path) -> None:
    """Another auditor was quicker with what lies open."""
    table = open_workbench(forms, str(forms / ".auditkit" / "review.sqlite"))
    audit = table.load(table.projects()[0].project)
    table.record(table.findings(audit)[0], Field.RULING, Ruling.ACCEPTED.value, "李四")
    page.get_by_label("项目", exact=True).select_option(index=0)
    page.locator(".auditkit-panel").get_by_text("现为 认可").wait_for()
    table.record(table.findings(audit)[0], Field.RULING, Ruling.DOUBTED.value, "李四")
    press(page, "3")
    says(page, "李四")
    shot(page, tmp_path, "review_conflict")
    page.get_by_role("button", name="另记不同意见").click()
    page.locator(".auditkit-panel").get_by_text("现为 意见不一").wait_for()


@pytest.fixture(scope="module")
def workplace(tmp_path_factory: pytest.TempPathFactory):
    """A browser, and a server on a folder of forms, the worst first: two of 30 indicators, then two of the seeds."""
    folder = tmp_path_factory.mktemp("review")
    root, forms = lab.workspace(folder / "work"), folder / "forms"
    forms.mkdir()
    for name in ("02", "06"):
        shutil.copy(next((resources.data() / "2021").glob(f"{name}_*")), forms)
    for number in (1, 2):
        (forms / f"{number}.html").write_text(thirty(f"供水项目{number}"), "utf-8")
    environment = lab.environment(forms) | {"XDG_STATE_HOME": str(folder / "state")}
    with chromium(folder) as browser, jupyterlab(root, environment) as (address, server):
        yield browser, address, server, root / "notebooks" / "review.ipynb", forms


def test_what_was_decided_is_there_after_browser_and_kernel_are_gone(workplace, tmp_path: Path):
    browser, address, server, notebook, forms = workplace
    from playwright.sync_api import expect

    before, page, drafts = (
        notebook.read_bytes(),
        opened(browser, address),
        forms.parent / "state" / "auditkit" / "drafts",
    )
    page.get_by_label("项目", exact=True).select_option(index=2)
    page.locator(".auditkit-panel").get_by_text("第 1/30 条").wait_for()
    assert "已决定 0/30" in chosen(page)
    decide(page, tmp_path)
    correct(page, tmp_path)
    sign(page, tmp_path)
    page.get_by_role("tab", name="发现").click()
    press(page, "l")
    page.locator(".auditkit-panel").get_by_text("第 1/25 条").wait_for()
    press(page, "３")
    says(page, "已保存结论：第 10 条")
    press(page, "j2u")  # three at once, as they come while the kernel is busy
    says(page, "已撤销第 11 条")
    assert "已决定 1/25" in chosen(page)
    page.get_by_label("说明", exact=True).focus()
    page.keyboard.insert_text(HALF)  # and never left
    while not any(json.dumps(HALF)[1:-1] in path.read_text("ascii") for path in drafts.rglob("*.json")):
        page.wait_for_timeout(100)
    page.close()
    end_kernels(server)
    assert notebook.read_bytes() == before

    page = opened(browser, address)
    page.get_by_label("项目", exact=True).select_option(index=2)
    page.locator(".auditkit-panel").get_by_text("第 1/30 条").wait_for()
    assert "已决定 3/30" in chosen(page)
    expect(page.get_by_label("说明", exact=True)).to_have_value(NOTE)
    expect(page.get_by_label("证据索引")).to_have_value("附件3 第2页")
    page.get_by_role("tab", name="计分").click()
    page.locator(".auditkit-panel tr", has_text="可核实得分").get_by_text("▼").wait_for()
    page.get_by_label("指标", exact=True).select_option(index=1)
    expect(page.get_by_label("更正完成值")).to_have_value("60次")
    page.get_by_role("tab", name="签署").click()
    page.locator(".auditkit-panel").get_by_text("○ 有效").wait_for()
    page.get_by_role("tab", name="发现").click()
    page.get_by_label("项目", exact=True).select_option(index=3)
    page.locator(".auditkit-panel").get_by_text("现为 不认可").wait_for()
    page.locator(".auditkit-panel").get_by_text(f"张三 留下、未保存（不会以他人署名）：▲2 说明“{HALF}”").wait_for()
    page.get_by_label("署名", exact=True).fill("张三")
    page.get_by_role("button", name="确认署名").click()
    press(page, "j")
    expect(page.get_by_label("说明", exact=True)).to_have_value(HALF)
    shot(page, tmp_path, "review_again")
    page.get_by_role("button", name="放弃未存内容").click()
    says(page, "已放弃")
    expect(page.get_by_label("说明", exact=True)).to_have_value("")
    page.close()
    store = open_store(forms / ".auditkit" / "review.sqlite", create=False)
    assert not verify(store).faults
    assert [entry.kind for entry in store.entries()].count(EntryKind.UNDO) == 1


def test_30_indicators_open_and_who_comes_second_may_differ(workplace, tmp_path: Path):
    browser, address, _, _, forms = workplace
    page, took = opened(browser, address), []
    sheet = page.locator(".auditkit-sheet")
    for number in (2, 1, 2):
        began = time.perf_counter()
        page.get_by_label("项目", exact=True).select_option(index=number - 1)
        sheet.get_by_text(f"供水项目{number}", exact=True).wait_for()
        page.locator(".auditkit-panel").get_by_text("第 1/54 条").wait_for()
        took.append(time.perf_counter() - began)
    shot(page, tmp_path, "review_thirty")
    page.get_by_role("button", name="确认署名").click()
    differ(page, forms, tmp_path)
    page.close()
    print(f"opening a project of 30 indicators and 54 findings in the browser: {[round(one, 2) for one in took]} s")


def test_the_second_never_signs_what_the_first_clicked_and_preparing_names_what_is_undecided(workplace, tmp_path: Path):
    """Two people at one account and one store: the first goes away from what the store would not take."""
    from playwright.sync_api import expect

    browser, address, _, _, forms = workplace
    store = open_store(forms / ".auditkit" / "review.sqlite")
    table = open_workbench(forms, str(forms / ".auditkit" / "review.sqlite"))
    place = 1  # of 30 indicators, on which nobody else decides
    audit = table.load(table.projects()[place].project)
    page = opened(browser, address)
    panel = page.locator(".auditkit-panel")
    page.get_by_label("项目", exact=True).select_option(index=place)
    panel.get_by_text(f"第 1/{len(audit.findings)} 条").wait_for()
    page.get_by_label("署名", exact=True).fill("甲")
    page.get_by_role("button", name="确认署名").click()
    with sqlite3.connect(forms / ".auditkit" / "review.sqlite", isolation_level=None) as other:
        other.execute("BEGIN EXCLUSIVE")
        page.get_by_role("button", name="3 不认可").click()
        says(page, "占用")
        other.execute("ROLLBACK")
    other.close()
    page.close()

    page = opened(browser, address)
    panel = page.locator(".auditkit-panel")
    page.get_by_label("项目", exact=True).select_option(index=place)
    panel.get_by_text(f"第 1/{len(audit.findings)} 条").wait_for()
    page.get_by_label("署名", exact=True).fill("乙")
    page.get_by_role("button", name="确认署名").click()
    says(page, "以“乙”署名")
    panel.get_by_text("甲 留下、未保存（不会以他人署名）：▲1 结论“不认可”").wait_for()
    shot(page, tmp_path, "review_left_by_another")
    decided = audit.count(Severity.ERROR) + audit.count(Severity.WARNING) - NINETEEN
    for seen in table.findings(audit)[:decided]:
        table.record(seen, Field.RULING, Ruling.ACCEPTED.value, "乙")
    page.get_by_role("tab", name="签署").click()
    words = f"● 疑点 {NINETEEN} 条、○ 提示 {audit.count(Severity.NOTE)} 条"
    panel.get_by_text(f"还有 {words} 未决定").wait_for()
    page.get_by_role("button", name="签署：编制").click()
    says(page, f"还有 {words} 未决定")
    shot(page, tmp_path, "review_nineteen")
    page.get_by_role("button", name="签署：编制").click()
    says(page, "已签署“编制”")
    expect(panel.get_by_text("○ 有效")).to_be_visible()
    page.close()
    own = list(store.entries(project_key(audit.form)))
    assert {entry.who for entry in own} == {"乙"}
    assert not any(entry.after == "rejected" for entry in own)
