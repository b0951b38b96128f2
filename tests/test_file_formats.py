"""The table of formats × forms: the specimen and the eight seed forms, in every format, give equal forms."""

from __future__ import annotations

from functools import cache

import pytest
from formats import CONVERTED, WRITERS, said
from specimen import DATA
from workbooks import converted_together, needs_soffice

from auditkit.model import Form
from auditkit.parse import parse
from auditkit.read import read

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
    assert list(said(found)) == list(said(original(number)))
    assert found.doubts == ()
