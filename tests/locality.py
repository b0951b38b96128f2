"""Reading is local: whatever stands in one entry of a form, no other value changes, or the reading says that it doubts.

Every entry of every drawn layout and seed form in turn gets each of `TEXTS` in its place; `silent` says what that changed
elsewhere without a doubt. `python tests/locality.py` (`make locality`) tries all of them, the tests a sample.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import cache
from itertools import product
from pathlib import Path

from formats import drawn
from layouts import NAMES as LAYOUTS
from layouts import layout

from auditkit.document import At, Cell, Document, Row, Table
from auditkit.model import Form, Group, Value
from auditkit.parse.form import parse
from auditkit.read import read
from auditkit.resources import data

FORMS = Path(__file__).with_name("forms")
CORPUS = (*LAYOUTS, *sorted(map(str, FORMS.glob("*.txt"))), *sorted(map(str, (data() / "2021").glob("*.docx"))))

TEXTS = (
    "",
    "—",
    "/",
    "无",
    "0",
    "100%",
    "1,2,3",
    "12",
    "详见决算报表",
    "见绩效目标申报表",
    "得分依据见附件",
    "按年度指标值完成",
    "二〇二一年",
    "2023年12月底前",
    "同上",
    "年初预算数以批复为准，执行数见决算。",
    "项目名称与批复一致，主管部门已审核",
    "全年预算数、全年执行数和执行率见附表三",
    "已完成年度总体目标，实际完成情况良好",
    "产出指标、效益指标均已完成，得分100分",
    "合计",
    "总分",
    "三级指标",
    "年度指标值",
    "注：按实际支出填列",
    "一、项目资金情况",
    "第四部分 名词解释",
    "单位：元",
    "负责人：张三  联系电话：12345678",
    "因上级资金下达较晚，招标推迟到三季度，部分设备年底前尚未到货，已督促供应商在次年一月底前交付并完成验收。" * 2,
)
HEADER = ("fiscal_year", "project", "department", "implementer")
GOALS = ("goal", "outcome")
TOTAL = ("total_points", "total_score", "grade")
FUND = ("initial", "adjusted", "actual", "points", "execution_rate", "score", "explanation")
ITEM = ("target", "result", "points", "score", "explanation")
NAMES = ("category", "subcategory", "name")  # a changed name or level changes its own row, and is told
GROUP = ("points", "score")


@dataclass(frozen=True)
class Entry:
    """A cell of a form that is filled in, with the paths of the values that it gives."""

    at: At
    text: str  # the value's, which may be a part of the cell's
    paths: tuple[str, ...]

    @property
    def named(self) -> bool:
        return any(path.rsplit(".", 1)[-1] in NAMES for path in self.paths)


def _is_entry(path: str) -> bool:
    name = path.rsplit(".", 1)[-1]
    of = {"funds": FUND, "indicators": (*ITEM, *NAMES), "groups": GROUP}.get(path.split(".", 1)[0])
    return name in of if of else path in (*HEADER, *GOALS, *TOTAL)


def entries(form: Form, document: Document) -> Iterator[Entry]:
    """Every entry of a form that a cell holds, alone or among others, each once."""
    cells = {cell.at: cell for row in rows_of(document) for cell in row}
    found: dict[At, list[tuple[str, Value]]] = {}
    for path, value in form.values():
        if value.at in cells:
            found.setdefault(value.at, []).append((path, value))
    for at, values in found.items():
        texts = {value.text for _, value in values if value.text in cells[at].text}
        for text in sorted(texts):
            paths = tuple(path for path, value in values if value.text == text)
            if all(map(_is_entry, paths)):
                yield Entry(at, text, paths)


def rows_of(document: Document) -> Iterator[Row]:
    for block in document.blocks:
        yield from block.rows if isinstance(block, Table) else ((block,),)


def replaced(document: Document, entry: Entry, text: str) -> Document:
    """The document with another text in one cell, or in the part of it that is the entry."""

    def cell(one: Cell) -> Cell:
        if one.at != entry.at:
            return one
        return one._replace(text=(one.text.replace(entry.text, text, 1) if entry.text else text).strip())

    def block(one: Table | Cell) -> Table | Cell:
        return Table(tuple(tuple(map(cell, row)) for row in one.rows)) if isinstance(one, Table) else cell(one)

    return Document(document.source, tuple(map(block, document.blocks)), document.doubts)


def silent(before: Form, after: Form, entry: Entry) -> list[str]:
    """What another text in one entry changed elsewhere, where no doubt is told that was not told before."""
    if set(after.doubts) - set(before.doubts):
        return []
    old, new = (dict(_placed(form)) for form in (before, after))
    own = {path for path in {*old, *new} if path.endswith(".unit")}  # what a target is counted in, told of the target
    own |= {f"{path[:-4]}target" for path in old if path.endswith(".unit") and _at(old, path) == entry.at}
    own |= {*entry.paths} | {path for path in old if _at(old, path) == entry.at and path.startswith(("notes", "stray"))}
    own |= {path for path in new if _at(new, path) == entry.at and not _text(old, path)}
    own |= {path for path in new if path not in old and path.startswith("notes.")}  # a label whose entry is gone
    own |= {f"notes.{at}" for path in entry.paths if (at := _at(new, path))}  # the line that stands in for it
    groups = [before.groups[int(path.split(".")[1])] for path in entry.paths if path.startswith("groups.")]
    own |= {f"{_named(group)}.{last}" for group in groups for last in ("name", "points", "score")}
    kinds = (
        []
        if entry.named
        else [
            f"indicators.{i}.kind"
            for i, (a, b) in enumerate(zip(before.indicators, after.indicators, strict=False))
            if a.kind is not b.kind
        ]
    )
    texts = (
        f"{path}: {_text(old, path)!r} -> {_text(new, path)!r}"
        for path in sorted({*old, *new} - own)
        if _text(old, path) != _text(new, path)
    )
    return [*texts, *kinds]


def _placed(form: Form) -> Iterator[tuple[str, Value]]:
    """The values of a form by their paths; groups by their names, and what is none of its entries by its place."""
    for path, value in form.values():
        first, number, last = (*path.split("."), "", "")[:3]
        if first == "groups":
            yield f"{_named(form.groups[int(number)])}.{last}", value
        else:
            yield f"{first}.{value.at}" if first in ("notes", "stray") else path, value


def _named(group: Group) -> str:
    return f"groups.{group.name.text} {group.rows}"


def _at(values: dict[str, Value], path: str) -> At | None:
    return values[path].at if path in values else None


def _text(values: dict[str, Value], path: str) -> str | None:
    return values[path].text if path in values and values[path].text else None


@dataclass(frozen=True)
class Trial:
    """One entry of a form of a document, and the text that is put in its place."""

    name: str
    form: int
    entry: Entry
    text: str

    def changed(self) -> list[str]:
        """What it changes silently."""
        before = forms_of(self.name)
        after = parse(replaced(document_of(self.name), self.entry, self.text))
        if len(after) != len(before):
            return [f"{len(after)} forms"]
        elsewhere = replace(self.entry, paths=())
        pairs = enumerate(zip(before, after, strict=True))
        return [x for n, pair in pairs for x in silent(*pair, self.entry if n == self.form else elsewhere)]

    def __str__(self) -> str:
        return f"{Path(self.name).stem} {self.entry.at} {self.entry.paths[0]}: {self.entry.text!r} -> {self.text!r}"


@cache
def document_of(name: str) -> Document:
    return drawn(layout(name)[0]) if name in LAYOUTS else read(Path(name))


@cache
def forms_of(name: str) -> list[Form]:
    return parse(document_of(name))


def trials(name: str) -> Iterator[Trial]:
    """Every entry of a document with every text."""
    for number, form in enumerate(forms_of(name)):
        for entry, text in product(entries(form, document_of(name)), TEXTS):
            yield Trial(name, number, entry, text)


def _swept(name: str) -> tuple[str, int, list[str]]:
    tried = list(trials(name))
    found = ((trial, trial.changed()) for trial in tried)
    return name, len(tried), [f"{trial}: {'; '.join(changed)}" for trial, changed in found if changed]


def sweep(names: Iterable[str]) -> int:
    """Try all of it, and say how it went; how many silent changes there were."""
    tried, silently = 0, 0
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for name, number, found in pool.map(_swept, names):
            tried, silently = tried + number, silently + len(found)
            print(f"{Path(name).stem}: {number} tried, {len(found)} silent", *found, sep="\n  ", flush=True)
    print(f"replacements tried: {tried}, silent changes: {silently}")
    return silently


if __name__ == "__main__":
    sys.exit(sweep(CORPUS) > 0)
