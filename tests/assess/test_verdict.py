"""Targets against results."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditkit.assess.judgement import Reason, Verdict, earned_share
from auditkit.assess.verdict import judge, meets
from auditkit.document import At
from auditkit.model import ABSENT, Category, Indicator, Value
from auditkit.quantity.parser import parse_quantity
from auditkit.quantity.units import same_unit
from auditkit.rulebooks.loader import load_rulebook

THRESHOLDS = load_rulebook().thresholds
MET, MISSED, UNVERIFIABLE = Verdict
CASES = [
    ("≥12次", "12次", MET),
    ("≥12次", "11次", MISSED),
    ("≥12次", "100%", UNVERIFIABLE),
    ("12场次", "12场次", MET),
    ("12场次", "共开展13场", MET),
    ("1次", "3次", MET),
    ("＝39人", "42人", MET),
    ("=39人", "38人", MISSED),
    ("=0起", "1起", MISSED),
    ("1.120条\n2.≥560万平方米", "1.120条\n2.562万平方米", MET),
    ("1.12场\n2.≥30期", "1.12场\n2.29期", MISSED),
    ("1.5公里\n2.8公里", "1.5公里\n2.6公里", MISSED),
    ("100%", "99.9%", MISSED),
    ("90%", "99.98%", MET),
    ("≥90%", "≥90%", UNVERIFIABLE),
    ("≥90%", "不低于90%", UNVERIFIABLE),
    ("≥80%", "＜80%", MISSED),
    ("≥80%", "≥85%", UNVERIFIABLE),
    ("≤3%", "＞3%", MISSED),
    ("≤3%", "1.3%", MET),
    ("≤3%", "3.1%", MISSED),
    (">5个", "5个", MISSED),
    ("30日内", "25日", MET),
    ("30日内", "30日内", UNVERIFIABLE),
    ("≤24小时", "1天", MET),
    ("≤24小时", "2天", MISSED),
    ("前三", "并列第一", MET),
    ("前三", "第五名", MISSED),
    ("2021年12月底前完成", "2021年11月15日", MET),
    ("2021年12月底前完成", "2022年1月5日", MISSED),
    ("2021年12月底前完成", "12月20日", MET),
    ("2021年12月底前完成", "100%", UNVERIFIABLE),
    ("≥30件", "45人次", UNVERIFIABLE),
    ("≥1个专版", "1个", MET),
    ("≥4000件", "6358", MET),
    ("≥90%", "95", MET),
    ("≥90%", "0.85", MISSED),
    ("0起", "0起", MET),
    ("0起", "1起", MISSED),
    ("0起", "未发生", MET),
    ("≥90%", "接话满意率99%，办案满意率100%", MET),
    ("≥90%", "第一批92%、第二批85%", MISSED),
    ("≥45公里", "共46公里，其中主管20公里、支管26公里", MET),
    ("≥95%", "96%，较上年提高2%", MET),
    ("≥22公里", "22.4", MET),
    ("≥320天", "325", MET),
    ("≥12万人次", "13.6", MET),
    ("≥12万人次", "11.6", MISSED),
    ("≥12万人次", "136000", MET),
    ("12次", "14次（含夜查3次）", MET),
    ("<10/10万", "6.8/10万", MET),
    ("<10/10万", "12.1/10万", MISSED),
    ("≥5000元/本", "5200元/册", MET),
    ("≤3分钟", "2分18秒", MET),
    ("每季度1次", "4次", MET),
    ("每月不少于4次", "全年巡查56次", MET),
    ("每月不少于4次", "全年巡查40次", MISSED),
    ("每季度1次", "每季度1次", MET),
    ("2022年3月-2022年10月", "2022年3月-2022年10月", MET),
    ("建立", "已建立", MET),
    ("优良", "优良", MET),
    ("不发生", "未发生", MET),
    ("≥45公里", "一季度10公里，二季度12公里，三季度24公里", MET),
    ("≥45公里", "一季度10公里，二季度12公里", MISSED),
    ("1-3天", "2天", MET),
    ("80%-90%", "70%", MISSED),
    ("≥2次", "0", MISSED),
    ("≥2次", "未开展", MISSED),
    ("≥2次", "已完成", UNVERIFIABLE),
    ("完成", "已完成", MET),
    ("合格", "100%", MET),
    ("完成", "未完成", MISSED),
    ("全面落实各项惠民政策", "成效显著", UNVERIFIABLE),
    ("≥5万元", "60000元", MET),
    ("≥12次", "100%（12次）", MET),
]


@pytest.mark.parametrize(("target", "result", "verdict"), CASES)
def test_verdicts(target, result, verdict):
    judgement = meets(parse_quantity(target), parse_quantity(result), THRESHOLDS)
    assert judgement.verdict is verdict, judgement
    assert judgement.why


@pytest.mark.parametrize(
    ("name", "subcategory", "category", "target", "result", "verdict"),
    [
        ("办结天数", "时效指标", Category.OUTPUT, "5天", "7天", MISSED),
        ("培训天数", "数量指标", Category.OUTPUT, "5天", "7天", MET),
        ("培训费", "成本指标", Category.OUTPUT, "5000元", "4800元", MET),
        ("培训费", "成本指标", Category.OUTPUT, "5000元", "5200元", MISSED),
        ("人均补助标准", "经济成本指标", Category.COST, "500", "520", UNVERIFIABLE),
        ("有效投诉次数", "质量指标", Category.OUTPUT, "2次", "1次", MET),
        ("有效投诉次数", "质量指标", Category.OUTPUT, "2次", "3次", MISSED),
        ("差错率", "质量指标", Category.OUTPUT, "1%", "0.5%", MET),
        ("投诉办结率", "质量指标", Category.OUTPUT, "90%", "95%", MET),
        ("夜间交通事故发生率", "社会效益指标", Category.BENEFIT, "下降5%", "下降6.5%", MET),
        ("交通事故死亡人数", "社会效益指标", Category.BENEFIT, "较上年下降5%", "较上年下降8%", MET),
        ("单位GDP能耗", "生态效益指标", Category.BENEFIT, "下降3%", "下降2.1%", MISSED),
        ("单位GDP能耗", "生态效益指标", Category.BENEFIT, "下降3%", "上升1%", MISSED),
        ("培训人数", "成本指标", Category.OUTPUT, "200人", "210人", MET),
        ("成本节约率", "成本指标", Category.OUTPUT, "5%", "6%", MET),
        ("群众满意度", "满意度指标", Category.SATISFACTION, "95", "96%", MET),
        ("及时率", "时效指标", Category.OUTPUT, "100%", "98%", MISSED),
    ],
)
def test_a_bare_target_is_read_in_its_context(name, subcategory, category, target, result, verdict):
    judgement = meets(parse_quantity(target), parse_quantity(result), THRESHOLDS, name, subcategory, category)
    assert judgement.verdict is verdict, judgement


@pytest.mark.parametrize(
    ("target", "result", "share"),
    [
        ("≥10次", "7次", "0.7"),
        ("≤10天", "20天", "0.5"),
        ("100%", "95%", "0.95"),
        ("0起", "2起", "0"),
        ("1次", "0", "0"),
        ("≥10次", "12次", "1"),
    ],
)
def test_points_in_proportion(target, result, share):
    judgement = meets(parse_quantity(target), parse_quantity(result), THRESHOLDS)
    assert earned_share(judgement, load_rulebook()) == (Decimal(share), Decimal(share))


def test_a_miss_of_unknown_size_may_have_earned_anything():
    judgement = meets(parse_quantity("≥80%"), parse_quantity("＜80%"), THRESHOLDS)
    assert not judgement.sized
    assert earned_share(judgement, load_rulebook()) == (0, 1)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("次", "场次", True),
        ("件", "起", True),
        ("日", "天", True),
        ("个", "个专版", True),
        ("个", "所", True),
        ("人", "人次", False),
        ("件", "人次", False),
        ("天", "工作日", False),
        ("元", "元/部", False),
        ("公里", "米", True),
        ("个", "人次", False),
        ("次", "次/月", False),
    ],
)
def test_units(one, other, same):
    assert same_unit(one, other) is same_unit(other, one) is same


@given(st.text(max_size=20), st.text(max_size=20))
def test_any_two_texts_get_a_verdict(target, result):
    assert meets(parse_quantity(target), parse_quantity(result), THRESHOLDS).reason in Reason


@pytest.mark.parametrize(
    ("target", "result", "name", "verdict"),
    [
        ("≥10.2w人", "10.5万人", "服务人数", "met"),
        ("10.2w", "9.8万", "浏览量", "missed"),
        ("≤40min", "35分钟", "响应时间", "met"),
        ("≤24h", "26小时", "响应时间", "missed"),
        ("半天内", "4小时", "办理时限", "met"),
        ("≤半天", "1天", "办理时限", "missed"),
        ("≤1.5小时", "一个半小时", "办理时限", "met"),
        ("2022年", "2022年10月", "完成时间", "met"),
        ("2022年", "2022年", "完成时间", "met"),
        ("2022年度", "2023年3月", "完成时间", "missed"),
        ("≤600元/人/月", "7200元/人/年", "补助成本", "met"),
        ("≤7200元/人/年", "650元/人·月", "补助成本", "missed"),
        ("500元/人·月", "500元/人", "补助成本", "unverifiable"),
        ("≥50KM", "52公里", "巡护里程", "met"),
        ("≥10hm²", "11公顷", "造林面积", "met"),
        ("≤5mg", "6mg", "浓度上限", "missed"),
        ("≥3成", "28%", "参与比例", "missed"),
    ],
)
def test_figures_in_the_short_forms_of_everyday(target, result, name, verdict):
    category = Category.COST if "成本" in name else Category.OUTPUT
    subcategory = "时效指标" if "时" in name else "成本指标" if "成本" in name else "数量指标"
    found = meets(parse_quantity(target), parse_quantity(result), THRESHOLDS, name, subcategory, category)
    assert found.verdict.value == verdict, found


def output(texts: dict[str, str]) -> Indicator:
    """An output indicator without points whose cells have these texts."""
    values = {name: Value(text, At(table=1, row=1, column=1)) for name, text in texts.items()}
    return Indicator(1, points=ABSENT, score=ABSENT, explanation=ABSENT, kind=Category.OUTPUT, **values)


@pytest.mark.parametrize(
    ("target", "unit", "result", "verdict"),
    [
        ("≤10月", "月", "10", "met"),
        ("≤10月", "月", "11", "missed"),
        ("≥25公里", "公里", "25.3", "met"),
        ("≥95%", "%", "0.96", "met"),
    ],
)
def test_a_bare_result_is_in_the_unit_of_the_forms_column(target, unit, result, verdict):
    texts = dict(category="产出指标", subcategory="时效指标", name="完成情况", target=target, result=result, unit=unit)
    assert judge(output(texts), THRESHOLDS).verdict.value == verdict


@pytest.mark.parametrize(
    ("name", "target", "result", "verdict"),
    [
        ("1.巡查\n2.宣传", "1.5场\n2.8期", "1.5场\n2.8期", "met"),
        ("1.巡查\n2.宣传", "1.5场\n2.8期", "1.5场\n2.7期", "missed"),
        ("巡查和宣传", "1.5场\n2.≥8期", "1.5场\n2.9期", "met"),
        ("管网长度", "主管1.5公里\n支管2.8公里", "主管1.5公里\n支管2.7公里", "missed"),
    ],
)
def test_what_counts_the_matters_of_a_list_is_no_figure(name, target, result, verdict):
    texts = dict(category="产出指标", subcategory="数量指标", name=name, target=target, result=result)
    assert judge(output(texts), THRESHOLDS).verdict.value == verdict
