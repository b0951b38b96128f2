"""举证清单: every unverifiable row is covered, and no document is asked for twice."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import get_args

import pytest
from specimen import DATA, rewrite, specimen

from auditkit.assess.judgement import Reason, Verdict
from auditkit.decisions.evidence import WORDS, evidence_list, unsettled
from auditkit.decisions.reviewed import reviewed
from auditkit.decisions.subject import Field, of_indicator
from auditkit.decisions.summary import Decision, Review
from auditkit.errors.rulebooks import BadKey
from auditkit.pipeline import audit, audit_form
from auditkit.quantity.measure import QuantityKind
from auditkit.rulebooks.loader import Kinds, Levels, Reasons, load_rulebook, shipped
from auditkit.vocabulary.levels import Level

BOOK = load_rulebook()


def listed(**changes: str):
    form = specimen()
    for path, text in changes.items():
        form = rewrite(form, path.replace("__", "."), text)
    return audit_form(form, BOOK)


@pytest.mark.parametrize(
    ("changes", "document"),
    [
        ({"indicators__0__result": "100%"}, "工作台账"),
        ({"indicators__4__result": "合格"}, "验收、检测或考核报告"),
        ({"indicators__6__result": "100%"}, "验收（完工、办结）记录"),
        ({"indicators__8__result": "达标"}, "合同、发票和记账凭证"),
        ({"indicators__11__result": "良好"}, "效益测算或监测资料"),
        ({"indicators__14__result": "满意"}, "满意度调查资料"),
        ({"indicators__0__explanation": "尚未验收。"}, "完工（办结、验收）证明"),
    ],
)
def test_the_document_is_that_of_the_reason(changes, document):
    (item,) = evidence_list(listed(**changes), BOOK)
    assert item.document == document
    (row,) = item.rows
    assert row == int(next(iter(changes)).split("__")[1]) + 1
    assert item.at_stake == listed(**changes).form.indicators[row - 1].points.number
    assert str(row) in item.words


def test_the_rulebook_has_the_words_of_the_program():
    assert set(get_args(Levels)) == {level.value for level in Level}
    assert set(get_args(Kinds)) == {kind.value for kind in QuantityKind} | {WORDS}
    assert set(get_args(Reasons)) == {reason.value for reason in Reason}


def test_nothing_is_asked_where_all_is_proved():
    assert evidence_list(listed(), BOOK) == ()


@pytest.mark.parametrize("path", sorted((DATA / "2021").glob("*.docx")), ids=lambda path: path.name[:2])
@pytest.mark.parametrize("name", shipped())
def test_every_unverifiable_row_is_covered_once_and_no_document_twice(path, name):
    book = load_rulebook(name)
    for one in audit(path, book):
        items = evidence_list(one, book)
        rows = [row for item in items for row in item.rows]
        open_rows = [i.row for i in one.scorecard.items if i.judgement and i.judgement.verdict is Verdict.UNVERIFIABLE]
        assert sorted(rows) == open_rows
        assert len({item.document for item in items}) == len(items)
        assert all((item.at_stake is not None) is book.scored for item in items)


def test_points_that_rows_share_are_counted_once():
    form = listed(**{"indicators__0__result": "100%", "indicators__1__result": "100%"}).form
    first, second = form.indicators[:2]
    shared = tuple(replace(one, points=first.points, score=first.score) for one in (first, second))
    one = audit_form(replace(form, indicators=(*shared, *form.indicators[2:])), BOOK)
    (item,) = evidence_list(one, BOOK)
    most = sum((row.upper - row.verified for row in one.scorecard.rows), Decimal(0))
    assert item.at_stake == most
    assert item.rows == (1, 2)


@pytest.mark.parametrize(("field", "text"), [(Field.SCORE, "5"), (Field.SCORE, "0"), (Field.RESULT, "46公里")])
def test_what_was_settled_needs_no_document_and_moves_the_reviewed_score(field, text):
    one = listed(indicators__0__result="100%")
    subject = of_indicator(one.form, one.form.indicators[0])
    decision = Decision(subject, 0, "", "", "", {field: text})
    after = reviewed(one, Review("", "", "", 0, (decision,)))
    assert evidence_list(after, BOOK) == ()
    assert after.reviewed_score == one.scorecard.verified + (0 if text == "0" else 5)
    assert [item.row for item, _ in unsettled(one)] == [1]


def test_a_rulebook_has_its_own_documents_and_one_for_every_case(tmp_path):
    head = 'extends = "mof-2020"\nname = "x"\nversion = "1"\ntitle = "x"\ntitle_en = "x"\n[[documents]]\ntitle="x"\nnumber=""\nchecked=false\nnote=""\n'
    item = '[[evidence]]\nlevels = {}\nkinds = []\nreasons = []\ndocument = "签到表"\nshows = "人数"\n'
    path = tmp_path / "x.toml"
    path.write_text(head + item.format("[]"), "utf-8")
    book = load_rulebook(path)
    (only,) = evidence_list(listed(indicators__0__result="100%", indicators__14__result="满意"), book)
    assert (only.document, only.rows) == ("签到表", (1, 15))
    for bad in (item.format('["quality"]'), "evidence = []\n", item.format('["nonsense"]')):
        path.write_text((bad + head) if bad.startswith("evidence") else head + bad, "utf-8")
        with pytest.raises(BadKey, match="evidence"):
            load_rulebook(path)
