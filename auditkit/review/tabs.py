"""The leaves beside the finding: corrections and scores, bulk decisions, cells that no rule saw, sign-off."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import ipywidgets as w

from auditkit.review import card
from auditkit.review.signoff import STEPS
from auditkit.review.subject import Field, Ruling
from auditkit.safety import inert_line

if TYPE_CHECKING:
    from auditkit.review.panel import Panel

TITLES = ("发现", "计分", "批量", "漏看", "签署")


class Tabs:
    """A leaf is drawn when it is looked at."""

    def __init__(self, panel: Panel):
        self.panel, self._overlooked = panel, None
        self._make_scores()
        self._make_bulk()
        self.overlooked = w.HTML()
        self._make_signing()
        leaves = [panel.finding, self.scoring, self.bulk, self.overlooked, self.signing]
        self.box = w.Tab(leaves, titles=TITLES, layout=w.Layout(width="100%", flex="0 0 auto"))
        self.box.observe(panel.on(lambda _: None), "selected_index")

    def _make_scores(self) -> None:
        self.item = w.Dropdown(description="指标", layout=w.Layout(width="auto"))
        self.result, self.score = line(Field.RESULT.zh), line(Field.SCORE.zh)
        self.item.observe(self.panel.on(lambda _: None), "value")
        for box, name in ((self.result, Field.RESULT), (self.score, Field.SCORE)):
            box.observe(self.panel.on(lambda new, name=name: self._correct(name, new)), "value")
        self.sums = w.HTML()
        self._at: tuple[object, int] = (None, 0)
        self.scoring = w.VBox([self.item, self.result, self.score, self.sums])

    def _correct(self, name: Field, text: str) -> None:
        if self.item.value is not None:
            self.panel.desk.correct(self.item.value, name, text)

    def _make_bulk(self) -> None:
        desk, act = self.panel.desk, self.panel.act
        self.rule = w.Dropdown(options=[("请选择", ""), *self.panel.rules], description="规则")
        self.rule.layout = w.Layout(width="auto")
        look = button("预览", act(lambda: desk.preview(self.rule.value)), "info")
        self.all = [
            button(f"全部{ruling.zh}", act(lambda ruling=ruling: desk.decide_alike(ruling))) for ruling in Ruling
        ]
        self.take_back = button("撤销这批", act(desk.undo_alike))
        self.alike = w.HTML(layout=w.Layout(max_height="480px", overflow="auto"))
        self.bulk = w.VBox([self.rule, row(look, *self.all, self.take_back), self.alike])

    def _make_signing(self) -> None:
        desk = self.panel.desk
        self.steps = [
            button(f"签署：{step}", self.panel.act(lambda step=step: desk.sign(step)), "primary") for step in STEPS
        ]
        for each in self.steps:
            each.disabled = True  # until what stands has been looked at
        self.signatures = w.HTML()
        self.signing = w.VBox([row(*self.steps), self.signatures])

    def show(self) -> None:
        """Draw the leaf that is looked at."""
        if not self.panel.desk.audit:
            self.sums.value = self.overlooked.value = self.signatures.value = ""
            self.item.options, self._overlooked = (), None
            for each in self.steps:
                each.disabled = True
            return
        drawn = (None, self._show_scores, self._show_bulk, self._show_overlooked, self._show_signing)
        if leaf := drawn[self.box.selected_index or 0]:
            leaf()

    def _show_scores(self) -> None:
        desk = self.panel.desk
        items = [(f"{i.row} {inert_line(i.name.squeezed)}"[:60], i.row) for i in desk.audit.form.indicators] or [
            ("（没有指标）", None)
        ]
        if list(self.item.options) != items:
            self.item.options = items
        looked_at = desk.audit, desk.current.subject.row if desk.current else 0
        if looked_at != self._at:
            self.item.value = looked_at[1] or (self.item.value if self._at[0] is desk.audit else items[0][1])
        self._at = looked_at
        seen = next((c for c in desk.indicators if c.subject.row == self.item.value), None)
        filed = desk.audit.form.indicators[self.item.value - 1] if self.item.value else None
        for box, name in ((self.result, Field.RESULT), (self.score, Field.SCORE)):
            held = seen and desk.unsaved.get((seen.subject.key, name))
            box.value = held.text if held else seen.text(name) if seen else ""
            told = getattr(filed, name.value).squeezed if filed else ""
            box.placeholder = f"填报 {inert_line(told)[:40] or '（空白）'}；留空为同填报"
        self.sums.value = card.scores(desk)

    def _show_bulk(self) -> None:
        desk = self.panel.desk
        for each in self.all:
            each.disabled = not desk.previewed
        self.take_back.disabled = not desk.batch
        nothing = "先选规则，点“预览”，看清单后再决定" if not self.rule.value else "没有列出的发现"
        self.alike.value = card.alike(desk.previewed, nothing)

    def _show_overlooked(self) -> None:
        if self._overlooked is not self.panel.desk.audit:
            self._overlooked = self.panel.desk.audit
            self.overlooked.value = card.unseen(self.panel.desk.audit)

    def _show_signing(self) -> None:
        desk = self.panel.desk
        due = desk.bench.next_step(desk.audit)
        for each, step in zip(self.steps, STEPS, strict=True):
            each.disabled = bool(desk.blocked) or step != due
        self.signatures.value = card.signatures(desk)


def button(text: str, deed: Callable[[], None], style: str = "", tip: str = "") -> w.Button:
    made = w.Button(description=text, button_style=style, tooltip=tip or text, layout=w.Layout(width="auto"))
    made.on_click(lambda _: deed())
    return made


def line(label: str, hint: str = "") -> w.Text:
    made = w.Text(description=label, placeholder=hint, continuous_update=False, layout=w.Layout(width="auto"))
    made.style.description_width = "76px"
    return made


def row(*widgets: w.Widget) -> w.HBox:
    layout = w.Layout(width="100%", flex="0 0 auto", flex_flow="row wrap", align_items="center")
    return w.HBox(widgets, layout=layout)
