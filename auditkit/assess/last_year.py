"""A target beside last year's: restated as of this year, and what last year reached against it."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import replace
from datetime import date

from auditkit.assess.judgement import Verdict
from auditkit.assess.verdict import judge
from auditkit.model import ABSENT, Indicator
from auditkit.quantity.measure import Measure, QuantityKind, Relation
from auditkit.quantity.numbers import format_number, shown_percent
from auditkit.rulebooks.loader import Thresholds
from auditkit.vocabulary.spelling import half_width
from auditkit.vocabulary.terms import Expression

_YEAR = Expression(r"(?<!\d)(?:19|20)\d{2}(?=年|[-./]\d{1,2}[-./]\d{1,2})")
_MONTH = Expression(r"\d{1,2}月(?!均)")  # a date that names no year is of its form's


def restated(before: Indicator, year: int | None) -> Indicator:
    """Last year's indicator as if it was of this year, so that its dates are days of the same year."""
    if year is None or before.year is None:
        return before
    later = year - before.year

    def moved(text: str) -> str:
        dated = _YEAR.sub(lambda found: f"{int(found[0]) + later}", half_width(text))
        return f"{year}年{dated}" if _MONTH.match(dated) else dated

    texts = {
        name: replace(getattr(before, name), text=moved(getattr(before, name).text)) for name in ("target", "result")
    }
    return replace(before, **texts, year=year)


def better_before(before: Indicator, now: Indicator, thresholds: Thresholds) -> str:
    """By how much, in words, last year's proven result is better than the target now; blank where it is not, or not for sure.

    `before` is `restated`. Proven is a result that reached, or by a known size missed, last year's own target, as `judge`
    reads it.
    """
    own = judge(before, thresholds)
    if own.verdict is Verdict.UNVERIFIABLE or (own.verdict is Verdict.MISSED and not own.sized):
        return ""
    wanted = now.target.quantity.measures
    if len(wanted) == 1 and wanted[0].kind is QuantityKind.DATE:
        return _earlier(before, wanted[0]) if own.verdict is Verdict.MET else ""
    found = judge(replace(now, result=before.result, explanation=ABSENT), thresholds)
    if found.verdict is not Verdict.MET or found.target is None or found.result is None or found.several > 1:
        return ""
    ahead = found.target - found.result if found.reverse else found.result - found.target
    if ahead <= 0:
        return ""
    if found.kind is QuantityKind.RATE:
        return f"{format_number(ahead * 100)} 个百分点"
    return shown_percent(ahead / abs(found.result)) if found.result else format_number(ahead)


def _earlier(before: Indicator, wanted: Measure) -> str:
    done = before.result.quantity.measures
    later = wanted.relation in (Relation.AT_LEAST, Relation.ABOVE)
    if later or len(done) != 1 or done[0].kind is not QuantityKind.DATE or not (done[0].possible and wanted.possible):
        return ""
    days = (_date(wanted, before.year) - _date(done[0], before.year)).days
    return f"{days} 天" if days > 0 else ""


def _date(measure: Measure, year: int | None) -> date:
    """The day that a date is, of the form's year where it names none."""
    own, rest = divmod(int(measure.number), 10_000)
    own = own or year or 2000
    month = rest // 100
    return date(own, month, min(rest % 100, monthrange(own, month)[1]))
