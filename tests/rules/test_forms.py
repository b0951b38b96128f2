"""Invented forms of other trades and layouts against what was expected of them before they were run (tests/forms)."""

import csv
from functools import cache
from pathlib import Path

import pytest
from specimen import rewrite, specimen

from auditkit.pipeline import audit, audit_form
from auditkit.rulebooks.loader import load_rulebook

FORMS = Path(__file__).parents[1] / "forms"


def rows(name):
    with (FORMS / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


@cache
def audits(file, rulebook):
    return audit(FORMS / file, rulebook)


@cache
def expected(form, tier):
    return {
        (r["rule"], int(r["row"]) if r["row"] else None)
        for r in rows("findings.tsv")
        if (r["form"], r["tier"]) == (form, tier)
    }


def matches(one, others):
    """A finding about a form matches one about a row of it by the same rule: which of them it is, is a matter of taste."""
    rule, row = one
    return any(rule == r and (row == n or None in (row, n)) for r, n in others)


@pytest.mark.parametrize("entry", rows("forms.tsv"), ids=lambda entry: f"{entry['file']}-{entry['number']}")
def test_a_form_gives_what_was_expected_and_nothing_else(entry):
    one = audits(entry["file"], entry["rulebook"])[int(entry["number"]) - 1]
    found = {(f.rule, f.row) for f in one.findings}
    must, may = expected(entry["form"], "must"), expected(entry["form"], "may")
    assert [wanted for wanted in must if not matches(wanted, found)] == []
    assert [f for f in one.findings if not matches((f.rule, f.row), must | may)] == []
    verdicts = [r["verdict"].split("|") for r in rows("verdicts.tsv") if r["form"] == entry["form"]]
    assert len(verdicts) == len(one.scorecard.items)
    for wanted, item in zip(verdicts, one.scorecard.items, strict=True):
        assert item.judgement.verdict.value in wanted, item


@pytest.mark.parametrize(
    "entry", rows("indicators.tsv"), ids=lambda entry: f"{entry['name']} {entry['target']} {entry['result']}"
)
def test_a_single_indicator_gives_what_was_expected(entry):
    form = specimen()
    for field in ("subcategory", "name", "target", "result", "points", "score", "explanation"):
        form = rewrite(form, f"indicators.0.{field}", entry[field])
    form = rewrite(form, "outcome", "全年完成各项工作46项。")
    one = audit_form(form, load_rulebook())
    assert one.scorecard.items[0].judgement.verdict.value in entry["verdict"].split("|")
    found = {f.rule for f in one.findings if f.row == 1 or f.rule == "DES008"} - {"SCO003", "DES005"}
    must, may = set(filter(None, entry["must"].split(","))), set(filter(None, entry["may"].split(",")))
    assert must - found == set()
    assert found - must - may == set()
