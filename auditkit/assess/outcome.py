"""One limit of a target against a whole result: what answers it, whether that is enough, and what speaks against it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from auditkit.assess.answers import Answers, answers, is_total
from auditkit.assess.change import from_to, signed, way_told
from auditkit.assess.claims import Claim, Statement
from auditkit.assess.comparison import FLOORS, judge_figure, satisfies
from auditkit.assess.context import EACH, POINTS, Matter
from auditkit.assess.doubts import NOT_YET, doubt_of, other_doubt, part_done
from auditkit.assess.judgement import Judgement, Reason, Verdict, left_open
from auditkit.assess.lexicon import NO_RESULT, Role
from auditkit.assess.possible import why_impossible
from auditkit.assess.target import Limit
from auditkit.quantity.measure import Measure, QuantityKind, Relation, comparable
from auditkit.vocabulary.terms import Expression, any_of

ZERO = Decimal(0)
_NEXT_YEAR = ("次年", "翌年", "明年", "来年", "下年")
LATE = Expression(any_of("values.lead.late"))


def worst_of(judgements: list[Judgement]) -> Judgement:
    """The judgement that counts where several have to be good: a miss before an open one, the smaller result first."""

    def rank(judgement: Judgement) -> tuple[int, Decimal]:
        order = (Verdict.MISSED, Verdict.UNVERIFIABLE, Verdict.MET).index(judgement.verdict)
        return order, judgement.result if judgement.result is not None else ZERO

    return min(judgements, key=rank)


def outcome(limit: Limit, reading: Statement, matter: Matter) -> Judgement | None:
    """One target against every result in its unit; None where no result is comparable."""
    kind = limit.measure.kind
    if limit.change is not None and limit.firm:
        way = from_to(limit, reading, matter.name)
        if way is not None:
            found = judge_figure(limit, way, matter.thresholds)
            return (found.verdict is Verdict.MET and other_doubt(reading, ())) or found
        alone = not any(comparable(limit.measure, c.measure) for c in reading.claims)
        told = way_told(reading) if alone else None
        if told == 0 or (told == -limit.change and limit.measure.relation in FLOORS):  # by 6起, where 15% were asked
            return changed(limit, replace(limit.measure, number=ZERO, upper=None, relation=Relation.BARE), matter)
    given = answers(limit, reading, matter.name)
    if not any((given.own, given.short, given.pending, given.other)):
        return None
    for claim in given.own:
        if why := why_impossible(limit, claim.measure, matter.name, matter.year):
            return left_open(Reason.IMPOSSIBLE, f"{reading.quoted()}不可能成立：{why}", kind)
    if limit.lead:
        found = _of_lead(limit, given, reading, matter)
        return found if found.verdict is not Verdict.MET else other_doubt(reading, given.own) or found
    if not given.own:
        return _without_result(limit, given, reading)
    if kind is QuantityKind.DATE and (unready := part_done(reading)):
        return unready
    if limit.change is not None and any(c.change is not None or c.measure.sign or limit.firm for c in given.own):
        moved = [(c, signed(limit, c)) for c in given.own]
        if any(m is None for _, m in moved):
            return left_open(Reason.INEQUALITY, f"{reading.quoted()}的正负号与字面的升降相反，不知是升是降", kind)
        judgements = [changed(limit, m, matter) for _, m in moved]
    else:
        if unclear := _total_for_each(limit, given, reading, matter):
            return unclear
        judgements = [judge_figure(limit, c.measure, matter.thresholds) for c in given.own]
    worst = worst_of(judgements)
    if worst.verdict is Verdict.MISSED and len(given.own) > 1:
        worst = _summed(limit, given, worst, reading, matter)
    if worst.verdict is Verdict.MET:
        worst = doubt_of(limit, given, reading, matter) or worst
        if (limit.change is not None and limit.change < 0) or limit.measure.upper is not None:
            worst = replace(worst, reverse=True)  # more is no sign of a low target
    note = next((n for n in (_unit_note(limit.written, c.measure) for c in given.own) if n), "")
    return replace(worst, several=len(given.own), unit_note=note)


def changed(limit: Limit, moved: Measure, matter: Matter) -> Judgement:
    """A change in the limit's own sense against it; nothing gained earns nothing."""
    if moved.number < 0 or (moved.number == 0 and not satisfies(limit.measure, ZERO)):
        plainly = replace(moved, relation=Relation.BARE, upper=None, about=False)
        found = judge_figure(limit, plainly, matter.thresholds)
        if found.verdict is Verdict.MISSED and limit.measure.relation in FLOORS:
            return replace(found, why="完成值与指标值要求的变化方向相反", target=limit.measure.number, result=ZERO)
        return found
    return judge_figure(limit, moved, matter.thresholds)


def _of_lead(limit: Limit, given: Answers, reading: Statement, matter: Matter) -> Judgement:
    """提前N天: more is better, and late is nothing."""
    kind = limit.measure.kind
    claims = given.own or given.short or given.pending
    if not claims:
        return left_open(Reason.OTHER_MATTER, f"{reading.quoted()}没有说明提前了多少", kind)
    judgements = []
    for claim in claims:
        late = LATE.search(claim.before) or LATE.search(claim.after)
        if not late and claim in given.pending:
            return _without_result(limit, given, reading)
        if not late and claim in given.short:
            why = f"{reading.quoted(claim.word(Role.UNDONE))}说明没有做到"
            return Judgement(Verdict.MISSED, Reason.NO_RESULT, why, kind=kind)
        moved = replace(claim.measure, number=ZERO, relation=Relation.BARE) if late else claim.measure
        judgements.append(judge_figure(limit, moved, matter.thresholds))
    return worst_of(judgements)


def _without_result(limit: Limit, given: Answers, reading: Statement) -> Judgement:
    """No figure of what was done this year: what there is was not done, is planned, or is another figure."""
    kind, floor = limit.measure.kind, limit.measure.relation in FLOORS or limit.measure.upper is not None
    if given.short and (floor or kind is QuantityKind.DATE):
        claim = given.short[0]
        if kind is not QuantityKind.DATE or not _only_postponed(claim, limit):
            why = f"{reading.quoted(claim.word(Role.UNDONE))}说明没有完成"
            return Judgement(Verdict.MISSED, Reason.NO_RESULT, why, kind=kind)
    if claim := next(iter((*given.pending, *given.short)), None):
        word = claim.word(*NO_RESULT, Role.UNDONE)
        reason = Reason.NOT_YET if claim.has(*NOT_YET) else Reason.NO_RESULT
        return left_open(reason, f"{reading.quoted(word)}说明不是本年已经完成的结果", kind)
    why = "说的是变化，不是达到的数" if given.other[0].change is not None else "不是指标值所问的数"
    return left_open(Reason.OTHER_MATTER, f"{reading.quoted()}{why}", kind)


def _only_postponed(claim: Claim, limit: Limit) -> bool:
    """Whether a date was only put off, and to one that is still in time."""
    word = claim.word(Role.UNDONE)
    if any(letter in word for letter in "未没尚"):
        return False
    if any(year in claim.before for year in _NEXT_YEAR):
        return False
    date, goal = claim.measure.number, limit.measure.number
    if date < 10_000 or goal < 10_000:
        date, goal = date % 10_000, goal % 10_000
    return satisfies(replace(limit.measure, number=goal), date)


def _total_for_each(limit: Limit, given: Answers, reading: Statement, matter: Matter) -> Judgement | None:
    """A total where the price of each was asked, which proves nothing of it."""
    if limit.measure.kind is not QuantityKind.MONEY or limit.change is not None:
        return None
    if "/" not in limit.measure.unit and not EACH.search(matter.name):
        return None
    for claim in given.own:
        large = limit.measure.number > 0 and claim.measure.number > limit.measure.number * _TOO_LARGE
        if is_total(claim) or (large and "/" not in claim.clause):
            return left_open(Reason.OTHER_MATTER, f"指标值问的是单价，{reading.quoted()}是总额", limit.measure.kind)
    return None


def _summed(limit: Limit, given: Answers, worst: Judgement, reading: Statement, matter: Matter) -> Judgement:
    """Several figures of which one at least falls short: parts of one result are added, others leave it open."""
    measures = [c.measure for c in given.own]
    countable = limit.measure.kind in (QuantityKind.COUNT, QuantityKind.MONEY) and limit.measure.relation in FLOORS
    exact = all(not m.inequality and m.upper is None and m.kind is not QuantityKind.RATE for m in measures)
    moved = limit.change is not None and (limit.firm or any(c.change is not None for c in given.own))
    if any(_SATISFIED.search(c.before) for c in given.own):
        return left_open(Reason.OTHER_MATTER, f"{reading.quoted()}把满意分了几档，没有说合计", limit.measure.kind)
    if not countable or not exact or moved:
        return replace(worst, target=None, result=None) if limit.measure.kind is QuantityKind.RATE else worst
    if any(satisfies(limit.measure, m.number) for m in measures) and not given.parts:
        why = f"{reading.quoted()}有几个数，有的达到指标值，有的没有达到"
        return left_open(Reason.OTHER_MATTER, why, limit.measure.kind)
    total = replace(measures[0], number=sum((m.number for m in measures), ZERO))
    found = judge_figure(limit, total, matter.thresholds)
    if given.parts:
        why = "各部分完成值之和达到指标值" if found.verdict is Verdict.MET else "各部分完成值之和未达到指标值"
        return replace(found, why=why)
    if found.verdict is Verdict.MET:
        return left_open(
            Reason.OTHER_MATTER, f"{reading.quoted()}的几个数是否同一结果的各部分不明，不能相加", limit.measure.kind
        )
    return replace(found, target=None, result=None)


_SATISFIED = Expression(r"(?:非常|很|比较|基本|较)满意")
# A price of each cannot well be so many times the limit: it is the price of all.
_TOO_LARGE = 5


def _unit_note(written: Measure, given: Measure) -> str:
    whole = written.kind is QuantityKind.MONEY and given.scale != 1  # 1.2亿 leaves out no more than 元
    if given.number == 0 or given.unit or whole or not written.unit or written.kind in POINTS:
        return ""
    return f"完成值没有计量单位，指标值的单位是“{written.unit}”"
