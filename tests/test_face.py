"""The public face: what `from auditkit import …` gives, whatever was imported before it."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

import auditkit

FIRST = {
    "audit": "auditkit.pipeline",
    "Audit": "auditkit.pipeline",
    "load_rulebook": "auditkit.rulebooks.loader",
    "open_year": "auditkit.run.open",
    "open_review": "auditkit.run.open",
    "report": "auditkit.report",
}


def said(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()


def test_the_face_is_these_names():
    assert set(auditkit.__all__) == set(FIRST)


@pytest.mark.parametrize("name", FIRST)
def test_a_name_is_the_same_whoever_imports_what_first(name):
    show = f"print(getattr({name}, '__module__', None), {name}.__name__)"
    alone = said(f"from auditkit import {name}; {show}")
    assert said(f"import {FIRST[name]}; from auditkit import {name}; {show}") == alone
    assert said(f"import auditkit.cli.app; from auditkit import {name}; {show}") == alone


def test_importing_the_package_imports_nothing_of_it():
    assert said("import sys, auditkit; print([m for m in sys.modules if m.startswith('auditkit.')])") == "[]"


@pytest.mark.parametrize(
    ("line", "now"),
    [
        ("from auditkit.audit import audit", "from auditkit import audit"),
        ("from auditkit.year import open_year", "from auditkit import open_year"),
        ("from auditkit.bench import live, open_bench", "from auditkit import open_review"),
    ],
)
def test_a_notebook_of_the_version_before_is_told_what_to_write(line, now):
    with pytest.raises(ModuleNotFoundError, match=re.escape(f"请改写为：{now}")):
        exec(line)


def test_another_missing_name_is_python_s_own_error():
    with pytest.raises(ModuleNotFoundError, match=r"No module named 'auditkit\.nothing'"):
        exec("import auditkit.nothing")
