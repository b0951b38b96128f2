"""Documents written as lines of cells."""

from __future__ import annotations

from auditkit.document import At, Cell, Document, Table


def document(*tables):
    """A document of tables written as lines of cells parted by "|"; "^" continues the cell above, ">" the one at the left."""
    blocks = [
        Table(tuple(tuple(_row(line, n, t)) for n, line in enumerate(lines.strip().splitlines(), 1)))
        for t, lines in enumerate(tables, 1)
    ]
    return Document("表.docx", tuple(blocks))


def _row(line, row, table):
    cells = [text.strip() for text in line.split("|")]
    for grid, text in enumerate(cells):
        if text != ">":
            span = 1 + next((i for i, t in enumerate(cells[grid + 1 :]) if t != ">"), len(cells) - grid - 1)
            yield Cell("" if text == "^" else text, At(table=table, row=row, column=grid + 1), grid, span, text == "^")


HEADER = """
项目名称|某项目|>|>|>|>|>|>|>
主管部门|某局|>|>|实施单位|某中心|>|>|>
"""
FUNDS = """
项目资金（万元）|>|年初预算数|全年预算数|全年执行数|分值|执行率|得分|>
^|>|年度资金总额|100|100|95|10|95%|9.5
"""
INDICATORS = """
绩效指标|一级指标|二级指标|三级指标|年度指标值|实际完成值|分值|得分|偏差原因分析及改进措施
^|产出指标|数量指标|培训次数|≥2次|2次|50|50|
^|^|质量指标|合格率|100%|100%|30|29|有误差，将改进
^|满意度指标|服务对象满意度指标|满意度|≥90%|95%|10|10|
总分|>|>|>|>|>|100|98.5|
"""
