from __future__ import annotations

import ast
import os
import runpy
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import nbformat
import pytest

from auditkit import resources
from auditkit.report import FINISHED

NOTEBOOKS = sorted(resources.notebooks().glob("*.ipynb"))
BANNED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.For, ast.While, ast.Try, ast.Lambda, ast.With)

names = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


@pytest.fixture
def workplace(tmp_path: Path) -> Path:
    """A copy of the notebooks beside the data."""
    shutil.copytree(resources.notebooks(), tmp_path / "notebooks")
    shutil.copytree(resources.data(), tmp_path / "data")
    return tmp_path / "notebooks"


def nbval(path: Path) -> subprocess.CompletedProcess[str]:
    settings = ["--nbval", "--nbval-sanitize-with", str(path.parent / "nbval.cfg"), "-p", "no:cacheprovider"]
    command = [sys.executable, "-m", "pytest", *settings, "--rootdir", str(path.parent), str(path)]
    with tempfile.TemporaryDirectory() as empty:
        undecided = os.environ | {"AUDITKIT_STORE": str(Path(empty) / "review.sqlite")}
        return subprocess.run(command, cwd=path.parent, capture_output=True, text=True, check=False, env=undecided)


@names
def test_notebook_only_calls_and_shows(path: Path):
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "code":
            assert len(cell.source.splitlines()) <= 5
            assert not [node for node in ast.walk(ast.parse(cell.source)) if isinstance(node, BANNED)]


@names
def test_notebook_has_one_parameters_cell_of_typed_and_commented_values(path: Path):
    cells = nbformat.read(path, as_version=4).cells
    (parameters,) = [cell for cell in cells if "parameters" in cell.metadata.get("tags", ())]
    assert all(isinstance(node, ast.AnnAssign) for node in ast.parse(parameters.source).body)
    assert all("#" in line for line in parameters.source.splitlines())


@names
def test_notebook_has_stored_outputs_without_noise(path: Path):
    notebook = nbformat.read(path, as_version=4)
    codes = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in codes] == list(range(1, len(codes) + 1))
    assert codes[-1].outputs[0].data["text/plain"] == FINISHED
    assert all(output.output_type == "execute_result" for cell in codes for output in cell.outputs)
    assert str(resources.root()) not in path.read_text("utf-8")


@names
def test_refreshing_gives_the_stored_bytes(path: Path, workplace: Path):
    refresh = runpy.run_path(str(workplace / "refresh.py"))["refresh"]
    before = dict(os.environ)
    refresh(workplace / path.name)
    assert dict(os.environ) == before
    # The bytes of a chart are those of the platform; the rest is compared to the last byte.
    chart = '"data:image/png;base64,'
    made, stored = ((folder / path.name).read_text("utf-8") for folder in (workplace, path.parent))
    assert [part.partition('"')[2] for part in made.split(chart)] == [
        part.partition('"')[2] for part in stored.split(chart)
    ]
    first = (workplace / path.name).read_bytes()
    refresh(workplace / path.name)
    assert (workplace / path.name).read_bytes() == first


@names
def test_stored_outputs_are_what_the_notebook_gives(path: Path):
    result = nbval(path)
    assert result.returncode == 0, result.stdout


def test_a_changed_output_is_noticed(workplace: Path):
    path = workplace / "project_audit.ipynb"
    text = path.read_text("utf-8")
    assert "106.7" in text
    path.write_text(text.replace("106.7", "107.7", 1), "utf-8")
    result = nbval(path)
    assert result.returncode == 1
    assert "107.7" in result.stdout
