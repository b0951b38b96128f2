"""The workbench in JupyterLab: widgets that show what lies on a desk and pass on what a person does. They keep nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import ipywidgets as w
from markupsafe import Markup

from auditkit.decisions.subject import Field, Ruling
from auditkit.model import Severity
from auditkit.review import html as card
from auditkit.review.keyboard import HINT, Deed, Keys
from auditkit.review.session import Message, ReviewSession
from auditkit.review.tabs import Tabs, button, drafted, leaf, line, row
from auditkit.review.workbench import account, hub_user
from auditkit.safety import Unreadable, escape_line

# Constants; where scripts are not run, notebook and form are scrolled by hand, and what is typed is kept once it is left.
_ARRIVE = """
window.auditkitTell ||= (panel, told) => {
  const mirror = panel.querySelector('.auditkit-typed textarea');
  mirror.value = JSON.stringify(told);
  mirror.dispatchEvent(new Event('input', {bubbles: true}));
};
window.auditkitKeeps ||= document.addEventListener('input', event => {
  const box = event.target.closest('.auditkit-draft'), at = box?.closest('.auditkit-leaf')?.querySelector('[data-at]');
  if (!at) return;
  const field = [...box.classList].find(name => name.startsWith('auditkit-field-')).slice(15);
  window.auditkitTell(box.closest('.auditkit-panel'), {at: at.dataset.at, field, text: event.target.value});
}) || true;
setTimeout(() => document.querySelectorAll('.auditkit-panel').forEach(panel => {
  panel.scrollIntoView();
  window.auditkitTell(panel, {arrived: Date.now()});
}), 200);
"""
_SCROLL = f"""
setTimeout(() => document.querySelectorAll('.auditkit-sheet').forEach(sheet => {{
  const cell = sheet.querySelector('.{card.HERE}');
  const at = cell && cell.getBoundingClientRect().top - sheet.getBoundingClientRect().top;
  if (cell && (at < 20 || at > sheet.clientHeight - 80)) sheet.scrollTop += at - sheet.clientHeight / 3;
}}), 30);
"""
HEIGHT = "660px"  # of form and finding: with the rows above it fills a window of 1400 × 900
_STATES = ("未决定", *(ruling.zh for ruling in Ruling), "意见不一", "原决定依据的数据已变")


class Panel:
    """All widgets of one desk. `show` sets them to what the desk says; nothing is read from them but a person's deed."""

    def __init__(self, desk: ReviewSession):
        self.desk, self._keys, self._showing = desk, Keys(), False
        self._drawn: tuple[object, Markup] = (None, Markup())
        self._make_top()
        self._make_finding()
        self.tabs = Tabs(self)
        self.sheet = w.HTML(layout=w.Layout(height=HEIGHT, overflow="auto", flex="1 1 58%", min_width="0"))
        self.sheet.add_class("auditkit-sheet")
        hidden = w.Layout(height="0px", overflow="hidden")
        self.script, self.arrival = w.Output(layout=hidden), w.Output(layout=hidden)
        # What is being typed, as the browser tells it letter by letter; the boxes themselves are told of once they are left.
        self.mirror = w.Textarea(layout=w.Layout(display="none"))
        self.mirror.add_class("auditkit-typed")
        self.mirror.observe(self._mirrored, "value")
        right = w.VBox([self.saved, self.held, self.tabs.box])
        right.layout = w.Layout(height=HEIGHT, overflow="auto", flex="1 1 42%", min_width="0")
        body = w.HBox([self.sheet, right], layout=w.Layout(width="100%", align_items="flex-start"))
        self.box = w.VBox([row(*self.naming), row(*self.choosing), row(*self.filters), body])
        self.box.children += (self.mirror, self.script, self.arrival)
        self.box.add_class("auditkit-panel")
        desk.sit()
        self.show()
        _run(self.arrival, _ARRIVE)

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        """The widget for who works here, and its static twin for whatever shows a saved notebook without a kernel."""
        from auditkit.review.snapshot import snapshot

        live = self.box._repr_mimebundle_(**kwargs)
        view = snapshot(self.desk)
        return {**live, "text/html": view.html, "text/plain": repr(view)}

    def _make_top(self) -> None:
        # Where a hub knows who sits here, nobody else signs.
        named = self.desk.who or account()
        self.name = w.Text(value=escape_line(named), description="署名", layout=w.Layout(width="260px"))
        self.name.disabled = bool(hub_user())
        self.confirm = button(
            "确认署名",
            self.act(self._confirm, keys=True),
            style="primary",
            tip="以后的每条决定都以此署名，只需确认一次",
        )
        self.confirm.layout.display = "none" if hub_user() else ""
        self.named = w.HTML()
        self.naming = (self.name, self.confirm, self.named)
        wide = w.Layout(flex="1 1 auto", width="auto", min_width="0")
        self.project = w.Dropdown(description="项目", layout=wide)
        self.before = button("◀ 上一项目", self.act(lambda: self.do(Deed.PREVIOUS_PROJECT), keys=True))
        self.after = button("下一项目 ▶", self.act(lambda: self.do(Deed.NEXT_PROJECT), keys=True))
        self.project.observe(self.on(lambda new: self.desk.choose(new) if new is not None else None), "value")
        self.choosing = (self.project, self.before, self.after)
        rows = self.desk.bench.listed
        titles = {q.subject.rule: q.title for one in rows for q in one.questions}
        units = sorted({one.unit for one in rows})
        self.rules = [(f"{rule} {titles[rule]}", rule) for rule in sorted(titles)]
        options = (
            ("severity", "级别", [(f"{one.mark} {one.zh}", one.value) for one in Severity]),
            ("rule", "规则", self.rules),
            ("state", "状态", [(one, one) for one in _STATES]),
            ("unit", "单位", [(escape_line(one) or "（未填）", one) for one in units if one]),
        )
        self.filters = []
        for name, label, choices in options:
            each = w.Dropdown(options=[("全部", ""), *choices], value="", layout=w.Layout(flex="1 1 0", min_width="0"))
            each.description, each.style.description_width = label, "36px"
            each.observe(self.on(lambda new, name=name: self._filter(name, new)), "value")
            self.filters.append(each)

    def _make_finding(self) -> None:
        self.saved, self.count = w.HTML(layout=w.Layout(flex="0 0 auto")), w.HTML()
        # A long finding scrolls in itself: the buttons stay where the hand expects them.
        self.card = w.HTML(layout=w.Layout(max_height="340px", overflow="auto", width="auto"))
        self.retry = button("再存一次", self.act(self.desk.again), "warning")
        self.differ = button("另记不同意见", self.act(lambda: self.desk.again(dissent=True)), "warning")
        self.drop = button("放弃未存内容", self.act(self.desk.let_go))
        self.take = button("采用", self.act(self.desk.adopt), tip="以现在确认的署名保存别人留下而未保存的内容")
        self.waiting = w.HTML()
        self.held = row(self.waiting, self.retry, self.differ, self.drop, self.take)
        self.keys = line("按键", "在此按键")
        self.keys.layout, self.keys.style.description_width = w.Layout(width="150px"), "36px"
        self.keys.continuous_update = True
        self.keys.observe(self._typed, "value")
        self.back = button("▲ 上一条", self.act(lambda: self.desk.step(-1), keys=True))
        self.next = button("▼ 下一条", self.act(lambda: self.desk.step(1), keys=True))
        self.note = w.Textarea(description="说明", placeholder="写完移开光标即保存", continuous_update=False, rows=3)
        self.note.layout = w.Layout(width="auto", height="64px")
        self.reference = line("证据索引", "如：附件3 第2页")
        for box, name in ((self.note, Field.NOTE), (self.reference, Field.REFERENCE)):
            box.observe(self.on(lambda new, name=name: self.desk.write(name, new)), "value")
            drafted(box, name)
        looks = {Ruling.ACCEPTED: "success", Ruling.DOUBTED: "warning", Ruling.REJECTED: "danger"}
        self.rulings = [
            button(f"{number} {ruling.zh}", self.act(lambda ruling=ruling: self.desk.decide(ruling), keys=True), look)
            for number, (ruling, look) in enumerate(looks.items(), 1)
        ]
        self.undo = button(
            "u 撤销", self.act(self.desk.undo, keys=True), tip="撤销我在本项目的上一条记录；撤销本身也留痕"
        )
        hint = w.HTML(card.keys())
        below = (self.card, self.note, self.reference, row(*self.rulings, self.undo), hint)
        self.finding = leaf(row(self.keys, self.back, self.next, self.count), *below)

    def on(self, deed: Callable[[Any], object]) -> Callable[[Any], None]:
        """For a person's change of a widget; what `show` sets itself is none."""

        def changed(change: Any) -> None:
            if not self._showing:
                self.act(lambda: deed(change.new))()

        return changed

    def act(self, deed: Callable[[], object], keys: bool = False) -> Callable[[], None]:
        """The deed, then what came of it on the screen; with `keys` the next letter goes to the box for keys."""

        def acted() -> None:
            try:
                deed()
                self.show()
            except Unreadable as error:
                self.desk.told = Message(str(error), False)
                self._show_told()
            except Exception as error:  # a widget would swallow it, and the person believe that it was saved
                self.desk.told = Message(
                    f"软件异常，请重新打开后查看是否已保存：{type(error).__name__}: {error}", False
                )
                self._show_told()
            if keys:
                self.keys.focus()

        return acted

    def _confirm(self) -> None:
        self.desk.confirm(hub_user() or self.name.value)

    def _filter(self, name: str, value: str) -> None:
        self.desk.narrow(replace(self.desk.chosen, **{name: value}))

    def _typed(self, change: Any) -> None:
        if change.new:
            self.act(lambda: self._press(change.new))()
            self.keys.value = ""

    def _mirrored(self, change: Any) -> None:
        """Keep what is being typed; a page that comes back is shown what lies on the desk, drafts among it."""
        told = json.loads(change.new or "{}")
        if "at" not in told or self.desk.typed(told["at"], Field(told["field"]), told["text"]):
            self.act(lambda: None)()

    def _press(self, text: str) -> None:
        deeds, unknown = self._keys.typed(text)
        for deed in deeds:
            self.do(deed)
        if unknown:
            self.desk.told = Message(f"没有“{escape_line(unknown[:8])}”这个键；可用：{HINT}", False)

    def do(self, deed: Deed) -> None:
        desk = self.desk
        match deed:
            case Deed.NEXT | Deed.PREVIOUS:
                desk.step(1 if deed is Deed.NEXT else -1)
            case Deed.NEXT_PROJECT | Deed.PREVIOUS_PROJECT:
                desk.choose(desk.project + (1 if deed is Deed.NEXT_PROJECT else -1))
            case Deed.UNDO:
                desk.undo()
            case Deed.NOTE:
                self.note.focus()
            case _:
                desk.decide(tuple(Ruling)[int(deed.value) - 1])

    def show(self) -> None:
        """Set every widget to what the desk says."""
        self._showing = True
        try:
            self._show()
        finally:
            self._showing = False

    def _show(self) -> None:
        desk, store = self.desk, self.desk.bench.store
        self.named.value = Markup("{}　<span style='font-size: 12px; color: #444'>决定库 {}</span>").format(
            Markup("<b>√ 以“{}”署名{}</b>").format(desk.who, "（JupyterHub 账户）" if hub_user() else "")
            if desk.who
            else "● 请先确认署名，再作决定",
            store.name,
        )
        titles = [(one.title, number) for number, one in enumerate(desk.projects)]
        if list(self.project.options) != titles:
            self.project.options = titles
        self.project.value = desk.project if 0 <= desk.project < len(titles) else None
        for each, value in zip(
            self.filters, (desk.chosen.severity, desk.chosen.rule, desk.chosen.state, desk.chosen.unit), strict=True
        ):
            each.value = value
        self._show_told()
        self.held.layout.display = "flex" if len(desk.unsaved) else "none"
        self.waiting.value = card.waiting(desk)
        self.differ.layout.display = "" if any(one.conflict for one in desk.here) else "none"
        self.retry.layout.display = "none" if all(one.conflict for one in desk.own) else ""
        self.take.layout.display = "" if desk.left and desk.who else "none"
        self.take.description = f"以“{escape_line(desk.who)[:20]}”采用"
        self.drop.layout.display = "" if desk.here or any(not one.draft.who for one in desk.left) else "none"
        self._show_finding()
        self.tabs.show()

    def _show_told(self) -> None:
        told = self.desk.told
        look = "background: #e6f4ea; border-left: 6px solid #137333"
        look = look if told.good else "background: #fce8e6; border-left: 6px solid #a50e0e"
        html = '<div role="status" style="{}; padding: 3px 8px; line-height: 1.4; min-height: 20px">{}</div>'
        words = f"{'√' if told.good else '▲'} {told.text}" if told.text else ""
        self.saved.value = Markup(html).format(look if words else "", words)

    def _show_finding(self) -> None:
        desk, one = self.desk, self.desk.current
        self.card.value = card.finding(desk)
        settled = sum(c.settled for c in desk.found)
        place = f"第 {desk.place + 1}/{len(desk.numbers)} 条" if one else "0 条"
        self.count.value = Markup("<b>{}</b>　已决定 {}/{}").format(place, settled, len(desk.found))
        for box, name in ((self.note, Field.NOTE), (self.reference, Field.REFERENCE)):
            held = one and desk.unsaved.get(one.subject, name)
            box.value = held.change.after if held else one.text(name) if one else ""
            box.disabled = one is None
        for each, ruling in zip(self.rulings, Ruling, strict=True):
            each.disabled = one is None
            each.icon = "check" if one and one.ruling is ruling and not one.conflict else ""
        if not desk.audit:
            self.sheet.value = card.proof(desk) if desk.opened else ""
            return
        if self._drawn[0] is not desk.audit:
            self._drawn = desk.audit, card.plain_form(desk.audit)
        current = desk.numbers[desk.place] if one else None
        self.sheet.value = card.form_at(self._drawn[1], desk.audit, desk.found, current)
        _run(self.script, _SCROLL)


def _run(output: w.Output, script: str) -> None:
    """Have the browser do something that no widget can."""
    shown = {"output_type": "display_data", "metadata": {}, "data": {"application/javascript": script}}
    output.outputs = ()
    output.outputs = (shown,)
