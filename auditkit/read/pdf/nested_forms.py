"""How often the forms of a PDF draw one another, told from its bytes: pdfium draws all of them when it loads a page.

A form is a drawing with a name that others draw as often as they like. Fifty of them, each of which draws the next twice,
are a page of 2**50 drawings in a file of ten kilobytes.
"""

from __future__ import annotations

import re
import zlib
from collections import Counter
from itertools import islice
from typing import NamedTuple

_FORM = re.compile(rb"/Subtype\s*/Form\b")
_NUMBER = re.compile(rb"([0-9]{1,9})\s+[0-9]{1,5}\s+$")
_NAMED = re.compile(rb"/([^\s/<>\[\]()]{1,127})\s+([0-9]{1,9})\s+[0-9]{1,5}\s+R\b")
_DRAWS = re.compile(rb"/([^\s/<>\[\]()]{1,127})\s+Do\b")
_MOST_FORMS, _MOST_BYTES = 2_000, 4_000_000  # that are looked at, and of what all forms draw
_DEEPEST = 64  # forms within one another that are looked at
_MOST_WORDS = 4_000  # bytes of what is said of a form before and behind its kind


class _Form(NamedTuple):
    """The forms that it can draw by their names, None for all that there are, and how often it draws each name."""

    known: dict[bytes, int] | None
    draws: Counter[bytes]


def drawings(data: bytes, most: int) -> int:
    """How many drawings the forms of a file come to at least; more than `most` where there is no end of them."""
    if b"/Form" not in data:
        return 0
    forms = _forms(data)
    costs = dict.fromkeys(forms, 1)
    for _ in range(_DEEPEST):
        highest = max(costs.values(), default=0)
        new = {number: _cost(form, costs, highest) for number, form in forms.items()}
        if new == costs or max(new.values(), default=0) > most:
            return max(new.values(), default=0)
        costs = new
    return max(costs.values(), default=0)


def _cost(form: _Form, costs: dict[int, int], highest: int) -> int:
    if form.known is None:
        return 1 + form.draws.total() * highest
    return 1 + sum(times * costs.get(form.known.get(name, -1), 0) for name, times in form.draws.items())


def _forms(data: bytes) -> dict[int, _Form]:
    found: dict[int, _Form] = {}
    left = _MOST_BYTES
    for kind in islice(_FORM.finditer(data), _MOST_FORMS):
        begin = data.rfind(b"obj", max(kind.start() - _MOST_WORDS, 0), kind.start())
        stream = data.find(b"stream", kind.end(), kind.end() + _MOST_WORDS)
        number = _NUMBER.search(data, max(begin - 20, 0), max(begin, 0))
        if number is None or stream < 0:
            continue
        words = data[begin:stream]
        known = {name: int(at) for name, at in _NAMED.findall(words)} if b"/Resources" in words else None
        end = data.find(b"endstream", stream + 6, stream + 6 + left)
        content = data[stream + 6 : end if end >= 0 else stream + 6 + left].lstrip(b"\r\n")
        if b"/FlateDecode" in words or b"/Fl " in words:
            content = _unpacked(content, left)
        left = max(left - len(content), 1)
        found[int(number[1])] = _Form(known, Counter(_DRAWS.findall(content)))
    return found


def _unpacked(packed: bytes, most: int) -> bytes:
    try:
        return zlib.decompressobj().decompress(packed, most)
    except zlib.error:  # encrypted, or damaged: pdfium says so
        return b""
