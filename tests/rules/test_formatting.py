"""A form to which only formatting was done is the same form: same verdicts, same findings."""

import re

import pytest
from specimen import DATA

from auditkit.pipeline import audit_document
from auditkit.read.text import read_text

DUMP = (DATA / "2021" / "2021_self_evaluation_forms.txt").read_text("utf-8-sig")
SPECIMEN = (DATA / "specimen.txt").read_text("utf-8-sig")
CELL = re.compile(r"(?m)^\t(.*)$")


def full_width(text):
    return "".join(chr(ord(c) + 0xFEE0) if c in "0123456789%<>=.()" else c for c in text)


CHANGES = {
    "full width": lambda dump: CELL.sub(lambda m: "\t" + full_width(m[1]), dump),
    "other glyphs": lambda dump: dump.translate(str.maketrans("≥≤", "≧≦")),
    "slanted glyphs": lambda dump: dump.translate(str.maketrans("≥≤", "⩾⩽")),
    "spelt in ascii": lambda dump: dump.replace("≥", ">=").replace("≤", "<=").replace("≦", "<="),
    "in words": lambda dump: dump.replace("≥", "不低于").replace("≤", "不超过").replace("≦", "不高于"),
    "blanks around": lambda dump: CELL.sub(lambda m: f"\t　 {m[1]} \u00a0" if m[1].strip() else m[0], dump),
    "blanks inside": lambda dump: re.sub(r"([≥≤≦])(\d)", r"\1 \2", dump),
    "line breaks": lambda dump: re.sub(r"(?m)^(\t\S+指标)$", lambda m: m[1][:-2] + "\n" + m[1][-2:], dump),
    "crlf": lambda dump: dump.replace("\n", "\r\n"),
}


def findings(dump):
    audits = audit_document(read_text("表.txt", dump.encode()))
    return [[(f.rule, f.row) for f in a.findings] for a in audits], [
        [item.judgement.verdict for item in a.scorecard.items] for a in audits
    ]


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize("dump", [DUMP, SPECIMEN], ids=["seeds", "specimen"])
def test_formatting_changes_no_finding(dump, change):
    assert change(dump) != dump or "≥" not in dump
    before, after = findings(dump), findings(change(dump))
    assert after == before
