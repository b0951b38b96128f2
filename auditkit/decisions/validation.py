"""What may be entered in a field, at the workbench and in a working paper."""

from __future__ import annotations

from auditkit.decisions.subject import Field, Ruling, Subject
from auditkit.quantity.numbers import amount, percentage

LONGEST = 2_000  # letters of a text
_RULINGS = {ruling.zh for ruling in Ruling} | set(Ruling)


def validation_error(subject: Subject, name: Field, text: str, most: str) -> str:
    """Why a text cannot stand there, and what to do; blank where it can. `most` are the points of a scored item."""
    if not text:
        return ""
    if name is Field.RULING and text not in _RULINGS:
        return f"“{text[:20]}”不是可选的决定；请从下拉列表中选{'、'.join(ruling.zh for ruling in Ruling)}，或留空"
    if name is Field.SCORE:
        number, points = amount(text), amount(most)
        if number is None:
            return f"“{text[:20]}”不是分数；请填数字，或留空"
        if points is None:
            return "这一项的分值不是数字，不能填复核得分；请在复核说明中写明"
        if not 0 <= number <= points:
            return f"复核得分 {text[:20]} 不在 0 到 {most} 分之间；请改正，或留空"
    if name is Field.RESULT and not subject.row and percentage(text) is None:
        return f"“{text[:20]}”不是执行率；请填百分数，如 85%，或留空"
    return f"超过 {LONGEST} 字；请缩短，详情另附材料" if len(text) > LONGEST else ""
