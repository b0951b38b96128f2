"""The equations of Word (OMML) in one line of text."""

from __future__ import annotations

from lxml import etree

from auditkit.read.equation import EquationLine, equation_root, equation_row, fraction, inexact, power

M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_NOTHING = EquationLine("")
_PROPERTIES = "Pr"
_LINES = ("m", "eqArr", "nary", "limLow", "limUpp", "sSubSup", "sPre")


def word_equation_line(element: etree._Element) -> EquationLine:
    """An element of an equation in one line."""
    name = element.tag.rpartition("}")[2]
    if name == "t":
        return EquationLine(element.text or "")
    parts = {child.tag.rpartition("}")[2]: word_equation_line(child) for child in element if not _is_property(child)}
    if name == "f":
        return fraction(parts.get("num", _NOTHING), parts.get("den", _NOTHING))
    if name == "sSup":
        return power(parts.get("e", _NOTHING), parts.get("sup", _NOTHING))
    if name == "rad":
        return equation_root(parts.get("e", _NOTHING), parts.get("deg", _NOTHING))
    found = [word_equation_line(child) for child in element if not _is_property(child)]
    if name == "d":
        inside = equation_row(found)
        return inside._replace(
            text=f"{_bracket(element, 'begChr', '(')}{inside.text}{_bracket(element, 'endChr', ')')}"
        )
    return inexact(found) if name in _LINES else equation_row(found)


def _is_property(element: etree._Element) -> bool:
    return element.tag.endswith(_PROPERTIES)


def _bracket(element: etree._Element, name: str, usual: str) -> str:
    found = element.find(f"{M}dPr/{M}{name}")
    return usual if found is None else found.get(f"{M}val", "")
