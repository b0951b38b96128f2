"""How an indicator is worded: its clauses, its head, and the limits and rates that it names."""

from __future__ import annotations

import re
from functools import lru_cache

from auditkit.quantity.numbers import FIGURE, NUMERAL
from auditkit.vocabulary.spelling import plain
from auditkit.vocabulary.terms import Expression, any_of, table, words

_QUOTED = Expression(r"《[^》]*》|“[^”]*”|\"[^\"]*\"|‘[^’]*’|「[^」]*」|〔\d+〕\d*号?")
_PAUSE = Expression(r"[,;:。!?\n]+")
_BRACKETED = Expression(r"\([^()]*\)|\[[^\[\]]*\]")
_ORDINAL = Expression(
    r"^[★☆▲△*]*(?:(?:三级)?指标)?(?:\(?\d{1,2}[:、)]|\d{1,2}\.(?!\d)|[一二三四五六七八九十]、)?(?:其中:)?"
)
# No indicator's name is longer; a cell that is may have been made to keep the expressions below busy.
_LONGEST = 300
_EDGES = ' 、,;:。!?.()[]“”"-—'
_HAN = r"[\u4e00-\u9fff]"


def _alternatives(*groups: tuple[str, ...]) -> str:
    listed = {word for group in groups for word in group}
    return "(?:" + "|".join(re.escape(word) for word in sorted(listed, key=lambda word: -len(word))) + ")"


_UNITS = _alternatives(
    *map(tuple, table("units.synonyms")), tuple(table("units.factors")), words("units.others"), ("工作日", "个工作日")
)
_SIDES = ("at_least", "above", "at_most", "below", "controlled")
_BEFORE = _alternatives(*(words(f"comparators.{side}") for side in _SIDES))
_NUMBER = rf"(?:{FIGURE}[万亿千]?|{NUMERAL}){_UNITS}(?![岁])"
# A comparator before the number, or 达; failing both, words behind it.
_LIMIT = Expression(
    rf"(?:(?P<before>{_BEFORE}){_HAN}{{0,2}}?|(?P<reach>达到?))?{_NUMBER}(?(before)(?:以上|以下|以内|之内)?|(?(reach)(?:以上|及以上)?"
    r"|(?:(?:\(含\))?(?P<around>及?以上|及?以下)|(?<!年)(?P<within>以内|之内|内(?![容部外科设乡列属浮])))))"
    r"|(?P<date>(?:\d{1,2}|[一二三四五六七八九十]{1,2})月(?:\d{1,2}[日号]|底|末|份|[初中上下]旬?)?(?:之前|以前|前)|年(?:底|末)(?:之前|以前|前))"
)
_PART = Expression(r"[\d年]$")  # 2022年3日内: a day of a date, not a limit
_DEFINES_RATE = Expression(r"(?:率|比例|占比|比重|满意度)(?:达标|提升|提高)?$")
_ACT = Expression(any_of("design.limits.acts"))
_RATE = Expression(
    rf"(?!{any_of('design.reading.no_rate')}){_HAN}{{2}}率|{any_of('design.reading.degrees')}|{_HAN}{{0,2}}{any_of('design.reading.shares')}"
)


@lru_cache(maxsize=8192)
def without_number(text: str) -> str:
    """The text in half width without blanks, stars and a leading 指标1: or 1、; no more of it than a name can be long."""
    return _ORDINAL.sub("", plain(text[:_LONGEST]))


@lru_cache(maxsize=8192)
def without_quotes(text: str) -> str:
    """The bare text in which what stands in quotation or book-title marks is blotted out."""
    return _QUOTED.sub(lambda found: "□" * len(found[0]), without_number(text))


@lru_cache(maxsize=8192)
def clauses(text: str) -> tuple[str, ...]:
    """The parts of a name between commas, semicolons, colons and full stops, with what is quoted blotted out."""
    return tuple(part for part, _ in quoted_clauses(text))


@lru_cache(maxsize=8192)
def quoted_clauses(text: str) -> tuple[tuple[str, str], ...]:
    """The clauses of a name, each beside its own words: a comma inside quotation marks parts nothing."""
    bare, at, found = without_number(text), 0, []
    for part in _PAUSE.split(without_quotes(text)):
        start = without_quotes(text).index(part, at) if part else at
        at = start + len(part)
        if part.strip(_EDGES):
            found.append((part.strip(_EDGES), bare[start:at].strip(" 、.-—")))
    return tuple(found)


@lru_cache(maxsize=8192)
def limits_in_name(text: str) -> tuple[str, ...]:
    """What a name fixes as a figure to be reached or kept: ≤10天, 不少于30件, 3日内.

    A figure that tells of whom or what the indicator speaks is none: 3年以上树龄, 超过30日未办结案件; nor is one that
    defines a rate: 24小时内办结率.
    """
    return tuple(found for clause in clauses(text) for found in _limits_in(clause))


def _limits_in(clause: str) -> list[str]:
    found = []
    for match in _LIMIT.finditer(clause):
        if match["within"] and _PART.search(clause[: match.start()]):
            continue
        rest = clause[match.end() :].lstrip(")")
        acting = bool(_ACT.match(rest))
        loose = match["before"] in words("design.limits.loose")
        if rest.startswith("的") or _DEFINES_RATE.search(rest):
            continue
        if rest and (loose or match["reach"] or match["around"] or (match["within"] and not acting)):
            continue
        found.append(match[0])
    return found


@lru_cache(maxsize=8192)
def rates(clause: str) -> tuple[re.Match[str], ...]:
    """The measurable rates that a clause names: 知晓率, 满意度, 占比."""
    return tuple(_RATE.finditer(clause))


@lru_cache(maxsize=8192)
def core_name(text: str) -> str:
    """A name without what stands after the matter itself: brackets, limits, 达标, 情况, 提高 and the like."""
    bare = _BRACKETED.sub("", without_quotes(text)).strip(_EDGES)
    before = ""
    while bare != before:
        before = bare
        for limit in limits_in_name(bare):
            bare = bare.removesuffix(limit)
        bare = bare.strip(_EDGES)
        tail = next((word for word in words("design.reading.tails") if bare.endswith(word)), "")
        bare = bare.removesuffix(tail) if len(bare) > len(tail) + 1 else bare
    return bare
