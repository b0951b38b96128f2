"""What a report shows of decisions: one record each, read back from the run's own file."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property

from auditkit.decisions.subject import Field, Subject

FILE = "decisions.json"  # beside the report of a project, and beside that of a year


MOST_DIFFERENCES = 5


STEPS = ("编制", "复核", "审定")


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


def chain_lines(anchor: str, faults: Sequence[str]) -> tuple[str, ...]:
    """How far the chain of decisions has come, which proves its tail, and whether something is wrong with it."""
    lines = [chain_line(anchor)] if anchor else []
    if faults:
        lines.append(f"▲ 核对决定链发现 {len(faults)} 处问题（auditkit verify 列出全部）：{'；'.join(faults[:3])}")
    return tuple(lines)


def chain_line(anchor: str) -> str:
    """A head as it is printed, which `auditkit verify --head` takes."""
    return f"决定链：第 {anchor.partition(':')[0]} 条，头 {anchor}"


def _json(told: Review | Reviews) -> str:
    return json.dumps(asdict(told), ensure_ascii=False, allow_nan=False, indent=1) + "\n"
