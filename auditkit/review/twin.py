"""The workbench where nobody can decide: the same things as one piece of HTML, and the cells of its notebook."""

from __future__ import annotations

import importlib.util
from typing import Any

from markupsafe import Markup

from auditkit.report.html import FINISHED, View, render_html
from auditkit.review import card
from auditkit.review.desk import Desk
from auditkit.review.drafts import Pending, drafts_of
from auditkit.review.shown import shown
from auditkit.review.workbench import Workbench


def projects(bench: Workbench) -> View:
    """All projects, the worst first, and how much of each is decided."""
    return card.projects(bench.projects(), bench.failures)


def workbench(bench: Workbench, live: bool = False) -> Any:
    """The panel where a person sits before it, else the worst project with what was decided on it."""
    if live and importlib.util.find_spec("ipywidgets"):
        from auditkit.review.panel import Panel

        return Panel(Desk(bench, unsaved=Pending(drafts_of(bench.store))))
    desk = Desk(bench)
    desk.sit()
    return twin(desk)


def twin(desk: Desk) -> View:
    """What the panel shows, read-only."""
    if not desk.audit:
        return View("没有打开项目", render_html("desk_finding.html.j2", one=None, nothing=desk.told.text or "没有项目"))
    parts = (
        ("自评表与标记", card.form_at(card.plain_form(desk.audit), desk.audit, desk.found, None)),
        ("发现与决定", shown(desk.audit, desk.bench.store).html),
        ("复核计分", card.scores(desk)),
        ("没有规则看过的格子", card.unseen(desk.audit)),
        ("签署", card.signatures(desk)),
    )
    settled, title = sum(c.settled for c in desk.found), desk.projects[desk.project].project.title
    html = Markup("").join(Markup("<h3>{}</h3>\n{}").format(name, Markup(part)) for name, part in parts)
    return View(f"{title}：已决定 {settled}/{len(desk.found)} 条", Markup("<h2>{}</h2>\n").format(title) + html)


def kept_in(bench: Workbench) -> View:
    """How far the store has come: what is printed outside it proves its tail. The words mark a notebook that ended."""
    return View(FINISHED, render_html("desk_kept.html.j2", head=bench.store.head(), failures=len(bench.failures)))
