"""Approved target forms of many offices, drawn in tests/forms/targets, each with what must be read of the year, in every format."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from formats import CONVERTED, PRINTED, WRITERS, as_docx, drawn
from layouts import told
from paper import needs_chromium
from workbooks import converted_together, needs_soffice

from auditkit.model import Form, Kind
from auditkit.parse.form import parse_parts
from auditkit.read import read
from auditkit.safety import LIMITS

FOLDER = Path(__file__).parents[1] / "forms" / "targets"
NAMES = sorted(path.stem for path in FOLDER.glob("*.txt"))


def drawing(name: str) -> tuple[str, list[str]]:
    """The drawing, and the lines that say what must be read."""
    head, _, wanted = (FOLDER / f"{name}.txt").read_text("utf-8").partition("=====\n")
    return "\n".join(line for line in head.splitlines() if not line.startswith("#")), wanted.splitlines()


def lines_of(form: Form) -> list[str]:
    """What is read of a target form, in the order of the drawings' expectations."""
    apart = [f"{name}: {getattr(form, name)}" for name in ("code", "period") if getattr(form, name).text]
    apart += [f"amount: {form.total.initial}"] if form.total else []
    lines = [line for line in told(form) if not line.startswith(("fund:", "note:", "doubt:"))]
    at = next((i for i, line in enumerate(lines) if line.startswith("item:")), len(lines))
    return [*lines[:at], *apart, *lines[at:]]


def read_as(path: Path) -> list[str]:
    parsed = parse_parts(read(path, LIMITS))
    assert parsed.forms == ()
    assert {form.kind for form in parsed.targets} == {Kind.TARGET}
    return [line for form in parsed.targets for line in lines_of(form)]


@pytest.mark.parametrize("format_", WRITERS)
@pytest.mark.parametrize("name", NAMES)
def test_the_annual_targets_of_every_layout_are_read(name, format_, tmp_path):
    text, wanted = drawing(name)
    suffix, write = WRITERS[format_]
    path = tmp_path / f"表{suffix}"
    path.write_bytes(write(drawn(text)))
    assert read_as(path) == wanted


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Callable[[str, str], Path]:
    """Every drawing in a format that a program makes, all of them at once and only when one is asked for."""
    source = tmp_path_factory.mktemp("drawn")
    paths = {name: source / f"{name}.docx" for name in NAMES}
    for name, path in paths.items():
        path.write_bytes(as_docx(drawn(drawing(name)[0])))

    @cache
    def folder(format_: str) -> Path:
        out = tmp_path_factory.mktemp("made")
        if format_ in PRINTED:
            return PRINTED[format_](paths.values(), out)
        suffix, origin, target = CONVERTED[format_]
        files = [WRITERS[origin][1](drawn(drawing(name)[0])) for name in NAMES]
        for name, data in zip(NAMES, converted_together(files, f".{origin}", target, out), strict=True):
            (out / f"{name}{suffix}").write_bytes(data)
        return out

    return lambda format_, name: next(folder(format_).glob(f"{name}.{'pdf' if format_ in PRINTED else format_}"))


MADE = [
    *(
        pytest.param(printer, marks=needs)
        for printer, needs in zip(PRINTED, (needs_soffice, needs_chromium), strict=True)
    ),
    *(pytest.param(format_, marks=needs_soffice) for format_ in CONVERTED),
]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("format_", MADE)
def test_the_annual_targets_are_read_on_paper_and_of_old_files(format_, name, made):
    assert read_as(made(format_, name)) == drawing(name)[1]
