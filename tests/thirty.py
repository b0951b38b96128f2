"""A form of 30 indicators with 54 findings: the size that the workbench has to open in less than a second."""

from __future__ import annotations

ROWS, ITEMS = (
    30,
    ("新建供水管网长度", "水质检测合格率", "水表安装数量", "管水员培训人次", "维修及时率", "受益群众满意度"),
)
_KINDS = ("数量指标", "质量指标", "时效指标", "成本指标")


def thirty(project: str, rows: int = ROWS) -> str:
    """The form as a web page: of three results one misses its target, one is no figure, one is marked down unexplained."""
    return f"""<html><body><table>
<tr><td colspan="8">项目支出绩效自评表</td></tr><tr><td colspan="8">（2022年度）</td></tr>
<tr><td>项目名称</td><td colspan="7">{project}</td></tr>
<tr><td>主管部门</td><td colspan="3">清溪市水利局</td><td>实施单位</td><td colspan="3">清溪市供水中心</td></tr>
<tr><td>项目资金（万元）</td><td></td><td>年初预算数</td><td>全年预算数</td><td>全年执行数</td><td>分值</td><td>执行率</td><td>得分</td></tr>
<tr><td></td><td>年度资金总额</td><td>250.00</td><td>250.00</td><td>200.00</td><td>10</td><td>95%</td><td>9.5</td></tr>
<tr><td>年度总体目标</td><td colspan="4">预期目标</td><td colspan="3">实际完成情况</td></tr>
<tr><td></td><td colspan="4">巩固提升农村供水。</td><td colspan="3">已巩固提升农村供水。</td></tr>
<tr><td>一级指标</td><td>二级指标</td><td>三级指标</td><td>年度指标值</td><td>实际完成值</td><td>分值</td><td>得分</td><td>偏差原因分析及改进措施</td></tr>
{"".join(_row(number, rows) for number in range(rows))}
<tr><td colspan="5">总分</td><td>100</td><td>99.5</td><td></td></tr></table></body></html>"""


def _row(number: int, rows: int) -> str:
    first = "产出指标" if number < rows * 2 // 3 else "效益指标" if number < rows - 3 else "满意度指标"
    second = (
        _KINDS[number % 4] if first == "产出指标" else "社会效益指标" if first == "效益指标" else "服务对象满意度指标"
    )
    result = ("80%", "完成", "96%")[number % 3]
    name = f"第{number + 1}批{ITEMS[number % len(ITEMS)]}"
    cells = (first, second, name, "≥95%", result, "3", ("3", "3", "2")[number % 3], "")
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"
