"""The pages as a reader has them: in Chromium, from a file, without network, on the screen and on A4."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import nbformat
import pypdfium2
import pytest
from chromium import chromium, needs_chromium, refuse_network
from hostile_texts import hostile_audit
from test_hostile_texts import index_of, page_of

from auditkit import report, resources
from auditkit.model import Severity, Value
from auditkit.notebook.execute import render
from auditkit.pipeline import Audit, across, audit
from auditkit.report import facts

pytestmark = [pytest.mark.slow, needs_chromium]

SCREEN = {"width": 1280, "height": 800}
ACTIVE = """() => ({
    pwned: window.pwned ?? null,
    scripts: document.scripts.length,
    handlers: [...document.querySelectorAll("*")].flatMap((e) => e.getAttributeNames()).filter((n) => n.startsWith("on")),
    links: [...document.querySelectorAll("[href], [src], [action]")]
        .flatMap((e) => [e.getAttribute("href"), e.getAttribute("src"), e.getAttribute("action")])
        .filter((to) => to && !/^(#|projects\\/[0-9]|rules\\.html$|data:image\\/png;base64,)/.test(to)),
    frames: document.querySelectorAll("iframe, object, embed, form, base, link, meta[http-equiv=refresh]").length,
    headings: document.querySelectorAll("h1").length,
})"""
CLEAN = {"pwned": None, "handlers": [], "links": [], "frames": 0, "headings": 1}


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory):
    with chromium(tmp_path_factory.mktemp("browser")) as running:
        yield running


@pytest.fixture(scope="module")
def audits() -> list[Audit]:
    return [audit(path)[0] for path in sorted((resources.data() / "2021").glob("*.docx"))]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of form 2, from the outputs that the notebook keeps."""
    page = tmp_path_factory.mktemp("project") / "audit.html"
    notebook = nbformat.read(resources.notebooks() / "project_audit.ipynb", as_version=4)
    page.write_text(render(notebook, "法治政府建设经费 绩效自评审核"), "utf-8")
    return page


def index(folder: Path, audits: list[Audit]) -> Path:
    rows = [report.FormRow(one.source, f"{number:03d}_x", one) for number, one in enumerate(audits, 1)]
    files = [report.FileRow("坏.docx", "error", 0, "文件损坏", 0.1)]
    lines = [*map(report.line_of, rows)]
    for name, page in report.index_pages(lines, files, across(audits[:8]), 2021, audits[0].rulebook).items():
        (folder / name).write_text(page, "utf-8")
    return folder / "index.html"


def opened(browser, path: Path, **options):
    """The page and all that it asked for or complained of."""
    page = browser.new_page(viewport=SCREEN, **options)
    attempts = refuse_network(page, path.as_uri())
    page.goto(path.as_uri())
    page.wait_for_load_state("networkidle")
    return page, attempts


def printed(page) -> list[str]:
    """The text of each printed page, without blanks."""
    with pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True)) as pdf:
        assert {tuple(round(side) for side in sheet.get_size()) for sheet in pdf} <= {(595, 842), (842, 595)}
        return ["".join(sheet.get_textpage().get_text_range().split()) for sheet in pdf]


def test_first_screen_of_the_project_says_it_all_and_is_full(browser, project: Path, audits: list[Audit]):
    page, attempts = opened(browser, project)
    assert not attempts
    assert project.stat().st_size < 500_000
    assert page.evaluate("document.documentElement.scrollWidth") <= SCREEN["width"]
    for text in ("法治政府建设经费", "分值合计110分，总分应为106.7分，填报96.7分。", "查了多少："):
        box = page.get_by_text(text).first.bounding_box()
        assert 0 <= box["y"] <= SCREEN["height"] - box["height"]
    for one in facts.worst_findings(audits[1]):
        box = page.locator(f"tr:has(> td > a[href='#f{one.first.number}'])").first.bounding_box()
        assert box["y"] + box["height"] <= SCREEN["height"]
    assert page.locator("img").first.evaluate("image => image.naturalWidth") > 600
    assert page.get_by_text("查了多少：").bounding_box()["y"] > SCREEN["height"] * 0.7
    assert page.evaluate(ACTIVE) == CLEAN | {"scripts": 0}


def test_a_mark_leads_to_its_finding_and_a_place_back_to_its_cell(browser, project: Path):
    page, _ = opened(browser, project)
    page.locator("td[id^=c] a[href='#f2']").first.click()
    assert page.evaluate("document.querySelector(':target').id") == "f2"
    page.locator("tr:has(> #f2) a[href^='#c']").last.click()
    target = page.locator(":target")
    assert target.get_attribute("id").startswith("c")
    assert "▲2" in target.inner_text()
    assert 0 <= target.bounding_box()["y"] <= SCREEN["height"]


def test_project_prints_on_a4_with_heads_numbers_and_whole_rows(browser, project: Path, audits: list[Audit]):
    page, _ = opened(browser, project)
    pages = printed(page)
    for number, text in enumerate(pages, 1):
        assert f"第{number}页，共{len(pages)}页" in text
    first = pages[0]
    for text in ("分值合计110分，总分应为106.7分", "最重的5类问题", "查了多少："):
        assert text in first
    findings = audits[1].findings
    of_finding = [f"{f.severity.mark}{n}{f.severity.zh}{f.rule}" for n, f in enumerate(findings, 1)]
    with_findings = set()
    for number, (finding, mark) in enumerate(zip(findings, of_finding, strict=True), 1):
        (own,) = [place for place, text in enumerate(pages) if mark in text]
        with_findings.add(own)
        following = of_finding[number] if number < len(findings) else "合计"
        told = pages[own].partition(mark)[2].partition(following)[0]
        assert "".join(finding.title.split()) in told
        assert all("".join(value.place.split()) in told for value in finding.evidence)
    assert len(with_findings) > 1
    assert all("编号问题填报应为原文与位置" in pages[own] for own in with_findings)
    rows = [
        place for place, text in enumerate(pages) if "序号一级指标二级指标三级指标" in text.replace("指标指标", "指标")
    ]
    assert rows == [1, 2]
    assert "产出指标／质量指标" in pages[2]  # the merged headings, again
    assert "依据是什么？" in pages[-1]  # not the last words alone


def test_a_print_fits_the_width_of_the_paper(browser, project: Path):
    page = browser.new_page(viewport={"width": 703, "height": 1000})  # A4 less its margins at 96 dots an inch
    page.emulate_media(media="print")
    page.goto(project.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= 703


@pytest.mark.parametrize("shift", [0, 13, 26])
def test_hostile_project_does_nothing_and_stays_within_the_page(browser, tmp_path: Path, shift: int):
    path = tmp_path / "audit.html"
    path.write_text(page_of(hostile_audit(shift, figures=shift > 0))[1], "utf-8")
    page, attempts = opened(browser, path)
    for cell in page.locator("td").all()[:40]:
        cell.hover(force=True)
    assert not attempts
    assert page.evaluate(ACTIVE) == CLEAN | {"scripts": 0}
    assert page.evaluate("document.documentElement.scrollWidth") <= SCREEN["width"]
    assert all("页，共" in text for text in printed(page))


def test_hostile_index_runs_its_own_script_alone(browser, tmp_path: Path):
    path = tmp_path / "index.html"
    path.write_text(index_of([hostile_audit(shift) for shift in range(0, 40, 4)]), "utf-8")
    page, attempts = opened(browser, path)
    page.fill("#search", "window.pwned")
    assert not attempts
    assert page.evaluate(ACTIVE) == CLEAN | {"scripts": 1}
    assert page.evaluate("document.documentElement.scrollWidth") <= SCREEN["width"]


def visible(page) -> list[str]:
    return page.locator("#projects tbody tr:visible td:nth-child(2) a").all_inner_texts()


def test_index_searches_filters_and_sorts(browser, tmp_path: Path, audits: list[Audit]):
    path = index(tmp_path, audits)
    page, attempts = opened(browser, path)
    names = [one.form.project.one_line for one in audits]
    assert visible(page) == names
    page.fill("#search", "秘书科 法治")
    assert visible(page) == ["法治政府建设经费"]
    assert "显示 1 / 8" in page.inner_text("#shown")
    page.fill("#search", "")
    page.select_option("#filter", "error")
    assert visible(page) == [one.form.project.one_line for one in audits if one.findings[0].severity.value == "error"]
    page.select_option("#filter", "disproved")
    assert visible(page) == [one.form.project.one_line for one in audits if one.scorecard.disproved]
    page.select_option("#filter", "")
    by_proof = [one.form.project.one_line for one in sorted(audits, key=lambda one: one.scorecard.verified)]
    heading = page.locator("#projects th", has_text="可核实")
    heading.locator("[role=button]").click()
    assert visible(page) == by_proof[::-1]
    heading.locator("[role=button]").press("Enter")
    assert visible(page) == by_proof
    assert heading.get_attribute("aria-sort") == "ascending"
    assert not attempts
    assert path.stat().st_size < 500_000


def test_index_is_whole_without_its_script_and_on_paper(browser, tmp_path: Path, audits: list[Audit]):
    path = index(tmp_path, audits * 3)
    page, attempts = opened(browser, path, java_script_enabled=False)
    assert len(visible(page)) == 24
    assert not page.locator("#controls").is_visible()
    assert not attempts
    scripted, _ = opened(browser, path)
    for pages in (printed(page), printed(scripted)):
        with_rows = [text for text in pages if "_" in text and ".docx" in text]
        assert len(with_rows) > 1
        assert all("序号项目实施单位自评可核实最高可能" in text for text in with_rows)
        assert all(f"第{number}页，共{len(pages)}页" in text for number, text in enumerate(pages, 1))


def test_index_of_very_many_projects_stays_small(browser, tmp_path: Path, audits: list[Audit]):
    many = [
        replace(one, form=replace(one.form, project=Value(f"{one.form.project.one_line}{number}")))
        for number in range(300)
        for one in audits
    ]
    path = index(tmp_path, many)
    assert {one.name for one in tmp_path.iterdir()} == {"index.html", "index_2.html"}
    assert all(one.stat().st_size < 500_000 for one in tmp_path.iterdir())
    page, attempts = opened(browser, path)
    page.wait_for_function("document.querySelectorAll('#projects tbody tr').length === 2000")
    assert "显示 2000 / 2000" in page.inner_text("#shown")
    assert not page.locator("#rest").count()
    page.fill("#search", "社区矫正管理工作经费249")
    assert len(visible(page)) == 1
    page.fill("#search", "")
    most = str(max(sum(f.severity is Severity.WARNING for f in one.findings) for one in audits))
    page.locator("#projects th", has_text="疑点").locator("[role=button]").click()
    assert page.locator("#projects tbody tr").first.locator("td").nth(8).inner_text() == most
    assert page.get_attribute("text=第 2001–2400 张", "href") == "index_2.html"
    further, others = opened(browser, tmp_path / "index_2.html")
    further.wait_for_function("document.querySelectorAll('#projects tbody tr').length === 400")
    further.fill("#search", "社区矫正管理工作经费299")
    assert further.locator("#projects tbody tr:visible td:first-child").all_inner_texts() == ["2399"]
    assert not [*attempts, *others]
