"""The table of packages is that of pyproject.toml, and every import of the package is in it."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from pathlib import Path

import pytest

from auditkit.cli.doctor import _part
from auditkit.dependencies import DEPENDENCIES, Dependency, install, versions

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
EXTRAS = {name: wanted for name, wanted in PROJECT["optional-dependencies"].items() if name != "all"}


def name_of(requirement: str) -> str:
    return re.match(r"[\w-]+", requirement)[0]


def test_the_table_has_what_the_project_wants():
    assert {one.name for one in DEPENDENCIES.values() if not one.extra} == set(map(name_of, PROJECT["dependencies"]))
    brought = {(name_of(one), extra) for extra, wanted in EXTRAS.items() for one in wanted}
    assert {(one.name, one.extra) for one in DEPENDENCIES.values() if one.extra} <= brought
    assert {name for name, _ in brought} <= set(DEPENDENCIES)


def test_the_extra_all_has_every_other():
    (whole,) = PROJECT["optional-dependencies"]["all"]
    assert set(re.search(r"\[(.+)\]", whole)[1].split(",")) == set(EXTRAS)


def test_what_is_imported_is_in_the_table():
    modules = {(one.module or one.name).replace("-", "_") for one in DEPENDENCIES.values()}
    imported = set()
    for path in (ROOT / "auditkit").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [node.module] if isinstance(node, ast.ImportFrom) else []
            names += [name.name for name in node.names] if isinstance(node, ast.Import) else []
            imported |= {name.split(".")[0] for name in names if name}
    known = modules | set(sys.stdlib_module_names) | {"auditkit"}
    # IPython and its launcher are ipykernel's own, fontTools is matplotlib's.
    assert imported - known <= {"IPython", "ipykernel_launcher", "fontTools"}


def test_no_version_with_a_known_fault_is_wanted():
    wanted = [*PROJECT["dependencies"], *(one for extra in EXTRAS.values() for one in extra)]
    floors = {name_of(one): re.search(r">=([\d.]+)", one)[1] for one in wanted}
    assert {one.name: floors[one.name] for one in DEPENDENCIES.values() if one.safe} == {
        one.name: one.safe for one in DEPENDENCIES.values() if one.safe
    }


@pytest.mark.parametrize(
    ("version", "unsafe"), [("6.0.4", True), ("6.1", False), ("6.1.0rc1", False), ("10.0", False), ("", False)]
)
def test_a_version_with_a_known_fault_is_told(monkeypatch: pytest.MonkeyPatch, version: str, unsafe: bool):
    lxml = DEPENDENCIES["lxml"]
    assert lxml.safe == "6.1"
    monkeypatch.setattr(Dependency, "version", version)
    assert lxml.unsafe is unsafe
    assert ("pip install -U lxml" in _part(lxml).zh) is unsafe


def test_what_is_to_be_run_names_every_extra_once():
    word, excel = DEPENDENCIES["python-docx"], DEPENDENCIES["openpyxl"]
    assert install(word, excel, word) == 'pip install "auditkit[excel,word]"'


def test_what_a_run_records_is_in_the_table():
    told = versions()
    assert list(told)[:2] == ["python", "auditkit"]
    assert set(told) - {"python", "auditkit"} == {one.name for one in DEPENDENCIES.values() if one.printed}
    assert told["lxml"] == DEPENDENCIES["lxml"].version != ""
