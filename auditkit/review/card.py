"""What lies on the desk as HTML: the form with the finding's cells, the finding, scores, signatures; no widget is needed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from markupsafe import Markup

from auditkit.audit import Audit
from auditkit.report.facts import numbered
from auditkit.report.html import View, form, render_html
from auditkit.report.sheet import cell_ids
from auditkit.review.carried import OF_FINDING, OF_INDICATOR, Carried
from auditkit.review.desk import Desk
from auditkit.review.keys import Deed
from auditkit.review.signoff import STEPS
from auditkit.review.workbench import Alike, Progress, overlooked

MOST = 30  # rows of a preview
HERE = "auditkit-here"
_LINK = re.compile(r'<a href="#f(\d+)" title="([^"]*)" style="[^"]*">([^<]*)</a>')
_FRONT = "; background: #0b57d0; color: #fff; padding: 0 2px"
_FOUND = "outline: 4px solid #0b57d0; outline-offset: -2px; box-shadow: inset 0 0 0 99px rgba(255, 224, 102, .45); "


def plain_form(audit: Audit) -> Markup:
    """The form as printed, its flagged cells marked; rendered once for all findings."""
    return Markup(form(audit, legend=False).html)


def form_at(html: Markup, audit: Audit, found: Sequence[Carried], current: int | None) -> Markup:
    """The form with the cells of one finding in front and a tick at what is decided.

    It is the text of our own template: a form's text in it is escaped and cannot look like a tag.
    """
    ids = cell_ids(audit)
    here = {ids[v.at] for v in found[current].finding.evidence if v.at in ids} if current is not None else set()

    def marked(link: re.Match[str]) -> str:
        number = int(link[1])
        tick = "√" if found[number - 1].settled else ""
        front = _FRONT if number - 1 == current else ""
        return f'<span title="{link[2]}" style="white-space: nowrap{front}">{link[3]}{tick}</span>'

    def cell(start: re.Match[str]) -> str:
        if int(start[1]) not in here:
            return 'style="'
        return f'class="{HERE}" style="{_FOUND}'

    return render_html("desk_legend.html.j2") + Markup(
        _LINK.sub(marked, re.sub(r'id="c(\d+)" style="', cell, str(html)))
    )


def finding(desk: Desk) -> Markup:
    one = desk.current
    empty = "没有符合筛选条件的发现" if desk.found else "所查规则均未发现问题"
    number = desk.numbers[desk.place] + 1 if one else 0
    told = numbered(desk.audit)[number - 1] if one and desk.audit else None
    entries = [one.entries[name] for name in OF_FINDING if name in one.entries] if one else []
    standing = [entry.told for entry in entries if entry not in one.conflict]
    return render_html(
        "desk_finding.html.j2",
        one=one,
        number=number,
        where=told.where if told else "",
        verify=told.verify if told else "",
        standing=standing,
        nothing=empty if desk.audit else "没有打开项目",
    )


def keys() -> Markup:
    """Which keys do what, no deed broken over two lines."""
    deeds = Markup("　").join(
        Markup('<span style="white-space: nowrap"><b>{}</b> {}</span>').format(d.value, d.zh) for d in Deed
    )
    return Markup('<div style="font-size: 12px; color: #444; line-height: 1.5">在按键框中：{}</div>').format(deeds)


def scores(desk: Desk) -> Markup:
    before, after = desk.bench.scores(desk.audit)
    sums = [
        (
            "逐项得分合计",
            *(sum((row.stated or Decimal(0) for row in card.rows), Decimal(0)) for card in (before, after)),
        ),
        ("可核实得分", before.verified, after.verified),
        ("最高可能得分", before.upper, after.upper),
    ]
    items = {item.row: item for item in desk.audit.form.indicators}
    corrected = [
        (items[c.subject.row], *(c.text(name) for name in OF_INDICATOR), _last(c), c.elsewhere)
        for c in desk.indicators
        if any(c.text(name) for name in OF_INDICATOR) or c.elsewhere
    ]
    return render_html("desk_scores.html.j2", sums=sums, corrected=corrected)


def alike(previewed: Sequence[Alike], nothing: str = "") -> Markup:
    projects = len({id(one.project) for one in previewed})
    return render_html("desk_alike.html.j2", alike=previewed, projects=projects, most=MOST, nothing=nothing)


def unseen(audit: Audit) -> Markup:
    """The cells that no rule looked at."""
    return render_html("desk_overlooked.html.j2", cells=[value for _, value in overlooked(audit)])


def signatures(desk: Desk) -> Markup:
    given = {one.entry.after: one for one in desk.bench.signatures(desk.audit)}
    return render_html("desk_signatures.html.j2", steps=STEPS, given=given, blocked=desk.blocked)


def projects(rows: Sequence[Progress], failures: Sequence[str] = ()) -> View:
    html = render_html("desk_projects.html.j2", projects=rows, failures=failures, most=MOST)
    return View(f"{len(rows)} 个项目，已决定 {sum(r.decided for r in rows)}/{sum(r.total for r in rows)} 条", html)


def _last(one: Carried) -> str:
    last = max(one.entries.values(), key=lambda entry: entry.sequence, default=None)
    return f"{last.who} {last.at[:16].replace('T', ' ')}" if last else ""
