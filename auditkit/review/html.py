"""What lies on the desk as HTML: the form with the finding's cells, the finding, scores, signatures; no widget is needed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from markupsafe import Markup

from auditkit.decisions.signoff import STEPS
from auditkit.decisions.standing import OF_FINDING, OF_INDICATOR, StandingDecision
from auditkit.decisions.subject import Field, Ruling, Subject
from auditkit.pipeline import Audit
from auditkit.report.facts import clipped, nothing_found, numbered
from auditkit.report.form_layout import cell_ids
from auditkit.report.html.views import View, form, render_html
from auditkit.review.drafts import Unsaved
from auditkit.review.keyboard import Deed
from auditkit.review.session import ReviewSession
from auditkit.review.workbench import Alike, Progress, overlooked
from auditkit.rules.rule import CATALOGUE

MOST = 30  # rows of a preview
LISTED = 500  # proofs of a finding across forms
HERE = "auditkit-here"
_LINK = re.compile(r'<a href="#f(\d+)" title="([^"]*)" style="[^"]*">([^<]*)</a>')
_FRONT = "; background: #0b57d0; color: #fff; padding: 0 2px"
_FOUND = "outline: 4px solid #0b57d0; outline-offset: -2px; box-shadow: inset 0 0 0 99px rgba(255, 224, 102, .45); "


def plain_form(audit: Audit) -> Markup:
    """The form as printed, its flagged cells marked; rendered once for all findings."""
    return Markup(form(audit, legend=False).html)


def form_at(html: Markup, audit: Audit, found: Sequence[StandingDecision], current: int | None) -> Markup:
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


def finding(desk: ReviewSession) -> Markup:
    one, doubts = desk.current, desk.audit.form.doubts if desk.audit else ()
    empty = "没有符合筛选条件的发现" if desk.found else nothing_found(len(doubts))
    number = desk.numbers[desk.place] + 1 if one else 0
    entries = [one.entries[name] for name in OF_FINDING if name in one.entries] if one else []
    if one and not desk.audit:
        where, proof = "各表之间", ()  # which stands in the form's place
    elif one:
        where = numbered(desk.audit)[number - 1].where
        proof = [(value.place, value.text) for value in one.finding.evidence]
    return render_html(
        "desk_finding.html.j2",
        one=one,
        number=number,
        where=where if one else "",
        proof=[(place, "".join(text.split("\n"))) for place, text in proof] if one else (),
        verify=getattr(CATALOGUE.get(one.finding.rule), "verify_zh", "") if one else "",
        standing=[entry.told for entry in entries if entry not in one.conflict],
        doubts=doubts,
        nothing=empty if desk.opened or desk.audit else "没有打开项目",
    )


def proof(desk: ReviewSession) -> Markup:
    """In the form's place: which forms show a finding across them, and by what."""
    asked = desk.listed.questions[desk.numbers[desk.place]] if desk.current else None
    return render_html("desk_proof.html.j2", question=asked, most=LISTED)


def mark(one: StandingDecision | None) -> Markup:
    """By which a page tells what is typed beside it from what belongs elsewhere."""
    return Markup('<span data-at="{}"></span>').format(one.subject.mark) if one else Markup()


def waiting(desk: ReviewSession) -> Markup:
    """What is not saved, where and by whom."""
    places = {one.subject: f"{one.finding.severity.mark}{number}" for number, one in enumerate(desk.found, 1)}
    places |= {one.subject: desk.lines[one.subject.row].label for one in desk.items}
    mine, others = desk.own, desk.unsaved.left(places)
    told = [(f"▲ {desk.who or '未署名'} 未保存：", [_unsaved(one, places) for one in mine])] if mine else []
    for who in dict.fromkeys(one.draft.who for one in others):
        lead = f"● {who or '未署名时'} 留下、未保存（不会以他人署名）："
        told.append((lead, [_unsaved(one, places) for one in others if one.draft.who == who]))
    if more := len(desk.unsaved) - len(mine) - len(others):
        told.append(("▲ 其他项目未保存：", [f"{more} 处"]))
    lines = (Markup("<b>{}</b>{}").format(lead, "；".join(what)) for lead, what in told)
    return Markup('<span style="line-height: 1.5">{}</span>').format(Markup("<br>").join(lines))


def _unsaved(one: Unsaved, places: Mapping[Subject, str]) -> str:
    """Which value of which field is not saved, and where it belongs."""
    change = one.change
    value = Ruling(change.after).zh if change.field is Field.RULING and change.after else change.after
    return f"{clipped(places[change.subject], 20)} {change.field.zh}“{clipped(value, 30) or '（清空）'}”"


def keys() -> Markup:
    """Which keys do what, no deed broken over two lines."""
    deeds = Markup("　").join(
        Markup('<span style="white-space: nowrap"><b>{}</b> {}</span>').format(d.value, d.zh) for d in Deed
    )
    return Markup('<div style="font-size: 12px; color: #444; line-height: 1.5">在按键框中：{}</div>').format(deeds)


def scores_html(desk: ReviewSession) -> Markup:
    before = desk.audit.scorecard
    after = desk.bench.decided(desk.audit).reviewed or before
    sums = [
        ("可核实得分，复核后为复核得分", before.verified, after.verified),
        ("最高可能得分", before.upper, after.upper),
    ]
    corrected = [
        (desk.lines[c.subject.row], *(c.text(name) for name in OF_INDICATOR), _last(c), c.elsewhere)
        for c in desk.items
        if any(c.text(name) for name in OF_INDICATOR) or c.elsewhere
    ]
    return render_html("desk_scores.html.j2", sums=sums, corrected=corrected)


def alike(previewed: Sequence[Alike], nothing: str = "") -> Markup:
    projects = len({id(one.project) for one in previewed})
    return render_html("desk_alike.html.j2", alike=previewed, projects=projects, most=MOST, nothing=nothing)


def unseen(audit: Audit) -> Markup:
    """The cells that no rule looked at."""
    return render_html("desk_overlooked.html.j2", cells=[value for _, value in overlooked(audit)])


def signatures_html(desk: ReviewSession) -> Markup:
    given = {one.entry.after: one for one in desk.bench.signatures(desk.audit)}
    return render_html(
        "desk_signatures.html.j2", steps=STEPS, given=given, blocked=desk.blocked, undecided=desk.undecided
    )


def projects_html(rows: Sequence[Progress], failures: Sequence[str] = ()) -> View:
    html = render_html("desk_projects.html.j2", projects=rows, failures=failures, most=MOST)
    number, decided, total = (
        (sum(of) for of in zip(*((r.project.number > 0, r.decided, r.total) for r in rows), strict=True))
        if rows
        else (0, 0, 0)
    )
    return View(f"{number} 个项目，已决定 {decided}/{total} 条", html)


def _last(one: StandingDecision) -> str:
    last = max(one.entries.values(), key=lambda entry: entry.sequence, default=None)
    return f"{last.who} {last.at[:16].replace('T', ' ')}" if last else ""
