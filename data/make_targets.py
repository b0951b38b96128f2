"""Write the demo pairs of data/targets, approved target forms and self-evaluations of invented projects: python data/make_targets.py [FOLDER].

A table is drawn in lines of cells parted by "|": "^" goes on from the cell above, ">" from the one at the left.
"""

from __future__ import annotations

import sys
from pathlib import Path

from docx import Document as WordFile
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from make_word import FONT, MOMENT, timeless

from auditkit.safety import publish

HERE = Path(__file__).parent
LIGHTS = """项目支出绩效目标申报表
（2024年度）
项目名称 | 城区路灯改造 | > | > | > | > | > | >
项目编码 | 330100240010001 | > | > | 项目起止时间 | 2024年1月-2026年12月 | > | >
主管部门 | 清溪市城市管理局 | > | > | 实施单位 | 清溪市路灯管理所 | > | >
项目资金（万元） | 中期资金总额： | > | 860.00 | 年度资金总额： | > | > | 286.50
^ | 其中：财政拨款 | > | 860.00 | 其中：财政拨款 | > | > | 286.50
总体目标 | 中期目标（2024年—2026年） | > | > | 年度目标 | > | > | >
^ | 三年改造路灯900盏，建成智慧照明平台。 | > | > | 年内改造路灯300盏，更换老化电缆12.5公里，亮灯率达到98%。 | > | > | >
绩效指标 | 一级指标 | 二级指标 | 三级指标 | 指标值 | 二级指标 | 三级指标 | 指标值
^ | 产出指标 | 数量指标 | 改造路灯数量 | ≥900盏 | 数量指标 | 改造路灯数量 | ≥300盏
^ | ^ | ^ | 更换电缆长度 | ≥40公里 | ^ | 更换电缆长度 | ≥12.5公里
^ | ^ | 质量指标 | 工程验收合格率 | 100% | 质量指标 | 工程验收合格率 | 100%
^ | ^ | 时效指标 | 改造完工时间 | 2026年11月底前 | 时效指标 | 改造完工时间 | 2024年11月底前
^ | 效益指标 | 社会效益指标 | 主次干道亮灯率 | ≥99% | 社会效益指标 | 主次干道亮灯率 | ≥98%
^ | ^ | 生态效益指标 | 节电率 | ≥30% | 生态效益指标 | 节电率 | ≥20%
^ | 满意度指标 | 服务对象满意度指标 | 市民满意度 | ≥95% | 服务对象满意度指标 | 市民满意度 | ≥90%
"""
LIGHTS_FILED = """项目支出绩效自评表
（2024年度）
项目名称 | 城区路灯改造项目 | > | > | > | > | > | >
项目编码 | 330100240010001 | > | > | > | > | > | >
主管部门 | 清溪市城市管理局 | > | > | 实施单位 | 清溪市路灯管理所 | > | >
项目资金（万元） |  | 年初预算数 | 全年预算数 | 全年执行数 | 分值 | 执行率 | 得分
^ | 年度资金总额 | 270.00 | 270.00 | 264.60 | 10 | 98% | 9.8
^ | 当年财政拨款 | 270.00 | 270.00 | 264.60 | — | 98% | —
年度总体目标 | 预期目标 | > | > | 实际完成情况 | > | > | >
^ | 年内改造路灯280盏，更换老化电缆12公里。 | > | > | 全年改造路灯286盏，更换老化电缆12.4公里，12月18日完工。 | > | > | >
一级指标 | 二级指标 | 三级指标 | 年度指标值 | 实际完成值 | 分值 | 得分 | 偏差原因分析及改进措施
产出指标 | 数量指标 | 更换电缆长度 | ≥12公里 | 12.4公里 | 12 | 12 |
^ | ^ | 路灯改造数量 | ≥280盏 | 286盏 | 18 | 18 | 因道路施工，年中经主管部门同意调减。
^ | 质量指标 | 工程验收合格率 | 100% | 100% | 10 | 10 |
^ | 时效指标 | 改造完工时间 | 2024年12月底前 | 2024年12月18日 | 10 | 10 |
效益指标 | 社会效益指标 | 主次干道亮灯率 | ≥98% | 98.6% | 15 | 15 |
^ | ^ | 路灯报修电话接通率 | ≥90% | 99% | 15 | 15 |
满意度指标 | 服务对象满意度指标 | 市民满意度 | ≥90% | 93% | 10 | 10 |
总分 | > | > | > | > | 100 | 99.8 |
"""
READING = """项目绩效目标申报表
预算年度：2024
单位名称 | 清溪市图书馆 | > | > | > | > | >
项目名称 | 全民阅读推广 | > | > | 项目编号 | 330100240010003 | >
项目资金（元） | 年度资金总额： | > | 460,000.00 | > | > | >
绩效目标 | 举办阅读活动24场，服务读者2万人次。 | > | > | > | > | >
一级指标 | 二级指标 | 三级指标 | 指标性质 | 指标值 | 度量单位 | 权重（%）
产出指标 | 数量指标 | 举办阅读活动场次 | ≥ | 24 | 场 | 20
^ | ^ | 采购图书册数 | ≥ | 3000 | 册 | 20
^ | 时效指标 | 新书上架时间 | ≤ | 15 | 天 | 10
效益指标 | 社会效益指标 | 服务读者人次 | ≥ | 20000 | 人次 | 30
满意度指标 | 服务对象满意度指标 | 读者满意度 | ≥ | 92 | % | 10
"""
READING_FILED = """项目支出绩效自评表
（2024年度）
项目名称 | 全民阅读推广经费 | > | > | > | > | > | >
主管部门 | 清溪市文化和旅游局 | > | > | 实施单位 | 清溪市图书馆 | > | >
项目资金（万元） |  | 年初预算数 | 全年预算数 | 全年执行数 | 分值 | 执行率 | 得分
^ | 年度资金总额 | 46.00 | 46.00 | 43.70 | 10 | 95% | 9.5
^ | 当年财政拨款 | 46.00 | 46.00 | 43.70 | — | 95% | —
年度总体目标 | 预期目标 | > | > | 实际完成情况 | > | > | >
^ | 1.举办阅读活动24场；2.服务读者2万人次。 | > | > | 举办阅读活动26场，采购图书3120册，服务读者2.3万人次。 | > | > | >
一级指标 | 二级指标 | 三级指标 | 年度指标值 | 实际完成值 | 分值 | 得分 | 偏差原因分析及改进措施
产出指标 | 数量指标 | 采购图书册数 | ≥3000册 | 3120册 | 20 | 20 |
^ | ^ | 举办阅读活动场次 | ≥24场 | 26场 | 20 | 20 |
^ | 时效指标 | 新书上架时间 | ≤15天 | 12天 | 10 | 10 |
效益指标 | 社会效益指标 | 服务读者人次 | ≥2万人次 | 2.3万人次 | 30 | 30 |
满意度指标 | 服务对象满意度指标 | 读者满意度 | ≥92% | 95% | 10 | 10 |
总分 | > | > | > | > | 100 | 99.5 |
"""
TOILETS = """项目支出绩效目标批复表
（2024年度）
项目名称 | 公厕提升改造 | > | > | > | >
主管部门 | 清溪市城市管理局 | > | 实施单位 | 清溪市环境卫生中心 | >
资金情况（万元） | 年度资金总额 | 120 | > | 其中：财政拨款 | 120
年度目标 | 改造公厕12座。 | > | > | > | >
一级指标 | 二级指标 | 三级指标 | > | 年度指标值 | 分值
产出指标 | 数量指标 | 改造公厕数量 | > | 12座 | 50
效益指标 | 社会效益指标 | 服务人口 | > | ≥8万人 | 30
满意度指标 | 服务对象满意度指标 | 市民满意度 | > | ≥90% | 10
"""
PAPERS = {
    "批复/城区路灯改造_绩效目标申报表.docx": LIGHTS,
    "批复/全民阅读推广_绩效目标申报表.docx": READING,
    "批复/公厕提升改造_绩效目标批复表.docx": TOILETS,
    "自评/城区路灯改造_自评表.docx": LIGHTS_FILED,
    "自评/全民阅读推广_自评表.docx": READING_FILED,
}


def main(folder: Path) -> None:
    for name, drawing in PAPERS.items():
        publish(folder / "targets" / name, paper(drawing))


def paper(drawing: str) -> bytes:
    """A Word file of titles and one table, on A4."""
    file = WordFile()
    section = file.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Mm(18)
    style = file.styles["Normal"]
    style.font.name, style.font.size = FONT, Pt(10)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), FONT)
    properties = file.core_properties
    properties.author = properties.last_modified_by = properties.comments = ""
    properties.created = properties.modified = MOMENT
    lines = drawing.splitlines()
    rows = [[text.strip() for text in line.split("|")] for line in lines if "|" in line]
    for line in (line for line in lines if "|" not in line):
        file.add_paragraph(line)
    table = file.add_table(len(rows), len(rows[0]), style="Table Grid")
    own: dict[tuple[int, int], tuple[int, int]] = {}  # the first place of the merged cell that each place is in
    for down, row in enumerate(rows):
        for along, text in enumerate(row):
            beside = {"^": (down - 1, along), ">": (down, along - 1)}.get(text)
            own[down, along] = own[beside] if beside else (down, along)
    for first in dict.fromkeys(own.values()):
        last = max(place for place, begins in own.items() if begins == first)
        cell = table.cell(*first)
        cell = cell.merge(table.cell(*last)) if last != first else cell
        cell.text = rows[first[0]][first[1]]
    return timeless(file)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)
