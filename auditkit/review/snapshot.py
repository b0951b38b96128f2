"""The workbench where nobody can decide: the same things as one piece of HTML, and the cells of its notebook."""

from __future__ import annotations

from markupsafe import Markup

from auditkit.decisions.store import Store
from auditkit.decisions.summarize import decisions_data
from auditkit.pipeline import Audit
from auditkit.report.html import decisions as decided_view
from auditkit.report.html.views import View, render_html
from auditkit.review import html as card
from auditkit.review.session import ReviewSession


def snapshot(desk: ReviewSession) -> View:
    """What the panel shows, read-only."""
    if not desk.audit:
        return View(
            "没有打开项目",
            render_html("desk_finding.html.j2", one=None, doubts=(), nothing=desk.told.text or "没有项目"),
        )
    parts = (
        ("自评表与标记", card.form_at(card.plain_form(desk.audit), desk.audit, desk.found, None)),
        ("发现与决定", decisions_snapshot(desk.audit, desk.bench.store).html),
        ("复核计分", card.scores_html(desk)),
        ("没有规则看过的格子", card.unseen(desk.audit)),
        ("签署", card.signatures_html(desk)),
    )
    settled, title = sum(c.settled for c in desk.found), desk.projects[desk.project].project.title
    html = Markup("").join(Markup("<h3>{}</h3>\n{}").format(name, Markup(part)) for name, part in parts)
    return View(f"{title}：已决定 {settled}/{len(desk.found)} 条", Markup("<h2>{}</h2>\n").format(title) + html)


def decisions_snapshot(audit: Audit, store: Store) -> View:
    """What was decided on an audit, read-only."""
    return decided_view.decisions(decisions_data(audit, store))
