"""Targets and results told in words: what they promise, and whether one answers the other."""

from __future__ import annotations

import re

from auditkit.assess.judgement import Judgement, Reason, Verdict
from auditkit.quantity.measure import Measure, Quantity, QuantityKind, Relation
from auditkit.vocabulary.spelling import plain
from auditkit.vocabulary.terms import table, words

_UP = re.compile(r"^(?:达到或优于|不低于|达到|达|优于|评定为|评为|获评|为|≥|已)+|(?:及以上|或以上|以上|\(含\))+$")
# A level that somebody else awards is a fact, not a slogan: 三级甲等, 国家二级标准.
_LEVEL = re.compile(r"[一二三四五六\dⅠⅡⅢIVABC甲乙丙特]{1,3}[级等类星]|国家.{0,4}标准|认证|资质|[一二三]等奖")
_AGREES = "定性指标，完成值与指标值相符"


def is_zero_target(target: Quantity) -> bool:
    return (bool(target.measures) and all(m.number == 0 for m in target.measures)) or says_zero(target.text)


def says_zero(text: str) -> bool:
    bare = plain(text).rstrip("。")
    return bare in table("qualitative.zero") or (bare.startswith(("零", "未发生", "无")) and len(bare) <= 6)


def words_for_figure(target: Quantity, result: Quantity, wanted: list[Measure]) -> Judgement:
    """A result in words for a target with figures: only none at all can be compared."""
    upper = all(m.relation in (Relation.AT_MOST, Relation.BELOW) and m.kind is not QuantityKind.DATE for m in wanted)
    if (is_zero_target(target) or upper) and says_zero(result.text):
        return Judgement(Verdict.MET, Reason.COMPARED, f"指标值 {target.text}，完成值 {result.text}")
    if _undone(plain(result.text).rstrip("。")):
        return Judgement(Verdict.MISSED, Reason.IN_WORDS, f"完成值填“{result.text}”，自述未达成，差多少不明")
    if plain(target.text) == plain(result.text):
        return Judgement(Verdict.UNVERIFIABLE, Reason.REPEATED, "完成值照抄指标值，不是实际数值")
    return Judgement(Verdict.UNVERIFIABLE, Reason.IN_WORDS, f"完成值“{result.text}”是文字，不能与指标值的数值比较")


def in_words(target: Quantity, result: Quantity, given: list[Measure]) -> Judgement:
    """A target without figures: only its own kind of words can meet it."""
    promise, answer = plain(target.text).rstrip("。"), plain(result.text).rstrip("。")
    if any(m.inequality for m in given):
        return Judgement(Verdict.UNVERIFIABLE, Reason.INEQUALITY, "完成值是不等式，指标值没有可比的数值")
    graded = _on_one_scale(promise, answer)
    if graded is not None:
        return Judgement(Verdict.MET, Reason.IN_WORDS, _AGREES) if graded else _short(result, "")
    if answer in table("qualitative.partly"):
        return _short(result, "partly")
    if _undone(answer) or answer.removeprefix("未").removeprefix("不") == promise != answer:
        return _short(result, "undone")
    if says_zero(promise) and given:
        met = all(m.number == 0 for m in given)
        why = f"指标值 {target.text}，完成值 {result.text}"
        return Judgement(Verdict.MET if met else Verdict.MISSED, Reason.COMPARED, why)
    if (turned := _direction(promise, answer)) is not None:
        return Judgement(Verdict.MET, Reason.IN_WORDS, _AGREES) if turned else _short(result, "")
    full = bool(given) and all(m.kind is QuantityKind.RATE and m.number == 1 for m in given)
    done = table("qualitative.done")
    told = {answer, answer.removeprefix("已经"), answer.removeprefix("已")}
    if promise in done and (full or promise in told or told & set(done)):
        return Judgement(Verdict.MET, Reason.IN_WORDS, _AGREES, words="" if full else "done")
    if (says_zero(promise) and says_zero(answer)) or (promise in told and _LEVEL.search(promise)):
        return Judgement(Verdict.MET, Reason.IN_WORDS, _AGREES)
    return Judgement(Verdict.UNVERIFIABLE, Reason.IN_WORDS, "指标值没有可比的数值，需要另附证明材料")


def _short(result: Quantity, kind: str) -> Judgement:
    return Judgement(Verdict.MISSED, Reason.IN_WORDS, f"完成值填“{result.text}”，自述未完全达成", words=kind)


def _undone(answer: str) -> bool:
    return answer in table("qualitative.undone") or answer.startswith("尚未")


def _on_one_scale(promise: str, answer: str) -> bool | None:
    """Whether a grade is at least the one promised, None where the two are not on one scale (优秀 > 良好 > 合格)."""
    wanted, given = _UP.sub("", promise), _UP.sub("", answer)
    for scale in ([plain(grade) for grade in grades] for grades in table("qualitative.scales")):
        if wanted in scale and given in scale:
            return scale.index(given) <= scale.index(wanted)
    return None


def _direction(promise: str, answer: str) -> bool | None:
    """Whether a result goes the way that was promised, None where one of them tells no direction."""

    def way(text: str) -> int | None:
        told = [
            (text.find(w), sign)
            for sign, kind in ((-1, "decline"), (1, "rise"))
            for w in words(f"senses.{kind}")
            if w in text
        ]
        return min(told)[1] if told and len(text) <= 12 else None

    wanted, given = way(promise), way(answer)
    bare = promise.removeprefix("同比").removeprefix("逐年").removeprefix("较上年")
    if wanted is None or given is None or bare not in (*words("senses.decline"), *words("senses.rise")):
        return None
    return wanted == given
