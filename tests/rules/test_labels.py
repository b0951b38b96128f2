"""The eight real forms against what careful auditors found in them (tests/labels, see data/README.md)."""

import csv
from pathlib import Path

import pytest
from specimen import DATA

from auditkit.pipeline import audit
from auditkit.rules import load_rules
from auditkit.rules.rule import CATALOGUE

load_rules()
LABELS = Path(__file__).parents[1] / "labels"
SOURCES = {
    "text": lambda: audit(DATA / "2021" / "2021_self_evaluation_forms.txt"),
    "word": lambda: [found for path in sorted((DATA / "2021").glob("*.docx")) for found in audit(path)],
}
# The families and rules of which every `must` has to be found; of the judgement rules, four in five.
EXACT = (
    "BUD",
    "SCO",
    "IND",
    "STR",
    "NAR001",
    "NAR002",
    "NAR003",
    "NAR004",
    "NAR005",
    "NAR007",
    "DES001",
    "DES002",
    "DES005",
    "DES006",
    "DES007",
    "DES008",
    "DES010",
)
JUDGED = ("DES003", "DES004", "DES009", "NAR006")


def rows(name):
    with (LABELS / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def labelled(tier):
    return {
        (int(r["form"]), int(r["row"]) if r["row"] else None, r["rule"])
        for r in rows("seed_findings.tsv")
        if r["tier"] == tier
    }


@pytest.fixture(scope="module", params=SOURCES)
def audits(request):
    return SOURCES[request.param]()


def found_by(audits):
    return {(number, f.row, f.rule) for number, found in enumerate(audits, 1) for f in found.findings}


def test_every_fault_that_has_to_be_found_is_found(audits):
    wanted = {label for label in labelled("must") if label[2].startswith(EXACT)}
    assert len(wanted) > 100
    assert wanted - found_by(audits) == set()


@pytest.mark.parametrize("rule", JUDGED)
def test_of_the_judgement_rules_four_in_five_are_found(audits, rule):
    wanted = {label for label in labelled("must") if label[2] == rule}
    assert len(wanted & found_by(audits)) >= 0.8 * len(wanted) > 0


def test_no_rule_raises_a_false_alarm(audits):
    assert found_by(audits) - labelled("must") - labelled("may") == set()


def test_all_verdicts_agree(audits):
    labels = rows("seed_verdicts.tsv")
    assert len(labels) == 129
    for label in labels:
        item = audits[int(label["form"]) - 1].scorecard.items[int(label["row"]) - 1]
        assert item.judgement.verdict.value in label["verdict"].split("|"), label


def test_only_form_2_has_points_of_110_and_a_total_ten_short(audits):
    wrong = {
        (number, f.rule): f.message
        for number, a in enumerate(audits, 1)
        for f in a.findings
        if f.rule in ("SCO001", "SCO002")
    }
    assert set(wrong) == {(2, "SCO001"), (2, "SCO002")}
    assert "106.7" in wrong[2, "SCO001"]
    assert "96.7" in wrong[2, "SCO001"]
    assert "110" in wrong[2, "SCO002"]


def test_every_finding_quotes_its_proof(audits):
    for found in audits:
        for finding in found.findings:
            assert finding.evidence, finding
            assert finding.rule in CATALOGUE
