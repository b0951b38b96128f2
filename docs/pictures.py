"""Draw the pictures that the READMEs show, form 2 first: its first screen, its marked form, the index of a run, the workbench."""

import io
import sys
import tempfile
from pathlib import Path

import nbformat
from PIL import Image

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from chromium import chromium
from labserver import jupyterlab, opened, press, says

from auditkit import report, resources
from auditkit.notebook import lab
from auditkit.notebook.execute import render
from auditkit.pipeline import across, audit
from auditkit.safety import publish

PICTURES = ROOT / "docs" / "pictures"
COLOURS = 48
SCREEN = {"width": 1280, "height": 800}


def pages(folder: Path) -> tuple[Path, Path]:
    """The page of form 2 and the index of the eight forms, as a run writes them."""
    project, index = folder / "audit.html", folder / "index.html"
    notebook = nbformat.read(resources.notebooks() / "project_audit.ipynb", as_version=4)
    project.write_text(render(notebook, "法治政府建设经费 绩效自评审核"), "utf-8")
    audits = [one for path in sorted((resources.data() / "2021").glob("*.docx")) for one in audit(path)]
    rows = [report.FormRow(one.source, f"{number:03d}", one) for number, one in enumerate(audits, 1)]
    files = [report.FileRow(one.source, "ok", 1, "", 0.0) for one in audits]
    whole = report.index_pages([*map(report.line_of, rows)], files, across(audits), 2021, audits[0].rulebook)
    index.write_text(whole["index.html"], "utf-8")
    return project, index


def save(name: str, png: bytes, colours: int = COLOURS) -> None:
    """Store a screenshot in few colours: a README is fetched whole."""
    out = io.BytesIO()
    Image.open(io.BytesIO(png)).convert("RGB").quantize(colours, dither=Image.Dither.NONE).save(
        out, "PNG", optimize=True
    )
    publish(PICTURES / name, out.getvalue())
    print(f"{name} {len(out.getvalue()) // 1024} KB")


def workbench(browser, folder: Path) -> bytes:
    """The panel with a finding decided; without its first row, which names a place on this machine."""
    root = lab.workspace(folder / "work")
    with jupyterlab(root, lab.environment(root / "data" / "2021")) as (address, _):
        page = opened(browser, address)
        page.get_by_label("署名", exact=True).fill("张三")
        page.get_by_role("button", name="确认署名").click()
        press(page, "j")
        page.get_by_label("说明", exact=True).fill("已调取卷宗评比通知，本年确未开展。")
        page.keyboard.press("Tab")
        says(page, "已保存说明")
        press(page, "1")
        says(page, "已保存结论")
        page.wait_for_timeout(1_000)  # the form comes to rest on the finding's row
        panel, row = page.locator(".auditkit-panel"), page.get_by_label("项目", exact=True)
        box, top = panel.bounding_box(), row.bounding_box()["y"] - 4
        clip = {"x": box["x"], "y": top, "width": box["width"], "height": box["y"] + box["height"] - top}
        return page.screenshot(clip=clip)


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch, chromium(Path(scratch)) as browser:
        project, index = pages(Path(scratch))
        page = browser.new_page(viewport=SCREEN)
        page.goto(project.as_uri())
        save("project.png", page.screenshot())
        page.evaluate("document.querySelector('.sheet').previousElementSibling.scrollIntoView()")
        save("form.png", page.screenshot())
        page.goto(index.as_uri())
        save("index.png", page.screenshot())
        save("review.png", workbench(browser, Path(scratch)), 2 * COLOURS)


if __name__ == "__main__":
    main()
