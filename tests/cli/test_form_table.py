"""A form as it was understood: every value with its place, and what was not used."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from formats import drawn
from layouts import NAMES, layout, placeless
from specimen import DATA, rewrite, specimen
from tables import HEADER, INDICATORS, document
from workbooks import as_xlsx

from auditkit.document import At, Cell, Document
from auditkit.model import ABSENT
from auditkit.parse.form import parse, parse_parts
from auditkit.parse.unused import Reading, _unused
from auditkit.pipeline import understand
from auditkit.safety import LIMITS

SPECIMEN = DATA / "specimen.docx"
DUMP = DATA / "2021" / "2021_self_evaluation_forms.txt"


def unused(read: Document) -> list[str]:
    return [cell.text for cell in _unused(read, parse_parts(read))]


def test_values_lists_every_entry_by_its_path():
    values = dict(specimen().values())
    assert values["project"].text == "农村饮水安全巩固提升"
    assert values["funds.3.score"].text == "—"
    assert values["indicators.14.result"].text == "94.6%"
    assert len(values) == 14 + 4 * 8 + 15 * 9
    for path in values:
        assert dict(rewrite(specimen(), path, "x").values())[path].text == "x"


@pytest.mark.parametrize("path", [SPECIMEN, DUMP, *sorted(DUMP.parent.glob("*.docx"))], ids=lambda path: path.name[:8])
def test_the_known_forms_use_every_text(path: Path):
    reading = understand(path, LIMITS)
    assert reading.unused == ()
    for form in reading.forms:
        assert len({value.at for _, value in form.values() if value.at}) > 60


def test_what_was_not_used_is_told_with_its_place():
    lines = HEADER + INDICATORS.replace("偏差原因分析及改进措施", "奇怪的栏").replace("有误差，将改进", "不应丢失")
    read = document(lines + "项目负责人|张三|联系电话|123|>|>|>|>|>\n")
    assert unused(read) == ["奇怪的栏", "不应丢失"]
    assert [note.text for note in parse(read)[0].notes] == ["项目负责人", "张三", "联系电话", "123"]
    first = Document("表.docx", (Cell("绩效办收文 2022-1", At(row=1)), *read.blocks))
    assert "绩效办收文 2022-1" in [value.text for value in parse(first)[0].notes]


@pytest.mark.parametrize("again", ["合格率", "培训次数", "≥2次", "有误差，将改进"])
def test_a_text_that_is_used_elsewhere_is_not_used_here(again):
    """Compared by cell: what stands under an unknown heading was not used, though the same words were, in the row or another."""
    heading, *rows = INDICATORS.strip().splitlines()
    entries = ["奇怪的栏", "", again, "", ""]
    lines = "\n".join(f"{row}|{entry}" for row, entry in zip([heading, *rows], entries, strict=True))
    read = document(HEADER.replace("|>\n", "|>|>\n") + lines)
    assert unused(read) == ["奇怪的栏", again]


def test_parts_of_a_target_and_of_a_goal_are_used():
    text = """
年度总体目标|>|>|预期目标|>|>|实际完成情况|>|>
^|>|>|目标一|>|>|完成一|>|>
^|>|>|目标二|>|>|完成二|>|>
一级指标|二级指标|三级指标|指标性质|指标值|度量单位|实际完成值|分值|得分
产出指标|数量指标|培训次数|≥|2|次|2次|50|50
"""
    read = document(HEADER + text)
    assert parse(read)[0].indicators[0].target.text == "≥2次"
    assert unused(read) == []


def test_show_prints_the_form_inert(auditkit, tmp_path: Path):
    form = tmp_path / "表.txt"
    text = (DATA / "specimen.txt").read_text("utf-8")
    form.write_text(text.replace("清溪市水利局", "[red]清溪\x1b[2J\u202e"), "utf-8")
    status, out, err = auditkit("show", form)
    assert (status, err) == (0, "")
    assert "[red]清溪␛[2J⟨U+202E⟩" in out
    assert "\x1b" not in out
    assert all(words in out for words in ("年度资金总额", "改造供水管网长度", "（未找到）", "所有文字"))
    assert "every text" in auditkit("show", form, "--lang", "en")[1]


def test_show_says_which_column_and_text_was_not_understood(auditkit, tmp_path: Path):
    form = tmp_path / "表.txt"
    text = (DATA / "specimen.txt").read_text("utf-8")
    form.write_text(
        text.replace("偏差原因分析及改进措施", "奇怪的栏").replace(
            "\t46.5公里\n\t5\n\t5\n\t\n", "\t46.5公里\n\t5\n\t5\n\t雨季\n"
        ),
        "utf-8",
    )
    _, out, _ = auditkit("show", form)
    assert "没有找到的栏：偏差说明" in out
    assert "没有用到的文字 2" in out
    assert all(words in out.partition("没有用到的文字")[2] for words in ("奇怪的栏", "雨季"))


def test_show_as_json_has_every_value_with_its_place(auditkit):
    status, out, _ = auditkit("show", "--json", SPECIMEN)
    told = json.loads(out)
    assert (status, told["source"], told["unused"]) == (0, SPECIMEN.name, [])
    (form,) = told["forms"]
    (read,) = understand(SPECIMEN, LIMITS).forms
    assert [(one["field"], one["text"]) for one in form["values"]] == [(path, v.text) for path, v in read.values()]
    assert {"field": "grade", "at": None, "text": ""} in form["values"]
    assert form["sources"] == ["total", "appropriation", "carry_over", "other"]
    assert Reading("x", (), (Cell("甲", At(row=1)),)).as_json()["unused"] == [{"at": "第1段", "text": "甲"}]
    assert ABSENT.at is None


@pytest.mark.parametrize("name", NAMES)
def test_show_tells_what_of_a_layout_was_not_understood_or_not_used(auditkit, name, tmp_path: Path):
    text, wanted = layout(name)
    (tmp_path / "表.xlsx").write_bytes(as_xlsx(drawn(text)))
    status, out, err = auditkit("show", tmp_path / "表.xlsx")
    assert (status, err) == (0, "")
    doubts = [line.partition(": ")[2] for line in wanted if line.startswith("doubt: ")]
    assert out.count("● 存疑") == len(doubts)
    left = [line.partition(": ")[2] for line in wanted if line.startswith("unused: ")]
    assert (f"没有用到的文字 {len(left)}" in out) if left else ("没有用到的文字" not in out)
    assert all(text in out.partition("没有用到的文字")[2] for text in left)
    told = json.loads(auditkit("show", "--json", tmp_path / "表.xlsx")[1])
    assert [one["text"] for one in told["unused"]] == left
    assert [placeless(doubt) for form in told["forms"] for doubt in form["doubts"]] == doubts


def test_show_of_what_cannot_be_read(auditkit, tmp_path: Path):
    (tmp_path / "空.docx").write_bytes(b"")
    status, out, err = auditkit("show", tmp_path / "空.docx")
    assert (status, out) == (3, "")
    assert "空.docx：文件为空" in err
    assert auditkit("show", tmp_path)[0] == auditkit("show", tmp_path / "无.docx")[0] == 2
    assert auditkit("show", SPECIMEN, "--limit", "cells=5")[0] == 3
