"""What an explanation says: nothing, a cause, a measure, the shortfall again, or that the matter is not finished."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from auditkit.vocabulary.spelling import is_blank_text, plain
from auditkit.vocabulary.terms import Expression, any_of, pattern

_PAUSE = Expression(r"[,，;；。!！?？\n]|(?<=[\u4e00-\u9fff])[.．]|……")
_LABEL = Expression(
    r"^(?:\(?[\d一二三四五六七八九十]{1,2}[、.)])?(?:偏差|未完成|主要|存在)?(?:原因|问题|情况)(?:分析|说明)?:"
)
_WORDLESS = Expression(r"[^\w\u4e00-\u9fff]|_")
_NOTHING = pattern("explanation.nothing")
_BECAUSE, _TROUBLES = pattern("explanation.because"), pattern("explanation.troubles")
_PLANS, _SHORT = pattern("explanation.plans"), pattern("explanation.short")
_LEADS = Expression(rf"^(?:{any_of('explanation.leads')})*")
_REMEDY = Expression(rf"{any_of('explanation.remedies')}(?!{any_of('explanation.things')})")
_DONE = Expression(rf"(?:{pattern('explanation.done').pattern})(?!{pattern('explanation.events').pattern})")
_BARE = Expression(rf"(?:{any_of('explanation.bare')}|\d+(?:\.\d+)?(?:%|个?百分点|[\u4e00-\u9fff]{{1,2}})?)")
_FIGURE = Expression(r"\d")
_UNDONE = Expression(
    rf"{any_of('unfinished.negations')}{any_of('unfinished.adverbs')}*{any_of('unfinished.works')}(?!率)"
)
_UNDERWAY, _DENIED, _FINISHED = (pattern(f"unfinished.{kind}") for kind in ("underway", "denied", "finished"))


@dataclass(frozen=True)
class Clause:
    """One clause of an explanation. What is neither a measure nor the shortfall retold is taken for a cause."""

    text: str
    cause: bool
    measure: bool


def says_nothing(text: str) -> bool:
    """True for a blank entry, a mark, and for one that denies any deviation: 无, ；, 无偏差."""
    bare = _WORDLESS.sub("", plain(text))
    return not bare or is_blank_text(text) or bool(_NOTHING.fullmatch(bare))


@lru_cache(maxsize=4096)
def explained(text: str, name: str) -> tuple[Clause, ...]:
    """The clauses of the explanation of an indicator, nothing where it says nothing."""
    if says_nothing(text):
        return ()
    return tuple(_clause(part, name) for part in clauses_of(text))


def clauses_of(text: str) -> list[str]:
    """The clauses of a text in its own words."""
    return [part.strip() for part in _PAUSE.split(text) if _WORDLESS.sub("", part)]


def _clause(part: str, name: str) -> Clause:
    """What a clause is: a word that gives a reason makes a cause of it, a plan or a remedy a measure."""
    own = _LABEL.sub("", plain(part))
    reason, trouble = bool(_BECAUSE.search(own)), bool(_TROUBLES.search(own))
    planned = bool(_PLANS.search(own) or _DONE.search(own))
    remedied = not trouble and bool(_REMEDY.match(own, _LEADS.match(own).end()))
    measure = planned or remedied
    retold = _is_shortfall(own, plain(name))
    return Clause(part, reason or (trouble if measure else not retold), measure)


def _is_shortfall(clause: str, name: str) -> bool:
    """True where a clause has nothing but the indicator's own words, figures and that they fell short."""
    rest, found = _SHORT.subn(",", clause)
    return bool(found or _FIGURE.search(rest)) and all(
        letter in name or not letter.isalnum() for letter in _BARE.sub("", rest)
    )


@lru_cache(maxsize=4096)
def unfinished(text: str) -> str:
    """The clause in which an explanation says that the matter is not done, not finished or not accepted, or nothing.

    A denial of faults (未发生延误, 无未完成事项), money still due, another year, and what was made up for since (现已补齐)
    say nothing of the kind.
    """
    if says_nothing(text):
        return ""
    own = clauses_of(text)
    parts = [plain(part) for part in own]
    for place, part in enumerate(parts):
        found = not _DENIED.search(part) and (_UNDONE.search(part) or _UNDERWAY.search(part))
        if found and not any(_FINISHED.search(later) and not _UNDONE.search(later) for later in parts[place:]):
            return own[place]
    return ""
