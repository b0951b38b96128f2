"""Points and scores that are a level's, a group's or a nameless row's, judged per owner over whole drawn forms."""

from __future__ import annotations

import pytest
from formats import drawn

from auditkit.pipeline import audit_document
from auditkit.rulebooks.loader import load_rulebook

HEAD = """项目支出绩效自评表 | > | > | > | > | > | > | > | >
（2024年度） | > | > | > | > | > | > | > | >
项目名称 | > | 河道巡查 | > | > | > | > | > | >
主管部门 | > | 双溪县水务局 | > | > | 实施单位 | > | 双溪河道所 | >
项目资金（万元） | > |  | 年初预算数 | 全年预算数 | 全年执行数 | 分值 | 执行率 | 得分
^ | > | 年度资金总额 | 60 | 60 | 57 | 10 | 95% | 9.5
年度总体目标 | > | 预期目标 | > | > | 实际完成情况 | > | > | >
^ | > | 开展巡查工作24次。 | > | > | 完成巡查26次。 | > | > | >
绩效指标 | 一级指标 | 二级指标 | 三级指标 | 年度指标值 | 实际完成值 | 分值 | 得分 | 偏差原因分析及改进措施
"""
ITEMS = """^ | 产出指标 | 数量指标 | 巡查次数 | ≥24次 | 26次 | 30 | 30 |
^ | ^ | 质量指标 | 整改率 | ≥95% | 96% | 20 | 20 |
"""
SHARED = """^ | 产出指标 | 数量指标 | 巡查次数 | ≥24次 | 26次 | 50 | 50 |
^ | ^ | ^ | 上报问题 | ≥10个 | 11个 | ^ | ^ | ^
^ | ^ | 质量指标 | 整改率 | ≥95% | 96% | ^ | ^ | ^
"""
REST = """^ | 效益指标 | 社会效益指标 | 受益村数 | ≥30个 | 30个 | 30 | 30 |
^ | 满意度指标 | 服务对象满意度指标 | 村民满意度 | ≥90% | 91% | 10 | 10 |
"""
OWN_ROW = """^ | 效益指标 | 社会效益指标 |  |  |  | 30 | 30 |
^ | ^ | ^ | 受益村数 | ≥30个 | 30个 |  |  |
^ | 满意度指标 | 服务对象满意度指标 | 村民满意度 | ≥90% | 91% | 10 | 10 |
"""
SUM = "^ | 产出指标小计 | > | > | > | > | {} | 50 | \n"
TOTAL = "总分 | > | > | > | > | > | 100 | {} | \n"
PRINTED = """绩效指标 | 一级指标 | > | 二级指标 | > | 三级指标 | 年度指标值 | 实际完成值 | 得分
^ | 产出指标（50分） | > | 数量指标（50分） | > | 巡查次数 | ≥24次 | 26次 | {}
^ | ^ | > | ^ | > | 整改率 | ≥95% | 96% | 20
^ | 效益指标（30分） | > | 社会效益指标（30分） | > | 受益村数 | ≥30个 | 30个 | 30
^ | 满意度指标（10分） | > | 服务对象满意度（10分） | > | 村民满意度 | ≥90% | 91% | 10
总分 | > | > | > | > | > | > | > | {}
"""
ROWLESS = HEAD[: HEAD.index("绩效指标 |")]
WATCHED = ("SCO001", "SCO002", "SCO003", "SCO006", "SCO007", "STR001", "NAR004")
FORMS = {
    "cells over three rows": (HEAD + SHARED + REST + TOTAL.format(99.5), ()),
    "the same with a false total": (HEAD + SHARED + REST + TOTAL.format(97), ("SCO001",)),
    "a subtotal that names its level": (HEAD + ITEMS + SUM.format(50) + REST + TOTAL.format(99.5), ()),
    "such a subtotal above": (HEAD + SUM.format(50) + ITEMS + REST + TOTAL.format(99.5), ()),
    "such a subtotal that is false": (HEAD + ITEMS + SUM.format(60) + REST + TOTAL.format(99.5), ("SCO006",)),
    "a level's row over blank cells": (HEAD + ITEMS + OWN_ROW + TOTAL.format(99.5), ()),
    "a row without a name": (HEAD + ITEMS.replace("整改率", "") + REST + TOTAL.format(99.5), ()),
    "points printed in names": (ROWLESS + PRINTED.format(30, 99.5), ()),
    "scores above printed points": (ROWLESS + PRINTED.format(40, 109.5), ("SCO003",)),
}


@pytest.mark.parametrize("name", FORMS)
def test_sums_and_bounds_are_judged_per_owner(name):
    text, wanted = FORMS[name]
    (one,) = audit_document(drawn(text), load_rulebook())
    assert tuple(dict.fromkeys(f.rule for f in one.findings if f.rule in WATCHED)) == wanted
