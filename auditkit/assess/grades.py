"""Levels that somebody awards, in their order: 甲 above 乙, 国家级 above 省级, five stars above four, Ⅱ类 above Ⅲ类."""

from __future__ import annotations

from functools import cache, lru_cache

from auditkit.quantity.numbers import count
from auditkit.vocabulary.spelling import plain
from auditkit.vocabulary.terms import Expression, any_of, table, words

_LEAD = Expression(rf"^(?:{any_of('grades.lead')}|[≥>])+")
_TAIL = Expression(rf"{any_of('grades.tail')}+$")
_ROMAN = {"I": 1, "II": 2, "III": 3, "IV": 4, "V": 5, "Ⅰ": 1, "Ⅱ": 2, "Ⅲ": 3, "Ⅳ": 4, "Ⅴ": 5}
_HAN = Expression(r"[\u4e00-\u9fff]{2,}")
_ONE = r"[一二三四五六七八九]|[1-9]"
_LEVEL = Expression(
    rf"^(?P<area>国家|[国省市县部])?(?P<number>{_ONE}|特|IV|V|I{{1,3}})(?P<kind>级|星级|星|类|等|档|A级|A)(?P<sub>[甲乙丙特合一二三A-D]等?)?$"
)
_LETTERS = Expression(r"^(?:([1-5])A|([A-E]{1,5}[+-]?))级?$")


@lru_cache(maxsize=4096)
def reaches(promise: str, answer: str, name: str = "") -> bool | None:
    """Whether a level is at least the one promised, None where the two are not on one scale.

    Of numbered levels it depends on the matter whether one is the highest: a hospital's third level is, a contractor's
    first.
    """
    wanted, given = _without_thing(_bare(promise), _bare(answer))
    if not wanted or not given:
        return None
    for scale in _scales():
        if wanted in scale and given in scale:
            return scale[given] <= scale[wanted]
    numbered = _numbered(wanted, given, f"{name}{promise}")
    return numbered if numbered is not None else _composed(wanted, given)


def _without_thing(one: str, other: str) -> tuple[str, str]:
    """Two levels of the same thing without it: 一级 and 二级 of 一级馆 and 二级馆."""
    for size in range(1, min(len(one), len(other))):
        if one[-size] != other[-size]:
            break
        if _known(one[:-size]) and _known(other[:-size]):
            return one[:-size], other[:-size]
    return one, other


def is_level(text: str) -> bool:
    """Whether a text is a level and nothing else."""
    bare = _bare(text)
    return bool(bare) and (bool(_LEVEL.match(bare)) or any(bare in scale for scale in _scales()))


@cache
def _scales() -> tuple[dict[str, int], ...]:
    return tuple({plain(grade): place for place, grade in enumerate(scale)} for scale in table("grades.scales"))


def level_in(text: str) -> str:
    """The one numbered level that a longer text names, 三级 of 通过三级等保测评; nothing where it names none or several."""
    found = {m[0] for m in _NUMBERED.finditer(plain(text))}
    return found.pop() if len(found) == 1 else ""


_NUMBERED = Expression(r"(?:[一二三四五]|[1-5])(?:[级类等档星]|A级)(?:[甲乙丙ABCD](?![A-Za-z]))?")


@lru_cache(maxsize=4096)
def _bare(text: str) -> str:
    bare = plain(text).rstrip("。.;")
    if bare.startswith("未") or len(bare) > 24:
        return ""
    bare = _LEAD.sub("", bare) or bare
    while (found := _TAIL.search(bare)) and found.start() > 0 and not _known(bare):
        bare = bare[: found.start()]
    if letters := _LETTERS.match(bare):
        return "A" * int(letters[1]) if letters[1] else letters[2]
    return bare


def _known(text: str) -> bool:
    return bool(_LEVEL.match(text)) or any(text in scale for scale in _scales())


def _composed(wanted: str, given: str) -> bool | None:
    """Levels of two kinds in one text, as in 省级二等奖: reached where neither is lower, missed where none is higher."""
    steps = []
    for scale in _scales():
        one, other = (
            max((g for g in scale if _HAN.fullmatch(g) and g in text), key=len, default="") for text in (wanted, given)
        )
        if one and other:
            steps.append(scale[one] - scale[other])
    if not steps or (min(steps) < 0 < max(steps)):
        return None
    return min(steps) >= 0


def _numbered(wanted: str, given: str, matter: str) -> bool | None:
    one, other = _LEVEL.match(wanted), _LEVEL.match(given)
    if not one or not other or one["kind"].strip("级") != other["kind"].strip("级") or one["area"] != other["area"]:
        return None
    first, second = (_ROMAN.get(m["number"]) or int(count(m["number"]) or 0) for m in (one, other))
    if 0 in (first, second):  # 特级 stands above all
        return second == 0
    if first == second:
        subs = [" 特甲A一乙B二合丙C三D".find((m["sub"] or " ")[0]) for m in (one, other)]
        return subs[1] <= subs[0] if all(sub > 0 for sub in subs) or subs[0] == subs[1] else None
    if one["kind"] == "类" or one["kind"] in ("等", "档"):
        return second < first
    if "星" in one["kind"] or one["kind"].startswith("A") or one["sub"] or other["sub"]:
        return second > first
    rising, falling = (any(word in matter for word in words(f"grades.{way}")) for way in ("rising", "falling"))
    if rising is falling:
        return None
    return second > first if rising else second < first
