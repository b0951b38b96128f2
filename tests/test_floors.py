"""The shape of the package: what may import what, how long a file may be, what a module may be called."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "auditkit"

# A module imports only from floors below its own. On the ground floor and among the runners neighbours may import each
# other, and a folder is one module to the outside. `report` and `review` stand above `audit` because audits are what they show;
# `review.subject` alone stands below, because a report has to name what may be decided.
FLOORS = (
    {
        "safety",
        "numeral",
        "unit",
        "measure",
        "quantity",
        "terms",
        "typed",
        "phrase",
        "rulebook",
        "resources",
        "options",
    },
    {"document"},
    {"model", "judgement"},
    {"qualitative", "label"},
    {"rule", "read", "columns", "verdict", "execution", "levels", "matter"},
    {"layout"},
    {"header", "total", "funding", "extent", "goal", "listing"},
    {"beside"},
    {"parse", "rules", "rescore", "review.subject"},
    {"audit", "reading"},
    {"report", "terminal"},
    {"review"},
    {
        *("batch", "work", "plan", "keep", "lock", "history", "pace", "year", "books", "standing"),
        *("intake", "folder", "manifest", "place", "cluster", "hired", "worker", "run", "kernels", "forked"),
        *("child", "server", "stream", "lab", "bench", "doctor", "sheet", "without", ""),
    },
    {"running", "reviewing"},
    {"cli"},
    {"__main__"},
)
SOCIABLE = {0, 12}
FLOOR = {name: floor for floor, names in enumerate(FLOORS) for name in names}

MODULES = sorted(PACKAGE.rglob("*.py"))


def unit(module: str) -> str:
    """The module or folder of the package that a dotted name belongs to; "" is the package itself."""
    parts = module.split(".")[1:]
    if ".".join(parts[:2]) in FLOOR:
        return ".".join(parts[:2])
    name = parts[0] if parts else ""
    return name if name in FLOOR or (PACKAGE / name).is_dir() or (PACKAGE / f"{name}.py").is_file() else ""


def imports(tree: ast.AST) -> Iterator[str]:
    """Every name of the package that is imported, inside functions too; what only type hints need does not count."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        else:
            yield from imports(node)


def named(path: Path) -> str:
    return str(path.relative_to(PACKAGE))


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_imports_only_from_floors_below(path: Path):
    inside = path.relative_to(PACKAGE.parent).with_suffix("")
    own = unit(".".join(part for part in inside.parts if part != "__init__"))
    assert own in FLOOR, f"{own} stands on no floor: add it to FLOORS"
    used = {unit(name) for name in imports(ast.parse(path.read_text("utf-8"))) if name.split(".")[0] == "auditkit"} - {
        own
    }
    sociable = FLOOR[own] in SOCIABLE
    wrong = {name for name in used if FLOOR[name] > FLOOR[own] or (FLOOR[name] == FLOOR[own] and not sociable)}
    assert not wrong, f"{own} (floor {FLOOR[own]}) imports {sorted(wrong)}"


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_is_short_and_well_named(path: Path):
    assert len(path.read_text("utf-8").splitlines()) <= 300
    assert path.stem not in {"utils", "util", "helpers", "helper", "manager", "common", "misc"}


def test_rules_do_not_import_each_other():
    for path in (PACKAGE / "rules").glob("[!_]*.py"):
        siblings = {name for name in imports(ast.parse(path.read_text("utf-8"))) if name.startswith("auditkit.rules")}
        assert not siblings, f"{path.name} imports {siblings}"
