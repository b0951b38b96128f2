"""Decisions as a notebook shows them, out of the decisions.json that a run writes beside its reports."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from auditkit.decisions.reviewed import reviewed
from auditkit.decisions.subject import Subject
from auditkit.decisions.summary import FILE, Decision, Review, Reviews, Signed, chain_lines
from auditkit.errors.runs import NotOurs
from auditkit.pipeline import Audit
from auditkit.report.decision_tables import NONE, ReportTable, project_tables, year_tables
from auditkit.report.html.views import View, render_html


def decisions(source: str | Path | Review) -> View:
    """What was decided on a project, out of the decisions.json that a run writes beside its report; read-only.

    Raises Unreadable for a file that is none.
    """
    if not source:
        return View(NONE, _html(NONE))
    review = _review_at(source)
    return View(review.words, _html(review.words, project_tables(review), chain_lines(review.anchor, review.faults)))


def with_decisions(audit: Audit, source: str | Path | Review) -> Audit:
    """The audit with these decisions, which every page on it then follows; as it was filed where there are none.

    Raises Unreadable for a file that is none.
    """
    return reviewed(audit, _review_at(source) if source else None)


def decisions_of_year(source: str | Path | Reviews) -> View:
    """The same over all projects of a year."""
    if not source:
        return View(NONE, _html(NONE))
    whole = source if isinstance(source, Reviews) else _read(Path(source), _reviews)
    return View(whole.words, _html(whole.words, year_tables(whole), chain_lines(whole.anchor, whole.faults)))


def _review_at(source: str | Path | Review) -> Review:
    return source if isinstance(source, Review) else _read(Path(source), _review)


def _html(lead: str, tables: Sequence[ReportTable] = (), lines: Sequence[str] = ()) -> str:
    return render_html("decisions.html.j2", lead=lead, tables=tables, lines=lines)


def _read(path: Path, made: Any) -> Any:
    """Not by `read_stored`: this is read for every report with decisions, and loading that takes as long as the report."""
    try:
        return made(json.loads(path.read_text("utf-8")))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise NotOurs(path.name, what=FILE) from error


def _review(told: Mapping[str, Any]) -> Review:
    decided = tuple(map(_decision, told["decisions"]))
    signed = tuple(Signed(**one | _tuples(one, "differences")) for one in told["signatures"])
    return Review(**told | {"decisions": decided, "signatures": signed} | _tuples(told, "faults"))


def _decision(one: Mapping[str, Any]) -> Decision:
    return Decision(**one | {"subject": Subject(**one["subject"])} | _tuples(one, "beside", "elsewhere"))


def _reviews(told: Mapping[str, Any]) -> Reviews:
    across = tuple(map(_decision, told.get("across", ())))
    return Reviews(tuple(map(_review, told["projects"])), told["anchor"], tuple(told["faults"]), across)


def _tuples(told: Mapping[str, Any], *names: str) -> dict[str, tuple[Any, ...]]:
    return {name: tuple(told[name]) for name in names}
