"""The findings have the form that their README states; they are run by hand, not here."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[1] / "findings"
SCRIPTS = sorted(FOLDER.glob("*.sh"))
PINNED = re.compile(r"[\w.-]+==\d[\w.]*|[\w.-]+@\d[\w.]*")


def test_every_finding_is_in_the_table_and_nothing_else_lies_there():
    assert SCRIPTS
    told = re.findall(r"^\| `(\w+\.sh)` \|", (FOLDER / "README.md").read_text("utf-8"), re.MULTILINE)
    assert sorted(told) == [path.name for path in SCRIPTS]
    assert {path.name for path in FOLDER.iterdir()} == {"README.md", *told}


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_a_finding_has_the_stated_form(path: Path):
    text = path.read_text("utf-8")
    assert text.startswith("#!/bin/sh\n# ")
    assert re.search(r"^# Librar(y|ies):.*^# Input:.*^# Expected:.*^# Seen:", text, re.MULTILINE | re.DOTALL)
    assert "folder=$(mktemp -d)" in text
    assert "trap 'rm -rf \"$folder\"' EXIT" in text
    assert 'sys.exit("changed: no longer as stated")' in text
    installed = [word for line in text.splitlines() if " install " in line for word in re.findall(r"'([^']+)'", line)]
    assert installed
    assert all(PINNED.fullmatch(word) for word in installed)
    assert "auditkit" not in text
    assert "://" not in text
