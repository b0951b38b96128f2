"""The leaves beside the finding: corrections and scores, bulk decisions, cells that no rule saw, sign-off."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import ipywidgets as w

from auditkit.decisions.signoff import STEPS
from auditkit.decisions.subject import Field, Ruling
from auditkit.review import html as card
from auditkit.review.session import ReviewSession
from auditkit.safety import escape_line


class Owner(Protocol):
    """What the leaves need of the panel that holds them."""

    desk: ReviewSession
    finding: w.Widget
    rules: list[tuple[str, str]]

    def on(self, deed: Callable[[Any], object]) -> Callable[[Any], None]: ...
    def act(self, deed: Callable[[], object]) -> Callable[[Any], None]: ...


TITLES = ("发现", "计分", "批量", "漏看", "签署")


class Tabs:
    """A leaf is drawn when it is looked at."""

    def __init__(self, panel: Owner):
        self.panel, self._overlooked = panel, None
        self._make_scores()
        self._make_bulk()
        self.overlooked = w.HTML()
        self._make_signing()
        leaves = [panel.finding, self.scoring, self.bulk, self.overlooked, self.signing]
        self.box = w.Tab(leaves, titles=TITLES, layout=w.Layout(width="100%", flex="0 0 auto"))
        self.box.observe(panel.on(lambda _: panel.desk.refresh()), "selected_index")

    def _make_scores(self) -> None:
        self.item = w.Dropdown(description="指标", layout=w.Layout(width="auto"))
        self.result, self.score = line(Field.RESULT.zh), line(Field.SCORE.zh)
        self.item.observe(self.panel.on(lambda _: None), "value")
        for box, name in ((self.result, Field.RESULT), (self.score, Field.SCORE)):
            box.observe(self.panel.on(lambda new, name=name: self._correct(name, new)), "value")
            drafted(box, name)
        self.mark, self.sums = w.HTML(layout=w.Layout(display="none")), w.HTML()
        self._at: tuple[object, int] = (None, 0)
        self.scoring = leaf(self.item, self.result, self.score, self.mark, self.sums)

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
            self.sums.value = self.overlooked.value = self.signatures.value = self.mark.value = ""
            self.item.options, self._overlooked = (), None
            for each in self.steps:
                each.disabled = True
        drawn = (None, self._show_scores, self._show_bulk, self._show_overlooked, self._show_signing)
        place = self.box.selected_index or 0
        if (draw := drawn[place]) and (self.panel.desk.audit or draw == self._show_bulk):
            draw()

    def _show_scores(self) -> None:
        desk = self.panel.desk
        items = [(f"{row or ''} {escape_line(one.label)}"[:60].strip(), row) for row, one in desk.lines.items()] or [
            ("（没有指标）", None)
        ]
        if list(self.item.options) != items:
            self.item.options = items
        looked_at = desk.audit, desk.current.finding.row if desk.current else None
        if looked_at != self._at:
            first = next((row for _, row in items if row), items[0][1])
            self.item.value = looked_at[1] or (self.item.value if self._at[0] is desk.audit else first)
        self._at = looked_at
        seen = next((c for c in desk.items if c.subject.row == self.item.value), None)
        filed = desk.lines.get(self.item.value)
        self.result.description = Field.RESULT.zh if self.item.value else "更正执行率"
        self.mark.value = card.mark(seen)
        for box, name in ((self.result, Field.RESULT), (self.score, Field.SCORE)):
            held = seen and desk.unsaved.get(seen.subject, name)
            box.value = held.change.after if held else seen.text(name) if seen else ""
            told = getattr(filed, name.value).one_line if filed else ""
            box.placeholder = f"填报 {escape_line(told)[:40] or '（空白）'}；留空为同填报"
        self.sums.value = card.scores_html(desk)

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
        self.signatures.value = card.signatures_html(desk)


def button(text: str, deed: Callable[[], None], style: str = "", tip: str = "") -> w.Button:
    made = w.Button(description=text, button_style=style, tooltip=tip or text, layout=w.Layout(width="auto"))
    made.on_click(lambda _: deed())
    return made


def leaf(*widgets: w.Widget) -> w.VBox:
    """What is typed on it belongs to the subject whose mark it bears."""
    made = w.VBox(widgets)
    made.add_class("auditkit-leaf")
    return made


def drafted(box: w.Text | w.Textarea, name: Field) -> None:
    """Have the browser tell what is typed into a box while it is typed."""
    box.add_class("auditkit-draft")
    box.add_class(f"auditkit-field-{name.value}")


def line(label: str, hint: str = "") -> w.Text:
    made = w.Text(description=label, placeholder=hint, continuous_update=False, layout=w.Layout(width="auto"))
    made.style.description_width = "76px"
    return made


def row(*widgets: w.Widget) -> w.HBox:
    layout = w.Layout(width="100%", flex="0 0 auto", flex_flow="row wrap", align_items="center")
    return w.HBox(widgets, layout=layout)
