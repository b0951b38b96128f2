"""What `auditkit rules` says of one rule, and `auditkit rulebooks` of a rulebook."""

from __future__ import annotations

import inspect
from dataclasses import fields, is_dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from specimen import edited

from auditkit.cli.catalogue import parameters
from auditkit.model import NotApplicable
from auditkit.rulebooks.loader import load_rulebook, shipped
from auditkit.rules import load_rules
from auditkit.rules.rule import CATALOGUE, SUBJECTS

load_rules()
BOOK = load_rulebook()
BANDS = load_rulebook("mof-2021-cost")


class Watched:
    """A rulebook that notes which of its figures are asked for."""

    def __init__(self, table: Any, seen: set[str], prefix: str = ""):
        self.table, self.seen, self.prefix = table, seen, prefix

    def __getattr__(self, name: str) -> Any:
        kind = inspect.getattr_static(self.table, name)
        if isinstance(kind, property):
            return kind.fget(self)
        value = getattr(self.table, name)
        if is_dataclass(value):
            return Watched(value, self.seen, f"{self.prefix}{name}.")
        if name in {one.name for one in fields(self.table)}:
            self.seen.add(f"{self.prefix}{name}")
            return value
        return partial(getattr(type(self.table), name), self)


@pytest.mark.parametrize("rule", CATALOGUE.values(), ids=lambda rule: rule.id)
@pytest.mark.parametrize("book", [BOOK, BANDS], ids=lambda book: book.name)
def test_every_figure_that_a_rule_asks_for_is_told(rule, book):
    asked: set[str] = set()
    watched = Watched(book, asked)
    for case in (*rule.flags, *rule.passes):
        for subject in SUBJECTS[rule.subject](edited(rule, case)):
            try:
                list(rule.check(subject, watched))
            except NotApplicable:
                continue
    told = parameters(rule.check, book)
    assert {key for key in asked if not {key, key.rpartition(".")[0]} & set(told)} <= {"name"}


@pytest.mark.parametrize(
    ("id", "keys"),
    [
        ("BUD005", {"thresholds.unspent", "execution.base"}),
        ("IND008", {"overachievement", "split", "thresholds"}),
        ("SET003", {"thresholds.spread"}),
        ("STR004", set()),
    ],
)
def test_the_figures_of_a_rule_are_found_in_it_and_in_what_it_calls(id: str, keys: set[str]):
    assert set(parameters(CATALOGUE[id].check, BOOK)) == keys


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_one_rule_is_explained(auditkit, lang: str):
    rule = CATALOGUE["BUD005"]
    status, out, err = auditkit("rules", "bud００5", "--rulebook", "sichuan", "--lang", lang)
    assert (status, err) == (0, "")
    said = (rule.fault_zh, rule.why_zh, rule.doubt_zh, rule.verify_zh) if lang == "zh" else (rule.fault, rule.why)
    for text in (*said, load_rulebook("sichuan").cite(rule.basis), "thresholds.unspent = 0.10"):
        assert text in out
    place = next(line for line in out.splitlines() if "auditkit/rules/spending.py:" in line)
    source = Path(inspect.getsourcefile(rule.check)).read_text("utf-8").splitlines()
    assert source[int(place.rpartition(":")[2]) - 1].strip() == "@rule("
    assert "BUD004" not in out


def test_several_rules_and_whole_families_are_explained_in_order(auditkit):
    _, out, _ = auditkit("rules", "SET001", "nar", "SET001")
    ids = [line.split()[0] for line in out.splitlines() if line[:6] in CATALOGUE]
    assert ids == [*sorted(id for id in CATALOGUE if id.startswith("NAR")), "SET001"]


@pytest.mark.parametrize(
    ("lang", "id", "words"),
    [
        ("zh", "STR999", "没有这条规则；STR 族有 STR001、STR002"),
        ("en", "STR999", "no such rule; family STR has STR001, STR002"),
        ("zh", "甲", "族有 BUD 项目资金、"),
        ("en", "--", "the families: BUD Funds"),
    ],
)
def test_an_unknown_rule_is_told_with_what_there_is(auditkit, lang: str, id: str, words: str):
    status, out, err = auditkit("rules", "--lang", lang, "--", id)
    assert (status, out) == (2, "")
    assert words in err


def test_an_error_is_told_in_the_language_of_the_command(auditkit):
    assert "没有这个规则手册" in auditkit("rules", "--rulebook", "nothing")[2]
    assert "no such rulebook" in auditkit("rules", "--rulebook", "nothing", "--lang", "en")[2]


def test_every_rulebook_is_listed_with_its_sources_and_what_is_its_own(auditkit):
    status, out, _ = auditkit("rulebooks")
    assert status == 0
    for name in shipped():
        book = load_rulebook(name)
        assert f"规则手册 {name} {book.version}  {book.title}" in out
        assert all(document.title in out for document in book.documents)
    of_hubei = auditkit("rulebooks", "hubei", "--lang", "en")[1]
    assert "Rulebook hubei" in of_hubei
    lines = [line.split() for line in of_hubei.splitlines()]
    assert ["split.execution", "20"] in lines
    assert not [line for line in lines if line[:1] == ["split.benefit"]]  # as in the default one
