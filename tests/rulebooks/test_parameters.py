"""What the parameters of rulebooks do that the ministry's own has no use for, and the rulebooks of 2025 that have them."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from specimen import rewrite, specimen

from auditkit import report
from auditkit.assess.execution import share
from auditkit.assess.rescore import rescore
from auditkit.cli.tables import Lang, console, show_audits
from auditkit.model import Form
from auditkit.pipeline import audit_form
from auditkit.rulebooks.loader import Execution, Rulebook, Split, Window, load_rulebook

BOOK = load_rulebook()
OF_2025 = ("sichuan-2025", "sichuan-2025-special", "sichuan-2025-department", "department")


def edited(**texts: str) -> Form:
    """The specimen with entries rewritten, told as `indicators_0_score`."""
    form = specimen()
    for path, text in texts.items():
        form = rewrite(form, path.replace("__", "."), text)
    return form


def found(form: Form, book: Rulebook) -> set[str]:
    return {finding.rule for finding in audit_form(form, book).findings}


@pytest.mark.parametrize("name", OF_2025)
def test_what_is_known_second_hand_says_so(name):
    book = load_rulebook(name)
    assert all(not one.checked and "二手资料" in one.note for one in book.documents)
    assert book.split.total == book.full_marks == 100


def test_the_figures_of_2025():
    project, special, department = map(load_rulebook, OF_2025[:3])
    assert [book.grades["中"] for book in (project, special, department)] == [70, 70, 70]
    assert project.thresholds.adjusted == 0
    parts = special.split
    assert (parts.management, parts.output, parts.benefit, parts.cost, parts.satisfaction) == (20, 40, 20, 10, 10)
    assert special.inapplicable == "rescale"
    assert (department.split.management, department.split.output, department.split.satisfaction) == (40, 50, 10)
    assert department.execution.goal == Decimal("0.96")
    assert (department.window.least, department.window.most) == (Decimal("0.70"), Decimal("1.30"))


@pytest.mark.parametrize(
    ("goal", "rate", "earned"),
    [("1", "0.96", "0.96"), ("0.96", "0.96", "1"), ("0.96", "1", "1"), ("0.96", "0.48", "0.5")],
)
def test_a_rate_of_the_goal_earns_all_points(goal, rate, earned):
    book = replace(BOOK, execution=Execution("linear", "adjusted", Decimal(goal), ()))
    assert share(Decimal(rate), book) == Decimal(earned)


WINDOW = replace(BOOK, window=Window(Decimal("0.7"), Decimal("1.3"), ("output",)))
# The specimen's first indicator asks for 45公里 and has 5 points, all of them scored.
RESULTS = [("45公里", "5", "5"), ("58公里", "5", "5"), ("60公里", "0", "5"), ("36公里", "4", "4"), ("27公里", "0", "3")]


@pytest.mark.parametrize(("result", "within", "without"), RESULTS)
def test_a_figure_too_far_from_its_target_earns_nothing(result, within, without):
    form = edited(indicators__0__result=result)
    assert [rescore(form, book).items[0].upper for book in (WINDOW, BOOK)] == [Decimal(within), Decimal(without)]
    other = replace(WINDOW, window=replace(WINDOW.window, of=("benefit",)))
    assert rescore(form, other).items[0].upper == Decimal(without)


def test_no_points_for_too_much_is_no_fault_where_the_rulebook_gives_none():
    form = edited(
        indicators__0__result="60公里", indicators__0__score="0", indicators__0__explanation="超额，将调低指标。"
    )
    assert "IND004" in found(form, BOOK)
    assert "IND004" not in found(form, WINDOW)
    assert "IND002" in found(edited(indicators__0__result="27公里", indicators__0__score="3"), WINDOW)


RESCALED = replace(BOOK, inapplicable="rescale")
OUT = {"indicators__0__result": "不适用", "indicators__0__score": "—"}


@pytest.mark.parametrize(
    ("total", "wrong"), [("99.47", False), ("99.5", False), ("94.5", True), ("98", True)]
)  # (9.5 + 85) ÷ 95 × 100
def test_items_that_do_not_apply_are_taken_out_of_the_total(total, wrong):
    form = edited(**OUT, total_score=total)
    assert ("SCO001" in found(form, RESCALED)) is wrong
    card = rescore(form, RESCALED)
    assert card.upper == Decimal("94.5") / 95 * 100
    assert card.rescaled is None
    assert not card.disproved or wrong


def test_an_item_that_is_taken_out_is_neither_missing_nor_a_deduction():
    form = edited(**OUT, total_score="99.47")
    assert found(form, RESCALED) == set()
    assert {"STR001", "IND011"} <= found(form, BOOK)
    claimed = edited(indicators__0__result="不适用")  # but scored all the same
    assert "IND011" in found(claimed, RESCALED)
    assert rescore(claimed, RESCALED).taken_out == 0


MANAGED = replace(BOOK, split=Split(*map(Decimal, (0, 15, 45, 30, 10, 0))))


def test_the_points_of_management_belong_to_the_split_where_the_rulebook_has_them():
    """Those of budget execution count among them where the rulebook gives it none of its own."""
    form = edited(indicators__0__category="管理指标")
    assert "SCO004" not in found(form, MANAGED)  # 10 of budget execution and 5
    assert "SCO004" in found(form, replace(MANAGED, split=Split(*map(Decimal, (0, 20, 40, 30, 10, 0)))))
    assert "SCO004" in found(edited(), MANAGED)
    assert "SCO004" not in found(form, BOOK)  # another system of indicators


YEARS = [((2020,), 2019, False), ((2020,), 2020, True), ((2020, 2021), 2022, False), ((2020, 2021), 2021, True)]


@pytest.mark.parametrize(("years", "year", "in_force"), [*YEARS, ((2020,), None, True)])
def test_a_rulebook_outside_its_years_says_so(years, year, in_force, capsys):
    book = replace(BOOK, years=years)
    one = audit_form(edited(fiscal_year=f"（{year or '  '}年度）"), book)
    assert ("不在其适用年度内" not in report.headline(one).html) is in_force
    show_audits(console(), [one], Lang.ZH)
    assert (f"不适用于 {year} 年度" not in capsys.readouterr().out) is in_force
