"""What a self-evaluation made of approved targets: which papers and rows belong together, and what is easier."""

from __future__ import annotations

from dataclasses import replace

import pytest
from specimen import pair, rewrite, specimen

from auditkit.assess.easing import Ease, easing
from auditkit.assess.matching import match_rows, same_matter
from auditkit.assess.papers import PaperKey, pair_papers
from auditkit.model import Pair, Value
from auditkit.rulebooks.loader import load_rulebook

THRESHOLDS = load_rulebook().thresholds
S, E, T, A = Ease.SAME, Ease.EASED, Ease.STRICTER, Ease.ALTERED
EASINGS = [  # name, approved, filed
    ("改造管网长度", "≥45公里", "≥45公里", S),
    ("改造管网长度", "≥45公里", "不低于45 公里", S),
    ("改造管网长度", "≥45公里", "≥45000米", S),
    ("改造管网长度", "≥45公里", "≥44.9公里", E),
    ("改造管网长度", "≥62.5公里", "≥62公里", E),
    ("改造管网长度", "≥45公里", "≥46公里", T),
    ("改造管网长度", "≥45公里", "≥45公顷", A),
    ("改造管网长度", "≥45公里", "≤45公里", A),
    ("改造管网长度", "≥45公里", "＞45公里", T),
    ("改造管网长度", "＞45公里", "≥45公里", E),
    ("改造管网长度", "45公里", "40公里", E),
    ("改造管网长度", "45公里", "≥40公里", E),
    ("改造管网长度", "≥45公里", "40公里", E),
    ("改造管网长度", "≥45公里", "大幅增加", A),
    ("改造管网长度", "≥45公里", "约45公里", E),
    ("培训人数", "≥12480人次", "≥1.2万人次", S),
    ("培训人数", "≥2.03万人次", "≥20310人次", S),
    ("培训人数", "≥2.03万人次", "≥20290人次", E),
    ("培训人数", "≥20310人次", "≥2.03万人次", S),
    ("培训人数", "≥2.0万人次", "≥18000人次", E),
    ("培训次数", "12次", "每月1次", S),
    ("培训次数", "每月1次", "10次", E),
    ("培训次数", "每月1次", "每季度1次", E),
    ("培训次数", "≥4次", "每季度1次", S),
    ("水质合格率", "≥98%", "≥97.99%", E),
    ("水质合格率", "100%", "≥95%", E),
    ("水质合格率", "≥95%", "100%", T),
    ("水质合格率", "≥95%", "≤95%", A),
    ("水质合格率", "≥95%", "≥0.95", S),
    ("水质合格率", "95%以上", "≥95%", S),
    ("投诉率", "≤2%", "≤3%", E),
    ("投诉率", "≤2%", "≤1%", T),
    ("安全事故发生次数", "0次", "≤2次", E),
    ("安全事故发生次数", "0起", "≤0起", S),
    ("审批办理时限", "≤24小时", "≤1天", S),
    ("审批办理时限", "≤24小时", "≤2天", E),
    ("审批办理时限", "≤5个工作日", "≤3个工作日", T),
    ("完工时间", "2022年11月30日前", "2022年11月底前", S),
    ("完工时间", "11月底前", "2022年12月底前", E),
    ("完工时间", "2022年12月底前", "2022年10月底前", T),
    ("单位成本", "≤3.5万元", "≤35000元", S),
    ("单位成本", "≤3.5万元", "≤4万元", E),
    ("补助标准", "500元/人", "400元/人", A),
    ("补助标准", "500元/人", "500元/人", S),
    ("补助标准", "≥500元/人", "400元/人", E),
    ("医院等级", "三级甲等", "三级乙等", E),
    ("职工素质", "明显提高", "有所提高", A),
    ("职工素质", "明显提高", "≥90%", A),
    ("机构运转", "正常", "正常。", S),
    ("全市排名", "前3名", "前5名", E),
    ("受益人口", "100—120人", "90—120人", E),
    ("响应时间", "≤30分钟", "≤1小时", E),
    ("参与人数", "≥12480人次", "≥1万人次", E),
    ("完工时间", "12月底前", "2023年3月底前", E),
    ("设备购置数", "5台；8套", "8套；5台", S),
    ("设备购置数", "5台；8套", "8套；4台", E),
    ("培训次数及人数", "≥10次，≥100人", "≥10次", E),
    ("合格率", "≥98%且无返工", "≥98%", A),
    ("改造管网长度", "≥45公里", "≥45公里（含支管）", S),
    ("改造管网长度", "改造45公里", "45公里", S),
    ("检查频次", "每季度≥1次", "≥4次", S),
    ("师生比", "1:20", "1:25", E),
    ("巡查次数", "每天1次", "每周1次", E),
    ("巡查次数", "1次/周", "1次/天", T),
    ("巡查次数", "每天1次", "每日1次", S),
    ("设备购置数", "电脑10台、打印机5台", "电脑5台、打印机10台", E),
    ("设备购置数", "10台电脑、5台打印机", "5台电脑、10台打印机", E),
    ("设备购置数", "电脑10台、打印机5台", "打印机5台、电脑10台", S),
    ("设备购置数", "购置电脑10台、打印机5台", "电脑10台、打印机5台", S),
    ("设备购置数", "购置电脑10台、打印机5台", "电脑5台、打印机10台", E),
    ("检测合格率", "一类≥95%，二类≥90%", "一类≥90%，二类≥95%", E),
    ("活动场次", "上半年30场，下半年50场", "上半年50场，下半年30场", E),
    ("水质合格率", "≥95%", "90%-95%", E),
    ("水质合格率", "≥95%", "≥90%-95%", E),
    ("水质合格率", "≥95%", "96%-98%", T),
    ("投诉率", "≤2%", "2%-3%", E),
    ("能耗", "下降3%", "上升3%", A),
]


@pytest.mark.parametrize(("name", "approved", "filed", "wanted"), EASINGS)
def test_a_target_is_the_same_easier_stricter_or_another(name, approved, filed, wanted):
    item = replace(specimen().indicators[0], name=Value(name), explanation=Value())
    ours, theirs = (replace(item, target=Value(text)) for text in (approved, filed))
    assert easing(ours, theirs, THRESHOLDS).ease is wanted


NAMES = [
    ("改造路灯数量", "路灯改造数", True),
    ("改造路灯数量", "完成改造路灯数量", True),
    ("验收合格率", "工程验收合格率", True),
    ("群众满意度", "群众满意率", True),
    ("补贴发放及时率", "补助按时发放率", True),
    ("合格率", "不合格率", False),
    ("验收合格率", "验收不合格率", False),
    ("学生就业率", "学生失业率", False),
    ("床位使用数量", "新增床位使用数量", False),
    ("受益学生人数", "受益男学生人数", False),
    ("教师满意度", "学生满意度", False),
    ("投诉处理率", "投诉率", False),
    ("培训人数", "培训人数（线上）", False),
    ("培训人次", "培训人次数", True),
    ("培训次数", "培训人次数", False),
    ("群众满意度", "受益群众满意度", True),
    ("人均增收", "贫困户人均增收", False),
    ("资金到位率", "配套资金到位率", False),
    ("缺陷发生率", "出生缺陷发生率", False),
]


@pytest.mark.parametrize(("one", "other", "same"), NAMES)
def test_names_are_of_one_matter_by_their_meaning(one, other, same):
    assert same_matter(one, other) is same
    assert same_matter(other, one) is same


def test_rows_are_matched_by_name_in_whatever_order():
    rows = specimen().indicators
    shuffled = Pair(pair().approved, replace(specimen(), indicators=tuple(reversed(rows))))
    found = match_rows(shuffled)
    assert (found.dropped, found.added) == ((), ())
    assert all(two.approved.name == two.filed.name and not two.moved for two in found.rows)


def test_a_row_that_may_be_either_of_two_is_neither():
    both = pair()
    for row, name in ((0, "改造城区路灯"), (1, "改造乡镇路灯")):
        both = replace(both, filed=rewrite(both.filed, f"indicators.{row}.name", name))
    both = replace(both, approved=rewrite(both.approved, "indicators.0.name", "改造路灯"))
    assert both.approved.indicators[0] in match_rows(both).dropped


@pytest.mark.parametrize(
    ("approved", "filed", "renamed"),
    [
        (["人均增收"], ["贫困户人均增收"], {("人均增收", "贫困户人均增收")}),
        (["贫困户人均增收"], ["人均增收"], {("贫困户人均增收", "人均增收")}),
        (["人均增收", "贫困户人均增收"], ["贫困户人均增收", "人均增收"], set()),
        (["人均增收"], ["人均增收", "贫困户人均增收"], set()),
        (["人均增收"], ["贫困户人均增收", "搬迁户人均增收"], set()),
        (["资金到位率"], ["资金未到位率"], set()),
    ],
)
def test_a_narrower_name_is_the_same_indicator_where_no_other_may_be_meant(approved, filed, renamed):
    both = pair()
    ours, theirs = (
        replace(both.approved, indicators=tuple(replace(both.approved.indicators[0], name=Value(n)) for n in names))
        for names in (approved, filed)
    )
    found = match_rows(Pair(ours, theirs))
    assert {(two.approved.name.text, two.filed.name.text) for two in found.rows if two.renamed} == renamed
    equal = {two.approved.name.text for two in found.rows if not two.renamed}
    assert equal == set(approved) & set(filed)


def key(name="路灯改造", code="", implementer="路灯所", department="城管局", year=2024) -> PaperKey:
    return PaperKey(name, code, name, department, implementer, year)


PAPERS = [
    ("by code", [key(code="A1")], [key("另一名称", "A1")], {(0, 0)}, 0),
    ("by name", [key()], [key()], {(0, 0)}, 0),
    ("two codes never by name", [key(code="A1")], [key(code="A2")], set(), 2),
    ("one code is enough to meet by name", [key(code="A1")], [key()], {(0, 0)}, 0),
    ("another unit", [key()], [key(implementer="环卫所")], set(), 2),
    ("the unit by its department", [key(implementer="")], [key()], {(0, 0)}, 0),
    ("another year", [key(year=2023)], [key()], set(), 2),
    ("no year", [key(year=None)], [key()], {(0, 0)}, 0),
    ("two candidates", [key(), key()], [key()], set(), 1),
    ("two of a code", [key(code="A1")], [key(code="A1"), key(code="A1")], set(), 1),
    ("two years of a code", [key(code="A1", year=2023), key(code="A1")], [key(code="A1")], {(1, 0)}, 1),
    ("without a partner", [key()], [key("公厕")], set(), 2),
    ("a candidate too many for the other", [key(), key(code="A1")], [key(), key("公厕", "A2")], set(), 2),
]


@pytest.mark.parametrize(
    ("targets", "filed", "pairs", "left"), [case[1:] for case in PAPERS], ids=[c[0] for c in PAPERS]
)
def test_papers_meet_one_to_one_or_not_at_all(targets, filed, pairs, left):
    found = pair_papers(targets, filed)
    assert set(found.pairs) == pairs
    assert len(found.left) == left
    back = pair_papers(filed, targets)
    assert {(one, other) for other, one in back.pairs} == pairs
