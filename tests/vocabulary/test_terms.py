"""The lists of words: a word stands once, on a line of its own, in one of the files."""

import re
import subprocess
import sys
import tomllib
from collections import Counter
from pathlib import Path

import pytest

from auditkit import vocabulary
from auditkit.vocabulary.labels import spellings
from auditkit.vocabulary.terms import table

FILES = sorted(Path(vocabulary.__file__).parent.glob("*.toml"))
WORD = re.compile(r"""    (?:"[^"]*"|'[^']*'),(?:  # .+)?""")


def lists(part, path=""):
    """Every list of words below a table, with its dotted name."""
    if isinstance(part, dict):
        for key, value in part.items():
            yield from lists(value, f"{path}.{key}".strip("."))
    elif isinstance(part, list) and part and all(isinstance(word, str) for word in part):
        yield path, part


def repeated(words):
    return [word for word, times in Counter(words).items() if times > 1]


def test_the_words_are_parted_by_subject_and_no_table_stands_in_two_files():
    assert [file.stem for file in FILES] == ["figures", "forms", "grades", "rules", "values", "wording"]
    assert repeated(key for file in FILES for key in tomllib.loads(file.read_text("utf-8"))) == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_word_a_line_and_each_once(file):
    text = file.read_text("utf-8")
    assert [(path, twice) for path, words in lists(tomllib.loads(text)) if (twice := repeated(words))] == []
    opened = re.findall(r"^\w+ = \[\n(.*?)^\]", text, re.MULTILINE | re.DOTALL)
    odd = [line for body in opened for line in body.splitlines() if not line.lstrip().startswith(("#", "["))]
    assert opened
    assert [line for line in odd if not WORD.fullmatch(line)] == []


@pytest.mark.parametrize("section", sorted(set(table("labels.exact")) - {"scoring"}))
def test_no_word_names_two_fields_of_a_section(section):
    assert repeated(word for words in spellings(section).values() for word in words) == []


def test_a_server_that_forks_has_compiled_every_expression_of_readers_and_rules():
    """Else each of its children compiles for itself what its form is the first to need."""
    code = (
        "from auditkit.pipeline import load_readers; load_readers()\n"
        "from auditkit.rules import compound\n"
        "from auditkit.vocabulary.terms import Expression\n"
        "print(len(Expression.all) > 100, [one.pattern[:40] for one in Expression.all if 'search' not in vars(one)])"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert told == "True []\n"
