"""The equations of a page (MathML) in one line."""

from __future__ import annotations

from selectolax.lexbor import LexborNode

from auditkit.read.equation import EquationLine, equation_root, equation_row, fraction, inexact, power

_DEEPEST = 50
_DROPPED = ("annotation", "annotation-xml", "mphantom", "-comment")


def equation_line(node: LexborNode, depth: int = 0) -> EquationLine:
    """An element of an equation in one line."""
    if node.is_text_node:
        return EquationLine("".join((node.text_content or "").split()))
    if depth > _DEEPEST:
        return EquationLine("".join(node.text_lexbor().split()), exact=False)
    parts = [
        equation_line(child, depth + 1)
        for child in node.iter(include_text=True)
        if child.tag not in _DROPPED and not (child.is_text_node and not child.text_content.strip())
    ]
    tag, count = node.tag, len(parts)
    if tag == "mfrac" and count == 2:
        return fraction(*parts)
    if tag == "msup" and count == 2:
        return power(*parts)
    if tag == "msqrt":
        return equation_root(equation_row(parts), EquationLine(""))
    if tag == "mroot" and count == 2:
        return equation_root(*parts)
    if tag == "mfenced":
        inside = equation_row(parts)
        attributes = node.attributes
        return inside._replace(text=f"{attributes.get('open', '(')}{inside.text}{attributes.get('close', ')')}")
    if tag in ("mtable", "mover", "munder", "munderover", "msubsup", "mmultiscripts") and count > 1:
        return inexact(parts)
    return equation_row(parts)
