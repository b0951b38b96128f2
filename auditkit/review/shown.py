"""Decisions, signatures and the store's head for a report: plain data, and HTML that needs no widget."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from auditkit.audit import Audit
from auditkit.report.html import View, render_html
from auditkit.review.carried import OF_FINDING, OF_INDICATOR, Carried, carried
from auditkit.review.signoff import Signature, next_step, signatures
from auditkit.review.store import Store
from auditkit.review.subject import Field, project_key


def decisions(audit: Audit, store: Store) -> dict[str, Any]:
    """What a report shows of a review: an object for each finding and corrected indicator, signatures, and the head."""
    state = store.state(project_key(audit.form))
    subjects = carried(audit, state)
    return {
        "findings": [_finding(number, one) for number, one in enumerate((c for c in subjects if c.finding), 1)],
        "corrections": [_correction(c) for c in subjects if not c.finding and (c.entries or c.elsewhere)],
        "signatures": [_signature(one) for one in signatures(audit, state)],
        "next": next_step(audit, state),
        "anchor": str(store.head()),
    }


def shown(audit: Audit, store: Store) -> View:
    """The same, read-only."""
    told = decisions(audit, store)
    decided = sum(bool(one["ruling"]) for one in told["findings"])
    names = [field.zh for field in OF_FINDING]
    html = render_html("decisions.html.j2", told=told, names=names)
    return View(f"已决定 {decided}/{len(told['findings'])} 条", Markup(html))


def _finding(number: int, one: Carried) -> dict[str, Any]:
    finding = one.finding
    return {
        "number": number,
        "mark": finding.severity.mark,
        "rule": finding.rule,
        "row": finding.row,
        "title": finding.title,
        "ruling": one.ruling.zh if one.ruling else "",
        "status": one.status,
        "note": one.text(Field.NOTE),
        "reference": one.text(Field.REFERENCE),
        "who": _by(one),
        "conflict": [entry.told for entry in one.conflict],
        "elsewhere": [entry.told for entry in one.elsewhere],
    }


def _correction(one: Carried) -> dict[str, Any]:
    return {
        "row": one.subject.row,
        "result": one.text(Field.RESULT),
        "score": one.text(Field.SCORE),
        "who": _by(one),
        "elsewhere": [entry.told for entry in one.elsewhere if entry.field in OF_INDICATOR],
    }


def _by(one: Carried) -> str:
    last = max(one.entries.values(), key=lambda entry: entry.sequence, default=None)
    return f"{last.who} {last.at[:16].replace('T', ' ')}" if last else ""


def _signature(one: Signature) -> dict[str, Any]:
    entry = one.entry
    return {
        "step": entry.after,
        "who": entry.who,
        "at": entry.at[:19].replace("T", " "),
        "valid": one.valid,
        "differences": list(one.differences),
        "digest": entry.subject.evidence,
        "head": f"{entry.sequence}:{entry.digest}",
    }
