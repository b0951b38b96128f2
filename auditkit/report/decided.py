"""What people decided of an audit, as reports show it: plain texts, which `review.shown` tells of a store."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from auditkit.review.subject import ACROSS, Field, Ruling, Subject

FILE = "decisions.json"  # beside the report of a project, and beside that of a year
MOST = 60  # rows of a table over a year; the rest stand in its decisions.json
MOST_DIFFERENCES = 5
STEPS = ("编制", "复核", "审定")
NONE = "还没有人对审核发现作出决定。"
_TIME = "署名与时间（UTC）"


@dataclass(frozen=True)
class Decision:
    """What was decided on a finding, or (with number 0) on an entry of the form.

    `texts` has what stands, by `Field`, `by` who decided it and when; `beside` are decisions that contradict each other,
    `elsewhere` those made on data that is no longer there, which do not stand.
    """

    subject: Subject
    number: int
    mark: str
    name: str
    status: str
    texts: Mapping[str, str] = field(default_factory=dict)
    by: str = ""
    beside: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()

    @property
    def ruling(self) -> str:
        return self.texts.get(Field.RULING, "")

    @property
    def shows(self) -> bool:
        """Whether anybody said anything of it."""
        return bool(self.texts or self.beside or self.elsewhere)

    @property
    def told(self) -> str:
        """The status, and what a reader must know beside it."""
        return "\n".join((self.status, *self.besides)) if self.number else "\n".join(self.besides)

    @property
    def besides(self) -> tuple[str, ...]:
        elsewhere = (f"依据其他数据作出：{one}" for one in self.elsewhere)
        return (*(f"意见不一：{one}" for one in self.beside), *elsewhere)

    def text(self, name: Field) -> str:
        return self.texts.get(name, "")


@dataclass(frozen=True)
class Signed:
    """A signature; `differences` is what changed since, and then it is void. `anchor` is its place in the chain."""

    step: str
    who: str
    at: str
    anchor: str
    differences: tuple[str, ...] = ()

    @property
    def told(self) -> str:
        head = f"\n{chain_line(self.anchor)}"
        if not self.differences:
            return f"有效{head}"
        more = len(self.differences) - MOST_DIFFERENCES
        told = (*self.differences[:MOST_DIFFERENCES], *([f"另有 {more} 处不同"] if more > 0 else ()))
        return "▲ 已失效，签署后有变动：\n" + "\n".join(told) + head


@dataclass(frozen=True)
class Review:
    """What stands on one audit, which `audit` tells by its digest.

    `findings` is how many there are, `anchor` the last entry on the project in the chain.
    """

    audit: str
    project: str
    unit: str
    findings: int
    decisions: tuple[Decision, ...] = ()
    signatures: tuple[Signed, ...] = ()
    next: str = ""
    anchor: str = ""
    faults: tuple[str, ...] = ()

    @cached_property
    def json(self) -> str:
        return _json(self)

    @property
    def blank(self) -> bool:
        """Whether nobody has decided anything, and nothing is wrong with what keeps it."""
        return not (self.anchor or self.faults)

    @property
    def projects(self) -> tuple[Review, ...]:
        return (self,)

    @property
    def words(self) -> str:
        left = self.findings - self.count()
        return f"审核发现 {self.findings} 条，已决定 {self.count()} 条" + (
            f"，其余 {left} 条尚未决定。" if left else "。"
        )

    @property
    def share(self) -> str:
        return f"{self.count()}/{self.findings}"

    @property
    def signed(self) -> tuple[str, ...]:
        """Which steps are signed and by whom, and which signatures no longer hold."""
        return tuple(f"{one.step} {one.who}{'（已失效）' if one.differences else ''}" for one in self.signatures)

    def count(self, ruling: str = "") -> int:
        """How many findings are decided, or decided so."""
        return sum(one.number > 0 and bool(one.ruling) and ruling in ("", one.ruling) for one in self.decisions)


@dataclass(frozen=True)
class Reviews:
    """What stands on all audits of a run, in their order, and how far the chain had come."""

    projects: tuple[Review, ...]
    anchor: str
    faults: tuple[str, ...] = ()
    across: tuple[Decision, ...] = ()

    @cached_property
    def json(self) -> str:
        return _json(self)

    @property
    def words(self) -> str:
        decided, found = sum(one.count() for one in self.projects), sum(one.findings for one in self.projects)
        signed = sum(any(s.step == STEPS[-1] and not s.differences for s in one.signatures) for one in self.projects)
        return f"{len(self.projects)} 个项目的 {found} 条发现中已决定 {decided} 条；{STEPS[-1]}签署有效的项目 {signed} 个。"


class Table(NamedTuple):
    """A table for any kind of report: heads with their share of the width in hundredths."""

    title: str
    heads: tuple[tuple[str, int], ...]
    rows: Sequence[Sequence[str]]


def chain_lines(anchor: str, faults: Sequence[str]) -> tuple[str, ...]:
    """How far the chain of decisions has come, which proves its tail, and whether something is wrong with it."""
    lines = [chain_line(anchor)] if anchor else []
    if faults:
        lines.append(f"▲ 核对决定链发现 {len(faults)} 处问题（auditkit verify 列出全部）：{'；'.join(faults[:3])}")
    return tuple(lines)


def chain_line(anchor: str) -> str:
    """A head as it is printed, which `auditkit verify --head` takes."""
    return f"决定链：第 {anchor.partition(':')[0]} 条，头 {anchor}"


def project_tables(review: Review) -> list[Table]:
    """Findings, corrected entries and signatures; a table without rows is left out."""
    found = [one for one in review.decisions if one.number]
    heads = (("编号", 9), ("问题", 24), ("决定", 24), ("说明", 17), ("证据索引", 9), (_TIME, 17))
    rows = [(one.mark, one.name, one.told, one.text(Field.NOTE), one.text(Field.REFERENCE), one.by) for one in found]
    changed = [one for one in review.decisions if not one.number]
    entry = (("指标", 30), ("更正完成值", 14), ("更正得分", 9), ("说明", 29), (_TIME, 18))
    entries = [
        (one.name, one.text(Field.RESULT), one.text(Field.SCORE), "\n".join(filter(None, (one.text(Field.NOTE), one.told))), one.by)
        for one in changed
    ]  # fmt: skip
    signature = (("步骤", 8), ("署名", 14), ("时间（UTC）", 18), ("效力", 60))
    signatures = [(one.step, one.who, one.at, one.told) for one in review.signatures]
    tables = (
        Table("对审核发现的决定", heads, rows),
        Table("对表内数据的更正", entry, entries),
        Table("签署", signature, signatures),
    )
    return [table for table in tables if table.rows]


def year_tables(whole: Reviews) -> list[Table]:
    """Every project; what a person must look at again; every decided finding."""
    heads = (("项目", 26), ("已决定", 9), *((r.zh, 7) for r in Ruling), ("意见不一", 7), ("依据其他数据", 7))
    heads = (*heads, *((step, 10) for step in STEPS))
    rows = [_project_row(one) for one in whole.projects if one.decisions or one.signatures]
    again = [
        (one.project, found.mark or "—", found.name, "\n".join(found.besides))
        for one in whole.projects
        for found in one.decisions
        if found.besides
    ]
    again += [(ACROSS, found.mark, found.name, "\n".join(found.besides)) for found in whole.across if found.besides]
    void = [
        (one.project, "—", f"{signed.step} {signed.who}", signed.told)
        for one in whole.projects
        for signed in one.signatures
        if signed.differences
    ]
    found = [
        (one.project, each.mark, each.name, each.status, each.text(Field.NOTE), each.by)
        for one in whole.projects
        for each in one.decisions
        if each.number and each.ruling
    ]
    found += [
        (ACROSS, each.mark, each.name, each.status, each.text(Field.NOTE), each.by)
        for each in whole.across
        if each.texts
    ]
    finding = (("项目", 21), ("编号", 9), ("问题", 22), ("决定", 10), ("说明", 21), (_TIME, 17))
    tables = (
        Table("各项目的决定与签署", heads, rows),
        Table("需要重新看的决定与签署", (("项目", 21), ("编号", 9), ("问题或签署", 24), ("原因", 46)), [*void, *again]),
        Table("已作出的决定", finding, found),
    )
    return [_bounded(table) for table in tables if table.rows]


def printed_review(review: Review | Reviews | None, tables: Callable[[Any], Sequence[Table]]) -> dict[str, Any] | None:
    """The same for a printed page 174 mm wide; None where there is nothing to print."""
    if review is None:
        return None
    told = [
        {
            "title": table.title,
            "heads": [name for name, _ in table.heads],
            "widths": [share * 1.74 for _, share in table.heads],
            "rows": [list(row) for row in table.rows],
        }
        for table in tables(review)
    ]
    return {"tables": told, "lines": [review.words, *chain_lines(review.anchor, review.faults)]}


def _project_row(one: Review) -> tuple[str, ...]:
    signed = {each.step: f"{each.who}{'' if not each.differences else '（已失效）'}" for each in one.signatures}
    disputed, elsewhere = sum(bool(d.beside) for d in one.decisions), sum(bool(d.elsewhere) for d in one.decisions)
    counts = (*(one.count(ruling) for ruling in Ruling), disputed, elsewhere)
    return (one.project, one.share, *map(str, counts), *(signed.get(step, "—") for step in STEPS))


def _bounded(table: Table) -> Table:
    more = len(table.rows) - MOST
    if more <= 0:
        return table
    return table._replace(title=f"{table.title}（另有 {more} 行，见 {FILE}）", rows=table.rows[:MOST])


def _json(told: Review | Reviews) -> str:
    return json.dumps(asdict(told), ensure_ascii=False, allow_nan=False, indent=1) + "\n"
