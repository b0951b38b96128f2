"""The row of the total: its points, its score and the grade."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from auditkit.document import Cell, Row
from auditkit.model import Value
from auditkit.parse.cells import filled_cells, first_text, value
from auditkit.parse.columns import Columns
from auditkit.quantity.numbers import amount
from auditkit.vocabulary.labels import field_of, label
from auditkit.vocabulary.spelling import is_blank_text, plain
from auditkit.vocabulary.terms import any_of

if TYPE_CHECKING:
    from auditkit.parse.header import Header

_GRADE = re.compile(r"(?:(?:自评|评价|绩效)?(?:等级|等次|结果)[:为]?)?(?P<grade>[优良中差]|优秀|良好|合格|不合格|较差)")
_SCORE_AND_GRADE = re.compile(r"(\d+(?:\.\d+)?)分?\(?([优良中差])\)?")
_EARNED = re.compile("得分|^自评")
_FULL = 100  # what the points of a form sum to, and the best score may be as well
_TICKS = "☑√✓✔■☒"
_BOX = rf"[{_TICKS}□☐○]"
_CHOICES = re.compile(rf"({_BOX}?)([^\W\d_]+)({_BOX}?)")
_NAMES = any_of("labels.exact.indicators.total", "labels.exact.indicators.score", "labels.exact.scoring.score")
_BEGUN = re.compile(rf"{_NAMES}[:为是]")
_INLINE = re.compile(rf"{_NAMES}[:为是]*(-?\d+(?:\.\d+)?)分?(?:\(?([优良中差])\)?)?")


def ticked(text: str) -> str:
    """The choice that is ticked, 良 of 优□ 良☑ or □优 ☑良; the text itself where there are no boxes."""
    words = plain(text)
    found = _CHOICES.findall(words)
    if len(found) < 2:
        return words
    chosen = [word for before, word, after in found if {before, after} & set(_TICKS)]
    return chosen[0] if len(chosen) == 1 else words


def total_of(row: Row, columns: Columns, header: Header) -> dict[str, Value] | None:
    """The points, score and grade that the row states; None where it is no row of a total."""
    filled = filled_cells(row)
    first = filled[0]
    named = field_of("indicators", first_text(row)) in ("total", "score")
    if not named and len(parts := [cell for cell in filled[:2] if len(plain(cell.text)) == 1]) == 2:  # 总 | 分
        named = field_of("indicators", "".join(plain(cell.text) for cell in parts)) == "total"
        filled = filled[1:] if named else filled
    inline = None if named else _INLINE.fullmatch(plain(first_text(row)))
    if len(filled) == 1 and not (named or inline) and _BEGUN.match(plain(first.text)):
        header.doubts.append(f"{first.at} “{plain(first.text)[:30]}”像是总分，未能识别，请核对原件")
    if not (named or inline) or is_indicator(row, first, columns):
        return None
    if inline:
        told = {"score": inline[1], "grade": inline[2]}
        return {name: Value(text, filled[0].at) for name, text in told.items() if text}
    under = columns.cells(row) if len(row) == columns.width or any(c.span > 1 for c in row) else {}
    rest = [c for c in row[row.index(filled[0]) + 1 :] if c.text or not c.merged]
    labels = [i for i, c in enumerate(rest) if field_of("header", c.text) == "grade"]
    if labels:
        header.take(tuple(rest[labels[0] :]))
        rest, under = rest[: labels[0]], {}
    total = _figures(filled[0], rest, under, "points" in columns, _behind(columns))
    if not under and {"points", "score"} <= set(total) and _points_last(columns):
        total |= {"points": total["score"], "score": total["points"]}
    for cell in rest:
        if grade := _GRADE.fullmatch(ticked(cell.text)):
            total["grade"] = Value(grade["grade"], cell.at)
        elif both := _SCORE_AND_GRADE.fullmatch(plain(cell.text)):
            total |= {"score": Value(both[1], cell.at), "grade": Value(both[2], cell.at)}
    header.doubts += _unsure(filled[0], [c for c in rest if amount(c.text) is not None], total, under, columns)
    told = {entry.at for entry in total.values()}
    header.rest += [value(c) for c in rest if c.text and c.at not in told]
    return total


def _unsure(
    first: Cell, numbers: list[Cell], total: Mapping[str, Value], under: Mapping[str, Cell], columns: Columns
) -> Iterator[str]:
    """What a person would look at twice in a row whose figures do not stand under their columns."""
    if "points" not in columns:
        return
    if not under and len(numbers) > 2 + _behind(columns):
        yield f"{first.at} “{label(first.text)}”一行有 {len(numbers)} 个数字，分不清哪个是得分，请核对原件"
    one = total["score"].text if "score" in total and "points" not in total else ""
    if (
        len(numbers) == 1
        and numbers[0] is not under.get("score")
        and amount(one) == _FULL
        and not _EARNED.search(label(first.text))
    ):
        yield f"{first.at} “{label(first.text)}”一行只有 {one}，分不清是分值还是得分，请核对原件"


def is_indicator(row: Row, first: Cell, columns: Columns) -> bool:
    """Whether the row is an indicator's, whatever its first text says: that stands behind merged levels, or before a
    name, or has a target and a result."""
    if any(cell.merged and cell.grid >= columns.left for cell in row[: row.index(first)]):
        return True
    cells = columns.cells(row) if len(row) == columns.width or any(c.span > 1 for c in row) else {}
    told = {name for name, cell in cells.items() if not is_blank_text(cell.text)}
    if {"target", "result"} <= told and (told & {"points", "score"} or not {"points", "score"} & set(columns.fields)):
        return True
    name = cells.get("name")
    if name and name.grid + name.span > sum(columns.fields["name"]):  # an entry beside 总分, over several columns
        return False
    alone = name and not any(cell is name for field, cell in cells.items() if field in ("target", "result", "score"))
    return bool(alone and name is not first and len(label(name.text)) > 1 and amount(name.text) is None)


def sums_of(row: Row, columns: Columns) -> dict[str, Value]:
    """The points and the score that a row 小计 states."""
    first, *rest = [cell for cell in row if cell.text]
    under = columns.cells(row) if len(row) == columns.width or any(c.span > 1 for c in row) else {}
    return _figures(first, rest, under, "points" in columns, _behind(columns))


def _points_last(columns: Columns) -> bool:
    """Whether the form has the points behind the scores."""
    return "points" in columns and "score" in columns and columns.fields["points"] > columns.fields["score"]


def _behind(columns: Columns) -> int:
    """How many columns behind the scores are not used, such as 复核得分: a row of a dump has their numbers, too."""
    score = columns.fields.get("score", (columns.width, 0))[0]
    return sum(name.startswith("ignored") and grid > score for name, (grid, _) in columns.fields.items())


def _figures(first: Cell, rest: list[Cell], under: dict[str, Cell], pointed: bool, behind: int) -> dict[str, Value]:
    spare = [cell.at for name, cell in under.items() if name.startswith("ignored")]  # another's score, 复核得分
    numbers = [c for c in rest if amount(c.text) is not None and c.at not in spare]
    score = under.get("score")
    if score and score is not first and (score.text or not [c for c in numbers if c != under.get("points")]):
        return {n: value(under[n]) for n in ("points", "score") if n in under and under[n] is not first}
    if len(numbers) >= 2:
        last = numbers[1] if len(numbers) == 2 + behind and not under else numbers[-1]
        return {"points": value(numbers[0]), "score": value(last)}
    told = [c for c in rest if c.text and c is not under.get("explanation") and not _GRADE.fullmatch(ticked(c.text))]
    if pointed and numbers and len(told) == 2 and told[0] is numbers[0]:
        return {"points": value(told[0]), "score": value(told[1])}  # a score that is no figure, off its column
    beside = bool(numbers and under and under.get("points") is not numbers[0])
    earned = not under and bool(_EARNED.search(label(first.text)))  # 自评得分 | 99.7 | | 自评等次 | 优
    if numbers and (not pointed or beside or earned or numbers[0] not in (rest[0], under.get("points"))):
        return {"score": value(numbers[0])}
    if len(rest) >= 2:
        return {"points": value(rest[0]), "score": value(rest[1])}
    return {"score": value(rest[0])} if rest else {}
