"""A working paper that comes back: the changes that a person made in it, all of them or none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from auditkit.decisions.stored import read_stored
from auditkit.decisions.subject import Change, Field, Ruling
from auditkit.decisions.validation import validation_error
from auditkit.decisions.worklist import PaperRow, tasks
from auditkit.document import letters
from auditkit.errors.runs import NoRunFolder, ReviewRefused
from auditkit.pipeline import Audit
from auditkit.quantity.numbers import amount
from auditkit.read.excel.number_format import UNKNOWN, UNPRINTED, UNPRINTED_TEXT
from auditkit.read.excel.sheet import ERRORS, PICTURE, UNCOUNTED, Place, Worksheet
from auditkit.read.excel.style import RAISED, STRUCK, UNSEEN
from auditkit.read.excel.workbook import is_ours_to_read, read_sheets
from auditkit.report.office.cells import printed_text
from auditkit.report.office.working_paper import (
    DIGEST,
    ENTRY_INPUTS,
    ENTRY_KEY,
    EVIDENCE_INPUTS,
    EVIDENCE_KEY,
    FINDING_INPUTS,
    FINDING_KEY,
    FORMER,
)
from auditkit.rulebooks.loader import marked_basis
from auditkit.safety import LIMITS, Limits, escape_controls
from auditkit.sandbox.process import SandboxProcess
from auditkit.vocabulary.spelling import plain

FINDING_PRINTED, ENTRY_PRINTED = ("项目", "规则", "问题"), ("三级指标", "指标值")
FINDING_RESTS, ENTRY_RESTS = ("表内依据", "审核依据"), ("分值", "自评完成值", "自评得分", "依据及说明")
# A paper of 500 projects has more cells than any form; it is still read within the limit of the file's size.
PAPER = replace(
    LIMITS, part=80 * 2**20, unpacked=200 * 2**20, marks=20_000_000, cells=1_000_000, seconds=120.0, memory=2 * 2**30
)
# Why what stands in a cell cannot be taken for what a person entered, and what to do.
_DOUBTED = {
    UNCOUNTED: "填的是公式，没有保存计算结果；请直接填数字或文字，或在 Excel、WPS 中打开并保存后再导入",
    ERRORS: "是公式错误值；请改填数字或文字",
    UNPRINTED: "单元格的格式不显示数字；请把格式设为常规后重填",
    UNPRINTED_TEXT: "单元格的格式不显示文字；请把格式设为常规后重填",
    UNKNOWN: "数字的格式无法识别；请把格式设为常规后重填",
    STRUCK: "有带删除线的文字，不知是否作数；请删去或取消删除线",
    UNSEEN: "文字与底色相同，看不见；请改正颜色或删去",
    RAISED: "有上标，不知是否作数；请删去或改为正文",
    PICTURE: "是图片；请改填文字",
}
_RULINGS = {ruling.zh: ruling.value for ruling in Ruling}


def read_review(path: Path, audits: Iterable[Audit], limits: Limits = PAPER) -> tuple[Change, ...]:
    """What a person changed in a working paper that `review_workbook` printed of these audits.

    `before` of a change is what the cell was printed with. Rows may be sorted, filtered or hidden; a row that was deleted
    says nothing of its subject, so that a paper can be divided among people. Raises ReviewRefused with every reason, and
    Refused or Unreadable where the file is no workbook within the limits.
    """
    return read_tasks(path, (task for audit in audits for task in tasks(audit)), limits)


def read_tasks(path: Path, known: Iterable[PaperRow], limits: Limits = PAPER) -> tuple[Change, ...]:
    """`read_review` for what a run left of its audits."""
    paper = _Paper(known)
    for sheet in _sheets(path, limits):
        paper.look_through(sheet)
    paper.finish()
    if paper.reasons:
        raise ReviewRefused(path.name, paper.reasons)
    return tuple(paper.changes)


def _sheets(path: Path, limits: Limits) -> list[Worksheet]:
    """Those of an .xls or .ods are read out of harm's way, as a form is."""
    if is_ours_to_read(path, limits):
        return read_sheets(path, limits)
    with SandboxProcess(limits) as child:
        return child.call(read_sheets, path, limits)


def run_tasks(folder: Path) -> list[PaperRow]:
    """What a run, or one project of it, left to be decided. Raises Unreadable where the folder is of no run."""
    paths = sorted({*folder.glob("review.json"), *folder.glob("projects/*/review.json")})
    if not paths:
        raise NoRunFolder(str(folder))
    return [task for path in paths for task in read_stored(tuple[PaperRow, ...], path)]


@dataclass(frozen=True)
class _Line:
    """One row of a sheet by the names of its columns."""

    sheet: Worksheet
    row: int
    columns: Mapping[str, int]
    doubts: Mapping[Place, str]

    def text(self, name: str) -> str:
        column = self.columns.get(name)
        return self.sheet.texts.get((self.row, column), "").strip() if column else ""

    def doubt(self, name: str) -> str:
        """Why the text cannot be taken as it stands; blank where it can."""
        return _DOUBTED.get(self.doubts.get((self.row, self.columns.get(name, 0)), ""), "")

    def place(self, name: str) -> str:
        column = self.columns.get(name)
        return escape_controls(f"{self.sheet.name}!{letters(column) if column else ''}{self.row}")


@dataclass
class _Paper:
    """What was understood so far, and every reason not to import it."""

    known: Iterable[PaperRow]
    changes: list[Change] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    filled: list[tuple[str, Field]] = field(default_factory=list)
    tables: int = 0

    def __post_init__(self) -> None:
        self.by_key: dict[str, dict[str, PaperRow]] = {}
        for task in self.known:
            self.by_key.setdefault(task.key, {})[task.digest] = task
        self.digests = {digest for of in self.by_key.values() for digest in of}
        self.seen: dict[tuple[str, str, str], str] = {}
        self.answers: dict[tuple[str, str, Field], tuple[str, str]] = {}

    def look_through(self, sheet: Worksheet) -> None:
        for key, inputs, printed, rests in (
            (FINDING_KEY, FINDING_INPUTS, FINDING_PRINTED, FINDING_RESTS),
            (ENTRY_KEY, ENTRY_INPUTS, ENTRY_PRINTED, ENTRY_RESTS),
            (EVIDENCE_KEY, EVIDENCE_INPUTS, ENTRY_PRINTED, ENTRY_RESTS),
        ):
            for line in self._lines(sheet, key, inputs):
                self._take(line, key, inputs, printed, rests)

    def finish(self) -> None:
        if not self.tables:
            self.reasons.append(
                "没有找到审核发现或逐项复核的表头：这不是 auditkit 打印的复核表，请使用报告文件夹中的 review.xlsx"
            )
        asked = Counter(self.filled)
        for (key, name), count in asked.items():
            if count > 1:
                project = next(iter(self.by_key[key].values())).subject.project
                self.reasons.append(
                    f"“{escape_controls(project)}”有 {count} 张自评表，同一处（{name.value}）填了两次，无法区分；请只在其中一张上填写"
                )

    def _lines(self, sheet: Worksheet, key: str, inputs: Mapping[Field, str]) -> Iterator[_Line]:
        """The rows below the heading, wherever a person moved it."""
        head = next((place for place, text in sheet.texts.items() if text == key), None)
        if head is None:
            return
        self.tables += 1
        columns = {
            t.replace("\n", "").removesuffix("（填写）"): c for (row, c), t in sheet.texts.items() if row == head[0]
        }
        wanted = (DIGEST, *inputs.values(), *(FORMER + name for name in inputs.values()))
        if absent := [name for name in wanted if name not in columns]:
            self.reasons.append(
                f"{escape_controls(sheet.name)} 第 {head[0]} 行：缺少列“{'、'.join(absent)}”，表头不能改；请恢复或重新打印"
            )
            return
        for top, left, bottom, right in sheet.merges:
            if bottom > head[0] and any(left <= columns[name] <= right for name in wanted):
                self.reasons.append(
                    f"{escape_controls(sheet.name)}!{letters(left)}{top}：单元格被合并，不知填的是哪一条；请取消合并，每行各填一次"
                )
        doubts = {place: doubt for doubt, place in sheet.doubts}
        for row in sorted({row for row, _ in sheet.texts if row > head[0]}):
            yield _Line(sheet, row, columns, doubts)

    def _take(
        self, line: _Line, key: str, inputs: Mapping[Field, str], printed: tuple[str, ...], rests: tuple[str, ...]
    ) -> None:
        filled = [name for name in inputs.values() if line.text(name)]
        if not line.text(key):
            words = [name for name in filled if name not in (ENTRY_INPUTS[Field.SCORE],) or not _is_total(line)]
            if words:
                self.reasons.append(
                    f"{line.place(words[0])}：这一行没有标识，不知是哪一条；请删去自行增加的行，填在原有的行里"
                )
            return
        task = self._task(line, key, inputs, (*printed, *rests))
        if task is None:
            return
        if changed := _differences(line, printed, task.printed):
            self.reasons.append(
                f"{line.place(changed[0])}：“{'、'.join(changed)}”与原表不符，标识可能错位（只对部分列排序、粘贴会如此）；请恢复原表后重填"
            )
            return
        place = line.place(key)
        first = self.seen.setdefault((key, task.key, task.digest), place)
        if first != place:
            self.reasons.append(f"{place}：与 {first} 是同一条，出现两次；请删去其中一行")
            return
        for name, heading in inputs.items():
            self._compare(line, task, name, heading)

    def _task(self, line: _Line, key: str, inputs: Mapping[Field, str], columns: tuple[str, ...]) -> PaperRow | None:
        """The row that a line is.

        One that was printed before the program, the form or the rulebook changed still is it where all that it shows is
        said today, and is passed over where nobody wrote anything in it.
        """
        place, found = line.place(key), self.by_key.get(line.text(key))
        written = any(line.text(name) != line.text(FORMER + name) for name in inputs.values())
        if not (written or line.text(DIGEST) in self.digests):
            return None
        if not found:
            self.reasons.append(
                f"{place}：标识“{escape_controls(line.text(key)[:40])}”不在这次审核中；请使用本次报告的 review.xlsx，不要改动隐藏列"
            )
            return None
        if task := found.get(line.text(DIGEST)):
            return task
        told = [(task, _differences(line, columns, (*task.printed, *task.rests))) for task in found.values()]
        same = [task for task, differences in told if not differences]
        if len({task.subject for task in same}) == 1:  # else the same place of several forms of one project
            return next((task for task in same if (key, task.key, task.digest) not in self.seen), same[0])
        changed = min((differences for _, differences in told), key=len) or columns[:1]
        self.reasons.append(
            f"{line.place(changed[0])}：复核表打印之后，这一行的“{'、'.join(changed)}”已有变动（自评表、规则手册或程序更新过），"
            "这份是旧版本；请在新的 review.xlsx 上填写"
        )
        return None

    def _compare(self, line: _Line, task: PaperRow, name: Field, heading: str) -> None:
        if doubt := line.doubt(heading):
            self.reasons.append(f"{line.place(heading)}：{doubt}")
            return
        before, after = line.text(FORMER + heading), escape_controls(line.text(heading))
        if after == before or (name is Field.SCORE and _equal(after, before)):
            return
        if told := validation_error(task.subject, name, after, task.points):
            self.reasons.append(f"{line.place(heading)}：{told}")
            return
        if name is Field.RULING:
            before, after = _RULINGS.get(before, before), _RULINGS.get(after, after)
        if name is Field.SCORE and after:
            after = f"{amount(after):f}"
        where = line.place(heading)
        other, first = self.answers.setdefault((task.key, task.digest, name), (after, where))
        if first != where:  # an indicator stands in the list of evidence and among the entries
            if other != after:
                self.reasons.append(f"{where}：与 {first} 是同一项，两处填得不同；请只填一处，或填得相同")
            return
        self.filled.append((task.key, name))
        self.changes.append(Change(task.subject, name, before, after))


def _comparable(text: str) -> str:
    """Without what differs between a text and the same in a paper of an earlier version."""
    return plain(marked_basis(text))


def _differences(line: _Line, names: Iterable[str], texts: Iterable[str]) -> list[str]:
    """The columns in which a line does not show these texts; the last part of one is enough, figures count as figures."""
    return [
        name
        for name, text in zip(names, texts, strict=False)
        if not _shows(_comparable(line.text(name)), _comparable(printed_text(text)), whole=name != ENTRY_RESTS[-1])
    ]


def _shows(cell: str, text: str, whole: bool) -> bool:
    return cell == text or _equal(cell, text) or (not whole and cell.endswith(text))


def _is_total(line: _Line) -> bool:
    """The totals below the indicators stand in the column of scores too."""
    return line.text("三级指标") in ("合计", "填报总分")


def _equal(one: str, other: str) -> bool:
    return bool(one and other) and amount(one) is not None and amount(one) == amount(other)
