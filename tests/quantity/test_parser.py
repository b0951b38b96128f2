"""Figures in texts."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditkit.quantity.measure import QuantityKind, Relation
from auditkit.quantity.numbers import agrees, amount, format_number, percentage, years_in
from auditkit.quantity.parser import parse_quantity
from auditkit.vocabulary.spelling import half_width, is_blank_text

R, K = Relation, QuantityKind
ONE_FIGURE = [
    ("≥12次", R.AT_LEAST, "12", K.COUNT, "次"),
    ("≧10万", R.AT_LEAST, "100000", K.NUMBER, ""),
    ("⩾ 12 次", R.AT_LEAST, "12", K.COUNT, "次"),
    (">=90%", R.AT_LEAST, "0.90", K.RATE, "%"),
    ("＞=90%", R.AT_LEAST, "0.90", K.RATE, "%"),
    ("大于等于 90 %", R.AT_LEAST, "0.90", K.RATE, "%"),
    ("大于或等于90%", R.AT_LEAST, "0.90", K.RATE, "%"),
    ("不低于９０％", R.AT_LEAST, "0.90", K.RATE, "%"),
    ("不少于每年12次", R.AT_LEAST, "12", K.COUNT, "次"),
    ("95%（含）以上", R.AT_LEAST, "0.95", K.RATE, "%"),
    ("5项及以上", R.AT_LEAST, "5", K.COUNT, "项"),
    ("１２０人次以上", R.AT_LEAST, "120", K.COUNT, "人次"),
    ("3次以上培训", R.AT_LEAST, "3", K.COUNT, "次"),
    ("超过100次", R.ABOVE, "100", K.COUNT, "次"),
    ("＞5个", R.ABOVE, "5", K.COUNT, "个"),
    ("＜80%", R.BELOW, "0.80", K.RATE, "%"),
    ("低于3%", R.BELOW, "0.03", K.RATE, "%"),
    ("≦2万", R.AT_MOST, "20000", K.NUMBER, ""),
    ("≤7万", R.AT_MOST, "70000", K.NUMBER, ""),
    ("≤4500元/部", R.AT_MOST, "4500", K.MONEY, "元/部"),
    ("不超过5000元/人·天", R.AT_MOST, "5000", K.MONEY, "元/人·天"),
    ("控制在3%以内", R.AT_MOST, "0.03", K.RATE, "%"),
    ("控制在3%", R.AT_MOST, "0.03", K.RATE, "%"),
    ("10人以内", R.AT_MOST, "10", K.COUNT, "人"),
    ("2%以下", R.AT_MOST, "0.02", K.RATE, "%"),
    ("制定出台后30日内", R.AT_MOST, "2592000", K.DURATION, "日"),
    ("24小时内", R.AT_MOST, "86400", K.DURATION, "小时"),
    ("2个工作日 ", R.BARE, "2", K.DURATION, "个工作日"),
    ("100%", R.BARE, "1.00", K.RATE, "%"),
    ("99.98%", R.BARE, "0.9998", K.RATE, "%"),
    ("百分之九十五点五", R.BARE, "0.955", K.RATE, "%"),
    ("2331次次", R.BARE, "2331", K.COUNT, "次"),
    ("2万册", R.BARE, "20000", K.COUNT, "册"),
    ("1,234.5万元", R.BARE, "12345000", K.MONEY, "元"),
    ("2.5亿元", R.BARE, "250000000", K.MONEY, "元"),
    ("十二万元", R.BARE, "120000", K.MONEY, "元"),
    ("一百二十人", R.BARE, "120", K.COUNT, "人"),
    ("三次", R.BARE, "3", K.COUNT, "次"),
    ("每月1次", R.BARE, "1", K.COUNT, "次/月"),
    ("1次/年", R.BARE, "1", K.COUNT, "次"),
    ("6358", R.BARE, "6358", K.NUMBER, ""),
    ("0", R.BARE, "0", K.NUMBER, ""),
    ("3000㎡", R.BARE, "3000", K.COUNT, "平方米"),
    ("2分18秒", R.BARE, "138", K.DURATION, "秒"),
    ("1小时30分", R.BARE, "5400", K.DURATION, "秒"),
    ("2.2万余份", R.BARE, "22000", K.COUNT, "份"),
    ("50台/套", R.BARE, "50", K.COUNT, "台"),
    ("<10/10万", R.BELOW, "10", K.COUNT, "/10万"),
    ("2022年3月-2022年10月", R.BARE, "20221031", K.DATE, ""),
    ("前三", R.AT_MOST, "3", K.RANK, "名"),
    ("前10名", R.AT_MOST, "10", K.RANK, "名"),
    ("并列第一", R.BARE, "1", K.RANK, "名"),
    ("≤第12名", R.AT_MOST, "12", K.RANK, "名"),
    ("2021年12月底前完成", R.AT_MOST, "20211231", K.DATE, ""),
    ("2021年底前", R.AT_MOST, "20211231", K.DATE, ""),
    ("年底前", R.AT_MOST, "1231", K.DATE, ""),
    ("第三季度前", R.AT_MOST, "930", K.DATE, ""),
    ("2021-12-31", R.BARE, "20211231", K.DATE, ""),
    ("2021.12.31前", R.AT_MOST, "20211231", K.DATE, ""),
    ("2021年10月15日", R.BARE, "20211015", K.DATE, ""),
    ("2021年度开展12次", R.BARE, "12", K.COUNT, "次"),
]
SEVERAL = [
    ("接话满意率99%，办案满意率100%", ["0.99", "1.00"]),
    ("100%（12次）", ["1.00", "12"]),
    ("共培训3期，120人次", ["3", "120"]),
]
NO_FIGURE = [
    "全面完成市法治建设绩效考核目标任务",
    "法治建设人民群众满意度测评不低于2020年省内综合排名",
    "第一时间响应",
    "“12348”热线",
    "按财预〔2020〕10号执行",
    "2021年的工作",
    "一站式服务",
    "12345678901234567890",
    "NaN",
    "",
]


@pytest.mark.parametrize(("text", "relation", "number", "kind", "unit"), ONE_FIGURE)
def test_one_figure(text, relation, number, kind, unit):
    (measure,) = parse_quantity(text).measures
    assert (measure.relation, measure.number, measure.kind, measure.unit) == (relation, Decimal(number), kind, unit)


@pytest.mark.parametrize(("text", "numbers"), SEVERAL)
def test_several_figures(text, numbers):
    assert [measure.number for measure in parse_quantity(text).measures] == [Decimal(n) for n in numbers]


@pytest.mark.parametrize("text", NO_FIGURE)
def test_no_figure(text):
    assert parse_quantity(text).measures == ()


@pytest.mark.parametrize(
    ("text", "low", "high"), [("1-3天", "86400", "259200"), ("80%～90%", "0.80", "0.90"), ("2至3次", "2", "3")]
)
def test_ranges(text, low, high):
    (measure,) = parse_quantity(text).measures
    assert measure.relation is Relation.RANGE
    assert measure.bounds == (Decimal(low), Decimal(high))


@given(st.text())
def test_no_text_raises(text):
    parse_quantity(text)
    amount(text)
    percentage(text)
    is_blank_text(text)
    years_in(text)


SIGNS = "≥≤><=%％‰0123456789一二三十百万亿元次年月日前后内以上下第至-~./,，、（）每约零半成个天度时wWhminkmg²±·\u00a0 "


@given(st.text(alphabet=SIGNS, max_size=30))
def test_no_text_of_the_forms_own_signs_raises(text):
    for measure in parse_quantity(text).measures:
        assert measure.number.is_finite()


@given(st.decimals(min_value=0, max_value=10**12, places=2), st.sampled_from(["≥", "不低于", "≦", ""]))
def test_full_width_and_blanks_change_nothing(number, comparator):
    text = f"{comparator}{number}元"
    wide = "".join(chr(ord(c) + 0xFEE0) if c.isascii() and c != "." else c for c in text).replace(".", "．")
    assert parse_quantity(text).measures == parse_quantity(f" {wide}　").measures


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("90", "90"),
        ("79.57", "79.57"),
        ("１，２３４．５", "1234.5"),
        ("90万元", "90"),
        ("9.5分", "9.5"),
        ("-1", "-1"),
        ("12,34", None),
        ("NaN", None),
        ("1_0", None),
        ("1e999", None),
        ("约90", None),
        ("—", None),
        ("", None),
        ("1" * 16, None),
    ],
)
def test_amounts(text, number):
    assert amount(text) == (Decimal(number) if number else None)


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("88%", "0.88"),
        ("97.80%", "0.9780"),
        ("0.88", "0.88"),
        ("1", "1"),
        ("88", "0.88"),
        ("１００％", "1.00"),
        ("百分之九十", "0.90"),
        ("—", None),
        ("八成", None),
    ],
)
def test_percentages_keep_their_printed_precision(text, share):
    found = percentage(text)
    assert found == (Decimal(share) if share else None)
    assert found is None or found.as_tuple().exponent == Decimal(share).as_tuple().exponent


@pytest.mark.parametrize("text", ["", " ", "—", "－", "/", "——", "无", "待统计", "（无）", "　"])
def test_void(text):
    assert is_blank_text(text)


@pytest.mark.parametrize("text", ["0", "0%", "无投诉", "未发生", "x"])
def test_not_void(text):
    assert not is_blank_text(text)


@pytest.mark.parametrize(
    ("printed", "exact", "holds"),
    [
        ("0.88", "0.88411", True),
        ("0.88", "0.875", True),
        ("0.88", "0.885", False),
        ("8.8", "8.8411", True),
        ("8.84", "8.8411", True),
        ("8.9", "8.8411", False),
        ("5", "5.4", True),
        ("9", "9.5", False),
    ],
)
def test_a_printed_figure_stands_for_all_that_round_to_it(printed, exact, holds):
    assert agrees(Decimal(printed), Decimal(exact)) is holds


@pytest.mark.parametrize(
    ("number", "text"), [("8.8411", "8.84"), ("10.00", "10"), ("100", "100"), ("-0.001", "0"), ("2.675", "2.68")]
)
def test_computed_figures_in_print(number, text):
    assert format_number(Decimal(number)) == text


def test_half_width_keeps_powers_of_units_apart_from_figures():
    assert "2" not in half_width("㎡")


@pytest.mark.parametrize("text", ["6E+4件", "2.0E+5", "1.2e-5", "1.20E+05人次"])
def test_a_power_of_ten_is_no_figure(text):
    assert not parse_quantity(text).measures


@pytest.mark.parametrize(
    ("text", "is_blank"),
    [
        ("对照年度目标，说明相关任务目标的完成情况（100字以内）", True),
        ("结合自评情况，分析存在的问题及原因。（200字以内）", True),
        (
            "预算执行率未达到90%的需说明原因(100字以内)；2.年中发生预算调整的，应单独说明理由；3.其他资金包括：社会投入。",
            True,
        ),
        ("预算执行率未达到90%的需说明原因（100字以内）尾款未到付款期", False),
        ("请在此处简要说明监督检查中发现的问题，如没有请填无。", True),
        ("完成调研报告1篇（3000字以上）", False),
        ("编写情况说明1份（500字以内）", False),
        ("1." * 299 + "（100字以内）", False),
    ],
)
def test_a_hint_printed_on_the_form_states_nothing(text, is_blank):
    assert is_blank_text(text) is is_blank
