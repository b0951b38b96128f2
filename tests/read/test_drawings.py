"""What lies over the cells of a workbook: text boxes that stand for a cell's text, pictures, and stamps that do not matter."""

from __future__ import annotations

from pathlib import Path

import pytest
from workbooks import LINKS, PACKAGE, archive, contents, converted, line, needs_soffice, parts, said, sheet

from auditkit.document import Document
from auditkit.read import read
from auditkit.safety import Unreadable


def written(folder: Path, name: str, data: bytes) -> Document:
    (folder / name).write_bytes(data)
    return read(folder / name)


ANCHOR = (
    "<xdr:from><xdr:col>{left}</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>{top}</xdr:row><xdr:rowOff>9</xdr:rowOff></xdr:from>"
    "<xdr:to><xdr:col>{right}</xdr:col><xdr:colOff>{into}</xdr:colOff><xdr:row>{bottom}</xdr:row><xdr:rowOff>99</xdr:rowOff></xdr:to>"
)
BOX = '<xdr:sp><xdr:nvSpPr><xdr:cNvPr id="2" name="文本框"{more}/></xdr:nvSpPr><xdr:txBody><a:bodyPr/>{text}</xdr:txBody></xdr:sp>'
PIC = '<xdr:pic><xdr:nvPicPr><xdr:cNvPr id="3" name="图片"/></xdr:nvPicPr></xdr:pic>'
DRAWN = "http://schemas.openxmlformats.org/drawingml/2006"


def box(text: str, more: str = "") -> str:
    return BOX.format(text=f"<a:p><a:r><a:t>{text}</a:t></a:r></a:p>", more=more)


def drawn(*shapes: tuple[tuple[int, int, int, int], str]) -> bytes:
    """A sheet of 2 × 4 cells, B1:C1 merged, D1 and B2 blank, with shapes over it: top, left, bottom, right from 0."""
    rows = line(1, said("A1", "实际完成情况"), said("E1", "边")) + line(
        2, said("A2", "得分"), said("C2", "5"), said("E2", "尾")
    )
    made = parts({"S": sheet(rows, ["B1:C1"])})
    made["xl/worksheets/sheet1.xml"] = made["xl/worksheets/sheet1.xml"].replace(
        "</worksheet>", f'<drawing xmlns:r="{LINKS}" r:id="d1"/></worksheet>'
    )
    made["xl/worksheets/_rels/sheet1.xml.rels"] = (
        f'<Relationships xmlns="{PACKAGE}"><Relationship Id="d1" Type="{LINKS}/drawing" Target="../drawings/d.xml"/></Relationships>'
    )
    anchors = "".join(
        "<xdr:twoCellAnchor>"
        + ANCHOR.format(top=top, left=left, bottom=bottom, right=right, into=9)
        + f"{shape}<xdr:clientData/></xdr:twoCellAnchor>"
        for (top, left, bottom, right), shape in shapes
    )
    made["xl/drawings/d.xml"] = (
        f'<xdr:wsDr xmlns:xdr="{DRAWN}/spreadsheetDrawing" xmlns:a="{DRAWN}/main">{anchors}</xdr:wsDr>'
    )
    return archive(made)


STRUCK_IN_BOX = BOX.format(
    text='<a:p><a:r><a:rPr strike="sngStrike"/><a:t>100</a:t></a:r><a:r><a:t>126人</a:t></a:r></a:p><a:p><a:r><a:t>已完成</a:t></a:r></a:p>',
    more="",
)


@pytest.mark.parametrize(
    ("shapes", "first", "second", "doubt"),
    [
        ([((0, 1, 0, 2), box("改造46.5公里"))], ["实际完成情况", "改造46.5公里", "", "边"], None, "1 处文本框的文字按其所在的单元格读取，如 S!B1"),
        ([((0, 2, 0, 2), box("改造46.5公里"))], ["实际完成情况", "改造46.5公里", "", "边"], None, "如 S!B1"),
        ([((0, 0, 0, 0), box("附注"))], None, None, "1 处文本框的文字未读取，如 S!A1"),
        ([((8, 8, 9, 9), box("表外的话"))], None, None, "1 处文本框的文字未读取，如 S!I9"),
        ([((1, 1, 1, 1), STRUCK_IN_BOX)], None, ["得分", "126人\n已完成", "5", "", "尾"], "按其所在的单元格读取，如 S!B2"),
        ([((1, 1, 1, 1), box("看不见", ' hidden="1"'))], None, None, ""),
        ([((1, 1, 1, 1), PIC)], None, None, "1 个单元格只有图片，没有文字，未读取，如 S!B2"),
        ([((0, 0, 1, 4), PIC)], None, None, ""),
        ([((9, 0, 12, 2), PIC)], None, None, ""),
        ([((0, 1, 0, 2), box("甲")), ((0, 1, 0, 2), box("乙"))], ["实际完成情况", "甲", "", "边"], None, "1 处文本框的文字未读取，如 S!B1"),
    ],
    ids=["over a range", "within a range", "over a text", "beside", "struck", "hidden", "picture", "stamp", "below", "two"],
)  # fmt: skip
def test_what_lies_over_the_cells(shapes, first, second, doubt, tmp_path):
    document = written(tmp_path, "a.xlsx", drawn(*shapes))
    texts = [[cell.text for cell in row] for row in document.blocks[0].rows]
    assert texts == [first or ["实际完成情况", "", "", "边"], second or ["得分", "", "5", "", "尾"]]
    assert doubt in "".join(document.doubts)
    assert bool(document.doubts) is bool(doubt)


@needs_soffice
@pytest.mark.parametrize("target", ["xls", "ods"])
def test_a_text_box_in_what_libreoffice_saves(target, tmp_path):
    data = converted(drawn(((0, 1, 0, 2), box("改造46.5公里"))), ".xlsx", target, tmp_path)
    document = written(tmp_path, f"a.{target}", data)
    assert document.blocks[0].rows[0][1].text == "改造46.5公里"
    assert "按其所在的单元格读取，如 S!B1" in "".join(document.doubts)


def test_a_workbook_of_pictures_only_is_named_so(tmp_path):
    made = contents(drawn(((0, 0, 40, 9), PIC)))
    made["xl/worksheets/sheet1.xml"] = sheet().replace(
        "</worksheet>", f'<drawing xmlns:r="{LINKS}" r:id="d1"/></worksheet>'
    )
    with pytest.raises(Unreadable, match="没有文字，只有 1 张图片"):
        written(tmp_path, "a.xlsx", archive(made))


def test_a_picture_set_into_a_cell_is_told(tmp_path):
    """Excel keeps #VALUE! in its place, and the picture as a value with relationships of its own."""
    made = parts(
        {"S": sheet(line(1, said("A1", "完成值"), '<c r="B1" t="e" vm="1"><v>#VALUE!</v></c>', said("C1", "5")))}
    )
    plain = written(tmp_path, "a.xlsx", archive(made))
    assert [cell.text for cell in plain.blocks[0].rows[0]] == ["完成值", "#VALUE!", "5"]
    links = made["xl/_rels/workbook.xml.rels"]
    more = '<Relationship Id="v" Type="http://schemas.microsoft.com/office/2022/10/relationships/richValueRel" Target="r.xml"/>'
    made["xl/_rels/workbook.xml.rels"] = links.replace("</Relationships>", f"{more}</Relationships>")
    document = written(tmp_path, "b.xlsx", archive(made))
    assert [cell.text for cell in document.blocks[0].rows[0]] == ["完成值", "", "5"]
    assert "1 个单元格只有图片" in document.doubts[0]
