"""Targets and results told in words: what they promise, and whether one answers the other."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

from auditkit.assess.claims import Statement
from auditkit.assess.grades import is_level, level_in, reaches
from auditkit.assess.judgement import Judgement, Reason, Verdict
from auditkit.assess.lexicon import NO_RESULT, Role
from auditkit.assess.states import DENIED, affirms, is_soft, is_state, kept_within, stripped
from auditkit.quantity.measure import Measure, Quantity, QuantityKind, Relation
from auditkit.vocabulary.spelling import plain
from auditkit.vocabulary.terms import Expression, any_of, mentioned, table, words

_AGREES = "定性指标，完成值与指标值相符"
_ACT = Expression(
    r"(?P<told>(?:已经?|均|都|全部|现已|全面|完成)*)(?P<act>[\u4e00-\u9fff]{2,4}?)(?P<whole>(?:完成|完毕|到位)?)"
)
_WEAKER = Expression(table("states.weaker.forms"))
_NOTHING = Expression(table("states.nothing.forms"))
_NOT_DONE = Expression(r"(?:未|没有?|尚未|暂未|未能)(?:能|予|予以)?(?!完成|达到|达标)([\u4e00-\u9fff]{2})")
_UNMEASURED = Expression(table("states.nothing.unmeasured"))
_UNFINISHED = Expression(table("states.nothing.unfinished"))
_DENIES = Expression(table("states.none.denies"))
_AFFIRMS = Expression(table("states.none.affirms"))
_NEGATIVE = Expression(
    r"^(?!不(?:高|低|少|多|大|小)于|不超|不突破|不得|不断|不同|不定期|不仅|无障碍|无害化|无偿|无线)(?:不|无|未|零|0|杜绝|避免|防止|禁止|没有|不得|严禁)(?P<what>[\u4e00-\u9fff]*)$"
)


def is_zero_target(target: Quantity) -> bool:
    """Whether a target wants none at all: 0起, 零投诉, 不发生."""
    return (bool(target.measures) and all(m.number == 0 for m in target.measures)) or says_zero(target.text)


@lru_cache(maxsize=8192)
def says_zero(text: str) -> bool:
    """Whether a text says that there was none: 未发生, 零投诉, 无."""
    bare = plain(text).rstrip("。")
    if bare in table("qualitative.zero"):
        return True
    return len(bare) <= 8 and bool(_DENIES.match(bare)) and bool(_blames(bare))


def _denies_fault(answer: str, name: str) -> bool:
    """Whether a longer denial names the indicator's own fault at its end: 全年未发生安全生产责任事故 for 安全事故."""
    ends = next((word for word in words("direction.faults") if answer.endswith(word)), "")
    return len(answer) <= 18 and bool(ends) and ends in name and bool(_DENIES.match(answer))


def _blames(text: str) -> bool:
    """Whether a denial is one of something bad, or of anything at all: 未发生."""
    what = _DENIES.sub("", text)
    what = _LIGHT.sub("", what)
    return (
        not what or bool(mentioned("direction.faults", what) or mentioned("senses.adverse", what)) or what in _MATTERS
    )


_LIGHT = Expression(rf"^(?:任何|发生|出现|接到|收到|过|一起|新|新增|{any_of('states.none.grave')})*")
_MATTERS = ("问题", "案件", "事件", "情况", "现象", "举报", "纠纷", "情形", "应诉", "上访", "异常", "影响", "责任")


def band_of(text: str) -> str:
    """The band of the rulebook's words of quality that a result names: done, partly, undone, or nothing."""
    bare = plain(text).rstrip("。")
    if bare in table("states.bands.done"):
        return "done"
    return next((band for band, words in _BANDS.items() if words.fullmatch(bare)), "")


_BANDS = {band: Expression(table(f"states.bands.{band}")) for band in ("partly", "undone")}


def words_for_figure(target: Quantity, result: Quantity, wanted: list[Measure], name: str) -> Judgement:
    """A result in words for a target with figures: only none at all can be compared."""
    text, answer = result.text, plain(result.text).rstrip("。")
    upper = all(m.relation in (Relation.AT_MOST, Relation.BELOW) and m.kind not in _POINTS for m in wanted)
    if (is_zero_target(target) or upper) and (says_zero(text) or _denies_fault(answer, name)):
        if (grave := mentioned("states.none.grave", answer)) and grave not in f"{name}{target.text}":
            return _no_measure(text, "只说没有其中一部分")
        return Judgement(Verdict.MET, Reason.COMPARED, f"指标值 {target.text}，完成值 {text}")
    if _UNMEASURED.search(answer):
        return _no_measure(text, "没有测量结果")
    undone = _NOTHING.search(answer) or any(act in name for act in _NOT_DONE.findall(answer))
    if not upper and undone and not is_zero_target(target):
        counted = all(m.kind in (QuantityKind.COUNT, QuantityKind.MONEY, QuantityKind.NUMBER) for m in wanted)
        why = f"完成值填“{text}”，没有开展"
        if counted and len(wanted) == 1 and not any(m.upper for m in wanted) and _whole_denial(answer):
            return Judgement(
                Verdict.MISSED, Reason.IN_WORDS, why, wanted[0].number, wanted[0].number * 0, wanted[0].kind
            )
        return Judgement(Verdict.MISSED, Reason.IN_WORDS, f"完成值填“{text}”，自述未完成，差多少不明")
    if _undone(answer) or (_UNFINISHED.search(answer) and not upper):
        return Judgement(Verdict.MISSED, Reason.IN_WORDS, f"完成值填“{text}”，自述未达成，差多少不明")
    if plain(target.text) == plain(text):
        return Judgement(Verdict.UNVERIFIABLE, Reason.REPEATED, "完成值照抄指标值，不是实际数值")
    return _no_measure(text, "是文字，不能与指标值的数值比较")


_POINTS = (QuantityKind.DATE, QuantityKind.CLOCK, QuantityKind.MONTHDAY)


def _no_measure(text: str, why: str) -> Judgement:
    return Judgement(Verdict.UNVERIFIABLE, Reason.NO_MEASURE, f"完成值“{text}”{why}")


def _whole_denial(answer: str) -> bool:
    return not re.search(r"部分|个别|大部|其余|剩余|部份|其中", answer)


def in_words(target: Quantity, result: Quantity, given: list[Measure], reading: Statement, name: str) -> Judgement:
    """A target without figures: only its own kind of words can meet it."""
    promise, answer = plain(target.text).rstrip("。"), plain(result.text).rstrip("。")
    within = kept_within(promise, answer)
    if within is False or (within and not _doubtful(reading)):
        return Judgement(Verdict.MET, Reason.IN_WORDS, _AGREES) if within else _short(result, "")
    if any(m.inequality for m in given):
        return Judgement(Verdict.UNVERIFIABLE, Reason.INEQUALITY, "完成值是不等式，指标值没有可比的数值")
    band = band_of(answer)
    if band in ("partly", "undone"):
        return replace(_short(result, band), banded=True)
    if band and band_of(promise) == "done":
        return Judgement(Verdict.MET, Reason.IN_WORDS, _AGREES, words=band, banded=True)
    if band:
        why = "完成值只有定性用语，没有说明做到了什么"
        return Judgement(Verdict.UNVERIFIABLE, Reason.IN_WORDS, why, words=band, banded=True)
    negative = _NEGATIVE.match(promise)
    if says_zero(promise) or (negative and negative["what"]):
        return _none_wanted(target, result, given, reading, promise, answer)
    copied = promise in (answer, stripped(answer))
    if copied and is_soft(promise, name):
        return Judgement(Verdict.UNVERIFIABLE, Reason.REPEATED, "完成值照抄指标值的定性用语，没有说明做到了什么")
    parts = (reaches(promise, part, name) for part in re.split(r"[,;。(]", answer) if part)
    graded = reaches(promise, answer, name)
    graded = next((step for step in parts if step is not None), None) if graded is None else graded
    if graded is None and is_level(promise) and (level := level_in(answer)):
        graded = reaches(promise, level, name)
    if graded is False or (graded and not _contradicts_in(reading) and not _doubtful(reading)):
        return Judgement(Verdict.MET, Reason.IN_WORDS, _AGREES) if graded else _short(result, "")
    if _contradicts(promise, answer, reading):
        return _short(result, "undone" if _undone(answer) else "")
    if answer in table("qualitative.partly"):
        return _short(result, "partly")
    full = bool(given) and all(m.kind is QuantityKind.RATE and m.number == 1 for m in given)
    state = is_state(promise)
    if state and full and not _doubtful(reading):
        return Judgement(Verdict.MET, Reason.IN_WORDS, _AGREES)
    if _is_done(promise, answer, name) and not _doubtful(reading):
        return Judgement(Verdict.MET, Reason.IN_WORDS, _AGREES, words="done")
    partial = any(m.kind is QuantityKind.RATE and m.number < 1 for m in given)
    if not is_soft(promise, name) and not _doubtful(reading) and not partial and affirms(promise, answer):
        return Judgement(Verdict.MET, Reason.IN_WORDS, _AGREES, words="done")
    if given and all(m.kind is QuantityKind.RATE and m.number < 1 for m in given) and full is False and state:
        return Judgement(Verdict.UNVERIFIABLE, Reason.IN_WORDS, "指标值是一种状态，完成值是百分比，无法比较")
    return Judgement(Verdict.UNVERIFIABLE, Reason.IN_WORDS, "指标值没有可比的数值，需要另附证明材料")


def _none_wanted(target, result, given, reading, promise, answer) -> Judgement:
    why = f"指标值 {target.text}，完成值 {result.text}"
    counts = [
        c for c in reading.claims if c.change is None and c.measure.kind not in (QuantityKind.DATE, QuantityKind.RATE)
    ]
    rates = [c for c in reading.claims if c.measure.kind is QuantityKind.RATE and c.change is None]
    if says_zero(answer) or _denies(promise, answer):
        if mentioned("states.none.grave", answer) and not mentioned("states.none.grave", promise):
            return Judgement(Verdict.UNVERIFIABLE, Reason.IN_WORDS, "完成值只说没有其中一部分")
        return Judgement(Verdict.MET, Reason.COMPARED, why)
    if counts:
        none = all(c.measure.number == 0 for c in counts)
        worst = max(c.measure.number for c in counts)
        if none:
            return Judgement(Verdict.MET, Reason.COMPARED, why)
        return Judgement(Verdict.MISSED, Reason.COMPARED, why, worst * 0, worst, QuantityKind.COUNT, True)
    if rates and all(c.measure.number == 1 for c in rates):
        return Judgement(Verdict.MET, Reason.IN_WORDS, _AGREES)
    if rates and all(c.measure.number == 0 for c in rates):
        return Judgement(Verdict.MET, Reason.COMPARED, why)
    if not reading.claims and _AFFIRMS.search(answer) and not _DENIES.match(answer):
        return _short(result, "")
    what = (_NEGATIVE.match(promise) or {"what": ""})["what"]
    if not reading.claims and what and what in answer and not DENIED.search(answer):
        return _short(result, "")
    return Judgement(Verdict.UNVERIFIABLE, Reason.IN_WORDS, "指标值没有可比的数值，需要另附证明材料")


def _denies(promise: str, answer: str) -> bool:
    """Whether an answer denies what a negative promise wants not to be: 不中断 and 未中断."""
    found = _NEGATIVE.match(promise)
    given = _NEGATIVE.match(stripped(answer))
    if not found or not given:
        return answer == promise
    return found["what"] in given["what"] or (given["what"] in found["what"] and len(given["what"]) > 1)


def _contradicts(promise: str, answer: str, reading: Statement) -> bool:
    """Whether an answer is the opposite or the denial of a promise, or falls short of it."""
    core = stripped(promise)
    for found in DENIED.finditer(answer):
        rest = answer[found.end() :]
        if core and (rest.startswith(core) or (len(core) > 1 and core[:2] in rest[:6])):
            return True
    for wanted, opposite in _OPPOSITES:
        if wanted.search(promise) and opposite.search(_without_good_news(answer)):
            return True
    if _WEAKER.search(answer) and not _WEAKER.search(promise):
        return True
    return _contradicts_in(reading)


def _contradicts_in(reading: Statement) -> bool:
    """Whether a word of the result denies, postpones or tells of a failure."""
    return any(sign.role is Role.UNDONE for part in (*reading.claims, *reading.remarks) for sign in part.signs)


def _without_good_news(answer: str) -> str:
    return _GOOD_NEWS.sub("", answer)


_GOOD_NEWS = Expression("|".join(table("values.plain.forms")))
_OPPOSITES = tuple((Expression(wanted), Expression(against)) for wanted, against in table("states.opposites").items())


def _doubtful(reading: Statement) -> bool:
    """Whether a word of the result plans, postpones or speaks of another year."""
    return any(sign.role in NO_RESULT for part in (*reading.claims, *reading.remarks) for sign in part.signs)


def _is_done(promise: str, answer: str, name: str) -> bool:
    """Whether an act that was to be done (已排查, 完成整改) is said to be done."""
    wanted, given = (_ACT.fullmatch(text) for text in (promise, answer))
    if not wanted or not given or not (wanted["told"] or wanted["whole"]):
        return False
    return wanted["act"] == given["act"] and not is_soft(wanted["act"], name)


def _short(result: Quantity, kind: str) -> Judgement:
    return Judgement(Verdict.MISSED, Reason.IN_WORDS, f"完成值填“{result.text}”，自述未完全达成", words=kind)


def _undone(answer: str) -> bool:
    return answer in table("qualitative.undone") or answer.startswith("尚未")
