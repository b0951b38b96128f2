"""Judged texts (tests/cases/wording.tsv): the form that a case stands for, and what the rules of its kind say of it."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from specimen import rewrite, specimen

from auditkit.model import Finding, Form, Value
from auditkit.parse.cells import category_of
from auditkit.rulebooks.loader import load_rulebook
from auditkit.rules import load_rules
from auditkit.rules.rule import CATALOGUE, apply

load_rules()
BOOK = load_rulebook()
CASES = Path(__file__).with_name("cases")
KINDS = {
    "name": tuple(id for id in CATALOGUE if id.startswith("DES")),
    "explanation": ("NAR004", "NAR005", "NAR006", "NAR008"),
    "outcome": ("NAR001", "NAR002", "NAR003"),
    "unspent": ("BUD005",),
    "adjusted": ("BUD006",),
}
ENTRIES = ("subcategory", "name", "target", "result", "points", "score", "explanation")
Case = Mapping[str, str]


def cases(file: str = "wording.tsv") -> list[Case]:
    with (CASES / file).open(encoding="utf-8") as text:
        return list(csv.DictReader(text, delimiter="\t", quoting=csv.QUOTE_NONE))


def form_of(case: Case) -> Form:
    """The specimen whose first indicator, texts and amounts are the case's; the other indicators stay as they are."""
    form = specimen()
    if case["name"]:
        first = form.indicators[0]
        item = replace(first, **{name: Value(case[name], getattr(first, name).at) for name in ENTRIES})
        item = replace(item, category=Value("", item.category.at))
        item = replace(item, kind=category_of(item.category, item.subcategory))
        form = replace(form, indicators=(item, *form.indicators[1:]))
    form = rewrite(form, "goal", case["goal"] or "保障农村居民饮水安全。")
    form = rewrite(form, "outcome", case["outcome"] or "保障了农村居民饮水安全，受益930户。")
    for column, amount in zip(("initial", "adjusted", "actual"), case["funds"].split("/"), strict=False):
        if amount:
            form = rewrite(form, f"funds.0.{column}", amount)
    return form


def findings_of(case: Case) -> list[Finding]:
    """What the rules of the case's kind say of its indicator, or of the form."""
    form = form_of(case)
    found = [finding for id in KINDS[case["kind"]] for finding in apply(CATALOGUE[id], form, BOOK).findings]
    return [finding for finding in found if finding.row in (1, None)]


def judged(case: Case) -> tuple[set[str], set[str]]:
    """The rules that had to speak and did not, and those that spoke and must not have."""
    found = {finding.rule for finding in findings_of(case)}
    must, may = (set(filter(None, case[tier].split(","))) for tier in ("must", "may"))
    return must - found, found - must - may
