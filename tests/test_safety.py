"""Text and names that act nowhere."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditkit.run.inputs import copy_name
from auditkit.safety import escape_controls, escape_formula, escape_line, is_portable, portable_name

ANY = st.text(st.characters(), max_size=30) | st.text(
    st.sampled_from("=+-@＝﹣＠\t\r\n '\0\x1b\u202e\u2028\ud800\udcff\uffffa甲")
)
ACTING = ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")


@given(ANY)
def test_inert_text_has_nothing_that_acts_and_stays_as_it_is(text: str):
    made = escape_controls(text)
    assert not [char for char in made if unicodedata.category(char) in ACTING and char not in "\n\t"]
    assert escape_controls(made) == made
    assert len(made.encode("utf-8")) >= len(text)


@given(ANY)
def test_a_line_is_one_line(text: str):
    made = escape_line(text)
    assert len(made.splitlines()) <= 1
    assert "\t" not in made
    assert escape_line(made) == escape_controls(made) == made


@given(ANY)
def test_a_cell_begins_no_formula(text: str):
    made = escape_formula(text)
    assert not unicodedata.normalize("NFKC", made).lstrip().startswith(("=", "+", "-", "@"))
    assert not made.startswith(("\t", "\r", "\n"))


@given(ANY, ANY, ANY)
def test_names_are_portable_and_do_not_collide(text: str, one: str, other: str):
    name = portable_name(text, one)
    assert all(char.isalnum() or char == "_" for char in name)
    assert len(name.encode()) <= 120
    same = one.encode("utf-8", "replace") == other.encode("utf-8", "replace")
    assert same or name.casefold() != portable_name(text.upper(), other).casefold()


ODD = (
    *(".", "..", "...", "a.", "a ", "a. .", " ", "NUL", "con.docx", "Com1 .docx", "LPT³.xls", "aux.2022.doc", "conin$"),
    *("甲:乙.docx", 'a"b.doc', "a?.doc", "a\\b.doc", "x.d*c", "a\nb.docx", "a.\n", "表\ud800.docx", "表\udcff.doc"),
)
KEPT = (
    "2022年 自评表.docx",
    "console.docx",
    "com10.docx",
    ".docx",
    "a..docx",
    "甲（乙）：丙？.doc",
    "nulls",
    "第2期.x",
)


@given(st.text(st.characters(exclude_characters="/\0"), min_size=1, max_size=60) | st.sampled_from(ODD + KEPT))
def test_a_copy_has_a_name_that_any_system_takes(name: str):
    made = copy_name(name)
    assert is_portable(made)
    assert copy_name(made) == made
    assert made == escape_line(made)
    assert made.encode("utf-8")
    assert not set(made) & set('<>:"/\\|?*')
    assert Path("folder", made).name == made


@pytest.mark.parametrize("name", ODD)
def test_a_copy_of_an_odd_name_is_another_for_each_and_can_be_made(name: str, tmp_path: Path):
    assert copy_name(name) != name
    (tmp_path / copy_name(name)).write_bytes(b"")
    assert [one.name for one in tmp_path.iterdir()] == [copy_name(name)]


def test_copies_of_odd_names_do_not_collide():
    assert len({copy_name(name).casefold() for name in ODD}) == len(ODD)


@pytest.mark.parametrize("name", KEPT)
def test_a_copy_keeps_a_name_that_every_system_takes(name: str):
    assert copy_name(name) == name


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("../../x", "../../x"),
        ("a\0b", "a␀b"),
        ("\x1b[31m", "␛[31m"),
        ("\u202eexe.docx", "⟨U+202E⟩exe.docx"),
        ("a\nb\tc", "a␊b␉c"),
        ("\udcff", "⟨0xFF⟩"),
        ("\u2028\ufffe", "⟨U+2028⟩⟨U+FFFE⟩"),
        ("农村　饮水", "农村　饮水"),
    ],
)
def test_what_acted_is_readable(text: str, shown: str):
    assert escape_line(text) == shown


def test_an_odd_name_is_not_the_name_of_a_copy():
    assert copy_name("2022年 自评表.docx") == "2022年 自评表.docx"
    assert copy_name("\u202excod.docx") == portable_name("\u202excod", "\u202excod.docx") + ".docx"
    assert copy_name("a.\n") == portable_name("a", "a.\n")
