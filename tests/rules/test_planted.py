"""One error at a time, planted into the specimen and the eight real forms, as text and as Word."""

import pytest
from planted import planted, plants
from specimen import DATA

from auditkit.parse.form import parse
from auditkit.pipeline import audit_document
from auditkit.read import read
from auditkit.rulebooks.loader import load_rulebook

BOOK = load_rulebook()
WORD = [DATA / "specimen.docx", *sorted((DATA / "2021").glob("*.docx"))]
TEXT = [DATA / "specimen.txt", DATA / "2021" / "2021_self_evaluation_forms.txt"]


def found(document):
    return [{(f.rule, f.row) for f in a.findings} for a in audit_document(document, BOOK)]


@pytest.mark.parametrize("path", [*TEXT, *WORD], ids=lambda path: path.name[:12])
def test_exactly_the_planted_error_newly_speaks(path):
    document = read(path)
    before = found(document)
    for number, form in enumerate(parse(document)):
        tried = list(plants(form))
        assert len(tried) > 25
        for plant in tried:
            wanted = (plant.rule, plant.row)
            if wanted in before[number]:
                continue
            new = found(planted(document, plant))[number] - before[number]
            assert wanted in new, f"{form.project}: {plant} is not found, only {new}"
            others = {f for f in new - {wanted} if f[0] not in plant.also}
            assert not others, f"{form.project}: {plant} also raises {others}"
