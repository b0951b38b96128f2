"""Pairs of an approved target form and a self-evaluation, drawn in many layouts, and single edits to the latter with what must be found."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import NamedTuple

from formats import WRITERS, drawn

from auditkit.pipeline import across, audit_file

EDITS = 200


class Row(NamedTuple):
    """One indicator; the target in its three parts, as one system exports them."""

    level: str
    name: str
    sign: str
    number: str
    unit: str
    points: int
    former: str  # the same over three years

    @property
    def target(self) -> str:
        return f"{self.sign}{self.number}{self.unit}" if not self.unit.startswith("前") else f"{self.number}{self.unit}"


@dataclass(frozen=True)
class Project:
    name: str
    code: str
    department: str
    implementer: str
    amount: str
    goal: tuple[str, ...]
    rows: tuple[Row, ...]
    period: str = "2024年1月-2024年12月"


PROJECTS = (
    Project(
        "城区路灯改造", "330100240010001", "清溪市城管局", "清溪市路灯管理所", "100.00",
        ("年内改造路灯300盏", "亮灯率达到98%"),
        (
            Row("数量指标", "改造路灯数量", "≥", "300", "盏", 20, "≥900盏"),
            Row("数量指标", "更换电缆长度", "≥", "12.5", "公里", 10, "≥40公里"),
            Row("质量指标", "验收合格率", "≥", "98", "%", 10, "≥99%"),
            Row("时效指标", "完工时间", "", "2024年11月底", "前", 10, "2026年12月底前"),
            Row("社会效益指标", "亮灯率", "≥", "98", "%", 30, "≥99%"),
            Row("服务对象满意度指标", "市民满意度", "≥", "90", "%", 10, "≥95%"),
        ),
    ),
    Project(
        "农村饮水安全巩固", "330100240010002", "清溪市水利局", "清溪市农村供水站", "286.50",
        ("改造供水管网45公里", "解决6200人饮水问题"),
        (
            Row("数量指标", "改造供水管网长度", "≥", "45", "公里", 15, "≥130公里"),
            Row("数量指标", "培训管水员人数", "≥", "120", "人", 10, "≥360人"),
            Row("质量指标", "水质检测合格率", "≥", "97.5", "%", 15, "≥98%"),
            Row("时效指标", "故障修复时间", "≤", "24", "小时", 10, "≤24小时"),
            Row("社会效益指标", "受益人口", "≥", "6200", "人", 30, "≥18000人"),
            Row("服务对象满意度指标", "用水户满意度", "≥", "90", "%", 10, "≥90%"),
        ),
    ),
    Project(
        "全民阅读推广", "330100240010003", "清溪市文旅局", "清溪市图书馆", "46",
        ("举办阅读活动24场", "服务读者2万人次"),
        (
            Row("数量指标", "举办阅读活动场次", "≥", "24", "场", 15, "≥72场"),
            Row("数量指标", "采购图书册数", "≥", "3000", "册", 15, "≥9000册"),
            Row("质量指标", "图书破损率", "≤", "2", "%", 10, "≤2%"),
            Row("时效指标", "新书上架时间", "≤", "15", "天", 10, "≤15天"),
            Row("社会效益指标", "服务读者人次", "≥", "20000", "人次", 30, "≥6万人次"),
            Row("服务对象满意度指标", "读者满意度", "≥", "92", "%", 10, "≥92%"),
        ),
    ),
    Project(
        "河道保洁", "330100240010004", "清溪市水利局", "清溪市河道所", "1,180.0",
        ("保洁河道32公里", "水质达到三类"),
        (
            Row("数量指标", "保洁河道长度", "≥", "32", "公里", 20, "≥96公里"),
            Row("数量指标", "巡河次数", "≥", "48", "次", 10, "≥144次"),
            Row("质量指标", "漂浮物清除率", "≥", "95", "%", 10, "≥96%"),
            Row("时效指标", "漂浮物清除时限", "≤", "48", "小时", 10, "≤48小时"),
            Row("生态效益指标", "断面水质达标率", "≥", "90", "%", 30, "≥95%"),
            Row("服务对象满意度指标", "沿岸居民满意度", "≥", "88", "%", 10, "≥90%"),
        ),
    ),
)  # fmt: skip
FIRST = {
    "数量": "产出指标",
    "质量": "产出指标",
    "时效": "产出指标",
    "社会": "效益指标",
    "生态": "效益指标",
    "服务": "满意度指标",
}


def _first(level: str) -> str:
    return FIRST[level[:2]]


def terms(one: Project) -> str:
    """The central form: the targets of three years and of the year side by side, no points."""
    lines = [
        "项目支出绩效目标申报表", "（2024年度）",
        f"项目名称 | {one.name} | > | > | > | > | > | >",
        f"项目编码 | {one.code} | > | > | 项目起止时间 | {one.period} | > | >",
        f"主管部门 | {one.department} | > | > | 实施单位 | {one.implementer} | > | >",
        f"项目资金（万元） | 中期资金总额： | > | 9999 | 年度资金总额： | > | > | {one.amount}",
        "总体目标 | 中期目标（2024年—2026年） | > | > | 年度目标 | > | > | >",
        f"^ | 三年内完成全部任务。 | > | > | {'；'.join(one.goal)}。 | > | > | >",
        "绩效指标 | 一级指标 | 二级指标 | 三级指标 | 指标值 | 二级指标 | 三级指标 | 指标值",
    ]  # fmt: skip
    for row in one.rows:
        lines.append(
            f"^ | {_first(row.level)} | {row.level} | {row.name} | {row.former} | {row.level} | {row.name} | {row.target}"
        )
    return "\n".join(lines)


def points(one: Project) -> str:
    """A provincial form of one year, with points."""
    lines = [
        "省级预算项目绩效目标表",
        "2024年度 | > | > | > | > | 单位：万元",
        f"项目名称 | {one.name} | > | 项目代码 | {one.code} | >",
        f"主管部门 | {one.department} | > | 项目单位 | {one.implementer} | >",
        f"项目资金 | 年度资金总额 | > | {one.amount} | > | >",
        f"年度总体目标 | 目标1：{one.goal[0]}⏎目标2：{one.goal[1]} | > | > | > | >",
        "一级指标 | 二级指标 | 三级指标 | 指标值 | 权重 | 备注",
    ]
    lines += [f"{_first(row.level)} | {row.level} | {row.name} | {row.target} | {row.points} | " for row in one.rows]
    return "\n".join(lines)


def apart(one: Project) -> str:
    """As one system exports it: sign, figure and unit in columns of their own, weights of 100, money in yuan."""
    yuan = Decimal(one.amount.replace(",", "")) * 10_000
    lines = [
        "项目绩效目标申报表", "预算年度：2024",
        f"单位名称 | {one.implementer} | > | > | > | > | >",
        f"项目名称 | {one.name} | > | > | 项目编号 | {one.code} | >",
        f"项目资金（元） | 年度资金总额： | > | {yuan:,.2f} | > | > | >",
        f"绩效目标 | {'，'.join(one.goal)}。 | > | > | > | > | >",
        "一级指标 | 二级指标 | 三级指标 | 指标性质 | 指标值 | 度量单位 | 权重（%）",
    ]  # fmt: skip
    for row in one.rows:
        weight = f"{(Decimal(row.points) / 90 * 100).quantize(Decimal('0.01'))}"
        value = (row.sign, row.number, row.unit) if row.sign else ("", row.target, "")
        lines.append(f"{_first(row.level)} | {row.level} | {row.name} | {' | '.join(value)} | {weight}")
    return "\n".join(lines)


def values(one: Project) -> str:
    """One column of names, with the values of both terms."""
    lines = [
        "部门预算项目支出绩效目标表", "（2024年度）",
        f"项目名称 | {one.name} | > | > | > | >",
        f"主管部门 | {one.department} | > | 实施单位 | {one.implementer} | >",
        f"资金情况（万元） | 实施期资金总额 | 5400 | > | 年度资金总额 | {one.amount}",
        "绩效目标 | 实施期目标 | > | > | 年度目标 | >",
        f"^ | 三年内完成。 | > | > | 1.{one.goal[0]}；2.{one.goal[1]}。 | >",
        "一级指标 | 二级指标 | 三级指标 | 实施期指标值 | 年度指标值 | 分值",
    ]  # fmt: skip
    lines += [f"{_first(r.level)} | {r.level} | {r.name} | {r.former} | {r.target} | {r.points}" for r in one.rows]
    return "\n".join(lines)


def stacked(one: Project) -> str:
    """The long term above the year, each with its indicators, and the results of two years before."""
    lines = [
        "项目支出绩效目标申报表", "（2024年度）",
        f"项目名称 | {one.name} | > | > | > | > | >",
        f"项目主管部门 | {one.department} | > | > | 项目执行单位 | {one.implementer} | >",
        f"项目总预算（万元） | 9900 | > | > | 项目当年预算 | {one.amount} | >",
        "项目长期绩效目标 | 三年内完成全部任务。 | > | > | > | > | >",
        "长期绩效指标 | 一级指标 | 二级指标 | 三级指标 | > | 指标值 | >",
    ]  # fmt: skip
    lines += [f"^ | {_first(row.level)} | {row.level} | {row.name} | > | {row.former} | >" for row in one.rows[:2]]
    lines += [
        f"项目年度绩效目标 | {'；'.join(one.goal)}。 | > | > | > | > | >",
        "年度绩效指标 | 一级指标 | 二级指标 | 三级指标 | 前年实际完成值 | 上年实际完成值 | 指标值",
    ]
    lines += [f"^ | {_first(row.level)} | {row.level} | {row.name} | 80% | 85% | {row.target}" for row in one.rows]
    return "\n".join(lines)


def sections(one: Project) -> str:
    """The goal below its heading, the amounts in columns."""
    lines = [
        "财政支出项目绩效目标申报表",
        f"填报单位：{one.implementer} | > | > | > | 年度：2024 | >",
        f"项目名称 | {one.name} | > | > | 项目起止时间 | {one.period}",
        "项目资金（万元） | 资金总额 | 财政拨款 | > | 其他资金 | >",
        f"^ | {one.amount} | {one.amount} | > | 0 | >",
        "年度绩效目标 | > | > | > | > | >",
        f"（1）{one.goal[0]}；（2）{one.goal[1]}。 | > | > | > | > | >",
        "一级指标 | 二级指标 | 指标名称 | > | 目标值 | 分值",
    ]
    lines += [f"{_first(row.level)} | {row.level} | {row.name} | > | {row.target} | {row.points}" for row in one.rows]
    return "\n".join(lines)


TARGETS: dict[str, Callable[[Project], str]] = {
    "terms": terms, "points": points, "apart": apart, "values": values, "stacked": stacked, "sections": sections,
}  # fmt: skip
POINTED = ("points", "apart", "values", "sections")  # that print points


def evaluation(one: Project) -> str:
    """The self-evaluation."""
    lines = [
        "项目支出绩效自评表", "（2024年度）",
        f"项目名称 | {one.name}项目 | > | > | > | > | > | >",
        f"项目编码 | {one.code} | > | > | 项目起止时间 | {one.period} | > | >",
        f"主管部门 | {one.department} | > | > | 实施单位 | {one.implementer} | > | >",
        "项目资金（万元） |  | 年初预算数 | 全年预算数 | 全年执行数 | 分值 | 执行率 | 得分",
        f"^ | 年度资金总额 | {one.amount} | 100 | 95 | 10 | 95% | 9.5",
        "年度总体目标 | 预期目标 | > | > | 实际完成情况 | > | > | >",
        f"^ | {'；'.join(one.goal)}。 | > | > | 已完成。 | > | > | >",
        "一级指标 | 二级指标 | 三级指标 | 年度指标值 | 实际完成值 | 分值 | 得分 | 偏差原因分析及改进措施",
    ]  # fmt: skip
    for row in one.rows:
        lines.append(
            f"{_first(row.level)} | {row.level} | {row.name} | {row.target} | {row.target.strip('≥≤')} | {row.points} | {row.points} | "
        )
    return "\n".join([*lines, "总分 | > | > | > | > | 100 | 99.5 | "])


class Edit(NamedTuple):
    """One edit: what kind it is, the self-evaluation after it, and which rules must speak, of which indicator."""

    kind: str
    filed: Project
    wanted: frozenset[tuple[str, str]]


def _put(one: Project, at: int, **changes: object) -> Project:
    rows = list(one.rows)
    rows[at] = rows[at]._replace(**changes)
    return replace(one, rows=tuple(rows))


def _numbered(one: Project, rng: Random) -> int:
    return rng.choice([i for i, row in enumerate(one.rows) if row.sign])


def _times(text: str, by: str) -> str:
    number = Decimal(text) * Decimal(by)
    return f"{number.normalize():f}"


def _loosened(one: Project, rng: Random) -> Edit:
    at = rng.randrange(len(one.rows))
    row = one.rows[at]
    if not row.sign:
        new = row._replace(number="2024年12月底")
    elif row.unit == "公里" and rng.random() < 0.5:
        new = row._replace(number=_times(row.number, "990"), unit="米")
    else:
        down, up = rng.choice((("0.9", "1.1"), ("0.99", "1.01"), ("0.5", "2")))
        new = row._replace(number=_times(row.number, down if row.sign == "≥" else up))
    return Edit("loosened", _put(one, at, number=new.number, unit=new.unit), frozenset({("TGT001", row.name)}))


def _tightened(one: Project, rng: Random) -> Edit:
    at = _numbered(one, rng)
    row = one.rows[at]
    number = _times(row.number, "1.02" if row.sign == "≥" else "0.9")
    return Edit("tightened", _put(one, at, number=number), frozenset({("TGT002", row.name)}))


def _altered(one: Project, rng: Random) -> Edit:
    at = _numbered(one, rng)
    row = one.rows[at]
    how = rng.randrange(3)
    changes = (
        {"sign": "≤" if row.sign == "≥" else "≥"},
        {"unit": "户"},
        {"sign": "", "number": "明显", "unit": "改善"},
    )[how]
    return Edit("altered", _put(one, at, **changes), frozenset({("TGT002", row.name)}))


def _dropped(one: Project, rng: Random) -> Edit:
    at = rng.randrange(len(one.rows))
    gone = one.rows[at]
    rows = list(one.rows[:at] + one.rows[at + 1 :])
    heir = rng.randrange(len(rows))
    rows[heir] = rows[heir]._replace(points=rows[heir].points + gone.points)
    return Edit("dropped", replace(one, rows=tuple(rows)), frozenset({("TGT003", gone.name)}))


def _added(one: Project, rng: Random) -> Edit:
    at = rng.randrange(len(one.rows))
    giver = one.rows[at]
    new = Row(giver.level, rng.choice(("制作宣传展板", "编写工作手册", "开展安全演练")), "≥", "10", "块", 5, "")
    rows = (*one.rows[:at], giver._replace(points=giver.points - 5), new, *one.rows[at + 1 :])
    return Edit("added", replace(one, rows=rows), frozenset({("TGT004", new.name)}))


def _renamed(one: Project, rng: Random) -> Edit:
    at = rng.randrange(len(one.rows))
    row = one.rows[at]
    if rng.random() < 0.5:  # of one meaning: nothing but the easing is told
        eased = _put(
            one,
            at,
            name=f"全年{row.name}",
            **(
                {"number": _times(row.number, "0.9" if row.sign == "≥" else "1.2")}
                if row.sign
                else {"number": "2024年12月底"}
            ),
        )
        return Edit("renamed and loosened", eased, frozenset({("TGT001", row.name)}))
    name = row.name.replace("合格率", "不合格率") if "合格率" in row.name else "制作宣传展板"
    return Edit("renamed", _put(one, at, name=name), frozenset({("TGT003", row.name), ("TGT004", name)}))


def _reordered(one: Project, rng: Random) -> Edit:
    rows = list(one.rows)
    rng.shuffle(rows)
    return Edit("reordered", replace(one, rows=tuple(rows)), frozenset())


def _moved(one: Project, rng: Random) -> Edit:
    at = rng.randrange(2)
    return Edit("moved", _put(one, at, level="质量指标"), frozenset({("TGT002", one.rows[at].name)}))


def _shifted(one: Project, rng: Random) -> Edit:
    giver, taker = rng.sample(range(len(one.rows)), 2)
    by = rng.choice((1, 2, 5))
    filed = _put(one, giver, points=one.rows[giver].points - by)
    filed = _put(filed, taker, points=one.rows[taker].points + by)
    return Edit("points shifted", filed, frozenset({("TGT005", "")}))


def _budget(one: Project, rng: Random) -> Edit:
    amount = f"{Decimal(one.amount.replace(',', '')) * Decimal(rng.choice(('0.8', '0.95', '1.1')))}"
    return Edit("amount changed", replace(one, amount=amount), frozenset({("TGT007", "")}))


def _goal(one: Project, rng: Random) -> Edit:
    goal = one.goal[:1] if rng.random() < 0.5 else (one.goal[0], "社会反响良好")
    return Edit("goal rewritten", replace(one, goal=goal), frozenset({("TGT006", "")}))


def _unit(one: Project, rng: Random) -> Edit:
    return Edit("unit changed", replace(one, implementer="清溪市城投公司"), frozenset({("TGT008", "")}))


KINDS = (
    _loosened, _loosened, _loosened, _tightened, _altered, _dropped, _added, _renamed, _reordered, _moved, _shifted, _budget, _goal, _unit,
)  # fmt: skip


def planted(rng: Random, count: int = EDITS) -> Iterator[tuple[Project, str, str, Edit]]:
    """So many edits, each with its project, the layout of the target form and the format of both."""
    layouts, formats = sorted(TARGETS), sorted(WRITERS)
    for number in range(count):
        make = KINDS[number % len(KINDS)]
        layout = rng.choice(POINTED if make is _shifted else layouts)
        one = rng.choice(PROJECTS)
        if make is _unit and layout in ("values", "stacked", "sections"):
            layout = "points"  # without a code, papers of two units never meet
        yield one, layout, rng.choice(formats), make(one, rng)


def found(approved: Project, layout: str, filed: Project, format_: str, folder: Path) -> set[tuple[str, str]]:
    """The findings on a pair written to files and audited: rule, and for one on an indicator its approved name, else that filed."""
    suffix, write = WRITERS[format_]
    target, form = folder / f"目标{suffix}", folder / f"自评{suffix}"
    target.write_bytes(write(drawn(TARGETS[layout](approved))))
    form.write_bytes(write(drawn(evaluation(filed))))
    papers, audits = audit_file(target), audit_file(form).audits
    assert not papers.audits
    assert len(papers.targets) == len(audits) == 1
    told = across(audits, papers.targets)
    assert [skip.reason for skip in told[0].skipped if "没有对照" in skip.reason] == []
    names = {row.name for row in (*approved.rows, *filed.rows)}
    result: set[tuple[str, str]] = set()
    for finding in (f for outcome in told for f in outcome.findings if f.rule.startswith("TGT")):
        quoted = sorted((name for name in names if f"“{name}”" in finding.message), key=finding.message.find)
        approved_names = [name for name in quoted if name in {row.name for row in approved.rows}]
        own = finding.rule in ("TGT001", "TGT002", "TGT003", "TGT004")
        best = (approved_names if finding.rule != "TGT004" else quoted) or quoted
        result.add((finding.rule, best[0] if own and best else ""))
    return result
