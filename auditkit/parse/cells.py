"""What a text on a form is called: its words as a heading, the field, source or first-level indicator that they name."""

from __future__ import annotations

import re

from auditkit.document import Cell, Row
from auditkit.model import ABSENT, Category, Value
from auditkit.quantity.numbers import amount, percentage
from auditkit.vocabulary.labels import field_of
from auditkit.vocabulary.spelling import is_placeholder, plain
from auditkit.vocabulary.terms import mentioned, table

_BEFORE_BREAK = re.compile(r"[^\S\n]+(?=\n)")

_SECTION = re.compile(r"[一二三四五六七八九十]{1,2}[、.][^\d。;,]{2,18}")
_OTHER_MATTER = re.compile(
    r"第[一二三四五六七八九十]+部分|[一二三四五六七八九十]+、.{2,20}$|.{2,30}(?:决算|收支|预算)[^。]{0,8}表$"
)

_SUBTOTAL = re.compile(r"(.{2,12}?指标)(?:小计|合计):?$")

PLACEHOLDER = re.compile(r"指标\d*[:]?|[.…·]+")
TITLE = re.compile(r"自评表|评价表|自评报告表|评表$|绩效.{0,8}表$|支出.{0,8}表$")
CAPTION = re.compile(r"附件|附表|《.*》")
YEAR = re.compile(r"\(?((?:19|20)\d{2}|[二〇零一三四五六七八九]{4})?(?:[-—~至](?:19|20)\d{2})?学?年度?\)?")
MONEY = re.compile(r"(?:金额单位|单位|金额)?[:(]?(万元|亿元|千元|元)\)?")


def value(cell: Cell | None) -> Value:
    """The cell as a value of the form; blanks at the end of a line, which no print shows, are dropped."""
    if cell is None:
        return ABSENT
    return Value(_BEFORE_BREAK.sub("", cell.text) if "\n" in cell.text else cell.text, cell.at)


def level_name(entry: Value) -> Value:
    """The name of a first or second level, which a narrow column breaks anywhere, on one line."""
    return Value(entry.one_line, entry.at)


def closed_up(entry: Value) -> Value:
    """A line such as （   2021 年度） without the blanks, which leave room for writing and differ with the printer."""
    return Value("".join(entry.text.split()), entry.at)


def filled_cells(row: Row) -> list[Cell]:
    return [cell for cell in row if cell.text]


def is_figure(text: str) -> bool:
    """Whether two neighbours may both say so of themselves: an amount or a share."""
    return amount(text) is not None or percentage(text) is not None


def first_text(row: Row) -> str:
    for cell in row:
        if cell.text:
            return cell.text
    return ""


def category_of(category: Value, subcategory: Value) -> Category:
    """The first-level indicator that a heading names, or its second level where the first is blank."""
    for text in (category.plain, subcategory.plain):
        for name, words in table("labels.first_level").items():
            if any(word in text for word in words):
                return Category(name)
    if any(word in subcategory.plain for word in ("数量", "质量", "时效")):
        return Category.OUTPUT
    return Category.UNKNOWN


def is_other_matter(row: Row) -> bool:
    """A line that begins another part of the report in which the form is printed: 第四部分 名词解释, 收入决算表."""
    filled = filled_cells(row)
    if len(filled) != 1 or mentioned("labels.section.remarks", plain(filled[0].text)):
        return False
    return bool(_OTHER_MATTER.match(plain(filled[0].text)))


def is_section(row: Row) -> bool:
    """A heading of a part of the form, in a row of its own: 四、绩效指标完成情况."""
    filled = filled_cells(row)
    left = (
        len(filled) == 1 and filled[0].grid < 2 and not (filled[0].grid and row[0].merged)
    )  # or behind a blank column
    text = plain(filled[0].text) if left else ""
    return bool(_SECTION.fullmatch(text) and mentioned("labels.section.words", text))


def is_wrapped_heading(cell: Cell) -> bool:
    return cell.merged and plain(cell.text) in "年度绩效指标"


def subtotal_of(row: Row) -> tuple[Cell, str] | None:
    """The word 小计 of a row, and the level that it is of where that stands before it: 产出指标小计."""
    for cell in filled_cells(row)[:3]:
        if field_of("indicators", cell.text) == "subtotal":
            return cell, ""
        named = _SUBTOTAL.match(plain(cell.text)) if "计" in cell.text else None
        if named and category_of(Value(named[1]), Value(named[1])) is not Category.UNKNOWN:
            return cell, named[1]
    return None


def whole_target(entries: dict[str, Value]) -> Value:
    """The target with its comparator and unit where the form gives them columns of their own."""
    target = entries.get("target", ABSENT)
    nature, unit = entries.pop("nature", ABSENT), entries.pop("unit", ABSENT)
    if target.is_blank or target.at is None:
        return target
    unsigned = nature.is_blank and not is_placeholder(nature.plain)  # a comparator alone is all that this column holds
    sign = "" if unsigned or nature.plain in table("labels.natures.words") else nature.text
    tail = (
        "" if unit.is_blank or unit.plain in table("labels.second.units") or unit.plain in target.plain else unit.text
    )
    more = tuple(one.at for one in (nature, unit) if one.at)
    return Value(f"{sign}{target.text}{tail}", target.at, more=more)


def join_cells(values: list[Value]) -> Value:
    """Several cells as one value, at the place of the first."""
    values = [one for one in values if one.text] or values[:1]
    if len(values) < 2:
        return values[0] if values else ABSENT
    return Value("\n".join(v.text for v in values), values[0].at, more=tuple(v.at for v in values[1:] if v.at))
