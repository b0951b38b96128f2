"""Draw the pictures that the READMEs show, form 2 first: its first screen, its marked form, and the index of a run."""

import io
import sys
import tempfile
from pathlib import Path

import nbformat
from PIL import Image

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from chromium import chromium  # noqa: E402

from auditkit import report, resources  # noqa: E402
from auditkit.audit import across, audit  # noqa: E402
from auditkit.run import render  # noqa: E402
from auditkit.safety import publish  # noqa: E402

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
    index.write_text(
        report.index_page([*map(report.line_of, rows)], files, across(audits), 2021, audits[0].rulebook), "utf-8"
    )
    return project, index


def save(name: str, png: bytes) -> None:
    """Store a screenshot in few colours: a README is fetched whole."""
    out = io.BytesIO()
    Image.open(io.BytesIO(png)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(
        out, "PNG", optimize=True
    )
    publish(PICTURES / name, out.getvalue())
    print(f"{name} {len(out.getvalue()) // 1024} KB")


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


if __name__ == "__main__":
    main()
