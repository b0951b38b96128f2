"""What a day or a time looks like on paper under a number format."""

from __future__ import annotations

import calendar
import datetime
import re
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from functools import lru_cache

from auditkit.read.excel.format_code import Section, TokenKind, section_texts, tokens

Stamp = datetime.datetime | datetime.date | datetime.time
_LAST = 2958466  # the first day after the year 9999
_WEEKDAYS, _MONTHS = "一二三四五六日", ["一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二"]
_ENGLISH = re.compile(r"\[\$[^\]]*-[0-9a-f]{0,2}09\]", re.IGNORECASE)
_SECONDS = {"h": 3600, "m": 60, "s": 1}


@lru_cache(maxsize=1024)
def is_date(section: str) -> bool:
    """Whether a section prints a day or a time."""
    return any(
        token.kind is TokenKind.ELAPSED
        or (token.kind is TokenKind.TIME and (token.text[0] not in "eE" or "年" in section))
        for token in tokens(section)
    )


def moment_of(value: Decimal, epoch_1904: bool = False) -> datetime.datetime | None:
    """The moment that a count of days stands for, to the millisecond; None beyond the calendar.

    The count of 1900 has a 29th of February that never was.
    """
    if not 0 <= value < _LAST:
        return None
    start = datetime.datetime(1904, 1, 1) if epoch_1904 else datetime.datetime(1899, 12, 30 + (value < 60))
    try:
        return start + datetime.timedelta(milliseconds=int((value * 86_400_000).quantize(Decimal(1), ROUND_HALF_UP)))
    except OverflowError:
        return None


def print_serial(value: Decimal, section: str, epoch_1904: bool = False) -> str | None:
    """A count of days under a section that `is_date`; None where it says what is no day, or more than is understood."""
    found = tokens(section)
    if not _is_plain(found):
        return None
    if value < 1 and not epoch_1904 and any(t.kind is TokenKind.TIME and t.text[0] in "yeadYEAD" for t in found):
        return None  # the day before the first, which Excel prints as 1900-1-0
    moment = moment_of(value, epoch_1904)
    return None if moment is None else _print(moment, section, found, value)


def print_stamp(value: Stamp, code: str) -> str:
    """A day or time; in ISO 8601 where the format does not say what to print."""
    if not isinstance(value, datetime.datetime | datetime.date):
        return value.isoformat()
    moment = value if isinstance(value, datetime.datetime) else datetime.datetime.combine(value, datetime.time())
    section = section_texts(code)[0]
    found = tokens(section)
    if is_date(section) and _is_plain(found) and not any(token.kind is TokenKind.ELAPSED for token in found):
        return _print(moment, section, found, Decimal(0))
    return moment.isoformat(" ") if moment.time() != datetime.time() else moment.date().isoformat()


def _is_plain(section: Section) -> bool:
    """Whether a section has nothing but days, times and words: figures only behind the point of the seconds."""
    point = False
    for token in section:
        if token.kind in (TokenKind.GENERAL, TokenKind.TEXT, TokenKind.UNKNOWN) or token.text == "%":
            return False
        if token.kind is TokenKind.DIGIT and not (point and token.text == "0"):
            return False
        point = token.text == "." or (point and token.kind is TokenKind.DIGIT)
    return True


def _print(moment: datetime.datetime, section: str, found: Section, value: Decimal) -> str:
    english = _ENGLISH.search(section) is not None
    halved = any(token.kind is TokenKind.HALF_DAY for token in found)
    if moment.microsecond >= 500_000 and not any(token.kind is TokenKind.DIGIT for token in found):
        moment += datetime.timedelta(seconds=1)
    fraction = f"{moment.microsecond:06}"
    times = [i for i, token in enumerate(found) if token.kind in (TokenKind.TIME, TokenKind.ELAPSED)]
    out = []
    for i, (kind, text) in enumerate(found):
        if kind is TokenKind.HALF_DAY:
            out.append(("AM", "PM")[moment.hour >= 12] if english else ("上午", "下午")[moment.hour >= 12])
        elif kind is TokenKind.ELAPSED:
            passed = (value * 86_400 / _SECONDS[text[0].lower()] + Decimal("1e-6")).quantize(Decimal(1), ROUND_FLOOR)
            out.append(f"{passed:f}".zfill(len(text)))
        elif kind is TokenKind.TIME:
            at = times.index(i)
            beside = [found[j].text[0].lower() for j in times[max(at - 1, 0) : at + 2]]
            out.append(_piece(moment, text.lower(), beside[0] == "h" or beside[-1] == "s", halved, english))
        elif kind is TokenKind.DIGIT:
            out.append(fraction[0])
            fraction = fraction[1:] or "0"
        else:
            out.append(text)
    return "".join(out).strip()


def _piece(moment: datetime.datetime, code: str, minute: bool, halved: bool, english: bool) -> str:
    letter, length = code[0], len(code)
    if letter == "a" or (letter == "d" and length > 2):
        if english:
            return (calendar.day_abbr if length == 3 else calendar.day_name)[moment.weekday()]
        return ("星期" if length > 3 else "") + _WEEKDAYS[moment.weekday()]
    if letter == "m" and length > 2 and not minute:
        if english:
            return (calendar.month_abbr if length == 3 else calendar.month_name)[moment.month]
        return f"{moment.month}月" if length == 3 else f"{_MONTHS[moment.month - 1]}月"
    if letter in "ye":
        return f"{moment.year % 100:02}" if code in ("y", "yy") else f"{moment.year:04}"
    hour = (moment.hour - 1) % 12 + 1 if halved else moment.hour
    figure = {"m": moment.minute if minute else moment.month, "d": moment.day, "h": hour, "s": moment.second}[letter]
    return f"{figure:02}" if length == 2 else str(figure)
