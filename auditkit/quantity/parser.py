"""What a text on the form says as a figure: "≥95%", "2万册", "前三", "2021年12月底前"."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache

from auditkit.quantity.measure import Measure, Quantity, QuantityKind, Relation
from auditkit.quantity.numbers import FIGURE, NUMERAL, count
from auditkit.quantity.units import same_unit
from auditkit.vocabulary.spelling import half_width, is_blank_text, plain
from auditkit.vocabulary.terms import table, words

_COMPARATORS = {
    Relation.AT_LEAST: "at_least",
    Relation.ABOVE: "above",
    Relation.AT_MOST: "at_most",
    Relation.BELOW: "below",
    Relation.EXACTLY: "exactly",
}
_RELATIONS = {word: relation for relation, name in _COMPARATORS.items() for word in words(f"comparators.{name}")}
_RELATIONS |= dict.fromkeys(words("comparators.controlled"), Relation.AT_MOST)
_AFTER = dict.fromkeys(words("comparators.at_least_after"), Relation.AT_LEAST)
_AFTER |= dict.fromkeys(words("comparators.at_most_after"), Relation.AT_MOST)
_FACTORS = table("units.factors")
_KINDS = {unit: QuantityKind(kind) for kind in ("money", "duration", "rate") for unit in words(f"units.kinds.{kind}")}
_SCALES = {"百": 2, "千": 3, "万": 4, "亿": 8}


def _any(units: set[str]) -> str:
    return "(?:" + "|".join(map(_spelt, sorted(units, key=lambda word: -len(word)))) + ")"


def _spelt(word: str) -> str:
    """A word in an expression; a unit in Latin letters (km) ends where the letters do, and may be in capitals."""
    if not word.isascii() or not word.isalpha():
        return re.escape(word)
    return rf"{f'(?i:{word})' if len(word) > 1 else word}(?![A-Za-z])"


_UNIT = _any({unit for group in table("units.synonyms") for unit in group} | {*_FACTORS, *words("units.others")})
_BEFORE = _any(set(_RELATIONS))
_COMPARATOR = re.compile(_BEFORE)
_PERIOD = r"(?:每(?:半年|季度?|[年月周日天人生次期户场村件]))+"

# Digits that are no figure: names in quotation marks, document and article numbers, years, ordinals of a list.
_NO_FIGURE = re.compile(
    r"《[^》]*》|“[^”]*”|\"[^\"]*\"|〔\d+〕\d*号?|第[\d一二三四五六七八九十]+(?:条|款|章|批|期|届|号|方|次)|\d+号文?"
    r"|(?<!\d)(?:19|20)\d{2}(?:[-~至—](?:19|20)\d{2})?年度?(?!\d?\d月|底|末|内|第|[一二三四]季|之?前|以前)"
    r"|(?:^|(?<=[。;:\n]))(?:\d{1,2}|[一二三四五六七八九十]{1,2})(?:、|\.(?!\d)|\))|\((?:\d{1,2}|[一二三四五六七八九十]{1,2})\)"
)
_ORDINAL = re.compile(r"(?:^|(?<=[\n;。]))\s*(\d{1,2})[.、)](?P<figure>\d*)")
_YEAR_ALONE = re.compile(r"((?:19|20)\d{2})年(?:度|全年)?")
_CAPITALS = str.maketrans("壹贰叁肆伍陆柒捌玖拾佰仟", "一二三四五六七八九十百千")
# (40,50] is a range; ±5 is at most 5; a space may part thousands.
_NOTATIONS = (
    (
        re.compile(r"(\d+(?:\.\d+)?)%±(\d+(?:\.\d+)?)%"),
        lambda m: f"{Decimal(m[1]) - Decimal(m[2])}-{Decimal(m[1]) + Decimal(m[2])}%",
    ),
    (re.compile(r"[(\[](\d+(?:\.\d+)?),(\d+(?:\.\d+)?)[)\]]"), r"\1-\2"),
    (re.compile(r"(?<=\d)w(?![A-Za-z])"), "万"),
    (re.compile(r"(?<=\d)百分比"), "%"),
    (
        re.compile(r"(?<![\u4e00-\u9fff\d])([一二三四五六七八九]|[1-9])成(?=以[上下内]|左右|$|[,。;)])"),
        lambda m: f"{count(m[1])}0%",
    ),
    (re.compile(r"([一二两三四五六七八九]|\d)个半(?=小时|月|工作日)"), lambda m: f"{count(m[1])}.5个"),
    (re.compile(r"([一二两三四五六七八九]|\d)(年|天)半(?!年)"), lambda m: f"{count(m[1])}.5{m[2]}"),
    (
        re.compile(
            r"(?<![上下每前后一近大多])半(?=(?:天|日|年|个?(?:小时|工作日|月))(?:以?内|之内|以[上下]|$|[,。;)]))"
        ),
        "0.5",
    ),
    (re.compile(r"[≤<]?±(?=\d)(?<!\d±)"), "≤"),
    (re.compile(r"(?<![\d.])(\d{1,3}) (?=\d{3}(?!\d))"), r"\1"),
    (re.compile(r"(?<=\d)[^\S\n]+(?=[\u4e00-\u9fff%])|(?<=[\u4e00-\u9fff])[^\S\n]+(?=\d)"), ""),
)
_DATE = re.compile(
    r"(?:(?P<year>(?:19|20)\d{2})年)?(?:"
    r"(?P<month>1[0-2]|0?[1-9])月(?:(?P<day>3[01]|[12]\d|0?[1-9])[日号]|底|末|份)?"
    r"|第?(?P<quarter>[一二三四1-4])季度(?:底|末|内)?|(?P<half>[上下])半年|(?P<end>年[底末终内]))(?P<before>之前|以前|前|内)?"
    r"|(?P<whole>(?:19|20)\d{2})年(?:[底末内](?:之前|以前|前)?|之前|以前|前)"
    r"|(?P<y>(?:19|20)\d{2})(?P<sep>[-./])(?P<m>1[0-2]|0?[1-9])(?P=sep)(?P<d>3[01]|[12]\d|0?[1-9])(?P<ante>之前|以前|前)?"
)
_RANK = re.compile(
    rf"(?P<before>{_BEFORE})?(?:并列)?(?:(?P<top>前)|第)(?P<place>\d{{1,4}}|{NUMERAL})(?:名|位|强|(?![\w%.]))"
)
_LEAD = re.compile(rf"(?P<before>{_BEFORE})(?P<fill>[\u4e00-\u9fff:]{{0,5}}?)(?=[-+]?\d|百分之|{NUMERAL}{_UNIT})")
_NUMBER = re.compile(
    rf"(?P<sign>[-+](?=\d))?(?:百分之(?P<cent>{NUMERAL}(?:点{NUMERAL})?|{FIGURE})|(?P<digits>(?>{FIGURE}))(?![\d_]|[eE][-+]?\d)"
    rf"|(?P<word>{NUMERAL}(?:[万亿]{NUMERAL})?)(?=[万亿]?{_UNIT})(?!次性|站式|件事|条龙|张网|张图|体化))(?P<scale>[万亿百]|千(?![瓦克米]))?[余多来几]?"
)
_COMPOUND = re.compile(r"(?:(?P<hours>\d{1,4})小时)?(?:(?P<minutes>\d{1,4})分钟?)?(?:(?P<seconds>\d{1,4})秒)?")
_UNIT_AFTER = re.compile(
    rf"(?P<known>{_UNIT})(?P=known)?(?:\(.\))?|(?P<latin>[A-Za-z]{{1,5}})|(?P<han>(?![至到或及和与以内含前后])[\u4e00-\u9fff])"
)
_PER = re.compile(
    r"(?P<whole>/(?P<per>(?:\d+[万千百]?)?[\u4e00-\u9fffA-Za-z]{1,4}(?:[·.*/][\u4e00-\u9fff]{1,3}){0,2}|\d+[万千百]?))"
)
_CLOSE = re.compile(
    rf"(?:\(含\)|含|及|或|(?P<noun>[\u4e00-\u9fff]{{1,4}}?))??(?P<after>{_any(set(_AFTER))})(?![容部外科设乡列属浮])"
)
_ABOUT = re.compile(r"\d[万亿百千]?[余多来几]")
_RATIO = re.compile(r"(\d{1,4}(?:\.\d{1,4})?):(\d{1,4}(?:\.\d{1,4})?)(?![\d:])")
_RANGE = re.compile(r"(?:[-~—–―至到])(?=\d)")
_SPELT_ONE = re.compile(r"[了共计达为行展织办开成少于过≥≤><=:]$")
# What a figure may begin with: most of a text is none of it, and looking closer is dear.
_STARTS = re.compile(
    rf"[\d{re.escape(''.join(sorted({word[0] for word in _RELATIONS})))}零〇一二两三四五六七八九十百千+\-第前并上下年]"
)
_PASSED_OVER = re.compile(r"\d[\d,]*(?:\.\d+)*(?:[_eE][-+]?[\d_]+)?|.", re.DOTALL)


@lru_cache(maxsize=8192)
def parse_quantity(text: str, listed: bool = False) -> Quantity:
    """Every figure in a text with its relation, unit and kind. Never raises: a text without figures has none.

    `listed` says that what it stands beside is a list of matters, 1.… 2.…: what counts its lines is no figure.
    """
    if year := _YEAR_ALONE.fullmatch(plain(text)):  # as a target or a result: by, or at, the end of that year
        return Quantity(text, (Measure(Relation.BARE, Decimal(f"{year[1]}1231"), QuantityKind.DATE),), False)
    return Quantity(text, tuple(measure for measure, _, _ in figures(bare_text(text, listed))), is_blank_text(text))


def bare_text(text: str, listed: bool = False) -> str:
    """The text in half width and without blanks, digits that are no figure (years, names, ordinals) blotted out."""
    spelt = half_width(text).translate(_CAPITALS)
    for written, standard in _NOTATIONS:
        spelt = written.sub(standard, spelt)
    return "".join(_NO_FIGURE.sub(_blotted, _unnumbered(spelt, listed)).split())


def is_list(text: str) -> bool:
    """Whether a text is a list of matters on lines of their own, counted from 1; 1.5公里 over 2.5公里 is none."""
    figures_after = [figure for _, figure in _counted(half_width(text))]
    return len(figures_after) > 2 or any(not figure or len(figure) > 2 for figure in figures_after)


def _unnumbered(text: str, listed: bool) -> str:
    if not (_counted(text) if listed else is_list(text)):
        return text
    return _ORDINAL.sub(lambda found: "□" * (len(found[0]) - len(found["figure"])) + found["figure"], text)


def _counted(text: str) -> list[tuple[str, str]]:
    """The numbers that begin the lines of a text with the digits behind them, where they count from 1 and go on."""
    found = _ORDINAL.findall(text) if "\n" in text or ";" in text else []
    return found if len(found) > 1 and [int(one) for one, _ in found] == [*range(1, len(found) + 1)] else []


def _blotted(found: re.Match[str]) -> str:
    return "□" * len(found[0])


def figures(bare: str) -> Iterator[tuple[Measure, int, int]]:
    """Every figure of a bare text, with where it begins and ends in it."""
    at = 0
    while start := _STARTS.search(bare, at):
        at = start.start()
        found = _date(bare, at) or _rank(bare, at) or _compound(bare, at) or _ratio(bare, at) or _figure(bare, at)
        if found:
            yield found[0], at, found[1]
        at = found[1] if found else _PASSED_OVER.match(bare, at).end()


def _date(bare: str, at: int) -> tuple[Measure, int] | None:
    lead = _COMPARATOR.match(bare, at)
    found = _DATE.match(bare, lead.end() if lead else at)
    if not found or bare[max(at - 1, 0) : at] == "每" or bare[at - 1 : at].isdigit():
        return None
    year = int(found["year"] or found["y"] or found["whole"] or 0)
    month = int(found["month"] or found["m"] or 12)
    if found["quarter"]:
        month = 3 * int(count(found["quarter"]) or 0)
    if found["half"] == "上":
        month = 6
    day = int(found["day"] or found["d"] or monthrange(year or 2000, month)[1])
    later = _RANGE.match(bare, found.end()) and _date(bare, found.end() + 1)
    if later:
        return later
    until = found["before"] or found["ante"] or found["end"] == "年内" or found["whole"]
    relation = Relation.AT_MOST if until else _RELATIONS[lead[0]] if lead else Relation.BARE
    number = Decimal(year * 10_000 + month * 100 + day)
    return Measure(relation, number, QuantityKind.DATE, context=bare[max(at - 6, 0) : at]), found.end()


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
    return Measure(relation, number, QuantityKind.COUNT, ":", context=bare[max(at - 6, 0) : at]), found.end()


def _figure(bare: str, at: int) -> tuple[Measure, int] | None:
    lead = _LEAD.match(bare, at)
    start = lead.end() if lead else at
    first = _scaled(bare, start)
    if not first or (bare[start] == "一" and start and not lead and not _SPELT_ONE.search(bare[:start])):
        return None
    number, unit, end, scale = first
    upper, gap = None, _RANGE.match(bare, end)
    second = _scaled(bare, gap.end()) if gap else None
    if second and (not unit or not second[1] or second[1] == unit):
        upper, unit, end = second[0], second[1] or unit, second[2]
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
    about = bool(_ABOUT.search(bare[start:end])) or bare[max(start - 1, 0) : start] == "约"
    return Measure(relation, number, kind, unit, upper, bare[max(at - 6, 0) : at], scale, about), end


def _scaled(bare: str, at: int) -> tuple[Decimal, str, int, Decimal] | None:
    """The number at a place in the base of its unit, the unit, where both end, and what one of it counts."""
    found = _NUMBER.match(bare, at)
    number = count(found["cent"] or found["digits"] or found["word"]) if found else None
    if number is None:
        return None
    number = -number if found["sign"] == "-" else number
    scale = Decimal(1).scaleb(_SCALES.get(found["scale"], 0))
    if found["cent"]:
        return number.scaleb(-2), "%", found.end(), scale
    unit, end = _unit(bare, found.end())
    return _in_base(number * scale, unit), unit, end, _in_base(scale, unit)


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
    unit = unit.lower() if found["known"] and unit.isascii() else unit
    per = _PER.match(bare, end)
    if per:
        alone = per["per"] == "年" or same_unit(unit, per["per"])  # 次/年 counts the year's; 台/套 is one unit
        return (unit if alone else f"{unit}/{per['per']}"), per.end()
    return unit, end


def _in_base(number: Decimal, unit: str) -> Decimal:
    base, factor = _FACTORS.get(unit.partition("/")[0], ("", 1))
    if base == "%":
        return number.scaleb(-2) * factor
    return number * factor


def _period(bare: str, at: int, fill: str) -> str:
    found = re.search(_PERIOD, fill) or re.search(_PERIOD + "$", bare[:at])
    return found[0].replace("每", "/").removesuffix("/年") if found else ""
