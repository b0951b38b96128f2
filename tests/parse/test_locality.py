"""Reading is local: another text in one entry changes no other value without a doubt. `make locality` tries all of it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from formats import WRITERS
from locality import CORPUS, Trial, document_of, entries, replaced, silent, trials

from auditkit.document import Document
from auditkit.model import Form
from auditkit.parse.form import parse
from auditkit.read import read

STEP, FILES_STEP = 29, 601  # no divisors of the number of texts: every text meets every kind of entry


@pytest.mark.parametrize("name", CORPUS, ids=lambda name: name.rsplit("/", 1)[-1])
def test_another_text_in_an_entry_changes_no_other(name):
    tried = list(trials(name))
    assert len(tried) > 300
    changed = {str(trial): found for trial in tried[::STEP] if (found := trial.changed())}
    assert changed == {}


@pytest.mark.parametrize("format_", ["docx", "xlsx", "html"])
def test_nor_does_it_in_a_file(format_, tmp_path):
    tried = [trial for name in CORPUS[::4] for trial in list(trials(name))[::FILES_STEP]]
    assert len(tried) > 50
    for trial in tried:
        if not trial.text and not trial.entry.at.table:  # a blank line of text has no place in a file
            continue
        assert _changed_in_file(trial, format_, tmp_path) == [], trial


def _changed_in_file(trial: Trial, format_: str, folder) -> list[str]:
    whole = document_of(trial.name)
    document, before = _written(whole, format_, folder)
    _, after = _written(replaced(whole, trial.entry, trial.text), format_, folder)
    here = [one for one in entries(before[trial.form], document) if one.paths == trial.entry.paths]
    return [] if not here else silent(before[trial.form], after[trial.form], here[0])


def _written(document: Document, format_: str, folder) -> tuple[Document, list[Form]]:
    suffix, write = WRITERS[format_]
    path = folder / f"表{suffix}"
    path.write_bytes(write(document))
    found = read(path)
    return found, parse(found)


def test_a_change_elsewhere_is_seen():
    """The comparison itself: a value that moved, and a doubt that excuses it."""
    trial = next(trials(CORPUS[0]))
    before = parse(document_of(trial.name))[trial.form]
    moved = replace(before, indicators=before.indicators[1:])
    assert silent(before, moved, trial.entry)
    assert not silent(before, replace(moved, doubts=("某处",)), trial.entry)
