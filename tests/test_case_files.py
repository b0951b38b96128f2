"""Every case file is read and judged as its row in `cases/files.tsv` says."""

from __future__ import annotations

import json

import casefiles
import pytest

ROWS = casefiles.rows()


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["file"])
def test_a_case_file_is_read_and_judged_right(row, auditkit, tmp_path):
    said = casefiles.answer(row, auditkit, tmp_path)
    assert casefiles.complaints(json.loads(row["expect"]), said) == []


def test_every_case_file_has_its_row():
    named = {row["file"] for row in ROWS} | {
        review["form"] for row in ROWS if (review := json.loads(row["expect"]).get("review"))
    }
    assert named == {path.name for path in casefiles.FILES.iterdir()}


WRONG = (
    {"read": False},
    {"forms": 2},
    {"values": {"project": "农村饮水安全"}},
    {"values": {"indicators.99.name": ""}},
    {"not_values": {"project": ["农村饮水安全巩固提升"]}},
    {"contains": {"project": ["农村", "城市"]}},
    {"rules": ["SCO001"]},
    {"rules": [["SCO001", "SCO002"]]},
    {"not_rules": ["BUD002"]},
    {"not_rules": ["IND001@7"]},
    {"no_errors": True},
    {"doubt": False},
    {"says": ["公式"]},
    {"says_not": ["隐藏"]},
    {"told": ["农村", "城市"]},
    {"terminal": ["公式"]},
    {"any": [{"read": False}, {"doubt": False}]},
    {"refused": True},
)


@pytest.mark.parametrize("expect", WRONG, ids=str)
def test_a_wrong_answer_is_complained_of(expect):
    findings = [{"rule": "BUD002", "severity": "error", "row": None}, {"rule": "IND001", "severity": "error", "row": 7}]
    form = {"project": "农村饮水安全巩固提升", "indicators": [], "doubts": ["有 1 处隐藏文字未读取"]}
    printed = {"audits": [{"form": form, "scorecard": {}, "findings": findings}], "across": {"findings": []}}
    said = casefiles.Answer(printed, "有 1 处隐藏文字未读取", False, lambda: "隐藏")
    assert casefiles.complaints(expect, said)
