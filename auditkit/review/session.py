"""One person at the workbench: what lies open, what was said last, and what was typed and not yet saved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from auditkit.decisions.entry import Entry
from auditkit.decisions.signoff import STEPS
from auditkit.decisions.standing import StandingDecision, undecided
from auditkit.decisions.subject import Change, Field, Ruling
from auditkit.decisions.validation import validation_error
from auditkit.decisions.worklist import ScoredItem as Line
from auditkit.decisions.worklist import scored_items
from auditkit.errors.store import Conflict, StoreFault
from auditkit.model import Severity
from auditkit.pipeline import Audit
from auditkit.review.drafts import Pending, Unsaved
from auditkit.review.project_list import ProjectSummary
from auditkit.review.workbench import Alike, Filter, Progress, Workbench, decision_progress, passes
from auditkit.safety import Unreadable


@dataclass(frozen=True)
class Message:
    """The last word to the person: good where something was done."""

    text: str = ""
    good: bool = True


@dataclass
class ReviewSession:
    """The session; what is decided is in the store and is read back from there after every deed."""

    bench: Workbench
    who: str = ""
    unsaved: Pending = field(default_factory=Pending)
    chosen: Filter = field(default_factory=Filter)
    projects: list[Progress] = field(default_factory=list)
    project: int = -1
    audit: Audit | None = None
    found: list[StandingDecision] = field(default_factory=list)
    items: list[StandingDecision] = field(default_factory=list)
    lines: dict[int, Line] = field(default_factory=dict)
    numbers: list[int] = field(default_factory=list)
    place: int = 0
    told: Message = field(default_factory=Message)
    previewed: list[Alike] = field(default_factory=list)
    batch: tuple[Entry, ...] = ()
    warned: str = ""

    def __post_init__(self) -> None:
        self.unsaved.who = self.who

    def sit(self) -> None:
        """List the projects and open the worst; what was typed and not saved lies there again."""
        self.unsaved.recall()
        self.projects = self.bench.projects(self.chosen)
        self.choose(0)

    @property
    def current(self) -> StandingDecision | None:
        """The finding that is looked at."""
        return self.found[self.numbers[self.place]] if self.place < len(self.numbers) else None

    @property
    def listed(self) -> ProjectSummary | None:
        """The project that was chosen."""
        return self.projects[self.project].project if 0 <= self.project < len(self.projects) else None

    @property
    def opened(self) -> bool:
        """Whether a form lies open, or what shows across all forms."""
        return self.audit is not None or bool(self.found)

    @property
    def own(self) -> list[Unsaved]:
        """What is not saved of the open project."""
        return self.unsaved.of({one.subject for one in (*self.found, *self.items)})

    @property
    def here(self) -> list[Unsaved]:
        """What is not saved of that which a person sees: of the finding that is looked at, and of the form's items."""
        return self.unsaved.of({one.subject for one in (*filter(None, [self.current]), *self.items)})

    @property
    def left(self) -> list[Unsaved]:
        """What others left unsaved on what a person sees."""
        return self.unsaved.left({one.subject for one in (*filter(None, [self.current]), *self.items)})

    @property
    def undecided(self) -> str:
        """How many findings that do not keep from signing nobody has decided, ● 疑点 19 条; blank where there are none."""
        number = Counter(one.finding.severity for one in self.found if not one.settled)
        lighter = (severity for severity in Severity if severity is not Severity.ERROR and number[severity])
        return "、".join(f"{one.mark} {one.zh} {number[one]} 条" for one in lighter)

    @property
    def blocked(self) -> str:
        """Why the next step of sign-off may not be signed now."""
        if not self.audit:
            return "各表之间的问题不单独签署" if self.found else "没有打开项目"
        if self.own:
            return "本项目还有未保存的内容"
        if waiting := undecided((*self.found, *self.items)):
            return f"还有 {len(waiting)} 条错误级发现未决定，或有意见不一的地方"
        if not self.bench.next_step(self.audit):
            return "三级均已签署"
        mine = [one for one in self.bench.signatures(self.audit) if one.valid and one.entry.who == self.who]
        if mine:
            return f"{self.who} 已签“{mine[0].entry.after}”，下一级须由他人签署"
        return "" if self.who else "请先确认署名"

    def confirm(self, name: str) -> None:
        """Sign with this name from now on. What was clicked before is not saved by it: it may be another's."""
        self.who = self.unsaved.who = name.strip()
        self.warned = ""
        self.told = Message(f"以“{self.who}”署名") if self.who else Message("署名不能为空", False)

    def choose(self, number: int) -> None:
        """Open a project. What is not saved stays typed, and is there again when a person comes back."""
        if not 0 <= number < len(self.projects):
            return
        listed = self.projects[number].project
        try:
            audit = self.bench.load(listed) if listed.number else None
            subjects = self._subjects(listed, audit)
        except StoreFault as error:  # what lies open stays
            self.told = Message(error.zh, False)
            return
        except Unreadable as error:
            audit, subjects = None, ()
            self.told = Message(str(error), False)
        self.project, self.audit, self.warned = number, audit, ""
        self.lines = {line.task.subject.row: line for line in scored_items(audit)} if audit else {}
        self._lay(subjects)
        if listed.number and not audit:
            self.numbers = []
            return
        self._narrow()
        if self.audit and [one.subject for one in self.found] != [q.subject for q in self.listed.questions]:
            zh = "审核结果与报告所写不同（程序或规则已更新）；决定将记在现在的结果上，请重新运行 auditkit run"
            self.told = Message(zh, False)

    def narrow(self, chosen: Filter) -> None:
        """Another choice of findings; another unit is another list of projects too."""
        former, self.chosen = self.chosen, chosen
        if former.unit != chosen.unit:
            return self.sit()
        return self._narrow()

    def refresh(self) -> None:
        """Look at what others decided meanwhile."""
        self._try(self._read)

    def step(self, by: int) -> None:
        ahead = self.place + by
        if 0 <= ahead < len(self.numbers):
            self.place, self.told = ahead, Message()
        else:
            self.told = Message("已是最后一条" if by > 0 else "已是第一条")

    def decide(self, ruling: Ruling) -> None:
        if self.current:
            self._save(self.unsaved.wanted(self.current, Field.RULING, ruling.value))

    def write(self, name: Field, text: str) -> None:
        """Note or reference of the finding that is looked at."""
        if self.current:
            self._save(self.unsaved.wanted(self.current, name, text.strip()))

    def correct(self, row: int, name: Field, text: str) -> None:
        """Another result or score beside that of the form, on row 0 of budget execution; blank takes it back."""
        if seen := next((c for c in self.items if c.subject.row == row), None):
            self._save(self.unsaved.wanted(seen, name, text.strip()))

    def typed(self, mark: str, name: Field, text: str) -> bool:
        """Keep what is being typed on the subject of this mark, before it is saved; says whether that is known already."""
        seen = next((c for c in (*self.found, *self.items) if c.subject.mark == mark), None)
        if not seen:
            return False
        change = self.unsaved.wanted(seen, name, text)
        if text.strip() == seen.text(name):
            return self.unsaved.free(change)
        former = self.unsaved.get(change.subject, name)
        self.unsaved.hold(change, bool(former and former.conflict))
        return False

    def again(self, dissent: bool = False) -> None:
        """Save what was not saved of this project; with `dissent` what is seen, beside what others decided."""
        for one in self.here if dissent else self.own:
            if not dissent or one.conflict:
                self._save(one.change, dissent)

    def adopt(self) -> None:
        """Save under one's own name what another left on what is seen: a deed of one's own."""
        if self._named():
            for one in self.left:
                self._save(one.change)
                self.unsaved.forget(one.draft)

    def let_go(self) -> None:
        """Give up what was not saved of what is seen, and look at what stands; what another left is that person's."""
        for one in (*self.here, *(one for one in self.left if not one.draft.who)):
            self.unsaved.forget(one.draft)
        self._try(self._read, "已放弃这里未保存的内容")

    def undo(self) -> None:
        def back() -> None:
            entry = self.bench.undo(self.listed.key, self.who)
            self._read()
            done = f"已撤销第 {entry.about} 条（{entry.field.zh}），撤销本身记为第 {entry.sequence} 条" if entry else ""
            self.told = Message(done or f"没有 {self.who} 在本项目中可撤销的决定", bool(done))

        if self.opened and self._named():
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
            self.told = Message(
                f"已保存 {len(self.batch)} 条：{saved(self.batch[-1])}" if self.batch else "没有可决定的"
            )

        if self._named():
            self._try(save)

    def undo_alike(self) -> None:
        def back() -> None:
            taken = self.bench.store.undo(self.batch, self.who)
            self.batch = ()
            self._read()
            self._recount()
            self.told = Message(f"已撤销这批 {len(taken)} 条决定")

        if self.batch and self._named():
            self._try(back)

    def sign(self, step: str) -> None:
        def give() -> None:
            if step != self.bench.next_step(self.audit):
                self.told = Message(f"现在不能签“{step}”", False)
                return
            entry = self.bench.sign(self.audit, self.who)
            self._read()
            self.told = Message(f"已签署“{step}”：{saved(entry)}")

        if not (self.audit and step in STEPS and self._named()):
            return
        self.refresh()
        warning = f"还有 {self.undecided} 未决定；确要签署“{step}”，请再点一次" if self.undecided else ""
        if step == STEPS[0] and warning and warning != self.warned:
            self.warned, self.told = warning, Message(warning, False)
            return
        self.warned = ""
        self._try(give)

    def _save(self, change: Change, dissent: bool = False) -> None:
        if change.after == change.before and not dissent:
            self.unsaved.free(change)
            self.told = Message(f"{change.field.zh}没有变化")
            return
        self.unsaved.hold(change)  # whatever ends this process now, the text is there again
        line = self.lines.get(change.subject.row)
        if told := validation_error(change.subject, change.field, change.after, line.task.points if line else ""):
            self.told = Message(f"未保存：{told}", False)
            return
        if not self._named():
            return
        try:
            (entry,) = self.bench.store.record([change], self.who, dissent=dissent)
        except StoreFault as error:
            self.unsaved.hold(change, isinstance(error, Conflict))
            self.told = Message(error.zh, False)
            return
        self.unsaved.free(change)
        self._try(self._read, f"已保存{change.field.zh}：{saved(entry)}")

    def _try(self, deed: Callable[[], None], done: str | None = None) -> None:
        try:
            deed()
        except StoreFault as error:
            self.told = Message(error.zh, False)
        else:
            if done is not None:
                self.told = Message(done)

    def _named(self) -> bool:
        if not self.who:
            self.told = Message("未保存：请先在上方确认署名", False)
        return bool(self.who)

    def _subjects(self, listed: ProjectSummary, audit: Audit | None) -> tuple[StandingDecision, ...]:
        return self.bench.subjects(audit) if audit else self.bench.across(listed) if not listed.number else ()

    def _read(self) -> None:
        """What stands now on the open project."""
        if self.opened:
            self._lay(self._subjects(self.listed, self.audit))

    def _lay(self, subjects: tuple[StandingDecision, ...]) -> None:
        self.found = [one for one in subjects if one.finding]
        self.items = [one for one in subjects if not one.finding]
        if self.opened:
            settled = sum(one.settled for one in self.found)
            self.projects[self.project] = replace(self.projects[self.project], decided=settled)

    def _recount(self) -> None:
        state = self.bench.store.state()
        self.projects = [decision_progress(one.project, state) for one in self.projects]

    def _narrow(self) -> None:
        """A decision does not take a finding out from under the person's hand: only a new choice does."""
        self.numbers = [number for number, one in enumerate(self.found) if passes(one, self.chosen)]
        self.place, self.told = 0, Message()


def saved(entry: Entry) -> str:
    return f"第 {entry.sequence} 条，{entry.at[:19].replace('T', ' ')}（UTC）{entry.who}"
