"""Which papers are of one project, and which rows of one indicator."""

from __future__ import annotations

from decimal import Decimal

import pytest
from specimen import specimen

from auditkit.assess.matching import Project, pair_projects, pair_rows, project_of
from auditkit.model import ABSENT, Indicator, Value

WATER = Project("", "供水改造", ("水务局", "自来水公司"), 2022)


def project(**changes: object) -> Project:
    return Project(**{**WATER.__dict__, **changes})


ONE = [((0, 0),), ()]  # what is paired, and how many stay open
NONE, OPEN = [(), ()], [(), (1,)]


@pytest.mark.parametrize(
    ("ones", "others", "expected"),
    [
        ([{}], [{}], ONE),
        ([{"code": "a1", "name": "甲"}], [{"code": "a1", "name": "乙"}], ONE),
        ([{"code": "a1"}], [{}], ONE),
        ([{"code": "a1"}], [{"code": "a2"}], OPEN),
        ([{"name": "甲"}], [{"name": "乙"}], NONE),
        ([{"name": ""}], [{"name": ""}], NONE),
        ([{}], [{"year": 2021}], NONE),
        ([{}], [{"year": None}], ONE),
        ([{}, {}], [{}], OPEN),
        ([{}], [{}, {}], OPEN),
        ([{"code": "a1"}, {"code": "a1"}], [{"code": "a1"}], OPEN),
        ([{"code": "a1", "year": 2021}, {"code": "a1"}], [{"code": "a1"}], [((1, 0),), ()]),
        ([{"units": ("水务局", "一所")}], [{"units": ("水务局", "二所")}], NONE),
        ([{"units": ("水务局", "")}], [{"units": ("水务局", "二所")}], ONE),
        ([{"units": ("水务局", "")}], [{"units": ("", "水务局")}], ONE),
        ([{"units": ("", "")}], [{"units": ("水务局", "")}], NONE),
        ([{"units": ("水务局", "")}], [{"units": ("水务局", "一所")}, {"units": ("水务局", "二所")}], OPEN),
    ],
)
def test_papers_are_paired_one_to_one_or_stay_open(ones, others, expected):
    found = pair_projects([project(**one) for one in ones], [project(**other) for other in others])
    assert (tuple(found.pairs), len(found.open)) == (expected[0], len(expected[1]))
    told = [place for pair in found.pairs for place in pair[:1]] + [i for one in found.open for i in one.ones]
    assert sorted([*told, *found.alone[0]]) == list(range(len(ones)))


def test_papers_of_several_years_are_paired_whatever_their_year():
    assert pair_projects([project(year=2022)], [project(year=2021)], of_one_year=False).pairs == [(0, 0)]


@pytest.mark.parametrize(
    "name",
    ["供水管网改造", "供水管网改造项目", "2022年度供水管网改造经费", "供水管网改造专项资金", "“供水管网改造”资金项目"],
)
def test_a_name_is_told_without_years_and_general_words(name: str):
    form = specimen()
    told = project_of(type(form)(**{**form.__dict__, "project": Value(name)})).name
    assert told == ("供水管网改造专项" if "专项" in name else "供水管网改造")


def row(number: int, text: str) -> Indicator:
    subcategory, name, target = text.split()
    return Indicator(number, Value("产出指标"), Value(subcategory), Value(name), Value(target), *(ABSENT,) * 4)


ROWS = [
    ("数量 培训人次 ≥5", "数量指标 培训人次 ≥9", "1-1"),
    ("数量 培训人次 ≥5", "数量 1.培训（人次）。 ≥9", "1-1"),
    ("数量 培训教师人次 ≥5", "数量 完成教师培训人次 ≥5", "1-1"),
    ("数量 举办文艺演出场次 ≥5", "数量 组织举办文艺演出 ≥5", "1-1"),
    ("时效 受理时限≤10天 10天", "时效 受理时限 10天", "1-1"),
    ("满意 群众满意率 ≥5%", "满意 群众满意度 ≥5%", "1-1"),
    ("数量 培训人次 ≥5", "质量 培训人次 ≥5", "1-1*"),
    ("质量 验收合格率 ≥5%", "质量 验收不合格率 ≤5%", ""),
    ("数量 小学教师培训人次 ≥5", "数量 中学教师培训人次 ≥5", ""),
    ("数量 就业人数 ≥5", "数量 失业人数 ≥5", ""),
    ("质量 培训合格率 ≥5%", "数量 培训人次 ≥5", ""),
    ("数量 甲乙丙 ≥5\n数量 丁戊己 ≥6", "数量 丁戊己 ≥6\n数量 甲乙丙 ≥5", "1-2 2-1"),
    ("数量 完成数量 ≥5\n数量 完成数量 ≥6", "数量 完成数量 ≥6\n数量 完成数量 ≥5", "1-2 2-1"),
    ("数量 完成数量 ≥5\n数量 完成数量 ≥6", "数量 完成数量 ≥6\n数量 完成数量 ≥4", "1-2 2-1"),
    ("数量 完成数量 ≥5\n数量 完成数量 ≥6", "数量 完成数量 ≥7\n数量 完成数量 ≥4", "?"),
    ("数量 完成数量 ≥5\n数量 完成数量 ≥6", "数量 完成数量 ≥6", "2-1"),
    ("数量 完成数量 ≥5\n数量 完成数量 ≥6", "数量 完成数量 ≥9", "?"),
    ("数量 培训骨干教师人次 ≥5\n数量 培训教师人次 ≥6", "数量 培训教师人次 ≥5", "2-1"),
]


@pytest.mark.parametrize(("ones", "others", "expected"), ROWS)
def test_rows_are_paired_by_the_meaning_of_their_names(ones: str, others: str, expected: str):
    left, right = ([row(n, text) for n, text in enumerate(told.split("\n"), 1)] for told in (ones, others))
    found = pair_rows(left, right, Decimal("0.85"))
    told = [f"{pair.one.row}-{pair.other.row}{'*' * pair.moved}" for pair in found.pairs] + ["?" for _ in found.open]
    assert " ".join(told) == expected
    back = pair_rows(right, left, Decimal("0.85"))
    assert {(p.one.row, p.other.row) for p in found.pairs} == {(p.other.row, p.one.row) for p in back.pairs}


def test_a_form_is_paired_with_itself_row_by_row():
    items = specimen().indicators
    found = pair_rows(items, tuple(reversed(items)), Decimal("0.85"))
    assert [pair.one.row for pair in found.pairs] == [pair.other.row for pair in found.pairs] == [i.row for i in items]
