"""What a text on the form says as a figure: "≥95%", "2万册", "前三", "2021年12月底前"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache

from auditkit.quantity.measure import Measure, Quantity, QuantityKind, Relation
from auditkit.quantity.notation import bare_text
from auditkit.quantity.numbers import FIGURE, NUMERAL, count
from auditkit.quantity.times import clock_at, date_at, monthday_at
from auditkit.quantity.units import FACTORS, same_unit
from auditkit.vocabulary.spelling import is_blank_text, plain
from auditkit.vocabulary.terms import Expression, table, words

_COMPARATORS = {
    Relation.AT_LEAST: "at_least",
    Relation.ABOVE: "above",
    Relation.AT_MOST: "at_most",
    Relation.BELOW: "below",
    Relation.EXACTLY: "exactly",
}
_RELATIONS = {word: relation for relation, name in _COMPARATORS.items() for word in words(f"comparators.{name}")}
_RELATIONS |= dict.fromkeys(words("comparators.controlled"), Relation.AT_MOST)
for _denial in words("comparators.negations"):  # 不突破 and 未超过 are limits, 不低于 and 不早于 are floors
    _RELATIONS |= {_denial + word: Relation.AT_MOST for word in words("comparators.exceeding")}
    _RELATIONS |= {_denial + word: Relation.AT_LEAST for word in words("comparators.lesser")}
_AFTER = dict.fromkeys(words("comparators.at_least_after"), Relation.AT_LEAST)
_AFTER |= dict.fromkeys(words("comparators.at_most_after"), Relation.AT_MOST)
_KINDS = {unit: QuantityKind(kind) for kind in ("money", "duration", "rate") for unit in words(f"units.kinds.{kind}")}
_SCALES = {"百": 2, "千": 3, "万": 4, "亿": 8}


def _any(units: set[str]) -> str:
    return "(?:" + "|".join(map(_spelt, sorted(units, key=lambda word: -len(word)))) + ")"


def _spelt(word: str) -> str:
    """A word in an expression; a unit in Latin letters (km) ends where the letters do, and may be in capitals."""
    if word in words("comparators.single"):
        return rf"{re.escape(word)}(?=\d|百分之|{NUMERAL}[万亿]?[^\s万亿])"
    if word == "升":  # 由32升至34 has no litres
        return "升(?![至到为高幅级温值学])"
    if not word.isascii() or not word.isalpha():
        return re.escape(word)
    return rf"{f'(?i:{word})' if len(word) > 1 else word}(?![A-Za-z])"


_UNIT = _any({unit for group in table("units.synonyms") for unit in group} | {*FACTORS, *words("units.others")})
_PLAIN = {word for word in _RELATIONS if not word.startswith(words("comparators.negations"))}
_KNOWN = {word for name in _COMPARATORS.values() for word in words(f"comparators.{name}")} - _PLAIN
_BEFORE = "(?:{}|{}(?:{}|{})|{})".format(
    _any(_KNOWN),
    *(_any(set(words(f"comparators.{kind}"))) for kind in ("negations", "exceeding", "lesser")),
    _any(_PLAIN),
)
_COMPARATOR = Expression(_BEFORE)
_TIME = "|".join(sorted((word for word in table("units.periods")), key=lambda word: -len(word)))
EACH = Expression(
    rf"每隔?((?:\d{{1,3}}|[两二三四五六七八九十]{{1,3}})个?(?:日|天|周|星期|月|季度|年)|{_TIME}|小时|课时|学时|[年人生次期户场村件校班镇乡县街亩])内?"
)
_PERIOD = Expression(rf"(?:{EACH.pattern})+")
_PERIOD_BEFORE = Expression(rf"(?:{EACH.pattern})+(?:各|开展|组织|举办|召开)?$")
_YEAR_ALONE = Expression(r"((?:19|20)\d{2})年(?:度|全年)?")
_RANK = Expression(
    rf"(?P<before>{_BEFORE})?(?:并列)?(?:(?P<top>前)|第)(?P<place>\d{{1,4}}|{NUMERAL})(?:名|位|强|(?![\w%.]))"
)
_LEAD = Expression(
    rf"(?P<before>{_BEFORE})(?P<fill>[\u4e00-\u9fff:]{{0,5}}?)(?=[-+]?\d|百分之|{NUMERAL}[余多来几]?[万亿]?{_UNIT})"
)
_NUMBER = Expression(
    rf"(?P<sign>[-+](?=\d))?(?:百分之(?P<cent>{NUMERAL}(?:点{NUMERAL})?|{FIGURE})|(?P<digits>(?>{FIGURE}))(?![\d_]|[eE][-+]?\d)"
    rf"|(?P<word>{NUMERAL}(?:[万亿]{NUMERAL})?)(?=[余多来几]?[万亿]?{_UNIT})(?!次性|站式|件事|条龙|张网|张图|体化|里))(?P<scale>[万亿百]|千(?![瓦克米伏]))?(?P<over>[余多来几])?"
)
_OCCASION = Expression("[批场班台车架]次")
_COMPOUND = Expression(r"(?:(?P<hours>\d{1,4})小时)?(?:(?P<minutes>\d{1,4})分钟?)?(?:(?P<seconds>\d{1,4})秒)?")
_UNIT_AFTER = Expression(
    rf"(?P<known>{_UNIT})(?P=known)?(?:\(.\))?|(?P<latin>[A-Za-z]{{1,5}})|(?P<han>(?![至到或及和与以内含前后降升增减提上下变调改为比较占达未已完成的是有在从由每共约近超其另左不无没均各])[\u4e00-\u9fff])"
)
_MOVES = "[降增减至到]|升[至到高]|提高|下[降调]|上[升调]|回落|以[上下内]|之内|左右|上下|及以"
PARTING = rf"/(?=(?:(?!{_MOVES})[\u4e00-\u9fff]){{1,8}}[:：]?\d)"  # 男30/女20, and not 千瓦时/吨降至0.3
_PER = Expression(
    rf"(?P<whole>(?!{PARTING})/(?P<per>(?:\d+[万千百]?)?(?:(?!{_MOVES})[\u4e00-\u9fffA-Za-z]){{1,4}}(?:[·.*/][\u4e00-\u9fff]{{1,3}}){{0,2}}|\d+[万千百]?))"
)
_CLOSE = Expression(
    rf"(?:\(含\)|含|及|或|(?P<noun>[\u4e00-\u9fff]{{1,4}}?))??(?P<after>{_any(set(_AFTER))})(?![容部外科设乡列属浮])"
)
_NEARLY = Expression(r"(?:大约|约为|(?<![签条预契公节大制违履邀合])约|大概|估计|估算)$")
_AROUND = Expression(r"(?:左右|上下|(?P<over>出头|开外|有余|挂零|冒头|多一点))")
_VAGUE = Expression(r"[数几上][万亿]?$")  # 数十场 and 上百人 are no figure
_RATIO = Expression(r"(\d{1,4}(?:\.\d{1,4})?):(\d{1,4}(?:\.\d{1,4})?)(?![\d:])")
_RANGE = Expression(r"(?:[-~—–―至到])(?=\d)")
_SPELT_ONE = Expression(r"[了共计达为行展织办开成少于过≥≤><=:在月季度旬周日年天]$|[提延][前后]$|[早晚]$")
# What a figure may begin with: most of a text is none of it, and looking closer is dear.
_STARTS = Expression(
    rf"[\d{re.escape(''.join(sorted({word[0] for word in _RELATIONS})))}零〇一二两三四五六七八九十百千+\-第前并上下年每当本次翌早晚凌清中傍夜]"
)
_PASSED_OVER = re.compile(r"\d[\d,]*(?:\.\d+)*(?:[_eE][-+]?[\d_]+)?|.", re.DOTALL)


@lru_cache(maxsize=8192)
def parse_quantity(text: str, listed: bool = False) -> Quantity:
    """Every figure in a text with its relation, unit and kind. Never raises: a text without figures has none.

    `listed` says that what it stands beside is a list of matters, 1.… 2.…: what counts its lines is no figure.
    """
    if year := whole_year(text):
        return Quantity(text, (year,), False)
    return Quantity(text, tuple(measure for measure, _, _ in figures(bare_text(text, listed))), is_blank_text(text))


def whole_year(text: str) -> Measure | None:
    """A year that stands alone as a target or a result: by, or at, the end of it."""
    found = _YEAR_ALONE.fullmatch(plain(text))
    return Measure(Relation.BARE, Decimal(f"{found[1]}1231"), QuantityKind.DATE) if found else None


def figures(bare: str) -> Iterator[tuple[Measure, int, int]]:
    """Every figure of a bare text, with where it begins and ends in it."""
    at = 0
    while start := _STARTS.search(bare, at):
        at = start.start()
        if bare[at] == "每" and (each := _PERIOD.match(bare, at)) and not monthday_at(bare, at, at, None):
            at = each.end()
            continue
        found = _time(bare, at) or _rank(bare, at) or _compound(bare, at) or _ratio(bare, at) or _figure(bare, at)
        if found:
            yield found[0], at, found[1]
        at = found[1] if found else _PASSED_OVER.match(bare, at).end()


def _time(bare: str, at: int) -> tuple[Measure, int] | None:
    """A date, a time of the day or a day of the month; of two dates joined by a dash the later counts."""
    lead = _COMPARATOR.match(bare, at)
    if lead and lead[0] in words("comparators.single"):  # no time is 未达到 or 不足: it was not kept
        return None
    end, before = (lead.end(), _RELATIONS[lead[0]]) if lead else (at, None)
    found = date_at(bare, at, end, before)
    if found:
        gap = _RANGE.match(bare, found[1])
        return (gap and _time(bare, gap.end())) or found
    timely = before if lead and any(word in lead[0] for word in "早晚迟") else None
    return clock_at(bare, at, end, timely) or monthday_at(bare, at, end, before)


def _rank(bare: str, at: int) -> tuple[Measure, int] | None:
    found = _RANK.match(bare, at)
    place = count(found["place"]) if found else None
    if not found or place is None:
        return None
    relation = _RELATIONS[found["before"]] if found["before"] else Relation.AT_MOST if found["top"] else Relation.BARE
    return Measure(relation, place, QuantityKind.RANK, "名", context=bare[max(at - 6, 0) : at]), found.end()


def _compound(bare: str, at: int) -> tuple[Measure, int] | None:
    """A time told in two units: 2分18秒, 1小时30分."""
    found = _COMPOUND.match(bare, at)
    parts = [int(text) if text else None for text in found.groups()]
    if sum(part is not None for part in parts) < 2 or bare[max(at - 1, 0) : at].isdigit():
        return None
    seconds = sum((part or 0) * size for part, size in zip(parts, (3600, 60, 1), strict=True))
    return Measure(
        Relation.BARE, Decimal(seconds), QuantityKind.DURATION, "秒", context=bare[max(at - 6, 0) : at]
    ), found.end()


def _ratio(bare: str, at: int) -> tuple[Measure, int] | None:
    """A ratio such as 1.2:1 as one number."""
    lead = _LEAD.match(bare, at)
    found = _RATIO.match(bare, lead.end() if lead else at)
    if not found or not Decimal(found[2]) or bare[max(at - 1, 0) : at].isdigit():
        return None
    number = Decimal(found[1]) / Decimal(found[2])
    relation = _RELATIONS[lead["before"]] if lead else Relation.BARE
    terms = (Decimal(found[1]), Decimal(found[2]))
    return Measure(
        relation, number, QuantityKind.RATIO, ":", context=bare[max(at - 6, 0) : at], terms=terms
    ), found.end()


def _figure(bare: str, at: int) -> tuple[Measure, int] | None:
    lead = _LEAD.match(bare, at)
    start = lead.end() if lead else at
    first = _scaled(bare, start)
    if not first or (bare[start] == "一" and start and not lead and not _SPELT_ONE.search(bare[:start])):
        return None
    if bare[start] in "十百千" and _VAGUE.search(bare[:start]):
        return None
    number, unit, end, scale, over = first
    upper, gap = None, _RANGE.match(bare, end)
    second = _scaled(bare, gap.end()) if gap else None
    if second and (not unit or not second[1] or second[1] == unit):
        upper, unit, end, over = second[0], second[1] or unit, second[2], second[4]
        number = number if first[1] or not unit else _in_base(number, unit)
    close = _CLOSE.match(bare, end)
    relation = _RELATIONS[lead["before"]] if lead else Relation.BARE
    if close and not (close["noun"] and len(close["after"]) == 1):
        relation = _AFTER[close["after"]] if relation is Relation.BARE else relation
        end = close.end()
    unit += _period(bare, at, lead["fill"] if lead else "") if "/" not in unit else ""
    kind = _KINDS.get(unit.partition("/")[0], QuantityKind.COUNT if unit else QuantityKind.NUMBER)
    if relation is Relation.BARE and kind is QuantityKind.RATE and bare[:start].endswith("前"):
        relation = Relation.AT_MOST
    relation = relation if upper is None else Relation.RANGE
    around = _AROUND.match(bare, end)
    end, over = (around.end(), over or bool(around["over"])) if around else (end, over)
    about = bool(over or around or _NEARLY.search(bare[:start]))
    sign = bare[start] if bare[start] in "+-" else ""
    context = bare[max(at - 6, 0) : at]
    return Measure(relation, number, kind, unit, upper, context, scale, about, over, sign), end


def _scaled(bare: str, at: int) -> tuple[Decimal, str, int, Decimal, bool] | None:
    """The number at a place in the base of its unit, the unit, where both end, what one counts, whether there is more."""
    found = _NUMBER.match(bare, at)
    number = count(found["cent"] or found["digits"] or found["word"]) if found else None
    if number is None:
        return None
    number = -number if found["sign"] == "-" else number
    scale = Decimal(1).scaleb(_SCALES.get(found["scale"], 0))
    if found["cent"]:
        return number.scaleb(-2), "%", found.end(), scale, False
    unit, end = _unit(bare, found.end())
    return _in_base(number * scale, unit), unit, end, _in_base(scale, unit), bool(found["over"])


def _unit(bare: str, at: int) -> tuple[str, int]:
    if _CLOSE.match(bare, at) and not _CLOSE.match(bare, at)["noun"]:
        return "", at
    share = _PER.match(bare, at)
    if share and share["per"][0].isdigit():
        return share[0], share.end()
    found = _UNIT_AFTER.match(bare, at)
    if not found:
        return "", at
    unit, end = found["known"] or found["latin"] or found["han"], found.end()
    if bare[end : end + 1] == "次" and not unit.isascii() and unit not in FACTORS and "次" not in unit:
        unit, end = unit + "次", end + 1  # 座次, 艘次: visits, not things
    if unit == "个" and (occasion := _OCCASION.match(bare, end)):
        unit, end = occasion[0], occasion.end()  # 1836个批次
    unit = unit.lower() if found["known"] and unit.isascii() else unit
    per = _PER.match(bare, end)
    if per:
        alone = per["per"] == "年" or same_unit(unit, per["per"])  # 次/年 counts the year's; 台/套 is one unit
        return (unit if alone else f"{unit}/{per['per']}"), per.end()
    return unit, end


def _in_base(number: Decimal, unit: str) -> Decimal:
    base, factor = FACTORS.get(unit.partition("/")[0], ("", 1))
    if base == "%":
        return number.scaleb(-2) * factor
    return number * factor


def _period(bare: str, at: int, fill: str) -> str:
    found = _PERIOD.search(fill) or _PERIOD_BEFORE.search(bare[:at])
    return "".join(f"/{each}" for each in EACH.findall(found[0])).removesuffix("/年") if found else ""
