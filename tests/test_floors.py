"""The shape of the package: what may import what, what a module may be called, and one name for one thing."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "auditkit"
# A folder or root file imports only from floors above its own line here, wherever in the file the import stands; inside a
# folder freely, but never in a circle.
FLOORS = (
    "dependencies document resources safety vocabulary",
    "errors",
    "read quantity rulebooks sandbox",
    "model",
    "parse assess",
    "rules",
    "pipeline",
    "decisions",
    "report",
    "review notebook",
    "run",
    "cli",
    "__main__ __init__",
)
FLOOR = {name: floor for floor, names in enumerate(FLOORS) for name in names.split()}
MODULES = {
    ".".join(("auditkit", *p.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(".__init__"): p
    for p in PACKAGE.rglob("*.py")
}
NAMES = {**{name.rsplit(".", 1)[-1]: name for name in MODULES if name.count(".") == 1}}


def imported(module: str) -> Iterator[str]:
    """The modules of the package that a module imports, at the top, in a function or for types only."""
    for node in ast.walk(ast.parse(MODULES[module].read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names if name.name.split(".")[0] == "auditkit")
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "auditkit":
            assert node.level == 0
            for name in node.names:
                dotted = f"{node.module}.{name.name}"
                yield dotted if dotted in MODULES else node.module


def room(module: str) -> str:
    """The folder or root file that a module belongs to."""
    return [*module.split("."), "__init__"][1]


def test_every_room_has_a_floor():
    assert {room(module) for module in MODULES} == set(FLOOR)


@pytest.mark.parametrize("module", sorted(MODULES))
def test_imports_only_from_floors_below(module: str):
    own = room(module)
    wrong = [name for name in imported(module) if room(name) != own and FLOOR[room(name)] >= FLOOR[own]]
    assert not wrong


def test_no_file_is_in_a_circle():
    graph = {module: set(imported(module)) - {module} for module in MODULES}
    while ends := {module for module, names in graph.items() if not names}:
        graph = {module: names - ends for module, names in graph.items() if module not in ends}
    assert not graph, f"in circles, or above one: {sorted(graph)}"


def test_the_root_is_small():
    assert len(list(PACKAGE.glob("*.py"))) <= 8


def test_a_public_name_is_defined_once():
    found = defaultdict(list)
    for module, path in MODULES.items():
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and not node.name.startswith(
                "_"
            ):
                found[node.name].append(module)
    assert {name: modules for name, modules in found.items() if len(modules) > 1} == {}


@pytest.mark.parametrize("module", sorted(MODULES))
def test_a_module_says_what_it_owns(module: str):
    assert ast.get_docstring(ast.parse(MODULES[module].read_text("utf-8")))


def test_no_module_is_named_for_nothing():
    assert not {name.rsplit(".", 1)[-1] for name in MODULES} & {
        "utils",
        "helpers",
        "common",
        "manager",
        "handler",
        "misc",
    }
