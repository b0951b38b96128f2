"""Words beside a figure that the grammar cannot place: they may make it the figure of something else, or of not yet."""

from __future__ import annotations

from functools import cache, lru_cache

from auditkit.assess.claims import Claim
from auditkit.vocabulary.terms import Expression, any_of, pattern, words

_RUN = Expression(r"[\u4e00-\u9fff]+")
# Letters that join words, and those directly in front of a figure.
_JOINS, _LEADS = (
    frozenset("的了和与及等在于由从以经并也都按被对向给又则即而"),
    Expression(r"[到至达为成共约计是有已均各了]+$"),
)
# How fast something changes is not how far: 降幅缩小6%, 增速放缓.
_SPEED = Expression(
    r"(?:[增降涨跌减]幅|[增降]速|(?:增长|下降|上升)(?:速度|幅度))(?:缩小|扩大|收窄|放缓|减慢|加快|减缓|加大)(?![到至为])"
)
_MONTHS = Expression(r"(?P<first>\d{1,2})月?[-~—至](?P<last>\d{1,2})月")
_PLACE = Expression(
    r"(?:在|对|于|为|面向|向|给|从|覆盖|涉及)\D*\d[\d.,]*\D{0,3}$"
)  # 在4个自然村安装63盏: where, not what


def strange_word(claims: tuple[Claim, ...], matter: str, upper: bool) -> str:
    """The words that keep every claim from being sure to speak of the matter; nothing where one of them surely does.

    They are neither the matter's own (a letter of it is its own wherever it stands) nor say that it was done. The best of
    all figures is strange, too: 最快5分钟 for a limit (`upper`), 最高98% for a floor.
    """
    found = [
        _best(claim.before, upper) or _of_claim(claim.clause, claim.before, claim.after, matter) for claim in claims
    ]
    return found[0] if all(found) else ""


def _best(before: str, upper: bool) -> str:
    return next((word for word in words(f"values.placed.{'least' if upper else 'most'}") if before.endswith(word)), "")


@lru_cache(maxsize=8192)
def _of_claim(clause: str, before: str, after: str, matter: str) -> str:
    if speed := _SPEED.search(before + after):
        return speed[0]
    months = _MONTHS.search(clause) if "每" in clause else None
    if months and (int(months["first"]), int(months["last"])) != (1, 12):
        return months[0]
    own = _JOINS | frozenset(matter)
    told = "" if _PLACE.search(clause[: clause.find(before)]) else _LEADS.sub("", _placed().sub(" ", before))
    for run in _RUN.findall(f"{told} {_placed().sub(' ', after)}"):
        if sum(letter not in own for letter in run) > 1:
            return run
    return ""


@cache
def _placed() -> Expression:
    """What may stand beside any figure: when, that it was done, whose and which of them, and how it changed."""
    lists = (
        "placed.words",
        "placed.people",
        "placed.least",
        "placed.most",
        "plain.words",
        "actual.words",
        "base.words",
    )
    changes = ("rise", "fall", "flat", "deeds", "against_last_year")
    plain_words = any_of(*(f"values.{name}" for name in lists), *(f"values.change.{name}" for name in changes))
    return Expression(f"{pattern('values.plain.forms').pattern}|{pattern('values.placed.forms').pattern}|{plain_words}")
