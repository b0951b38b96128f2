"""A text made ready for its grammar: one way of writing, and digits that are no figure blotted out."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

from auditkit.quantity.numbers import count
from auditkit.vocabulary.spelling import half_width
from auditkit.vocabulary.terms import Expression

# Digits that are no figure: names in quotation marks, document and article numbers, years, ordinals of a list.
_NO_FIGURE = Expression(
    r"《[^》]*》|“[^”]*”|\"[^\"]*\"|〔\d+〕\d*号?|第[\d一二三四五六七八九十]+(?:条|款|章|批|期|届|号|方|次)|(?<!月)(?<!月\d)\d+号文?|(?<![\dA-Za-z.])\d{1,2}[GDK](?![A-Za-z])|(?<![A-Za-z])[A-Z]{1,4}\d{1,3}(?:\.\d)?(?![\d.万亿%])"
    r"|(?<!\d)(?:19|20)\d{2}(?:[-~至—](?:19|20)\d{2})?年度?(?!\d?\d月|底|末|内|第|[一二三四]季|之?前|以前)"
    r"|(?:^|(?<=[。;:\n]))(?:\d{1,2}|[一二三四五六七八九十]{1,2})(?:、|\.(?!\d)|\))|\((?:\d{1,2}|[一二三四五六七八九十]{1,2})\)"
)
_ORDINAL = Expression(r"(?:^|(?<=[\n;。]))\s*(\d{1,2})[.、)](?P<figure>\d*)")
_CAPITALS = str.maketrans("壹贰叁肆伍陆柒捌玖拾佰仟", "一二三四五六七八九十百千")
_ONES = "一二三四五六七八九"
_SHARE = rf"[{_ONES}十百千万两]+"


def _fraction(found: re.Match[str]) -> str:
    """三分之一 as a percentage; one that does not end is cut so that nothing which reaches it falls short."""
    whole, part = (Decimal(10_000) if spelt == "万" else count(spelt) for spelt in found.groups())
    if not whole or part is None or part > whole:
        return found[0]
    return f"{(part / whole * 100).quantize(Decimal('0.0001'), 'ROUND_DOWN').normalize():f}%"


def _tenths(found: re.Match[str]) -> str:
    more = "5" if found[2] == "半" else str(count(found[2])) if found[2] else "0"
    return f"{count(found[1])}{more}%"


def _month(found: re.Match[str]) -> str:
    day = f"{count(found['day'])}{found['sun']}" if found["day"] else ""
    return f"{count(found['month'])}月{day}"


# What a text must hold, what is looked for in it, and what that is rewritten to.
# (40,50] is a range; ±5 is at most 5; a space may part thousands; 八成, 三分之一 and 过半 are shares.
_NOTATIONS = (
    (
        "±",
        Expression(r"(\d+(?:\.\d+)?)%±(\d+(?:\.\d+)?)%"),
        lambda m: f"{Decimal(m[1]) - Decimal(m[2])}-{Decimal(m[1]) + Decimal(m[2])}%",
    ),
    (",", Expression(r"[(\[](\d+(?:\.\d+)?),(\d+(?:\.\d+)?)[)\]]"), r"\1-\2"),
    ("w", Expression(r"(?<=\d)w(?![A-Za-z])"), "万"),
    ("百分比", Expression(r"(?<=\d)百分比"), "%"),
    (
        "分之",
        Expression(rf"(?<![{_ONES}十百千万两零第])(?!百分之)({_SHARE}|\d{{1,4}})分之({_SHARE}|\d{{1,4}}(?:\.\d)?)"),
        _fraction,
    ),
    (
        "成",
        Expression(
            rf"(?<![\u4e00-\u9fff\d])([{_ONES}]|\d(?!\d))成(半|[{_ONES}](?!成))?(?=以[上下内]|及|或|多|左右|的|$|[,.。;)])"
            rf"|(?<=[近超达约过为至到占于长降高升少加减低幅])([{_ONES}]|\d(?!\d))成(?![\u4e00-\u9fff]*成)"
        ),
        lambda m: _tenths(m) if m[1] else f"{count(m[3])}0%",
    ),
    ("半", Expression(r"(?<!大)(?:超过?|过)半数?(?![天日年月个小])"), ">50%"),
    ("半", Expression(r"(?:一半|半数)(?=以[上下]|及以上|左右|$|[,。;)])"), "50%"),
    (
        "半",
        Expression(r"(?:(?<=提前)|(?<![上下每前后近大多两]))半个?月(?=以?内|之内|以[上下]|\s*$|[,。;)完办到送公通发])"),
        "15天",
    ),
    ("个半", Expression(r"([一二两三四五六七八九]|\d)个半(?=小时|月|工作日)"), lambda m: f"{count(m[1])}.5个"),
    ("半", Expression(r"([一二两三四五六七八九]|\d)(年|天|小时)半(?!年)"), lambda m: f"{count(m[1])}.5{m[2]}"),
    (
        "半",
        Expression(
            r"(?:(?<=提前)|(?<![上下每前后一近大多两]))半(?=(?:天|日|年|个?(?:小时|工作日|月))(?:以?内|之内|以[上下]|\s*$|[,。;)完办到送]))"
        ),
        "0.5",
    ),
    ("±", Expression(r"[≤<]?±(?=\d)(?<!\d±)"), "≤"),
    (" ", Expression(r"(?<![\d.])(\d{1,3}) (?=\d{3}(?!\d))"), r"\1"),
    ("", Expression(r"(?<=\d)[^\S\n]+(?=[\u4e00-\u9fff%])|(?<=[\u4e00-\u9fff])[^\S\n]+(?=\d)"), ""),
    ("比", Expression(r"(?<=\d)比(?=\d)"), ":"),
    (
        "月",
        Expression(
            rf"(?<![{_ONES}十百\d个第每两])(?P<month>十[一二]?|[{_ONES}])月"
            rf"(?:(?P<day>[二三]?十[{_ONES}]?|[{_ONES}])(?P<sun>[日号])|(?=[初中下上底末份前后内]))"
        ),
        _month,
    ),
)


@lru_cache(maxsize=8192)
def spelt_and_bare(text: str, listed: bool = False) -> tuple[str, str]:
    """The text in one way of writing and without blanks, and the same with what is no figure blotted out.

    Both are of one length, so that what is blotted out can be read at its place.
    """
    spelt = half_width(text).translate(_CAPITALS)
    for needed, written, standard in _NOTATIONS:
        if needed in spelt:
            spelt = written.sub(standard, spelt)
    blotted = _NO_FIGURE.sub(_blotted, _unnumbered(spelt, listed))
    kept = [i for i, char in enumerate(spelt) if not char.isspace()]
    return "".join(spelt[i] for i in kept), "".join(blotted[i] for i in kept)


def bare_text(text: str, listed: bool = False) -> str:
    """The text in half width and without blanks, digits that are no figure (years, names, ordinals) blotted out."""
    return spelt_and_bare(text, listed)[1]


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
