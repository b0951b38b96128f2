"""One person at the workbench: what lies open, what was said last, and what was typed and not yet saved."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from auditkit.audit import Audit
from auditkit.numeral import amount
from auditkit.review.carried import Carried, undecided
from auditkit.review.chain import Entry
from auditkit.review.faults import Conflict, StoreFault
from auditkit.review.signoff import STEPS
from auditkit.review.subject import Field, Ruling
from auditkit.review.workbench import Alike, Filter, Progress, Workbench, passes, progress
from auditkit.safety import Unreadable

LONGEST = 2_000  # letters of a note; a working paper takes as many


@dataclass(frozen=True)
class Told:
    """The last word to the person: good where something was done."""

    text: str = ""
    good: bool = True


@dataclass(frozen=True)
class Unsaved:
    """What a person wants recorded and the store did not take. `conflict`: others decided meanwhile."""

    seen: Carried
    field: Field
    text: str
    conflict: bool = False


@dataclass
class Desk:
    """The session; what is decided is in the store and is read back from there after every deed."""

    bench: Workbench
    who: str = ""
    chosen: Filter = field(default_factory=Filter)
    projects: list[Progress] = field(default_factory=list)
    project: int = -1
    audit: Audit | None = None
    found: list[Carried] = field(default_factory=list)
    indicators: list[Carried] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    place: int = 0
    told: Told = field(default_factory=Told)
    unsaved: dict[tuple[str, Field], Unsaved] = field(default_factory=dict)
    previewed: list[Alike] = field(default_factory=list)
    batch: tuple[Entry, ...] = ()

    def sit(self) -> None:
        """List the projects and open the worst."""
        self.projects = self.bench.projects(self.chosen)
        self.choose(0)

    @property
    def current(self) -> Carried | None:
        """The finding that is looked at."""
        return self.found[self.numbers[self.place]] if self.place < len(self.numbers) else None

    @property
    def blocked(self) -> str:
        """Why the next step of sign-off may not be signed now."""
        if not self.audit:
            return "没有打开项目"
        if waiting := undecided((*self.found, *self.indicators)):
            return f"还有 {len(waiting)} 条错误级发现未决定，或有意见不一的地方"
        if not self.bench.next_step(self.audit):
            return "三级均已签署"
        mine = [one for one in self.bench.signatures(self.audit) if one.valid and one.entry.who == self.who]
        return (
            f"{self.who} 已签“{mine[0].entry.after}”，下一级须由他人签署"
            if mine
            else ""
            if self.who
            else "请先确认署名"
        )

    def confirm(self, name: str) -> None:
        self.who = name.strip()
        self.told = Told(f"以“{self.who}”署名") if self.who else Told("署名不能为空", False)

    def choose(self, number: int) -> None:
        """Open a project. What was typed is saved first, or the project stays."""
        if self._held() or not 0 <= number < len(self.projects):
            return
        try:
            audit = self.bench.load(self.projects[number].project)
        except Unreadable as error:
            self.audit, self.found, self.indicators, self.numbers = None, [], [], []
            self.project, self.told = number, Told(str(error), False)
            return
        self.project, self.audit = number, audit
        self._read()
        self._narrow()
        if [one.subject for one in self.found] != [q.subject for q in self.projects[number].project.questions]:
            zh = "审核结果与报告所写不同（程序或规则已更新）；决定将记在现在的结果上，请重新运行 auditkit run"
            self.told = Told(zh, False)

    def narrow(self, chosen: Filter) -> None:
        """Another choice of findings; another unit is another list of projects too."""
        if self._held():
            return
        former, self.chosen = self.chosen, chosen
        if former.unit != chosen.unit:
            return self.sit()
        return self._narrow()

    def step(self, by: int) -> None:
        if self._held():
            return
        ahead = self.place + by
        if 0 <= ahead < len(self.numbers):
            self.place, self.told = ahead, Told()
        else:
            self.told = Told("已是最后一条" if by > 0 else "已是第一条")

    def decide(self, ruling: Ruling) -> None:
        if self.current:
            self._save(Unsaved(self.current, Field.RULING, ruling.value))

    def write(self, name: Field, text: str) -> None:
        """Note or reference of the finding that is looked at."""
        if self.current:
            self._save(Unsaved(self.current, name, text.strip()))

    def correct(self, row: int, name: Field, text: str) -> None:
        """Another result or score beside that of the form; blank takes it back."""
        seen = next((c for c in self.indicators if c.subject.row == row), None)
        if not seen or not self.audit:
            return
        text = text.strip()
        points = amount(self.audit.form.indicators[row - 1].points.text)
        score = amount(text)
        if name is Field.SCORE and text and (points is None or score is None or not 0 <= score <= points):
            limit = f"0 到 {points}" if points is not None else "数字，而该项分值不是数字"
            self.told = Told(f"未保存：更正得分“{text[:20]}”应为 {limit} 之间的分数", False)
            return
        self._save(Unsaved(seen, name, text))

    def again(self, dissent: bool = False) -> None:
        """Save what was not saved; with `dissent` beside what others decided."""
        for one in list(self.unsaved.values()):
            self._save(one, dissent and one.conflict)

    def let_go(self) -> None:
        """Give up what was not saved, and look at what stands."""
        self.unsaved.clear()
        self._try(self._read, "已放弃未保存的内容")

    def undo(self) -> None:
        def back() -> None:
            entry = self.bench.undo(self.audit, self.who)
            self._read()
            done = f"已撤销第 {entry.about} 条（{entry.field.zh}），撤销本身记为第 {entry.sequence} 条" if entry else ""
            self.told = Told(done or f"没有 {self.who} 在本项目中可撤销的决定", bool(done))

        if self.audit and self._named():
            self._try(back)

    def preview(self, rule: str) -> None:
        """What one decision on a rule would decide, in all projects."""
        self.batch = ()

        def look() -> None:
            self.previewed = self.bench.alike(rule)

        self._try(look, "")

    def decide_alike(self, ruling: Ruling) -> None:
        def save() -> None:
            self.batch = self.bench.record_alike(self.previewed, ruling, self.who)
            self.previewed = []
            self._read()
            self._recount()
            self.told = Told(f"已保存 {len(self.batch)} 条：{saved(self.batch[-1])}" if self.batch else "没有可决定的")

        if self._named() and not self._held():
            self._try(save)

    def undo_alike(self) -> None:
        def back() -> None:
            taken = self.bench.store.undo(self.batch, self.who)
            self.batch = ()
            self._read()
            self._recount()
            self.told = Told(f"已撤销这批 {len(taken)} 条决定")

        if self.batch and self._named():
            self._try(back)

    def sign(self, step: str) -> None:
        def give() -> None:
            if step != self.bench.next_step(self.audit):
                self.told = Told(f"现在不能签“{step}”", False)
                return
            entry = self.bench.sign(self.audit, self.who)
            self._read()
            self.told = Told(f"已签署“{step}”：{saved(entry)}")

        if self.audit and step in STEPS and self._named():
            self._try(give)

    def _save(self, one: Unsaved, dissent: bool = False) -> None:
        key = one.seen.subject.key, one.field
        if len(one.text) > LONGEST:
            self.unsaved[key] = one
            self.told = Told(f"未保存：超过 {LONGEST} 字，请缩短，详情另附材料", False)
            return

        if not self._named():
            self.unsaved[key] = one
            return
        try:
            entry = self.bench.record(one.seen, one.field, one.text, self.who, dissent)
        except StoreFault as error:
            self.unsaved[key] = replace(one, conflict=isinstance(error, Conflict))
            self.told = Told(error.zh, False)
            return
        self.unsaved.pop(key, None)
        self._try(self._read, f"已保存{one.field.zh}：{saved(entry)}" if entry else f"{one.field.zh}没有变化")

    def _try(self, deed: Callable[[], None], done: str | None = None) -> None:
        try:
            deed()
        except StoreFault as error:
            self.told = Told(error.zh, False)
        else:
            if done is not None:
                self.told = Told(done)

    def _named(self) -> bool:
        if not self.who:
            self.told = Told("未保存：请先在上方确认署名", False)
        return bool(self.who)

    def _held(self) -> bool:
        """Whether something typed would be lost by moving on."""
        if self.unsaved:
            names = "、".join(dict.fromkeys(one.field.zh for one in self.unsaved.values()))
            self.told = Told(f"{names}尚未保存：请再存一次，或放弃，然后再换一条", False)
        return bool(self.unsaved)

    def _read(self) -> None:
        """What stands now on the open project."""
        if not self.audit:
            return
        subjects = self.bench.subjects(self.audit)
        self.found = [one for one in subjects if one.finding]
        self.indicators = [one for one in subjects if not one.finding]
        if 0 <= self.project < len(self.projects):
            settled = sum(one.settled for one in self.found)
            self.projects[self.project] = replace(self.projects[self.project], decided=settled)

    def _recount(self) -> None:
        state = self.bench.store.state()
        self.projects = [progress(one.project, state) for one in self.projects]

    def _narrow(self) -> None:
        """A decision does not take a finding out from under the person's hand: only a new choice does."""
        self.numbers = [number for number, one in enumerate(self.found) if passes(one, self.chosen)]
        self.place, self.told = 0, Told()


def saved(entry: Entry) -> str:
    return f"第 {entry.sequence} 条，{entry.at[:19].replace('T', ' ')}（UTC）{entry.who}"
