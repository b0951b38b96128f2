"""What a decision is about: the same in an equal run, another where the data are others."""

from specimen import rewrite, specimen

from auditkit.decisions.subject import of_finding, of_indicator, project_key
from auditkit.pipeline import audit_form
from auditkit.rulebooks.loader import load_rulebook


def finding(form, rule):
    return next(f for f in audit_form(form, load_rulebook()).findings if f.rule == rule)


def test_a_finding_is_known_again_and_its_evidence_told_from_other_evidence():
    faulty = rewrite(specimen(), "total_score", "91")
    other = rewrite(specimen(), "total_score", "92")
    one, again = (of_finding(faulty, finding(faulty, "SCO001")) for _ in range(2))
    changed = of_finding(other, finding(other, "SCO001"))
    assert one == again
    assert one.key == changed.key
    assert one.evidence != changed.evidence


def test_a_correction_is_about_an_indicator_with_its_figures():
    form = specimen()
    indicator = form.indicators[0]
    other = rewrite(form, "indicators.0.result", "1").indicators[0]
    assert of_indicator(form, indicator).key == of_indicator(form, other).key
    assert of_indicator(form, indicator).evidence != of_indicator(form, other).evidence


def test_projects_of_two_years_are_two():
    form = specimen()
    assert project_key(form) != project_key(rewrite(form, "fiscal_year", "2031"))
