"""What the review notebook shows: the workbench, the projects to choose from, how far the store has come."""

from __future__ import annotations

import importlib.util
import os
from dataclasses import dataclass
from typing import Any

from auditkit.report.html.views import FINISHED, View, render_html
from auditkit.review import html
from auditkit.review.drafts import Pending, drafts_of
from auditkit.review.session import ReviewSession
from auditkit.review.snapshot import snapshot
from auditkit.review.workbench import Workbench, hub_user


def is_interactive() -> bool:
    """Whether a person sits before a Jupyter server's kernel; papermill, nbval and nbconvert name no session."""
    return bool(os.environ.get("JPY_SESSION_NAME"))


@dataclass(frozen=True)
class ReviewNotebook:
    """The views of one workbench, a cell each."""

    bench: Workbench

    def panel(self) -> Any:
        """The panel where a person sits before it, else the worst project with what was decided on it."""
        if is_interactive() and importlib.util.find_spec("ipywidgets"):
            from auditkit.review.panel import Panel

            return Panel(ReviewSession(self.bench, hub_user(), Pending(drafts_of(self.bench.store))))
        session = ReviewSession(self.bench)
        session.sit()
        return snapshot(session)

    def projects(self) -> View:
        """All projects, the worst first, and how much of each is decided."""
        return html.projects_html(self.bench.projects(), self.bench.failures)

    def store(self) -> View:
        """How far the store has come: what is printed outside it proves its tail. The words mark a notebook that ended."""
        page = render_html("desk_kept.html.j2", head=self.bench.store.head(), failures=len(self.bench.failures))
        return View(FINISHED, page)
