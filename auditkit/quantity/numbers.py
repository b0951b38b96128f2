"""Numbers and texts as printed on the form: their spellings, their grammar, their precision."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from auditkit.vocabulary.spelling import half_width, plain
from auditkit.vocabulary.terms import Expression

FIGURE = r"(?:\d{1,3}(?:,\d{3})+|\d{1,15})(?:\.\d{1,10})?"
_AMOUNT = Expression(rf"([-+]?)¥?({FIGURE})(?:万元|亿元|千元|元|万|亿|分)?")
_MONEY = {"元": 0, "千元": 3, "万": 4, "万元": 4, "亿": 8, "亿元": 8}  # powers of ten of 元
_OWN_UNIT = Expression(r"(?:[千万亿]?元|[万亿])$")
_PERCENTAGE = Expression(rf"([-+]?)({FIGURE})(%?)|百分之(.+)")

# The mark of a note behind a figure: ① comes here as ;.
_NOTE = Expression(r"(?<=[\d%元万亿分])(?:;+|[\[【〔]\d{1,2}[\]】〕]|\*{1,3}|[†‡※]|[(]?注\d{0,2}[)]?)$")


@lru_cache(maxsize=16384)
def amount(text: str) -> Decimal | None:
    """An amount, points or score as printed, with its printed precision; None where the text is no such number."""
    found = _AMOUNT.fullmatch(_without_note(text))
    return _decimal(found[2], found[1]) if found else None


def _without_note(text: str) -> str:
    """The plain text of an entry without the mark of a note behind its figure: 9.5①, 9.5[1], 9.5*, 9.5（注1）."""
    return _NOTE.sub("", plain(text))


def in_unit(figure: Decimal, text: str, unit: str) -> Decimal:
    """An amount of money in another unit, where the text prints its own: 123.4500 for 1,234,500元 among 万元."""
    if unit not in _MONEY:
        return figure
    printed = _OWN_UNIT.search(_without_note(text))
    return figure.scaleb(_MONEY[printed[0] if printed else unit] - _MONEY[unit])


def percentage(text: str) -> Decimal | None:
    """A share of 1 with its printed precision: 88%, 0.88, 1; a bare number above 1.5 counts percent."""
    found = _PERCENTAGE.fullmatch(_without_note(text))
    if not found:
        return None
    if found[4]:
        counted = count(found[4])
        return None if counted is None else counted.scaleb(-2)
    number = _decimal(found[2], found[1])
    return number.scaleb(-2) if found[3] or abs(number) > Decimal("1.5") else number


def years_in(text: str) -> tuple[int, ...]:
    """The years that a text names, in their order: "（2021年度）", "2021_forms"."""
    digits = half_width(text)
    for spelt in re.findall(r"[二〇零一三四五六七八九]{4}(?=年)", digits):
        digits = digits.replace(spelt, "".join(str(_DIGITS[c]) for c in spelt))
    return tuple(int(year) for year in re.findall(r"(?<!\d)((?:19|20)\d{2})(?!\d)", digits))


def agrees(printed: Decimal, least: Decimal, most: Decimal | None = None) -> bool:
    """True where an exact figure, or one between `least` and `most`, is one that a printed figure stands for.

    A printed 88% is any of [87.5%, 88.5%).
    """
    half = Decimal(5).scaleb(int(printed.as_tuple().exponent) - 1)
    return printed - half <= (least if most is None else most) and least < printed + half


def format_number(number: Decimal | None, places: int = 2) -> str:
    """A computed figure for print: rounded to at most so many decimals, no trailing zeros, a dash for none."""
    if number is None:
        return "—"
    rounded = number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP) + 0
    return f"{rounded:f}".rstrip("0").rstrip(".") if places else f"{rounded:f}"


def shown_percent(share: Decimal, like: Decimal | None = None) -> str:
    """A computed share as a percentage with one decimal, or with as many as another printed share has."""
    places = 1 if like is None else max(0, -int(like.as_tuple().exponent) - 2) + 1
    return f"{format_number(share.scaleb(2), places)}%"


def _decimal(digits: str, sign: str = "") -> Decimal:
    return Decimal(f"{'-' if sign == '-' else ''}{digits.replace(',', '')}")


_DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_POWERS = {"十": 10, "百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}
NUMERAL = r"[零〇一二两三四五六七八九十百千]+"


def count(text: str) -> Decimal | None:
    """A number in Chinese numerals below 亿, or in plain digits."""
    if re.fullmatch(FIGURE, text):
        return _decimal(text)
    whole, _, fraction = text.partition("点")
    if not whole or any(c not in _DIGITS and c not in _POWERS for c in whole):
        return None
    if any(c not in _DIGITS for c in fraction) or len(text) > 15:
        return None
    tens, current, total = 0, 0, 0
    for char in whole:
        if char in _DIGITS:
            current = current * 10 + _DIGITS[char] if tens == 0 and current else _DIGITS[char]
        elif _POWERS[char] >= 10_000:
            total, tens, current = (total + tens + current) * _POWERS[char], 0, 0
        else:
            tens, current = tens + (current or 1) * _POWERS[char], 0
    number = Decimal(total + tens + current)
    decimals = "".join(str(_DIGITS[c]) for c in fraction)
    return number + Decimal(f"0.{decimals}") if decimals else number
