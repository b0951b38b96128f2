"""The code of a number format -> its sections and their tokens, as Excel and WPS in Chinese write them.

ECMA-376 part 1, 18.8.30 (built-in formats, those of zh-CN among them) and 18.8.31 (codes).
"""

from __future__ import annotations

import re
from enum import Enum
from functools import lru_cache
from typing import NamedTuple

GENERAL = "General"
_YEAR_MONTH, _MONTH_DAY, _DATE = 'yyyy"年"m"月"', 'm"月"d"日"', 'yyyy"年"m"月"d"日"'
_HALF_DAY = '上午/下午h"时"mm"分"'
_MONEY, _CENTS, _ACCOUNTING = '"￥"#,##0', '"￥"#,##0.00', "#,##0.00;-#,##0.00;-"
# The formats that a file names by number only. The names of months in 15 to 17 are the machine's (Jan, 1月): told in figures.
BUILT_IN = {
    0: GENERAL, 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 5: _MONEY, 6: _MONEY, 7: _CENTS, 8: _CENTS, 9: "0%",
    10: "0.00%", 11: "0.00E+00", 12: "# ?/?", 13: "# ??/??", 14: "yyyy-m-d", 15: "yyyy-m-d", 16: _MONTH_DAY,
    17: _YEAR_MONTH, 18: "h:mm AM/PM", 19: "h:mm:ss AM/PM", 20: "h:mm", 21: "h:mm:ss", 22: "yyyy-m-d h:mm",
    27: _YEAR_MONTH, 28: _MONTH_DAY, 29: _MONTH_DAY, 30: "m-d-yy", 31: _DATE, 32: 'h"时"mm"分"',
    33: 'h"时"mm"分"ss"秒"', 34: _HALF_DAY, 35: f'{_HALF_DAY}ss"秒"', 36: _YEAR_MONTH, 37: "#,##0;-#,##0",
    38: "#,##0;-#,##0", 39: "#,##0.00;-#,##0.00", 40: "#,##0.00;-#,##0.00", 41: "#,##0;-#,##0;-",
    42: '"￥"#,##0;-"￥"#,##0;"￥"-', 43: _ACCOUNTING, 44: '"￥"#,##0.00;-"￥"#,##0.00;"￥"-', 45: "mm:ss",
    46: "[h]:mm:ss", 47: "mm:ss.0", 48: "0.0E+0", 49: "@", 50: _YEAR_MONTH, 51: _MONTH_DAY, 52: _YEAR_MONTH,
    53: _MONTH_DAY, 54: _MONTH_DAY, 55: _HALF_DAY, 56: f'{_HALF_DAY}ss"秒"', 57: _YEAR_MONTH, 58: _MONTH_DAY,
}  # fmt: skip
# What Windows in Chinese has for its own long date and its own time, which a code names in place of saying what to print.
_OF_THE_SYSTEM = (
    (re.compile(r"\[\$-(?:f800|x-sysdate)[^\]]*\]", re.IGNORECASE), _DATE),
    (re.compile(r"\[\$-(?:f400|x-systime)[^\]]*\]", re.IGNORECASE), "h:mm:ss"),
)
_SECTION = re.compile(r'(?:"[^"]*"|[\\!].|[^;"])+|(?<=;)(?=;|$)|^(?=;)', re.DOTALL)
_TOKEN = re.compile(
    r'"([^"]*)"|[\\!](.)|[_*].|\[\$([^\]-]*)[^\]]*\]|\[(h+|m+|s+)\]|\[[^\]]*\]'
    r"|(general|g/通用格式)|(am/pm|a/p|上午/下午)|(y+|e+|m+|d+|h+|s+|a{3,4})|([#0?])|(@)|(.)",
    re.IGNORECASE | re.DOTALL,
)


class TokenKind(Enum):
    """What a token stands for; SIGN is one of ". , %", UNKNOWN a letter that is no code."""

    LITERAL, ELAPSED, GENERAL, HALF_DAY, TIME, DIGIT, TEXT, SIGN, UNKNOWN = range(9)


class Token(NamedTuple):
    kind: TokenKind
    text: str


Section = tuple[Token, ...]
_KINDS = (
    *(TokenKind.LITERAL, TokenKind.LITERAL, TokenKind.LITERAL, TokenKind.ELAPSED, TokenKind.GENERAL),
    *(TokenKind.HALF_DAY, TokenKind.TIME, TokenKind.DIGIT, TokenKind.TEXT, TokenKind.SIGN),
)


@lru_cache(maxsize=1024)
def section_texts(code: str) -> tuple[str, ...]:
    """The parts of a code: for positive numbers, for negative ones, for zero and for texts."""
    return tuple(_SECTION.findall(code)) or (GENERAL,)


@lru_cache(maxsize=1024)
def tokens(section: str) -> Section:
    """The tokens of a section, without what only fills up or colours."""
    section = next((text for mark, text in _OF_THE_SYSTEM if mark.search(section)), section)
    found = []
    for groups in _TOKEN.findall(section):
        kind, text = next(((kind, text) for kind, text in zip(_KINDS, groups, strict=True) if text), (None, ""))
        if kind is TokenKind.SIGN and text not in ".,%":
            kind = TokenKind.UNKNOWN if text.isascii() and text.isalpha() else TokenKind.LITERAL
        if kind is not None:
            found.append(Token(kind, text))
    return tuple(found)


def literal(section: Section) -> str:
    """What a section prints whatever the value."""
    return "".join(token.text for token in section if token.kind is TokenKind.LITERAL)
