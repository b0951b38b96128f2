"""The wheel, installed into an empty environment, works from any folder without the checkout."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
UV = shutil.which("uv")
UNREACHABLE = re.compile(r"failed to fetch|connection|name resolution|dns error|timed out", re.IGNORECASE)
CARRIED = (
    "auditkit/share/notebooks/project_audit.ipynb",
    "auditkit/share/notebooks/review.ipynb",
    "auditkit/share/data/2021/2021_self_evaluation_forms.txt",
    "auditkit/share/data/specimen.docx",
    "auditkit/rulebooks/mof-2020.toml",
    "auditkit/vocabulary/forms.toml",
    "auditkit/report/assets/NotoSansSC.ttf",
    "auditkit/report/assets/OFL.txt",
)

pytestmark = pytest.mark.slow


def run(*command: object, cwd: Path, may_lack_network: bool = False) -> str:
    kept = {
        name: text for name, text in os.environ.items() if not name.startswith(("PYTHON", "JUPYTER", "VIRTUAL_ENV"))
    }
    ran = subprocess.run([str(c) for c in command], cwd=cwd, env=kept, capture_output=True, text=True, encoding="utf-8")
    if ran.returncode and may_lack_network and not os.environ.get("CI") and UNREACHABLE.search(ran.stdout + ran.stderr):
        pytest.skip(f"the package index cannot be reached: {(ran.stderr or ran.stdout).strip()[-200:]}")
    assert ran.returncode == 0, f"{command}\n{ran.stdout}\n{ran.stderr}"
    return ran.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    build = (UV, "build") if UV else (sys.executable, "-m", "build")
    run(*build, ROOT, "--out-dir" if UV else "--outdir", folder, cwd=folder, may_lack_network=True)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def program(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `auditkit` command of an environment that holds the wheel and what it depends on, and nothing else."""
    home = tmp_path_factory.mktemp("installed")
    scripts = home / "env" / ("Scripts" if os.name == "nt" else "bin")
    if UV:
        run(UV, "venv", "--python", sys.executable, home / "env", cwd=home)
        run(UV, "pip", "install", "--python", home / "env", wheel, cwd=home, may_lack_network=True)
    else:
        run(sys.executable, "-m", "venv", home / "env", cwd=home)
        run(scripts / "python", "-m", "pip", "install", wheel, cwd=home, may_lack_network=True)
    return scripts / "auditkit"


def test_carries_everything(wheel: Path):
    names = set(zipfile.ZipFile(wheel).namelist())
    assert names.issuperset(CARRIED)
    assert sum(name.startswith("auditkit/share/data/2021/") and name.endswith(".docx") for name in names) == 8
    templates = {
        f"auditkit/{p.relative_to(ROOT / 'auditkit').as_posix()}"
        for p in (ROOT / "auditkit").glob("report/templates/**/*")
        if p.is_file()
    }
    assert templates
    assert names.issuperset(templates)
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_demo_from_another_folder(program: Path, tmp_path: Path):
    assert "index.html" in run(program, "demo", cwd=tmp_path)
    reports = tmp_path / "reports" / "2021"
    assert (reports / "index.html").is_file()
    assert len(list(reports.glob("projects/*/audit.html"))) == 8


def test_audit_from_another_folder(program: Path, tmp_path: Path):
    shutil.copy(ROOT / "data" / "specimen.docx", tmp_path / "form.docx")
    result = json.loads(run(program, "audit", "--json", "form.docx", cwd=tmp_path))
    assert [len(result["audits"]), result["failures"]] == [1, []]
    assert run(program, "--version", cwd=tmp_path).startswith("auditkit 0.")
