"""One target against another, and last year's result against this year's target."""

from __future__ import annotations

import pytest

from auditkit.assess.easing import Ease, easing
from auditkit.assess.last_year import better_before, restated
from auditkit.model import ABSENT, Category, Indicator, Value
from auditkit.rulebooks.loader import load_rulebook

THRESHOLDS = load_rulebook().thresholds


def indicator(target: str, result: str, name: str, year: int) -> Indicator:
    subcategory = Value("时效指标" if "时间" in name else "质量指标" if "率" in name else "数量指标")
    texts = Value("产出指标"), subcategory, Value(name), Value(target), Value(result)
    return Indicator(1, *texts, Value("5"), Value("5"), ABSENT, Category.OUTPUT, year=year)


TURNS = [
    ("培训人次", "≥100人次", "≥90人次", "EASED"),
    ("培训人次", "≥100人次", "≥110人次", "STRICTER"),
    ("培训人次", "≥100人次", "100人次", "SAME"),
    ("培训人次", "≥100人次", "不少于0.01万人次", "SAME"),
    ("培训人次", "≥100人次", "≥100.0人次", "SAME"),
    ("培训人次", "≥1万人次", "≥9000人次", "EASED"),
    ("培训人次", "≥62.5人次", "≥62人次", "EASED"),
    ("培训人次", "≥100人次", "≥80%", "ALTERED"),
    ("培训人次", "≥100人次", "≥90场", "ALTERED"),
    ("培训人次", "≥100人次", "完成", "ALTERED"),
    ("培训人次", "≥100人次", "≤90人次", "ALTERED"),
    ("培训人次", "≥100人次", "≥100人次\n≥5场", "ALTERED"),
    ("培训人次", "每季度1次", "≥3次", "EASED"),
    ("培训人次", "每季度1次", "4次", "SAME"),
    ("验收合格率", "100%", "≥95%", "EASED"),
    ("验收合格率", "95%", "≥95.0%", "SAME"),
    ("投诉率", "≤3%", "≤5%", "EASED"),
    ("投诉率", "≤3%", "≤2%", "STRICTER"),
    ("事故数", "0起", "≤1起", "EASED"),
    ("完成时间", "2021年11月底前", "2022年12月底前", "EASED"),
    ("完成时间", "2021年12月底前", "2022年12月底前", "SAME"),
    ("完成时间", "2021年12月底前", "12月31日前", "SAME"),
    ("完成时间", "2021年12月底前", "2022年10月31日前", "STRICTER"),
    ("完成时间", "2021年2月28日前", "2022年2月28日前", "SAME"),
    ("完成时间", "12月底前", "2023年3月底前", "EASED"),
    ("办理时间", "≤10天", "≤15天", "EASED"),
    ("办理时间", "≤1天", "≤24小时", "SAME"),
    ("办理时间", "≤1天", "≤36小时", "EASED"),
    ("业务排名", "前三", "前五", "EASED"),
]


@pytest.mark.parametrize(("name", "before", "now", "turn"), TURNS)
def test_which_way_a_target_went_since_last_year(name: str, before: str, now: str, turn: str):
    old, new = restated(indicator(before, "", name, 2021), 2022), indicator(now, "", name, 2022)
    assert easing(old, new, THRESHOLDS).ease is Ease[turn]


@pytest.mark.parametrize(
    ("name", "target", "result", "now", "better"),
    [
        ("培训人次", "≥100人次", "120人次", "≥110人次", True),
        ("培训人次", "≥100人次", "120人次", "≥120人次", False),
        ("培训人次", "≥100人次", "120人次", "≥130人次", False),
        ("培训人次", "≥100人次", "90人次", "≥80人次", True),
        ("培训人次", "≥100人次", "计划120人次", "≥110人次", False),
        ("培训人次", "≥100人次", "累计120人次", "≥110人次", False),
        ("培训人次", "≥100人次", "100%", "≥110人次", False),
        ("投诉率", "≤3%", "1.3%", "≤2%", True),
        ("投诉率", "≤3%", "1.3%", "≤1%", False),
        ("验收合格率", "≥95%", "99%", "≥98%", True),
        ("完成时间", "2021年12月底前", "2021年10月20日", "2022年11月底前", True),
        ("完成时间", "2021年12月底前", "2021年10月20日", "2022年10月20日前", False),
        ("完成时间", "2021年12月底前", "按期完成", "2022年12月底前", False),
    ],
)
def test_last_year_was_better_than_is_asked_now(name: str, target: str, result: str, now: str, better: bool):
    old, new = restated(indicator(target, result, name, 2021), 2022), indicator(now, "", name, 2022)
    assert bool(better_before(old, new, THRESHOLDS)) is better
