"""What a result says beside the figure that reaches a limit, and keeps it from proving that it does."""

from __future__ import annotations

from decimal import Decimal

from auditkit.assess.answers import Answers
from auditkit.assess.claims import Claim, Statement
from auditkit.assess.comparison import FLOORS, satisfies
from auditkit.assess.context import EACH, POINTS, Matter
from auditkit.assess.judgement import Judgement, Reason, left_open
from auditkit.assess.lexicon import Role
from auditkit.assess.strange import strange_word
from auditkit.assess.target import Limit
from auditkit.quantity.measure import QuantityKind, Relation, comparable
from auditkit.vocabulary.terms import Expression, any_of, words

ZERO = Decimal(0)
NOT_YET = (Role.PLANNED, Role.BEGUN, Role.UNDONE)
_CAPS = (Relation.AT_MOST, Relation.BELOW)
_LASTING, _CHECKS = (Expression(any_of(f"values.undone.{kind}")) for kind in ("lasting", "checks"))
_UNCHECKED = Expression(r"[未没拒][^,;]{0,4}[检查测审到入]|停业|歇业|关闭|注销|停产|失联|无法|缺")
_FAULTY = Expression(r"不(?:合格|达标|符合|及格|通过|满意)|异常|问题")
_FINISHED = Expression(r"建成|完工|竣工|投用|投入使用|交付|通车|验收合格|通过验收")
_COMPARED = Expression(r"较|比|同比|环比|以来首|持平|相当")
_NEXT = Expression(r"^(?:下一步|下步|今后|后续|下阶段|接下来)")
_ALSO_DUE, _PROGRESS = (Expression(any_of(f"values.{kind}")) for kind in ("placed.due", "placed.progress"))
_SPAN = Expression(r"前[一二两三]个?季度|第?[一二三]季度|上半年|前\d{1,2}个?月|1[-—~至]\d月|截[至止][1-9]月")
_HAN = Expression(r"[\u4e00-\u9fff]")
_ALONE = Expression(r"^[^,;]{0,4}(?:未|没)")  # 11场，3场因故未办: of the eleven, as far as can be told
_WITHIN = Expression(r"含|其中|包括|包含")


def doubt_of(limit: Limit, given: Answers, reading: Statement, matter: Matter) -> Judgement | None:
    """Why a figure that reaches its limit does not prove that it does, None where nothing speaks against it."""
    return (
        _less_lost(limit, given, reading, matter)
        or _more_due(limit, given, reading, matter)
        or _in_part(limit, given, reading)
        or other_doubt(reading, given.own + given.short + given.rests + _counted(limit, reading))
        or _beside(limit, given, reading, matter)
    )


def _counted(limit: Limit, reading: Statement) -> tuple[Claim, ...]:
    """The numbers from which a rate was computed: 抽检300份，不合格3份，合格率99%."""
    if limit.measure.kind is not QuantityKind.RATE or limit.change is not None:
        return ()
    return tuple(c for c in reading.claims if c.measure.kind is QuantityKind.COUNT and _FAULTY.search(c.clause))


def _less_lost(limit: Limit, given: Answers, reading: Statement, matter: Matter) -> Judgement | None:
    """What was lost again of that which was done (其中死亡45株, 损坏3台), where without it the limit is not reached.

    So is what was not done of a number that nothing says was done (11场，3场因故未办), and what it counts of another year.
    What a check found faulty was checked all the same (检测1200批次，其中不合格6批次), and what stands beside a figure of
    what lasted is no part of it (成活1000株，死亡80株).
    """
    if limit.measure.kind is not QuantityKind.COUNT or limit.change is not None or not (given.short or given.pending):
        return None
    lasting = any(_LASTING.search(c.before) or _LASTING.search(c.after) for c in given.own)
    checked = _CHECKS.search(matter.name)
    lost = [
        c
        for c in given.short
        if (c.aside and not (checked and not _UNCHECKED.search(c.clause)))
        or (c.word(Role.UNDONE) in words("values.undone.lost") and not lasting and not checked)
        or (_ALONE.search(c.after) and not any(_HAN.search(own.before) for own in given.own))
    ]
    lost += [
        c
        for c in given.pending
        if _WITHIN.search(c.before)
        and (c.has(Role.OTHER_TIME, Role.PLANNED) or c.word(Role.BEGUN).startswith(words("values.begun.counted")))
    ]
    done = [c.measure.number for c in given.own]
    left = (sum(done, ZERO) if given.parts else min(done)) - sum((c.measure.number for c in lost), ZERO)
    if not lost or satisfies(limit.measure, left):
        return None
    word = lost[0].word(*NOT_YET, Role.OTHER_TIME)
    return left_open(Reason.NO_RESULT, f"{reading.quoted(word)}使实际留下的达不到指标值", limit.measure.kind)


def other_doubt(reading: Statement, own: tuple[Claim, ...]) -> Judgement | None:
    """What else the result says that keeps it from proving anything: not accepted, still under way, planned."""
    for remark in reading.remarks:
        if _NEXT.search(remark.text):
            continue
        compared = _COMPARED.search(remark.text)
        for sign in remark.signs:
            if sign.role in NOT_YET:
                return _doubted(Reason.NOT_YET, reading, sign.word)
            if sign.role is Role.OTHER_TIME and not compared:
                return _doubted(Reason.NO_RESULT, reading, sign.word)
    for claim in reading.claims:
        if claim in own or _NEXT.search(claim.clause) or claim.measure.number == 0:
            continue
        if claim.word(Role.BEGUN) and not claim.aside and any(map(_FINISHED.search, (one.clause for one in own))):
            continue  # 建成22部，在建5部
        if claim.has(Role.UNDONE) or claim.years or claim.word(Role.BEGUN) in words("values.begun.still"):
            reason = Reason.NO_RESULT if claim.years else Reason.NOT_YET
            return _doubted(reason, reading, claim.word(Role.UNDONE, Role.OTHER_TIME, Role.BEGUN))
    return None


def _doubted(reason: Reason, reading: Statement, word: str) -> Judgement:
    return left_open(reason, f"{reading.quoted(word)}使它不能证明已经完成", None)


def _more_due(limit: Limit, given: Answers, reading: Statement, matter: Matter) -> Judgement | None:
    """What is still to be paid, or was left out, of a sum that has to stay below a limit (尚欠80万元, 不含税费30万元)."""
    if limit.measure.kind is not QuantityKind.MONEY or limit.measure.relation not in _CAPS or limit.change is not None:
        return None
    texts = (*((c.clause, c) for c in reading.claims if c not in given.own), *((r.text, None) for r in reading.remarks))
    summed = [*given.own, *(c for c in given.other if c.side and not c.aside and not c.size and not c.per)]
    total = sum((c.measure.number for c in summed), ZERO)
    if len(summed) > 1 and not EACH.search(matter.name) and not satisfies(limit.measure, total):
        return left_open(Reason.OTHER_MATTER, f"{reading.quoted()}的几个数合计超过指标值", limit.measure.kind)
    for text, claim in texts:
        if not (found := _ALSO_DUE.search(text)):
            continue
        more = claim.measure.number if claim and comparable(limit.measure, claim.measure) else None
        if more is None or not satisfies(limit.measure, max(c.measure.number for c in given.own) + more):
            return left_open(Reason.OTHER_MATTER, f"{reading.quoted(found[0])}说明还有别的支出", limit.measure.kind)
    return None


def _in_part(limit: Limit, given: Answers, reading: Statement) -> Judgement | None:
    """A share of the work below all of it beside a number that was reached: 8个，主体工程完成90%."""
    if limit.measure.kind is not QuantityKind.COUNT or limit.measure.relation not in FLOORS:
        return None
    shares = [c for c in reading.claims if c.measure.kind is QuantityKind.RATE and c.measure.number < 1]
    if not any(_PROGRESS.search(c.before) and c.change is None for c in shares):
        return None
    return part_done(reading)


def _beside(limit: Limit, given: Answers, reading: Statement, matter: Matter) -> Judgement | None:
    """Words beside a figure that nobody can place: 到货500盏 are not installed, 辖区430家 not inspected."""
    if given.parts or not matter.name:
        return None
    if (limit.measure.relation in _CAPS or limit.change is not None or limit.measure.kind is QuantityKind.RATE) and (
        limit.measure.kind not in POINTS
    ):
        spans = [_SPAN.search(claim.clause) for claim in given.own]
        if all(spans) and not _SPAN.search(f"{matter.name}{matter.target}"):
            why = f"{reading.quoted(spans[0][0])}只说到一年中的一段时间"
            return left_open(Reason.OTHER_MATTER, why, limit.measure.kind)
    word = strange_word(given.own, matter.name, matter.target, limit.measure.relation in _CAPS)
    why = f"{reading.quoted(word)}不能说明与指标所问是一回事"
    return left_open(Reason.OTHER_MATTER, why, limit.measure.kind) if word else None


def part_done(reading: Statement) -> Judgement | None:
    """A date beside a share of the work below all of it tells when that share was done, not when the work was."""
    part = next((c for c in reading.claims if c.measure.kind is QuantityKind.RATE and c.measure.number < 1), None)
    if part is None:
        return None
    return left_open(Reason.NOT_YET, f"{reading.quoted()}只说到那时完成了一部分", QuantityKind.DATE)
