"""What a number looks like on paper: a spreadsheet's value under its number format, as Excel in Chinese prints it."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation
from functools import lru_cache

from auditkit.read.excel.date_format import Stamp, is_date, print_serial, print_stamp
from auditkit.read.excel.format_code import GENERAL, Section, TokenKind, literal, section_texts, tokens

UNPRINTED = "有 {n} 个数字的格式不显示数字，未读取，如 {at}，请核对原件"
UNPRINTED_TEXT = "有 {n} 处文字的格式不显示文字，未读取，如 {at}，请核对原件"
UNSIGNED = "有 {n} 个负数的格式不显示负号，按负数读取，如 {at}，请核对原件"
UNKNOWN = "有 {n} 个数字的格式无法识别，按未设格式读取，如 {at}，请核对原件"

_NUMBER = re.compile(r"[-+]?(?:\d{1,400}(?:\.\d{0,400})?|\.\d{1,400})(?:[eE][-+]?\d{1,4})?", re.ASCII)
_CONDITION = re.compile(r"\[(<=|>=|<>|<|>|=)([-+]?[0-9]{1,20}(?:\.[0-9]{1,20})?)\]")
_HOLDS: dict[str, Callable[[Decimal, Decimal], bool]] = {
    **{"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "=": operator.eq, "<>": operator.ne},
}
_SCRIPT = re.compile(r"\[(?:dbnum|natnum)", re.IGNORECASE)  # figures in words: 贰佰叁拾柒, which nobody adds up
_UNEVEN = re.compile(r"[0#?]\s*(?:[eE][-+]|/)")  # powers of ten and fractions, which say no more than the number itself
_MOST = 30  # decimals that Excel itself prints, and a format with more places of any kind is none
_WIDE = Context(prec=120)  # every number that a format prints in full
_MINUS = re.compile(r"(?<![0-9])-(?=[^0-9]*[0-9])|-$")
_WHITE = re.compile(r"\[(?:white|白色|(?:color|颜色) ?2)\]", re.IGNORECASE)
# A sign of its own for what is below zero, so that a minus would say it twice.
_SIGNED = re.compile(r"[-(（\[]")
_BELOW = re.compile("[负减降亏欠超少↓▼▽▲△]")

Print = Callable[[Decimal], str]


def number(text: str) -> Decimal | None:
    """A cell's stored number with the 15 digits that Excel answers for; None where the text is none, NaN among them."""
    if not _NUMBER.fullmatch(text):
        return None
    value = Decimal(format(float(text), ".15g"))
    return value if value.is_finite() else None


def read_number(value: Decimal, code: str, epoch_1904: bool = False) -> tuple[str, str]:
    """The text of a number under a format, and what a person should look at: blank, UNPRINTED or UNKNOWN."""
    text = printed(value, code, epoch_1904)
    if text is None:
        return general(value), UNKNOWN
    if value < 0 and text.startswith("-") and _is_unsigned(value, code):
        return text, UNSIGNED
    return text, UNPRINTED if value and not text.strip() else ""


def _is_unsigned(value: Decimal, code: str) -> bool:
    """Whether a format has a section for what is below zero which does not say so, neither by a sign nor by a colour."""
    section, below = _section_for(value, code) or ("", False)
    return below and not _SIGNED.search(section)


def printed(value: Decimal | Stamp, code: str = GENERAL, epoch_1904: bool = False) -> str | None:
    """The text of a value under a format; None where the format is not understood (then print it as General).

    A negative number has its minus sign where the format prints it in brackets or in red too.
    """
    if not isinstance(value, Decimal):
        return print_stamp(value, code)
    found = _section_for(value, code)
    if found is None:
        return None
    section, below = found
    if _WHITE.search(section):
        return ""
    if is_date(section):
        return print_serial(value, section, epoch_1904)
    if _SCRIPT.search(section) or (printer := _printer(section)) is None:
        return None
    text = printer(abs(value))
    if value < 0 and any(digit in text for digit in "123456789") and not (below and _BELOW.search(text)):
        return f"-{_MINUS.sub('', text.strip('()（） '), count=1)}"
    return text


def print_text(text: str, code: str) -> str:
    """A text under a format: with what an @ has beside it, and blank where the format hides texts too."""
    around = text_format(code)
    return text if around is None else "".join(text if token.kind is TokenKind.TEXT else token.text for token in around)


@lru_cache(maxsize=1024)
def text_format(code: str) -> Section | None:
    """The section of a format that prints texts; None where they are printed as they stand."""
    sections = section_texts(code)
    found = tokens(sections[min(len(sections), 4) - 1])
    kinds = [token.kind for token in found]
    return None if kinds == [TokenKind.TEXT] or (len(sections) < 4 and TokenKind.TEXT not in kinds) else found


def general(value: Decimal) -> str:
    """A number under no format: whole ones in full, others in eleven places, as Excel's cells show them, with the cents."""
    if value == 0:
        return "0"
    if not -10 <= value.adjusted() <= 14:
        return f"{value.normalize(Context(prec=6)):E}"
    places = 0 if value == value.to_integral_value() else max(2, 9 - max(value.adjusted(), 0))
    text = f"{_rounded(value, places):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _rounded(value: Decimal, places: int) -> Decimal:
    unit = Decimal(1).scaleb(-places)
    try:
        return value.quantize(unit, ROUND_HALF_UP) + 0
    except InvalidOperation:  # more digits than are common
        return _WIDE.add(value.quantize(unit, ROUND_HALF_UP, _WIDE), Decimal(0))


def _section_for(value: Decimal, code: str) -> tuple[str, bool] | None:
    """The section that prints a number, and whether that is one for numbers below zero only; None where none is for it."""
    sections = section_texts(code)[:3]
    if len(sections) > 1 and any(token.kind is TokenKind.TEXT for token in tokens(sections[-1])):
        sections = sections[:-1]
    if "[" in code and any(map(_CONDITION.search, sections)):
        return _on_condition(value, sections)
    place = 1 if value < 0 and len(sections) > 1 else 2 if value == 0 and len(sections) > 2 else 0
    return sections[place], place == 1


def _on_condition(value: Decimal, sections: tuple[str, ...]) -> tuple[str, bool] | None:
    """The first section whose condition holds; the last needs none, and the second of three is for what is below zero."""
    for place, section in enumerate(sections):
        if found := _CONDITION.search(section):
            sign, bound = found[1], Decimal(found[2])
        elif place == 0:
            return None
        elif place == 1 and len(sections) == 3:
            sign, bound = "<", Decimal(0)
        else:
            return section, False
        if _HOLDS[sign](value, bound):
            return section, sign in ("<", "<=") and bound <= 0
    return None


@lru_cache(maxsize=1024)
def _printer(section: str) -> Print | None:
    """What prints a number above zero under a section; None for one that is not understood."""
    if _UNEVEN.search(section):
        return general
    found = tokens(section)
    whole = [i for i, token in enumerate(found) if token.kind in (TokenKind.GENERAL, TokenKind.TEXT)]
    marks = [i for i, token in enumerate(found) if token.kind in (TokenKind.DIGIT, TokenKind.SIGN)]
    if (
        any(token.kind in (TokenKind.UNKNOWN, TokenKind.HALF_DAY) for token in found)
        or len(whole) > 1
        or (whole and marks)
    ):
        return None
    if whole or not marks:
        before, after = (literal(found[: whole[0]]), literal(found[whole[0] :])) if whole else (literal(found), "")
        return lambda value: f"{before}{general(value) if whole else ''}{after}"
    first, last = marks[0], marks[-1] + 1
    return _figures(literal(found[:first]), found[first:last], literal(found[last:]))


def _figures(before: str, pattern: Section, after: str) -> Print | None:
    """What prints a number's figures in their places; words may stand among these (0"万"0000, 0"."0, for 元 as 万元)."""
    points = [i for i, token in enumerate(pattern) if token == (TokenKind.SIGN, ".")]
    split = points[0] if points else len(pattern)
    whole, part = pattern[:split], pattern[split + 1 :]
    places = [i for i, token in enumerate(pattern) if token.kind is TokenKind.DIGIT]
    if len(points) > 1 or not places:
        return None
    commas = [i for i, token in enumerate(pattern) if token == (TokenKind.SIGN, ",")]
    last_whole = max((i for i in places if i < split), default=-1)
    grouping = [i for i in commas if i < last_whole]
    shift = 2 * sum(token == (TokenKind.SIGN, "%") for token in pattern) - 3 * (len(commas) - len(grouping))
    decimals = [token.text for token in part if token.kind is TokenKind.DIGIT]
    padded = sum(token == (TokenKind.DIGIT, "0") for token in whole)
    parted = any(token.kind is TokenKind.LITERAL for token in pattern[places[0] : max(last_whole, 0)])
    solid = not any(token.kind is TokenKind.LITERAL for token in pattern) and pattern[-1].kind is TokenKind.DIGIT
    if max(len(decimals), abs(shift), padded) > _MOST or (grouping and parted):
        return None
    least = max((n for n, text in enumerate(decimals, 1) if text == "0"), default=0)

    def text(value: Decimal) -> str:
        if value.adjusted() >= 20:
            return f"{before}{general(value)}{after}"
        left, _, right = f"{_rounded(value.scaleb(shift), len(decimals)):f}".partition(".")
        left = left.zfill(padded) if left != "0" or padded else ""
        right = right[:least] + right[least:].rstrip("0")
        if grouping:
            left = _grouped(left)
        if solid:  # as most are
            return f"{before}{left}{'.' if right else ''}{right}{after}"
        return f"{before}{_placed(left, whole)}{'.' if right else ''}{_following(right, part)}{after}"

    return text


def _grouped(digits: str) -> str:
    first = (len(digits) - 1) % 3 + 1
    return ",".join((digits[:first], *(digits[at : at + 3] for at in range(first, len(digits), 3))))


def _placed(digits: str, section: Section) -> str:
    """Digits set into the places of a section from the right; the first place has all that are left."""
    places = [i for i, token in enumerate(section) if token.kind is TokenKind.DIGIT]
    out = []
    for i in reversed(range(len(section))):
        kind, text = section[i]
        if kind is TokenKind.DIGIT:
            taken = len(digits) if i == places[0] else 1
            if "," in digits:  # grouped ones stand together
                taken = len(digits)
            cut = max(len(digits) - taken, 0)
            out.append(digits[cut:])
            digits = digits[:cut]
        elif text != ",":
            out.append(text)
    return digits + "".join(reversed(out))


def _following(digits: str, section: Section) -> str:
    """Digits set into the places of a section from the left."""
    out = []
    for kind, text in section:
        if kind is TokenKind.DIGIT:
            out.append(digits[:1])
            digits = digits[1:]
        elif text != ",":
            out.append(text)
    return "".join(out)
