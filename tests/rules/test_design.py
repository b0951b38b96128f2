"""The DES family on indicators of other domains than the labelled forms, and on whole forms."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from time import process_time

import pytest
from specimen import rewrite, specimen

from auditkit.assess.names import clauses, core_name, limits_in_name, quoted_clauses
from auditkit.model import Value
from auditkit.parse.cells import category_of
from auditkit.rulebooks.loader import load_rulebook
from auditkit.rules import load_rules
from auditkit.rules.rule import CATALOGUE, apply
from auditkit.vocabulary.levels import Level, level_named

load_rules()
BOOK = load_rulebook()
OF_ONE = ("DES002", "DES003", "DES004", "DES008", "DES009", "DES010")
NAMES = [line.split("\t") for line in Path(__file__).with_name("design_names.tsv").read_text("utf-8").splitlines()[2:]]


def found(form, *rules):
    return [f for rule in rules for f in apply(CATALOGUE[rule], form, BOOK).findings]


def with_item(level, name, target, row=0):
    """The specimen with one indicator said otherwise, under the first level where it belongs."""
    form = specimen()
    old = form.indicators[row]
    entry = {"subcategory": f"{level}指标", "name": name, "target": target}
    values = {key: Value(text, getattr(old, key).at) for key, text in entry.items()}
    item = replace(old, category=Value("", old.category.at), **values)
    item = replace(item, kind=category_of(item.category, item.subcategory))
    return replace(form, indicators=(*form.indicators[:row], item, *form.indicators[row + 1 :]))


@pytest.mark.parametrize(("level", "name", "target", "rules"), NAMES, ids=[f"{n[0]}-{n[1]}" for n in NAMES])
def test_says_what_an_auditor_would(level, name, target, rules):
    findings = [f for f in found(with_item(level, name, target), *OF_ONE) if f.row == 1]
    assert {f.rule for f in findings} == set(rules.split()), [f.message for f in findings]


def test_the_table_is_large_and_mostly_innocent():
    silent = [row for row in NAMES if not row[3]]
    assert len(NAMES) > 150
    assert len(silent) > len(NAMES) / 2


def edited(**entries):
    form = specimen()
    for path, text in entries.items():
        form = rewrite(form, path.replace("__", "."), text)
    return form


@pytest.mark.parametrize(
    ("heading", "level"),
    [
        ("服务对象满意度指标", Level.SATISFACTION),
        ("社会公众满意度", Level.SATISFACTION),
        ("经济成本指标", Level.COST),
        ("生态环境成本指标", Level.COST),
        ("社会效益指标", Level.SOCIAL),
        ("环境效益", Level.ECOLOGICAL),
        ("可持续影响指标", Level.LASTING),
        ("进度时效指标", Level.TIMELINESS),
        ("效益指标", None),
        ("", None),
    ],
)
def test_the_second_level_is_known_by_its_name(heading, level):
    assert level_named(heading) is level


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("开展调查评估完成时间≤10天", ("≤10天",)),
        ("参与审理案件的数量不少于30件", ("不少于30件",)),
        ("案件法定60天内结案", ("60天内",)),
        ("征求意见≥7个工作日，公示≥30日", ("≥7个工作日", "≥30日")),
        ("合格率达到98%", ("达到98%",)),
        ("培训人数不少于三百人", ("不少于三百人",)),
        ("６０天以内办结", ("60天以内",)),
        ("60岁以上老人补贴发放", ()),
        ("60周岁及以上老人体检", ()),
        ("超过30日未办结案件清理", ()),
        ("不少于3人的合议庭审理案件数", ()),
        ("24小时内办结率", ()),
        ("三年内毕业生就业", ()),
        ("规模以上企业数", ()),
        ("《10日内办结》承诺书", ()),
        ("财预〔2020〕10号文件落实", ()),
        ("年内开工", ()),
        ("100%覆盖", ()),
    ],
)
def test_a_limit_is_a_target_and_not_a_description(name, expected):
    assert limits_in_name(name) == expected


def test_what_stands_in_quotation_marks_parts_no_clause_and_is_quoted_whole():
    assert clauses("完成《甲，乙》修订，公布“丙；丁”") == ("完成□□□□□修订", "公布□□□□□")
    assert [own for _, own in quoted_clauses("指标3：完成《甲，乙》修订，公布“丙；丁”")] == [
        "完成《甲,乙》修订",
        "公布“丙;丁”",
    ]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("群众满意率全面提升", "群众满意率"),
        ("调查完成时间≤10天", "调查完成时间"),
        ("合格率达标（一次验收）", "合格率"),
        ("提升", "提升"),
    ],
)
def test_the_head_is_what_the_name_ends_in(name, expected):
    assert core_name(name) == expected


def test_the_later_of_two_equal_names_is_reported():
    (finding,) = found(edited(indicators__12__name=" 出厂水质，检测合格率 "), "DES001")
    assert finding.row == 13
    assert "第5项" in finding.message


def test_rows_of_one_merged_name_cell_are_no_duplicates():
    form = specimen()
    parts = replace(form.indicators[1], name=form.indicators[0].name)
    assert not found(replace(form, indicators=(form.indicators[0], parts, *form.indicators[2:])), "DES001", "DES011")


def test_a_group_is_reported_once_at_its_first_row():
    moved = edited(indicators__6__category="效益指标", indicators__7__category="效益指标")
    (finding,) = found(moved, "DES005")
    assert finding.row == 7
    assert "第7至8项" in finding.message
    assert not found(moved, "DES006", "DES007")


def test_cost_belongs_where_the_rulebook_has_it():
    own = replace(BOOK, split=replace(BOOK.split, cost=20, output=40, benefit=20))
    as_output = apply(CATALOGUE["DES005"], specimen(), own).findings
    assert [f.row for f in as_output] == [9]
    assert "成本指标" in as_output[0].message
    assert not apply(CATALOGUE["DES006"], specimen(), own).findings
    gone = edited(indicators__8__subcategory="数量指标", indicators__9__subcategory="数量指标")
    assert len(apply(CATALOGUE["DES006"], gone, own).findings) == 1
    assert not apply(CATALOGUE["DES007"], gone, own).findings
    assert len(found(gone, "DES007")) == 1


def test_a_form_without_second_levels_is_not_judged_by_them():
    form = specimen()
    bare = replace(form, indicators=tuple(replace(i, subcategory=Value("")) for i in form.indicators))
    for rule in ("DES004", "DES007"):
        outcome = apply(CATALOGUE[rule], bare, BOOK)
        assert not outcome.findings
        assert outcome.skipped


def test_likeness_follows_the_rulebook():
    form = edited(indicators__4__name="农村管网工程验收合格率")
    assert found(form, "DES011")
    strict = replace(BOOK, thresholds=replace(BOOK.thresholds, similar=1))
    assert not apply(CATALOGUE["DES011"], form, strict).findings


def test_a_judgement_quotes_what_triggered_it_in_the_form_s_own_words():
    for level, name, target, rules in NAMES:
        for finding in found(with_item(level, name, target), *rules.split()):
            quoted = re.findall("“([^“”]+)”", finding.message)
            assert quoted
            own = [name, target, level, "达标", *(item.name.text for item in specimen().indicators)]
            assert all(any(part in text for text in own) or part == f"{level}指标" for part in quoted), finding.message
            assert not re.search("把握|阈值|相近度|规则手册", finding.message)


@pytest.mark.parametrize(
    "rule", [rule for name, rule in CATALOGUE.items() if name.startswith("DES")], ids=lambda r: r.id
)
def test_every_design_rule_tells_why_its_false_alarms_and_how_to_verify(rule):
    assert all((rule.why_zh, rule.doubt_zh, rule.verify_zh))


@pytest.mark.parametrize(
    "name",
    [
        "办理、" * 4000,
        "情况" * 6000,
        "开展培训，" * 3000,
        "≤10天" * 3000,
        "“" * 9000,
        "满意度和" * 4000,
        "预算不超" * 4000,
    ],
)
def test_a_hostile_name_keeps_no_rule_busy(name):
    form = specimen()
    for row in range(4):
        form = rewrite(form, f"indicators.{row}.name", f"{name}{row}")
    started = process_time()
    found(form, *(rule for rule in CATALOGUE if rule.startswith("DES")))
    assert process_time() - started < 10  # of the processor, whatever else it does; 0.1 is usual
