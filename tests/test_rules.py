"""Every rule's own cases, and what must hold for all rules."""

import inspect
import pkgutil
from importlib import import_module

import pytest
from specimen import DATA, edited, specimen

import auditkit.rules
from auditkit.audit import audit, audit_form
from auditkit.model import Form, NotApplicable, Severity
from auditkit.rule import CATALOGUE, Rule, apply
from auditkit.rulebook import load_rulebook
from auditkit.rules import load_rules

load_rules()
BOOK = load_rulebook()
FLAGS = [
    pytest.param(rule, case, id=f"{rule.id}-{i}") for rule in CATALOGUE.values() for i, case in enumerate(rule.flags)
]
PASSES = [
    pytest.param(rule, case, id=f"{rule.id}-{i}") for rule in CATALOGUE.values() for i, case in enumerate(rule.passes)
]


@pytest.mark.parametrize(("rule", "case"), FLAGS)
def test_flags(rule, case):
    findings = apply(rule, edited(rule, case), BOOK).findings
    assert findings
    assert all("运行异常" not in finding.title for finding in findings)
    assert all(finding.message and finding.basis != rule.basis for finding in findings)


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


@pytest.mark.parametrize("name", ["specimen.txt", "specimen.docx"])
def test_no_rule_fires_on_the_specimen(name):
    (found,) = audit(DATA / name)
    assert found.findings == ()


def test_every_public_function_of_the_families_is_in_the_catalogue():
    checks = {rule.check for rule in CATALOGUE.values()}
    for module in pkgutil.iter_modules(auditkit.rules.__path__, "auditkit.rules."):
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
