"""The audits of a run on disk: given back as they were, in order, and laid side by side by department and year."""

from __future__ import annotations

import pickle
import random
from dataclasses import replace
from pathlib import Path

import pytest

from auditkit import resources
from auditkit.model import Value
from auditkit.pipeline import Audit, FileAudit, across, audit
from auditkit.rulebooks.loader import load_rulebook
from auditkit.run.cache import PackedAudits, pack_audits
from auditkit.run.spill import FormSpill, compare_forms
from auditkit.safety import LIMITS

BOOK = load_rulebook()


@pytest.fixture(scope="module")
def audits() -> list[Audit]:
    """Two forms of a file each, then all eight of one file."""
    seeds = sorted((resources.data() / "2021").glob("*.docx"))
    return [
        one for path in (*seeds[:2], resources.data() / "2021/2021_self_evaluation_forms.txt") for one in audit(path)
    ]


def spilled(path: Path, files: list[list[Audit]]) -> FormSpill:
    """The forms of these files, of which every other form of a file was there before."""
    spill = FormSpill(path / "audits")
    for place, told in enumerate(files):
        packed = PackedAudits(pack_audits(path, BOOK, LIMITS, lambda *_, told=told: FileAudit(tuple(told))))
        spill.add(f"{place}.docx", packed, told[::2])
    return pickle.loads(pickle.dumps(spill))  # as it goes to the process that compares


def test_forms_come_back_in_any_order_under_the_names_of_their_files(audits, tmp_path):
    spill = spilled(tmp_path, [audits[:1], audits[1:2], audits[2:]])
    told = [*audits[:2], *audits[2::2]]
    names = ["0.docx", "1.docx", *["2.docx"] * 4]
    expected = [replace(one, source=name) for one, name in zip(told, names, strict=True)]
    assert len(spill) == len(expected)
    assert list(spill.read(range(len(spill)))) == expected
    assert list(spill.read([5, 0, 3])) == [expected[place] for place in (5, 0, 3)]
    assert list(spill.read([])) == []


def of(one: Audit, number: int, department: str, year: int, **texts: str) -> Audit:
    """The same form of another project, department and year."""
    texts |= {"project": f"项目{number}", "department": department, "fiscal_year": f"（{year}年度）"}
    form = replace(one.form, number=number, **{name: Value(text, one.form.goal.at) for name, text in texts.items()})
    return replace(one, form=form)


GOAL = "完成全市农村公路养护工程的设计、招标和施工，保障群众出行安全。"


def test_forms_of_one_department_and_year_are_compared_however_many_lie_between(audits, tmp_path):
    """Also the first with the last of more than a thousand; those of another department or year never."""
    letters = random.Random(3)
    goals = ("".join(map(chr, letters.choices(range(0x4E00, 0x9000), k=40))) for _ in range(1_100))
    many = [of(audits[0], number, "甲局", 2021, goal=goal) for number, goal in enumerate(goals, 1)]
    many[0], many[-1] = (of(audits[0], number, "甲局", 2021, goal=f"{GOAL}{number}") for number in (1, 1_100))
    others = [
        of(audits[1], 1_101, "乙局", 2021, goal=f"{GOAL}乙"),
        of(audits[1], 1_102, "甲局", 2020, goal=f"{GOAL}去"),
    ]
    spill = FormSpill(tmp_path / "audits")
    for place in range(0, 1_100, 100):
        told = many[place : place + 100]
        spill.add(
            f"{place}",
            PackedAudits(pack_audits(tmp_path, BOOK, LIMITS, lambda *_, told=told: FileAudit(tuple(told)))),
            told,
        )
    assert list(spill.groups()) == [[one.form for one in many]]
    spill.add("others", PackedAudits(pack_audits(tmp_path, BOOK, LIMITS, lambda *_: FileAudit(tuple(others)))), others)
    assert [len(group) for group in spill.groups()] == [1_100, 1, 1]
    told = compare_forms(spill, BOOK)
    assert told == across([*many, *others])
    copied = [found for outcome in told for found in outcome.findings if found.rule == "SET004"]
    assert [[value.text for value in found.evidence] for found in copied if "预期目标" in found.message] == [
        [f"{GOAL}1", f"{GOAL}1100"]
    ]
