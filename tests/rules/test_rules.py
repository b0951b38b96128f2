"""Every rule's own cases, and what must hold for all rules."""

import inspect
import pkgutil
import re
from dataclasses import replace
from decimal import Decimal
from importlib import import_module
from io import StringIO
from itertools import combinations
from random import Random

import pytest
from rapidfuzz import fuzz
from rich.console import Console
from specimen import DATA, edited, specimen

import auditkit.rules
from auditkit.cli.catalogue import show_rules
from auditkit.cli.tables import Lang
from auditkit.model import Form, NotApplicable, Portfolio, Severity
from auditkit.pipeline import audit, audit_form
from auditkit.rulebooks.loader import load_rulebook
from auditkit.rules import across, load_rules
from auditkit.rules.rule import CATALOGUE, Rule, apply

load_rules()
BOOK = load_rulebook()
FLAGS = [
    pytest.param(rule, case, id=f"{rule.id}-{i}") for rule in CATALOGUE.values() for i, case in enumerate(rule.flags)
]
PASSES = [
    pytest.param(rule, case, id=f"{rule.id}-{i}") for rule in CATALOGUE.values() for i, case in enumerate(rule.passes)
]
# Words of the program, its rulebooks and its rules, in a text that goes to the unit.
JARGON = re.compile(r"阈值|把握|相近度|相似度|置信|规则手册|mof-|匹配|解析|正则|[A-Z]{3}\d{3}|None|Decimal")
EXPLAINED = [rule for rule in CATALOGUE.values() if rule.id.startswith(("BUD", "SCO", "IND", "STR", "TGT", "NAR004"))]


def printed(rules, lang: Lang) -> str:
    """The catalogue as it goes into a pipe."""
    out = StringIO()
    show_rules(Console(file=out, width=80), rules, BOOK, lang)
    return out.getvalue()


@pytest.mark.parametrize(("rule", "case"), FLAGS)
def test_flags(rule, case):
    findings = apply(rule, edited(rule, case), BOOK).findings
    assert findings
    assert all("运行异常" not in finding.title for finding in findings)
    assert all(finding.message and finding.basis != rule.basis for finding in findings)
    assert [finding.message for finding in findings if JARGON.search(finding.message)] == []


@pytest.mark.parametrize(("rule", "case"), PASSES)
def test_passes(rule, case):
    assert not apply(rule, edited(rule, case), BOOK).findings


@pytest.mark.parametrize("rule", CATALOGUE.values(), ids=lambda rule: rule.id)
def test_every_rule_has_two_cases_on_either_side_and_says_its_fault(rule):
    assert len(rule.flags) >= 2
    assert len(rule.passes) >= 2
    assert rule.fault.endswith(".")
    assert rule.zh
    assert rule.en


@pytest.mark.parametrize("rule", EXPLAINED, ids=lambda rule: rule.id)
def test_a_rule_says_fault_reason_doubt_and_steps_in_chinese(rule):
    for text in (rule.fault_zh, rule.why_zh, rule.doubt_zh, rule.verify_zh):
        assert re.search("[一-鿿]", text)
        assert text.endswith("。")
        assert rule.zh != text.rstrip("。")


@pytest.mark.parametrize("rule", CATALOGUE.values(), ids=lambda rule: rule.id)
def test_a_rule_says_what_the_letter_asks_of_the_unit(rule):
    assert re.fullmatch(r"请.+。", rule.ask_zh)
    assert not JARGON.search(rule.ask_zh)


def _moved(thresholds, by: Decimal):
    return replace(thresholds, **{name: value * by for name, value in vars(thresholds).items()})


@pytest.mark.parametrize("by", [Decimal("0.9931"), Decimal("1.0069")], ids=str)
@pytest.mark.parametrize("rule", CATALOGUE.values(), ids=lambda rule: rule.id)
def test_no_message_states_a_threshold(rule, by):
    """A message stands in the letter to the unit, which is not told from where on a rule speaks."""
    over = replace(BOOK.overachievement, threshold=BOOK.overachievement.threshold * by)
    moved = replace(BOOK, thresholds=_moved(BOOK.thresholds, by), overachievement=over)
    for case in rule.flags:
        told = {found.message for found in apply(rule, edited(rule, case), BOOK).findings}
        assert {found.message for found in apply(rule, edited(rule, case), moved).findings} <= told


def test_the_paragraphs_of_a_docstring_are_told_apart():
    rule = CATALOGUE["SCO001"]
    assert rule.fault == "The stated total is not the execution score plus the sum of the indicator scores."
    assert rule.why.startswith("The total decides the grade. Only the funds row")
    assert rule.doubt.startswith("rows of bonus or penalty points")
    assert rule.verify.startswith("add up;")
    assert "Known false alarms" not in rule.why + rule.doubt
    assert "To verify" not in rule.why + rule.doubt


def test_the_printed_catalogue_says_all_there_is_in_chinese():
    out = printed(CATALOGUE.values(), Lang.ZH)
    for rule in CATALOGUE.values():
        assert f"{rule.id}  {rule.zh}  {rule.severity.mark}{rule.severity.zh}" in out
        assert all(text in out for text in (rule.fault_zh, rule.why_zh, rule.doubt_zh, rule.verify_zh))
    assert f"BUD  项目资金（{sum(id.startswith('BUD') for id in CATALOGUE)} 条）" in out
    assert "资金第1行全年执行数「262.50」" in out
    assert "总分的分值空白" in out
    headings = set(re.findall(r"^    (\S+)", out, re.M))
    assert headings == {"对象", "问题", "为何重要", "依据", "常见误报", "核实步骤", "应报", "不报"}
    assert not re.search(r"[ \t]$", out, re.M)


def test_the_printed_catalogue_says_all_there_is_in_english():
    out = printed(CATALOGUE.values(), Lang.EN)
    for rule in CATALOGUE.values():
        assert f"{rule.id}  {rule.en}  {rule.severity.mark} {rule.severity.value}" in out
        assert all(text in out for text in (rule.fault, rule.why, rule.doubt, rule.verify))


@pytest.mark.parametrize("lang", Lang)
def test_a_rule_over_several_forms_and_without_prose_is_printed_without_gaps(lang):
    def bare(portfolio: Portfolio, book):
        """It is bare."""

    cases = {"forms.1.total_score": "90"}, {}
    out = printed([Rule("SET001", "扣分雷同", "Uniform", Severity.NOTE, "x", Portfolio, bare, cases, ())], lang)
    assert lang.say("一批表", "a set of forms") in out
    assert lang.say("第2份表总分「90」", "forms.1.total_score='90'") in out
    assert lang.say("不改动", "unchanged") in out
    headings = re.findall(r"^    (\S.*?)  ", out, re.M)
    assert headings == (["对象", "依据", "应报"] if lang is Lang.ZH else ["looks at", "fault", "basis", "flagged"])


@pytest.mark.parametrize("name", ["specimen.txt", "specimen.docx"])
def test_no_rule_fires_on_the_specimen(name):
    (found,) = audit(DATA / name)
    assert found.findings == ()


def said(rule: str, **case: str) -> str:
    case = {path.replace("__", "."): text for path, text in case.items()}
    (finding,) = apply(CATALOGUE[rule], edited(CATALOGUE[rule], case), BOOK).findings
    return finding.message + (f" {finding.figures.calculation}" if finding.figures else "")


def test_a_text_defect_is_quoted_where_it_stands():
    long = "改造供水管网，" * 20
    message = said("STR004", outcome=f"{long}持续”推进，完成46.5公里。{long}")
    assert re.fullmatch(r"“…….{1,25}持续”推进，.{1,25}……”中的右引号不成对", message)
    assert said("STR004", goal="改造（一期45公里。") == "“改造（一期45公里。”中的“（”不成对"


def test_amounts_are_told_with_the_unit_of_the_form():
    unit = specimen().money_unit.text
    assert unit
    assert f"结余 100 {unit}，占 40%" in said("BUD005", funds__0__actual="150")
    assert f"超过预算数 250.00 {unit}" in said("BUD004", funds__0__actual="262.50")


def test_calculations_are_of_plain_figures_with_a_minus_sign():
    assert said("BUD005", funds__0__actual="150").endswith("（250.00－150）÷ 250.00")
    rule = CATALOGUE["IND008"]
    (finding,) = apply(rule, edited(rule, rule.flags[0]), BOOK).findings
    assert re.fullmatch(r"[\d.%]+ ÷ [\d.%]+", finding.figures.calculation)


def test_a_difference_of_totals_is_told_in_words():
    assert said("SCO001", total_score="90").split("，")[-1].startswith("少 ")
    assert said("SCO001", total_score="99.9").split("，")[-1].startswith("多 ")


def test_every_public_function_of_the_families_is_in_the_catalogue():
    checks = {rule.check for rule in CATALOGUE.values()}
    for module in pkgutil.iter_modules(auditkit.rules.__path__, "auditkit.rules."):
        if module.name == "auditkit.rules.rule":  # what a rule is
            continue
        for name, function in inspect.getmembers(import_module(module.name), inspect.isfunction):
            if function.__module__ == module.name and not name.startswith("_"):
                assert function in checks, f"{module.name}.{name}"


def test_a_crashing_rule_becomes_a_finding_and_ends_nothing():
    def crash(form: Form, book):
        """It crashes."""
        raise ZeroDivisionError
        yield

    outcome = apply(Rule("XXX001", "坏规则", "Bad rule", Severity.NOTE, "x", Form, crash, (), ()), specimen(), BOOK)
    assert [f.severity for f in outcome.findings] == [Severity.ERROR]
    assert "ZeroDivisionError" in outcome.findings[0].message
    assert outcome.applied == 0


def test_what_cannot_be_looked_at_is_recorded_with_its_reason():
    def unable(form: Form, book):
        """It cannot look."""
        raise NotApplicable("表1 第4行第3列 为空")
        yield

    outcome = apply(Rule("XXX001", "x", "x", Severity.NOTE, "x", Form, unable, (), ()), specimen(), BOOK)
    assert (outcome.applied, outcome.findings) == (0, ())
    assert [skip.reason for skip in outcome.skipped] == ["表1 第4行第3列 为空"]


def test_a_blank_operand_is_never_a_pass():
    rule = CATALOGUE["BUD001"]
    outcome = apply(rule, edited(rule, {"actual": ""}), BOOK)
    assert any("为空" in skip.reason for skip in outcome.skipped)


def test_the_rulebook_changes_severity_and_switches_rules_off():
    from dataclasses import replace

    form = edited(CATALOGUE["SCO001"], {"total_score": "89.5"})
    severe = audit_form(form, replace(BOOK, severity={"SCO001": "note"}))
    silent = audit_form(form, replace(BOOK, off=("SCO001",)))
    assert [f.severity for f in severe.findings] == [Severity.NOTE]
    assert silent.findings == ()


def test_texts_compared_many_at_a_time_are_those_compared_one_by_one(monkeypatch):
    monkeypatch.setattr(across, "BLOCK", 7)
    chance = Random(3)
    texts = ["".join(chance.choices("受连续强降雨影响施工推迟两个月", k=chance.randrange(8, 14))) for _ in range(40)]
    texts = list(dict.fromkeys(text[:n] + "改" + text[n:] for text in texts for n in (0, 3, 7)))
    least = Decimal("0.9")
    one_by_one = [
        (one, other)
        for (one, a), (other, b) in combinations(enumerate(texts), 2)
        if Decimal(str(fuzz.ratio(a, b))) >= least * 100
    ]
    assert list(across._near(texts, least)) == one_by_one
    assert 0 < len(one_by_one) < len(texts) ** 2 // 4
