"""What the documents say of the program is so: commands, options, files, floors, and examples that run."""

from __future__ import annotations

import ast
import importlib
import re
import tomllib
from pathlib import Path

import pytest
import typer
from specimen import edited, specimen
from test_floors import FLOORS

from auditkit.cli.app import app
from auditkit.model import Indicator, NotApplicable
from auditkit.rulebooks.loader import DEFAULT, Rulebook, load_rulebook, shipped
from auditkit.rules import load_rules
from auditkit.rules.rule import CATALOGUE, NOTE, apply, rule

ROOT = Path(__file__).parents[1]
DOCUMENTS = [
    path for path in sorted(ROOT.rglob("*.md")) if not {".venv", "reports"} & set(path.relative_to(ROOT).parts)
]
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
COMMANDS = typer.main.get_command(app).commands


def spoken(document: Path) -> list[tuple[str, str]]:
    """Each command that a document writes down as code, and the rest of its line."""
    text = document.read_text("utf-8")
    code = re.findall(r"`([^`\n]+)`", text) + re.findall(r"^    (.+)$", text, re.MULTILINE)
    found = (re.search(r"(?:^|(?<!from)[\s/\\])auditkit ([a-z][\w-]*)(.*)", one) for one in code)
    return [(one[1], one[2]) for one in found if one]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_commands_and_options_are_there(document: Path):
    for command, rest in spoken(document):
        assert command in COMMANDS, command
        known = {option for parameter in COMMANDS[command].params for option in parameter.opts} | {"--help", "-h"}
        assert set(re.findall(r"(?<![\w-])--?[a-z][\w-]*", rest.split("#")[0])) <= known, (command, rest)


def test_the_readmes_name_every_command():
    for name in ("README.md", "README.en.md"):
        assert {command for command, _ in spoken(ROOT / name)} == set(COMMANDS)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_are_there(document: Path):
    text = document.read_text("utf-8")
    links = [link for link in re.findall(r"\]\(([^)#]+)[^)]*\)", text) if "://" not in link]
    assert all((document.parent / link).exists() for link in links)
    tops = "|".join(
        path.name for path in ROOT.iterdir() if path.is_dir() and path.name[0].isalpha() and path.name != "reports"
    )
    for path in re.findall(rf"`((?:{tops})/[\w./*-]*)`", text):
        assert list(ROOT.glob(path.rstrip("/"))), path


@pytest.mark.parametrize("name", re.findall(r"`(\w+\.(?:py|toml|md|txt))`", CONTRIBUTING))
def test_files_that_the_recipes_name_are_there(name: str):
    assert [path for path in ROOT.rglob(name) if ".venv" not in path.parts] or name == "60_name.txt"


def test_the_picture_has_every_floor():
    rows = re.findall(r"^ +(\d+)  ((?:\w+  ?)*\w+)(?:   .*)?$", CONTRIBUTING, re.MULTILINE)
    drawn = {int(number): names.split() for number, names in rows}
    assert drawn == {number: names.split() for number, names in enumerate(FLOORS)}


def test_the_first_screen_is_the_picture():
    assert CONTRIBUTING.splitlines().index(f"     0  {'  '.join(FLOORS[0].split())}") < 35


def block(language: str, number: int = 0, document: str = CONTRIBUTING) -> str:
    found = re.findall(rf"^( *)```{language}\n(.*?)^ *```$", document, re.MULTILINE | re.DOTALL)[number]
    return "".join(line.removeprefix(found[0]) for line in found[1].splitlines(keepends=True))


def test_the_rule_of_the_recipe_is_one(monkeypatch: pytest.MonkeyPatch):
    load_rules()
    monkeypatch.setattr("auditkit.rules.rule.CATALOGUE", CATALOGUE | {})
    names = {
        "rule": rule,
        "NOTE": NOTE,
        "Indicator": Indicator,
        "Rulebook": Rulebook,
        "NotApplicable": NotApplicable,
        "re": re,
    }
    exec(block("python"), names)
    (check,) = (value for name, value in names.items() if name == "explanation_repeats_the_name")
    made = __import__("auditkit.rules.rule", fromlist=["CATALOGUE"]).CATALOGUE["NAR099"]
    assert made.check is check
    book = load_rulebook()
    assert all(apply(made, edited(made, case), book).findings for case in made.flags)
    assert not any(apply(made, edited(made, case), book).findings for case in made.passes)
    assert not apply(made, specimen(), book).findings
    assert book.cite(made.basis) != made.basis
    assert "NAR099" not in CATALOGUE


@pytest.mark.parametrize("text", [block("toml"), block("toml", 0, (ROOT / "README.md").read_text("utf-8"))])
def test_the_rulebooks_of_the_examples_load(text: str, tmp_path: Path):
    """Under another name, so that a book of this name may ship."""
    name = tomllib.loads(text)["name"]
    (path := tmp_path / "own.toml").write_text(text.replace(f'"{name}"', f'"{name}-example"'), "utf-8")
    book = load_rulebook(path)
    assert str(book.thresholds.unspent) == "0.10"
    assert book.documents


def test_no_readme_lists_the_rulebooks():
    """`auditkit rulebooks` does: whoever adds one has no list to keep."""
    for name in ("README.md", "README.en.md"):
        text = (ROOT / name).read_text("utf-8")
        assert not [book for book in shipped() if book != DEFAULT and f"`{book}`" in text]


SCRIPTS = [
    path
    for folder in ("benchmarks", "data", "docs", "notebooks", "deploy")
    for path in sorted((ROOT / folder).rglob("*.py"))
]


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_what_a_script_takes_of_the_package_is_there(script: Path):
    text = script.read_text("utf-8")
    trees = [ast.parse(text)]
    for node in ast.walk(trees[0]):  # programs in strings too
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and "from auditkit" in node.value:
            trees.append(ast.parse(re.sub(r"\{\w+!r\}", "None", node.value)))
    for node in (node for tree in trees for node in ast.walk(tree)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("auditkit"):
            module = importlib.import_module(node.module)
            for name in node.names:
                if not hasattr(module, name.name):
                    importlib.import_module(f"{node.module}.{name.name}")
