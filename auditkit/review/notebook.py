"""What the review notebook shows: the projects to choose from, the workbench, what was kept."""

from __future__ import annotations

import importlib.util
from typing import Any

from auditkit.report.html.views import FINISHED, View, render_html
from auditkit.review import html as card
from auditkit.review.drafts import Pending, drafts_of
from auditkit.review.session import Desk
from auditkit.review.snapshot import twin
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


def kept_in(bench: Workbench) -> View:
    """How far the store has come: what is printed outside it proves its tail. The words mark a notebook that ended."""
    return View(FINISHED, render_html("desk_kept.html.j2", head=bench.store.head(), failures=len(bench.failures)))
