"""What must hold of every verdict, whatever the matter: no word that takes a result back leaves it met, no writing matters."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_cases import cases, judged

from auditkit.assess.judgement import Verdict
from auditkit.quantity.measure import QuantityKind, Relation
from auditkit.quantity.parser import parse_quantity

DENIED = (
    "未完成",
    "未",
    "没有完成",
    "尚未完成",
    "未能完成",
    "尚差",
    "剩余",
    "取消",
    "未达到",
    "尚缺",
    "未实施",
    "暂未完成",
)
PLANNED = ("计划", "预计", "拟", "计划完成", "力争", "目标", "应完成", "准备", "将", "待", "有望达到", "原计划", "预期")
POSTPONED = ("推迟", "延期", "暂缓", "推迟至明年", "延至", "顺延至下年", "改在明年")
OTHER_YEAR = ("上年", "去年", "2020年", "2021年完成", "三年累计", "历年累计", "上年完成", "近五年累计", "前年")
BEGUN = ("签约", "已开工", "在建", "正在建设", "启动")
TAKEN_BACK = DENIED + POSTPONED + BEGUN
BEHIND = (
    "（未完工）",
    "，尚未完成",
    "（计划数）",
    "，正在实施",
    "，推迟至明年",
    "（上年数）",
    "，已取消",
    "（预计）",
    "，未验收",
    "（三年合计）",
    "（2020年）",
    "（目标值）",
    "，将于明年完成",
    "，施工中",
)
HARMLESS = (
    "（实际）",
    "，质量合格",
    "，均已验收",
    "，无安全事故",
    "，超额完成",
    "，投资120万元",
    "，未发生质量问题",
    "，下一步将加强管护",
    "，较上年有所提高",
    "，达到预期目标",
    "，不存在拖欠",
    "，未超预算",
)
# Words that belong to a matter are no words of its result.
OWN = re.compile(r"开工|签约|在建|拟|计划|招标|设计|上年|预计|未")
POINTS = (QuantityKind.DATE, QuantityKind.CLOCK, QuantityKind.MONTHDAY, QuantityKind.RANK)


def met_figures() -> list[dict[str, str]]:
    """The cases that are met by one figure in one clause, whatever else than a level or none was asked."""
    found = []
    for case in (*cases(), *cases("verdicts_more.tsv")):
        wanted, given_ = (parse_quantity(case[name]).measures for name in ("target", "result"))
        plain = wanted and given_ and wanted[0].number and not re.search(r"[,，;；（(、]", case["result"])
        if plain and case["verdict"] == "met" and not OWN.search(case["name"]) and "A" not in case["target"]:
            found.append(case)
    return found


def is_floor(case: dict[str, str]) -> bool:
    """Whether more is better, or a time has to be kept."""
    wanted = parse_quantity(case["target"]).measures[0]
    if wanted.kind in POINTS:
        return True
    return not judged(case).reverse and wanted.relation not in (Relation.AT_MOST, Relation.BELOW)


MET = met_figures()
FLOORS = [case for case in MET if is_floor(case)]


def test_there_are_enough_of_them():
    assert len(MET) > 200
    assert len(FLOORS) > 120


@pytest.mark.parametrize("word", TAKEN_BACK)
def test_no_word_that_denies_postpones_or_only_begins_leaves_a_floor_met(word: str):
    told = [{**case, "result": word + case["result"]} for case in FLOORS]
    assert [(c["name"], c["target"], c["result"]) for c in told if judged(c).verdict is Verdict.MET] == []


@pytest.mark.parametrize("word", PLANNED + OTHER_YEAR)
def test_no_word_that_plans_or_names_another_year_leaves_anything_met(word: str):
    told = [{**case, "result": word + case["result"]} for case in MET]
    assert [(c["name"], c["target"], c["result"]) for c in told if judged(c).verdict is Verdict.MET] == []


@pytest.mark.parametrize("words", BEHIND)
def test_no_such_word_behind_the_figure_leaves_it_met_either(words: str):
    told = [{**case, "result": case["result"] + words} for case in FLOORS]
    assert [(c["name"], c["target"], c["result"]) for c in told if judged(c).verdict is Verdict.MET] == []


@pytest.mark.parametrize("words", HARMLESS)
def test_a_remark_that_takes_nothing_back_changes_nothing(words: str):
    told = [{**case, "result": case["result"] + words} for case in FLOORS]
    assert [(c["name"], c["target"], c["result"]) for c in told if judged(c).verdict is not Verdict.MET] == []


RISES = ("增长", "提高", "上升", "增加", "提升")
FALLS = ("下降", "降低", "减少", "下滑", "缩减")


@given(
    st.sampled_from(RISES),
    st.sampled_from(FALLS),
    st.decimals(1, 40, places=1),
    st.decimals(1, 90, places=1),
    st.booleans(),
)
def test_the_opposite_direction_never_meets_a_change(rise: str, fall: str, wanted: Decimal, moved: Decimal, up: bool):
    asked, told = (rise, fall) if up else (fall, rise)
    case = {"subcategory": "经济效益指标", "name": "甲乙丙", "points": "5", "score": "5"}
    found = judged({**case, "target": f"{asked}{wanted}%", "result": f"{told}{moved}%"})
    assert found.verdict is Verdict.MISSED
    assert found.result == 0
    same = judged({**case, "target": f"{asked}{wanted}%", "result": f"同比{asked}{wanted + moved}%"})
    assert same.verdict is Verdict.MET


UNITS = [
    ("公里", "米", 1000),
    ("吨", "公斤", 1000),
    ("万元", "元", 10_000),
    ("亿元", "万元", 10_000),
    ("小时", "分钟", 60),
    ("天", "小时", 24),
    ("公顷", "亩", 15),
    ("平方公里", "平方米", 1_000_000),
    ("兆瓦", "千瓦", 1000),
    ("万度", "千瓦时", 10_000),
    ("万人次", "人次", 10_000),
    ("公斤", "斤", 2),
]


@given(
    st.sampled_from(UNITS),
    st.integers(1, 500),
    st.integers(1, 500),
    st.sampled_from(["≥", "≤", "不少于", "不超过", ">"]),
)
def test_the_unit_never_changes_a_verdict(units, wanted: int, done: int, comparator: str):
    large, small, factor = units
    case = {"subcategory": "数量指标", "name": "甲乙丙", "points": "5", "score": "5"}
    targets = (f"{comparator}{wanted}{large}", f"{comparator}{wanted * factor}{small}")
    results = (f"{done}{large}", f"{done * factor}{small}")
    found = {judged({**case, "target": t, "result": r}).verdict for t in targets for r in results}
    assert len(found) == 1


@pytest.mark.parametrize("field", ["target", "result"])
def test_blanks_and_width_never_change_a_verdict(field: str):
    wide = {ord(c): chr(ord(c) + 0xFEE0) for c in "0123456789%<>=+:"}
    odd = []
    for case in (*cases(), *cases("verdicts_more.tsv")):
        as_it_is = judged(case).verdict
        for text in (
            case[field].translate(wide),
            f" {case[field]}　",
            re.sub(r"(\d)([\u4e00-\u9fff])", r"\1 \2", case[field]),
        ):
            if judged({**case, field: text}).verdict is not as_it_is:
                odd.append((case["name"], case["target"], case["result"], text))
    assert odd == []


def test_the_order_of_independent_clauses_never_changes_a_verdict():
    odd, seen = [], 0
    for case in (*cases(), *cases("verdicts_more.tsv")):
        clauses = case["result"].split("，")
        if len(clauses) != 2 or re.search(r"[（(；、]|其中", case["result"]):
            continue
        seen += 1
        turned = {**case, "result": "，".join(reversed(clauses))}
        if judged(turned).verdict is not judged(case).verdict:
            odd.append((case["name"], case["target"], case["result"]))
    assert seen > 80
    assert odd == []
