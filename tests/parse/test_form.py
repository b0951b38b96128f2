"""Documents to forms: the real ones, and the layouts of other provinces."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from specimen import DATA
from tables import FUNDS, HEADER, INDICATORS, document

from auditkit.document import At, Cell, Document, Table
from auditkit.model import ABSENT, Category, Source
from auditkit.parse.form import parse
from auditkit.read import read
from auditkit.safety import Unreadable
from auditkit.vocabulary.spelling import plain

SEEDS = DATA / "2021"
DUMP = SEEDS / "2021_self_evaluation_forms.txt"


def form(text):
    (found,) = parse(document(text))
    return found


def test_the_seed_dump_holds_eight_forms_and_129_indicators():
    forms = parse(read(DUMP))
    assert [f.number for f in forms] == list(range(1, 9))
    assert sum(len(f.indicators) for f in forms) == 129
    assert all(f.total_points.text == "100" and len(f.funds) == 4 and f.year == 2021 for f in forms)
    assert [f.implementer.text for f in forms][:2] == ["律师工作科", "秘书科"]
    assert [v.text for f in forms for v in f.stray] == ["每次"]


@pytest.mark.parametrize("path", sorted(SEEDS.glob("*.docx")), ids=lambda path: path.name[:2])
def test_the_word_file_gives_the_same_form_as_the_dump(path):
    (word,) = parse(read(path))
    assert word == parse(read(DUMP))[int(path.name[:2]) - 1]
    assert str(word.indicators[0].name.at).startswith("表1 第")


def test_every_value_keeps_its_place():
    for found in parse(read(DUMP)):
        for item in found.indicators:
            assert all(v.at and v.at.line for v in (item.name, item.target, item.result, item.points, item.score))


def test_sections_and_levels():
    found = form(HEADER.strip() + FUNDS.rstrip() + INDICATORS)
    assert (found.project.text, found.department.text, found.implementer.text) == ("某项目", "某局", "某中心")
    assert found.money_unit.text == "万元"
    assert [(i.category.text, i.subcategory.text, i.kind) for i in found.indicators] == [
        ("产出指标", "数量指标", Category.OUTPUT),
        ("产出指标", "质量指标", Category.OUTPUT),
        ("满意度指标", "服务对象满意度指标", Category.SATISFACTION),
    ]
    assert (found.total_points.text, found.total_score.text) == ("100", "98.5")


@pytest.mark.parametrize(
    ("heading", "fields"),
    [
        (
            "项目资金|>|预算数（A）|执行数（B）|分值|执行率（B/A）|得分|>|>",
            {"initial": "", "adjusted": "100", "actual": "95"},
        ),
        (
            "资金情况（元）|>|年初预算|调整后预算数|全年执行数(B)|权重|预算执行进度|得分|>",
            {"initial": "90", "adjusted": "100", "actual": "95"},
        ),
    ],
)
def test_columns_of_funds_by_other_names(heading, fields):
    amounts = "100|95" if "A" in heading else "90|100|95"
    row = f"^|>|年度资金总额|{amounts}|10|95%|9.5".split("|")
    names = [i for i, text in enumerate(heading.split("|")) if text not in (">",)]
    line = ["^", "年度资金总额", *[">"] * 7]
    for at, text in zip(names[1:], row[3:], strict=True):
        line[at] = text
    found = form(HEADER.strip() + "\n" + heading + "\n" + "|".join(line) + INDICATORS)
    (fund,) = found.funds
    assert {name: getattr(fund, name).text for name in fields} == fields
    assert (fund.points.text, fund.execution_rate.text, fund.score.text) == ("10", "95%", "9.5")


def test_columns_of_indicators_by_other_names_in_another_order():
    found = form(
        HEADER.strip()
        + """
一级指标|二级指标|三级指标|权重|指标性质|指标值|度量单位|全年完成值|自评得分
产出指标（50分）|数量指标|指标1：培训次数|50|≥|2|次|2次|50
^|^|指标2：培训人数|40|≥|30|人|31人|40
合计|>|>|100|>|>|>|>|90
"""
    )
    assert [(i.target.text, i.result.text, i.points.text, i.score.text) for i in found.indicators] == [
        ("≥2次", "2次", "50", "50"),
        ("≥30人", "31人", "40", "40"),
    ]
    assert found.indicators[1].category.text == "产出指标（50分）"
    assert found.total_score.text == "90"


def test_a_heading_of_two_lines():
    found = form(
        HEADER.strip()
        + """
一级指标|二级指标|三级指标|年度指标值|>|>|实际完成值|分值|得分
^|^|^|指标性质|指标值|度量单位|^|^|^
产出指标|数量指标|培训次数|≥|2|次|3次|50|50
"""
    )
    (item,) = found.indicators
    assert (item.target.text, item.result.text) == ("≥2次", "3次")


def test_a_dump_that_leaves_out_merged_cells():
    found = form(
        HEADER.strip()
        + """
绩效指标|一级指标|二级指标|三级指标|年度指标值|实际完成值|分值|得分|偏差原因分析及改进措施
产出指标|数量指标|培训次数|≥2次|2次|50|50|
培训人数|≥30人|31人|40|39|因疫情
总分|100|89
"""
    )
    assert [(i.name.text, i.score.text, i.explanation.text) for i in found.indicators] == [
        ("培训次数", "50", ""),
        ("培训人数", "39", "因疫情"),
    ]
    assert [i.kind for i in found.indicators] == [Category.OUTPUT] * 2


def test_sources_of_money():
    found = form(
        HEADER.strip()
        + """
项目资金|>|年初预算数|全年预算数|全年执行数|分值|执行率|得分|>
^|当年财政拨款|100|100|95|—|95%|—|>
^|其中：中央资金|60|60|60|—|100%|—|>
^|上年结转资金|0|0|0|—|—|—|>
^|其他资金|0|0|0|—|—|—|>
^|合计|100|100|95|10|95%|9.5|>
"""
        + INDICATORS.strip()
    )
    assert [f.source for f in found.funds] == [
        Source.APPROPRIATION,
        Source.PART,
        Source.CARRY_OVER,
        Source.OTHER,
        Source.TOTAL,
    ]
    assert found.execution.score.text == "9.5"


def test_a_blank_total_is_blank_and_not_the_points():
    found = form(HEADER.strip() + FUNDS.rstrip() + INDICATORS.replace("|98.5|", "||"))
    assert (found.total_points.text, found.total_score.text) == ("100", "")
    assert found.total_score.at is not None


def test_a_form_without_a_total_row():
    found = form(HEADER.strip() + FUNDS.rstrip() + INDICATORS[: INDICATORS.index("总分")])
    assert found.total_score == ABSENT
    assert len(found.indicators) == 3


def test_points_of_a_merged_cell_are_not_counted_twice():
    merged = INDICATORS.replace("|30|29|有误差，将改进", "|^|^|^")
    found = form(HEADER.strip() + FUNDS.rstrip() + merged)
    assert found.indicators[1].points.at is None


def test_a_sum_of_a_part_is_not_the_total():
    part = INDICATORS.replace("^|^|质量指标", "合计|>|>|>|>|>|50|50|\n^|产出指标|质量指标").replace(
        "\n^|产出指标|质", "\n绩效指标|产出指标|质"
    )
    found = form(HEADER.strip() + FUNDS.rstrip() + part)
    assert [item.name.text for item in found.indicators] == ["培训次数", "合格率", "满意度"]
    assert (found.total_points.text, found.total_score.text) == ("100", "98.5")
    assert [note.text for note in found.notes] == ["50", "50"]


def test_a_form_within_a_report_is_no_more_than_the_form():
    report = ["2022年度部门决算", *(f"{n}.收入支出情况说明，单位：元" for n in range(40)), "项目支出绩效自评表"]
    after = ["填表人：张三", "第四部分 名词解释", "一、结转结余：指上年未使用完的资金。"]
    body = HEADER.strip() + FUNDS.rstrip() + INDICATORS
    lines = [Cell(text, At(row=n)) for n, text in enumerate(report + after, 1)]
    blocks = (*lines[: len(report)], *document(body).blocks, *lines[len(report) :])
    (found,) = parse(Document("决算.docx", blocks))
    assert (found.title.text, found.money_unit.text, found.total_score.text) == ("项目支出绩效自评表", "万元", "98.5")
    assert [note.text for note in found.notes] == ["填表人：张三"]


def test_a_second_line_of_letters_in_the_heading_of_the_funds():
    funds = """
项目资金（万元）||年初预算数|全年预算数|全年执行数|分值|执行率|得分|>
^||(A)|(B)|(C)||(C/B)||>
^|年度资金总额|100|100|95|10|95%|9.5|>
"""
    found = form(HEADER.strip() + funds.rstrip() + INDICATORS)
    assert [fund.adjusted.text for fund in found.funds] == ["100"]
    assert found.stray == ()


def test_goals_behind_their_names_in_one_cell():
    goals = "\n年度总体目标|预期目标：培训2次。|>|>|实际完成情况：培训2次，参训60人。|>|>|>|>"
    found = form(HEADER.strip() + FUNDS.rstrip() + goals + INDICATORS)
    assert (found.goal.text, found.outcome.text) == ("培训2次。", "培训2次，参训60人。")


def test_a_number_in_a_cell_of_its_own_is_no_name():
    found = form(
        HEADER.strip()
        + """
一级指标|二级指标|三级指标|>|年度指标值|实际完成值|分值|得分|说明
产出指标|数量指标|1|培训次数|≥2次|2次|50|50|
^|^|2.|培训人数|≥30人|31人|40|40|
"""
    )
    assert [item.name.text for item in found.indicators] == ["培训次数", "培训人数"]


def test_sign_off_rows_are_notes_and_a_second_form_is_a_form():
    body = HEADER.strip() + FUNDS.rstrip() + INDICATORS.rstrip()
    forms = parse(
        document(
            body
            + "\n填表说明：略|>|>|>|>|>|>|>|>\n项目支出绩效自评表|>|>|>|>|>|>|>|>\n（2022年度）|>|>|>|>|>|>|>|>\n"
            + body
        )
    )
    assert [f.number for f in forms] == [1, 2]
    assert [note.text for note in forms[0].notes] == ["填表说明：略"]
    assert (forms[1].title.text, forms[1].year) == ("项目支出绩效自评表", 2022)


def test_an_amount_in_words_beside_its_name_is_the_amount():
    beside = "预算执行情况（万元）|年初预算|150|全年预算|150|全年支出|约八成|>|>"
    items = "一级指标|二级指标|三级指标|指标值|完成值|分值|得分|备注|>\n产出指标|数量指标|培训次数|≥2次|2次|90|90||>"
    (form,) = parse(document(f"{HEADER.strip()}\n{beside}\n{items}"))
    assert [value.text for value in (form.total.initial, form.total.adjusted, form.total.actual)] == [
        "150",
        "150",
        "约八成",
    ]


def test_a_column_that_cannot_be_told_is_reported():
    found = form(HEADER.strip() + INDICATORS.replace("偏差原因分析及改进措施", "数据口径"))
    assert "数据口径" in found.doubts[0]


def test_a_document_without_a_form_says_what_was_expected():
    with pytest.raises(Unreadable, match="项目名称"):
        parse(document("序号|金额\n1|2"))


@given(st.lists(st.lists(st.text(max_size=8), min_size=1, max_size=9), max_size=12))
def test_no_table_breaks_the_parser(rows):
    lines = [[c.replace("|", "").replace("\n", "") for c in row] for row in rows]
    cells = tuple(
        tuple(Cell(text, At(table=1, row=r, column=c), c - 1) for c, text in enumerate(row, 1))
        for r, row in enumerate(lines, 1)
    )
    start = parse(document(HEADER.strip() + INDICATORS))[0]
    body = document(HEADER.strip() + INDICATORS[: INDICATORS.index("总分")]).blocks[0].rows
    found = parse(Document("x", (Table((*body, *cells)),)))
    assert plain(found[0].project.text) == plain(start.project.text)
