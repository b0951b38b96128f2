"""The table of formats × forms: the specimen and the eight seed forms, in every format, give equal forms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from formats import CONVERTED, PRINTED, WRITERS
from paper import needs_chromium
from specimen import DATA
from workbooks import converted_together, needs_soffice

from auditkit.model import Form
from auditkit.parse.form import parse
from auditkit.pipeline import audit_form
from auditkit.read import read
from auditkit.rulebooks.loader import load_rulebook

WORD = [DATA / "specimen.docx", *sorted((DATA / "2021").glob("*.docx"))]
NAMES = [path.stem[:8] for path in WORD]


@cache
def original(number: int) -> Form:
    """The form as the text dump has it, which nobody wrote with this program."""
    if number == 0:
        return parse(read(DATA / "specimen.txt"))[0]
    return parse(read(DATA / "2021" / "2021_self_evaluation_forms.txt"))[number - 1]


@pytest.fixture(scope="session")
def converted_files(tmp_path_factory) -> dict[str, list[bytes]]:
    """Every form in the formats that LibreOffice writes, one call for all files of a format."""
    made: dict[tuple[str, str], list[bytes]] = {}
    for _, origin, target in CONVERTED.values():
        if (origin, target) not in made:
            suffix, write = WRITERS[origin]
            files = [path.read_bytes() if suffix == ".docx" else write(read(path)) for path in WORD]
            made[origin, target] = converted_together(files, suffix, target, tmp_path_factory.mktemp("converted"))
    return {name: made[origin, target] for name, (_, origin, target) in CONVERTED.items()}


@pytest.mark.parametrize("number", range(len(WORD)), ids=NAMES)
@pytest.mark.parametrize("format_", WRITERS)
def test_a_form_is_the_same_in_every_format(format_, number, tmp_path):
    suffix, write = WRITERS[format_]
    path = tmp_path / f"表{suffix}"
    path.write_bytes(write(read(WORD[number])))
    (found,) = parse(read(path))
    assert found == original(number)
    assert found.doubts == ()


@needs_soffice
@pytest.mark.parametrize("number", range(len(WORD)), ids=NAMES)
@pytest.mark.parametrize("format_", CONVERTED)
def test_a_form_is_the_same_in_the_formats_of_libreoffice(format_, number, converted_files, tmp_path):
    path = tmp_path / f"表{CONVERTED[format_][0]}"
    path.write_bytes(converted_files[format_][number])
    (found,) = parse(read(path))
    assert found == original(number)
    assert found.doubts == ()


@pytest.fixture(scope="session")
def paper(tmp_path_factory) -> Callable[[str, int], Path]:
    """Every form as a PDF, those of one printer all at once and only when one is asked for."""
    folder = cache(lambda printer: PRINTED[printer](WORD, tmp_path_factory.mktemp("paper")))
    return lambda printer, number: folder(printer) / f"{WORD[number].stem}.pdf"


PRINTS = [
    pytest.param(printer, marks=needs) for printer, needs in zip(PRINTED, (needs_soffice, needs_chromium), strict=True)
]
# The second seed form has 每次 in the continuation of a merged cell, which no print of the Word file shows.
UNPRINTED = {(2, "pdf of LibreOffice"): ("每次", {("STR006", 4)})}


@pytest.mark.parametrize("number", range(len(WORD)), ids=NAMES)
@pytest.mark.parametrize("printer", PRINTS)
def test_a_form_is_the_same_on_paper(printer, number, paper):
    (found,) = parse(read(paper(printer, number)))
    hidden, _ = UNPRINTED.get((number, printer), ("", ()))
    wanted = original(number)
    assert "".join(value.text for value in wanted.stray if value not in found.stray) == hidden
    assert found == (replace(wanted, stray=()) if hidden else wanted)
    assert found.doubts == ()


@pytest.mark.parametrize("number", range(len(WORD)), ids=NAMES)
@pytest.mark.parametrize("printer", PRINTS)
def test_the_audit_of_paper_finds_the_same(printer, number, paper):
    (found,), (wanted,) = parse(read(paper(printer, number))), parse(read(WORD[number]))
    _, hidden = UNPRINTED.get((number, printer), ("", set()))
    assert findings(found) == sorted(set(findings(wanted)) - hidden, key=str)


def findings(form: Form) -> list[tuple[str, int | None]]:
    """Rule and row of every finding; a finding that comes twice in a row counts once."""
    return sorted({(one.rule, one.row) for one in audit_form(form, load_rulebook()).findings}, key=str)
