"""Ways to write the same: width, blanks, dashes, and what counts as blank."""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections.abc import Callable
from functools import lru_cache

from auditkit.vocabulary.terms import Expression, pattern, table

_SPELLINGS = {
    "hm²": "公顷",
    "km²": "平方公里",
    "㎢": "平方公里",
    "㎡": "平方米",
    "m²": "平方米",
    "㎥": "立方米",
    "m³": "立方米",
    "²": "",
    "³": "",
    **dict.fromkeys("⁰¹⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾", ""),  # marks of notes and powers that belong to no figure
    "﹪": "%",
    "٪": "%",
    "∶": ":",
    **{chr(code): "；" for code in (*range(0x2460, 0x2474), 0x24EA, *range(0x3251, 0x3260), *range(0x32B1, 0x32C0))},
}


_SPELLED = Expression("|".join(_SPELLINGS))  # hm² goes before m², and that before ²

# Typed without raising the last digit: 1000m2, 1.2万m3. A letter or a digit behind it makes another word of it.
_TYPED = Expression("(?<=[0-9０-９万亿千百])(hm|km|m)([23])(?![0-9A-Za-z.])")
_RAISED = {"2": "²", "3": "³"}


# Behind a figure: halves, which add to it, and marks of notes, which would join it in their compatibility form.
_BEHIND = Expression("(?<=[0-9０-９])(?:[½¼¾]|[₀-₉⒈-⒛]+)")
_HALVES = {"½": ".5", "¼": ".25", "¾": ".75"}


_BLANK = Expression(r"\s+")


_UNSEEN = Expression("[\u200b-\u200f\u2060\ufeff\u00ad]+")  # of no width: a page or a word processor puts them in


_DASHES = Expression(r"[-—–―_/\\.…·、~*]*")


# What was left in a form to be overwritten: XX%, ***, a comparator without its figure.
_PLACEHOLDER = Expression(r"[Xx×*#?○]{2,}[\u4e00-\u9fff%]{0,2}|(?:[≥≤≧≦><=]+|不低于|不少于|不超过|不高于|大于|小于)%?")


@lru_cache(maxsize=16384)
def half_width(text: str) -> str:
    """The text in its compatibility form: full-width digits, letters and signs become plain ones."""
    text = _TYPED.sub(lambda found: found[1] + _RAISED[found[2]], text)
    text = _SPELLED.sub(lambda found: _SPELLINGS[found[0]], text)
    text = _BEHIND.sub(lambda found: _HALVES.get(found[0], "；"), text)
    return unicodedata.normalize("NFKC", seen(text)).replace("−", "-").replace("⁄", "/")


def seen(text: str) -> str:
    """The text without the marks of no width."""
    return _UNSEEN.sub("", text)


@lru_cache(maxsize=16384)
def plain(text: str) -> str:
    """The text in half width and without any blank, for comparing."""
    return _BLANK.sub("", half_width(text))


@lru_cache(maxsize=16384)
def is_placeholder(plain_text: str) -> bool:
    """Whether a text, in its plain spelling, was left in a form to be overwritten."""
    return bool(_PLACEHOLDER.fullmatch(plain_text))


@lru_cache(maxsize=16384)
def is_blank_text(text: str) -> bool:
    """True where a text states nothing: blank, dashes, a slash, 无, 待统计, a hint printed on the form. 0 is a figure."""
    bare = plain(text)
    if _DASHES.fullmatch(bare) or is_placeholder(bare) or bare.strip("()。.") in table("void.words"):
        return True
    return 8 < len(bare) < 600 and bool(pattern("void.hints").fullmatch(bare))


def own_words(text: str, fragment: str) -> str:
    """A fragment of the plain text as the form itself writes it, for quoting; nothing where it is not in the text."""
    at = plain(text).find(fragment)
    if at < 0 or not fragment:
        return ""
    if (
        plain(same := text[at : at + len(fragment)]) == fragment
    ):  # so far nothing is shorter or longer than its spelling
        return same.strip()
    start, end = (
        bisect_right(range(len(text) + 1), length, key=_plain_length(text)) - 1 for length in (at, at + len(fragment))
    )
    return "".join(text[start:end].split("\n")).strip()


def _plain_length(text: str) -> Callable[[int], int]:
    """How many letters of the plain text the first so many of a text become."""
    return lambda length: len(_BLANK.sub("", half_width(text[:length])))
