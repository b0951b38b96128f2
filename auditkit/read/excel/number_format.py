"""What a number looks like on paper: a spreadsheet's value under its number format, as Excel in Chinese prints it."""

from __future__ import annotations

import datetime
import re
from collections import Counter
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation
from functools import lru_cache

GENERAL = "General"
_ACCOUNTING, _YEAR_MONTH, _MONTH_DAY = "#,##0.00;-#,##0.00;-", 'yyyy"年"m"月"', 'm"月"d"日"'
# The formats that a file names by number only (ECMA-376 part 1, 18.8.30, with the Chinese ones).
BUILT_IN = {
    0: GENERAL, 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?",
    13: "# ??/??", 14: "yyyy-mm-dd", 15: "yyyy-mm-dd", 16: _MONTH_DAY, 17: _YEAR_MONTH, 18: "h:mm AM/PM",
    19: "h:mm:ss AM/PM", 20: "h:mm", 21: "h:mm:ss", 22: "yyyy-mm-dd h:mm", 27: _YEAR_MONTH, 28: _MONTH_DAY,
    29: _MONTH_DAY, 30: "m-d-yy", 31: 'yyyy"年"m"月"d"日"', 32: 'h"时"mm"分"', 33: 'h"时"mm"分"ss"秒"', 36: _YEAR_MONTH,
    37: "#,##0;-#,##0", 38: "#,##0;-#,##0", 39: "#,##0.00;-#,##0.00", 40: "#,##0.00;-#,##0.00", 41: "#,##0;-#,##0;-",
    42: "#,##0;-#,##0;-", 43: _ACCOUNTING, 44: _ACCOUNTING, 45: "mm:ss", 47: "mm:ss", 48: "0.0E+0", 49: "@",
    50: _YEAR_MONTH, 51: _MONTH_DAY, 52: _YEAR_MONTH, 53: _MONTH_DAY, 54: _MONTH_DAY, 57: _YEAR_MONTH, 58: _MONTH_DAY,
}  # fmt: skip

ERRORS = "有 {} 个单元格是公式错误值（如 #REF!），按文字读取，请核对原件"
UNPRINTED = "有 {} 个数字的格式不显示数字，未读取，请核对原件"
UNKNOWN = "有 {} 个数字的格式无法识别，按未设格式读取，请核对原件"

_NUMBER = re.compile(r"[-+]?(?:\d{1,400}(?:\.\d{0,400})?|\.\d{1,400})(?:[eE][-+]?\d{1,4})?", re.ASCII)
_TOKEN = re.compile(
    r'"([^"]*)"|[\\!](.)|_.|\*.|\[\$([^\]-]*)[^\]]*\]|\[(?:[a-z]+\d*|[<>=][^\]]*)\]|(am/pm|a/p|上午/下午)|(y+|e+|m+|d+|h+|s+|a{3,4})|(.)',
    re.IGNORECASE | re.DOTALL,
)
_ODD = re.compile(r"\[[<>=]|\[(?:h+|m+|s+)\]", re.IGNORECASE)  # conditions and counts of hours
_UNEVEN = re.compile(r"[0#?]\s*(?:[eE][-+]|/)")  # powers of ten and fractions, which say no more than the number itself
_DIGITS = re.compile(r"([#0?,]*)((?:\.[#0?]*)?)(,*)(%?)")
_MOST = 30  # decimals that Excel itself prints, and a format with more places of any kind is none
_WIDE = Context(prec=120)  # every number that a format prints in full
_LITERAL, _AM_PM, _TIME, _OTHER = range(4)
_Token = tuple[int, str]
_Stamp = datetime.datetime | datetime.date | datetime.time


def number(text: str) -> Decimal | None:
    """A cell's stored number with the 15 digits that Excel answers for; None where the text is none, NaN among them."""
    if not _NUMBER.fullmatch(text):
        return None
    value = Decimal(format(float(text), ".15g"))
    return value if value.is_finite() else None


def printed(value: Decimal | _Stamp, code: str = GENERAL, epoch_1904: bool = False) -> str | None:
    """The text of a value under a format; None where the format is not understood (then print it as General).

    A negative number always has its minus sign, where the format prints it in brackets or in red too.
    """
    if _ODD.search(code):
        return None
    if not isinstance(value, Decimal):
        return _dated(value, code)
    if is_date(code):
        stamp = from_serial(value, epoch_1904)
        return None if stamp is None else _dated(stamp, code)
    sections = _sections(code)
    if sections is None:
        return None
    section = 1 if value < 0 and len(sections) > 1 else 2 if value == 0 and len(sections) > 2 else 0
    text = sections[section](abs(value))
    signed = value < 0 and any(digit in text for digit in "123456789")
    return f"-{text.strip('-()（） ')}" if signed else text


class Printer:
    """Prints the numbers of a workbook, and counts in `doubts` what a person should look at."""

    def __init__(self):
        self.doubts, self.epoch_1904 = Counter[str](), False

    def text(self, value: Decimal, code: str) -> str:
        shown = printed(value, code, self.epoch_1904)
        if shown is None:
            self.doubts[UNKNOWN] += 1
            return general(value)
        if value and not shown.strip():
            self.doubts[UNPRINTED] += 1
        return shown


def general(value: Decimal) -> str:
    """A number under no format: whole ones in full, others in eleven places, as Excel's cells show them, with the cents."""
    if value == 0:
        return "0"
    if not -10 <= value.adjusted() <= 14:
        return f"{value.normalize(Context(prec=6)):E}"
    places = 0 if value == value.to_integral_value() else max(2, 9 - max(value.adjusted(), 0))
    text = f"{_rounded(value, places):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


@lru_cache(maxsize=1024)
def is_date(code: str) -> bool:
    """Whether a format prints a day or a time."""
    return any(kind == _TIME and (text[0] not in "eE" or "年" in code) for kind, text in _tokens(code.split(";")[0]))


def from_serial(value: Decimal, epoch_1904: bool = False) -> datetime.datetime | None:
    """The moment that a count of days stands for; None beyond the calendar.

    The count of 1900 has a 29th of February that never was.
    """
    if not 0 <= value < 2958466:
        return None
    start = datetime.datetime(1904, 1, 1) if epoch_1904 else datetime.datetime(1899, 12, 30 + (value < 60))
    try:
        return start + datetime.timedelta(seconds=int(_rounded(value * 86400, 0)))
    except OverflowError:
        return None


def _rounded(value: Decimal, places: int) -> Decimal:
    unit = Decimal(1).scaleb(-places)
    try:
        return value.quantize(unit, ROUND_HALF_UP) + 0
    except InvalidOperation:  # more digits than are common
        return _WIDE.add(value.quantize(unit, ROUND_HALF_UP, _WIDE), Decimal(0))


def _tokens(section: str) -> list[_Token]:
    tokens = []
    for quoted, escaped, currency, half_day, time, other in _TOKEN.findall(section):
        if half_day:
            tokens.append((_AM_PM, half_day))
        elif time:
            tokens.append((_TIME, time))
        elif other:
            tokens.append((_OTHER, other))
        elif literal := quoted or escaped or currency:
            tokens.append((_LITERAL, literal))
    return tokens


@lru_cache(maxsize=1024)
def _sections(code: str) -> tuple[Callable[[Decimal], str], ...] | None:
    """The printers of a format for numbers: for positive, negative and zero; None for one that is not understood."""
    found = [_printer(section) for section in _parts(code)[:3]]
    return None if None in found else tuple(found)


def _parts(code: str) -> list[str]:
    return re.findall(r'(?:"[^"]*"|\\.|[^;"])+|(?<=;)(?=;|$)|^(?=;)', code) or [GENERAL]


def _printer(section: str) -> Callable[[Decimal], str] | None:
    if section.lower() == "general" or section == "@" or _UNEVEN.search(section):
        return general
    tokens = _tokens(section)
    marks = [i for i, (kind, text) in enumerate(tokens) if kind == _OTHER and text in "#0?.,%"]
    before = "".join(text for _, text in (tokens[: marks[0]] if marks else tokens))
    if not marks:
        return lambda value: before
    pattern = tokens[marks[0] : marks[-1] + 1]
    shape = _DIGITS.fullmatch("".join(text for _, text in pattern))
    if shape is None or any(kind != _OTHER for kind, _ in pattern):
        return None
    after = "".join(text for _, text in tokens[marks[-1] + 1 :])
    return _fixed(before, after, *shape.groups())


def _fixed(before: str, after: str, whole: str, part: str, scale: str, percent: str) -> Callable[[Decimal], str] | None:
    if not part:
        scale = whole[len(whole.rstrip(",")) :]
        whole = whole.rstrip(",")
    shift = 2 * len(percent) - 3 * len(scale)
    places, least, grouped = len(part) - bool(part), part.count("0"), "," in whole
    padded = whole.count("0")
    if max(places, abs(shift), padded) > _MOST:
        return None

    def text(value: Decimal) -> str:
        digits = f"{_rounded(value.scaleb(shift), places):f}" if value.adjusted() < 20 else general(value)
        left, point, right = digits.partition(".")
        right = right[:least] + right[least:].rstrip("0")
        left = left.zfill(padded) if left != "0" or padded else ""
        left = f"{int(left):,}" if grouped and left.isdigit() and len(left) > 3 else left
        return f"{before}{left}{point if right else ''}{right}{percent}{after}"

    return text


def _dated(value: _Stamp, code: str) -> str:
    """A day or time; in ISO 8601 where the format does not say what to print."""
    if not isinstance(value, datetime.datetime | datetime.date):
        return value.isoformat()
    moment = value if isinstance(value, datetime.datetime) else datetime.datetime.combine(value, datetime.time())
    tokens = _tokens(code.split(";")[0])
    if not is_date(code):
        return moment.isoformat(" ") if moment.time() != datetime.time() else moment.date().isoformat()
    halved = any(kind == _AM_PM for kind, _ in tokens)
    times = [i for i, (kind, _) in enumerate(tokens) if kind == _TIME]
    out = []
    for i, (kind, text) in enumerate(tokens):
        if kind == _AM_PM:
            out.append("下午" if moment.hour >= 12 else "上午")
        elif kind != _TIME:
            out.append(text)
        else:
            at = times.index(i)
            beside = [tokens[j][1][0].lower() for j in times[max(at - 1, 0) : at + 2]]
            minute = beside[0] == "h" or beside[-1] == "s"
            out.append(_piece(moment, text.lower(), minute, halved))
    return "".join(out).strip()


def _piece(moment: datetime.datetime, token: str, minute: bool, halved: bool) -> str:
    letter = token[0]
    if letter == "a" or (letter == "d" and len(token) > 2):
        return ("星期" if len(token) > 3 else "") + "一二三四五六日"[moment.weekday()]
    if letter in "ye":
        return f"{moment.year % 100:02}" if token == "yy" else f"{moment.year:04}"
    hour = (moment.hour - 1) % 12 + 1 if halved else moment.hour
    shown = {"m": moment.minute if minute else moment.month, "d": moment.day, "h": hour, "s": moment.second}[letter]
    return f"{shown:02}" if len(token) == 2 else str(shown)
