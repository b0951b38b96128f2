"""An equation in one line of text: 126 over 130 is 126/130."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from auditkit.read.raised import power_of

_WHOLE = re.compile(r"[\w.,%]*")


class EquationLine(NamedTuple):
    """A part of an equation as text, and whether that says all that a person sees."""

    text: str
    exact: bool = True


def equation_row(parts: Iterable[EquationLine]) -> EquationLine:
    parts = list(parts)
    return EquationLine("".join([part.text for part in parts]), all(part.exact for part in parts))


def fraction(above: EquationLine, below: EquationLine) -> EquationLine:
    return EquationLine(f"{_bracketed(above.text)}/{_bracketed(below.text)}", above.exact and below.exact)


def power(base: EquationLine, raised: EquationLine) -> EquationLine:
    """The square of a metre is part of the unit; any other power, or mark, is told apart from its base."""
    if part := power_of(base.text, raised.text):
        return EquationLine(base.text + part, base.exact)
    return EquationLine(f"{base.text}^{_bracketed(raised.text)}" if raised.text else base.text, exact=not raised.text)


def equation_root(inside: EquationLine, degree: EquationLine) -> EquationLine:
    return EquationLine(f"{degree.text}√{_bracketed(inside.text)}", exact=False)


def inexact(parts: Iterable[EquationLine]) -> EquationLine:
    """Parts that stand in a row here and in several lines for a person."""
    return EquationLine(" ".join([part.text for part in parts if part.text]), exact=False)


def _bracketed(text: str) -> str:
    return text if _WHOLE.fullmatch(text) else f"({text})"
